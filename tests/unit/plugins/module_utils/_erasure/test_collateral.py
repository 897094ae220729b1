# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Nobody but the person changes: random containers of two to twenty people, in every shape."""

from __future__ import annotations

import json
import random
import re
import time
import typing as t

import pytest

from ansible_collections.genesys.gws.plugins.module_utils._core.matching import Matcher
from ansible_collections.genesys.gws.plugins.module_utils._core.records import analyse_records
from ansible_collections.genesys.gws.plugins.module_utils._erasure.holds import parse_holds
from ansible_collections.genesys.gws.plugins.module_utils._erasure.judge import Assessment, Judge
from ansible_collections.genesys.gws.plugins.module_utils._erasure.rules import Policy, Verdict
from ansible_collections.genesys.gws.plugins.module_utils._gws_api.settings import Group, Scope
from ansible_collections.genesys.gws.plugins.module_utils._gws_api.wire import JsonObject, parse_object
from tests.unit import containers
from tests.unit.strategies import subjects_of

ENCODED = {"percent", "HTML", "JavaScript"}
EMPTIED = re.compile(r"\[(?:\\*n|\s|%0A|%20|%5C)+\]")
"""A list that has lost its last element keeps its blanks."""


def assess(text: str, identifiers: tuple[str, ...], shared: str = "redact") -> Assessment | None:
    subjects = subjects_of(*identifiers)
    judge = Judge(subjects, Matcher(subjects, None), Policy(shared, False, False, ()), parse_holds(None, region=None))
    return judge.assess(Scope("u1"), ("u1",), Group("g", "name", "g"), parse_object(text))


def check_cuttable(seed: int) -> None:
    """Exactly the person's part goes, also when only one of the person's identifiers is searched for."""
    case = containers.case(seed, containers.CUTTABLE)
    present = tuple(text for text, token in zip(case.subject.identifiers, case.subject.tokens, strict=True) if token in case.text)
    searched = present if seed % 3 else (random.Random(seed).choice(present),)
    assessment = assess(case.text, searched)
    if assessment is None and "lines" in case.shape and ENCODED.intersection(case.shape.split(", ")):
        return  # the matcher reads no end of a line in JSON that is encoded: nothing is found, nothing is touched
    assert assessment is not None, case.shape
    if "in a list" in case.shape and assessment.verdict is Verdict.SHARED:
        return  # a list in an element of a list: perhaps the numbers of somebody without a name
    assert assessment.verdict is Verdict.REDACT, (case.shape, assessment.verdict)
    after = assessment.after()
    assert isinstance(after, JsonObject)
    assert EMPTIED.sub("[]", after.text) == case.expected, case.shape
    if not seed % 4:
        deleted = assess(case.text, searched, "delete")
        assert deleted is not None
        assert deleted.verdict is Verdict.DELETE
        assert deleted.collateral == len(case.who) - 1, case.shape


def check_tangled(seed: int) -> None:
    """What can't be taken apart is left, and who else is in it is counted."""
    case = containers.case(seed, containers.TANGLED)
    present = tuple(text for text, token in zip(case.subject.identifiers, case.subject.tokens, strict=True) if token in case.text)
    assessment = assess(case.text, present)
    assert assessment is None or assessment.verdict is Verdict.SHARED, (case.shape, assessment.verdict)
    if assessment is not None:
        deleted = assess(case.text, present, "delete")
        assert deleted is not None
        assert deleted.verdict is Verdict.DELETE
        assert deleted.collateral >= 1, case.shape


def check_record(seed: int) -> None:
    """The record of one person goes whole, whatever of it was searched for; in a container it is never torn."""
    rng = random.Random(seed)
    [person] = containers.people(rng, 1)
    record = containers.contact(person, rng)
    for wrapper in ("as it is", "in a string", "in an object", "percent", "HTML"):
        setting = {"name": "f", "value": containers.WRAPPERS[wrapper](record)}
        assessment = assess(json.dumps(setting), (rng.choice(person.identifiers),))
        assert assessment is not None
        assert assessment.verdict is Verdict.DELETE, (wrapper, record)
        assert assessment.collateral == 0
    flat = assess(json.dumps({"key": "f", **record, "name": "f"}), (rng.choice(person.identifiers),))
    assert flat is not None
    assert flat.verdict in (Verdict.DELETE, Verdict.SHARED), record


