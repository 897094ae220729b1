# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Identifiers out of what people type, and complaints that repeat nothing of it."""

from __future__ import annotations

import contextlib
import json
import re
import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.genesys.gws.plugins.module_utils._core.errors import InputError
from ansible_collections.genesys.gws.plugins.module_utils._core.keys import Key
from ansible_collections.genesys.gws.plugins.module_utils._core.phone_number import Phone
from ansible_collections.genesys.gws.plugins.module_utils._core.readings import fold
from ansible_collections.genesys.gws.plugins.module_utils._core.subjects import (
    Email,
    Substring,
    Text,
    known_region,
    parse_email,
    parse_identifier,
    parse_subjects,
    parse_subjects_file,
)
from tests.unit.strategies import BRIEF, EMAILS, NASTY_TEXTS, NUMBERS, QUICK, Number, forms_of, texts

CANARY = "canary7391"


@QUICK
@given(st.text())
def test_fold_is_idempotent_and_ignores_case_and_form(text: str) -> None:
    folded = fold(text)
    assert fold(folded) == folded


@pytest.mark.parametrize("email", EMAILS)
def test_fold_makes_one_of_the_forms_of_a_text(email: str) -> None:
    assert len({fold(form) for form in forms_of(email) if "ß" not in email or form != email.upper()}) == 1


@pytest.mark.parametrize(("left", "right"), [("strasse@x.com", "straße@x.com"), ("k@x.com", "\u212a@x.com"), ("i@x.com", "İ@x.com")])
def test_fold_does_not_make_one_person_of_two(left: str, right: str) -> None:
    assert fold(left) != fold(right)


@pytest.mark.parametrize("email", EMAILS)
def test_email_display_forms_mean_the_bare_address(email: str) -> None:
    bare = parse_email(email)
    assert bare is not None
    spelled = [f"  {email} ", f"Ann <{email}>", f'"Smith, Ann" <{email}>', f"mailto:{email}", f"MAILTO:{email}?subject=hello", email + "."]
    for text in spelled:
        assert parse_email(text) == bare, text


def test_email_domain_in_unicode_and_in_punycode_are_one() -> None:
    assert parse_email("ann@bücher.example") == parse_email("ANN@XN--BCHER-KVA.EXAMPLE")


@pytest.mark.parametrize(
    "text",
    [
        "@",
        "ann@",
        "@x.com",
        "ann@x",
        "ann@.",
        "a b@x.com",
        "ann@x.com, bob@x.com",
        "a@b@c.com",
        "ann@@x.com",
        "ann@x.com,",
        "ann@x,com",
        "ann@x!.com",
    ],
)
def test_malformed_email_is_none(text: str) -> None:
    assert parse_email(text) is None
    assert parse_identifier(text, region=None, match="exact") is None


@pytest.mark.parametrize("number", NUMBERS)
def test_international_spellings_are_one_number(number: Number) -> None:
    expected = (number.country, number.national, "")
    for text in (
        number.e164,
        f"tel:{number.e164}",
        f"00{number.country}{number.national}",
        f"+{number.country} ({number.national[:3]}) {number.national[3:]}",
        f"+{number.country}-{number.national[:2]}/{number.national[2:]}",
        f"+{number.country} [{number.national[:2]}] {number.national[2:]}",
        f"+{number.country}\u00a0{number.national[:4]}\u2013{number.national[4:]}",
    ):
        phone = parse_identifier(text, region=None, match="exact")
        assert isinstance(phone, Phone), text
        assert (phone.country_code, phone.national, phone.extension) == expected, text


@pytest.mark.parametrize("number", NUMBERS)
def test_national_number_needs_a_region(number: Number) -> None:
    with_region = parse_identifier(number.at_home, region=number.region, match="exact")
    without = parse_identifier(number.at_home, region=None, match="exact")
    assert isinstance(with_region, Phone)
    assert "+" + with_region.international == number.e164
    assert isinstance(without, Phone)
    assert without.international == ""


