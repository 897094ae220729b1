# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every row exactly once on real rings: replication factor x splits x tokens of a node x partitioner, as dsbulk tests its partitioner."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from cassandra.cluster import Session
from cassandra.metadata import MD5Token, Murmur3Token

from ansible_collections.genesys.gws.plugins.module_utils._core.findings import OpaqueNames
from ansible_collections.genesys.gws.plugins.module_utils._scan.table_scan import ScanOptions
from tests.integration.rings_support import (
    Row,
    assert_complete,
    await_all_nodes,
    everything,
    make_keyspace,
    make_table,
    named,
    rows_of_partitions,
    search,
    subjects_of,
)
from tests.lab.cassandra import CassandraNode, start_cluster
from tests.lab.lab import connect

NODES = 3
HASHES = {"Murmur3Partitioner": Murmur3Token.hash_fn, "RandomPartitioner": MD5Token.hash_fn}
CORES = os.cpu_count() or 1
SPLITS = {
    "1": ScanOptions(min_ranges=1, max_ranges=1),
    "2": ScanOptions(min_ranges=2, max_ranges=2),
    "cores": ScanOptions(min_ranges=CORES),  # the ring's own ranges, where it has as many
    "1000": ScanOptions(min_ranges=1000, max_ranges=1000),
}
ROWS = rows_of_partitions(1 + number % 4 for number in range(240))
"""600 rows in 240 partitions of one to four rows."""


@dataclass
class Ring:
    """A running cluster, and the tokens that its nodes were given."""

    partitioner: str
    for_each_node: int
    nodes: list[CassandraNode]
    session: Session
    tokens: list[list[int]]

    @property
    def borders(self) -> list[int]:
        """The tokens of all nodes."""
        return sorted(token for tokens in self.tokens for token in tokens)


def _tokens(partitioner: str, for_each_node: int) -> list[list[int]]:
    """Tokens spread over the ring such that rows are at the borders: by turns a row is the last of a range, and the first of the next."""
    places = sorted({int(HASHES[partitioner](row.key.encode())) for row in ROWS})
    wanted = NODES * for_each_node
    chosen = [places[(2 * number + 1) * len(places) // (2 * wanted)] - number % 2 for number in range(wanted)]
    return [chosen[number::NODES] for number in range(NODES)]


FAST = ("Murmur3Partitioner", 1)
"""The ring that is not only in the slow tests."""
RINGS = [
    pytest.param((partitioner, tokens), id=f"{partitioner}-{tokens}", marks=[] if (partitioner, tokens) == FAST else [pytest.mark.slow])
    for partitioner in HASHES
    for tokens in (1, 16)
]


@pytest.fixture(scope="module", params=RINGS)
def ring(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ring]:
    partitioner, for_each_node = request.param
    tokens = _tokens(partitioner, for_each_node)
    with start_cluster(
        NODES,
        initial_tokens=[",".join(map(str, of_node)) for of_node in tokens],
        partitioner=f"org.apache.cassandra.dht.{partitioner}",
        work_dir=tmp_path_factory.mktemp("ring"),
    ) as nodes:
        cluster, session = connect(nodes[0])
        try:
            await_all_nodes(session, NODES)
            for replication_factor in range(1, NODES + 1):
                make_keyspace(session, f"rf{replication_factor}", replication_factor)
                make_table(session, f"rf{replication_factor}.settings", ROWS)
            yield Ring(partitioner, for_each_node, nodes, session, tokens)
        finally:
            cluster.shutdown()


def test_the_ring_is_what_the_test_believes(ring: Ring) -> None:
    """Otherwise the matrix would say nothing: tokens, partitioner, rows on each node and on both sides of borders."""
    hosts = ring.session.cluster.metadata.all_hosts()
    locals_ = [ring.session.execute("SELECT tokens, partitioner FROM system.local", host=host).one() for host in hosts]
    assert sorted(sorted(map(int, local.tokens)) for local in locals_) == sorted(map(sorted, ring.tokens))
    assert len(set(ring.borders)) == NODES * ring.for_each_node
    assert {local.partitioner for local in locals_} == {f"org.apache.cassandra.dht.{ring.partitioner}"}
    tokens = {int(row.place) for row in everything(ring.session, "SELECT token(key) AS place FROM rf1.settings")}
    assert len(tokens) == len({row.key for row in ROWS})
    borders = ring.borders
    between = [sum(1 for token in tokens if low < token <= high) for low, high in itertools.pairwise(borders)]
    around = sum(1 for token in tokens if token <= borders[0] or token > borders[-1])
    assert min(*between, around) >= 2
    assert tokens & set(borders), "no row is the last of a range"
    assert tokens & {border + 1 for border in borders}, "no row is the first of a range"


@pytest.mark.parametrize("splits", SPLITS)
@pytest.mark.parametrize("replication_factor", range(1, NODES + 1))
def test_every_row_exactly_once(ring: Ring, replication_factor: int, splits: str) -> None:
    keyspace = f"rf{replication_factor}"
    searched = search(ring.nodes[0], keyspace, len(named(ROWS)), consistency="ALL", scan=SPLITS[splits])
    assert_complete(searched, {"settings": ROWS})
    stored = everything(ring.session, f"SELECT key, column1, token(key) AS place FROM {keyspace}.settings")
    assert searched.tables[0].rows == len(stored) == len(ROWS)
    tokens = {(row.key, row.column1): row.place for row in stored}
    opaque = OpaqueNames(subjects_of(len(named(ROWS))))
    assert {(finding.subject, opaque.token_of(finding)) for finding in searched.findings} == {
        (str(row.person), tokens[row.key, row.column1]) for row in named(ROWS)
    }
    planned = searched.tables[0].planned
    if splits in ("1", "2"):
        assert planned == int(splits)
    elif splits == "cores":
        assert planned >= max(CORES, len(ring.borders))
    else:
        assert planned >= 1000


def test_a_row_is_what_it_is_taken_for() -> None:
    """The rows of the matrix: several in many partitions, and each person in one row only."""
    people = [row.person for row in named(ROWS)]
    assert people == list(range(len(people)))
    assert len(ROWS) == 600
    assert len({(row.key, row.column1) for row in ROWS}) == len(ROWS)
    assert max(sum(1 for row in ROWS if row.key == key) for key in {row.key for row in ROWS}) == 4
    assert isinstance(ROWS[0], Row)