def test_the_agent_is_nobody_else() -> None:
    """An address of the owner in the owner's setting, beside the records."""
    setting = {"name": "f", "savedBy": "agent7@pizza.com", "value": "ann@x.com"}
    subjects = subjects_of("ann@x.com")
    judge = Judge(subjects, Matcher(subjects, None), Policy("redact", False, False, ()), parse_holds(None, region=None))
    for aliases, verdict in ((("u1", "Agent7@pizza.com"), Verdict.DELETE), (("u1", "agent8@pizza.com"), Verdict.SHARED)):
        found = judge.assess(Scope("u1"), aliases, Group("g", "name", "g"), parse_object(json.dumps(setting)))
        assert found is not None
        assert found.verdict is verdict


@pytest.mark.parametrize("seed", range(20))
def test_random_containers(seed: int) -> None:
    for number in range(100):
        check_cuttable(100 * seed + number)
        if not number % 3:
            check_tangled(100 * seed + number)
            check_record(100 * seed + number)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100))
def test_more_random_containers(seed: int) -> None:
    for number in range(250):
        check_cuttable(10_000 + 250 * seed + number)
        if not number % 2:
            check_tangled(10_000 + 250 * seed + number)
            check_record(10_000 + 250 * seed + number)


A, P, Q = "ann@x-corp.example", "+1 202 555 0147", "+1 202 555 0199"
CARD = "BEGIN:VCARD\nFN:{}\n{}\nEND:VCARD\n"

