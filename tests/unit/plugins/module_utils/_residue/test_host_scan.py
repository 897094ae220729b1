# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files of a host: SSTables of all versions and compressions are read, what can't be read is named, and what changes is looked at again."""

from __future__ import annotations

import gzip
import json
import lzma
import os
import socket
import struct
import threading
import time
import typing as t
import zlib
from pathlib import Path

import cramjam
import pytest

from ansible_collections.genesys.gws.plugins.module_utils._core.errors import InputError
from ansible_collections.genesys.gws.plugins.module_utils._core.keys import site_key
from ansible_collections.genesys.gws.plugins.module_utils._module import run_residue
from ansible_collections.genesys.gws.plugins.module_utils._residue import codecs, host_scan

EMAIL = "ann@x.com"
KEY = site_key("a key for the tests").search_text
TABLE = "sipfs/settings-0123456789abcdef0123456789abcdef"
COMPRESS: dict[str, t.Callable[[bytes], bytes]] = {
    "LZ4Compressor": lambda data: bytes(cramjam.lz4.compress_block(data)),
    "SnappyCompressor": lambda data: bytes(cramjam.snappy.compress_raw(data)),
    "DeflateCompressor": zlib.compress,
    "ZstdCompressor": lambda data: bytes(cramjam.zstd.compress(data)),
}


