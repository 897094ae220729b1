# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""The settings resources of GWS: users, groups, settings. Facts only, no decisions.

Shapes (GWS pages SettingsCustom and UserSettingsCreateGroup): a group has ``key``, the name of the attribute that identifies its
settings; a listing may lack ``name``, then the name is the last part of ``uri``. The host in ``uri`` is an internal one and is never
followed. A group of settings is a list; a system group is one object and can't be deleted from.
"""

from __future__ import annotations

import dataclasses
import json
import typing as t
import urllib.parse

from ansible_collections.genesys.gws.plugins.module_utils._core.errors import GwsError
from ansible_collections.genesys.gws.plugins.module_utils._gws_api.client import Answer, Client

Setting = dict[str, t.Any]


@dataclasses.dataclass(frozen=True)
class Scope:
    """Whose settings: a user's, everybody's (``''``: contact centre), or our own (``me``). ``owner`` is the id in GWS."""

    owner: str

    @property
    def path(self) -> str:
        """Where the scope's settings are."""
        if self.owner == "me":
            return "/me/settings"
        if not self.owner:
            return "/settings"
        return f"/users/{quoted(self.owner)}/settings"


CONTACT_CENTRE = Scope("")
ME = Scope("me")


@dataclasses.dataclass(frozen=True)
class Group:
    """A settings group. ``key`` names the attribute that identifies a setting in it."""

    name: str
    key: str
    display_name: str

    def path(self, scope: Scope) -> str:
        """Where the group's settings are."""
        return f"{scope.path}/{quoted(self.name)}"


@dataclasses.dataclass(frozen=True)
class Content:
    """What a group holds: ``settings``, and ``system``, the object of a system group (None for an ordinary one)."""

    settings: tuple[Setting, ...]
    system: dict[str, t.Any] | None = None


@dataclasses.dataclass(frozen=True)
class User:
    """A user of GWS and the names that a row may use for it."""

    id: str
    aliases: tuple[str, ...]


def quoted(part: str) -> str:
    """A path segment: everything but unreserved characters is percent-encoded, slashes too."""
    return urllib.parse.quote(part, safe="")


def canonical(value: t.Any) -> str:
    """A text that is equal for equal JSON values."""
    return json.dumps(value, sort_keys=True, ensure_ascii=True)


