# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Table layouts in which the stand-in keeps its settings.

GWS's true tables are not public, so a test that passes over all of these says more than one that passes over a guess.
"""

from __future__ import annotations

import json
import uuid
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any, ClassVar, Literal

from cassandra import InvalidRequest
from cassandra.cluster import Session
from cassandra.concurrent import execute_concurrent
from cassandra.query import BatchStatement, BatchType, PreparedStatement

Setting = dict[str, Any]
Statement = tuple[str, tuple[Any, ...]]
RowKey = tuple[str, tuple[Any, ...]]
Row = tuple[tuple[Any, ...], tuple[Any, ...]]

CONTACT_CENTER = "3f0c1d52a7b64c0e9b1f6a2e84d7c593"
"""The id of the lab's contact centre, as it stands in row keys."""


def dashed(identifier: str) -> str:
    """32 hex characters as a dashed UUID."""
    return str(uuid.UUID(identifier))


@dataclass(frozen=True, order=True)
class Owner:
    """Who a settings group belongs to; the id is 32 hex characters."""

    scope: Literal["user", "contact_center"]
    id: str


@dataclass(frozen=True)
class Group:
    """A settings group's resource; `key` names the attribute that identifies a setting in it."""

    name: str
    display_name: str
    key: str


@dataclass(frozen=True)
class Entry:
    """One setting to be loaded; `escape_at` stores each @ as an escape of JSON, as some writers do."""

    owner: Owner
    group: Group
    setting: Setting
    escape_at: bool = False

    @property
    def key_value(self) -> str:
        """The value of the key attribute, as text."""
        return str(self.setting[self.group.key])


def encode(value: object, *, ascii_only: bool = False, escape_at: bool = False) -> str:
    """JSON text as a layout stores it; an @ occurs only inside strings, so replacing it keeps the JSON valid."""
    text = json.dumps(value, ensure_ascii=ascii_only, separators=(",", ":"))
    return text.replace("@", "\\u0040") if escape_at else text


