# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""What is planned, as the protocol sees it: an ``Item``. Pure, no I/O.

Of a setting, that is its assessment with the judge that can repeat it (``SettingItem``). An assessment of a row is one by itself.
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
    """Something of the plan: a setting or a row, with the verdict on it."""

    @property
    def place(self) -> Place:
        """Where it lies."""

    @property
    def identity(self) -> str:
        """Which of the entries of its place it is."""

    @property
    def kind(self) -> Kind:
        """How it is to be written to."""

    @property
    def approval(self) -> str:
        """What was planned, and so approved: action, what goes, collateral."""

    @property
    def subjects(self) -> frozenset[int]:
        """Whose data it holds."""

    @property
    def entry(self) -> t.Any:
        """The setting or the row as it was judged."""

    @property
    def touches(self) -> bool:
        """Whether something of it is to be erased."""

    def after(self) -> t.Any:
        """The entry as it is to be afterwards; None: gone. :raises ValueError: when that can't be made."""

    def identity_of(self, entry: t.Any) -> str:
        """The identity of any entry of the place."""

    def again(self, entry: t.Any, seen: Snapshot) -> Item | None:
        """The item as it is judged now, of what its entry is now; None when nothing of the person is in it."""

    def is_planned_to_go(self, entry: t.Any) -> bool:
        """Whether another entry of the place would be deleted as a whole, too."""

    def is_saved_anew(self, wanted: t.Any, current: t.Any) -> bool:
        """Whether an entry is a later one of somebody else, with nothing of the person and all that was to be kept."""


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
            return self  # the judge is pure: the same text has the same verdict
        found = self._assessed(entry)
        return SettingItem(found, self.judge) if found else None

    def is_planned_to_go(self, entry: Setting) -> bool:
        found = self._assessed(entry)
        return found is not None and found.verdict is Verdict.DELETE

    def is_saved_anew(self, wanted: t.Any, current: t.Any) -> bool:
        """Whether an agent has saved the setting right after us: nothing of the person is in it, and all that was kept still is."""
        if self.judge.matcher.in_value(current):
            return False
        key = self.assessment.group.key
        kept, now = (collections.Counter(map(canonical, record_values(setting, key))) for setting in (wanted, current))
        return bool(now) and not kept - now

    def _assessed(self, setting: Setting) -> Assessment | None:
        planned = self.assessment
        return self.judge.assess(planned.scope, planned.aliases, planned.group, setting)
