# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Decides what is to happen to a setting: the policy, as one set of rules. Pure, no I/O.

``assess`` looks at one setting. It is used to plan, and again on the setting as it is read right before it is touched.
"""

from __future__ import annotations

import dataclasses
import enum
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._core.certainty import Certainty
from ansible_collections.genesys.gws.plugins.module_utils._core.json_edit import without
from ansible_collections.genesys.gws.plugins.module_utils._core.json_path import JsonPath, value_at
from ansible_collections.genesys.gws.plugins.module_utils._core.matching import Matcher
from ansible_collections.genesys.gws.plugins.module_utils._core.records import records_of
from ansible_collections.genesys.gws.plugins.module_utils._core.subjects import Subjects
from ansible_collections.genesys.gws.plugins.module_utils._erasure.holds import Holds
from ansible_collections.genesys.gws.plugins.module_utils._gws_api.settings import (
    CONTACT_CENTRE,
    Content,
    Group,
    Scope,
    Setting,
    quoted,
)


class Verdict(enum.Enum):
    """What is to happen to a setting, or why nothing is."""

    DELETE = "delete"
    REDACT = "redact"
    HELD = "held"  # a legal hold
    CORPORATE = "corporate"  # contact-centre settings, left to their administrators
    OTHER_GROUP = "other_group"  # not in the groups asked for
    POSSIBLE = "possible"  # nothing in it is surely the person
    SHARED = "shared"  # holds several contacts and is not to be touched, or cannot be split
    SYSTEM = "system"  # a system group: it has no settings that could be deleted

    @property
    def touches(self) -> bool:
        """Whether the setting would be changed."""
        return self in (Verdict.DELETE, Verdict.REDACT)


@dataclasses.dataclass(frozen=True)
class Policy:
    """How to decide. ``shared``: redact, delete or report."""

    shared: str
    corporate: bool
    possible: bool
    groups: tuple[str, ...]


@dataclasses.dataclass(frozen=True)
class Assessment:
    """A setting of GWS that has something of a subject. ``aliases`` are the names of its owner."""

    scope: Scope
    aliases: tuple[str, ...]
    group: Group
    setting: Setting
    verdict: Verdict
    subjects: frozenset[int]
    records: tuple[JsonPath, ...]
    collateral: int
    held: bool

    @property
    def path(self) -> str:
        """Its place in GWS. Holds the key of the setting, so it never leaves the module."""
        return "{}/{}".format(self.group.path(self.scope), quoted(str(self.setting.get(self.group.key, ""))))

    def same_setting(self, other: Setting) -> bool:
        """Whether another reading is of the same setting: its key (and location, for recordings) is the same."""
        return self.setting.get(self.group.key) == other.get(self.group.key) and self.setting.get("location") == other.get("location")

    def after(self) -> Setting | None:
        """What is to be there afterwards: None, or the setting without the records. :raises ValueError: if it can't be cut."""
        if self.verdict is Verdict.DELETE:
            return None
        return without(self.setting, self.records)


@dataclasses.dataclass(frozen=True)
class Judge:
    """Decides about settings by one set of rules."""

    subjects: Subjects
    matcher: Matcher
    policy: Policy
    holds: Holds

    def assess_all(self, scope: Scope, aliases: tuple[str, ...], group: Group, content: Content) -> list[Assessment]:
        """The resources of a group that have something of a subject."""
        found = [self.assess(scope, aliases, group, setting) for setting in content.settings]
        if content.system is not None:
            resource = self.assess(scope, aliases, group, content.system)
            found.append(resource and dataclasses.replace(resource, verdict=Verdict.SYSTEM))
        return [resource for resource in found if resource is not None]

    def assess(self, scope: Scope, aliases: tuple[str, ...], group: Group, setting: Setting) -> Assessment | None:
        """The resource and the verdict; None when nothing of a subject is in the setting."""
        hits = self.matcher.in_value(setting)
        if not hits:
            return None
        floor = Certainty.POSSIBLE if self.policy.possible else Certainty.EXACT
        sure = [hit for hit in hits if hit.certainty >= floor]
        records = records_of(setting, group.key)
        wanted = {records.record_of(hit.path) for hit in sure}
        going = tuple(path for path in wanted if path)
        held = {path for path in going if self.holds.cover_value(part_at(setting, path))}
        resource = Assessment(
            scope=scope,
            aliases=aliases,
            group=group,
            setting=setting,
            verdict=Verdict.DELETE,
            subjects=frozenset(hit.subject for hit in (sure or hits)),
            records=(),
            collateral=0,
            held=bool(held),
        )

        def verdict(value: Verdict, **changes: t.Any) -> Assessment:
            return dataclasses.replace(resource, verdict=value, **changes)

        if self.policy.groups and group.name not in self.policy.groups:
            return verdict(Verdict.OTHER_GROUP)
        if scope == CONTACT_CENTRE and not self.policy.corporate:
            return verdict(Verdict.CORPORATE)
        if not sure:
            return verdict(Verdict.POSSIBLE)
        if self.holds.cover_owner(aliases) or self.holds.cover_path(resource.path):
            return verdict(Verdict.HELD, held=True)
        if group.key not in setting:
            return verdict(Verdict.SHARED)  # without its key it can't be named to GWS
        if not records.elements:
            whole_held = self.holds.cover_value(setting)
            return verdict(Verdict.HELD, held=True) if whole_held else resource
        if self.policy.shared == "delete":
            others = len(records.elements) - len(going)
            if self.holds.cover_value(setting):
                return verdict(Verdict.HELD, held=True)
            return verdict(Verdict.DELETE, collateral=others)
        if self.policy.shared == "report" or None in wanted:
            if None in wanted and len(going) == len(records.elements) and not held:
                return resource  # every record is the person's, and so is what lies beside them
            return verdict(Verdict.SHARED)
        cut = tuple(path for path in going if path not in held)
        if not cut:
            return verdict(Verdict.HELD)
        return verdict(Verdict.REDACT, records=cut)


def part_at(setting: Setting, path: JsonPath) -> t.Any:
    return [str(path[-1]), value_at(setting, path)]
