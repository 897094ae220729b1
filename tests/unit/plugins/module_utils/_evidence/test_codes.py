# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whom the matcher finds by the identifier, the ledger finds by its code, and gives the identifier back; codes say nothing without the key."""

from __future__ import annotations

import dataclasses
import json
import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.genesys.gws.plugins.module_utils._core.certainty import Certainty
from ansible_collections.genesys.gws.plugins.module_utils._core.keys import Key
from ansible_collections.genesys.gws.plugins.module_utils._core.matching import Matcher
from ansible_collections.genesys.gws.plugins.module_utils._core.phone_number import Phone
from ansible_collections.genesys.gws.plugins.module_utils._core.subjects import checked_identifier, parse_subjects
from ansible_collections.genesys.gws.plugins.module_utils._evidence.codes import Coder, Lookup
from ansible_collections.genesys.gws.plugins.module_utils._evidence.ledger import Entry
from ansible_collections.genesys.gws.plugins.module_utils._evidence.recall import RecallMatcher, subjects_of
from tests.unit.strategies import BRIEF

KEY = Key(b"ledger key")


def entries_of(*people: list[str], region: str | None = None, match: str = "exact", key: Key = KEY) -> list[Entry]:
    entries = [{"ref": f"T-{number}", "identifiers": identifiers} for number, identifiers in enumerate(people)]
    subjects = parse_subjects(search=None, subjects=entries, region=region, match=match, min_length=3)
    return [Coder(key).entry_of(subject, at="2026-01-01T00:00:00Z", region=region or "") for subject in subjects.subjects]


def recalled(entries: list[Entry], *values: t.Any, key: Key = KEY, region: str | None = None) -> dict[str, set[str]]:
    subjects = subjects_of(entries, key)
    matcher = RecallMatcher(subjects, entries, Lookup(entries, key, region))
    for value in values:
        hits = matcher.in_value(value)
        assert {hit.subject for hit in hits} <= set(matcher.recalled)
    return {subjects.subjects[number].ref: found for number, found in matcher.recalled.items()}


def matched(identifier: str, value: t.Any, region: str | None) -> bool:
    subjects = parse_subjects(search=[identifier], subjects=None, region=region, match="exact", min_length=3)
    return bool(Matcher(subjects, region).in_value(value))


def _numbers(entry: Entry) -> list[str]:
    """The codes of what is looked up, without the spellings that are kept beside them."""
    return sorted(":".join(code.split(":")[:2]) for code in entry.codes)


SPELLED = [
    (
        "ann@x.com",
        None,
        ["ANN@X.com", "Ann <ann@x.com>", "mailto:ann@x.com?subject=x", "ann%40x.com", '{"a":"\\"ann\\\\u0040x.com\\""}', "-ann@x.com"],
    ),
    ("ann@bücher.example", None, ["ann@xn--bcher-kva.example", "Ann@BÜCHER.example.", "to ann@bücher.example, bob@x.com"]),
    (
        "+1 202 555 0147",
        "US",
        [
            "(202) 555-0147",
            "+12025550147",
            12025550147,
            2025550147,
            2025550147.0,
            "001 202.555.0147",
            "tel:+1-202-555-0147",
            "call 202 555 0147 x12 now",
        ],
    ),
    (
        "+49 151 23456789",
        "DE",
        ["+49 (0)151 23456789", "0151/23456789", "004915123456789", "4915123456789", "015123456789", {"n": ["a", "0151 2345 6789"]}],
    ),
    ("0301234567", None, ["0301234567", "030 1234567"]),
    ("+1 202 555 0147 ext 12", "US", ["+1 202 555 0147 x12", "(202) 555-0147;ext=12", "2025550147"]),
    ("+683 4052", None, ["+683 4052", "006834052"]),
]


@pytest.mark.parametrize(("identifier", "region", "values"), SPELLED, ids=[identifier for identifier, _region, _values in SPELLED])
def test_found_however_it_is_spelled(identifier: str, region: str | None, values: list[t.Any]) -> None:
    entries = entries_of([identifier], ["nobody@else.example", "+4930111222333"], region=region)
    for value in values:
        found = recalled(entries, value)
        assert set(found) == {"T-0"}, value
        for plain in found["T-0"]:
            assert matched(plain, value, region), (plain, value)
            assert _numbers(entries_of([plain], region=region)[0]) == _numbers(entries[0])


# Numbers that people give are not always of a numbering plan: extensions, typos, prefixes of a dialler.
UNUSUAL = [
    "12345",
    "03012345678",
    "415 555 0100",
    "555-2671 ext. 5",
    "8005551234;ext=12",
    "(030) 1234 x 7",
    "*67 415 555 2671",
    "#31#0151 12345678",
    "+1 415 555 2671 x99",
    "00 49 (0)30 123456",
    "1" * 18,
]


def _matches(identifiers: list[str], value: t.Any, region: str | None) -> list[Certainty]:
    person = [{"ref": "T", "identifiers": identifiers}]
    subjects = parse_subjects(search=None, subjects=person, region=region, match="exact", min_length=3)
    return [max(hit.certainty for hit in Matcher(subjects, region).in_value(value))]


@pytest.mark.parametrize("region", [None, "US", "DE", "FR", "IT", "AR"])
@pytest.mark.parametrize("number", UNUSUAL)
def test_whatever_number_was_forgotten_is_forgotten_again(number: str, region: str | None) -> None:
    """What comes back is taken by the search that follows, as the number that it was, and as surely."""
    entries = entries_of([number], region=region)
    for value in (number, {"phoneNumber": number}, json.dumps([{"phoneNumber": number}])):
        again = sorted(recalled(entries, value, region=region)["T-0"])
        assert _matches(again, value, region) == _matches([number], value, region) == [Certainty.EXACT]


