# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tests of traces on disk share: a keyspace with a person in every kind of table, and scans of a node's files."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from cassandra.cluster import Cluster, Session
from cassandra.concurrent import execute_concurrent_with_args

from ansible_collections.genesys.gws.plugins.module_utils._core.keys import site_key
from ansible_collections.genesys.gws.plugins.module_utils._module import run_residue
from tests.integration.support import ROOT, Player, Run, write_private
from tests.lab.cassandra import CassandraNode, version_tuple
from tests.lab.lab import Lab, connect
from tests.lab.nodetool import nodetool, nodetool_script

PLAYBOOK = ROOT / "playbooks" / "residue.yml"
EMAIL, PHONE = "ann.canary@example.com", "+4915112345678"
DECOY, OTHER_PHONE = "jo" + EMAIL, "+4915112345679"
KEY = site_key("a key for the tests").search_text
SUBJECTS = [{"ref": "T-1", "identifiers": [EMAIL, PHONE]}]
LONG = EMAIL + " note".ljust(97 - len(EMAIL), ".")
"""97 bytes, so that the byte of its length, right before it, is the letter a."""
ROWS = 300


def compressions(version: str) -> dict[str, str]:
    """Tables by name, with their compression as CQL."""
    name = "sstable_compression" if version_tuple(version) < (3,) else "class"
    length = "chunk_length_kb" if version_tuple(version) < (3,) else "chunk_length_in_kb"
    none = f"{{'{name}': ''}}" if version_tuple(version) < (3,) else "{'enabled': 'false'}"
    tables = {
        "lz4": f"{{'{name}': 'LZ4Compressor'}}",
        "snappy": f"{{'{name}': 'SnappyCompressor', '{length}': '4'}}",
        "deflate": f"{{'{name}': 'DeflateCompressor', '{length}': '64'}}",
        "plain": none,
    }
    return {**tables, "zstd": "{'class': 'ZstdCompressor'}"} if version_tuple(version) >= (4,) else tables


def spellings() -> dict[str, str]:
    """What one person's rows hold, by clustering key: each is another way in which the search knows the person."""
    return {
        "plain": json.dumps({"emailAddress": EMAIL}),
        "upper": EMAIL.upper(),
        "escaped": json.dumps({"emailAddress": EMAIL}).replace("@", "\\u0040"),
        "phone": json.dumps({"phoneNumber": "+49 (0)151 1234-5678"}),
        "nested": json.dumps({"data": json.dumps({"value": json.dumps({"emailAddress": EMAIL})})}),
        "letter": LONG,
    }


