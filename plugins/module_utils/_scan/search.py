# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Searches a keyspace: every table, every column that can hold text, keys included.

Three steps: determine and check what to read (``_preflight``), read it (``_Reader``), and verify at the end that it has not changed
(``_verify_unchanged``).
"""

from __future__ import annotations

import dataclasses
import gc
import threading
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._cassandra.pages import RawRow
from ansible_collections.genesys.gws.plugins.module_utils._cassandra.schema import Table
from ansible_collections.genesys.gws.plugins.module_utils._cassandra.session import Session
from ansible_collections.genesys.gws.plugins.module_utils._core import ring as _ring
from ansible_collections.genesys.gws.plugins.module_utils._core.errors import CassandraError
from ansible_collections.genesys.gws.plugins.module_utils._core.findings import Finding
from ansible_collections.genesys.gws.plugins.module_utils._core.keys import framed
from ansible_collections.genesys.gws.plugins.module_utils._core.ring import Ring
from ansible_collections.genesys.gws.plugins.module_utils._scan import table_scan
from ansible_collections.genesys.gws.plugins.module_utils._scan.checkpoint import Checkpoint, CheckpointedRange, NoCheckpoint
from ansible_collections.genesys.gws.plugins.module_utils._scan.progress import Progress
from ansible_collections.genesys.gws.plugins.module_utils._scan.request import SearchRequest, selected_tables
from ansible_collections.genesys.gws.plugins.module_utils._scan.row_findings import columns_to_read, findings_in_row
from ansible_collections.genesys.gws.plugins.module_utils._scan.table_scan import Coverage, RangeResult, TableScan
from ansible_collections.genesys.gws.plugins.module_utils._scan.throttle import SearchStopped, Throttle

FINDINGS_VERSION = 3  # bump this when the same rows yield different findings


@dataclasses.dataclass(frozen=True)
class SearchOutcome:
    """The result of a complete search. ``columns`` counts those read, ``columns_without_text`` those that can't hold text. ``fingerprint``
    identifies by digests what was searched, to merge shares. ``checkpoint`` is the file, ``checkpoint_refused`` why its content was not used; '' if
    there is none. ``versions`` of Cassandra in the cluster. ``tables_left_out``: tables that were not requested.
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
    tables_left_out: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class _Preflight:
    """The state at the start of a search. ``schema`` are all tables and views of the keyspace, ``tables`` those to read."""

    schema: list[Table]
    tables: list[Table]
    ring: Ring
    fingerprint: dict[str, str]


def search_keyspace(session: Session, request: SearchRequest) -> SearchOutcome:
    """Search completely, or raise CassandraError. The schema and the ring must be the same at the end as at the start."""
    found = _preflight(session, request)
    checkpoint = NoCheckpoint()
    if request.search_options.checkpoint_dir:
        checkpoint = Checkpoint(
            request.search_options.checkpoint_dir, found.fingerprint, request.subjects.key, keep=request.search_options.share is not None
        )
    reading = _Reader(session, request, found.ring, checkpoint)
    try:
        findings = reading.read(found.tables)
        _verify_unchanged(session, request, found)
    except BaseException:
        checkpoint.close()
        raise
    checkpoint.finish()
    columns = [column for table in found.tables for column in table.columns]
    return SearchOutcome(
        findings=tuple(sorted(findings, key=lambda finding: (finding.table, finding.row, finding.subject))),
        tables=tuple(reading.coverages),
        columns=sum(1 for column in columns if column.is_searched),
        columns_without_text=sum(1 for column in columns if not column.is_searched),
        views_left_out=sum(1 for table in found.schema if table.base and table not in found.tables),
        seconds=reading.seconds,
        throttled=reading.throttle.throttled,
        space=found.ring.space,
        fingerprint=found.fingerprint,
        partly_read=tuple(table.name for table in found.tables if table.problem),
        checkpoint=checkpoint.path,
        checkpoint_refused=checkpoint.refused,
        versions=session.versions,
        tables_left_out=tuple(table.name for table in found.schema if not table.base and table not in found.tables),
    )


def _preflight(session: Session, request: SearchRequest) -> _Preflight:
    """What to read. :raises InputError, CassandraError: if a requested table can't be read completely."""
    schema = session.tables(request.keyspace)
    tables = selected_tables(schema, request.tables, request.exclude_tables)
    problems = [
        f"{table.name} ({table.problem})"
        for table in tables
        if table.problem and not (request.search_options.read_partly and table.has_known_key)
    ]
    if problems:
        raise CassandraError(
            "unreadable_table",
            f"The search can't be complete: {'; '.join(problems)}. Search through the API (gws_pii_delete without findings), or check "
            "these tables by other means and add them to exclude_tables, or read what Cassandra shows of them (unreadable_tables: report).",
        )
    ring = session.ring()
    return _Preflight(schema, tables, ring, _fingerprint_of(session, request, ring, schema, tables))


