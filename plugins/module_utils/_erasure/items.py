# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""A planned setting as the protocol sees it: the assessment, with the judge that can repeat it. Rows are so by themselves. Pure, no I/O."""

from __future__ import annotations

import collections
import dataclasses
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._core.records import record_values
from ansible_collections.genesys.gws.plugins.module_utils._erasure.actions import GroupPlace, Seen
from ansible_collections.genesys.gws.plugins.module_utils._erasure.judge import Assessment, Judge, Verdict, identity_of
from ansible_collections.genesys.gws.plugins.module_utils._gws_api.settings import Setting, canonical


@dataclasses.dataclass(frozen=True)
class SettingItem:
    """See ``protocol.Item``."""

    assessment: Assessment
    judge: Judge

    @property
    def place(self) -> GroupPlace:
        return self.assessment.place

    @property
    def identity(self) -> str:
        return self.assessment.identity

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

    def again(self, seen: Seen) -> SettingItem | None:
        setting = next((setting for setting in seen.entries if self.identity_of(setting) == self.identity), None)
        found = self._assessed(setting) if setting is not None else None
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
