# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The corpus: who is meant by a value, written down as data (tests/corpus), and the prefilter that may hide nothing of it."""

from __future__ import annotations

import collections
import json
import typing as t
from pathlib import Path

import pytest

from ansible_collections.genesys.gws.plugins.module_utils._core.certainty import Certainty
from tests.unit.strategies import finder

CORPUS = Path(__file__).parents[1] / "corpus"
CLASSES = {"exact": Certainty.EXACT, "possible": Certainty.POSSIBLE, "none": None}
FIELDS = {"value", "identifier", "region", "expected", "why"}


def entries(name: str) -> list[dict[str, t.Any]]:
    """The entries of a file of the corpus."""
    return [json.loads(line) for line in (CORPUS / name).read_text(encoding="utf-8").splitlines() if line]


FILES = sorted(path.name for path in CORPUS.glob("*.jsonl"))
ENTRIES = [pytest.param(entry, id=f"{name}:{line}") for name in FILES for line, entry in enumerate(entries(name), 1)]


@pytest.mark.parametrize("entry", ENTRIES)
def test_the_class_is_the_expected_one(entry: dict[str, t.Any]) -> None:
    assert set(entry) == FIELDS
    found = finder(entry["identifier"], region=entry["region"])
    certainty = found.certainty(entry["value"])
    assert certainty is CLASSES[entry["expected"]], (entry["why"], entry["identifier"], entry["value"])
    if certainty is not None:
        for data in _stored(entry["value"]):
            assert found.prefilter.may_match(data), entry["why"]


def _stored(value: t.Any) -> list[bytes]:
    """How a value may lie in a table: as JSON of two kinds, and as a bare text."""
    found = [json.dumps({"v": value}).encode(), json.dumps({"v": value}, ensure_ascii=False).encode("utf-8", "surrogatepass")]
    return [*found, value.encode("utf-8", "surrogatepass")] if isinstance(value, str) else found


def test_the_corpus_is_large_enough_and_holds_no_entry_twice() -> None:
    """Every part has enough entries that must be exact: possible is no place to hide."""
    for name, least, least_exact in (("text.jsonl", 220, 80), ("phones.jsonl", 180, 70)):
        if name in FILES:
            listed = entries(name)
            counts = collections.Counter(entry["expected"] for entry in listed)
            assert len(listed) >= least
            assert counts["exact"] >= least_exact
            assert set(counts) == set(CLASSES)
            seen = collections.Counter(json.dumps([entry["value"], entry["identifier"], entry["region"]]) for entry in listed)
            assert max(seen.values()) == 1
