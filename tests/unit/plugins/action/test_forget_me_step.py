# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is kept of a run whatever goes wrong: receipt, report, page and summary; of an erasure, of forget_again and of a search of the disks."""

from __future__ import annotations

import json
import os
import re
import subprocess
import types
import typing as t
from pathlib import Path

import jsonschema
import pytest
from ansible.plugins.action import ActionBase

from ansible_collections.genesys.gws.plugins.action.forget_me_step import ActionModule
from ansible_collections.genesys.gws.plugins.module_utils._evidence import run_record
from ansible_collections.genesys.gws.plugins.module_utils._evidence.run_record import Process
from ansible_collections.genesys.gws.plugins.plugin_utils import _page_template
from ansible_collections.genesys.gws.plugins.plugin_utils._request import BadRequest
from tests.unit import report_runs, residue_runs

CANARY = "canary7391@example.com"
STARTED = "2026-11-26T02:00:00Z"
SCHEMA = json.loads((Path(__file__).parents[4] / "docs/receipt.schema.json").read_text(encoding="utf-8"))
COVERAGE = {
    "cluster": "c",
    "keyspace": "sipfs",
    "consistency_level": "QUORUM",
    "versions": ["5.0.6"],
    "hosts": 1,
    "rows": 7,
    "ranges": 2,
    "resumed_ranges": 0,
    "not_searchable": 0,
    "partly_read": [],
    "seconds": 0.1,
    "tables": [{"table": "settings", "rows": 7, "ranges": 2, "not_searchable": 0, "gc_grace_seconds": 864_000, "matches": 1}],
}


def recalled(*found: str) -> dict[str, t.Any]:
    subjects = [{"ref": ref, "exact": 0, "possible": int(ref in found)} for ref in ("T-1", "T-2")]
    counts = {"people": 3, "recalled": len(found), "texts": 1, "refs_with_texts": ["T-3"], "expired": 0}
    ledger = {"ledger": "0123456789abcdef", "lines": 3, "link": "0" * 64}
    return {**counts, "complete": True, "subjects": subjects, "coverage": COVERAGE, "ledger": ledger, "key_source": "option"}


def run_step(folder: Path, result: dict[str, t.Any]) -> dict[str, t.Any]:
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(folder / "key")], check=True)
    record = run_record.begin(str(folder), run="0" * 16, started=STARTED, mode="recall", process=Process.with_pid(os.getpid()))
    evidence = {"run": "0" * 16, "run_record": record, "receipt_key": (folder / "key").read_text(), "settled": 0}
    request = {"erases": True, "has_gws": True, "started": STARTED, "report_dir": str(folder / "reports"), "work_dir": str(folder)}
    step = t.cast(t.Any, ActionModule.__new__(ActionModule))
    args = {"request": {**request, "evidence": evidence, "key_file": "k"}, "recalled": result}
    step._task = types.SimpleNamespace(args=args)
    return t.cast("dict[str, t.Any]", step._write_recall({}))


@pytest.mark.parametrize("found", [(), ("T-2",)])
def test_a_search_of_the_ledger_has_a_receipt(tmp_path: Path, found: tuple[str, ...]) -> None:
    told = run_step(tmp_path, recalled(*found))
    assert told["reason"] == ""
    [path] = (tmp_path / "reports").glob("receipt-*.json")
    receipt = json.loads(path.read_text())
    jsonschema.validate(receipt, SCHEMA, cls=jsonschema.Draft202012Validator)
    assert (receipt["run"]["mode"], receipt["run"]["result"]) == ("recall", "searched")
    assert {subject["ref"]: subject["found"]["possible"] for subject in receipt["subjects"]} == {"T-1": 0, "T-2": len(found)}
    assert any("T-3" in part["what"] for part in receipt["not_covered"])
    assert receipt["ledger"]["lines"] == 3
    assert any(f"Receipt: {path}" in line for line in told["summary"])
    assert not list(tmp_path.glob("run-*")), "the record has done its work"
    assert json.loads((tmp_path / "reports" / "forget_again-20261126T020000Z.json").read_text())["mode"] == "recall"
    page = (tmp_path / "reports" / "forget_again-20261126T020000Z.html").read_text()
    assert "<h1>Everybody in the ledger was searched for</h1>" in page
    assert f"2 people were searched for: {'1 of them is' if found else 'nobody of them is'} in the data again." in page
    assert ("-e cleanup=true" in page) == bool(found)
    assert "run forget_me with the request of T-3" in page, "what the run printed is on it"
    assert path.name in page


def test_a_search_that_failed_has_one_too(tmp_path: Path) -> None:
    told = run_step(tmp_path, {"failed": False, "changed": False, "code": "ledger_cut", "msg": "The ledger was truncated."})
    assert told["reason"] == "The ledger was truncated."
    assert told["summary"][0] == "Failed: The ledger was truncated."
    page = (tmp_path / "reports" / "forget_again-20261126T020000Z.html").read_text()
    assert "Failed: nothing is proven" in page
    assert "Nothing was changed." in page
    [path] = (tmp_path / "reports").glob("receipt-*.json")
    receipt = json.loads(path.read_text())
    jsonschema.validate(receipt, SCHEMA, cls=jsonschema.Draft202012Validator)
    assert (receipt["run"]["result"], receipt["run"]["reason"], receipt["subjects"]) == ("failed", "The ledger was truncated.", [])


