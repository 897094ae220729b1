# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tests of rings and of faults share: rows that name people, the search for them, something that happens in the middle of it."""

from __future__ import annotations

import collections
import re
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import pytest
from cassandra import ConsistencyLevel
from cassandra.cluster import Session as DriverSession
from cassandra.concurrent import execute_concurrent_with_args
from cassandra.query import SimpleStatement

from ansible_collections.genesys.gws.plugins.module_utils._cassandra.options import CassandraOptions
from ansible_collections.genesys.gws.plugins.module_utils._cassandra.session import Session
from ansible_collections.genesys.gws.plugins.module_utils._core.errors import CassandraError
from ansible_collections.genesys.gws.plugins.module_utils._core.keys import Key
from ansible_collections.genesys.gws.plugins.module_utils._core.matching import Matcher
from ansible_collections.genesys.gws.plugins.module_utils._core.prefilter import Prefilter
from ansible_collections.genesys.gws.plugins.module_utils._core.subjects import Subjects, parse_subjects
from ansible_collections.genesys.gws.plugins.module_utils._scan import search as _search
from ansible_collections.genesys.gws.plugins.module_utils._scan.request import SearchRequest
from ansible_collections.genesys.gws.plugins.module_utils._scan.table_scan import ScanOptions
from tests.lab.cassandra import CassandraNode, wait_for_schema_agreement

COLUMNS = "key text, column1 text, value text, PRIMARY KEY (key, column1)"


class Row(NamedTuple):
    """A row of a table of COLUMNS. ``person`` is the number of the person it names, of whom nothing else is anywhere; None for nobody."""

    key: str
    column1: str
    person: int | None

    @property
    def value(self) -> str:
        """As a contact looks like in GWS."""
        return f'{{"name":"{self.column1}","emailAddress":"{email(self.person)}"}}'


def email(person: int | None) -> str:
    """The address of a person; every row without one has the same."""
    return "nobody@example.com" if person is None else f"person{person}@example.com"


def rows_of_partitions(sizes: Iterable[int], *, first_person: int = 0, every: int = 2, name: str = "owner") -> list[Row]:
    """Partitions with so many rows each; the first row of each partition and every so manieth one names a person."""
    rows: list[Row] = []
    person = first_person
    for number, size in enumerate(sizes):
        for place in range(size):
            named = place % every == 0
            rows.append(Row(f"{name}-{number}", f"row-{place:06}", person if named else None))
            person += named
    return rows


def named(rows: Iterable[Row]) -> list[Row]:
    """The rows that have to be found."""
    return [row for row in rows if row.person is not None]


# ----------------------------------------------------------------------------------------------------------------------
# Loading, and counting without the engine


def await_all_nodes(session: DriverSession, nodes: int, timeout: float = 60.0) -> None:
    """Wait until all nodes agree on a schema and take part in reads and writes: one that starts is seen by the others a moment later."""
    wait_for_schema_agreement(session.execute)
    everybody = f"{{'class': 'SimpleStrategy', 'replication_factor': {nodes}}}"
    session.execute(f"CREATE KEYSPACE IF NOT EXISTS everybody WITH replication = {everybody}")
    session.execute("CREATE TABLE IF NOT EXISTS everybody.here (key int PRIMARY KEY)")
    wait_for_schema_agreement(session.execute)
    write = SimpleStatement("INSERT INTO everybody.here (key) VALUES (1)", consistency_level=ConsistencyLevel.ALL)
    deadline = time.monotonic() + timeout
    for host in session.cluster.metadata.all_hosts():
        while True:
            try:
                session.execute(write, host=host)
                break
            except Exception:  # unavailable, timed out, no connection yet: all mean "not yet"
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)
    # What the others say of a node's schema (system.peers) may be older than what the node itself says.
    own_version = "SELECT schema_version FROM system.local"
    while len({session.execute(own_version, host=host).one().schema_version for host in session.cluster.metadata.all_hosts()}) > 1:
        assert time.monotonic() < deadline, "the nodes do not agree on a schema"
        time.sleep(0.2)


def make_keyspace(session: DriverSession, keyspace: str, replication_factor: int = 1) -> None:
    """A new keyspace of that name."""
    session.execute(f"DROP KEYSPACE IF EXISTS {keyspace}")
    replication = f"{{'class': 'SimpleStrategy', 'replication_factor': {replication_factor}}}"
    session.execute(f"CREATE KEYSPACE {keyspace} WITH replication = {replication}")


def make_table(session: DriverSession, table: str, rows: Sequence[Row] = ()) -> None:
    """A table of COLUMNS (``keyspace.name``) with these rows, on all replicas."""
    session.execute(f"CREATE TABLE {table} ({COLUMNS})")
    load(session, table, rows)


def load(session: DriverSession, table: str, rows: Sequence[Row]) -> None:
    """Write rows to all replicas."""
    insert = session.prepare(f"INSERT INTO {table} (key, column1, value) VALUES (?, ?, ?)")
    insert.consistency_level = ConsistencyLevel.ALL
    values = [(row.key, row.column1, row.value) for row in rows]
    execute_concurrent_with_args(session, insert, values, concurrency=64, raise_on_first_error=True)


