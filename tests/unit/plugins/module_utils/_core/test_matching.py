# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever legal way an identifier is spelled, it is found; no neighbour is; and the prefilter never hides a match."""

from __future__ import annotations

import base64
import json
import random
import sys
import time
import typing as t
import urllib.parse

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ansible_collections.genesys.gws.plugins.module_utils._core.certainty import Certainty
from ansible_collections.genesys.gws.plugins.module_utils._core.errors import InputError
from ansible_collections.genesys.gws.plugins.module_utils._core.json_path import Step, embedded_json
from ansible_collections.genesys.gws.plugins.module_utils._core.matching import Hit
from ansible_collections.genesys.gws.plugins.module_utils._core.readings import readings
from tests.unit.strategies import (
    BRIEF,
    EMAILS,
    NASTY_TEXTS,
    NUMBERS,
    QUICK,
    SEPARATORS,
    Finder,
    Number,
    around_texts,
    behind_texts,
    escaped_some,
    finder,
    forms_of,
    json_spellings,
    json_values,
    one_character_changed,
    texts,
)

EXACT, POSSIBLE = Certainty.EXACT, Certainty.POSSIBLE


def nested(text: str, levels: int) -> str:
    for level in range(levels):
        text = json.dumps({"value": text, "n": level} if level % 2 else text)
    return text


def writings(text: str) -> dict[str, t.Any]:
    """Places and writings in which a text means the same, whatever the text is."""
    return {
        "alone": text,
        "in a list": [["x", text]],
        "in an object": {"value": {"x": text}},
        "as a key": {text: {"n": 1}},
        "JSON text": json.dumps({"a": [text]}),
        "JSON text, not ASCII": json.dumps({"a": [text]}, ensure_ascii=False),
        "JSON key in JSON text": json.dumps({text: True}),
        "JSON in JSON, 2 levels": nested(text, 2),
        "JSON in JSON, 7 levels": nested(text, 7),
        "all escaped": '["' + escaped_some(text, lambda _char: True) + '"]',
        "BOM before JSON": "\ufeff" + json.dumps([text]),
        "blanks and zeros around JSON": " \r\n" + json.dumps([text]) + "\x00\n",
        "URL-encoded": urllib.parse.quote(text, safe=""),
        "in a URL": "https://x.example/?to=" + urllib.parse.quote(text, safe="") + "&n=1",
        "in a note": f"please call {text}, now",
        "at the end of a sentence": f"write to {text}.",
        "in brackets": f"Ann ({text}) called",
        "on a line": f"a\n{text}\nb",
        "quoted": f"'{text}'",
        "after another": f"bob@y.example;{text}",
    }


@pytest.mark.parametrize("email", EMAILS)
def test_email_is_found_in_every_writing(email: str) -> None:
    found = finder(email)
    for how, value in writings(email).items():
        assert found.certainty(value) is EXACT, how


@pytest.mark.parametrize("email", EMAILS)
def test_email_is_found_in_every_form(email: str) -> None:
    local, _at, domain = email.rpartition("@")
    forms = [form for form in forms_of(email) if "ß" not in email or form != email.upper()]
    forms += [f"Ann <{email}>", f'"S, Ann"<{email}>', f"mailto:{email}", f"mailto:{email}?subject=x"]
    punycode = local + "@" + (domain.encode("idna").decode() if "ß" not in domain else "xn--strae-oqa.example")
    forms += [email.replace("@", "\\u0040"), email.replace("@", "%40"), punycode]
    for searched in (email, email.upper() if "ß" not in email else email, punycode):
        found = finder(searched)
        for form in forms:
            assert found.certainty(form) is EXACT, (searched, form)
            assert found.certainty({"note": [form]}) is EXACT, (searched, form)


