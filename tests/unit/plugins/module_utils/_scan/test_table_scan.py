# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A scan is complete, with each row once, or says what is unread: whatever goes wrong at whichever page."""

from __future__ import annotations

import collections
import itertools
import re
import threading
import typing as t

import pytest

from ansible_collections.genesys.gws.plugins.module_utils._cassandra.failures import PageReadError, Remedy
from ansible_collections.genesys.gws.plugins.module_utils._cassandra.pages import Page, RawRow
from ansible_collections.genesys.gws.plugins.module_utils._cassandra.schema import Column, Table
from ansible_collections.genesys.gws.plugins.module_utils._cassandra.session import Session
from ansible_collections.genesys.gws.plugins.module_utils._cassandra.topology import Coordinator
from ansible_collections.genesys.gws.plugins.module_utils._core.errors import CassandraError
from ansible_collections.genesys.gws.plugins.module_utils._core.ring import SPACES, TokenRange, plan_ranges, prove_whole_ring
from ansible_collections.genesys.gws.plugins.module_utils._scan import retry
from ansible_collections.genesys.gws.plugins.module_utils._scan.progress import Progress
from ansible_collections.genesys.gws.plugins.module_utils._scan.table_scan import (
    Coverage,
    RangeResult,
    ScanOptions,
    TableScan,
    complete_or_fail,
)
from ansible_collections.genesys.gws.plugins.module_utils._scan.throttle import Throttle, ThrottleOptions

SPACE = SPACES["Murmur3Partitioner"]
TABLE = Table("t", (Column("k", "text", True, True, True),))
_BOUND = re.compile(r'token\("k"\) (>|<=) (-?\d+)')

# Rows at the edges, many of one token, and all over the ring.
TOKENS = sorted(
    [SPACE.minimum + 1, SPACE.minimum + 1, SPACE.maximum, 0, -1, 1]
    + [7] * 9
    + [SPACE.minimum + (SPACE.maximum - SPACE.minimum) * index // 60 for index in range(1, 60)]
)
NODES = [-(2**62), 0, 2**62]

Fault = t.Callable[[int, str, int], "Remedy | None"]


class FakeSession:
    """A table with one row for each of TOKENS. ``fault`` says, by the number of the call, the statement and the page size, which remedy to raise.
    Nodes of ``refusing`` refuse everything."""

    def __init__(
        self, fault: Fault = lambda _call, _statement, _size: None, limit: int = 20000, refusing: t.Collection[str] = frozenset()
    ) -> None:
        self._fault = fault
        self._refusing = refusing
        self._lock = threading.Lock()
        self._limit = limit
        self.calls = 0
        self.failed = 0
        self.sizes: set[int] = set()
        self.fingerprint: collections.Counter[str] = collections.Counter()

    def route(self, _keyspace: str, _piece: TokenRange) -> tuple[tuple[Coordinator, ...], ...]:
        return ((Coordinator("a", None), Coordinator("b", None)), (Coordinator("c", None),))

    def read_page(self, statement: str, page_size: int, state: bytes | None, coordinator: Coordinator) -> Page:
        with self._lock:
            self.fingerprint[coordinator.address] += 1
            self.calls += 1
            call = self.calls
        assert call < self._limit, "the scan does not end"
        assert page_size >= 1
        remedy = Remedy.REFUSED if coordinator.address in self._refusing else self._fault(call, statement, page_size)
        self.sizes.add(page_size)
        if remedy is not None:
            self.failed += 1
            raise PageReadError(f"reason {remedy}", remedy)
        low, high = SPACE.minimum, SPACE.maximum
        for operator, bound in _BOUND.findall(statement):
            low, high = (int(bound), high) if operator == ">" else (low, int(bound))
        rows = [(index, token) for index, token in enumerate(TOKENS) if low < token <= high]
        start = int(state or b"0")
        page = rows[start : start + page_size]
        more = start + page_size < len(rows)
        cells = tuple(RawRow((str(index).encode(),)) for index, token in page)
        return Page(len(page), 100 * len(page), (), lambda: (cells, 0), str(start + page_size).encode() if more else None)


def table_scan_of(session: FakeSession, take: t.Callable[[RawRow, tuple[t.Any, ...]], list[int]], options: ScanOptions) -> TableScan[int]:
    throttle = Throttle(ThrottleOptions(per_host=options.in_flight), options.in_flight)
    return TableScan(
        t.cast(Session, session),
        "ks",
        TABLE,
        TABLE.columns,
        take,
        options,
        space=SPACE,
        width=SPACE.maximum - SPACE.minimum,
        throttle=throttle,
        progress=Progress("", dict),
        range_was_lost=threading.Event(),
    )


def scan(session: FakeSession, *, in_flight: int = 1, page_size: int = 4, min_ranges: int = 4) -> tuple[list[int], Coverage]:
    def take(row: RawRow, _types: tuple[t.Any, ...]) -> list[int]:
        return [int(row.cells[0] or b"")]

    options = ScanOptions(in_flight=in_flight, page_size=page_size, min_ranges=min_ranges)
    plan = plan_ranges(NODES, SPACE, options.min_ranges, options.max_ranges)
    coverage = Coverage("t", len(plan))
    kept: list[RangeResult[int]] = []
    table_scan_of(session, take, options).run(plan, in_flight, kept.append, coverage)
    assert [done.token_range for done in kept] == coverage.read
    if not coverage.unread:
        prove_whole_ring(coverage.read, SPACE, "the table")
    return [row for done in kept for row in done.items], coverage


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retry, "PAUSES", (0.0,) * len(retry.PAUSES))


