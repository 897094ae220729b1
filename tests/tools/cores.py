# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The versions of ansible-core that the collection supports, each in a venv of its own below build/cores.

Usage: cores.py list            the versions for which this machine has a Python
       cores.py make VERSION    make the venv of a version if it is not there yet; prints its folder
"""

from __future__ import annotations

import fcntl
import functools
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "build" / "cores"


@dataclass(frozen=True)
class Core:
    """``wanted`` is what pip is asked for, ``pythons`` the minor versions of Python 3 that the controller may have."""

    version: str
    wanted: str
    pythons: range


CORES = {
    core.version: core
    for core in (
        Core("2.18", "ansible-core~=2.18.0", range(11, 14)),
        Core("2.19", "ansible-core~=2.19.0", range(11, 14)),
        Core("2.20", "ansible-core~=2.20.0", range(12, 15)),
        Core("2.21", "ansible-core~=2.21.0", range(12, 15)),
        Core("2.22", "ansible-core>=2.22.0rc1,<2.23", range(13, 16)),  # a candidate is taken as long as there is no release
    )
}


@functools.cache
def pythons() -> dict[int, str]:
    """The interpreters of this machine by the minor version of Python 3."""
    found: dict[int, str] = {}
    for minor in range(10, 16):
        for candidate in _candidates(minor):
            done = subprocess.run(
                [candidate, "-c", "import sys, venv, ensurepip; print(sys.version_info[1])"], capture_output=True, text=True, check=False
            )
            if done.returncode == 0 and done.stdout.strip() == str(minor):
                found[minor] = candidate
                break
    return found


def _candidates(minor: int) -> Iterator[str]:
    name = f"python3.{minor}"
    if sys.version_info[1] == minor:
        yield sys.executable
    for pattern in (f".pyenv/versions/3.{minor}.*/bin/{name}", f".local/share/uv/python/cpython-3.{minor}.*/bin/{name}"):
        yield from (str(path) for path in sorted(Path.home().glob(pattern)))
    yield from (str(path) for path in sorted(Path("/opt/hostedtoolcache/Python").glob(f"3.{minor}.*/x64/bin/{name}")))
    on_path = shutil.which(name)
    if on_path:
        yield on_path


def available() -> list[str]:
    """The versions for which there is an interpreter, the oldest first."""
    return [core.version for core in CORES.values() if set(core.pythons) & set(pythons())]


def venv_of(version: str, minor: int | None = None) -> Path:
    """The folder of the venv, made if need be, with what the modules need and ansible-runner. The oldest Python that will do, unless one is given."""
    core = CORES[version]
    if minor is None:
        minor = min(set(core.pythons) & set(pythons()))
    folder = FOLDER / f"{version}-py3.{minor}"
    requirements = ROOT / "requirements.txt"
    stamp = folder / f".finished-{hashlib.sha256(core.wanted.encode() + requirements.read_bytes()).hexdigest()[:16]}"
    FOLDER.mkdir(parents=True, exist_ok=True)
    with open(FOLDER / f"{folder.name}.lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not stamp.exists():
            shutil.rmtree(folder, ignore_errors=True)
            around = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
            subprocess.run([pythons()[minor], "-m", "venv", str(folder)], check=True, env=around)
            pip = [
                str(folder / "bin" / "python"),
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
                "--only-binary",
                ":all:",
            ]
            subprocess.run([*pip, core.wanted, "ansible-runner>=2.4,<3", "-r", str(requirements)], check=True, env=around)
            stamp.touch()
    return folder


def main() -> None:
    if sys.argv[1:] == ["list"]:
        print("\n".join(available()))
    elif len(sys.argv) == 3 and sys.argv[1] == "make" and sys.argv[2] in available():
        print(venv_of(sys.argv[2]))
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
