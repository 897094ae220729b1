# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Where in bytes there may be something that is read otherwise than it stands: escapes, and characters that stand for others. Pure, no I/O.

A mark is needed for everything that a reading turns into a character of an anchor, into nothing, or into the beginning of another escape; and
for everything that puts digits between those of a number. What is left without a mark can neither hide an anchor nor make one.
"""

from __future__ import annotations

import functools
import html.entities
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._core import deps
from ansible_collections.genesys.gws.plugins.module_utils._core.characters import (
    DIGITS,
    DIGITS_TABLE,
    HYPHENS,
    INVISIBLE,
    LOOSE_TABLE,
    STYLED,
    WIDTH,
)
from ansible_collections.genesys.gws.plugins.module_utils._core.phone_uri import PHONE_CONTEXT

with deps.declare("ahocorasick_rs"):
    from ahocorasick_rs import BytesAhoCorasick, MatchKind

_HEX = "0123456789abcdefABCDEF"
_IN_ANCHORS = 'abcdefghijklmnopqrstuvwxyz0123456789@._+-"'  # and the quotation marks around a local part
_LEADS = "%&=\\"
_SIGNS = "@._+-"
_BEHIND_BLANK = "0123456789()[]./~*#+-" + _LEADS  # what a blank inside of a number stands before


@functools.cache
def marks_of(*, phones: bool, every_letter: bool) -> Marks:
    """The marks for a search, made once.

    :param phones: whether phone numbers are searched for.
    :param every_letter: whether anchors have letters that are not ASCII, so that an escape of any letter may hide one.
    """
    return Marks(phones=phones, every_letter=every_letter)


class Marks:
    """Finds the marks in bytes."""

    def __init__(self, *, phones: bool, every_letter: bool) -> None:
        kinds = [{b'"@'}, _percent(), _backslash(every_letter), _ampersand(every_letter), _equals(), *_characters(phones)]
        if phones:
            kinds += [{b"\x00%d\x00" % digit for digit in range(10)}, {PHONE_CONTEXT.encode()}]
        self._automata = [BytesAhoCorasick(sorted(kind), matchkind=MatchKind.LeftmostFirst) for kind in kinds]

    def places(self, data: bytes) -> list[int]:
        """Where each mark begins, in order."""
        found: list[int] = []
        for automaton in self._automata:
            matches = automaton.find_matches_as_indexes(data)
            if matches:
                found += [match[1] for match in matches]
        found.sort()
        return found


def _percent() -> set[bytes]:
    pairs = {"%" + digit for digit in _HEX if digit != "2"} | {"%2" + digit for digit in _HEX if digit != "0"}
    return {mark.encode() for mark in pairs | {"%20" + behind for behind in _BEHIND_BLANK} | {"%u", "%U"}}


def _backslash(every_letter: bool) -> set[bytes]:
    found = {"\\" + sign for sign in _SIGNS} | {"\\x" + digit for digit in _HEX} | {"\\u{"}
    if every_letter:
        return {mark.encode() for mark in found | {"\\u"}}
    relevant = [code for code in {*LOOSE_TABLE, *DIGITS_TABLE, *range(0x80), *range(0x2000, 0x2040), *range(0x2210, 0x2240)} if code > 0xFF]
    units = {f"{code:04x}"[:2] for code in relevant if code <= 0xFFFF} | {"d8", "db"}  # halves of characters beyond the first 65,536
    units |= {f"00{digit}" for digit in "01234567ab"}
    return {("\\u" + spelled).encode() for unit in units for spelled in _cases(unit)} | {mark.encode() for mark in found}


def _cases(text: str) -> set[str]:
    """A short text in all mixtures of upper and lower case."""
    spelled = {""}
    for char in text:
        spelled = {before + one for before in spelled for one in (char, char.upper())}
    return spelled


def _ampersand(every_letter: bool) -> set[bytes]:
    if every_letter:
        return {b"&#"} | {b"&" + bytes((letter,)) for letter in b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"}
    names = {name.rstrip(";") for name, text in html.entities.html5.items() if any(map(_matters, text))}
    shortest = {name for name in names if not any(name[:length] in names for length in range(1, len(name)))}
    return {b"&#"} | {b"&" + name.encode() for name in shortest}


def _matters(char: str) -> bool:
    read = LOOSE_TABLE.get(ord(char), DIGITS_TABLE.get(ord(char), char))
    return read == "" or any(one in _IN_ANCHORS or one in _LEADS for one in read.lower())


def _equals() -> set[bytes]:
    return {("=" + first + second).encode() for first in _HEX for second in _HEX} | {b"=\r\n", b"=\n", b"=\\"}


def _characters(phones: bool) -> list[set[bytes]]:
    """The bytes of characters that stand for others, by the first byte: an automaton is quick when there are at most three of these."""
    marks: set[bytes] = set()
    for ranges, whole in ((INVISIBLE, False), (HYPHENS, False), (WIDTH, True), (STYLED, True), (DIGITS if phones else (), False)):
        for first, last in ranges:
            codes = range(max(first, 0x80), last + 1)
            if whole and len(codes) > 0x40:
                marks |= {chr(code).encode()[:-1] for code in codes}
            elif len(codes) > 0x100:
                marks |= {chr(code).encode()[:2] for code in codes}
            else:
                marks |= {chr(code).encode() for code in codes}
    marks -= {"\u3000".encode()}
    by_first: dict[int, set[bytes]] = {}
    for mark in marks:
        by_first.setdefault(mark[0], set()).add(mark)
    groups = sorted(by_first)
    return [set().union(*(by_first[first] for first in groups[place : place + 3])) for place in range(0, len(groups), 3)]


def windows(places: t.Sequence[int], radius: int, longest: int, size: int) -> list[tuple[int, int]]:
    """The surroundings of places, in order; those that touch are one, up to a length from which on they overlap by twice the radius instead."""
    found: list[tuple[int, int]] = []
    start = end = 0
    for place in places:
        if place - radius > end or end - start > longest:
            if end:
                found.append((start, end))
            start = max(0, place - radius if place - radius > end else end - 2 * radius)
        end = min(size, place + radius)
    return [*found, (start, end)] if end else found
