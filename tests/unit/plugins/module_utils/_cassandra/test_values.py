# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which CQL types can hold a person, and what becomes of their bytes."""

from __future__ import annotations

import collections
import typing as t
import uuid

import cassandra.cqltypes as cql
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.genesys.gws.plugins.module_utils._cassandra.values import (
    can_hold_number,
    can_hold_text,
    composite,
    decode,
    id_texts,
    plain,
)
from ansible_collections.genesys.gws.plugins.module_utils._core.certainty import Certainty
from tests.unit.strategies import BRIEF, QUICK, finder

PROTOCOL = 4
ANN = "ann@x.com"
USER_TYPES = {
    "address": ["text", "int"],
    "numbers": ["int", "list<bigint>"],
    "outer": ["int", "frozen<address>"],
    "Odd Name": ["blob"],
    "loop": ["int", "frozen<loop>"],
    "loop2": ["frozen<loop2>", "text"],
}


@pytest.mark.parametrize(
    "cql_type",
    [
        *("text", "ascii", "varchar", "blob"),
        *("list<text>", "set<blob>", "map<text, int>", "map<int, text>", "frozen<list<frozen<set<varchar>>>>"),
        *("tuple<int, text>", "frozen<tuple<int, frozen<map<int, ascii>>>>"),
        *("address", "frozen<address>", "list<frozen<outer>>", 'frozen<"Odd Name">', "loop2"),
        *("'org.apache.cassandra.db.marshal.CompositeType(A,B)'", "org.apache.cassandra.db.marshal.BytesType"),
        *("frozen<'org.example.Custom'>", "vector<text, 3>"),
    ],
)
def test_can_hold_text(cql_type: str) -> None:
    assert can_hold_text(cql_type, USER_TYPES)


@pytest.mark.parametrize(
    "cql_type",
    [
        *("int", "bigint", "uuid", "timeuuid", "timestamp", "boolean", "counter", "double", "inet", "duration", "vector<float, 3>"),
        *("list<int>", "map<uuid, timestamp>", "tuple<int, bigint>", "frozen<numbers>", "loop", "empty"),
    ],
)
def test_cannot_hold_text(cql_type: str) -> None:
    assert not can_hold_text(cql_type, USER_TYPES)


def raw(cql_type: t.Any, value: t.Any) -> bytes:
    return bytes(cql_type.to_binary(value, PROTOCOL))


LIST = cql.ListType.apply_parameters([cql.UTF8Type])
SET = cql.SetType.apply_parameters([cql.BytesType])
MAP = cql.MapType.apply_parameters([cql.UTF8Type, cql.UTF8Type])
DEEP = cql.MapType.apply_parameters([cql.Int32Type, cql.FrozenType.apply_parameters([LIST])])
TUPLE = cql.TupleType.apply_parameters([cql.Int32Type, cql.UTF8Type])
UDT = cql.UserType.make_udt_class("ks", "person", ("mail", "n"), (cql.UTF8Type, cql.Int32Type))
PERSON: t.Any = collections.namedtuple("PERSON", "mail n")
TUPLE_KEY = cql.MapType.apply_parameters([cql.FrozenType.apply_parameters([TUPLE]), cql.Int32Type])
COMPOSITE = cql.CompositeType.apply_parameters([cql.UTF8Type, cql.UTF8Type])

STORED: list[tuple[t.Any, bytes]] = [
    (cql.UTF8Type, ANN.encode()),
    (cql.AsciiType, ANN.encode()),
    (cql.BytesType, ANN.encode()),
    (cql.BytesType, b'{"mail": "ann@x.com"}'),
    (cql.UTF8Type, b"\xff\xfe " + ANN.encode() + b" \xc3"),
    (cql.BytesType, b"\x00\x09" + ANN.encode() + b"\x00"),
    (LIST, raw(LIST, ["x", ANN])),
    (SET, raw(SET, {b"x", ANN.encode()})),
    (MAP, raw(MAP, {"a": ANN})),
    (MAP, raw(MAP, {ANN: "a"})),
    (DEEP, raw(DEEP, {1: ["x", ANN]})),
    (TUPLE, raw(TUPLE, (1, ANN))),
    (UDT, raw(UDT, PERSON(ANN, 1))),
    (TUPLE_KEY, raw(TUPLE_KEY, {(1, ANN): 1})),
    (cql.BytesType, b"\x00\x61" + ANN.ljust(0x61).encode() + b"\x00"),  # the length is an a, which would stick to the address
    (COMPOSITE, b"\x00\x01x\x00" + b"\x00\x09" + ANN.encode() + b"\x00"),
    (LIST, ANN.encode()),  # bytes that do not fit their type
    (MAP, b"\x00\x00\x00\x01\x00" + ANN.encode()),
]


@pytest.mark.parametrize(("cql_type", "data"), STORED, ids=lambda value: getattr(value, "typename", None) or repr(value)[:30])
def test_what_is_stored_is_found(cql_type: t.Any, data: bytes) -> None:
    assert finder(ANN).certainty(decode(data, cql_type, PROTOCOL)) is Certainty.EXACT


@pytest.mark.parametrize("cql_type", [LIST, SET, UDT, TUPLE], ids=lambda cql_type: cql_type.typename)
def test_text_that_is_not_utf8_inside_a_collection_is_still_searched(cql_type: t.Any) -> None:
    bad = b"\xff " + ANN.encode()
    item = len(bad).to_bytes(4, "big") + bad
    data = {
        "list": b"\x00\x00\x00\x01" + item,
        "set": b"\x00\x00\x00\x01" + item,
        "person": item + b"\x00\x00\x00\x04\x00\x00\x00\x01",
        "tuple": b"\x00\x00\x00\x04\x00\x00\x00\x01" + item,
    }[cql_type.typename if "." not in cql_type.typename else "person"]
    assert finder(ANN).certainty(decode(data, cql_type, PROTOCOL)) is not None


