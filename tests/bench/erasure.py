# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How fast gws_pii_delete erases, against the bare sequence of the same HTTP calls, on the stand-in for GWS with its settings in memory
(Cassandra behind it would be measured instead).

The module runs as a process, and so does the replay; what is told are the seconds from the first request to the last answer, as the stand-in has seen
them, so that neither's start counts. Each figure stands beside the others of the same round. The stand-in runs in the process of the benchmark.

Environment: BENCH_ROUNDS (3), BENCH_LATENCIES ("0 0.01 0.05", seconds). With the defaults the table becomes the last section of docs/benchmark.md;
otherwise it is written to build/bench.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from tests.bench import report
from tests.bench.clients import ROOT
from tests.bench.process import Cost, run
from tests.lab.gws import GwsConfig, GwsStandIn, Request, User
from tests.lab.layouts import Group, Owner, Setting
from tests.lab.memory import InMemory

LATENCIES = (0.0, 0.010, 0.050)
PARALLEL = (1, 4, 16)
AGENTS, PER_AGENT, NEIGHBOURS = 40, 25, 5
MANY_PEOPLE, SETTINGS_OF_EACH, MANY_AGENTS = 10_000, 3, 400
FAVORITES = Group("interaction-workspace-personal-favorites", "Favorites", "name")
ADMIN = User("ad" * 16, "admin@bench.example", roles=("ROLE_ADMIN",))
PASSWORD = "bench"
HEADING = "## Erasure"
Call = tuple[str, str, str]


@dataclass(frozen=True)
class Site:
    """Agents with favorites, and the people in them who are to be erased."""

    agents: int
    per_agent: int
    people: int

    @property
    def settings(self) -> int:
        """How many settings go."""
        return self.agents * self.per_agent

    def users(self) -> list[User]:
        """The agents, and an administrator."""
        return [ADMIN, *(User(f"{number:032x}", f"agent{number}@bench.example") for number in range(1, self.agents + 1))]

    def layout(self) -> InMemory:
        """Fresh settings: a person's favorites, and other people's beside them."""
        layout = InMemory()
        number = 0
        for user in self.users()[1:]:
            owner = Owner("user", user.id)
            for place in range(self.per_agent):
                layout.put(owner, FAVORITES, f"fav-{place}", _favorite(f"fav-{place}", self.address(number % self.people)))
                number += 1
            for place in range(NEIGHBOURS):
                layout.put(owner, FAVORITES, f"other-{place}", _favorite(f"other-{place}", f"other{place}@bench.example"))
        return layout

    @staticmethod
    def address(person: int) -> str:
        return f"person{person:05d}@bench.example"


def _favorite(name: str, address: str) -> Setting:
    value = {"type": "custom", "firstName": "Ann", "lastName": "Example", "emailAddress": address, "phoneNumbers": [{"phoneNumber": "n/a"}]}
    return {"name": name, "value": json.dumps(value)}


@dataclass(frozen=True)
class Timed:
    """``seconds`` from the first request to the last answer; ``erasing`` from the first change of an agent's setting to the last answer about one.

    ``calls`` as they were sent.
    """

    seconds: float
    erasing: float
    calls: tuple[Call, ...]
    cost: Cost
    left: int