@pytest.mark.parametrize("spelled", ["x12", " ext. 12", " ext 12", ";ext=12", " extension 12", " x 12", " EXT:12"])
def test_extension_is_told_apart_from_the_number(spelled: str) -> None:
    phone = parse_identifier("+4930901820" + spelled, region=None, match="exact")
    assert isinstance(phone, Phone)
    assert (phone.international, phone.extension) == ("4930901820", "12")


def test_what_is_neither_is_text() -> None:
    assert parse_identifier("  Ann   SMITH ", region=None, match="exact") == Text("ann smith")
    assert parse_identifier("1234", region=None, match="exact") == Text("1234")
    assert parse_identifier("ann@x.com", region=None, match="contains") == Substring("ann@x.com")
    assert isinstance(parse_identifier("ann@x.com", region=None, match="exact"), Email)


@pytest.mark.parametrize(("given_region", "expected"), [(None, None), ("", None), ("us", "US"), (" De ", "DE")])
def test_region(given_region: str | None, expected: str | None) -> None:
    assert known_region(given_region) == expected


@pytest.mark.parametrize("region", ["USA", "ZZ", "49", CANARY])
def test_unknown_region_is_refused_without_repeating_it(region: str) -> None:
    with pytest.raises(InputError) as caught:
        known_region(region)
    assert region not in caught.value.message


def _refused(**changes: t.Any) -> str:
    options: dict[str, t.Any] = {"search": None, "subjects": None, "region": None, "match": "exact", "min_length": 5, **changes}
    with pytest.raises(InputError) as caught:
        parse_subjects(**options)
    message = caught.value.message
    assert "\n" not in message
    assert CANARY not in message
    assert message == str(caught.value)
    return message


@pytest.mark.parametrize(
    ("search", "words"),
    [
        ("", "search is blank"),
        (" \t", "search is blank"),
        (None, "nothing to search for"),
        ([], "nothing to search for"),
        ("abcd", "shorter than 5"),
        (4930901820, "put it in quotes"),
        (True, "is not a string"),
        (1.5, "is not a string"),
        ({CANARY: 1}, "is not a string"),
        ([["ann@x.com"]], "is not a string"),
        (CANARY + "@", "is not an e-mail"),
        (["ann@x.com", CANARY + "@", None, "x"], "search[2] contains @"),
    ],
)
def test_bad_search(search: t.Any, words: str) -> None:
    assert words in _refused(search=search)


@pytest.mark.parametrize(
    ("subjects", "words"),
    [
        (CANARY, "subjects is not a list"),
        ({"ref": CANARY}, "subjects is not a list"),
        ([{"ref": CANARY}], "subjects[1] has no identifiers"),
        ([{"identifiers": []}], "subjects[1] has no identifiers"),
        ([{"identifiers": {"a": CANARY}}], "subjects[1] has no identifiers"),
        ([{"identifiers": ["ann@x.com"], CANARY: 1}], "fields other than"),
        ([{"identifiers": [""]}], "subjects[1] is blank"),
        ([{"identifiers": [True]}], "is not a string"),
        ([{"ref": f"T-{CANARY}@x.com", "identifiers": [f"{CANARY}@x.com"]}], "contains an identifier"),
        ([{"ref": "T 1 (415) 555-0123", "identifiers": ["+1 415 555 0123"]}], "contains an identifier"),
        ([{"ref": CANARY.upper() + " request", "identifiers": [CANARY]}], "contains an identifier"),
        ([{"ref": "somebody@x.com", "identifiers": ["ann@x.com"]}], "contains an identifier"),
        ([{"ref": "T1", "identifiers": ["ann@x.com"]}, {"ref": "T1", "identifiers": ["bob@x.com"]}], "ref as an earlier subject"),
        ([None], "is not a string"),
    ],
)
def test_bad_subjects(subjects: t.Any, words: str) -> None:
    assert words in _refused(subjects=subjects)


def test_all_faults_come_in_one_line() -> None:
    message = _refused(search=["", CANARY + "@", True], subjects=[{"ref": CANARY}, {"identifiers": ["abc"]}], region=None)
    for words in (
        "search[1] is blank",
        "search[2] contains @",
        "search[3] is not a string",
        "subjects[1] has no",
        "subjects[2] is shorter",
    ):
        assert words in message
    many = _refused(search=[""] * 25)
    assert many.count("is blank") == 10
    assert "and 15 more" in many


