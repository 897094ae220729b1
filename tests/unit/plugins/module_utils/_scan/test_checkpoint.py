# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What was read before is known again, and whatever happens to the file costs time at most."""

from __future__ import annotations

import os
import stat
import time
from pathlib import Path

import pytest

from ansible_collections.genesys.gws.plugins.module_utils._core.errors import InputError
from ansible_collections.genesys.gws.plugins.module_utils._core.findings import Finding, NamedRow
from ansible_collections.genesys.gws.plugins.module_utils._core.keys import Key
from ansible_collections.genesys.gws.plugins.module_utils._core.ring import TokenRange
from ansible_collections.genesys.gws.plugins.module_utils._scan.checkpoint import MAX_AGE, Checkpoint, CheckpointedRange

FINGERPRINT = {"cluster": "c1", "token ring": "r1", "schema": "s1", "subjects": "p1", "options": "o1", "place": "l1"}
SECRET = Key(b"secret")


def finding_of(number: int, table: str) -> Finding:
    named = NamedRow((("k", ("a1:b2",)),), (("o", frozenset({"n1"})),), (frozenset({"n2"}),), frozenset({"n1"}))
    return Finding("id", f"search-{number}", "exact", table, "col", str(-number), f"row{number}", bool(number % 2), named)


def range_of(number: int, table: str = "t") -> CheckpointedRange:
    findings = tuple(finding_of(one, table) for one in range(number % 3))
    return CheckpointedRange(table, TokenRange(-(2**63) + 10 * number, -(2**63) + 10 * number + 10), number * 7, number % 2, findings)


READS = [range_of(number) for number in range(5)]


def opened(folder: Path, fingerprint: dict[str, str] | None = None, secret: Key = SECRET, *, keep: bool = False) -> Checkpoint:
    return Checkpoint(str(folder), fingerprint or FINGERPRINT, secret, keep=keep)


def written(folder: Path, reads: list[CheckpointedRange]) -> Path:
    checkpoint = opened(folder)
    for read in reads:
        checkpoint.add(read)
    checkpoint.close()
    return Path(checkpoint.path)


def known_in(folder: Path, table: str = "t") -> list[CheckpointedRange]:
    checkpoint = opened(folder)
    checkpoint.close()
    return checkpoint.known(table)


def test_what_was_added_is_known_again(tmp_path: Path) -> None:
    others = [range_of(number, "u") for number in (7, 8)]
    written(tmp_path / "a/b", [*READS[:3], *others, *READS[3:]])
    checkpoint = opened(tmp_path / "a/b")
    assert checkpoint.known("t") == READS
    assert checkpoint.known("u") == others
    assert checkpoint.known("v") == []
    assert checkpoint.refused == ""
    checkpoint.close()


def test_only_the_owner_may_read_it(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    path = written(folder, READS)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    path.chmod(0o666)
    assert known_in(folder) == READS
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_nothing_in_it_can_be_read(tmp_path: Path) -> None:
    """Not even where something was found: a range says something about the hash of a key, which anybody can compute."""
    content = written(tmp_path, READS).read_text()
    for read in READS:
        for finding in read.findings:
            assert finding.row not in content
        assert str(read.token_range.start) not in content
    assert "rows" not in content


def test_each_range_is_in_the_file_at_once(tmp_path: Path) -> None:
    checkpoint = opened(tmp_path)
    lengths = []
    for read in READS:
        checkpoint.add(read)
        lengths.append(Path(checkpoint.path).read_bytes().count(b"\n"))
    checkpoint.close()
    assert lengths == [2, 3, 4, 5, 6]


@pytest.mark.parametrize("names", [["cluster"], ["token ring"], ["schema"], ["options"], ["cluster", "schema"]])
def test_a_search_that_asks_something_else_begins_anew(tmp_path: Path, names: list[str]) -> None:
    path = written(tmp_path, READS)
    other = {**FINGERPRINT, **dict.fromkeys(names, "other")}
    checkpoint = opened(tmp_path, other)
    assert checkpoint.path == str(path)
    assert checkpoint.refused == "another " + " and ".join(names)
    assert checkpoint.known("t") == []
    checkpoint.add(READS[3])
    checkpoint.close()
    checkpoint = opened(tmp_path, other)
    assert (checkpoint.refused, checkpoint.known("t")) == ("", READS[3:4])
    checkpoint.close()


@pytest.mark.parametrize("name", ["subjects", "place"])
def test_searches_for_others_and_elsewhere_have_their_own_file(tmp_path: Path, name: str) -> None:
    path = written(tmp_path, READS)
    checkpoint = opened(tmp_path, {**FINGERPRINT, name: "other"})
    assert checkpoint.path != str(path)
    assert checkpoint.known("t") == []
    checkpoint.close()
    assert known_in(tmp_path) == READS


def test_another_secret_reads_nothing(tmp_path: Path) -> None:
    written(tmp_path, READS)
    checkpoint = opened(tmp_path, secret=Key(b"other"))
    assert checkpoint.refused == "it belongs to a search for other people, or is damaged"
    assert checkpoint.known("t") == []
    checkpoint.close()


def test_what_is_old_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path, READS)
    real = time.time()
    monkeypatch.setattr(time, "time", lambda: real + MAX_AGE - 60)
    assert known_in(tmp_path) == READS
    monkeypatch.setattr(time, "time", lambda: real + MAX_AGE + 60)
    checkpoint = opened(tmp_path)
    assert checkpoint.refused == "it is older than a day"
    assert checkpoint.known("t") == []
    checkpoint.close()