class Layout(ABC):
    """Where settings and group resources lie in a keyspace. Thread-safe after `create`."""

    name: ClassVar[str]

    def __init__(self, *, contact_center: str = CONTACT_CENTER) -> None:
        self.contact_center = contact_center
        self.keyspace = ""
        self._session: Session | None = None
        self._prepared: dict[str, PreparedStatement] = {}

    # -- what every layout offers

    @property
    def session(self) -> Session:
        """The session that `create` or `attach` was given."""
        if self._session is None:
            raise RuntimeError("call create() or attach() first")
        return self._session

    def attach(self, session: Session, keyspace: str) -> None:
        """Use tables that exist already."""
        self._session, self.keyspace, self._prepared = session, keyspace, {}

    def create(self, session: Session, keyspace: str, replication_factor: int = 1) -> None:
        """Create the keyspace, when it is missing, and this layout's tables."""
        self.attach(session, keyspace)
        session.execute(
            f'CREATE KEYSPACE IF NOT EXISTS "{keyspace}" WITH replication = '
            f"{{'class': 'SimpleStrategy', 'replication_factor': {replication_factor}}}"
        )
        for table in self._schema():
            session.execute(table.replace("CREATE TABLE ", f'CREATE TABLE IF NOT EXISTS "{keyspace}".', 1))

    @abstractmethod
    def _schema(self) -> list[str]:
        """`CREATE TABLE name (…)` of each table."""

    @abstractmethod
    def groups(self, owner: Owner) -> list[Group]:
        """The group resources of an owner, by name."""

    def group(self, owner: Owner, name: str) -> Group | None:
        """One group resource, None when the owner has no such group."""
        return next((group for group in self.groups(owner) if group.name == name), None)

    def create_group(self, owner: Owner, group: Group) -> None:
        """Write the group's resource."""
        self._write([self._group_statement(owner, group)])

    @abstractmethod
    def drop_group(self, owner: Owner, group: Group) -> None:
        """Remove the group's resource and all its settings."""

    @abstractmethod
    def settings(self, owner: Owner, group: Group) -> list[Setting]:
        """The settings of a group."""

    def setting(self, owner: Owner, group: Group, key_value: str) -> Setting | None:
        """One setting by the value of its key attribute, None when there is none."""
        return next((setting for setting in self.settings(owner, group) if str(setting.get(group.key)) == key_value), None)

    def put(self, owner: Owner, group: Group, key_value: str, setting: Setting) -> None:
        """Create or replace one setting."""
        if str(setting[group.key]) != key_value:
            raise ValueError("the setting's key attribute and the key differ")
        self._write(self._setting_statements(owner, group, [Entry(owner, group, setting)]))

    @abstractmethod
    def delete(self, owner: Owner, group: Group, key_value: str) -> None:
        """Remove one setting; the group stays."""

    def load(self, groups: Iterable[tuple[Owner, Group]], entries: Iterable[Entry]) -> None:
        """Write many groups and settings fast; existing settings of the same groups are not read."""
        collected: dict[tuple[Owner, str], list[Entry]] = {}
        for entry in entries:
            collected.setdefault((entry.owner, entry.group.name), []).append(entry)

        def statements() -> Iterator[Statement]:
            for owner, group in groups:
                yield self._group_statement(owner, group)
            for found in collected.values():
                yield from self._setting_statements(found[0].owner, found[0].group, found)

        self._write(statements())

    @abstractmethod
    def _group_statement(self, owner: Owner, group: Group) -> Statement:
        """The insert of a group's resource."""

    @abstractmethod
    def _setting_statements(self, owner: Owner, group: Group, entries: list[Entry]) -> Iterable[Statement]:
        """The inserts of settings of one group."""

    # -- Cassandra

    def _prepare(self, cql: str) -> PreparedStatement:
        statement = self._prepared.get(cql)
        if statement is None:
            statement = self._prepared[cql] = self.session.prepare(cql.replace("@", f'"{self.keyspace}".'))
        return statement

    def _rows(self, cql: str, *values: object) -> list[Any]:
        """Run a query; `@table` stands for a table of this keyspace."""
        return list(self.session.execute(self._prepare(cql), values))

    def _write(self, statements: Iterable[Statement]) -> None:
        collected: dict[str, list[tuple[Any, ...]]] = {}
        for cql, values in statements:
            collected.setdefault(cql, []).append(values)
        for cql, rows in collected.items():
            if len(rows) == 1:
                self.session.execute(self._prepare(cql), rows[0])
            else:
                batches = [(batch, ()) for batch in _batches(self._prepare(cql), rows)]
                execute_concurrent(self.session, batches, concurrency=32)

    def dump(self, session: Session | None = None) -> dict[RowKey, Row]:
        """Every row of every table of the keyspace: (table, primary key) -> (all column values, write times)."""
        return dump_keyspace(session or self.session, self.keyspace)


def _batches(statement: PreparedStatement, rows: list[tuple[Any, ...]]) -> Iterator[BatchStatement]:
    """Rows of one partition that follow each other, some kilobytes together: much faster than one by one."""
    batch, partition, size = BatchStatement(BatchType.UNLOGGED), None, 0
    for row in rows:
        bound = statement.bind(row)
        length = sum(len(value) for value in bound.values if isinstance(value, bytes))
        if len(batch) and (bound.routing_key != partition or size + length > 16_000):
            yield batch
            batch, size = BatchStatement(BatchType.UNLOGGED), 0
        batch.add(bound)
        partition, size = bound.routing_key, size + length
    yield batch


def dump_keyspace(session: Session, keyspace: str) -> dict[RowKey, Row]:
    """Every row of every table, with write times where the server gives them, to prove that nothing else changed."""
    metadata = session.cluster.metadata
    session.cluster.refresh_keyspace_metadata(keyspace)
    rows: dict[RowKey, Row] = {}
    for table in metadata.keyspaces[keyspace].tables.values():
        key = [column.name for column in table.primary_key]
        regular = [name for name in table.columns if name not in key]
        plain = [name for name in regular if "<" not in table.columns[name].cql_type.replace("frozen<", "")]
        for timed in (regular, plain):
            chosen = [*(f'"{name}"' for name in (*key, *regular)), *(f'WRITETIME("{name}")' for name in timed)]
            query = f'SELECT {", ".join(chosen)} FROM "{keyspace}"."{table.name}"'
            try:
                found = list(session.execute(query))
            except InvalidRequest:  # before 5.0 a collection has no write time
                if timed == plain:
                    raise
                continue
            end = len(key) + len(regular)
            for row in found:
                values = tuple(_frozen(value) for value in row)
                rows[(table.name, values[: len(key)])] = (values[:end], values[end:])
            break
    return rows


