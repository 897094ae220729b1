# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who is in the bytes of a file: found at every place and border, told from others, whatever the bytes around look like."""

from __future__ import annotations

import json
import random
import struct
import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.genesys.gws.plugins.module_utils._core.keys import Key
from ansible_collections.genesys.gws.plugins.module_utils._core.matching import Matcher
from ansible_collections.genesys.gws.plugins.module_utils._core.prefilter import Prefilter
from ansible_collections.genesys.gws.plugins.module_utils._core.subjects import parse_subjects
from ansible_collections.genesys.gws.plugins.module_utils._residue.block_search import BlockSearch, Count
from tests.unit.strategies import BRIEF, QUICK

EMAIL, PHONE = "ann@x.com", "+4915112345678"


def search_for(*identifiers: str, region: str = "DE", match: str = "exact") -> BlockSearch:
    """A search for one person."""
    key = Key(b"key")
    subjects = parse_subjects(
        search=None, subjects=[{"ref": "T-1", "identifiers": list(identifiers)}], region=region, match=match, min_length=5, key=key
    )
    return BlockSearch(Prefilter(subjects), Matcher(subjects, region))


SEARCH = search_for(EMAIL, PHONE)


def found(*blocks: bytes | None, search: BlockSearch = SEARCH) -> Count:
    """How often the person was seen."""
    counts, total = search.search(iter(blocks))
    assert total == sum(len(block) for block in blocks if block)
    return counts.get(0, Count())


def vint(number: int) -> bytes:
    """Cassandra's unsigned number of variable length."""
    if number < 0x80:
        return bytes([number])
    if number < 0x4000:
        return struct.pack(">H", 0x8000 | number)
    return struct.pack(">I", 0xC00000 | number)[1:]


def cell(value: bytes, timestamp: bytes = b"") -> bytes:
    """A cell of 3.0 and later: flags, the time of the write when the row has another one, length, value."""
    flags = b"\x00" + timestamp if timestamp else b"\x08"
    return flags + vint(len(value)) + value


def row(*values: bytes) -> bytes:
    """A row in a partition of its own."""
    key = b"owner1"
    body = b"\x00" + b"".join(cell(value) for value in values)
    return struct.pack(">H", len(key)) + key + b"\x7f\xff\xff\xff\x80" + bytes(7) + b"\x24" + body + b"\x01"


SPELLED = (
    EMAIL,
    EMAIL.upper(),
    f"Ann <{EMAIL}>",
    json.dumps({"emailAddress": EMAIL}),
    json.dumps({"emailAddress": EMAIL}).replace("@", "\\u0040"),
    json.dumps({"a": json.dumps({"b": json.dumps({"c": EMAIL})})}),
    f"https://x.example/?to={EMAIL.replace('@', '%40')}",
    PHONE,
    "0151 1234 5678",
    "+49 (0)151 / 1234-5678",
    json.dumps({"phones": [{"number": "004915112345678"}]}),
    json.dumps({"number": 4915112345678}),
)
OTHERS = (
    "jo" + EMAIL,
    EMAIL + ".au",
    json.dumps({"emailAddress": "jo" + EMAIL}),
    json.dumps({"emailAddress": EMAIL + ".au", "n": 1}),
    f"Jo <jo{EMAIL}>",
    "+4915112345679",
    json.dumps({"number": "+49151123456789"}),
    "somebody@example.com",
)


@pytest.mark.parametrize("text", SPELLED)
def test_every_spelling_in_a_cell(text: str) -> None:
    assert found(row(b"other", text.encode(), b"other")).exact


@pytest.mark.parametrize("text", OTHERS)
def test_others_are_nobody(text: str) -> None:
    assert found(row(b"other", text.encode(), b"other")) == Count()


@pytest.mark.parametrize("text", SPELLED)
@pytest.mark.parametrize("length", [32, 36, 48, 57, 64, 65, 90, 97, 122, 126, 127, 128, 129, 300, 16_383, 16_384, 20_000])
def test_a_length_that_looks_like_a_letter(text: str, length: int) -> None:
    """Right before the value, and right behind it: the next cell begins with what looks like a letter too."""
    if len(text) < length:
        assert found(row(text.ljust(length, " ").encode())).exact
        assert found(row((text + " " + "x" * (length - len(text) - 1)).encode())).exact


