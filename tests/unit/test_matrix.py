# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The versions that are tested are those that are said to be supported."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import yaml

from tests.tools import cores

ROOT = Path(__file__).parents[2]


def test_nox_and_the_tools_know_the_same_versions() -> None:
    (table,) = (
        node.value
        for node in ast.walk(ast.parse((ROOT / "noxfile.py").read_text()))
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "PYTHONS"
    )
    assert ast.literal_eval(table) == {core.version: tuple(f"3.{minor}" for minor in core.pythons) for core in cores.CORES.values()}


def test_the_oldest_is_what_the_collection_asks_for() -> None:
    runtime = yaml.safe_load((ROOT / "meta/runtime.yml").read_text())
    assert runtime["requires_ansible"] == f">={next(iter(cores.CORES))}.0"


def test_ci_runs_the_oldest_and_the_newest() -> None:
    text = (ROOT / ".github/workflows/ci.yml").read_text()
    assert re.search(r"make matrix ARGS=--ends", text)
