# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""In the bytes of a page, no row that matches is overlooked, and what can't be searched is counted."""

from __future__ import annotations

import base64
import bz2
import codecs
import decimal
import gzip
import itertools
import json
import lzma
import struct
import typing as t
import zlib

import cassandra.cqltypes as cql
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.genesys.gws.plugins.module_utils._cassandra.pages import EVERY_ROW, NotSearchable, RawRow, _candidates, _rows_of
from ansible_collections.genesys.gws.plugins.module_utils._cassandra.values import decode
from tests.unit.strategies import EMAILS, NUMBERS, QUICK, Finder, finder, texts

Cell = t.Union[bytes, None]  # noqa: UP007 - an alias is run
HEADER = b"\x00\x00\x00\x02ks ann@x.com +4930901820 H4sI"  # what stands before the rows is none of them


def spelled(cells: t.Iterable[Cell]) -> bytes:
    return b"".join(struct.pack(">i", -1) if cell is None else struct.pack(">i", len(cell)) + cell for cell in cells)


def page_of(rows: t.Sequence[t.Sequence[Cell]]) -> bytes:
    return HEADER + b"".join(map(spelled, rows))


def candidates(found: Finder, rows: t.Sequence[t.Sequence[Cell]]) -> list[int]:
    """The numbers of the rows that are candidates: the first cell of each row is its number. Their cells are those of the rows."""
    columns = len(rows[0]) if rows else 3
    numbers = []
    for row in _candidates(page_of(rows), len(HEADER), len(rows), [cql.BytesType] * columns, found.prefilter, 4):
        number = int(row.cells[0] or b"")
        assert row == RawRow(tuple(rows[number]))
        numbers.append(number)
    assert numbers == sorted(set(numbers))
    return numbers


def numbered(rows: t.Iterable[t.Sequence[Cell]]) -> list[list[Cell]]:
    return [[str(number).encode(), *row] for number, row in enumerate(rows)]


def holds(found: Finder, row: t.Sequence[Cell]) -> bool:
    return any(cell is not None and found.certainty(cell.decode("utf-8", "replace")) is not None for cell in row)


FINDERS = {
    "e-mail": finder("ann@x.com"),
    "e-mails": finder(*EMAILS),
    "phone": finder("+4930901820", region="DE"),
    "phones": finder(*(number.e164 for number in NUMBERS)),
    "both": finder("ann@x.com", "+4930901820", region="DE"),
}
IDENTIFIERS = (*EMAILS, *(number.e164 for number in NUMBERS), *(number.at_home for number in NUMBERS))
cells: st.SearchStrategy[Cell] = st.one_of(
    st.none(),
    st.just(b""),
    st.binary(max_size=12),
    texts.map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.sampled_from(IDENTIFIERS).map(str.encode),
    st.tuples(texts, st.sampled_from(IDENTIFIERS)).map(lambda both: json.dumps({"n": list(both)}).encode()),
)


@pytest.mark.parametrize("which", FINDERS)
@QUICK
@given(rows=st.lists(st.tuples(cells, cells), max_size=8))
def test_every_row_that_matches_is_a_candidate(which: str, rows: list[tuple[Cell, Cell]]) -> None:
    found = FINDERS[which]
    numbers = candidates(found, numbered(rows))
    for number, row in enumerate(rows):
        if holds(found, row):
            assert found.prefilter.may_match(spelled(row))
            assert number in numbers


@QUICK
@given(rows=st.lists(st.tuples(cells, cells), max_size=200))
def test_whole_rows_are_all_rows(rows: list[tuple[Cell, Cell]]) -> None:
    """Also of columns of numbers, which a prefilter is asked about in another way."""
    for types in ([cql.BytesType] * 3, [cql.BytesType, cql.BytesType, cql.LongType]):
        found = _candidates(page_of(numbered(rows)), len(HEADER), len(rows), types, EVERY_ROW, 4)
        assert found == tuple(RawRow(tuple(row)) for row in numbered(rows))


