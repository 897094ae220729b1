# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The server of a run: one node, and three tables of the same kind on it, each settled in one SSTable."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path

from cassandra.cluster import Session
from cassandra.concurrent import execute_concurrent
from cassandra.query import BatchStatement, BatchType

from tests.bench import data
from tests.lab.cassandra import CassandraNode, LabError, version_tuple
from tests.lab.lab import connect

_SETTLED_IN_TIME = 300.0  # seconds
# All SSTables of a table, whatever their sizes, are of one bucket: with min_threshold 2 they become one.
_COMPACTION = "{{'class': 'SizeTieredCompactionStrategy', 'min_sstable_size': '1099511627776', 'min_threshold': {}, 'enabled': {}}}"


@contextlib.contextmanager
def filled(version: str, sizes: dict[str, int], work_dir: Path) -> Iterator[CassandraNode]:
    """A running node with a keyspace of each name and size; it is gone at the end, and its data with it."""
    thrift = version_tuple(version) < (4,)
    settings = {"compaction_throughput_mb_per_sec": 0, "batch_size_warn_threshold_in_kb": 640, "concurrent_compactors": 2}
    with CassandraNode(version, heap="2G", as_in_production=True, work_dir=work_dir, thrift=thrift, settings=settings) as node:
        cluster, session = connect(node)
        for keyspace, rows in sizes.items():
            _fill(session, keyspace, rows, compact_storage=thrift)
        cluster.shutdown()
        # A node that is stopped flushes its memtables, and one that starts compacts what is there.
        node.stop(remove=False)
        node.start()
        for keyspace in sizes:
            _await_one_sstable(node, keyspace)
        cluster, session = connect(node)
        for keyspace in sizes:
            session.execute(f"ALTER TABLE {keyspace}.{data.TABLE} WITH compaction = {_COMPACTION.format(2, 'false')}")
        cluster.shutdown()
        yield node


def _fill(session: Session, keyspace: str, rows: int, *, compact_storage: bool) -> None:
    """Write a table, one batch for each partition, so that each partition is in one memtable at a time."""
    options = f"compaction = {_COMPACTION.format(32, 'true')}" + (" AND COMPACT STORAGE" if compact_storage else "")
    session.execute(f"CREATE KEYSPACE {keyspace} WITH replication = {{'class': 'SimpleStrategy', 'replication_factor': 1}}")
    session.execute(f"CREATE TABLE {keyspace}.{data.TABLE} (key text, column1 text, value text, PRIMARY KEY (key, column1)) WITH {options}")
    insert = session.prepare(f"INSERT INTO {keyspace}.{data.TABLE} (key, column1, value) VALUES (?, ?, ?)")

    def batches() -> Iterator[tuple[BatchStatement, None]]:
        for owner, settings in data.owners(rows):
            batch = BatchStatement(BatchType.UNLOGGED)
            for name, value in settings:
                batch.add(insert, (owner, name, value))
            yield batch, None

    for success, error in execute_concurrent(session, batches(), concurrency=16, results_generator=True):
        if not success:
            raise error
    session.execute(f"ALTER TABLE {keyspace}.{data.TABLE} WITH compaction = {_COMPACTION.format(2, 'true')}")


def _await_one_sstable(node: CassandraNode, keyspace: str) -> None:
    """Wait until the keyspace's table is one SSTable and no compaction is under way (it would leave a transaction log)."""
    folder = node.folder / "data" / "data" / keyspace
    deadline = time.monotonic() + _SETTLED_IN_TIME
    while len(list(folder.glob("*/*-Data.db"))) != 1 or list(folder.glob("*/*_txn_*.log")):
        if time.monotonic() > deadline:
            raise LabError(f"the table of {keyspace} was not compacted to one SSTable in {_SETTLED_IN_TIME:.0f} s")
        time.sleep(0.2)
