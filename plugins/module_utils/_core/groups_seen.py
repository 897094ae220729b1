# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Tracks whether the requested settings groups were found. One that was not found is probably misspelled. Pure, no I/O."""

from __future__ import annotations

import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._core.prefilter import Prefilter
from ansible_collections.genesys.gws.plugins.module_utils._core.readings import fold
from ansible_collections.genesys.gws.plugins.module_utils._core.subjects import Subjects

_WORD = frozenset(b"abcdefghijklmnopqrstuvwxyz0123456789_-")


class GroupTrackingPrefilter(Prefilter):
    """A prefilter that also searches its bytes for the names of groups, until each was found once."""

    def __init__(self, subjects: Subjects, groups: t.Sequence[str]) -> None:
        super().__init__(subjects)
        self._names = [fold(group).encode() for group in groups]
        self._unseen = frozenset(self._names)

    @property
    def seen(self) -> list[bool]:
        """For each of the groups whether it was found."""
        return [name not in self._unseen for name in self._names]

    def spans(self, data: bytes) -> list[tuple[int, int]] | None:
        """See ``Prefilter``."""
        if self._unseen:
            folded = data.lower()
            self._unseen = self._unseen - {name for name in self._unseen if names_whole(folded, name)}
        return super().spans(data)


def names_whole(data: bytes, name: bytes) -> bool:
    """Whether a name stands in lower-case bytes as a whole, not inside of a longer one.

    What is before it may also be the length of a value, in bytes of which the first are 0 (CQL, composites of Thrift).
    """
    place = data.find(name)
    while place >= 0:
        end = place + len(name)
        before = place == 0 or data[place - 1] not in _WORD or (place > 1 and data[place - 2] == 0)
        if before and (end == len(data) or data[end] not in _WORD):
            return True
        place = data.find(name, place + 1)
    return False