def test_nothing_and_numbers() -> None:
    assert decode(None, cql.UTF8Type, PROTOCOL) is None
    assert decode(b"", cql.UTF8Type, PROTOCOL) == ""
    assert decode((42).to_bytes(4, "big"), cql.Int32Type, PROTOCOL) == 42
    some = uuid.uuid4()
    assert decode(some.bytes, cql.UUIDType, PROTOCOL) == str(some)


@QUICK
@given(
    st.binary(max_size=60),
    st.sampled_from([cql.UTF8Type, cql.BytesType, LIST, SET, MAP, DEEP, TUPLE, UDT, COMPOSITE, cql.Int32Type, cql.DateType]),
)
def test_any_bytes_decode(data: bytes, cql_type: t.Any) -> None:
    finder(ANN).matcher.in_value(decode(data, cql_type, PROTOCOL))


@QUICK
@given(st.lists(st.binary(max_size=300), min_size=1, max_size=5), st.sampled_from([0, 1, 255]))
def test_composite_gives_its_components(parts: list[bytes], end: int) -> None:
    data = b"".join(len(part).to_bytes(2, "big") + part + bytes([end]) for part in parts)
    assert composite(data) == parts
    assert composite(data[:-1]) == [] or data[:-1] == b""


@BRIEF
@given(st.text(alphabet=st.characters(min_codepoint=32), min_size=1, max_size=60))
def test_ordinary_text_is_no_composite(text: str) -> None:
    assert composite(text.encode()) == []
    assert decode(text.encode(), cql.BytesType, PROTOCOL) == text


def test_ids_in_binary() -> None:
    some = uuid.uuid4()
    assert id_texts(some.bytes, cql.UUIDType) == [some.hex]
    assert id_texts(some.bytes, cql.BytesType) == [some.hex]
    assert id_texts(some.bytes, cql.UTF8Type) == []
    assert id_texts(None, cql.UUIDType) == []
    assert id_texts(b"short", cql.BytesType) == []


def test_plain_of_nested_driver_values() -> None:
    assert plain({"k": [PERSON(ANN, 1), (b"a", None)]}) == {"k": [{"mail": ANN, "n": 1}, ["a", None]]}
    assert plain({(1, "a"): 2}) == {"1 a": 2}


@pytest.mark.parametrize(
    "cql_type", ["int", "bigint", "varint", "decimal", "double", "list<bigint>", "map<text, varint>", "numbers", "tuple<uuid, int>"]
)
def test_can_hold_number(cql_type: str) -> None:
    assert can_hold_number(cql_type, USER_TYPES)


@pytest.mark.parametrize("cql_type", ["text", "uuid", "timestamp", "counter", "smallint", "list<text>", "float", "date", "duration"])
def test_cannot_hold_number(cql_type: str) -> None:
    assert not can_hold_number(cql_type, USER_TYPES)


def test_keys_that_look_alike_lose_nothing() -> None:
    """Blobs that are no text, as keys of a map."""
    value = plain({b"\x81": ANN, b"\x8d": "bob", b"\xad": "x", b"\xb2": "y"})
    assert finder(ANN).certainty(value) is Certainty.EXACT
    assert len(value) == 4


@pytest.mark.parametrize("charset", ["utf-16-le", "utf-16-be", "utf-16"])
def test_utf16_is_possible(charset: str) -> None:
    raw_text = '{"name": "Ann M\u00fcller", "mail": "ann@x.com", "phone": "+49 30 901820"}'.encode(charset)
    for identifier in (ANN, "+4930901820"):
        found = finder(identifier)
        assert found.certainty(decode(raw_text, cql.BytesType, PROTOCOL)) is Certainty.POSSIBLE
        assert found.prefilter.may_match(b"\x00\x00\x00\x25" + raw_text + b"\x00\x00\x00\x01x")


@pytest.mark.parametrize("charset", ["latin-1", "cp1252"])
def test_other_charsets(charset: str) -> None:
    raw_text = '{"name": "J\u00fcrgen \u00d6z", "mail": "ann@x.com", "other": "\u00fcann@y.com"}'.encode(charset)
    value = decode(raw_text, cql.BytesType, PROTOCOL)
    for identifier in (ANN, "J\u00fcrgen \u00d6z", "\u00fcann@y.com"):
        assert finder(identifier).certainty(value) is Certainty.EXACT
        assert finder(identifier).prefilter.may_match(raw_text)
    assert finder("ann@y.com").certainty(value) is None


BINARY = {
    "CBOR": b"\xa2\x64mail\x69ann@x.com\x65phone\x6b+4930901820",
    "MessagePack": b"\x82\xa4mail\xa9ann@x.com\xa5phone\xab+4930901820",
    "Smile": b":)\n\x03\xfa\x83mail\x48ann@x.com\x84phone\x4a+4930901820\xfb",
}


@pytest.mark.parametrize("kind", BINARY)
def test_binary_json_is_possible(kind: str) -> None:
    for identifier in (ANN, "+4930901820"):
        found = finder(identifier, region="DE")
        assert found.certainty(decode(BINARY[kind], cql.BytesType, PROTOCOL)) is Certainty.POSSIBLE
        assert found.prefilter.may_match(BINARY[kind])
