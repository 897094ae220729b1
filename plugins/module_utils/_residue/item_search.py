# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Searches one SSTable, or one other file."""

from __future__ import annotations

import dataclasses
import os
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._residue import readers, sstable_names, unreadable
from ansible_collections.genesys.gws.plugins.module_utils._residue.block_search import BlockSearch, Count, Counts
from ansible_collections.genesys.gws.plugins.module_utils._residue.listing import File, Item
from ansible_collections.genesys.gws.plugins.module_utils._residue.places import Kind, is_commit_log, is_hints, is_saved_cache
from ansible_collections.genesys.gws.plugins.module_utils._residue.sstable_metadata import Written, parse_statistics
from ansible_collections.genesys.gws.plugins.module_utils._residue.sstable_names import Descriptor
from ansible_collections.genesys.gws.plugins.module_utils._residue.unreadable import Unreadable

_LARGEST_STATISTICS = 64 << 20
_LARGEST_TOC = 1 << 16


@dataclasses.dataclass(frozen=True)
class ItemResult:
    """The result of an item. ``counts``: by the part of an SSTable (data, index, statistics, ...; '' for other files), then by subject.

    ``faults``: why not all of it was searched. ``passing``: whether it may be readable later. ``read``: bytes on disk.
    ``searched``: bytes after decompression.
    """

    counts: dict[str, Counts]
    faults: tuple[str, ...]
    passing: bool = False
    written: Written | None = None
    read: int = 0
    searched: int = 0


@dataclasses.dataclass(frozen=True)
class _Part:
    counts: Counts
    faults: tuple[Unreadable, ...]
    searched: int


class ItemSearch:
    """Searches items; a file with several names is read once."""

    def __init__(self, search: BlockSearch, wait: t.Callable[[int], None]) -> None:
        """``wait`` is called with the number of bytes before each read, and may block."""
        self._search = search
        self._wait = wait
        self._parts: dict[t.Any, _Part] = {}
        self.read = 0  # bytes on disk
        self.searched = 0  # bytes after decompression

    def find(self, item: Item) -> ItemResult:
        """Search one item. :raises Vanished: if one of its files no longer exists."""
        files = dict(item.files)
        if item.descriptor is not None:
            return self._sstable(item.descriptor, files)
        file = files[""]
        faults: list[Unreadable] = []
        part = self._part(("", file.identity), [file], lambda: _reader(item, file.path, faults), faults)
        return _found({"": part}, None, [file])

    def _sstable(self, descriptor: Descriptor, files: dict[str, File]) -> ItemResult:
        if not descriptor.is_known:
            return ItemResult({}, (unreadable.UNKNOWN_VERSION,))
        if descriptor.temporary or not {sstable_names.TOC, sstable_names.DATA, sstable_names.STATISTICS} <= files.keys():
            return ItemResult({}, (unreadable.UNFINISHED,), passing=True)
        try:
            listed = sstable_names.toc_components(readers.text_of(files[sstable_names.TOC].path, _LARGEST_TOC))
        except Unreadable as fault:
            return ItemResult({}, (fault.reason,))
        if sstable_names.DATA not in listed or not listed <= files.keys() or not descriptor.is_whole(files):
            return ItemResult({}, (unreadable.UNFINISHED,), passing=True)
        written, faults = None, []
        try:
            written = parse_statistics(readers.bytes_of(files[sstable_names.STATISTICS].path, _LARGEST_STATISTICS))
        except Unreadable as fault:
            faults.append(fault)
        parts = {"data": self._data(descriptor, files)}
        for component, file in files.items():
            if component != sstable_names.DATA and sstable_names.holds_text(component):
                parts[_part_name(component)] = self._plain_component(component, file, parts["data"])
        found = _found(parts, written, list(files.values()))
        return dataclasses.replace(found, faults=(*found.faults, *(fault.reason for fault in faults)))

    def _data(self, descriptor: Descriptor, files: dict[str, File]) -> _Part:
        data, faults = files[sstable_names.DATA], list[Unreadable]()
        info, checksums = files.get(sstable_names.COMPRESSION_INFO), files.get(sstable_names.CHECKSUMS)
        if info is not None:
            long_chunks = descriptor.has_max_compressed_length
            return self._part(
                ("data", data.identity, info.identity),
                [data],
                lambda: readers.compressed_data(data.path, info.path, long_chunks, faults),
                faults,
            )
        if checksums is not None:
            key = ("data", data.identity, checksums.identity)
            return self._part(key, [data], lambda: readers.unpacked_data(data.path, checksums.path, faults), faults)
        return self._part(("data", data.identity), [data], lambda: readers.plain(data.path), faults)

    def _plain_component(self, component: str, file: File, data: _Part) -> _Part:
        """The other components repeat the content of Data.db without the lengths that help to distinguish identifiers. So possible matches in them
        count only if Data.db could not be read.
        """
        part = self._part((component, file.identity), [file], lambda: readers.plain(file.path), [])
        if data.faults:
            return part
        certain = {subject: Count(exact=count.exact) for subject, count in part.counts.items() if count.exact}
        return dataclasses.replace(part, counts=certain)

    def _part(self, key: t.Any, files: list[File], blocks: t.Callable[[], readers.Blocks], faults: list[Unreadable]) -> _Part:
        if key in self._parts:
            return self._parts[key]
        size = sum(file.identity[2] for file in files)
        self._wait(size)
        counts: Counts = {}
        searched = 0
        try:
            counts, searched = self._search.search(blocks())
        except Unreadable as fault:
            faults.append(fault)
        part = _Part(counts, tuple(faults), searched)
        self.read += size
        self.searched += searched
        if not any(fault.passing for fault in faults):
            self._parts[key] = part
        return part


def _found(parts: dict[str, _Part], written: Written | None, files: list[File]) -> ItemResult:
    faults = [fault for part in parts.values() for fault in part.faults]
    return ItemResult(
        counts={name: part.counts for name, part in parts.items() if part.counts},
        faults=tuple(dict.fromkeys(fault.reason for fault in faults)),
        passing=bool(faults) and all(fault.passing for fault in faults),
        written=written,
        read=sum(file.identity[2] for file in files),
        searched=sum(part.searched for part in parts.values()),
    )


def _part_name(component: str) -> str:
    known = {"Index.db": "index", "Summary.db": "summary", "Statistics.db": "statistics", "Partitions.db": "index", "Rows.db": "rows"}
    return known.get(component, "other")


def _reader(item: Item, path: str, faults: list[Unreadable]) -> readers.Blocks:
    if is_commit_log(item.name) and item.place.kind in (Kind.COMMIT_LOG, Kind.CDC, Kind.EXTRA):
        return readers.commit_log(path, faults)
    if is_hints(item.name) and item.place.kind in (Kind.HINTS, Kind.EXTRA):
        return readers.hints(path, faults)
    if item.place.kind is Kind.SAVED_CACHES and is_saved_cache(item.name):
        return readers.plain(path)
    return readers.other_file(path)


def free_bytes(path: str) -> int | None:
    """Free bytes of the file system of a folder for users other than root; None if unknown."""
    try:
        status = os.statvfs(path)
    except OSError:
        return None
    return status.f_bavail * status.f_frsize