@QUICK
@given(st.sampled_from(EMAILS), around_texts, behind_texts, st.integers(0, 5), st.booleans(), st.randoms(use_true_random=False))
def test_email_is_found_in_random_writings(email: str, before: str, behind: str, levels: int, bom: bool, chance: random.Random) -> None:
    leaf = before + email + behind
    text = '{"a": ["' + escaped_some(leaf, lambda _char: chance.random() < 0.3) + '"]}'
    assert finder(email).certainty("\ufeff" * bom + nested(text, levels)) is EXACT


def email_neighbours(email: str) -> t.Iterator[str]:
    local, _at, domain = email.rpartition("@")
    name, _dot, tld = domain.rpartition(".")
    yield from (char + email for char in ("z", "7", "é", "z.", "z-", "z+", "z'", "z&", "%7a"))
    yield from (local + char + "@" + domain for char in ("z", "7", "_", "-", "+", "é", ".z", "+tag"))
    yield from (local + "@" + char + domain for char in ("z", "7", "sub.", "z-", "é"))
    yield from (email + char for char in ("z", "é", ".au", "-z.example", "z.example"))
    yield from (local + "@" + name + "." + other for other in ("xyz", "org.uk", tld + "m", tld[:-1] if len(tld) > 2 else "zz"))
    yield from (local + "@" + changed for changed in one_character_changed(domain, 0))
    yield from (changed + "@" + domain for changed in one_character_changed(local, len(local) - 1))
    yield local + "@" + domain.replace(".", "-", 1) + ".example"
    yield local + "@@" + domain
    if "ß" in domain:
        yield local + "@" + domain.replace("ß", "ss")
    yield email + "@y.example"
    yield "y@" + email


@pytest.mark.parametrize("email", EMAILS)
def test_no_neighbour_of_an_email_is_found(email: str) -> None:
    found = finder(email)
    for neighbour in email_neighbours(email):
        for value in (neighbour, {neighbour: neighbour}, json.dumps([neighbour]), f"call {neighbour} now", f"<{neighbour}>"):
            assert found.certainty(value) is None, value


@pytest.mark.parametrize("email", EMAILS)
def test_a_digit_stuck_to_an_email_makes_it_possible_at_most(email: str) -> None:
    """No top-level domain ends with a digit, so it is not another address for certain."""
    assert finder(email).certainty(email + "7") in (None, POSSIBLE)


def test_a_sign_stuck_to_an_email_makes_it_possible_at_most() -> None:
    for sign in "-_+%":
        assert finder("ann@x.com").certainty(sign + "ann@x.com") is POSSIBLE
    assert finder("ann@x.com").certainty("ann@x.com7") is POSSIBLE  # no top-level domain ends with a digit


def punctuated(digits: str, separators: t.Sequence[str], chance: random.Random) -> str:
    """Digits in two to four groups."""
    cuts = sorted(chance.sample(range(2, len(digits) - 1), chance.randint(1, min(3, len(digits) - 3))))
    parts = [digits[low:high] for low, high in zip([0, *cuts], [*cuts, len(digits)], strict=True)]
    separator = chance.choice(separators)
    if chance.random() < 0.3:
        parts[0] = "(" + parts[0] + ")"
    elif chance.random() < 0.2:
        parts[0] = "[" + parts[0] + "]"
    return separator.join(parts)


def international_spellings(number: Number) -> list[str]:
    country, national = number.country, number.national
    found = [
        number.e164,
        f"tel:{number.e164}",
        f"sip:{number.e164}@host.example",
        f"00{country}{national}",
        f"00 {country} {national}",
        f"+{country} {' '.join(national)}",
        f"(+{country}) {national}",
        f"[{number.e164}]",
        f"+{country} [{national[:3]}] {national[3:]}",
        number.e164.replace("+", "%2B"),
        number.e164.replace("+", "\\u002b"),
        f"{number.e164}, {number.e164}",
        f"{number.e164}/+4312345678",
    ]
    if number.trunk == "0":
        found += [f"+{country} (0) {national}", f"+{country}(0){national}", f"+{country} (0){national[:3]}-{national[3:]}"]
    return found


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("with_region", [False, True])
def test_phone_is_found_in_every_spelling(number: Number, with_region: bool) -> None:
    found = finder(number.e164, region=number.region if with_region else None)
    for spelled in international_spellings(number):
        for how, value in writings(spelled).items():
            if how in ("URL-encoded", "in a URL") and ("%" in spelled or "\\" in spelled):
                continue  # encoded twice
            assert found.certainty(value) is EXACT, (how, value)
    assert found.certainty({"phone": int(number.country + number.national)}) is EXACT


