# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a receipt needs is checked first, a killed run gets its receipt from the next, and the ledger is held against the receipts."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import typing as t
from pathlib import Path

import pytest

from ansible_collections.genesys.gws.plugins.module_utils._core.errors import DataLeftError, RefusedError
from ansible_collections.genesys.gws.plugins.module_utils._core.keys import site_key
from ansible_collections.genesys.gws.plugins.module_utils._evidence import ledger as _ledger
from ansible_collections.genesys.gws.plugins.module_utils._evidence import receipts, run_record
from ansible_collections.genesys.gws.plugins.module_utils._evidence.ledger import Entry
from ansible_collections.genesys.gws.plugins.module_utils._evidence.receipt import receipt_of
from ansible_collections.genesys.gws.plugins.module_utils._evidence.run_record import Process
from ansible_collections.genesys.gws.plugins.plugin_utils import _evidence
from ansible_collections.genesys.gws.plugins.plugin_utils._request import BadRequest
from ansible_collections.genesys.gws.plugins.plugin_utils._signature import Signer

STARTED = "2026-11-26T02:00:00Z"
SECRET = "the secret of this site"
REPORT: dict[str, t.Any] = {
    "started": STARTED,
    "finished": STARTED,
    "mode": "erase",
    "result": "failed",
    "reason": "no",
    "search": {},
    "erasure": {},
    "proof": {},
}


@pytest.fixture
def site(tmp_path: Path) -> dict[str, t.Any]:
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(tmp_path / "key")], check=True)
    return {
        "receipt_key": (tmp_path / "key").read_text(),
        "report_dir": str(tmp_path / "reports"),
        "work_dir": str(tmp_path / "work"),
        "ledger": str(tmp_path / "ledger"),
        "key": SECRET,
    }


def begin(site: dict[str, t.Any]) -> dict[str, t.Any]:
    return _evidence.begin(site, started=STARTED, mode="erase", key_file=str(Path(site["work_dir"]) / "key"), local=True)


def remembered(site: dict[str, t.Any], count: int) -> dict[str, t.Any]:
    entries = [Entry(f"T-{number}", STARTED, (f"m:{number}",), (), 0, "") for number in range(count)]
    return _ledger.append(site["ledger"], site_key(SECRET).ledger, entries, "2999-01-01").to_result()


def finished(site: dict[str, t.Any], begun: dict[str, t.Any], **changed: t.Any) -> Path:
    receipt, path = _evidence.finish(begun, {**REPORT, **changed}, site["report_dir"])
    assert json.loads(Path(path).read_text()) == receipt
    return Path(path)


def test_without_a_key_there_is_no_receipt(site: dict[str, t.Any]) -> None:
    assert begin({**site, "receipt_key": ""}) == {}
    assert _evidence.finish({}, REPORT, site["report_dir"]) == ({}, "")
    assert not Path(site["report_dir"]).exists()
    assert not Path(site["work_dir"]).exists()


@pytest.mark.parametrize(("changed", "words"), [({"receipt_key": "x"}, "not an OpenSSH"), ({"report_dir": ""}, "set that folder")])
def test_what_is_missing_is_told_first(site: dict[str, t.Any], changed: dict[str, t.Any], words: str) -> None:
    with pytest.raises(BadRequest, match=words) as caught:
        begin({**site, **changed})
    assert str(caught.value).startswith("Nothing was done: ")


def test_a_receipt_is_signed_and_none_is_overwritten(site: dict[str, t.Any]) -> None:
    paths = [finished(site, begin(site)) for _unused in range(2)]
    assert [path.name for path in paths] == ["receipt-20261126T020000Z.json", "receipt-20261126T020000Z-2.json"]
    signer = Signer(site["receipt_key"])
    for path in paths:
        assert signer.has_signed(path.read_bytes(), f"{path}.sig")
        assert path.stat().st_mode & 0o077 == 0
    assert list(Path(site["work_dir"]).glob("run-*")) == []


def test_a_receipt_that_can_not_be_written_is_told(site: dict[str, t.Any], tmp_path: Path) -> None:
    begun = begin(site)
    (tmp_path / "file").touch()
    with pytest.raises(DataLeftError, match="can't be written"):
        _evidence.finish(begun, REPORT, str(tmp_path / "file"))
    assert Path(begun["run_record"]).exists(), "the next run writes it"


def test_a_killed_run_gets_its_receipt(site: dict[str, t.Any]) -> None:
    script = "import os, time; print(os.getpid(), flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        pid = int(child.stdout.readline())
        path = run_record.begin(site["work_dir"], run="0" * 16, started=STARTED, mode="erase", process=Process.with_pid(pid))
        _evidence.searched({"run_record": path}, {"complete": True, "subjects": [{"ref": "T-1", "exact": 1, "possible": 0}]})
        assert begin(site)["settled"] == 0, "it is running"
        child.kill()
    assert begin(site)["settled"] == 1
    [receipt] = Path(site["report_dir"]).glob("receipt-*.json")
    content = json.loads(receipt.read_text())
    assert content["run"]["result"] == "interrupted"
    assert content["searched"]["complete"] is True
    assert begin(site)["settled"] == 0


