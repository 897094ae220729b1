# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""The sequence of a run: settle killed runs, take the lease, test the delete form, erase owner by owner, release the lease. No I/O: see ``actions``."""

from __future__ import annotations

import collections
import contextlib
import dataclasses
import functools
import random
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._core.errors import GwsPiiError
from ansible_collections.genesys.gws.plugins.module_utils._erasure.actions import (
    AddToJournal,
    DeleteForm,
    GroupPlace,
    InParallel,
    Kind,
    Steps,
)
from ansible_collections.genesys.gws.plugins.module_utils._erasure.backup import Backup
from ansible_collections.genesys.gws.plugins.module_utils._erasure.breaker import MOST_IN_A_ROW, Breaker
from ansible_collections.genesys.gws.plugins.module_utils._erasure.items import Item, SettingItem
from ansible_collections.genesys.gws.plugins.module_utils._erasure.journal import JournalState
from ansible_collections.genesys.gws.plugins.module_utils._erasure.judge import Assessment, Judge
from ansible_collections.genesys.gws.plugins.module_utils._erasure.lease import Lease
from ansible_collections.genesys.gws.plugins.module_utils._erasure.plan import Plan
from ansible_collections.genesys.gws.plugins.module_utils._erasure.probe import prove_delete_form
from ansible_collections.genesys.gws.plugins.module_utils._erasure.protocol import Limits, PlaceProtocol
from ansible_collections.genesys.gws.plugins.module_utils._erasure.rules import Verdict
from ansible_collections.genesys.gws.plugins.module_utils._erasure.settle import settle


@dataclasses.dataclass(frozen=True)
class LeftOvers:
    """What earlier runs have left in the work folder: the journal, and backups by name (None: nothing to settle)."""

    journal_state: JournalState
    backups: tuple[tuple[str, Backup | None], ...] = ()


def run_plan(
    plan: Plan, judge: Judge, left_over: LeftOvers, lease: Lease, *, delete_form: str, retries: int, most_refused: int = MOST_IN_A_ROW
) -> Steps[None]:
    """Carry out a plan. If there is nothing to erase, only killed runs are settled. ``most_refused``: see ``Breaker``."""
    yield AddToJournal("started")
    yield from settle(left_over.backups, judge)
    breaker = Breaker(most_refused)
    untried: list[Item] = []
    if plan.to_touch:
        yield from lease.acquire()
        try:
            form = yield from _form(plan, delete_form)
            erasing = functools.partial(_Owner, form=form, limits=Limits(retries), hold=lease.hold, breaker=breaker)
            first, rest = _first_of_each([SettingItem(item, judge) if isinstance(item, Assessment) else item for item in plan.to_touch])
            for item in first:  # see the effect on one item of each kind before several are erased in parallel
                yield InParallel((erasing([item]).run(),))
            while any(breaker.admits(item.kind) for item in rest):
                owners = [erasing(items) for items in _by_owner(rest)]
                if left_over.journal_state.refused:  # use another order each time, so that nobody always comes after many rejected items
                    random.Random(lease.name).shuffle(owners)
                yield InParallel(tuple(owner.run() for owner in owners))
                rest = [item for owner in owners for item in owner.put_off]
            untried = rest
        finally:
            with contextlib.suppress(GwsPiiError):
                yield from lease.release()
    elif left_over.journal_state.open_runs:
        yield from lease.release()  # left by the run that was killed
    if untried:
        yield AddToJournal("refused")
    yield AddToJournal("ended")
    breaker.raise_if_untried([item.kind for item in untried])


def _form(plan: Plan, delete_form: str) -> Steps[DeleteForm]:
    if delete_form != "probe":
        return DeleteForm(delete_form)
    settings = [item for item in plan.to_touch if isinstance(item, Assessment)]
    if not settings:
        return DeleteForm.BODY  # rows are not deleted by the API
    return (yield from prove_delete_form(needs_update=any(item.verdict is Verdict.REDACT for item in settings)))


def _first_of_each(items: t.Sequence[Item]) -> tuple[list[Item], list[Item]]:
    """The first item of each kind of write, and all others."""
    first: dict[Kind, Item] = {}
    for item in items:
        first.setdefault(item.kind, item)
    chosen = {id(item) for item in first.values()}
    return list(first.values()), [item for item in items if id(item) not in chosen]


def _by_owner(items: t.Sequence[Item]) -> list[list[Item]]:
    """Groups of items that are erased one after the other: the settings of an owner; the rows of a place."""
    found: dict[t.Any, list[Item]] = collections.defaultdict(list)
    for item in items:
        found[item.place.scope if isinstance(item.place, GroupPlace) else item.place].append(item)
    return list(found.values())


class _Owner:
    """Erases all items of one owner, place by place. After a rejection that concerns the server or the owner, the rest is postponed until the other
    owners were processed: an owner whose settings can't be written must not delay the others, and consecutive rejections then come from several owners.
    """

    def __init__(
        self, items: t.Sequence[Item], *, form: DeleteForm, limits: Limits, hold: t.Callable[[], Steps[None]], breaker: Breaker
    ) -> None:
        self.put_off: list[Item] = []
        self._places: dict[t.Any, list[Item]] = collections.defaultdict(list)
        for item in items:
            self._places[item.place].append(item)
        self._erasing = functools.partial(PlaceProtocol, form=form, limits=limits, hold=hold, breaker=breaker)

    def run(self) -> Steps[None]:
        """Raises the error that stops the run."""
        is_refused = False
        for together in self._places.values():
            if is_refused:
                self.put_off.extend(together)
                continue
            place = self._erasing(together)
            yield from place.run()
            self.put_off.extend(place.put_off)
            is_refused = place.is_refused