def write_report(folder: Path) -> dict[str, t.Any]:
    outcome = report_runs.SUCCESS
    request = {
        **outcome.request,
        "report_dir": str(folder / "reports"),
        "work_dir": str(folder / "work"),
        "evidence": {},
        "source": "cassandra",
    }
    steps = {name: getattr(outcome, name) for name in ("checked", "found", "done", "proof", "left")}
    step = t.cast(t.Any, ActionModule.__new__(ActionModule))
    step._task = types.SimpleNamespace(args={"request": request, **steps})
    return t.cast("dict[str, t.Any]", step._write_report({}))


def kinds(folder: Path) -> list[str]:
    return sorted(path.suffix for path in folder.iterdir())


def test_a_report_folder_that_is_none_any_more(tmp_path: Path) -> None:
    """The summary is shown, the report kept in the work folder, and the run ends with an error that says so."""
    (tmp_path / "reports").write_text("a file by now")
    told = write_report(tmp_path)
    wanted = "The report could not be saved in forget_me_report_dir (errno 17)"
    assert told["reason"] == wanted + "; it was saved in the folder reports of forget_me_work_dir instead."
    assert any(line.startswith("Proven:") for line in told["summary"])
    assert any(line.startswith(f"Report: {tmp_path}/work/reports/") for line in told["summary"])
    assert kinds(tmp_path / "work" / "reports") == [".html", ".json"]


def test_no_folder_at_all(tmp_path: Path) -> None:
    for name in ("reports", "work"):
        (tmp_path / name).write_text("a file")
    told = write_report(tmp_path)
    assert told["reason"].endswith("nor in forget_me_work_dir: keep this summary.")
    assert any(line.startswith("Proven:") for line in told["summary"])


@pytest.fixture(params=["{{ nothing.of.it }}", "{% for %}", None])
def broken(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Templates that can't be rendered."""
    for kind in ("report", "residue") if request.param is not None else ():
        (tmp_path / f"{kind}.html.j2").write_text(request.param)
    monkeypatch.setattr(_page_template, "FOLDER", str(tmp_path))


@pytest.mark.usefixtures("broken")
def test_a_page_that_fails_costs_neither_summary_nor_report(tmp_path: Path) -> None:
    told = write_report(tmp_path)
    assert told["reason"].startswith("The HTML report could not be created: A bug of genesys.gws: ")
    assert any(line.startswith("Proven:") for line in told["summary"])
    assert any(line.startswith("Report: ") and line.endswith(".json.") for line in told["summary"])
    assert kinds(tmp_path / "reports") == [".json"]


def write_residue(folder: Path, *, check_mode: bool = False) -> dict[str, t.Any]:
    found = residue_runs.TRACES
    reports = [{**report, "status": CANARY, "info": CANARY, "keyspaces": ["sipfs"]} for report in found["results"]]
    args = {**found, "purge": "compact", "reports": reports, "hosts": list(residue_runs.HOSTS), "report_dir": str(folder / "reports")}
    step = t.cast(t.Any, ActionModule.__new__(ActionModule))
    step._task = types.SimpleNamespace(args=args, check_mode=check_mode)
    return t.cast("dict[str, t.Any]", step._write_residue({}))


@pytest.mark.parametrize("check_mode", [True, False])
def test_a_search_of_the_disks_has_a_page_beside_its_json(tmp_path: Path, check_mode: bool) -> None:
    told = write_residue(tmp_path, check_mode=check_mode)
    page, report = sorted((tmp_path / "reports").iterdir())
    assert (page.suffix, report.suffix, page.stem) == (".html", ".json", report.stem)
    assert re.fullmatch(r"residue-\d{8}T\d{6}Z", page.stem)
    assert [path.stat().st_mode & 0o777 for path in (page, report)] == [0o600, 0o600]
    assert told == {"summary": [f"Report: {page.with_suffix('')}.html (for people) and .json."], "reason": ""}
    assert json.loads(report.read_text()) == {**residue_runs.TRACES, "purge": "compact"}
    content = page.read_text()
    assert "<h1>Traces on disk</h1>" in content
    assert "keyspaces that forget_me_residue_keyspaces does not list" in content
    assert ("after the purge." in content) != check_mode, "in check mode nothing was purged"
    assert CANARY not in content + report.read_text()


def test_a_search_of_the_disks_without_a_folder(tmp_path: Path) -> None:
    (tmp_path / "reports").write_text("a file by now")
    with pytest.raises(BadRequest, match=r"could not be saved in forget_me_report_dir \(errno 17\): keep the summary"):
        write_residue(tmp_path)


@pytest.mark.usefixtures("broken")
def test_a_page_of_the_disks_that_fails_does_not_cost_the_json(tmp_path: Path) -> None:
    told = write_residue(tmp_path)
    assert told["reason"].startswith("The HTML report could not be created: A bug of genesys.gws: ")
    assert told["summary"][0].endswith(".json.")
    assert kinds(tmp_path / "reports") == [".json"]


@pytest.mark.parametrize(
    "arguments", [{"step": CANARY}, {}, {"step": "searched", "request": CANARY}, {"step": "report", "request": {CANARY: 1}}]
)
def test_whatever_goes_wrong_is_told_without_a_value(monkeypatch: pytest.MonkeyPatch, arguments: dict[str, t.Any]) -> None:
    monkeypatch.setattr(ActionBase, "run", lambda *_arguments: {})
    step = t.cast(t.Any, ActionModule.__new__(ActionModule))
    step._task = types.SimpleNamespace(args=arguments)
    result = step.run(None, {})
    assert result["failed"] is True
    assert CANARY not in json.dumps(result)
    assert result["msg"].startswith(("A bug of genesys.gws: ", "Nothing was done: "))
