# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A receipt has the published form whatever became of the run, and says what the report says."""

from __future__ import annotations

import copy
import json
import typing as t
from pathlib import Path

import jsonschema
import pytest
import yaml

from ansible_collections.genesys.gws.plugins.module_utils._core.release import RELEASE
from ansible_collections.genesys.gws.plugins.module_utils._evidence.receipt import file_name, interrupted_report, receipt_of, text_of

ROOT = Path(__file__).parents[5]
SCHEMA = json.loads((ROOT / "docs/receipt.schema.json").read_text())

COVERAGE = {
    "cluster": "Test Cluster",
    "keyspace": "sipfs",
    "versions": ["5.0.6"],
    "consistency_level": "QUORUM",
    "columns": 3,
    "columns_without_text": 1,
    "views_left_out": 0,
    "partly_read": [],
    "throttled": {},
    "checkpoint_refused": "",
    "hosts": 1,
    "seconds": 1.25,
    "tables": [
        {
            "table": "settings",
            "rows": 5,
            "ranges": 16,
            "resumed_ranges": 0,
            "not_searchable": 1,
            "gc_grace_seconds": 864000,
            "matches": 2,
        }
    ],
    "rows": 5,
    "ranges": 16,
    "resumed_ranges": 0,
    "not_searchable": 1,
}
REPORT: dict[str, t.Any] = {
    "report": "genesys.gws.forget_me",
    "version": 1,
    "started": "2026-11-26T02:00:00Z",
    "finished": "2026-11-26T02:00:09Z",
    "mode": "erase",
    "result": "failed",
    "reason": "1 row is left.",
    "search": {
        "complete": True,
        "search_id": "0" * 16,
        "matches": 3,
        "matches_in_other_groups": 0,
        "subjects": [{"ref": "T-1", "exact": 3, "possible": 1}, {"ref": "T-2", "exact": 0, "possible": 0}],
        "coverage": COVERAGE,
    },
    "erasure": {
        "plan": {"digest": "a" * 64, "settings": 3, "delete": 2, "redact": 1, "other_contacts_deleted": 0},
        "outcomes": {"deleted": 1, "redacted": 1, "already_absent": 1, "held": 1, "orphans_deleted": 0},
        "subjects": [
            {"ref": "T-1", "found": 5, "states": {"deleted": 1, "redacted": 1, "already_absent": 1, "held": 1, "orphaned": 1}},
            {"ref": "T-2", "found": 0, "states": {}},
        ],
        "requests_that_write": 4,
    },
    "proof": {
        "complete": True,
        "matches": 2,
        "left": 1,
        "left_by_reason": {"orphaned": 1},
        "coverage": COVERAGE,
        "subjects": [{"ref": "T-1", "found": 2, "states": {"held": 1, "orphaned": 1}}, {"ref": "T-2", "found": 0, "states": {}}],
    },
    "not_covered": [],
}
HEAD = {"ledger": "0" * 16, "lines": 2, "link": "b" * 64}


