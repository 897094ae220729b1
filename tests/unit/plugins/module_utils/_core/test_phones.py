# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Phone numbers of every region in every format of phonenumbers are found, others' never, and what only looks like one is never exact.

Single spellings and look-alikes are data: tests/corpus/phones.jsonl.
"""

from __future__ import annotations

import functools
import json
import random
import time
import typing as t
import uuid

import phonenumbers
import pytest
from phonenumbers import PhoneNumberFormat as Format

from ansible_collections.genesys.gws.plugins.module_utils._core.certainty import NO_CONTEXT, Certainty, Context
from ansible_collections.genesys.gws.plugins.module_utils._core.errors import InputError
from ansible_collections.genesys.gws.plugins.module_utils._core.phone_number import (
    Phone,
    anchors,
    digits_of,
    is_valid,
    may_be_number,
    may_be_valid,
    number_of,
)
from ansible_collections.genesys.gws.plugins.module_utils._core.phones import PhoneIndex
from ansible_collections.genesys.gws.plugins.module_utils._core.prefilter import Prefilter
from tests.unit.strategies import subjects_of

EXACT, POSSIBLE = Certainty.EXACT, Certainty.POSSIBLE
REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)
ABROAD = ("US", "DE", "AU", "RU", "JP", "BR", "KE")
# Regions in which numbers are dialled with the code of a carrier, and one that is in use there.
CARRIERS = {"BR": "15", "CO": "3", "CL": "188", "CR": "1900"}


@functools.lru_cache(maxsize=2048)
def searched(number: str, region: str | None) -> tuple[PhoneIndex, Prefilter, tuple[Phone, ...]]:
    subjects = subjects_of(number, region=region)
    phones = tuple(one for subject in subjects.subjects for one in subject.identifiers if isinstance(one, Phone))
    return PhoneIndex(subjects, region), Prefilter(subjects), phones


def certainty(number: str, value: str | int, region: str | None, context: Context = NO_CONTEXT) -> Certainty | None:
    """How surely the number is seen; checks the prefilter's law and that of the anchors on the way."""
    index, prefilter, [phone] = searched(number, region)
    seen = index.in_text(value, context) if isinstance(value, str) else index.in_number(str(value), context)
    if seen:
        assert prefilter.may_match(str(value).encode()), (number, value)
        assert any(anchor in digits_of(str(value)) for anchor in anchors(phone)), (number, value)
    return max((found for _subject, found in seen), default=None)


def examples(region: str) -> list[t.Any]:
    """The example numbers of a region, one for each type that it has."""
    numbers = [phonenumbers.example_number_for_type(region, kind) for kind in phonenumbers.PhoneNumberType.values()]
    return list({phonenumbers.format_number(n, Format.E164): n for n in numbers if n is not None}.values())


def other_region(number: t.Any) -> str:
    return next(region for region in ("DE", "US", "FR") if phonenumbers.country_code_for_region(region) != number.country_code)


@pytest.mark.parametrize("region", REGIONS)
def test_every_format_of_every_region_is_found(region: str) -> None:
    for number in examples(region):
        e164 = phonenumbers.format_number(number, Format.E164)
        abroad = other_region(number)
        for form in (Format.E164, Format.INTERNATIONAL, Format.RFC3966):
            spelled = phonenumbers.format_number(number, form)
            for known in (region, abroad, None):
                assert certainty(e164, spelled, known) is EXACT, (spelled, known)
        national = phonenumbers.format_number(number, Format.NATIONAL)
        assert certainty(e164, national, region) is EXACT, national
        assert certainty(e164, national, abroad) is POSSIBLE, national
        assert certainty(e164, national, None) is POSSIBLE, national
        for dialling in ABROAD:
            if phonenumbers.country_code_for_region(dialling) != number.country_code:
                dialled = phonenumbers.format_out_of_country_calling_number(number, dialling)
                assert certainty(e164, dialled, dialling) is EXACT, (dialled, dialling)
                assert certainty(e164, dialled, None) is not None, dialled
                assert certainty(e164, "9 " + dialled, dialling) is not None, dialled
        if region in CARRIERS:
            dialled = phonenumbers.format_national_number_with_carrier_code(number, CARRIERS[region])
            assert certainty(e164, dialled, region) is EXACT, dialled
        mobile = phonenumbers.format_number_for_mobile_dialing(number, region, True)
        assert not mobile or certainty(e164, mobile, region) is EXACT, mobile
        original = phonenumbers.format_in_original_format(phonenumbers.parse(national, region, keep_raw_input=True), region)
        assert certainty(e164, original, region) is EXACT, original
        assert certainty(e164, int(e164[1:]), None, Context("phoneNumber")) in (EXACT, POSSIBLE)