def _frozen(value: Any) -> Any:
    """A comparable, hashable copy of a column's value."""
    if isinstance(value, Mapping):
        return tuple(sorted((key, _frozen(item)) for key, item in value.items()))
    if isinstance(value, (list, set, frozenset)) or type(value).__name__ == "SortedSet":
        return tuple(_frozen(item) for item in value)
    return value


class _OneTable(Layout):
    """Group resources and settings in one table of `key`, `column1`, `value`, as Thrift clients make them.

    The column is `<group>` for the resource and `<group>:<setting's key>` for a setting: a group's name is
    URI-compatible, so without a colon.
    """

    def __init__(self, *, contact_center: str = CONTACT_CENTER, compact: bool = False) -> None:
        super().__init__(contact_center=contact_center)
        self.compact = compact
        """COMPACT STORAGE, as Thrift made it on 2.2 and 3.11 (CQL still takes it on 4.1 and 5.0, where no such table should be)."""

    @property
    def _option(self) -> str:
        return " WITH COMPACT STORAGE" if self.compact else ""

    @abstractmethod
    def _key(self, owner: Owner) -> object:
        """The partition key of an owner's settings."""

    @abstractmethod
    def _text(self, text: str) -> object:
        """A text as this layout stores it."""

    def _read(self, value: Any) -> Any:
        return json.loads(value)

    def groups(self, owner: Owner) -> list[Group]:
        rows = self._rows("SELECT column1, value FROM @settings WHERE key = ?", self._key(owner))
        names = ((row[0] if isinstance(row[0], str) else row[0].decode(), row[1]) for row in rows)
        resources = (self._read(value) for name, value in names if ":" not in name)
        return [Group(found["name"], found["displayName"], found["key"]) for found in resources]

    def group(self, owner: Owner, name: str) -> Group | None:
        rows = self._rows("SELECT value FROM @settings WHERE key = ? AND column1 = ?", self._key(owner), self._text(name))
        found = self._read(rows[0][0]) if rows and ":" not in name else None
        return Group(found["name"], found["displayName"], found["key"]) if found else None

    def settings(self, owner: Owner, group: Group) -> list[Setting]:
        rows = self._rows(
            "SELECT value FROM @settings WHERE key = ? AND column1 >= ? AND column1 < ?",
            self._key(owner),
            self._text(f"{group.name}:"),
            self._text(f"{group.name};"),
        )
        return [self._read(row[0]) for row in rows]

    def drop_group(self, owner: Owner, group: Group) -> None:
        for setting in self.settings(owner, group):
            self.delete(owner, group, str(setting[group.key]))
        self._rows("DELETE FROM @settings WHERE key = ? AND column1 = ?", self._key(owner), self._text(group.name))

    def delete(self, owner: Owner, group: Group, key_value: str) -> None:
        column = self._text(f"{group.name}:{key_value}")
        self._rows("DELETE FROM @settings WHERE key = ? AND column1 = ?", self._key(owner), column)

    def _insert(self, owner: Owner, column: str, value: str) -> Statement:
        return (
            "INSERT INTO @settings (key, column1, value) VALUES (?, ?, ?)",
            (self._key(owner), self._text(column), self._text(value)),
        )

    def _group_statement(self, owner: Owner, group: Group) -> Statement:
        return self._insert(owner, group.name, encode(_resource(group)))

    def _setting_statements(self, owner: Owner, group: Group, entries: list[Entry]) -> Iterable[Statement]:
        for entry in entries:
            yield self._insert(owner, f"{group.name}:{entry.key_value}", encode(entry.setting, escape_at=entry.escape_at))


