# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Reads a table completely, range by range, or reports what it could not read.

Each range of the plan is read by one worker, page by page, from a node that holds it. The result of a range is passed on when the range is finished,
so a range that had to be read again counts once. When a page can't be read:

* too much at once (timeout, read failure, tombstones, a guardrail): the page is made smaller, then the range is split, at last the partition is
  read slice by slice;
* this node can't be reached, or rejects the query (one that has just joined does not know the tables yet): another node is used; if all reject it,
  the page is made smaller (a guardrail);
* no replica available, or overloaded: retried a few times after a pause, and only once after a range was already lost that way;
* no permission: the range is lost.

A lost range makes the scan fail at the end; the other ranges are still read, so that the error can say how much is unread.
"""

from __future__ import annotations

import concurrent.futures
import contextlib
import dataclasses
import threading
import time
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._cassandra.failures import PageReadError, Remedy
from ansible_collections.genesys.gws.plugins.module_utils._cassandra.pages import Page, RawRow
from ansible_collections.genesys.gws.plugins.module_utils._cassandra.schema import Column, Table
from ansible_collections.genesys.gws.plugins.module_utils._cassandra.session import Session
from ansible_collections.genesys.gws.plugins.module_utils._cassandra.topology import Coordinator
from ansible_collections.genesys.gws.plugins.module_utils._core.errors import CassandraError
from ansible_collections.genesys.gws.plugins.module_utils._core.ring import TokenRange, TokenSpace
from ansible_collections.genesys.gws.plugins.module_utils._scan import retry, slices
from ansible_collections.genesys.gws.plugins.module_utils._scan.progress import Progress
from ansible_collections.genesys.gws.plugins.module_utils._scan.retry import SHRINK, SMALLEST_PAGE, Failures
from ansible_collections.genesys.gws.plugins.module_utils._scan.slices import Slice
from ansible_collections.genesys.gws.plugins.module_utils._scan.throttle import SearchStopped, Throttle

T = t.TypeVar("T")

MOST_WORKERS = 16  # one process can't use more
SEARCHING = 2  # pages that are searched while others are being requested
_FIRST_PAGE = 64  # rows, until their size is known
_PAGE_BYTES = 4 << 20  # approximate maximum size of a page, so the pages in flight limit the memory


@dataclasses.dataclass(frozen=True)
class ScanOptions:
    """``in_flight``: pages requested from one host at the same time;
    ``page_size`` in rows; ``min_ranges`` and ``max_ranges``: bounds on the number of ranges per table.
    """

    in_flight: int = 4
    page_size: int = 5000
    min_ranges: int = 32
    max_ranges: int = 256


@dataclasses.dataclass(frozen=True)
class RangeResult(t.Generic[T]):
    """The result of a range that was read completely."""

    token_range: TokenRange
    rows: int
    not_searchable: int
    items: tuple[T, ...]


@dataclasses.dataclass
class Coverage:
    """What was read of a table. ``read`` are the ranges that were read completely; ``unread`` counts the ranges of the plan that were not, by
    reason. ``resumed`` ranges were read by an earlier search. ``gc_grace_seconds`` is the table's.
    """

    table: str
    planned: int
    rows: int = 0
    not_searchable: int = 0
    resumed: int = 0
    gc_grace_seconds: int = 0
    read: list[TokenRange] = dataclasses.field(default_factory=list)
    unread: dict[str, int] = dataclasses.field(default_factory=dict)

    @property
    def ranges(self) -> int:
        """How many ranges were read completely."""
        return len(self.read)

    def add(self, done: RangeResult[t.Any]) -> None:
        """A range was read."""
        self.read.append(done.token_range)
        self.rows += done.rows
        self.not_searchable += done.not_searchable


class _RangeLost(Exception):
    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class TableScan(t.Generic[T]):
    """Reads one table; ``take`` converts a candidate row into results."""

    def __init__(  # pylint: disable=too-many-arguments
        self,
        session: Session,
        keyspace: str,
        table: Table,
        columns: t.Sequence[Column],
        take: t.Callable[[RawRow, tuple[t.Any, ...]], t.Iterable[T]],
        options: ScanOptions,
        *,
        space: TokenSpace,
        width: int,
        throttle: Throttle,
        progress: Progress,
        range_was_lost: threading.Event,
    ) -> None:
        self._session = session
        self._keyspace = keyspace
        self._table = table
        self._columns = columns
        self._take = take
        self._options = options
        self._space = space
        self._width = width  # of all ranges that were read, by this or an earlier search
        self._throttle = throttle
        self._progress = progress
        self._range_was_lost = range_was_lost  # shared by the tables of a search, so that it waits only once for a node that is down
        self._most_rows = options.page_size
        self._page_size = min(_FIRST_PAGE, options.page_size)

    def run(self, plan: t.Sequence[TokenRange], workers: int, keep: t.Callable[[RangeResult[T]], None], coverage: Coverage) -> None:
        """Read the ranges of the plan; ``keep`` receives the result of each range when it is finished, ``coverage`` counts.

        :raises SearchStopped: if the search must stop; the results that were kept until then are complete range by range.
        """
        with concurrent.futures.ThreadPoolExecutor(max_workers=workers) as pool:
            futures = [pool.submit(self._read_range, token_range) for token_range in self._interleaved(plan)]
            try:
                for future in concurrent.futures.as_completed(futures):
                    try:
                        done = future.result()
                    except _RangeLost as lost:
                        coverage.unread[lost.reason] = coverage.unread.get(lost.reason, 0) + 1
                        continue
                    keep(done)
                    coverage.add(done)
            except BaseException as error:
                self._throttle.stop(error.reason if isinstance(error, SearchStopped) else "interrupted")
                for future in futures:
                    future.cancel()
                raise

    def _interleaved(self, plan: t.Sequence[TokenRange]) -> list[TokenRange]:
        """The plan in an order in which neighbours belong to different nodes, because in many rings ranges of one node are adjacent."""
        by_node: dict[t.Any, list[TokenRange]] = {}
        for token_range in plan:
            by_node.setdefault(self._route(token_range)[0], []).append(token_range)
        longest = max(map(len, by_node.values()), default=0)
        return [token_ranges[number] for number in range(longest) for token_ranges in by_node.values() if number < len(token_ranges)]

    def _route(self, token_range: TokenRange) -> tuple[tuple[Coordinator, ...], ...]:
        return self._session.route(self._keyspace, token_range)

    def _read_range(self, whole: TokenRange) -> RangeResult[T]:
        """Read a range of the plan. :raises _RangeLost: if a part of it can't be read."""
        found: list[T] = []
        rows = not_searchable = 0
        failures = Failures(self._range_was_lost.is_set)
        pending = [(whole, Slice(None, None))]
        while pending:
            token_range, part = pending.pop()
            try:
                done = self._read_all(token_range, part, failures)
            except PageReadError as unread:
                parts = self._split(token_range, part) if unread.remedy in (Remedy.SMALLER, Remedy.SLOW) and not failures.too_many else ()
                if not parts:
                    raise self._lost(unread) from None
                pending.extend(reversed(parts))
                continue
            found.extend(done.items)
            rows += done.rows
            not_searchable += done.not_searchable
        self._progress.range(whole.width / self._width, len(found))
        return RangeResult(whole, rows, not_searchable, tuple(found))

    def _lost(self, unread: PageReadError) -> _RangeLost:
        self._range_was_lost.set()
        return _RangeLost(unread.reason)

    def _split(self, token_range: TokenRange, part: Slice) -> t.Sequence[tuple[TokenRange, Slice]]:
        """Split a token range, or a slice of one token; empty if it can't be split."""
        if token_range.width > 1:
            return [(half, part) for half in token_range.split(2)]
        column = slices.slicing_column(self._table)
        if column is None:
            return ()
        cut = self._last_readable(token_range.where(self._table.token, self._space), column) if part == Slice(None, None) else None
        halves = part.halves(column) if cut is None else (Slice(None, cut), Slice(cut, None))
        return [(token_range, half) for half in halves or ()]

    def _last_readable(self, of_token: str, column: Column) -> t.Any:
        """The value of the column in the last row that can be read from the beginning; None if there is none."""
        last = None
        with contextlib.suppress(PageReadError):
            for row in self._session.rows(self._table.select([column], self._keyspace, of_token)):
                last = row[0]
        return last

    def _read_all(self, token_range: TokenRange, part: Slice, failures: Failures) -> RangeResult[T]:
        """All pages of a range, or of a slice of one token. :raises PageReadError: if a page can't be read even if it is small."""
        where = token_range.where(self._table.token, self._space)
        column = slices.slicing_column(self._table)
        if column is not None and part != Slice(None, None):
            # ALLOW FILTERING, because the partition key is not given; Cassandra still reads only the slice.
            where += part.where(column, self._session.literal) + " ALLOW FILTERING"
        statement = self._table.select(self._columns, self._keyspace, where)
        found: list[T] = []
        rows = not_searchable = 0
        state: bytes | None = None
        while True:
            page = self._read_page(statement, state, token_range, failures)
            rows += page.rows
            not_searchable += page.not_searchable
            for row in page.candidates:
                found.extend(self._take(row, page.types))
            state = page.next_state
            if state is None:
                return RangeResult(token_range, rows, not_searchable, tuple(found))

    def _read_page(self, statement: str, state: bytes | None, token_range: TokenRange, failures: Failures) -> Page:
        """One page, smaller or from another node if necessary (a paging state is valid for any page size and node)."""
        page_size = max(SMALLEST_PAGE, self._page_size // failures.shrink)
        while True:
            nodes = self._nodes_to_ask(token_range, failures)
            with self._throttle.turn(list(nodes)) as turn:
                node = nodes[turn.host]
                page: Page | None = None
                try:
                    page = self._session.read_page(statement, page_size, state, node)
                except PageReadError as unread:
                    failure = unread
                else:
                    turn.rows = page.rows
            if page is not None:
                try:
                    _searched = page.candidates  # after the slot was released: the node can serve another page
                except PageReadError as unread:
                    failure = unread
                else:
                    failures.over()
                    self._adapt_page_size(page)
                    self._progress.page(page.rows)
                    return page
            failures.count(failure, node)
            page_size = self._try_again(failure, page_size, failures, token_range)

    def _nodes_to_ask(self, token_range: TokenRange, failures: Failures) -> dict[str, Coordinator]:
        """The candidate nodes: those that hold the range, without those that have just failed as long as there are others."""
        tiers = self._route(token_range)
        for tier in tiers:
            nodes = {node.address: node for node in tier if node not in failures.nodes}
            if nodes:
                return nodes
        failures.nodes.clear()
        failures.all_nodes_failed = True  # so the next try waits a moment
        return {node.address: node for node in tiers[0]}

    def _try_again(self, failure: PageReadError, page_size: int, failures: Failures, token_range: TokenRange) -> int:
        """Wait, or make the page smaller. Returns its new size. :raises PageReadError: if nothing can help."""
        if failure.remedy in (Remedy.OVERLOADED, Remedy.SLOW):
            self._throttle.overloaded()
        other_nodes = any(node not in failures.nodes for tier in self._route(token_range) for node in tier)
        decision = retry.next_try(failure, page_size, failures, other_nodes=other_nodes)
        if decision is None:
            raise failure
        if decision.for_whole_table:
            self._most_rows = min(self._most_rows, decision.page_size)
            self._page_size = min(self._page_size, decision.page_size)
        self._throttle.pause(decision.pause)
        return decision.page_size

    def _adapt_page_size(self, page: Page) -> None:
        """Adapt the number of rows of the next page to the maximum size in bytes, growing step by step."""
        if page.rows:
            fitting = _PAGE_BYTES * page.rows // max(page.size, 1)
            self._page_size = max(SMALLEST_PAGE, min(self._most_rows, fitting, max(self._page_size, page.rows) * SHRINK))


def complete_or_fail(coverages: t.Iterable[Coverage], seconds: float, *, goes_on: bool = False) -> None:
    """Raise CassandraError if anything is unread: which tables, how many ranges, why."""
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
            "The search is NOT complete: {}. Bring the nodes up (or see consistency_level, request_timeout) and run it again{}.".format(
                "; ".join(parts), ": it continues where it stopped" if goes_on else ""
            ),
            unread_ranges=unread,
            seconds=round(seconds, 1),
        )


def now() -> float:
    """Monotonic time in seconds."""
    return time.monotonic()
