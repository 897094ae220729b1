# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tests import the collection as its users do: ansible_collections.genesys.gws...

In a checkout by way of the link that `make setup` makes (pythonpath in pyproject.toml); under ansible-test, which brings a configuration of its own for
pytest, from the folder ansible_collections in which the collection then lies.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
IS_INSTALLED = ROOT.parts[-3:] == ("ansible_collections", "genesys", "gws")


def pytest_configure(config: pytest.Config) -> None:
    if IS_INSTALLED:
        sys.path[:0] = [str(ROOT.parents[2]), str(ROOT)]
        config.addinivalue_line("markers", "slow: takes minutes")
        config.option.markexpr = config.option.markexpr or "not slow"
    elif not (ROOT / "build/collections/ansible_collections/genesys/gws").exists():
        raise pytest.UsageError("the checkout is not linked as a collection yet: run 'make setup'")
