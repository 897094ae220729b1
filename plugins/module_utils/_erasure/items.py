# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""An ``Item`` of the plan, as the protocol uses it. Pure, no I/O.

For a setting it is the assessment together with the judge that can repeat it (``SettingItem``). The assessment of a row is an item by itself.
"""

from __future__ import annotations

import collections
import dataclasses
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._core.records import record_values
from ansible_collections.genesys.gws.plugins.module_utils._erasure.actions import GroupPlace, Kind, Place, Snapshot
from ansible_collections.genesys.gws.plugins.module_utils._erasure.judge import Assessment, Judge, identity_of
from ansible_collections.genesys.gws.plugins.module_utils._erasure.rules import Verdict
from ansible_collections.genesys.gws.plugins.module_utils._gws_api.settings import Setting, canonical
from ansible_collections.genesys.gws.plugins.module_utils._gws_api.wire import JsonObject


class Item(t.Protocol):
    """A setting or a row of the plan, with its verdict."""

    @property
    def place(self) -> Place:
        """The place that contains it."""

    @property
    def identity(self) -> str:
        """Identifies the entry within its place."""

    @property
    def kind(self) -> Kind:
        """The kind of write that it needs."""

    @property
    def approval(self) -> str:
        """What was planned and approved: action, data to remove, collateral."""

    @property
    def subjects(self) -> frozenset[int]:
        """The subjects whose data it contains."""

    @property
    def entry(self) -> t.Any:
        """The setting or the row as it was judged."""

    @property
    def touches(self) -> bool:
        """Whether data of it is to be erased."""

    def after(self) -> t.Any:
        """The entry after the erasure; None if it is deleted. :raises ValueError: if it can't be built."""

    def identity_of(self, entry: t.Any) -> str:
        """The identity of any entry of the place."""

    def again(self, entry: t.Any, seen: Snapshot) -> Item | None:
        """The item judged again for the current entry; None if the entry no longer contains data of the person."""

    def is_planned_to_go(self, entry: t.Any) -> bool:
        """Whether the plan deletes another entry of the place, too."""

    def is_saved_anew(self, wanted: t.Any, current: t.Any) -> bool:
        """Whether somebody else has saved the entry meanwhile, without the person and with everything that was to be kept."""


@dataclasses.dataclass(frozen=True)
class SettingItem:
    """See ``Item``."""

    assessment: Assessment
    judge: Judge

    @property
    def place(self) -> GroupPlace:
        return self.assessment.place

    @property
    def identity(self) -> str:
        return self.assessment.identity

    @property
    def kind(self) -> Kind:
        return Kind.DELETE if self.assessment.verdict is Verdict.DELETE else Kind.UPDATE

    @property
    def approval(self) -> str:
        return self.assessment.approval

    @property
    def subjects(self) -> frozenset[int]:
        return self.assessment.subjects

    @property
    def entry(self) -> Setting:
        return self.assessment.setting

    @property
    def touches(self) -> bool:
        return self.assessment.touches

    def after(self) -> Setting | None:
        return self.assessment.after()

    def identity_of(self, entry: Setting) -> str:
        return identity_of(self.assessment.group, entry)

    def again(self, entry: Setting, _seen: Snapshot) -> SettingItem | None:
        if JsonObject.of(entry).text == JsonObject.of(self.entry).text:
            return self  # the judge is pure: the same text gets the same verdict
        found = self._assessed(entry)
        return SettingItem(found, self.judge) if found else None

    def is_planned_to_go(self, entry: Setting) -> bool:
        found = self._assessed(entry)
        return found is not None and found.verdict is Verdict.DELETE

    def is_saved_anew(self, wanted: t.Any, current: t.Any) -> bool:
        """Whether an agent has saved the setting right after our write: it does not contain the person, and still contains everything that was kept."""
        if self.judge.matcher.in_value(current):
            return False
        key = self.assessment.group.key
        kept, now = (collections.Counter(map(canonical, record_values(setting, key))) for setting in (wanted, current))
        return bool(now) and not kept - now

    def _assessed(self, setting: Setting) -> Assessment | None:
        planned = self.assessment
        return self.judge.assess(planned.scope, planned.aliases, planned.group, setting)
