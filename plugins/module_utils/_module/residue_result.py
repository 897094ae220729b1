# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""The result of gws_pii_residue: counts, places and dates. It contains no content of files, no keys and no identifiers."""

from __future__ import annotations

import dataclasses
import datetime
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._core.subjects import Subjects
from ansible_collections.genesys.gws.plugins.module_utils._residue import whole
from ansible_collections.genesys.gws.plugins.module_utils._residue.block_search import BlockSearch
from ansible_collections.genesys.gws.plugins.module_utils._residue.host_scan import HostScanResult, merged
from ansible_collections.genesys.gws.plugins.module_utils._residue.item_search import ItemResult, free_bytes
from ansible_collections.genesys.gws.plugins.module_utils._residue.listing import Item
from ansible_collections.genesys.gws.plugins.module_utils._residue.places import Kind, Place
from ansible_collections.genesys.gws.plugins.module_utils._residue.removal import Trace, is_purged, purge_commands, removal

DEFAULT_GC_GRACE = 864_000
_ASSUMED = f" gc_grace_seconds of the table is not known: {DEFAULT_GC_GRACE}, the default, is assumed."
WITHHELD = "(a name that contains an identifier)"
_MOST_NAMES = 50
_KEY_PARTS = frozenset(("index", "summary", "statistics"))
_WITH_GARBAGECOLLECT = ("m", "n", "o", "d")  # 3.x and later
NOT_COVERED = (
    "free blocks of disks, and snapshots of file systems, volumes and virtual machines",
    "copies elsewhere that extra_paths does not list",
    "memory, heap dumps and core dumps; data that is not on the disk yet (nodetool flush writes it)",
    "logs of the server, audit logs and query logs, unless extra_paths lists them",
    "values that an application compressed, encrypted or encoded",
)


@dataclasses.dataclass(frozen=True)
class ResidueRequest:
    """The request. ``gc_grace``: seconds by ``keyspace.table``, for tables that do not use Cassandra's default."""

    subjects: Subjects
    erased_at: datetime.datetime | None
    gc_grace: dict[str, int]
    now: datetime.datetime


def of_scan(question: ResidueRequest, found: HostScanResult, search: BlockSearch, data_folders: t.Sequence[str]) -> dict[str, t.Any]:
    """The result of a scan of one host."""
    by_place: dict[Place, list[tuple[Item, ItemResult]]] = {}
    for item, what in found.items:
        by_place.setdefault(item.place, []).append((item, what))
    names = _Names(search)
    traces, advised, unreadable = [], [], []
    for place in sorted(by_place):
        pairs = by_place[place]
        who_in_names = merged([names.counts(name) for name in {*place.names, *(item.name for item, _what in pairs)}])
        hits = [(item, what) for item, what in pairs if what.counts or names.counts(item.name)]
        if hits or who_in_names:
            trace = _trace_of(place, pairs, hits, found)
            advised.append(trace)
            traces.append(_described(question, trace, pairs, hits, who_in_names, names))
        unreadable += _unreadable(place, pairs, names)
    unreadable += [{**_where(place, names), "reason": reason, "files": 0, "names": []} for place, reason in found.missing]
    state = whole.INCOMPLETE if unreadable else whole.RESIDUE if traces else whole.CLEAN
    return {
        "changed": False,
        "state": state,
        "traces": traces,
        "refs": [subject.ref for subject in question.subjects.subjects],
        "subjects": _subjects(question.subjects, merged(counts for _item, what in found.items for counts in what.counts.values())),
        "unreadable": unreadable,
        "covered": [_covered(kind, by_place) for kind in Kind if any(place.kind is kind for place in by_place)],
        "not_covered": list(NOT_COVERED),
        "purge": _purge(question, advised, by_place, data_folders, names),
        "scanned_at": _iso(question.now),
    }


class _Names:
    """Names that people chose; they are shown unless they contain an identifier of a subject."""

    def __init__(self, search: BlockSearch) -> None:
        self._search = search
        self._known: dict[str, t.Any] = {}

    def counts(self, name: str) -> t.Any:
        if name not in self._known:
            self._known[name] = self._search.in_name(name) if name else {}
        return self._known[name]

    def withhold(self, place: Place) -> bool:
        """Whether a name in a place is not shown."""
        return any(self.counts(name) for name in place.names)

    def shown(self, name: str) -> str:
        return WITHHELD if self.counts(name) else name


def _trace_of(place: Place, pairs: list[tuple[Item, ItemResult]], hits: list[tuple[Item, ItemResult]], found: HostScanResult) -> Trace:
    parts = {part for _item, what in hits for part in what.counts}
    versions = [item.descriptor.version for item, _what in pairs if item.descriptor]
    bti = any(item.descriptor.bti for item, _what in hits if item.descriptor)
    return Trace(
        place,
        keys=bool(parts & _KEY_PARTS) or bti,  # the keys in a trie are not readable
        has_index=(place.keyspace, place.table) in found.indexed,
        garbagecollect=all(version[0] in _WITH_GARBAGECOLLECT for version in versions),
        files=tuple(sorted(item.files[0][1].path.rpartition("/")[0] + "/" + item.name for item, _what in hits)),
    )