def test_good_subjects() -> None:
    subjects = parse_subjects(
        search=["ann@x.com", "4930901820"],
        subjects=[{"ref": "T-7", "identifiers": ["Bob Miller", "+1 415 555 0123"]}, "carl@x.com", {"identifiers": "dora@x.com"}],
        region=None,
        match="exact",
        min_length=5,
    )
    assert [subject.ref for subject in subjects.subjects] == ["search-1", "search-2", "T-7", "subject-2", "subject-3"]
    assert [len(subject.identifiers) for subject in subjects.subjects] == [1, 1, 2, 1, 1]


@BRIEF
@given(st.permutations(["ann@x.com", "bob@x.com", "+14155550123", "carl jones"]))
def test_search_id_tells_the_identifiers_of_each_ref_and_not_their_order(order: list[str]) -> None:
    """Findings tell by the ref whose they are: with the same identifiers under other refs they would be somebody else's."""

    def search_id(*people: list[str], region: str | None = None, match: str = "exact", refs: str = "AB") -> str:
        subjects = [{"ref": ref, "identifiers": one} for ref, one in zip(refs, people, strict=False)]
        return parse_subjects(search=None, subjects=subjects, region=region, match=match, min_length=5, key=Key(b"site")).search_id

    same = search_id(order)
    assert same == search_id(sorted(order))
    assert same not in {
        search_id(order[:-1]),
        search_id(order, region="DE"),
        search_id(order, match="contains"),
        search_id(order, refs="B"),
    }
    two = search_id(order[:2], order[2:])
    assert two == search_id(order[2:], order[:2], refs="BA")
    assert two not in {search_id(order[2:], order[:2]), search_id(order[:3], order[3:]), same}


@QUICK
@given(
    st.recursive(st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), texts), lambda inner: st.lists(inner, max_size=3)),
    st.recursive(
        st.one_of(st.none(), texts, st.integers()),
        lambda inner: st.one_of(
            st.lists(inner, max_size=3),
            st.dictionaries(st.sampled_from(["ref", "identifiers", CANARY]), inner, max_size=3),
        ),
    ),
    st.sampled_from(["exact", "contains"]),
    st.sampled_from([None, "US", "DE"]),
)
def test_any_input_parses_or_is_refused_in_one_line(search: t.Any, subjects: t.Any, match: str, region: str | None) -> None:
    message = ""
    try:
        parse_subjects(search=search, subjects=subjects, region=region, match=match, min_length=3)
    except InputError as error:
        message = error.message
    assert "\n" not in message
    assert CANARY not in message


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("ann@x.com\n\n# comment\n  bob@x.com \r\n", ["ann@x.com", "bob@x.com"]),
        ('\ufeff["ann@x.com"]', ["ann@x.com"]),
        ('[{"ref": "T1", "identifiers": ["ann@x.com"]}]', [{"ref": "T1", "identifiers": ["ann@x.com"]}]),
        ("---\n- ref: T1\n  identifiers: [ann@x.com]\n", [{"ref": "T1", "identifiers": ["ann@x.com"]}]),
        ("- ann@x.com\n- bob@x.com\n", ["ann@x.com", "bob@x.com"]),
    ],
)
def test_subjects_file(content: str, expected: list[t.Any]) -> None:
    assert parse_subjects_file(content) == expected