@pytest.mark.parametrize("region", REGIONS)
def test_searched_by_its_national_form_the_international_one_is_found(region: str) -> None:
    for number in examples(region):
        national = phonenumbers.format_number(number, Format.NATIONAL)
        if len(digits_of(national)) < 5:
            continue  # too short to be told from other numbers without its country code
        assert certainty(national, phonenumbers.format_number(number, Format.INTERNATIONAL), region) is EXACT, national


@pytest.mark.parametrize("region", REGIONS)
def test_other_peoples_numbers_are_never_exact(region: str) -> None:
    """One digit more, less or changed, somewhere in the number; another country; an extension; a longer run."""
    chance = random.Random(region)
    for number in examples(region)[:4]:
        e164 = phonenumbers.format_number(number, Format.E164)
        national = phonenumbers.format_number(number, Format.NATIONAL)
        for spelled in (e164, phonenumbers.format_number(number, Format.INTERNATIONAL), national):
            for _try in range(6):
                place = chance.choice([place for place, char in enumerate(spelled) if char.isdigit()])
                digit = chance.choice([one for one in "0123456789" if one != spelled[place]])
                for other in (spelled[:place] + digit + spelled[place + 1 :], spelled + digit, spelled[:place] + spelled[place + 1 :]):
                    if same_number(other, e164, region):
                        continue
                    for known in (region, None):
                        assert certainty(e164, f"call {other} now", known) is not EXACT, (other, known)
            for other in (
                spelled + "-1",
                spelled + " x1",
                spelled + "12345678",
                f"12345678{digits_of(spelled)}",
                f"a{digits_of(spelled)}b",
            ):
                assert certainty(e164, other, region) is not EXACT, other


def same_number(text: str, e164: str, region: str) -> bool:
    """Whether phonenumbers reads a text as the number after all (a second 0 before it, say)."""
    for known in (region, None):
        try:
            if phonenumbers.format_number(phonenumbers.parse(text, known), Format.E164) == e164:
                return True
        except phonenumbers.NumberParseException:
            pass
    return False


def look_alikes(chance: random.Random) -> t.Iterator[tuple[str, str]]:
    """(kind, text) of things that are no phone numbers."""
    seconds = chance.randrange(1_000_000_000, 2_000_000_000)
    moment = time.gmtime(seconds)
    for form in ("%Y-%m-%d", "%d.%m.%Y", "%m/%d/%Y", "%Y/%m/%d", "%Y%m%d", "%d%m%Y", "%Y%m%d%H%M%S", "%Y%m%d%H%M"):
        yield "date " + form, time.strftime(form, moment)
    for form in ("%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d %H:%M:%S", "%H:%M:%S", "%Y-%m-%dT%H:%M:%S+0100", "%d.%m.%Y %H:%M"):
        yield "time " + form, time.strftime(form, moment)
    yield "seconds", str(seconds)
    yield "milliseconds", str(seconds * 1000 + chance.randrange(1000))
    yield "microseconds", str(seconds * 1_000_000 + chance.randrange(1_000_000))
    yield "latitude", f"{chance.uniform(-90, 90):.{chance.randrange(5, 9)}f}"
    yield "coordinates", f"{chance.uniform(-90, 90):.6f},{chance.uniform(-180, 180):.6f}"
    yield "ISO 6709", f"+{chance.uniform(10, 90):.6f}+{chance.uniform(100, 180):.6f}/"
    yield "fraction", f"0.{chance.randrange(10**9, 10**10)}"
    yield "fraction, comma", f"{chance.randrange(100)},{chance.randrange(10**9, 10**10)}"
    yield "IPv4", ".".join(str(chance.randrange(10, 256)) for _number in range(4))
    yield "MAC", ":".join(f"{chance.randrange(100):02}" for _number in range(6))
    yield "UUID", str(uuid.UUID(int=chance.getrandbits(128)))
    yield "UUID of digits", "-".join("".join(chance.choices("0123456789", k=length)) for length in (8, 4, 4, 4)) + "-a" + "1" * 11
    yield "version", f"{chance.randrange(30)}.{chance.randrange(10)}.{chance.randrange(10**5)}.{chance.randrange(10**4)}"
    yield "order", f"ORD-{chance.randrange(10**9, 10**10)}"
    yield "thousands", f"{chance.randrange(10**9, 10**10):,}".replace(",", chance.choice(",."))
    yield "card", " ".join("".join(chance.choices("0123456789", k=4)) for _number in range(4))
    yield "IBAN", "DE" + " ".join("".join(chance.choices("0123456789", k=4)) for _number in range(5)) + " 00"


