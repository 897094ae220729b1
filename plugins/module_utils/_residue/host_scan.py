# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Everything on one host, searched until nothing is left that was not.

Files come and go while the scan runs. The scan is complete when every file of one listing was read, and that listing was made at one moment
(``Listing.steady``): all that was on the disk at that moment was read then. When a file is gone before it was read, what was in it is in another file,
so there is another listing, of which only the new files are read. When that does not end in time, the scan says so.
"""

from __future__ import annotations

import dataclasses
import os
import time
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._residue import unreadable
from ansible_collections.genesys.gws.plugins.module_utils._residue.block_search import BlockSearch, Counts
from ansible_collections.genesys.gws.plugins.module_utils._residue.directories import Folder
from ansible_collections.genesys.gws.plugins.module_utils._residue.item_search import ItemResult, ItemSearch
from ansible_collections.genesys.gws.plugins.module_utils._residue.listing import Item, Listing, list_files
from ansible_collections.genesys.gws.plugins.module_utils._residue.places import Place
from ansible_collections.genesys.gws.plugins.module_utils._residue.unreadable import Unreadable, Vanished

_SHORTEST_WAIT, _LONGEST_WAIT = 0.2, 2.0  # seconds between listings


@dataclasses.dataclass(frozen=True)
class ScanOptions:
    """``settle_timeout``: seconds to wait for unfinished files and a quiet moment. ``bytes_per_second``: 0 is no cap."""

    settle_timeout: float = 120.0
    bytes_per_second: float = 0.0
    stop_file: str = ""


@dataclasses.dataclass(frozen=True)
class HostScanResult:
    """The result of a host: each item of the last listing with its result, and what could not be read.

    ``indexed``: tables with secondary indexes. ``read``, ``searched``: bytes on disk and after decompression.
    """

    items: tuple[tuple[Item, ItemResult], ...]
    missing: tuple[tuple[Place, str], ...]
    indexed: frozenset[tuple[str, str]]
    read: int
    searched: int


class _Stopped(Exception):
    """The stop file exists."""


class HostScan:
    """One scan of one host."""

    def __init__(self, folders: t.Sequence[Folder], keyspaces: t.Collection[str], search: BlockSearch, options: ScanOptions) -> None:
        self._folders = folders
        self._keyspaces = keyspaces
        self._options = options
        self._items = ItemSearch(search, self._pace)
        self._found: dict[t.Any, ItemResult] = {}
        self._began = time.monotonic()
        self._to_read = 0

    def run(self) -> HostScanResult:
        """Scan until all files of a stable listing were read, or the time is over."""
        deadline: float | None = None
        wait = _SHORTEST_WAIT
        while True:
            listing = list_files(self._folders, self._keyspaces)
            new = [item for item in listing.items if item.key not in self._found]
            try:
                settled = self._read(new)
            except _Stopped:
                return self._result(listing, unreadable.STOPPED)
            if settled and listing.steady:
                return self._result(listing, "")
            if deadline is None:
                deadline = time.monotonic() + self._options.settle_timeout
            elif time.monotonic() > deadline:
                return self._result(listing, "" if listing.steady else unreadable.KEPT_CHANGING)
            time.sleep(wait)
            wait = min(2 * wait, _LONGEST_WAIT)

    def _read(self, items: t.Iterable[Item]) -> bool:
        """Search new items. Returns whether all of them were read, or never can be."""
        settled = True
        for item in items:
            if self._options.stop_file and os.path.exists(self._options.stop_file):
                raise _Stopped
            try:
                found = self._items.find(item)
            except Vanished:
                settled = False
                continue
            except Unreadable as fault:
                found = ItemResult({}, (fault.reason,), passing=fault.passing)
            if found.passing:
                settled = False
            else:
                self._found[item.key] = found
        return settled

    def _result(self, listing: Listing, why_not: str) -> HostScanResult:
        missing = list(listing.missing)
        pairs = []
        for item in listing.items:
            found = self._found.get(item.key)
            if found is None:
                found = self._last_look(item, why_not)
            pairs.append((item, found))
        if why_not:
            missing.append((Place(self._folders[0].kind), why_not))
        return HostScanResult(tuple(pairs), tuple(missing), listing.indexed, self._items.read, self._items.searched)

    def _last_look(self, item: Item, why_not: str) -> ItemResult:
        """The result of an item that was never read completely."""
        if why_not == unreadable.STOPPED:
            return ItemResult({}, (why_not,))
        try:
            found = self._items.find(item)
        except Vanished:
            return ItemResult({}, (unreadable.KEPT_CHANGING,))
        except Unreadable as fault:
            return ItemResult({}, (fault.reason,))
        return found if found.faults else dataclasses.replace(found, faults=(why_not,) if why_not else ())

    def _pace(self, size: int) -> None:
        """Wait until this many bytes may be read."""
        self._to_read += size
        if self._options.bytes_per_second:
            ahead = self._to_read / self._options.bytes_per_second - (time.monotonic() - self._began)
            while ahead > 0:
                if self._options.stop_file and os.path.exists(self._options.stop_file):
                    raise _Stopped
                time.sleep(min(ahead, 1.0))
                ahead -= 1.0


def merged(all_counts: t.Iterable[Counts]) -> dict[int, tuple[int, int]]:
    """(exact, possible) by subject, over several parts."""
    totals: dict[int, tuple[int, int]] = {}
    for counts in all_counts:
        for subject, count in counts.items():
            exact, possible = totals.get(subject, (0, 0))
            totals[subject] = (exact + count.exact, possible + count.possible)
    return totals