class SettingsApi:
    """Reads and writes settings through a logged-in client."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def users(self) -> list[User]:
        """All users that this login may see. :raises GwsError: when they can't be listed."""
        answer = self._client.get("/users", {"fields": "*"})
        if answer.ok and isinstance(answer.body.get("users"), list):
            return [_user(entry) for entry in answer.body["users"] if isinstance(entry, dict) and entry.get("id")]
        if answer.ok and isinstance(answer.body.get("uris"), list):
            ids = [_last_segment(str(uri)) for uri in answer.body["uris"]]
            return [user for user in (self.user(user_id) for user_id in ids) if user is not None]
        raise _unexpected(answer, "list the users")

    def user(self, user_id: str) -> User | None:
        """One user; None when GWS knows no such user."""
        answer = self._client.get(f"/users/{quoted(user_id)}")
        if answer.missing:
            return None
        if answer.ok and isinstance(answer.body.get("user"), dict):
            return _user({"id": user_id, **answer.body["user"]})
        raise _unexpected(answer, "read a user")

    def groups(self, scope: Scope) -> list[Group]:
        """The settings groups of a scope; none when the scope has no settings."""
        answer = self._client.get(scope.path)
        if answer.missing:
            return []
        if not answer.ok:
            raise _unexpected(answer, "list settings groups")
        entries = answer.body.get("settings", answer.body.get("uris"))
        if isinstance(entries, dict):
            entries = [entries]
        if entries is None:
            return []
        if not isinstance(entries, list):
            raise _unexpected(answer, "list settings groups")
        return [group for group in map(_group, entries) if group.name]

    def content(self, scope: Scope, group: Group) -> Content | None:
        """What a group holds; None when there is no such group."""
        answer = self._client.get(group.path(scope))
        if answer.missing:
            return None
        if not answer.ok:
            raise _unexpected(answer, "read a settings group")
        settings = answer.body.get("settings", [])
        if isinstance(settings, dict) and isinstance(settings.get("settings"), list):
            settings = settings["settings"]
        if isinstance(settings, dict):
            return Content((), settings)
        if not isinstance(settings, list) or any(not isinstance(entry, dict) for entry in settings):
            raise _unexpected(answer, "read a settings group")
        if (
            len(settings) == 1
            and isinstance(settings[0].get("settings"), list)
            and _last_segment(str(settings[0].get("uri", ""))) == group.name
        ):
            settings = [entry for entry in settings[0]["settings"] if isinstance(entry, dict)]
        return Content(tuple(settings))

    def create_group(self, scope: Scope, group: Group) -> Answer:
        """POST of a group."""
        return self._client.write("POST", scope.path, {"displayName": group.display_name, "name": group.name, "key": group.key})

    def create(self, scope: Scope, group: Group, setting: Setting) -> Answer:
        """POST of a new setting."""
        return self._client.write("POST", group.path(scope), setting)

    def update(self, scope: Scope, group: Group, setting: Setting) -> Answer:
        """PUT of a whole setting."""
        return self._client.write("PUT", group.path(scope), setting, _location(scope, setting))

    def delete_by_body(self, scope: Scope, group: Group, setting: Setting) -> Answer:
        """DELETE with the key in the body, the documented form."""
        return self._client.write("DELETE", group.path(scope), {group.key: setting[group.key]}, _location(scope, setting))

    def delete_by_path(self, scope: Scope, group: Group, setting: Setting) -> Answer:
        """DELETE with the key in the path. The body holds the key too, in case a proxy or GWS drops the last segment."""
        return self._client.write(
            "DELETE",
            f"{group.path(scope)}/{quoted(str(setting[group.key]))}",
            {group.key: setting[group.key]},
        )

    def drop_scratch_group(self, group: Group) -> Answer:
        """DELETE of a whole group: only ever of our own scratch group in our own scope."""
        return self._client.delete_path(group.path(ME))


def _location(scope: Scope, setting: Setting) -> dict[str, str] | None:
    """Recording groups (contact centre) tell settings of one name apart by location (GWSSettings page)."""
    location = setting.get("location")
    return {"location": location} if scope == CONTACT_CENTRE and isinstance(location, str) and location else None


_SHORTEST_ALIAS = 4  # a shorter one (an employee number) would be seen in rows of anybody


def _user(entry: dict[str, t.Any]) -> User:
    user_id = str(entry["id"])
    names = [str(entry.get(field) or "") for field in ("userName", "employeeId", "loginName")]
    return User(user_id, tuple(dict.fromkeys([user_id, *(name for name in names if len(name) >= _SHORTEST_ALIAS)])))


def _group(entry: t.Any) -> Group:
    if isinstance(entry, str):
        entry = {"uri": entry}
    if not isinstance(entry, dict):
        return Group("", "", "")
    uri = str(entry.get("uri") or entry.get("path") or "")
    name = entry.get("name") or _last_segment(uri) or entry.get("displayName") or ""
    return Group(str(name), str(entry.get("key") or "name"), str(entry.get("displayName") or name))


def _last_segment(uri: str) -> str:
    return urllib.parse.unquote(urllib.parse.urlsplit(uri).path.rstrip("/").rpartition("/")[2])


def _unexpected(answer: Answer, doing: str) -> GwsError:
    if answer.gws_status in (3, 5) or answer.http_status == 403:
        return GwsError(
            "gws_permission",
            f"GWS does not allow this user to {doing} ({answer.label}): it needs the admin role.",
        )
    return GwsError("gws_answer", f"GWS could not {doing} ({answer.label}): see the GWS log, then run it again.")