def is_given_as_phone(text: str) -> bool:
    """Whether it can be searched for at all: a number of a length that its country does not have is refused."""
    try:
        return isinstance(one_identifier(text), Phone)
    except InputError:
        return False


@pytest.mark.parametrize("seed", range(15))
def test_look_alikes_are_never_exact(seed: int) -> None:
    """Searched for is a person whose number has the very digits, all of them or the last ones."""
    chance = random.Random(seed)
    for kind, text in look_alikes(chance):
        digits = digits_of(text)
        for country, region in (("1", "US"), ("47", "NO"), ("49", "DE"), ("44", "GB"), ("65", "SG"), ("91", "IN")):
            for national in sorted({digits, digits[1:], digits[2:], digits[-10:], digits[-8:]}):
                number = "+" + country + national.lstrip("0")
                if not is_given_as_phone(number):
                    continue
                for known in (region, None):
                    for field in ("", "candidatePhone", "phone", "createdAt"):
                        seen = certainty(number, text, known, Context(field))
                        assert seen is not EXACT, (kind, text, number, known, field)
                        if text.isdecimal() and text[0] != "0":
                            assert certainty(number, int(text), known, Context(field)) is not EXACT, (kind, text, number, known, field)


def one_identifier(number: str) -> t.Any:
    return subjects_of(number).subjects[0].identifiers[0]


EXTENSIONS = (
    *("x12", " x12", " x 12", " ext 12", " ext. 12", "ext.12", ", ext: 12", ";ext=12", " #12", "#12", " extension 12", ", extension 12"),
    *(",12", ",,12#", ";12", "p12", "w12", "pp12", ",,,12#", " Durchwahl 12", " Durchwahl -12", " DW 12", ", App. 12", " Nebenstelle 12"),
    *(" poste 12", " доб. 12", " доб 12", " anexo 12", " ramal 12", " interno 12", " int. 12", " toestel 12", " wew. 12", " klapka 12"),
    *(" dahili 12", " 内線12", " 分机12", "转12", " 내선 12", " (12)", " (ext 12)", " [12]", "/12", "-12", " - 12", " / 12"),
)


@pytest.mark.parametrize("extension", EXTENSIONS)
@pytest.mark.parametrize("number", ["+14155550123", "+4930901820", "+33142685300", "+74951234567"])
def test_another_extension_is_another_number(number: str, extension: str) -> None:
    spelled = phonenumbers.format_number(phonenumbers.parse(number), Format.INTERNATIONAL)
    for text in (number + extension, spelled + extension, f"call {spelled}{extension} please"):
        assert certainty(number, text, None) is POSSIBLE, text
        assert certainty(number + " x13", text, None) is POSSIBLE, text
        if not extension.strip().startswith(("(12", "[12", "/", "-")):
            assert certainty(number + " x12", text, None) is EXACT, text


@pytest.mark.parametrize(
    "field", ["extension", "ext", "Ext", "phoneExt", "phone_extension", "extensionNumber", "EXT", "durchwahl", "poste", "доб"]
)
def test_an_extension_in_a_field_beside_the_number(field: str) -> None:
    value: t.Any
    nothing: t.Any
    for value in ("12", 12, " 12 ", "x12", "ext. 12"):
        beside = Context("phone", {"phone": "+14155550123", field: value})
        assert certainty("+14155550123", "+14155550123", None, beside) is POSSIBLE, value
        assert certainty("+14155550123", 14155550123, None, beside) is POSSIBLE, value
        assert certainty("+14155550123 x12", "+14155550123", None, beside) is EXACT, value
    for nothing in ("", None, "pdf", 0, True, [], {}, "none"):
        assert certainty("+14155550123", "+14155550123", None, Context("phone", {"phone": "+14155550123", field: nothing})) is EXACT, (
            nothing
        )


