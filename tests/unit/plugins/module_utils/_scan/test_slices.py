# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A partition is cut into slices between any two values, and no value is left out or read twice."""

from __future__ import annotations

import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.genesys.gws.plugins.module_utils._cassandra.schema import Column, Table
from ansible_collections.genesys.gws.plugins.module_utils._scan.slices import Slice, middle_of, slicing_column

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
VALUES: dict[str, st.SearchStrategy[t.Any]] = {
    "text": TEXTS,
    "ascii": st.text(st.characters(max_codepoint=127), max_size=6),
    "blob": st.binary(max_size=6),
    "int": st.integers(-(2**31), 2**31 - 1),
    "bigint": st.integers(-(2**63), 2**63 - 1),
}


def column_of(cql_type: str, *, is_static: bool = False) -> Column:
    return Column("c", cql_type, True, False, True, is_static)


@pytest.mark.parametrize("cql_type", VALUES)
@given(data=st.data())
def test_the_middle_lies_between(cql_type: str, data: st.DataObject) -> None:
    bounds = VALUES[cql_type] | st.none()
    after, up_to = data.draw(bounds), data.draw(bounds)
    if after is not None and up_to is not None and after >= up_to:
        after, up_to = up_to, after
    middle = middle_of(after, up_to, cql_type)
    if middle is not None:
        assert after is None or after < middle
        assert up_to is None or middle < up_to
        if isinstance(middle, str):
            middle.encode()  # raises if Cassandra would not take it


@pytest.mark.parametrize("cql_type", VALUES)
@given(data=st.data())
def test_any_two_values_are_told_apart_in_few_steps(cql_type: str, data: st.DataObject) -> None:
    values = sorted(data.draw(st.sets(VALUES[cql_type], min_size=2, max_size=6)))
    column = column_of(cql_type)
    pending, alone, steps = [Slice(None, None)], 0, 0
    seen: list[t.Any] = []
    while pending:
        part = pending.pop()
        inside = [value for value in values if (part.after is None or value > part.after) and (part.up_to is None or value <= part.up_to)]
        if len(inside) <= 1:
            seen += inside
            alone += 1
            continue
        steps += 1
        assert steps < 1500
        halves = part.halves(column)
        assert halves is not None, (part, inside)
        pending += halves
    assert sorted(seen) == values


def test_neighbours_have_nothing_between_them() -> None:
    assert middle_of(4, 5, "int") is None
    assert middle_of(b"a", b"a\x00", "blob") is None
    assert middle_of("a", "a\x00", "text") is None


def test_what_can_be_cut() -> None:
    key = Column("k", "text", True, True, True)
    assert slicing_column(Table("t", (key, column_of("text")))) == column_of("text")
    assert slicing_column(Table("t", (key,))) is None
    assert slicing_column(Table("t", (Column("k", "decimal", True, True, False), column_of("text")))) == column_of("text")
    assert slicing_column(Table("t", (key, column_of("timeuuid")))) is None
    assert slicing_column(Table("t", (key, column_of("text"), Column("s", "text", False, False, True, True)))) is None


def test_where() -> None:
    assert Slice(None, None).where(column_of("int"), str) == ""
    assert Slice(1, 2).where(column_of("int"), str) == ' AND "c" > 1 AND "c" <= 2'
