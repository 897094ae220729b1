# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A test device: the world around the erasure protocol in memory, with random faults, and what must hold in it whatever happens.

The parts of the protocol are generators that yield actions. Here each run of the module is a ``Process`` that does one action at a time, so that runs, agents,
kills and faults can come between any two of them, in an order that a seed decides. The truth about what agents saved is kept beside the world; each
write and each outcome is judged by it at the moment when it happens.
"""

from __future__ import annotations

import collections
import contextlib
import dataclasses
import functools
import json
import random
import re
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._cassandra.rows import Row
from ansible_collections.genesys.gws.plugins.module_utils._cassandra.schema import Column
from ansible_collections.genesys.gws.plugins.module_utils._core.errors import GwsError, GwsPiiError
from ansible_collections.genesys.gws.plugins.module_utils._core.matching import Matcher
from ansible_collections.genesys.gws.plugins.module_utils._erasure import actions, backup, journal, row_judge
from ansible_collections.genesys.gws.plugins.module_utils._erasure.actions import (
    GroupPlace,
    Kind,
    Now,
    Outcome,
    RowPlace,
    Snapshot,
    WriteResponse,
)
from ansible_collections.genesys.gws.plugins.module_utils._erasure.holds import parse_holds
from ansible_collections.genesys.gws.plugins.module_utils._erasure.judge import Assessment, Judge
from ansible_collections.genesys.gws.plugins.module_utils._erasure.lease import Lease
from ansible_collections.genesys.gws.plugins.module_utils._erasure.plan import Plan
from ansible_collections.genesys.gws.plugins.module_utils._erasure.row_judge import RowAssessment
from ansible_collections.genesys.gws.plugins.module_utils._erasure.rules import Policy
from ansible_collections.genesys.gws.plugins.module_utils._erasure.run import LeftOvers, run_plan
from ansible_collections.genesys.gws.plugins.module_utils._gws_api.settings import Group, Scope
from ansible_collections.genesys.gws.plugins.module_utils._gws_api.wire import JsonObject, parse_object
from tests.unit.strategies import subjects_of

ANN, EVE, HELD = "ann@x.com", "eve@x.com", "case-4711"
U1, U2, GONE = "a" * 32, "b" * 32, "d" * 32
FAVORITES, WORKSPACE = Group("favorites", "name", "favorites"), Group("workspace", "name", "workspace")
MOST_RERUNS = 8
LATEST_WRITE = 2.5  # seconds between the last look at a setting and a write to it, as the client's clock has them
Where = tuple[str, str]
Entries = dict[str, JsonObject]


class Killed(BaseException):
    """The process is dead: whatever it still wants to do fails."""


class Violation(AssertionError):
    """Something happened that must never happen."""


@dataclasses.dataclass(frozen=True)
class Text:
    """In place of the driver's type of a text column."""

    typename: str = "text"


COLUMNS = (
    Column("owner", "text", True, True, True),
    Column("setting", "text", True, False, True),
    Column("payload", "text", False, False, True),
)


def row(key: str, payload: dict[str, t.Any], written: int) -> Row:
    return Row("settings", COLUMNS, (GONE.encode(), key.encode(), json.dumps(payload).encode()), (Text(),) * 3, written)


@dataclasses.dataclass
class StoredRow:
    """``stamp``: its true write time in microseconds; ``is_told``: whether Cassandra tells it (not of collections before 5.0)."""

    row: Row
    stamp: int
    is_told: bool


def favorite(key: str, name: str, mail: str, **more: t.Any) -> JsonObject:
    return JsonObject({"name": key, "firstName": name, "emailAddress": mail, **more})


def recents(*people: tuple[str, str]) -> JsonObject:
    return JsonObject({"name": "recents", "value": json.dumps([{"firstName": name, "emailAddress": mail} for name, mail in people])})


def people_in(setting: t.Mapping[str, t.Any]) -> list[tuple[str, str]]:
    return [(entry["firstName"], entry["emailAddress"]) for entry in json.loads(setting["value"])]