def check(items: list[int], coverage: Coverage) -> None:
    """Complete, or said to be not; never a row twice; never short."""
    counts = collections.Counter(items)
    assert not [row for row, count in counts.items() if count > 1]
    assert coverage.ranges + sum(coverage.unread.values()) == coverage.planned
    if coverage.unread:
        with pytest.raises(CassandraError) as caught:
            complete_or_fail([coverage], 1.0)
        assert caught.value.facts["unread_ranges"] == sum(coverage.unread.values())
        assert "NOT complete" in caught.value.message
    else:
        assert set(counts) == set(range(len(TOKENS)))
        assert coverage.rows == len(TOKENS)
        complete_or_fail([coverage], 1.0)


@pytest.mark.parametrize(("in_flight", "page_size", "min_ranges"), [(1, 1, 1), (1, 5000, 1), (4, 3, 32), (2, 4, 200)])
def test_undisturbed(in_flight: int, page_size: int, min_ranges: int) -> None:
    items, coverage = scan(FakeSession(), in_flight=in_flight, page_size=page_size, min_ranges=min_ranges)
    check(items, coverage)
    assert not coverage.unread


CALLS = 30  # of an undisturbed scan with the defaults above, at most


@pytest.mark.parametrize("remedy", list(Remedy))
def test_one_fault_at_each_call(remedy: Remedy) -> None:
    usual = FakeSession()
    scan(usual)
    assert usual.calls <= CALLS
    for at in range(1, usual.calls + 1):
        session = FakeSession(lambda call, _statement, _size, at=at: remedy if call == at else None)  # type: ignore[misc]
        items, coverage = scan(session)
        assert session.failed == 1
        check(items, coverage)
        assert bool(coverage.unread) is (remedy == Remedy.NEVER), at


@pytest.mark.parametrize("remedy", list(Remedy))
@pytest.mark.parametrize("in_flight", [1, 4])
def test_faults_for_ever_from_each_call_on(remedy: Remedy, in_flight: int) -> None:
    for at in range(1, CALLS, 3):
        session = FakeSession(lambda call, _statement, _size, at=at: remedy if call >= at else None)  # type: ignore[misc]
        items, coverage = scan(session, in_flight=in_flight)
        check(items, coverage)
        if session.failed:
            assert coverage.unread


