# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What some methods need besides the project's own environment; kept in the lab's cache, so that `make setup` stays small.

matplotlib has an environment of its own for another reason too: where numpy is installed, cassandra-driver imports it, and every method
that uses the driver would start later and be larger.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.lab.cassandra import LabError, default_cache_dir

_HERE = Path(__file__).parent
_PIP = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check")


def environment(name: str, requirements: str) -> Path:
    """The Python of a virtual environment with these requirements."""

    def make(folder: Path) -> None:
        _run([sys.executable, "-m", "venv", str(folder)], f"make an environment for {name}")
        _run([str(folder / "bin" / "python"), *_PIP, "--only-binary", ":all:", "-r", str(_HERE / requirements)], f"install {name}")

    return _made_once(f"bench-{name}", requirements, make) / "bin" / "python"


def python2() -> str:
    """A Python 2.7 that runs. :raises LabError: when there is none. (`python2.7` may be pyenv's stand-in for one it does not have.)"""
    candidates = [found] if (found := shutil.which("python2.7")) else []
    if shutil.which("pyenv"):
        root = subprocess.run(["pyenv", "root"], capture_output=True, text=True, check=False).stdout.strip()
        candidates += [str(python) for python in sorted(Path(root).glob("versions/2.7*/bin/python"), reverse=True)]
    for candidate in candidates:
        version = subprocess.run([candidate, "-c", "import sys; print(sys.version[:3])"], capture_output=True, text=True, check=False)
        if version.stdout.strip() == "2.7":
            return candidate
    raise LabError("there is no Python 2.7, neither on the PATH nor in pyenv")


def pycassa(python: str) -> Path:
    """The folder with pycassa for this Python 2.7."""
    requirements = "requirements-pycassa.txt"

    def make(folder: Path) -> None:
        _run([python, *_PIP, "--no-warn-script-location", "--target", str(folder), "-r", str(_HERE / requirements)], "install pycassa")

    return _made_once("bench-pycassa", requirements, make)


def version(requirements: str) -> str:
    """The first requirement, as people write it: 'cqlsh 6.2.2'."""
    return (_HERE / requirements).read_text(encoding="ascii").split()[0].replace("==", " ")


def _made_once(name: str, requirements: str, make: Callable[[Path], None]) -> Path:
    """A folder of the cache, made anew when its requirements, its place or this Python have changed. The stamp is written last."""
    folder = default_cache_dir().resolve() / name
    stamp, wanted = folder / "finished", f"{sys.version}\n{folder}\n{(_HERE / requirements).read_text(encoding='ascii')}"
    if not stamp.is_file() or stamp.read_text(encoding="utf-8") != wanted:
        shutil.rmtree(folder, ignore_errors=True)
        folder.parent.mkdir(parents=True, exist_ok=True)
        print(f"bench: making {name} (once)", flush=True)
        make(folder)
        stamp.write_text(wanted, encoding="utf-8")
    return folder


def _run(command: list[str], what: str) -> None:
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(command, env=clean, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        lines = [line for line in done.stderr.splitlines() if line.strip()]
        raise LabError(f"could not {what}: {lines[-1][:300] if lines else 'no output'}")