class World:
    """GWS, Cassandra, agents, and the clock. ``groups``: owner and group name -> settings by key; a group that is None does not exist."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.monotonic = 1000.0
        self.wall = 1_700_000_000.0
        self.faults = 0.0  # how likely a call is to go wrong
        self.vanishes = chance.random() < 0.3  # GWS drops a group with its last setting
        self.refuses: t.Callable[[actions.Write], bool] = lambda _action: False  # writes that fail, whenever they are tried
        self.groups: dict[Where, Entries] = {
            (U1, "favorites"): {
                "f1": favorite("f1", "Ann", ANN),
                "f2": favorite("f2", "Bob", "bob@x.com"),
                "f3": favorite("f3", "Ann A.", ANN, note="x"),
                "f4": favorite("f4", "Eve", EVE),
                "f5": favorite("f5", "Dora", "dora@x.com"),
                "f6": favorite("f6", "Ann H.", ANN, note=HELD),
            },
            (U1, "workspace"): {
                "recents": recents(("Ann", ANN), ("Bob", "bob@x.com"), ("Eve", EVE)),
                "x": JsonObject({"name": "x", "value": "1"}),
            },
            (U2, "favorites"): {"g1": favorite("g1", "Ann", ANN), "g2": favorite("g2", "Eve", EVE)},
            (U2, "workspace"): {"recents": recents(("Cid", "cid@x.com"), ("Ann", ANN))},
        }
        now = int(self.wall * 1_000_000)
        ahead = now + chance.choice((0, 3600, 40 * 365 * 86400)) * 1_000_000
        rows = [
            (row("r1", {"firstName": "Ann", "emailAddress": ANN}, now), now, True),
            (row("r2", {"firstName": "Ann", "emailAddress": ANN}, ahead), ahead, chance.random() < 0.5),
            (row("r3", {"firstName": "Bob", "emailAddress": "bob@x.com"}, now), now, True),
            (row("r4", {"firstName": "Ann", "emailAddress": ANN, "note": HELD}, now), now, True),
            (
                row("r5", {"contacts": [{"firstName": "Ann", "emailAddress": ANN}, {"firstName": "Bob", "emailAddress": "b@x.com"}]}, now),
                now,
                True,
            ),
            (row("r6", {"firstName": "Eve", "emailAddress": EVE}, now), now, True),
        ]
        self.rows = {
            each.key: StoredRow(dataclasses.replace(each, written=stamp if journal_state else 0), stamp, journal_state)
            for each, stamp, journal_state in rows
        }
        self.first_rows = {key: stored.row for key, stored in self.rows.items()}
        # What agents saved last: key -> setting, None when they removed it. Settings of nobody's are only theirs to change.
        self.saved: dict[tuple[Where, str], JsonObject | None] = {
            (where, key): setting for where, settings in self.groups.items() for key, setting in settings.items()
        }
        self.versions: dict[tuple[Where, str], int] = dict.fromkeys(self.saved, 0)
        self.lost_saves: set[tuple[Where, str]] = set()  # an agent saved between the last look and the write: nobody can see that
        self.writers: dict[tuple[Where, str], tuple[float, str]] = {}  # when a run wrote to a setting, with which login
        self.fell: dict[tuple[Where, str], str] = {}  # who made a setting disappear: agent, run, fault
        self.mine: dict[str, dict[str, Entries]] = {"admin1": {}, "admin2": {}}  # the admins' own groups
        self.processes: list[Process] = []
        self.disturbed = False  # a fault, a kill, or an agent that touched a planned setting
        self.before_write: dict[Where, tuple[float, Entries]] = {}

    def settings(self, where: Where) -> Entries:
        return self.groups.get(where, {})

    def go_on(self, until: float) -> None:
        """Time passes."""
        if until > self.monotonic:
            self.wall += until - self.monotonic
            self.monotonic = until

    def save(self, where: Where, key: str, setting: JsonObject | None) -> None:
        """An agent saves or removes a setting; agents' clients make a group that is missing."""
        self.versions[where, key] = self.versions.get((where, key), 0) + 1
        self.saved[where, key] = setting
        self.lost_saves.discard((where, key))
        if setting is None:
            if self.settings(where).pop(key, None) is not None:
                self.fell[where, key] = "agent"
        else:
            self.groups.setdefault(where, {})[key] = setting
            self.fell.pop((where, key), None)

    def agent(self) -> None:
        """An agent does something."""
        chance = self.chance
        where = chance.choice([(U1, "favorites"), (U1, "workspace"), (U2, "favorites"), (U2, "workspace")])
        there = sorted(self.settings(where))
        self.disturbed = True
        if where[1] == "workspace" and "recents" in there:
            people = people_in(self.settings(where)["recents"])
            what = chance.randrange(4)
            if what == 0:
                people.append((f"New{chance.randrange(99)}", f"new{chance.randrange(99)}@x.com"))
            elif what == 1:
                people.insert(0, ("Ann", ANN))
            elif what == 2 and people:
                people.pop(chance.randrange(len(people)))
            self.save(where, "recents", recents(*people))
            return
        if not there or chance.random() < 0.3:
            key = f"n{chance.randrange(30)}"
            self.save(where, key, favorite(key, *chance.choice((("Gus", "gus@x.com"), ("Ann", ANN), ("Eve", EVE)))))
            return
        key = chance.choice(there)
        if key in ("recents", "x", "f6"):
            return
        if chance.random() < 0.5:
            self.save(where, key, None)
        else:
            old = self.settings(where)[key]
            self.save(where, key, JsonObject({**old, "category": str(chance.randrange(9))}))