def test_going_on_does_not_make_it_younger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path, READS[:2])
    real = time.time()
    monkeypatch.setattr(time, "time", lambda: real + MAX_AGE - 60)
    written(tmp_path, READS[2:])
    monkeypatch.setattr(time, "time", lambda: real + MAX_AGE + 60)
    assert known_in(tmp_path) == []


def check_that_it_goes_on(path: Path, content: bytes) -> int:
    """A prefix of what was added is known, and the rest can be added. Returns how long the prefix is."""
    path.write_bytes(content)
    checkpoint = opened(path.parent)
    known = checkpoint.known("t")
    assert known == READS[: len(known)]
    for read in READS[len(known) :]:
        checkpoint.add(read)
    checkpoint.close()
    assert known_in(path.parent) == READS
    return len(known)


def test_a_file_that_was_cut_anywhere(tmp_path: Path) -> None:
    path = written(tmp_path, READS)
    content = path.read_bytes()
    for length in range(len(content) + 1):
        whole_lines = content[:length].count(b"\n")
        assert check_that_it_goes_on(path, content[:length]) == max(0, whole_lines - 1), length


@pytest.mark.parametrize("flip", [0x01, 0x20, 0x80, 0xFF])
def test_a_byte_that_was_changed_anywhere(tmp_path: Path, flip: int) -> None:
    path = written(tmp_path, READS)
    content = path.read_bytes()
    for place in range(0, len(content), 7):
        changed = bytearray(content)
        changed[place] ^= flip
        assert check_that_it_goes_on(path, bytes(changed)) == max(0, content[:place].count(b"\n") - 1), place


@pytest.mark.parametrize("content", [b"\n", b"\n\n", b" \n", b"\x00" * 5000, b"\xff\xfe\n", b"{}\n", "ü x\n".encode()])
def test_a_file_that_is_no_checkpoint(tmp_path: Path, content: bytes) -> None:
    path = written(tmp_path, READS)
    assert check_that_it_goes_on(path, content) == 0


def test_a_line_of_another_search_is_not_taken_over(tmp_path: Path) -> None:
    path = written(tmp_path, READS)
    lines = path.read_bytes().splitlines(keepends=True)
    other = {**FINGERPRINT, "schema": "other"}
    opened(tmp_path, other).close()
    path.write_bytes(path.read_bytes() + lines[1])
    checkpoint = opened(tmp_path, other)
    checkpoint.close()
    assert checkpoint.known("t") == []


def test_a_line_that_is_there_twice_counts_once(tmp_path: Path) -> None:
    path = written(tmp_path, READS)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines, lines[1]]))
    assert known_in(tmp_path) == READS


def test_one_search_at_a_time(tmp_path: Path) -> None:
    first = opened(tmp_path)
    first.add(READS[0])
    with pytest.raises(InputError) as caught:
        opened(tmp_path)
    assert caught.value.code == "checkpoint_in_use"
    first.add(READS[1])
    first.close()
    assert known_in(tmp_path) == READS[:2]


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    path = written(tmp_path / "checkpoints", [])
    path.unlink()
    target = tmp_path / "target"
    target.write_text("precious")
    path.symlink_to(target)
    with pytest.raises(InputError) as caught:
        opened(tmp_path / "checkpoints")
    assert caught.value.code == "bad_checkpoint_dir"
    assert target.read_text() == "precious"


def test_a_folder_that_can_not_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for folder in (tmp_path / "file", tmp_path / "file/folder"):
        with pytest.raises(InputError) as caught:
            opened(folder)
        assert caught.value.code == "bad_checkpoint_dir"
        assert str(tmp_path) not in caught.value.message


def test_a_complete_search_leaves_nothing(tmp_path: Path) -> None:
    checkpoint = opened(tmp_path / "folder")
    checkpoint.add(READS[0])
    checkpoint.finish()
    assert list(tmp_path.iterdir()) == []


def test_what_else_is_in_the_folder_stays(tmp_path: Path) -> None:
    (tmp_path / "other").touch()
    checkpoint = opened(tmp_path)
    checkpoint.finish()
    assert [path.name for path in tmp_path.iterdir()] == ["other"]


def test_a_share_that_is_complete_keeps_its_file(tmp_path: Path) -> None:
    checkpoint = opened(tmp_path, keep=True)
    checkpoint.add(READS[0])
    checkpoint.finish()
    assert known_in(tmp_path) == READS[:1]


def test_a_file_that_somebody_removed_does_not_fail_a_complete_search(tmp_path: Path) -> None:
    checkpoint = opened(tmp_path / "folder")
    os.unlink(checkpoint.path)
    checkpoint.finish()
    assert list(tmp_path.iterdir()) == []
