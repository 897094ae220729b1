# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""From findings in Cassandra to settings in the API, and back: what each finding turned out to be. Reads only.

Cassandra answers *who* (names in the row), the API answers *what*. A finding whose owner is not among the names, or whose owner
shows nothing of the person, makes the run look through the settings of all users. What is unexplained then is classed:

* ``orphaned``: a row of a table of settings that names an owner, but none whom GWS knows;
* ``outside``: a row of a table that holds no settings;
* ``unresolved``: a row of a known owner in a table of settings, which the API does not show. It is never good.
"""

from __future__ import annotations

import collections
import dataclasses
import enum
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._core.findings import Finding, OpaqueNames
from ansible_collections.genesys.gws.plugins.module_utils._erasure.judge import Assessment, Judge
from ansible_collections.genesys.gws.plugins.module_utils._erasure.plan import Plan
from ansible_collections.genesys.gws.plugins.module_utils._gws_api.settings import (
    CONTACT_CENTRE,
    Scope,
    SettingsApi,
    User,
)

# Groups in which Workspace keeps contacts, known from its documentation; they tell a table of settings when the API shows none.
WELL_KNOWN_GROUPS = ("interaction-workspace", "interaction-workspace-personal-favorites")


class FindingClass(enum.Enum):
    """What a finding turned out to be."""

    EXPLAINED = "explained"  # the API shows it; the verdict of the setting says the rest
    ORPHANED = "orphaned"
    OUTSIDE = "outside"
    UNRESOLVED = "unresolved"


@dataclasses.dataclass(frozen=True)
class Resolved:
    """The plan, and the class of each finding (in the order of the findings)."""

    plan: Plan
    classes: tuple[tuple[Finding, FindingClass], ...]
    users: int
    users_read: int

    def of_class(self, wanted: FindingClass) -> list[Finding]:
        """The findings of a class."""
        return [finding for finding, found in self.classes if found is wanted]

    def per_table(self, wanted: FindingClass) -> dict[str, int]:
        """How many findings of a class each table has."""
        return dict(sorted(collections.Counter(finding.table for finding in self.of_class(wanted)).items()))


@dataclasses.dataclass(frozen=True)
class _Shown:
    """A setting that the API shows, with the opaque names by which a row may name it. ``key`` is '' when it tells nothing."""

    resource: Assessment
    owners: frozenset[str]
    group: str
    key: str

    def is_named_by(self, finding: Finding) -> bool:
        """Whether a row names the group or the key of the setting."""
        return self.group in finding.names or (bool(self.key) and self.key in finding.names)


class Resolver:
    """Reads the owners' settings, each owner once."""

    def __init__(self, api: SettingsApi, judge: Judge, me: dict[str, t.Any]) -> None:
        self._api = api
        self._judge = judge
        self._opaque = OpaqueNames(judge.subjects)
        centre = str(me.get("contactCenterId") or "").replace("-", "")
        self._centre = (centre,) if centre else ()
        self._shown: dict[str, list[_Shown]] = collections.defaultdict(list)
        self._resources: list[Assessment] = []
        self._read: set[str] = set()
        self._groups: set[str] = set(WELL_KNOWN_GROUPS)
        self._known: frozenset[str] = frozenset()
        self._centre_names = frozenset(self._opaque.of(name) for name in self._centre)

    def resolve(self, findings: t.Sequence[Finding] | None) -> Resolved:
        """The plan for these findings; without findings (None) for whatever the API shows of the subjects."""
        if findings is not None and not findings:
            return Resolved(Plan(self._judge.subjects, ()), (), 0, 0)
        users = self._api.users()
        # An agent may be the person: then the user's name stands in rows of anybody, and tells no owner.
        self._known = frozenset(
            self._opaque.of(alias) for user in users for alias in user.aliases if not self._judge.matcher.in_value(alias)
        )
        self._read_scope(CONTACT_CENTRE, self._centre)
        owners = self._owners(users, findings or ())
        for user in users:
            if findings is None or user.id in owners:
                self._read_scope(Scope(user.id), user.aliases)
        if findings and any(not self._candidates(finding) for finding in findings):
            for user in users:
                self._read_scope(Scope(user.id), user.aliases)
        return Resolved(
            plan=Plan(self._judge.subjects, tuple(self._resources)),
            classes=tuple(self._classify(findings or ())),
            users=len(users),
            users_read=len(self._read - {""}),
        )

    def _owners(self, users: t.Sequence[User], findings: t.Sequence[Finding]) -> set[str]:
        """The users whom the rows name, wherever they do: more may be read than needed, never less."""
        by_name = {self._opaque.of(alias): user.id for user in users for alias in user.aliases}
        return {by_name[name] for finding in findings for name in finding.names if name in by_name}

    def _read_scope(self, scope: Scope, aliases: tuple[str, ...]) -> None:
        if scope.owner in self._read:
            return
        self._read.add(scope.owner)
        for group in self._api.groups(scope):
            self._groups.add(group.name)
            content = self._api.content(scope, group)
            if content is not None:
                for resource in self._judge.assess_all(scope, aliases, group, content):
                    self._keep(resource)

    def _keep(self, resource: Assessment) -> None:
        key = str(resource.setting.get(resource.group.key, ""))
        if self._judge.matcher.in_value(key):
            key = ""  # the person's own identifier stands in rows of any table
        shown = _Shown(
            resource,
            frozenset(self._opaque.of(alias) for alias in resource.aliases),
            self._opaque.of(resource.group.name),
            self._opaque.of(key) if key else "",
        )
        self._resources.append(resource)
        for number in resource.subjects:
            self._shown[self._judge.subjects.subjects[number].ref].append(shown)

    def _owner_names(self, finding: Finding) -> frozenset[str]:
        """The names among which the owner is: those of the first tier that names a known owner, or an id that is unknown."""
        for tier in finding.tiers:
            if tier.names & self._known or tier.ids - self._centre_names:
                return tier.names
        return finding.names

    def _candidates(self, finding: Finding) -> list[_Shown]:
        """The settings in the API that the finding may be: of the same subject, of the owner whom the row names.

        A row that names a user may name the contact centre as well (as a part of its key): then the user is the owner. A row with an id
        that nobody has is not the contact centre's.
        """
        names = self._owner_names(finding)
        ids = frozenset().union(*(tier.ids for tier in finding.tiers if tier.names <= names))
        users = names & self._known
        centre = bool(names & self._centre_names) and not users and not ids - self._centre_names
        return [
            shown
            for shown in self._shown[finding.subject]
            if (centre if shown.resource.scope == CONTACT_CENTRE else bool(shown.owners & users))
        ]

    def _classify(self, findings: t.Sequence[Finding]) -> t.Iterator[tuple[Finding, FindingClass]]:
        groups = {self._opaque.of(group) for group in self._groups}
        candidates = [self._candidates(finding) for finding in findings]
        named = [[shown for shown in found if shown.is_named_by(finding)] for finding, found in zip(findings, candidates, strict=True)]
        has_row = {id(shown) for settings in named for shown in settings}
        for index, finding in enumerate(findings):
            if not candidates[index] and not self._owner_names(finding) & self._known:
                # no known owner in the row: a setting that no other row stands for may be it; the contact centre's only without other ids
                unknown_ids = frozenset().union(*(tier.ids for tier in finding.tiers)) - self._centre_names
                named[index] = [
                    shown
                    for shown in self._shown[finding.subject]
                    if id(shown) not in has_row
                    and shown.is_named_by(finding)
                    and not (unknown_ids and shown.resource.scope == CONTACT_CENTRE)
                ]
        tables_that_name = {finding.table for finding, settings in zip(findings, named, strict=True) if settings}
        settings_tables = tables_that_name | {finding.table for finding in findings if finding.names & groups}
        for finding, weak, strong in zip(findings, candidates, named, strict=True):
            owner_only = finding.table not in tables_that_name and any(id(shown) not in has_row for shown in weak)
            if strong or owner_only:
                yield finding, FindingClass.EXPLAINED
            elif finding.table not in settings_tables:
                yield finding, FindingClass.OUTSIDE
            elif self._owner_names(finding) & self._known:
                yield finding, FindingClass.UNRESOLVED
            else:
                yield finding, FindingClass.ORPHANED
