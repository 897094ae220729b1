# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Three Cassandra hosts read their own token ranges, each started by Ansible; the controller proves that it is the whole ring."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from cassandra.cluster import Cluster
from cassandra.concurrent import execute_concurrent_with_args

from tests.integration.support import PLAYBOOK, Player, Run, write_private
from tests.lab.cassandra import CassandraNode, start_cluster, wait_for_schema_agreement

PERSON = "canary.person@example.com"
ROWS, PLANTED = 4000, 80
TOKENS = [",".join(str(-(2**63) + (2**64 // 12) * (node + 3 * place + 1)) for place in range(4)) for node in range(3)]
"""The nodes take turns along the ring, so that with two replicas a third of it is read without the last node."""
HOSTS = {"cassandra-a": "127.0.0.1", "cassandra-b": "127.0.0.2", "cassandra-c": "127.0.0.3"}


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[CassandraNode]]:
    """Three nodes, two replicas."""
    with start_cluster(3, initial_tokens=TOKENS, heap="400M", work_dir=tmp_path_factory.mktemp("three")) as running:
        cluster = Cluster([running[0].address], port=running[0].cql_port)
        session = cluster.connect()
        wait_for_schema_agreement(session.execute)
        session.execute("CREATE KEYSPACE sipfs WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 2}")
        session.execute("CREATE TABLE sipfs.settings (key text, column1 text, value text, PRIMARY KEY (key, column1))")
        wait_for_schema_agreement(session.execute)  # the driver gives up after 10 s, which busy nodes may need
        insert = session.prepare("INSERT INTO sipfs.settings (key, column1, value) VALUES (?, ?, ?)")
        rows = []
        for number in range(ROWS):
            address = PERSON if number % (ROWS // PLANTED) == 0 else f"somebody{number}@example.com"
            rows.append((f"owner{number}", "favorite", json.dumps({"emailAddress": address})))
        execute_concurrent_with_args(session, insert, rows, concurrency=50)
        cluster.shutdown()
        yield running


class Scan:
    """Runs the playbook on these hosts of the inventory."""

    def __init__(self, player: Player, nodes: list[CassandraNode]) -> None:
        self._player = player
        self._port = nodes[0].cql_port
        self.reports = player.folder / "reports"

    @property
    def checkpoints(self) -> list[Path]:
        """Those of all hosts: in this test they share a file system."""
        return sorted((self._player.work_dir / "checkpoints").glob("*"))

    def __call__(self, hosts: dict[str, str]) -> Run:
        lines = [f"{name} ansible_host={address} ansible_connection=local" for name, address in hosts.items()]
        python = "ansible_python_interpreter='{{ ansible_playbook_python }}'"
        inventory = write_private(self._player.folder / "inventory", "\n".join(["[gws_cassandra]", *lines, "[all:vars]", python, ""]))
        return self._player(
            PLAYBOOK,
            arguments=("-v", "-i", str(inventory)),
            plain=True,
            search=PERSON,
            cass_port=self._port,
            forget_me_scan_hosts="gws_cassandra",
            forget_me_work_dir=str(self._player.work_dir),
            forget_me_report_dir=str(self.reports),
        )

    def report(self) -> dict[str, object]:
        """The last report's part about the search."""
        found: dict[str, object] = json.loads(max(self.reports.glob("*.json")).read_text())["search"]
        return found


@pytest.fixture
def scan(player: Player, nodes: list[CassandraNode]) -> Scan:
    """The playbook, for this cluster."""
    return Scan(player, nodes)


def _tasks_of(run: Run, task: str) -> set[str]:
    """The hosts on which a task was carried out."""
    part = re.search(
        rf"^TASK \[genesys\.gws\.forget_me : {re.escape(task)}\] \*+\n(.*?)^(?:TASK|PLAY)", run.stdout, re.MULTILINE | re.DOTALL
    )
    assert part, run.said()
    return set(re.findall(r"^(?:ok|changed): \[([\w-]+)\]", part[1], re.MULTILINE))


def test_each_host_reads_its_share(scan: Scan) -> None:
    run = scan(HOSTS)
    assert run.rc == 0, run.said()
    assert _tasks_of(run, "Search every table of the keyspace") == set(HOSTS)
    assert f"{ROWS} rows" in run.summary
    assert ", on 3 hosts." in run.summary
    assert f"Found: {PLANTED} findings for 1 of 1 person" in run.summary
    assert "canary" not in run.stdout + run.stderr
    assert scan.checkpoints == []
    assert scan.report()["complete"] is True


def test_one_host_fails_and_only_its_share_is_read_again(scan: Scan) -> None:
    run = scan({**HOSTS, "cassandra-c": "127.0.0.77"})
    assert run.rc != 0
    assert "cassandra-c did not read its share (Cassandra can't be reached at 127.0.0.77" in run.reason, run.said()
    assert "cassandra-a" not in run.reason
    assert len(scan.checkpoints) == 2, "the others keep what they have read"
    assert "canary" not in "".join(path.read_text() for path in scan.checkpoints)
    # Other addresses are another division of the work, and so another search: the same ones have to be there again.
    run = scan({**HOSTS, "cassandra-c": "127.0.0.77"})
    assert run.rc != 0
    assert len(scan.checkpoints) == 2


@pytest.mark.slow
def test_a_host_that_could_not_be_reached_once(scan: Scan, nodes: list[CassandraNode]) -> None:
    """The node of a host is down at RF 2 and QUORUM: its share can't be read, nor can all of the others'. When it is back, the rest is read."""
    nodes[2].kill()
    try:
        run = scan(HOSTS)
        assert run.rc != 0
        assert "cassandra-c did not read its share" in run.reason, run.said()
    finally:
        nodes[2].start()
    kept = sum(max(0, path.read_text().count("\n") - 1) for path in scan.checkpoints)
    assert kept > 0, "what could be read is kept"
    run = scan(HOSTS)
    assert run.rc == 0, run.said()
    coverage = scan.report()["coverage"]
    assert isinstance(coverage, dict)
    assert coverage["resumed_ranges"] == kept
    assert coverage["rows"] == ROWS
    assert f"Found: {PLANTED} findings" in run.summary
    assert scan.checkpoints == []


@pytest.mark.slow
def test_fewer_hosts_than_nodes(scan: Scan) -> None:
    """The ranges of the node that is no scan host are dealt out."""
    run = scan({name: address for name, address in HOSTS.items() if name != "cassandra-b"})
    assert run.rc == 0, run.said()
    assert f"{ROWS} rows" in run.summary
    assert ", on 2 hosts." in run.summary
    assert f"Found: {PLANTED} findings" in run.summary
