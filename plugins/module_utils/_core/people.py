# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Finds all identifiers in a text: every e-mail address and phone number, not only those that are searched for. Pure, no I/O.

The matcher decides whether something is the person, and must not confuse people. This module decides whether a text may name anybody else before it
is deleted as a whole, so its rules are broader: anything that might be a number counts as one. Too many people in a setting leave it to be looked at by
somebody; too few would delete a neighbour.

The people who are searched for are known better than that: an address of theirs may have signs at which the rules here would cut it in two. So
what lies inside an occurrence of theirs, in the same reading, is theirs (``KnownIdentifiers``).
"""

from __future__ import annotations

import bisect
import itertools
import re
import sys
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._core.characters import COMBINING
from ansible_collections.genesys.gws.plugins.module_utils._core.phone_number import digits_of, plain
from ansible_collections.genesys.gws.plugins.module_utils._core.readings import fold, readings

_ADDRESS_RUN = re.compile(r"[\w.%+\-'&!*~^`$=/?{}|#@" + COMBINING + r"]+")
_LOCAL_AT_END = re.compile(r"[/=?{}|#]")
_AROUND = ".'&!*~^`$-"
_DOMAIN = re.compile(r"[\w.\-" + COMBINING + r"]*")
_NUMBER_RUN = re.compile(r"\+?[(\[]?[0-9][0-9\s()\[\].\-/+*\u00b7\u2010-\u2015\u2212\u202a-\u202e\u200e\u200f]*")
_BYTE = r"(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_NO_NUMBER = re.compile(
    r"(?<![0-9A-Za-z.+])(?<![0-9)][ .\-/])"  # what goes on is a part of something longer: 202.555.0199 has no fraction in it
    r"(?:[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"  # UUIDs
    r"|(?=[0-9]*[a-fA-F])[0-9a-fA-F]{16,64}"  # and other ids
    r"|[0-9]{4}-[01][0-9]-[0-3][0-9](?:[T ][0-2][0-9]:[0-5][0-9](?::[0-5][0-9](?:\.[0-9]+)?)?(?:Z|[+-][0-2][0-9]:?[0-5][0-9])?)?"  # times
    r"|[0-3]?[0-9]([./])[01]?[0-9]\1(?:19|20)[0-9]{2}"
    r"|(?![2-9][0-9]{2}\.[0-9]{7}(?![0-9]))[0-9]{1,3}\.[0-9]{4,}"  # fractions; 202.5550199 is no degree
    rf"|(?:{_BYTE}\.){{3}}{_BYTE})"  # addresses of hosts
    r"(?![0-9A-Za-z])(?!\.[0-9])"
)
_EXTENSION_BEHIND = re.compile(r"\s*(?:x|ext)\.?\s?[0-9]", re.IGNORECASE)
_APART = re.compile(r"(?<=.)(?=\+)|[\n\r\t]+|\s\s+|\s[/\-\u2010-\u2015]\s|(?<=[)\]])\s*(?=[(\[])")
_EPOCH_MILLISECONDS = re.compile(r"1[0-9]{12}")
_NO_NUMBER_FIELD = re.compile(
    r"(^|_|[a-z])(ts|at|id|uuid|guid|index|order|version|revision|hash|size|count|width|height)$|time|date|stamp|epoch|millis|duration"
    r"|^(at|id|key|port)$|(case|order|ticket|invoice|tracking|contract|policy|serial|transaction|booking|reference)[_ \-]?(no|nr|num|number|code)$",
    re.IGNORECASE,
)
_SAME_DIGITS = 8
"""Two spellings with the same last digits are one number: with and without the country, the trunk prefix, an outside line."""


Span = t.Tuple[int, int]  # noqa: UP006 - ansible-test reads it as Python 3.8


class KnownIdentifiers(t.Protocol):
    """The occurrences of the searched people as unordered (begin, end) spans, which may overlap."""

    def as_typed(self, text: str) -> list[Span]:
        """Addresses that look encoded themselves, in a folded text as it stands."""

    def addresses(self, folded: str) -> list[Span]:
        """Addresses, in a folded reading."""

    def words(self, folded: str) -> list[Span]:
        """Free texts, in a folded reading."""

    def numbers(self, folded: str) -> list[tuple[int, int, int]]:
        """Phone numbers, in a folded reading in plain characters: begin, end of the number, end of its extension."""


class _Nobody:
    """Nobody is searched for."""

    def as_typed(self, _text: str) -> list[t.Any]:
        """None."""
        return []

    addresses = words = numbers = as_typed


NOBODY: KnownIdentifiers = _Nobody()


def identifiers_in(text: str, field: str = "", known: KnownIdentifiers = NOBODY) -> dict[str, str]:
    """The addresses and numbers in a text, in its most decoded reading, each with its spelling. ``field`` is the name of what holds the text.

    An address begins with ``m:``, a number with ``t:``; different spellings of one are equal.
    """
    found: dict[str, str] = {}
    text = _without_encoded_addresses(text, known, found)
    read = readings(text)
    folded = fold(read.addresses)
    spans = known.addresses(folded)
    own = _merged(spans)
    left = _addresses(folded, own, _merged([*spans, *known.words(folded)]), found)
    numbers: dict[str, str] = {}
    digits = [digits_of(folded[begin:end]) for begin, end in own]
    in_numbers = _numbers(left, field, known, numbers)
    if read.numbers != read.addresses:
        # An address or a number may be another text in this reading; what is a part of the person's in one is nobody's in the other.
        also: dict[str, str] = {}
        in_numbers += _numbers(_addresses(fold(read.numbers), [], [], {}), field, known, also)
        for key, spelled in {**numbers, **also}.items():
            own_digits = digits_of(spelled)
            is_part = any(own_digits in of_address for of_address in digits)
            if not is_part and not any(own_digits in number and own_digits != number for number in in_numbers):
                found[key] = spelled
        return found
    found.update(numbers)
    return found


def begins_with_known(text: str, known: KnownIdentifiers) -> bool:
    """Whether a text begins with an identifier of a searched person, for instance with an address that looks like JSON."""
    bare = text.strip()
    folded = fold(readings(bare).addresses).lstrip()
    return any(begin == 0 for begin, _end in (*known.as_typed(fold(bare)), *known.addresses(folded)))


def count_other_people(value: t.Any, is_persons: t.Callable[[str], bool], known: KnownIdentifiers = NOBODY) -> int:
    """The number of other people's identifiers in a plain value. ``is_persons`` decides whether a text may belong to the person."""
    found: dict[str, str] = {}
    stack: list[tuple[t.Any, str]] = [(value, "")]
    while stack:
        item, field = stack.pop()
        if isinstance(item, dict):
            for name, member in item.items():
                found.update(identifiers_in(str(name), known=known))
                stack.append((member, str(name)))
        elif isinstance(item, (list, tuple, set, frozenset)):
            stack.extend((element, field) for element in item)
        elif item is not None and not isinstance(item, (bool, float)):
            found.update(identifiers_in(str(item), field, known))
    return sum(1 for spelled in found.values() if not is_persons(spelled))