@pytest.mark.parametrize("pair", list(itertools.product(Remedy, Remedy)), ids=str)
def test_two_faults(pair: tuple[Remedy, Remedy]) -> None:
    for first, gap in itertools.product(range(1, CALLS, 5), (1, 2, 7)):
        faults = {first: pair[0], first + gap: pair[1]}
        session = FakeSession(lambda call, _statement, _size, faults=faults: faults.get(call))  # type: ignore[misc]
        items, coverage = scan(session, page_size=100, min_ranges=24)
        check(items, coverage)
        refused = any(remedy == Remedy.NEVER and call <= session.calls for call, remedy in faults.items())
        assert bool(coverage.unread) is refused, faults


@pytest.mark.parametrize("remedy", [Remedy.SMALLER, Remedy.SLOW, Remedy.REFUSED])
def test_pages_that_are_too_big_are_made_smaller(remedy: Remedy) -> None:
    session = FakeSession(lambda _call, _statement, size: remedy if size > 2 else None)
    items, coverage = scan(session, page_size=5000)
    check(items, coverage)
    assert not coverage.unread


@pytest.mark.parametrize("refusing", ["a", "ab"])
@pytest.mark.parametrize("page_size", [1, 4])
def test_a_node_that_refuses_what_others_do_not(refusing: str, page_size: int) -> None:
    """One that has just joined and knows no table yet. The pages stay as they are: a guardrail is set on all nodes alike."""
    session = FakeSession(refusing=refusing)
    items, coverage = scan(session, page_size=page_size, in_flight=2)
    check(items, coverage)
    assert session.failed
    assert not coverage.unread
    assert session.sizes == {page_size}


def _width(statement: str) -> int:
    low, high = SPACE.minimum, SPACE.maximum
    for operator, bound in _BOUND.findall(statement):
        low, high = (int(bound), high) if operator == ">" else (low, int(bound))
    return high - low


def test_ranges_that_are_too_big_are_split() -> None:
    session = FakeSession(lambda _call, statement, _size: Remedy.SMALLER if _width(statement) > 2**60 else None)
    items, coverage = scan(session)
    check(items, coverage)
    assert not coverage.unread


def test_one_token_that_nobody_can_read_is_unread_and_the_rest_is_read() -> None:
    def fault(_call: int, statement: str, _size: int) -> Remedy | None:
        low, high = SPACE.minimum, SPACE.maximum
        for operator, bound in _BOUND.findall(statement):
            low, high = (int(bound), high) if operator == ">" else (low, int(bound))
        return Remedy.SMALLER if low < 7 <= high else None

    session = FakeSession(fault)
    items, coverage = scan(session)
    check(items, coverage)
    assert sum(coverage.unread.values()) == 1
    assert coverage.ranges == coverage.planned - 1


def test_a_row_is_handed_over_once_when_its_range_is_read_again() -> None:
    """The second page of a range fails for good until the range is split: what the first page gave must not count."""

    def fault(_call: int, statement: str, size: int) -> Remedy | None:
        return Remedy.SMALLER if _width(statement) > 2**61 and size <= 4 and _call % 2 == 0 else None

    items, coverage = scan(FakeSession(fault))
    check(items, coverage)


def test_other_exceptions_end_the_scan() -> None:
    def fault(call: int, _statement: str, _size: int) -> Remedy | None:
        if call == 5:
            raise ZeroDivisionError
        return None

    with pytest.raises(ZeroDivisionError):
        scan(FakeSession(fault), in_flight=4)


def test_a_take_that_fails_fails_the_scan() -> None:
    def take(_row: RawRow, _types: tuple[t.Any, ...]) -> list[int]:
        raise ZeroDivisionError

    plan = plan_ranges(NODES, SPACE, 4, 256)
    with pytest.raises(ZeroDivisionError):
        table_scan_of(FakeSession(), take, ScanOptions(in_flight=2)).run(plan, 2, lambda _done: None, Coverage("t", len(plan)))


def test_message_names_tables_and_reasons_only() -> None:
    coverages = [Coverage("a", 4), Coverage("b", 8, unread={"timed out": 2, "no node can be reached": 1})]
    with pytest.raises(CassandraError) as caught:
        complete_or_fail(coverages, 1.0)
    assert "table b: 3 of 8 token ranges unread (no node can be reached, timed out)" in caught.value.message
    assert "table a" not in caught.value.message