class Host:
    """A data folder, made by hand."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("data", "commitlog", "hints", "saved_caches"):
            (folder / name).mkdir()
        (folder / "data" / "system").mkdir()  # a folder without any keyspace is none of a node
        self.options = {"storage_directory": str(folder), "subjects": [EMAIL], "key": KEY, "settle_timeout": 0.1}
        time.sleep(0.06)  # a folder that changed just now may change again in the same tick of the clock

    def scan(self, **given: t.Any) -> dict[str, t.Any]:
        """The result of the module."""
        params = {name: option.get("default") for name, option in run_residue.argument_spec().items()}
        return run_residue.run({**params, **self.options, **given})

    def put(self, path: str, content: bytes) -> Path:
        """Write a file below the folder."""
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        return target

    def sstable(
        self, data: bytes, *, name: str = "nb-1-big", compressor: str = "", chunk: int = 4096, table: str = TABLE, raw: bool = False
    ) -> Path:
        """Write an SSTable with these bytes as its rows. ``raw``: chunks are stored as they are."""
        pieces = [data[at : at + chunk] for at in range(0, len(data), chunk)]
        bits: dict[str, bytes] = {
            "Statistics.db": statistics(with_checksums=name[0] in "nod"),
            "Index.db": b"",
            "Filter.db": EMAIL.encode(),
        }
        checksum = zlib.crc32 if name[0] in "mnod" else zlib.adler32
        if compressor:
            compressed = [piece if raw else COMPRESS[compressor](piece) for piece in pieces]
            if name.startswith("me"):
                compressed.append(COMPRESS[compressor](b""))  # as 3.11 does when it compacts
            offsets, content = [], b""
            for body in compressed:
                offsets.append(len(content))
                content += body + struct.pack(">I", checksum(body))
            kind = f"org.apache.cassandra.io.compress.{compressor}".encode()
            info = struct.pack(">H", len(kind)) + kind + struct.pack(">ii", 0, chunk)
            info += struct.pack(">i", 0 if raw else 2**31 - 1) if name[0] in "nod" else b""
            bits["CompressionInfo.db"] = info + struct.pack(f">qi{len(offsets)}q", len(data), len(offsets), *offsets)
            bits["Data.db"] = content
        else:
            bits["CRC.db"] = struct.pack(f">i{len(pieces)}I", chunk, *map(checksum, pieces))
            bits["Data.db"] = data
        bits["TOC.txt"] = "".join(f"{component}\n" for component in [*bits, "TOC.txt"]).encode()
        for component, content in bits.items():
            self.put(f"data/{table}/{name}-{component}", content)
        return self.folder / "data" / table / f"{name}-Data.db"


def statistics(*, with_checksums: bool) -> bytes:
    """A Statistics.db with the time of the newest write."""
    body = struct.pack(">iqq", 1, 5, 6) + struct.pack(">i", 0) + struct.pack(">qi", 1, 2) + struct.pack(">qq", 10, 1_700_000_000_000_000)
    if not with_checksums:
        return struct.pack(">iii", 1, 2, 12) + body
    count, entry = struct.pack(">i", 1), struct.pack(">ii", 2, 20)
    checksums = zlib.crc32(count), zlib.crc32(entry, zlib.crc32(count))
    return count + struct.pack(">I", checksums[0]) + entry + struct.pack(">I", checksums[1]) + body + struct.pack(">I", zlib.crc32(body))


def rows(number: int = 1000) -> bytes:
    """Rows of others around one of the person."""
    others = b"".join(
        b"\x00\x00\x08" + bytes([len(text)]) + text for text in (f'{{"n": "somebody{at}@example.com"}}'.encode() for at in range(number))
    )
    return others + b"\x00\x00\x08" + bytes([len(EMAIL)]) + EMAIL.encode() + others


@pytest.fixture
def host(tmp_path: Path) -> Host:
    return Host(tmp_path)


@pytest.mark.parametrize("compressor", ["", *COMPRESS])
@pytest.mark.parametrize("name", ["jb-1", "lb-1-big", "me-1-big", "nb-1-big", "oa-3gdm_1b8i_2uo1c2j-big", "da-1-bti"])
def test_versions_and_compressions(host: Host, name: str, compressor: str) -> None:
    if name == "jb-1":
        name = "sipfs-settings-jb-1"
    host.sstable(rows(), name=name, compressor=compressor)
    result = host.scan()
    assert (result["state"], result["unreadable"]) == ("residue", [])
    [trace] = result["traces"]
    assert (trace["place"], trace["keyspace"], trace["table"], trace["parts"]) == ("live", "sipfs", "settings", ["data"])
    assert trace["names"] == [name]
    assert trace["subjects"] == [{"ref": "subject-1", "exact": 1, "possible": 0}]
    assert trace["newest_write"] == "2023-11-14T22:13:20Z"
    assert host.scan(subjects=["nobody@example.com"])["state"] == "clean"


@pytest.mark.parametrize("shift", range(-12, 4))
def test_a_person_across_two_chunks(host: Host, shift: int) -> None:
    before = b"\x01" * (8192 + shift)
    host.sstable(before + b"\x08" + bytes([len(EMAIL)]) + EMAIL.encode() + b"\x01" * 9000, compressor="LZ4Compressor")
    assert host.scan()["state"] == "residue"


def test_chunks_that_are_stored_as_they_are(host: Host) -> None:
    host.sstable(rows(), compressor="LZ4Compressor", raw=True)
    assert host.scan()["state"] == "residue"


def test_without_cramjam_compressed_files_are_unreadable(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(codecs, "cramjam", None)
    host.sstable(rows(), compressor="DeflateCompressor")
    assert host.scan()["state"] == "residue"
    host.sstable(rows(), name="nb-2-big", compressor="LZ4Compressor")
    result = host.scan()
    assert result["state"] == "incomplete"
    assert "cramjam" in result["unreadable"][0]["reason"]


def test_a_flipped_bit_anywhere_is_noticed(host: Host) -> None:
    """In any byte of the data and of what describes it."""
    data = host.sstable(b"\x01" * 300 + b"text of nobody" * 3, compressor="LZ4Compressor", chunk=256)
    paths = [data, *(data.with_name(data.name.replace("Data.db", name)) for name in ("CompressionInfo.db", "Statistics.db", "TOC.txt"))]
    assert host.scan()["state"] == "clean"
    missed = []
    for path in paths:
        content = path.read_bytes()
        for at in range(0, len(content), 40 if path.suffix == ".txt" else 3):
            path.write_bytes(content[:at] + bytes([content[at] ^ 0x10]) + content[at + 1 :])
            if host.scan(settle_timeout=0.0)["state"] != "incomplete":
                missed.append((path.name, at))
        path.write_bytes(content)
    # The lengths of the data and of its chunks, when they still fit to what is there, and the version of nothing.
    assert not [miss for miss in missed if "CompressionInfo" not in miss[0]], missed
    assert len(missed) <= 10, missed


def test_places(host: Host) -> None:
    data = rows(3)
    host.sstable(data)
    host.sstable(data, table=f"{TABLE}/.by_name")
    host.sstable(data, table=f"{TABLE}/backups")
    host.sstable(data, table=f"{TABLE}/snapshots/tag 1/.by_name")
    host.put("hints/note.txt", EMAIL.encode())
    host.put("saved_caches/KeyCache-g.db", b"\x00\x00\x00\x09" + EMAIL.encode())
    host.put("commitlog/CommitLog-7-1.log", bytes(4096))
    found = {(trace["place"], trace["index"], trace["snapshot"]) for trace in host.scan()["traces"]}
    assert found == {
        ("live", "", ""),
        ("live", "by_name", ""),
        ("backup", "", ""),
        ("snapshot", "by_name", "tag 1"),
        ("hints", "", ""),
        ("saved_caches", "", ""),
    }


def test_hard_links_are_read_once(host: Host) -> None:
    path = host.sstable(rows(), compressor="LZ4Compressor")
    once = host.scan()["bytes_read"]
    for number in range(5):
        snapshot = host.folder / "data" / TABLE / "snapshots" / str(number)
        snapshot.mkdir(parents=True)
        for component in path.parent.glob("nb-1-*"):
            os.link(component, snapshot / component.name)
    result = host.scan()
    assert result["bytes_read"] == once
    assert len(result["traces"]) == 6


def commit_log(parameters: dict[str, t.Any], sections: t.Sequence[bytes], compress: t.Callable[[bytes], bytes] | None) -> bytes:
    """A segment as 4.x writes it."""
    text, identity = json.dumps(parameters).encode(), 1_795_661_986_129
    checksum = zlib.crc32(struct.pack(">iIIi", 7, identity & 0xFFFFFFFF, identity >> 32, len(text)) + text)
    content = struct.pack(">iqH", 7, identity, len(text)) + text + struct.pack(">I", checksum)
    for section in sections:
        body = struct.pack(">i", len(section)) + compress(section) if compress else section
        content += struct.pack(">iI", len(content) + 8 + len(body), 0) + body
    return content


@pytest.mark.parametrize("compressor", ["", *COMPRESS])
def test_commit_logs(host: Host, compressor: str) -> None:
    parameters = {"compressionClass": f"org.apache.cassandra.io.compress.{compressor}"} if compressor else {}
    segment = commit_log(parameters, [rows(20), b"\x01" * 100], COMPRESS.get(compressor))
    host.put("commitlog/CommitLog-7-1795661986129.log", segment + bytes(5000))
    result = host.scan()
    assert ([trace["place"] for trace in result["traces"]], result["unreadable"]) == (["commit_log"], [])


def test_encrypted_and_damaged_commit_logs(host: Host) -> None:
    host.put("commitlog/CommitLog-7-1.log", commit_log({"encCipher": "AES/CBC/PKCS5Padding"}, [b"x" * 100], None))
    assert [one["reason"] for one in host.scan()["unreadable"]] == ["encrypted"]
    good = commit_log({"compressionClass": "LZ4Compressor"}, [rows(20)], COMPRESS["LZ4Compressor"])
    for damaged in (good[:-20], good.replace(b"LZ4Compressor", b"LZ5Compressor"), b"\x00\x00\x00\x63" + good[4:]):
        host.put("commitlog/CommitLog-7-1.log", damaged)
        assert host.scan()["state"] == "incomplete"


@pytest.mark.parametrize("content", [b"\x1f\x8b123", b"PK\x03\x04", bytes(257) + b"ustar", b"\x28\xb5\x2f\xfd1"])
def test_archives_are_never_clean(host: Host, content: bytes) -> None:
    host.put("backup/a.bin", content)
    assert host.scan(extra_paths=[str(host.folder / "backup")])["state"] == "incomplete"


_PLACES = ["data/sipfs/old", f"data/{TABLE}/old", f"data/{TABLE}/snapshots/t/old", f"data/{TABLE}/backups/old"]
_PLACES += ["commitlog/CommitLog-7-1.log.gz", "hints/old", "saved_caches/old", "cdc_raw/old"]


@pytest.mark.parametrize("place", _PLACES)
def test_archives_are_never_clean_wherever_they_lie(host: Host, place: str) -> None:
    host.put(place, gzip.compress(rows(30)))
    time.sleep(0.06)
    assert host.scan()["state"] == "incomplete"


@pytest.mark.parametrize("before", [0, 200_000])
def test_what_looks_compressed_is_never_clean(host: Host, before: int) -> None:
    """By whatever program: such files tell their kind by having no pattern in them."""
    packed = b"?" + lzma.compress(os.urandom(100_000) + rows(3), format=lzma.FORMAT_ALONE)
    host.put("backup/a", b"a head without anything" * (before // 20) + packed)
    host.put("backup/b", rows(2000))
    result = host.scan(subjects=["nobody@example.org"], extra_paths=[str(host.folder / "backup")])
    assert [(one["names"], one["reason"][:16]) for one in result["unreadable"]] == [(["a"], "looks compressed")]


def test_a_list_of_components_that_was_cut(host: Host) -> None:
    """Without what says how the rows are compressed they would be searched as they lie."""
    data = host.sstable(rows(30), compressor="LZ4Compressor")
    data.with_name("nb-1-big-TOC.txt").write_text("Data.db\n")
    data.with_name("nb-1-big-CompressionInfo.db").unlink()
    time.sleep(0.06)
    result = host.scan()
    assert (result["state"], result["unreadable"][0]["names"]) == ("incomplete", ["nb-1-big"])


def test_extra_paths(host: Host) -> None:
    host.put("audit.log", b"INSERT ... '" + EMAIL.encode() + b"'")
    host.sstable(rows(3), table=f"../mounted/node1/{TABLE}/snapshots/x")
    result = host.scan(extra_paths=[str(host.folder / "audit.log"), str(host.folder / "mounted")])
    assert [(trace["place"], trace["table"], trace["snapshot"]) for trace in result["traces"]] == [
        ("extra", "", ""),
        ("extra", "settings", "x"),
    ]
    assert host.scan(extra_paths=[str(host.folder / "nowhere")])["state"] == "incomplete"


def test_names_that_hold_a_person_are_withheld_and_told(host: Host) -> None:
    host.sstable(rows(3), table=f"{TABLE}/snapshots/before-{EMAIL}")
    host.put(f"data/{TABLE}/{EMAIL}.txt", b"")
    result = host.scan()
    assert EMAIL not in json.dumps(result)
    assert len(result["traces"]) == 2


def test_a_folder_that_is_not_there(host: Host) -> None:
    (host.folder / "commitlog").rmdir()
    result = host.scan()
    assert (result["state"], result["unreadable"][0]["reason"]) == ("incomplete", "a folder that does not exist")


def test_no_folders_at_all(host: Host, tmp_path: Path) -> None:
    with pytest.raises(InputError):
        host.scan(storage_directory=None)
    with pytest.raises(InputError):
        host.scan(config_file=str(tmp_path / "nowhere.yaml"))


def test_keyspaces_limit_the_search(host: Host) -> None:
    host.sstable(rows(3))
    assert host.scan(keyspaces=["system"])["state"] == "clean"
    assert host.scan(keyspaces=["sipfs"])["state"] == "residue"
    misspelled = host.scan(keyspaces=["sipfz", "system"])
    assert (misspelled["state"], misspelled["traces"]) == ("incomplete", [])
    assert [(one["keyspace"], one["reason"]) for one in misspelled["unreadable"]] == [("sipfz", "a keyspace that is not on this host")]


@pytest.mark.parametrize("option", ["data_file_directories", "extra_paths", "local_system_data_file_directory"])
def test_a_folder_with_nothing_in_it_is_never_clean(host: Host, option: str) -> None:
    """A disk that is not mounted, a cassandra.yaml of another installation."""
    empty = host.folder / "empty"
    empty.mkdir()
    if option == "data_file_directories":
        given: dict[str, t.Any] = {option: [str(host.folder / "data"), str(empty)]}
        (empty / "lost+found").mkdir()
    elif option == "extra_paths":
        given = {option: [str(empty)]}
    else:
        given = {"config_file": str(host.put("cassandra.yaml", f"{option}: {empty}".encode()))}
    host.sstable(b"\x01" * 40)
    assert host.scan()["state"] == "clean"
    time.sleep(0.06)
    result = host.scan(**given)
    assert (result["state"], [one["reason"] for one in result["unreadable"]]) == (
        "incomplete",
        ["an empty folder: is its disk mounted, and is it a folder of this node?"],
    )


def test_a_node_that_never_ran(host: Host) -> None:
    (host.folder / "data" / "system").rmdir()
    assert host.scan()["state"] == "incomplete"


def test_links_pipes_and_sockets(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for what will never come, and a link to a disk that is not mounted is named."""
    host.sstable(rows(3))
    folder = host.folder / "data" / TABLE
    os.mkfifo(folder / "pipe")
    monkeypatch.chdir(folder)  # the path of a socket may have 107 characters
    with socket.socket(socket.AF_UNIX) as one:
        one.bind("socket")
    time.sleep(0.06)
    assert host.scan(subjects=["nobody@example.org"])["state"] == "clean"
    os.symlink("/nonexistent/elsewhere", folder / "link")
    time.sleep(0.06)
    began = time.monotonic()
    result = host.scan(subjects=["nobody@example.org"], settle_timeout=20.0)
    assert time.monotonic() - began < 10
    assert (result["state"], [one["reason"] for one in result["unreadable"]]) == ("incomplete", ["a broken symbolic link"])


