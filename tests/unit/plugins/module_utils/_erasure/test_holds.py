# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Holds may hold too much, never too little; and a complaint repeats none."""

from __future__ import annotations

import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.genesys.gws.plugins.module_utils._core.errors import InputError
from ansible_collections.genesys.gws.plugins.module_utils._core.json_path import embedded_json
from ansible_collections.genesys.gws.plugins.module_utils._erasure.holds import parse_holds
from tests.unit.strategies import EMAILS, NUMBERS, QUICK, finder, texts

CANARY = "canary7391"


@pytest.mark.parametrize("raw", [None, [], (), "ann@x.com", ["ann@x.com", 4930901820]])
def test_forms(raw: t.Any) -> None:
    holds = parse_holds(raw, region=None)
    assert holds.cover_value("ann@x.com") is bool(raw)


@pytest.mark.parametrize("raw", [True, 1.5, {CANARY: 1}, [None], [[CANARY]], [True], ["ab"], [""], [CANARY, " "], [{"a": CANARY}]])
def test_bad_holds(raw: t.Any) -> None:
    with pytest.raises(InputError) as caught:
        parse_holds(raw, region=None)
    assert CANARY not in caught.value.message
    assert "\n" not in caught.value.message


@QUICK
@given(st.sampled_from(EMAILS + tuple(number.e164 for number in NUMBERS) + tuple(number.at_home for number in NUMBERS)))
def test_what_would_be_erased_is_held_by_the_same_identifier(identifier: str) -> None:
    """Also where it is only possible."""
    holds = parse_holds([identifier], region=None)
    spellings = [identifier, f"call {identifier} now", {"a": [identifier]}, {identifier: 1}, identifier.upper()]
    for number in NUMBERS:
        if identifier in (number.e164, number.at_home):
            spellings += [number.e164, number.at_home, f"+{number.country} {number.national[:3]}-{number.national[3:]}"]
    for spelling in spellings:
        if finder(identifier).certainty(spelling) is not None:
            assert holds.cover_value(spelling), spelling


@QUICK
@given(texts.filter(lambda text: len(text.strip()) >= 3 and embedded_json(text) is None), st.sampled_from([None, "US"]))
def test_any_text_is_a_hold_that_holds_itself(text: str, region: str | None) -> None:
    holds = parse_holds([text], region=region)
    stripped = text.strip()
    if stripped.startswith("/"):
        assert holds.cover_path(stripped.rstrip("/") or "")
        return
    assert holds.cover_owner([stripped])
    assert holds.cover_value(stripped) or holds.cover_value([stripped]) or holds.cover_value({"x": stripped + " "})


def test_owner_by_id_in_any_writing() -> None:
    dashed = "550E8400-e29b-41d4-a716-446655440000"
    holds = parse_holds([dashed, "Agent.One"], region=None)
    assert holds.cover_owner([dashed.replace("-", "").lower()])
    assert holds.cover_owner(["x", "agent.one"])
    assert not holds.cover_owner(["agent.on", "one", ""])


def test_path_holds_what_is_below_and_nothing_beside() -> None:
    holds = parse_holds(["/users/u1/settings/fav/", "/settings/corp"], region=None)
    assert holds.cover_path("/users/u1/settings/fav")
    assert holds.cover_path("/users/u1/settings/fav/x")
    assert holds.cover_path("/settings/corp/x")
    for path in ("/users/u1/settings/favorites/x", "/users/u1", "/users/u11/settings/fav", "/users/u1/settings/corp"):
        assert not holds.cover_path(path)


def test_a_word_holds_the_records_that_have_it() -> None:
    holds = parse_holds(["litigation"], region=None)
    assert holds.cover_value({"note": "Under LITIGATION since May"})
    assert not holds.cover_value({"note": "none"})