@QUICK
@given(st.sampled_from(NUMBERS), st.booleans(), around_texts, behind_texts, st.randoms(use_true_random=False))
def test_phone_is_found_with_random_punctuation(number: Number, with_region: bool, before: str, behind: str, chance: random.Random) -> None:
    found = finder(number.e164, region=number.region if with_region else None)
    spelled = f"+{number.country}" + chance.choice(SEPARATORS) + punctuated(number.national, SEPARATORS, chance)
    assert found.certainty({"note": before + spelled + behind}) is EXACT


@QUICK
@given(st.sampled_from(NUMBERS), around_texts, behind_texts, st.randoms(use_true_random=False))
def test_national_phone_is_exact_with_its_region_and_possible_without(
    number: Number, before: str, behind: str, chance: random.Random
) -> None:
    plain = chance.choice((" ", "-", "\u00a0"))  # with one dot it may be a fraction
    national = number.at_home if chance.random() < 0.5 else punctuated(number.at_home, (plain,), chance)
    value = json.dumps({"note": before + national + behind})
    assert finder(number.e164, region=number.region).certainty(value) is EXACT
    assert finder(number.e164).certainty(value) in (POSSIBLE, EXACT if number.at_home == number.country + number.national else POSSIBLE)


@pytest.mark.parametrize("number", NUMBERS)
def test_national_json_number(number: Number) -> None:
    """JSON numbers have no leading 0. An Italian number without its 0 is another one."""
    value = {"phone": int(number.at_home)}
    belongs = not number.national.startswith("0")
    assert finder(number.e164, region=number.region).certainty(value) is (EXACT if belongs else None)
    assert finder(number.e164).certainty(value) is (POSSIBLE if belongs else None)


@pytest.mark.parametrize("number", NUMBERS)
def test_searched_in_national_form(number: Number) -> None:
    """With its region it is the international number; without, only the very same text is exact."""
    with_region = finder(number.at_home, region=number.region)
    without = finder(number.at_home)
    assert with_region.certainty(number.e164) is EXACT
    assert without.certainty(number.at_home) is EXACT
    assert without.certainty([f" {number.at_home} "]) is EXACT
    assert without.certainty(f"call {number.at_home} now") is POSSIBLE
    assert without.certainty(number.at_home[:3] + " " + number.at_home[3:]) is POSSIBLE
    assert without.certainty(number.e164) is POSSIBLE
    assert without.certainty(f"+47 {number.national}") is POSSIBLE  # nothing tells the country: it may be this one


@pytest.mark.parametrize("extension", ["x12", " ext. 12", " ext 12", ";ext=12", ", extension 12", " x 12"])
@pytest.mark.parametrize("number", NUMBERS[:4])
def test_extension(number: Number, extension: str) -> None:
    stored = {"note": f"desk {number.e164}{extension}"}
    assert finder(number.e164 + " ext. 12").certainty(stored) is EXACT
    assert finder(number.e164 + " ext. 13").certainty(stored) is POSSIBLE
    assert finder(number.e164).certainty(stored) is POSSIBLE
    assert finder(number.e164 + " ext. 12").certainty(number.e164) is POSSIBLE


