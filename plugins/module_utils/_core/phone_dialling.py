# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Compares the digits of a spelled number with a number that is searched for. Pure, no I/O.

The rules are those of phonenumbers: how a region dials abroad, its trunk prefix and carrier codes, forms that it completes or rewrites. In addition
it knows the prefixes that are dialled from behind a telephone system, and digits that people omit.
"""

from __future__ import annotations

import dataclasses
import functools
import re
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._core import deps
from ansible_collections.genesys.gws.plugins.module_utils._core.certainty import Certainty
from ansible_collections.genesys.gws.plugins.module_utils._core.phone_number import (
    digits_of,
    home_regions,
    is_valid,
    may_be_number,
    number_object,
    number_of,
    without_mobile_token,
)

with deps.declare("phonenumbers"):
    import phonenumbers

_SHORTEST_CORE_ABROAD = 7
_OUTSIDE_LINES = "09"
_ZERO_IN_BRACKETS = re.compile(r"[(\[]\s?0\s?[)\]]")
_LONGEST_DIALLED_BEFORE = 8  # digits: an outside line, and the prefix of international calls with a carrier's code
# Prefixes that hide or show the caller's own number, where they are no service codes with * or #: Ireland and the United Kingdom, Australia,
# Japan, New Zealand, Hong Kong.
_CALLER_ID = ("141", "1470", "1831", "1832", "184", "186", "0196", "0197", "133", "1357")


@dataclasses.dataclass(frozen=True)
class Reading:
    """The certainty of a match, and whether the number was spelled internationally (with + or 00 and the country code)."""

    certainty: Certainty
    worldwide: bool = False


def _metadata(region: str) -> t.Any:
    return phonenumbers.PhoneMetadata.metadata_for_region(region)


@functools.cache
def _international_prefix() -> re.Pattern[str]:
    """What is dialled before a country code in some region, also through an outside line, without the codes of carriers.

    Those that begin with 00 are left to their own regions, but for the 0011 of Australia: elsewhere a country code stands behind 00.
    """
    regions = [_metadata(region) for region in phonenumbers.SUPPORTED_REGIONS]
    known = {(region.preferred_international_prefix or region.international_prefix or "").replace("~", "") for region in regions}
    plain = {prefix for prefix in known if prefix.isdigit() and len(prefix) > 1 and not prefix.startswith("00")}
    return re.compile("[09]?(?:" + "|".join(sorted(plain | {"00", "0011"})) + ")")


def calls_country(digits: str, region: str | None) -> bool:
    """Whether digits are what is dialled for a country in a region, and no more: ``0044``, ``00440``, ``01144``."""
    prefix = re.compile((_metadata(region).international_prefix if region else None) or "00|011")
    for length in range(2, len(digits)):
        code = digits[length:].removesuffix("0") if digits[length:] not in _country_codes() else digits[length:]
        if code in _country_codes() and (digits[:length] == "00" or prefix.fullmatch(digits, 0, length)):
            return True
    return False


@functools.cache
def _country_codes() -> frozenset[str]:
    return frozenset(map(str, phonenumbers.COUNTRY_CODE_TO_REGION_CODE))


class NumberRules:
    """The spellings of one number. ``country_code`` is '' when the country is not known; then ``national`` is its core."""

    def __init__(self, country_code: str, national: str, region: str | None) -> None:
        self.key = (country_code, national)
        self._country_code, self._national, self._region = country_code, national, region
        self._token_free = without_mobile_token(country_code, national) if country_code else ""

    @functools.cached_property
    def regions(self) -> tuple[str, ...]:
        """The regions by whose rules the number may be spelled at home."""
        return home_regions(*self.key) if self._country_code else ()

    def is_international(self, digits: str) -> bool:
        """Whether digits are the country code and the national number, and nothing else."""
        return bool(self._country_code) and digits == self._country_code + self._national

    def read(self, spelled: str, *, plus: bool, is_number: bool = False) -> Reading | None:
        """How the digits of a text are this number; None when they are another one.

        :param plus: a + stands before them.
        :param is_number: they are a JSON number, which can't be spelled with a leading 0.
        """
        digits = digits_of(spelled)
        if not self._country_code:
            return self._read_core(digits, plus)
        if plus:
            return self._read_worldwide(digits[2:] if digits.startswith("00") else digits, spelled)
        return (
            self._read_dialled_abroad(digits, spelled)
            or self._read_at_home(digits, "(" if is_number else spelled)
            or self._read_without_plus(digits, spelled)
            or self._read_elsewhere(digits)
            or self._read_from_inside(digits, spelled)
        )

    def _read_core(self, digits: str, plus: bool) -> Reading | None:
        """The number searched for has no country, so that the same digits are possible, never more."""
        core = self._national
        if not plus and (digits == core or digits.lstrip("0") == core):
            return Reading(Certainty.POSSIBLE)
        if len(core) < _SHORTEST_CORE_ABROAD:
            return None
        if not plus and digits in ("1" + core, "8" + core):
            return Reading(Certainty.POSSIBLE)
        starts = [0] if plus else [0, *range(2, min(_LONGEST_DIALLED_BEFORE, len(digits) - len(core)) + 1)]
        for start in starts:
            if start == 0 or _international_prefix().fullmatch(digits, 0, start):
                number = number_of("+" + (digits[start:].lstrip("0") if plus else digits[start:]), None)
                if number is not None and number[1].lstrip("0") == core:
                    return Reading(Certainty.POSSIBLE, plus or start > 0)
        return None

    def _read_worldwide(self, digits: str, spelled: str) -> Reading | None:
        if not digits.startswith(self._country_code) and not digits.startswith("0"):
            return None
        if number_of("+" + digits, None) == self.key:
            return Reading(Certainty.EXACT, True)
        if digits == self._country_code + "0" + self._national and _ZERO_IN_BRACKETS.search(spelled):
            return Reading(Certainty.POSSIBLE, True)  # a (0) that this country does not dial
        if self._token_free and digits == self._country_code + self._token_free:
            return Reading(Certainty.POSSIBLE, True)
        token = self._national.removesuffix(self._token_free) if self._token_free else ""
        if token and digits.startswith(self._country_code + token):  # and the token of the national form as well
            without = self._country_code + digits[len(self._country_code + token) :]
            return Reading(Certainty.POSSIBLE, True) if number_of("+" + without, None) == self.key else None
        return None

    def _at_home(self, digits: str) -> tuple[str, str] | None:
        """What digits are in the region that was given."""
        return number_of(digits, self._region) if self._region else None

    def _is_spelled_in(self, digits: str, region: str | None) -> bool:
        """Whether digits are this number in a region."""
        return region is not None and may_be_number(digits, region, self._national) and number_of(digits, region) == self.key

    def _read_at_home(self, digits: str, spelled: str) -> Reading | None:
        if not self._is_spelled_in(digits, self._region):
            return None
        if self._dials_abroad(digits):
            return Reading(Certainty.EXACT, True)
        if digits == self._national and not spelled.lstrip().startswith(("(", "[")) and self._may_be_local(self._region or ""):
            return Reading(Certainty.POSSIBLE)
        return Reading(Certainty.EXACT)

    def _dials_abroad(self, digits: str) -> bool:
        """Whether digits begin as international calls do in the region that was given."""
        prefix = _metadata(self._region).international_prefix if self._region else None
        found = re.match(prefix, digits) if prefix else None
        return found is not None and digits.startswith(self._country_code, found.end())

    def _has_trunk_prefix(self) -> bool:
        at_home = phonenumbers.format_number(number_object(*self.key), phonenumbers.PhoneNumberFormat.NATIONAL)
        return len(digits_of(at_home)) > len(self._national)

    def _may_be_local(self, region: str) -> bool:
        """Whether a number without its trunk prefix may be somebody's number inside of an area, too: where area codes differ in length."""
        if not self._has_trunk_prefix():
            return False
        lengths = _metadata(region).fixed_line.possible_length
        return max(lengths, default=0) >= len(self._national) + 2

    def _read_dialled_abroad(self, digits: str, spelled: str) -> Reading | None:
        longest = min(_LONGEST_DIALLED_BEFORE, len(digits) - len(self._token_free or self._national) - 1)
        for length in range(longest, 1, -1):
            if digits.startswith(self._country_code, length) and _international_prefix().fullmatch(digits, 0, length):
                reading = self._read_worldwide(digits[length:], spelled)
                if reading is not None:
                    at_home = self._at_home(digits)
                    usual = digits[:length] in ("00", "011") or at_home == self.key
                    return reading if usual or not is_valid(at_home) else Reading(Certainty.POSSIBLE, True)
        return None

    def _read_without_plus(self, digits: str, spelled: str) -> Reading | None:
        if not digits.startswith(self._country_code):
            return None
        reading = self._read_worldwide(digits, spelled)
        if reading is None:
            return None
        at_home = self._at_home(digits)
        if is_valid(at_home) and at_home is not None and self._is_spelling_of(digits, at_home):
            return Reading(Certainty.POSSIBLE)
        return Reading(reading.certainty if self._country_stands_alone(spelled) else Certainty.POSSIBLE)

    def _is_spelling_of(self, digits: str, other: tuple[str, str]) -> bool:
        return digits == digits_of(phonenumbers.format_number(number_object(*other), phonenumbers.PhoneNumberFormat.NATIONAL))

    def _country_stands_alone(self, spelled: str) -> bool:
        """Whether the first group of digits does not end in the middle of an area code: ``49 30 ...`` and not ``493 0...``."""
        first = len(re.match(r"[^\d]*(\d*)", spelled).group(1)) - len(self._country_code)  # type: ignore[union-attr] # matches anything
        groups = (
            phonenumbers.format_number(number_object(*self.key), phonenumbers.PhoneNumberFormat.INTERNATIONAL).replace("-", " ").split()
        )
        area = len(digits_of(groups[1])) if len(groups) > 1 else 0
        return first == 0 or first >= min(area, len(self._national))

    def _read_elsewhere(self, digits: str) -> Reading | None:
        """As in the country of the number, which is not the region that was given, or none was."""
        if self._token_free and digits.lstrip("0") == self._token_free:
            return Reading(Certainty.POSSIBLE)
        for region in self.regions:
            if self._is_spelled_in(digits, region):
                return Reading(Certainty.POSSIBLE)
        return None

    def _read_from_inside(self, digits: str, spelled: str) -> Reading | None:
        """With the digit that opens an outside line, or one of the prefixes that hide the caller's number."""
        for prefix in (*_OUTSIDE_LINES, *_CALLER_ID):
            if not digits.startswith(prefix) or len(digits) - len(prefix) < len(self._token_free or self._national):
                continue
            rest = digits[len(prefix) :]
            reading = self._read_at_home(rest, rest) or self._read_elsewhere(rest)
            if reading is not None:
                stands_alone = re.match(r"[^\d]*" + prefix + r"\D", spelled) is not None
                as_dialled = rest != self._national or not self._has_trunk_prefix()
                return reading if stands_alone and as_dialled else Reading(Certainty.POSSIBLE)
        return None
