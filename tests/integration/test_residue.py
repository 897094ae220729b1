# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Traces on the disks of real nodes: found after an erasure, gone after a purge; what can't be read is never called clean."""

from __future__ import annotations

import datetime
import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.residue_support import DECOY, EMAIL, OTHER_PHONE, PHONE, PLAYBOOK, SUBJECTS, Site, compressions, places, scan
from tests.integration.support import BIN, environment, variants, write_private

OLDER = ("2.2.19", "3.11.19", "4.1.10")


def _now() -> str:
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


BTI = {"storage_compatibility_mode": "NONE", "sstable": {"selected_format": "bti"}}


@pytest.fixture(scope="module", params=["5.0.6", *(pytest.param(version, marks=pytest.mark.slow) for version in ("5.0.6 BTI", *OLDER))])
def erased(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, str]]:
    """A node on which a person was written, copied to a snapshot and to backups, and erased; and when."""
    version, _blank, bti = request.param.partition(" ")
    site = Site.start(version, tmp_path_factory.mktemp("residue"), BTI if bti else None)
    try:
        site.fill()
        site.nodetool("flush", "sipfs")
        site.nodetool("snapshot", "-t", "before", "sipfs")
        site.erase()
        erased_at = _now()
        site.nodetool("flush", "sipfs")
        assert not bti or list(site.data.glob("sipfs/*/da-*-bti-Data.db")), "the node writes no BTI"
        yield site, erased_at
    finally:
        site.stop()