@pytest.mark.parametrize("which", FINDERS)
@QUICK
@given(values=st.lists(cells.map(lambda cell: cell or b""), min_size=1, max_size=8))
def test_places_are_those_of_all_rows_that_match(which: str, values: list[bytes]) -> None:
    """Also when nothing sets rows apart, and a place that is in two rows at once hides the one in the second."""
    found = FINDERS[which]
    spans = found.prefilter.spans(b"".join(values))
    starts = list(itertools.accumulate(map(len, values), initial=0))
    matching = {row for row, value in enumerate(values) if holds(found, [value])}
    assert spans is None or matching <= _rows_of(spans, starts)


@pytest.mark.parametrize(
    ("identifiers", "values", "matching"),
    [
        (["+4930901820", "+18234567890"], [b"30901", b"823 456 7890"], 1),
        (["+4791234567", "12345"], [b"9\t12345", b"67"], 0),
    ],
)
def test_what_is_of_no_row_hides_nothing_of_a_row(identifiers: list[str], values: list[bytes], matching: int) -> None:
    """The digits of two rows happen to be a number, and over it lies one that really is in one of them."""
    found = finder(*identifiers, region="US")
    assert [holds(found, [value]) for value in values] == [row == matching for row in range(2)]
    spans = found.prefilter.spans(b"".join(values))
    assert spans is not None
    assert matching in _rows_of(spans, [0, len(values[0]), len(values[0] + values[1])])


@pytest.mark.parametrize("which", ["e-mail", "phone", "both"])
@pytest.mark.parametrize("value", ["ann@x.com", "ANN@X.com", "ann\\u0040x.com", "+49 30 901820", "tel:004930901820"])
def test_the_right_row_of_many(which: str, value: str) -> None:
    """Blocks have 64 rows: at the edges of all of them."""
    found = FINDERS[which]
    if not found.matcher.in_value(value):
        assert candidates(found, numbered([(b"x", None, value.encode()) for _row in range(3)])) in ([], [0, 1, 2])
        return
    for places in ([0], [63], [64], [127, 128], [199], [0, 199], []):
        rows = numbered((b"plain", None, b"", value.encode() if row in places else b"1 2") for row in range(200))
        found_in = candidates(found, rows)
        if "\\" in value:  # rows beside an escape are looked at too
            assert set(places) <= set(found_in)
            assert len(found_in) <= 9 * len(places)
        else:
            assert found_in == places


@pytest.mark.parametrize("rows", [[], [[b"0", None, b""]], [[b"0", b"bob", b"12"], [b"1", b"\xff" * 40, None]]])
def test_what_stands_before_the_rows_is_no_candidate(rows: list[list[Cell]]) -> None:
    for found in FINDERS.values():
        assert candidates(found, rows) == []


@pytest.mark.parametrize("value", ["ann@x.com", "+4930901820", "030 901820", "030%20901820", "030%C2%A0901820", '["30\\u00a0901820"]'])
@pytest.mark.parametrize("others", ["ann@x.com", "bob@y.example"])
def test_cells_of_every_length(value: str, others: str) -> None:
    """The bytes of a length are none of a value, whatever they look like: 37 is a %, 48 is a 0, 23669 is a \\u."""
    found = finder("+4930901820", others, "ann@x.com" if others != "ann@x.com" else "carl@z.example", region="DE")
    for length in [*range(len(value) + 1, 300), 8229, 23669]:
        cell = (value.encode() + b" x" * length)[:length]
        assert holds(found, [cell])
        assert candidates(found, numbered([(b"", cell), (None, b"x")]))[:1] == [0], length


