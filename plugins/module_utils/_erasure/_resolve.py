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

from ansible_collections.genesys.gws.plugins.module_utils._erasure._plan import Judge, Plan, Resource, Verdict
from ansible_collections.genesys.gws.plugins.module_utils._findings import Finding, OpaqueNames
from ansible_collections.genesys.gws.plugins.module_utils._gws_api._settings import (
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


class Resolver:
    """Reads the owners' settings, each owner once."""

    def __init__(self, api: SettingsApi, judge: Judge, me: dict[str, t.Any]) -> None:
        self._api = api
        self._judge = judge
        self._opaque = OpaqueNames(judge.subjects)
        centre = str(me.get("contactCenterId") or "").replace("-", "")
        self._centre = (centre,) if centre else ()
        self._resources: list[Resource] = []
        self._read: set[str] = set()
        self._groups: set[str] = set(WELL_KNOWN_GROUPS)

    def resolve(self, findings: t.Sequence[Finding] | None) -> Resolved:
        """The plan for these findings; without findings (None) for whatever the API shows of the subjects."""
        if findings is not None and not findings:
            return Resolved(Plan(self._judge.subjects, ()), (), 0, 0)
        users = self._api.users()
        self._read_scope(CONTACT_CENTRE, self._centre)
        owners = self._owners(users, findings or ())
        for user in users:
            if findings is None or user.id in owners:
                self._read_scope(Scope(user.id), user.aliases)
        if findings and any(not self._candidates(finding) for finding in findings):
            for user in users:
                self._read_scope(Scope(user.id), user.aliases)
        known = {self._opaque.of(alias) for user in users for alias in user.aliases}
        return Resolved(
            plan=Plan(self._judge.subjects, tuple(self._resources)),
            classes=tuple(self._classify(findings or (), known)),
            users=len(users),
            users_read=len(self._read - {""}),
        )

    def _owners(self, users: t.Sequence[User], findings: t.Sequence[Finding]) -> set[str]:
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
                self._resources.extend(self._judge.assess_all(scope, aliases, group, content))

    def _refs(self, resource: Resource) -> set[str]:
        return {self._judge.subjects.subjects[number].ref for number in resource.subjects}

    def _candidates(self, finding: Finding) -> list[Resource]:
        """The settings in the API that the finding may be: of the same subject, of an owner that the row names."""
        found = []
        for resource in self._resources:
            if finding.subject in self._refs(resource) and any(self._opaque.of(alias) in finding.names for alias in resource.aliases):
                found.append(resource)
        users_first = [resource for resource in found if resource.scope != CONTACT_CENTRE]
        return users_first or found

    def _names_setting(self, finding: Finding, resource: Resource) -> bool:
        """Whether the row names the group or the key of the setting (a key that is the person's own identifier tells nothing)."""
        if self._opaque.of(resource.group.name) in finding.names:
            return True
        key = str(resource.setting.get(resource.group.key, ""))
        return bool(key) and not self._judge.matcher.in_value(key) and self._opaque.of(key) in finding.names

    def _classify(self, findings: t.Sequence[Finding], known: set[str]) -> t.Iterator[tuple[Finding, FindingClass]]:
        groups = {self._opaque.of(group) for group in self._groups}
        candidates = [self._candidates(finding) for finding in findings]
        named = [
            [resource for resource in found if self._names_setting(finding, resource)]
            for finding, found in zip(findings, candidates, strict=True)
        ]
        has_row = {id(resource) for resources in named for resource in resources}
        for index, finding in enumerate(findings):
            if not candidates[index]:  # no owner in the row: a setting that no other row stands for may be it
                named[index] = [
                    resource
                    for resource in self._resources
                    if id(resource) not in has_row and finding.subject in self._refs(resource) and self._names_setting(finding, resource)
                ]
        settings_tables = {finding.table for finding, resources in zip(findings, named, strict=True) if resources or finding.names & groups}
        for finding, weak, strong in zip(findings, candidates, named, strict=True):
            if strong or (weak and (finding.table in settings_tables or any(id(resource) not in has_row for resource in weak))):
                yield finding, FindingClass.EXPLAINED
            elif finding.table not in settings_tables:
                yield finding, FindingClass.OUTSIDE
            elif finding.names & known:
                yield finding, FindingClass.UNRESOLVED
            else:
                yield finding, FindingClass.ORPHANED


def verdicts_of(resolved: Resolved) -> dict[Verdict, int]:
    """How many settings have each verdict."""
    return {verdict: resolved.plan.count(verdict) for verdict in Verdict}
