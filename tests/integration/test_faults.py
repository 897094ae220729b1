# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A search is complete or says that it is not, on a real Cassandra: nodes that die or join, tombstones, guardrails, big partitions and values,
a schema that changes meanwhile, tables of every kind."""

from __future__ import annotations

import concurrent.futures
import json
import re
import time
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest
from cassandra import InvalidRequest, ReadFailure
from cassandra.auth import PlainTextAuthProvider
from cassandra.cluster import Cluster, Session
from cassandra.concurrent import execute_concurrent_with_args
from cassandra.metadata import Murmur3Token
from cassandra.query import BatchStatement, BatchType

from ansible_collections.genesys.gws.plugins.module_utils._core.errors import CassandraError
from ansible_collections.genesys.gws.plugins.module_utils._scan.table_scan import ScanOptions
from tests.integration.rings_support import (
    COLUMNS,
    Meanwhile,
    Row,
    assert_complete,
    await_all_nodes,
    everything,
    failure,
    load,
    make_keyspace,
    make_table,
    named,
    rows_of_partitions,
    search,
)
from tests.lab.cassandra import OF_A_CLUSTER, CassandraNode, start_cluster
from tests.lab.lab import connect

TOMBSTONES = 1000
"""More than that in a page, and the node of these tests refuses it (100,000 by default: the same, only slower to make)."""
ONE_RANGE = ScanOptions(min_ranges=1, max_ranges=1)
SMALL_PAGES = ScanOptions(page_size=7)


@dataclass
class Server:
    """A node and a session of the driver on it."""

    node: CassandraNode
    session: Session


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One Cassandra 5.0 for all tests that need nothing special."""
    settings = {"tombstone_failure_threshold": TOMBSTONES, "tombstone_warn_threshold": TOMBSTONES, "materialized_views_enabled": True}
    with CassandraNode(work_dir=tmp_path_factory.mktemp("faults"), settings=settings) as node:
        cluster, session = connect(node)
        try:
            yield Server(node, session)
        finally:
            cluster.shutdown()
            node.kill()  # nothing has to be saved: an orderly end takes seconds


def assert_incomplete(error: CassandraError, table: str, reason: str, unread: int | None = None) -> None:
    """The error says which table, how many of how many token ranges, and why."""
    assert error.code == "incomplete"
    told = re.search(rf"table {table}: (\d+) of (\d+) token ranges unread \(([^;]*)\)", error.message)
    assert told, error.message
    assert 1 <= int(told[1]) <= int(told[2])
    assert unread in (None, int(told[1])), error.message
    assert reason in told[3], error.message
    assert error.facts["unread_ranges"] >= int(told[1])


# ----------------------------------------------------------------------------------------------------------------------
# A node dies


TIMEOUT = 1
"""Seconds after which a server gives up to wait for a dead node; for minutes, until the other nodes have noticed, each read costs it."""


