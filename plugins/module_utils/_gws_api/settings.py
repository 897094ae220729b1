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
import typing as t
import urllib.parse
import uuid

from ansible_collections.genesys.gws.plugins.module_utils._core.errors import GwsError
from ansible_collections.genesys.gws.plugins.module_utils._gws_api.address import addressable, quoted
from ansible_collections.genesys.gws.plugins.module_utils._gws_api.answer import CANNOT_RETRIEVE, INTERNAL_ERROR, Answer
from ansible_collections.genesys.gws.plugins.module_utils._gws_api.client import Client
from ansible_collections.genesys.gws.plugins.module_utils._gws_api.listing import read_list
from ansible_collections.genesys.gws.plugins.module_utils._gws_api.wire import JsonObject, canonical, parse_object
from ansible_collections.genesys.gws.plugins.module_utils._gws_api.workers import Workers

__all__ = ["CONTACT_CENTRE", "ME", "Content", "Group", "Scope", "Setting", "SettingsApi", "User", "canonical", "parse_object", "quoted"]

Setting = dict[str, t.Any]


@dataclasses.dataclass(frozen=True)
class Scope:
    """The owner of settings: a user, the contact centre (``''``), or our own user (``me``). ``owner`` is the id in GWS."""

    owner: str

    @property
    def path(self) -> str:
        """The path of the scope's settings."""
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
        """The path of the group's settings."""
        return f"{scope.path}/{quoted(self.name)}"


@dataclasses.dataclass(frozen=True)
class Content:
    """The content of a group: ``settings``, and ``system``, the object of a system group (None for an ordinary one). Entries are ``JsonObject``,
    which keeps the original JSON text to send it back.
    """

    settings: tuple[Setting, ...]
    system: Setting | None = None


@dataclasses.dataclass(frozen=True)
class User:
    """A user of GWS: ``aliases`` are the names that a row may use for the user, ``login_names`` those that people may use. ``known_as``: other
    values of the user, which are too common to identify anybody.
    """

    id: str
    aliases: tuple[str, ...]
    known_as: tuple[str, ...] = ()
    login_names: tuple[str, ...] = ()


