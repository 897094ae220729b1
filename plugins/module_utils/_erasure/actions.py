# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""What the protocol asks of the world, and what it gets back: values only. The shell (``execute``) carries them out. Pure, no I/O.

A part of the protocol is a generator: it yields an action, and is sent what came of it, or has an error of the collection thrown into it. So all
decisions are made without I/O, and the same code runs against Cassandra and GWS, and in a simulation.
"""

from __future__ import annotations

import dataclasses
import enum
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._gws_api.settings import Group, Scope

_Result = t.TypeVar("_Result")
Steps = t.Generator["Action", t.Any, _Result]


class DeleteForm(enum.Enum):
    """Where the key of the setting stands in a DELETE."""

    BODY = "body"
    PATH = "path"


@dataclasses.dataclass(frozen=True)
class GroupPlace:
    """A settings group of one owner: its settings are looked at together."""

    scope: Scope
    group: Group


@dataclasses.dataclass(frozen=True)
class RowPlace:
    """Rows of one owner in one partition: they are looked at together. ``where`` is the CQL condition; it holds keys."""

    table: str
    where: str


Place = t.Union[GroupPlace, RowPlace]  # noqa: UP007 - ansible-test reads it as Python 3.8


@dataclasses.dataclass(frozen=True)
class Snapshot:
    """What is in a place: settings or rows. ``exists`` is False for a group that is not there. ``at``: seconds, monotonic."""

    entries: tuple[t.Any, ...]
    exists: bool
    at: float


@dataclasses.dataclass(frozen=True)
class WriteResponse:
    """The answer to a write, which is not believed. ``label`` is for messages: numbers only."""

    ok: bool
    label: str
    missing: bool = False
    transient: bool = False
    forbidden: bool = False
    exists: bool = False
    retry_after: float = 0.0


class Kind(enum.Enum):
    """The writes. ``DROP_GROUP`` is for groups of our own in our own scope only."""

    CREATE_GROUP = "create group"
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    DROP_GROUP = "drop group"
    DELETE_ROW = "delete row"


@dataclasses.dataclass(frozen=True)
class Action:
    """Something that the shell does."""


@dataclasses.dataclass(frozen=True)
class Time(Action):
    """Gives a ``Now``."""


@dataclasses.dataclass(frozen=True)
class Now:
    """Seconds: ``monotonic`` for how long something takes, ``wall`` since 1970."""

    monotonic: float
    wall: float


@dataclasses.dataclass(frozen=True)
class Pause(Action):
    """Wait."""

    seconds: float


@dataclasses.dataclass(frozen=True)
class CheckStop(Action):
    """May the next write be sent? Raises RefusedError when the stop file exists, Halted when another worker has stopped the run."""


class RunStopped(Exception):
    """Another worker has stopped the run."""


@dataclasses.dataclass(frozen=True)
class InParallel(Action):
    """Do all of these, several at a time, each in its order. The first error stops the others before their next write, and is raised."""

    works: tuple[Steps[None], ...]


@dataclasses.dataclass(frozen=True)
class ListGroups(Action):
    """Gives the groups of a scope."""

    scope: Scope


@dataclasses.dataclass(frozen=True)
class ReadPlace(Action):
    """Gives what is Seen in a place."""

    place: Place


@dataclasses.dataclass(frozen=True)
class Write(Action):
    """Gives what was Sent. ``content`` is a setting or a row. ``timestamp`` in microseconds, for rows."""

    kind: Kind
    place: Place
    content: t.Any = None
    form: DeleteForm = DeleteForm.BODY
    timestamp: int = 0


@dataclasses.dataclass(frozen=True)
class SaveBackup(Action):
    """Gives the name of the backup, which is safely on disk then. ``targets`` are the entries that are about to be erased."""

    place: Place
    entries: tuple[t.Any, ...]
    targets: tuple[t.Any, ...]


@dataclasses.dataclass(frozen=True)
class EndBackup(Action):
    """The backup is not needed any more: it is shredded. ``lost`` is what a human may need of it, in a file of its own."""

    name: str
    place: Place | None = None
    lost: tuple[t.Any, ...] = ()


@dataclasses.dataclass(frozen=True)
class AddToJournal(Action):
    """A line of the journal, safely on disk when it returns. Holds no personal data."""

    what: str


@dataclasses.dataclass(frozen=True)
class ItemStarted(Action):
    """An item is about to be written to: evidence takes note of it."""

    item: t.Any


class Outcome(enum.Enum):
    """What became of a setting or a row of the plan."""

    DELETED = "deleted"
    REDACTED = "redacted"
    ALREADY_ABSENT = "already_absent"
    CHANGED = "changed"  # it is not what was planned any more, so it was left
    FAILED = "failed"


@dataclasses.dataclass(frozen=True)
class ItemFinished(Action):
    """An item has its outcome. ``changes``: other entries of the place that somebody else saved meanwhile."""

    item: t.Any
    outcome: Outcome
    changes: int = 0
