# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Searches a keyspace: every table, every column that can hold text, keys included."""

from __future__ import annotations

import dataclasses
import gc
import threading
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._cassandra import values as _values
from ansible_collections.genesys.gws.plugins.module_utils._cassandra.pages import RawRow
from ansible_collections.genesys.gws.plugins.module_utils._cassandra.schema import Column, Table
from ansible_collections.genesys.gws.plugins.module_utils._cassandra.session import Session
from ansible_collections.genesys.gws.plugins.module_utils._core import ring as _ring
from ansible_collections.genesys.gws.plugins.module_utils._core.certainty import Certainty
from ansible_collections.genesys.gws.plugins.module_utils._core.errors import CassandraError, InputError
from ansible_collections.genesys.gws.plugins.module_utils._core.findings import Finding, NamedRow, OpaqueNames
from ansible_collections.genesys.gws.plugins.module_utils._core.json_path import Step, embedded_json
from ansible_collections.genesys.gws.plugins.module_utils._core.keys import framed
from ansible_collections.genesys.gws.plugins.module_utils._core.matching import Hit, Matcher
from ansible_collections.genesys.gws.plugins.module_utils._core.ring import Ring
from ansible_collections.genesys.gws.plugins.module_utils._core.row_names import Levels, row_names
from ansible_collections.genesys.gws.plugins.module_utils._core.subjects import Subjects
from ansible_collections.genesys.gws.plugins.module_utils._core.wording import counted
from ansible_collections.genesys.gws.plugins.module_utils._scan import table_scan
from ansible_collections.genesys.gws.plugins.module_utils._scan.checkpoint import Checkpoint, NoCheckpoint, RangeRead
from ansible_collections.genesys.gws.plugins.module_utils._scan.progress import Progress
from ansible_collections.genesys.gws.plugins.module_utils._scan.table_scan import Coverage, RangeResult, ScanOptions, TableScan
from ansible_collections.genesys.gws.plugins.module_utils._scan.throttle import Stopped, Throttle, ThrottleOptions

FINDINGS_VERSION = 3  # to be raised when findings of the same rows come out otherwise
PROTOCOL_VERSION = 4  # the encoding of collections has not changed since protocol 3


@dataclasses.dataclass(frozen=True)
class Searched:
    """What a search read completely. ``columns`` counts those read, ``columns_without_text`` those that can hold no text.

    ``fingerprint`` tells by digests what was searched, for those who put shares together. ``checkpoint`` is the file, ``checkpoint_refused`` why
    what was in it was of no use; '' each when there is nothing to say. ``versions`` of Cassandra that run in the cluster.
    """

    findings: tuple[Finding, ...]
    tables: tuple[Coverage, ...]
    columns: int
    columns_without_text: int
    views_left_out: int
    seconds: float
    throttled: dict[str, float]
    space: _ring.TokenSpace
    fingerprint: dict[str, str]
    partly_read: tuple[str, ...]
    checkpoint: str
    checkpoint_refused: str
    versions: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class SearchRequest:
    """What is searched for. ``source`` names the cluster and the keyspace in the findings."""

    subjects: Subjects
    matcher: Matcher
    groups: tuple[str, ...]
    source: str = ""


@dataclasses.dataclass(frozen=True)
class Share:
    """The part of a search that one of several hosts does: ``number`` of ``hosts``, each with its addresses."""

    number: int
    hosts: tuple[frozenset[str], ...]


@dataclasses.dataclass(frozen=True)
class SearchOptions:
    """How a search is carried out, apart from the scan. Empty paths mean none; no share means all of the ring.

    ``partly``: tables of which Cassandra shows only a part are read as far as they are shown, and reported.
    """

    throttle: ThrottleOptions = dataclasses.field(default_factory=ThrottleOptions)
    checkpoint_dir: str = ""
    progress_file: str = ""
    share: Share | None = None
    partly: bool = False