class SettingsApi:
    """Reads and writes settings through a logged-in client. Reads are complete, or an error is raised."""

    def __init__(self, client: Client, workers: Workers | None = None) -> None:
        self._client = client
        self.workers = workers or Workers()

    def users(self, *, thorough: bool = False) -> list[User]:
        """All users that this login may see. :raises GwsError: if they can't be listed completely. The list with the users' fields and the list of
        their addresses must name the same users.

        :param thorough: if an answer does not contain a total, request more (which a GWS without pages rejects, or answers as before).
        """
        listed = read_list(self._client, "/users", {"fields": "*"}, ("users", "uris"), "users", thorough=thorough)
        if not listed.entries:  # at least our own user exists
            raise _unexpected(listed.answer, "list the users")
        users = {user.id: user for user in map(_listed_user, listed.entries) if user is not None}
        ids = [_user_id(entry) for entry in listed.entries]
        if "users" in listed.answer.body:
            ids.extend(self._ids_of_users())
        unread = list(dict.fromkeys(user_id for user_id in ids if user_id not in users))
        for user_id, user in zip(unread, self.workers.map(self.user, unread), strict=True):
            if user is None:
                raise _vanished_user()
            users[user_id] = user
        return list(users.values())

    def _ids_of_users(self) -> list[str]:
        """The ids in the list of users' addresses; empty if this GWS has no such list."""
        listed = read_list(self._client, "/users", None, ("uris", "users"), "users")
        if listed.entries is None and (listed.answer.gws_status is None or listed.answer.transient or listed.answer.unauthenticated):
            raise _unexpected(listed.answer, "list the users")
        return [_user_id(entry) for entry in listed.entries or ()]

    def user(self, user_id: str) -> User | None:
        """One user; None when GWS knows no such user."""
        answer = self._client.get(f"/users/{quoted(user_id)}")
        if answer.missing:
            return None
        if answer.ok and isinstance(answer.body.get("user"), dict):
            return _user({**answer.body["user"], "id": user_id})
        raise _unexpected(answer, "read a user")

    def knows(self, user_id: str) -> bool:
        """Whether GWS may know a user, by an id without dashes: False only if it reports that there is none, whatever its list of users contains."""
        spelled = dict.fromkeys((user_id, str(uuid.UUID(user_id))))
        return any(not self._client.get(f"/users/{quoted(one)}").missing for one in spelled)

    def groups(self, scope: Scope) -> list[Group]:
        """The settings groups of a scope; none when the scope has no settings."""
        listed = read_list(self._client, scope.path, None, ("settings", "uris"), "settings groups")
        if listed.answer.missing:
            if scope.owner not in (ME.owner, CONTACT_CENTRE.owner) and self.user(scope.owner) is None:
                raise _vanished_user()
            return []
        entries = listed.entries if listed.single_object is None else [listed.single_object] if listed.single_object else []
        if entries is None and (not listed.answer.ok or "settings" in listed.answer.body or "uris" in listed.answer.body):
            raise _unexpected(listed.answer, "list settings groups")
        groups = [_group(entry) for entry in entries or ()]
        if not all(group.name for group in groups):
            raise _unexpected(listed.answer, "list settings groups")
        return groups

    def content(self, scope: Scope, group: Group) -> Content | None:
        """The content of a group; None if the group does not exist."""
        if not addressable(group.name):
            return self._content_in_listing(scope, group)
        listed = read_list(self._client, group.path(scope), None, ("settings",), "settings of a group")
        if listed.answer.missing or (listed.answer.gws_status in _UNTOLD and group not in self.groups(scope)):
            return None
        if not listed.answer.ok or (listed.entries is None and listed.single_object is None and "settings" in listed.answer.body):
            raise _unexpected(listed.answer, "read a settings group")
        return _content(group, listed.entries if listed.single_object is None else listed.single_object, listed.answer)

    def _content_in_listing(self, scope: Scope, group: Group) -> Content | None:
        """The content of a group whose name can't be part of a URL, from the list of all groups with their content."""
        listed = read_list(self._client, scope.path, {"subresources": "*"}, ("settings",), "settings groups")
        if listed.entries is None:
            raise _unexpected(listed.answer, "list settings groups")
        found = [entry for entry in listed.entries if isinstance(entry, dict) and _group(entry) == group]
        if not found:
            return None
        if len(found) > 1 or "settings" not in found[0]:
            raise _unexpected(listed.answer, "read a settings group whose name can't be part of a URL")
        return _content(group, found[0]["settings"], listed.answer)

    def create_group(self, scope: Scope, group: Group) -> Answer:
        """POST of a group."""
        return self._client.write("POST", scope.path, {"displayName": group.display_name, "name": group.name, "key": group.key})

    def create(self, scope: Scope, group: Group, setting: Setting) -> Answer:
        """POST of a new setting."""
        return self._client.write("POST", group.path(scope), setting)

    def update(self, scope: Scope, group: Group, setting: Setting) -> Answer:
        """PUT of a whole setting."""
        return self._client.write("PUT", group.path(scope), setting, _location(setting))

    def delete_by_body(self, scope: Scope, group: Group, setting: Setting) -> Answer:
        """DELETE with the key in the body, the documented form."""
        return self._client.write("DELETE", group.path(scope), {group.key: setting[group.key]}, _location(setting))

    def delete_by_path(self, scope: Scope, group: Group, setting: Setting) -> Answer:
        """DELETE with the key in the path. The body holds the key too, in case a proxy or GWS drops the last segment."""
        path = f"{group.path(scope)}/{quoted(str(setting[group.key]))}"
        return self._client.write("DELETE", path, {group.key: setting[group.key]}, _location(setting))

    def drop_scratch_group(self, group: Group) -> Answer:
        """DELETE of a whole group: only ever of our own scratch group in our own scope."""
        return self._client.delete_path(group.path(ME))