def _resource(group: Group) -> dict[str, str]:
    return {"name": group.name, "displayName": group.display_name, "key": group.key}


class WideLayout(_OneTable):
    """A Thrift table seen in CQL, all text."""

    name = "wide"

    def _schema(self) -> list[str]:
        return [f"CREATE TABLE settings (key text, column1 text, value text, PRIMARY KEY (key, column1)){self._option}"]

    def _key(self, owner: Owner) -> object:
        return owner.id

    def _text(self, text: str) -> object:
        return text


class BlobLayout(_OneTable):
    """The same without validators: bytes everywhere, the row key is the id's 16 raw bytes."""

    name = "blobs"

    def _schema(self) -> list[str]:
        return [f"CREATE TABLE settings (key blob, column1 blob, value blob, PRIMARY KEY (key, column1)){self._option}"]

    def _key(self, owner: Owner) -> object:
        return bytes.fromhex(owner.id)

    def _text(self, text: str) -> object:
        return text.encode()


class _GroupTable(Layout):
    """Layouts that keep the group resources in a table of their own."""

    GROUP_TABLE: ClassVar[str] = (
        "CREATE TABLE settings_groups (owner text, name text, display_name text, key_attribute text, PRIMARY KEY (owner, name))"
    )

    def groups(self, owner: Owner) -> list[Group]:
        query = "SELECT name, display_name, key_attribute FROM @settings_groups WHERE owner = ?"
        return [Group(*row) for row in self._rows(query, owner.id)]

    def group(self, owner: Owner, name: str) -> Group | None:
        query = "SELECT name, display_name, key_attribute FROM @settings_groups WHERE owner = ? AND name = ?"
        return next((Group(*row) for row in self._rows(query, owner.id, name)), None)

    def drop_group(self, owner: Owner, group: Group) -> None:
        self._drop_settings(owner, group)
        self._rows("DELETE FROM @settings_groups WHERE owner = ? AND name = ?", owner.id, group.name)

    def _drop_settings(self, owner: Owner, group: Group) -> None:
        for setting in self.settings(owner, group):
            self.delete(owner, group, str(setting[group.key]))

    def _group_statement(self, owner: Owner, group: Group) -> Statement:
        cql = "INSERT INTO @settings_groups (owner, name, display_name, key_attribute) VALUES (?, ?, ?, ?)"
        return cql, (owner.id, group.name, group.display_name, group.key)


class TypedLayout(_GroupTable):
    """Typed columns; users' and the contact centre's settings in two tables."""

    name = "typed"

    def _schema(self) -> list[str]:
        columns = "settings_group text, setting text, payload text, updated timestamp"
        columns += ", PRIMARY KEY (owner, settings_group, setting)"
        return [
            self.GROUP_TABLE,
            f"CREATE TABLE user_settings (owner uuid, {columns})",
            f"CREATE TABLE contact_center_settings (owner text, {columns})",
        ]

    @staticmethod
    def _place(owner: Owner) -> tuple[str, object]:
        if owner.scope == "user":
            return "@user_settings", uuid.UUID(owner.id)
        return "@contact_center_settings", dashed(owner.id)

    def settings(self, owner: Owner, group: Group) -> list[Setting]:
        table, key = self._place(owner)
        rows = self._rows(f"SELECT payload FROM {table} WHERE owner = ? AND settings_group = ?", key, group.name)
        return [json.loads(row[0]) for row in rows]

    def delete(self, owner: Owner, group: Group, key_value: str) -> None:
        table, key = self._place(owner)
        self._rows(f"DELETE FROM {table} WHERE owner = ? AND settings_group = ? AND setting = ?", key, group.name, key_value)

    def _setting_statements(self, owner: Owner, group: Group, entries: list[Entry]) -> Iterable[Statement]:
        table, key = self._place(owner)
        cql = f"INSERT INTO {table} (owner, settings_group, setting, payload, updated) VALUES (?, ?, ?, ?, ?)"
        now = datetime.now(timezone.utc)
        for entry in entries:
            yield cql, (key, group.name, entry.key_value, encode(entry.setting, escape_at=entry.escape_at), now)


