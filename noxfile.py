# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# /// script
# dependencies = ["nox>=2025.02.09", "antsibull-nox"]
# ///

"""The sessions of antsibull-nox.toml, for those who know them from other collections; and the versions of ansible-core, each with its Pythons.

`nox -l` lists them. `nox -s matrix` runs all of them that this machine has Pythons for, `nox -s "matrix(core='2.18', python='3.11')"` one.
"""

from __future__ import annotations

import sys

import nox

try:
    import antsibull_nox
except ImportError:
    print("You need to install antsibull-nox in the same Python environment as nox.")
    sys.exit(1)

antsibull_nox.load_antsibull_nox_toml()

# The same as in tests/tools/cores.py, which a noxfile can't import before it knows its Python.
PYTHONS = {
    "2.18": ("3.11", "3.12", "3.13"),
    "2.19": ("3.11", "3.12", "3.13"),
    "2.20": ("3.12", "3.13", "3.14"),
    "2.21": ("3.12", "3.13", "3.14"),
    "2.22": ("3.13", "3.14", "3.15"),
}


@nox.session(venv_backend="none", default=False)
@nox.parametrize(("core", "python"), [(core, python) for core, pythons in PYTHONS.items() for python in pythons])
def matrix(session: nox.Session, core: str, python: str) -> None:
    """ansible-test sanity, units and integration (kinds can be given as arguments)."""
    session.run("python3", "-m", "tests.tools.matrix", core, python, *session.posargs)


if __name__ == "__main__":
    nox.main()