def _merged(spans: t.Iterable[Span]) -> list[Span]:
    """Sorted spans; overlapping ones are merged."""
    joined: list[Span] = []
    for begin, end in sorted(spans):
        if joined and begin < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((begin, end))
    return joined


def _without(text: str, spans: t.Iterable[Span]) -> str:
    """A text with a sign in place of each of some places that do not overlap, so that what lies before and behind is not one."""
    left: list[str] = []
    position = 0
    for begin, end in spans:
        left.append(text[position : max(position, begin)] + "\x00")
        position = max(position, end)
    return "".join(left) + text[position:]


def _without_encoded_addresses(text: str, known: KnownIdentifiers, found: dict[str, str]) -> str:
    """A text without the addresses in it that look encoded, before anything is decoded."""
    folded = fold(text)
    spans = _merged(known.as_typed(folded))
    found.update(("m:" + folded[begin:end], folded[begin:end]) for begin, end in spans)
    return _without(folded, spans) if spans else text


def _addresses(text: str, own: t.Sequence[Span], theirs: t.Sequence[Span], found: dict[str, str]) -> str:
    """Adds the addresses in a folded reading, and gives the reading without them.

    :param own: where the person's addresses are. :param theirs: these and the person's other texts: what lies in one of them is one identifier.
    """
    spans: list[Span] = []
    handled: set[Span] = set()  # of those in theirs: one identifier, or a part of one
    for begin, end, address in _plain_addresses(text) if "@" in text else ():
        near = list(_touching(theirs, begin, end))
        around = next((span for span in near if span[0] <= begin and end <= span[1]), None)
        if around is None:
            found[f"m:{address}"] = address
            handled.update(span for span in near if begin <= span[0] and span[1] <= end)
            spans.append((begin, end))
        else:
            _add_own_span(text, around, found, handled)
    for span in own:
        for around in _touching(theirs, *span):
            if around not in handled:
                _add_own_span(text, around, found, handled)
    for span in theirs:
        inside: dict[str, str] = {}
        if span not in handled:
            _numbers(text[slice(*span)], "", NOBODY, inside)
        if inside:
            _add_own_span(text, span, found, handled)
    return _without(text, _merged([*spans, *handled]))


