# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""docs/erasure.md names the tests that hold its invariants: they are there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[5]


def test_each_invariant_has_tests_that_are_there() -> None:
    text = (ROOT / "docs/erasure.md").read_text(encoding="utf-8")
    numbered = re.split(r"^\d+\. ", text.partition("## Guarantees")[2].partition("\n## ")[0], flags=re.MULTILINE)[1:]
    assert len(numbered) >= 15
    for invariant in numbered:
        named = re.findall(r"`(test_\w+\.py)::(test_\w+)`", invariant)
        assert named, invariant
        for file, function in named:
            [path] = list((ROOT / "tests").rglob(file))
            assert f"def {function}(" in path.read_text(encoding="utf-8"), (file, function)