@dataclasses.dataclass
class Files:
    """A work folder: it outlives processes."""

    journal: bytes = b""
    backups: dict[str, bytes] = dataclasses.field(default_factory=dict)
    lost: int = 0


@dataclasses.dataclass
class Thread:
    """A part of the protocol that a process is in."""

    steps: t.Generator[actions.Action, t.Any, t.Any]
    parent: Thread | None = None
    result: t.Any = None
    error: BaseException | None = None
    children: int = 0
    child_errors: list[BaseException] = dataclasses.field(default_factory=list)
    ready_at: float = 0.0  # when its last action is over


class Process:
    """One run of the module, from its plan to its end, for one person."""

    def __init__(
        self, world: World, files: Files, admin: str, person: str, kills: float, *, parallel: bool, most_refused: int = 10
    ) -> None:
        self.world, self.files, self.admin, self.person, self.kills = world, files, admin, person, kills
        self.name = f"{world.chance.getrandbits(64):016x}"
        self.judge = judge_for(person)
        self.outcomes: list[tuple[t.Any, Outcome]] = []
        self.error: BaseException | None = None
        self.dead = self.finished = False
        self._halted = False
        self._cost = 0.0
        self._parallel = parallel
        self._looks: dict[
            t.Any, tuple[float, dict[str, t.Any], bool]
        ] = {}  # place -> when, version or row of each entry, whether it is the truth
        self._shown: dict[t.Any, tuple[float, tuple[t.Any, ...]]] = {}  # place -> of which moment the last look was, and what it showed
        self._wrote: set[t.Any] = set()  # places written to since the last look
        self._most_refused = most_refused
        self._refused: collections.Counter[Kind] = collections.Counter()  # items that failed in a row
        self._sent: dict[t.Any, WriteResponse] = {}  # the last answer for each place and key
        self._last_tries: set[t.Any] = set()  # items written to after so many had failed
        journal_state = journal.read(files.journal)
        if files.journal and not files.journal.endswith(b"\n"):
            files.journal += b"\n"
        left = []
        for name in sorted(files.backups):
            left.append((name, backup.parse(files.backups[name])))
        self.plan = plan_of(world, self.judge)
        self.lease = Lease(self.name, journal_state.runs)
        has_work = self.plan.to_touch or left or journal_state.open_runs
        left_over = LeftOvers(journal_state, tuple(left))
        steps = run_plan(self.plan, self.judge, left_over, self.lease, delete_form="probe", retries=2, most_refused=most_refused)
        self._threads = [Thread(steps)]
        self._threads[0].ready_at = world.monotonic
        if not has_work:
            self._threads, self.finished = [], True

    # -- driving

    def step(self) -> None:
        """One action, or the end of a part of the protocol."""
        thread = self._next()
        self.world.go_on(thread.ready_at)
        self._cost = 0.0
        try:
            action = thread.steps.throw(thread.error) if thread.error else thread.steps.send(thread.result)
        except StopIteration:
            self._end(thread, None)
            return
        except (Exception, Killed) as error:
            self._end(thread, error)
            return
        thread.result, thread.error = None, None
        if isinstance(action, actions.InParallel) and not self.dead:
            children = [Thread(t.cast(t.Any, work), thread, ready_at=thread.ready_at) for work in action.works]
            thread.children = len(children)
            self._threads[:0] = children
            return
        try:
            if self.dead:
                raise Killed
            thread.result = self.perform(action)
        except (Exception, Killed) as error:
            thread.error = error
        thread.ready_at = self.world.monotonic + self._cost

    def _end(self, thread: Thread, error: BaseException | None) -> None:
        self._threads.remove(thread)
        parent = thread.parent
        if parent is None:
            self.error, self.finished = error, True
            return
        parent.children -= 1
        parent.ready_at = max(parent.ready_at, thread.ready_at)
        if error is not None:
            self._halted = True
            parent.child_errors.append(error)
        if not parent.children:
            parent.error = next((one for one in parent.child_errors if not isinstance(one, actions.RunStopped)), None)
            parent.child_errors = []

    def _next(self) -> Thread:
        runnable = [thread for thread in self._threads if not thread.children]
        return min(runnable, key=lambda thread: thread.ready_at) if self._parallel else runnable[0]

    @property
    def ready_at(self) -> float:
        """When it does its next action."""
        return self._next().ready_at if self._threads else 0.0

    @property
    def now(self) -> float:
        """The time for the process, at the end of what it does."""
        return self.world.monotonic + self._cost

    def kill(self) -> t.NoReturn:
        self.dead = True
        self.world.disturbed = True
        raise Killed

    # -- the world as the process sees it

    def perform(self, action: actions.Action) -> t.Any:
        world = self.world
        self._cost = world.chance.expovariate(100)
        dies = world.chance.random() < self.kills
        after = dies and world.chance.random() < 0.5
        if dies and not after:
            self._die_in(action)
        result = getattr(self, _method_of(action))(action)
        if after:
            self.kill()
        return result

    def _die_in(self, action: actions.Action) -> None:
        """A write to disk may be cut by the kill."""
        if isinstance(action, actions.SaveBackup):
            content = backup.content_of(self.name, action.place, action.entries, action.targets)
            self.files.backups[f"backup-{len(self.files.backups)}-{self.name}"] = content[: self.world.chance.randrange(len(content))]
        elif isinstance(action, actions.AddToJournal):
            line = journal.line(self.name, self.world.wall, action.what)
            self.files.journal += line[: self.world.chance.randrange(len(line))]
        self.kill()

    def _time(self, _action: actions.Time) -> Now:
        return Now(self.now, self.world.wall + self._cost)

    def _pause(self, action: actions.Pause) -> None:
        self._cost += action.seconds

    def _check_stop(self, _action: actions.CheckStop) -> None:
        if self._halted:
            raise actions.RunStopped

    def _list_groups(self, _action: actions.ListGroups) -> list[Group]:
        self._may_fail()
        return [Group(name, "name", name) for name in self.world.mine[self.admin]]

    def _may_fail(self) -> None:
        world = self.world
        if world.chance.random() < world.faults / 4:
            world.disturbed = True
            self._cost += world.chance.choice((0.1, 30.0))
            raise GwsError("gws_answer", "unreadable")

    def _read_place(self, action: actions.ReadPlace) -> Snapshot:
        self._may_fail()
        world, place = self.world, action.place
        if isinstance(place, RowPlace):
            rows = tuple(stored.row for stored in world.rows.values())
            self._looks[place] = self.now, {each.identity: each for each in rows}, True
            self._wrote.discard(place)
            self._shown[place] = world.monotonic, rows
            return Snapshot(rows, True, self.now)
        where = (place.scope.owner, place.group.name)
        groups: t.Mapping[t.Any, Entries] = world.mine[self.admin] if place.scope.owner == "me" else world.groups
        key: t.Any = place.group.name if place.scope.owner == "me" else where
        stale = world.before_write.get(where)
        is_stale = place.scope.owner != "me" and stale is not None and world.monotonic < stale[0] and world.chance.random() < 0.5
        entries = dict(stale[1]) if is_stale and stale is not None else dict(groups.get(key, {}))
        if place.scope.owner != "me":
            versions = {name: world.versions.get((where, name), 0) for name in entries}
            self._looks[place] = self.now, versions, not is_stale
            self._wrote.discard(place)
            self._shown[place] = world.monotonic, tuple(entries.values())
        return Snapshot(tuple(entries.values()), key in groups or is_stale, self.now)

    def _write(self, action: actions.Write) -> WriteResponse:
        sent = self._answered(action)
        if action.content:
            self._sent[action.place, _key_of(action.content)] = sent
        return sent

    def _answered(self, action: actions.Write) -> WriteResponse:
        world = self.world
        self._judge_write(action)
        if world.refuses(action):
            world.disturbed = True
            return WriteResponse(False, "", transient=True)
        if action.kind is Kind.DELETE_ROW:
            return self._delete_row(action)
        place = t.cast(GroupPlace, action.place)
        is_own = place.scope.owner == "me"
        fault = world.chance.random()
        if fault >= world.faults:
            return self._effect(action)
        world.disturbed = True
        what = world.chance.choice(
            ("lie", "500 done", "500 not", "lost done", "lost not", "503", "404 done", "404 not", "bad", "group lost")
        )
        if what == "lie":
            return WriteResponse(True, "")
        if what == "group lost":
            if is_own or action.kind not in (Kind.DELETE, Kind.UPDATE):
                return self._effect(action)
            where = (place.scope.owner, place.group.name)
            for key in list(world.settings(where)):
                world.fell[where, key] = "fault"
            world.groups.pop(where, None)
            return WriteResponse(True, "")
        if what.endswith("done"):
            self._effect(action)
        if what.startswith("lost"):
            self._cost += 30.0
            return WriteResponse(False, "no answer", transient=True)
        return {
            "500": WriteResponse(False, "", transient=True),
            "503": WriteResponse(False, "", transient=True, retry_after=2.0),
            "404": WriteResponse(False, "", missing=True),
            "bad": WriteResponse(False, ""),
        }[what.split()[0]]

    def _effect(self, action: actions.Write) -> WriteResponse:
        """Do it, as GWS does."""
        world, place = self.world, t.cast(GroupPlace, action.place)
        where = (place.scope.owner, place.group.name)
        mine = world.mine[self.admin] if place.scope.owner == "me" else None
        groups: dict[t.Any, Entries] = t.cast(t.Any, world.groups if mine is None else mine)
        name: t.Any = where if mine is None else place.group.name
        settings = groups.get(name)
        if mine is None and settings is not None:
            world.before_write[where] = world.monotonic + world.chance.choice((0, 0, 0, 0.5, 3.0)), dict(settings)
        key = str(action.content["name"]) if action.content else ""
        if action.kind is Kind.CREATE_GROUP:
            if settings is not None:
                return WriteResponse(False, "", exists=True)
            groups[name] = {}
            return WriteResponse(True, "")
        if settings is None:
            return WriteResponse(False, "", missing=True)
        if action.kind is Kind.DROP_GROUP:
            if mine is None:
                raise Violation("somebody's group is dropped")
            del groups[name]
            return WriteResponse(True, "")
        if action.kind is Kind.CREATE:
            if key in settings:
                return WriteResponse(False, "", exists=True)
            settings[key] = JsonObject.of(action.content)
            return WriteResponse(True, "")
        if key not in settings:
            return WriteResponse(False, "", missing=True)
        if mine is None:
            world.writers[where, key] = world.monotonic, self.admin
        if action.kind is Kind.UPDATE:
            settings[key] = JsonObject.of(action.content)
        else:
            del settings[key]
            world.fell[where, key] = "run"
            if not settings and (world.vanishes or (mine is not None and world.vanishes)):
                del groups[name]
        return WriteResponse(True, "")

    def _delete_row(self, action: actions.Write) -> WriteResponse:
        world = self.world
        stored = world.rows.get(action.content.key)
        fault = world.chance.choice(("before", "after", "lie")) if world.chance.random() < world.faults else ""
        world.disturbed = world.disturbed or bool(fault)
        if stored is not None and fault not in ("before", "lie") and action.timestamp >= stored.stamp:
            del world.rows[action.content.key]
        if fault in ("before", "after"):
            self._cost += 10.0
            return WriteResponse(False, "timed out", transient=True)
        return WriteResponse(True, "")

    def _save_backup(self, action: actions.SaveBackup) -> str:
        name = f"backup-{len(self.files.backups)}-{self.name}-{self.world.chance.getrandbits(32)}"
        self.files.backups[name] = backup.content_of(self.name, action.place, action.entries, action.targets)
        self._cost += self.world.chance.choice((0.001, 0.001, 0.001, 4.0))  # a slow disk
        return name

    def _end_backup(self, action: actions.EndBackup) -> None:
        self.files.lost += bool(action.lost)
        del self.files.backups[action.name]

    def _add_to_journal(self, action: actions.AddToJournal) -> None:
        self.files.journal += journal.line(self.name, self.world.wall, action.what)

    def _item_started(self, _action: actions.ItemStarted) -> None:
        pass

    # -- what must hold

    def _judge_write(self, action: actions.Write) -> None:
        """Whether this may be sent now."""
        world, place = self.world, action.place
        if isinstance(place, GroupPlace) and place.scope.owner == "me":
            if not place.group.name.startswith("gws-pii-"):
                raise Violation("a group of the admin is written to")
            return
        for other in world.processes:
            if other is not self and not other.dead and not other.finished and other.admin == self.admin and other.lease._has:
                raise Violation("two runs erase with one login")
        if action.kind in (Kind.CREATE, Kind.CREATE_GROUP):
            self._judge_put_back(action)
            return
        if self._refused[action.kind] >= self._most_refused:
            if (place, _key_of(action.content)) in self._last_tries:
                raise Violation("a server that refuses everything is not left alone")
            self._last_tries.add((place, _key_of(action.content)))  # it had begun before
        look = self._looks.get(place)
        moment, entries = self._shown.get(place, (0.0, ()))
        if look is None or place in self._wrote:
            raise Violation("a write without a look of its own")
        if world.monotonic - look[0] > LATEST_WRITE:
            raise Violation("a write long after the look")
        self._wrote.add(place)
        if isinstance(place, RowPlace):
            kept = [found for found in map(backup.read, self.files.backups.values()) if found is not None and "rows" in found]
            if not any(
                action.content.backup() in found["targets"]
                and _is_backup(found["rows"], [each.backup() for each in entries], found["targets"])
                for found in kept
            ):
                raise Violation("a row is deleted without a backup")
            texts = action.content.values["payload"]
            if self.person not in texts or HELD in texts or "contacts" in texts:
                raise Violation("a row is deleted that is held, or has somebody else in it")
            return
        where, key = (place.scope.owner, place.group.name), str(action.content["name"])
        if (where, "f6") == (where, key):
            raise Violation("what is held is written to")
        backups = [found for found in map(backup.parse, self.files.backups.values()) if found is not None and found.place == place]
        texts = [entry.text for entry in entries]
        if not any(key in _names(found.targets) and _is_backup(_texts(found.settings), texts, _texts(found.targets)) for found in backups):
            raise Violation("a write without a backup")
        if world.versions.get((where, key), 0) != look[1].get(key) or not look[2]:
            world.lost_saves.add((where, key))  # an agent saved since the look, or a cache showed an old state
        now = world.settings(where).get(key)
        at, writer = world.writers.get((where, key), (0.0, self.admin))
        is_anothers = writer != self.admin and at >= moment  # of another login: neither the lease nor the look can tell
        if now is not None and self.person not in json.dumps(now) and (where, key) not in world.lost_saves and not is_anothers:
            raise Violation("what is written to does not hold the person")

    def _judge_put_back(self, action: actions.Write) -> None:
        where = (t.cast(GroupPlace, action.place).scope.owner, t.cast(GroupPlace, action.place).group.name)
        if action.kind is Kind.CREATE_GROUP:
            if where not in self.world.groups and not any(
                cause == "fault" for (place, _key), cause in self.world.fell.items() if place == where
            ):
                raise Violation("a group is made again that we did not take")
            return
        key = str(action.content["name"])
        if key not in self.world.settings(where) and self.world.fell.get((where, key)) != "fault":
            raise Violation("what an agent or another run removed is put back")

    def _item_finished(self, action: actions.ItemFinished) -> None:
        """An outcome is the truth, as far as anybody can see it."""
        world, item, outcome = self.world, action.item, action.outcome
        self.outcomes.append((item, outcome))
        if outcome in (Outcome.DELETED, Outcome.REDACTED):
            self._refused[item.kind] = 0
        elif outcome is Outcome.FAILED and self._sent[item.place, _key_of(item.entry)].transient:
            self._refused[item.kind] += 1
        if isinstance(item, RowAssessment):
            is_there = item.row.key in world.rows
            if is_there and outcome in (Outcome.DELETED, Outcome.ALREADY_ABSENT):
                raise Violation("a row is said to be gone that is there")
            if not is_there and outcome is Outcome.FAILED:
                raise Violation("a row that is gone is a failure")
            return
        place = item.place
        where, key = (place.scope.owner, place.group.name), str(item.entry["name"])
        now = world.settings(where).get(key)
        is_there = now is not None and self.person in json.dumps(now)
        _at, versions, is_true = self._looks[place]
        is_known = is_true and world.versions.get((where, key), 0) == versions.get(key, world.versions.get((where, key), 0))
        if is_known and is_there and outcome in (Outcome.DELETED, Outcome.REDACTED, Outcome.ALREADY_ABSENT) and key not in versions:
            is_known = False  # an agent has made it anew since
        if is_known and is_there and outcome in (Outcome.DELETED, Outcome.REDACTED, Outcome.ALREADY_ABSENT):
            raise Violation("a setting is said to be gone that is there")
        if is_known and not is_there and outcome is Outcome.FAILED:
            raise Violation("a setting that is gone is a failure")


