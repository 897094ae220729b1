# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The law: prefilter includes match. Asked for the right row of a page, with the matcher that runs, in all readings and for all regions of phonenumbers."""

from __future__ import annotations

import json
import random
import struct
import typing as t

import phonenumbers
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.genesys.gws.plugins.module_utils._cassandra.pages import _row_starts, _rows_of
from tests.tools import text_corpus as spell
from tests.unit.strategies import Finder, finder

LAW = settings(max_examples=400, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))

# Every way to write a character otherwise. None depends on its neighbours, so that they can be mixed in one text.
CHARACTERS: dict[str, t.Callable[[str], str]] = {
    "percent": spell.percent,
    "percent twice": lambda char: spell.percent(char).replace("%", "%25"),
    "decimal": spell.decimal,
    "hexadecimal": spell.hexadecimal,
    "no semicolon": lambda char: f"&#{ord(char)}" if ord(char) > 0xFFF else spell.decimal(char),
    "named": lambda char: spell.NAMED.get(char, char),
    "json": lambda char: f"\\u{ord(char):04X}" if ord(char) < 0x10000 else char,
    "json twice": lambda char: f"\\\\u{ord(char):04x}" if ord(char) < 0x10000 else char,
    "hex escape": lambda char: f"\\x{ord(char):02x}" if ord(char) < 0x80 else char,
    "quoted-printable": lambda char: char if char.isascii() and char.isalnum() else spell.qp_byte(char),
    "quoted-printable in small letters": lambda char: char if char.isascii() and char.isalnum() else spell.qp_byte(char).lower(),
    "full-width": spell.full_width,
    "escaped sign": lambda char: "\\" + char if not char.isalnum() and char.isascii() and char > " " else char,
    "soft hyphen": lambda char: char + "\u00ad",
    "soft hyphen of HTML": lambda char: "&shy;" + char,
    "zero width space in percent": lambda char: char + "%E2%80%8B",
    "soft break": lambda char: "=\r\n" + char,
    "capital": str.upper,
    "bold": lambda char: chr(0x1D7CE + ord(char) - 48) if "0" <= char <= "9" else char,
    "Arabic digit": lambda char: chr(0x660 + ord(char) - 48) if "0" <= char <= "9" else char,
    "plain": lambda char: char,
}
EMAILS = (
    "ann@x.com",
    "Ann.Smith+tag@Sub.Example.COM",
    "o'hara@example.org",
    "jean-luc@b\u00fccher.example",
    "\u0438\u0432\u0430\u043d@\u043f\u043e\u0447\u0442\u0430.example",
)
ODD_EMAILS = (
    "50%25off@x.com",
    "o=27neil@b\u00fccher.example",
    '"a&amp;b"@example.org',
    "{{ x }}@example.com",
    "!#$%&'*+/=?^_{|}~-a@example.com",
    '"john doe"@example.com',
    '"a;b|c@d"@example.com',
)
"""Some look encoded themselves, so that they are looked for as they stand, too."""
NAMES = ("Ann Smith", "J\u00fcrgen \u00d6z", "\u65e5\u672c\u8a9e \u592a\u90ce", "Pat O'Hara")
REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)
FORMATS = (0, 1, 2, 3)  # E.164, international, national, RFC 3966


def numbers_of(region: str) -> list[phonenumbers.PhoneNumber]:
    """Example numbers of a region: a fixed line and a mobile."""
    kinds = (phonenumbers.PhoneNumberType.FIXED_LINE, phonenumbers.PhoneNumberType.MOBILE)
    found = [phonenumbers.example_number_for_type(region, kind) for kind in kinds]
    return [number for number in found if number is not None]


def page_of(rows: t.Sequence[t.Sequence[bytes]]) -> bytes:
    return b"".join(struct.pack(">i", len(cell)) + cell for row in rows for cell in row)


AWKWARD = [0x25, 0x3D, 0x5C, 0x26, 0x30, 0x35, 0x41, 0x61, 0x2540, 0x3D34, 0x5C75, 0x2623, 0x3439]
"""Lengths of cells whose last bytes are a percent sign, an equals sign, a backslash, an ampersand, digits and letters."""


