# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Carries out a plan, one setting after the other: confirm, back up, write, read back.

The order is the promise: nothing is sent before the setting was read again and still matched, and before its group is safely in
a backup. What a write did is told by reading back, never by its answer: a lost answer is *unknown*, an answer of 0 may be a lie.
At the first sign that something else was hit, the run stops and puts back what was lost.
"""

from __future__ import annotations

import collections
import contextlib
import dataclasses
import enum
import os
import time
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._core.errors import DataLeftError, GwsPiiError, RefusedError
from ansible_collections.genesys.gws.plugins.module_utils._core.records import record_values
from ansible_collections.genesys.gws.plugins.module_utils._erasure.backup import Backup, BackupFolder
from ansible_collections.genesys.gws.plugins.module_utils._erasure.judge import Assessment, Judge, Verdict
from ansible_collections.genesys.gws.plugins.module_utils._erasure.plan import Plan
from ansible_collections.genesys.gws.plugins.module_utils._erasure.probe import (
    READ_BACK_PAUSES,
    DeleteForm,
    prove_delete_form,
    send_delete,
)
from ansible_collections.genesys.gws.plugins.module_utils._gws_api.client import NO_ANSWER, PERMISSION_CODES, Answer, Client
from ansible_collections.genesys.gws.plugins.module_utils._gws_api.settings import Group, Scope, Setting, SettingsApi, canonical

COLLATERAL = "collateral"


class Outcome(enum.Enum):
    """What became of a setting of the plan."""

    DELETED = "deleted"
    REDACTED = "redacted"
    ALREADY_ABSENT = "already_absent"
    FAILED = "failed"


@dataclasses.dataclass
class Executed:
    """What was done, in the order in which it was done, also when the run was stopped by ``error``."""

    outcomes: list[tuple[Assessment, Outcome]] = dataclasses.field(default_factory=list)
    changed_meanwhile: int = 0
    error: GwsPiiError | None = None

    def count(self, outcome: Outcome) -> int:
        """How many settings have an outcome."""
        return sum(1 for _resource, found in self.outcomes if found is outcome)


def _place(scope: Scope, group: Group, setting: Setting) -> str:
    return canonical([scope.owner, group.name, setting.get(group.key), setting.get("location")])


class Executor:
    """Works once, for one plan."""

    def __init__(
        self,
        client: Client,
        api: SettingsApi,
        judge: Judge,
        backups: BackupFolder,
        *,
        retries: int,
        stop_file: str | None,
    ) -> None:
        self._client = client
        self._api = api
        self._judge = judge
        self._backups = backups
        self._retries = retries
        self._stop_file = stop_file
        self._form = DeleteForm.BODY
        self._done = Executed()
        self._erased: set[str] = set()

    def run(self, plan: Plan, delete_form: str) -> Executed:
        """Carry out the plan. Errors are in the result, together with what had been done before."""
        try:
            self._settle_left_overs()
            wanted = plan.to_touch
            if wanted:
                if delete_form == "probe":
                    needs_update = any(resource.verdict is Verdict.REDACT for resource in wanted)
                    self._form = prove_delete_form(self._api, needs_update=needs_update)
                else:
                    self._form = DeleteForm(delete_form)
            for resource in wanted:
                if self._stop_file and os.path.exists(self._stop_file):
                    raise RefusedError("stopped", "Stopped, because the stop file is there. Run it again to go on.")
                self._done.outcomes.append((resource, self._erase(resource)))
        except GwsPiiError as error:
            self._done.error = error
        return self._done

    def _settle_left_overs(self) -> None:
        """Backups of a killed run: shred them if nothing else was lost then; otherwise stop, a human has to look."""
        for path, backup in self._backups.left_over():
            if backup is not None:
                lost = [
                    setting
                    for setting in self._lost(backup, self._settings(backup.scope, backup.group))
                    if not self._was_to_go(backup.scope, (backup.scope.owner,), backup.group, setting)
                ]
                if lost:
                    raise RefusedError(
                        "left_over",
                        f"Nothing was deleted: an earlier run was killed, and {len(lost)} settings that its backup holds are gone now. Look at the backup in "
                        "work_dir: put them back by hand or, if their agent removed them, delete the file. Then run it again.",
                    )
            self._backups.shred(path)

    def _settings(self, scope: Scope, group: Group) -> list[Setting]:
        """The settings of a group as they are now; none when it is gone."""
        content = self._api.content(scope, group)
        return list(content.settings if content else ())

    def _erase(self, planned: Assessment) -> Outcome:
        """Each try begins anew: the setting is read, judged and backed up again, since its agent may have saved it meanwhile."""
        for tries in range(self._retries + 1):
            outcome, answer = self._try(planned)
            if outcome is Outcome.ALREADY_ABSENT and tries:
                outcome = Outcome.REDACTED if planned.verdict is Verdict.REDACT else Outcome.DELETED  # an earlier try was done after all
            if outcome is not None:
                self._erased.add(_place(planned.scope, planned.group, planned.setting))
                return outcome
            if tries < self._retries:
                self._client.pause(tries, answer)
        return Outcome.FAILED

    def _try(self, planned: Assessment) -> tuple[Outcome | None, Answer]:
        """One write; no outcome when it may be tried again."""
        settings = self._settings(planned.scope, planned.group)
        current = next((setting for setting in settings if planned.same_setting(setting)), None)
        resource = current and self._judge.assess(planned.scope, planned.aliases, planned.group, current)
        if not resource or not resource.verdict.touches:
            return Outcome.ALREADY_ABSENT, NO_ANSWER  # gone, or nothing (or a hold) is in it now; the proof looks again
        try:
            wanted = resource.after()
        except ValueError:
            return Outcome.FAILED, NO_ANSWER
        backup = Backup(resource.scope, resource.group, tuple(settings), resource.setting)
        path = self._backups.save(backup)
        try:
            found = self._write(resource, wanted, backup)
        except DataLeftError as error:
            if error.code != COLLATERAL:  # the read-back has shown that nothing else is lost: the backup is not needed
                self._backups.done(path)
            raise
        self._backups.done(path)
        return found

    def _write(self, resource: Assessment, wanted: Setting | None, backup: Backup) -> tuple[Outcome | None, Answer]:
        answer = self._send(resource, wanted)
        done, current = self._read_back(resource, wanted, backup, answer)
        if done:
            return (Outcome.DELETED if wanted is None else Outcome.REDACTED), answer
        if answer.gws_status in PERMISSION_CODES:
            raise DataLeftError(
                "gws_permission",
                f"Stopped: GWS does not let this user erase a setting of another user ({answer.label}): it needs the admin role.",
            )
        if answer.ok and current == resource.setting:
            raise DataLeftError(
                "gws_untrue",
                "Stopped: GWS answered that it erased a setting, but the setting is still there, with the person in it. Nothing more was tried; "
                "look at GWS and its caches, then run it again.",
            )
        # an answer of 0 and yet another setting: its agent has saved it right after us, from a copy that still had the person
        return (None if answer.ok or answer.transient or answer.missing else Outcome.FAILED), answer

    def _send(self, resource: Assessment, wanted: Setting | None) -> Answer:
        if wanted is None:
            return send_delete(self._api, self._form, resource.scope, resource.group, resource.setting)
        return self._api.update(resource.scope, resource.group, wanted)

    def _read_back(self, resource: Assessment, wanted: Setting | None, backup: Backup, answer: Answer) -> tuple[bool, Setting | None]:
        """Whether the write is done, and the setting as it is now. :raises DataLeftError: when other settings were hit (they are put back first)."""
        done = False
        current: Setting | None = None
        lost: list[Setting] = []
        pauses = READ_BACK_PAUSES if answer.ok or answer.http_status == 0 else READ_BACK_PAUSES[:2]
        for pause in pauses:
            time.sleep(pause)
            settings = self._settings(resource.scope, resource.group)
            current = next((setting for setting in settings if resource.same_setting(setting)), None)
            done = current == wanted or self._is_saved_anew(resource, wanted, current)
            lost = self._lost(backup, settings)
            if wanted is not None and current is None:
                lost.append(wanted)  # an update is no reason for the setting to go, and with it other people's records
            if done and not lost:
                self._count_changes(backup, settings, resource)
                return True, current
        if lost:
            self._put_back(resource, backup, lost)
        return done, current

    def _is_saved_anew(self, resource: Assessment, wanted: Setting | None, current: Setting | None) -> bool:
        """Whether an agent has saved the setting right after us: nothing of the person is in it, and all that was kept still is."""
        if wanted is None or current is None or self._judge.matcher.in_value(current):
            return False
        kept, now = (collections.Counter(map(canonical, record_values(setting, resource.group.key))) for setting in (wanted, current))
        return bool(now) and not kept - now

    def _lost(self, backup: Backup, settings: list[Setting]) -> list[Setting]:
        """Other settings that are not there any more, by key. A late cache may have shown one that this run had erased before."""
        present = collections.Counter(_place(backup.scope, backup.group, setting) for setting in settings)
        lost = []
        for setting in backup.others:
            place = _place(backup.scope, backup.group, setting)
            if present[place] <= 0 and place not in self._erased:
                lost.append(setting)
            present[place] -= 1
        return lost

    def _count_changes(self, backup: Backup, settings: list[Setting], resource: Assessment) -> None:
        """An agent may save other settings of the group while we work: not ours to judge, but to be told."""
        now = collections.Counter(canonical(setting) for setting in settings if not resource.same_setting(setting))
        before = collections.Counter(canonical(setting) for setting in backup.others)
        self._done.changed_meanwhile += sum((before - now).values())

    def _was_to_go(self, scope: Scope, aliases: tuple[str, ...], group: Group, setting: Setting) -> bool:
        found = self._judge.assess(scope, aliases, group, setting)
        return found is not None and found.verdict is Verdict.DELETE

    def _put_back(self, resource: Assessment, backup: Backup, lost: list[Setting]) -> t.NoReturn:
        keep = [setting for setting in lost if not self._was_to_go(resource.scope, resource.aliases, resource.group, setting)]
        still_lost = keep
        with contextlib.suppress(GwsPiiError):  # GWS may be gone by now: then what it last showed is what is known
            if self._api.content(backup.scope, backup.group) is None:
                self._api.create_group(backup.scope, backup.group)
            for setting in keep:
                self._api.create(backup.scope, backup.group, setting)
            still_lost = [setting for setting in self._lost(backup, self._settings(backup.scope, backup.group)) if setting in keep]
        raise DataLeftError(
            COLLATERAL,
            f"Stopped: when a setting was erased, {len(lost)} other settings of its group disappeared. "
            f"{len(keep) - len(still_lost)} were put back, {len(still_lost)} could not be; the backup is in work_dir. "
            "Do not run it again before GWS was looked at.",
        )