def selected_tables(tables: t.Sequence[Table], wanted: t.Sequence[str], excluded: t.Sequence[str]) -> list[Table]:
    """The tables to read. :raises InputError: for a name that no table has."""
    known = {table.name for table in tables}
    unknown = sum(1 for name in (*wanted, *excluded) if name not in known)
    if unknown:
        raise InputError(
            "unknown_table",
            f"{counted(unknown, 'name', 'names')} in tables or exclude_tables {'is not a table' if unknown == 1 else 'are not tables'} of the keyspace, "
            f"which has: {', '.join(sorted(known)) or 'none'}.",
        )
    return [table for table in tables if (not wanted or table.name in wanted) and table.name not in excluded]


def search_keyspace(  # pylint: disable=too-many-arguments
    session: Session,
    keyspace: str,
    request: SearchRequest,
    options: ScanOptions,
    wanted: t.Sequence[str],
    excluded: t.Sequence[str],
    how: SearchOptions = SearchOptions(),
) -> Searched:
    """Search completely, or raise CassandraError. The schema and the ring must be the same at the end as at the start."""
    all_tables = session.tables(keyspace)
    tables = selected_tables(all_tables, wanted, excluded)
    problems = [f"{table.name} ({table.problem})" for table in tables if table.problem and not (how.partly and table.is_shown)]
    if problems:
        raise CassandraError(
            "unreadable_table",
            f"The search can't be complete: {'; '.join(problems)}. Search through the API (gws_pii_delete without findings), or look at them by "
            "other means and exclude_tables, or have them read as far as Cassandra shows them (unreadable_tables).",
        )
    ring = session.ring()
    fingerprint = _fingerprint_of(session, keyspace, request, options, how, ring, all_tables, tables)
    checkpoint = NoCheckpoint()
    if how.checkpoint_dir:
        checkpoint = Checkpoint(how.checkpoint_dir, fingerprint, request.subjects.key, keep=how.share is not None)
    search = _Search(session, keyspace, request, options, how, ring, checkpoint)
    try:
        findings = search.read(tables)
        session.refresh()
        if session.tables(keyspace) != all_tables:
            raise CassandraError(
                "schema_changed", "The tables of the keyspace changed during the search, so it is not complete: run it again."
            )
        if session.ring() != ring:
            raise CassandraError("ring_changed", "The token ring changed during the search, so it is not complete: run it again.")
    except BaseException:
        checkpoint.close()
        raise
    checkpoint.finish()
    columns = [column for table in tables for column in table.columns]
    return Searched(
        findings=tuple(sorted(findings, key=lambda finding: (finding.table, finding.row, finding.subject))),
        tables=tuple(search.coverages),
        columns=sum(1 for column in columns if column.is_searched),
        columns_without_text=sum(1 for column in columns if not column.is_searched),
        views_left_out=session.view_count(keyspace),
        seconds=search.seconds,
        throttled=search.throttle.throttled,
        space=ring.space,
        fingerprint=fingerprint,
        partly_read=tuple(table.name for table in tables if table.problem),
        checkpoint=checkpoint.path,
        checkpoint_refused=checkpoint.refused,
        versions=session.versions,
    )


