# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which part of a setting is one contact, and that cutting it out changes nothing else."""

from __future__ import annotations

import copy
import html
import json
import random
import typing as t
import urllib.parse

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.genesys.gws.plugins.module_utils._core.certainty import Certainty
from ansible_collections.genesys.gws.plugins.module_utils._core.json_path import embedded_json
from ansible_collections.genesys.gws.plugins.module_utils._core.records import analyse_records
from ansible_collections.genesys.gws.plugins.module_utils._erasure.collateral import Contacts, contacts_in
from tests.unit.strategies import BRIEF, NASTY_TEXTS, QUICK, finder

ANN, PHONE = "ann@x.com", "+14155550123"
FOUND = finder(ANN, PHONE)
Setting = dict[str, t.Any]


def contacts_of(setting: Setting) -> Contacts:
    return contacts_in(setting, "name", FOUND.matcher, Certainty.EXACT)


def redacted(setting: Setting) -> Setting:
    contacts = contacts_of(setting)
    assert not contacts.is_one_record
    return t.cast(Setting, json.loads(contacts.without(contacts.going), strict=False))


# A favorite, as far as its fields are known: type, names, phoneNumbers, emailAddress, category.
FAVORITE: Setting = {
    "name": "7f3a",
    "type": "CustomContact",
    "firstName": "Ann",
    "lastName": "Smith",
    "emailAddress": ANN,
    "phoneNumbers": [
        {"phoneNumber": PHONE, "description": "work", "switchName": None},
        {"phoneNumber": "+4930123456", "description": "home"},
    ],
    "category": "Customers",
}
OTHER = {"firstName": "Bob", "lastName": "Jones", "phoneNumbers": [{"phoneNumber": "+4930777777"}], "emailAddress": "bob@y.com"}


def _payload_forms(payload: t.Any) -> list[Setting]:
    return [
        {"name": "s", "value": payload},
        {"name": "s", "value": json.dumps(payload)},
        {"name": "s", "value": json.dumps(json.dumps(payload))},
        {"name": "s", "value": json.dumps({"data": json.dumps(payload)})},
    ]


_FAVORITE_PAYLOAD = {name: value for name, value in FAVORITE.items() if name != "name"}


@pytest.mark.parametrize(
    "setting",
    [
        FAVORITE,
        *_payload_forms(_FAVORITE_PAYLOAD),
        {"name": "f", "displayName": "Ann", "phones": [PHONE, "+4930123456"]},
        {"name": "f", "phoneNumbers": [{"phoneNumber": PHONE}, {"phoneNumber": "+4930123456"}]},
        {"name": "f", "value": json.dumps({"phoneNumbers": [{"phoneNumber": PHONE}, {"phoneNumber": "+4930123456"}], "category": "x"})},
        {"name": "f", "value": {"contact": {"firstName": "Ann", "emails": [{"address": ANN}, {"address": "a@z.com"}]}}},
        {"name": "f", "firstName": "Ann", "addresses": [{"street": "x", "note": ANN}, {"street": "y"}]},
        {"name": "f", "firstName": "Ann", "events": [{"note": ANN}, {"note": "second"}]},
        {"name": "f", "firstName": "Ann", "phoneNumbers": [{"phoneNumber": PHONE, "lastUsedTime": 1}, {"phoneNumber": "+4930123456"}]},
        {"name": "f", "note": f"call {PHONE}"},
        {"name": "f", "value": ANN},
        {"name": ANN, "value": "x"},
        {"name": "f", ANN: {"x": 1}},
        {"name": "f", "notes": [f"call {PHONE}", "second note"]},
        {"name": "f", "a": [{"x": ANN}], "b": [{"x": 1}]},
    ],
    ids=lambda setting: json.dumps(setting)[:60],
)
def test_a_favorite_is_one_record(setting: Setting) -> None:
    """A list of one person's numbers is never cut."""
    contacts = contacts_of(setting)
    assert contacts.is_one_record
    assert contacts.others == 0


RECENTS = [
    {"firstName": "Ann", "emailAddress": ANN, "phoneNumbers": [{"phoneNumber": PHONE}, {"phoneNumber": "+4930123456"}], "ts": 1},
    OTHER,
    {"firstName": "Carl", "lastName": "Ode", "note": f"ask Ann, {PHONE}"},
    {"firstName": "Dora", "phoneNumbers": []},
]
CALL_LOG = [{"number": "+4930777777", "timestamp": 5}, {"number": PHONE, "timestamp": 6}, {"number": "+4930888888", "timestamp": 7}]