@pytest.mark.slow
def test_a_node_is_killed_in_the_middle(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """One replica: the search fails, in a bounded time. Three replicas: what the others have is complete. The node is the contact point."""
    rows = rows_of_partitions([4] * 150)
    people = len(named(rows))
    settings = {
        **{f"{kind}_request_timeout_in_ms": 1000 * TIMEOUT for kind in ("read", "range")},
        "write_request_timeout_in_ms": 20000,
    }
    tokens = [str(token) for token in (-(2**62), 0, 2**62)]
    folder = tmp_path_factory.mktemp("kill")
    with start_cluster(3, initial_tokens=tokens, settings=settings, work_dir=folder) as nodes:
        cluster, session = connect(nodes[0])
        with cluster:
            await_all_nodes(session, 3)
            for copies in (1, 3):
                make_keyspace(session, f"copies{copies}", copies)
                make_table(session, f"copies{copies}.settings", rows)
        meanwhile = Meanwhile(monkeypatch, {"copies1.settings": 10, "copies3.settings": 10}, nodes[0].kill)
        with concurrent.futures.ThreadPoolExecutor() as pool:
            one, three = (pool.submit(search, nodes[0], f"copies{copies}", people, scan=SMALL_PAGES) for copies in (1, 3))
            error = failure(lambda: one.result(timeout=300))
            seconds = time.monotonic() - meanwhile.ended
            searched = three.result(timeout=300)
    for table in ("copies1.settings", "copies3.settings"):
        assert meanwhile.before[table] >= 10
        assert meanwhile.after[table] >= 10
    assert_incomplete(error, "settings", "")
    assert error.facts["unread_ranges"] < searched.tables[0].planned, "what the other nodes have was not read"
    assert seconds < 60 * TIMEOUT
    assert_complete(searched, {"settings": rows})


# ----------------------------------------------------------------------------------------------------------------------
# Tombstones


def _delete(session: Session, table: str, key: str, columns: Sequence[object]) -> None:
    """Row tombstones in the partition with this key (a CQL literal), of rows that need not have been there."""
    delete = session.prepare(f"DELETE FROM {table} WHERE key = {key} AND column1 = ?")
    for start in range(0, len(columns), 500):
        batch = BatchStatement(BatchType.UNLOGGED)
        for column1 in columns[start : start + 500]:
            batch.add(delete, (column1,))
        session.execute(batch)


def _assert_overload(server: Server, statement: str) -> None:
    """The server refuses this, so what is read by the engine was read in another way."""
    with pytest.raises(ReadFailure):
        everything(server.session, statement, fetch_size=5000)


def test_tombstones_in_many_partitions(server: Server) -> None:
    """Each partition can be read, several at once can't: read by smaller ranges."""
    make_keyspace(server.session, "graves")
    rows = rows_of_partitions([3] * 60)
    make_table(server.session, "graves.settings", rows)
    for number in range(30):
        _delete(server.session, "graves.settings", f"'deleted-{number}'", [f"row-{place}" for place in range(TOMBSTONES // 3)])
    _assert_overload(server, "SELECT * FROM graves.settings")
    assert_complete(search(server.node, "graves", len(named(rows)), scan=ONE_RANGE), {"settings": rows})


@dataclass(frozen=True)
class Run:
    """A partition with a run of deleted rows. ``live`` are those of 1600 that are there. ``rare``: only in the slow tests."""

    live: tuple[int, ...] = (*range(100), *range(1500, 1600))
    key_type: str = "text"
    key: str = "'wide'"
    clustering: str = "text"
    order: str = "ASC"
    value: Callable[[int], object] = "row-{:06}".format
    rare: bool = False


RUNS = {
    "texts": Run(),
    "numbers, descending": Run(clustering="bigint", order="DESC", value=lambda place: (place - 800) << 50, rare=True),
    "blobs": Run(clustering="blob", value=lambda place: b"\xff" * 4 + place.to_bytes(2, "big"), rare=True),
    "at the head": Run(live=tuple(range(1400, 1600))),
    "behind a key that is no text": Run(key_type="decimal", key="1.10"),
}


@pytest.mark.parametrize("kind", [pytest.param(kind, marks=[pytest.mark.slow] if RUNS[kind].rare else []) for kind in RUNS])
def test_tombstones_in_a_row_within_a_partition(server: Server, kind: str) -> None:
    """Live rows and many deleted ones: slices of the partition get through."""
    run, keyspace = RUNS[kind], f"run{list(RUNS).index(kind)}"
    make_keyspace(server.session, keyspace)
    columns = f"key {run.key_type}, column1 {run.clustering}, value text, PRIMARY KEY (key, column1)"
    table = f"{keyspace}.settings"
    server.session.execute(f"CREATE TABLE {table} ({columns}) WITH CLUSTERING ORDER BY (column1 {run.order})")
    insert = server.session.prepare(f"INSERT INTO {table} (key, column1, value) VALUES ({run.key}, ?, ?)")
    rows = [Row("", "", person) for person, _place in enumerate(run.live)]
    execute_concurrent_with_args(server.session, insert, [(run.value(place), row.value) for place, row in zip(run.live, rows, strict=True)])
    _delete(server.session, table, run.key, [run.value(place) for place in range(1600) if place not in run.live])
    _assert_overload(server, f"SELECT * FROM {table}")
    make_table(server.session, f"{keyspace}.other", rows_of_partitions([2] * 10, first_person=len(rows)))
    searched = search(server.node, keyspace, len(rows) + 10)
    assert_complete(searched, {"settings": rows, "other": rows_of_partitions([2] * 10, first_person=len(rows))})


def test_a_row_that_no_one_can_read(server: Server) -> None:
    """Tombstones within one row: no slice is small enough. The table is named, what stayed unread is counted, the reason is given."""
    make_keyspace(server.session, "grave")
    rows = rows_of_partitions([3] * 30)
    make_table(server.session, "grave.other", rows)
    server.session.execute("CREATE TABLE grave.settings (key text PRIMARY KEY, value map<text, text>)")
    insert = server.session.prepare("INSERT INTO grave.settings (key, value) VALUES (?, ?)")
    execute_concurrent_with_args(server.session, insert, [(f"owner-{number}", {"a": "b"}) for number in range(100)])
    places = [f"place-{number}" for number in range(2 * TOMBSTONES)]
    for start in range(0, len(places), 500):
        server.session.execute(
            "DELETE value[%s]" + ", value[%s]" * 499 + " FROM grave.settings WHERE key = 'owner-7'", places[start : start + 500]
        )
    _assert_overload(server, "SELECT * FROM grave.settings WHERE key = 'owner-7'")
    started = time.monotonic()
    error = failure(lambda: search(server.node, "grave", len(named(rows))))
    assert_incomplete(error, "settings", "tombstones", unread=1)
    assert "other" not in error.message
    assert time.monotonic() - started < 60


# ----------------------------------------------------------------------------------------------------------------------
# Big partitions, big values, a guardrail


@pytest.mark.slow
def test_a_partition_of_a_million_rows(tmp_path_factory: pytest.TempPathFactory) -> None:
    """It takes far longer to read than the server allows for a page."""
    size, batch_size, every = 1_000_000, 200, 10_000
    wide = [Row("wide", f"row-{place:07}", place // every if place % every == 17 else None) for place in range(size)]
    people = len(named(wide))
    others = rows_of_partitions([3] * 100, first_person=people)
    settings = {f"{kind}_request_timeout_in_ms": 2000 for kind in ("read", "range")} | {"write_request_timeout_in_ms": 20000}
    with CassandraNode(work_dir=tmp_path_factory.mktemp("wide"), settings=settings) as node:
        cluster, session = connect(node)
        with cluster:
            make_keyspace(session, "wide")
            make_table(session, "wide.settings", others)
            insert = session.prepare("INSERT INTO wide.settings (key, column1, value) VALUES (?, ?, ?)")

            def write(first: int) -> None:
                batch = BatchStatement(BatchType.UNLOGGED)
                for row in wide[first : first + batch_size]:
                    batch.add(insert, (row.key, row.column1, row.value))
                session.execute(batch)

            with concurrent.futures.ThreadPoolExecutor(4) as pool:
                list(pool.map(write, range(0, size, batch_size)))
            searched = search(node, "wide", people + len(named(others)))
        assert_complete(searched, {"settings": [*wide, *others]})
        assert searched.tables[0].rows == size + len(others)
        node.kill()


GUARDRAIL = 500


def test_a_guardrail_on_the_page_size(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The server refuses the pages that the engine would ask for. (Guardrails are for ordinary users only, so there must be one.)"""
    rows = rows_of_partitions(40 for _partition in range(60))
    settings = {"page_size_fail_threshold": GUARDRAIL}
    with CassandraNode("4.1.10", work_dir=tmp_path_factory.mktemp("guardrail"), auth=True, settings=settings) as node:
        cluster, session = connect(node)
        with cluster:
            make_keyspace(session, "guarded")
            make_table(session, "guarded.settings", rows)
            session.execute("CREATE ROLE reader WITH LOGIN = true AND PASSWORD = 'canary'")
            session.execute("GRANT SELECT ON KEYSPACE guarded TO reader")
        login = ("reader", "canary")
        ordinary = Cluster([node.address], port=node.cql_port, protocol_version=5, auth_provider=PlainTextAuthProvider(*login))
        with ordinary, pytest.raises(InvalidRequest):
            everything(ordinary.connect(), "SELECT * FROM guarded.settings", fetch_size=GUARDRAIL + 1)
        for scan in (ScanOptions(), ONE_RANGE):
            assert_complete(search(node, "guarded", len(named(rows)), scan=scan, login=login), {"settings": rows})
        node.kill()


MEGABYTE = 2**20


def _insert_heavy(session: Session, table: str, rows: Sequence[Row], sizes: Sequence[int]) -> None:
    """Contacts with pictures, so large."""
    insert = session.prepare(f"INSERT INTO {table} (key, column1, value) VALUES (?, ?, ?)")
    for row, size in zip(rows, sizes, strict=True):
        value = json.dumps({**json.loads(row.value), "picture": "R0lGODlh" * (size // 8)})
        session.execute(insert, (row.key, row.column1, value), timeout=60)


def test_values_of_megabytes(server: Server) -> None:
    """What the client needs at a time does not grow with the table."""
    make_keyspace(server.session, "heavy")
    rows = [Row(f"owner-{number // 4}", f"row-{number}", number) for number in range(160)]
    sizes = [3 * MEGABYTE if number % 8 == 0 else MEGABYTE // 2 for number in range(len(rows))]
    make_table(server.session, "heavy.settings")
    _insert_heavy(server.session, "heavy.settings", rows, sizes)
    tracemalloc.start()
    try:
        searched = search(server.node, "heavy", len(rows), scan=ONE_RANGE)
        used = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert_complete(searched, {"settings": rows})
    assert used < 1.5 * sum(sizes), "more than one and a half times the table, though it was read in pages"


@pytest.mark.slow
def test_megabytes_after_small_values(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Small rows first, so pages have grown to thousands of rows when the heavy ones come: 300 MB in one page, of a server with a heap of 512.

    Cassandra can't make such a page, and all is found nonetheless; but a server that is told to die when memory runs out would be dead. Who has
    such values and says so (page_size) does the server no harm.
    """
    small = rows_of_partitions(100 for _partition in range(20))
    last = max((f"heavy-{number}" for number in range(1000)), key=lambda key: int(Murmur3Token.hash_fn(key.encode())))
    heavy = [Row(last, f"row-{number:03}", len(named(small)) + number) for number in range(100)]
    people = len(named(small)) + len(heavy)
    with CassandraNode(heap="512M", as_in_production=True, work_dir=tmp_path_factory.mktemp("heavy")) as node:
        cluster, session = connect(node)
        with cluster:
            make_keyspace(session, "heavy")
            make_table(session, "heavy.settings", small)
            _insert_heavy(session, "heavy.settings", heavy, [3 * MEGABYTE] * len(heavy))
        assert_complete(search(node, "heavy", people, scan=replace(ONE_RANGE, page_size=10)), {"settings": [*small, *heavy]})
        assert "java.lang.OutOfMemoryError" not in node.log_file.read_text(encoding="utf-8", errors="replace")
        assert_complete(search(node, "heavy", people, scan=ONE_RANGE), {"settings": [*small, *heavy]})
        assert node.running
        node.kill()


# ----------------------------------------------------------------------------------------------------------------------
# The schema or the ring changes meanwhile

CHANGES = {
    "column added to a table that was read": ("ALTER TABLE {0}.before ADD note text", "schema_changed"),
    "column added to a table that is being read": ("ALTER TABLE {0}.during ADD note text", "schema_changed"),
    "column dropped from a table that is being read": ("ALTER TABLE {0}.during DROP value", "incomplete"),
    "table created": (f"CREATE TABLE {{0}}.created ({COLUMNS})", "schema_changed"),
    "table dropped that was read": ("DROP TABLE {0}.before", "schema_changed"),
    "table dropped that is being read": ("DROP TABLE {0}.during", "incomplete"),
    "table dropped that was not yet read": ("DROP TABLE {0}.later", "incomplete"),
    "table dropped that was read, and created anew": (f"DROP TABLE {{0}}.before; CREATE TABLE {{0}}.before ({COLUMNS})", "schema_changed"),
}
"""What happens, and the code of the error. Tables are read in the order of their names."""


@pytest.mark.parametrize("change", CHANGES)
def test_the_schema_changes_meanwhile(server: Server, monkeypatch: pytest.MonkeyPatch, change: str) -> None:
    """Never a success: nobody has looked into what is new, and what is gone may have been moved."""
    keyspace = f"change{list(CHANGES).index(change)}"
    make_keyspace(server.session, keyspace)
    rows = rows_of_partitions([4] * 20)
    tables = ("before", "during", "later")
    for table in tables:
        make_table(server.session, f"{keyspace}.{table}", rows)
    statements, code = CHANGES[change]

    def happen() -> None:
        for statement in statements.format(keyspace).split("; "):
            server.session.execute(statement)

    meanwhile = Meanwhile(monkeypatch, {f"{keyspace}.during": 3}, happen)
    error = failure(lambda: search(server.node, keyspace, len(named(rows)), scan=ScanOptions(page_size=5, min_ranges=4)))
    of_table = [(meanwhile.before[f"{keyspace}.{table}"], meanwhile.after[f"{keyspace}.{table}"]) for table in tables]
    assert of_table[0][0] > 3
    assert of_table[0][1] == of_table[2][0] == 0, "the tables were not read in turn"
    assert of_table[1][0] >= 3
    assert error.code == code, error.message
    if code == "schema_changed":
        assert of_table[1][1]
        assert of_table[2][1]
    else:
        assert re.search(r"table (during|later): \d+ of \d+ token ranges unread", error.message)


@pytest.mark.slow
def test_a_node_joins_meanwhile(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """It takes over half of the ring without the data of it: what was a complete plan is none any more."""
    rows = rows_of_partitions([4] * 100)
    folder = tmp_path_factory.mktemp("join")
    shared: dict[str, Any] = {
        "seeds": ["127.0.0.1"],
        "heap": "512M",
        "work_dir": folder,
        "properties": OF_A_CLUSTER,
    }
    with CassandraNode(settings={"num_tokens": 1, "initial_token": "0"}, **shared) as first:
        second = CassandraNode(
            address="127.0.0.2",
            port=first.cql_port,
            storage_port=first.storage_port,
            settings={"num_tokens": 1, "initial_token": str(2**62), "auto_bootstrap": False},
            **shared,
        )
        cluster, session = connect(first)
        with cluster:
            make_keyspace(session, "joined")
            make_table(session, "joined.settings", rows)
            complete = search(first, "joined", len(named(rows)), scan=SMALL_PAGES)
            assert_complete(complete, {"settings": rows})

            def join() -> None:
                second.start()
                await_all_nodes(session, 2)

            meanwhile = Meanwhile(monkeypatch, {"joined.settings": 10}, join)
            try:
                error = failure(lambda: search(first, "joined", len(named(rows)), scan=SMALL_PAGES))
            finally:
                second.kill()
                second.stop()
                first.kill()
    assert meanwhile.before["joined.settings"] >= 10
    assert meanwhile.after["joined.settings"] >= 10
    assert error.code == "ring_changed"


# ----------------------------------------------------------------------------------------------------------------------
# Tables of every kind


def test_nothing_to_read(server: Server) -> None:
    make_keyspace(server.session, "empty")
    with pytest.raises(CassandraError, match="no tables"):
        search(server.node, "empty", 1)
    make_table(server.session, "empty.one")
    server.session.execute("CREATE TABLE empty.two (key int PRIMARY KEY)")
    searched = search(server.node, "empty", 1)
    assert_complete(searched, {"one": [], "two": []})


def test_counters(server: Server) -> None:
    """The person is in the key; counters themselves hold no text."""
    make_keyspace(server.session, "counted")
    server.session.execute("CREATE TABLE counted.calls (key text, column1 text, hits counter, PRIMARY KEY (key, column1))")
    rows = [Row(f"person{number}@example.com", "calls", number) for number in range(50)]
    update = server.session.prepare("UPDATE counted.calls SET hits = hits + 1 WHERE key = ? AND column1 = ?")
    execute_concurrent_with_args(server.session, update, [(row.key, row.column1) for row in rows])
    searched = search(server.node, "counted", len(rows))
    assert_complete(searched, {"calls": rows})
    assert (searched.columns, searched.columns_without_text) == (2, 1)
    assert {finding.column for finding in searched.findings} == {"key"}


@pytest.mark.parametrize("index", ["CREATE INDEX ON {0}.settings (value)", "CREATE INDEX ON {0}.settings (value) USING 'sai'"])
def test_secondary_index(server: Server, index: str) -> None:
    """An index of the first kind is a hidden table with the values of its table in it."""
    keyspace = f"indexed{'sai' in index:d}"
    make_keyspace(server.session, keyspace)
    rows = rows_of_partitions([3] * 40)
    make_table(server.session, f"{keyspace}.settings", rows[:60])
    server.session.execute(index.format(keyspace))
    load(server.session, f"{keyspace}.settings", rows[60:])
    assert_complete(search(server.node, keyspace, len(named(rows))), {"settings": rows})


def test_materialized_view(server: Server) -> None:
    """A view repeats the rows of its table: they are found in the table, once, and the view is said to be left out."""
    make_keyspace(server.session, "viewed")
    rows = rows_of_partitions([3] * 40)
    make_table(server.session, "viewed.settings", rows)
    server.session.execute(
        "CREATE MATERIALIZED VIEW viewed.by_value AS SELECT * FROM viewed.settings "
        "WHERE value IS NOT NULL AND key IS NOT NULL AND column1 IS NOT NULL PRIMARY KEY (value, key, column1)"
    )
    deadline = time.monotonic() + 60
    while len(everything(server.session, "SELECT key FROM viewed.by_value")) < len(rows):
        assert time.monotonic() < deadline, "the view was not built"
        time.sleep(0.1)
    searched = search(server.node, "viewed", len(named(rows)))
    assert_complete(searched, {"settings": rows})
    assert searched.views_left_out == 1
    # Without its table the view is all there is of these rows; so it is when somebody names it.
    for how in ({"excluded": ["settings"]}, {"tables": ["by_value"]}):
        searched = search(server.node, "viewed", len(named(rows)), **how)
        assert_complete(searched, {"by_value": rows})
        assert searched.views_left_out == 0
    searched = search(server.node, "viewed", len(named(rows)), excluded=["settings", "by_value"])
    assert (searched.tables, searched.views_left_out) == ((), 1)
