# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Parses CompressionInfo.db and Statistics.db. Pure; all numbers are big endian."""

from __future__ import annotations

import dataclasses
import struct
import typing as t
import zlib

from ansible_collections.genesys.gws.plugins.module_utils._residue import unreadable
from ansible_collections.genesys.gws.plugins.module_utils._residue.unreadable import Unreadable

_LARGEST_CHUNK = 1 << 28
_MOST_OPTIONS = 1000
_STATS = 2  # the type of the part of Statistics.db that has the timestamps


class _Reader:
    """Takes numbers and texts off a stream of bytes. :raises Unreadable: when there are too few."""

    def __init__(self, stream: t.BinaryIO) -> None:
        self._stream = stream

    def take(self, form: str) -> tuple[t.Any, ...]:
        size = struct.calcsize(form)
        data = self._stream.read(size)
        if len(data) != size:
            raise Unreadable(unreadable.DAMAGED_METADATA)
        return struct.unpack(form, data)

    def number(self, form: str) -> int:
        return int(self.take(form)[0])

    def text(self) -> str:
        size = self.number(">H")
        return t.cast("bytes", self.take(f">{size}s")[0]).decode("utf-8", "replace")


@dataclasses.dataclass(frozen=True)
class CompressionInfo:
    """How Data.db is compressed. ``compressor`` is the name of a class; lengths are bytes."""

    compressor: str
    chunk_length: int
    max_compressed_length: int
    data_length: int
    chunks: int


def read_compression_info(stream: t.BinaryIO, *, has_max_compressed_length: bool) -> CompressionInfo:
    """The head of a CompressionInfo.db; the stream then stands at the offsets, ``chunks`` numbers of 8 bytes.

    :raises Unreadable: when it makes no sense.
    """
    reader = _Reader(stream)
    compressor = reader.text()
    options = reader.number(">i")
    if not 0 <= options <= _MOST_OPTIONS:
        raise Unreadable(unreadable.DAMAGED_METADATA)
    for _unused in range(2 * options):
        reader.text()
    chunk_length = reader.number(">i")
    longest = reader.number(">i") if has_max_compressed_length else 2**31 - 1
    data_length, chunks = reader.number(">q"), reader.number(">i")
    # 3.11 writes an empty chunk at the end of what it compacted, so there may be one more than the length asks for.
    if not 0 < chunk_length <= _LARGEST_CHUNK or longest < 0 or data_length < 0 or chunks < 0 or chunks < -(-data_length // chunk_length):
        raise Unreadable(unreadable.DAMAGED_METADATA)
    return CompressionInfo(compressor, chunk_length, longest, data_length, chunks)


@dataclasses.dataclass(frozen=True)
class Written:
    """The oldest and the newest write in an SSTable, in microseconds since 1970 (as the clients said)."""

    oldest: int
    newest: int


def parse_statistics(data: bytes) -> Written:
    """The times of the writes out of a Statistics.db. Its layout up to there is the same in all versions, but for checksums since 4.0.

    :raises Unreadable: when it makes no sense.
    """
    for with_checksums in (True, False):
        start = _start_of_stats(data, with_checksums)
        if start is not None:
            return _written(data, start)
    raise Unreadable(unreadable.DAMAGED_METADATA)


def _start_of_stats(data: bytes, with_checksums: bool) -> int | None:
    """Where the statistics begin, None when this is not the layout."""
    try:
        (count,) = struct.unpack_from(">i", data)
        if not 0 < count <= 16:
            raise Unreadable(unreadable.DAMAGED_METADATA)
        place = 4
        if with_checksums:
            if struct.unpack_from(">I", data, 4) != (zlib.crc32(data[:4]),):
                return None
            place = 8
        entries = [struct.unpack_from(">ii", data, place + 8 * number) for number in range(count)]
        end = place + 8 * count
        if with_checksums and struct.unpack_from(">I", data, end) != (_toc_checksum(data, place, count),):
            raise Unreadable(unreadable.DAMAGED_METADATA)
    except struct.error:
        raise Unreadable(unreadable.DAMAGED_METADATA) from None
    starts = sorted(start for _kind, start in entries)
    if starts[0] < end or starts[-1] > len(data):
        return None
    if with_checksums:
        for start, after in zip(starts, [*starts[1:], len(data)], strict=True):
            if after - start < 4 or zlib.crc32(data[start : after - 4]) != int.from_bytes(data[after - 4 : after], "big"):
                raise Unreadable(unreadable.DAMAGED_CHUNK)
    return next((start for kind, start in entries if kind == _STATS), None)


def _toc_checksum(data: bytes, place: int, count: int) -> int:
    """The checksum of the list of parts goes on from that of their number."""
    return zlib.crc32(data[place : place + 8 * count], zlib.crc32(data[:4]))


def _written(data: bytes, start: int) -> Written:
    place = start
    try:
        for _histogram in range(2):
            (buckets,) = struct.unpack_from(">i", data, place)
            if not 0 <= buckets <= 100_000:
                raise Unreadable(unreadable.DAMAGED_METADATA)
            place += 4 + 16 * buckets
        oldest, newest = struct.unpack_from(">qq", data, place + 12)  # after the position in the commit log
    except struct.error:
        raise Unreadable(unreadable.DAMAGED_METADATA) from None
    return Written(oldest, newest)
