# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Parses phone numbers: country code, national number, extension. Pure, no I/O."""

from __future__ import annotations

import dataclasses
import functools
import re
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._core import deps
from ansible_collections.genesys.gws.plugins.module_utils._core.phone_extension import split_extension

with deps.declare("phonenumbers"):
    import phonenumbers

_FEWEST_DIGITS, _MOST_DIGITS = 5, 18
_OTHER_DIGIT = re.compile(r"[^\D0-9]")
_NO_DIGIT = "\ufffd"
# What people and word processors put between digits; the prefilter looks out for the same characters.
_PLAIN: dict[int, str | None] = {
    **dict.fromkeys((0xA0, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000), " "),
    **dict.fromkeys((*range(0x2010, 0x2016), 0x2212, 0xFE58, 0xFE63), "-"),
    **dict.fromkeys((0xB7, 0x2022, 0x2024, 0x2027), "."),
    **dict.fromkeys((0x223C, 0x301C), "~"),
    **{0xFF01 + place: chr(0x21 + place) for place in range(94)},
    **dict.fromkeys((0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF), None),
}
_LONG_VOWEL = re.compile("(?<=[0-9])\u30fc(?=[0-9])")  # the Japanese sign that is typed for a dash
_SHORTEST_CORE = 4  # digits; what is left of a number without its zeros must be longer to stand for it
# Dialled before ten digits until 2019 in Mexico, 1 also from abroad and to this day in messengers; phonenumbers knows it no more.
_FORMER_PREFIX = {"52": re.compile(r"^(?:1|01|044|045)(?=\d{10}$)")}


@dataclasses.dataclass(frozen=True)
class Phone:
    """``country_code`` is '' for a national number without a region. These three are ASCII digits; ``literal`` is as given."""

    country_code: str
    national: str
    extension: str
    literal: str

    @property
    def international(self) -> str:
        """Country code and national number, or '' when the country is not known."""
        return self.country_code + self.national if self.country_code else ""

    @property
    def core(self) -> str:
        """The digits that every spelling of a number without a country has: its own without a trunk prefix 0."""
        core = self.national.lstrip("0")
        return core if len(core) >= _SHORTEST_CORE else self.national


def digits_of(text: str) -> str:
    """The ASCII digits of a text, in order."""
    return "".join(char for char in text if "0" <= char <= "9")


def plain(text: str) -> str:
    """A text with the blanks, dashes and signs that stand in phone numbers in ASCII. Letters stay as they are.

    The digits of other scripts are 0 to 9 in the reading of a text that phone numbers are looked for in; what is left of them is none.
    """
    return text if text.isascii() else _LONG_VOWEL.sub("-", _OTHER_DIGIT.sub(_NO_DIGIT, text.translate(_PLAIN)))


@functools.lru_cache(maxsize=4096)
def number_of(text: str, region: str | None) -> tuple[str, str] | None:
    """(country code, national number) that phonenumbers reads in a text, None when it reads none."""
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    country_code, national = str(number.country_code), phonenumbers.national_significant_number(number)
    former = _FORMER_PREFIX.get(country_code)
    return country_code, former.sub("", national) if former else national


class _Plan(t.NamedTuple):
    """What phonenumbers takes off the beginning of a number in a region, and how long numbers are there."""

    prefixes: tuple[re.Pattern[str], ...]
    lengths: frozenset[int]


@functools.cache
def _plan_of(region: str) -> _Plan:
    metadata: t.Any = phonenumbers.PhoneMetadata.metadata_for_region(region)
    code = str(metadata.country_code)
    former = _FORMER_PREFIX.get(code)
    spelled = [metadata.national_prefix_for_parsing, metadata.international_prefix, code, former and former.pattern[1:]]
    # A number of a neighbour under the same country code is valid, too.
    neighbours: list[t.Any] = list(map(phonenumbers.PhoneMetadata.metadata_for_region, phonenumbers.COUNTRY_CODE_TO_REGION_CODE[int(code)]))
    lengths = frozenset(length for neighbour in neighbours for length in neighbour.general_desc.possible_length)
    return _Plan(tuple(re.compile(prefix) for prefix in spelled if prefix), lengths)


def _loses_prefix(digits: str, region: str) -> bool:
    return any(prefix.match(digits) for prefix in _plan_of(region).prefixes)


def may_be_number(digits: str, region: str, national: str) -> bool:
    """False only if ``number_of`` surely does not read this national number in digits that end with it; asked first, since it costs a tenth."""
    return digits == national or not digits.endswith(national) or _loses_prefix(digits, region)


def may_be_valid(digits: str, region: str) -> bool:
    """False only if what ``number_of`` reads in digits surely is not valid, since it has not as many digits as numbers of the region."""
    return len(digits) in _plan_of(region).lengths or _loses_prefix(digits, region)


