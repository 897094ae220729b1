# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tests import the collection as its users do: ansible_collections.genesys.gws... (pythonpath in pyproject.toml)."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def pytest_configure() -> None:
    if not (ROOT / "build/collections/ansible_collections/genesys/gws").exists():
        raise pytest.UsageError("the checkout is not linked as a collection yet: run 'make setup'")