def _surviving(value: t.Any) -> list[t.Any]:
    """All objects and texts anywhere in a value, JSON in texts opened."""
    if isinstance(value, str):
        opened = embedded_json(value)
        return _surviving(opened) if opened is not None else [value]
    if isinstance(value, dict):
        return [value, *(found for item in value.values() for found in _surviving(item))]
    return [found for item in value for found in _surviving(item)] if isinstance(value, list) else []


@pytest.mark.parametrize(
    ("setting", "kept"),
    [(setting, [OTHER, RECENTS[3]]) for setting in _payload_forms(RECENTS)]
    + [(setting, [OTHER, RECENTS[3]]) for setting in _payload_forms({"version": 2, "data": {"items": RECENTS}})]
    + [(setting, [OTHER]) for setting in _payload_forms({"id1": RECENTS[0], "id2": OTHER})]
    + [(setting, [OTHER]) for setting in _payload_forms({"recents": {"id1": RECENTS[0], "id2": OTHER}, "version": 1})]
    + [(setting, [CALL_LOG[0], CALL_LOG[2]]) for setting in _payload_forms(CALL_LOG)]
    + [(setting, [CALL_LOG[0], CALL_LOG[2]]) for setting in _payload_forms({"calls": CALL_LOG})]
    + [(setting, [OTHER]) for setting in _payload_forms([json.dumps(RECENTS[0]), json.dumps(OTHER)])]
    + [(setting, [OTHER, CALL_LOG[0], CALL_LOG[2]]) for setting in _payload_forms({"people": [RECENTS[0], OTHER], "calls": CALL_LOG})]
    + [({"name": "recent-numbers", "value": json.dumps([PHONE, "+4930777777"])}, ["+4930777777"])]
    + [({"name": "recents", "value": [OTHER, RECENTS[0]], "owner": "x"}, [OTHER])],
    ids=lambda case: json.dumps(case)[:50],
)
def test_a_container_loses_only_the_records_of_the_person(setting: Setting, kept: list[t.Any]) -> None:
    before = copy.deepcopy(setting)
    contacts = contacts_of(setting)
    assert contacts.going
    assert not contacts.is_outside_records
    result = redacted(setting)
    assert setting == before, "the input is not changed"
    assert not FOUND.matcher.in_value(result)
    survivors = _surviving(result)
    for record in kept:
        assert record in survivors
    assert {name: value for name, value in result.items() if name != "value"} == {
        name: value for name, value in setting.items() if name != "value"
    }


def test_what_lies_beside_the_records_is_no_record() -> None:
    setting = {"name": "recents", "lastDialled": ANN, "value": json.dumps(RECENTS)}
    assert contacts_of(setting).is_outside_records


def test_a_container_left_empty_stays_valid_json() -> None:
    assert redacted({"name": "r", "value": json.dumps([RECENTS[0]])}) == {"name": "r", "value": "[]"}
    assert redacted({"name": "r", "value": [RECENTS[0]]}) == {"name": "r", "value": []}
    assert redacted({"name": "r", "value": ' { "recents" : [ {"firstName":"A","mail":"ann@x.com"} ] } '}) == {
        "name": "r",
        "value": ' { "recents" : [  ] } ',
    }


# Properties of the cut

_blanks = st.sampled_from(["", " ", "\n  ", "\t", " \r\n "])
_scalars = st.sampled_from(
    [
        "1.10",
        "1e5",
        "-0",
        "0.0",
        "12345678901234567890123",
        "null",
        "true",
        '"\\u00e9\\/\\n"',
        '"é\\"}]"',
        '"{\\"a\\": [1 , 2]}"',
        '"\\ud83d\\ude00"',
    ]
    + [json.dumps(text) for text in NASTY_TEXTS]
)


@st.composite
def _records(draw: t.Callable[..., t.Any], is_persons: bool) -> str:
    """The text of an element as some writer spelled it."""
    blank = draw(_blanks)
    fields = [f'"firstName"{blank}:{blank}"N{draw(st.integers(0, 99))}"']
    fields += [f'"f{index}"{draw(_blanks)}:{draw(_blanks)}{draw(_scalars)}' for index in range(draw(st.integers(0, 3)))]
    fields.append(f'"list":{blank}[{draw(_scalars)},{draw(_blanks)}{{"x":{draw(_scalars)}}}]')
    if is_persons:
        place = draw(
            st.sampled_from([f'"mail": "{ANN}"', f'"{ANN}":1', f'"n": [["{ANN}"]]', '"m":"ann\\u0040x.com"', f'"note":"ask {ANN}, now"'])
        )
        fields.insert(draw(st.integers(0, len(fields))), place)
    return f"{{{blank}{f'{draw(_blanks)},{blank}'.join(fields)}{blank}}}"


