# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`python -m tests.bench.residue`: the search of files beside `cat` and the node's own sstabledump, on the same files, in one run.

Environment: BENCH_ROWS (300000), BENCH_ROUNDS (3), BENCH_VERSION (5.0.6). Prints a table: megabytes of rows (after decompression) in a CPU
second and in a second, the median of the rounds after one to warm up. cat reads what is on the disk, so its rate is also given in bytes on disk.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from cassandra.cluster import Session
from cassandra.concurrent import execute_concurrent

from tests.bench import data, process, report
from tests.bench.clients import ROOT
from tests.lab.cassandra import DEFAULT_VERSION, CassandraNode, LabError, version_tuple
from tests.lab.lab import connect
from tests.lab.nodetool import java_tool, nodetool

_OPTIONS = {
    "LZ4": "{'class': 'LZ4Compressor'}",
    "none": "{'enabled': 'false'}",
    "Snappy": "{'class': 'SnappyCompressor'}",
    "Deflate": "{'class': 'DeflateCompressor'}",
    "Zstd": "{'class': 'ZstdCompressor'}",
}
_TO_NOWHERE = ("sh", "-c", 'exec "$@" >/dev/null', "sh")
_SEARCH = """
import json, resource, sys
from ansible_collections.genesys.gws.plugins.module_utils._module import run_residue
params = {name: option.get("default") for name, option in run_residue.argument_spec().items()}
result = run_residue.run({**params, **json.load(open(sys.argv[1]))})
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"state": result["state"], "files": result["bytes_searched"], "peak": peak, "hits": result["subjects"]}))
"""


class Rate(NamedTuple):
    """Medians, in MB a second."""

    per_cpu_second: float
    per_second: float


def _fill(session: Session, table: str, compression: str, rows: int) -> None:
    session.execute(
        f"CREATE TABLE bench.{table} (key text, column1 text, value text, PRIMARY KEY (key, column1)) WITH compression = {compression}"
    )
    insert = session.prepare(f"INSERT INTO bench.{table} (key, column1, value) VALUES (?, ?, ?)")
    values = ((insert, (owner, name, value)) for owner, settings in data.owners(rows) for name, value in settings)
    for success, error in execute_concurrent(session, values, concurrency=64, results_generator=True):
        if not success:
            raise error


def _rate(command: Sequence[str], environment: dict[str, str], megabytes: float, rounds: int) -> tuple[Rate, process.Cost]:
    costs = [process.run(command, environment) for _round in range(rounds + 1)][1:]
    cpu, seconds = (statistics.median(one) for one in zip(*((cost.cpu, cost.seconds) for cost in costs), strict=True))
    return Rate(megabytes / max(cpu, 1e-3), megabytes / seconds), costs[-1]


def _measure(node: CassandraNode, table: str, subjects: dict[str, list[str]], rounds: int, scratch: Path) -> list[list[str]]:
    files = sorted((node.folder / "data" / "data" / "bench").glob(f"{table}-*/*"))
    data_files = [str(path) for path in files if path.name.endswith("-Data.db")]
    on_disk = sum(os.path.getsize(path) for path in data_files) / 1e6
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": f"{ROOT / 'build/collections'}", "HOME": str(scratch)}
    lines, plain = [], 0.0
    for name, identifiers in subjects.items():
        options = {"data_file_directories": [str(Path(data_files[0]).parents[2])], "commitlog_directory": str(scratch / "no-commit-log")}
        (scratch / "no-commit-log").mkdir(exist_ok=True)
        only = scratch / table
        if not only.exists():  # a folder with this table alone: links to its files
            (only / "bench").mkdir(parents=True)
            (only / "bench" / Path(data_files[0]).parent.name).symlink_to(Path(data_files[0]).parent)
        options["data_file_directories"] = [str(only)]
        given = scratch / "options.json"
        given.write_text(json.dumps({**options, "subjects": [{"ref": "T", "identifiers": identifiers}], "region": "DE", "key": "k" * 16}))
        rate, cost = _rate([sys.executable, "-c", _SEARCH, str(given)], environment, 1.0, rounds)
        told = json.loads(cost.output)
        if told["state"] != "residue":
            raise LabError(f"the search of {table} is {told['state']}")
        plain = told["files"] / 1e6
        seen = Rate(rate.per_cpu_second * plain, rate.per_second * plain)
        lines.append([table, f"search: {name}", f"{seen.per_cpu_second:,.0f}", f"{seen.per_second:,.0f}", f"{told['peak']:,.0f}"])
    cat, _cost = _rate([*_TO_NOWHERE, "cat", *data_files], environment, on_disk, rounds)
    lines.append([table, "cat (bytes on disk)", f"{cat.per_cpu_second:,.0f}", f"{cat.per_second:,.0f}", ""])
    dump, _cost = _rate(
        [*_TO_NOWHERE, *java_tool(node, "org.apache.cassandra.tools.SSTableExport", data_files[0])], environment, plain / len(data_files), 1
    )
    lines.append([table, "sstabledump", f"{dump.per_cpu_second:,.1f}", f"{dump.per_second:,.1f}", ""])
    return lines


def main() -> None:
    """Fill, measure, print."""
    rows, rounds = int(os.environ.get("BENCH_ROWS") or 300_000), int(os.environ.get("BENCH_ROUNDS") or 3)
    version = os.environ.get("BENCH_VERSION") or DEFAULT_VERSION
    subjects = {
        "e-mail and phone": list(data.person(0)),
        "e-mail": [data.person(0).email],
        "1,000 people": [identifier for number in range(1000) for identifier in data.person(number)],
    }
    tables = [name for name in _OPTIONS if name != "Zstd" or version_tuple(version) >= (4,)]
    with tempfile.TemporaryDirectory(prefix="gws-bench-") as folder:
        scratch = Path(folder)
        with CassandraNode(version, heap="2G", as_in_production=True, work_dir=scratch) as node:
            cluster, session = connect(node)
            session.execute("CREATE KEYSPACE bench WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}")
            for table in tables:
                _fill(session, table.lower(), _OPTIONS[table], rows)
            cluster.shutdown()
            for table in tables:
                nodetool(node, "flush", "bench", table.lower())
                nodetool(node, "compact", "bench", table.lower())
            nodetool(node, "drain")
            node.stop(remove=False)
            lines = [["table", "what", "MB/CPU s", "MB/s", "peak MB"]]
            for table in tables:
                lines += _measure(node, table.lower(), subjects if table == "LZ4" else dict(list(subjects.items())[:1]), rounds, scratch)
            node.stop()
    print(f"\nCassandra {version}, {rows:,} rows a table, {report.cores()} cores, median of {rounds}\n")
    for line in lines:
        print("| " + " | ".join(line) + " |")
        if line is lines[0]:
            print("|" + "---|" * len(line))


if __name__ == "__main__":
    try:
        main()
    except LabError as error:
        sys.exit(f"bench: {error}")
