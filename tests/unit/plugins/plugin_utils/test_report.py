# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The summary says what came of a run, in plain English."""

from __future__ import annotations

import typing as t

import jinja2
import pytest

from ansible_collections.genesys.gws.plugins.module_utils._core.wording import counted
from ansible_collections.genesys.gws.plugins.plugin_utils import _report
from ansible_collections.genesys.gws.plugins.plugin_utils._page_template import page_template
from ansible_collections.genesys.gws.plugins.plugin_utils._report import Outcome
from tests.unit import report_runs

OUTCOMES = dict.fromkeys(
    (*_report._REPORTED, "deleted", "redacted", "orphans_deleted", "already_absent", "failed"),
    0,
)


def request(**given: t.Any) -> dict[str, t.Any]:
    return {"erases": False, "has_gws": True, "started": "2026-01-02T03:04:05Z", "report_dir": "", "work_dir": "/w", **given}


def found(tables: int = 1, rows: int = 1, matches: int = 1, people: int = 1, **given: t.Any) -> dict[str, t.Any]:
    coverage = {
        "tables": [{"table": "t", "gc_grace_seconds": 864_000}] * tables,
        "rows": rows,
        "ranges": 2,
        "consistency_level": "QUORUM",
        "seconds": 0.1,
        "hosts": 1,
        "partly_read": [],
        "resumed_ranges": 0,
        "checkpoint_refused": "",
        "not_searchable": 0,
        "throttled": {},
        **given,
    }
    subjects = [{"ref": str(number), "exact": 1, "possible": 0} for number in range(people)]
    return {"complete": True, "coverage": coverage, "matches": matches, "matches_in_other_groups": 0, "subjects": subjects}


def outcome(**steps: t.Any) -> Outcome:
    return Outcome(
        **{
            "request": request(),
            "checked": {},
            "found": {},
            "done": {},
            "proof": {},
            "left": {},
            "finished": "2026-01-02T03:05:06Z",
            **steps,
        }
    )


def done(**counts: int) -> dict[str, t.Any]:
    return {"outcomes": {**OUTCOMES, **counts}, "plan": {"digest": "0" * 64, "delete": 1, "redact": 0, "settings": 1}}


@pytest.mark.parametrize(("number", "text"), [(0, "0 tables"), (1, "1 table"), (2, "2 tables")])
def test_singular_and_plural(number: int, text: str) -> None:
    assert counted(number, "table") == text


@pytest.mark.parametrize(
    ("searched", "lines"),
    [
        (found(), ["1 table, 1 row, all 2 token ranges", "Found: 1 finding for 1 of 1 person."]),
        (found(2, 3, 4, 5), ["2 tables, 3 rows, ", "Found: 4 findings for 5 of 5 people."]),
        (found(ranges=1, resumed_ranges=1), ["the only token range at", "1 token range of these"]),
        (found(not_searchable=1), ["1 value is compressed, encoded or binary"]),
        (found(not_searchable=2), ["2 values are compressed, encoded or binary"]),
        (found(hosts=3), [", on 3 hosts."]),
        (found(rows=0, matches=0), ["1 table, 0 rows", "No rows were read"]),
        (found(tables_left_out=["a"]), ["Not searched, as requested: table a."]),
        (found(tables_left_out=["a", "b"]), ["Not searched, as requested: tables a, b."]),
    ],
)
def test_search(searched: dict[str, t.Any], lines: list[str]) -> None:
    text = "\n".join(_report.summary(outcome(found=searched)))
    assert all(line in text for line in lines), text


@pytest.mark.parametrize("count", [1, 2])
def test_everything_that_was_not_erased_is_said(count: int) -> None:
    for name, nouns in _report._REPORTED.items():
        text = "\n".join(_report.summary(outcome(found=found(), done=done(**{name: count}))))
        assert f"Left unchanged: {count} {nouns[count - 1]}." in text


