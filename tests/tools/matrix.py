# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The tests that every collection has, for versions of ansible-core and Python: ansible-test sanity, units and integration.

Usage: matrix.py list                              what this machine has Pythons for, a line each: version, Python
       matrix.py [--ends] [VERSION [PYTHON]] [KIND ...]

Without a version all are run (``--ends``: the oldest and the newest), without kinds all three. PYTHON is like 3.12, by default every one that the version
supports. Of the integration tests the target gws_pii_check is run, which needs no server; the kind ``integration-all`` runs all of them.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from tests.tools import cores

FOLDER = cores.ROOT / "build" / "matrix"
KINDS = {
    "sanity": ["sanity"],
    "units": ["units", "--venv", "--requirements"],
    "integration": ["integration", "--venv", "--requirements", "gws_pii_check"],
    "integration-all": ["integration", "--venv", "--requirements"],
}


def cells() -> list[tuple[str, int]]:
    """All versions of ansible-core and minor versions of Python 3 that go together and that this machine has."""
    return [(core.version, minor) for core in cores.CORES.values() for minor in core.pythons if minor in cores.pythons()]


def ends() -> list[tuple[str, int]]:
    """The oldest ansible-core with its oldest Python, and the newest with its newest."""
    found = cells()
    return sorted({found[0], found[-1]})


def run(version: str, minor: int, kind: str) -> int:
    """Exit code of ansible-test. Its output goes where ours goes."""
    venv = cores.venv_of(version, minor)
    place = FOLDER / f"{version}-py3.{minor}"
    stage, home = place / "ansible_collections/genesys/gws", place / "home"
    around = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV", "ANSIBLE_COLLECTIONS_PATH")}
    around["PATH"] = f"{venv / 'bin'}:{around['PATH']}"
    tools = Path(__file__).parent
    subprocess.run([sys.executable, str(tools / "stage.py"), str(stage)], cwd=cores.ROOT, check=True)
    subprocess.run([str(venv / "bin/python"), str(tools / "get_pip_stand_in.py"), str(home)], cwd=cores.ROOT, check=True, env=around)
    subprocess.run(["git", "init", "--quiet", str(stage)], check=True)
    # Without uncommitted files: some versions of ansible-test look at what git knows.
    subprocess.run(["git", "-C", str(stage), "add", "-A"], check=True)
    command = [str(venv / "bin/ansible-test"), *KINDS[kind], "--color", "no", "--python", f"3.{minor}"]
    return subprocess.run(command, cwd=stage, env={**around, "HOME": str(home)}, stdin=subprocess.DEVNULL, check=False).returncode


def main() -> int:
    arguments = sys.argv[1:]
    if arguments == ["list"]:
        print("\n".join(f"{version} 3.{minor}" for version, minor in cells()))
        return 0
    chosen = ends() if "--ends" in arguments else cells()
    arguments = [argument for argument in arguments if argument != "--ends"]
    if arguments and arguments[0] in cores.CORES:
        chosen = [cell for cell in cells() if cell[0] == arguments[0]]
        arguments = arguments[1:]
        if arguments and arguments[0].startswith("3."):
            chosen = [cell for cell in chosen if f"3.{cell[1]}" == arguments[0]]
            arguments = arguments[1:]
    kinds = arguments or ["sanity", "units", "integration"]
    if not chosen or set(kinds) - set(KINDS):
        sys.exit(__doc__)
    table = []
    for version, minor in chosen:
        for kind in kinds:
            print(f"== ansible-core {version}, Python 3.{minor}: {kind}", flush=True)
            began = time.monotonic()
            code = run(version, minor, kind)
            table.append(
                f"{version:8}{f'3.{minor}':8}{kind:17}{'ok' if code == 0 else f'failed ({code})':14}{time.monotonic() - began:6.0f} s"
            )
    print("\n".join(["", f"{'core':8}{'Python':8}{'tests':17}{'outcome':14}", *table]))
    return int(any("failed" in line for line in table))


if __name__ == "__main__":
    sys.exit(main())
