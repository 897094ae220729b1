# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Decides whether bytes around a position from the prefilter are an identifier of a subject. Pure, no I/O.

Theory of operation
-------------------
On disk a text is surrounded by binary data: its length before it, flags or a position behind it. Usually these do not look like text, and the text
is delimited by them (*natural borders*) and given to the matcher. But a length may look like a letter (97 is ``a``), and so may what follows. So when
the matcher does not confirm a place by its natural borders, the lengths are read:

* A value whose length is written before it, at the beginning of the run of text around the place, is given to the matcher as it is. That decides:
  it is the person, or somebody else.
* When no length explains the place, and bytes that may not be part of the text touch it, nobody can know: *possible*.
* When what touches it is text for certain (in the middle of a longer text), it is somebody else: ``joann@x.com`` is not ``ann@x.com``.
"""

from __future__ import annotations

import re
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._core.certainty import Certainty
from ansible_collections.genesys.gws.plugins.module_utils._core.matching import Matcher

CONTEXT = 2048
"""Maximum number of bytes around a position that are examined."""

_LONGEST_PLACE = 256  # bytes; a longer one is the surroundings of something
_NEAR = 512  # bytes on each side in which an identifier that the place is a part of must lie
_LARGEST_VALUE = 1 << 16
_STRUCTURE_BEFORE = 24  # bytes between the flags of a cell, which are no text, and its value: two or three numbers of at most 9 bytes
_STRUCTURE_AFTER = 12  # bytes of numbers behind a value until one is no text
_ASCII_TEXT = bytes(range(0x20, 0x7F))
_ANY_TEXT = _ASCII_TEXT + bytes(range(0x80, 0x100))
_CONTROL = dict.fromkeys([*range(32), 127, 65533], "\n")
_RUN = re.compile(rb"[\x20-\x7e\x80-\xff]+")
# Where a text can be cut without cutting an identifier: not at what may be a part of an address or a number.
_EDGE = re.compile(r'[\n"<>{},;|]')
_OTHER_EDGE = re.compile(r"\s")

ByteVerdict = dict[int, Certainty]
"""By the number of the subject."""


class Judge:
    """Applies the matcher to positions in bytes."""

    def __init__(self, matcher: Matcher) -> None:
        self._matcher = matcher

    def judge(self, data: bytes, start: int, end: int) -> ByteVerdict:
        """The subjects that the bytes ``start`` to ``end`` (of a few bytes more or less) are an identifier of."""
        if end - start > _LONGEST_PLACE:
            return self.judge_any(data, start, end)
        found = self._match(_within_quotes(data, start, end))
        if found and min(found.values()) is Certainty.EXACT:
            return found
        values = [text for first, last in _values_around(data, start, end) if (text := _as_text(data[first:last])) is not None]
        for text in values:
            for subject, certainty in self._match(text).items():
                found[subject] = max(certainty, found.get(subject, certainty))
        if found:
            return found
        if values:  # what the place is a part of is known, and is somebody else's, unless what looks like a length is none
            sure = any(text[:1] + text[-1:] in ("{}", "[]") for text in values)
            return {} if sure else self._after_a_length(data, start, end, 1)
        found = self._match(_surroundings(data, start, end))
        if not found and b"\x00" in data[start:end]:
            found = self._match_wide(data[max(0, start - _NEAR) : end + _NEAR])
        return found or self._perhaps(data, start, end)

    def judge_any(self, data: bytes, start: int, end: int) -> ByteVerdict:
        """The subjects that are anywhere in the bytes ``start`` to ``end``: an identifier is there, perhaps encoded, but it is not known where."""
        found = self._match(_surroundings(data, start, end))
        if found and min(found.values()) is Certainty.EXACT:
            return found
        unclear = []
        for run in _RUN.finditer(data, max(0, start - _NEAR), min(len(data), end + _NEAR)):
            values = [
                text
                for first, last in _values_around(data, run.start(), run.start() + 1)
                if (text := _as_text(data[first:last])) is not None
            ]
            for text in values:
                for subject, certainty in self._match(text).items():
                    found[subject] = max(certainty, found.get(subject, certainty))
            if not values:
                unclear.append(_printable(run.group()))
        if not found and b"\x00" in data[start:end]:
            found = self._match_wide(data[max(0, start - _NEAR) : end + _NEAR])
        if found:
            return found
        # The first or the last letter of a text may be its length, or what follows.
        for cut in ("\n".join(text[1:] for text in unclear), "\n".join(text[:-1] for text in unclear)):
            found = self._match(cut)
            if found:
                return dict.fromkeys(found, Certainty.POSSIBLE)
        return {}

    def judge_part(self, data: bytes) -> ByteVerdict:
        """The subjects that some bytes would be, if they stood for themselves; never more than possible."""
        return dict.fromkeys(self._match(_printable(data)), Certainty.POSSIBLE)

    def _match(self, text: str) -> ByteVerdict:
        best: ByteVerdict = {}
        for hit in self._matcher.in_value(text):
            best[hit.subject] = max(hit.certainty, best.get(hit.subject, hit.certainty))
        return best

    def _match_wide(self, data: bytes) -> ByteVerdict:
        """Text in UTF-16, or whatever else the matcher reads with zeroes in it."""
        readings = [data.decode("utf-8", "replace")]
        readings += [data[shift:].decode(codec, "replace").translate(_CONTROL) for codec in ("utf-16-le", "utf-16-be") for shift in (0, 1)]
        for text in readings:
            found = self._match(text)
            if found:
                return found
        return {}

    def _perhaps(self, data: bytes, start: int, end: int) -> ByteVerdict:
        """Identifiers that are there when bytes that touch them are none of the text."""
        left = _text_start(data, start, _ASCII_TEXT)
        right = _text_end(data, end)
        cut_left = start - left < _STRUCTURE_BEFORE
        cut_right = right - end <= _STRUCTURE_AFTER
        found = self._after_a_length(data, start, end, _STRUCTURE_AFTER) if cut_left else {}
        for cut in range(end, right + 1) if cut_right and not found else ():
            found = self._match(_printable(data[max(left, start - _NEAR) : cut]))
            if found:
                return dict.fromkeys(found, Certainty.POSSIBLE)
        return found

    def _after_a_length(self, data: bytes, start: int, end: int, structure_after: int) -> ByteVerdict:
        """Identifiers that are there when the bytes before them are a length, though they look like text."""
        for at in range(max(0, start - 8), start + 1):
            text = _value_at(data, at, start, end, structure_after)
            found = self._match(text) if text is not None else {}
            if found:
                return dict.fromkeys(found, Certainty.POSSIBLE)
        return {}


def _value_at(data: bytes, at: int, start: int, end: int, structure_after: int) -> str | None:
    """The text at a place when what is before it is its length, and at most ``structure_after`` bytes that look like text are behind it."""
    for value_end, _size in _lengths_before(data, at):
        if at <= start and end <= value_end <= len(data) and _text_end(data, value_end) - value_end <= structure_after:
            text = _as_text(data[at:value_end])
            if text is not None:
                return text
    return None


def _values_around(data: bytes, start: int, end: int) -> t.Iterator[tuple[int, int]]:
    """Values with their length before them, at the beginning of the run of text around the place, that hold the place."""
    seen = set()
    for text in (_ASCII_TEXT, _ANY_TEXT):
        run = _text_start(data, start, text)
        for first in range(run, min(run + 4, start + 1)):
            for value_end, size in _lengths_before(data, first):
                if first - size > run:
                    continue  # a length in the middle of the text
                if first < value_end < start and _as_text(data[first:value_end]) is not None:  # a key of a map, and the value behind it
                    yield from _values_behind(data, value_end, start, end)
                elif end <= value_end <= len(data) and (first, value_end) not in seen:
                    seen.add((first, value_end))
                    yield first, value_end


def _values_behind(data: bytes, place: int, start: int, end: int) -> t.Iterator[tuple[int, int]]:
    for size in (1, 2, 3):
        first = place + size
        if first <= start:
            for value_end, length_size in _lengths_before(data, first):
                if length_size == size and end <= value_end <= len(data):
                    yield first, value_end


def _lengths_before(data: bytes, place: int) -> t.Iterator[tuple[int, int]]:
    """(end of the value, bytes of its length) for each way in which Cassandra writes a length right before a place."""
    if place >= 1 and data[place - 1] < 0x80:
        yield place + data[place - 1], 1
    if place >= 2:
        yield place + int.from_bytes(data[place - 2 : place], "big"), 2
        if 0x80 <= data[place - 2] < 0xC0:
            yield place + ((data[place - 2] & 0x3F) << 8 | data[place - 1]), 2
    if place >= 3 and 0xC0 <= data[place - 3] < 0xE0:
        yield place + ((data[place - 3] & 0x1F) << 16 | data[place - 2] << 8 | data[place - 1]), 3
    if place >= 4 and data[place - 4] == 0:
        yield place + int.from_bytes(data[place - 4 : place], "big"), 4


def _as_text(data: bytes) -> str | None:
    """The text that a value is; None when it is none."""
    if len(data) > _LARGEST_VALUE:
        return None
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return None if any(char < " " and char not in "\t\n\r" for char in text) else text


def _text_start(data: bytes, place: int, text: bytes) -> int:
    before = data[max(0, place - CONTEXT) : place]
    return place - len(before) + len(before.rstrip(text))


def _text_end(data: bytes, place: int) -> int:
    after = data[place : place + CONTEXT]
    return place + len(after) - len(after.lstrip(_ASCII_TEXT))


def _printable(data: bytes) -> str:
    """The texts in some bytes, each on a line of its own."""
    return data.decode("utf-8", "replace").translate(_CONTROL)


def _within_quotes(data: bytes, start: int, end: int) -> str:
    """The text around a place up to what can't be part of an identifier."""
    left, middle, right = (_printable(data[a:b]) for a, b in ((max(0, start - _NEAR), start), (start, end), (end, end + _NEAR)))
    edges = [found.end() for found in _EDGE.finditer(left)]
    last = _EDGE.search(right)
    return left[edges[-1] if edges else 0 :] + middle + right[: last.start() if last else len(right)]


def _surroundings(data: bytes, start: int, end: int) -> str:
    """The text around a place, wide enough for an identifier with edges in it; what is cut through at both ends is left out."""
    first, last = max(0, start - _NEAR), min(len(data), end + _NEAR)
    left, middle, right = _printable(data[first:start]), _printable(data[start:end]), _printable(data[end:last])
    if first > 0:
        cut = _EDGE.search(left) or _OTHER_EDGE.search(left)
        left = left[cut.end() :] if cut else left
    if last < len(data):
        cuts = [found.start() for found in (list(_EDGE.finditer(right)) or list(_OTHER_EDGE.finditer(right)))]
        right = right[: cuts[-1]] if cuts else right
    return left + middle + right