def phone_neighbours(number: Number) -> t.Iterator[str]:
    country, national = number.country, number.national
    yield from (number.e164 + digit for digit in "059")
    yield number.e164[:-1]
    for place in range(1, len(number.e164)):
        digit = number.e164[place]
        yield number.e164[:place] + str((int(digit) + 1) % 10) + number.e164[place + 1 :]
    yield f"+{country}9{national}"
    for other in ("1", "7", "33", "34", "44", "46", "49", "86", "351"):
        if other != country:
            yield from (
                f"+{other}{national}",
                f"+{other} {national}",
                f"00{other}{national}",
                f"+{other} (0) {national}",
                f"+{other}-(0){national}",
            )
            yield f"+{other} {national[:3]} {national[3:6]} {national[6:]}"
    whole = country + national
    yield from (f"id{whole}f", f"a{whole}b", f"_{whole}_", f"123{whole}", f"{whole}1234", f"0123456789abcdef{whole}ef", f"99{national}99")
    yield f"550e8400-e29b-41d4-a716-4{whole}"[:36]


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("with_region", [False, True])
def test_no_neighbour_of_a_phone_is_found(number: Number, with_region: bool) -> None:
    found = finder(number.e164, region=number.region if with_region else None)
    for neighbour in phone_neighbours(number):
        certainty = found.certainty({"note": f"call {neighbour} now"})
        if certainty is POSSIBLE and neighbour.startswith("+"):
            assert " (0)" not in neighbour, neighbour
        assert certainty is None, neighbour
        assert found.certainty([neighbour, {neighbour: 1}]) is None, neighbour


@pytest.mark.parametrize("number", NUMBERS)
def test_json_numbers_beside_a_phone_are_not_found(number: Number) -> None:
    found = finder(number.e164, region=number.region)
    whole = number.country + number.national
    for near in (int(whole + "5"), int("5" + whole), int(whole) + 1, int(whole) - 1, int(whole) + 10**6, int(whole) + 0.5):
        assert found.certainty({"n": near}) is None, near
    for field in ("timestamp", "lastCallTime", "created_at", "ts", "epochMillis"):
        assert found.certainty({field: int(number.national)}) is None, field


def test_number_in_an_id_is_never_exact() -> None:
    for number in NUMBERS:
        found = finder(number.e164, region=number.region)
        for value in (f"12345-{number.national}-6789", f"INV-{number.national}-2024", f"2024/{number.national}/77"):
            assert found.certainty(value) is not EXACT, value


def test_two_numbers_side_by_side_are_both_found() -> None:
    first, second = "+14155550123", "+4930901820"
    for text in (
        f"{first} {second}",
        f"{first}/{second}",
        f"{first} - {second}",
        f"{first}\n{second}",
        f"{first};{second}",
        f"{first},{second}",
    ):
        for searched in (first, second):
            assert finder(searched, region="US").certainty(text) is EXACT, (searched, text)


def test_text_is_exact_as_a_whole_and_possible_as_words() -> None:
    found = finder("Ann Smith")
    assert found.certainty(" ann  SMITH\n") is EXACT
    assert found.certainty({"name": "Ann Smith-Jones"}) is POSSIBLE
    assert found.certainty("Joann Smith") is None
    assert found.certainty("Ann Smithson") is None
    assert found.certainty({"first": "Ann", "last": "Smith"}) is None


# Laws


def check_prefilter(found: Finder, value: t.Any, seed: int) -> None:
    hits = found.matcher.in_value(value)
    for text in json_spellings(value, seed):
        data = text.encode("utf-8", "surrogatepass")
        if hits or found.matcher.in_value(text):
            assert found.prefilter.may_match(data), text
            assert found.prefilter.may_match(b"\x00\x12" + data + b"\xff\x00"), text  # in a page
    if isinstance(value, str) and hits:
        assert found.prefilter.may_match(value.encode("utf-8", "surrogatepass"))


