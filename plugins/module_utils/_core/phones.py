# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Where a phone number is seen in a text or in a JSON number. Pure, no I/O.

Runs of digits and phone punctuation are cut out; groups of digits are joined and looked up by their last digits, then compared as
numbers. A national number without a region, or one with another extension, is *possible*, not exact.
"""

from __future__ import annotations

import re
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._core import deps
from ansible_collections.genesys.gws.plugins.module_utils._core.certainty import NO_CONTEXT, Certainty, Context
from ansible_collections.genesys.gws.plugins.module_utils._core.phone_number import Phone, digits_of, parse_phone
from ansible_collections.genesys.gws.plugins.module_utils._core.subjects import Subjects, fold

with deps.declare("phonenumbers"):
    import phonenumbers

_PHONE_RUN = re.compile(r"\+?[(\[]?\d(?:[\s()\[\].\-/+\u2010-\u2015\u2212\u202a-\u202e\u200e\u200f\u00b7]{0,4}\d)*")
# "+44 (0) " right before a number: it is a number of that country, never one that stands for itself.
_COUNTRY_BEFORE = re.compile(r"\+[(\[]?\d{1,3}[\s()\[\].\-/\u2010-\u2015\u2212]*(?:[(\[]0[)\]]\s*)?$")
_PHONE_EXTENSION = re.compile(r"\s{0,4}(?:;ext=|,?\s{0,4}(?:ext\.?|extension|x)\s{0,4}:?\s{0,4})(\d{1,7})(?!\d)", re.IGNORECASE)
_GROUP = re.compile(r"\d+")
_ZERO_IN_BRACKETS = re.compile(r"[(\[]\s?0\s?[)\]]")
_TIME_OF_DAY = re.compile(r"\d{1,2}(?::\d\d|\s?h\b)")
_MAX_GROUPS = 12
_INDEX_DIGITS = 5
_TIME_KEY = re.compile(r"(^|_)(ts|at)$|time|date|stamp|epoch|millis", re.IGNORECASE)


class PhoneIndex:
    """Finds the phone numbers of all subjects."""

    def __init__(self, subjects: Subjects, region: str | None) -> None:
        self._region = region
        self._phones: dict[str, list[tuple[Phone, int]]] = {}
        for number, subject in enumerate(subjects.subjects):
            for identifier in subject.identifiers:
                if isinstance(identifier, Phone):
                    for key in _index_keys(identifier):
                        self._phones.setdefault(key, []).append((identifier, number))

    def in_text(self, text: str, context: Context = NO_CONTEXT) -> t.Iterator[tuple[int, Certainty]]:
        """(subject, certainty) of each number that is seen in one reading of a text."""
        if self._phones:
            yield from self._literal_phones(fold(text))
            yield from self._phones_in(text if text.isascii() else _ascii_digits(text))

    def _literal_phones(self, folded: str) -> t.Iterator[tuple[int, Certainty]]:
        """A value that is the term letter by letter is exact, whatever country it may be from (as a free text would be)."""
        literal = folded.strip()
        for phone, subject in self._phones.get(digits_of(literal)[-_INDEX_DIGITS:], ()):
            if phone.literal == literal:
                yield subject, Certainty.EXACT

    def in_number(self, digits: str, context: Context = NO_CONTEXT) -> t.Iterator[tuple[int, Certainty]]:
        """(subject, certainty) of each number that a JSON number is; ``digits``: an integer in decimal."""
        digits = digits.lstrip("-")
        in_time_field = _TIME_KEY.search(context.field) is not None
        for phone, subject in self._phones.get(digits[-_INDEX_DIGITS:], ()):
            certainty = Certainty.EXACT if digits == phone.literal else self._compare(digits, "", phone)
            if certainty and not (in_time_field and digits != phone.international):
                yield subject, certainty

    def _phones_in(self, text: str) -> t.Iterator[tuple[int, Certainty]]:
        for run in _PHONE_RUN.finditer(text):
            groups = list(_GROUP.finditer(text, run.start(), run.end()))[: 4 * _MAX_GROUPS]
            extension_after = _PHONE_EXTENSION.match(text, run.end())
            for first in range(len(groups)):
                joined = ""
                for last in range(first, min(first + _MAX_GROUPS, len(groups))):
                    joined += groups[last].group()
                    candidates = self._phones.get(joined[-_INDEX_DIGITS:])
                    if not candidates:
                        continue
                    start, end = groups[first].start(), groups[last].end()
                    plus = text[max(0, start - 3) : start].rstrip("([ ").endswith("+")
                    whole = self._is_whole(text, groups, first, last)
                    if whole is None:
                        continue
                    extension = extension_after.group(1) if extension_after and end == run.end() else ""
                    spelled = ("+" if plus else "") + text[start:end]
                    for phone, subject in candidates:
                        certainty = self._compare(spelled, extension, phone)
                        if certainty:
                            yield subject, certainty if whole else Certainty.POSSIBLE

    def _is_whole(self, text: str, groups: list[re.Match[str]], first: int, last: int) -> bool | None:
        """Whether the groups first..last stand for themselves: True, False for perhaps, None for a part of another number."""
        start, end = groups[first].start(), groups[last].end()
        letter_before = start > 0 and (text[start - 1].isalpha() or text[start - 1] == "_")
        letter_after = end < len(text) and (text[end].isalpha() or text[end] == "_")
        if letter_before and letter_after:
            return None
        before_ok = first == 0 or _sets_apart(text, groups[first - 1].end(), start)
        after_ok = last == len(groups) - 1 or _sets_apart(text, end, groups[last + 1].start())
        if not after_ok and _TIME_OF_DAY.match(text, groups[last + 1].start()):
            after_ok = True
        if before_ok and after_ok:
            return not letter_before and (not letter_after or text[end] in "xXeE")
        if not before_ok and _COUNTRY_BEFORE.search(text, max(0, start - 16), start):
            return None
        run = text[max(0, groups[0].start() - 1) : groups[-1].end()]
        if any(
            found.start <= start < end <= found.end and digits_of(found.raw_string) == digits_of(text[start:end])
            for found in phonenumbers.PhoneNumberMatcher(text, self._region)
        ):
            return True
        other = parse_phone(run, self._region)
        if other is not None and other.international:
            return None if _is_possible(other) else False
        return None if len(digits_of(run)) <= 11 else False

    def _compare(self, spelled: str, extension: str, phone: Phone) -> Certainty | None:
        """How surely a spelled number is the phone; None when it is another number."""
        candidate = parse_phone(spelled, self._region)
        digits = digits_of(spelled)
        certainty: Certainty | None = None
        if not phone.international:
            certainty = _compare_national(spelled, digits, phone)
        elif digits in (phone.international, "00" + phone.international, "011" + phone.international):
            certainty = Certainty.EXACT
        elif candidate is not None and candidate.international:
            if candidate.international == phone.international:
                certainty = Certainty.EXACT
            elif digits == phone.country_code + "0" + phone.national and _ZERO_IN_BRACKETS.search(spelled):
                certainty = Certainty.POSSIBLE  # a (0) that this country does not dial
            elif self._region is None and "+" not in spelled and not digits.startswith("00"):
                certainty = _national_spelling(digits, phone)
        else:
            certainty = _national_spelling(digits, phone)
        if certainty is None:
            return None
        found_extension = extension or (candidate.extension if candidate else "")
        if found_extension != phone.extension:
            return None if found_extension and phone.extension else Certainty.POSSIBLE
        return certainty


def _index_keys(phone: Phone) -> set[str]:
    """The last digits by which a number is looked up: its own, and where it is shorter than that (Niue), what is dialled before it too."""
    spelled = (phone.national.lstrip("0"), "0" + phone.national, phone.international, digits_of(phone.literal))
    return {digits[-_INDEX_DIGITS:] for digits in spelled if digits}


def _is_possible(phone: Phone) -> bool:
    number = phonenumbers.PhoneNumber(country_code=int(phone.country_code), national_number=int(phone.national))
    return bool(phonenumbers.is_possible_number(number))


def _national_spelling(digits: str, phone: Phone) -> Certainty | None:
    """A number without a country: possible when it is the national number, with or without a trunk prefix (0, 1, 8)."""
    prefix = digits[: -len(phone.national)] if digits.endswith(phone.national) else None
    return Certainty.POSSIBLE if prefix in ("", "0", "1", "8") else None


def _compare_national(spelled: str, digits: str, phone: Phone) -> Certainty | None:
    """The phone searched for has no country, so the same digits in another spelling are possible, never more."""
    core = phone.national.lstrip("0")
    if "+" in spelled or digits.startswith("00"):
        return Certainty.POSSIBLE if len(core) >= 7 and digits.endswith(core) else None
    return Certainty.POSSIBLE if digits.lstrip("0") == core else None


def _sets_apart(text: str, end: int, start: int) -> bool:
    between = text[end:start]
    return (
        "+" in between or "\n" in between or "\t" in between or re.search(r"\s[\-/\u2010-\u2015]\s|\s\s|[)\]]\s*[(\[]", between) is not None
    )


def _ascii_digits(text: str) -> str:
    """Blanks for characters that ``\\d`` and ``\\w`` would take for digits but that are none of 0-9."""
    return "".join(char if not char.isdigit() or char.isascii() else "\ufffd" for char in text)
