# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who is meant by an entry of a ledger."""

from __future__ import annotations

import pytest

from ansible_collections.genesys.gws.plugins.module_utils._core.keys import Key
from ansible_collections.genesys.gws.plugins.module_utils._core.subjects import parse_subjects
from ansible_collections.genesys.gws.plugins.module_utils._evidence.ledger import Entry
from ansible_collections.genesys.gws.plugins.module_utils._evidence.recall import subjects_of
from ansible_collections.genesys.gws.plugins.module_utils._module import run_recall


def _entry(ref: str) -> Entry:
    return Entry(ref, "2026-01-01T00:00:00Z", (), (), 0, "")


@pytest.mark.parametrize(
    "given", [{"search": ["ann@x.com"], "subjects": None}, {"search": None, "subjects": [{"identifiers": "ann@x.com"}]}]
)
def test_who_has_no_reference_is_nobody_else(given: dict[str, object]) -> None:
    """The first of each request is another person."""
    [subject] = parse_subjects(**given, region=None, match="exact", min_length=3).subjects  # type: ignore[arg-type]
    entries = [run_recall._named(number, _entry(subject.ref)) for number in (1, 2)]
    assert [one.ref for one in subjects_of(entries, Key(b"k")).subjects] == ["ledger-1", "ledger-2"]


def test_a_reference_is_one_person() -> None:
    entries = [run_recall._named(number, _entry(ref)) for number, ref in enumerate(["T-1", "T-1", "search-result"], 1)]
    assert [one.ref for one in subjects_of(entries, Key(b"k")).subjects] == ["T-1", "search-result"]
