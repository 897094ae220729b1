# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""What would be erased: settings that the API returned and the matcher matched, and the action for each. Pure, no I/O.

``assess`` looks at one setting and decides; it is used to plan, and again on the setting as it is read right before it is touched.
A plan cannot write. Its digest is over resources, actions and the records that go, so that an approval is bound to exactly these.
"""

from __future__ import annotations

import collections
import dataclasses
import enum
import hashlib
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._erasure._holds import Holds
from ansible_collections.genesys.gws.plugins.module_utils._errors import RefusedError
from ansible_collections.genesys.gws.plugins.module_utils._gws_api._settings import (
    CONTACT_CENTRE,
    Content,
    Group,
    Scope,
    Setting,
    canonical,
    quoted,
)
from ansible_collections.genesys.gws.plugins.module_utils._identity import Subjects
from ansible_collections.genesys.gws.plugins.module_utils._matching import Certainty, Matcher, Path
from ansible_collections.genesys.gws.plugins.module_utils._records import records_of, value_at, without


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
class Resource:
    """A setting of GWS that has something of a subject. ``aliases`` are the names of its owner."""

    scope: Scope
    aliases: tuple[str, ...]
    group: Group
    setting: Setting
    verdict: Verdict
    subjects: frozenset[int]
    records: tuple[Path, ...]
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

    def assess_all(self, scope: Scope, aliases: tuple[str, ...], group: Group, content: Content) -> list[Resource]:
        """The resources of a group that have something of a subject."""
        found = [self.assess(scope, aliases, group, setting) for setting in content.settings]
        if content.system is not None:
            resource = self.assess(scope, aliases, group, content.system)
            found.append(resource and dataclasses.replace(resource, verdict=Verdict.SYSTEM))
        return [resource for resource in found if resource is not None]

    def assess(self, scope: Scope, aliases: tuple[str, ...], group: Group, setting: Setting) -> Resource | None:
        """The resource and the verdict; None when nothing of a subject is in the setting."""
        hits = self.matcher.in_value(setting)
        if not hits:
            return None
        floor = Certainty.POSSIBLE if self.policy.possible else Certainty.EXACT
        sure = [hit for hit in hits if hit.certainty >= floor]
        records = records_of(setting, group.key)
        wanted = {records.record_of(hit.path) for hit in sure}
        going = tuple(path for path in wanted if path)
        held = {path for path in going if self.holds.cover_value(_at(setting, path))}
        resource = Resource(
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

        def verdict(value: Verdict, **changes: t.Any) -> Resource:
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


def _at(setting: Setting, path: Path) -> t.Any:
    return [str(path[-1]), value_at(setting, path)]


@dataclasses.dataclass(frozen=True)
class Plan:
    """All resources that were found, each once."""

    subjects: Subjects
    resources: tuple[Resource, ...]

    @property
    def to_touch(self) -> list[Resource]:
        """Those that would be changed, in a fixed order."""
        return sorted((resource for resource in self.resources if resource.verdict.touches), key=lambda resource: resource.path)

    def count(self, verdict: Verdict) -> int:
        """How many resources have a verdict."""
        return sum(1 for resource in self.resources if resource.verdict is verdict)

    @property
    def digest(self) -> str:
        """Equal for equal plans; another resource, action or record makes another digest."""
        lines = sorted(
            canonical(
                [
                    resource.path,
                    resource.verdict.value,
                    sorted(canonical(_at(resource.setting, path)) for path in resource.records),
                ]
            )
            for resource in self.to_touch
        )
        return hashlib.sha256("\n".join([self.subjects.search_id, *lines]).encode()).hexdigest()

    def check(self, *, max_deletes: int, max_per_subject: int, expected: str | None) -> None:
        """Raise RefusedError when the plan is over a cap, or is not the one that was approved."""
        total = len(self.to_touch)
        if total > max_deletes:
            raise RefusedError(
                "cap_exceeded",
                f"Nothing was deleted: {total} settings would be touched, more than max_deletes ({max_deletes}). Look at the dry run, then raise the cap.",
            )
        per_subject = collections.Counter(subject for resource in self.to_touch for subject in resource.subjects)
        over = [subject for subject, count in per_subject.items() if count > max_per_subject]
        if over:
            raise RefusedError(
                "cap_exceeded",
                f"Nothing was deleted: {len(over)} subject(s) would lose more than max_per_subject ({max_per_subject}) settings, "
                f"{max(per_subject.values())} at most. Look at the dry run, then raise the cap.",
            )
        if expected and expected.strip().lower() != self.digest:
            raise RefusedError(
                "other_plan",
                "Nothing was deleted: the plan is not the one that was approved (expect_plan). Do a dry run and approve again.",
            )
