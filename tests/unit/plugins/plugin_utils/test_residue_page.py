# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page of a search of the disks: the verdict first, whose traces are where and what removes them, nothing of anybody."""

from __future__ import annotations

import json
import typing as t

import pytest

from ansible_collections.genesys.gws.plugins.module_utils._module.residue_result import NOT_COVERED
from ansible_collections.genesys.gws.plugins.module_utils._residue.places import Kind, Place
from ansible_collections.genesys.gws.plugins.plugin_utils import _residue_page
from ansible_collections.genesys.gws.plugins.plugin_utils._residue_words import ADVICE, HOSTS, KINDS
from tests.unit import residue_runs
from tests.unit.page_reader import Page, stands_alone
from tests.unit.residue_runs import CLEAN, NOT_COMPLETE, REFS, RUNS, TRACES, page_of, result, search, trace, unread

THREE = residue_runs.HOSTS
SETTINGS = Place(Kind.LIVE, "sipfs", "settings")
NEXT, UNREAD, BY_TRACE, BY_HOST = (
    "What to do next",
    "What could not be searched, and why",
    "The traces, and what removes them",
    "Host by host",
)


def read(report: dict[str, t.Any], **asked: t.Any) -> Page:
    return Page(page_of(report, **asked))


@pytest.mark.parametrize(
    ("name", "title", "parts"),
    [
        ("clean", "Clean: no traces on disk", []),
        ("traces", "Traces on disk", [BY_TRACE]),
        ("incomplete", "Not complete: something was not searched", [UNREAD, BY_TRACE]),
    ],
)
def test_the_verdict_comes_first_and_each_question_has_a_part(name: str, title: str, parts: list[str]) -> None:
    headings = list(read(RUNS[name]).parts)[1:]
    assert headings == [title, "Person by person", NEXT, *parts, BY_HOST, "What this covers", "What this does not cover"]


@pytest.mark.parametrize("name", [*RUNS, "crowded"])
def test_one_file_that_fetches_nothing_and_runs_nothing(name: str) -> None:
    content = page_of(residue_runs.crowded(), hosts=residue_runs.MANY) if name == "crowded" else page_of(RUNS[name])
    stands_alone(content)
    assert len(content) < 2_000_000


def test_the_json_is_what_was_found() -> None:
    files = residue_runs.files_of(TRACES)
    assert json.loads(files[".json"]) == TRACES
    assert set(files) == {".json", ".html"}
    assert set(_residue_page.files(TRACES, _residue_page.Asked(THREE), "2026-11-26T22:14:00Z", None)) == {".json"}


def test_what_a_verdict_means() -> None:
    assert "none of the 4 people who were searched for has left a trace in the files of all 3 hosts." in page_of(CLEAN)
    assert "3 of the 4 people who were searched for have left 11 traces on 3 hosts. GWS may no longer show this data" in page_of(TRACES)
    said = page_of(NOT_COMPLETE)
    assert (
        f"The search is not complete: {THREE[2]} did not report (unreachable), and 2 more reasons. Nothing is proven about what was not read."
        in said
    )
    assert "In what was read, 1 of the 4 people who were searched for has left 1 trace on 1 host." in said
    assert "26 November 2026, 22:04 to 22:14 UTC" in said


def test_each_person_by_reference() -> None:
    said = read(TRACES).under("Person by person")
    everywhere = "live files of a table, a snapshot, an incremental backup, the commit log"
    assert f"TICKET-4711 10 on 3 hosts {everywhere} not before 4 December 2026 Traces" in said
    assert "TICKET-4713 4 on 3 hosts a snapshot, another folder when they are removed Traces" in said
    assert "4 none – – No traces" in said
    assert "TICKET-4712 none – – None so far" in read(NOT_COMPLETE).under("Person by person")
    only = {THREE[0]: result(trace(SETTINGS, REFS[0], exact=0)), THREE[1]: result(), THREE[2]: result()}
    assert "TICKET-4711 1 on 1 host live files of a table when they are removed Possible traces" in read(search(only)).under(
        "Person by person"
    )


