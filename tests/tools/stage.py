# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Copy the checkout's files to a fresh folder. Usage: stage.py [--tracked] FOLDER

Those that git tracks and, without --tracked, new ones that it does not ignore. With --tracked the links of README.md become full ones, since Galaxy and
Automation Hub show it without the files beside it.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

_RELATIVE_LINK = re.compile(r"(\]\()(?![a-z]+:|#)([^)\s]+\))")


def with_full_links(text: str, repository: str) -> str:
    """A page of Markdown whose relative links lead into the repository. GitHub sends those that lead to a folder on to it."""
    return _RELATIVE_LINK.sub(rf"\g<1>{repository}/blob/main/\2", text)


def repository_of(galaxy: str) -> str:
    """The address of the repository, out of the text of galaxy.yml."""
    found = re.search(r"^repository: (\S+)$", galaxy, re.MULTILINE)
    if found is None:
        raise SystemExit("stage: galaxy.yml names no repository")
    return found[1]


def main() -> None:
    target = Path(sys.argv[-1])
    which = ["-cz"] if "--tracked" in sys.argv[1:-1] else ["-coz", "--exclude-standard"]
    shutil.rmtree(target, ignore_errors=True)
    listing = subprocess.run(["git", "ls-files", *which], check=True, capture_output=True).stdout
    for name in sorted(set(listing.decode().split("\0")) - {""}):
        source = Path(name)
        if not (source.is_symlink() or source.is_file()):
            continue  # deleted, not yet committed
        copy = target / source
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, copy, follow_symlinks=False)
    if "--tracked" in sys.argv[1:-1]:
        readme = target / "README.md"
        readme.write_text(
            with_full_links(readme.read_text(encoding="utf-8"), repository_of(Path("galaxy.yml").read_text())), encoding="utf-8"
        )


if __name__ == "__main__":
    main()
