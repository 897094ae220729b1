# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The law: whatever the search finds by an identifier, the ledger finds by its codes, in any writing; and its filter lets the row through."""

from __future__ import annotations

import dataclasses
import random
import typing as t

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.genesys.gws.plugins.module_utils._core.keys import Key
from ansible_collections.genesys.gws.plugins.module_utils._core.matching import Matcher
from ansible_collections.genesys.gws.plugins.module_utils._core.readings import Guess
from ansible_collections.genesys.gws.plugins.module_utils._evidence.codes import Coder, Lookup
from ansible_collections.genesys.gws.plugins.module_utils._evidence.ledger import Entry
from ansible_collections.genesys.gws.plugins.module_utils._evidence.recall import RecallFilter, RecallMatcher, subjects_of
from tests.unit.plugins.module_utils._core import test_prefilter as law
from tests.unit.strategies import Finder, finder
from tests.unit.strategies import subjects_of as given_subjects

KEY = Key(b"ledger key")


def entries_of(identifiers: t.Sequence[str], region: str | None) -> list[Entry]:
    return [
        Coder(KEY).entry_of(subject, at="2026-01-01T00:00:00Z", region="")
        for subject in given_subjects(*identifiers, region=region).subjects
    ]


def recalling(*identifiers: str, region: str | None = None) -> Finder:
    entries = entries_of(identifiers, region)
    lookup = Lookup(entries, KEY)
    return Finder(RecallMatcher(subjects_of(entries, KEY), entries, lookup), RecallFilter(lookup))


@dataclasses.dataclass
class Checked:
    """The same text given to the search, to the ledger's matcher and to its filter."""

    identifiers: tuple[str, ...]
    region: str | None

    def __post_init__(self) -> None:
        self._search = finder(*self.identifiers, region=self.region)
        self._recall = recalling(*self.identifiers, region=self.region)

    def check(self, text: str, chance: random.Random, *, as_json: bool) -> bool:
        state = chance.getstate()
        found = law.check(self._search, text, chance, as_json=as_json)
        chance.setstate(state)
        recalled = law.check(self._recall, text, chance, as_json=as_json)
        assert recalled or not found, text
        return found


@law.LAW
@given(
    st.sampled_from(law.EMAILS),
    st.lists(st.sampled_from(sorted(law.CHARACTERS)), max_size=3),
    st.booleans(),
    st.randoms(use_true_random=False),
)
def test_addresses_in_any_writing(identifier: str, ways: list[str], as_json: bool, chance: random.Random) -> None:
    around = chance.choice(["{}", "call {} now", "<{}>", "to={}&n=1", "a\n{}\nb", '"{}"', "\\n{}", "-{}."])
    Checked((identifier, "+4930901820"), None).check(around.format(law.written(identifier, ways, chance)), chance, as_json=as_json)


@pytest.mark.parametrize("region", law.REGIONS[::3])
def test_numbers_in_any_writing(region: str) -> None:
    chance = random.Random(region)
    matched = tried = 0
    for number in law.numbers_of(region):
        e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        for with_region in (region, None):
            checked = Checked((e164,), with_region)
            for form in law.FORMATS:
                ways = [chance.choice(sorted(law.CHARACTERS)) for _way in range(chance.choice([0, 1, 2]))]
                text = law.written(phonenumbers.format_number(number, form), ways, chance)
                tried += 1
                matched += checked.check(text, chance, as_json=chance.random() < 0.5)
    assert not tried or matched > tried / 4, "the test is about what matches"


@pytest.mark.parametrize("number", ["+493012345000", "+4920000000", "+12025550100"])
@pytest.mark.parametrize("form", ["{}", "{}.0", "{:.12E}", "{:e}"])
def test_numbers_as_programs_write_them(number: str, form: str) -> None:
    value = float(number[1:]) if "e" in form.lower() else int(number[1:])
    cell = b'{"n": ' + form.format(value).encode() + b"}"
    recall = recalling(number)
    if recall.matcher.in_value(cell.decode()):
        assert recall.prefilter.may_match(cell)
    assert recall.prefilter.may_be_numbers(b"12,%d" % int(number[1:]))
    assert not recall.prefilter.may_be_numbers(b"12,%d" % (int(number[1:]) + 1))


@law.LAW
@given(st.sampled_from(law.EMAILS), st.sampled_from(["utf-16-le", "utf-16-be"]), st.binary(max_size=4))
def test_text_in_utf16(identifier: str, charset: str, before: bytes) -> None:
    if identifier.isascii():
        for wanted, text in ((identifier, f"to {identifier}."), ("+4930901820", "call +49 30 901820 now")):
            assert recalling(wanted).prefilter.may_match(before + text.encode(charset))


@pytest.mark.parametrize(
    ("identifier", "text"),
    [
        ("ann@x.com", '"ann"@x.com'),
        ("ann@x.com", 'to "ann"@x.com now'),
        ("ann@x.com", "a\\nann@x.com"),
        ("ann@x.com", Guess("emailiann@x.comx")),
        ("ann@x.com", "\u65e5\u672cann@x.com\u65e5"),
        ("\u0438\u0432@x.com", "\u65e5\u672c\u0438\u0432@x.com"),
        ("a!b&c@x.com", "to a!b&c@x.com"),
        ("a/b=c@x.com", "<A/B=C@x.com>"),
    ],
)
def test_addresses_beside_what_looks_like_a_part_of_them(identifier: str, text: str) -> None:
    assert Matcher(given_subjects(identifier), None).in_value(text), "the test is about what matches"
    assert recalling(identifier).matcher.in_value(text)
    assert recalling(identifier).prefilter.may_match(text.encode())


def test_rows_of_others_are_not_decoded() -> None:
    """Else the filter would be worth nothing."""
    chance = random.Random(1)
    people = [f"somebody{number}@example.com" for number in range(200)] + [f"+4930{chance.randrange(10**8):08}" for _number in range(200)]
    found = recalling(*people)
    rows = [
        [b"%032x" % chance.getrandbits(128), b'{"m": "other%d@example.com", "p": "+43 1 %d"}' % (row, chance.randrange(10**7))]
        for row in range(2000)
    ]
    assert len(found.prefilter.spans(law.page_of(rows)) or ()) < 20