IDENTIFIERS = (
    *EMAILS,
    *(number.e164 for number in NUMBERS),
    *(number.at_home for number in NUMBERS),
    "Ann Smith",
    "Jürgen Öz",
    "12345",
    "00005",
    "a@b.c",
    "+1 415 555 0123 x77",
    "日本語",
    "üüü",
)

documents = st.one_of(
    json_values,
    st.tuples(json_values, st.sampled_from(IDENTIFIERS), around_texts, behind_texts).map(
        lambda parts: {"a": parts[0], "b": [parts[2] + parts[1] + parts[3]], parts[1]: None}
    ),
    st.tuples(st.sampled_from(IDENTIFIERS), st.integers(1, 4)).map(lambda parts: {"x": nested(parts[0], parts[1])}),
    st.tuples(st.sampled_from(NUMBERS), st.booleans(), st.randoms(use_true_random=False)).map(
        lambda parts: {"x": f"+{parts[0].country} " + punctuated(parts[0].national, SEPARATORS, parts[2])}
    ),
    st.sampled_from(NUMBERS).map(lambda number: [int(number.country + number.national), float(number.country + number.national)]),
)


@QUICK
@given(st.lists(st.sampled_from(IDENTIFIERS), min_size=1, max_size=4), documents, st.integers(0, 1000), st.sampled_from([None, "US", "DE"]))
@example(["Ann Smith"], ["ann\u00a0smith"], 0, None)
@example(["Ann Smith"], ["ann\t\n smith"], 0, None)
@example(["+14155550123"], ["tel:%2B1%20415%20555%200123"], 0, None)
@example(["+14155550123"], ["\\u00a0+1\\u00a0415\\u00a0555\\u00a00123"], 0, None)
@example(["+14155550123"], ["+1%C2%A0415%E2%80%93555%C2%A00123"], 0, None)
@example(["12345"], ["x 12345"], 0, None)
@example(["00005"], ["00005"], 0, None)
@example(["+12125550100"], [12125550100.0, 1.21255501e10], 0, None)
def test_prefilter_includes_match(identifiers: list[str], document: t.Any, seed: int, region: str | None) -> None:
    check_prefilter(finder(*identifiers, region=region), document, seed)


@QUICK
@given(st.lists(st.sampled_from(IDENTIFIERS), min_size=1, max_size=3), documents, st.integers(0, 1000))
def test_prefilter_includes_match_for_contains(identifiers: list[str], document: t.Any, seed: int) -> None:
    check_prefilter(finder(*identifiers, match="contains"), document, seed)


@QUICK
@given(
    texts.filter(lambda text: len(text.strip()) >= 3),
    around_texts,
    behind_texts,
    st.integers(0, 1000),
    st.sampled_from(["exact", "contains"]),
)
def test_prefilter_includes_match_for_any_term(term: str, before: str, behind: str, seed: int, match: str) -> None:
    try:
        found = finder(term, match=match)
    except InputError:
        return  # no e-mail address
    check_prefilter(found, {"a": before + term + behind, term: [term]}, seed)
    check_prefilter(found, term, seed)


def test_numbers_in_scientific_notation_pass_the_prefilter() -> None:
    """Jackson writes 493012345000.0 as 4.93012345E11."""
    found = finder("+493012345000")
    for text in ('{"n": 4.93012345E11}', '{"n": 4.93012345e+11}', '{"n":493012345e3}', "[4.93012345E11]"):
        assert found.certainty(text) is EXACT
        assert found.prefilter.may_match(text.encode()), text


def test_prefilter_says_no_to_what_has_nothing() -> None:
    """Else it would be worth nothing."""
    found = finder(*EMAILS, *(number.e164 for number in NUMBERS))
    page = json.dumps(
        [{"id": "550e8400-e29b-41d4-a716-446655440000", "name": "Bob", "mail": "bob@y.invalid", "phone": "+43 1 234567"}] * 50
    )
    assert not found.prefilter.may_match(page.encode())
    assert not finder("ann@x.com", match="contains").prefilter.may_match(page.encode())


