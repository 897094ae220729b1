# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A search that takes long: killed and run again, stopped, held back, watched. The module runs as a process of its own."""

from __future__ import annotations

import datetime
import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cassandra.cluster import Session
from cassandra.concurrent import execute_concurrent_with_args

from tests.integration.support import ROOT, environment, is_private
from tests.lab.cassandra import CassandraNode
from tests.lab.lab import Lab, connect

KEYSPACE = "long_search"
ROWS = 12_000
PERSON = "canary.person@example.com"
PLANTED = 60
SLOWLY = {"rows_per_second": 4000, "pages_in_flight": 2}
"""Three seconds for the whole table: time enough to kill it somewhere, also when the test itself has to wait for its turn."""

Result = dict[str, Any]


@pytest.fixture(scope="module")
def table(session_lab: Lab) -> Iterator[Session]:
    """A keyspace of its own on the shared node."""
    cluster, session = connect(session_lab.node)
    session.execute(f"CREATE KEYSPACE {KEYSPACE} WITH replication = {{'class': 'SimpleStrategy', 'replication_factor': 1}}")
    session.execute(f"CREATE TABLE {KEYSPACE}.settings (key text, column1 text, value text, PRIMARY KEY (key, column1))")
    insert = session.prepare(f"INSERT INTO {KEYSPACE}.settings (key, column1, value) VALUES (?, ?, ?)")
    rows = []
    for number in range(ROWS):
        address = PERSON if number % (ROWS // PLANTED) == 0 else f"somebody{number}@example.com"
        rows.append((f"owner{number // 3}", f"favorite{number}", json.dumps({"emailAddress": address, "note": "x" * 100})))
    execute_concurrent_with_args(session, insert, rows, concurrency=100)
    yield session
    session.execute(f"DROP KEYSPACE {KEYSPACE}")
    cluster.shutdown()


class Search:
    """Runs gws_pii_search as Ansible does: options on standard input, the result as JSON on standard output."""

    def __init__(self, node: CassandraNode, folder: Path) -> None:
        self.folder = folder
        self.checkpoints = folder / "checkpoints"
        self._options = {
            "login_host": [node.address],
            "login_port": node.cql_port,
            "keyspace": KEYSPACE,
            "search": PERSON,
            "key": "the key of these searches, long enough",
            "checkpoint_dir": str(self.checkpoints),
        }

    def start(self, **given: Any) -> subprocess.Popen[str]:
        """Start it and go on."""
        options = {name: value for name, value in {**self._options, **given}.items() if value is not None}
        process = subprocess.Popen(
            [sys.executable, "-m", "ansible_collections.genesys.gws.plugins.modules.gws_pii_search"],
            cwd=ROOT,
            env=environment(self.folder / "home", PYTHONPATH=str(ROOT / "build" / "collections")),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stdin is not None
        process.stdin.write(json.dumps({"ANSIBLE_MODULE_ARGS": options}))
        process.stdin.close()
        process.stdin = None
        return process

    def end(self, process: subprocess.Popen[str]) -> Result:
        """Its result."""
        stdout, stderr = process.communicate(timeout=60)
        assert stdout, stderr
        assert "canary" not in stdout + stderr
        result: Result = json.loads(stdout)
        return result

    def __call__(self, **given: Any) -> Result:
        """Run to the end."""
        return self.end(self.start(**given))

    def checkpoint(self) -> Path | None:
        """The file, when there is one."""
        return next(iter(self.checkpoints.glob("*")), None)

    def lines(self) -> int:
        """How many token ranges the checkpoint has."""
        path = self.checkpoint()
        return max(0, path.read_text().count("\n") - 1) if path else 0

    def killed_after(self, ranges: int, seconds: float, **given: Any) -> None:
        """Start it, and kill it a moment after so many ranges were read."""
        process = self.start(**{**SLOWLY, **given})
        deadline = time.monotonic() + 60
        while self.lines() < ranges:
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < deadline
            time.sleep(0.01)
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert process.returncode == -signal.SIGKILL, "it ended before it was killed"


@pytest.fixture
def search(session_lab: Lab, table: Session, tmp_path: Path) -> Search:
    """The search, with a folder of its own for checkpoints."""
    del table
    return Search(session_lab.node, tmp_path)


@pytest.fixture(scope="module")
def undisturbed(session_lab: Lab, table: Session, tmp_path_factory: pytest.TempPathFactory) -> Result:
    """What a search gives that nobody disturbs."""
    del table
    result = Search(session_lab.node, tmp_path_factory.mktemp("undisturbed"))()
    assert result["complete"]
    assert result["matches"] == PLANTED
    assert result["coverage"]["rows"] == ROWS
    return result


@pytest.mark.parametrize("kills", [2, pytest.param(20, marks=pytest.mark.slow)])
def test_killed_anywhere_and_run_again(search: Search, undisturbed: Result, kills: int) -> None:
    """SIGKILL at random points: what was read is not read again, and the findings are those of an undisturbed search."""
    chance = random.Random(kills)  # other points for each number of kills, the same in every run
    ranges = undisturbed["coverage"]["ranges"]
    for _kill in range(kills):
        after = chance.randrange(0, ranges - 8)
        search.killed_after(after, chance.uniform(0, 0.1))
        path = search.checkpoint()
        if after:
            assert path is not None
        if path:  # one that was killed before it read anything may not have come so far
            assert is_private(path)
            assert path.parent.stat().st_mode & 0o077 == 0
            assert "canary" not in path.read_text()
            assert "owner" not in path.read_text()
        kept = search.lines()
        assert kept >= after
        result = search()
        assert result["coverage"]["resumed_ranges"] == kept
        assert result["findings"] == undisturbed["findings"]
        assert result["coverage"]["rows"] == ROWS
        assert result["coverage"]["ranges"] == ranges
        assert not search.checkpoints.exists(), "a complete search leaves nothing behind"


def test_killed_several_times_in_one_search(search: Search, undisturbed: Result) -> None:
    for ranges in (2, 17):
        search.killed_after(ranges, 0)
    result = search()
    assert result["coverage"]["resumed_ranges"] >= 17
    assert result["findings"] == undisturbed["findings"]


def test_a_checkpoint_of_something_else_is_not_used(search: Search, undisturbed: Result, table: Session) -> None:
    def refused(**given: Any) -> str:
        """Why the checkpoint of a search that was killed is not used by a search with these options."""
        search.killed_after(3, 0)
        result = search(**given)
        assert result["coverage"]["resumed_ranges"] == 0
        assert result["coverage"]["rows"] == ROWS
        for path in search.checkpoints.glob("*"):
            path.unlink()
        return str(result["coverage"]["checkpoint_refused"])

    assert refused(consistency_level="ONE") == "another options"
    assert refused(search="somebody1@example.com") == ""  # a file of its own
    table.execute(f"CREATE TABLE {KEYSPACE}.later (key text PRIMARY KEY)")
    try:
        search.killed_after(3, 0)
        table.execute(f"DROP TABLE {KEYSPACE}.later")
        assert search()["coverage"]["checkpoint_refused"] == "another schema and options"
    finally:
        table.execute(f"DROP TABLE IF EXISTS {KEYSPACE}.later")
    assert search()["findings"] == undisturbed["findings"]


def _flipped(line: bytes) -> bytes:
    """A line with another character in its middle."""
    middle = len(line) // 2
    return line[:middle] + (b"A" if line[middle : middle + 1] != b"A" else b"B") + line[middle + 1 :]


@pytest.mark.parametrize("damage", ["cut", "changed", *(pytest.param(rare, marks=pytest.mark.slow) for rare in ("of another", "noise"))])
def test_a_damaged_checkpoint_loses_nothing(search: Search, undisturbed: Result, damage: str) -> None:
    search.killed_after(5, 0)
    path = search.checkpoint()
    assert path is not None
    content = path.read_bytes()
    lines = content.splitlines(keepends=True)
    damaged = {
        "cut": content[:-20],
        "changed": lines[0] + _flipped(lines[1]) + b"".join(lines[2:]),
        "of another": _flipped(lines[0]) + b"".join(lines[1:]),
        "noise": os.urandom(3000),
    }
    path.write_bytes(damaged[damage])
    result = search()
    assert result["findings"] == undisturbed["findings"]
    assert result["coverage"]["rows"] == ROWS
    assert result["coverage"]["resumed_ranges"] == (len(lines) - 2 if damage == "cut" else 0)


def test_the_same_search_twice_at_a_time(search: Search) -> None:
    first = search.start(rows_per_second=1500)
    while not search.lines():
        time.sleep(0.01)
    second = search()
    assert first.poll() is None
    assert second["failed"]
    assert second["code"] == "checkpoint_in_use"
    assert search.end(first)["complete"]


def test_stopped_by_a_file_and_run_again(search: Search, undisturbed: Result) -> None:
    stop = search.folder / "stop"
    process = search.start(**SLOWLY, stop_file=str(stop))
    while not search.lines():
        time.sleep(0.01)
    stop.touch()
    result = search.end(process)
    assert result["failed"]
    assert result["code"] == "stopped"
    found = re.fullmatch(
        r"The search was stopped because the stop file exists: (\d+) of (\d+) token ranges were read; .*run it again to continue there\.",
        result["msg"],
    )
    assert found, result["msg"]
    assert 0 < int(found[1]) < int(found[2])
    assert search(stop_file=str(stop))["code"] == "stopped"
    stop.unlink()
    result = search(stop_file=str(stop))
    assert result["coverage"]["resumed_ranges"] >= int(found[1])
    assert result["findings"] == undisturbed["findings"]


def test_time_window(search: Search) -> None:
    now = datetime.datetime.now().astimezone()
    opened = f"{now - datetime.timedelta(hours=1):%H:%M}-{now + datetime.timedelta(hours=1):%H:%M}"
    closed = f"{now + datetime.timedelta(hours=1):%H:%M}-{now - datetime.timedelta(hours=1):%H:%M}"
    assert search(time_window=opened)["complete"]
    refused = search(time_window=closed, checkpoint_dir=None)
    assert refused["code"] == "stopped"
    assert "outside the time window: 0 of" in refused["msg"]
    assert "no progress was saved" in refused["msg"]
    for wrong in ("22-", "22:00", "26:00-27:00", "22:00-22:00", "canary"):
        assert search(time_window=wrong)["code"] == "bad_time_window"


def test_cap_and_progress(search: Search) -> None:
    progress = search.folder / "progress"
    process = search.start(rows_per_second=3000, progress_file=str(progress))
    seen = set()
    while process.poll() is None:
        if progress.exists():
            seen.add(progress.read_text())
        time.sleep(0.05)
    result = search.end(process)
    seen.add(progress.read_text())
    assert result["coverage"]["seconds"] > 0.8 * ROWS / 3000
    assert result["coverage"]["throttled"]["rows_per_second"] > 1
    assert is_private(progress)
    pattern = r"\d+ % of the ring \(table 1 of 1\), [\d,]+ rows, \d+ findings, [\d,]+ rows/s, (throttled \(rows_per_second\)|not throttled)(, .* left)?\n"
    assert len(seen) > 1
    assert all(re.fullmatch(pattern, line) for line in seen), seen
    assert any("throttled (rows_per_second)" in line for line in seen)
    assert progress.read_text().startswith("100 % of the ring (table 1 of 1), 12,000 rows, 60 findings")
