# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page of a report: the verdict first, everything that an auditor asks, nothing from elsewhere, nobody's identifier."""

from __future__ import annotations

import html
import json
import re
import typing as t

import pytest

from ansible_collections.genesys.gws.plugins.module_utils._evidence.receipt import WHY_KEPT, receipt_of
from ansible_collections.genesys.gws.plugins.module_utils._module.delete_result import _REASONS
from ansible_collections.genesys.gws.plugins.plugin_utils import _page, _report
from ansible_collections.genesys.gws.plugins.plugin_utils._page_words import KEPT, LEFT
from ansible_collections.genesys.gws.plugins.plugin_utils._report import Outcome
from tests.unit import report_runs
from tests.unit.page_reader import Page, stands_alone
from tests.unit.report_runs import RUNS, page_of


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("success", "Erased and proven"),
        ("left-overs", "Not finished: something is left"),
        ("failed", "Failed: nothing is proven"),
        ("dry-run", "Dry run: nothing was changed"),
    ],
)
def test_the_verdict_comes_first_and_each_question_has_a_part(name: str, title: str) -> None:
    headings = list(Page(page_of(RUNS[name])).parts)[1:]
    people = ["Person by person"] if name != "failed" else []
    assert headings == [
        title,
        *people,
        "What to do next",
        "What this covers",
        "What this does not cover, and when it will be gone",
    ]


@pytest.mark.parametrize("outcome", [*RUNS.values(), report_runs.crowded()], ids=[*RUNS, "crowded"])
def test_one_file_that_fetches_nothing_and_runs_nothing(outcome: Outcome) -> None:
    content = page_of(outcome)
    stands_alone(content)
    assert len(content) < 2_000_000


def test_each_person_by_reference() -> None:
    said = Page(page_of(report_runs.SUCCESS)).under("Person by person")
    assert "TICKET-4711 35 places 34 1 corporate favorite, left to its administrators Erased, 1 kept" in said
    assert "TICKET-4712 35 places 33 (2 already gone) nothing Erased" in said
    assert "TICKET-4713 32 places 15 17 under a legal hold Erased, 17 kept" in said
    assert "4 0 places 0 nothing Not found" in said
    said = Page(page_of(report_runs.LEFT_OVERS)).under("Person by person")
    assert "TICKET-4712 36 places 33 2 only possible matches 1 row in a table that holds no settings 3 left" in said
    said = Page(page_of(report_runs.DRY_RUN)).under("Person by person")
    assert "TICKET-4711 35 places 34 1 corporate favorite, left to its administrators Found" in said


def test_the_page_says_what_the_receipt_says() -> None:
    for outcome in RUNS.values():
        report = _report.report(outcome)
        receipt = receipt_of(report, run="", release="", signed_by="")
        view = _page.view(report)
        assert sorted(person["ref"] for person in view["people"]) == sorted(subject["ref"] for subject in receipt["subjects"])
        assert sum(person["erased"] for person in view["people"]) in (
            sum(sum(subject["erased"].values()) for subject in receipt["subjects"]),
            report["erasure"]["plan"].get("settings"),
        )
        for gap in receipt["not_covered"]:
            assert any(gap["what"][1:] in shown["what"] for shown in view["gaps"])


def test_dates() -> None:
    page = Page(page_of(report_runs.SUCCESS))
    assert "(tables settings, agent_preferences, call_log) from 6 December 2026 on" in page.under(list(page.parts)[-1])
    assert "After 6 December 2026, have the disks searched:" in page.under("What to do next")
    assert "26 November 2026, 22:04 to 22:14 UTC" in page_of(report_runs.SUCCESS)
    assert "26 November 2026, 22:04 to 27 November 2026, 01:00 UTC" in page_of(report_runs.run(finished="2026-11-27T01:00:00Z"))


def test_what_it_covers() -> None:
    said = Page(page_of(report_runs.SUCCESS)).under("What this covers")
    assert "48 token ranges First search Complete: 209,993 rows in 3 tables, at QUORUM" in said
    assert "The proof: second search Complete" in said
    assert "settings 184,211 102 18" in said
    said = Page(page_of(report_runs.FAILED)).under("What this covers")
    assert "Not complete" in said
    assert "Nothing: the search was not complete." in said
    assert "proof" not in said
    one = report_runs.found({"1": {}}, groups_seen=[True], not_searchable=1, consistency_level="LOCAL_QUORUM")
    said = Page(page_of(report_runs.run(found=one))).under("What this covers")
    assert "Only 1 settings group, as requested: 0 findings in other groups were left unchanged." in said
    assert "Except 1 value: compressed or encoded in a way that can't be read." in said
    assert "only another data centre has" in said
    said = Page(page_of(report_runs.run(erases=False, found=report_runs.found({"1": {}}, partly_read=["old"])))).under("What this covers")
    assert "apart from what Cassandra does not show of old" in said


