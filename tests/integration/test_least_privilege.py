# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role in Cassandra that docs/first-run.md asks for: its CQL is run as it stands there, and is enough, and not more than enough."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from cassandra import Unauthorized
from cassandra.auth import PlainTextAuthProvider
from cassandra.cluster import Cluster

from tests.integration.support import PASSWORD, ROOT, Player
from tests.lab.cassandra import CassandraNode
from tests.lab.gws import GwsConfig
from tests.lab.lab import Lab
from tests.lab.population import population

pytestmark = pytest.mark.slow
PEOPLE = population(4, 80, subjects=1, orphans=True)
GUIDE = (ROOT / "docs/first-run.md").read_text(encoding="utf-8")
READS, DELETES, ENDS = re.findall(r"```sql\n(.*?)```", GUIDE, re.DOTALL)
USER, CHOSEN = "gws_pii", "choose-a-long-one"


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A Cassandra that asks for passwords and permissions."""
    masking = {"dynamic_data_masking_enabled": True}
    node = CassandraNode(auth=True, heap="512M", work_dir=tmp_path_factory.mktemp("guarded"), settings=masking)
    with Lab(layout="wide", people=PEOPLE, config=GwsConfig(password=PASSWORD), node=node) as lab:
        yield lab


def _execute(lab: Lab, block: str) -> None:
    for statement in filter(None, (part.strip() for part in block.split(";"))):
        lab.session.execute(statement)


def test_reading_is_enough_for_a_cleanup_and_modify_only_for_rows_of_former_agents(guarded: Lab, tmp_path: Path) -> None:
    _execute(guarded, READS)
    given = {
        "search": list(PEOPLE.truth.subjects[0].identifiers),
        "forget_me_region": "US",
        "cleanup": True,
        "forget_me_possible": "report",
    }
    given |= {"cass_username": USER, "cass_password": CHOSEN}
    play = Player(guarded, tmp_path)
    wrong = play(**{**given, "cass_password": "another"})
    assert "Cassandra refused the login" in wrong.reason
    done = play(**given, forget_me_orphans="report", timeout=300)
    assert done.rc == 0, done.said()
    assert "Proven: " in done.summary

    table = f'"{guarded.keyspace}".people'
    guarded.session.execute(f"CREATE TABLE {table} (id int PRIMARY KEY, mail text MASKED WITH DEFAULT)")
    guarded.session.execute(f"INSERT INTO {table} (id, mail) VALUES (1, '{given['search'][0]}')")  # type: ignore[index]
    masked = play(**{**given, "cleanup": False}, timeout=300)
    assert masked.rc != 0, "this user is shown asterisks in place of the person"
    assert "people (masked: mail; drop the mask first)" in masked.reason
    guarded.session.execute(f"DROP TABLE {table}")

    refused = play(**given, forget_me_orphans="delete", timeout=300)
    assert refused.rc != 0
    assert "it needs the MODIFY permission" in refused.reason
    _execute(guarded, DELETES)
    deleted = play(**given, forget_me_orphans="delete", timeout=300)
    assert deleted.rc == 0, deleted.said()
    _execute(guarded, ENDS)
    time.sleep(3)  # for two seconds Cassandra remembers what a role may do

    provider = PlainTextAuthProvider(USER, CHOSEN)
    with Cluster([guarded.node.address], port=guarded.node.cql_port, auth_provider=provider, protocol_version=5) as cluster:
        session = cluster.connect()
        table = session.execute("SELECT table_name FROM system_schema.tables WHERE keyspace_name = %s", [guarded.keyspace]).one()[0]
        for forbidden in (
            f'TRUNCATE "{guarded.keyspace}"."{table}"',
            f'DROP TABLE "{guarded.keyspace}"."{table}"',
            "SELECT * FROM system_auth.roles",
            "CREATE ROLE other",
            "CREATE KEYSPACE other WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}",
        ):
            with pytest.raises(Unauthorized):
                session.execute(forbidden)
