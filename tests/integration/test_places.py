# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Places that hold no text: columns of numbers on a real Cassandra, and values that nobody can search, from the page to the summary."""

from __future__ import annotations

import decimal
import gzip
import json
import re
import zlib
from collections.abc import Iterator

import pytest

from tests.integration.support import Player
from tests.lab.lab import Lab

PHONE = "+4930901820"
NUMBER = int(PHONE)
OTHER = NUMBER + 7
KINDS = {
    "a_bigint": ("bigint", NUMBER, OTHER),
    "a_varint": ("varint", NUMBER, OTHER),
    "a_decimal": ("decimal", decimal.Decimal(NUMBER), decimal.Decimal(OTHER)),
    "a_decimal_of_java": ("decimal", decimal.Decimal("4.93090182E9"), decimal.Decimal("4.93090189E9")),
    "a_double": ("double", float(NUMBER), float(OTHER)),
    "a_list": ("list<bigint>", [1, NUMBER], [1, OTHER]),
    "a_set": ("set<varint>", {NUMBER, 5}, {OTHER, 5}),
    "a_map": ("map<bigint, int>", {NUMBER: 1}, {OTHER: 1}),
    "a_map_of_values": ("map<int, decimal>", {1: decimal.Decimal(NUMBER)}, {1: decimal.Decimal(OTHER)}),
    "a_tuple": ("frozen<tuple<int, bigint>>", (1, NUMBER), (1, OTHER)),
    "a_type": ("frozen<person>", ("x", NUMBER), ("x", OTHER)),
    "a_list_of_types": ("list<frozen<person>>", [("x", NUMBER)], [("x", OTHER)]),
}


@pytest.fixture
def numbers(lab: Lab) -> Iterator[Lab]:
    """A table of each kind with the person in one of a hundred rows, one with the number as its key."""
    keyspace = f'"{lab.keyspace}"'
    lab.session.execute(f"CREATE TYPE IF NOT EXISTS {keyspace}.person (kind text, phone bigint)")
    for name, (cql_type, mine, other) in KINDS.items():
        lab.session.execute(f"CREATE TABLE {keyspace}.{name} (id int PRIMARY KEY, phone {cql_type})")
        insert = lab.session.prepare(f"INSERT INTO {keyspace}.{name} (id, phone) VALUES (?, ?)")
        for row in range(100):
            lab.session.execute(insert, (row, mine if row == 42 else other))
    lab.session.execute(f"CREATE TABLE {keyspace}.a_key (phone bigint PRIMARY KEY, n int)")
    for phone in (NUMBER, OTHER):
        lab.session.execute(f"INSERT INTO {keyspace}.a_key (phone, n) VALUES ({phone}, 1)")
    yield lab
    for name in (*KINDS, "a_key"):
        lab.session.execute(f"DROP TABLE {keyspace}.{name}")
    lab.session.execute(f"DROP TYPE {keyspace}.person")


def test_columns_of_numbers(numbers: Lab, player: Player) -> None:
    """Each of them is found in the row that it is in; nothing is erased of tables that hold no settings, and that is said."""
    play = player.play(
        [
            {"genesys.gws.gws_pii_search": {**player.cassandra(), "search": PHONE, "key": "x" * 20}, "register": "found"},
            {"ansible.builtin.copy": {"content": "{{ found | to_json }}", "dest": str(player.folder / "found.json"), "mode": "0600"}},
        ]
    )
    run = player(play, plain=True)
    assert run.rc == 0, run.said()
    found = json.loads((player.folder / "found.json").read_text())
    by_table = {finding["table"]: finding["match"] for finding in found["findings"]}
    assert by_table == {**dict.fromkeys(KINDS, "exact"), "a_key": "exact"}
    assert found["matches"] == len(by_table), "each once"


CBOR = b"\xa1\x65phone\x1b" + NUMBER.to_bytes(8, "big")
MESSAGEPACK = b"\x81\xa5phone\xcf" + NUMBER.to_bytes(8, "big")
SMILE = b":)\n\x00\xfa\x84phone\x25\x00\x92\x6b\x00\x3e\x94\xfb"
TEXT = json.dumps({"phone": PHONE, "note": "x" * 40}).encode()
UNSEEN = [CBOR, MESSAGEPACK, SMILE, gzip.compress(TEXT), zlib.compress(TEXT), zlib.compress(TEXT, 3)]


def test_what_cannot_be_searched_is_said_in_the_verdict(lab: Lab, player: Player) -> None:
    keyspace = f'"{lab.keyspace}"'
    lab.session.execute(f"CREATE TABLE {keyspace}.unseen (id int PRIMARY KEY, value blob)")
    insert = lab.session.prepare(f"INSERT INTO {keyspace}.unseen (id, value) VALUES (?, ?)")
    for row, value in enumerate([*UNSEEN, b"plain", b'{"a": 1}', bytes(range(0x80, 0x90))]):
        lab.session.execute(insert, (row, value))
    try:
        dry = player(search=PHONE)
        erased = player(search=PHONE, cleanup=True)
    finally:
        lab.session.execute(f"DROP TABLE {keyspace}.unseen")
    assert dry.rc == erased.rc == 0, erased.said()
    for run in (dry, erased):
        assert re.search(r"Not searchable: 6 values are compressed, encoded or binary", run.said()), run.said()
    assert "Proven: " in erased.said()
    assert "6 values could not be searched" in erased.said()