class DocumentLayout(_GroupTable):
    """One row per owner; each group is a JSON array in a map, in ASCII, with \\uXXXX for all other characters."""

    name = "document"

    def _schema(self) -> list[str]:
        return [self.GROUP_TABLE, "CREATE TABLE documents (id text PRIMARY KEY, scope text, groups map<text, text>)"]

    def settings(self, owner: Owner, group: Group) -> list[Setting]:
        rows = self._rows("SELECT groups FROM @documents WHERE id = ?", owner.id)
        text = (rows[0][0] or {}).get(group.name) if rows else None
        settings: list[Setting] = json.loads(text) if text else []
        return settings

    def put(self, owner: Owner, group: Group, key_value: str, setting: Setting) -> None:
        if str(setting[group.key]) != key_value:
            raise ValueError("the setting's key attribute and the key differ")
        settings = self.settings(owner, group)
        place = next((index for index, old in enumerate(settings) if str(old.get(group.key)) == key_value), len(settings))
        settings[place : place + 1] = [setting]
        self._write(self._setting_statements(owner, group, [Entry(owner, group, one) for one in settings]))

    def delete(self, owner: Owner, group: Group, key_value: str) -> None:
        kept = [one for one in self.settings(owner, group) if str(one.get(group.key)) != key_value]
        self._write(self._setting_statements(owner, group, [Entry(owner, group, one) for one in kept]))

    def _drop_settings(self, owner: Owner, group: Group) -> None:
        self._rows("DELETE groups[?] FROM @documents WHERE id = ?", group.name, owner.id)

    def _setting_statements(self, owner: Owner, group: Group, entries: list[Entry]) -> Iterable[Statement]:
        texts = (encode(entry.setting, ascii_only=True, escape_at=entry.escape_at) for entry in entries)
        cql = "UPDATE @documents SET scope = ?, groups[?] = ? WHERE id = ?"
        yield cql, (owner.scope, group.name, f"[{','.join(texts)}]", owner.id)


class ByGroupLayout(_GroupTable):
    """All owners' settings of one group in one partition; the value lacks the key attribute (a clustering column)."""

    name = "by_group"

    def _schema(self) -> list[str]:
        columns = "contact_center text, settings_group text, owner text, setting text, value blob"
        key = "((contact_center, settings_group), owner, setting)"
        return [
            self.GROUP_TABLE,
            f"CREATE TABLE settings_by_group ({columns}, PRIMARY KEY {key})",
        ]

    def settings(self, owner: Owner, group: Group) -> list[Setting]:
        where = "contact_center = ? AND settings_group = ? AND owner = ?"
        query = f"SELECT setting, value FROM @settings_by_group WHERE {where}"
        rows = self._rows(query, self.contact_center, group.name, owner.id)
        return [{group.key: row[0], **json.loads(row[1].decode())} for row in rows]

    def delete(self, owner: Owner, group: Group, key_value: str) -> None:
        where = "contact_center = ? AND settings_group = ? AND owner = ? AND setting = ?"
        self._rows(f"DELETE FROM @settings_by_group WHERE {where}", self.contact_center, group.name, owner.id, key_value)

    def _setting_statements(self, owner: Owner, group: Group, entries: list[Entry]) -> Iterable[Statement]:
        columns = "contact_center, settings_group, owner, setting, value"
        cql = f"INSERT INTO @settings_by_group ({columns}) VALUES (?, ?, ?, ?, ?)"
        for entry in entries:
            rest = {name: value for name, value in entry.setting.items() if name != group.key}
            value = encode(rest, escape_at=entry.escape_at).encode()
            yield cql, (self.contact_center, group.name, owner.id, entry.key_value, value)


LAYOUTS: dict[str, type[Layout]] = {layout.name: layout for layout in (WideLayout, TypedLayout, DocumentLayout, BlobLayout, ByGroupLayout)}


def make_layout(name: str) -> Layout:
    """The layout of this name."""
    return LAYOUTS[name]()
