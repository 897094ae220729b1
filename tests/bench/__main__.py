# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`make bench`: the methods side by side, in one run, on the same servers and the same data.

Environment: BENCH_ROWS (1000000), BENCH_ROUNDS (3), BENCH_VERSIONS ("3.11.19 5.0.6"), BENCH_METHODS (all; for quick work, names out of
"pycassa cqlsh select ranges limit search:N recall:N"). A run with the default rows, versions and methods writes docs/benchmark.md and
docs/search-cost.svg; any other writes them to build/bench, except that one of some methods only prints.

`make bench ARGS=erasure` measures the erasure alone (tests/bench/erasure.py); a run with all methods does so at its end.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.bench import data, erasure, report, tools
from tests.bench.clients import METHODS, ROOT, Clients, Measured
from tests.bench.server import filled
from tests.lab.cassandra import LabError

ROWS, ROUNDS, VERSIONS = 1_000_000, 3, "3.11.19 5.0.6"
MORE_SEARCHES = ("search:10", "search:100", "search:1000")


def _tasks(chosen: list[str]) -> list[tuple[str, str]]:
    """What is measured in a round: method and keyspace. Curves are drawn only when all methods run."""
    if chosen:
        return [(method, "large") for method in chosen]
    tasks = [(method, "large") for method in (*METHODS, *MORE_SEARCHES)]
    return tasks + [(method, keyspace) for keyspace in ("medium", "small") for method in ("limit", "search:1", "search:10000")]


def _run(version: str, sizes: dict[str, int], rounds: int, tasks: list[tuple[str, str]], clients: Clients, scratch: Path) -> report.Server:
    left_out = {method: why for method, _keyspace in tasks if (why := clients.why_not(method, version))}
    for method, why in left_out.items():
        print(f"{version}: {method} is left out: {why}", flush=True)
    measurements: dict[tuple[str, str], list[Measured]] = {task: [] for task in tasks if task[0] not in left_out}
    print(f"{version}: filling {' + '.join(f'{rows:,}' for rows in sizes.values())} rows", flush=True)
    with filled(version, sizes, scratch) as node:
        for turn in range(rounds + 1):
            for (method, keyspace), measured in measurements.items():
                one = clients.measure(method, node, keyspace, sizes[keyspace])
                if turn:
                    measured.append(one)
                which = f"round {turn}" if turn else "warm-up"
                print(f"{version}: {which}: {method} {keyspace}: {one.rows / one.seconds:,.0f} rows/s", flush=True)
    return report.Server(version, sizes, measurements, left_out)


def _write(folder: Path, servers: list[report.Server], rounds: int, drawing_python: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    page = folder / "benchmark.md"
    erasing = page.read_text(encoding="utf-8").partition(f"\n{erasure.HEADING}\n")[1:] if page.exists() else ()
    page.write_text(report.page(servers, rounds) + "".join(erasing), encoding="utf-8")
    drawing = [str(drawing_python), str(Path(__file__).with_name("picture.py")), str(folder / "search-cost.svg")]
    subprocess.run(drawing, input=json.dumps(report.curves(servers)), text=True, check=True)
    print(f"written: {folder.relative_to(ROOT)}/benchmark.md and search-cost.svg")


def main() -> None:
    """Fill, measure in turns, print, write."""
    rows = int(os.environ.get("BENCH_ROWS") or ROWS)
    rounds = int(os.environ.get("BENCH_ROUNDS") or ROUNDS)
    versions = (os.environ.get("BENCH_VERSIONS") or VERSIONS).split()
    chosen = (os.environ.get("BENCH_METHODS") or "").split()
    unknown = [method for method in chosen if method not in METHODS and not method.startswith(("search:", "recall:"))]
    if unknown or rounds < 1 or rows < 100 * data.PLANTED:
        sys.exit(f"bench: BENCH_METHODS has {unknown or 'only known methods'}; at least 1 round, at least {100 * data.PLANTED} rows")
    tasks = _tasks(chosen)
    sizes = {"small": rows // 100, "medium": rows // 10, "large": rows}
    sizes = {keyspace: size for keyspace, size in sizes.items() if any(task[1] == keyspace for task in tasks)}
    signal.signal(signal.SIGTERM, lambda *_unused: sys.exit(143))  # so that everything is stopped and removed then too
    load = os.getloadavg()[0]
    if load > 0.5:
        print(f"bench: this machine is busy (load {load:.1f}), so the figures will not be good", flush=True)
    with tempfile.TemporaryDirectory(prefix="gws-bench-") as scratch:
        clients = Clients([method for method, _keyspace in tasks], Path(scratch))
        drawing_python = None if chosen else tools.environment("picture", "requirements.txt")
        servers = []
        for version in versions:
            server = _run(version, sizes, rounds, tasks, clients, Path(scratch))
            print(f"\nCassandra {version}, {rows:,} rows, {report.cores()} cores, median of {rounds}\n")
            print("\n\n".join("\n".join(lines) for lines in server.tables()), end="\n\n", flush=True)
            servers.append(server)
    if drawing_python is not None:
        in_docs = rows == ROWS and versions == VERSIONS.split()
        _write(ROOT / "docs" if in_docs else ROOT / "build" / "bench", servers, rounds, drawing_python)
        erasure.main()


if __name__ == "__main__":
    try:
        erasure.main() if sys.argv[1:] == ["erasure"] else main()
    except LabError as error:
        sys.exit(f"bench: {error}")
    except KeyboardInterrupt:
        sys.exit("bench: interrupted")
