# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Everything that would be erased, in GWS and in Cassandra. Pure, no I/O.

An approval covers its digest: where (GWS, cluster, keyspace), who (subjects), how (policy), and for each setting and row the action, the data to
remove, and other people's records that are removed with it. What stays in a container is not part of it, because agents change that all day.
"""

from __future__ import annotations

import collections
import dataclasses
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._core.errors import RefusedError
from ansible_collections.genesys.gws.plugins.module_utils._core.keys import framed
from ansible_collections.genesys.gws.plugins.module_utils._core.subjects import Subjects
from ansible_collections.genesys.gws.plugins.module_utils._core.wording import counted
from ansible_collections.genesys.gws.plugins.module_utils._erasure.judge import Assessment
from ansible_collections.genesys.gws.plugins.module_utils._erasure.row_judge import RowAssessment
from ansible_collections.genesys.gws.plugins.module_utils._erasure.rules import Policy, Verdict
from ansible_collections.genesys.gws.plugins.module_utils._gws_api.settings import canonical

Planned = t.Union[Assessment, RowAssessment]  # noqa: UP007 - ansible-test reads it as Python 3.8


@dataclasses.dataclass(frozen=True)
class Setup:
    """Where and how to carry out a plan. :param gws: the id of the contact centre, which does not depend on the address of GWS; the addresses if
    there is no id.
    :param sources: cluster and keyspace of the findings.
    """

    gws: str = ""
    sources: tuple[str, ...] = ()
    policy: Policy | None = None
    rows: bool = False  # rows of former agents are deleted

    def lines(self) -> list[str]:
        """The same as texts, for the digest."""
        policy = {**dataclasses.asdict(self.policy), "groups": sorted(self.policy.groups)} if self.policy else {}
        return [canonical([self.gws, sorted(self.sources), policy, self.rows])]


@dataclasses.dataclass(frozen=True)
class Plan:
    """All settings and rows that were found, each once."""

    subjects: Subjects
    resources: tuple[Assessment, ...]
    rows: tuple[RowAssessment, ...] = ()
    setup: Setup = Setup()

    @property
    def to_touch(self) -> list[Planned]:
        """The items to change, in a fixed order."""
        everything: list[Planned] = [*self.resources, *self.rows]
        return sorted((item for item in everything if item.verdict.touches), key=lambda item: item.path)

    @property
    def rows_to_delete(self) -> int:
        """The number of rows to delete."""
        return sum(1 for row in self.rows if row.verdict.touches)

    def count(self, verdict: Verdict) -> int:
        """The number of settings with a verdict."""
        return sum(1 for resource in self.resources if resource.verdict is verdict)

    @property
    def digest(self) -> str:
        """Equal for equal plans."""
        lines = sorted(item.approval for item in self.to_touch)
        return self.subjects.key.code("plan", framed([self.subjects.search_id, *self.setup.lines(), *lines]), length=64)

    def check(self, *, max_deletes: int, max_per_subject: int, expected: str | None) -> None:
        """Raise RefusedError if the plan exceeds a limit, or differs from the approved one."""
        total = len(self.to_touch)
        if total > max_deletes:
            raise RefusedError(
                "cap_exceeded",
                f"Nothing was deleted: {_number(total, self.rows_to_delete)} would be touched, more than max_deletes ({max_deletes}). "
                "Check the dry run, then raise the limit.",
            )
        per_subject = collections.Counter(subject for item in self.to_touch for subject in item.subjects)
        over = [subject for subject, count in per_subject.items() if count > max_per_subject]
        if over:
            raise RefusedError(
                "cap_exceeded",
                f"Nothing was deleted: {counted(len(over), 'person', 'people')} would lose more than max_per_subject "
                f"({max_per_subject}) settings or rows; the highest number is {max(per_subject.values())}. Check the dry run, then raise the limit.",
            )
        if expected and expected.strip().lower() != self.digest:
            raise RefusedError(
                "other_plan",
                "Nothing was deleted: the plan differs from the approved one (expect_plan). Do a dry run and have its plan approved.",
            )


def _number(total: int, rows: int) -> str:
    settings = total - rows
    parts = [f"{count} {what}{'' if count == 1 else 's'}" for count, what in ((settings, "setting"), (rows, "row")) if count]
    return " and ".join(parts) or "0 settings"
