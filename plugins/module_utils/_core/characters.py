# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Characters that are read as other characters, or ignored. Pure, no I/O.

These tables define everything that readings change character by character, and everything that the prefilter must detect: both are built from them.
Letters are never changed into other letters than the same ones in another width or style: ``ß`` stays ``ß``.
"""

from __future__ import annotations

import typing as t
import unicodedata

Ranges = t.Tuple[t.Tuple[int, int], ...]  # noqa: UP006 - ansible-test reads it as Python 3.8

# Unicode's default ignorable code points (without Hangul fillers, which show as blanks): they are invisible, so they are ignored.
INVISIBLE: Ranges = (
    *((0xAD, 0xAD), (0x34F, 0x34F), (0x61C, 0x61C), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x200B, 0x200F), (0x202A, 0x202E)),
    *((0x2060, 0x206F), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFF9, 0xFFFB), (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF)),
)
# Full-width, half-width and small forms, with the full stops that IDNA takes for a dot.
WIDTH: Ranges = ((0x3000, 0x3000), (0x3002, 0x3002), (0xFE50, 0xFE6B), (0xFF01, 0xFFEE))
APOSTROPHES: Ranges = ((0x02BC, 0x02BC), (0x2018, 0x2019), (0x201B, 0x201B))
HYPHENS: Ranges = ((0x2010, 0x2011),)
# Styled letters, digits and signs: superscripts, letter-like, enclosed, mathematical. Their meaning is a guess.
STYLED: Ranges = (
    *((0xAA, 0xAA), (0xB2, 0xB3), (0xB9, 0xBA), (0x2070, 0x209C), (0x2100, 0x2129), (0x212C, 0x218B), (0x2460, 0x24EA)),
    *((0x3200, 0x33FF), (0xFB00, 0xFB06), (0x1D400, 0x1D7FF), (0x1F100, 0x1F16B), (0x1FBF0, 0x1FBF9)),
)
JOINERS = "\u200c\u200d"  # IDNA 2008 allows them inside of labels of some scripts
_FULL_STOPS = "\u3002\uff61"


def _chars(ranges: Ranges) -> t.Iterator[str]:
    for first, last in ranges:
        yield from map(chr, range(first, last + 1))


def _compatible(ranges: Ranges) -> dict[int, str]:
    """The compatibility form of each character that has another one."""
    forms = {ord(char): unicodedata.normalize("NFKC", char) for char in _chars(ranges)}
    return {code: form for code, form in forms.items() if form != chr(code)}


# The zero of each script that has decimal digits; the other nine follow it.
_ZEROS = (
    *(0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xDE6, 0xE50, 0xED0, 0xF20, 0x1040, 0x1090),
    *(0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50, 0x1BB0, 0x1C40, 0x1C50, 0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50),
    *(0xABF0, 0xFF10, 0x104A0, 0x10D30, 0x11066, 0x110F0, 0x11136, 0x111D0, 0x112F0, 0x11450, 0x114D0, 0x11650, 0x116C0, 0x11730),
    *(0x118E0, 0x11950, 0x11C50, 0x11D50, 0x11DA0, 0x16A60, 0x16AC0, 0x16B50, 0x1D7CE, 0x1D7D8, 0x1D7E2, 0x1D7EC, 0x1D7F6, 0x1E140),
    *(0x1E2F0, 0x1E950, 0x1FBF0),
)
DIGITS: Ranges = tuple((zero, zero + 9) for zero in _ZEROS)


def character_class(ranges: t.Iterable[t.Sequence[int]]) -> str:
    """The inside of a character class of a regular expression."""
    return "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in ranges)


INVISIBLE_TABLE: dict[int, str] = {ord(char): "" for char in _chars(INVISIBLE) if char not in JOINERS}
SAME_TABLE: dict[int, str] = {
    **INVISIBLE_TABLE,
    **_compatible(WIDTH),
    **{ord(char): "'" for char in _chars(APOSTROPHES)},
    **{ord(char): "-" for char in _chars(HYPHENS)},
    **{ord(char): "." for char in _FULL_STOPS},
}
DIGITS_TABLE: dict[int, str] = {zero + digit: str(digit) for zero in _ZEROS for digit in range(10)}
STYLED_TABLE: dict[int, str] = _compatible(STYLED)
# In this reading an ideographic full stop ends a sentence, and joiners are as invisible as the others.
LOOSE_TABLE: dict[int, str] = {
    **SAME_TABLE,
    **STYLED_TABLE,
    **{ord(char): " " for char in _FULL_STOPS},
    **{ord(char): "" for char in JOINERS},
}

_MARKS = [chr(code) for code in range(0x300, 0x10000) if unicodedata.category(chr(code)).startswith("M")]
# Vowel signs and the like, which \w leaves out, and the joiners: parts of words in many scripts.
COMBINING = "".join(_MARKS) + JOINERS
