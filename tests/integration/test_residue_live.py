# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Traces on the disks of nodes that work meanwhile, and of several nodes."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import cast

import pytest
from cassandra.cluster import Cluster

from tests.integration.residue_support import EMAIL, Site, play, scan
from tests.integration.support import Player
from tests.lab.cassandra import start_cluster, wait_for_schema_agreement
from tests.lab.lab import Lab

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("version", ["5.0.6", "4.1.10", "3.11.19", "2.2.19"])
def test_while_the_node_rewrites_its_files_nothing_is_missed(version: str, tmp_path: Path) -> None:
    """The person is in one row of a table that is rewritten all the time: each scan finds her, or says that it did not finish."""
    site = Site.start(version, tmp_path, {"incremental_backups": False})
    over = threading.Event()
    rewritten = []

    def rewrite() -> None:
        while not over.is_set():
            site.nodetool("upgradesstables", "-a", "sipfs", "lz4")
            rewritten.append(1)

    try:
        site.fill()
        site.nodetool("flush", "sipfs")
        rewriter = threading.Thread(target=rewrite)
        rewriter.start()
        states = []
        until = time.monotonic() + 40
        while time.monotonic() < until:
            result = site.scan(subjects=[EMAIL], keyspaces=["sipfs"], settle_timeout=10.0)
            tables = {trace["table"] for trace in result["traces"] if trace["place"] == "live"}
            assert result["state"] == "incomplete" or "lz4" in tables
            states.append(result["state"])
        over.set()
        rewriter.join()
        print(f"{version}: {len(states)} scans, {len(rewritten)} rewrites, {states.count('incomplete')} not finished")
        assert len(rewritten) >= 5
        assert states.count("residue") >= 5
    finally:
        over.set()
        site.stop()


def test_three_nodes_and_one_that_does_not_report(tmp_path: Path) -> None:
    """Without each member of the ring there is no verdict; a node that is down is searched all the same."""
    with start_cluster(3, heap="400M", work_dir=tmp_path / "nodes") as nodes:
        cluster = Cluster([nodes[0].address], port=nodes[0].cql_port)
        session = cluster.connect()
        wait_for_schema_agreement(session.execute)
        session.execute("CREATE KEYSPACE sipfs WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 2}")
        session.execute("CREATE TABLE sipfs.settings (key text PRIMARY KEY, value text)")
        wait_for_schema_agreement(session.execute)
        session.execute("INSERT INTO sipfs.settings (key, value) VALUES ('owner', %s)", (EMAIL,))
        session.execute("INSERT INTO sipfs.settings (key, value) VALUES ('other', 'jo@example.com')")
        cluster.shutdown()
        player = Player(cast(Lab, None), tmp_path)
        hosts = dict(zip("abc", nodes, strict=True))
        with_her = [name for name, node in hosts.items() if scan(config_file=str(node.folder / "cassandra.yaml"))["traces"]]
        assert len(with_her) == 2

        run, report = play(player, hosts)
        assert run.rc == 0, run.said()
        assert (report["verdict"]["state"], report["verdict"]["members"]) == ("residue", 3)

        clean = next(name for name in hosts if name not in with_her)
        run, report = play(player, {clean: hosts[clean]})
        assert run.rc != 0
        assert report["verdict"]["state"] == "incomplete"
        assert "2 of 3 members of the cluster did not report" in run.reason

        nodes[2].kill()
        time.sleep(1)
        run, report = play(player, hosts)
        assert run.rc == 0, run.said()
        assert report["verdict"]["state"] == "residue"

        (nodes[2].folder / "cassandra.yaml").unlink()
        run, report = play(player, hosts)
        assert run.rc != 0
        assert "c did not report: config_file can't be read" in run.reason
