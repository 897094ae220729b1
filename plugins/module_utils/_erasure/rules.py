# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Decides what happens to a setting or a row: the policy as one ordered list of rules (``RULES``). Pure, no I/O.

The first rule that gives a ruling decides, so the order of the list is the precedence. A rule sees a ``Case`` and nothing else: it does not
know whether the case is a setting of GWS or a row of Cassandra.
"""

from __future__ import annotations

import dataclasses
import enum
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._core.records import Record
from ansible_collections.genesys.gws.plugins.module_utils._erasure.collateral import Contacts
from ansible_collections.genesys.gws.plugins.module_utils._erasure.holds import Holds


class Verdict(enum.Enum):
    """What happens to a setting or a row, or why nothing happens."""

    DELETE = "delete"
    REDACT = "redact"
    HELD = "held"  # a legal hold
    CORPORATE = "corporate"  # contact-centre settings, left to their administrators
    OTHER_GROUP = "other_group"  # not in the requested groups
    POSSIBLE = "possible"  # nothing in it certainly belongs to the person
    SHARED = "shared"  # holds several contacts and is not to be touched, or cannot be split
    SYSTEM = "system"  # a system group: it has no settings that could be deleted

    @property
    def touches(self) -> bool:
        """Whether something would be erased."""
        return self in (Verdict.DELETE, Verdict.REDACT)


@dataclasses.dataclass(frozen=True)
class Policy:
    """The decisions of the operator. ``shared``: redact, delete or report."""

    shared: str
    corporate: bool
    possible: bool
    groups: tuple[str, ...]


@dataclasses.dataclass(frozen=True)
class Case:
    """A setting or row with data of a subject, as input of the rules. ``value`` is all of its data, ``contacts`` the people in it. ``held`` are
    those of the person's records that a legal hold covers.
    """

    policy: Policy
    holds: Holds
    owners: tuple[str, ...]  # the names of its owner
    paths: tuple[str, ...]  # the paths in GWS by which a hold may name it
    names: tuple[str, ...]  # if it has no path: all texts that may name its owner, group and key
    value: t.Any
    in_group: bool  # in a group asked for
    corporate: bool  # of the contact centre
    is_certain: bool  # some of it certainly belongs to the person
    addressable: bool  # it can be addressed exactly, so that nothing else is deleted
    can_be_redacted: bool  # records can be removed from it
    contacts: Contacts
    held: frozenset[Record]


@dataclasses.dataclass(frozen=True)
class Ruling:
    """The decision of a rule. ``records`` are removed (REDACT), ``collateral`` counts other people's records that are deleted as well (DELETE)."""

    verdict: Verdict
    records: tuple[Record, ...] = ()
    collateral: int = 0
    held: bool = False


Rule = t.Callable[[Case], "Ruling | None"]


def leave_other_groups(case: Case) -> Ruling | None:
    """A group that was not requested is left."""
    return None if case.in_group else Ruling(Verdict.OTHER_GROUP)


def leave_corporate(case: Case) -> Ruling | None:
    """Contact-centre settings are left to their administrators, unless they are to be erased, too."""
    return Ruling(Verdict.CORPORATE) if case.corporate and not case.policy.corporate else None


def leave_possible(case: Case) -> Ruling | None:
    """A possible match is left."""
    return None if case.is_certain else Ruling(Verdict.POSSIBLE)


def hold_owner_and_place(case: Case) -> Ruling | None:
    """A hold on the owner, on the path or on a parent of it."""
    covered = [
        case.holds.cover_owner(case.owners),
        *(case.holds.cover_path(path, case.owners) for path in case.paths),
        bool(case.names) and case.holds.cover_names(case.names),
    ]  # all, to count them
    return Ruling(Verdict.HELD, held=True) if any(covered) else None


def leave_unaddressable(case: Case) -> Ruling | None:
    """A setting that can't be addressed exactly can't be erased alone."""
    return None if case.addressable else Ruling(Verdict.SHARED)


def erase_one_record(case: Case) -> Ruling | None:
    """One record is deleted completely, unless anything in it is held."""
    if not case.contacts.is_one_record:
        return None
    return Ruling(Verdict.HELD, held=True) if case.holds.cover_value(case.value) else Ruling(Verdict.DELETE)


def leave_row_with_others(case: Case) -> Ruling | None:
    """A row is never redacted, and never deleted with other people in it, whatever the policy for containers is."""
    return None if case.can_be_redacted or case.contacts.is_one_person else Ruling(Verdict.SHARED)


def delete_container(case: Case) -> Ruling | None:
    """A container is deleted completely if the policy says so: the other people in it are counted, and a hold on any part of it holds all of it."""
    if case.policy.shared != "delete":
        return None
    if case.holds.cover_value(case.value):
        return Ruling(Verdict.HELD, held=True)
    return Ruling(Verdict.DELETE, collateral=case.contacts.others)


def erase_what_names_nobody_else(case: Case) -> Ruling | None:
    """Data of the person that can't be removed on its own, and nobody else in all of it: delete it."""
    is_all = case.contacts.is_outside_records and case.contacts.is_one_person
    return Ruling(Verdict.HELD if case.holds.cover_value(case.value) else Verdict.DELETE) if is_all else None


def leave_shared(case: Case) -> Ruling | None:
    """A setting with other people is left if the policy says so, or if the person's part can't be removed exactly."""
    return Ruling(Verdict.SHARED) if case.policy.shared == "report" or case.contacts.is_outside_records else None


def redact_container(case: Case) -> Ruling | None:
    """The person's records are removed, those under a hold stay."""
    cut = tuple(record for record in case.contacts.going if record not in case.held)
    return Ruling(Verdict.REDACT, records=cut) if cut else Ruling(Verdict.HELD)


RULES: tuple[Rule, ...] = (
    leave_other_groups,
    leave_corporate,
    leave_possible,
    hold_owner_and_place,
    leave_unaddressable,
    erase_one_record,
    leave_row_with_others,
    delete_container,
    erase_what_names_nobody_else,
    leave_shared,
    redact_container,
)


def rule_on(case: Case, rules: t.Sequence[Rule] = RULES) -> Ruling:
    """The ruling of the first rule that has one. ``held`` is also set if only a part is held."""
    for rule in rules:
        ruling = rule(case)
        if ruling is not None:
            return dataclasses.replace(ruling, held=ruling.held or bool(case.held))
    raise AssertionError("the last rule decides every case")