@QUICK
@given(st.sampled_from(EMAILS + tuple(number.e164 for number in NUMBERS)), documents)
def test_exact_is_included_in_contains_for_the_literal_spelling(term: str, document: t.Any) -> None:
    for value in (document, {"x": [document, term]}, f"call {term}, now"):
        literal = [hit for hit in finder(term).matcher.in_value(value) if hit.certainty is EXACT and _literally(value, hit, term)]
        contained = {hit.path for hit in finder(term, match="contains").matcher.in_value(value)}
        assert {hit.path for hit in literal} <= contained
    assert finder(term, match="contains").certainty(["x" + term + "y"]) is EXACT


def _literally(value: t.Any, hit: Hit, term: str) -> bool:
    for step in hit.path:
        if step is Step.OBJECT_KEY:
            return term.lower() in str(hit.path[-2]).lower()
        value = embedded_json(value) if step is Step.EMBEDDED_JSON else value[step]
    return term.lower() in str(value).lower()


OTHERS = [f"person{number}@others.example" for number in range(150)] + [f"+4930555{number:04}" for number in range(150)]
CROWD = {match: finder(*IDENTIFIERS, *OTHERS, match=match) for match in ("exact", "contains")}


@QUICK
@given(st.integers(0, len(IDENTIFIERS) - 1), documents, st.sampled_from(["exact", "contains"]))
def test_matching_does_not_depend_on_other_subjects(which: int, document: t.Any, match: str) -> None:
    def found_by(found: Finder, subject: int) -> set[tuple[t.Any, Certainty]]:
        return {(hit.path, hit.certainty) for hit in found.matcher.in_value(document) if hit.subject == subject}

    alone = found_by(finder(IDENTIFIERS[which], match=match), 0)
    assert alone == found_by(CROWD[match], which)


@QUICK
@given(json_values, texts)
def test_arbitrary_input_never_raises(document: t.Any, text: str) -> None:
    for found in CROWD.values():
        found.matcher.in_value(document)
        found.matcher.in_value(text)
        found.prefilter.may_match(text.encode("utf-8", "surrogatepass"))
    assert readings(text).addresses is not None


@BRIEF
@given(st.binary(max_size=200))
def test_arbitrary_bytes_never_raise(data: bytes) -> None:
    for found in CROWD.values():
        found.prefilter.may_match(data)
        found.matcher.in_value(data.decode("utf-8", "replace"))


@pytest.mark.parametrize("text", NASTY_TEXTS)
def test_nasty_texts_beside_the_person_hide_nothing(text: str) -> None:
    found = finder("ann@x.com", "+4930901820")
    for value in (
        [text, "ann@x.com"],
        {text: "ann@x.com"},
        {"ann@x.com": text},
        f"{text} ann@x.com {text}",
        json.dumps([text, "ann@x.com"]),
    ):
        assert found.certainty(value) is EXACT, value


@pytest.mark.parametrize("levels", [100, 5000])
def test_deep_nesting(levels: int) -> None:
    found = finder("ann@x.com")
    value: t.Any = "ann@x.com"
    for level in range(levels):
        value = [value] if level % 2 else {"a": value}
    assert found.certainty(value) is EXACT
    text = "[" * levels + '"ann@x.com"' + "]" * levels
    assert found.certainty(text) is EXACT
    assert found.certainty(text[:-1]) is EXACT
    assert sys.getrecursionlimit() <= 3000


def test_truncated_json_at_each_byte() -> None:
    found = finder("ann@x.com", "+14155550123")
    whole = json.dumps({"a": "x" * 5, "mail": "ann@x.com", "n": [1, {"phone": "+1 415 555 0123", "k\u00e9": None}], "z": "\u00e9\u20ac"})
    complete = whole.index("ann@x.com") + len('ann@x.com"')
    for end in range(len(whole)):
        hits = found.matcher.in_value(whole[:end])
        if end >= complete:
            assert any(hit.subject == 0 for hit in hits), whole[:end]
        assert found.matcher.in_value(whole[end:]) is not None
    for end in range(len(whole.encode())):
        found.matcher.in_value(whole.encode()[:end].decode("utf-8", "replace"))


