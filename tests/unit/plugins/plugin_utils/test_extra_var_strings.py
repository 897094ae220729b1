# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is marked !unsafe in a file of extra variables is a text, whatever it looks like."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.genesys.gws.plugins.plugin_utils._extra_var_strings import marked_texts, names_given, names_with_repeated_fields
from tests.lab.awx import safe_dump
from tests.unit.strategies import QUICK


def read(folder: Path, text: str) -> dict[str, Any]:
    path = folder / "extravars"
    path.write_text(text, encoding="utf-8", newline="\n")
    return marked_texts(["X=b", f"@{path}", '{"Y": "d"}'])


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("!unsafe 'phone': !unsafe '+12025550147'\n", {"phone": "+12025550147"}),
        ("ticket: !unsafe 0123\n", {"ticket": "0123"}),
        ("region: !unsafe NO\n", {"region": "NO"}),
        ("empty: !unsafe ''\n", {"empty": ""}),
        ("template: !unsafe '{{ x }}'\n", {"template": "{{ x }}"}),
        ("people: [!unsafe 0123, {ref: !unsafe 7, n: 5}]\n", {"people": ["0123", {"ref": "7", "n": 5}]}),
        ("people: !unsafe [{ref: 7, identifiers: ['{{ x }}', 0123]}]\n", {"people": [{"ref": 7, "identifiers": ["{{ x }}", 83]}]}),
        ("plain: 0123\nother: '!unsafe 5'\n", {}),
        ("a: !vault |\n  x\nb: !unsafe 7\nc: [!vault x, !unsafe 8]\n", {"b": "7"}),
        ("- !unsafe 5\n", {}),
        ("a: !unsafe 5\na: 'b'\n", {}),
        ("a: [\n!unsafe", {}),
        ("a: &x [*x]\nb: !unsafe 5\n", {}),
        ("$ANSIBLE_VAULT;1.1;AES256\n!unsafe\n", {}),
    ],
)
def test_marked_texts(tmp_path: Path, text: str, wanted: dict[str, Any]) -> None:
    assert read(tmp_path, text) == wanted


def test_a_later_file_wins(tmp_path: Path) -> None:
    (tmp_path / "one").write_text("a: !unsafe 1\nb: !unsafe 1\n")
    (tmp_path / "two").write_text("a: 2\n")
    assert marked_texts([f"@{tmp_path}/one", f"@{tmp_path}/two", "@/nowhere"]) == {"b": "1"}
    assert marked_texts([f"@{tmp_path}/two", f"@{tmp_path}/one"]) == {"a": "1", "b": "1"}
    assert marked_texts([f"@{tmp_path}/one", "x=1 b='2 3'"]) == {"a": "1"}
    assert marked_texts([f"@{tmp_path}/one", '{"a": 5, "b": "!unsafe"}']) == {}


@QUICK
@given(
    st.dictionaries(
        st.from_regex(r"[a-z_]{1,9}", fullmatch=True),
        st.text(st.characters(codec="utf-8", exclude_characters="\r\x85\u2028\u2029")),
        max_size=4,
    )
)
def test_everything_that_awx_hands_over(tmp_path_factory: pytest.TempPathFactory, answers: dict[str, str]) -> None:
    folder = tmp_path_factory.mktemp("awx", numbered=True)
    assert read(folder, safe_dump(answers)) == answers


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a: [{ref: T, identifiers: [x], identifiers: [y]}]\nb: {c: 1}\n", ["a"]),
        ("a: {b: [{c: {d: 1, 'd': 2}}]}\n", ["a"]),
        ("a: [{ref: T, identifiers: [x]}, {ref: T, identifiers: [x]}]\n", []),
        ("a: &x [*x]\nb: !unsafe [{c: 1, c: 2}]\n", ["b"]),
        ("a: {<<: {c: 1}, c: 2}\n", []),
        ("a: [\n", []),
    ],
)
def test_fields_that_stand_twice(tmp_path: Path, text: str, wanted: list[str]) -> None:
    (tmp_path / "given").write_text(text)
    assert names_with_repeated_fields(["a=b", f"@{tmp_path}/given", "@/nowhere"]) == wanted


def test_files_are_read_as_they_are_decrypted() -> None:
    def read(path: str) -> str:
        return {"/vaulted": "a: !unsafe 0123\nb: [{c: 1, c: 2}]\na: !unsafe 0124\n"}[path]

    assert marked_texts(["@/vaulted"], read) == {"a": "0124"}
    assert names_given(["@/vaulted"], read) == ["a", "b", "a"]
    assert names_with_repeated_fields(["@/vaulted"], read) == ["b"]