def _location(setting: Setting) -> dict[str, str] | None:
    """Recording groups distinguish settings of the same name by location (page GWSSettings): it is sent with each change of such a setting."""
    location = setting.get("location")
    return {"location": location} if isinstance(location, str) and location else None


_UNTOLD = (INTERNAL_ERROR, CANNOT_RETRIEVE)  # the answer for a missing group is not documented: check the list of groups instead
_SHORTEST_ALIAS = 4  # a shorter one (an employee number) would occur in rows of anybody


def _vanished_user() -> GwsError:
    return GwsError("gws_incomplete", "GWS lists a user but then does not find that user, who may just have been removed. Run it again.")


def _listed_user(entry: t.Any) -> User | None:
    """A user from a list; None if the list contains only the address."""
    return _user(entry) if isinstance(entry, dict) and entry.get("id") else None


def _user_id(entry: t.Any) -> str:
    """The id in an entry of a list of users. :raises GwsError: if it has none, because a user would be left out."""
    found = (entry.get("id") or _last_segment(str(entry.get("uri") or ""))) if isinstance(entry, dict) else _last_segment(str(entry))
    if not found:
        raise GwsError("gws_answer", "GWS lists a user without an id, so not all users can be read: see the GWS log.")
    return str(found)


def _user(entry: t.Mapping[str, t.Any]) -> User:
    user_id = str(entry["id"])
    names = [str(entry.get(field) or "") for field in ("userName", "employeeId", "loginName")]
    full_name = " ".join(str(entry.get(field) or "").strip() for field in ("firstName", "lastName")).strip()
    aliases = dict.fromkeys([user_id, *(name for name in names if len(name) >= _SHORTEST_ALIAS)])
    return User(
        id=user_id,
        aliases=tuple(aliases),
        known_as=tuple(str(value) for value in entry.values() if type(value) in (str, int)),
        login_names=tuple(name for name in (*names, str(entry.get("emailAddress") or ""), full_name) if name.strip()),
    )


def _group(entry: t.Any) -> Group:
    if isinstance(entry, str):
        entry = {"uri": entry}
    if not isinstance(entry, dict):
        return Group("", "", "")
    uri = str(entry.get("uri") or entry.get("path") or "")
    name = entry["name"] if isinstance(entry.get("name"), str) else _last_segment(uri) or entry.get("displayName") or ""
    return Group(str(name), str(entry.get("key") or "name"), str(entry.get("displayName") or name))


def _content(group: Group, settings: t.Any, answer: Answer) -> Content:
    """The ``settings`` of an answer. An entry that is not an object is wrapped in one without a key. :raises GwsError: if it can't be the content of
    a group.
    """
    if isinstance(settings, dict) and isinstance(settings.get("settings"), list):
        settings = parse_object(JsonObject.of(settings).text)["settings"]
    if isinstance(settings, dict):
        return Content((), JsonObject.of(settings))
    settings = list(settings or ())
    resource = settings[0] if len(settings) == 1 and isinstance(settings[0], dict) else {}
    if isinstance(resource.get("settings"), list) and _last_segment(str(resource.get("uri", ""))) == group.name:
        settings = parse_object(JsonObject.of(resource).text)["settings"]
    if any(isinstance(entry, str) and "/" in entry for entry in settings):  # addresses: then the settings were not read
        raise _unexpected(answer, "read a settings group")
    return Content(tuple(JsonObject.of(entry if isinstance(entry, dict) else {f"not {group.key}": entry}) for entry in settings))


def _last_segment(uri: str) -> str:
    try:
        return urllib.parse.unquote(urllib.parse.urlsplit(uri).path.rstrip("/").rpartition("/")[2])
    except ValueError:
        return ""


def _unexpected(answer: Answer, doing: str) -> GwsError:
    if answer.gws_status in (3, 5) or answer.http_status == 403:
        return GwsError(
            "gws_permission",
            f"GWS does not allow this user to {doing} ({answer.label}): it needs the admin role.",
        )
    return GwsError("gws_answer", f"GWS could not {doing} ({answer.label}): see the GWS log, then run it again.")
