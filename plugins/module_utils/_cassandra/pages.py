# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Pages of rows, searched as raw bytes and decoded only where something may match.

A page is the body of a RESULT message of the CQL binary protocol: rows of [bytes] cells, one behind the other.
"""

from __future__ import annotations

import bisect
import dataclasses
import io
import struct
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._cassandra.values import holds_bytes, holds_numbers, integers_in, is_binary_json
from ansible_collections.genesys.gws.plugins.module_utils._core import deps
from ansible_collections.genesys.gws.plugins.module_utils._core.prefilter import Span

with deps.declare("ahocorasick_rs"):
    from ahocorasick_rs import BytesAhoCorasick, MatchKind
with deps.declare("cassandra-driver"):
    import cassandra.cluster
    import cassandra.protocol

_INT = struct.Struct(">i")  # [int] of the CQL binary protocol; a negative length is null
_LONGEST_NUMBER = 100  # bits; a longer integer is no phone number
_BLOCK = 64  # parts that rows are cut into, where it has to be found out which of them may match
_RECEIVE = 1 << 18  # bytes; the driver's own 4096 make 700 system calls of one page


class RowFilter(t.Protocol):
    """Selects rows that may match: the prefilter, or ``EVERY_ROW``."""

    @property
    def wants_numbers(self) -> bool:
        """Whether numeric columns may match."""

    def may_match(self, data: bytes) -> bool:
        """False only if no leaf of the data can match."""

    def spans(self, data: bytes) -> list[Span] | None:
        """The spans of the data that may match; None if the position is unknown."""

    def may_be_numbers(self, digits: bytes) -> bool:
        """Whether the digits may belong to a number that is searched for."""


@dataclasses.dataclass(frozen=True)
class RawRow:
    """A row that may match: the raw bytes of each selected column."""

    cells: tuple[bytes | None, ...]


def _searched_already() -> t.NoReturn:
    """In place of ``search`` after a page was searched."""
    raise AssertionError


@dataclasses.dataclass
class Page:
    """A page of ``rows`` rows in ``size`` bytes. ``types`` are the driver's types of the columns.

    It is searched when that is first asked for, by whoever asks: not by the driver's one thread, which has to receive the next pages meanwhile.
    ``search`` gives the candidates and how many values are not searchable.
    """

    rows: int
    size: int
    types: tuple[t.Any, ...]
    search: t.Callable[[], tuple[tuple[RawRow, ...], int]] = dataclasses.field(repr=False)
    next_state: bytes | None = None
    _found: tuple[tuple[RawRow, ...], int] | None = dataclasses.field(default=None, init=False, repr=False)

    @property
    def _searched(self) -> tuple[tuple[RawRow, ...], int]:
        # Not functools.cached_property: up to Python 3.11 it has one lock for all pages, so that only one would be searched at a time.
        if self._found is None:
            self._found = self.detached()()
        return self._found

    def detached(self) -> t.Callable[[], tuple[tuple[RawRow, ...], int]]:
        """Takes ``search`` out, and with it the bytes of the page: whoever keeps the page (the driver does for a while) does not keep these."""
        search, self.search = self.search, _searched_already
        return search

    @property
    def candidates(self) -> tuple[RawRow, ...]:
        """The rows that the prefilter selects."""
        return self._searched[0]

    @property
    def not_searchable(self) -> int:
        """The number of values that are compressed or encoded and can't be searched."""
        return self._searched[1]


def receiving_more() -> t.Any:
    """The driver's connection class, with a larger receive buffer."""

    class Connection(cassandra.cluster.DefaultConnection):  # type: ignore[misc]
        in_buffer_size = _RECEIVE

    return Connection


