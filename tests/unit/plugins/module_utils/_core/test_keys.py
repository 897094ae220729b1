# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever leaves depends on the site's secret, on its purpose and on each part."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.genesys.gws.plugins.module_utils._core.errors import InputError
from ansible_collections.genesys.gws.plugins.module_utils._core.findings import Finding, NamedRow, OpaqueNames, parse_findings
from ansible_collections.genesys.gws.plugins.module_utils._core.keys import NO_KEY, Key, search_key, site_key
from ansible_collections.genesys.gws.plugins.module_utils._core.subjects import Subjects, parse_subjects

SECRET = "a site's secret, long enough"
KEY = Key(b"k")


def test_same_secret_same_keys() -> None:
    here, there = site_key(SECRET), site_key(f" {SECRET}\n")
    assert here.search.code("x") == there.search.code("x")
    assert here.key_id == there.key_id
    other = site_key(SECRET + ".")
    assert here.search.code("x") != other.search.code("x")
    assert here.key_id != other.key_id
    assert here.search.code("x") != here.ledger.code("x")


def test_a_host_that_searches_gets_no_other_key() -> None:
    keys = site_key(SECRET)
    assert search_key(keys.search_text).code("x") == keys.search.code("x") == search_key(SECRET).code("x")
    assert SECRET not in keys.search_text
    with pytest.raises(InputError, match="search-only"):
        site_key(keys.search_text)


@pytest.mark.parametrize("text", ["", " ", "elevenchars", "gws-pii-search-key:", "gws-pii-search-key:zz", "gws-pii-search-key:00"])
def test_what_is_no_key_is_refused_unquoted(text: str) -> None:
    with pytest.raises(InputError) as caught:
        search_key(text)
    assert caught.value.code == "bad_key"
    assert not text.strip() or text.strip() not in caught.value.message


def test_a_key_is_not_shown() -> None:
    assert "secret" not in repr(Key(b"secret")) + str(Key(b"secret"))


def test_without_a_key_nothing_is_made() -> None:
    for use in (NO_KEY.code, NO_KEY.derive, NO_KEY.digest):
        with pytest.raises(ValueError, match="no key"):
            use("purpose")
    subjects = parse_subjects(search="ann@x.com", subjects=None, region=None, match="exact", min_length=5)
    with pytest.raises(ValueError, match="no key"):
        print(subjects.search_id)


@given(st.lists(st.binary(max_size=4), max_size=4), st.lists(st.binary(max_size=4), max_size=4))
def test_parts_are_not_run_together(one: list[bytes], other: list[bytes]) -> None:
    assert (KEY.digest("p", *one) == KEY.digest("p", *other)) is (one == other)
    assert KEY.digest("p", *one) != KEY.digest("q", *one)


@given(st.binary(max_size=300))
def test_sealed_data_comes_back_and_only_unchanged(data: bytes) -> None:
    sealed = KEY.seal(data)
    assert KEY.open(sealed) == data
    assert Key(b"other").open(sealed) is None
    assert KEY.seal(data) != sealed
    for place in (0, len(sealed) // 2, len(sealed) - 5):
        changed = sealed[:place] + ("A" if sealed[place] != "A" else "B") + sealed[place + 1 :]
        assert KEY.open(changed) is None
    assert KEY.open(sealed[:-4]) is None
    assert KEY.open("ü") is None


def _subjects(key: Key) -> Subjects:
    return parse_subjects(search="+12025550147", subjects=None, region=None, match="exact", min_length=5, key=key)


@given(st.integers(-(2**127), 2**127))
def test_a_token_is_hidden_and_comes_back(token: int) -> None:
    opaque = OpaqueNames(_subjects(KEY))
    row = opaque.of_row("t", [b"key", None])
    hidden = opaque.hide_token(token, row)
    finding = Finding("s", "r", "exact", "t", "c", hidden, row, True, NamedRow((), (), (), frozenset()))
    assert opaque.token_of(finding) == token
    assert OpaqueNames(_subjects(Key(b"other"))).token_of(finding) != token
    assert str(token) not in hidden or len(str(token)) < 6


def test_rows_that_differ_in_case_are_two() -> None:
    opaque = OpaqueNames(_subjects(KEY))
    assert len({opaque.of_row("t", cells) for cells in ([b"a"], [b"A"], [b"a", None], [None, b"a"], [b"a", b""], [b""])}) == 6


def test_findings_of_another_key_are_refused() -> None:
    subjects = _subjects(KEY)
    row = OpaqueNames(subjects).of_row("t", [b"k"])
    raw = [
        Finding(
            subjects.search_id,
            "search-1",
            "exact",
            "t",
            "c",
            OpaqueNames(subjects).hide_token(5, row),
            row,
            True,
            NamedRow((), (), (), frozenset()),
        ).to_result()
    ]
    assert parse_findings(raw, subjects)
    with pytest.raises(InputError, match="another match, region or key"):
        parse_findings(raw, _subjects(Key(b"other")))