def made(report: dict[str, t.Any], ledger: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
    receipt = receipt_of({"ledger": ledger, **report}, run="0" * 16, release=RELEASE, signed_by="SHA256:x")
    jsonschema.validate(receipt, SCHEMA, cls=jsonschema.Draft202012Validator)
    assert json.loads(text_of(receipt)) == receipt
    return receipt


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_the_release_is_that_of_the_collection() -> None:
    assert yaml.safe_load((ROOT / "galaxy.yml").read_text())["version"] == RELEASE


def test_what_is_left_and_why() -> None:
    receipt = made(REPORT, HEAD)
    first, second = receipt["subjects"]
    assert first == {
        "ref": "T-1",
        "found": {"exact": 3, "possible": 1},
        "erased": {"deleted": 1, "redacted": 1},
        "already_absent": 1,
        "kept": {"held": 1, "orphaned": 1},
        "left": {"orphaned": 1},
    }
    assert second["found"] == {"exact": 0, "possible": 0}
    assert set(receipt["why_kept"]) == {"held", "orphaned"}
    assert receipt["proof"]["left"] == 1
    assert receipt["ledger"] == HEAD
    assert receipt["plan"]["digest"] == "a" * 64


def test_what_is_not_covered_and_until_when() -> None:
    cells, *others = made(REPORT)["not_covered"]
    assert (cells["table"], cells["until"]) == ("settings", "2026-12-06T02:00:09Z")
    assert {other["by"] for other in others} == {"operator"}
    assert any("compressed" in other["what"] for other in others)
    dry = made({**REPORT, "mode": "dry run", "result": "searched", "reason": ""})
    assert all(part["until"] is None for part in dry["not_covered"])
    assert dry["proof"] is None


def test_a_run_that_failed_before_anything(tmp_path: Path) -> None:
    report = copy.deepcopy(REPORT)
    report["search"] = {"complete": False, "search_id": "", "matches": 0, "matches_in_other_groups": 0, "subjects": [], "coverage": {}}
    report["erasure"] = {"plan": {}, "outcomes": {}, "subjects": [], "requests_that_write": 0}
    report["proof"] = {"complete": False, "matches": 0, "left": 0, "left_by_reason": {}, "coverage": {}}
    receipt = made(report)
    assert receipt["searched"]["complete"] is receipt["searched"]["whole_ring"] is False
    assert receipt["plan"] is None
    assert receipt["subjects"] == []


EVENTS = [
    {"event": "searched", "search": REPORT["search"]},
    {"event": "ledger", "head": HEAD},
    {"event": "planned", "plan": REPORT["erasure"]["plan"], "subjects": ["T-1", "T-2"]},
    {"event": "writing", "write": 1, "subjects": ["T-1"]},
    {"event": "wrote", "write": 1, "outcome": "deleted"},
    {"event": "writing", "write": 2, "subjects": ["T-1", "T-2"]},
]


@pytest.mark.parametrize("count", range(len(EVENTS) + 1))
def test_a_run_that_was_killed(count: int) -> None:
    report = interrupted_report("2026-11-26T02:00:00Z", "erase", EVENTS[:count], "2026-11-27T00:00:00Z")
    receipt = made(report)
    assert receipt["ledger"] == (HEAD if count >= 2 else None)
    assert receipt["run"]["result"] == "interrupted"
    assert receipt["searched"]["complete"] is (count >= 1)
    assert receipt["erased"]["deleted"] == (count >= 5)
    kept = {subject["ref"]: subject["kept"] for subject in receipt["subjects"]}
    assert kept.get("T-2", {}) == ({"unknown": 1} if count == 6 else {})
    if count in (4, 6):
        assert kept["T-1"] == {"unknown": 1}


def test_its_name_tells_the_time() -> None:
    assert file_name("2026-11-26T02:00:00Z") == "receipt-20261126T020000Z.json"


def test_a_search_through_the_api_alone_says_nothing_of_the_ring() -> None:
    """Cassandra was not read: what only it has is not covered."""
    of_api = {"complete": True, "api": {"users": 3, "users_read": 3}, "coverage": {}, "subjects": []}
    report = {**copy.deepcopy(REPORT), "search": of_api, "proof": {**of_api, "left": 0, "left_by_reason": {}}}
    report.pop("not_covered", None)
    receipt = receipt_of(report, run="0" * 16, release=RELEASE, signed_by="SHA256:x")
    jsonschema.validate(receipt, SCHEMA, cls=jsonschema.Draft202012Validator)
    for part in (receipt["searched"], receipt["proof"]):
        assert (part["complete"], part["whole_ring"], part["api"]) == (True, False, {"users": 3, "users_read": 3})
    assert any("Cassandra" in gap["what"] and "not read" in gap["what"] for gap in receipt["not_covered"])


def test_a_table_that_was_left_out_is_not_covered() -> None:
    report = copy.deepcopy(REPORT)
    report.pop("not_covered", None)
    report["search"]["coverage"]["tables_left_out"] = ["call_log"]
    receipt = receipt_of(report, run="0" * 16, release=RELEASE, signed_by="SHA256:x")
    jsonschema.validate(receipt, SCHEMA, cls=jsonschema.Draft202012Validator)
    assert [gap["what"] for gap in receipt["not_covered"] if gap["table"] == "call_log"] == [
        "a table that was left out of the search (forget_me_tables, forget_me_exclude_tables)"
    ]