def _add_own_span(text: str, span: Span, found: dict[str, str], handled: set[Span]) -> None:
    """Adds a span of the person as one identifier."""
    handled.add(span)
    found["m:" + text[slice(*span)]] = text[slice(*span)]


def _touching(spans: t.Sequence[Span], begin: int, end: int) -> t.Iterator[Span]:
    """Those of some places in order that touch [begin, end]."""
    for place in range(max(0, bisect.bisect_right(spans, (begin, sys.maxsize)) - 1), len(spans)):
        if spans[place][0] >= end:
            return
        if spans[place][1] > begin:
            yield spans[place]


def _plain_addresses(text: str) -> t.Iterator[tuple[int, int, str]]:
    """Where each address begins and ends, and the address."""
    position = 0
    for run in _ADDRESS_RUN.finditer(text):
        if "@" not in run.group():
            continue
        pieces = run.group().split("@")
        at = run.start()
        for before, behind in itertools.pairwise(pieces):
            local = _LOCAL_AT_END.split(before)[-1]
            domain = t.cast("re.Match[str]", _DOMAIN.match(behind)).group()
            at += len(before)  # where the @ stands
            if local.strip(_AROUND) and any(char.isalpha() for char in domain):
                begin = at - len(local.lstrip(_AROUND))
                end = at + 1 + len(domain.rstrip(".-_"))
                yield max(position, begin), end, "{}@{}".format(local.strip(_AROUND), domain.strip(".-_"))
                position = end
            at += 1


def _numbers(text: str, field: str, known: KnownIdentifiers, found: dict[str, str]) -> list[str]:
    """Adds the numbers in a folded reading without addresses. Returns the digits of those that are the person's."""
    text = plain(text)
    is_whole = text.strip().isdigit()
    if is_whole and _NO_NUMBER_FIELD.search(field):
        return []
    own = known.numbers(text)
    for begin, number_end, end in own:
        found["t:" + digits_of(text[begin:number_end])[-_SAME_DIGITS:]] = text[begin:end].strip()
    found.update(_plain_numbers(_without(text, _merged((begin, end) for begin, _number_end, end in own)), is_whole=is_whole))
    return [digits_of(text[begin:end]) for begin, _number_end, end in own]


def _plain_numbers(text: str, *, is_whole: bool) -> t.Iterator[tuple[str, str]]:
    """The numbers in a folded reading; ``is_whole``: it is nothing but digits."""
    bare = _NO_NUMBER.sub("\x00", text)
    for run in _NUMBER_RUN.finditer(bare):
        before, behind = bare[run.start() - 1 : run.start()], bare[run.end() : run.end() + 1]
        goes_on = behind.isalpha() and not _EXTENSION_BEHIND.match(bare, run.end())
        is_in_word = (before.isalnum() or before == "_" or goes_on) and "+" not in run.group()
        for number in _APART.split(run.group()):
            digits = digits_of(number)
            if "+" in number:
                least = 5
            elif is_in_word or (is_whole and _EPOCH_MILLISECONDS.fullmatch(digits)):
                continue
            else:
                least = 7
            if least <= len(digits) <= 15:
                yield "t:" + digits[-_SAME_DIGITS:], number.strip()
            elif len(digits) > 15 and digits != number:  # several, with nothing to tell them apart
                yield from (("t:" + digits[:_SAME_DIGITS], number), ("t:" + digits[-_SAME_DIGITS:], number + " and another"))