@dataclass
class Site:
    """A node with the keyspace ``sipfs``, and what a test does to it."""

    node: CassandraNode
    folder: Path
    cluster: Cluster
    session: Session
    player: Player

    @staticmethod
    def start(version: str, folder: Path, settings: Mapping[str, object] | None = None) -> Site:
        """Start a node that makes incremental backups."""
        node = CassandraNode(version, work_dir=folder, settings={"incremental_backups": True, **(settings or {})}).start()
        try:
            cluster, session = connect(node)
        except BaseException:
            node.stop()
            raise
        return Site(node, folder, cluster, session, Player(cast(Lab, None), folder))  # the player needs no lab for plays of its own

    def stop(self) -> None:
        """End the node and remove its files."""
        self.cluster.shutdown()
        self.node.stop()

    @property
    def data(self) -> Path:
        """The node's data folder."""
        return self.node.folder / "data" / "data"

    def fill(self) -> None:
        """Tables of every compression, one with the person in its key and an index, each with noise and a decoy."""
        self.session.execute("CREATE KEYSPACE sipfs WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}")
        for table, compression in compressions(self.node.version).items():
            self.session.execute(
                f"CREATE TABLE sipfs.{table} (key text, column1 text, value text, more map<text, text>, PRIMARY KEY (key, column1))"
                f" WITH compression = {compression}"
            )
            insert = f"INSERT INTO sipfs.{table} (key, column1, value) VALUES (%s, %s, %s)"
            noise = [
                (
                    f"owner{number}",
                    "favorite",
                    json.dumps({"emailAddress": f"somebody{number}@example.com", "phoneNumber": f"+49160{number:07d}"}),
                )
                for number in range(ROWS)
            ]
            execute_concurrent_with_args(self.session, insert, noise)
            for name, text in spellings().items():
                self.session.execute(insert, ("person", name, text))
            self.session.execute(insert, ("redacted", "recents", json.dumps([EMAIL, "somebody1@example.com"])))
            self.session.execute(f"UPDATE sipfs.{table} SET more[%s] = %s WHERE key = 'person' AND column1 = 'map'", ("mail", LONG))
            for name, text in (("json", json.dumps({"emailAddress": DECOY, "phoneNumber": OTHER_PHONE})), ("bare", DECOY)):
                self.session.execute(insert, ("decoy", name, text))
        self.session.execute("CREATE TABLE sipfs.people (email text, nr int, name text, PRIMARY KEY (email, nr)) WITH gc_grace_seconds = 0")
        self.session.execute("CREATE INDEX by_name ON sipfs.people (name)")
        for number, address in enumerate((EMAIL, DECOY)):
            self.session.execute("INSERT INTO sipfs.people (email, nr, name) VALUES (%s, %s, %s)", (address, number, address))

    def erase(self) -> None:
        """What an erasure through GWS leaves in Cassandra: deleted rows, deleted map entries, overwritten cells."""
        for table in compressions(self.node.version):
            for name in spellings():
                self.session.execute(f"DELETE FROM sipfs.{table} WHERE key = 'person' AND column1 = %s", (name,))
            self.session.execute(f"DELETE more['mail'] FROM sipfs.{table} WHERE key = 'person' AND column1 = 'map'")
            redacted = (json.dumps(["somebody1@example.com"]),)
            self.session.execute(f"UPDATE sipfs.{table} SET value = %s WHERE key = 'redacted' AND column1 = 'recents'", redacted)
        self.session.execute("DELETE FROM sipfs.people WHERE email = %s", (EMAIL,))

    def nodetool(self, *arguments: str) -> str:
        """Run nodetool."""
        return nodetool(self.node, *arguments)

    def restart(self) -> None:
        """Drain, stop, start."""
        self.nodetool("drain")
        self.cluster.shutdown()
        self.node.stop(remove=False)
        self.node.start()
        self.cluster, self.session = connect(self.node)

    def remove_backups(self, result: dict[str, Any]) -> None:
        """Carry out the commands that the result gives for incremental backups."""
        for trace in result["traces"]:
            if trace["place"] == "backup":
                for command in trace["removal"]["commands"]:
                    subprocess.run(["sh", "-c", command], check=True)

    def scan(self, **given: Any) -> dict[str, Any]:
        """Scan the node's files in this process."""
        return scan(config_file=str(self.node.folder / "cassandra.yaml"), **given)

    def play(self, *arguments: str, **given: Any) -> tuple[Run, dict[str, Any]]:
        """Run the playbook on an inventory of this node; the run, and its last report."""
        return play(self.player, {"cassandra-a": self.node}, *arguments, **given)


def scan(**given: Any) -> dict[str, Any]:
    """The result of the module with these options, in this process."""
    params = {name: option.get("default") for name, option in run_residue.argument_spec().items()}
    return run_residue.run({**params, "subjects": SUBJECTS, "region": "DE", "key": KEY, "settle_timeout": 20.0, **given})


def play(player: Player, nodes: Mapping[str, CassandraNode], *arguments: str, **given: Any) -> tuple[Run, dict[str, Any]]:
    """Run the playbook on these hosts; the run, and its report."""
    lines = []
    for name, node in nodes.items():
        variables = {
            "ansible_host": node.address,
            "ansible_connection": "local",
            "forget_me_cassandra_config": node.folder / "cassandra.yaml",
            "forget_me_nodetool": nodetool_script(node, player.folder),
        }
        lines.append(" ".join([name, *(f"{key}={value}" for key, value in variables.items())]))
    python = "ansible_python_interpreter='{{ ansible_playbook_python }}'"
    inventory = write_private(player.folder / "inventory", "\n".join(["[gws_cassandra]", *lines, "[all:vars]", python, ""]))
    reports = player.folder / "reports"
    run = player(
        PLAYBOOK,
        arguments=("-v", "-i", str(inventory), *arguments),
        plain=True,
        **{
            "forget_me_subjects": SUBJECTS,
            "forget_me_region": "DE",
            "forget_me_report_dir": str(reports),
            "forget_me_work_dir": str(player.work_dir),
            **given,
        },
    )
    written = sorted(reports.glob("residue-*.json"))
    return run, json.loads(written[-1].read_text()) if written else {}


def places(result: dict[str, Any]) -> set[tuple[str, str]]:
    """(kind of place, table or its index) of the traces in the keyspace, and of those in no table."""
    found = set()
    for trace in result["traces"]:
        if trace["keyspace"] in ("sipfs", ""):
            found.add((trace["place"], trace["table"] + ("." + trace["index"] if trace["index"] else "")))
    return found
