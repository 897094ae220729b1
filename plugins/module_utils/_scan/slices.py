# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Reads a partition that can't be read in pages (too many consecutive tombstones, too slow), slice by slice along its first clustering column.

Cassandra fails a page that crosses more tombstones than ``tombstone_failure_threshold``, however small the page is; a slice of the partition that
holds fewer of them can be read. The tombstones are located by bisection. The partition is addressed by its token, not by its key: the key can't be
read if the tombstones are at the beginning, and not every key can be written as a literal (a decimal 1.10 differs from 1.1).
"""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._cassandra.schema import Column, Table, quoted

_INTEGERS = {"tinyint": 8, "smallint": 16, "int": 32, "bigint": 64, "counter": 64}  # bits
_TOP = {"text": 0x10FFFF, "varchar": 0x10FFFF, "ascii": 0x7F, "blob": 0xFF}  # the highest character or byte
_ASCII = 0x7F
_SURROGATES = range(0xD800, 0xE000)  # code points that are not characters


def slicing_column(table: Table) -> Column | None:
    """The column along which the partitions of a table can be sliced; None if they can't be."""
    clustering = [column for column in table.columns if column.is_key and not column.is_partition_key]
    if not clustering or any(column.is_static for column in table.columns):  # a partition with only static columns is in no slice
        return None
    return clustering[0] if clustering[0].cql_type in _INTEGERS or clustering[0].cql_type in _TOP else None


@dataclasses.dataclass(frozen=True)
class Slice:
    """The rows of a partition with ``after`` < value of the column <= ``up_to``; None means no bound."""

    after: t.Any
    up_to: t.Any

    def where(self, column: Column, literal: t.Callable[[t.Any], str]) -> str:
        """The CQL predicate, to be appended to others."""
        name = quoted(column.name)
        lower = "" if self.after is None else f" AND {name} > {literal(self.after)}"
        upper = "" if self.up_to is None else f" AND {name} <= {literal(self.up_to)}"
        return lower + upper

    def halves(self, column: Column) -> tuple[Slice, Slice] | None:
        """The two halves of the slice; None if there is nothing between its bounds."""
        middle = middle_of(self.after, self.up_to, column.cql_type)
        return None if middle is None else (Slice(self.after, middle), Slice(middle, self.up_to))


def middle_of(after: t.Any, up_to: t.Any, cql_type: str) -> t.Any:
    """A value of the type with after < value < up_to, near the middle; None if there is none."""
    if cql_type in _INTEGERS:
        half = 2 ** (_INTEGERS[cql_type] - 1)
        low, high = (-half - 1 if after is None else after), (half if up_to is None else up_to)
        return (low + high) // 2 if high - low > 1 else None
    low_digits, high_digits = _digits(after or ""), None if up_to is None else _digits(up_to)
    # Most texts are ASCII: bisecting 128 characters takes a third of the steps of bisecting all. The others come after the last ASCII character.
    is_ascii = all(digit <= _ASCII for digit in (*low_digits, *(high_digits or ())))
    narrow = [_ASCII] if is_ascii and low_digits[-1:] != [_ASCII] else []
    for top in (*narrow, _TOP[cql_type]):
        digits = _middle(low_digits, high_digits, top)
        value = bytes(digits) if cql_type == "blob" else "".join(map(chr, digits))
        if (after is None or value > after) and (up_to is None or value < up_to):
            return value
    return None


def _middle(low: list[int], high: list[int] | None, top: int) -> list[int]:
    """The characters near the middle of two texts (None is the upper end), with none above ``top``."""
    length = max(len(low), len(high or ())) + 1
    base = top + 2  # the digit 0 is "no more characters", so that a text sorts before all longer texts that start with it
    bounds = (_number(low, length, base), _number([top] * length if high is None else high, length, base))
    return _text(sum(bounds) // 2, length, base)


def _digits(value: str | bytes) -> list[int]:
    return list(value) if isinstance(value, bytes) else [ord(char) for char in value]


def _number(digits: list[int], length: int, base: int) -> int:
    number = 0
    for place in range(length):
        number = number * base + (digits[place] + 1 if place < len(digits) else 0)
    return number


def _text(number: int, length: int, base: int) -> list[int]:
    """The characters of a number, up to the first "no more"."""
    digits = []
    for _place in range(length):
        number, digit = divmod(number, base)
        digits.append(digit)
    found = []
    for digit in reversed(digits):
        if digit == 0:
            break
        found.append(_SURROGATES[0] - 1 if digit - 1 in _SURROGATES else digit - 1)
    return found
