# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Keys are named by their bytes. On a server: test_rules_of_the_plan, odd rows."""

from __future__ import annotations

import decimal
import typing as t

import pytest
from cassandra import cqltypes
from cassandra.cqltypes import lookup_casstype

from ansible_collections.genesys.gws.plugins.module_utils._cassandra.literals import literal

LIST = cqltypes.ListType.apply_parameters([cqltypes.UTF8Type])
MAP = cqltypes.MapType.apply_parameters([cqltypes.UTF8Type, cqltypes.Int32Type])
SET = cqltypes.SetType.apply_parameters([cqltypes.BytesType])
TUPLE = cqltypes.TupleType.apply_parameters([cqltypes.Int32Type, LIST])
PERSON = cqltypes.UserType.make_udt_class("sipfs", "person", ("A b", "c"), (cqltypes.UTF8Type, cqltypes.Int32Type))


@pytest.mark.parametrize(
    ("raw", "cql_type", "expected"),
    [
        (b"it's", cqltypes.UTF8Type, "blobAstext(0x69742773)"),
        (b"", cqltypes.UTF8Type, "blobAstext(0x)"),
        (b"", cqltypes.BytesType, "0x"),
        (b"\x00\xff", cqltypes.BytesType, "0x00ff"),
        (b"", cqltypes.Int32Type, "blobAsint(0x)"),
        (b"\x7f" + b"\xff" * 7, cqltypes.DateType, "blobAstimestamp(0x7fffffffffffffff)"),
        (LIST.to_binary(["a", ""], 4), LIST, "[blobAstext(0x61), blobAstext(0x)]"),
        (LIST.to_binary([], 4), LIST, "[]"),
        (MAP.to_binary({"a": 1}, 4), MAP, "{blobAstext(0x61): blobAsint(0x00000001)}"),
        (SET.to_binary({b"x"}, 4), SET, "{0x78}"),
        (TUPLE.to_binary((1, None), 4), TUPLE, "(blobAsint(0x00000001), null)"),
        (TUPLE.to_binary((None, ["a"]), 4), TUPLE, "(null, [blobAstext(0x61)])"),
        (PERSON.to_binary(("x", None), 4), PERSON, '{"A b": blobAstext(0x78), "c": null}'),
        (None, cqltypes.Int32Type, "null"),
    ],
)
def test_literal(raw: bytes | None, cql_type: t.Any, expected: str) -> None:
    assert literal(raw, cql_type) == expected


def test_keys_that_are_equal_numbers_are_two() -> None:
    one, two = (cqltypes.DecimalType.to_binary(decimal.Decimal(text), 4) for text in ("1.0", "1.00"))
    assert literal(one, cqltypes.DecimalType) != literal(two, cqltypes.DecimalType)


@pytest.mark.parametrize(
    ("raw", "cql_type"),
    [
        (b"x", lookup_casstype("org.apache.cassandra.db.marshal.DynamicCompositeType(a=>AsciiType)")),
        (b"\x00\x00", TUPLE),
        (b"\x00\x00\x00\x09x", TUPLE),
    ],
)
def test_what_has_no_literal(raw: bytes, cql_type: t.Any) -> None:
    with pytest.raises(ValueError, match=r"literals|cut off"):
        literal(raw, cql_type)
