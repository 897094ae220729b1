# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From measurements to the table, the bounds and the page."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from tests.bench import data, tools
from tests.bench.clients import METHODS, Measured

Measurements = Mapping[tuple[str, str], Sequence[Measured]]
"""By method and keyspace."""


@dataclass(frozen=True)
class Summary:
    """The rounds of a method: medians, but the highest peak."""

    rows: int
    seconds: float
    process_seconds: float
    cpu: float
    read_cpu: float | None
    peak_mb: float

    @property
    def rate(self) -> float:
        """Rows a second."""
        return self.rows / self.seconds

    def per_million(self, value: float) -> float:
        """A value of this table's rows as one of a million rows."""
        return value / self.rows * 1e6


def summary(rounds: Sequence[Measured]) -> Summary:
    """What is told of some rounds."""
    read_cpus = [one.read_cpu for one in rounds if one.read_cpu is not None]
    return Summary(
        rows=rounds[0].rows,
        seconds=statistics.median(one.seconds for one in rounds),
        process_seconds=statistics.median(one.process_seconds for one in rounds),
        cpu=statistics.median(one.cpu for one in rounds),
        read_cpu=statistics.median(read_cpus) if read_cpus else None,
        peak_mb=max(one.peak_mb for one in rounds),
    )


@dataclass(frozen=True)
class Server:
    """What was measured on one version of Cassandra."""

    version: str
    sizes: Mapping[str, int]
    measurements: Measurements
    left_out: Mapping[str, str]  # method: why

    def get(self, method: str, keyspace: str = "large") -> Summary | None:
        """The summary of a method; None when it was not measured."""
        rounds = self.measurements.get((method, keyspace))
        return summary(rounds) if rounds else None

    def tables(self) -> list[list[str]]:
        """All tables, each as lines."""
        return [self.table(), self.bounds(), self.people_table(), self.sizes_table()]

    def table(self) -> list[str]:
        """The methods on the largest table, as lines of Markdown."""
        heads = ["method", "rows/s", "of the limit", "x pycassa", "CPU s per M rows", "of these reading", "peak MB", "read s", "process s"]
        lines = [heads]
        limit, pycassa = self.get("limit"), self.get("pycassa")
        ledgers = {method: f"lookup of a ledger of {method[7:]}" for method, _keyspace in self.measurements if method.startswith("recall:")}
        for method, title in (METHODS | ledgers).items():
            one = self.get(method)
            if one is None:
                continue
            lines.append(
                [
                    title,
                    f"{one.rate:,.0f}",
                    f"{one.rate / limit.rate:.2f}" if limit else "",
                    f"{one.rate / pycassa.rate:.1f}" if pycassa else "",
                    f"{one.per_million(one.cpu):.2f}",
                    "" if one.read_cpu is None else f"{one.per_million(one.read_cpu):.2f}",
                    f"{one.peak_mb:.0f}",
                    f"{one.seconds:.2f}",
                    f"{one.process_seconds:.2f}",
                ]
            )
        return [*aligned(lines), *(f"\nLeft out: {METHODS[method]}: {why}." for method, why in self.left_out.items())]

    def sizes_table(self) -> list[str]:
        """Rate and peak against the size of the table."""
        lines = [["rows", "limit rows/s", "1 person rows/s", "10,000 people rows/s", "peak MB, 10,000 people"]]
        for keyspace, rows in self.sizes.items():
            limit, one, many = (self.get(method, keyspace) for method in ("limit", "search:1", "search:10000"))
            rates = [f"{found.rate:,.0f}" if found else "" for found in (limit, one, many)]
            lines.append([f"{rows:,}", *rates, f"{many.peak_mb:.0f}" if many else ""])
        return aligned(lines)

    def people_table(self) -> list[str]:
        """Time against the number of people."""
        lines = [["people", "read s", "process s", "CPU s per M rows", "peak MB"]]
        for people, one in self.by_people():
            cpu = f"{one.per_million(one.cpu):.2f}"
            lines.append([f"{people:,}", f"{one.seconds:.2f}", f"{one.process_seconds:.2f}", cpu, f"{one.peak_mb:.0f}"])
        return aligned(lines)

    def by_people(self) -> Iterator[tuple[int, Summary]]:
        """The searches of the largest table, by number of people."""
        searches = [method for method, keyspace in self.measurements if keyspace == "large" and method.startswith("search:")]
        for people in sorted(int(method.partition(":")[2]) for method in searches):
            if one := self.get(f"search:{people}"):
                yield people, one

    def bounds(self) -> list[str]:
        """What is promised, what was measured, and whether it is met."""
        lines = [["bound", "measured", ""]]
        for what, value, at_least, at_most in self._bounds():
            if value is None:
                lines.append([what, "", "not measured"])
            else:
                lines.append([what, f"{value:.4g}", "met" if at_least <= value <= at_most else "**NOT MET**"])
        return aligned(lines)

    def _bounds(self) -> Iterator[tuple[str, float | None, float, float]]:
        no_end = float("inf")
        search, many, limit = self.get("search:1"), self.get("search:10000"), self.get("limit")
        many_in_less = self.get("search:10000", "medium")

        def over(first: Summary | None, second: Summary | None, value: Callable[[Summary], float]) -> float | None:
            return value(first) / value(second) if first and second else None

        yield "rate of the search / rate of the limit >= 0.85", over(search, limit, lambda one: one.rate), 0.85, no_end
        yield "rate of the search / rate of pycassa >= 4", over(search, self.get("pycassa"), lambda one: one.rate), 4, no_end
        yield "rate of the search / rate of cqlsh COPY >= 5", over(search, self.get("cqlsh"), lambda one: one.rate), 5, no_end
        yield "time for 10,000 people / time for 1 <= 1.4", over(many, search, lambda one: one.seconds), 0, 1.4
        yield (
            "CPU seconds of the search, whole process, per million rows <= 1.2",
            search.per_million(search.cpu) if search else None,
            0,
            1.2,
        )
        yield "peak MB of the search, 10,000 people <= 200", many.peak_mb if many else None, 0, 200
        yield "its peak / its peak at a tenth of the rows, 0.9 to 1.1", over(many, many_in_less, lambda one: one.peak_mb), 0.9, 1.1