@functools.lru_cache(maxsize=4096)
def number_object(country_code: str, national: str) -> t.Any:
    """The number as an object of phonenumbers."""
    zeros = len(national) - len(national.lstrip("0"))
    return phonenumbers.PhoneNumber(
        country_code=int(country_code),
        national_number=int(national),
        italian_leading_zero=True if zeros else None,
        number_of_leading_zeros=zeros if zeros > 1 else None,
    )


def is_valid(number: tuple[str, str] | None) -> bool:
    """Whether a number can be somebody's by the numbering plan of its country."""
    return number is not None and bool(phonenumbers.is_valid_number(number_object(*number)))


def has_wrong_length(country_code: str, national: str) -> bool:
    """Whether no number of the country has that many digits."""
    reason = phonenumbers.is_possible_number_with_reason(number_object(country_code, national))
    result = phonenumbers.ValidationResult
    return reason in (result.TOO_LONG, result.TOO_SHORT, result.INVALID_LENGTH)


@functools.cache
def _completing_regions(country_code: str) -> tuple[tuple[str, str], ...]:
    """(region, digits) of those that complete local numbers with these digits: ("AG", "268")."""
    found = []
    for region in phonenumbers.region_codes_for_country_code(int(country_code)):
        metadata = phonenumbers.PhoneMetadata.metadata_for_region(region)
        rule = re.match(r"\d+", metadata.national_prefix_transform_rule or "") if metadata else None
        if rule:
            found.append((region, rule.group()))
    return tuple(found)


def home_regions(country_code: str, national: str) -> tuple[str, ...]:
    """The regions by whose rules a number may be spelled at home: the main one of its country code, and those that complete a part of it."""
    main = phonenumbers.region_code_for_country_code(int(country_code))
    completing = [region for region, digits in _completing_regions(country_code) if national.startswith(digits)]
    return tuple(dict.fromkeys(region for region in (main, *completing) if region in phonenumbers.SUPPORTED_REGIONS))


@functools.lru_cache(maxsize=4096)
def without_mobile_token(country_code: str, national: str) -> str:
    """The number without the digit that some countries (Argentina) put before mobile numbers, '' when there is none."""
    token = phonenumbers.country_mobile_token(int(country_code))
    return national[len(token) :] if token and national.startswith(token) else ""


def anchors(phone: Phone) -> frozenset[str]:
    """Digits of which each text that PhoneIndex matches has one sequence without other digits in between, whatever stands between them.

    For most numbers this is the national number. Where the metadata of a region complete local forms (``460-1234`` in Antigua) or rewrite national
    ones (``011 15-2345-6789`` in Argentina) these are further anchors.
    """
    if not phone.country_code:
        return frozenset({phone.core})
    key = (phone.country_code, phone.national)
    found = {phone.national}
    for region, digits in _completing_regions(phone.country_code):
        local = phone.national[len(digits) :]
        if phone.national.startswith(digits) and len(local) >= _FEWEST_DIGITS and number_of(local, region) == key:
            found.add(local)
    token_free = without_mobile_token(*key)
    if token_free:
        at_home = digits_of(phonenumbers.format_number(number_object(*key), phonenumbers.PhoneNumberFormat.NATIONAL))
        found |= {token_free, at_home.lstrip("0")}
    return frozenset(one for one in found if not any(other != one and other in one for other in found))


def parse_phone(text: str, region: str | None) -> Phone | None:
    """A phone number out of a text that is one; None when it has too few or too many digits to be one.

    A number that starts with 00 is international everywhere but where the region dials otherwise; one without a prefix that
    is valid with a + before it is taken as international too, since JSON numbers and many tools drop the +.
    """
    spelled, extension = split_extension(plain(text).strip())
    literal = plain(text).strip().lower()
    digits = digits_of(spelled)
    if not _FEWEST_DIGITS <= len(digits) <= _MOST_DIGITS:
        return None
    international = "+" + digits if spelled.lstrip("([ ").startswith("+") else None
    if international is None and digits.startswith("00"):
        international = "+" + digits[2:]
    if international is not None:
        return _as_phone(spelled if "+" in spelled else international, None, extension, literal)
    if region:
        phone = _as_phone(spelled, region, extension, literal)
        if phone is not None and is_valid((phone.country_code, phone.national)):
            return phone
    if not digits.startswith("0"):
        as_international = _as_phone("+" + digits, None, extension, literal)
        if as_international is not None and is_valid((as_international.country_code, as_international.national)) and len(digits) > 10:
            return as_international
    if region:
        return _as_phone(spelled, region, extension, literal) or Phone("", digits, extension, literal)
    return Phone("", digits, extension, literal)


def _as_phone(text: str, region: str | None, extension: str, literal: str) -> Phone | None:
    number = number_of(re.sub(r"^[(\[\s]+(?=\+)", "", text), region)
    return None if number is None else Phone(number[0], number[1], extension, literal)
