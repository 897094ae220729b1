# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The site's secret in a file: made once, whole, and for its owner only."""

from __future__ import annotations

import concurrent.futures
import os
import stat
from pathlib import Path

import pytest

from ansible_collections.genesys.gws.plugins.module_utils._core.errors import InputError
from ansible_collections.genesys.gws.plugins.module_utils._core.keys import site_key
from ansible_collections.genesys.gws.plugins.module_utils._evidence.key_file import site_secret


def test_what_is_given_makes_no_file(tmp_path: Path) -> None:
    secret = site_secret("  given secret 1\n", str(tmp_path / "key"))
    assert (secret.text, secret.source) == ("given secret 1", "option")
    assert list(tmp_path.iterdir()) == []
    assert "given secret" not in repr(secret)


@pytest.mark.parametrize("blank", [None, "", " \n"])
def test_made_once(tmp_path: Path, blank: str | None) -> None:
    path = tmp_path / "folder" / "key"
    first = site_secret(blank, str(path))
    second = site_secret(blank, str(path))
    assert (first.source, second.source) == ("made", "file")
    assert first.text == second.text
    assert site_key(first.text).key_id
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [one.name for one in path.parent.iterdir()] == ["key"]
    assert len({site_secret(None, str(tmp_path / name)).text for name in "abc"}) == 3


def test_runs_that_begin_together_have_one_key(tmp_path: Path) -> None:
    path = str(tmp_path / "key")
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        secrets = list(pool.map(lambda _one: site_secret(None, path), range(8)))
    assert len({secret.text for secret in secrets}) == 1
    assert sum(secret.source == "made" for secret in secrets) == 1
    assert os.listdir(tmp_path) == ["key"]


@pytest.mark.parametrize(
    ("content", "mode", "words"),
    [("secret secret\n", 0o640, "read by other users"), ("secret secret\n", 0o604, "read by other users"), ("", 0o600, "empty")],
)
def test_a_file_that_is_no_secret(tmp_path: Path, content: str, mode: int, words: str) -> None:
    path = tmp_path / "key"
    path.write_text(content)
    path.chmod(mode)
    with pytest.raises(InputError, match=words):
        site_secret(None, str(path))
    assert path.read_text() == content


def test_a_place_that_can_not_be_used(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for path in (tmp_path / "file" / "key", tmp_path):
        with pytest.raises(InputError) as caught:
            site_secret(None, str(path))
        assert caught.value.code == "bad_key_file"
        assert str(tmp_path) not in caught.value.message
    with pytest.raises(InputError, match="not a string"):
        site_secret(123456789012, str(tmp_path / "key"))
