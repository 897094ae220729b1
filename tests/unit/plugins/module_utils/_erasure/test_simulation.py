# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Thousands of histories with faults, kills, agents and second runs; and bugs that are planted, each of which must be caught.

What must hold, and the world in which it must, are in ``erasure_simulation``.
"""

from __future__ import annotations

import collections
import dataclasses
import typing as t

import pytest

from ansible_collections.genesys.gws.plugins.module_utils._core.errors import DataLeftError
from ansible_collections.genesys.gws.plugins.module_utils._erasure import protocol, row_judge
from ansible_collections.genesys.gws.plugins.module_utils._erasure.actions import Steps, WriteResponse
from ansible_collections.genesys.gws.plugins.module_utils._erasure.breaker import Breaker
from ansible_collections.genesys.gws.plugins.module_utils._erasure.holds import parse_holds
from ansible_collections.genesys.gws.plugins.module_utils._erasure.lease import Lease
from ansible_collections.genesys.gws.plugins.module_utils._erasure.place_backup import PlaceBackup
from ansible_collections.genesys.gws.plugins.module_utils._erasure.protocol import PlaceProtocol
from tests.unit.erasure_simulation import Process, Violation, remembered_rows, run_history

ORDINARY, SLOW, BATCH = 2_000, 20_000, 100


def histories(seeds: t.Iterable[int]) -> collections.Counter[str]:
    happened: collections.Counter[str] = collections.Counter()
    with remembered_rows():
        for seed in seeds:
            try:
                happened.update(run_history(seed))
            except Violation as violation:
                raise Violation(f"seed {seed}: {violation}") from violation
    return happened


@pytest.mark.parametrize("batch", range(ORDINARY // BATCH))
def test_histories(batch: int) -> None:
    happened = histories(range(batch * BATCH, (batch + 1) * BATCH))
    assert happened["runs"] > 2 * BATCH
    assert min(happened.values()) > 0 or happened["busy"] == 0, "kills, and saves that nobody could see, belong to it"


@pytest.mark.slow
@pytest.mark.parametrize("batch", range((SLOW - ORDINARY) // 1000))
def test_many_histories(batch: int) -> None:
    histories(range(ORDINARY + batch * 1000, ORDINARY + (batch + 1) * 1000))


def test_a_history_is_told_by_its_seed() -> None:
    with remembered_rows():
        assert [run_history(seed) for seed in range(5)] == [run_history(seed) for seed in range(5)]


# Planted bugs


def _no_read_back(patch: pytest.MonkeyPatch) -> None:
    """The answer to a write is believed."""

    def read_back(_self: PlaceProtocol, _item: t.Any, _wanted: t.Any, _before: t.Any, sent: WriteResponse) -> Steps[t.Any]:
        yield from ()
        return sent.ok, None, []

    patch.setattr(PlaceProtocol, "_read_back", read_back)


def _a_retried_write(patch: pytest.MonkeyPatch) -> None:
    """A write whose answer was lost is sent again at once."""
    once = Process._write

    def twice(self: Process, action: t.Any) -> WriteResponse:
        sent = once(self, action)
        return once(self, action) if sent.transient else sent

    patch.setattr(Process, "_write", twice)


def _not_found_is_a_failure(patch: pytest.MonkeyPatch) -> None:
    """GWS says that there is no such setting, and that counts as a failure."""
    write = PlaceProtocol._write

    def failing(self: PlaceProtocol, *given: t.Any) -> Steps[tuple[bool, WriteResponse]]:
        done, sent = yield from write(self, *given)
        return (False, WriteResponse(False, sent.label)) if sent.missing else (done, sent)

    patch.setattr(PlaceProtocol, "_write", failing)


def _rows_are_not_held(patch: pytest.MonkeyPatch) -> None:
    """Legal holds are asked for settings only."""
    assess = row_judge.assess_row

    def unheld(judge: t.Any, *given: t.Any, **options: t.Any) -> t.Any:
        found = assess(dataclasses.replace(judge, holds=parse_holds(None, region=None)), *given, **options)
        return found and dataclasses.replace(found, judge=judge)

    patch.setattr(row_judge, "assess_row", unheld)


def _everything_is_put_back(patch: pytest.MonkeyPatch) -> None:
    """Whatever is gone after a write is put back, whoever removed it."""

    def put_back(self: PlaceProtocol, lost: list[t.Any], item: t.Any) -> Steps[t.NoReturn]:
        yield from self._put_back(t.cast(t.Any, self._place), lost, item)
        yield from self._backup.end()
        raise DataLeftError(protocol.COLLATERAL, "put back")

    patch.setattr(PlaceProtocol, "_stop_for", put_back)


def _no_lease(patch: pytest.MonkeyPatch) -> None:
    """Runs do not look for each other."""

    def acquire(self: Lease) -> Steps[None]:
        yield from ()
        self._has = True

    patch.setattr(Lease, "acquire", acquire)


def _an_old_look(patch: pytest.MonkeyPatch) -> None:
    """What was seen a while ago counts as the last look."""
    patch.setattr(protocol, "MAX_AGE", 1000.0)


def _no_backup_of_killed_runs(patch: pytest.MonkeyPatch) -> None:
    """What is not proved is written to without a backup."""
    patch.setattr(Process, "_save_backup", lambda self, _action: self.files.backups.setdefault("backup-x", b"{}") and "backup-x")


def _an_old_backup(patch: pytest.MonkeyPatch) -> None:
    """A backup of the place is taken for one of what is in it now, whatever was saved there since."""
    patch.setattr(PlaceBackup, "_holds", lambda self, item, _named: item.identity in self._targets)


def _refusals_are_not_counted(patch: pytest.MonkeyPatch) -> None:
    """However many writes in a row are refused, the next one is tried."""
    patch.setattr(Breaker, "admits", lambda _self, _kind: True)


BUGS: dict[str, tuple[t.Callable[[pytest.MonkeyPatch], None], str]] = {
    "no read-back": (_no_read_back, "said to be gone"),
    "a retried write": (_a_retried_write, "a write without a look of its own"),
    "404 taken as failure": (_not_found_is_a_failure, "is a failure"),
    "hold not asked for rows": (_rows_are_not_held, "held"),
    "put-back of another's deletion": (_everything_is_put_back, "put back"),
    "no lease": (_no_lease, "two runs erase"),
    "an old look": (_an_old_look, "long after the look"),
    "an old backup": (_an_old_backup, "without a backup"),
    "no circuit breaker": (_refusals_are_not_counted, "not left alone"),
    "no backup": (_no_backup_of_killed_runs, "without a backup"),
}


@pytest.mark.parametrize("bug", BUGS)
def test_a_planted_bug_is_caught(bug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    plant, says = BUGS[bug]
    plant(monkeypatch)
    caught: collections.Counter[str] = collections.Counter()
    with remembered_rows():
        for seed in range(400):
            try:
                run_history(seed)
            except Violation as violation:
                caught[str(violation)] += 1
                if any(says in text for text in caught):
                    break
    assert any(says in text for text in caught), caught