BYSTANDERS: list[tuple[dict[str, t.Any], t.Any]] = [
    # a setting in which somebody else has only a name or an extension, and what is left of it; None: it is left as it is
    ({"value": [P, "4711", "4712"]}, {"value": ["4711", "4712"]}),
    ({"value": [A, "Bob Smith", "Carl Jones"]}, None),
    ({"value": ["Ann", P, "Bob", "4711"]}, None),
    ({"value": [["Ann", "Lee", A], ["Bob", "Smith", "4711"]]}, {"value": [["Bob", "Smith", "4711"]]}),
    ({"value": {"1": "4711", "2": "4712", "3": P}}, {"value": {"1": "4711", "2": "4712"}}),
    ({"1": "4711", "2": Q, "3": P}, {"1": "4711", "2": Q}),
    ({"dial1": "4711", "dial2": P}, None),
    ({"value": {"Ann Lee": A, "Bob Smith": "4711"}}, None),
    ({"name1": "Ann", "phone1": P, "name2": "Bob", "phone2": "4711"}, None),
    ({"firstName1": "Ann", "mail1": A, "firstName2": "Bob"}, None),
    ({"value": {"callerName": "Ann", "callerPhone": P, "calleeName": "Bob", "calleeExt": "4711"}}, None),
    ({"value": f"{P};4711;4712"}, {"value": "4711;4712"}),
    ({"value": f"{A}|Bob Smith|Carl Jones"}, None),
    ({"value": f"Ann;{P};Bob;4711"}, None),
    ({"value": f"Ann Lee {A}\nBob Smith 4711\nCarl 4712"}, None),
    ({"value": f"name;mail;phone\nAnn;{A};\nBob;;4711"}, None),
    ({"value": f'"Lee, Ann",{A},"two\nlines"\n"Smith, Bob",b,"x\ny"\n'}, None),
    ({"value": CARD.format("Ann", "EMAIL:" + A) + CARD.format("Bob", "TEL:4711")}, {"value": CARD.format("Bob", "TEL:4711")}),
    ({"value": f"<c><p><n>Ann</n><m>{A}</m></p><p><n>Bob</n><ext>4711</ext></p></c>"}, None),
    ({"value": f"<c><p name='Ann' mail='{A}'/><p name='Bob Smith' id='9'/></c>"}, None),
    ({"value": f"- name: Ann\n  mail: {A}\n- name: Bob\n  ext: 4711\n"}, None),
    ({"value": f'cb([{{"firstName": "Ann", "mail": "{A}"}}, {{"firstName": "Bob", "ext": "4711"}}])'}, None),
    ({"value": {P: "Ann Lee", "4711": "Bob Smith"}}, None),
    ({"value": {"Ann Lee": {"mail": A}, "Bob Smith": {"ext": "4711"}}}, None),
    ({"value": {"Ann Lee": [A], "Bob Smith": []}}, None),
    ({"value": {"caller": {"name": "Ann Lee", "number": P}, "callee": {"name": "Bob Smith", "number": "4711"}}}, None),
    ({"value": {"subject": "x", "requester": {"email": A}, "assignee": {"name": "Bob Smith"}}}, None),
    ({"value": {"primary": {"n": "Ann", "m": A}, "secondary": {"n": "Bob", "ext": "4711"}}}, None),
    ({"value": {"people": ["Ann Lee", "Bob Smith"], "mail": A}}, None),
    ({"value": {"people": "Ann Lee, Bob Smith", "mail": A}}, None),
    ({"value": {"displayName": "Ann Lee & Bob Smith", "email": A}}, None),
    ({"value": {"first": ["Ann", "Bob"], "last": ["Lee", "Smith"], "mail": [A, None]}}, None),
    ({"value": {"names": "Ann;Bob", "mails": f"{A};"}}, None),
    ({"value": {"favorites": [{"m": A}], "recents": [{"n": "Bob"}]}}, {"value": {"favorites": [], "recents": [{"n": "Bob"}]}}),
    ({"value": {"0": A, "1": "4711", "2": "bob"}}, {"value": {"1": "4711", "2": "bob"}}),
    ({"value": {"F1": A, "F2": "4711", "F3": "Bob"}}, None),
    ({"value": [A, 4711, 4712]}, None),
    ({"value": [f"Ann Lee <{A}>", "Bob Smith"]}, None),
    ({"value": [f"Ann Lee {A}", "Bob Smith 4711", "Eve Jones 4712"]}, None),
    ({"value": [f"Ann Lee|{A}|x", "Bob Smith||y"]}, None),
    ({"value": f"Name\tMail\nAnn Lee\t{A}\nBob Smith\t\n"}, None),
    ({"value": f"* Ann Lee ({A})\n* Bob Smith\n"}, None),
    ({"value": f"1. Ann Lee {A}\n2. Bob Smith"}, None),
    ({"value": f"Name;Mail;Phone\nAnn Lee;{A};{P}\nBob Smith;;4711"}, None),
    ({"value": f"[10:01] Ann: my mail is {A}\n[10:02] Bob: thanks\n"}, None),
    ({"value": f"25.11.24, 10:01 - Ann Lee: {A}\n25.11.24, 10:02 - Bob Smith: ok"}, None),
    ({"value": f"Ann Lee: my mail is {A}\nBob Smith: thanks\n"}, None),
    ({"value": f"2024-11-25 10:01:02 IN {P} -> 4711\n2024-11-25 10:05:00 OUT 4711 -> 4712\n"}, None),
    ({"value": f"dn: cn=Ann Lee\nmail: {A}\n\ndn: cn=Bob Smith\ntelephoneNumber: 4711\n"}, None),
    ({"value": f"contact.1.name=Ann Lee\ncontact.1.mail={A}\ncontact.2.name=Bob Smith\ncontact.2.ext=4711\n"}, None),
    ({"value": f"[Contact(name=Ann Lee, mail={A}), Contact(name=Bob Smith, ext=4711)]"}, None),
    ({"value": f"{{Ann Lee={A}, Bob Smith=4711}}"}, None),
    ({"value": f"('Ann', '{A}'), ('Bob', '4711')"}, None),
    ({"value": f"BEGIN:VEVENT\nORGANIZER;CN=Bob Smith:invalid:nomail\nATTENDEE;CN=Ann Lee:mailto:{A}\nEND:VEVENT"}, None),
    ({"value": f"From: Ann Lee <{A}>\nTo: Bob Smith\nSubject: hi"}, None),
    ({"value": f"<ul><li>Ann Lee {A}</li><li>Bob Smith 4711</li></ul>"}, None),
    ({"value": f"Ann Lee {A}<br>Bob Smith 4711<br/>Eve Jones 4712"}, None),
    ({"value": f"<dt>Ann</dt><dd>{A}</dd><dt>Bob</dt><dd>4711</dd>"}, None),
    ({"value": "data:application/json,%5B%7B%22m%22:%22" + A + "%22%7D,%7B%22n%22:%22Bob%22%7D%5D"}, None),
    ({"value": CARD.format("Sales", f"KIND:group\nMEMBER:mailto:{A}\nMEMBER:mailto:bob@elsewhere.example")}, None),
    ({"value": CARD.format("Ann", f"EMAIL:{A}\nRELATED;TYPE=spouse:mailto:bob@elsewhere.example")}, None),
    # a record is never torn: the person's name would be left
    ({"value": {"people": [{"n": "Ann Lee"}, {"n": "Bob"}], "ways": [{"m": A}, {"m": "bob@elsewhere.example"}]}}, None),
    ({"value": {"names": ["Ann Lee", "Bob Smith"], "ways": [[A, Q], ["bob@elsewhere.example"]]}}, None),
    (
        {
            "value": {
                "contacts": [{"id": 1, "name": "Ann"}, {"id": 2, "name": "Bob"}],
                "emails": [{"id": 1, "m": A}, {"id": 2, "m": "b@x.example"}],
            }
        },
        None,
    ),
    ({"value": [{"n": "Ann Lee"}, {"m": A}, {"n": "Bob"}, {"m": "bob@elsewhere.example"}]}, None),
    ({"value": f'{{"n":"Ann Lee"}}\n{{"m":"{A}"}}\n{{"n":"Bob"}}\n{{"m":"bob@elsewhere.example"}}'}, None),
    ({"value": f"Ann Lee;{A};a\n;;{Q}\nBob;bob@elsewhere.example;b"}, None),
    ({"value": [{"title": "Ann Lee", "targets": {"1": A, "2": Q}}, {"title": "Bob Smith", "targets": {"1": "4711"}}]}, None),
    (
        {
            "value": [
                *({"name": "firstName", "value": "Ann"}, {"name": "email", "value": A}),
                *({"name": "firstName", "value": "Bob"}, {"name": "email", "value": "b@x.example"}),
            ]
        },
        None,
    ),
    (
        {
            "value": [
                ["vcard", [["fn", {}, "text", "Ann"], ["email", {}, "text", A]]],
                ["vcard", [["fn", {}, "text", "Bob"], ["email", {}, "text", "b@x.example"]]],
            ]
        },
        {"value": [["vcard", [["fn", {}, "text", "Bob"], ["email", {}, "text", "b@x.example"]]]]},
    ),
    ({"value": {"from": f"Ann Lee <{A}>", "to": "Bob Smith", "subject": "x"}}, None),
    ({"value": {"requester": A, "assignee": "Bob Smith"}}, None),
    # somebody else in the record of somebody, with an address or number
    ({"firstName": "Ann", "lastName": "Lee", "mail": A, "managerName": "Bob Smith", "managerEmail": "bob@elsewhere.example"}, None),
    ({"firstName": "Ann", "lastName": "Lee", "mail": A, "assistantName": "Bob Smith", "assistantPhone": Q}, None),
    ({"firstName": "Ann", "lastName": "Lee", "mail": A, "Spouse": "Bob Lee", "SpousePhone": Q}, None),
    ({"firstName": "Ann", "lastName": "Lee", "mail": A, "emergencyContact": {"name": "Bob Smith", "phone": Q}}, None),
    ({"firstName": "Ann", "lastName": "Lee", "mail": A, "cc": ["bob@elsewhere.example", "eve@elsewhere.example"]}, None),
    ({"firstName": "Ann", "lastName": "Lee", "mail": A, "transcript": "Ann: hi\nBob: hello, bob@elsewhere.example"}, None),
    ({"firstName": "Ann", "lastName": "Lee", "mail": A, "history": [{"from": "bob@elsewhere.example", "text": "hi"}]}, None),
]