@pytest.mark.parametrize(
    ("effective", "unmet", "says"),
    [
        (0, [], ""),
        (2, [], "Legal holds: 2 of 2 applied to something here."),
        (1, [2], "Legal holds: 1 of 2 applied to something here; number 2 of the list matched nothing: check how it is spelled."),
        (0, [1, 2], "Legal holds: 0 of 2 applied to something here; numbers 1, 2 of the list matched nothing: check how they are spelled."),
    ],
)
def test_holds(effective: int, unmet: list[int], says: str) -> None:
    looked = {**done(), "holds_effective": effective, "holds_unmet_positions": unmet}
    lines = [line for line in _report.summary(outcome(found=found(), done=looked)) if "hold" in line]
    assert lines == ([says] if says else [])


def test_the_digest_is_the_last_line_of_a_dry_run_and_the_report_stands_before_it() -> None:
    lines = _report.summary(outcome(found=found(), done=done()))
    assert lines[-1] == "Plan: " + "0" * 64
    assert "Dry run: 1 setting would be deleted, 0 redacted. Nothing was changed." in lines
    assert _report.place_of_report(lines) == len(lines) - 1


def test_verdicts() -> None:
    erases = request(erases=True)
    proven = outcome(request=erases, found=found(), done=done(deleted=1), proof=found(matches=0), left={"left_message": ""})
    assert (proven.verdict, proven.reason) == ("proven", "")
    assert _report.summary(proven)[-1].startswith("Proven: ")
    left = outcome(request=erases, found=found(), done=done(deleted=1), proof=found(), left={"left_message": "1 row is left."})
    assert (left.verdict, left.reason) == ("failed", "1 row is left.")
    assert _report.summary(left)[-1] == "NOT proven: 1 row is left."
    failed = outcome(request=erases, found={"failed": True, "msg": "Cassandra is down."})
    assert (failed.verdict, failed.reason) == ("failed", "Cassandra is down.")
    assert _report.summary(failed) == ["The search is not complete.", "Failed: Cassandra is down."]
    assert _report.summary(outcome(checked={"failed": True, "msg": "x"})) == ["Nothing was searched.", "Failed: x"]
    assert outcome(found=found()).verdict == "searched"


@pytest.mark.parametrize("taken", [{}, {"proof": found(matches=0)}, {"left": {"left_message": ""}}])
def test_without_a_second_search_nothing_is_proven(taken: dict[str, t.Any]) -> None:
    one = outcome(request=request(erases=True), found=found(), done=done(deleted=1), **taken)
    assert one.verdict == "failed"
    assert "nothing is proven" in one.reason


@pytest.mark.parametrize(("encrypted", "says"), [(True, "encrypted with the vault password"), (False, "not encrypted (mode 0600)")])
def test_the_export_is_named_without_its_path(encrypted: bool, says: str) -> None:
    lines = _report.summary(outcome(done={**done(), "export": {"files": ["/srv/canary.json", "/srv/canary.html"], "encrypted": encrypted}}))
    assert f"Export: written to forget_me_export, {says}." in lines
    assert "canary" not in str(lines)


def test_a_table_that_was_read_in_part_is_named() -> None:
    """Also when that was asked for (unreadable_tables: report)."""
    partly = found(matches=0, partly_read=["users"])
    proven = outcome(request=request(erases=True), found=partly, done=done(deleted=1), proof=partly, left={"left_message": ""})
    assert _report.summary(proven)[-1].startswith(
        "Proven: the second search was complete, apart from what Cassandra does not show of users, and"
    )
    lines = _report.recall_summary(outcome(found=recalled(partly_read=["users"], not_searchable=2)), erases=True)
    assert lines[0].startswith("The search for everybody in the ledger was complete, apart from what Cassandra does not show of users: ")
    assert any("2 values are compressed" in line for line in lines)


def test_a_step_that_was_killed_is_no_success() -> None:
    assert outcome(done={"failed": True}).reason == "The run failed without a message."


