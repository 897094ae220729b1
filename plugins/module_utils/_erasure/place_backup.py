# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""The backup of a place while its items are erased: decides when a new backup is needed. No I/O: see ``actions``.

Before a write, the result of the last read must be on disk. A backup of the place still covers it if only our own deletions have happened since, so
a group of a hundred settings is written to disk once, not a hundred times.
"""

from __future__ import annotations

import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._erasure.actions import EndBackup, Place, SaveBackup, Steps
from ansible_collections.genesys.gws.plugins.module_utils._erasure.items import Item

Named = tuple[tuple[str, t.Any], ...]
"""The entries of a read, with their identities."""


class PlaceBackup:
    """The backup is on disk from before the first write to the place until the last write is read back."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._name = ""
        self._entries: Named = ()
        self._targets: frozenset[str] = frozenset()
        self._gone: set[str] = set()  # targets that are erased since

    def save(self, item: Item, named: Named, later: t.Sequence[Item]) -> Steps[None]:
        """Ensure that the content of the place is on disk, with the item as a target. ``later`` items that are to be deleted become targets of this
        backup too, if they match the plan, so that it can cover them as well.
        """
        if self._name and self._holds(item, named):
            return
        yield from self.end()
        there = dict(named)
        targets = {item.identity: item.entry}
        for one in later:
            if one.identity in there and _is_same(there[one.identity], one.entry) and one.touches and one.after() is None:
                targets[one.identity] = one.entry
        self._entries, self._targets, self._gone = named, frozenset(targets), set()
        self._name = yield SaveBackup(self._place, tuple(entry for _name, entry in named), tuple(targets.values()))

    def _holds(self, item: Item, named: Named) -> bool:
        """Whether the backup covers the current content of the place, with this item as a target."""
        left = [pair for pair in self._entries if pair[0] not in self._gone]
        return (
            item.identity in self._targets
            and len(left) == len(named)
            and all(kept[0] == now[0] and _is_same(kept[1], now[1]) for kept, now in zip(left, named, strict=True))
        )

    def erased(self, item: Item) -> None:
        """The item is gone, as was read back."""
        self._gone.update(self._targets & {item.identity})

    def end(self, lost: tuple[t.Any, ...] = ()) -> Steps[None]:
        """The backup is no longer needed. ``lost``: entries that a human may have to restore."""
        if self._name:
            name, self._name = self._name, ""
            yield EndBackup(name, self._place if lost else None, lost)


def _is_same(first: t.Any, second: t.Any) -> bool:
    """Whether two readings of an entry are the same, to the last character."""
    return bool(getattr(first, "text", first) == getattr(second, "text", second))
