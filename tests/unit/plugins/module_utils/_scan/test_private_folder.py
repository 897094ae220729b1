# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A folder that others can't read, and files that others can't swap."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from ansible_collections.genesys.gws.plugins.module_utils._core.errors import InputError
from ansible_collections.genesys.gws.plugins.module_utils._scan.private_folder import PrivateFolder


def refused(path: Path) -> str:
    with pytest.raises(InputError) as caught:
        PrivateFolder(str(path), "work_dir")
    assert caught.value.code == "bad_work_dir"
    assert str(path) not in caught.value.message
    return caught.value.message


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077, 0o777])
def test_what_is_made_is_ours_alone(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        with PrivateFolder(str(tmp_path / "a/b/c"), "work_dir") as folder:
            os.close(folder.open("file", os.O_CREAT | os.O_RDWR))
    finally:
        os.umask(before)
    assert [mode(tmp_path / name) for name in ("a", "a/b", "a/b/c", "a/b/c/file")] == [0o700, 0o700, 0o700, 0o600]


@pytest.mark.parametrize("bits", [0o750, 0o705, 0o701, 0o770, 0o755, 0o777])
def test_a_folder_that_others_can_enter_is_refused_with_what_to_do(tmp_path: Path, bits: int) -> None:
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(bits)
    assert "chmod 700" in refused(tmp_path / "open")
    assert mode(tmp_path / "open") == bits, "it may be so on purpose"


def test_a_link_to_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir(0o700)
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert "symbolic link" in refused(tmp_path / "link")
    (tmp_path / "nowhere").symlink_to(tmp_path / "missing")
    assert "symbolic link" in refused(tmp_path / "nowhere")
    PrivateFolder(str(tmp_path / "link/below"), "work_dir").close()  # only the last part counts: above it are the system's links


def test_what_is_no_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "is not a folder" in refused(tmp_path / "file")
    refused(tmp_path / "file/below")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_somebody_elses_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir(0o700)
    os.chown(tmp_path / "theirs", 12345, 12345)
    assert "another user" in refused(tmp_path / "theirs")


def test_files_that_are_links_pipes_or_have_two_names_are_not_opened(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_text("precious")
    with PrivateFolder(str(tmp_path / "work"), "work_dir") as folder:
        (tmp_path / "work/link").symlink_to(target)
        os.link(target, tmp_path / "work/second")
        os.mkdir(tmp_path / "work/folder")
        for name in ("link", "second", "folder"):
            with pytest.raises(OSError, match="Errno"):
                folder.open(name, os.O_CREAT | os.O_RDWR)
            with pytest.raises(OSError, match="Errno"):
                folder.shred(name)
    assert target.read_text() == "precious"


def test_the_folder_may_be_swapped_meanwhile(tmp_path: Path) -> None:
    """What is opened lies in the folder that was checked, whatever has its name now."""
    with PrivateFolder(str(tmp_path / "work"), "work_dir") as folder:
        (tmp_path / "work").rename(tmp_path / "moved")
        (tmp_path / "evil").mkdir()
        (tmp_path / "work").symlink_to(tmp_path / "evil")
        os.close(folder.open("backup-1", os.O_CREAT | os.O_EXCL | os.O_RDWR))
        assert folder.names("backup-") == ["backup-1"]
    assert (tmp_path / "moved/backup-1").exists()
    assert list((tmp_path / "evil").iterdir()) == []


def test_a_shredded_file_is_overwritten(tmp_path: Path) -> None:
    with PrivateFolder(str(tmp_path / "work"), "work_dir") as folder:
        file = tmp_path / "work/file"
        file.write_bytes(b"secret" * 50_000)
        handle = os.open(file, os.O_RDONLY)
        folder.shred("file")
        assert set(os.pread(handle, 1 << 20, 0)) == {0}
        os.close(handle)
        assert not file.exists()
