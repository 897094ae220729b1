# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""The cheap question that is asked of bytes first, without decoding: may these hold a match? Pure, no I/O.

It may say yes for nothing, it must never say no to something that ``Matcher`` would find (law: prefilter includes match).

Theory of operation
-------------------
Every identifier has anchors: bytes (or digits, whatever stands between them) that are in each plain spelling of it. They are looked for in all
bytes at once, by automata for all people. A spelling that is not plain has a mark in it (see ``marks``). The surroundings of all marks of a page
are decoded together, by the decoders that the matcher uses, and searched for the same anchors. Since each part of a spelling between two marks
is shorter than the surroundings of a mark, what surrounds its marks holds the whole spelling.
"""

from __future__ import annotations

import bisect
import itertools
import re
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._core import deps
from ansible_collections.genesys.gws.plugins.module_utils._core.anchors import SHORTEST, anchors_of, in_utf16, reads_otherwise
from ansible_collections.genesys.gws.plugins.module_utils._core.marks import marks_of, windows
from ansible_collections.genesys.gws.plugins.module_utils._core.phone_number import Phone, digits_of
from ansible_collections.genesys.gws.plugins.module_utils._core.phone_number import anchors as digit_anchors
from ansible_collections.genesys.gws.plugins.module_utils._core.readings import readings
from ansible_collections.genesys.gws.plugins.module_utils._core.subjects import Subjects, Substring, Text

with deps.declare("ahocorasick_rs"):
    from ahocorasick_rs import BytesAhoCorasick, Implementation, MatchKind

Span = t.Tuple[int, int]  # noqa: UP006 - ansible-test reads it as Python 3.8

EXPONENT = re.compile(rb"[0-9][eE]\+?[0-9]{1,2}(?![0-9a-zA-Z.\-])")
# A comma or a zero byte is never inside of a number. They stay, so that digits of two values do not make up a third one.
_NO_DIGITS = bytes(byte for byte in range(256) if chr(byte) not in "0123456789,\x00")
_CHUNK = 1 << 16  # bytes whose digits are cut out at a time, so that it is known in which chunk a digit was
_DIGIT = re.compile(rb"[0-9,\x00]")
_MANY_HITS = 64  # from there on it is cheaper to count all digits once
_MOST_GAPS = 2  # numbers that are looked for by an expression of their own; more are quicker in digits that were cut out
_MOST_FRAGMENTS = 64  # so many patterns can be looked for in many bytes at a time
_FEWEST_CASES = 16  # of a fragment; a shorter one is in too many pages
_MOST_APART, _CASES_APART = 2, 4  # anchors with an @ whose fragments are looked for one by one, and mixtures of case of each
# With what a gap in a number may begin, in plain bytes: what stands in numbers, escapes, and characters of other charsets. Everything else that is read
# so has a mark.
_BEGIN_OF_GAP = b" '()[]./~-*#+&%=_|\\\t\r\n\xc2\xca\xe2\xe3\xef"
_HOW_OFTEN = {ord("0"): 8, ord("1"): 2, ord("2"): 1.5}  # digits in data, compared with others
_LONGEST_SPELLING = 768  # bytes; a number with a few named entities in each gap
# In no text in UTF-8. With patterns that begin with more than three different bytes the library looks at many bytes at a time, instead of for the
# first bytes, which for digits is twice as slow.
_NEVER = (b"\xfb\xfb", b"\xfc\xfc", b"\xfd\xfd", b"\xfe\xfe")
_LARGEST_TABLE = 500_000  # bytes of patterns; the automaton that is one table takes some 60 times as much memory
_SHORTEST_RADIUS = 80  # bytes around a mark; a number with its punctuation is no longer
_LONGEST_WINDOW = 4096
_BRIDGE = 1024  # bytes on either side of where two windows meet: so long may an identifier be of which every character is encoded
_FEW_WINDOWS = 8
_BETWEEN_WINDOWS = "\n,\x00,"
# The length before a cell (4 bytes; 2 in a composite) may end in bytes that look like the beginning of an escape.
_LEAD_IN_LENGTH = re.compile(rb"\x00[^\x00]{0,2}[%&=\\]")
_LENGTHS = tuple(re.compile(length, re.DOTALL) for length in (rb"\x00\x00..", rb"\x00[^\x00]..", rb"\x00[^\x00]"))
_UTF16 = re.compile(rb"\x00[\x20-\x7e]\x00")
_DEEPEST_JSON = 12
_JSON_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|([\"\\/bfnrt]))")
_JSON_CONTROLS = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


class Prefilter:
    """May these bytes hold a match? Works on a column, a row or a whole undecoded page (UTF-8, any framing)."""

    def __init__(self, subjects: Subjects) -> None:
        texts: set[bytes] = set()
        digits: set[bytes] = set()
        self._must_decode = False
        self._as_typed = False  # somebody's identifier looks encoded itself
        self._exponents = False
        for subject in subjects.subjects:
            for identifier in subject.identifiers:
                if isinstance(identifier, Phone):
                    digits |= set(map(self._significant, digit_anchors(identifier)))
                    continue
                anchors = anchors_of(identifier)
                self._as_typed = self._as_typed or reads_otherwise(identifier)
                if anchors is None:
                    self._must_decode = True
                else:
                    texts |= anchors
                if isinstance(identifier, (Substring, Text)) and identifier.folded and digits_of(identifier.folded) == identifier.folded:
                    digits.add(self._significant(identifier.folded))
        self._texts = _TextSearch(texts)
        self._digits = _DigitSearch(digits) if digits else None
        self._marks = marks_of(phones=bool(digits), every_letter=any(not anchor.isascii() for anchor in texts))
        self._radius = max([_SHORTEST_RADIUS, *(2 * len(anchor) for anchor in texts)]) + 8  # two bytes a character in UTF-16

    def _significant(self, digits: str) -> bytes:
        """The digits that are in the bytes also when a writer makes 4.93012345E11 of 493012345000, as Java does."""
        short = digits.rstrip("0")
        if len(short) >= SHORTEST:
            return short.encode()
        self._exponents = True
        return digits.encode()

    def may_match(self, data: bytes) -> bool:
        """False only if no leaf of the data can match."""
        return self.spans(data) != []

    def spans(self, data: bytes) -> list[Span] | None:
        """Where in the data there may be something: (start, end) of each place, in no order. None: somewhere, nobody knows where.

        Overlapping spans are reported once: widen a span to row boundaries before cutting.
        """
        if self._must_decode:
            return None
        found = self._texts.spans(data)
        if self._digits is not None:
            found += self._digits.spans(data)
            if self._exponents:
                found += [match.span() for match in EXPONENT.finditer(data)]
        return found + self._in_windows(data)

    def _in_windows(self, data: bytes) -> list[Span]:
        """Where there may be something in the readings of what surrounds the marks."""
        places = self._marks.places(data)
        hidden: list[Span] = []
        if places:
            around = windows(places, self._radius, _LONGEST_WINDOW, len(data))
            hidden = self._hidden(data, around)
            bridges = [(max(0, end - _BRIDGE), end + _BRIDGE) for (_start, end), (start, _end) in itertools.pairwise(around) if start < end]
            if bridges:  # a page full of marks
                across = self._hidden(data, bridges)
                hidden += [bridge for bridge in across if not any(start < bridge[1] and bridge[0] < end for start, end in hidden)]
        return hidden

    def may_be_numbers(self, digits: bytes) -> bool:
        """Whether among integers in decimal, with commas between them, there may be a number that is searched for."""
        return self._must_decode or (self._digits is not None and bool(self._digits.among(digits)))

    @property
    def wants_numbers(self) -> bool:
        """Whether numbers are searched for, so that columns of numbers are worth reading."""
        return self._digits is not None

    def _hidden(self, data: bytes, around: list[Span]) -> list[Span]:
        """Those of the windows that hold an anchor when they are decoded: asked of all together, then of halves."""
        if not self._may_hide([data[start:end] for start, end in around]):
            return []
        if len(around) == 1:
            return around
        step = 1 if len(around) <= _FEW_WINDOWS else -(-len(around) // 2)
        return [span for first in range(0, len(around), step) for span in self._hidden(data, around[first : first + step])]

    def _may_hide(self, raw: list[bytes]) -> bool:
        pieces = list(raw)
        for piece in raw:
            if b"\x00" in piece:
                if _LEAD_IN_LENGTH.search(piece):
                    pieces += [length.sub(b",", piece) for length in _LENGTHS]
                if _UTF16.search(piece):
                    pieces.append(piece.replace(b"\x00", b""))
        texts = (piece.decode("utf-8", "replace").replace("\ufffd", ",") for piece in pieces)
        return self._in_readings(_BETWEEN_WINDOWS.join(level for text in texts for level in _levels_of_json(text)))

    def _in_readings(self, text: str) -> bool:
        read = readings(text)
        as_typed = {text} if self._as_typed else set()
        if any(self._texts.spans(one.replace('"@', "@").encode("utf-8", "replace")) for one in {read.addresses, *read.loose, *as_typed}):
            return True
        digits = self._digits
        return digits is not None and any(
            digits.among(one.encode("utf-8", "replace").translate(None, _NO_DIGITS)) for one in {read.numbers, *read.loose}
        )


def _levels_of_json(text: str) -> t.Iterator[str]:
    """A piece of JSON text as it stands, and as the strings in it are, and those in these: what the matcher gets of it."""
    for _level in range(_DEEPEST_JSON):
        yield text
        inner = _JSON_ESCAPE.sub(_from_json, text) if "\\" in text else text
        if inner == text:
            return
        text = inner


def _from_json(escape: re.Match[str]) -> str:
    return chr(int(escape[1], 16)) if escape[1] else _JSON_CONTROLS.get(escape[2], escape[2])


class _TextSearch:
    """Looks for anchors of addresses and texts.

    Folding the case of all bytes costs more than looking for a few spellings of a part of each anchor, where there are few of them: at each place of
    such a fragment the whole anchor is looked for.
    """

    def __init__(self, anchors: set[bytes]) -> None:
        # What has an @ is found in UTF-16 by a mark.
        everywhere = anchors | {in_utf16(anchor) for anchor in anchors if anchor.isascii() and b"@" not in anchor}
        self._fragments: list[tuple[t.Any, list[list[tuple[int, bytes]]]]] = []
        if everywhere and _MOST_FRAGMENTS // len(everywhere) >= _FEWEST_CASES:
            self._fragments = _fragments_of(everywhere)
        # Apart, since those that all have an @ are found much quicker without the others.
        kinds = ({anchor for anchor in everywhere if b"@" in anchor}, {anchor for anchor in everywhere if b"@" not in anchor})
        self._automata = [_automaton(kind) for kind in kinds if kind]

    def spans(self, data: bytes) -> list[Span]:
        if not self._automata:
            return []
        if self._fragments:
            return [span for automaton, anchors in self._fragments for span in _around_fragments(data, automaton, anchors)]
        lower = data.lower()
        return [(start, end) for automaton in self._automata for _anchor, start, end in automaton.find_matches_as_indexes(lower)]


def _fragments_of(anchors: set[bytes]) -> list[tuple[t.Any, list[list[tuple[int, bytes]]]]]:
    """Automata for fragments of some anchors; for each fragment where it begins in which anchors.

    A single pattern is by far the quickest to look for, so that a fragment of a few mixtures of case has an automaton for each of them. It has to
    be a rare one, though: with an @.
    """
    by_fragment: dict[bytes, list[tuple[int, bytes]]] = {}
    for anchor in sorted(anchors):
        apart = len(anchors) <= _MOST_APART and b"@" in anchor[1:]
        begin, fragment = _fragment(anchor, _CASES_APART if apart else _MOST_FRAGMENTS // len(anchors))
        for spelled in _cases(fragment):
            by_fragment.setdefault(spelled, []).append((begin, anchor))
    alone = [spelled for spelled in by_fragment if len(anchors) <= _MOST_APART and b"@" in spelled]
    together = sorted(set(by_fragment) - set(alone))
    found = [(_automaton({spelled}), [by_fragment[spelled]]) for spelled in alone]
    return [*found, (_automaton(together), [by_fragment[spelled] for spelled in together])] if together else found


def _around_fragments(data: bytes, automaton: t.Any, anchors: list[list[tuple[int, bytes]]]) -> t.Iterator[Span]:
    """The anchors at the places of their fragments."""
    for which, place, _end in automaton.find_matches_as_indexes(data):
        for begin, anchor in anchors[which]:
            start = place - begin
            if start >= 0 and data[start : start + len(anchor)].lower() == anchor:
                yield start, start + len(anchor)


class _DigitSearch:
    """Looks for digits, whatever stands between them."""

    def __init__(self, anchors: set[bytes]) -> None:
        self._automaton = _automaton(anchors, as_table=True)
        self._gaps = [_GapSearch(anchor) for anchor in sorted(anchors)] if len(anchors) <= _MOST_GAPS else []

    def among(self, digits: bytes) -> list[Span]:
        """Where in digits, counted in digits."""
        return [(start, end) for _anchor, start, end in self._automaton.find_matches_as_indexes(digits)]

    def spans(self, data: bytes) -> list[Span]:
        """Where in any bytes."""
        if self._gaps:
            return [span for search in self._gaps for span in search.spans(data)]
        chunks = [data[start : start + _CHUNK].translate(None, _NO_DIGITS) for start in range(0, len(data), _CHUNK)]
        found = self.among(b"".join(chunks))
        if not found:
            return []
        counts = list(itertools.accumulate(map(len, chunks)))
        if len(found) > _MANY_HITS:
            places = [match.start() for match in _DIGIT.finditer(data)]
            return [(places[start], places[end - 1] + 1) for start, end in found]
        return [(_place(data, counts, start), _place(data, counts, end - 1) + 1) for start, end in found]


def _place(data: bytes, counts: list[int], digit: int) -> int:
    """Where in the data the digit of this number is; ``counts``: digits up to the end of each chunk."""
    chunk = bisect.bisect_right(counts, digit)
    low, high = _CHUNK * chunk, min(_CHUNK * (chunk + 1), len(data))
    before = counts[chunk - 1] if chunk else 0
    while high - low > 1:
        middle = (low + high) // 2
        count = len(data[low:middle].translate(None, _NO_DIGITS))
        if digit < before + count:
            high = middle
        else:
            low, before = middle, before + count
    return low


def _with_gaps(digits: bytes) -> re.Pattern[bytes]:
    return re.compile(rb"[^0-9,\x00]*".join(digits[place : place + 1] for place in range(len(digits))))


class _GapSearch:
    """Looks for the digits of one number.

    Of any three digits in a row, either all stand side by side, or something else stands behind the first or the second: these few short patterns
    are looked for in many bytes at a time, and the number itself only around them.
    """

    def __init__(self, digits: bytes) -> None:
        self._number = _with_gaps(digits)
        # The last of the three is another digit than both before it: else one place of them could hide another one that begins inside of it.
        places = [place for place in range(len(digits) - 4) if digits[place + 2] not in digits[place : place + 2]]
        first = min(places, key=lambda place: sum(_HOW_OFTEN.get(digit, 1) for digit in digits[place : place + 2]), default=None)
        self._automaton = None
        if first is not None:
            three = digits[first : first + 3]
            gaps = {three[place : place + 1] + bytes((byte,)) for place in (0, 1) for byte in _BEGIN_OF_GAP}
            self._automaton = _automaton({three} | gaps | set(_NEVER))
            self._from_first, self._from_second = _with_gaps(digits[first:]), _with_gaps(digits[first + 1 :])

    def spans(self, data: bytes) -> t.Iterator[Span]:
        """Where the number may be."""
        if self._automaton is None:
            yield from (match.span() for match in self._number.finditer(data))
            return
        first, second = self._from_first.match, self._from_second.match
        matches = self._automaton.find_matches_as_indexes(data)
        places = [start for _pattern, start, _end in matches if first(data, start) or second(data, start)]
        for start, end in windows(places, _LONGEST_SPELLING, len(data), len(data)):
            for match in self._number.finditer(data, start, end):
                yield match.span()


def _fragment(anchor: bytes, most: int) -> tuple[int, bytes]:
    """The longest part of an anchor that has at most ``most`` mixtures of case, and where it begins: what stands before an @ (few addresses have the
    same), or the end.
    """
    end = anchor.find(b"@", 3) + 1 or len(anchor)
    start, mixtures = end, 1
    while start > 0 and mixtures * (1 + anchor[start - 1 : start].isalpha()) <= most:
        start -= 1
        mixtures *= 1 + anchor[start : start + 1].isalpha()
    return start, anchor[start:end]


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
