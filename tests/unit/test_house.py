# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rooms keep to what they may touch, imports go one way down, and the repository refers to nothing that is not in it."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ROOT / "plugins/module_utils"
PACKAGE = "ansible_collections.genesys.gws.plugins.module_utils."

MAY_USE = {
    "_core": set(),
    "_cassandra": {"_core"},
    "_gws_api": {"_core"},
    "_scan": {"_core", "_cassandra"},
    "_residue": {"_core"},
    "_evidence": {"_core"},
    "_erasure": {"_core", "_cassandra", "_gws_api", "_scan", "_evidence"},
    "_module": {"_core", "_cassandra", "_gws_api", "_scan", "_residue", "_evidence", "_erasure"},
}
"""Which rooms a room may import from, besides itself: always downwards."""

OWNED = {"cassandra": {"_cassandra"}, "requests": {"_gws_api"}, "urllib3": {"_gws_api"}, "ansible": {"_module"}}
"""Libraries whose types stop in one room."""

TEXTS = (".py", ".md", ".yml", ".yaml", ".j2", ".toml", ".txt", ".cfg", ".json", "")


def tracked() -> list[str]:
    listing = subprocess.run(["git", "ls-files", "-coz", "--exclude-standard"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [name for name in listing.split("\0") if name and (ROOT / name).is_file()]


def imported(path: Path) -> set[str]:
    """The modules that a file imports; those of the collection with their room."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


FILES = sorted(path for path in ROOMS.rglob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=[str(path.relative_to(ROOMS)) for path in FILES])
def test_imports_go_one_way_down(path: Path) -> None:
    room = path.relative_to(ROOMS).parts[0]
    for name in imported(path):
        if name.startswith(PACKAGE):
            other = name[len(PACKAGE) :].split(".")[0]
            assert other == room or other in MAY_USE[room], f"{room} must not use {other}"
        library = name.split(".")[0]
        assert library not in OWNED or room in OWNED[library], f"{library} must not be used in {room}"


def test_every_source_file_says_its_licence() -> None:
    without = [
        name for name in tracked() if name.endswith(".py") and "GNU General Public License v3.0+" not in (ROOT / name).read_text()[:400]
    ]
    assert without == []


def test_documents_that_are_named_are_there() -> None:
    names = tracked()
    known = {Path(name).name for name in names}
    missing = {
        (name, found)
        for name in names
        if Path(name).suffix in TEXTS and not name.startswith(("COPYING", "tests/corpus/", "changelogs/"))
        for found in re.findall(r"(?<![\w./*-])(?:[\w-]+/)*([\w-]+\.md)\b", (ROOT / name).read_text(errors="replace"))
        if found not in known
    }
    assert missing == set()
