# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Lists files consistently, as of one moment.

Cassandra replaces files while they are listed: an SSTable can be removed from a folder that was not read yet, and its successor can appear in one
that was. So the change times of all folders are compared: a listing is valid only if no folder changed from before the first was read until after
the last.
"""

from __future__ import annotations

import dataclasses
import os
import stat
import time
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._residue import sstable_names, unreadable
from ansible_collections.genesys.gws.plugins.module_utils._residue.directories import Folder
from ansible_collections.genesys.gws.plugins.module_utils._residue.places import (
    Kind,
    Place,
    is_commit_log,
    is_hints,
    place_in_data_folder,
    place_in_extra_folder,
)
from ansible_collections.genesys.gws.plugins.module_utils._residue.sstable_names import Descriptor

_CLOCK_TICK = 50_000_000  # nanoseconds in which two changes of a folder may have the same time

Identity = tuple[int, int, int, int]
"""Device, inode, size and time of change: an inode alone is used again at once."""


@dataclasses.dataclass(frozen=True)
class File:
    """A file at the time of the listing."""

    path: str
    identity: Identity


@dataclasses.dataclass(frozen=True)
class Item:
    """A unit of the search: the components of an SSTable, or another file. ``name``: that of the SSTable or the file."""

    place: Place
    name: str
    descriptor: Descriptor | None
    files: tuple[tuple[str, File], ...]
    """By component; another file is the only one, under ``""``."""

    @property
    def key(self) -> tuple[t.Any, ...]:
        """The same for the same content: hard links of a snapshot have the key of the live files. Files that grow are known by their inode."""
        grows = self.place.kind in (Kind.COMMIT_LOG, Kind.CDC, Kind.HINTS)
        identities = tuple(sorted((part, file.identity[:2] if grows else file.identity) for part, file in self.files))
        return (self.place.kind if self.descriptor is None else "", self.name, identities)


@dataclasses.dataclass(frozen=True)
class Listing:
    """``steady``: nothing changed meanwhile. ``missing``: folders that can't be listed, with the reason.

    ``indexed``: (keyspace, table) of tables with secondary indexes in folders of their own.
    """

    items: tuple[Item, ...]
    missing: tuple[tuple[Place, str], ...]
    indexed: frozenset[tuple[str, str]]
    steady: bool


def list_files(folders: t.Iterable[Folder], keyspaces: t.Collection[str]) -> Listing:
    """All files below the folders. ``keyspaces``: the only ones to look at in data folders; all when empty."""
    walk = _Walk(frozenset(keyspaces))
    for folder in folders:
        walk.folder(folder)
    walk.missing += [(Place(Kind.LIVE, keyspace), unreadable.NO_KEYSPACE) for keyspace in sorted(set(keyspaces) - walk.keyspaces)]
    return Listing(tuple(walk.items()), tuple(dict.fromkeys(walk.missing)), frozenset(walk.indexed), walk.is_steady())


class _Walk:
    def __init__(self, keyspaces: frozenset[str]) -> None:
        self._keyspaces = keyspaces
        self._times: dict[str, int] = {}
        self._steady = True
        self._visited: set[tuple[int, int]] = set()
        self._sstables: dict[tuple[str, Descriptor], tuple[Place, dict[str, File]]] = {}
        self._others: list[Item] = []
        self.missing: list[tuple[Place, str]] = []
        self.indexed: set[tuple[str, str]] = set()
        self.keyspaces: set[str] = set()

    def folder(self, folder: Folder) -> None:
        """List one of the folders of the node and all below it."""
        if folder.kind is Kind.EXTRA and os.path.isfile(folder.path):
            self._file(folder, (), os.path.dirname(folder.path), os.path.basename(folder.path))
            return
        self._below(folder, folder.path, ())

    def _below(self, folder: Folder, path: str, parts: tuple[str, ...]) -> None:
        try:
            before = os.stat(path)
            if (before.st_dev, before.st_ino) in self._visited:
                return  # a link to a folder that was already listed
            self._visited.add((before.st_dev, before.st_ino))
            if abs(time.time_ns() - before.st_mtime_ns) < _CLOCK_TICK:
                self._steady = False
            self._times[path] = before.st_mtime_ns
            with os.scandir(path) as entries:
                found = sorted((entry.name, entry.is_dir()) for entry in entries)
        except FileNotFoundError:
            if parts:
                self._steady = False  # it was removed meanwhile
            elif folder.required:
                self.missing.append((_place(folder, parts), unreadable.NO_FOLDER))
            return
        except OSError as error:
            self.missing.append((_place(folder, parts), unreadable.cannot_be_opened(error)))
            return
        place = _place(folder, parts)
        if not parts and _is_empty_folder(folder, found):
            self.missing.append((place, unreadable.EMPTY_FOLDER))
        if not parts and folder.kind is Kind.LIVE:
            self.keyspaces.update(name for name, is_folder in found if is_folder)
        if place.kind is Kind.LIVE and place.index:
            self.indexed.add((place.keyspace, place.table))
        for name, is_folder in found:
            if not is_folder:
                self._file(folder, parts, path, name)
            elif parts or folder.kind is not Kind.LIVE or not self._keyspaces or name in self._keyspaces:
                self._below(folder, os.path.join(path, name), (*parts, name))

    def _file(self, folder: Folder, parts: tuple[str, ...], path: str, name: str) -> None:
        try:
            status = os.stat(os.path.join(path, name))
        except FileNotFoundError:
            if os.path.islink(os.path.join(path, name)):
                self.missing.append((_place(folder, parts), unreadable.BROKEN_LINK))
            else:
                self._steady = False
            return
        except OSError as error:
            self.missing.append((_place(folder, parts), unreadable.cannot_be_opened(error)))
            return
        if not stat.S_ISREG(status.st_mode):
            if not (stat.S_ISFIFO(status.st_mode) or stat.S_ISSOCK(status.st_mode)):  # these hold nothing on the disk
                self.missing.append((_place(folder, parts), unreadable.NOT_A_FILE))
            return
        file = File(os.path.join(path, name), (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns))
        place = _place(folder, parts)
        parsed = sstable_names.parse_name(name) if folder.kind in (Kind.LIVE, Kind.EXTRA) else None
        if parsed is not None:
            descriptor, component = parsed
            self._sstables.setdefault((path, descriptor), (place, {}))[1][component] = file
        else:
            if folder.kind is Kind.EXTRA and (is_commit_log(name) or is_hints(name)):
                place = Place(Kind.EXTRA, folder=folder.path)
            self._others.append(Item(place, name, None, (("", file),)))

    def items(self) -> t.Iterator[Item]:
        """What was found."""
        for (_path, descriptor), (place, components) in self._sstables.items():
            yield Item(place, descriptor.name, descriptor, tuple(sorted(components.items())))
        yield from self._others

    def is_steady(self) -> bool:
        """Whether no folder changed since it was read."""
        for path, before in self._times.items():
            try:
                if os.stat(path).st_mtime_ns != before:
                    return False
            except OSError:
                return False
        return self._steady


def _is_empty_folder(folder: Folder, found: t.Sequence[tuple[str, bool]]) -> bool:
    """Whether a folder is empty although it should not be: a data folder has a folder for each keyspace, and an extra path has content."""
    if folder.kind is Kind.LIVE:
        return not any(is_folder and name != "lost+found" for name, is_folder in found)
    return folder.kind is Kind.EXTRA and not found


def _place(folder: Folder, parts: tuple[str, ...]) -> Place:
    if folder.kind is Kind.LIVE:
        return place_in_data_folder(parts)
    if folder.kind is Kind.EXTRA:
        return place_in_extra_folder(folder.path, parts)
    return Place(folder.kind)