class Bench:
    """A stand-in, and the processes that talk to it."""

    def __init__(self, site: Site, gws: GwsStandIn, scratch: Path) -> None:
        self._site = site
        self._gws = gws
        self._scratch = scratch
        self._environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "build" / "collections")])}

    def erase(self, latency: float, parallel: int) -> Timed:
        """The module, through the API alone: so each agent is read once, and what there is goes."""
        options: dict[str, object] = {
            "subjects": [{"ref": f"p{number}", "identifiers": [self._site.address(number)]} for number in range(self._site.people)],
            "key": "benchmark of the erasure",
            "gws_url": [self._gws.url],
            "gws_username": ADMIN.user_name,
            "gws_password": PASSWORD,
            "gws_parallel": parallel,
            "max_deletes": self._site.settings,
            "max_per_subject": self._site.settings,
            "work_dir": str(self._scratch / "work"),
        }
        return self._timed("module", latency, options)

    def replay(self, latency: float, calls: tuple[Call, ...], parallel: int = 1, *, durable: bool = False) -> Timed:
        """The same calls, bare."""
        content: dict[str, object] = {
            "url": self._gws.url,
            "username": ADMIN.user_name,
            "password": PASSWORD,
            "calls": calls,
            "parallel": parallel,
            "durable": str(self._scratch / "sent") if durable else "",
        }
        return self._timed("replay", latency, content)

    def _timed(self, what: str, latency: float, content: dict[str, object]) -> Timed:
        layout = self._site.layout()
        self._gws.reseed(layout, self._site.users(), GwsConfig(password=PASSWORD, latency_seconds=latency))
        times: list[float] = []
        changes: list[float] = []
        agents: list[float] = []

        def note(_phase: str, request: Request) -> None:
            times.append(time.monotonic())
            if "/users/" in request.path:
                agents.append(times[-1])
                if request.is_write:
                    changes.append(times[-1])

        self._gws.hooks.append(note)
        file = self._scratch / "content.json"
        file.write_text(json.dumps(content), encoding="utf-8")
        cost = run([sys.executable, "-m", "tests.bench.erase", what, str(file)], self._environment, watch_memory=True)
        left = sum(
            1
            for user in self._site.users()
            for setting in layout.settings(Owner("user", user.id), FAVORITES)
            if str(setting["name"]).startswith("fav-")
        )
        if (
            left
            or sum(len(layout.settings(Owner("user", user.id), FAVORITES)) for user in self._site.users()) != NEIGHBOURS * self._site.agents
        ):
            raise RuntimeError(f"{what} left {left} settings, or took a neighbour's: {cost.output[-500:]}")
        return Timed(max(times) - min(times), max(agents) - min(changes), tuple(map(_call, self._gws.requests)), cost, left)


def _call(request: Request) -> Call:
    return request.method, request.path + (f"?{request.query}" if request.query else ""), request.body.decode()


Rates = dict[str, list[float]]