def aligned(lines: list[list[str]]) -> list[str]:
    """A Markdown table that reads well as plain text too: the first column to the left, the others to the right."""
    widths = [max(len(cell) for cell in column) for column in zip(*lines, strict=True)]

    def row(cells: Sequence[str]) -> str:
        return (
            "| " + " | ".join([cells[0].ljust(widths[0]), *(cell.rjust(w) for cell, w in zip(cells[1:], widths[1:], strict=True))]) + " |"
        )

    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    return [row(lines[0]), row(rule), *map(row, lines[1:])]


def cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0))


def curves(servers: Sequence[Server]) -> dict[str, list[dict[str, object]]]:
    """What picture.py draws."""
    by_size: list[dict[str, object]] = []
    by_people: list[dict[str, object]] = []
    for server in servers:
        for method, label in (("limit", "the limit"), ("search:1", "search, 1 person")):
            points = [(rows, one.rate) for keyspace, rows in server.sizes.items() if (one := server.get(method, keyspace))]
            by_size.append({"version": server.version, "label": label, "bare": method == "limit", "points": points})
        points = [(people, one.seconds) for people, one in server.by_people()]
        by_people.append({"version": server.version, "label": "search", "bare": False, "points": points})
    return {"by_size": by_size, "by_people": by_people}


def page(servers: Sequence[Server], rounds: int) -> str:
    """docs/benchmark.md. It has no date, so that a run with the same figures gives the same page."""
    rows = max(server.sizes["large"] for server in servers)
    libraries = [f"{name} {importlib.metadata.version(name)}" for name in ("cassandra-driver", "ahocorasick_rs")]
    others = [tools.version("requirements-cqlsh.txt"), tools.version("requirements-pycassa.txt") + " in Python 2.7"]
    conditions = (
        f"Measured in one run on {cores()} cores, client and server together: Python {platform.python_version()}, {', '.join(libraries)}; "
        f"{', '.join(others)}. One Cassandra node with a heap of 2 GB on loopback, one version after the other. {rows:,} settings of some "
        f"450 bytes in one settled SSTable, in the page cache; {data.PLANTED} of them are planted. Each method is a process of its own. "
        f"One round to warm up, then {rounds} in turns (every method once, then every method again)."
    )
    parts = ["# Benchmark of the search", "<!-- Written by `make bench`. -->", conditions, "## How to read it", _HOW_TO_READ]
    for server in servers:
        parts += [
            f"## Cassandra {server.version}",
            "\n".join(server.table()),
            "\n".join(server.bounds()),
            "By rows in the table:",
            "\n".join(server.sizes_table()),
            "By people searched for:",
            "\n".join(server.people_table()),
        ]
    parts += ["## Cost against size", "![rows a second by rows in the table, and seconds by people searched for](search-cost.svg)"]
    return "\n\n".join(parts) + "\n"


_HOW_TO_READ = """\
- *rows/s* counts from just before the first query to the last row; *process s* is the whole client, with imports, connecting and (for the
  search) reading the list of people. cqlsh says itself how long its copy took.
- *The limit* reads every column of every row and receives it as the search does (256 KiB at a time, protocol 4), but decodes no row and
  looks at no byte. What it takes is the server's time and the driver's: no search through this driver that reads all columns can be faster,
  apart from chance.
- *pycassa* does what is known of the vendor's script: `get_range` over Thrift and `in`, in Python 2.7. The script itself was not at hand, so
  the page size is the one at which the method was fastest here (50 partitions; pycassa's default of 1024 was slower and timed out), and
  pycassa is 1.11.2 where the vendor names 1.9.1.
- pycassa and the two methods with `in` look for one address in one column and find only that spelling; the search looks for an address
  and a phone number of each person in every column, in any spelling it knows. Each method has to read all rows and to find exactly what
  was planted for it, or the run fails.
- *CPU* and *peak* are the client's. CPU is that of the whole process; *of these reading* leaves start-up out. The peak of cqlsh is the
  sum of its processes.
- Seconds and rates are medians, peaks are the highest of the rounds. Compare methods within a table, not figures of two machines: the
  server has the same cores as the client, so a client that needs less CPU leaves more to the server."""