ALONE: list[dict[str, t.Any]] = [
    # one person's, although there is more than an address
    {"value": ["Ann Lee", A]},
    {"value": ["Ann", "Lee", A, "Sales"]},
    {"value": f"Ann Lee <{A}>"},
    {"value": f"Ann Lee;{A};Sales"},
    {"value": f"Ann\t{A}\t030"},
    {"value": ["Ann", "Lee", A, "4711"]},
    {"value": f"Ann Lee\n12 Main Street\nSpringfield 12345\nE-Mail: {A}"},
    {"value": f"Call Ann at 10, and then 4711.\nHer address: {A}"},
    {"value": f"name;mail\nAnn;{A}"},
    {"value": CARD.format("Ann", "EMAIL:" + A)},
    {"value": f"<contact><name>Ann Lee</name><mail>{A}</mail><ext>4711</ext></contact>"},
    {"value": f"<p>Her <b>mail</b>: <b>{A}</b></p>"},
    {"firstName": "Ann", "lastName": "Lee", "phoneNumbers": [P, "4711"]},
    {"displayName": "Ann Lee", "phone1": P, "phone2": "4711"},
    {"name": "Ann", "queueName": "Support", "phone": P},
    {"id": "12345", "type": "2", "displayName": "Ann Lee & Sons", "mail": A, "tags": ["vip", "gold"]},
    {"value": {"displayName": "Ann", "First Name": "Ann", "Last Name": "Lee", "E-Mail": A, "Business Phone": P}},
    {"First Name": "Ann", "Last Name": "Lee", "E-mail Address": A, "E-mail 2 Address": "ann@home.example", "Mobile Phone": Q},
    {"Vorname": "Ann", "Nachname": "Lee", "E-Mail": A, "E-Mail privat": "ann@home.example", "Telefon": P},
    {"firstName": "Ann", "lastName": "Lee", "mail": A, "manager": "Bob Smith", "assistantPhone": Q},
    {"firstName": "Ann", "lastName": "Lee", "mail": A, "company": {"name": "Acme Corp", "email": "info@elsewhere.example", "phone": Q}},
    {"Name": "Ann Lee", "Email": A, "Phone": P, "Account": {"Name": "Acme Corp", "Phone": Q}},
    {"fullName": "Ann Lee", "emails": {"work": A, "home": "ann@home.example"}},
    {"displayName": "Ann Lee", "email": A, "user_fields": {"phone2": Q}},
    {"contact": {"id": 3, "name": "Ann Lee", "mail": A}, "category": {"id": 7, "name": "Very Important"}},
    {"contact": {"name": "Ann Lee", "number": P}, "queue": {"name": "Sales DC"}, "skill": {"name": "English"}},
    {"contactName": "Ann Lee", "contactPhone": P, "caseNumber": "00001026"},
    {"value": CARD.format("Ann Lee", f"ORG:Acme;Sales\nTEL;TYPE=CELL:{P}\nTEL;TYPE=HOME:{Q}\nEMAIL:{A}\nEMAIL;TYPE=HOME:ann@home.example")},
    {"value": f"Ann Lee\nHead of Sales\nAcme Corp\n1 Main St\nT: {P}\nM: {Q}\n{A}\nwww.acme.example"},
    {"value": f"Ann Lee | Head of Sales | Acme Corp | {P} | {A}"},
    {"value": f"Name: Ann Lee\nJob Title: CEO\nMain Phone: {P}\nAccount Manager: none\n"},
    {"value": f"- call Ann {P}\n- send offer 4711\n- Ask Finance Team"},
    {"value": f"[10:01] Ann Lee: my mail is {A}\n[10:03] Ann Lee: bye"},
    {"value": f"[contact]\nname=Ann Lee\nmail={A}\n[options]\ncolor=red\n"},
    {
        "value": [
            {"name": "firstName", "value": "Ann"},
            {"name": "lastName", "value": "Lee"},
            {"name": "email", "value": A},
            {"name": "phone", "value": P},
        ]
    },
    {"value": [{"key": "name", "value": "Ann Lee"}, {"key": "mail", "value": A}, {"key": "tel", "value": Q}]},
    {"value": [["firstName", "Ann"], ["lastName", "Lee"], ["email", A], ["phone", Q]]},
    {
        "value": [
            "vcard",
            [
                ["version", {}, "text", "4.0"],
                ["fn", {}, "text", "Ann Lee"],
                ["email", {}, "text", A],
                ["tel", {}, "uri", "tel:+12025550199"],
            ],
        ]
    },
    {"value": {"from": f"Ann Lee <{A}>", "to": "support", "subject": "Very Important"}},
    {
        "value": {
            "names": [{"displayName": "Ann Lee"}],
            "emailAddresses": [{"value": A}, {"value": "ann@home.example"}],
            "phoneNumbers": [{"value": Q}],
        }
    },
    {"value": {"name": {"givenName": "Ann", "familyName": "Lee"}, "emails": [{"value": A}, {"value": "ann@home.example"}]}},
    {"value": f"Frau Lee bittet um R\u00fcckruf wegen Rechnung Nummer 4711, {P}"},
]