def _method_of(action: actions.Action) -> str:
    """The method that carries out an action: ``_read_place`` for ``ReadPlace``."""
    return re.sub(r"(?=[A-Z])", "_", type(action).__name__).lower()


def _key_of(entry: t.Any) -> t.Any:
    return entry.key if isinstance(entry, Row) else str(entry["name"])


def _is_backup(kept: list[t.Any], seen: list[t.Any], targets: list[t.Any]) -> bool:
    """Whether a backup holds what the last look showed, and nothing else but what the run was to erase."""
    return all(entry in kept for entry in seen) and all(entry in seen or entry in targets for entry in kept)


def _texts(settings: t.Iterable[t.Any]) -> list[str]:
    return [JsonObject.of(setting).text for setting in settings]


def _names(settings: t.Iterable[t.Any]) -> set[str]:
    return {str(setting["name"]) for setting in settings}


@dataclasses.dataclass(frozen=True, eq=False)
class RememberingJudge(Judge):
    """Judges the same setting once: most of the time of a history would be spent on that."""

    def assess(self, scope: Scope, aliases: tuple[str, ...], group: Group, setting: t.Any, *, is_alone: bool = True) -> Assessment | None:
        return _assessed(self, scope, aliases, group, JsonObject.of(setting).text, is_alone)