@pytest.mark.parametrize("has_gws", [True, False])
def test_without_gws(has_gws: bool) -> None:
    [*_unused, line] = _report.summary(outcome(request=request(has_gws=has_gws), found=found()))
    assert line == f"No GWS {'login' if has_gws else 'address'} was given: only Cassandra was searched. Nothing was changed."


def test_the_page_escapes_what_it_shows() -> None:
    one = report_runs.run(found=report_runs.found({"<b>&": {"x": 1}}))
    template = "{% for line in summary %}{{ line }}{% endfor %}{{ report.search.subjects[0].ref }}"
    loader = jinja2.DictLoader({"report.html.j2": template})
    files = _report.files(["<i>"], _report.report(one), page_template("report", loader))
    assert files[".html"] == "&lt;i&gt;&lt;b&gt;&amp;"
    assert set(files) == {".html", ".json"}


def test_through_the_api_alone() -> None:
    subjects = [{"ref": "a", "found": 3, "states": {"delete": 2, "possible": 1}}, {"ref": "b", "found": 0, "states": {}}]
    looked = {**done(), "subjects": subjects, "users": 7, "users_read": 7}
    searched = _report.search_of_api(looked)
    lines = _report.summary(outcome(request=request(source="api"), found=searched, done=looked))
    assert lines[0] == "The search was complete: the settings of all 7 users, read through the API of GWS."
    assert lines[1] == "Found: 3 findings for 1 of 2 people, 1 of them only possible matches."
    assert _report.search_of_api({"failed": True, "msg": "x"}) == {}


def test_both_are_compared() -> None:
    looked = {**done(), "only_in_api": 1, "only_in_cassandra": 2}
    lines = _report.summary(outcome(request=request(source="both"), found=found(), done=looked))
    assert "Compared: 1 setting only in the API of GWS, 2 rows only in Cassandra." in lines


def test_after_an_erasure_it_says_when_to_search_again() -> None:
    text = "\n".join(
        _report.summary(outcome(request=request(erases=True), found=found(), done=done(deleted=1), finished="2026-11-26T00:00:00Z"))
    )
    assert text.count("Search again after 2026-12-06T00:00:00Z (playbooks residue and forget_again)") == 1
    assert "Search again" not in "\n".join(_report.summary(outcome(found=found(), done=done())))
    assert "Search again" not in "\n".join(
        _report.summary(outcome(request=request(erases=True), found=found(), done=done(), finished="2026-11-26T00:00:00Z"))
    )


def recalled(**given: t.Any) -> dict[str, t.Any]:
    counts = {"people": 3, "recalled": 0, "texts": 1, "refs_with_texts": ["T-3"], "expired": 0, "ledger": {"lines": 3}}
    return {**found(people=2, **given), **counts}


def test_a_search_for_all_in_the_ledger() -> None:
    due = {"what": "deleted cells", "table": "t", "by": "Cassandra", "until": "2026-12-06T00:00:00Z"}
    nobody = outcome(found=recalled(), known=(due,), finished="2026-11-26T00:00:00Z")
    lines = _report.recall_summary(nobody, erases=False)
    assert "The ledger holds 3 people; nobody of them is in the data again." in lines
    assert any(line.startswith("Search again after 2026-12-06T00:00:00Z") for line in lines)
    data = _report.recall_report(nobody)
    assert (data["mode"], data["result"], data["ledger"]) == ("recall", "searched", {"lines": 3})
    assert any("1 text has no code" in part["what"] and "T-3" in part["what"] for part in data["not_covered"])
    failed = outcome(found={"failed": True, "msg": "The ledger was truncated."}, finished="2026-11-26T00:00:00Z")
    assert _report.recall_summary(failed, erases=True)[0] == "Failed: The ledger was truncated."
    assert _report.recall_report(failed)["reason"] == "The ledger was truncated."
