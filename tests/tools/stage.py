# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Copy the checkout's files to a fresh folder. Usage: stage.py [--tracked] FOLDER

Those that git tracks and, without --tracked, new ones that it does not ignore.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path


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


if __name__ == "__main__":
    main()
