# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files are saved all or none, and never over others."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from ansible_collections.genesys.gws.plugins.plugin_utils import _folders


def test_two_runs_of_one_second(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    for wanted in ("report", "report-2", "report-3"):
        assert _folders.save(str(folder), "report", {".json": wanted, ".html": "page"}) == wanted
        assert (folder / f"{wanted}.json").read_text() == wanted
        assert stat.S_IMODE((folder / f"{wanted}.html").stat().st_mode) == 0o600
    (folder / "one.html").touch()
    assert _folders.save(str(folder), "one", {".json": "", ".html": ""}) == "one-2"
    assert not (folder / "one.json").exists(), "half a report is none"


def test_a_full_disk_leaves_nothing(tmp_path: Path) -> None:
    """The content can't be written: any error will do."""
    with pytest.raises(NotADirectoryError):
        _folders.save(str(tmp_path), "report", {".json": "x", ".json/.html": "x"})
    assert os.listdir(tmp_path) == []