def check(found: Finder, text: str, chance: random.Random, *, as_json: bool) -> bool:
    """Whether the value matches; asserts that its row of a page is a candidate then."""
    value = json.dumps({"note": text}, ensure_ascii=chance.random() < 0.5) if as_json else text
    cell = value.encode("utf-8", "surrogatepass")
    if not found.matcher.in_value(value):
        return False
    wanted = chance.choice([length for length in AWKWARD if length > len(cell)])
    if chance.random() < 0.7:
        cell = cell + b" " * (wanted - len(cell))
    rows = [
        [b"%d" % number, chance.choice([b"", b"plain 12", b"x" * 0x25, b"\x00%40"]), b"y" * chance.choice([0, 0x25, 0x3D])]
        for number in range(5)
    ]
    at = chance.randrange(5)
    rows[at][chance.choice([1, 2])] = cell
    page = page_of(rows)
    spans = found.prefilter.spans(page)
    assert spans is None or at in _rows_of(spans, _row_starts(page, 0, 5, 3)), (value, cell)
    return True


def written(text: str, ways: t.Sequence[str], chance: random.Random) -> str:
    """A text with each character in one of some ways, the escapes of which may be escaped again."""
    for way in ways:
        share = chance.choice([0.1, 0.5, 1])
        text = "".join(CHARACTERS[way](char) if chance.random() < share else char for char in text)
    return text


@LAW
@given(
    st.sampled_from(EMAILS + ODD_EMAILS + NAMES + ("50%25 off", "%41%42%43")),
    st.lists(st.sampled_from(sorted(CHARACTERS)), max_size=3),
    st.booleans(),
    st.randoms(use_true_random=False),
)
def test_addresses_and_names_in_any_writing(identifier: str, ways: list[str], as_json: bool, chance: random.Random) -> None:
    around = chance.choice(["{}", "call {} now", "<{}>", "to={}&n=1", "a\n{}\nb", '"{}"'])
    check(finder(identifier, "+4930901820"), around.format(written(identifier, ways, chance)), chance, as_json=as_json)


@pytest.mark.parametrize("identifier", ["x%a1z@example.com", "%c3%28ann@b\u00fccher.example", "a%c3z street"])
@pytest.mark.parametrize("as_json", [True, False])
def test_percent_signs_before_bytes_that_are_no_character(identifier: str, as_json: bool) -> None:
    """Such a text reads as itself, in capitals and in small letters."""
    for spelled in (identifier, identifier.upper()):
        assert check(finder(identifier), spelled, random.Random(1), as_json=as_json)


@pytest.mark.parametrize("region", REGIONS)
def test_numbers_of_every_region_in_any_writing(region: str) -> None:
    chance = random.Random(region)
    matched = tried = 0
    for number in numbers_of(region):
        e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        for with_region in (region, None):
            found = finder(e164, region=with_region)
            for form in FORMATS:
                text = phonenumbers.format_number(number, form)
                for way in chance.sample(sorted(CHARACTERS), 5):
                    ways = [way, chance.choice(sorted(CHARACTERS))][: chance.choice([1, 2])]
                    tried += 1
                    matched += check(found, written(text, ways, chance), chance, as_json=chance.random() < 0.5)
    assert not tried or matched > tried / 4, "the test is about what matches"


@LAW
@given(st.sampled_from(EMAILS), st.sampled_from(["utf-16-le", "utf-16-be"]), st.binary(max_size=4))
def test_text_in_utf16(identifier: str, charset: str, before: bytes) -> None:
    found = finder(identifier, "+4930901820")
    if identifier.isascii():
        assert found.prefilter.may_match(before + f"to {identifier}, +49 30 901820".encode(charset))


@pytest.mark.parametrize("emails", [EMAILS, ODD_EMAILS])
def test_pages_without_marks_are_not_decoded(emails: tuple[str, ...]) -> None:
    """Else the prefilter would be worth nothing."""
    found = finder(*(email for email in emails if email.isascii()), "+4930901820")
    chance = random.Random(1)
    page = page_of(
        [
            [b"%d" % row, json.dumps({"n": "J\u00fcrgen & Co", "p": f"+43 1 {chance.randrange(10**7)}", "m": "bob@y.invalid"}).encode()]
            for row in range(500)
        ]
    )
    assert found.prefilter.spans(page) == []
