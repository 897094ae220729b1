# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Matches findings in Cassandra to settings in the API. Reads only.

Cassandra answers *who* (names in the row), the API answers *what*. If the owner of a finding is not among the names, or has no settings with data of
the person, the run reads the settings of all users. ``explain`` decides the class of each finding.

Whose settings are read, by the source of the search: ``cassandra``: those of the owners whom the findings name; ``api`` (no findings): everybody's; ``both``:
everybody's, and then the two are compared.
"""

from __future__ import annotations

import collections
import dataclasses
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._core.certainty import Certainty
from ansible_collections.genesys.gws.plugins.module_utils._core.errors import GwsError
from ansible_collections.genesys.gws.plugins.module_utils._core.findings import Finding, OpaqueNames
from ansible_collections.genesys.gws.plugins.module_utils._erasure.directory import Directory, Name, NameIndex, tokens_of
from ansible_collections.genesys.gws.plugins.module_utils._erasure.explain import (
    WELL_KNOWN_GROUPS,
    Explanations,
    FindingClass,
    ShownSetting,
)
from ansible_collections.genesys.gws.plugins.module_utils._erasure.judge import Assessment, Judge
from ansible_collections.genesys.gws.plugins.module_utils._erasure.plan import Plan
from ansible_collections.genesys.gws.plugins.module_utils._erasure.rules import Verdict
from ansible_collections.genesys.gws.plugins.module_utils._gws_api.address import addressable
from ansible_collections.genesys.gws.plugins.module_utils._gws_api.settings import (
    CONTACT_CENTRE,
    Scope,
    SettingsApi,
    User,
)

__all__ = ["FindingClass", "Resolved", "Resolver"]


@dataclasses.dataclass(frozen=True)
class Resolved:
    """The plan, and the class of each finding, in the order of the findings.

    ``settings_without_row``: settings of the plan without a finding.
    """

    plan: Plan
    classes: tuple[tuple[Finding, FindingClass], ...]
    users: int
    users_read: int
    settings_without_row: tuple[Assessment, ...] = ()

    def of_class(self, wanted: FindingClass) -> list[Finding]:
        """The findings of a class."""
        return [finding for finding, found in self.classes if found is wanted]

    def per_table(self, wanted: FindingClass) -> dict[str, int]:
        """How many findings of a class each table has."""
        return dict(sorted(collections.Counter(finding.table for finding in self.of_class(wanted)).items()))


@dataclasses.dataclass(frozen=True)
class _Read:
    """What the API shows for one owner: the names of all groups, and the settings with data of the subjects."""

    groups: tuple[str, ...]
    resources: tuple[Assessment, ...]


class Resolver:
    """Reads the settings of the owners, each owner once, several in parallel. The results are in the order of the users."""

    def __init__(self, api: SettingsApi, judge: Judge, me: dict[str, t.Any]) -> None:
        self._api = api
        self._judge = judge
        self._opaque = OpaqueNames(judge.subjects)
        self._me = str(me.get("id") or "")
        centre = str(me.get("contactCenterId") or "").replace("-", "")
        self._centre = (centre,) if centre else ()
        self._read: dict[str, _Read] = {}

    def resolve(self, findings: t.Sequence[Finding] | None, *, everybody: bool = False) -> Resolved:
        """The plan for these findings; without findings (None) for everything that the API shows of the subjects.

        :param everybody: read all users' settings in any case.
        """
        if findings is not None and not findings and not everybody:
            return Resolved(Plan(self._judge.subjects, ()), (), 0, 0)
        users = self._api.users(thorough=findings is None or everybody)
        for user in users:
            self._judge.holds.learn_user(user.id, user.login_names, is_me=user.id == self._me)
        self._read_owners([(CONTACT_CENTRE, self._centre)])
        by_name = self._index_of(users)
        named = [] if findings is None else [_owners_in(finding, by_name) for finding in findings]
        wanted = set().union(*named)
        self._read_users([user for user in users if findings is None or everybody or user.id in wanted])
        if findings and self._shows_too_little(findings, named):
            self._read_users(users)
        order = ["", *(user.id for user in users)]
        resources = [resource for owner in order if owner in self._read for resource in self._read[owner].resources]
        explanations = Explanations(findings or (), [self._shown(resource) for resource in resources], self._directory(users))
        return Resolved(
            plan=Plan(self._judge.subjects, tuple(resources)),
            classes=explanations.classes,
            users=len(users),
            users_read=len(self._read.keys() - {""}),
            settings_without_row=tuple(resource for number, resource in enumerate(resources) if number not in explanations.with_row),
        )

    # Reading

    def _read_users(self, users: t.Iterable[User]) -> None:
        self._read_owners([(Scope(user.id), user.aliases) for user in users])

    def _read_owners(self, owners: t.Iterable[tuple[Scope, tuple[str, ...]]]) -> None:
        new = [(scope, aliases) for scope, aliases in owners if scope.owner not in self._read]
        for (scope, _aliases), read in zip(new, self._api.workers.map(self._read_owner, new), strict=True):
            self._read[scope.owner] = read

    def _read_owner(self, owner: tuple[Scope, tuple[str, ...]]) -> _Read:
        scope, aliases = owner
        groups = self._api.groups(scope)
        resources: list[Assessment] = []
        for group in groups:
            content = self._api.content(scope, group)
            if content is None and group in self._api.groups(scope):
                raise GwsError(
                    "gws_incomplete",
                    "GWS lists a settings group but then does not find it, so the settings could not be read completely: see the GWS log, then run it again.",
                )
            if content is not None:
                found = self._judge.assess_all(scope, aliases, group, content)
                resources.extend(found if addressable(group.name) else map(_left, found))
        return _Read(tuple(group.name for group in groups), tuple(resources))

    def _index_of(self, users: t.Sequence[User]) -> NameIndex:
        """All names of users, including those that are identifiers of a person: more owners than necessary may be read, never fewer."""
        names = ((alias, user.id) for user in users for alias in user.aliases)
        return NameIndex((Name.of(alias, self._opaque), owner) for alias, owner in (*((name, "") for name in self._centre), *names))

    def _shows_too_little(self, findings: t.Sequence[Finding], named: t.Sequence[set[str]]) -> bool:
        """Whether for some finding none of the named owners has data of its subject."""
        shown: dict[str, set[str]] = collections.defaultdict(set)
        for owner, read in self._read.items():
            for resource in read.resources:
                for number in self._certainties(resource):
                    shown[self._judge.subjects.subjects[number].ref].add(owner)
        return any(not shown[finding.subject] & ((owners - {""}) or owners) for finding, owners in zip(findings, named, strict=True))

    # What the API knows, in the form of the findings

    def _certainties(self, resource: Assessment) -> dict[int, Certainty]:
        certainties: dict[int, Certainty] = {}
        for hit in self._judge.matcher.in_value(resource.setting):
            certainties[hit.subject] = max(hit.certainty, certainties.get(hit.subject, hit.certainty))
        return certainties

    def _shown(self, resource: Assessment) -> ShownSetting:
        key = str(resource.setting.get(resource.group.key, ""))
        return ShownSetting(
            owner=resource.scope.owner,
            group=Name.of(resource.group.name, self._opaque),
            key=Name.of(key, self._opaque) if key else None,
            key_is_personal=bool(self._judge.matcher.in_value(key)),
            certainty={self._judge.subjects.subjects[number].ref: found for number, found in self._certainties(resource).items()},
        )

    def _directory(self, users: t.Sequence[User]) -> Directory:
        owners: list[tuple[Name, str]] = [(Name.of(name, self._opaque), "") for name in self._centre]
        personal: list[tuple[Name, str]] = []
        for user in users:
            for alias in user.aliases:
                # An agent may be the person: then the name of the user may occur in rows of anybody.
                (personal if self._judge.matcher.in_value(alias) else owners).append((Name.of(alias, self._opaque), user.id))
        groups = {group for read in self._read.values() for group in read.groups} | set(WELL_KNOWN_GROUPS)
        return Directory(
            owners=NameIndex(owners),
            personal=NameIndex(personal),
            known_words=frozenset(self._opaque.of(word) for user in users for word in user.known_as),
            groups=NameIndex((Name.of(group, self._opaque), group) for group in groups),
            neutral=Directory.neutral_words(self._opaque),
        )


def _left(resource: Assessment) -> Assessment:
    """Settings whose name can't be part of a URL can't be erased."""
    return dataclasses.replace(resource, verdict=Verdict.SHARED, records=(), collateral=0) if resource.verdict.touches else resource


def _owners_in(finding: Finding, by_name: NameIndex) -> set[str]:
    """The owners whom a row names anywhere."""
    owners = {by_name.by_whole[name] for name in finding.names if name in by_name.by_whole}
    for _column, readings in finding.named.keys:
        owners.update(owner for reading in readings for _start, _end, owner in by_name.find(tokens_of(reading)))
    return owners
