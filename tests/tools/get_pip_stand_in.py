# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Make a folder that serves ansible-test as HOME where only package registries can be reached.

Usage: get_pip_stand_in.py FOLDER

ansible-test makes a venv for each of its tests and downloads get-pip.py for them. Its cache, which lies in HOME, gets a
stand-in that does the same with what Python brings along. Pip's own configuration (of the user, and of the environment,
which ansible-test does not pass on) is carried over into that HOME.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import ansible_test

STAND_IN = '''\
"""Stand-in for get-pip.py: pip from ensurepip, then whatever else is asked for."""

import subprocess
import sys

arguments = [argument for argument in sys.argv[1:] if argument not in ("--no-setuptools", "--no-wheel")]
subprocess.check_call([sys.executable, "-m", "ensurepip", "--default-pip"], stdout=subprocess.DEVNULL)
subprocess.check_call([sys.executable, "-m", "pip", "install"] + arguments)
'''


def pip_version() -> str:
    """The version of pip that this ansible-test names its get-pip.py after."""
    (package,) = ansible_test.__path__
    source = Path(package, "_internal", "python_requirements.py").read_text(encoding="utf-8")
    found = re.search(r"def get_venv_packages.*?\bpip='([0-9.]+)'", source, re.DOTALL)
    if not found:
        sys.exit("get_pip_stand_in: this ansible-test does not say which pip it wants")
    return found[1]


def main() -> None:
    home = Path(sys.argv[1])

    cache = home / ".ansible" / "test" / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    (cache / f"get_pip_{pip_version().replace('.', '_')}.py").write_text(STAND_IN, encoding="utf-8")

    of_the_user = [Path.home() / ".pip", Path.home() / ".config" / "pip"]
    legacy = home / ".pip"
    legacy.unlink(missing_ok=True)
    for folder in of_the_user:
        if folder.is_dir():
            legacy.unlink(missing_ok=True)
            legacy.symlink_to(folder)

    settings = {name: value for name, value in os.environ.items() if name.startswith("PIP_") and name != "PIP_CONFIG_FILE"}
    lines = [f"{name[4:].lower().replace('_', '-')} = {value}" for name, value in settings.items()]
    config = home / ".config" / "pip" / "pip.conf"
    config.parent.mkdir(parents=True, exist_ok=True)
    config.touch(mode=0o600)
    config.write_text("\n".join(["[global]", *lines, ""]), encoding="utf-8")


if __name__ == "__main__":
    main()