@st.composite
def _containers(draw: t.Callable[..., t.Any]) -> tuple[list[tuple[str, bool]], list[str]]:
    """Elements (text, whether it is the person's), and the blanks around each."""
    flags = draw(st.lists(st.booleans(), min_size=1, max_size=6))
    return [(draw(_records(flag)), flag) for flag in flags], [draw(_blanks) for _unused in range(2 * len(flags) + 2)]


def _list_text(elements: list[str], blanks: list[str], prefix: str = "[", suffix: str = "]") -> str:
    parts = [blanks[2 * index + 1] + element + blanks[2 * index + 2] for index, element in enumerate(elements)]
    return blanks[0] + prefix + ",".join(parts) + suffix + blanks[-1]


@QUICK
@given(_containers(), st.sampled_from(["list", "deep list", "object in JSON in JSON", "parsed"]))
def test_redact_leaves_everything_else_as_it_was(container: tuple[list[tuple[str, bool]], list[str]], where: str) -> None:
    elements, blanks = container
    text = _list_text([element for element, _unused in elements], blanks)
    kept = [element for element, is_persons in elements if not is_persons]
    setting: Setting
    if where == "list":
        setting = {"name": "r", "value": text, "n": 1.10}
    elif where == "deep list":
        setting = {"name": "r", "value": f' {{"version" : 1.10 ,"data":{{ "items":{text}, "more" : "\\u00e9\\/" }} }}'}
    elif where == "object in JSON in JSON":
        setting = {"name": "r", "value": json.dumps({"é": json.dumps({"items": text}), "x": "é"})}
    else:
        setting = {"name": "r", "value": json.loads(text, strict=False)}
    if not any(is_persons for _text, is_persons in elements):
        assert not contacts_of(setting).going
        return
    assert not contacts_of(setting).is_outside_records
    result = redacted(setting)
    assert not FOUND.matcher.in_value(result)
    if where == "parsed":
        assert result["value"] == [json.loads(element, strict=False) for element in kept]
        return
    if where == "object in JSON in JSON":
        left = json.loads(json.loads(json.loads(result["value"])["é"])["items"])
        assert left == [json.loads(element, strict=False) for element in kept]
        assert json.loads(result["value"])["x"] == "é"
        return
    value = result["value"]
    position = 0
    for element in kept:  # each as it was, in order
        position = value.index(element, position) + len(element)
    before, behind = setting["value"].split(text) if where == "deep list" else ("", "")
    assert value.startswith(before)
    assert value.endswith(behind)
    inner = value[len(before) : len(value) - len(behind)]
    assert json.loads(inner, strict=False) == [json.loads(element, strict=False) for element in kept]
    assert len(inner) <= len(text)
    rest = inner
    for element in kept:
        rest = rest.replace(element, "", 1)
    assert set(rest) <= set("[], \t\r\n")
    assert rest.count(",") == max(0, len(kept) - 1)


@QUICK
@given(_containers(), st.integers(0, 10**6))
def test_redact_of_a_map_keeps_the_other_members(container: tuple[list[tuple[str, bool]], list[str]], seed: int) -> None:
    elements, blanks = container
    if len(elements) < 2:
        elements = [*elements, ('{"firstName":"Zed"}', False)]
        blanks = [*blanks, "", ""]
    ids = [f"{random.Random(seed + index).getrandbits(64):016x}" for index in range(len(elements))]
    members = [f'"{name}" : {element}' for name, (element, _flag) in zip(ids, elements, strict=True)]
    setting = {"name": "r", "value": _list_text(members, blanks, "{", "}")}
    result = redacted(setting)
    assert not FOUND.matcher.in_value(result)
    kept = [member for member, (_element, flag) in zip(members, elements, strict=True) if not flag]
    assert all(member in result["value"] for member in kept)
    assert list(json.loads(result["value"], strict=False)) == [name for name, (_e, flag) in zip(ids, elements, strict=True) if not flag]


@BRIEF
@given(st.lists(st.sampled_from(["+4930123456", PHONE, "+4930999999"]), min_size=1, max_size=4), st.booleans())
def test_a_list_inside_a_record_is_never_cut(numbers: list[str], as_objects: bool) -> None:
    """Also not in a container: the whole record goes, or stays with all its numbers."""
    listed: list[t.Any] = [{"phoneNumber": number} for number in numbers] if as_objects else list(numbers)
    record = {"firstName": "Ann", "lastName": "Smith", "phoneNumbers": listed}
    for setting in _payload_forms([OTHER, record]):
        result = redacted(setting)
        survivors = _surviving(result)
        assert OTHER in survivors
        assert (record in survivors) is (PHONE not in numbers)
        assert not any(isinstance(found, dict) and found.get("firstName") == "Ann" for found in survivors) or record in survivors