def _verify_unchanged(session: Session, request: SearchRequest, found: _Preflight) -> None:
    """:raises CassandraError: if the tables or the ring have changed, because something may not have been read then."""
    session.refresh()
    if session.tables(request.keyspace) != found.schema:
        raise CassandraError("schema_changed", "The tables of the keyspace changed during the search, so it is not complete: run it again.")
    if session.ring() != found.ring:
        raise CassandraError("ring_changed", "The token ring changed during the search, so it is not complete: run it again.")


class _Reader:
    """Reads the tables one after the other."""

    def __init__(self, session: Session, request: SearchRequest, ring: Ring, checkpoint: NoCheckpoint) -> None:
        options, search_options = request.scan, request.search_options
        self._session = session
        self._request = request
        self._space = ring.space
        self._checkpoint = checkpoint
        self._started = table_scan.now()
        self._range_was_lost = threading.Event()
        in_flight = max(1, min(table_scan.MOST_WORKERS, options.in_flight * session.node_count))
        self._workers = in_flight + table_scan.SEARCHING
        self._plan = _ring.plan_ranges(ring.tokens, ring.space, options.min_ranges, options.max_ranges)
        _ring.prove_whole_ring(self._plan, ring.space, "the plan")
        if search_options.share:
            self._plan = _ring.share_of(self._plan, ring, search_options.share.hosts, search_options.share.number)
        self.throttle = Throttle(search_options.throttle, in_flight)
        self.coverages: list[Coverage] = []

    @property
    def seconds(self) -> float:
        """The seconds since the start."""
        return table_scan.now() - self._started

    def read(self, tables: t.Sequence[Table]) -> list[Finding]:
        """The findings of all tables. :raises CassandraError: if any range of the plan is unread."""
        gc.freeze()  # otherwise the garbage collector scans all modules repeatedly while pages arrive, which takes a tenth of the time
        findings: list[Finding] = []
        with Progress(self._request.search_options.progress_file, lambda: self.throttle.throttled) as progress:
            progress.tables(len(tables))
            for table in tables:
                try:
                    findings.extend(self._read_table(table, progress))
                except SearchStopped as stopped:
                    raise self._stopped(stopped.reason, len(tables)) from None
        table_scan.complete_or_fail(self.coverages, self.seconds, goes_on=bool(self._checkpoint.path))
        for coverage in self.coverages:
            if self._request.search_options.share:
                if sorted(coverage.read) != sorted(self._plan):
                    raise CassandraError(
                        "coverage",
                        "A share of the search did not read all of its token ranges; this is a bug of genesys.gws: please report it.",
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
            self._checkpoint.add(CheckpointedRange(table.name, done.token_range, done.rows, done.not_searchable, done.items))
            findings.extend(done.items)

        self.throttle.new_table()
        scan: TableScan[Finding] = TableScan(
            self._session,
            self._request.keyspace,
            table,
            columns,
            take,
            self._request.scan,
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
        kept = "run it again to continue there" if self._checkpoint.path else "no progress was saved (see checkpoint_dir)"
        done = sum(coverage.ranges for coverage in self.coverages)
        return CassandraError(
            "stopped",
            f"The search was stopped because {reason}: {done} of {len(self._plan) * tables} token ranges were read; {kept}.",
            seconds=round(self.seconds, 1),
        )


def _fingerprint_of(
    session: Session, request: SearchRequest, ring: Ring, schema: t.Sequence[Table], tables: t.Sequence[Table]
) -> dict[str, str]:
    """Digests of everything that the findings depend on: shares with the same digests may be merged."""
    options, share = request.scan, request.search_options.share
    named = {
        "cluster": (session.cluster_name, repr(ring.space)),
        "token ring": (repr(ring.tokens),),
        "schema": (repr(schema),),
        "subjects": (request.subjects.search_id,),
        "options": (
            *(session.consistency_level, repr(request.groups), repr([table.name for table in tables])),
            *(str(options.min_ranges), str(options.max_ranges), str(FINDINGS_VERSION)),
        ),
        "place": (request.keyspace, repr(share and (share.number, [sorted(addresses) for addresses in share.hosts]))),
    }
    return {name: request.subjects.key.code("fingerprint " + name, framed(values)) for name, values in named.items()}


def source_of(session: Session, keyspace: str) -> str:
    """Identifies the cluster and keyspace of findings."""
    return f"{session.cluster_name}/{keyspace}"
