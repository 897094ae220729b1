# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A group that is there is seen, whatever stands around its name; one that is misspelled is not."""

from __future__ import annotations

import pytest

from ansible_collections.genesys.gws.plugins.module_utils._core.groups_seen import GroupTrackingPrefilter, names_whole
from ansible_collections.genesys.gws.plugins.module_utils._core.keys import Key
from ansible_collections.genesys.gws.plugins.module_utils._core.prefilter import Prefilter
from ansible_collections.genesys.gws.plugins.module_utils._core.subjects import parse_subjects

NAME = b"interaction-workspace-personal-favorites"
SUBJECTS = parse_subjects(search="ann@x.com", subjects=None, region=None, match="exact", min_length=5, key=Key(b"site"))


@pytest.mark.parametrize(
    "data",
    [
        NAME,
        b"owner:" + NAME + b":ann",
        b'{"name": "' + NAME + b'"}',
        b"\x00\x00\x00" + bytes([len(NAME)]) + NAME + b"\x00\x00\x00\x04",
        b"\x00\x00\x00\x61" + NAME + b"\x00",  # a length that is the code of a letter
        b"\x00\x61" + NAME + b"\x00",
        b"x" + NAME + b" and then " + NAME,
    ],
)
def test_seen(data: bytes) -> None:
    assert names_whole(data, NAME)


@pytest.mark.parametrize("data", [b"", NAME[:-1], NAME + b"2", b"my-" + NAME, NAME + b"-old", b"my" + NAME])
def test_not_seen(data: bytes) -> None:
    assert not names_whole(data, NAME)


def test_each_group_once_and_the_prefilter_says_what_it_says() -> None:
    noting, plain = GroupTrackingPrefilter(SUBJECTS, ["Favorites", "favorite"]), Prefilter(SUBJECTS)
    assert noting.seen == [False, False]
    for data in (b"x favorites y ann@x.com", b"nothing", b"ann@x.com"):
        assert noting.spans(data) == plain.spans(data)
    assert noting.seen == [True, False]
