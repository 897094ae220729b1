# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Finds marks in bytes: escapes, and characters that are read as others. Pure, no I/O.

Everything needs a mark that a reading turns into a character of an anchor, into nothing, or into the beginning of another escape; and everything
that puts digits between those of a number. Bytes without a mark can neither hide an anchor nor produce one.
"""

from __future__ import annotations

import functools
import html.entities
import re
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._core import deps
from ansible_collections.genesys.gws.plugins.module_utils._core.characters import (
    DIGITS,
    DIGITS_TABLE,
    HYPHENS,
    INVISIBLE,
    JOINERS,
    LOOSE_TABLE,
    SAME_TABLE,
    STYLED,
    WIDTH,
)
from ansible_collections.genesys.gws.plugins.module_utils._core.phone_uri import PHONE_CONTEXT

with deps.declare("ahocorasick_rs"):
    from ahocorasick_rs import BytesAhoCorasick, MatchKind

_IN_ANCHORS = 'abcdefghijklmnopqrstuvwxyz0123456789@._+-"'  # and the quotation marks around a local part
_LEADS = "%&=#{}\r\n\\"  # of what escapes are made, besides letters and digits
_SIGNS = "@._+-%&=#"  # behind a backslash
_IN_NUMBERS = "\t ()[]/~*#'|"  # what stands in numbers, but not in anchors
_LATIN_IN_NUMBERS = (
    b"\x91\x92\x95\x96\x97\xa0\xad\xb7"  # the same in Windows-1252: apostrophes, bullet, dashes, no-break space, soft hyphen, middle dot
)
_LATIN_STYLED = b"\xaa\xad\xb2\xb3\xb9\xba"  # what is read as an ASCII letter or digit, or as nothing
_FIRST_BYTES = b"\xc2\xcd\xd8\xd9\xdb\xdf\xe0\xe1\xe2\xe3\xea\xef\xf0\xf3"  # of characters that are read as others, in UTF-8
_MANY = 2000  # first bytes in a page, from which on an automaton is faster than a look at each
_FEW_OF_SIXTEEN = 6  # escapes that begin alike; from there on they have one mark
# What stands behind an escape inside of a number: no letter, and soon a digit or another escape.
_DIGIT_IN_NAME = re.compile("[0-9]")
_GOES_ON = re.compile(rb"[^0-9A-Za-z\x00\"%&=\\]{0,24}[0-9%&=\\]")


@functools.cache
def marks_of(*, phones: bool, every_letter: bool) -> Marks:
    """The marks for a search, made once.

    :param phones: whether phone numbers are searched for.
    :param every_letter: whether anchors have letters that are not ASCII, so that an escape of any letter may hide one.
    """
    return Marks(phones=phones, every_letter=every_letter)


class Marks:
    """Finds the marks of a search in bytes."""

    def __init__(self, *, phones: bool, every_letter: bool) -> None:
        kinds = [{b'"@'}, {b"\x00@\x00"}, _ampersand(every_letter)]
        if phones:
            kinds += [{b"\x00%d\x00" % digit for digit in range(10)}, {PHONE_CONTEXT.encode()}]
        self._signs = [_automaton(kind) for kind in kinds]
        in_numbers = _escapes_in_numbers() if phones else [set[bytes]()] * 3
        escapes = (_percent(every_letter), _equals(every_letter), _backslash(every_letter))
        # Of each pair those that always count come first, so that of two that begin alike they are found.
        self._escapes = [
            (_automaton(always, in_number - always), len(always)) for always, in_number in zip(escapes, in_numbers, strict=True)
        ]
        self._characters = _Characters(_characters(phones))

    def places(self, data: bytes) -> list[int]:
        """The start of each mark, in order."""
        found: list[int] = []
        for automaton in self._signs:
            matches = automaton.find_matches_as_indexes(data)
            if matches:
                found += [match[1] for match in matches]
        for automaton, always in self._escapes:
            matches = automaton.find_matches_as_indexes(data)
            found += [start for mark, start, end in matches if mark < always or _GOES_ON.match(data, end)]
        found += self._characters.places(data)
        found.sort()
        return found


class _Characters:
    """Finds characters in UTF-8 by their first bytes, which is many times faster than by all their bytes at once: up to sixteen patterns are
    looked for in many bytes at a time.
    """

    def __init__(self, characters: set[bytes]) -> None:
        self._marks = frozenset(characters)
        self._lengths = sorted({len(mark) for mark in characters})
        self._first = _automaton({mark[:1] for mark in characters})
        self._all = _automaton(characters)

    def places(self, data: bytes) -> list[int]:
        """Where each of them begins."""
        matches = self._first.find_matches_as_indexes(data)
        if len(matches) > _MANY:  # another script
            return [start for _mark, start, _end in self._all.find_matches_as_indexes(data)]
        return [start for _first, start, _end in matches if any(data[start : start + length] in self._marks for length in self._lengths)]


def _automaton(*patterns: set[bytes]) -> t.Any:
    return BytesAhoCorasick([pattern for some in patterns for pattern in sorted(some)], matchkind=MatchKind.LeftmostFirst)


def _in_hex(codes: t.Iterable[int]) -> set[str]:
    """Bytes in hexadecimal digits, in every mixture of case."""
    return {spelled for code in codes for spelled in _cases(f"{code:02x}")}


def _in_pure_hex(codes: t.Iterable[int]) -> set[str]:
    """The same in capitals or in small letters: so far from the usual form quoted-printable is still read."""
    return {f"{code:{case}}" for code in codes for case in ("02x", "02X")}


def _percent(every_letter: bool) -> set[bytes]:
    codes = range(256) if every_letter else [*_hiding_ascii(), *_LATIN_STYLED, *_FIRST_BYTES]
    return {f"%{pair}".encode() for pair in _in_hex(codes)} | {b"%u", b"%U"}


def _hiding_ascii() -> set[int]:
    return {code for code in range(0x80) if chr(code).lower() in _IN_ANCHORS + _LEADS}


def _escapes_in_numbers() -> list[set[bytes]]:
    """Escapes of what stands in numbers: their own digits come between those of the number."""
    ascii_codes = [ord(char) for char in _IN_NUMBERS]
    wide = [
        0xA0,
        0xB7,
        *range(0x2000, 0x2016),
        0x2022,
        0x2024,
        0x202F,
        0x205F,
        0x2212,
        0x2BC,
        0x2018,
        0x2019,
        0x201B,
        0x30FC,
        0xFF70,
        0x223C,
        0x3000,
        0x301C,
        0x1680,
        0x20E3,
    ]
    return [
        {f"%{pair}".encode() for pair in _in_hex([*ascii_codes, *_LATIN_IN_NUMBERS])},
        {f"={pair}".encode() for pair in _in_pure_hex([*ascii_codes, *_LATIN_IN_NUMBERS])},
        {f"\\u{digits}".encode() for code in (*ascii_codes, *wide) for digits in _cases(f"{code:04x}")}
        | {f"\\x{pair}".encode() for pair in _in_hex(ascii_codes)},
    ]


def _backslash(every_letter: bool) -> set[bytes]:
    signs = {f"\\{sign}".encode() for sign in _SIGNS} | {b"\\u{"}
    if every_letter:
        return signs | {b"\\u", b"\\x"}
    codes = [*_hiding_ascii(), *(code for code, read in {**LOOSE_TABLE, **DIGITS_TABLE, **SAME_TABLE}.items() if _matters_read(read))]
    codes += map(ord, JOINERS)
    units = {code if code <= 0xFFFF else 0xD800 + ((code - 0x10000) >> 10) for code in codes}
    by_three: dict[int, set[int]] = {}
    for unit in units:
        by_three.setdefault(unit >> 4, set()).add(unit)
    digits: set[str] = set()
    for three, alike in by_three.items():
        digits |= _cases(f"{three:03x}") if len(alike) > _FEW_OF_SIXTEEN else {one for unit in alike for one in _cases(f"{unit:04x}")}
    return signs | {f"\\u{unit}".encode() for unit in digits} | {f"\\x{pair}".encode() for pair in _in_hex(_hiding_ascii())}


def _cases(text: str) -> set[str]:
    """A short text in all mixtures of upper and lower case."""
    spelled = {""}
    for char in text:
        spelled = {before + one for before in spelled for one in sorted({char, char.upper()})}
    return spelled


def _ampersand(every_letter: bool) -> set[bytes]:
    if every_letter:
        return {b"&#"} | {b"&" + bytes((letter,)) for letter in b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"}
    # A name with digits in it, of a blank for instance, may stand between those of a number.
    names = {name.rstrip(";") for name, text in html.entities.html5.items() if any(map(_matters, text)) or _DIGIT_IN_NAME.search(name)}
    shortest = {name for name in names if not any(name[:length] in names for length in range(1, len(name)))}
    return {b"&#"} | {b"&" + name.encode() for name in shortest}


def _matters(char: str) -> bool:
    code = ord(char)
    return any(_matters_read(table.get(code, char)) for table in (LOOSE_TABLE, SAME_TABLE, DIGITS_TABLE))


def _matters_read(read: str) -> bool:
    """Whether what a character is read as can be a part of an anchor, or hide one."""
    return read == "" or any(one in _IN_ANCHORS or one in _LEADS for one in read.lower())


def _equals(every_letter: bool) -> set[bytes]:
    """Quoted-printable: no letters and digits of ASCII; bytes of UTF-8 one behind the other."""
    breaks = {b"=\r\n", b"=\n", b"=\\n", b"=\\r", b"=\\\\"}
    if every_letter:
        return breaks | {f"={pair}".encode() for pair in _in_pure_hex(range(256))}
    signs = {code for code in _hiding_ascii() if not chr(code).isalnum()}
    return (
        breaks
        | {f"={pair}".encode() for pair in _in_pure_hex([*signs, *_LATIN_STYLED])}
        | {f"={pair}=".encode() for pair in _in_pure_hex(_FIRST_BYTES)}
    )


def _characters(phones: bool) -> set[bytes]:
    """The bytes of characters that stand for others."""
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
    return marks


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
