# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Applies the rules to settings of GWS. The results are assessments, from which a plan is made. Pure, no I/O.

``Judge.assess`` is used for the plan, and again for what is read right before a write, unless that is exactly the planned text.
"""

from __future__ import annotations

import collections
import dataclasses
import functools
import typing as t
import unicodedata

from ansible_collections.genesys.gws.plugins.module_utils._core.certainty import Certainty
from ansible_collections.genesys.gws.plugins.module_utils._core.matching import Matcher
from ansible_collections.genesys.gws.plugins.module_utils._core.subjects import Subjects
from ansible_collections.genesys.gws.plugins.module_utils._erasure.actions import GroupPlace
from ansible_collections.genesys.gws.plugins.module_utils._erasure.collateral import contacts_in
from ansible_collections.genesys.gws.plugins.module_utils._erasure.holds import Holds
from ansible_collections.genesys.gws.plugins.module_utils._erasure.rules import Case, Policy, Ruling, Verdict, rule_on
from ansible_collections.genesys.gws.plugins.module_utils._gws_api.settings import (
    CONTACT_CENTRE,
    Content,
    Group,
    Scope,
    Setting,
    canonical,
    parse_object,
    quoted,
)


@dataclasses.dataclass(frozen=True)
class Assessment:
    """A setting of GWS with data of a subject. ``aliases`` are the names of its owner. ``records`` are the JSON texts of the records to remove,
    ``edited`` is that of the setting without them.
    """

    scope: Scope
    aliases: tuple[str, ...]
    group: Group
    setting: Setting
    verdict: Verdict
    subjects: frozenset[int]
    records: tuple[str, ...]
    collateral: int
    held: bool
    edited: str | None = dataclasses.field(default=None, repr=False)

    @functools.cached_property
    def path(self) -> str:
        """Its path in GWS. It contains the key of the setting, so it never leaves the module."""
        return path_of(self.scope, self.group, self.setting)

    @property
    def place(self) -> GroupPlace:
        """The group that contains it."""
        return GroupPlace(self.scope, self.group)

    @property
    def touches(self) -> bool:
        """Whether data of it is to be erased."""
        return self.verdict.touches

    @functools.cached_property
    def identity(self) -> str:
        """Identifies the setting within its group."""
        return identity_of(self.group, self.setting)

    @functools.cached_property
    def approval(self) -> str:
        """What an approval covers: the action, the data to remove (not what stays), and other people's records to remove."""
        goes = list(self.records) if self.verdict is Verdict.REDACT else [canonical(self.setting)]
        return canonical([self.path, self.verdict.value, goes, self.collateral])

    def after(self) -> Setting | None:
        """The setting after the erasure: None, or the setting without the records."""
        if self.verdict is Verdict.DELETE:
            return None
        return self.setting if self.edited is None else parse_object(self.edited)


@dataclasses.dataclass(frozen=True)
class Judge:
    """Applies one list of rules."""

    subjects: Subjects
    matcher: Matcher
    policy: Policy
    holds: Holds

    def assess_all(self, scope: Scope, aliases: tuple[str, ...], group: Group, content: Content) -> list[Assessment]:
        """Assess the settings of a group that contain data of a subject."""
        found = [self.assess(scope, aliases, group, setting) for setting in content.settings]
        for together in _of_one_address(group, content.settings):
            if any(one is None or one.verdict is not Verdict.DELETE for one in (found[number] for number in together)):
                for number in together:  # whichever GWS takes for the one that is named, it may be another one's
                    found[number] = self.assess(scope, aliases, group, content.settings[number], is_alone=False)
        if content.system is not None:
            resource = self.assess(scope, aliases, group, content.system)
            found.append(resource and dataclasses.replace(resource, verdict=Verdict.SYSTEM))
        return [resource for resource in found if resource is not None]

    def assess(self, scope: Scope, aliases: tuple[str, ...], group: Group, setting: Setting, *, is_alone: bool = True) -> Assessment | None:
        """Assess a setting; None if it contains no data of a subject. :param is_alone: whether no other setting has the same address."""
        hits = self.matcher.in_value(setting)
        if not hits:
            return None
        floor = Certainty.POSSIBLE if self.policy.possible else Certainty.EXACT
        is_certain = [hit for hit in hits if hit.certainty >= floor]
        contacts = contacts_in(setting, group.key, self.matcher, floor, aliases)
        ruling = rule_on(
            Case(
                policy=self.policy,
                holds=self.holds,
                owners=aliases,
                paths=(path_of(scope, group, setting),),
                names=(),
                value=setting,
                in_group=not self.policy.groups or group.name in self.policy.groups,
                corporate=scope == CONTACT_CENTRE,
                is_certain=bool(is_certain or contacts.going),
                addressable=is_alone and _is_name(setting.get(group.key)),
                can_be_redacted=True,
                contacts=contacts,
                held=frozenset(record for record in contacts.going if self.holds.cover_value(record.value)),
            )
        )
        edited = None
        if ruling.verdict is Verdict.REDACT:
            try:
                edited = contacts.without(ruling.records)
            except ValueError:  # the person's part can't be removed exactly
                ruling = Ruling(Verdict.SHARED, held=ruling.held)
        return Assessment(
            scope=scope,
            aliases=aliases,
            group=group,
            setting=setting,
            verdict=ruling.verdict,
            subjects=frozenset(hit.subject for hit in (is_certain or hits)),
            records=tuple(sorted(record.text for record in ruling.records)),
            collateral=ruling.collateral,
            held=ruling.held,
            edited=edited,
        )


def identity_of(group: Group, setting: Setting) -> str:
    """Equal for two reads of the same setting: its key, and the location, which recordings have."""
    return canonical([setting.get(group.key), setting.get("location")])


def _of_one_address(group: Group, settings: t.Sequence[Setting]) -> list[list[int]]:
    """The numbers of different settings that GWS may take for one, whichever is named: those with one key, or with keys that a server may take for one."""
    numbers: dict[str, list[int]] = collections.defaultdict(list)
    for number, setting in enumerate(settings):
        location = setting.get("location")
        numbers[f"{_plain(setting.get(group.key))}\n{location if location is None else canonical(location)}"].append(number)
    alike = (together for together in numbers.values() if len(together) > 1)
    return [together for together in alike if len({canonical(settings[number]) for number in together}) > 1]


def _is_name(key: t.Any) -> bool:
    """Whether a key names a setting: GWS may take a DELETE with an empty one for that of the whole group."""
    return isinstance(key, (str, int, float)) and key != ""


def _plain(key: t.Any) -> str:
    """The same for keys that a server may take for one: 42, 42.0 and "42"; texts in any case and Unicode form, with blanks around them."""
    if isinstance(key, float) and key.is_integer():
        key = int(key)
    return unicodedata.normalize("NFKC", str(key)).casefold().strip()


def path_of(scope: Scope, group: Group, setting: Setting) -> str:
    """The place of a setting in GWS."""
    return "{}/{}".format(group.path(scope), quoted(str(setting.get(group.key, ""))))