def everything(session: DriverSession, statement: str, *, fetch_size: int = 1000) -> list[Any]:
    """All rows of a plain SELECT, one page after the other: what the engine is compared with, so it shares nothing with it."""
    return list(session.execute(SimpleStatement(statement, fetch_size=fetch_size, consistency_level=ConsistencyLevel.ALL), timeout=60))


# ----------------------------------------------------------------------------------------------------------------------
# Searching


def subjects_of(people: int) -> Subjects:
    """The people 0 … people - 1."""
    entries = [{"ref": str(person), "identifiers": [email(person)]} for person in range(people)]
    return parse_subjects(search=None, subjects=entries, region=None, match="exact", min_length=5, key=Key(b"rings"))


def search(
    node: CassandraNode,
    keyspace: str,
    people: int,
    *,
    consistency: str = "QUORUM",
    request_timeout: float = 30.0,
    scan: ScanOptions | None = None,
    tables: Sequence[str] = (),
    excluded: Sequence[str] = (),
    login: tuple[str, str] | None = None,
) -> _search.SearchOutcome:
    """Search for the people 0 … people - 1. All tests search through this function."""
    subjects = subjects_of(people)
    options = CassandraOptions(
        hosts=(node.address,),
        port=node.cql_port,
        user=login[0] if login else None,
        password=login[1] if login else None,
        ssl=False,
        ca_cert=None,
        client_cert=None,
        client_key=None,
        validate_certs=True,
        check_hostname=True,
        consistency_level=consistency,
        local_dc=None,
        connect_timeout=10,
        request_timeout=request_timeout,
    )
    request = SearchRequest(subjects, Matcher(subjects, None), keyspace, tuple(tables), tuple(excluded), scan=scan or ScanOptions())
    with Session(options, Prefilter(subjects)) as session:
        return _search.search_keyspace(session, request)


def assert_complete(
    searched: _search.SearchOutcome, rows: Mapping[str, Sequence[Row]], *, more_rows: Mapping[str, int] | None = None
) -> None:
    """Every row of every table was read, and every row that names a person was found exactly once.

    ``more_rows`` are rows of a table that are not in ``rows``, for tables that a test fills by itself.
    """
    wanted = {str(row.person): table for table, those in rows.items() for row in named(those)}
    found = collections.Counter(finding.subject for finding in searched.findings)
    assert not wanted.keys() - found.keys(), f"{len(wanted.keys() - found.keys())} of {len(wanted)} planted rows were not found"
    assert not [person for person, times in found.items() if times != 1], "rows were found more than once"
    assert len(searched.findings) == len(wanted)
    assert {finding.subject: finding.table for finding in searched.findings} == wanted
    assert len({finding.row for finding in searched.findings}) == len(wanted), "two findings have one row reference"
    counts = {table: len(those) + (more_rows or {}).get(table, 0) for table, those in rows.items()}
    assert {coverage.table: coverage.rows for coverage in searched.tables} == counts
    assert all(coverage.ranges == coverage.planned and not coverage.unread for coverage in searched.tables)


def failure(run: Callable[[], object]) -> CassandraError:
    """The error of a search that must fail."""
    with pytest.raises(CassandraError) as caught:
        run()
    return caught.value


class Meanwhile:
    """Does something once while searches are under way, and no page of a table named here is asked for until it is done.

    It begins when so many pages of each table (``keyspace.table``) were read. ``before`` and ``after`` count the pages of a table that
    were read: those asked for before, and those asked for after it was done.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch, pages: Mapping[str, int], what: Callable[[], object]) -> None:
        self.before: collections.Counter[str] = collections.Counter()
        self.after: collections.Counter[str] = collections.Counter()
        self.ended = 0.0
        self._pages = pages
        self._what = what
        self._begun = False
        self._done = threading.Event()
        self._lock = threading.Lock()
        self._original: Callable[..., Any] = Session.read_page
        meanwhile = self

        def read_page(session: Session, statement: str, *args: Any, **kwargs: Any) -> Any:
            return meanwhile._read_page(session, statement, *args, **kwargs)

        monkeypatch.setattr(Session, "read_page", read_page)

    def _read_page(self, session: Session, statement: str, *args: Any, **kwargs: Any) -> Any:
        table = ".".join(re.findall(r'(\w+)"?', statement.partition(" FROM ")[2])[:2])
        with self._lock:
            mine = not self._begun and all(self.before[name] >= pages for name, pages in self._pages.items())
            self._begun = self._begun or mine
            waits = not mine and table in self._pages and self.before[table] >= self._pages[table]
        if mine:
            try:
                self._what()
            finally:
                self.ended = time.monotonic()
                self._done.set()
        elif waits:
            assert self._done.wait(300), "the other searches did not come so far"
        is_after = self._done.is_set()
        page = self._original(session, statement, *args, **kwargs)
        with self._lock:
            (self.after if is_after else self.before)[table] += 1
        return page
