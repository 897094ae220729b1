# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""The cheap question that is asked of bytes first, without decoding: may these hold a match? Pure, no I/O.

It may say yes for nothing, it must never say no to something that ``Matcher`` would find (law: prefilter includes match).
"""

from __future__ import annotations

import bisect
import itertools
import re
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._core import deps
from ansible_collections.genesys.gws.plugins.module_utils._core.phone_number import Phone, digits_of
from ansible_collections.genesys.gws.plugins.module_utils._core.phone_number import anchors as digit_anchors
from ansible_collections.genesys.gws.plugins.module_utils._core.subjects import Email, Subjects, Substring

with deps.declare("ahocorasick_rs"):
    from ahocorasick_rs import BytesAhoCorasick, Implementation, MatchKind

# Two expressions and not one: each begins with plain bytes, which are searched many times faster than an alternative.
_ESCAPED_ASCII = (re.compile(rb"\\u00[2-7]"), re.compile(rb"%[2-7][0-9a-fA-F]"))
_EXPONENT = re.compile(rb"[0-9][eE]\+?[0-9]{1,2}(?![0-9a-zA-Z.\-])")
# A comma or a zero byte is never inside of a number. They stay, so that digits of two values do not make up a third one.
_NO_DIGITS = bytes(byte for byte in range(256) if chr(byte) not in "0123456789,\x00")
_STRIDE = 4096  # bytes whose digits are counted at a time, to find out where one of them is
_PLAIN = re.compile(r"[a-z0-9@._+\-=~^,:; ]+")
_SHORTEST_ANCHOR = 4
_MOST_FRAGMENTS = 64  # so many patterns can be looked for in many bytes at a time
_FEWEST_CASES = 16  # of a fragment; a shorter one is in too many pages
_LARGEST_TABLE = 500_000  # bytes of patterns; the automaton that is one table takes some 60 times as much memory


class Prefilter:
    """May these bytes hold a match? Works on a column, a row or a whole undecoded page (UTF-8, any framing)."""

    def __init__(self, subjects: Subjects) -> None:
        anchors: set[bytes] = set()
        digits: set[bytes] = set()
        self._must_decode = False
        self._exponents = False
        for subject in subjects.subjects:
            for identifier in subject.identifiers:
                if isinstance(identifier, Phone):
                    digits.update(map(self._significant, digit_anchors(identifier)))
                    continue
                texts = identifier.forms if isinstance(identifier, Email) else (identifier.folded,)
                for text in texts:
                    anchor = _anchor(text, blanks=isinstance(identifier, Substring))
                    if anchor is None:
                        self._must_decode = True
                    else:
                        anchors.add(anchor)
                if isinstance(identifier, Substring) and digits_of(identifier.folded) == identifier.folded:
                    digits.add(self._significant(identifier.folded))
        # Folding the case of all bytes costs more than looking for a few spellings of a part of each anchor.
        most = _MOST_FRAGMENTS // len(anchors) if anchors else 0
        fragments = {spelling for anchor in anchors for spelling in _cases(_fragment(anchor, most))} if most >= _FEWEST_CASES else ()
        self._fragments = _automaton(fragments) if fragments else None
        self._anchors = _automaton(anchors) if anchors else None
        self._digits = _automaton(digits, as_table=True) if digits else None
        self._backslash_u = _automaton({b"\\u"})

    def _significant(self, digits: str) -> bytes:
        """The digits that are in the bytes also when a writer makes 4.93012345E11 of 493012345000, as Java does."""
        short = digits.rstrip("0")
        if len(short) >= _SHORTEST_ANCHOR:
            return short.encode()
        self._exponents = True
        return digits.encode()

    def may_match(self, data: bytes) -> bool:
        """False only if no leaf of the data can match."""
        return self.spans(data) != []

    def spans(self, data: bytes) -> list[tuple[int, int]] | None:
        """Where in the data there may be something: (start, end) of each place, in no order. None: somewhere, nobody knows where.

        Of places that overlap only one is told: who cuts data at a place cuts at what lies around it.
        """
        if self._must_decode:
            return None
        escaped = (bool(self._backslash_u.find_matches_as_indexes(data)), b"%" in data)
        if any(there and expression.search(data) is not None for there, expression in zip(escaped, _ESCAPED_ASCII, strict=True)):
            return None
        found = self._anchors_in(data)
        if self._digits is not None:
            if any(self._digits_in(view) for there, without in zip(escaped, _ESCAPES, strict=True) if there for view in without(data)):
                return None
            numbers = self._digits_in(data)
            if numbers:
                found += _where_digits_are(data, numbers)
            if self._exponents:
                found += [match.span() for match in _EXPONENT.finditer(data)]
        return found

    def _anchors_in(self, data: bytes) -> list[tuple[int, int]]:
        """Where an address or a text may be."""
        if self._anchors is None or (self._fragments is not None and not self._fragments.find_matches_as_indexes(data)):
            return []
        return [(start, end) for _pattern, start, end in self._anchors.find_matches_as_indexes(data.lower())]

    def _digits_in(self, data: bytes) -> list[tuple[int, int]]:
        """Where a number may be, counted in digits."""
        automaton = t.cast("BytesAhoCorasick", self._digits)
        return [(start, end) for _pattern, start, end in automaton.find_matches_as_indexes(data.translate(None, _NO_DIGITS))]


def _where_digits_are(data: bytes, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Places in the data for places in its digits."""
    counts = list(itertools.accumulate(len(data[at : at + _STRIDE].translate(None, _NO_DIGITS)) for at in range(0, len(data), _STRIDE)))

    def place(digit: int) -> int:
        stride = bisect.bisect_right(counts, digit)
        low, high = _STRIDE * stride, min(_STRIDE * (stride + 1), len(data))
        before = counts[stride - 1] if stride else 0
        while high - low > 1:
            middle = (low + high) // 2
            count = len(data[low:middle].translate(None, _NO_DIGITS))
            if digit < before + count:
                high = middle
            else:
                low, before = middle, before + count
        return low

    return [(place(start), place(end - 1) + 1) for start, end in spans]