def test_a_stop_file(host: Host) -> None:
    host.sstable(rows(3))
    assert host.scan(stop_file=str(host.put("stop", b"")))["state"] == "incomplete"


def test_a_file_that_moves_is_found_where_it_goes(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    """Removed before it could be read, with its successor in a folder that was listed before."""
    before, after = (host.folder / "data" / name / "t-0123456789abcdef0123456789abcdef" for name in "ba")
    host.sstable(rows(3), table=f"b/{before.name}")
    after.mkdir(parents=True)
    real = os.scandir
    moved: list[t.Any] = []

    def scandir(path: t.Any) -> t.Any:
        if str(path) == str(before) and not moved:  # a was listed, b is about to be: the files jump behind the reader
            moved.append(path)
            for name in os.listdir(before):
                (before / name).rename(after / name)
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    assert host.scan(settle_timeout=5.0)["state"] == "residue"
    assert moved


def test_an_unfinished_sstable_is_waited_for(host: Host) -> None:
    toc = host.sstable(rows(3)).with_name("nb-1-big-TOC.txt")
    content = toc.read_bytes()
    toc.unlink()
    assert host.scan()["unreadable"][0]["names"] == ["nb-1-big"]
    threading.Timer(0.5, toc.write_bytes, [content]).start()
    assert host.scan(settle_timeout=10.0)["state"] == "residue"


def test_the_cap_on_megabytes(host: Host) -> None:
    host.sstable(b"\x01" * 600_000)
    began = time.monotonic()
    host.scan(max_mb_per_second=1.0)
    assert time.monotonic() - began > 0.5
    assert host_scan.ScanOptions().bytes_per_second == 0