@functools.lru_cache(maxsize=5000)
def _assessed(judge: Judge, scope: Scope, aliases: tuple[str, ...], group: Group, text: str, is_alone: bool) -> Assessment | None:
    return Judge.assess(judge, scope, aliases, group, parse_object(text), is_alone=is_alone)


@contextlib.contextmanager
def remembered_rows() -> t.Iterator[None]:
    """The same for rows, while this context lasts."""
    original = row_judge.assess_row

    @functools.lru_cache(maxsize=5000)
    def assessed(judge: Judge, place: RowPlace, row: Row, rows: tuple[Row, ...]) -> RowAssessment | None:
        return original(judge, place, row, rows)

    def patched(judge: Judge, place: RowPlace, row: Row, rows: t.Sequence[Row], *, is_readable: bool = True) -> RowAssessment | None:
        assert is_readable
        return assessed(judge, place, row, tuple(rows))

    row_judge.assess_row = patched
    try:
        yield
    finally:
        row_judge.assess_row = original


@functools.lru_cache(maxsize=4)
def judge_for(person: str) -> Judge:
    subjects = subjects_of(person)
    return RememberingJudge(subjects, Matcher(subjects, None), Policy("redact", False, False, ()), parse_holds([HELD], region=None))


def plan_of(world: World, judge: Judge) -> Plan:
    """What a search would find now: it reads Cassandra, so no cache is in its way."""
    found = []
    for (owner, name), settings in world.groups.items():
        group = Group(name, "name", name)
        found += [judge.assess(Scope(owner), (owner,), group, setting) for setting in settings.values()]
    place = RowPlace("settings", f"owner = {GONE}")
    rows = [stored.row for stored in world.rows.values()]
    assessed = [row_judge.assess_row(judge, place, each, rows) for each in rows]
    return Plan(judge.subjects, tuple(one for one in found if one), tuple(one for one in assessed if one))


