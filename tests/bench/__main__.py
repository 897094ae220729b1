"""`make bench`: rows a second of the search beside a bare SELECT, and memory against the size of the table.

Environment: BENCH_ROWS (default 300000), BENCH_ROUNDS (default 3).
"""

from __future__ import annotations

import json
import os
import random
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cassandra.cluster import Session
from cassandra.concurrent import execute_concurrent_with_args

from tests.lab.cassandra import CassandraNode
from tests.lab.lab import connect

ROOT = Path(__file__).resolve().parents[2]
METHODS = {"select": "bare SELECT (cassandra-driver)", "search:1": "search, 1 person", "search:1000": "search, 1,000 people"}
PLANTED = 100


def _values(rows: int) -> Iterator[tuple[str, str, str]]:
    """Settings of some 450 bytes; every 1/PLANTED-th of the table has a person of the benchmark in it."""
    chance = random.Random(1)  # the same table in every run
    for number in range(rows):
        contact = {
            "name": f"favorite-{number % 97}",
            "type": "CONTACT",
            "firstName": f"First{chance.randrange(10**6)}",
            "lastName": f"Last{chance.randrange(10**6)}",
            "emailAddress": f"someone{chance.randrange(10**8)}@example.org",
            "phoneNumbers": [{"phoneNumber": f"+4989{chance.randrange(10**7, 10**8)}", "description": "work"}],
            "note": "x" * (200 + chance.randrange(100)),
        }
        if number % (rows // PLANTED) == 7:
            contact["emailAddress"] = f"bench.person{number * PLANTED // rows}@example.com"
        owner = f"{number // 97:032x}"
        yield owner, f"interaction-workspace-personal-favorites:{contact['name']}", json.dumps(contact)


def _fill(session: Session, keyspace: str, rows: int) -> None:
    session.execute(f"CREATE KEYSPACE {keyspace} WITH replication = {{'class': 'SimpleStrategy', 'replication_factor': 1}}")
    session.execute(f"CREATE TABLE {keyspace}.settings (key text, column1 text, value text, PRIMARY KEY (key, column1))")
    insert = session.prepare(f"INSERT INTO {keyspace}.settings (key, column1, value) VALUES (?, ?, ?)")
    for success, error in execute_concurrent_with_args(session, insert, _values(rows), concurrency=200, results_generator=True):
        if not success:
            raise error


def _measure(method: str, node: CassandraNode, keyspace: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.bench.methods", method, node.address, str(node.cql_port), keyspace]
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'build' / 'collections'}{os.pathsep}{ROOT}"}
    done = subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True)
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def main() -> None:
    """Fill, measure in turns, print."""
    rows = int(os.environ.get("BENCH_ROWS", "300000"))
    rounds = int(os.environ.get("BENCH_ROUNDS", "3"))
    with CassandraNode(heap="2G") as node:
        cluster, session = connect(node)
        sizes = {"small": rows // 10, "large": rows}
        for keyspace, size in sizes.items():
            print(f"filling a table with {size:,} settings ...", flush=True)
            _fill(session, keyspace, size)
        cluster.shutdown()
        results: dict[str, list[dict[str, Any]]] = {method: [] for method in METHODS}
        for turn in range(rounds + 1):
            for method in METHODS:
                measured = _measure(method, node, "large")
                if turn:  # the first turn warms the server up
                    results[method].append(measured)
        small = {method: _measure(method, node, "small") for method in METHODS}
    base = statistics.median(result["rows"] / result["seconds"] for result in results["select"])
    print(f"\nCassandra {node.version}, {rows:,} rows, median of {rounds}")
    print(f"{'method':32} {'rows/s':>10} {'ratio':>6} {'CPU s/M rows':>13} {'peak MB':>8} {'peak MB at 1/10':>16} {'found':>6}")
    for method, title in METHODS.items():
        rate = statistics.median(result["rows"] / result["seconds"] for result in results[method])
        cpu = statistics.median(result["cpu"] / result["rows"] * 1e6 for result in results[method])
        peak = max(result["peak_mb"] for result in results[method])
        found = results[method][0]["findings"]
        print(f"{title:32} {rate:10,.0f} {rate / base:6.2f} {cpu:13.2f} {peak:8.0f} {small[method]['peak_mb']:16.0f} {found:6}")


if __name__ == "__main__":
    main()
