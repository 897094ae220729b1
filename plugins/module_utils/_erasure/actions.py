# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""The actions that the protocol requests, and their results: values only. The shell (``execute``) carries them out. Pure, no I/O.

A part of the protocol is a generator: it yields an action and receives its result, or an error of the collection is thrown into it. So all decisions
are made without I/O, and the same code runs against Cassandra and GWS and in a simulation.
"""

from __future__ import annotations

import dataclasses
import enum
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._gws_api.settings import Group, Scope

_Result = t.TypeVar("_Result")
Steps = t.Generator["Action", t.Any, _Result]


class DeleteForm(enum.Enum):
    """Where a DELETE request has the key of the setting."""

    BODY = "body"
    PATH = "path"


@dataclasses.dataclass(frozen=True)
class GroupPlace:
    """A settings group of one owner: its settings are read together."""

    scope: Scope
    group: Group


@dataclasses.dataclass(frozen=True)
class RowPlace:
    """Rows of one owner in one partition, which are read together. ``where`` is the CQL condition; it contains keys."""

    table: str
    where: str


Place = t.Union[GroupPlace, RowPlace]  # noqa: UP007 - ansible-test reads it as Python 3.8


@dataclasses.dataclass(frozen=True)
class Snapshot:
    """The content of a place: settings or rows. ``exists`` is False for a missing group. ``at``: time of the read, in monotonic seconds."""

    entries: tuple[t.Any, ...]
    exists: bool
    at: float


@dataclasses.dataclass(frozen=True)
class WriteResponse:
    """The answer to a write; the outcome is read back in any case. ``label`` is for messages: numbers only."""

    ok: bool
    label: str
    missing: bool = False
    transient: bool = False
    forbidden: bool = False
    exists: bool = False
    retry_after: float = 0.0


class Kind(enum.Enum):
    """The kinds of writes. ``DROP_GROUP`` is used only for the collection's own groups in the admin's own scope."""

    CREATE_GROUP = "create group"
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    DROP_GROUP = "drop group"
    DELETE_ROW = "delete row"


@dataclasses.dataclass(frozen=True)
class Action:
    """An action that the shell carries out."""


@dataclasses.dataclass(frozen=True)
class Time(Action):
    """Get the time. The result is a ``Now``."""


@dataclasses.dataclass(frozen=True)
class Now:
    """Seconds: ``monotonic`` for durations, ``wall`` since 1970."""

    monotonic: float
    wall: float


@dataclasses.dataclass(frozen=True)
class Pause(Action):
    """Wait."""

    seconds: float


@dataclasses.dataclass(frozen=True)
class CheckStop(Action):
    """Check whether the run may go on. Raises RefusedError if the stop file exists, RunStopped if another worker has stopped the run."""


class RunStopped(Exception):
    """Another worker has stopped the run."""


@dataclasses.dataclass(frozen=True)
class InParallel(Action):
    """Run several sequences of actions in parallel. The first error stops the others before their next write, and is raised."""

    works: tuple[Steps[None], ...]


@dataclasses.dataclass(frozen=True)
class ListGroups(Action):
    """List the groups of a scope."""

    scope: Scope


@dataclasses.dataclass(frozen=True)
class ReadPlace(Action):
    """Read a place. The result is a ``Snapshot``."""

    place: Place


@dataclasses.dataclass(frozen=True)
class Write(Action):
    """Send a write. The result is a ``WriteResponse``. ``content`` is a setting or a row; ``timestamp`` in microseconds, for rows."""

    kind: Kind
    place: Place
    content: t.Any = None
    form: DeleteForm = DeleteForm.BODY
    timestamp: int = 0


@dataclasses.dataclass(frozen=True)
class SaveBackup(Action):
    """Write a backup to disk. The result is its name. ``targets`` are the entries that are about to be erased."""

    place: Place
    entries: tuple[t.Any, ...]
    targets: tuple[t.Any, ...]


@dataclasses.dataclass(frozen=True)
class EndBackup(Action):
    """Shred a backup that is no longer needed. ``lost`` are entries that a human may have to restore; they are kept in a file of their own."""

    name: str
    place: Place | None = None
    lost: tuple[t.Any, ...] = ()


@dataclasses.dataclass(frozen=True)
class AddToJournal(Action):
    """Write a line of the journal to disk. It contains no personal data."""

    what: str


@dataclasses.dataclass(frozen=True)
class ItemStarted(Action):
    """An item is about to be written: record it for the receipt."""

    item: t.Any


class Outcome(enum.Enum):
    """The outcome for a setting or a row of the plan."""

    DELETED = "deleted"
    REDACTED = "redacted"
    ALREADY_ABSENT = "already_absent"
    CHANGED = "changed"  # it no longer matches the plan, so it was left
    FAILED = "failed"


@dataclasses.dataclass(frozen=True)
class ItemFinished(Action):
    """An item is finished. ``changes``: number of other entries of the place that somebody else saved meanwhile."""

    item: t.Any
    outcome: Outcome
    changes: int = 0
