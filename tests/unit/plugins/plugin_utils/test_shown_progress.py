# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lines of a search that runs on this machine are shown, each once."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from ansible.utils.display import Display

from ansible_collections.genesys.gws.plugins.plugin_utils import _shown_progress
from ansible_collections.genesys.gws.plugins.plugin_utils._shown_progress import ShownProgress


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    lines: list[str] = []
    monkeypatch.setattr(Display, "display", lambda _self, message, *_args, **_kwargs: lines.append(message))
    monkeypatch.setattr(_shown_progress, "_EVERY", 0.002)
    return lines


def wait_for(shown: list[str], count: int) -> None:
    patience = time.monotonic() + 30
    while len(shown) < count and time.monotonic() < patience:
        time.sleep(0.001)
    time.sleep(0.01)  # for more than there should be


def test_each_line_is_shown_once_and_the_file_is_removed(shown: list[str], tmp_path: Path) -> None:
    path, scratch = tmp_path / "progress", tmp_path / "scratch"
    with ShownProgress(str(path)):
        for number, line in enumerate(("1 %", "2 %"), 1):
            scratch.write_text(line + "\n")
            scratch.replace(path)
            wait_for(shown, number)
    assert shown == ["gws_pii_search: 1 %", "gws_pii_search: 2 %"]
    assert list(tmp_path.iterdir()) == []


def test_the_file_is_removed_when_the_module_failed(shown: list[str], tmp_path: Path) -> None:
    path = tmp_path / "progress"
    path.touch()
    with pytest.raises(ZeroDivisionError), ShownProgress(str(path)):
        raise ZeroDivisionError
    assert not path.exists()
    assert shown == []


@pytest.mark.parametrize("content", [None, b"", b"\n", b"\xff\xfe"])
def test_nothing_to_show(shown: list[str], tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "progress"
    with ShownProgress(str(path)):
        if content is not None:
            path.write_bytes(content)
        time.sleep(0.02)
        scratch = tmp_path / "scratch"
        scratch.write_text("3 %\n")
        scratch.replace(path)
        wait_for(shown, 1)  # it still looks
    assert shown == ["gws_pii_search: 3 %"]
    assert not path.exists()