def test_each_trace_with_its_hosts_its_dates_and_what_removes_it() -> None:
    said = read(TRACES).under(BY_TRACE)
    hosts = ", ".join(THREE)
    assert (
        f"live files of sipfs.settings {hosts} · TICKET-4711, TICKET-4712 · 12 files · newest write 25 November 2026, after the erasure "
        "from 4 December 2026 on nodetool flush sipfs settings nodetool garbagecollect -g CELL sipfs settings "
    ) in said
    assert "now nodetool clearsnapshot -t before-upgrade -- sipfs" in said
    assert f"commit log {hosts} · TICKET-4711 · 9 files at a restart nodetool flush nodetool drain" in said
    assert "backups/nb-2-big-*" in said
    assert f"/mnt/backup/november {THREE[0]} · TICKET-4713 · 2 files, possible matches only" in said


def test_long_commands_and_many_commands_are_in_the_json_alone() -> None:
    many = search({THREE[0]: result(trace(Place(Kind.BACKUP, "sipfs", "settings"), REFS[0], files=9))}, hosts=THREE[:1])
    said = read(many, hosts=THREE[:1]).under(BY_TRACE)
    assert said.count("rm -f --") == 4
    assert "5 more commands: see the JSON report" in said
    long = search({THREE[0]: result(trace(Place(Kind.SNAPSHOT, "sipfs", "settings", snapshot="x" * 200), REFS[0]))}, hosts=THREE[:1])
    said = read(long, hosts=THREE[:1]).under(BY_TRACE)
    assert "clearsnapshot" not in said
    assert "1 command: see the JSON report" in said


def test_what_was_not_read() -> None:
    page = read(NOT_COMPLETE)
    said = page.under(UNREAD)
    assert f"{THREE[2]} did not report (unreachable)" in said
    assert "1 of 3 members of the cluster did not report: 10.0.0.2" in said
    assert f"live files of sipfs.settings {THREE[1]} 1 file damaged: the checksum of a chunk is wrong" in said
    assert f"hints {THREE[1]} all of it a folder that does not exist" in said
    hosts = page.under(BY_HOST)
    assert hosts.index(f"{THREE[2]} nothing – everything Did not report") < hosts.index(
        f"{THREE[1]} 651 files, 73.9 GB 0 3 places Not complete"
    )
    assert f"{THREE[0]} 651 files, 73.9 GB 1 – Traces" in hosts


def test_no_host_at_all() -> None:
    said = page_of(search({}, hosts=THREE))
    assert "Nothing was read." in said
    assert "Everything: no host was searched" in said
    assert "Person by person" not in said


def test_what_to_do_next() -> None:
    done = read(CLEAN).under(NEXT)
    assert "Keep this page" in done
    assert "forget_again" in done
    todo = read(TRACES).under(NEXT)
    assert "written after the erasure: search GWS again" in todo
    assert "-e forget_me_purge=compact" in todo
    assert "After 4 December 2026, run this search again" in todo
    assert "nodetool drain" in todo
    assert "Resolve what is listed" not in todo
    assert "Resolve what is listed under \u201cWhat could not be searched, and why\u201d" in read(NOT_COMPLETE).under(NEXT)
    assert "After that, run this search again" in read(NOT_COMPLETE).under(NEXT)


def test_a_purge() -> None:
    assert "This is what was found after the purge." in page_of(TRACES, purged=True)
    assert "Live files still have traces after the purge" in read(TRACES, purged=True).under(NEXT)
    stopped = {**TRACES, "purge": "compact", "failures": ["a has 2.00 GB of free disk", "b: no"]}
    said = page_of(stopped, purged=True)
    assert "The purge was stopped: a has 2.00 GB of free disk, and 1 more reason." in said
    assert "after the purge." not in said.partition("</header>")[0]


def test_what_it_covers_and_what_it_does_not() -> None:
    page = read(TRACES)
    assert "3 of 3 hosts Hosts that reported Complete: 3 members of the cluster" in page.under("What this covers")
    assert "Live files 1,236 146.1 GB" in page.under("What this covers")
    assert "Hints 3 1.5 kB" in page.under("What this covers")
    for gap in NOT_COVERED:
        assert gap[1:] in page.under("What this does not cover")
    assert "keyspaces" not in page.under("What this does not cover")
    assert "SSTables of keyspaces that forget_me_residue_keyspaces does not list" in page_of(TRACES, limited=True)