def _described(
    question: ResidueRequest,
    trace: Trace,
    pairs: list[tuple[Item, ItemResult]],
    hits: list[tuple[Item, ItemResult]],
    who_in_names: dict[int, tuple[int, int]],
    names: _Names,
) -> dict[str, t.Any]:
    place = trace.place
    who = merged([*(counts for _item, what in hits for counts in what.counts.values())])
    parts = sorted({part or "file" for _item, what in hits for part in what.counts} | ({"name"} if who_in_names else set()))
    newest = max((what.written.newest for _item, what in hits if what.written), default=None)
    files = tuple(file for file in trace.files if not names.counts(file))
    advice = removal(dataclasses.replace(trace, files=files), _gc_grace(question, place), question.erased_at, question.now)
    return {
        **_where(place, names),
        "files": len(pairs),
        "files_with_traces": len(hits),
        "names": [names.shown(item.name) for item, _what in hits][:_MOST_NAMES],
        "parts": parts,
        "subjects": _subjects(question.subjects, {**who_in_names, **who}),
        "certainty": "exact" if any(exact for exact, _possible in (who or who_in_names).values()) else "possible",
        "newest_write": _time_of(newest),
        "written": _written(newest, question.erased_at),
        "removal": {
            "when": advice.when,
            "earliest": advice.earliest,
            "commands": [] if names.withhold(place) else list(advice.commands),
            "why": advice.why + (_ASSUMED if advice.earliest and not _is_known(question, place) else ""),
        },
    }


def _where(place: Place, names: _Names) -> dict[str, str]:
    return {
        "place": place.kind.value,
        "keyspace": names.shown(place.keyspace),
        "table": names.shown(place.table),
        "index": names.shown(place.index),
        "snapshot": names.shown(place.snapshot),
        "folder": names.shown(place.folder),
    }


def _subjects(subjects: Subjects, who: dict[int, tuple[int, int]]) -> list[dict[str, t.Any]]:
    return [
        {"ref": subjects.subjects[number].ref, "exact": exact, "possible": possible} for number, (exact, possible) in sorted(who.items())
    ]


def _unreadable(place: Place, pairs: list[tuple[Item, ItemResult]], names: _Names) -> list[dict[str, t.Any]]:
    by_reason: dict[str, list[str]] = {}
    for item, what in pairs:
        for reason in what.faults:
            by_reason.setdefault(reason, []).append(names.shown(item.name))
    return [
        {**_where(place, names), "reason": reason, "files": len(items), "names": sorted(items)[:_MOST_NAMES]}
        for reason, items in sorted(by_reason.items())
    ]


def _covered(kind: Kind, by_place: dict[Place, list[tuple[Item, ItemResult]]]) -> dict[str, t.Any]:
    pairs = [pair for place, found in by_place.items() if place.kind is kind for pair in found]
    return {
        "place": kind.value,
        "files": len(pairs),
        "sstables": sum(item.descriptor is not None for item, _what in pairs),
        "bytes": sum(file.identity[2] for item, _what in pairs for _component, file in item.files),
    }


def _purge(
    question: ResidueRequest,
    traces: list[Trace],
    by_place: dict[Place, list[tuple[Item, ItemResult]]],
    data_folders: t.Sequence[str],
    names: _Names,
) -> dict[str, t.Any]:
    """What a purge would do, and whether there is enough disk space: a compaction rewrites at most all live files of a table."""

    def expired(place: Place) -> bool:
        grace = datetime.timedelta(seconds=_gc_grace(question, place))
        return question.erased_at is not None and question.erased_at + grace <= question.now

    tables = {(trace.place.keyspace, trace.place.table) for trace in traces if is_purged(trace.place)}
    needed = 0
    for keyspace, table in tables:
        live = [
            pair
            for place, pairs in by_place.items()
            if place.kind is Kind.LIVE and (place.keyspace, place.table) == (keyspace, table)
            for pair in pairs
        ]
        needed = max(needed, sum(file.identity[2] for item, _what in live for _component, file in item.files))
    free = min((size for folder in data_folders if (size := free_bytes(folder)) is not None), default=0)
    return {
        "commands": [list(command) for command in purge_commands([one for one in traces if not names.withhold(one.place)], expired)],
        "snapshots": sorted({names.shown(trace.place.snapshot) for trace in traces if trace.place.kind is Kind.SNAPSHOT}),
        "needed_bytes": needed,
        "free_bytes": free,
        "enough_disk": free >= needed,
    }


def _is_known(question: ResidueRequest, place: Place) -> bool:
    return f"{place.keyspace}.{place.table}" in question.gc_grace


def _gc_grace(question: ResidueRequest, place: Place) -> int:
    return question.gc_grace.get(f"{place.keyspace}.{place.table}", DEFAULT_GC_GRACE)


def _iso(moment: datetime.datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _time_of(microseconds: int | None) -> str:
    """A write time as text; '' if it is unknown or not a time (clients may choose any number)."""
    if microseconds is None:
        return ""
    try:
        return _iso(datetime.datetime.fromtimestamp(microseconds / 1e6, tz=datetime.timezone.utc))
    except (OverflowError, OSError, ValueError):
        return ""


def _written(microseconds: int | None, erased_at: datetime.datetime | None) -> str:
    if microseconds is None or erased_at is None:
        return "unknown"
    return "before the erasure" if microseconds <= erased_at.timestamp() * 1e6 else "after the erasure"