@pytest.mark.parametrize("content", [f'["{CANARY}"', f'{{"{CANARY}": 1}}', f"--- \n{CANARY}: [", f"- {CANARY}: [\n", f"--- \n{CANARY}: 1"])
def test_bad_subjects_file_is_refused_without_repeating_it(content: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_subjects_file(content)
    assert CANARY not in caught.value.message


@QUICK
@given(st.one_of(texts, st.sampled_from(NASTY_TEXTS).map(lambda text: json.dumps([text])), st.text().map("- {}".format)))
def test_any_subjects_file_parses_or_is_refused(content: str) -> None:
    with contextlib.suppress(InputError):
        assert isinstance(parse_subjects_file(content), list)


@pytest.mark.parametrize(
    "content",
    [
        '[{"ref": "T", "identifiers": ["ann@x.com"], "identifiers": ["bob@x.com"]}]',
        "- ref: T\n  identifiers: [ann@x.com]\n  identifiers: [bob@x.com]\n",
        "- {ref: T, ref: U, identifiers: [ann@x.com]}",
    ],
)
def test_a_field_that_stands_twice_is_refused(content: str) -> None:
    with pytest.raises(InputError, match="a field in one entry"):
        parse_subjects_file(content)


@pytest.mark.parametrize(
    "content", ["$ANSIBLE_VAULT;1.1;AES256\n3034\n", "\ufeff-----BEGIN PGP MESSAGE-----\n\nhQEMA\n", "\n-----BEGIN CMS-----\n"]
)
def test_an_encrypted_file_holds_nobody(content: str) -> None:
    with pytest.raises(InputError, match="subjects_file is encrypted"):
        parse_subjects_file(content)


@pytest.mark.parametrize("content", ["[" * 100_000, "- " + "[" * 100_000])
def test_a_file_that_is_nested_without_end(content: str) -> None:
    with pytest.raises(InputError, match="subjects_file is not valid"):
        parse_subjects_file(content)


@pytest.mark.parametrize("line", ["{{ x }}@example.com", "{% if %}ann@example.com", "{#ann#}@example.com"])
def test_an_identifier_that_looks_like_a_template_is_a_line_like_others(line: str) -> None:
    assert parse_subjects_file(line + "\nbob@example.com\n") == [line, "bob@example.com"]
    assert parse_subjects_file(f'["{line}"]') == [line]


@pytest.mark.parametrize("content", ["forget_me_subjects:\n  - ref: T\n", "ref: T\nidentifiers: [ann@x.com]\n", "ann@x.com\n- bob@x.com\n"])
def test_yaml_that_is_no_list_is_not_taken_for_people(content: str) -> None:
    with pytest.raises(InputError, match="starts with a dash like a YAML list"):
        parse_subjects_file(content)


def test_a_list_in_yaml_may_begin_with_comments() -> None:
    assert parse_subjects_file("# people\n\n- ref: T\n  identifiers: [ann@x.com]\n") == [{"ref": "T", "identifiers": ["ann@x.com"]}]
    assert parse_subjects_file("mailto: ann@x.com\ntel: +49 30 901820\n") == ["mailto: ann@x.com", "tel: +49 30 901820"]


@pytest.mark.parametrize(
    ("ref", "says"),
    [
        ("canary.person", "contains an identifier"),
        ("T-1 (Canary.Person)", "contains an identifier"),
        (["T-1"], "is not a string or a whole number"),
        ({"id": 1}, "is not a string or a whole number"),
        (1.5, "is not a string or a whole number"),
        (True, "is not a string or a whole number"),
        ("T-1\nT-2", "can't be printed"),
        ("T-1\x1b[2J", "can't be printed"),
    ],
)
def test_a_ref_that_must_not_be_printed(ref: t.Any, says: str) -> None:
    with pytest.raises(InputError, match=re.escape(says)) as caught:
        parse_subjects(
            search=None, subjects=[{"ref": ref, "identifiers": ["canary.person@x.com"]}], region=None, match="exact", min_length=5
        )
    assert "canary" not in caught.value.message.lower()


@pytest.mark.parametrize(("ref", "known_as"), [("", "subject-1"), ("  ", "subject-1"), (None, "subject-1"), (7, "7"), ("T 1", "T 1")])
def test_a_ref_that_was_left_empty_is_none(ref: t.Any, known_as: str) -> None:
    subjects = parse_subjects(
        search=None, subjects=[{"ref": ref, "identifiers": ["subject@x.com"]}], region=None, match="exact", min_length=5
    )
    assert [subject.ref for subject in subjects.subjects] == [known_as]