@pytest.fixture(scope="module")
def copied(erased: tuple[Site, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the live files of the keyspace as they were then."""
    site, _erased_at = erased
    folder = tmp_path_factory.mktemp("copied")
    shutil.copytree(site.data / "sipfs", folder / "sipfs", ignore=shutil.ignore_patterns("backups", "snapshots"))
    return folder


def _everywhere(site: Site) -> set[tuple[str, str]]:
    tables = {*compressions(site.node.version), "people", "people.by_name"}
    return {(kind, table) for kind in ("live", "snapshot", "backup") for table in tables} | {("commit_log", "")}


def test_an_erased_person_is_found_wherever_she_was_and_purged(erased: tuple[Site, str], copied: Path) -> None:
    site, erased_at = erased
    assert copied.exists()  # it has to be made before the purge
    run, report = site.play(forget_me_erased_at=erased_at)
    assert run.rc == 0, run.said()
    verdict, [host] = report["verdict"], report["results"]
    assert verdict["state"] == "residue"
    assert places(host["result"]) == _everywhere(site)
    assert report["verdict"]["search_again"] > erased_at
    assert f"Search again after {report['verdict']['search_again']}" in run.stdout
    assert {trace["written"] for trace in host["result"]["traces"] if trace["place"] == "snapshot"} == {"before the erasure"}
    assert all(trace["certainty"] == "exact" for trace in host["result"]["traces"]), host["result"]["traces"]
    page = _page(site)
    assert f"Report: {page.parent}/{page.stem}.html (for people) and .json." in run.stdout
    shown = page.read_text(encoding="utf-8")
    assert "<h1>Traces on disk</h1>" in shown
    assert "<code>nodetool clearsnapshot -t before -- sipfs</code>" in shown
    said = run.stdout + run.stderr + json.dumps(report) + shown
    for text in (EMAIL, PHONE, DECOY, OTHER_PHONE):
        assert not [one for one in variants(text) if one in said]

    time.sleep(1.5)  # gc_grace_seconds of 0 are over in the next second
    # The report of the erasure tells what else had to be given: when it was, and gc_grace_seconds.
    write_private(site.player.folder / "reports" / "forget_me-20261124T000000Z.json", json.dumps(_report_of_the_erasure(erased_at)))
    run, report = site.play(forget_me_purge="compact", forget_me_purge_snapshots=["before"])
    assert run.rc != 0
    assert "traces on 1 host" in run.reason, run.said()  # backups and the commit log are not purged
    assert "This is what was found after the purge." in _page(site).read_text(encoding="utf-8")
    left = report["results"][0]["result"]
    assert report["verdict"]["search_again"] is None, "gc_grace_seconds are over: nothing waits for a date"
    assert {kind for kind, _table in places(left)} == {"backup", "commit_log"}, places(left)

    site.remove_backups(left)
    site.restart()
    clean = site.scan()
    assert (clean["state"], clean["traces"], clean["unreadable"]) == ("clean", [], [])
    decoys = site.scan(subjects=[DECOY, OTHER_PHONE])
    assert {("live", table) for table in (*compressions(site.node.version), "people", "people.by_name")} <= places(decoys)
    rows = site.session.execute("SELECT value FROM sipfs.lz4 WHERE key = 'decoy'")
    assert [DECOY in row.value for row in rows] == [True, True]


def _page(site: Site) -> Path:
    """The page of the newest search, which nobody else may read, beside its JSON."""
    page = max((site.player.folder / "reports").glob("residue-*.html"))
    assert {path.stat().st_mode & 0o777 for path in (page, page.with_suffix(".json"))} == {0o600}
    return page


def _report_of_the_erasure(erased_at: str) -> dict[str, Any]:
    coverage = {"keyspace": "sipfs", "tables": [{"table": "people", "gc_grace_seconds": 0}]}
    subjects = [{"ref": subject["ref"]} for subject in SUBJECTS]
    return {"mode": "erase", "finished": erased_at, "search": {"coverage": coverage}, "erasure": {"subjects": subjects}}


def _sstable(folder: Path, table: str, with_component: str = "Data.db") -> Path:
    """A component of the SSTable of a table that is largest."""
    return max(folder.glob(f"sipfs/{table}-*/*-{with_component}"), key=lambda path: path.stat().st_size)


def _flip(path: Path, at: float) -> None:
    content = bytearray(path.read_bytes())
    content[int(len(content) * at)] ^= 1
    path.write_bytes(content)


def _damaged(folder: Path, table: str, fault: str) -> None:
    data = _sstable(folder, table)
    sibling = {
        name: data.with_name(data.name.replace("Data.db", name)) for name in ("TOC.txt", "CompressionInfo.db", "Statistics.db", "CRC.db")
    }
    if fault == "flipped":
        _flip(data, 0.5)
    elif fault == "flipped statistics":
        _flip(sibling["Statistics.db"], 0.5)
    elif fault == "cut":
        data.write_bytes(data.read_bytes()[:-100])
    elif fault == "unknown compressor":
        info = sibling["CompressionInfo.db"]
        info.write_bytes(info.read_bytes().replace(b"LZ4Compressor", b"LZ9Compressor"))
    elif fault == "unknown version":
        for path in data.parent.glob(data.name.replace("Data.db", "*")):
            path.rename(path.with_name("zz" + path.name[2:]))
    else:
        sibling[fault].unlink()


FAULTS = (
    ("lz4", "flipped"),
    ("snappy", "flipped"),
    ("deflate", "flipped"),
    ("plain", "flipped"),
    ("lz4", "cut"),
    ("plain", "cut"),
    ("lz4", "unknown compressor"),
    ("lz4", "unknown version"),
    ("lz4", "TOC.txt"),
    ("lz4", "CompressionInfo.db"),
    ("plain", "CRC.db"),
    ("plain", "Statistics.db"),
)


@pytest.mark.parametrize(("table", "fault"), FAULTS)
def test_what_can_not_be_read_is_never_clean(copied: Path, tmp_path: Path, table: str, fault: str) -> None:
    """Each fault is found for itself: of the other tables nothing is read."""
    shutil.copytree(copied, tmp_path / "data")
    (tmp_path / "commitlog").mkdir()
    for other in (tmp_path / "data/sipfs").iterdir():
        if not other.name.startswith(f"{table}-"):
            shutil.rmtree(other)
    where: dict[str, Any] = {"data_file_directories": [str(tmp_path / "data")], "commitlog_directory": str(tmp_path / "commitlog")}
    nobody = {"subjects": ["nobody.there@example.org"], "settle_timeout": 0.1}
    assert scan(**where, **nobody)["state"] == "clean"
    _damaged(tmp_path / "data", table, fault)
    result = scan(**where, **nobody)
    assert (result["state"], result["traces"]) == ("incomplete", [])
    [unreadable] = result["unreadable"]
    assert (unreadable["table"], unreadable["files"]) == (table, 1)


def test_files_are_those_of_the_folder_in_which_one_is(tmp_path: Path) -> None:
    """Tasks and lookups run elsewhere; a report folder that can't be written is told before anything is read."""
    for name in ("node/data/system", "node/commitlog"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "people.yml").write_text(json.dumps(SUBJECTS))
    here = "ansible_connection=local ansible_become=false ansible_python_interpreter='{{ ansible_playbook_python }}'"
    (tmp_path / "inventory").write_text(f"[gws_cassandra]\nnode1 {here} forget_me_cassandra_storage={tmp_path}/node\n")
    for folder, words in (
        ("reports", "the members of the cluster are not known"),
        ("people.yml/x", "Nothing was done: forget_me_report_dir is not"),
    ):
        given = {"forget_me_subjects_file": "people.yml", "forget_me_report_dir": folder, "forget_me_nodetool": "false"}
        command = [str(BIN / "ansible-playbook"), str(PLAYBOOK), "-i", "inventory", "-e", json.dumps(given)]
        run = subprocess.run(command, cwd=tmp_path, env=environment(tmp_path / "home"), text=True, capture_output=True, check=False)
        assert run.returncode != 0
        assert words in run.stdout, run.stdout
    page, report = sorted((tmp_path / "reports").iterdir())
    assert (page.suffix, report.suffix, page.stem) == (".html", ".json", report.stem)
    assert json.loads(report.read_text())["verdict"]["refs"] == ["T-1"]
