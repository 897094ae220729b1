# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Executes a plan: the shell around the protocol, with all the I/O. Owners are processed in parallel, the items of one owner in order. Threads share
the API, the row store, the work folder and the lease, which are all thread-safe. Outcomes are recorded as they happen, so the result has them
whatever stops the run, even an unexpected exception.
"""

from __future__ import annotations

import concurrent.futures
import contextlib
import dataclasses
import os
import threading
import time
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._cassandra.failures import PageReadError, Remedy
from ansible_collections.genesys.gws.plugins.module_utils._cassandra.rows import RowStore
from ansible_collections.genesys.gws.plugins.module_utils._core.errors import CassandraError, GwsPiiError, RefusedError
from ansible_collections.genesys.gws.plugins.module_utils._erasure import actions
from ansible_collections.genesys.gws.plugins.module_utils._erasure.actions import (
    GroupPlace,
    Kind,
    Now,
    Outcome,
    Snapshot,
    Steps,
    WriteResponse,
)
from ansible_collections.genesys.gws.plugins.module_utils._erasure.items import SettingItem
from ansible_collections.genesys.gws.plugins.module_utils._erasure.judge import Judge
from ansible_collections.genesys.gws.plugins.module_utils._erasure.lease import Lease
from ansible_collections.genesys.gws.plugins.module_utils._erasure.plan import Plan, Planned
from ansible_collections.genesys.gws.plugins.module_utils._erasure.run import LeftOvers, run_plan
from ansible_collections.genesys.gws.plugins.module_utils._erasure.send import send
from ansible_collections.genesys.gws.plugins.module_utils._erasure.work_folder import WorkFolder
from ansible_collections.genesys.gws.plugins.module_utils._gws_api.settings import SettingsApi

_Result = t.TypeVar("_Result")


@dataclasses.dataclass(frozen=True)
class Clock:
    """The only source of time. Seconds."""

    monotonic: t.Callable[[], float] = time.monotonic
    wall: t.Callable[[], float] = time.time
    sleep: t.Callable[[float], None] = time.sleep


@dataclasses.dataclass(frozen=True)
class Options:
    """``parallel``: number of owners at the same time; ``delete_form``: probe, body or path."""

    delete_form: str = "probe"
    retries: int = 3
    parallel: int = 1
    stop_file: str | None = None


@dataclasses.dataclass
class Executed:
    """The outcomes in the order of the plan, also if the run was stopped by an ``error`` or a ``bug``."""

    outcomes: list[tuple[Planned, Outcome]] = dataclasses.field(default_factory=list)
    changed_meanwhile: int = 0
    error: GwsPiiError | None = None
    bug: BaseException | None = None

    def count(self, outcome: Outcome, kind: type = object) -> int:
        """The number of settings or rows with an outcome."""
        return sum(1 for item, found in self.outcomes if found is outcome and isinstance(item, kind))


class Recorder(t.Protocol):
    """Records for the receipt what is about to be erased, and the outcome. Thread-safe."""

    def write_started(self, subjects: t.Iterable[int]) -> int:
        """Something of these subjects is about to be erased. Returns a number for ``write_finished``."""

    def write_finished(self, number: int, outcome: Outcome) -> None:
        """What became of it."""


class Executor:
    """Executes one plan, once."""

    def __init__(
        self,
        api: SettingsApi,
        rows: RowStore | None,
        judge: Judge,
        folder: WorkFolder,
        options: Options,
        clock: Clock,
        recorder: Recorder | None = None,
    ) -> None:
        self._api = api
        self._rows = rows
        self._judge = judge
        self._folder = folder
        self._options = options
        self._clock = clock
        self._recorder = recorder
        self._written: dict[str, int] = {}
        self._halted = threading.Event()
        self._keeping = threading.Lock()
        self._pool: concurrent.futures.ThreadPoolExecutor | None = None
        self._outcomes: dict[int, Outcome] = {}
        self._changed_meanwhile = 0

    def run(self, plan: Plan) -> Executed:
        """Carry out the plan. The result contains errors together with everything that was done before."""
        error: GwsPiiError | None = None
        bug: BaseException | None = None
        lease = Lease(self._folder.run, self._folder.journal_state.runs)  # the folder is locked: all earlier runs have ended
        options = self._options
        try:
            left_over = LeftOvers(self._folder.journal_state, tuple(self._folder.left_over()))
            steps = run_plan(plan, self._judge, left_over, lease, delete_form=options.delete_form, retries=options.retries)
            with self._workers():
                self._drive(steps)
        except GwsPiiError as caught:
            error = caught
        except (Exception, KeyboardInterrupt) as caught:  # a bug, perhaps after writes: the result must report what was done
            bug = caught
        outcomes = [(item, self._outcomes[id(item)]) for item in plan.to_touch if id(item) in self._outcomes]
        return Executed(outcomes, self._changed_meanwhile, error, bug)

    @contextlib.contextmanager
    def _workers(self) -> t.Iterator[None]:
        """Threads for parallel work. They live as long as the run, and so do their sessions with GWS."""
        if self._options.parallel == 1:
            yield
            return
        with concurrent.futures.ThreadPoolExecutor(self._options.parallel, "erase") as self._pool:
            yield

    # -- actions

    def _drive(self, steps: Steps[_Result]) -> _Result:
        """Carry out the actions that a part of the protocol yields, until it ends."""
        result: t.Any = None
        error: BaseException | None = None
        while True:
            try:
                action = steps.throw(error) if error else steps.send(result)
            except StopIteration as end:
                return t.cast(_Result, end.value)
            result, error = None, None
            try:
                result = self.perform(action)
            except BaseException as caught:  # the protocol cleans up, then raises it again
                error = caught

    def perform(self, action: actions.Action) -> t.Any:
        """Carry out one action and return its result."""
        return _PERFORM[type(action)](self, action)

    def _time(self, _action: actions.Time) -> Now:
        return Now(self._clock.monotonic(), self._clock.wall())

    def _pause(self, action: actions.Pause) -> None:
        self._clock.sleep(action.seconds)

    def _permit(self, _action: actions.CheckStop) -> None:
        if self._halted.is_set():
            raise actions.RunStopped
        if self._options.stop_file and os.path.exists(self._options.stop_file):
            raise RefusedError("stopped", "Stopped: the stop file exists. Remove it and run again to continue.")

    def _in_parallel(self, action: actions.InParallel) -> None:
        works = action.works
        if self._pool is None or len(works) == 1:
            for work in works:
                self._drive(work)
            return

        def guarded(work: Steps[None]) -> None:
            try:
                self._drive(work)
            except BaseException:
                self._halted.set()
                raise

        futures = []
        try:
            futures = [self._pool.submit(guarded, work) for work in works]
            concurrent.futures.wait(futures)
        except BaseException:  # interrupted
            self._halted.set()
            concurrent.futures.wait(futures)
            raise
        errors = [error for error in (future.exception() for future in futures) if error and not isinstance(error, actions.RunStopped)]
        if errors:
            raise errors[0]

    def _list_groups(self, action: actions.ListGroups) -> t.Any:
        return self._api.groups(action.scope)

    def _look(self, action: actions.ReadPlace) -> Snapshot:
        if isinstance(action.place, GroupPlace):
            content = self._api.content(action.place.scope, action.place.group)
            return Snapshot(tuple(content.settings) if content else (), content is not None, self._clock.monotonic())
        return Snapshot(tuple(self._store().rows(action.place.table, action.place.where)), True, self._clock.monotonic())

    def _store(self) -> RowStore:
        if self._rows is None:
            raise CassandraError(
                "cql_failed", "Rows of former agents can only be deleted with a connection to Cassandra: set login_host (cass_hostname)."
            )
        return self._rows

    def _write(self, action: actions.Write) -> WriteResponse:
        if action.kind is Kind.DELETE_ROW:
            return self._delete_row(action)
        return send(self._api, t.cast(GroupPlace, action.place), action)

    def _delete_row(self, action: actions.Write) -> WriteResponse:
        try:
            self._store().delete(action.content, action.timestamp)
        except PageReadError as unknown:
            is_final = unknown.remedy in (Remedy.NEVER, Remedy.REFUSED)
            return WriteResponse(False, unknown.reason, transient=not is_final, forbidden=unknown.remedy is Remedy.NEVER)
        return WriteResponse(True, "done")

    def _save_backup(self, action: actions.SaveBackup) -> str:
        return self._folder.save(action.place, action.entries, action.targets)

    def _end_backup(self, action: actions.EndBackup) -> None:
        if action.lost and action.place is not None:
            self._folder.set_aside(action.place, action.lost)
        self._folder.done(action.name)

    def _note(self, action: actions.AddToJournal) -> None:
        self._folder.note(action.what)

    def _writing(self, action: actions.ItemStarted) -> None:
        if self._recorder is not None:
            self._written[_name(action.item)] = self._recorder.write_started(action.item.subjects)

    def _done(self, action: actions.ItemFinished) -> None:
        item = action.item
        planned = item.assessment if isinstance(item, SettingItem) else item
        number = self._written.pop(_name(item), None)
        if self._recorder is not None and number is not None:
            self._recorder.write_finished(number, action.outcome)
        with self._keeping:
            self._outcomes[id(planned)] = action.outcome
            self._changed_meanwhile += action.changes


_PERFORM: dict[type[actions.Action], t.Callable[[Executor, t.Any], t.Any]] = {
    actions.Time: Executor._time,
    actions.Pause: Executor._pause,
    actions.CheckStop: Executor._permit,
    actions.InParallel: Executor._in_parallel,
    actions.ListGroups: Executor._list_groups,
    actions.ReadPlace: Executor._look,
    actions.Write: Executor._write,
    actions.SaveBackup: Executor._save_backup,
    actions.EndBackup: Executor._end_backup,
    actions.AddToJournal: Executor._note,
    actions.ItemStarted: Executor._writing,
    actions.ItemFinished: Executor._done,
}


def _name(item: t.Any) -> str:
    """A name that identifies an item within a run."""
    return f"{item.place!r} {item.identity}"
