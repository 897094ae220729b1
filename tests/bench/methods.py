# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The methods that read with cassandra-driver, each as a process of its own that prints one line of JSON.

Nothing of the collection is imported here, so that it costs these methods nothing; the collection's own search is in search.py.
"""

from __future__ import annotations

import concurrent.futures
import itertools
import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cassandra.cluster import EXEC_PROFILE_DEFAULT, Cluster, DefaultConnection, ExecutionProfile, Session
from cassandra.protocol import ResultMessage, _ProtocolHandler, read_int
from cassandra.query import SimpleStatement, tuple_factory

from tests.bench import data

PAGE_SIZE = 5000
RANGES = 64
IN_FLIGHT = 4
REQUEST_TIMEOUT = 60.0
_LEAST_TOKEN, _MOST_TOKEN = -(2**63), 2**63 - 1  # of Murmur3Partitioner


@contextmanager
def measured(result: dict[str, Any]) -> Iterator[None]:
    """Adds the seconds and the CPU seconds of its body to the result: connected before, nothing shut down yet."""
    started, cpu = time.monotonic(), time.process_time()
    yield
    result |= {"seconds": time.monotonic() - started, "read_cpu": time.process_time() - cpu}


def tell(result: dict[str, Any]) -> None:
    """Print the result, with the peak of this process's memory. (ru_maxrss would begin with that of the process that forked.)"""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    peak = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    print(json.dumps(result | {"peak_mb": int(peak.split()[1]) / 1024}))


class _CountedRows(ResultMessage):  # type: ignore[misc]
    """A page of which the paging state and the number of rows are read, and nothing else."""

    def recv_results_rows(self, f: Any, _protocol_version: int, user_type_map: Any, *_unused: Any) -> None:
        self.recv_results_metadata(f, user_type_map)
        self.parsed_rows = [read_int(f)]


class _CountingHandler(_ProtocolHandler):  # type: ignore[misc]
    """`Session.client_protocol_handler` is the driver's documented way to read results differently."""

    message_types_by_opcode = _ProtocolHandler.message_types_by_opcode | {ResultMessage.opcode: _CountedRows}


class _LargeReceives(DefaultConnection):  # type: ignore[misc]
    """The driver receives 4 KiB at a time unless told otherwise."""

    in_buffer_size = 1 << 18


def select(session: Session, text: str) -> tuple[int, int]:
    """What one would write first: one SELECT, and `in` on each value."""
    rows = hits = 0
    for row in session.execute(SimpleStatement(f"SELECT key, column1, value FROM {data.TABLE}", fetch_size=PAGE_SIZE)):
        rows += 1
        if text in row[2]:
            hits += 1
    return rows, hits


def ranges(session: Session, text: str) -> tuple[int, int]:
    """The same by token ranges, some at a time."""

    def search(page: list[tuple[str, str, str]]) -> tuple[int, int]:
        return len(page), sum(1 for row in page if text in row[2])

    return _by_ranges(session, search)


def limit(session: Session, _text: str) -> tuple[int, int]:
    """Only what has to be done to get all bytes of the table: no row is decoded, nothing is searched. Received in the cheapest way."""
    session.client_protocol_handler = _CountingHandler
    return _by_ranges(session, lambda page: (page[0], 0))


def _by_ranges(session: Session, take: Callable[[Any], tuple[int, int]]) -> tuple[int, int]:
    """Read RANGES token ranges, IN_FLIGHT at a time; `take` gives rows and hits of a page."""
    step = 2**64 // RANGES
    bounds = [_LEAST_TOKEN + step * number for number in range(RANGES)] + [_MOST_TOKEN]

    def read(bound: tuple[int, int]) -> tuple[int, int]:
        where = f"token(key) > {bound[0]} AND token(key) <= {bound[1]}"
        statement = SimpleStatement(f"SELECT key, column1, value FROM {data.TABLE} WHERE {where}", fetch_size=PAGE_SIZE)
        rows = hits = 0
        state: bytes | None = None
        while True:
            result = session.execute(statement, paging_state=state)
            more_rows, more_hits = take(result.current_rows)
            rows, hits, state = rows + more_rows, hits + more_hits, result.paging_state
            if not state:
                return rows, hits

    with concurrent.futures.ThreadPoolExecutor(IN_FLIGHT) as pool:
        read_of = list(pool.map(read, itertools.pairwise(bounds)))
    return sum(rows for rows, _hits in read_of), sum(hits for _rows, hits in read_of)


METHODS = {"select": select, "ranges": ranges, "limit": limit}


def main() -> None:
    """Arguments: method, host, port, keyspace."""
    method, host, port, keyspace = sys.argv[1:]
    profile = ExecutionProfile(row_factory=tuple_factory, request_timeout=REQUEST_TIMEOUT)
    options: dict[str, Any] = {}
    if method == "limit":
        profile = ExecutionProfile(row_factory=lambda _names, page: page, request_timeout=REQUEST_TIMEOUT)
        options = {
            "connection_class": _LargeReceives,
            "protocol_version": 4,
            "compression": False,
        }  # 5 has checksums, which the driver computes in Python
    cluster = Cluster([host], port=int(port), execution_profiles={EXEC_PROFILE_DEFAULT: profile}, **options)
    session = cluster.connect(keyspace)
    result: dict[str, Any] = {}
    with measured(result):
        result["rows"], result["hits"] = METHODS[method](session, data.person(0).email)
    cluster.shutdown()
    tell(result)


if __name__ == "__main__":
    main()