@pytest.mark.parametrize("field", ["text", "next", "context", "extensionType", "fileExtensionName"])
def test_fields_that_hold_no_extension(field: str) -> None:
    assert certainty("+14155550123", "+14155550123", None, Context("phone", {"phone": "+14155550123", field: "12"})) is EXACT


def test_an_extension_belongs_to_the_field_that_it_is_called_after() -> None:
    record = {"mobilePhone": "+14155550123", "workPhone": "+14155550199", "workPhoneExtension": "12"}
    assert certainty("+14155550123", record["mobilePhone"], None, Context("mobilePhone", record)) is EXACT
    assert certainty("+14155550199", record["workPhone"], None, Context("workPhone", record)) is POSSIBLE


@pytest.mark.parametrize("separator", [", ", ",", "; ", ";", " | ", "\n", "\t", " / ", " - ", " ", "  ", " and "])
def test_each_of_many_numbers_is_looked_at(separator: str) -> None:
    numbers = [f"415-555-{place:04}" for place in range(100, 400)]
    text = separator.join(numbers)
    for place in (0, 1, 58, 59, 150, 299):
        assert certainty("+1" + digits_of(numbers[place]), text, "US") is EXACT, place
    assert certainty("+14155550999", text, "US") is None


def test_people_who_share_a_number_are_all_found_each_by_their_extension() -> None:
    subjects = subjects_of("+14155550123", "+14155550123 x12", "+14155550123 x13", "+14155550199")
    assert dict(PhoneIndex(subjects, None).in_text("+1 415 555 0123 x12")) == {0: POSSIBLE, 1: EXACT, 2: POSSIBLE}


LONG = {
    "digits": "1",
    "groups of one": "1 ",
    "groups": "415 555 01 ",
    "the number, other ends": "1-4155550123-9 ",
    "the number in ids": "x4155550123y ",
    "the number": "4155550123 ",
    "dots": "4.1.5.5.5.5.0.1.2.3.",
    "plus signs": "+",
    "plus and digit": "+1",
    "brackets": "(",
    "brackets and digits": "(1)",
    "extension words": "ext ",
    "the number and extension words": "4155550123 ext ",
    "blanks": " ",
    "letters": "a",
    "no ASCII": "é",
    "combining marks": "\u0301",
}


@pytest.mark.parametrize("kind", LONG)
def test_time_is_in_proportion_to_length(kind: str) -> None:
    index = PhoneIndex(subjects_of("+14155550123", "+11111111111", region="US"), "US")
    index.in_text("4155550123\u00e9")  # tables are made

    def seconds(length: int) -> float:
        unit = LONG[kind]
        text = (unit * (length // len(unit) + 1))[:length] + " x4155550123y"
        began = time.process_time()
        index.in_text(text)
        return time.process_time() - began

    short, long = min(seconds(20_000) for _number in range(3)), min(seconds(200_000) for _number in range(3))
    assert long < 40 * max(short, 0.002), (short, long)


def test_ten_thousand_people_cost_hardly_more_than_one() -> None:
    crowd = subjects_of(*(f"+1415{number:07}" for number in range(2_000_000, 2_010_000)), region="US")
    index = PhoneIndex(crowd, "US")
    text = json.dumps([f"call (650) 253-{number:04}" for number in range(2000)])
    began = time.process_time()
    assert index.in_text(text) == []
    assert time.process_time() - began < 2


def test_what_is_asked_before_a_number_is_parsed_is_never_wrong() -> None:
    """``may_be_number`` and ``may_be_valid`` only spare the library's time."""
    chance = random.Random(5)
    regions = sorted(phonenumbers.SUPPORTED_REGIONS)
    prefixes = ("", "0", "1", "8", "9", "00", "011", "044", "15", "810", "0011", "0015")
    for _one in range(6000):
        region = chance.choice(regions)
        number = phonenumbers.example_number_for_type(region, chance.choice((0, 1)))
        if number is None:
            continue
        national = phonenumbers.national_significant_number(number)
        before = chance.choice([*prefixes, str(number.country_code), f"00{number.country_code}", str(chance.randrange(10**6))])
        digits, asked = before + national, chance.choice([region, region, chance.choice(regions)])
        read = number_of(digits, asked)
        assert may_be_number(digits, asked, national) or read is None or read[1] != national, (digits, asked)
        shorter = digits[: chance.randrange(len(digits) + 1)]
        assert may_be_valid(shorter, asked) or not is_valid(number_of(shorter, asked)), (shorter, asked)