def searching_handler(prefilter: RowFilter) -> t.Any:
    """A protocol handler that keeps a page as raw bytes, which are searched, and decoded only where they may match.

    ``Session.client_protocol_handler`` is the driver's documented way to decode results differently.
    """
    protocol = cassandra.protocol
    not_searchable = NotSearchable()
    # CQL binary protocol, section 2.2: tracing, custom payload, warnings stand before the result. The session wants no compression.
    other_flags = 0x02 | 0x04 | 0x08

    class SearchingHandler(protocol._ProtocolHandler):  # type: ignore[misc,name-defined]
        @classmethod
        def decode_message(  # pylint: disable=too-many-arguments
            cls,
            protocol_version: int,
            user_type_map: t.Any,
            stream_id: int,
            flags: int,
            opcode: int,
            body: bytes,
            decompressor: t.Any,
            result_metadata: t.Any,
        ) -> t.Any:
            if opcode == protocol.ResultMessage.opcode:
                stream = io.BytesIO(body)
                _skip_prefix(stream, flags & other_flags)
                if protocol.read_int(stream) == protocol.RESULT_KIND_ROWS:
                    message = protocol.ResultMessage(protocol.RESULT_KIND_ROWS)
                    message.recv_results_metadata(stream, user_type_map)
                    metadata = message.column_metadata or result_metadata or []
                    message.column_names = [column[2] for column in metadata]
                    message.column_types = [column[3] for column in metadata]
                    count = protocol.read_int(stream)
                    start = stream.tell()
                    types = tuple(message.column_types)

                    def search() -> tuple[tuple[RawRow, ...], int]:
                        found = _candidates(body, start, count, types, prefilter, protocol_version)
                        may_hold_numbers = prefilter.wants_numbers and any(map(holds_bytes, types))
                        return found, not_searchable.count(body, start, count * len(types), binary=may_hold_numbers)

                    message.parsed_rows = Page(rows=count, size=len(body), types=types, search=search)
                    message.stream_id = stream_id
                    message.trace_id = None
                    message.custom_payload = None
                    message.warnings = None
                    return message
            return super().decode_message(protocol_version, user_type_map, stream_id, flags, opcode, body, decompressor, result_metadata)

    return SearchingHandler


# How compressed and encoded values begin. Bytes: gzip, zlib, zstd, LZ4 frame, framed snappy, bzip2, xz, UTF-16 with a byte order mark. Texts:
# base64 of gzip, and of JSON (an object, a list of objects or of texts, an object with line ends).
_PACKED_BYTES = (
    *(
        b"\x1f\x8b\x08",
        b"\x78\x01",
        b"\x78\x5e",
        b"\x78\x9c",
        b"\x78\xda",
        b"\x28\xb5\x2f\xfd",
        b"\x04\x22\x4d\x18",
        b"\xff\x06\x00\x00sNaPpY",
    ),
    *(b"BZh", b"\xfd7zXZ\x00", b"\xff\xfe", b"\xfe\xff"),
)
_PACKED_TEXTS = (b"H4sI", b"eyI", b"eyJ", b"eyL", b"W3si", b"WyI", b"WyJ", b"WyL", b"ewog", b"ewoJ", b"ew0K", b"Wwog", b"WwoJ", b"Ww0K")
_IN_JSON = tuple(b'"' + mark for mark in _PACKED_TEXTS)
_HEAD = 8  # bytes of a cell, by which binary JSON is told
_SHORTEST_PACKED = 24  # bytes; shorter ones are ids that happen to begin so


class _EveryRow:
    """In place of a prefilter: selects every row."""

    wants_numbers = False

    def may_match(self, data: bytes) -> bool:
        """Always."""
        return True

    def spans(self, data: bytes) -> list[Span] | None:
        """Anywhere."""
        return None

    def may_be_numbers(self, digits: bytes) -> bool:
        """Always."""
        return True


EVERY_ROW: RowFilter = _EveryRow()


class NotSearchable:
    """Counts the values of a page that are compressed or encoded, so that no identifier can be seen in them, or binary JSON, whose numbers can't."""

    def __init__(self) -> None:
        # Looking for the marks anywhere costs next to nothing; the cells are walked through only where there is one.
        self._marks = BytesAhoCorasick([*_PACKED_BYTES, *_PACKED_TEXTS], matchkind=MatchKind.LeftmostFirst)

    def count(self, body: bytes, position: int, cells: int, *, binary: bool = False) -> int:
        """How many of the cells, which begin at ``position``, are so. ``binary``: there may be binary JSON in them, and numbers are searched for."""
        has_marks = bool(self._marks.find_matches_as_indexes(body))
        if not has_marks and not binary:
            return 0
        found = 0
        unpack = _INT.unpack_from
        for _cell in range(cells):
            (length,) = unpack(body, position)
            position += _INT.size
            if binary and length > 0 and is_binary_json(body[position : position + _HEAD]):
                found += 1
            elif has_marks and length >= _SHORTEST_PACKED:
                found += _is_packed(body[position : position + length])
            position += length if length > 0 else 0
        return found