@pytest.mark.parametrize("levels", [1, 2, 7, 11])
@pytest.mark.parametrize("before", ["", "\ufeff", " \r\n", "\x00"])
def test_json_in_json_is_opened(levels: int, before: str) -> None:
    """Not only seen in the escaped text: what is to be cut out must be known to its place."""
    text = before + nested("ann@x.com", levels) + before
    [hit] = finder("ann@x.com").matcher.in_value([text])
    assert [step for step in hit.path if step is Step.EMBEDDED_JSON] == [Step.EMBEDDED_JSON] * levels


def test_persons_who_share_an_identifier_are_all_found() -> None:
    for identifier in ("ann@x.com", "+14155550123", "Ann Smith"):
        found = finder(identifier, "other@x.com", identifier)
        assert {hit.subject for hit in found.matcher.in_value([identifier])} == {0, 2}


@pytest.mark.parametrize("short", ["+683 4002", "00100", "+290 2999", "+24762345"])
def test_short_numbers_are_found(short: str) -> None:
    for value in (short, short.replace(" ", ""), f"call {short} now", json.dumps({"n": [short]})):
        assert finder(short).certainty(value) is not None, value
    assert finder(short).certainty(short) is EXACT


def test_paths_lead_to_the_hits() -> None:
    document = {"a": [{"mail": "ann@x.com"}, json.dumps({"b": ["x", "ann@x.com"]})], "ann@x.com": 1}
    paths = {hit.path for hit in finder("ann@x.com").matcher.in_value(document)}
    assert paths == {("a", 0, "mail"), ("a", 1, Step.EMBEDDED_JSON, "b", 1), ("ann@x.com", Step.OBJECT_KEY)}


def test_what_is_only_encoded_is_not_claimed() -> None:
    """Base64 is no text: the search does not claim to look into it, and must not crash on it."""
    assert finder("ann@x.com").certainty(base64.b64encode(b"ann@x.com").decode()) is None


@pytest.mark.parametrize("digits", [4299, 4301, 100_000])
@pytest.mark.parametrize(
    "form", ["{}", "[{}]", "&#{};", "&#x{};", "&#{} ann@x.com", "+{}", "%{}", "=3D{}", "\\u{}", "1e{}", "0.{}", "&#0{};"]
)
def test_long_runs_of_digits_stop_nothing(form: str, digits: int) -> None:
    found = finder("ann@x.com", "+4930901820", region="DE")
    for digit in "079":
        found.certainty(form.format(digit * digits))
        found.prefilter.spans(form.format(digit * digits).encode())
        assert found.certainty(form.format(digit * digits) + " ann@x.com") is EXACT


@pytest.mark.parametrize(
    "piece",
    [
        "\\",
        "\\\\",
        "=",
        "=\\",
        "\\=",
        "&",
        "&#",
        "&#6",
        "%",
        "%2",
        "%25",
        "=\r\n",
        "=\\r",
        "\\r\\n",
        "@",
        ".@",
        '"',
        '\\"',
        "{{",
        "\\u",
        "(",
        "+1",
    ],
)
def test_a_long_run_of_any_signs_takes_time_in_proportion(piece: str) -> None:
    found = finder("ann@x.com", "{{x}}a@x.com", "50%25off@x.com", "+4930901820", "Ann Smith", region="DE")

    def seconds(length: int) -> float:
        value = piece * (length // len(piece))
        began = time.thread_time()
        found.matcher.in_value(value)
        return time.thread_time() - began

    assert seconds(160_000) < 40 * max(seconds(10_000), 0.003)
