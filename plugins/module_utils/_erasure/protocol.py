# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""How the items of one place are erased: found, confirmed, backed up, sent, read back. No I/O: see ``actions``.

The order guarantees safety: nothing is sent before the place was read again, the item got the same judgement as in the plan, and its content is in a
backup on disk. One backup covers several items as long as a read shows its content apart from what was erased since; otherwise a new one is made
before the next write. The outcome is determined by reading back, never by the answer: a lost answer is *unknown*, and statusCode 0 is not trusted.
If other entries are missing after a write, the run stops; they are restored only if it is proved that our write removed them.
"""

from __future__ import annotations

import collections
import contextlib
import dataclasses
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._core.errors import DataLeftError, GwsPiiError
from ansible_collections.genesys.gws.plugins.module_utils._core.wording import counted
from ansible_collections.genesys.gws.plugins.module_utils._erasure.actions import (
    CheckStop,
    DeleteForm,
    GroupPlace,
    ItemFinished,
    ItemStarted,
    Kind,
    Now,
    Outcome,
    Pause,
    ReadPlace,
    Snapshot,
    Steps,
    Time,
    Write,
    WriteResponse,
)
from ansible_collections.genesys.gws.plugins.module_utils._erasure.breaker import Breaker
from ansible_collections.genesys.gws.plugins.module_utils._erasure.items import Item
from ansible_collections.genesys.gws.plugins.module_utils._erasure.place_backup import Named, PlaceBackup
from ansible_collections.genesys.gws.plugins.module_utils._erasure.probe import READ_BACK_PAUSES, group_was_dropped

COLLATERAL = "collateral"
MAX_AGE = 1.0  # seconds; an older read is repeated right before a write
_MOST_LOOKS_AGAIN = 3
_YEARS = 10 * 365 * 86400
_LAST_TIMESTAMP = 2**63 - 1


@dataclasses.dataclass(frozen=True)
class Limits:
    """``retries`` of a write that had no effect; ``pauses`` in seconds before each read after a write."""

    retries: int
    pauses: tuple[float, ...] = READ_BACK_PAUSES


class PlaceProtocol:
    """Erases the items of one place, one after the other: the read after one item is the read before the next."""

    def __init__(
        self, items: t.Sequence[Item], form: DeleteForm, limits: Limits, hold: t.Callable[[], Steps[None]], breaker: Breaker
    ) -> None:
        self.put_off: list[Item] = []  # not tried: the server rejects such writes, or has just rejected one here
        self.is_refused = False
        self._items = items
        self._place = items[0].place
        self._form = form
        self._limits = limits
        self._hold = hold
        self._breaker = breaker
        self._seen: Snapshot | None = None
        self._named: list[tuple[Snapshot, Named]] = []  # the last two reads
        self._erased: set[str] = set()
        self._changes = 0
        self._backup = PlaceBackup(self._place)
        self._is_read_back = True

    def run(self) -> Steps[None]:
        """Finish each item (``ItemFinished``), or postpone it. Raises the error that stops the run."""
        try:
            for number, item in enumerate(self._items):
                if self.is_refused or not self._breaker.admits(item.kind):
                    self.put_off.append(item)
                    continue
                self._changes = 0
                outcome = yield from self._erase(item, self._items[number + 1 :])
                if outcome in (Outcome.DELETED, Outcome.REDACTED, Outcome.ALREADY_ABSENT):
                    self._erased.add(item.identity)
                    self._backup.erased(item)
                yield ItemFinished(item, outcome, self._changes)
        except Exception:
            if self._is_read_back:  # otherwise the effect of the last write is unknown: the next run settles it
                yield from self._backup.end()
            raise
        yield from self._backup.end()

    def _erase(self, item: Item, later: t.Sequence[Item]) -> Steps[Outcome]:
        """Each try starts again with a read and a judgement, because an agent may have saved meanwhile. ``later``: the items that follow."""
        written = False
        level = 0
        tries = 0
        while True:
            yield CheckStop()
            yield from self._hold()
            seen = yield from self._look()
            entry = self._entry_of(item, seen)
            fresh = item.again(entry, seen) if entry is not None else None
            if fresh is None:
                if not written:
                    return Outcome.ALREADY_ABSENT
                self._breaker.succeeded(item.kind)
                return Outcome.DELETED if entry is None else Outcome.REDACTED  # an earlier try took effect after all
            if not fresh.touches or (fresh is not item and fresh.approval != item.approval):
                return Outcome.CHANGED
            if not self._is_alone(fresh, seen):
                return Outcome.CHANGED  # nobody knows which of the two GWS would take
            try:
                wanted = fresh.after()
            except ValueError:
                return Outcome.FAILED
            yield from self._backup.save(fresh, self._names_in(item, seen), later if wanted is None else ())
            if not (yield from self._is_unchanged(seen)):
                tries += 1
                if tries > self._limits.retries + _MOST_LOOKS_AGAIN:
                    return Outcome.CHANGED
                continue
            done, sent = yield from self._write(fresh, wanted, level)
            written = True
            if done:
                self._breaker.succeeded(item.kind)
                return Outcome.DELETED if wanted is None else Outcome.REDACTED
            if sent.ok and not isinstance(self._place, GroupPlace) and level < len(self._timestamps(fresh, Now(0, 0))) - 1:
                level += 1  # a row that survives a DELETE was written with a later time stamp
                continue
            if tries >= self._limits.retries or not (sent.ok or sent.transient or sent.missing) or not self._breaker.admits(item.kind):
                if self._shows_nothing_of(fresh):
                    return Outcome.REDACTED
                self.is_refused = self._breaker.refused(item.kind, sent)
                return Outcome.FAILED
            yield Pause(min(30.0, max(sent.retry_after, 0.3 * 2.0**tries)))
            self._seen = None
            tries += 1

    def _names_in(self, item: Item, seen: Snapshot) -> Named:
        """The entries with their identities, which are computed once for each read."""
        for known, named in self._named:
            if known is seen:
                return named
        named = tuple((item.identity_of(entry), entry) for entry in seen.entries)
        self._named = [*self._named[-1:], (seen, named)]
        return named

    def _entry_of(self, item: Item, seen: Snapshot) -> t.Any:
        """The item's entry; None when it is gone. Of several of one name, the one that was judged."""
        entries = [entry for name, entry in self._names_in(item, seen) if name == item.identity]
        return item.entry if item.entry in entries else entries[0] if entries else None

    def _is_alone(self, item: Item, seen: Snapshot) -> bool:
        """Whether what is of the item's name goes as a whole as well, should there be anything."""
        entries = [entry for name, entry in self._names_in(item, seen) if name == item.identity and entry != item.entry]
        return not entries or (item.kind is not Kind.UPDATE and all(map(item.is_planned_to_go, entries)))

    def _shows_nothing_of(self, item: Item) -> bool:
        """Whether the last read showed the entry without data of the person: its agent was faster than our last try."""
        entry = self._entry_of(item, self._seen) if self._seen is not None else None
        return self._seen is not None and entry is not None and item.again(entry, self._seen) is None

    def _look(self) -> Steps[Snapshot]:
        """The content of the place, not older than ``MAX_AGE``."""
        now: Now = yield Time()
        if self._seen is None or now.monotonic - self._seen.at > MAX_AGE:
            self._seen = t.cast(Snapshot, (yield ReadPlace(self._place)))
        return self._seen

    def _is_unchanged(self, seen: Snapshot) -> Steps[bool]:
        """Whether the place still contains what was judged and backed up; it is read again if the backup took too long."""
        again = yield from self._look()
        return again is seen or (again.entries == seen.entries and again.exists == seen.exists)

    def _write(self, item: Item, wanted: t.Any, level: int) -> Steps[tuple[bool, WriteResponse]]:
        """Send the write and read back. Returns whether it is done."""
        before = self._seen
        if before is None:
            raise AssertionError("nothing is written before the place was looked at")
        yield ItemStarted(item)
        self._is_read_back = False
        if isinstance(self._place, GroupPlace):
            kind, content = (Kind.DELETE, item.entry) if wanted is None else (Kind.UPDATE, wanted)
            sent: WriteResponse = yield Write(kind, self._place, content, form=self._form)
        else:
            now: Now = yield Time()
            stamp = self._timestamps(item, now)[level]
            sent = yield Write(Kind.DELETE_ROW, self._place, item.entry, timestamp=stamp)
        done, current, lost = yield from self._read_back(item, wanted, before, sent)
        self._is_read_back = True
        if lost:
            yield from self._stop_for(lost, item)
        if not done:
            self._raise_if_final(item, sent, current)
        return done, sent

    @staticmethod
    def _timestamps(item: Item, now: Now) -> tuple[int, ...]:
        """Time stamps for a DELETE in microseconds, each tried if the row survives the previous one. The write time of some cells can't be read: of
        collections before 5.0, and of a row that consists only of its key. So the later ones are for clocks that are years ahead, for clients that
        write nanoseconds, and the highest possible one.
        """
        micro = int(now.wall * 1_000_000)
        written = int(getattr(item.entry, "written", 0) or 0)
        levels = (micro, micro + _YEARS * 1_000_000, micro * 1000, _LAST_TIMESTAMP)
        return tuple(min(_LAST_TIMESTAMP, max(stamp, written)) for stamp in levels)

    def _read_back(self, item: Item, wanted: t.Any, before: Snapshot, sent: WriteResponse) -> Steps[tuple[bool, t.Any, list[t.Any]]]:
        """Whether the write is done, the current entry, and which other entries are missing."""
        done = False
        current: t.Any = None
        lost: list[t.Any] = []
        pauses = self._limits.pauses if sent.ok or sent.transient else self._limits.pauses[:2]
        for pause in pauses:
            if pause:
                yield Pause(pause)
            seen: Snapshot = yield ReadPlace(self._place)
            self._seen = seen
            current = self._entry_of(item, seen)
            done = current is None if wanted is None else current == wanted or (current is not None and item.is_saved_anew(wanted, current))
            lost = self._lost(item, wanted, before, seen)
            if done and not lost:
                self._changes += self._changed_by_others(item, before, seen)
                break
        return done, current, lost

    def _lost(self, item: Item, wanted: t.Any, before: Snapshot, seen: Snapshot) -> list[t.Any]:
        """Entries that existed right before the write and are missing now, by identity. An update must not remove its entry. Entries that this run
        had already erased do not count (a late cache may have shown them), nor do those of the person, which another run or the agent has erased.
        """
        present = dict(self._names_in(item, seen))
        lost = [
            entry
            for name, entry in self._names_in(item, before)
            if name not in present and name not in self._erased and name != item.identity and not item.is_planned_to_go(entry)
        ]
        if wanted is not None and item.identity not in present:
            lost.append(wanted)
        return lost

    def _changed_by_others(self, item: Item, before: Snapshot, seen: Snapshot) -> int:
        """The number of other entries that somebody saved meanwhile; they are only reported."""
        now = dict(self._names_in(item, seen))
        return sum(1 for name, entry in self._names_in(item, before) if name != item.identity and now.get(name, entry) != entry)

    def _raise_if_final(self, item: Item, sent: WriteResponse, current: t.Any) -> None:
        if sent.forbidden and not self._breaker.has_succeeded(item.kind):
            who = "GWS does" if isinstance(self._place, GroupPlace) else "Cassandra does"
            needs = "it needs the admin role" if isinstance(self._place, GroupPlace) else "it needs the MODIFY permission"
            raise DataLeftError(
                "gws_permission" if isinstance(self._place, GroupPlace) else "cassandra_permission",
                f"Stopped: {who} not let this user erase data of other users ({sent.label}): {needs}.",
            )
        if sent.ok and current == item.entry and isinstance(self._place, GroupPlace):
            raise DataLeftError(
                "gws_untrue",
                "Stopped: GWS reported that it erased a setting, but the setting is still there and still contains the person. Nothing "
                "else was tried; check GWS and its caches, then run it again.",
            )

    def _stop_for(self, lost: list[t.Any], item: Item) -> Steps[t.NoReturn]:
        """Stop because other entries are missing. They are restored only if our write removed them: an agent or another run may have erased them."""
        put_back = 0
        with contextlib.suppress(GwsPiiError):  # GWS may be unreachable by now: then the last read is all that is known
            is_gone = isinstance(self._place, GroupPlace) and self._seen is not None and not self._seen.exists
            if is_gone and (yield from group_was_dropped(self._form)):
                put_back = yield from self._put_back(t.cast(GroupPlace, self._place), lost, item)
        missing = len(lost) - put_back
        yield from self._backup.end(tuple(lost) if missing else ())
        raise DataLeftError(
            COLLATERAL,
            f"Stopped: while a setting was erased, {counted(len(lost), 'other setting')} of its group disappeared. "
            f"{put_back} {'was' if put_back == 1 else 'were'} put back"
            + (
                f"; {missing} not: an agent may have removed {'it' if missing == 1 else 'them'}, see lost-...json in work_dir"
                if missing
                else ""
            )
            + ". Check GWS before you run it again.",
        )

    def _put_back(self, place: GroupPlace, lost: list[t.Any], item: Item) -> Steps[int]:
        """Create the group and its lost settings again. Returns how many were restored."""
        yield Write(Kind.CREATE_GROUP, place)
        for setting in lost:
            yield Write(Kind.CREATE, place, setting)
        seen: Snapshot = yield ReadPlace(place)
        there = collections.Counter(item.identity_of(entry) for entry in seen.entries)
        return sum(1 for setting in lost if there[item.identity_of(setting)])
