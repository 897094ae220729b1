# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""kill -9 at a hundred random moments of a cleanup of more than 200 settings and rows, most of them with a second run beside it: one end state."""

from __future__ import annotations

import dataclasses
import json
import multiprocessing
import os
import random
import signal
import threading
import time
from collections.abc import Callable
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

import pytest

from tests.integration import modules
from tests.integration.modules import Caller
from tests.integration.support import PASSWORD, ROOT, heal, is_private, values_only, write_private
from tests.lab.gws import GwsConfig, Request
from tests.lab.lab import Lab
from tests.lab.layouts import Entry, Owner
from tests.lab.population import FAVORITES, Population, population

KILLS = int(os.environ.get("GWS_KILLS", "100"))
LEASE = {"BEAT": 0.5, "OLDEST": 3.0, "STALE": 5.0, "_STEP": 0.3}
ROWS = 80
REFS = 6
MOMENTS = ("before", "after", "later")  # a request is answered, was answered, or was answered some milliseconds ago

# A process that has imported everything, and forks one for each run: most of the time of a short run is spent on that.
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.integration.modules"])


def people() -> Population:
    """Some 200 settings of five people, and 80 rows of two agents who left."""
    found = population(6, 500, subjects=REFS)
    for number, owner in enumerate((Owner("user", "c0ffee" + "0" * 26), Owner("user", "decade" + "1" * 26))):
        found.groups.append((owner, FAVORITES))
        for place in range(ROWS // 2 + 5):
            subject = found.truth.subjects[place % REFS]
            mail = subject.email or subject.identifiers[0] if place < ROWS // 2 else "somebody.else@x.example"
            setting = {"name": f"left-{number}-{place:03d}", "firstName": "X", "contact": mail}
            found.entries.append(Entry(owner, FAVORITES, setting))
    return found


@dataclasses.dataclass
class Run:
    """The modules in a process of their own."""

    process: ForkServerProcess
    answer: Path

    def ended(self, timeout: float) -> dict[str, Any]:
        self.process.join(timeout)
        assert self.process.exitcode is not None, "a run does not end"
        return dict(json.loads(self.answer.read_text())) if self.answer.exists() else {}

    @property
    def is_killed(self) -> bool:
        return self.process.exitcode == -signal.SIGKILL


class Site:
    """Starts runs against the lab."""

    def __init__(self, lab: Lab, folder: Path) -> None:
        self.lab = lab
        self.folder = folder
        self.number = 0
        login = lab.credentials
        self.cassandra = {"login_host": [lab.node.address], "login_port": lab.node.cql_port, "keyspace": lab.keyspace}
        self.gws = {"gws_url": [lab.gws.url], "gws_username": login["username"], "gws_password": login["password"]}
        subjects = [{"ref": one.ref, "identifiers": list(one.identifiers)} for one in lab.people.truth.subjects]
        self.options = {"subjects": subjects, "orphans": "delete", "max_per_subject": 500, "match_possible": "report"}

    def start(self, work: str, **options: Any) -> Run:
        self.number += 1
        given = {
            "cassandra": self.cassandra,
            "gws": self.gws,
            "work_dir": str(self.folder / work),
            "lease": LEASE,
            "options": {**self.options, **options},
        }
        path = write_private(self.folder / f"run-{self.number}.json", json.dumps(given))
        process = PROCESSES.Process(target=modules.main, args=(str(path),), daemon=True)
        process.start()
        return Run(process, Path(f"{path}.result"))

    def backups(self, work: str) -> list[str]:
        return Caller(self.cassandra, self.gws, self.folder / work).backups()


def _killer(lab: Lab, at: int, moment: str, pause: float, runs: list[Run]) -> Callable[[str, Request], None]:
    """Kills the first run before, after or some seconds after the request of that number."""
    reached = threading.Event()

    def kill(phase: str, _request: Request) -> None:
        if phase == ("before" if moment == "before" else "after") and len(lab.gws.requests) >= at and runs and not reached.is_set():
            reached.set()
            if moment == "later":
                threading.Timer(pause, runs[0].process.kill).start()
            else:
                runs[0].process.kill()

    return kill


@pytest.mark.slow
@pytest.mark.timeout(3 * 3600)
def test_one_end_state(session_lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join((str(ROOT / "build/collections"), str(ROOT))))  # of the process that forks
    lab, chance = session_lab, random.Random(20)
    lab.reset(layout="wide", people=people(), config=GwsConfig(password=PASSWORD))
    site = Site(lab, tmp_path)
    result = site.start("undisturbed").ended(300)
    assert not result.get("failed"), result.get("msg")
    erased = result["outcomes"]["deleted"] + result["outcomes"]["redacted"], result["outcomes"]["orphans_deleted"]
    assert sum(erased) >= 200, erased
    assert erased[1] == ROWS
    requests = len(lab.gws.requests)
    wanted = values_only(lab.dump())
    killed = beside = taken_over = refused = 0
    began = time.monotonic()
    for number in range(2 * KILLS):
        if killed == KILLS:
            break
        heal(lab)
        at = chance.randrange(30, requests)
        with_second = number % 3 != 0
        second_at = chance.randrange(20, at)
        runs: list[Run] = []
        lab.gws.hooks.append(_killer(lab, at, chance.choice(MOMENTS), chance.uniform(0.0, 0.03), runs))
        runs.append(site.start(f"a-{number}", gws_parallel=chance.choice((1, 4))))
        if with_second:
            while len(lab.gws.requests) < second_at and runs[0].process.is_alive():
                time.sleep(0.01)
            runs.append(site.start(f"b-{number}"))
        first = runs[0].ended(300)
        killed += runs[0].is_killed  # one that had ended before does not count
        beside += runs[0].is_killed and with_second
        if with_second:
            second = runs[1].ended(300)
            assert second, "the second run has no result"
            assert second.get("code", "") in ("", "busy", "data_left", "left_over", "lease_lost"), second
            refused += second.get("code") == "busy"
            taken_over += not second.get("failed") and bool(second["outcomes"]["deleted"])
        lab.gws.hooks.clear()
        assert all(is_private(path) for path in (tmp_path / f"a-{number}").glob("*"))
        again = site.start(f"a-{number}").ended(300)
        assert not again.get("failed"), (number, at, first.get("msg"), again.get("code"), again.get("msg"))
        assert again["left"] == 0
        assert values_only(lab.dump()) == wanted, number
        assert site.backups(f"a-{number}") == []
    print(
        f"{killed} of {number} runs killed in {time.monotonic() - began:.0f} s, {beside} of these with a second run beside them; {taken_over} second runs "
        f"erased what was left, {refused} were refused; {erased[0]} settings, {erased[1]} rows"
    )
    assert killed == KILLS
    assert beside >= KILLS // 2
