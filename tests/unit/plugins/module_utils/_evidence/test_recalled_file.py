# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plain identifiers do not outlive the run that needed them."""

from __future__ import annotations

import dataclasses
import os
import time
from pathlib import Path

from ansible_collections.genesys.gws.plugins.module_utils._evidence import recalled_file
from ansible_collections.genesys.gws.plugins.module_utils._evidence.run_record import Process

HERE = Process.with_pid(os.getpid())
GONE = dataclasses.replace(HERE, pid=2**22 + 1, born="")


def left(folder: Path, process: Process) -> Path:
    path = Path(recalled_file.path_in(str(folder), process))
    path.write_text("[]")
    return path


def test_the_file_of_a_killed_run_goes(tmp_path: Path) -> None:
    own, gone, later = (left(tmp_path, one) for one in (HERE, GONE, dataclasses.replace(HERE, born="an earlier process of this number")))
    (tmp_path / "again-of-somebody.json").touch()
    recalled_file.remove_stale(str(tmp_path))
    assert own.exists(), "its run needs it"
    assert not gone.exists()
    assert not later.exists()
    assert (tmp_path / "again-of-somebody.json").exists()
    recalled_file.remove_stale(str(tmp_path / "nowhere"))


def test_of_another_container_a_day_later(tmp_path: Path) -> None:
    """Nobody here can tell whether its run is alive."""
    path = left(tmp_path, dataclasses.replace(HERE, space="another container"))
    recalled_file.remove_stale(str(tmp_path))
    assert path.exists()
    recalled_file.remove_stale(str(tmp_path), now=time.time() + 90_000)
    assert not path.exists()


def test_two_runs_have_two_files(tmp_path: Path) -> None:
    assert recalled_file.path_in(str(tmp_path), HERE) != recalled_file.path_in(str(tmp_path), GONE)
