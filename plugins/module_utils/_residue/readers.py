# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Reads files as streams of decompressed and verified bytes, in blocks of about a MiB.

A reader yields blocks. ``None`` among them is a gap: something there could not be read, and what follows is not the continuation of what was
before. Each gap has its reason in ``faults``. Memory does not depend on the size of a file.
"""

from __future__ import annotations

import os
import struct
import typing as t
import zlib

from ansible_collections.genesys.gws.plugins.module_utils._residue import codecs, unreadable
from ansible_collections.genesys.gws.plugins.module_utils._residue.logs import commit_log_header, hints_header
from ansible_collections.genesys.gws.plugins.module_utils._residue.sstable_metadata import CompressionInfo, read_compression_info
from ansible_collections.genesys.gws.plugins.module_utils._residue.unreadable import Unreadable, Vanished

BLOCK = 1 << 20  # bytes
_LARGEST_SECTION = 1 << 28
_OFFSETS = 8192  # chunk offsets read at a time

Blocks = t.Iterator["bytes | None"]
Faults = list[Unreadable]


def opened(path: str) -> t.BinaryIO:
    """:raises Vanished: when it is gone. :raises Unreadable: when it can't be opened."""
    try:
        return open(path, "rb")
    except FileNotFoundError:
        raise Vanished from None
    except OSError as error:
        raise Unreadable(unreadable.cannot_be_opened(error)) from None


def _read(stream: t.BinaryIO, size: int) -> bytes:
    try:
        return stream.read(size)
    except OSError as error:
        raise Unreadable(unreadable.cannot_be_opened(error)) from None


def plain(path: str) -> Blocks:
    """A file that is not compressed and has no checksums."""
    with opened(path) as stream:
        while block := _read(stream, BLOCK):
            yield block