@BRIEF
@given(st.from_regex(r"[+0-9(#*][0-9 ()/.#*-]{4,20}[0-9]( x ?[0-9]{1,4})?", fullmatch=True), st.sampled_from([None, "US", "DE", "GB"]))
def test_any_number_that_is_taken_is_taken_again(number: str, region: str | None) -> None:
    fault, phone = checked_identifier(number, region=region, match="exact", min_length=3)
    if fault or not isinstance(phone, Phone):
        return
    [(_code, hidden), *_more] = [code.split(":")[1:] for code in entries_of([number], region=region)[0].codes]
    spellings = Coder(KEY).spelled(hidden, same_region=True)
    assert spellings
    for again in spellings:
        fault, read = checked_identifier(again, region=region, match="exact", min_length=3)
        assert not fault, again
        assert isinstance(read, Phone)
        assert (read.country_code, read.national, read.extension) == (phone.country_code, phone.national, phone.extension)


def test_in_another_region_a_number_is_known_by_its_country() -> None:
    """As it was spelled it would be somebody else's."""
    entries = entries_of(["030 123456"], region="DE")
    assert recalled(entries, "030 123456", region="DE") == {"T-0": {"030 123456", "+4930123456"}}
    assert recalled(entries, "030 123456", region="FR") == {"T-0": {"+4930123456"}}


OTHERS = ["joann@x.com", "ann@x.com.au", "ann@x.co", "12025550148", 1202555014, "202-555-014", "", "@", "a@", "@x.com", None, True, 1.5]


@pytest.mark.parametrize("value", OTHERS)
def test_others_are_not_found(value: t.Any) -> None:
    assert recalled(entries_of(["ann@x.com"], ["+12025550147"], region="US"), value) == {}


emails = st.from_regex(r"[a-z]{1,6}([.+_-][a-z0-9]{1,4})?@[a-z]{1,6}\.(com|example)", fullmatch=True)
phones = st.builds(lambda area, line: f"+1{area}55501{line:02}", st.sampled_from([202, 415, 212]), st.integers(0, 99))


@BRIEF
@given(
    st.one_of(emails, phones),
    st.lists(
        st.sampled_from(["call ", "; ", "Ann ", "<", ">", "(", ")", " ", '"', "+", "-", ".", "/", "x", "7", "\n", "é"]), max_size=4
    ).map("".join),
    st.lists(st.sampled_from([" now", ";", ">", ")", " ", '"', ".", "x12", "-", "\n", "8", "é", ", "]), max_size=4).map("".join),
    st.booleans(),
)
def test_what_the_matcher_finds_the_ledger_finds(identifier: str, before: str, behind: str, spaced: bool) -> None:
    spelled = f"({identifier[2:5]}) {identifier[5:8]}-{identifier[8:]}" if spaced and "@" not in identifier else identifier
    value = json.dumps({"note": before + spelled + behind})
    if matched(identifier, value, "US"):
        entries = entries_of([identifier], region="US")
        found = recalled(entries, value)
        assert any(matched(plain, value, "US") for plain in found.get("T-0", ())), value


@pytest.mark.parametrize("behind", ["8", "12", "7x"])
def test_an_address_that_digits_stick_to(behind: str) -> None:
    """As the matcher does: a top-level domain has no digit in it."""
    value = "ann@x.com" + behind
    assert matched("ann@x.com", value, None)
    assert recalled(entries_of(["ann@x.com"]), value) == {"T-0": {"ann@x.com"}}


def test_everybody_who_is_there_is_told_once() -> None:
    entries = entries_of(["ann@x.com", "+12025550147"], ["ann@x.com"], ["bob@x.com"], region="US")
    entries.append(dataclasses.replace(entries[0], at="2026-02-02T00:00:00Z"))
    found = recalled(entries, "ann@x.com", {"a": ["2025550147", "ANN@x.com"]})
    assert found == {"T-0": {"ann@x.com", "+12025550147"}, "T-1": {"ann@x.com"}}


def test_what_has_no_code_is_counted() -> None:
    one, other = entries_of(["Ann Smith", "ann@x.com"], ["some text"])
    assert (one.texts, len(one.codes)) == (1, 1)
    assert (other.texts, other.codes, other.tails) == (1, (), ())
    [contains] = entries_of(["ann@x.com"], match="contains")
    assert (contains.texts, contains.codes) == (1, ())


def test_codes_say_nothing_without_the_key() -> None:
    """Entries of two numbers of different countries, with and without an extension, have the same form, and nothing in common."""
    one, other = (entries_of([number])[0] for number in ("+12025550147", "+4915123456789;ext=12"))
    for first, second in ((one.codes, other.codes), (one.tails, other.tails)):
        assert [len(code) for code in first] == [len(code) for code in second]
    text = json.dumps(dataclasses.asdict(other))
    for part in ("4915", "23456789", ";ext"):
        assert part not in text
    again = entries_of(["+12025550147"], key=Key(b"another key"))[0]
    assert not set(again.codes) & set(one.codes)
    assert not set(again.tails) & set(one.tails)
    assert recalled([again], "+12025550147") == {}


plain_values = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text())


@BRIEF
@given(st.recursive(plain_values, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_any_value_can_be_looked_at(value: t.Any) -> None:
    recalled(entries_of(["ann@x.com", "+12025550147"]), value)
