# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""A lock between runs: each run keeps an entry in a group of the admin's own scope (``/me/settings``). No I/O: see ``actions``.

GWS has no compare-and-set, so each run writes only its own entry: first ``waiting``, then ``held``. Of two waiting runs the one with the smaller
name continues; a run that sees another one holding the lease yields. An entry is alive as long as its heartbeat changes: no clocks are compared. A
run that was killed leaves an entry whose heartbeat no longer changes; after ``STALE`` seconds, or at once if it was of this work folder (the
journal says so), it counts as dead.

A lease can't detect runs of another admin account (another scope), and nodes of GWS whose caches hide an entry for longer than ``SETTLE``. That
is why everything else of the protocol holds without it.
"""

from __future__ import annotations

import contextlib
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._core.errors import GwsError, GwsPiiError, RefusedError
from ansible_collections.genesys.gws.plugins.module_utils._erasure.actions import (
    GroupPlace,
    Kind,
    Now,
    Pause,
    ReadPlace,
    Snapshot,
    Steps,
    Time,
    Write,
    WriteResponse,
)
from ansible_collections.genesys.gws.plugins.module_utils._erasure.probe import create_own_group, with_retries
from ansible_collections.genesys.gws.plugins.module_utils._gws_api.settings import ME, Group, Setting

HEARTBEAT = 10.0  # seconds between two heartbeats
OLDEST = 30.0  # seconds; no write is started if the last heartbeat is older
STALE = 120.0  # seconds without a heartbeat after which a run counts as dead: OLDEST, the longest request, and a margin
SETTLE = 0.2  # seconds until other runs can see an entry
_STEP = 5.0
_TRIES = 5
GROUP = "gws-pii-lease"
_PLACE = GroupPlace(ME, Group(GROUP, "name", "Runs of gws_pii_delete"))
_Entries = dict[str, tuple[str, int]]  # name -> state, beat
_WAITING, _HELD, _LEFT = "waiting", "held", "left"


class Lease:
    """The right to erase with this GWS login. ``name`` is random; ``dead`` are names of runs that are known to have ended."""

    def __init__(self, name: str, dead: t.Iterable[str] = ()) -> None:
        self.name = name
        self._dead = set(dead)
        self._beat = 0
        self._beaten_at = 0.0
        self._has = False

    def acquire(self) -> Steps[None]:
        """Take the lease. :raises RefusedError: if another run is alive."""
        entries = yield from self._wait_for_stale_runs()
        others = yield from self._announce(_WAITING, entries)
        if any(state == _HELD or name < self.name for name, (state, _beat) in others.items()):
            yield from self._yield_to_older_run()
        others = yield from self._announce(_HELD, {self.name: (_WAITING, self._beat)})
        waited = 0.0
        while any(name < self.name for name in others):
            # The other run will take the lease (if it has not seen ours) or leave (if it has); if it does neither, it is dead.
            if any(state == _HELD for name, (state, _beat) in others.items() if name < self.name):
                yield from self._yield_to_older_run()
            if waited >= STALE:
                self._dead.update(others)
            yield Pause(_STEP)
            waited += _STEP
            others = self._others((yield from self._read()))
        self._has = True

    def hold(self) -> Steps[None]:
        """Send a heartbeat if one is due. :raises RefusedError: if the lease is lost."""
        now: Now = yield Time()
        if not self._has or now.monotonic - self._beaten_at < HEARTBEAT:
            return
        try:
            entries = yield from self._read()
            others = self._others(entries)
            if any(state == _HELD for state, _beat in others.values()):
                raise RefusedError(
                    "lease_lost", "Stopped: another run has started to erase with this GWS login. Wait until it ends, then run it again."
                )
            self._beat += 1
            kind = Kind.UPDATE if self.name in entries else Kind.CREATE
            if self.name not in entries:
                yield from create_own_group(_PLACE)
            sent: WriteResponse = yield Write(kind, _PLACE, self._entry(_HELD))
            if sent.ok:
                self._beaten_at = now.monotonic
                return
        except GwsError:
            pass  # GWS may be back at the next heartbeat
        now = yield Time()  # failures take time, too
        if now.monotonic - self._beaten_at > OLDEST:
            raise RefusedError(
                "lease_lost", "Stopped: this run could not renew its lease in GWS, so another run may start. Run it again to continue."
            )

    def release(self) -> Steps[None]:
        """Remove the entry, and the group if there is no other entry. A failure does no harm: the entry becomes stale."""
        self._has = False
        with contextlib.suppress(GwsPiiError):
            entries = yield from self._read()
            if not self._others(entries):
                yield from with_retries(Write(Kind.DROP_GROUP, _PLACE))
            elif self.name in entries:
                yield from with_retries(Write(Kind.UPDATE, _PLACE, self._entry(_LEFT)))

    def _wait_for_stale_runs(self) -> Steps[_Entries]:
        """Wait until there is no other live entry, and return the entries. A run whose heartbeat changes meanwhile is alive."""
        entries = yield from self._read()
        others = first = self._others(entries)
        waited = 0.0
        while others:
            if any(others[name] != first[name] for name in others if name in first) or any(name not in first for name in others):
                raise _busy()
            if waited >= STALE:
                self._dead.update(others)
                break
            yield Pause(_STEP)
            waited += _STEP
            entries = yield from self._read()
            others = self._others(entries)
        return entries

    def _announce(self, state: str, entries: _Entries) -> Steps[_Entries]:
        """Write the entry until it is visible, and return the other visible entries."""
        for _try in range(_TRIES):
            self._beat += 1
            if self.name not in entries:
                yield from create_own_group(_PLACE)
            now: Now = yield Time()
            sent = yield from with_retries(Write(Kind.UPDATE if self.name in entries else Kind.CREATE, _PLACE, self._entry(state)))
            self._beaten_at = now.monotonic
            yield Pause(SETTLE)
            entries = yield from self._read()
            if entries.get(self.name, ("", 0))[0] == state:
                return self._others(entries)
        yield from self.release()
        raise RefusedError(
            "no_lease",
            f"Nothing was deleted: GWS does not show what this run has just written to the settings of its own user ({sent.label}). "
            "Check GWS and its caches, and check for a proxy that blocks PUT.",
        )

    def _yield_to_older_run(self) -> Steps[t.NoReturn]:
        with contextlib.suppress(GwsPiiError):
            yield Write(Kind.UPDATE, _PLACE, self._entry(_LEFT))
        raise _busy()

    def _read(self) -> Steps[_Entries]:
        seen: Snapshot = yield ReadPlace(_PLACE)
        return {
            str(entry.get("name")): (str(entry.get("state")), int(entry.get("beat") or 0))
            for entry in seen.entries
            if str(entry.get("beat") or 0).isdigit()
        }

    def _others(self, entries: _Entries) -> _Entries:
        return {name: entry for name, entry in entries.items() if name != self.name and name not in self._dead and entry[0] != _LEFT}

    def _entry(self, state: str) -> Setting:
        return {"name": self.name, "state": state, "beat": self._beat}


def _busy() -> RefusedError:
    return RefusedError(
        "busy",
        "Nothing was deleted: another run is erasing with this GWS login, from here or from another machine. Wait until it ends, then run it again.",
    )