@pytest.mark.parametrize(("setting", "left"), BYSTANDERS)
def test_a_bystander_is_somebody(setting: dict[str, t.Any], left: t.Any) -> None:
    assessment = assess(json.dumps({"name": "s", **setting}), (A, P))
    assert assessment is not None
    if left is None:
        assert assessment.verdict is Verdict.SHARED
    else:
        assert assessment.verdict is Verdict.REDACT
        assert json.loads(t.cast("str", assessment.edited)) == {"name": "s", **left}


def test_a_pause_in_a_number_is_no_delimiter() -> None:
    """What is dialled behind another number is possible only, and not cut out of it."""
    assessment = assess(json.dumps({"name": "s", "value": f"{Q},,12025550147#"}), (P,))
    assert assessment is not None
    assert assessment.verdict is Verdict.POSSIBLE


def test_a_name_twice_may_be_two_people() -> None:
    """JSON allows two members of one name; each may be somebody's."""
    text = '{"name":"s","v":{"firstName":"Ann","mail":"%s","firstName":"Bob","mail":"4711"}}' % A  # noqa: UP031 - braces
    assessment = assess(text, (A, P))
    assert assessment is not None
    assert assessment.verdict is Verdict.SHARED


@pytest.mark.parametrize("setting", ALONE)
def test_what_is_one_persons_goes_whole(setting: dict[str, t.Any]) -> None:
    assessment = assess(json.dumps({"name": "s", **setting}), (A, P))
    assert assessment is not None
    assert assessment.verdict is Verdict.DELETE


