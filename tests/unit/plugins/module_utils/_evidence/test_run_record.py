# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a run noted is known after it was killed, and nobody takes over the record of a run that lives."""

from __future__ import annotations

import dataclasses
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from ansible_collections.genesys.gws.plugins.module_utils._core.errors import RefusedError
from ansible_collections.genesys.gws.plugins.module_utils._evidence import run_record
from ansible_collections.genesys.gws.plugins.module_utils._evidence.run_record import Process

HERE = Process.with_pid(os.getpid())
GONE = dataclasses.replace(HERE, pid=2**22 + 1, born="")


def begun(folder: Path, process: Process, run: str = "00ff", started: str = "2026-01-01T00:00:00Z") -> str:
    return run_record.begin(str(folder), run=run, started=started, mode="erase", process=process)


def test_what_was_noted_is_known(tmp_path: Path) -> None:
    path = begun(tmp_path / "work", GONE)
    run_record.note(path, "writing", write=1, subjects=["T-1"])
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    with open(path, "ab") as stream:
        stream.write(b'{"event": "wro')
    [record] = run_record.of_killed_runs(str(tmp_path / "work"))
    assert (record.run, record.mode, record.started) == ("00ff", "erase", "2026-01-01T00:00:00Z")
    assert record.events == ({"event": "writing", "write": 1, "subjects": ["T-1"]},)
    run_record.end(record.path)
    run_record.end(record.path)
    assert run_record.of_killed_runs(str(tmp_path / "work")) == []


def test_a_run_that_lives_keeps_its_record(tmp_path: Path) -> None:
    here = Process.with_pid(os.getpid())
    begun(tmp_path, here)
    assert run_record.of_killed_runs(str(tmp_path)) == []
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        begun(tmp_path, Process.with_pid(child.pid), "01")
        assert run_record.of_killed_runs(str(tmp_path)) == []
    finally:
        child.kill()
        child.wait()
    assert [record.run for record in run_record.of_killed_runs(str(tmp_path))] == ["01"]
    begun(tmp_path, dataclasses.replace(HERE, born="another process of this number"), "02")
    assert [record.run for record in run_record.of_killed_runs(str(tmp_path))] == ["01", "02"]


def test_oldest_first_and_nothing_else(tmp_path: Path) -> None:
    begun(tmp_path, GONE, "aa", "2026-03-01T00:00:00Z")
    begun(tmp_path, GONE, "bb", "2026-02-01T00:00:00Z")
    (tmp_path / "run-cc.jsonl").write_bytes(b'{"event"')
    (tmp_path / "lock").touch()
    assert [record.run for record in run_record.of_killed_runs(str(tmp_path))] == ["bb", "aa"]
    assert (tmp_path / "run-cc.jsonl").exists(), "its run may be beginning"
    os.utime(tmp_path / "run-cc.jsonl", (1, 1))
    assert [record.run for record in run_record.of_killed_runs(str(tmp_path))] == ["bb", "aa"]
    assert not (tmp_path / "run-cc.jsonl").exists()
    assert run_record.of_killed_runs(str(tmp_path / "none")) == []


def test_a_run_of_another_container_is_not_judged_by_its_number(tmp_path: Path) -> None:
    """Two jobs of AWX share a work folder, and both are process 1."""
    path = begun(tmp_path, dataclasses.replace(GONE, space="another container"))
    assert run_record.of_killed_runs(str(tmp_path)) == []
    os.utime(path, (1, 1))
    assert [record.path for record in run_record.of_killed_runs(str(tmp_path))] == [path]


@pytest.mark.parametrize(
    "content",
    [b"[5]\n", b'{"event":"started"}\n', b'{"event":"started","run":"1","started":"x","mode":"y","pid":"z"}\n', b"x\n", b'{"a":1}\n'],
)
def test_a_record_that_can_not_be_read_is_kept(tmp_path: Path, content: bytes) -> None:
    """It may be all that is known of a run."""
    path = tmp_path / "run-1.jsonl"
    path.write_bytes(content)
    with pytest.raises(RefusedError, match="is damaged") as caught:
        run_record.of_killed_runs(str(tmp_path))
    assert str(tmp_path) not in caught.value.message
    assert path.exists()
    path.unlink()
    path.mkdir()
    with pytest.raises(RefusedError, match="can't be read"):
        run_record.of_killed_runs(str(tmp_path))


def test_what_can_not_be_noted_stops_the_run(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(RefusedError):
        begun(tmp_path / "file", GONE)
    with pytest.raises(RefusedError):
        run_record.note(str(tmp_path / "none"), "writing")
    assert not (tmp_path / "none").exists()


def test_a_full_disk_leaves_no_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fsync(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(RefusedError, match="errno 28"):
        begun(tmp_path, HERE)
    assert os.listdir(tmp_path) == []