# Two people, in shapes that no rule names. B is everybody else's address, Q everybody else's number.

B, Q = "bob@y.com", "+4930777777"
_TWO = [{"mail": ANN}, {"mail": B}]
CUT: dict[str, tuple[t.Any, t.Any]] = {
    "list": ([ANN, B], [B]),
    "numbers": ([PHONE, Q], [Q]),
    "set": (["x <" + ANN + ">", B, "c@z.com"], [B, "c@z.com"]),
    "semicolons": (f"{ANN};{B};c@z.com", f"{B};c@z.com"),
    "header of a mail": (f'"Lee, Ann" <{ANN}>, Bob <{B}>', f"Bob <{B}>"),
    "lines": (f"{B}\n{ANN}\nc@z.com\n", f"{B}\nc@z.com\n"),
    "CSV": (f"name,mail,phone\r\nAnn,{ANN},{PHONE}\r\nBob,{B},{Q}\r\n", f"name,mail,phone\r\nBob,{B},{Q}\r\n"),
    "CSV, several numbers": (f"Ann;{PHONE};+4930123456\nBob;{Q};+4930888888", f"Bob;{Q};+4930888888"),
    "vCards": (
        f"BEGIN:VCARD\nFN:Ann\nTEL:{PHONE}\nTEL:+4930123456\nEMAIL:{ANN}\nEND:VCARD\nBEGIN:VCARD\nFN:Bob\nEMAIL:{B}\nEND:VCARD\n",
        f"BEGIN:VCARD\nFN:Bob\nEMAIL:{B}\nEND:VCARD\n",
    ),
    "JSON lines": (f'{{"mail":"{ANN}"}}\n{{"mail": "{B}", "n": 1.10}}\n', f'{{"mail": "{B}", "n": 1.10}}\n'),
    "percent": (urllib.parse.quote(json.dumps(_TWO)), urllib.parse.quote(json.dumps(_TWO[1:]))),
    "percent, twice": (
        urllib.parse.quote(urllib.parse.quote(json.dumps(_TWO))),
        urllib.parse.quote(urllib.parse.quote(json.dumps(_TWO[1:]))),
    ),
    "HTML": (html.escape(json.dumps(_TWO)), html.escape(json.dumps(_TWO[1:]))),
    "JavaScript": (json.dumps(_TWO).replace('"', '\\"'), json.dumps(_TWO[1:]).replace('"', '\\"')),
    "JSON in JSON in JSON": (
        json.dumps({"a": json.dumps({"b": json.dumps(_TWO)})}),
        json.dumps({"a": json.dumps({"b": json.dumps(_TWO[1:])})}),
    ),
    "map by number": ({PHONE: "Ann", Q: "Bob"}, {Q: "Bob"}),
    "map by address": ({ANN: {"n": 1}, B: {"n": 2}}, {B: {"n": 2}}),
    "map by id": ({"7f3a": ANN, "8c1d": B}, {"8c1d": B}),
    "columns": ({"names": ["Ann", "Bob"], "phones": [PHONE, Q], "ts": [1, 2]}, {"names": ["Bob"], "phones": [Q], "ts": [2]}),
    "list of lists": ([["Ann", ANN, PHONE], ["Bob", B, Q]], [["Bob", B, Q]]),
    "table": ({"header": ["name", "phone"], "rows": [["Ann", PHONE], ["Bob", Q]]}, {"header": ["name", "phone"], "rows": [["Bob", Q]]}),
    "teams": (
        [{"team": "A", "members": [{"name": "Ann", "mail": ANN}, {"name": "Bob", "mail": B}]}, {"team": "B", "members": []}],
        [{"team": "A", "members": [{"name": "Bob", "mail": B}]}, {"team": "B", "members": []}],
    ),
}
LEFT: dict[str, t.Any] = {
    "numbered fields": {"name1": "Ann", "phone1": PHONE, "name2": "Bob", "phone2": Q},
    "numbered full names": {"firstName": "Ann", "email": ANN, "firstName2": "Bob", "email2": B},
    "two roles": {"caller": {"name": "Ann", "number": PHONE}, "callee": {"name": "Bob", "number": Q}},
    "fields called after people": {"Ann": ANN, "Bob": B},
    "two fields": {"a": ANN, "b": B},
    "a sentence": f"{ANN} or else {B}",
    "an address and a number": f"Ann {ANN}, Bob {Q}",
    "names between": f"Ann;{ANN};Bob;{B}",
    "names between, in a list": ["Ann", ANN, "Bob", B],
    "names on lines of their own": f"Ann\n{ANN}\nBob\n{B}",
    "columns in texts": {"names": "Ann;Bob", "mails": f"{ANN};{B}"},
    "columns in texts, full name": {"fullName": "Ann; Bob", "email": f"{ANN}; {B}"},
    "columns as lists": [["Ann", "Bob"], [ANN, B]],
    "columns of unknown meaning": {"names": ["Ann", "Bob"], "mails": [ANN, B], "size": [800, 600]},
    "HTML list": f"<ul><li>{ANN}</li><li>{B}</li></ul>",
    "XML": f"<c>\n<p mail='{ANN}'/>\n<p mail='{B}'/>\n</c>",
    "XML on lines": f"<p>{ANN}</p>\n<p>{B}</p>",
    "YAML": f"- name: Ann\n  mail: {ANN}\n- name: Bob\n  mail: {B}\n",
    "broken JSON": json.dumps(_TWO)[:-1],
    "cut JSON": json.dumps(_TWO)[:24],
    "JSON of Python": str(_TWO),
    "broken JSON lines": f'{{"mail":"{ANN}"}}\n{{"mail":"{B}"',
    "broken percent": urllib.parse.quote(json.dumps(_TWO))[:-6],
    "addresses of nobody named": {"emails": [ANN, B]},
    "JSON in a sentence": "list: " + json.dumps(_TWO),
    "JSON in a program": f"var x = {json.dumps(_TWO)};",
    "addresses behind one label": f"To: {ANN}, {B}",
    "addresses in a URI": f"mailto:{ANN},{B}",
    "addresses in a sentence": f"please ask {ANN}, {B}",
    "two roles in fields": {"callerPhone": PHONE, "calleePhone": Q},
    "somebody's spouse": {"firstName": "Ann", "mail": ANN, "spouse": {"firstName": "Bob", "mail": B}},
    "two names in one": {"firstName": "Ann and Bob", "email": f"{ANN} and {B}"},
    "two addresses of nobody named": {"workEmail": ANN, "homeEmail": B},
    "members of a team": {"name": "Team A", "firstName": "A", "members": [ANN, B]},
}