def unpacked_data(path: str, checksums_path: str, faults: Faults) -> Blocks:
    """A Data.db that is not compressed. CRC.db has the length of a chunk and a checksum for each: Adler-32 up to 2.2, CRC-32 since."""
    with opened(path) as stream, opened(checksums_path) as checksums:
        chunk_length = int.from_bytes(_read(checksums, 4), "big")
        if not 0 < chunk_length <= _LARGEST_SECTION:
            raise Unreadable(unreadable.DAMAGED_METADATA)
        per_block = max(1, BLOCK // chunk_length)
        while block := _read(stream, chunk_length * per_block):
            for start in range(0, len(block), chunk_length):
                wanted = _read(checksums, 4)
                if not wanted or not _is_checksum(int.from_bytes(wanted, "big"), memoryview(block)[start : start + chunk_length]):
                    faults.append(Unreadable(unreadable.DAMAGED_CHUNK))
            yield block
        # What was compacted may end with the checksum of an empty chunk.
        while rest := _read(checksums, 4):
            if not _is_checksum(int.from_bytes(rest, "big"), b""):
                faults.append(Unreadable(unreadable.CUT_SHORT))
                return


def compressed_data(path: str, info_path: str, has_max_compressed_length: bool, faults: Faults) -> Blocks:
    """A compressed Data.db: chunks, each with a checksum of its compressed bytes behind it (Adler-32 up to 2.2, CRC-32 since)."""
    with opened(path) as stream, opened(info_path) as info_stream:
        info = read_compression_info(info_stream, has_max_compressed_length=has_max_compressed_length)
        decompress = codecs.decompressor(info.compressor)
        size = os.fstat(stream.fileno()).st_size
        parts: list[bytes] = []
        gathered, plain_length = 0, 0
        for start, end in _chunks(info_stream, info.chunks, size):
            try:
                chunk = _chunk(stream, start, end, info, decompress)
            except Unreadable as fault:
                faults.append(fault)
                yield b"".join(parts)
                yield None
                parts, gathered = [], 0
                plain_length += info.chunk_length
                continue
            chunk = chunk[: max(0, info.data_length - plain_length)]  # a chunk that is stored as it is may have zeroes behind it
            parts.append(chunk)
            gathered += len(chunk)
            plain_length += len(chunk)
            if gathered >= BLOCK:
                yield b"".join(parts)
                parts, gathered = [], 0
        yield b"".join(parts)
        if plain_length < info.data_length and not faults:
            faults.append(Unreadable(unreadable.CUT_SHORT))


def _chunks(info_stream: t.BinaryIO, count: int, size: int) -> t.Iterator[tuple[int, int]]:
    """Start and end of each chunk with its checksum. :raises Unreadable: when they do not follow each other up to the end of the file."""
    previous = None
    for first in range(0, count, _OFFSETS):
        wanted = min(_OFFSETS, count - first)
        data = _read(info_stream, 8 * wanted)
        if len(data) != 8 * wanted:
            raise Unreadable(unreadable.DAMAGED_METADATA)
        for (offset,) in struct.iter_unpack(">q", data):
            if not (0 if previous is None else previous + 4) <= offset <= size:
                raise Unreadable(unreadable.DAMAGED_METADATA if offset <= size else unreadable.CUT_SHORT)
            if previous is not None:
                yield previous, offset
            previous = offset
    if previous is not None:
        yield previous, size


def _chunk(stream: t.BinaryIO, start: int, end: int, info: CompressionInfo, decompress: codecs.Decompress) -> bytes:
    if not 4 <= end - start <= _LARGEST_SECTION:
        raise Unreadable(unreadable.DAMAGED_METADATA)
    if stream.tell() != start:
        stream.seek(start)
    data = _read(stream, end - start)
    if len(data) != end - start:
        raise Unreadable(unreadable.CUT_SHORT)
    body = data[:-4]
    if not _is_checksum(int.from_bytes(data[-4:], "big"), body):
        raise Unreadable(unreadable.DAMAGED_CHUNK)
    return body if len(body) >= info.max_compressed_length else decompress(body, info.chunk_length)


def _is_checksum(wanted: int, data: bytes | memoryview) -> bool:
    return zlib.crc32(data) == wanted or zlib.adler32(data) == wanted


def commit_log(path: str, faults: Faults) -> Blocks:
    """A segment of the commit log. One that is not compressed is searched as it lies: what an older segment left in it is on the disk too."""
    with opened(path) as stream:
        head = _read(stream, 1 << 16)
        compressor, start = commit_log_header(head)
        if compressor is None:
            yield head
            while block := _read(stream, BLOCK):
                yield block
            return
        decompress = codecs.decompressor(compressor)
        size = os.fstat(stream.fileno()).st_size
        while start + 8 <= size:
            stream.seek(start)
            marker = _read(stream, 8)
            end = int.from_bytes(marker[:4], "big")
            if not any(marker):
                return  # nothing was written from here on
            if not start + 12 <= end <= size:
                faults.append(Unreadable(unreadable.DAMAGED_SECTION, passing=True))
                return
            section = _read(stream, end - start - 8)
            longest = int.from_bytes(section[:4], "big")
            try:
                if longest > _LARGEST_SECTION or len(section) != end - start - 8:
                    raise Unreadable(unreadable.DAMAGED_SECTION, passing=True)
                plain_bytes = decompress(section[4:], longest)
                if len(plain_bytes) != longest:
                    raise Unreadable(unreadable.DAMAGED_SECTION, passing=True)
                yield plain_bytes
            except Unreadable as fault:
                faults.append(fault)
                yield None
            start = end


def hints(path: str, faults: Faults) -> Blocks:
    """A file of hints (3.0 and later)."""
    with opened(path) as stream:
        head = _read(stream, 1 << 16)
        compressor, start = hints_header(head)
        stream.seek(start)
        if compressor is None:
            while block := _read(stream, BLOCK):
                yield block
            return
        decompress = codecs.decompressor(compressor)
        while sizes := _read(stream, 8):
            longest, length = int.from_bytes(sizes[:4], "big"), int.from_bytes(sizes[4:], "big")
            if len(sizes) != 8 or longest > _LARGEST_SECTION or length > _LARGEST_SECTION:
                faults.append(Unreadable(unreadable.DAMAGED_SECTION, passing=True))
                return
            try:
                body = _read(stream, length)
                if len(body) != length:
                    raise Unreadable(unreadable.DAMAGED_SECTION, passing=True)
                yield decompress(body, longest)
            except Unreadable as fault:
                faults.append(fault)
                yield None


# What an archive or a compressed file begins with; tar has its mark further on.
_MAGIC = (
    b"\x1f\x8b",
    b"PK\x03\x04",
    b"\x28\xb5\x2f\xfd",
    b"\x04\x22\x4d\x18",
    b"BZh",
    b"\xfd7zXZ\x00",
    b"\xff\x06\x00\x00sNaPpY",
    b"7z\xbc\xaf\x27\x1c",
    b"age-encryption.org",
    b"Salted__",
    b"-----BEGIN PGP",
    b"\x89LZO\x00",
    b"\x02\x21\x4c\x18",
    b"\x1f\x9d",
    b"\x5d\x00\x00",
    b"LZIP",
    b"Rar!\x1a",
    b"PAR1",
    b"Obj\x01",
    b"hsqs",
    b"$ANSIBLE_VAULT",
)
_SAMPLE = 1 << 16  # bytes at the beginning, in the middle and at the end
_SMALLEST_SAMPLE = 512  # bytes; so few can't be made smaller, whatever they are
_MOST_INFORMATION = 0.97  # of its size that a sample keeps when it is compressed; text and the cells of a table keep less than 0.8


def other_file(path: str) -> Blocks:
    """A file of unknown format, read as it is. :raises Unreadable: if it is an archive, compressed or encrypted."""
    with opened(path) as stream:
        head = _read(stream, 512)
        if head.startswith(_MAGIC) or head[257:262] == b"ustar":
            raise Unreadable(unreadable.ARCHIVE)
        if _is_packed(stream):
            raise Unreadable(unreadable.PACKED)
        stream.seek(0)
        while block := _read(stream, BLOCK):
            yield block


def _is_packed(stream: t.BinaryIO) -> bool:
    """Whether a file holds so much information that it must be compressed or encrypted, by whatever: what is searched for is not seen in it."""
    size = os.fstat(stream.fileno()).st_size
    for start in dict.fromkeys((0, max(0, size // 2 - _SAMPLE // 2), max(0, size - _SAMPLE))):
        stream.seek(start)
        sample = _read(stream, _SAMPLE)
        if len(sample) >= _SMALLEST_SAMPLE and len(zlib.compress(sample, 1)) > _MOST_INFORMATION * len(sample):
            return True
    return False


def text_of(path: str, most: int) -> str:
    """A small text file."""
    with opened(path) as stream:
        return _read(stream, most).decode("utf-8", "replace")


def bytes_of(path: str, most: int) -> bytes:
    """A file of at most ``most`` bytes. :raises Unreadable: when it is larger."""
    with opened(path) as stream:
        data = _read(stream, most + 1)
    if len(data) > most:
        raise Unreadable(unreadable.DAMAGED_METADATA)
    return data
