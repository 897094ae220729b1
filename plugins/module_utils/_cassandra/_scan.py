# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Reads a table completely, range by range, or says what it could not read.

Each range of the plan is read by one worker, page by page. What a range gave is handed over when the range is finished, so a
range that had to be read again counts once. When a page can't be read:

* too much at once (timeout, read failure, tombstones, a guardrail): the page is made smaller, at last the range is split;
* nobody there, overloaded: tried again after a pause, a few times, and once only after a range was already lost that way;
* refused: lost.

A lost range makes the scan fail at the end; the other ranges are still read, so that the error can say how much is unread.
"""

from __future__ import annotations

import concurrent.futures
import dataclasses
import threading
import time
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._cassandra import _ring
from ansible_collections.genesys.gws.plugins.module_utils._cassandra._ring import TokenRange, TokenSpace
from ansible_collections.genesys.gws.plugins.module_utils._cassandra._session import (
    Column,
    Page,
    PageUnread,
    RawRow,
    Session,
    Table,
)
from ansible_collections.genesys.gws.plugins.module_utils._errors import CassandraError

T = t.TypeVar("T")

_PAUSES = (0.5, 2.0, 5.0)  # seconds before another try of a page that nobody could serve
_SMALLEST_PAGE = 1
_SHRINK = 8  # by how much a page is made smaller


@dataclasses.dataclass(frozen=True)
class ScanOptions:
    """``in_flight``: pages asked for at the same time; ``page_size`` in rows."""

    in_flight: int = 4
    page_size: int = 5000
    min_ranges: int = 32
    max_ranges: int = 256


@dataclasses.dataclass
class Coverage:
    """What was read of a table. ``ranges`` were read completely; ``unread`` counts those of the plan that were not, by reason."""

    table: str
    planned: int
    ranges: int = 0
    rows: int = 0
    unread: dict[str, int] = dataclasses.field(default_factory=dict)


class _RangeLost(Exception):
    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class TableScan(t.Generic[T]):
    """One complete read of a table; ``take`` turns a candidate row into what is wanted of it (or None)."""

    def __init__(
        self,
        session: Session,
        keyspace: str,
        table: Table,
        columns: t.Sequence[Column],
        take: t.Callable[[RawRow, tuple[t.Any, ...]], t.Iterable[T]],
        options: ScanOptions,
        lost_before: threading.Event,
    ) -> None:
        self._session = session
        self._keyspace = keyspace
        self._table = table
        self._columns = columns
        self._take = take
        self._options = options
        self._lost_before = lost_before  # shared by the tables of a search: a node that is down is waited for once
        self._stop = threading.Event()

    def run(self, space: TokenSpace, tokens: list[int]) -> tuple[list[T], Coverage]:
        """All that ``take`` gave, and the coverage, proved to be the whole ring when nothing is unread."""
        plan = _ring.plan_ranges(tokens, space, self._options.min_ranges, self._options.max_ranges)
        _ring.prove_whole_ring(plan, space, f"table {self._table.name} (plan)")
        coverage = Coverage(self._table.name, len(plan))
        taken: list[T] = []
        finished: list[TokenRange] = []
        with concurrent.futures.ThreadPoolExecutor(max_workers=self._options.in_flight) as pool:
            futures = [pool.submit(self._read_range, piece, space) for piece in plan]
            try:
                for piece, future in zip(plan, futures, strict=True):
                    try:
                        found, rows = future.result()
                    except _RangeLost as lost:
                        coverage.unread[lost.reason] = coverage.unread.get(lost.reason, 0) + 1
                        continue
                    taken.extend(found)
                    finished.append(piece)
                    coverage.ranges += 1
                    coverage.rows += rows
            except BaseException:
                self._stop.set()
                for future in futures:
                    future.cancel()
                raise
        if not coverage.unread:
            _ring.prove_whole_ring(finished, space, f"table {self._table.name} (read)")
        return taken, coverage

    def _read_range(self, whole: TokenRange, space: TokenSpace) -> tuple[list[T], int]:
        """What a range of the plan gave, and its rows. :raises _RangeLost: when a part of it can't be read."""
        found: list[T] = []
        rows = 0
        failures = _Failures(self._lost_before)
        pending = [whole]
        while pending:
            piece = pending.pop()
            try:
                taken, count = self._read_piece(piece, space, failures)
            except PageUnread as unread:
                if failures.too_many or piece.width < 2 or unread.remedy not in (PageUnread.SMALLER, PageUnread.SLOW):
                    self._lost_before.set()
                    raise _RangeLost(unread.reason) from None
                pending.extend(reversed(piece.split(2)))
                continue
            found.extend(taken)
            rows += count
        return found, rows

    def _read_piece(self, piece: TokenRange, space: TokenSpace, failures: _Failures) -> tuple[list[T], int]:
        """All pages of a range. :raises PageUnread: when a page can't be read even when it is small."""
        statement = self._table.select(self._columns, self._keyspace, piece.where(self._table.token, space))
        found: list[T] = []
        rows = 0
        state: bytes | None = None
        while True:
            page = self._read_page(statement, state, failures)
            rows += page.rows
            for row in page.candidates:
                found.extend(self._take(row, page.types))
            state = page.next_state
            if state is None:
                return found, rows

    def _read_page(self, statement: str, state: bytes | None, failures: _Failures) -> Page:
        """One page, smaller if it has to be (a paging state holds for any page size)."""
        page_size = max(_SMALLEST_PAGE, self._options.page_size // failures.shrink)
        while True:
            if self._stop.is_set():
                raise PageUnread("stopped", PageUnread.NEVER)
            try:
                page = self._session.read_page(statement, page_size, state)
            except PageUnread as unread:
                failures.count(unread)
                if failures.too_many or unread.remedy == PageUnread.NEVER:
                    raise
                if unread.remedy == PageUnread.LATER:
                    self._stop.wait(_PAUSES[failures.in_a_row - 1])
                elif page_size > _SMALLEST_PAGE:
                    page_size = max(_SMALLEST_PAGE, page_size // _SHRINK)
                else:
                    raise
            else:
                failures.over()
                return page


class _Failures:
    """Failures in a row within a range, and what they mean for the next page."""

    def __init__(self, lost_before: threading.Event) -> None:
        self._lost_before = lost_before
        self._remedy = ""
        self.in_a_row = 0
        self.shrink = 1

    def count(self, unread: PageUnread) -> None:
        """One more. Pages stay small for a while: what made one too big is likely near the next one."""
        self.in_a_row += 1
        self._remedy = unread.remedy
        if unread.remedy != PageUnread.LATER:
            self.shrink = min(self.shrink * _SHRINK, _SHRINK**4)

    def over(self) -> None:
        """A page was read."""
        self.in_a_row = 0
        self.shrink = max(1, self.shrink // 2)

    @property
    def too_many(self) -> bool:
        """Each kind has its own patience: a timeout costs seconds, a read failure nearly nothing."""
        patience = {PageUnread.LATER: len(_PAUSES), PageUnread.SLOW: 6}.get(self._remedy, 200)
        if self._lost_before.is_set():
            patience = {PageUnread.LATER: 0, PageUnread.SLOW: 1}.get(self._remedy, patience)
        return self.in_a_row > patience


def complete_or_fail(coverages: t.Iterable[Coverage], seconds: float) -> None:
    """Raise CassandraError when anything is unread: which tables, how many ranges, why."""
    parts = []
    unread = 0
    for coverage in coverages:
        if coverage.unread:
            count = sum(coverage.unread.values())
            unread += count
            reasons = ", ".join(sorted(coverage.unread))
            parts.append(f"table {coverage.table}: {count} of {coverage.planned} token ranges unread ({reasons})")
    if parts:
        raise CassandraError(
            "incomplete",
            "The search is NOT complete: {}. Bring the nodes up (or see consistency_level, request_timeout) and run it again.".format(
                "; ".join(parts)
            ),
            unread_ranges=unread,
            seconds=round(seconds, 1),
        )


def now() -> float:
    """Seconds on a clock that never goes back."""
    return time.monotonic()
