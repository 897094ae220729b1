# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever happens to the ledger is noticed, and expired lines go without a trace in the links."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from ansible_collections.genesys.gws.plugins.module_utils._core.errors import GwsPiiError, InputError, RefusedError
from ansible_collections.genesys.gws.plugins.module_utils._core.keys import Key
from ansible_collections.genesys.gws.plugins.module_utils._evidence import ledger as _ledger
from ansible_collections.genesys.gws.plugins.module_utils._evidence.ledger import Entry, Head, Ledger

KEY = Key(b"ledger key")
LATER = "2999-12-31"


def entry(number: int) -> Entry:
    return Entry(f"T-{number}", "2026-01-01T00:00:00Z", (f"code{number}",), (), number % 2, "US")


def filled(path: Path, count: int = 5, keep_until: str = LATER) -> Head:
    return _ledger.append(str(path), KEY, [entry(number) for number in range(count)], keep_until)


def read(path: Path, key: Key = KEY) -> Ledger:
    return _ledger.read(str(path), key)


def refused(path: Path, key: Key = KEY) -> GwsPiiError:
    with pytest.raises(GwsPiiError) as caught:
        _ledger.read(str(path), key)
    assert "\n" not in caught.value.message
    assert str(path) not in caught.value.message
    return caught.value


def test_what_was_added_is_there(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "ledger.jsonl"
    head = filled(path)
    assert read(path).entries == [entry(number) for number in range(5)]
    assert read(path).head == head
    assert head.lines == 5
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert Head.from_result(json.loads(json.dumps(head.to_result()))) == head
    assert Head.from_result(None) is None
    assert Head.from_result({"lines": "x"}) is None


def test_the_same_request_is_not_added_again(tmp_path: Path) -> None:
    path = tmp_path / "ledger"
    head = filled(path)
    assert filled(path) == head
    assert filled(path, 6).lines == 6
    assert filled(path, 1, "2998-01-01").lines == 7


def test_an_empty_ledger_has_a_head(tmp_path: Path) -> None:
    path = tmp_path / "ledger"
    head = filled(path, 0)
    assert head.lines == 0
    read(path).check_against(head)
    filled(path)
    read(path).check_against(head)


@pytest.mark.parametrize("content", [b"", b'{"ki', b'{"kind":"genesys.gws ledger","version":2,"led'])
def test_a_first_line_that_was_never_finished(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "ledger"
    path.write_bytes(content)
    assert not _ledger.is_begun(str(path))
    assert "ledger is empty" in refused(path).message
    assert filled(path).lines == 5
    assert _ledger.is_begun(str(path))
    assert read(path).entries == [entry(number) for number in range(5)]


@pytest.mark.parametrize("content", [b"\n", b"a note", b'{"kind":"another"}', b'{"kind":"genesys.gws ledgers'])
def test_a_file_of_something_else_is_not_overwritten(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "ledger"
    path.write_bytes(content)
    with pytest.raises(InputError, match="not a ledger"):
        filled(path)
    assert path.read_bytes() == content


def test_another_key_reads_nothing(tmp_path: Path) -> None:
    path = tmp_path / "ledger"
    filled(path)
    assert refused(path, Key(b"other")).code == "other_key"
    with pytest.raises(InputError):
        _ledger.append(str(path), Key(b"other"), [], LATER)


@pytest.mark.parametrize("number", range(1, 5))
def test_a_line_cut_out_is_noticed(tmp_path: Path, number: int) -> None:
    path = tmp_path / "ledger"
    filled(path)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:number] + lines[number + 1 :]))
    assert refused(path).code == "ledger_changed"
    with pytest.raises(RefusedError):
        _ledger.append(str(path), KEY, [entry(9)], LATER)


def test_a_cut_end_is_noticed_against_a_head(tmp_path: Path) -> None:
    path = tmp_path / "ledger"
    head = filled(path)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:-1]))
    cut = read(path)
    with pytest.raises(RefusedError) as caught:
        cut.check_against(head)
    assert caught.value.code == "ledger_cut"
    with pytest.raises(RefusedError):
        _ledger.append(str(path), KEY, [entry(7)], LATER, [head])
    _ledger.append(str(path), KEY, [entry(7), entry(8)], LATER)
    with pytest.raises(RefusedError) as caught:
        read(path).check_against(head)
    assert caught.value.code == "ledger_changed"


