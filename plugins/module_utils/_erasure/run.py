# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""A run as a story: settle what killed runs left, take the lease, prove the delete form, erase owner by owner, let go. No I/O: see ``actions``."""

from __future__ import annotations

import collections
import contextlib
import dataclasses
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._core.errors import GwsPiiError
from ansible_collections.genesys.gws.plugins.module_utils._erasure.actions import DeleteForm, InParallel, Note, Steps
from ansible_collections.genesys.gws.plugins.module_utils._erasure.backup import Backup
from ansible_collections.genesys.gws.plugins.module_utils._erasure.items import Item, SettingItem
from ansible_collections.genesys.gws.plugins.module_utils._erasure.journal import Told
from ansible_collections.genesys.gws.plugins.module_utils._erasure.judge import Assessment, Judge
from ansible_collections.genesys.gws.plugins.module_utils._erasure.lease import Lease
from ansible_collections.genesys.gws.plugins.module_utils._erasure.plan import Plan, Planned
from ansible_collections.genesys.gws.plugins.module_utils._erasure.probe import prove_delete_form
from ansible_collections.genesys.gws.plugins.module_utils._erasure.protocol import Limits, PlaceProtocol
from ansible_collections.genesys.gws.plugins.module_utils._erasure.rules import Verdict
from ansible_collections.genesys.gws.plugins.module_utils._erasure.settle import settle


@dataclasses.dataclass(frozen=True)
class LeftOver:
    """What earlier runs have left in the work folder: what the journal tells, and backups by name (None: nothing to settle)."""

    told: Told
    backups: tuple[tuple[str, Backup | None], ...] = ()


def run_plan(plan: Plan, judge: Judge, left_over: LeftOver, lease: Lease, *, delete_form: str, retries: int) -> Steps[None]:
    """Carry out a plan. Without anything to touch, what a killed run has left is settled."""
    yield Note("started")
    yield from settle(left_over.backups, judge)
    if plan.to_touch:
        yield from lease.acquire()
        try:
            form = yield from _form(plan, delete_form)
            first, rest = _first_of_each(plan.to_touch)
            for item in first:  # what GWS does to somebody's settings is seen before several are touched at a time
                yield InParallel((_owner([item], judge, lease, form, Limits(retries)),))
            yield InParallel(tuple(_owner(items, judge, lease, form, Limits(retries)) for items in _by_owner(rest)))
        finally:
            with contextlib.suppress(GwsPiiError):
                yield from lease.release()
    elif left_over.told.open_runs:
        yield from lease.release()  # of the run that was killed
    yield Note("ended")


def _form(plan: Plan, delete_form: str) -> Steps[DeleteForm]:
    if delete_form != "probe":
        return DeleteForm(delete_form)
    settings = [item for item in plan.to_touch if isinstance(item, Assessment)]
    if not settings:
        return DeleteForm.BODY  # rows are not deleted by the API
    return (yield from prove_delete_form(needs_update=any(item.verdict is Verdict.REDACT for item in settings)))


def _first_of_each(items: t.Sequence[Planned]) -> tuple[list[Planned], list[Planned]]:
    """The first item of each kind of write, and all others."""
    first: dict[t.Any, Planned] = {}
    for item in items:
        first.setdefault((type(item), item.verdict), item)
    chosen = {id(item) for item in first.values()}
    return list(first.values()), [item for item in items if id(item) not in chosen]


def _by_owner(items: t.Sequence[Planned]) -> list[list[Planned]]:
    """What is erased one after the other: the settings of an owner; the rows of a place."""
    found: dict[t.Any, list[Planned]] = collections.defaultdict(list)
    for item in items:
        found[item.scope if isinstance(item, Assessment) else item.place].append(item)
    return list(found.values())


def _owner(items: t.Sequence[Planned], judge: Judge, lease: Lease, form: DeleteForm, limits: Limits) -> Steps[None]:
    """All items of one owner, place by place."""
    places: dict[t.Any, list[Item]] = collections.defaultdict(list)
    for item in items:
        places[item.place].append(SettingItem(item, judge) if isinstance(item, Assessment) else item)
    for together in places.values():
        yield from PlaceProtocol(together, form, limits, lease.hold).run()