def _fragment(anchor: bytes, most: int) -> bytes:
    """The longest part of an anchor that has at most ``most`` mixtures of case: what stands before an @ (few addresses have the same), or the end."""
    end = anchor.find(b"@", 3) + 1 or len(anchor)
    start, mixtures = end, 1
    while start > 0 and mixtures * (1 + anchor[start - 1 : start].isalpha()) <= most:
        start -= 1
        mixtures *= 1 + anchor[start : start + 1].isalpha()
    return anchor[start:end]


def _cases(text: bytes) -> set[bytes]:
    """A text in all mixtures of upper and lower case."""
    letters = [{text[place : place + 1], text[place : place + 1].upper()} for place in range(len(text))]
    return {b"".join(mixture) for mixture in itertools.product(*letters)}


def _automaton(patterns: t.Collection[bytes], *, as_table: bool = False) -> BytesAhoCorasick:
    """Also for a single pattern, where it is ten times as fast as ``in``. Which match is found is all the same, and "leftmost first" may be
    looked for in many bytes at a time.
    """
    fits = as_table and sum(map(len, patterns)) <= _LARGEST_TABLE
    implementation = Implementation.DFA if fits else None
    return BytesAhoCorasick(sorted(patterns), matchkind=MatchKind.LeftmostFirst, implementation=implementation)


def _dropping(escape: bytes) -> t.Callable[[bytes], list[bytes]]:
    """Takes escapes out of data, since the digits of an escape are none of a number.

    Bytes of the length before a cell can look like one. A length begins with a zero byte, so that a second form leaves what has one shortly before it.
    """
    everywhere = re.compile(escape)
    inside = re.compile(rb"(?<!\x00)(?<!\x00.)(?<!\x00..)" + escape, re.DOTALL)
    return lambda data: [everywhere.sub(b"", data), inside.sub(b"", data)]


_ESCAPES = (_dropping(rb"\\u[0-9a-fA-F]{4}"), _dropping(rb"%[0-9a-fA-F]{2}"))


def _anchor(folded: str, *, blanks: bool) -> bytes | None:
    """The longest part of a text that every writer spells in the same ASCII bytes (apart from case and ASCII escapes)."""
    parts = _PLAIN.findall(folded)
    if not blanks:
        parts = [word for part in parts for word in part.split(" ")]
    longest = max(parts, key=len, default="")
    return longest.encode() if len(longest) >= _SHORTEST_ANCHOR else None