def _is_packed(cell: bytes) -> bool:
    return cell.startswith(_PACKED_BYTES) or cell.startswith(_PACKED_TEXTS) or any(mark in cell for mark in _IN_JSON)


def _skip_prefix(stream: io.BytesIO, flags: int) -> None:
    protocol = cassandra.protocol
    if flags & 0x02:
        stream.read(16)
    if flags & 0x08:
        protocol.read_stringlist(stream)
    if flags & 0x04:
        protocol.read_bytesmap(stream)


def _candidates(  # pylint: disable=too-many-arguments
    body: bytes, position: int, rows: int, types: t.Sequence[t.Any], prefilter: RowFilter, protocol_version: int
) -> tuple[RawRow, ...]:
    """The rows of a page that may match, as raw cells."""
    columns = len(types)
    spans = prefilter.spans(body)
    numeric = [place for place, cql_type in enumerate(types) if prefilter.wants_numbers and holds_numbers(cql_type)]
    if spans == [] and not numeric:
        return ()
    starts = _row_starts(body, position, rows, columns)
    found = _rows_of(spans, starts) if spans is not None else _candidates_by_blocks(body, starts, 0, rows, prefilter)
    if numeric:
        found |= _rows_with_numbers(body, starts, types, numeric, prefilter, protocol_version)
    return tuple(_cells(body, starts[row], columns) for row in sorted(found))


def _rows_with_numbers(  # pylint: disable=too-many-arguments
    body: bytes, starts: t.Sequence[int], types: t.Sequence[t.Any], numeric: t.Sequence[int], prefilter: RowFilter, protocol_version: int
) -> set[int]:
    """The rows whose numeric columns may contain a number that is searched for."""
    digits: list[bytes] = []
    for start in starts[:-1]:
        cells = _cells(body, start, len(types)).cells
        numbers = [number for place in numeric for number in integers_in(cells[place] or b"", types[place], protocol_version)]
        digits.append(b",".join(b"%d" % number for number in numbers if number.bit_length() <= _LONGEST_NUMBER))
    if not prefilter.may_be_numbers(b",".join(digits)):
        return set()
    return {row for row, numbers_of_row in enumerate(digits) if prefilter.may_be_numbers(numbers_of_row)}


def _rows_of(spans: t.Iterable[tuple[int, int]], starts: t.Sequence[int]) -> set[int]:
    """The rows that contain spans of the page. A span across the end of a row counts for both rows, because it may hide one that begins there."""
    found: set[int] = set()
    for start, end in spans:
        first, last = bisect.bisect_right(starts, start) - 1, bisect.bisect_left(starts, end) - 1
        found.update(range(max(first, 0), min(last, len(starts) - 2) + 1))
    return found


def _candidates_by_blocks(body: bytes, starts: t.Sequence[int], first: int, end: int, prefilter: RowFilter) -> set[int]:
    """The rows from ``first`` to ``end`` that may match, if the spans of the page are unknown: tests blocks of rows, then single rows."""
    found: set[int] = set()
    block = max(1, (end - first) // _BLOCK)
    for row in range(first, end, block):
        behind = min(row + block, end)
        if prefilter.may_match(body[starts[row] : starts[behind]]):
            found |= {row} if block == 1 else _candidates_by_blocks(body, starts, row, behind, prefilter)
    return found


def _row_starts(body: bytes, position: int, rows: int, columns: int) -> list[int]:
    """The start of each row, and the end of the last one. Names are bound once, because this is the hottest loop of a search for many people."""
    starts = [position]
    unpack, length_of = _INT.unpack_from, _INT.size
    each_column = range(columns)
    for _row in range(rows):
        for _column in each_column:
            (length,) = unpack(body, position)
            position += length_of + length if length > 0 else length_of
        starts.append(position)
    return starts


def _cells(body: bytes, position: int, columns: int) -> RawRow:
    cells: list[bytes | None] = []
    for _column in range(columns):
        length = _INT.unpack_from(body, position)[0]
        position += _INT.size
        cells.append(body[position : position + length] if length >= 0 else None)
        position += max(length, 0)
    return RawRow(tuple(cells))
