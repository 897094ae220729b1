# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Holds may hold too much, never too little; and a complaint repeats none."""

from __future__ import annotations

import typing as t
import urllib.parse

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.genesys.gws.plugins.module_utils._core.errors import InputError
from ansible_collections.genesys.gws.plugins.module_utils._core.json_path import embedded_json
from ansible_collections.genesys.gws.plugins.module_utils._erasure.holds import parse_holds
from tests.unit.strategies import EMAILS, NUMBERS, QUICK, finder, texts

CANARY = "canary7391"


@pytest.mark.parametrize("raw", [None, [], (), "ann@x.com", ["ann@x.com", "4930901820"]])
def test_forms(raw: t.Any) -> None:
    holds = parse_holds(raw, region=None)
    assert holds.cover_value("ann@x.com") is bool(raw)


@pytest.mark.parametrize(
    "raw", [True, 1.5, 4930901820, [4930901820], {CANARY: 1}, [None], [[CANARY]], [True], [""], [CANARY, " "], [{"a": CANARY}]]
)
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
@given(texts.filter(lambda text: text.strip() and embedded_json(text) is None), st.sampled_from([None, "US"]))
def test_any_text_is_a_hold_that_holds_itself(text: str, region: str | None) -> None:
    stripped = text.strip()
    if "/" in stripped or "%" in stripped:
        try:
            parse_holds([text], region=region)
        except InputError:
            return  # a path that names nothing
    holds = parse_holds([text], region=region)
    if stripped.startswith("/"):
        assert holds.cover_path(stripped)
        return
    assert holds.cover_owner([stripped])
    assert holds.cover_names(["x", stripped])
    assert len(stripped) < 3 or holds.cover_value(stripped) or holds.cover_value([stripped]) or holds.cover_value({"x": stripped + " "})


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


def test_a_number_of_a_case_holds_as_a_text_and_as_a_json_number() -> None:
    holds = parse_holds(["4711"], region=None)
    for value in ({"case": "4711"}, {"case": 4711}, {"cases": [12, 4711.0]}, "see 4711"):
        assert holds.cover_value(value), value
    assert not holds.cover_value({"case": 47110, "other": "x4711"})


# Resources: every way to write one is the same place

USER = "0123456789abcdef0123456789abcdef"
DASHED = "01234567-89AB-CDEF-0123-456789ABCDEF"
ODD = ["fav", "###url", "a/b", "50% off", "ä ö", "what?", "x;y=1", "login.SIP_Switch.voice.1.dn-queue", "%41", "."]


def places(owner: str, group: str, key: str) -> list[str]:
    """Ways to write the place of a setting of a user."""
    quoted = [urllib.parse.quote(part, safe="") for part in (owner, group, key)]
    encoded = "/users/{}/settings/{}/{}".format(*quoted)
    found = [encoded, encoded + "/", f"/api/v2{encoded}", encoded[1:], f"api/v2{encoded}", f"/internal-api{encoded}"]
    found += [
        f"http://gws:8090/api/v2{encoded}",
        f"https://GWS.example.com/gws/api/v2{encoded}/?fields=*",
        f"gws.example.com:8090/api/v2{encoded}",
    ]
    found += [f"//gws/api/v2{encoded}", f" {encoded}?location=/US/CA ", urllib.parse.quote(encoded, safe=""), urllib.parse.quote(encoded)]
    found += [urllib.parse.quote(encoded[1:], safe=""), f"GET https://gws.example.com/api/v2{encoded}", f"PUT  {encoded}"]
    found += [f"/users/{owner}/settings/{group}/{key}", f"/USERS/{owner}/Settings/{group}/{key}"]
    return found


@pytest.mark.parametrize("group", ODD)
@pytest.mark.parametrize("key", ODD)
def test_every_way_to_write_a_place_is_the_same_place(group: str, key: str) -> None:
    actual = "/users/{}/settings/{}/{}".format(*(urllib.parse.quote(part, safe="") for part in (USER, group, key)))
    for owner in (USER, DASHED, "{" + DASHED + "}", USER.upper(), "urn:uuid:" + DASHED):
        for written in places(owner, group, key):
            assert parse_holds([written], region=None).cover_path(actual), written
    beside = f"/users/{USER}/settings/{urllib.parse.quote(group, safe='')}x/y"
    assert not parse_holds([places(USER, group, key)[0]], region=None).cover_path(beside)


@pytest.mark.parametrize("name", ["agent7", "a", "Agent.Seven@pizza.com", "PIZZA\\agent7", "Ägent", "o'neil", "7"])
def test_a_user_by_any_name(name: str) -> None:
    """As an owner, in a place, and whatever GWS calls the user by."""
    place = f"/users/{USER}/settings/fav/x"
    for hold in (name, name.upper(), f"/users/{name}", f"/users/{urllib.parse.quote(name, safe='')}/settings/fav", f" {name} "):
        holds = parse_holds([hold], region=None)
        assert not holds.cover_path(place, [USER]) or holds.cover_owner([USER])
        holds.learn_user(DASHED, ["somebody", name])
        assert holds.cover_owner([USER]) or holds.cover_path(place), hold
        assert holds.cover_path(place, [USER]) or holds.cover_owner([USER]), hold
        assert not holds.cover_path("/users/ffff/settings/fav/x", ["else"])


def test_a_name_with_and_without_its_domain() -> None:
    for hold, name in (("jdoe", "CORP\\jdoe"), ("CORP\\jdoe", "jdoe"), ("jdoe", "jdoe@corp.com"), ("jdoe@corp.com", "JDoe")):
        assert parse_holds([hold], region=None).cover_owner([name]), (hold, name)
    assert not parse_holds(["jdoe@corp.com"], region=None).cover_owner(["jdoe@other.com"])
    assert not parse_holds(["CORP\\jdoe"], region=None).cover_owner(["OTHER\\jdoe"])


