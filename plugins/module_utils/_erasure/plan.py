# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""All that would be erased. A plan cannot write. Pure, no I/O.

Its digest is over resources, actions and the records that go, so that an approval is bound to exactly these.
"""

from __future__ import annotations

import collections
import dataclasses

from ansible_collections.genesys.gws.plugins.module_utils._core.errors import RefusedError
from ansible_collections.genesys.gws.plugins.module_utils._core.keys import framed
from ansible_collections.genesys.gws.plugins.module_utils._core.subjects import Subjects
from ansible_collections.genesys.gws.plugins.module_utils._erasure.judge import Assessment, Verdict
from ansible_collections.genesys.gws.plugins.module_utils._gws_api.settings import (
    canonical,
)


@dataclasses.dataclass(frozen=True)
class Plan:
    """All resources that were found, each once."""

    subjects: Subjects
    resources: tuple[Assessment, ...]

    @property
    def to_touch(self) -> list[Assessment]:
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
                    list(resource.records),
                ]
            )
            for resource in self.to_touch
        )
        return self.subjects.key.code("plan", framed(lines), length=64)

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