@pytest.mark.parametrize("name", ["mail", "m", "x" * 97])
def test_a_map_entry(name: str) -> None:
    """A key of a map lies right before the length of its value."""
    path = vint(len(name)) + name.encode()
    for text in (EMAIL, EMAIL.ljust(97, "."), EMAIL + " ".ljust(88)):
        assert found(row(b"other") + b"\x08" + path + vint(len(text)) + text.encode() + b"\x01").exact


def test_keys_with_numbers_behind_them() -> None:
    """In an index a position follows a key; it may look like a letter."""
    for position in range(0x100):
        entry = struct.pack(">H", len(EMAIL)) + EMAIL.encode() + bytes([position, 0])
        assert found(b"\x00\x03abc\x01\x00" + entry).exact


@given(st.binary(min_size=0, max_size=9), st.sampled_from(SPELLED), st.integers(0, 200), st.binary(max_size=12))
@QUICK
def test_whatever_is_around_a_value_it_is_found(timestamp: bytes, text: str, padding: int, after: bytes) -> None:
    value = (text + " ".ljust(padding)).encode()
    count = found(b"\x00\x00\x00" + cell(value, timestamp) + b"\x08" + after)  # the flags of the next cell
    assert count.exact or count.possible


@given(st.binary(min_size=0, max_size=4), st.sampled_from(OTHERS), st.integers(0, 200))
@QUICK
def test_others_are_never_certain(timestamp: bytes, text: str, padding: int) -> None:
    assert not found(b"\x00\x00\x00" + cell((text + " ".ljust(padding)).encode(), timestamp) + b"\x01").exact


@given(st.sampled_from(SPELLED), st.integers(-40, 40), st.sampled_from([4096, 8192, 1 << 16]), st.booleans(), st.integers(0, 2**32))
@BRIEF
def test_borders_of_blocks(text: str, shift: int, size: int, escapes: bool, seed: int) -> None:
    """Each place is judged once, wherever blocks end, also where the prefilter does not know where to look."""
    noise = random.Random(seed)
    filler = (b'{"note": "%%41 \\u0041 %d"}' if escapes else b'{"note": "%d"}') % noise.randrange(10**6)
    before = (b"\x08" + vint(len(filler)) + filler) * (2 * size // len(filler))
    before = before[-(size + shift) :]
    data = before + b"\x01" + row(text.encode()) + b"\x01" * 5000
    whole = found(data)
    cut = found(*(data[at : at + size] for at in range(0, len(data), size)))
    assert whole.exact
    assert cut == whole


def test_a_gap_does_not_join_what_it_parts() -> None:
    half = len(EMAIL) // 2
    assert found(b"\x01" * 9000 + EMAIL[:half].encode(), None, EMAIL[half:].encode() + b"\x01" * 9000) == Count()
    assert found(b"\x01" * 9000, None, row(EMAIL.encode())).exact


def test_small_blocks() -> None:
    data = b"\x01" * 30_000 + row(EMAIL.encode()) + b"\x01" * 30_000
    assert found(*(data[at : at + 7] for at in range(0, len(data), 7))).exact == 1


def test_random_bytes_are_nobody() -> None:
    assert found(random.Random(1).randbytes(1 << 18)) == Count()


def test_contains_and_texts() -> None:
    contains = search_for("ann@x", match="contains")
    assert found(row(b"joann@x.com"), search=contains).exact
    text = search_for("Zoë Müller-Lüdenscheidt")
    assert found(row(json.dumps({"name": "Zoë Müller-Lüdenscheidt"}, ensure_ascii=False).encode()), search=text).exact
    unknown = search_for("Зоя Иванова")
    assert found(b"\x01" * 9000 + row("Зоя Иванова".encode()) + b"\x01" * 9000, search=unknown).exact


def test_names() -> None:
    assert SEARCH.in_name("before-ann@x.com")
    assert not SEARCH.in_name("settings-0123456789abcdef0123456789abcdef")


def test_memory_does_not_depend_on_the_file() -> None:
    def blocks() -> t.Iterator[bytes]:
        for _unused in range(24):
            yield b'\x08\x14{"note": "abcdef"}..' * 40_000

    import tracemalloc

    tracemalloc.start()
    SEARCH.search(blocks())
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 16 << 20
