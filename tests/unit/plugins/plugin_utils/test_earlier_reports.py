# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What earlier reports say goes on: dates, gc_grace_seconds, traces on disk; only of the people that a run is about."""

from __future__ import annotations

import json
import typing as t
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.genesys.gws.plugins.plugin_utils import _earlier_reports
from tests.unit.strategies import BRIEF

NOW = "2026-11-26T00:00:00Z"


def erasure(day: int, ref: str, mode: str = "erase", grace: int = 3600, until: str = "2026-12-01T00:00:00Z") -> dict[str, t.Any]:
    coverage = {"keyspace": "sipfs", "tables": [{"table": "settings", "gc_grace_seconds": grace}]}
    return {
        "mode": mode,
        "finished": f"2026-11-{day}T01:00:00Z",
        "search": {"coverage": coverage},
        "erasure": {"subjects": [{"ref": ref}]},
        "not_covered": [
            {"what": "deleted cells", "table": "settings", "by": "Cassandra", "until": until},
            {"what": "backups", "table": None, "by": "operator", "until": None},
        ],
    }


def residue(ref: str, *left: str) -> dict[str, t.Any]:
    due = [{"what": f"traces on disk: {place}", "table": "settings", "by": "Cassandra", "until": NOW, "refs": [ref]} for place in left]
    return {"verdict": {"refs": [ref, "T-9"], "due": due}}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    reports = {
        "forget_me-20261110T000000Z": erasure(10, "T-1", until="2026-11-27T00:00:00Z"),
        "forget_me-20261112T000000Z": erasure(12, "T-2", grace=7200),
        "forget_me-20261113T000000Z": erasure(13, "T-1", mode="dry run", grace=60),
        "residue-20261111T000000Z": residue("T-1", "live files", "commit log"),
        "residue-20261112T000000Z": residue("T-2", "snapshot"),
        "residue-20261113T000000Z": residue("T-1", "live files"),
    }
    for name, report in reports.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(report))
    (tmp_path / "forget_me-20261114T000000Z.json").write_text("{")
    (tmp_path / "forget_me-20261115T000000Z.json").write_text('["no report"]')
    (tmp_path / "residue-20261115T000000Z.json").write_text('{"verdict": 7}')
    return tmp_path


def test_gc_grace_is_that_of_the_newest_report(folder: Path) -> None:
    assert _earlier_reports.gc_grace_seconds(str(folder)) == {"sipfs.settings": 60}


@pytest.mark.parametrize(
    ("refs", "time"),
    [
        (["T-1"], "2026-11-10T01:00:00Z"),
        ([], "2026-11-12T01:00:00Z"),
        (["subject-1"], "2026-11-12T01:00:00Z"),
        (["search-1"], "2026-11-12T01:00:00Z"),
        (["T-7"], ""),
    ],
)
def test_the_erasure_is_that_of_the_people(folder: Path, refs: list[str], time: str) -> None:
    assert _earlier_reports.erased_at(str(folder), refs) == time


@pytest.mark.parametrize(
    ("refs", "left"),
    [(["T-1"], ["live files"]), (["T-1", "T-2"], ["live files", "snapshot"]), (["T-9"], []), (["subject-1"], []), (["T-7"], [])],
)
def test_traces_are_those_that_the_newest_search_of_each_person_found(folder: Path, refs: list[str], left: list[str]) -> None:
    found = _earlier_reports.traces(str(folder), refs)
    assert sorted(entry["what"] for entry in found) == [f"traces on disk: {place}" for place in left]
    assert all(set(entry) == {"what", "table", "by", "until"} for entry in found)


def test_what_cassandra_still_keeps(folder: Path) -> None:
    assert [entry["until"] for entry in _earlier_reports.still_kept(str(folder), NOW)] == ["2026-12-01T00:00:00Z"]
    assert _earlier_reports.still_kept(str(folder), "2026-12-02T00:00:00Z") == []


@pytest.mark.parametrize("position", ["search-1", "subject-2"])
def test_a_place_in_a_request_is_nobodys_reference(tmp_path: Path, position: str) -> None:
    """The first of another request is somebody else."""
    (tmp_path / "residue-20261111T000000Z.json").write_text(json.dumps(residue(position, "live files")))
    assert _earlier_reports.traces(str(tmp_path), [position]) == []


_ODD = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.sampled_from(["erase", "T-1", "2026-11-11T00:00:00Z"])),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["coverage", "tables", "table", "gc_grace_seconds", "subjects", "refs", "due", "until"]), inner),
    ),
)


@BRIEF
@given(_ODD, _ODD, _ODD)
def test_a_report_of_something_else_is_as_good_as_none(
    tmp_path_factory: pytest.TempPathFactory, one: t.Any, two: t.Any, three: t.Any
) -> None:
    """These files are read after an erasure, when its report is still to be written: nothing in them may end that."""
    folder = tmp_path_factory.mktemp("odd")
    erasure = {
        "mode": "erase",
        "finished": NOW,
        "search": one,
        "proof": {"coverage": two},
        "erasure": {"subjects": three},
        "not_covered": one,
    }
    for name, content in (("forget_me-20261110T000000Z", erasure), ("forget_me-20261111T000000Z", three)):
        (folder / f"{name}.json").write_text(json.dumps(content))
    for number, due in enumerate((one, [two])):
        content = {"verdict": {"refs": ["T-1"] if number else three, "due": due}}
        (folder / f"residue-2026111{number}T000000Z.json").write_text(json.dumps(content))
    (folder / "forget_me-20261112T000000Z.json").write_text("[" * 100_000)
    _earlier_reports.gc_grace_seconds(str(folder))
    _earlier_reports.erased_at(str(folder), ["T-1"])
    _earlier_reports.traces(str(folder), ["T-1"])
    _earlier_reports.still_kept(str(folder), NOW)


@pytest.mark.parametrize("folder_name", ["", "/nonexistent"])
def test_no_folder_is_no_failure(folder_name: str) -> None:
    assert _earlier_reports.gc_grace_seconds(folder_name) == {}
    assert _earlier_reports.erased_at(folder_name, ["T-1"]) == ""
    assert _earlier_reports.traces(folder_name, ["T-1"]) == _earlier_reports.still_kept(folder_name, NOW) == []


@pytest.mark.parametrize(
    ("subjects", "refs"),
    [
        ([{"ref": "T-1", "identifiers": ["a@x.com"]}, {"identifiers": ["b@x.com"]}], ["T-1"]),
        ('- {ref: T-2, identifiers: ["a@x.com"]}', ["T-2"]),
        ("ann@x.com\nbob@x.com", []),
        ("@: {", []),
        (None, []),
    ],
)
def test_references_out_of_a_request(subjects: t.Any, refs: list[str]) -> None:
    assert _earlier_reports.refs_of(subjects) == refs
