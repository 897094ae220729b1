# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How fast gws_pii_delete erases, against the bare sequence of the same HTTP calls, on the stand-in for GWS with its settings in memory
(Cassandra behind it would be measured instead).

The module runs as a process, and so does the replay; what is told are the seconds from the first request to the last answer, as the stand-in has seen
them, so that neither's start counts. Each figure stands beside the others of the same round.
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
    """``seconds`` from the first request to the last answer; ``calls`` as they were sent."""

    seconds: float
    calls: tuple[tuple[str, str, str], ...]
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

    def replay(self, latency: float, calls: tuple[tuple[str, str, str], ...]) -> Timed:
        """The same calls, bare."""
        content: dict[str, object] = {"url": self._gws.url, "username": ADMIN.user_name, "password": PASSWORD, "calls": calls}
        return self._timed("replay", latency, content)

    def _timed(self, what: str, latency: float, content: dict[str, object]) -> Timed:
        layout = self._site.layout()
        self._gws.reseed(layout, self._site.users(), GwsConfig(password=PASSWORD, latency_seconds=latency))
        times: list[float] = []
        self._gws.hooks.append(lambda _phase, _request: times.append(time.monotonic()))
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
        return Timed(max(times) - min(times), tuple(map(_call, self._gws.requests)), cost, left)


def _call(request: Request) -> tuple[str, str, str]:
    return request.method, request.path + (f"?{request.query}" if request.query else ""), request.body.decode()


def main() -> None:
    """Measure in turns, print the table, write build/bench/erasure.txt."""
    rounds = int(os.environ.get("BENCH_ROUNDS") or 3)
    latencies = [float(one) for one in (os.environ.get("BENCH_LATENCIES") or " ".join(map(str, LATENCIES))).split()]
    lines = [
        f"{AGENTS * PER_AGENT:,} settings of {AGENTS} agents, settings per second, median of {rounds}, {os.cpu_count()} cores for GWS and module together",
        "",
        "| latency | calls | bare sequence | "
        + " | ".join(f"parallel {parallel}" for parallel in PARALLEL)
        + " | 1 / bare | 4 / 1 | 16 / 1 |",
        "|---|" + "---:|" * (5 + len(PARALLEL)),
    ]
    with tempfile.TemporaryDirectory(prefix="gws-bench-") as scratch:
        site = Site(AGENTS, PER_AGENT, 50)
        with GwsStandIn(site.layout(), site.users(), GwsConfig(password=PASSWORD)) as gws:
            bench = Bench(site, gws, Path(scratch))
            for latency in latencies:
                lines.append(_row(bench, site, latency, rounds))
                print(lines[-1], flush=True)
        many = Site(MANY_AGENTS, MANY_PEOPLE * SETTINGS_OF_EACH // MANY_AGENTS, MANY_PEOPLE)
        with GwsStandIn(many.layout(), many.users(), GwsConfig(password=PASSWORD)) as gws:
            timed = Bench(many, gws, Path(scratch)).erase(0.0, 4)
    rate, each = many.settings / timed.seconds, len(timed.calls) / many.settings
    told = f"{MANY_PEOPLE:,} people with {many.settings:,} settings of {MANY_AGENTS} agents in one run, latency 0, parallel 4:"
    lines += ["", f"{told} {timed.cost.seconds:.0f} s ({rate:.0f} settings/s, {each:.2f} calls each), peak {timed.cost.peak_mb:.0f} MB."]
    print("\n".join(lines))
    folder = ROOT / "build" / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "erasure.txt").write_text("\n".join(["# Erasure", "", *lines, ""]), encoding="utf-8")


def _row(bench: Bench, site: Site, latency: float, rounds: int) -> str:
    rates: dict[str, list[float]] = {}
    calls = 0
    for turn in range(rounds + 1):
        alone = bench.erase(latency, 1)
        calls = len(alone.calls)
        bare = bench.replay(latency, alone.calls)
        others = {f"{parallel}": bench.erase(latency, parallel) for parallel in PARALLEL[1:]}
        if turn:  # the first is a warm-up
            for name, timed in {"bare": bare, "1": alone, **others}.items():
                rates.setdefault(name, []).append(site.settings / timed.seconds)
    median = {name: statistics.median(found) for name, found in rates.items()}
    ratios = [median["1"] / median["bare"], median["4"] / median["1"], median["16"] / median["1"]]
    cells = [
        f"{latency * 1000:.0f} ms",
        f"{calls}",
        *(f"{median[name]:.0f}" for name in ("bare", "1", "4", "16")),
        *(f"{one:.2f}" for one in ratios),
    ]
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
