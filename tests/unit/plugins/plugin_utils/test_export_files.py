# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An export is written whole, both files or none, and readable by its owner only."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from ansible_collections.genesys.gws.plugins.module_utils._core.errors import InputError
from ansible_collections.genesys.gws.plugins.plugin_utils import _export_files

CONTENT = json.dumps({"made": "2026-11-26T00:00:00Z", "people": []}).encode()


@pytest.mark.parametrize("name", ["export.json", "export.html", "export"])
def test_both_files_are_private(tmp_path: Path, name: str) -> None:
    path = tmp_path / "new" / name
    path.parent.mkdir()
    path.write_text("an older one")
    path.chmod(0o644)
    assert _export_files.write(str(path), CONTENT, None) is False
    files = [Path(one) for one in _export_files.names_of(str(path))]
    assert sorted(os.listdir(path.parent)) == sorted(file.name for file in files)
    assert files[0].read_bytes() == CONTENT
    assert [stat.S_IMODE(file.stat().st_mode) for file in files] == [0o600, 0o600]


def test_nothing_is_left_when_one_of_them_can_not_be_written(tmp_path: Path) -> None:
    (tmp_path / "export.json").write_text("an older one")
    (tmp_path / "export.html").mkdir()
    with pytest.raises(InputError, match="nothing was erased") as caught:
        _export_files.write(str(tmp_path / "export.json"), CONTENT, None)
    assert str(tmp_path) not in caught.value.message
    assert sorted(os.listdir(tmp_path)) == ["export.html", "export.json"]
    assert (tmp_path / "export.json").read_text() == "an older one"


def test_a_full_disk_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fsync(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(InputError, match="errno 28"):
        _export_files.write(str(tmp_path / "export.json"), CONTENT, None)
    assert os.listdir(tmp_path) == []
