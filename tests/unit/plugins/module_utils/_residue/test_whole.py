# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The verdict for a cluster: complete only when every member has reported."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.genesys.gws.plugins.module_utils._residue.whole import whole_residue

IDS = {f"127.0.0.{number}": f"0a1b2c3d-0000-0000-0000-00000000000{number}" for number in (1, 2, 3)}
STATUS = """Datacenter: datacenter1
=======================
Status=Up/Down
|/ State=Normal/Leaving/Joining/Moving
--  Address    Load        Tokens  Owns (effective)  Host ID                               Rack
""" + "".join(
    f"{state}  {address}  {load}  8       100.0%            {IDS[address]}  rack 1\n"
    for (address, state, load) in (("127.0.0.1", "UN", "114.52 KiB"), ("127.0.0.2", "DN", "?"), ("127.0.0.3", "UJ", "1 GB"))
)
HOSTS = ["a", "b", "c"]


def report(number: int, state: str = "clean", **given: t.Any) -> dict[str, t.Any]:
    result = {"state": state, "traces": [{}] * 0, "unreadable": [], "addresses": []}
    info = f"ID                     : {IDS[f'127.0.0.{number}']}\nGossip active          : true\n"
    return {"host": HOSTS[number - 1], "result": {**result, **given}, "status": STATUS, "info": info}


def test_all_have_reported() -> None:
    verdict = whole_residue([report(1), report(2), report(3)], HOSTS)
    assert (verdict["state"], verdict["members"], verdict["reasons"]) == ("clean", 3, [])
    assert verdict["summary"] == ["Clean: no traces on 3 hosts (3 members of the cluster)."]


def test_a_node_that_is_down_is_known_by_its_address() -> None:
    down = {**report(2, addresses=["127.0.0.2"]), "status": "", "info": ""}
    assert whole_residue([report(1), down, report(3)], HOSTS)["state"] == "clean"


@pytest.mark.parametrize("hosts", [HOSTS, HOSTS[:2]])
def test_a_member_is_missing(hosts: list[str]) -> None:
    verdict = whole_residue([report(1), report(2)], hosts)
    assert verdict["state"] == "incomplete"
    assert "1 of 3 members of the cluster did not report: 127.0.0.3" in verdict["reasons"]


def test_a_host_is_unreachable_or_refused() -> None:
    unreachable = {**report(3), "result": {"unreachable": True, "msg": "ssh: somebody@example.com"}}
    refused = {**report(2), "result": {"failed": True, "code": "bad_region", "msg": "region is wrong."}}
    crashed = {**report(1), "result": {"failed": True, "msg": "somebody@example.com"}}
    verdict = whole_residue([crashed, refused, unreachable], HOSTS)
    assert verdict["state"] == "incomplete"
    assert verdict["reasons"][:3] == ["a did not report", "b did not report: region is wrong", "c did not report (unreachable)"]


def test_nobody_knows_the_ring() -> None:
    verdict = whole_residue([{**report(1), "status": "nodetool: Failed to connect"}], ["a"])
    assert verdict["state"] == "incomplete"


def test_one_host_that_was_not_read_completely_is_enough() -> None:
    assert whole_residue([report(1, "incomplete"), report(2), report(3)], HOSTS)["state"] == "incomplete"


def test_no_hosts_at_all() -> None:
    assert whole_residue([], [])["state"] == "incomplete"


def trace(ref: str, when: str, earliest: str) -> dict[str, t.Any]:
    place = {"place": "live", "keyspace": "sipfs", "table": "settings", "index": "", "snapshot": "", "folder": ""}
    removal = {"when": when, "earliest": earliest, "commands": [], "why": ""}
    return {**place, "files_with_traces": 1, "certainty": "exact", "subjects": [{"ref": ref}], "removal": removal}


def test_the_latest_date_of_all_hosts_is_when_to_search_again() -> None:
    early, late = "2026-12-01T00:00:00Z", "2026-12-02T00:00:00Z"
    given = {"scanned_at": "2026-11-26T00:00:00Z", "refs": ["T-1", "T-2"]}
    one = report(1, "residue", traces=[trace("T-1", "after gc_grace", early)], **given)
    other = report(2, "residue", traces=[trace("T-2", "after gc_grace", late), trace("T-2", "now", "")], **given)
    verdict = whole_residue([one, other, report(3)], HOSTS)
    assert verdict["search_again"] == late
    assert verdict["refs"] == ["T-1", "T-2"]
    assert [(entry["until"], entry["by"], entry["refs"]) for entry in verdict["due"]] == [
        (late, "Cassandra", ["T-1", "T-2"]),
        (None, "operator", ["T-2"]),
    ]
    assert verdict["summary"][-1].startswith(f"Search again after {late}: ")
    assert whole_residue([report(1), report(2), report(3)], HOSTS)["search_again"] is None