class _Search:
    """Reads the tables one after the other."""

    def __init__(  # pylint: disable=too-many-arguments
        self,
        session: Session,
        keyspace: str,
        request: SearchRequest,
        options: ScanOptions,
        how: SearchOptions,
        ring: Ring,
        checkpoint: NoCheckpoint,
    ) -> None:
        self._session = session
        self._keyspace = keyspace
        self._request = request
        self._options = options
        self._how = how
        self._space = ring.space
        self._checkpoint = checkpoint
        self._started = table_scan.now()
        self._range_was_lost = threading.Event()
        in_flight = max(1, min(table_scan.MOST_WORKERS, options.in_flight * session.node_count))
        self._workers = in_flight + table_scan.SEARCHING
        self._plan = _ring.plan_ranges(ring.tokens, ring.space, options.min_ranges, options.max_ranges)
        _ring.prove_whole_ring(self._plan, ring.space, "the plan")
        if how.share:
            self._plan = _ring.share_of(self._plan, ring, how.share.hosts, how.share.number)
        self.throttle = Throttle(how.throttle, in_flight)
        self.coverages: list[Coverage] = []

    @property
    def seconds(self) -> float:
        """How long it has been going on."""
        return table_scan.now() - self._started

    def read(self, tables: t.Sequence[Table]) -> list[Finding]:
        """The findings of all tables. :raises CassandraError: when any part of the plan is unread."""
        gc.freeze()  # else the collector goes through all modules again and again while pages come in: a tenth of the time
        findings: list[Finding] = []
        with Progress(self._how.progress_file, lambda: self.throttle.throttled) as progress:
            progress.tables(len(tables))
            for table in tables:
                try:
                    findings.extend(self._read_table(table, progress))
                except Stopped as stopped:
                    raise self._stopped(stopped.reason, len(tables)) from None
        table_scan.complete_or_fail(self.coverages, self.seconds, goes_on=bool(self._checkpoint.path))
        for coverage in self.coverages:
            if self._how.share:
                if sorted(coverage.read) != sorted(self._plan):
                    raise CassandraError(
                        "coverage",
                        "A share of the search did not read what it was to read; this is a bug of genesys.gws: please report it.",
                    )
            else:
                _ring.prove_whole_ring(coverage.read, self._space, f"table {coverage.table} (read)")
        return findings

    def _read_table(self, table: Table, progress: Progress) -> list[Finding]:
        coverage = Coverage(table.name, len(self._plan), gc_grace_seconds=table.gc_grace_seconds)
        self.coverages.append(coverage)
        findings: list[Finding] = []
        known = [read for read in self._checkpoint.known(table.name) if read.token_range in self._plan]
        for read in known:
            coverage.add(RangeResult(read.token_range, read.rows, read.not_searchable, ()))
            findings.extend(read.findings)
        coverage.resumed = len(known)
        width = sum(token_range.width for token_range in self._plan)
        progress.table(sum(read.token_range.width for read in known) / width if width else 0.0)
        columns = columns_to_read(table)

        def take(row: RawRow, types: tuple[t.Any, ...]) -> list[Finding]:
            return findings_in_row(table, columns, self._request, row, types, self._session.token_of(columns, row))

        def keep(done: RangeResult[Finding]) -> None:
            self._checkpoint.add(RangeRead(table.name, done.token_range, done.rows, done.not_searchable, done.taken))
            findings.extend(done.taken)

        self.throttle.new_table()
        scan: TableScan[Finding] = TableScan(
            self._session,
            self._keyspace,
            table,
            columns,
            take,
            self._options,
            space=self._space,
            width=width,
            throttle=self.throttle,
            progress=progress,
            range_was_lost=self._range_was_lost,
        )
        read_before = {read.token_range for read in known}
        scan.run([token_range for token_range in self._plan if token_range not in read_before], self._workers, keep, coverage)
        return findings

    def _stopped(self, reason: str, tables: int) -> CassandraError:
        kept = "run it again and it goes on there" if self._checkpoint.path else "nothing of it was kept (see checkpoint_dir)"
        done = sum(coverage.ranges for coverage in self.coverages)
        return CassandraError(
            "stopped",
            f"The search was stopped because {reason}: {done} of {len(self._plan) * tables} token ranges were read; {kept}.",
            seconds=round(self.seconds, 1),
        )


def _fingerprint_of(  # pylint: disable=too-many-arguments
    session: Session,
    keyspace: str,
    request: SearchRequest,
    options: ScanOptions,
    how: SearchOptions,
    ring: Ring,
    all_tables: t.Sequence[Table],
    tables: t.Sequence[Table],
) -> dict[str, str]:
    """All that the findings depend on, as digests: what was read under the same ones may be put together."""
    named = {
        "cluster": (session.cluster_name, repr(ring.space)),
        "token ring": (repr(ring.tokens),),
        "schema": (repr(all_tables),),
        "subjects": (request.subjects.search_id,),
        "options": (
            *(session.consistency_level, repr(request.groups), repr([table.name for table in tables])),
            *(str(options.min_ranges), str(options.max_ranges), str(FINDINGS_VERSION)),
        ),
        "place": (keyspace, repr(how.share and (how.share.number, [sorted(addresses) for addresses in how.share.hosts]))),
    }
    return {name: request.subjects.key.code("fingerprint " + name, framed(values)) for name, values in named.items()}