# Without the time: two test processes have to name their tests alike.
GZIPPED = gzip.compress(b"a" * 30 + b"b" * 30 + bytes(range(60)), mtime=0)
PEOPLE = [{"name": "Ann Smith", "email": "ann@x.com"}, {"name": "Bob"}]
PACKED = {
    "gzip": GZIPPED,
    "zlib": zlib.compress(bytes(range(60))),
    "zlib, no compression": zlib.compress(bytes(range(60)), 0),
    "zlib, best": zlib.compress(bytes(range(60)), 9),
    "zstd": b"\x28\xb5\x2f\xfd" + bytes(range(40)),
    "bz2": bz2.compress(bytes(range(60))),
    "xz": lzma.compress(bytes(range(60))),
    "LZ4": b"\x04\x22\x4d\x18" + bytes(range(40)),
    "snappy": b"\xff\x06\x00\x00sNaPpY" + bytes(range(40)),
    "UTF-16, little": codecs.BOM_UTF16_LE + "Ann Smith, Main Street".encode("utf-16-le"),
    "UTF-16, big": codecs.BOM_UTF16_BE + "Ann Smith, Main Street".encode("utf-16-be"),
}
ENCODED = {
    "gzip": GZIPPED,
    "object": json.dumps(PEOPLE[0]).encode(),
    "object on lines": json.dumps(PEOPLE[0], indent=2).encode(),
    "object on lines with tabs": json.dumps(PEOPLE[0], indent="\t").encode(),
    "object on DOS lines": json.dumps(PEOPLE[0], indent=2).replace("\n", "\r\n").encode(),
    "object by number": json.dumps({"4930901820": "Ann Smith"}).encode(),
    "list of objects": json.dumps(PEOPLE).encode(),
    "list of texts": json.dumps(["ann@x.com", "bob@y.example"]).encode(),
    "list of phone numbers": json.dumps(["+4930901820", "+14155550123"]).encode(),
    "list of national numbers": json.dumps(["030901820", "4155550123"]).encode(),
    "list on lines": json.dumps(PEOPLE, indent=2).encode(),
}


def count(*page: Cell) -> int:
    return NotSearchable().count(page_of([page]), len(HEADER), len(page))


@pytest.mark.parametrize("how", PACKED)
def test_compressed_values_are_counted(how: str) -> None:
    assert count(PACKED[how]) == 1
    assert count(None, b"x", PACKED[how], b"", b"y" * 40, PACKED[how], None) == 2


@pytest.mark.parametrize("how", ENCODED)
def test_encoded_values_are_counted(how: str) -> None:
    text = base64.b64encode(ENCODED[how])
    assert count(text) == 1
    assert count(b"", json.dumps({"v": text.decode(), "n": 1}).encode(), None, text) == 2
    assert count(json.dumps([json.dumps([text.decode()])]).encode()) == 1


@pytest.mark.parametrize(
    "value",
    [
        None,
        b"",
        json.dumps(PEOPLE).encode(),
        json.dumps(PEOPLE, indent=1).encode(),
        json.dumps({"note": "a greyJay and an eyJ, H4sI: nothing at all"}).encode(),
        b"the heyJude of W3si and WyJ and H4sI is long enough",
        b"550e8400-e29b-41d4-a716-446655440000",
        bytes.fromhex("550e8400e29b41d4a716446655440000"),
        b"eyJhIjoxfQ==",
        base64.b64encode(gzip.compress(b"", mtime=0))[:20],
        GZIPPED[:23],
        b"   " + GZIPPED,
        base64.b64encode(b"an ordinary text that is only encoded"),
        "Ann Müller-Lüdenscheidt, Straße 7".encode(),
    ],
)
def test_other_values_are_not(value: Cell) -> None:
    assert count(value, value) == 0
    assert count(value, PACKED["gzip"], value) == 1  # also where the cells are walked through


