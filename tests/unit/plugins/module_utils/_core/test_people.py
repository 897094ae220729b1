# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What lies inside an occurrence of the person is the person's; whatever lies beside it is somebody else's."""

from __future__ import annotations

import json
import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.genesys.gws.plugins.module_utils._core.certainty import Certainty
from ansible_collections.genesys.gws.plugins.module_utils._core.people import NOBODY, identifiers_in
from ansible_collections.genesys.gws.plugins.module_utils._erasure.collateral import Contacts, contacts_in
from ansible_collections.genesys.gws.plugins.module_utils._gws_api.wire import JsonObject
from tests.unit.strategies import QUICK, finder

ODD = (
    "{{ x }}@example.com",
    "canary{{7*7}}{%if%}@example.com",
    "!#$%&'*+/=?^_{|}~-a@example.com",
    '"john doe"@example.com',
    '"a;b|c@d"@example.com',
    "50%25off@x.com",
    "pat.o'hara@example.com",
    "a/b=c@x.com",
    "{a}@example.com",
    "{x}y@example.com",
)
BOB = "bob@elsewhere.example"


def contacts(value: dict[str, t.Any] | str, *identifiers: str, region: str | None = None) -> Contacts:
    setting = JsonObject(json.loads(value), value) if isinstance(value, str) else value
    return contacts_in(setting, "name", finder(*identifiers, region=region).matcher, Certainty.EXACT)


@pytest.mark.parametrize("person", ODD)
def test_odd_signs_in_an_address_make_nobody_of_it(person: str) -> None:
    alone = {"name": "f", "firstName": "Ann", "value": person, "note": f"see {person}"}
    assert contacts(alone, person).is_one_record
    assert contacts({"name": "f", "value": person}, person).is_one_record
    beside = contacts({"name": "f", "value": person, "other": BOB}, person)
    assert (beside.is_one_person, beside.others) == (False, 1)
    listed = contacts({"name": "f", "value": [person, BOB]}, person)
    assert json.loads(listed.without(listed.going)) == {"name": "f", "value": [BOB]}


@QUICK
@given(
    st.text(alphabet="!#$%&'*+/=?^_{|}~-.abc1", min_size=2, max_size=12).filter(lambda local: local.strip(".") == local),
    st.sampled_from([[], [BOB], ["+49 30 901820"]]),
)
def test_any_local_part_is_one_person(local: str, others: list[str]) -> None:
    person = f"x{local}z@example.com"
    found = contacts({"name": "f", "value": [person, *others, person]}, person)
    assert found.is_one_person is (not others)
    if others:
        assert found.others == 1
    if others == [BOB]:
        assert json.loads(found.without(found.going)) == {"name": "f", "value": others}


def test_the_digits_of_somebody_else_in_one_run_with_the_persons() -> None:
    for text in ("030901820 4155550199", "+4930901820 4155550199", "0711 555 0199 030 901820"):
        assert not contacts({"name": "f", "value": text}, "+4930901820", region="DE").is_one_person, text


def test_a_text_with_a_number_in_it_is_one_identifier() -> None:
    assert contacts({"name": "f", "value": "Ann Smith 4155550123"}, "Ann Smith 4155550123").is_one_record
    assert not contacts({"name": "f", "value": "Ann Smith 4155550123", "b": BOB}, "Ann Smith 4155550123").is_one_person
    beside = contacts({"name": "f", "value": ["joe.smith@x.com", "smith"], "b": BOB}, "smith")
    assert not beside.is_one_person  # an address that has a searched word in it is somebody's own


@pytest.mark.parametrize(
    "text",
    [
        '{"name":"f","v":{"m":"ann@x.com","m":"bob@x.com"}}',
        '{"name":"f","v":{"m":"bob@x.com","m":"ann@x.com"}}',
        '{"name":"f","m":"ann@x.com","m":"bob@x.com"}',
        '{"name":"f","m":"bob@x.com","m":"ann@x.com"}',
        json.dumps({"name": "f", "v": '{"m":"ann@x.com","m":"bob@x.com"}'}),
        json.dumps({"name": "f", "v": '[{"m":"ann@x.com","m":{"a":"bob@x.com","a":1}}]'}),
    ],
)
def test_of_two_members_of_one_name_both_count(text: str) -> None:
    for person in ("ann@x.com", "bob@x.com"):
        assert finder(person).matcher.in_value(JsonObject(json.loads(text), text)), person
        assert not contacts(text, person).is_one_person


def test_an_extension_beside_one_of_two_members_of_one_name() -> None:
    text = '{"name":"f","v":{"phone":"+1 415 555 0123","phone":"","extension":"12"}}'
    [hit] = finder("+14155550123").matcher.in_value(JsonObject(json.loads(text), text))
    assert hit.certainty is Certainty.POSSIBLE


def test_quoted_printable_of_an_apostrophe_is_one_person() -> None:
    assert contacts({"name": "f", "value": "pat.o=27hara@example.com"}, "pat.o'hara@example.com").is_one_record
    assert contacts({"name": "f", "value": "555123456=27x@example.com"}, "555123456'x@example.com").is_one_record


def test_without_anybody_known_the_rules_are_as_loose_as_ever() -> None:
    assert identifiers_in("call +49 30 901820 or Bob <bob@x.com>", known=NOBODY) == {
        "m:bob@x.com": "bob@x.com",
        "t:30901820": "+49 30 901820",
    }


@pytest.mark.parametrize("around", ["{}", "ann and {}", "({})", "a;{};b", "Tel. {}, fax"])
@pytest.mark.parametrize(
    "number",
    [
        *("202.555.0199", "+1.202.555.0199", "1.202.555.0199", "(202) 555.0199", "202 555.0199", "202.5550199", "2025550199x12"),
        *("2025550199 ext. 12", "01.42.68.53.00", "030.90.18.20", "030/90-18-20", "+442071234567", "202 555 0199"),
    ],
)
def test_a_number_in_any_dress_is_somebodys(number: str, around: str) -> None:
    assert len(identifiers_in(around.format(number))) == 1


@pytest.mark.parametrize("around", ["{}", "at {}", "({})", "a;{};b"])
@pytest.mark.parametrize(
    "text",
    [
        *("52.520008", "103.8519599", "3.14159265", "10.20.30.40", "192.168.100.200", "2024-01-01T10:00:00Z", "2024-01-01 10:00"),
        *("01.02.2024", "0.12345678", "550e8400-e29b-41d4-a716-446655440000", "800x600"),
    ],
)
def test_what_is_no_number_is_nobodys(text: str, around: str) -> None:
    assert identifiers_in(around.format(text)) == {}


@pytest.mark.parametrize(
    "fields",
    [
        [(1, b"Ann"), (5, b"ann@x-corp.example"), (6, b"+12025550199")],
        [(5, b"x"), (6, b"+12025550147"), (7, b"y")],
        [(5, b"x"), (6, b"12025550147"), (6, b"y")],
        [(1, b"Ann"), (8, b"ann@x-corp.example"), (15, b"y")],
    ],
)
def test_what_stands_between_tags_and_lengths_is_seen(fields: list[tuple[int, bytes]]) -> None:
    """Protocol Buffers: the tag of the next field may look like a digit or a letter."""
    raw = b"".join(bytes([number << 3 | 2, len(text)]) + text for number, text in fields)
    found = finder("ann@x-corp.example", "+12025550147")
    assert found.prefilter.may_match(raw)
    assert found.matcher.in_value(raw.decode())