def test_through_the_api() -> None:
    states: report_runs.States = {"1": {"delete": 1}}
    looked = {**report_runs.done(states), "users": 12, "users_read": 12}
    outcome = report_runs.run(erases=False, found=_report.search_of_api(looked), done=looked)
    said = Page(page_of(outcome)).under("What this covers")
    assert "12 users First search Complete: all of them, through the API of GWS" in said
    assert "Cassandra itself was not read." in said


def test_what_to_do_next() -> None:
    dry = Page(page_of(report_runs.DRY_RUN)).under("What to do next")
    assert f"-e cleanup=true -e forget_me_expect_plan={report_runs.DIGEST}" in dry
    assert "An erasure would end as not finished: 2 places are only possible matches." in dry
    assert "still" not in dry
    left = Page(page_of(report_runs.LEFT_OVERS)).under("What to do next")
    assert all(LEFT[reason][1] in left for reason in ("possible", "orphaned", "outside"))
    failed = Page(page_of(report_runs.FAILED)).under("What to do next")
    assert "count this request as open" in failed
    only = Page(page_of(report_runs.run(erases=False, found=report_runs.found({"1": {"x": 1}})))).under("What to do next")
    assert "with the address and the login of GWS" in only


def test_a_failure_in_the_middle_says_what_was_erased() -> None:
    states: report_runs.States = {"1": {"deleted": 2}}
    died = {**report_runs.done(states), "failed": True, "msg": "GWS can't be reached."}
    content = page_of(report_runs.run(found=report_runs.found(states), done=died))
    assert "GWS can&#39;t be reached." in content
    assert "2 places had been erased before." in content
    assert "Nothing was changed" not in content
    before = page_of(report_runs.run(found=report_runs.found(states), done={"failed": True, "msg": "x"}))
    assert "Nothing was changed" not in before  # the reason says it: the page does not know


def test_every_reason_has_words() -> None:
    assert set(KEPT) == set(WHY_KEPT)
    assert set(LEFT) == set(_REASONS)


def test_a_receipt_is_named() -> None:
    content = page_of(report_runs.SUCCESS, receipt={"file": "receipt-x.json", "signed_by": "SHA256:abc"})
    assert "receipt-x.json, signed by SHA256:abc" in content
    assert "Keep this page and the signed receipt with the request." in content


def test_the_receipt_is_there_word_for_word() -> None:
    receipt = {**receipt_of(_report.report(report_runs.SUCCESS), run="x", release="0", signed_by="SHA256:a'<b>&amp;"), "file": "r.json"}
    content = page_of(report_runs.SUCCESS, receipt=receipt)
    Page(content)
    assert json.loads(html.unescape(content).partition("<pre>")[2].partition("</pre>")[0]) == receipt


def test_many_people_are_folded_and_those_who_need_somebody_come_first() -> None:
    states: report_runs.States = {f"T-{number}": {"deleted": 1} for number in range(40)}
    after: report_runs.States = {"T-39": {"possible": 1}}
    states["T-39"] = {"possible": 1}
    run = report_runs.run(
        found=report_runs.found(states),
        done=report_runs.done(states),
        proof=report_runs.found(after),
        left=report_runs.done(after, possible=1),
    )
    view = _page.view(_report.report(run))
    assert [person["ref"] for person in view["people"]] == ["T-39", *(f"T-{number}" for number in range(9))]
    assert len(view["more_people"]) == 30
    assert view["more"] == "30 more people (30 erased); the JSON report lists everybody."


def test_what_a_request_is_called_is_text_and_nothing_else() -> None:
    odd = "<script>alert(1)</script>{{ 7 * 7 }}`x`"
    content = page_of(report_runs.run(found=report_runs.found({odd: {"x": 1}})))
    assert "<script" not in content
    assert "{{ 7 * 7 }}" in content


def _strings(value: t.Any) -> t.Iterator[str]:
    if isinstance(value, dict):
        for name, item in value.items():
            yield from (str(name), *_strings(item))
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _strings(item)
    elif isinstance(value, str):
        yield value


def test_no_identifier() -> None:
    """Nothing of the results but what is named here reaches the page, so an identifier cannot."""
    planted = "Ann.Canary@example.com"
    outcome = report_runs.SUCCESS
    found = {**outcome.found, "findings": [{"row": planted}], "surprise": planted}
    done = {**outcome.done, "surprise": planted, "diff": {"before": planted}}
    content = page_of(report_runs.run(found=found, done=done, proof=outcome.proof, left=outcome.left))
    assert planted.lower() not in content.lower()
    assert planted not in json.dumps(_report.report(report_runs.run(found=found, done=done)))
    assert not [one for one in _strings(_page.view(_report.report(outcome))) if re.search(r"\w@\w|\+\d{6}", one)]