@pytest.mark.parametrize("shape", CUT)
@pytest.mark.parametrize("wrap", [lambda value: value, lambda value: {"data": {"version": 2, "list": value}}, json.dumps])
def test_of_two_people_one_is_cut_out(shape: str, wrap: t.Callable[[t.Any], t.Any]) -> None:
    before, after = CUT[shape]
    if wrap is json.dumps and isinstance(before, str):
        before, after = {"x": before}, {"x": after}
    setting = {"name": "s", "n": 1.10, "value": wrap(before)}
    assert redacted(setting) == {"name": "s", "n": 1.10, "value": wrap(after)}
    assert not contacts_of(setting).is_outside_records


@pytest.mark.parametrize("shape", LEFT)
@pytest.mark.parametrize("wrap", [lambda value: value, lambda value: {"data": value}, lambda value: [value, 1], json.dumps])
def test_of_two_people_who_cant_be_told_apart_both_are_left(shape: str, wrap: t.Callable[[t.Any], t.Any]) -> None:
    setting = {"name": "s", "value": wrap(LEFT[shape])}
    contacts = contacts_of(setting)
    assert contacts.is_outside_records
    assert not contacts.is_one_record
    assert not contacts.is_one_person
    assert contacts.others >= 1 or not contacts.is_readable


def test_the_text_that_came_is_what_goes_back() -> None:
    """Numbers to the last digit, two members of one name, blanks, escapes, any depth."""
    deep = "[" * 100_000 + "1" + "]" * 100_000
    bob = f'{{"mail" : "{B}", "n":1.10,"n": 1e400, "big":12345678901234567890123,"s":"\\u00e9\\/\\ud83d", "deep": {deep}}}'
    text = f' {{"name":"r", "value" : [ {bob} , {{"mail":"ann\\u0040x.com"}}, 7 ] , "value2":"é" }}\n'
    analysis = analyse_records(text, "name")
    [record] = [record for record in analysis.records if FOUND.matcher.in_value(record.value)]
    assert analysis.without([record]) == f' {{"name":"r", "value" : [ {bob}, 7 ] , "value2":"é" }}\n'
