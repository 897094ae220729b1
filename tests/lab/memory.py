# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A layout without Cassandra: for tests and measurements of what goes over HTTP alone."""

from __future__ import annotations

from collections.abc import Iterable

from tests.lab.layouts import Entry, Group, Layout, Owner, Setting, Statement


class InMemory(Layout):
    """Settings in a dict."""

    name = "memory"

    def __init__(self) -> None:
        super().__init__()
        self._groups: dict[Owner, dict[str, tuple[Group, dict[str, Setting]]]] = {}

    def groups(self, owner: Owner) -> list[Group]:
        return [group for group, _settings in self._groups.get(owner, {}).values()]

    def group(self, owner: Owner, name: str) -> Group | None:
        found = self._groups.get(owner, {}).get(name)
        return found[0] if found else None

    def create_group(self, owner: Owner, group: Group) -> None:
        self._groups.setdefault(owner, {}).setdefault(group.name, (group, {}))

    def drop_group(self, owner: Owner, group: Group) -> None:
        self._groups.get(owner, {}).pop(group.name, None)

    def settings(self, owner: Owner, group: Group) -> list[Setting]:
        return list(self._groups[owner][group.name][1].values()) if self.group(owner, group.name) else []

    def setting(self, owner: Owner, group: Group, key_value: str) -> Setting | None:
        return self._groups[owner][group.name][1].get(key_value) if self.group(owner, group.name) else None

    def put(self, owner: Owner, group: Group, key_value: str, setting: Setting) -> None:
        self.create_group(owner, group)
        self._groups[owner][group.name][1][key_value] = setting

    def delete(self, owner: Owner, group: Group, key_value: str) -> None:
        self._groups[owner][group.name][1].pop(key_value, None)

    def load(self, groups: Iterable[tuple[Owner, Group]], entries: Iterable[Entry]) -> None:
        for owner, group in groups:
            self.create_group(owner, group)
        for entry in entries:
            self.put(entry.owner, entry.group, entry.key_value, entry.setting)

    def _schema(self) -> list[str]:
        return []

    def _group_statement(self, owner: Owner, group: Group) -> Statement:
        raise NotImplementedError

    def _setting_statements(self, owner: Owner, group: Group, entries: list[Entry]) -> Iterable[Statement]:
        raise NotImplementedError