def test_one_of_each_is_singular() -> None:
    one = result(trace(SETTINGS, "T-1"), refs=["T-1"], covered=[{"place": "live", "files": 1, "sstables": 1, "bytes": 1}])
    said = " ".join(page_of(search({"a": one}, hosts=["a"]), hosts=["a"]).split())
    assert "the person who was searched for has left 1 trace on 1 host." in said
    assert "1 on 1 host<" in said
    assert "<span>1 file ·</span>" in said
    assert "1 file, 1 byte<" in said
    assert "of 1 host<" in said
    assert "1 member of the cluster" in said
    for wrong in ("1 files", "1 hosts", "1 traces", "1 people", "1 members", "1 bytes", "1 places"):
        assert wrong not in said
    clean = result(refs=["T-1"])
    said = page_of(search({"a": clean}, hosts=["a"]), hosts=["a"])
    assert "the person who was searched for has left no trace in the files of the host." in said


def test_every_kind_of_place_and_every_state_has_words() -> None:
    assert set(KINDS) == {kind.value for kind in Kind} == {kind for of in ADVICE for kind in of}
    assert set(HOSTS) == {"", "clean", "residue", "incomplete"}
    for kind in Kind:
        for keyspace in ("sipfs", "system", "system_traces"):
            place = Place(kind, keyspace, "hints", index="by_name", snapshot="s", folder="/f")
            assert BY_TRACE in read(search({THREE[0]: result(trace(place, "4"))})).parts


def test_many_are_folded_and_those_who_need_somebody_come_first() -> None:
    report = residue_runs.crowded()
    view = _residue_page.view(report, _residue_page.Asked(residue_runs.MANY), "2026-11-26T22:14:00Z")
    for name, total in (("hosts", 120), ("people", 3000), ("reasons", 22)):
        part = view[name]
        hidden = total - len(part["rows"])
        assert part["more"].startswith(f"{hidden:,} more "), name
        assert len(part["more_rows"]) == min(hidden, 500)
    assert {row["verdict"] for row in view["hosts"]["rows"]} == {"Did not report"}
    assert {row["verdict"] for row in view["people"]["rows"]} == {"Traces"}
    assert sum(row["lines"] for name in ("hosts", "people", "reasons", "unread", "traces") for row in view[name]["rows"]) < 60
    assert 1 <= len(view["traces"]["rows"]) < 5
    assert len(view["unread"]["rows"]) < 5
    assert view["traces"]["rows"][0]["details"][:2] == [["50 hosts"], ["198 people"]]


HOSTILE = ("<script>alert(1)</script>", "{{ 7 * 7 }}{% raw %}", "\"'onload='x", "`x`", "</style><img src=x>")


@pytest.mark.parametrize("hostile", HOSTILE)
def test_what_somebody_has_named_is_text_and_nothing_else(hostile: str) -> None:
    places = [Place(kind, hostile, hostile, hostile, hostile, hostile) for kind in Kind]
    report = search(
        {
            hostile: result(
                *(trace(place, hostile) for place in places), not_read=[unread(place, hostile) for place in places], refs=[hostile]
            )
        },
        hosts=[hostile, hostile + "2"],
        failures=[hostile],
    )
    content = page_of(report, hosts=[hostile, hostile + "2"])
    stands_alone(content)
    assert "49" not in Page(content).under(BY_HOST)
    assert "".join(hostile.split()) in "".join("".join(texts) for texts in Page(content).parts.values()).replace(" ", "")


def test_no_identifier() -> None:
    """Nothing of the results but what is named here reaches the page, so an identifier cannot."""
    planted = "Ann.Canary@example.com"
    place = {**trace(SETTINGS, REFS[0]), "names": [planted], "parts": [planted], "surprise": planted}
    place["subjects"][0]["value"] = planted
    missed = {**unread(SETTINGS, "damaged"), "names": [planted], "surprise": planted}
    odd: dict[str, t.Any] = {
        "surprise": planted,
        "msg": planted,
        "addresses": [planted],
        "subjects": [{"ref": "4", "value": planted}],
        "purge": {planted: planted},
    }
    report = search({THREE[0]: result(place, not_read=[missed], **odd), THREE[1]: {"failed": True, "msg": planted}, THREE[2]: {}})
    content = page_of(report)
    assert REFS[0] in content
    assert planted.lower() not in content.lower()