LONG: dict[str, t.Callable[[int], str]] = {
    "nested lists": lambda size: '{"name":"s","v":' + "[" * size + "]" * size + "}",
    "nested objects": lambda size: '{"name":"s","v":' + '{"a":' * size + '"ann@x.com"' + "}" * size + "}",
    "nested in a string": lambda size: json.dumps({"name": "s", "v": "[" * size + '"ann@x.com"' + "]" * size}),
    "map": lambda size: json.dumps({"name": "s", "v": {f"+4930{number:07d}": "A" for number in range(size // 10)}}),
    "fields": lambda size: json.dumps({"name": "s", **{f"f{number}": f"m{number}@x.com" for number in range(size // 10)}}),
    "fields with several": lambda size: json.dumps({"name": "s", **{f"f{n}": f"m{n}@x.com;n{n}@x.com" for n in range(size // 20)}}),
    "parts": lambda size: json.dumps({"name": "s", "v": ";".join(f"m{number}@x.com" for number in range(size // 10))}),
    "quotation marks": lambda size: json.dumps({"name": "s", "v": '";' * size + "a@b.c;d@e.f"}),
    "signs": lambda size: json.dumps({"name": "s", "v": "a@" * size}),
    "marks of encodings": lambda size: json.dumps({"name": "s", "v": "%255B%2522" + "%25&amp;\\" * (size // 9)}),
    "beginnings": lambda size: json.dumps({"name": "s", "v": "BEGIN:VCARD\n" * (size // 12) + "a@b.c d@e.f"}),
    "names": lambda size: json.dumps({"name": "s", "v": "Ann Lee ann@x.com\n" + "Bob Smith x\n" * (size // 12)}),
    "names in fields": lambda size: json.dumps({"name": "s", "v": "ann@x.com " + "name name=Bob Smith " * (size // 20)}),
    "names in HTML": lambda size: json.dumps({"name": "s", "v": "Ann Lee ann@x.com<p>" + "Bob Smith<p>" * (size // 12)}),
    "rows in fields": lambda size: json.dumps({"name": "s", **{f"f{n}": "a@x.com;" if n % 2 else "Ann;Bob" for n in range(size // 12)}}),
    "columns": lambda size: json.dumps({"name": "s", "v": {f"l{number}": ["a", "b"] for number in range(size // 16)}}),
    "records": lambda size: json.dumps({"name": "s", "v": [{"firstName": "A", "mail": f"m{n}@x.com"} for n in range(size // 40)]}),
}


@pytest.mark.parametrize("kind", LONG)
def test_time_is_linear(kind: str) -> None:
    def seconds(size: int) -> float:
        text = LONG[kind](size)
        began = time.process_time()
        analysis = analyse_records(text, "name")
        if analysis.records:
            analysis.without(analysis.records[::2])
        return time.process_time() - began

    short, long = min(seconds(2_000) for _unused in range(3)), min(seconds(20_000) for _unused in range(2))
    assert long < 30 * short + 0.05, (short, long)  # ten times as long; the square would be a hundred times