def test_the_ledger_is_held_against_the_newest_receipt(site: dict[str, t.Any]) -> None:
    finished(site, begin(site), ledger=remembered(site, 3))
    begin(site)
    ledger = Path(site["ledger"])
    content = ledger.read_bytes()
    for damaged, words in (
        (b"".join(content.splitlines(keepends=True)[:-1]), "was truncated"),
        (b"".join(content.splitlines(keepends=True)[:2] + content.splitlines(keepends=True)[3:]), "was changed"),
        (content + b'{"number":4}\n', "was changed"),
    ):
        ledger.write_bytes(damaged)
        with pytest.raises(BadRequest, match=words):
            begin(site)
    ledger.unlink()
    with pytest.raises(BadRequest, match="a receipt says that it has 3 lines"):
        begin(site)
    remembered(site, 3)
    with pytest.raises(BadRequest, match="not the ledger of the newest receipt"):
        begin(site)
    ledger.write_bytes(content)
    finished(site, begin(site), ledger=remembered(site, 5), finished="2026-11-27T00:00:00Z")
    begin(site)
    with pytest.raises(BadRequest, match="another key"):
        begin({**site, "key": "another secret of a site"})


def test_a_receipt_that_was_changed_is_no_witness(site: dict[str, t.Any]) -> None:
    path = finished(site, begin(site), ledger=remembered(site, 3))
    good = path.read_bytes()
    path.write_bytes(good.replace(b'"lines": 3', b'"lines": 2'))
    with pytest.raises(BadRequest, match="newest receipt"):
        begin(site)
    signer = Signer(site["receipt_key"])
    with pytest.raises(RefusedError):
        receipts.heads_in(site["report_dir"], signer.has_signed)
    path.write_bytes(good)
    assert [head.lines for head in receipts.heads_in(site["report_dir"], signer.has_signed)] == [3]
    (path.parent / "receipt-x.json").write_bytes(good)
    assert len(receipts.heads_in(site["report_dir"], signer.has_signed)) == 1
    assert receipts.heads_in(str(path)) == receipts.heads_in(None) == receipts.heads_in("/nonexistent") == []


@pytest.mark.parametrize("content", ["[]", "", "{", "[" * 100_000, '{"receipt": "another"}', "ledger"])
def test_a_receipt_that_can_not_be_read_is_not_passed_over(site: dict[str, t.Any], content: str) -> None:
    """It may be the newest: the ledger could be cut behind its back."""
    path = finished(site, begin(site), ledger=remembered(site, 3))
    if content == "ledger":
        content = json.dumps({**json.loads(path.read_text()), "ledger": {"ledger": "x", "lines": -7, "link": "y"}})
    other = path.parent / "receipt-20300101T000000Z.json"
    other.write_text(content)
    with pytest.raises(BadRequest, match="move it away") as caught:
        begin(site)
    assert str(path.parent) not in str(caught.value)
    other.unlink()
    begin(site)


@pytest.mark.parametrize("failing", ["receipt", "signature"])
def test_what_can_not_be_written_whole_is_not_left_behind(site: dict[str, t.Any], failing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk: a receipt without its signature would stop all later runs."""
    begun = begin(site)
    real = os.fsync
    calls: list[int] = []

    def fsync(handle: int) -> None:
        calls.append(handle)
        if len(calls) == (1 if failing == "signature" else 2):
            raise OSError(28, "No space left on device")
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(DataLeftError, match="errno 28"):
        _evidence.finish(begun, REPORT, site["report_dir"])
    assert os.listdir(site["report_dir"]) == []
    monkeypatch.undo()
    finished(site, begun)


@pytest.mark.parametrize("content", [b"", b'{"kind":"gene', b'{"kind":"genesys.gws ledger","version":2,"led'])
def test_a_ledger_that_was_never_begun_is_none(site: dict[str, t.Any], content: bytes) -> None:
    """Its run was killed, or the disk was full, before anybody was in it."""
    Path(site["ledger"]).write_bytes(content)
    begin(site)
    finished(site, begin(site), ledger=remembered(site, 3))
    Path(site["ledger"]).write_bytes(content)
    with pytest.raises(BadRequest, match="a receipt says that it has 3 lines"):
        begin(site)


def test_a_receipt_is_made_of_the_report_alone() -> None:
    receipt = receipt_of(REPORT, run="0" * 16, release="1", signed_by="SHA256:x")
    assert receipt["run"]["reason"] == "no"
    assert receipt["subjects"] == []
