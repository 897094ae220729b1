# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What removes a trace, and when it can go."""

from __future__ import annotations

import dataclasses
import datetime

import pytest

from ansible_collections.genesys.gws.plugins.module_utils._residue.places import Kind, Place
from ansible_collections.genesys.gws.plugins.module_utils._residue.removal import Trace, purge_commands, removal

NOW = datetime.datetime(2026, 11, 24, 12, tzinfo=datetime.timezone.utc)
DAY = 86_400
TABLE = Trace(Place(Kind.LIVE, "sipfs", "settings"), keys=False, has_index=False, garbagecollect=True)


def advice(trace: Trace, gc_grace: int = 10 * DAY, erased_at: datetime.datetime | None = NOW - datetime.timedelta(days=1)):
    return removal(trace, gc_grace, erased_at, NOW)


def test_values_go_at_once_within_gc_grace() -> None:
    found = advice(TABLE)
    assert found.commands == ("nodetool flush sipfs settings", "nodetool garbagecollect -g CELL sipfs settings")
    assert (found.when, found.earliest) == ("now", "")


def test_2_2_has_no_garbagecollect() -> None:
    assert advice(dataclasses.replace(TABLE, garbagecollect=False)).commands[-1] == "nodetool compact sipfs settings"


def test_keys_go_when_gc_grace_is_over() -> None:
    keys = dataclasses.replace(TABLE, keys=True)
    assert (advice(keys).when, advice(keys).earliest) == ("after gc_grace", "2026-12-03T12:00:00Z")
    assert advice(keys, erased_at=None).earliest == "2026-12-04T12:00:00Z"
    assert advice(keys, gc_grace=DAY).when == "now"
    assert advice(keys, gc_grace=DAY).commands[-1] == "nodetool compact sipfs settings"


def test_the_table_is_compacted_before_its_index() -> None:
    index = dataclasses.replace(TABLE, place=Place(Kind.LIVE, "sipfs", "settings", index="by_name"), has_index=True)
    table = dataclasses.replace(TABLE, has_index=True)
    plain = dataclasses.replace(TABLE, place=Place(Kind.LIVE, "sipfs", "other"))
    assert purge_commands([index, plain, table], lambda _place: False) == [
        ("flush", "sipfs", "other", "settings"),
        ("garbagecollect", "-g", "CELL", "sipfs", "other"),
        ("compact", "sipfs", "settings"),
        ("flush", "sipfs", "settings"),
        ("compact", "sipfs", "settings.by_name"),
    ]


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.LIVE])
def test_a_purge_touches_nothing_but_live_tables_of_users(kind: Kind) -> None:
    system = dataclasses.replace(TABLE, place=Place(Kind.LIVE, "system", "paxos"))
    assert purge_commands([dataclasses.replace(TABLE, place=Place(kind, "sipfs", "settings")), system], lambda _place: True) == []


def test_names_are_quoted_for_the_shell() -> None:
    snapshot = dataclasses.replace(TABLE, place=Place(Kind.SNAPSHOT, "sipfs", "settings", snapshot="it's; rm -rf /"))
    assert advice(snapshot).commands == ("nodetool clearsnapshot -t 'it'\"'\"'s; rm -rf /' -- sipfs",)
    backup = dataclasses.replace(TABLE, place=Place(Kind.BACKUP, "sipfs", "settings"), files=("/data 1/nb-1-big",))
    assert advice(backup).commands == ("rm -f -- '/data 1/nb-1-big'-*",)


@pytest.mark.parametrize("place", [Place(kind, "system", "hints") for kind in Kind])
def test_there_is_advice_for_every_place(place: Place) -> None:
    found = advice(dataclasses.replace(TABLE, place=place))
    assert found.when
    assert found.why