def source_of(session: Session, keyspace: str) -> str:
    """Which cluster and keyspace findings are from."""
    return f"{session.cluster_name}/{keyspace}"


def columns_to_read(table: Table) -> list[Column]:
    """Columns that can hold text or numbers, and all key columns: they name the row."""
    return [column for column in table.columns if column.is_searched or column.is_key]


def findings_in_row(
    table: Table, columns: t.Sequence[Column], request: SearchRequest, row: RawRow, types: tuple[t.Any, ...], token: int
) -> list[Finding]:
    """The findings in a candidate row, one for each subject, the surest."""
    values = [_values.decode(raw, cql_type, PROTOCOL_VERSION) for raw, cql_type in zip(row.cells, types, strict=True)]
    best: dict[int, tuple[Certainty, str]] = {}
    ways: dict[int, list[Levels]] = {}
    for column, decoded in zip(columns, values, strict=True):
        if not column.is_searched or decoded is None:
            continue
        value = decoded if column.can_hold_text else {column.name: decoded}  # a number says little without its name
        for hit in request.matcher.in_value(value):
            if hit.subject not in best or hit.certainty > best[hit.subject][0]:
                best[hit.subject] = (hit.certainty, column.name)
            ways.setdefault(hit.subject, []).append(_way_to(value, hit))
    if not best:
        return []
    opaque = OpaqueNames(request.subjects)
    reference = opaque.of_row(table.name, [raw for raw, column in zip(row.cells, columns, strict=True) if column.is_key])
    keys, others = _named_columns(columns, values, row, types)
    named = {number: row_names(keys, others, ways[number]) for number in best}
    return [
        Finding(
            search_id=request.subjects.search_id,
            subject=request.subjects.subjects[number].ref,
            certainty=certainty.name.lower(),
            table=table.name,
            column=column_name,
            token=opaque.hide_token(token, reference),
            row=reference,
            in_group=not request.groups or any(named[number].mention(group) for group in request.groups),
            named=NamedRow.of(named[number], opaque),
            source=request.source,
        )
        for number, (certainty, column_name) in sorted(best.items())
    ]


def _named_columns(
    columns: t.Sequence[Column], values: t.Sequence[t.Any], row: RawRow, types: tuple[t.Any, ...]
) -> tuple[list[tuple[str, list[list[str]]]], list[tuple[str, list[str]]]]:
    """The readings of each key column, and the texts of each other column."""
    keys: list[tuple[str, list[list[str]]]] = []
    others: list[tuple[str, list[str]]] = []
    for column, value, raw, cql_type in zip(columns, values, row.cells, types, strict=True):
        ids, texts = _values.id_texts(raw, cql_type), _scalars(value)
        if column.is_key:
            keys.append((column.name, [*([one] for one in ids), texts] if texts else [[one] for one in ids]))
        else:
            others.append((column.name, ids + texts))
    return keys, others


def _scalars(value: t.Any) -> list[str]:
    if isinstance(value, dict):
        value = [*value, *value.values()]
    if isinstance(value, list):
        return [text for item in value for text in _scalars(item)]
    return [str(value)] if isinstance(value, (str, int)) and not isinstance(value, bool) else []


def _way_to(value: t.Any, hit: Hit) -> Levels:
    """Object keys on the way to a hit, and the scalars of the objects on the way: group names, keys of settings, ids."""
    levels: list[tuple[str, ...]] = []
    here = value
    for step in hit.path:
        if step is Step.EMBEDDED_JSON:
            here = embedded_json(here)
            continue
        level: list[str] = []
        if isinstance(here, dict):
            level.extend(str(item) for item in here.values() if isinstance(item, (str, int)) and not isinstance(item, bool))
        if step is Step.OBJECT_KEY:
            levels.append(tuple(level))
            break
        if isinstance(step, str):
            level.append(step)
        levels.append(tuple(level))
        here = here[step]
    return tuple(levels)
