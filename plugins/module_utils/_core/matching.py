# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Where an identifier is seen in a value. Pure, no I/O.

Theory of operation
-------------------
A value is a text (a column, a JSON string) or a parsed JSON document. ``Matcher.in_value`` walks it: object keys, strings,
numbers; a string that is itself JSON is parsed and walked too, at any depth. Each leaf is compared by kind:

* **E-mail**: around every ``@`` the longest run that can be an address is cut out and looked up whole. So ``joann@x.com`` and
  ``ann@x.com.au`` are other addresses than ``ann@x.com`` by construction, and the cost does not depend on the number of people.
* **Phone**: runs of digits and phone punctuation are cut out; groups of digits are joined and looked up by their last digits,
  then compared as numbers. A national number without a region, or one with another extension, is *possible*, not exact.
* **Text**: the whole value, or whole words in a longer one (possible).
* **Substring** (``contains``): anywhere.
"""

from __future__ import annotations

import dataclasses
import enum
import re
import typing as t
import urllib.parse

from ansible_collections.genesys.gws.plugins.module_utils._core import deps
from ansible_collections.genesys.gws.plugins.module_utils._core.json_path import JsonPath, Step, embedded_json, repeats_a_name
from ansible_collections.genesys.gws.plugins.module_utils._core.subjects import (
    COMBINING,
    Email,
    Phone,
    Subjects,
    Text,
    digits_of,
    fold,
    parse_phone,
)

with deps.declare("phonenumbers"):
    import phonenumbers


class Certainty(enum.IntEnum):
    """How sure it is that the value means the person."""

    POSSIBLE = 1
    EXACT = 2


@dataclasses.dataclass(frozen=True)
class Hit:
    """Subject number ``subject`` (its place in Subjects.subjects) was seen at ``path``."""

    subject: int
    certainty: Certainty
    path: JsonPath


_MAX_EMBEDDING = 12
# Characters that can stand in an address right beside another one: what follows a letter and one of these is the same address.
_LOCAL = r"\w.%+\-'&!*~^`$" + COMBINING
_LOCAL_BACKWARDS = re.compile(r"[" + _LOCAL + r"]*")
_DOMAIN = re.compile(r"[\w.\-" + COMBINING + r"]*")
_LONGEST_LOCAL = 400  # characters; more can't be an address, and looking on would take the square of the length
_LOCAL_ORDINARY = re.compile(r"[" + _LOCAL + r"]+")
_PHONE_RUN = re.compile(r"\+?[(\[]?\d(?:[\s()\[\].\-/+\u2010-\u2015\u2212\u202a-\u202e\u200e\u200f\u00b7]{0,4}\d)*")
# "+44 (0) " right before a number: it is a number of that country, never one that stands for itself.
_COUNTRY_BEFORE = re.compile(r"\+[(\[]?\d{1,3}[\s()\[\].\-/\u2010-\u2015\u2212]*(?:[(\[]0[)\]]\s*)?$")
_PHONE_EXTENSION = re.compile(r"\s{0,4}(?:;ext=|,?\s{0,4}(?:ext\.?|extension|x)\s{0,4}:?\s{0,4})(\d{1,7})(?!\d)", re.IGNORECASE)
_GROUP = re.compile(r"\d+")
_JSON_ESCAPE = re.compile(r"\\+u([0-9a-fA-F]{4})")
_ZERO_IN_BRACKETS = re.compile(r"[(\[]\s?0\s?[)\]]")
_TIME_OF_DAY = re.compile(r"\d{1,2}(?::\d\d|\s?h\b)")
_MAX_GROUPS = 12
_INDEX_DIGITS = 5
_TIME_KEY = re.compile(r"(^|_)(ts|at)$|time|date|stamp|epoch|millis", re.IGNORECASE)


class Matcher:
    """Finds the identifiers of all subjects in a value."""

    def __init__(self, subjects: Subjects, region: str | None) -> None:
        self._region = region
        self._emails: dict[str, list[int]] = {}
        self._unusual_emails: list[tuple[str, int]] = []
        self._phones: dict[str, list[tuple[Phone, int]]] = {}
        self._texts: dict[str, list[int]] = {}
        self._words: list[tuple[re.Pattern[str], int]] = []
        self._substrings: list[tuple[str, int]] = []
        for number, subject in enumerate(subjects.subjects):
            for identifier in subject.identifiers:
                if isinstance(identifier, Email):
                    for form in identifier.forms:
                        if _LOCAL_ORDINARY.fullmatch(form.rpartition("@")[0]):
                            self._emails.setdefault(form, []).append(number)
                        else:
                            self._unusual_emails.append((form, number))
                elif isinstance(identifier, Phone):
                    for key in _index_keys(identifier):
                        self._phones.setdefault(key, []).append((identifier, number))
                elif isinstance(identifier, Text):
                    self._texts.setdefault(identifier.folded, []).append(number)
                    self._words.append((re.compile(r"(?<!\w)" + re.escape(identifier.folded) + r"(?!\w)"), number))
                else:
                    self._substrings.append((identifier.folded, number))

    def in_value(self, value: t.Any) -> list[Hit]:
        """All hits in a text or a parsed JSON value, one for each subject and path, the surer one if there are two."""
        best: dict[tuple[int, JsonPath], Certainty] = {}
        for leaf, path, literal in self._leaves(value, (), _MAX_EMBEDDING):
            for subject, certainty in self._in_leaf(leaf, path, literal):
                known = best.get((subject, path))
                if known is None or certainty > known:
                    best[(subject, path)] = certainty
        return [Hit(subject, certainty, path) for (subject, path), certainty in best.items()]

    def _leaves(self, root: t.Any, path: JsonPath, embedding: int) -> t.Iterator[tuple[str, JsonPath, bool]]:
        """Every (text, path, whether it is a JSON number), without recursion: a document may be nested deeper than Python is."""
        stack: list[tuple[t.Any, JsonPath, int]] = [(root, path, embedding)]
        while stack:
            value, here, depth = stack.pop()
            if isinstance(value, str):
                parsed = embedded_json(value) if depth else None
                if parsed is not None:
                    stack.append((parsed, here + (Step.EMBEDDED_JSON,), depth - 1))
                    if repeats_a_name(value):
                        yield value, here, False
                else:
                    yield value, here, False
            elif isinstance(value, bool) or value is None:
                continue
            elif isinstance(value, int):
                yield str(value), here, True
            elif isinstance(value, float):
                if value.is_integer():
                    yield str(int(value)), here, True
            elif isinstance(value, dict):
                for key, item in value.items():
                    stack.append((str(key), here + (str(key), Step.OBJECT_KEY), depth))
                    stack.append((item, here + (str(key),), depth))
            elif isinstance(value, (list, tuple)):
                for index, item in enumerate(value):
                    stack.append((item, here + (index,), depth))

    def _in_leaf(self, text: str, path: JsonPath, number: bool) -> t.Iterator[tuple[int, Certainty]]:
        if number:
            yield from self._phones_in_number(text, path)
            yield from self._substrings_in(fold(text))
            return
        for spelling in spellings(text):
            folded = fold(spelling)
            yield from self._emails_in(folded)
            yield from self._texts_in(folded)
            yield from self._substrings_in(folded)
            if self._phones:
                yield from self._literal_phones(folded)
                yield from self._phones_in(spelling if spelling.isascii() else _ascii_digits(spelling))

    def _emails_in(self, folded: str) -> t.Iterator[tuple[int, Certainty]]:
        if "@" not in folded:
            return
        for at in re.finditer("@", folded):
            before = folded[max(0, at.start() - _LONGEST_LOCAL) : at.start()][::-1]
            local = t.cast("re.Match[str]", _LOCAL_BACKWARDS.match(before)).group()[::-1]
            domain = t.cast("re.Match[str]", _DOMAIN.match(folded, at.end())).group()
            around = (before[len(local) : len(local) + 1], folded[at.end() + len(domain) : at.end() + len(domain) + 1])
            if not local or not domain or "@" in around:
                continue
            address_domain = domain.rstrip(".-_")
            opened = local.lstrip(".'&!*~^`$")
            for subject in self._emails.get(opened + "@" + address_domain, ()):
                yield subject, Certainty.EXACT
            bare = opened.lstrip("-_+%.")
            if bare != opened:
                for subject in self._emails.get(bare + "@" + address_domain, ()):
                    yield subject, Certainty.POSSIBLE
        for form, subject in self._unusual_emails:
            if re.search(r"(?<![\w.+\-])" + re.escape(form) + r"(?![\w\-]|\.\w)", folded):
                yield subject, Certainty.EXACT

    def _texts_in(self, folded: str) -> t.Iterator[tuple[int, Certainty]]:
        if not self._texts:
            return
        single_spaced = " ".join(folded.split())
        for subject in self._texts.get(single_spaced, ()):
            yield subject, Certainty.EXACT
        for pattern, subject in self._words:
            if pattern.search(single_spaced):
                yield subject, Certainty.POSSIBLE

    def _substrings_in(self, folded: str) -> t.Iterator[tuple[int, Certainty]]:
        for substring, subject in self._substrings:
            if substring in folded:
                yield subject, Certainty.EXACT

    def _literal_phones(self, folded: str) -> t.Iterator[tuple[int, Certainty]]:
        """A value that is the term letter by letter is exact, whatever country it may be from (as a free text would be)."""
        literal = folded.strip()
        for phone, subject in self._phones.get(digits_of(literal)[-_INDEX_DIGITS:], ()):
            if phone.literal == literal:
                yield subject, Certainty.EXACT

    def _phones_in_number(self, digits: str, path: JsonPath) -> t.Iterator[tuple[int, Certainty]]:
        digits = digits.lstrip("-")
        in_time_field = bool(path) and isinstance(path[-1], str) and _TIME_KEY.search(path[-1]) is not None
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


def spellings(text: str) -> tuple[str, ...]:
    """The text and, when it holds escapes that other writers leave in texts, what it means without them."""
    found = [text]
    if "\\" in text:
        unescaped = _JSON_ESCAPE.sub(lambda escape: chr(int(escape.group(1), 16)), text)
        found.append(re.sub(r"\\+[/nrtbf]?", lambda run: "/" if run.group().endswith("/") else " ", unescaped))
    if "%" in text:
        found.append(urllib.parse.unquote(text))
    return tuple(dict.fromkeys(found))
