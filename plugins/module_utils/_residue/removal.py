# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""When a trace can be removed, and how. Pure, no I/O.

What Cassandra does, on all versions from 2.2 to 5.0: a value that was deleted or overwritten leaves at the first compaction that sees both files, also within
``gc_grace_seconds``. That time keeps tombstones, and with them the keys of deleted rows. A compaction of the table does not touch the copies: snapshots,
backups, indexes, the commit log.
"""

from __future__ import annotations

import dataclasses
import datetime
import shlex
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._core.system_keyspaces import SYSTEM_KEYSPACES
from ansible_collections.genesys.gws.plugins.module_utils._residue.places import Kind, Place

Command = tuple[str, ...]
"""Arguments of nodetool."""


@dataclasses.dataclass(frozen=True)
class Removal:
    """``commands``: what to type, in this order. ``when``: now, after gc_grace, or when something else happens. ``earliest``: a UTC time, or ''."""

    commands: tuple[str, ...]
    when: str
    earliest: str
    why: str


@dataclasses.dataclass(frozen=True)
class Trace:
    """The properties of a trace that determine its removal. ``keys``:
    whether a primary key is affected; ``garbagecollect``: whether all its SSTables are of 3.x or later.
    """

    place: Place
    keys: bool
    has_index: bool
    garbagecollect: bool
    files: tuple[str, ...] = ()


def removal(trace: Trace, gc_grace: int, erased_at: datetime.datetime | None, now: datetime.datetime) -> Removal:
    """What removes a trace."""
    place = trace.place
    by_kind = {
        Kind.SNAPSHOT: _of_snapshot,
        Kind.BACKUP: _of_backup,
        Kind.COMMIT_LOG: _of_commit_log,
        Kind.CDC: _of_cdc,
        Kind.HINTS: _of_hints,
        Kind.SAVED_CACHES: _of_saved_caches,
        Kind.EXTRA: _of_extra,
    }
    if place.kind in by_kind:
        return by_kind[place.kind](trace)
    if place.keyspace in SYSTEM_KEYSPACES:
        return _of_system_table(place)
    purged = (erased_at or now) + datetime.timedelta(seconds=gc_grace)
    commands = tuple(
        "nodetool " + shlex.join(command) for command in compaction(trace, keys_expired=erased_at is not None and purged <= now)
    )
    if not trace.keys:
        return Removal(commands, "now", "", "A deleted or overwritten value is removed by the next compaction of its SSTables.")
    if erased_at is not None and purged <= now:
        return Removal(commands, "now", "", "The tombstones are older than gc_grace_seconds, so a compaction removes them and the keys.")
    earliest = purged.strftime("%Y-%m-%dT%H:%M:%SZ")
    return Removal(
        commands,
        "after gc_grace",
        earliest,
        "A key stays with its tombstone until gc_grace_seconds have passed; its values can be removed now.",
    )


def compaction(trace: Trace, *, keys_expired: bool) -> tuple[Command, ...]:
    """The nodetool commands that remove deleted values from the live SSTables of a table and of its indexes."""
    place = trace.place
    flush: Command = ("flush", place.keyspace, place.table)
    if place.index:
        return (flush, ("compact", place.keyspace, place.table), flush, ("compact", place.keyspace, f"{place.table}.{place.index}"))
    if _may_collect(trace, keys_expired=keys_expired):
        return (flush, ("garbagecollect", "-g", "CELL", place.keyspace, place.table))
    return (flush, ("compact", place.keyspace, place.table))


def _of_snapshot(trace: Trace) -> Removal:
    place = trace.place
    command = shlex.join(["nodetool", "clearsnapshot", "-t", place.snapshot, "--", place.keyspace])
    return Removal((command,), "now", "", "A snapshot is a copy that Cassandra never changes.")


def _of_backup(trace: Trace) -> Removal:
    commands = tuple(f"rm -f -- {shlex.quote(file)}-*" for file in trace.files)
    return Removal(
        commands,
        "now",
        "",
        "Cassandra has no command that removes incremental backups: remove the files when they have been copied or are no longer needed.",
    )


def _of_commit_log(_trace: Trace) -> Removal:
    return Removal(
        ("nodetool flush", "nodetool drain"),
        "at a restart",
        "",
        "After a flush, Cassandra reuses or removes a segment when it needs to. To remove it at once, drain the node and restart it.",
    )


def _of_cdc(_trace: Trace) -> Removal:
    return Removal((), "when it has been consumed", "", "The consumer of change data capture removes its segments.")


def _of_hints(_trace: Trace) -> Removal:
    why = "Hints are removed when they are delivered or too old. truncatehints does not remove the file that is being written: restart the node afterwards."
    return Removal(("nodetool truncatehints",), "at a restart", "", why)


def _of_saved_caches(_trace: Trace) -> Removal:
    why = "The files are rewritten every few hours (key_cache_save_period, row_cache_save_period). To remove them at once, stop the node and delete them."
    return Removal(("nodetool invalidatekeycache", "nodetool invalidaterowcache"), "when they are saved again", "", why)


def _of_extra(_trace: Trace) -> Removal:
    return Removal((), "according to your retention", "", "A copy that Cassandra does not manage: whoever keeps it has to remove it.")


def _of_system_table(place: Place) -> Removal:
    compact = (
        "nodetool " + shlex.join(["flush", place.keyspace, place.table]),
        "nodetool " + shlex.join(["compact", place.keyspace, place.table]),
    )
    if (place.keyspace, place.table) == ("system", "hints"):
        why = "Cassandra 2.2 keeps hints as rows. truncatehints removes them; with auto_snapshot it takes a snapshot of them first."
        return Removal(("nodetool truncatehints",), "now", "", why)
    reasons = {
        "system_traces": "Traces expire after a day; then a compaction removes them.",
        "prepared_statements": "A prepared statement contains the identifier: it is removed when the server evicts it and the table is compacted.",
        "paxos": "Values of lightweight transactions expire after the gc_grace_seconds of their table; then a compaction removes them.",
    }
    reason = (
        reasons.get(place.keyspace)
        or reasons.get(place.table)
        or "A system table of Cassandra: the trace is removed when its rows expire and the table is compacted."
    )
    return Removal(compact, "when it has expired", "", reason)


def purge_commands(traces: t.Sequence[Trace], expired: t.Callable[[Place], bool]) -> list[Command]:
    """What removes all deleted values from the live files of tables of users, in an order that works.

    A table with an index is compacted before the index: what the table drops, the index drops after it.
    """
    live = [trace for trace in traces if is_purged(trace.place)]
    commands: list[Command] = []
    for keyspace in sorted({trace.place.keyspace for trace in live}):
        collected: list[str] = []
        compacted: list[str] = []
        indexes: list[str] = []
        for table in sorted({trace.place.table for trace in live if trace.place.keyspace == keyspace}):
            of_table = [trace for trace in live if (trace.place.keyspace, trace.place.table) == (keyspace, table)]
            indexes += sorted({f"{table}.{trace.place.index}" for trace in of_table if trace.place.index})
            (collected if all(_may_collect(trace, keys_expired=expired(trace.place)) for trace in of_table) else compacted).append(table)
        commands.append(("flush", keyspace, *sorted(collected + compacted)))
        if collected:
            commands.append(("garbagecollect", "-g", "CELL", keyspace, *collected))
        if compacted:
            commands.append(("compact", keyspace, *compacted))
        if indexes:
            commands.append(("flush", keyspace, *sorted({index.partition(".")[0] for index in indexes})))
            commands += [("compact", keyspace, index) for index in indexes]
    return commands


def _may_collect(trace: Trace, *, keys_expired: bool) -> bool:
    """Whether garbagecollect removes all that can go now, so that the table keeps its files apart.

    Of a table with an index it would leave the entries of the index behind for good; before 3.x there is none; keys past gc_grace_seconds need a
    compaction of all files.
    """
    return trace.garbagecollect and not trace.has_index and not trace.place.index and not (trace.keys and keys_expired)


def is_purged(place: Place) -> bool:
    """Whether a purge touches it: live files of tables of users, and of their indexes."""
    return place.kind is Kind.LIVE and place.keyspace not in SYSTEM_KEYSPACES and bool(place.table)