def main() -> None:
    """Measure in turns, print the tables, write them."""
    rounds = int(os.environ.get("BENCH_ROUNDS") or 3)
    latencies = tuple(float(one) for one in (os.environ.get("BENCH_LATENCIES") or " ".join(map(str, LATENCIES))).split())
    site = Site(AGENTS, PER_AGENT, 50)
    measured: dict[float, Rates] = {}
    with tempfile.TemporaryDirectory(prefix="gws-bench-") as scratch:
        with GwsStandIn(site.layout(), site.users(), GwsConfig(password=PASSWORD)) as gws:
            bench = Bench(site, gws, Path(scratch))
            bench.erase(0.0, 4)  # a warm-up
            for latency in latencies:
                measured[latency] = measure(bench, site, latency, rounds)
        many = Site(MANY_AGENTS, MANY_PEOPLE * SETTINGS_OF_EACH // MANY_AGENTS, MANY_PEOPLE)
        with GwsStandIn(many.layout(), many.users(), GwsConfig(password=PASSWORD)) as gws:
            timed = Bench(many, gws, Path(scratch)).erase(0.0, 4)
    lines = tables(measured, rounds, many, timed)
    print("\n".join(lines))
    write(lines, in_docs=latencies == LATENCIES)


def measure(bench: Bench, site: Site, latency: float, rounds: int) -> Rates:
    """Settings per second of each way, in turns."""
    rates: Rates = {}
    for _turn in range(rounds):
        alone = bench.erase(latency, 1)
        turn = {"1": alone}
        turn.update({f"{parallel}": bench.erase(latency, parallel) for parallel in PARALLEL[1:]})
        turn.update({f"bare {parallel}": bench.replay(latency, alone.calls, parallel) for parallel in PARALLEL})
        if not latency:  # what takes longer hides it
            turn["durable 1"] = bench.replay(latency, alone.calls, durable=True)
        rates.setdefault("calls", []).append(len(alone.calls))
        for name, timed in turn.items():
            rates.setdefault(name, []).append(site.settings / timed.seconds)
            rates.setdefault(f"erasing {name}", []).append(site.settings / timed.erasing)
        print(f"{latency * 1000:.0f} ms: " + ", ".join(f"{name}: {found[-1]:.0f}" for name, found in rates.items()), flush=True)
    return rates


def tables(measured: dict[float, Rates], rounds: int, many: Site, timed: Timed) -> list[str]:
    """The section, as lines of Markdown."""
    heads = [
        "latency",
        "parallel",
        "calls",
        "settings/s",
        "bare settings/s",
        "of bare",
        "erasing alone, of bare",
        "x ours at 1",
        "bare x bare at 1",
    ]
    rows, durable, bounds = [heads], [["latency", "bare", "bare, each change flushed to disk", "ours", "of bare", "of bare, flushed"]], []
    for latency, rates in measured.items():
        median = {name: statistics.median(found) for name, found in rates.items()}
        label = f"{latency * 1000:.0f} ms"
        for parallel in PARALLEL:
            ours, bare = median[str(parallel)], median[f"bare {parallel}"]
            cells = [label, str(parallel), f"{median['calls']:.0f}", f"{ours:.0f}", f"{bare:.0f}", f"{ours / bare:.2f}"]
            erasing = median[f"erasing {parallel}"] / median[f"erasing bare {parallel}"]
            alone = f"{erasing:.2f}" if parallel == 1 else ""  # the bare sequences of several workers read and erase at the same time
            rows.append([*cells, alone, f"{ours / median['1']:.1f}", f"{bare / median['bare 1']:.1f}"])
        if flushed := median.get("durable 1"):
            cells = [label, f"{median['bare 1']:.0f}", f"{flushed:.0f}", f"{median['1']:.0f}", f"{median['1'] / median['bare 1']:.2f}"]
            durable.append([*cells, f"{median['1'] / flushed:.2f}"])
        bounds.append((f"of bare at 1, {label} >= 0.8", median["1"] / median["bare 1"], 0.8))
        bounds.append((f"the same, erasing alone, {label} >= 0.8", median["erasing 1"] / median["erasing bare 1"], 0.8))
        if latency == LATENCIES[-1]:
            bounds.append((f"4 / 1 at {label} >= 3.5", median["4"] / median["1"], 3.5))
            bounds.append((f"16 / 1 at {label} >= 12", median["16"] / median["1"], 12.0))
    judged = [
        ["bound", "measured", ""],
        *([what, f"{value:.2f}", "met" if value >= least else "**NOT MET**"] for what, value, least in bounds),
    ]
    rate, each = many.settings / timed.seconds, len(timed.calls) / many.settings
    site = (
        f"{AGENTS * PER_AGENT:,} settings of {AGENTS} agents, each agent with {NEIGHBOURS} settings of other people beside them, erased by gws_pii_delete "
        f"through the API; medians of {rounds} rounds in turns, {report.cores()} cores for the stand-in for GWS and the module together."
    )
    large = (
        f"{MANY_PEOPLE:,} people with {many.settings:,} settings of {MANY_AGENTS} agents in one run, latency 0, parallel 4: {timed.cost.seconds:.0f} s "
        f"({rate:.0f} settings/s, {each:.2f} calls each), peak {timed.cost.peak_mb:.0f} MB."
    )
    return [
        HEADING,
        "",
        site,
        "",
        *report.aligned(rows),
        "",
        _HOW_TO_READ,
        "",
        *report.aligned(judged),
        "",
        "What the backup costs, at one request at a time:",
        "",
        *report.aligned(durable),
        "",
        large,
    ]


def write(lines: list[str], *, in_docs: bool) -> None:
    """As the last section of docs/benchmark.md, or as a file of its own."""
    text = "\n".join([*lines, ""])
    if in_docs:
        page = ROOT / "docs" / "benchmark.md"
        page.write_text(page.read_text(encoding="utf-8").partition(f"\n{HEADING}\n")[0] + "\n" + text, encoding="utf-8")
        print("written: docs/benchmark.md")
        return
    folder = ROOT / "build" / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "erasure.md").write_text(text, encoding="utf-8")
    print("written: build/bench/erasure.md")


_HOW_TO_READ = """\
- *settings/s* counts from the first request to the last answer: login, reading all agents' settings, judging them, the lease, the proof of the delete
  form (with two pauses of 0.2 s for other GWS nodes), and for each setting a DELETE and the look that proves it. *Erasing alone* counts from the first
  DELETE to the last look: what is left out is the reading, the judging of all settings and the beginning, which a bare sequence has nothing like.
- *bare* sends exactly these calls, by requests, one connection for each worker, and does nothing else: no judging, no backup, no comparing. At 4 and 16 it
  sends what belongs to one agent in order, as the module does, and all agents' calls at once: it shows how far the stand-in and the machine scale.
- 40 agents in turns of 16 are three turns: no way of erasing an agent's settings one after the other can be more than 13.3 times as fast at 16."""


if __name__ == "__main__":
    main()