REFUSING = ("", "", "", "everything", "updates", "deletes", U1, U2)


def is_refused(refusing: str, action: actions.Write) -> bool:
    """Whether a GWS, or a Cassandra, that refuses such writes refuses this one. What is the admin's own is never refused."""
    owner = action.place.scope.owner if isinstance(action.place, GroupPlace) else GONE
    kinds = {"updates": (Kind.UPDATE,), "deletes": (Kind.DELETE, Kind.DELETE_ROW)}.get(refusing, ())
    return owner != "me" and (refusing in ("everything", owner) or action.kind in kinds)


def run_history(seed: int) -> dict[str, int]:
    """One history. Returns what happened, in numbers. :raises Violation: when something happened that must not."""
    chance = random.Random(seed)
    world = World(chance)
    world.faults = chance.choice((0.0, 0.0, 0.03, 0.15, 0.4))
    kills = chance.choice((0.0, 0.0, 0.005, 0.03))
    agents = chance.choice((0.0, 0.01, 0.05))
    jumps = chance.choice((0.0, 0.01))
    refusing, most_refused = chance.choice(REFUSING), chance.choice((1, 2, 3))
    world.refuses = lambda action: is_refused(refusing, action)
    files = {name: Files() for name in ("one", "two")}
    second = chance.choice((None, None, ("admin1", ANN), ("admin1", EVE), ("admin2", ANN), ("admin2", EVE)))
    happened = {"runs": 0, "kills": 0, "steps": 0, "lost saves": 0, "busy": 0, "left alone": 0}

    def begin(name: str, admin: str, person: str) -> Process:
        process = Process(world, files[name], admin, person, kills, parallel=chance.random() < 0.5, most_refused=most_refused)
        happened["runs"] += 1
        world.processes.append(process)
        return process

    def until_end(processes: list[Process], second_at: int) -> None:
        steps = 0
        while processes:
            process = min(processes, key=lambda each: each.ready_at)
            if not process.finished:
                process.step()
            if process.finished:
                processes.remove(process)
                over(process)
            if chance.random() < agents:
                world.agent()
            if chance.random() < jumps:
                world.wall += chance.choice((-86400.0, 86400.0, 3600.0))
            if steps == second_at and second is not None:
                processes.append(begin("two", *second))
            steps += 1
            happened["steps"] += 1
            if steps > 20_000:
                raise Violation("a run does not end")

    def over(process: Process) -> None:
        world.processes.remove(process)
        happened["kills"] += process.dead
        happened["busy"] += getattr(process.error, "code", "") == "busy"
        happened["left alone"] += getattr(process.error, "code", "") == "too_many_refusals"
        if process.error is not None and not isinstance(process.error, (GwsPiiError, Killed)):
            raise process.error
        if not process.dead:
            check_others(world)

    started = chance.randrange(200)
    for _again in range(chance.choice((1, 1, 2, 3))):
        until_end([begin("one", "admin1", ANN)], started)
        started = -1
    world.faults = agents = jumps = kills = 0.0
    refusing = ""
    world.before_write.clear()
    people = [("one", "admin1", ANN)] + ([("two", *second)] if second else [])
    for name, admin, person in people:
        for again in range(MOST_RERUNS + 1):
            process = begin(name, admin, person)
            until_end([process], -1)
            failed = [outcome for _item, outcome in process.outcomes if outcome in (Outcome.FAILED, Outcome.CHANGED)]
            left = plan_of(world, process.judge).to_touch
            if process.error is None and not failed:
                if left:
                    raise Violation("exit code 0, and something of the person is left")
                break
            if again == MOST_RERUNS:
                raise Violation(f"it does not end: {process.error!r}")
        if files[name].backups:
            raise Violation("a backup is left after success")
    check_others(world)
    happened["lost saves"] = len(world.lost_saves)
    return happened


def check_others(world: World) -> None:
    """What is not the persons' is as agents saved it last, but where nobody could see that they had saved."""
    for (where, key), setting in world.saved.items():
        if (where, key) in world.lost_saves or world.fell.get((where, key)) == "fault":
            continue
        now = world.settings(where).get(key)
        if key == "recents":
            if setting is None:
                continue
            kept = [one for one in people_in(setting) if one[1] not in (ANN, EVE)]
            shown = [one for one in people_in(now) if one[1] not in (ANN, EVE)] if now is not None else None
            if kept != shown:
                raise Violation("other people's contacts in a container are not as their agent saved them")
        elif setting is None:
            if now is not None:
                raise Violation("what an agent removed is there")
        elif ((ANN not in setting.values() and EVE not in setting.values()) or HELD in setting.values()) and now != setting:
            raise Violation("a setting of somebody else is not as its agent saved it")
    for row_key, first in world.first_rows.items():
        texts = str(first.values["payload"])
        is_gone = row_key not in world.rows
        if is_gone and ((ANN not in texts and EVE not in texts) or HELD in texts or "contacts" in texts):
            raise Violation("a row of somebody else, or one that is held, is gone")