def test_a_foreign_line_is_noticed(tmp_path: Path) -> None:
    path, other = tmp_path / "ledger", tmp_path / "other"
    filled(path)
    filled(other)
    lines, foreign = (one.read_bytes().splitlines(keepends=True) for one in (path, other))
    for line in (
        foreign[3],
        lines[3],
        b"{}\n",
        b"x\n",
        b"\n",
        b"[]\n",
        b'{"number": 3, "keep_until": "2000-01-01", "digest": "", "link": ""}\n',
    ):
        path.write_bytes(b"".join([*lines[:3], line, *lines[3:]]))
        assert refused(path).code == "ledger_changed"
        path.write_bytes(b"".join([*lines, line]))
        assert refused(path).code == "ledger_changed"
    with pytest.raises(RefusedError) as caught:
        read(other).check_against(filled(tmp_path / "third"))
    assert caught.value.code == "other_ledger"


def test_every_changed_byte_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "ledger"
    head = filled(path, 3)
    content = path.read_bytes()
    for place in range(len(content)):
        changed = bytearray(content)
        changed[place] ^= 0x02
        path.write_bytes(changed)
        with pytest.raises(GwsPiiError):
            read(path).check_against(head)


def test_an_unfinished_line_was_never_relied_upon(tmp_path: Path) -> None:
    path = tmp_path / "ledger"
    head = filled(path)
    content = path.read_bytes()
    path.write_bytes(content + b'{"number": 6, "ke')
    assert read(path).head == head
    assert _ledger.append(str(path), KEY, [entry(9)], LATER).lines == 6
    assert path.read_bytes().startswith(content)
    assert len(read(path).entries) == 6


@pytest.mark.parametrize("content", [b"x", b"{}\n", b"[]\n", b'{"kind": "genesys.gws ledger"}\n', b"\xff\n"])
def test_what_is_no_ledger(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "ledger"
    path.write_bytes(content)
    assert refused(path).code == "bad_ledger"
    with pytest.raises(InputError):
        _ledger.append(str(path), KEY, [], LATER)
    assert path.read_bytes() == content


def test_a_file_that_can_not_be_used(tmp_path: Path) -> None:
    assert refused(tmp_path / "none").code == "bad_ledger"
    (tmp_path / "link").symlink_to(tmp_path / "target")
    for path in (tmp_path, tmp_path / "link"):
        with pytest.raises(InputError):
            _ledger.append(str(path), KEY, [], LATER)


def test_expired_lines_go_and_the_rest_is_proved_to_be_the_same(tmp_path: Path) -> None:
    path = tmp_path / "ledger"
    filled(path, 2)
    _ledger.append(str(path), KEY, [entry(2), entry(3)], "2026-06-30")
    head = filled(path, 5)
    before = path.read_bytes()
    assert _ledger.expire(str(path), KEY, "2026-06-30") == (0, head)
    assert path.read_bytes() == before
    assert _ledger.expire(str(path), KEY, "2026-07-01") == (2, head)
    after = path.read_bytes()
    assert b"code2" not in after.splitlines()[3]
    assert len(after) < len(before)
    left = read(path)
    assert left.head == head
    left.check_against(head)
    assert [one.ref for one in left.entries] == ["T-0", "T-1", "T-2", "T-3", "T-4"]
    assert [line.entry is None for line in left.lines] == [False, False, True, True, False, False, False]
    assert _ledger.expire(str(path), KEY, "2026-07-01")[0] == 0
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert os.listdir(tmp_path) == ["ledger"]
    assert _ledger.append(str(path), KEY, [entry(9)], LATER, [head]).lines == 8


def test_a_line_can_not_be_passed_off_as_expired(tmp_path: Path) -> None:
    path = tmp_path / "ledger"
    filled(path)
    lines = path.read_bytes().splitlines(keepends=True)
    digest = read(path).lines[2].digest
    for keep_until in (LATER, "2000-01-01"):
        forged = {**json.loads(lines[3]), "digest": digest, "keep_until": keep_until}
        del forged["entry"]
        path.write_bytes(b"".join([*lines[:3], json.dumps(forged).encode() + b"\n", *lines[4:]]))
        assert refused(path).code == "ledger_changed"