def test_me_is_who_runs_this() -> None:
    holds = parse_holds(["/me/settings/fav"], region=None)
    place = f"/users/{USER}/settings/fav/x"
    assert not holds.cover_path(place)
    holds.learn_user(USER, ["admin"], is_me=True)
    assert holds.cover_path(place)
    assert holds.cover_path("/me/settings/fav")
    assert not holds.cover_path("/users/ffff/settings/fav/x")


@pytest.mark.parametrize(
    "bad",
    [
        "/",
        "/users",
        "/users/",
        "/favorites/x",
        "https://gws.example.com/",
        "http://gws/api/v2/x/7",
        "/users/u1/devices",
        "//",
        "/users/*/settings/fav",
        "/users/u1/settings/*",
        "/users/u1/settings/fav/*/",
    ],
)
def test_a_path_that_names_nothing_is_refused_by_position(bad: str) -> None:
    with pytest.raises(InputError, match=r"^holds\[2\] "):
        parse_holds(["ann@x.com", bad], region=None)


def test_a_hold_by_the_name_of_a_group_or_key() -> None:
    for hold in ("interaction-workspace", "recents-7"):
        assert parse_holds([hold], region=None).cover_path(f"/users/{USER}/settings/interaction-workspace/recents-7")


def test_rows_have_names_only() -> None:
    names = ["550e8400e29b41d4a716446655440000", f"{USER}:favorites:k7", "x"]
    for hold in (USER, DASHED, f"/users/{DASHED}", f"/users/{USER}/settings/favorites", f"/users/{USER}/settings/favorites/k7", "k7x"[:2]):
        assert parse_holds([hold], region=None).cover_names([*names, USER]), hold
    for hold in (
        f"/users/{USER}/settings/other",
        f"/users/{USER}/settings/favorites/k8",
        "/users/ffff/settings/favorites",
        "/settings/else",
        "favor",
    ):
        assert not parse_holds([hold], region=None).cover_names([*names, USER]), hold
    by_name = parse_holds(["/users/agent7/settings/favorites"], region=None)
    by_name.learn_user(USER, ["agent7"])
    assert by_name.cover_names(names)


@pytest.mark.parametrize("region", [None, "DE", "US"])
@pytest.mark.parametrize("hold", ["+4930901820", "004930901820", "030 901820", "(030) 90 18 20", "49 30 901820", "4930901820"])
def test_a_number_holds_where_it_is_only_possible(hold: str, region: str | None) -> None:
    """Also a national number without a region, and beside another extension."""
    holds = parse_holds([hold], region=region)
    for value in ("+49 30 901820", "030/901820", {"n": 4930901820}, "call 030-90 18 20 today", "+4930901820 ext. 7"):
        assert holds.cover_value(value), value


@pytest.mark.parametrize(
    "hold",
    [
        "sip:+4930901820@gw.example.com;user=phone",
        '"ann@x.com"',
        "ann@x.com; +49 30 901820",
        "Ann Lee, ann@x.com",
        "ann@x.com and 030/901820 of the same person",
        "Ann Lee",
        "Lee, Ann",
        "lee ann",
        "see https://x.com/?to=ann%40x.com",
    ],
)
def test_a_hold_holds_whatever_identifiers_and_full_names_it_has(hold: str) -> None:
    holds = parse_holds([hold], region="DE")
    assert holds.cover_value({"firstName": "Ann", "lastName": "Lee", "emailAddress": "ann@x.com", "phone": "+49 30 901820"})
    assert not holds.cover_value({"firstName": "Anna", "lastName": "Lee", "emailAddress": "anna@x.com", "phone": "+49 30 901821"})


def test_holds_are_counted() -> None:
    holds = parse_holds(["nobody@x.com", "ann@x.com", "/users/u1/settings/fav", "u1"], region=None)
    assert (holds.effective, holds.unmet) == (0, [1, 2, 3, 4])
    holds.cover_value({"a": "Ann <ANN@x.com>"})
    holds.cover_owner(["u2"])
    assert (holds.effective, holds.unmet) == (1, [1, 3, 4])
    holds.cover_path("/users/u1/settings/fav/x")
    assert (holds.effective, holds.unmet) == (2, [1, 4])


@pytest.mark.parametrize("text", ["Bob Smith, Carl Jones", '["Bob Smith"]', "- Bob Smith", "/users/1\n/users/2", "agent1|agent2"])
def test_a_text_that_is_a_list_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="several entries in one string: use a list"):
        parse_holds(text, region=None)
    assert parse_holds("Bob Smith", region=None).given == 1


@pytest.mark.parametrize("text", ["$encrypted$", "********", "$ANSIBLE_VAULT;1.1;AES256"])
def test_what_stands_in_place_of_a_hold_is_refused(text: str) -> None:
    with pytest.raises(InputError, match=r"holds\[1\] is (encrypted|the placeholder that AWX or Ansible shows)"):
        parse_holds([text], region=None)


@pytest.mark.parametrize("text", ["holds.txt", "Legal holds.xlsx", "./holds.csv", "holds/2026.yml"])
def test_a_file_in_place_of_holds_is_refused(text: str) -> None:
    """It held nobody, and everything was erased."""
    with pytest.raises(InputError, match=r"^holds\[1\] looks like the name of a file"):
        parse_holds([text], region=None)


@pytest.mark.parametrize("text", ["/settings/GROUP/layout.json", "/users/u1/settings/g/people.txt", "@example.com", "layout.main"])
def test_what_is_called_like_a_file_can_be_held(text: str) -> None:
    assert parse_holds([text], region=None).given == 1