BINARY = {
    "CBOR": b"\xa1\x65phone\x1b\x00\x00\x00\x01\x25\xe9\x28\x7c",
    "CBOR, list of maps": b"\x82\xa2\x65phone\x1b\x00\x00\x00\x01\x25\xe9\x28\x7c\x61n\x01",
    "CBOR, tagged": b"\xd9\xd9\xf7\x1b\x00\x00\x00\x01\x25\xe9\x28\x7c",
    "CBOR, list of numbers": b"\x82\x1b\x00\x00\x00\x01\x25\xe9\x28\x7c\x01",
    "CBOR, map without an end": b"\xbf\x65phone\x1b\x00\x00\x00\x01\x25\xe9\x28\x7c\xff",
    "MessagePack": b"\x81\xa5phone\xcf\x00\x00\x00\x01\x25\xe9\x28\x7c",
    "MessagePack, list of maps": b"\x92\x81\xa5phone\xcf\x00\x00\x00\x01\x25\xe9\x28\x7c\xc0",
    "MessagePack, large map": b"\xde\x00\x20\xa5phone\xce\x25\xe9\x28\x7c",
    "MessagePack, list of numbers": b"\x92\xcf\x00\x00\x00\x01\x25\xe9\x28\x7c\x01",
    "Smile": b":)\n\x00\xfa\x84phone\x25\x00",
}


@pytest.mark.parametrize("how", BINARY)
def test_binary_json_is_counted_where_numbers_are_searched_for(how: str) -> None:
    page = page_of([[b"x", BINARY[how], None, b'{"a": 1}', "J\u00fcrgen".encode(), "\u00e4b".encode(), b"\xa1", b"", GZIPPED]])
    assert NotSearchable().count(page, len(HEADER), 9, binary=True) == 2
    assert NotSearchable().count(page, len(HEADER), 9) == 1


def test_what_stands_before_the_rows_is_not_counted() -> None:
    body = GZIPPED + spelled([b"x" * 40])
    assert NotSearchable().count(body, len(GZIPPED), 1) == 0


NUMBERS_OF_ANN = {
    "int": (cql.Int32Type, 30901820),
    "bigint": (cql.LongType, 4930901820),
    "varint": (cql.IntegerType, 4930901820),
    "decimal": (cql.DecimalType, decimal.Decimal("4930901820.0")),
    "double": (cql.DoubleType, 4930901820.0),
    "list": (cql.ListType.apply_parameters([cql.LongType]), [1, 4930901820]),
    "map": (cql.MapType.apply_parameters([cql.LongType, cql.UTF8Type]), {4930901820: "x"}),
    "tuple": (cql.TupleType.apply_parameters([cql.UTF8Type, cql.LongType]), ("x", 4930901820)),
}


@pytest.mark.parametrize("kind", NUMBERS_OF_ANN)
def test_columns_of_numbers_are_searched_for_phones(kind: str) -> None:
    cql_type, value = NUMBERS_OF_ANN[kind]
    raw = cql_type.to_binary(value, 4)
    other = cql_type.to_binary(type(value)() if kind in ("list", "map") else ("y", 5) if kind == "tuple" else 5, 4)
    rows = [[b"%d" % row, raw if row == 7 else None if row == 3 else other] for row in range(20)]
    found = finder("+4930901820", region="DE")
    page = page_of(rows)
    candidates_of = _candidates(page, len(HEADER), len(rows), [cql.UTF8Type, cql_type], found.prefilter, 4)
    assert [row.cells[0] for row in candidates_of] == [b"7"]
    assert found.certainty({"phone": decode(raw, cql_type, 4)}) is not None


def test_huge_numbers_stop_nothing() -> None:
    huge = cql.IntegerType.to_binary(10**5000, 4)
    exponent = cql.DecimalType.to_binary(decimal.Decimal("1E+1000000"), 4)
    found = finder("+4930901820", region="DE")
    for cql_type, raw in ((cql.IntegerType, huge), (cql.DecimalType, exponent)):
        assert _candidates(page_of([[raw]]), len(HEADER), 1, [cql_type], found.prefilter, 4) == ()
        assert found.certainty({"phone": decode(raw, cql_type, 4)}) is None
