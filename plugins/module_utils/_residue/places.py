# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Maps paths of Cassandra's files to places. Pure, no I/O."""

from __future__ import annotations

import dataclasses
import enum
import re


class Kind(str, enum.Enum):
    """What a file is a part of."""

    LIVE = "live"
    SNAPSHOT = "snapshot"
    BACKUP = "backup"
    COMMIT_LOG = "commit_log"
    CDC = "cdc"
    HINTS = "hints"
    SAVED_CACHES = "saved_caches"
    EXTRA = "extra"


@dataclasses.dataclass(frozen=True, order=True)
class Place:
    """A group of files that are reported and removed together: a table's live files, one of its snapshots, the commit log …

    ``index``: name of the secondary index, '' for the table itself. ``snapshot``: its tag. ``folder``: of an extra path.
    """

    kind: Kind
    keyspace: str = ""
    table: str = ""
    index: str = ""
    snapshot: str = ""
    folder: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """All names in it, which people chose."""
        return (self.keyspace, self.table, self.index, self.snapshot, self.folder)


_TABLE_FOLDER = re.compile(r"(?P<table>.+)-[0-9a-f]{32}")


def place_in_data_folder(parts: tuple[str, ...]) -> Place:
    """The place of a file, from the names of the folders between the data folder and the file.

    ``keyspace/table-id[/.index]``, ``…/snapshots/TAG[/.index]``, ``…/backups[/.index]``; what lies elsewhere counts as live.
    """
    keyspace = parts[0] if parts else ""
    table = parts[1] if len(parts) > 1 else ""
    found = _TABLE_FOLDER.fullmatch(table)
    table = found["table"] if found else table
    below = parts[2:]
    kind, snapshot = Kind.LIVE, ""
    if len(below) > 1 and below[0] == "snapshots":
        kind, snapshot, below = Kind.SNAPSHOT, below[1], below[2:]
    elif below and below[0] == "backups":
        kind, below = Kind.BACKUP, below[1:]
    index = next((part[1:] for part in below if part.startswith(".")), "")
    return Place(kind, keyspace, table, index, snapshot)


def place_in_extra_folder(folder: str, parts: tuple[str, ...]) -> Place:
    """The place of a file below an extra path. Keyspace and table are those of the folders, where these look like Cassandra's."""
    for number, part in enumerate(parts):
        found = _TABLE_FOLDER.fullmatch(part)
        if found and number > 0:
            inner = place_in_data_folder(parts[number - 1 :])
            return dataclasses.replace(inner, kind=Kind.EXTRA, folder=folder)
    return Place(Kind.EXTRA, folder=folder)


def is_commit_log(file_name: str) -> bool:
    """Whether a file is a segment of the commit log."""
    return re.fullmatch(r"CommitLog-(\d+-)?\d+\.log", file_name) is not None


def is_hints(file_name: str) -> bool:
    """Whether a file holds hints (3.0 and later)."""
    return re.fullmatch(r"[0-9a-f]{8}-[0-9a-f-]{27}-\d+-\d+\.hints", file_name) is not None


def is_saved_cache(file_name: str) -> bool:
    """Whether a file is a saved cache of keys, rows or counters."""
    return re.fullmatch(r"(?:.+-)?(?:Key|Row|Counter)Cache(?:-[a-z]+)?\.(?:db|crc|metadata)", file_name) is not None
