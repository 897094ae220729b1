# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A test device: a GWS in memory behind the methods of ``Client``, with faults at chosen calls. It follows what is known of GWS.

The real SettingsApi, Resolver and Executor run on it. Each call is recorded, and each write is judged before it is done: the rules that
cost lives when broken are asserted here, at the only place where harm could be done.
"""

from __future__ import annotations

import copy
import dataclasses
import glob
import hashlib
import json
import os
import threading
import typing as t
import urllib.parse

from ansible_collections.genesys.gws.plugins.module_utils._core.matching import Matcher
from ansible_collections.genesys.gws.plugins.module_utils._gws_api.client import NO_ANSWER, Answer, Client
from ansible_collections.genesys.gws.plugins.module_utils._gws_api.settings import SettingsApi

ADMIN = "0000000000000000000000000000ad31"
SCRATCH = "gws-pii-probe-"
OWN = "gws-pii-"  # groups of the collection in the admin's own scope: scratch, lease
Setting = dict[str, t.Any]

# What a write may do, other than what it should: (is it done, what is answered)
WRITE_FAULTS = {
    "500 done": (True, Answer(500, 4, {})),
    "500 not done": (False, Answer(500, 4, {})),
    "lost done": (True, NO_ANSWER),
    "lost not done": (False, NO_ANSWER),
    "503 not done": (False, Answer(503, None, {}, retry_after=1.0)),
    "lie": (False, Answer(200, 0, {})),
    "refused": (False, Answer(403, 5, {})),
    "bad request": (False, Answer(400, 2, {})),
    "404 done": (True, Answer(404, 6, {})),
    "404 not done": (False, Answer(404, 6, {})),
}
COLLATERAL_FAULTS = ("sibling lost", "group lost", "sibling lost, 500")
READ_FAULTS = ("unread", "lost answer", "forbidden", "stale")


class Killed(BaseException):
    """The process dies here."""


@dataclasses.dataclass
class Group:
    key: str
    settings: list[Setting]

    def find(self, key: t.Any) -> Setting | None:
        return next((setting for setting in self.settings if setting.get(self.key) == key), None)


Fault = t.Callable[[int, str, str], str | None]


class Gws:
    """``scopes``: owner ('' is the contact centre) -> group name -> group. ``fault`` names a fault by number of the call, method and path."""

    def __init__(self, scopes: dict[str, dict[str, Group]], matcher: Matcher, work_dir: str) -> None:
        self.scopes = scopes
        self.scopes.setdefault(ADMIN, {})
        self.fault: Fault = lambda _call, _method, _path: None
        self.meddle: t.Callable[[int], None] = lambda _call: None
        self.body_stripped = False  # a proxy takes the bodies of DELETE away
        self.no_path_form = False
        self.empty_group_vanishes = False
        self.calls = 0
        self._lock = threading.RLock()
        self.history: list[tuple[str, str, str | None]] = []
        self.puts_back = False
        self.meddled = self.made_anothers = False
        self._matcher = matcher
        self._work_dir = work_dir
        self._last_read: dict[str, list[Setting]] = {}
        self._done_deletes: set[tuple[str, str, t.Any]] = set()
        self._stale: dict[str, list[Setting]] = {}

    def api(self) -> SettingsApi:
        return SettingsApi(self.client())

    def client(self) -> Client:
        return t.cast(Client, self)

    # What Client has

    def pause(self, tries: int, answer: Answer) -> None:
        pass

    def get(self, path: str, query: dict[str, str] | None = None) -> Answer:
        with self._lock:
            return self._get(path)

    def _get(self, path: str) -> Answer:
        fault = self._next("GET", path)
        if fault == "unread":
            return Answer(503, None, {})
        if fault == "lost answer":
            return NO_ANSWER
        if fault == "forbidden":
            return Answer(403, 5, {})
        if path == "/users":
            return Answer(200, 0, {"users": [{"id": owner, "userName": f"user-{owner[-4:]}"} for owner in self.scopes if owner]})
        owner, name, _key = self._place(path)
        if owner not in self.scopes:
            return Answer(404, 6, {})
        if name is None:
            groups = self.scopes[owner]
            return Answer(200, 0, {"settings": [{"name": group, "displayName": group, "key": groups[group].key} for group in groups]})
        group = self.scopes[owner].get(name)
        if group is None and fault != "stale":
            self._last_read.pop(path, None)
            return Answer(404, 6, {})
        settings = self._stale.get(path, []) if fault == "stale" else (group.settings if group else [])
        self._last_read[path] = copy.deepcopy(settings)
        return Answer(200, 0, {"settings": copy.deepcopy(settings)})

    def write(self, method: str, path: str, body: dict[str, t.Any], query: dict[str, str] | None = None) -> Answer:
        assert body, "an empty body"
        return self._write(method, path, json.loads(json.dumps(body)))

    def delete_path(self, path: str) -> Answer:
        return self._write("DELETE", path, None)

    # How it works

    def _next(self, method: str, path: str) -> str | None:
        self.calls += 1
        self.meddle(self.calls)
        fault = self.fault(self.calls, method, path)
        self.history.append((method, path, fault))
        if fault == "killed":
            raise Killed
        return fault

    def _place(self, path: str) -> tuple[str, str | None, str | None]:
        parts = [urllib.parse.unquote(part) for part in path.strip("/").split("/")]
        if parts[0] == "settings":
            owner, rest = "", parts[1:]
        elif parts[0] == "me":
            owner, rest = ADMIN, parts[2:]
        else:
            assert parts[0] == "users", path
            owner, rest = parts[1], parts[3:]
        assert len(rest) <= 2, path
        return owner, rest[0] if rest else None, rest[1] if len(rest) == 2 else None

    def _write(self, method: str, path: str, body: dict[str, t.Any] | None) -> Answer:
        with self._lock:
            return self._written(method, path, body)

    def _written(self, method: str, path: str, body: dict[str, t.Any] | None) -> Answer:
        owner, name, key = self._place(path)
        if not (path.startswith("/me/") and (name or str((body or {}).get("name"))).startswith(OWN)):
            self._judge_write(method, path, owner, name, key, body)
        if method == "DELETE" and self.body_stripped:
            body = None
        for where, groups in self.scopes.items():
            for group_name, group in groups.items():
                prefix = "/settings" if not where else f"/users/{where}/settings"
                self._stale[f"{prefix}/{urllib.parse.quote(group_name, safe='')}"] = copy.deepcopy(group.settings)
                if where == ADMIN:
                    self._stale[f"/me/settings/{urllib.parse.quote(group_name, safe='')}"] = copy.deepcopy(group.settings)
        fault = self._next(method, path)
        if fault == "killed after":
            self._do(method, owner, name, key, body)
            raise Killed
        if fault in WRITE_FAULTS:
            is_done, answer = WRITE_FAULTS[fault]
            if is_done:
                self._do(method, owner, name, key, body)
            return answer
        answer = self._do(method, owner, name, key, body)
        if fault in COLLATERAL_FAULTS and name is not None:
            group_now = self.scopes[owner].get(name)
            if fault == "group lost":
                self.scopes[owner].pop(name, None)
            elif group_now is not None:
                written = (body or {}).get(group_now.key, key)
                others = [setting for setting in group_now.settings if setting.get(group_now.key) != written]
                group_now.settings = [setting for setting in group_now.settings if setting not in others[:1]]
            if fault.endswith("500"):
                return Answer(500, 4, {})
        return answer

    def _do(self, method: str, owner: str, name: str | None, key: str | None, body: dict[str, t.Any] | None) -> Answer:
        groups = self.scopes.get(owner)
        if groups is None:
            return Answer(404, 6, {})
        if name is None:
            assert method == "POST"
            assert body is not None
            if body["name"] in groups:
                return Answer(400, 18, {})
            groups[body["name"]] = Group(body["key"], [])
            return Answer(200, 0, {})
        group = groups.get(name)
        if group is None:
            return Answer(404, 6, {})
        if method == "DELETE" and body is None and key is None:
            del groups[name]
            return Answer(200, 0, {})
        if method == "DELETE" and key is not None and self.no_path_form:
            return Answer(404, 6, {})
        wanted = key if key is not None else (body or {}).get(group.key)
        found = group.find(wanted)
        if method == "POST":
            if found is not None:
                return Answer(400, 18, {})
            group.settings.append(body or {})
            return Answer(200, 0, {})
        if found is None:
            return Answer(404, 6, {})
        if method == "PUT":
            group.settings[group.settings.index(found)] = body or {}
        else:
            group.settings.remove(found)
            self._done_deletes.add((owner, name, wanted))
            if self.empty_group_vanishes and not group.settings:
                del groups[name]
        return Answer(200, 0, {})

    @staticmethod
    def _is_cut(body: dict[str, t.Any], target: dict[str, t.Any]) -> bool:
        """Whether a setting is the target of a redaction with less in it: it is put back when an update made it disappear."""
        shorter = len(json.dumps(body)) < len(json.dumps(target))
        return body["name"] == target["name"] and body != target and set(body) == set(target) and shorter

    def _judge_write(self, method: str, path: str, owner: str, name: str | None, key: str | None, body: dict[str, t.Any] | None) -> None:
        """Whether somebody's setting may be written now. A POST only ever puts back what a backup holds."""
        backups = [backup for backup in map(_backup, glob.glob(os.path.join(self._work_dir, "backup-*"))) if backup]
        mine = [backup for backup in backups if backup["owner"] == owner]
        assert mine, "a write without a backup"
        if method == "POST":
            assert body is not None
            self.puts_back = True
            if name is None:
                assert any(backup["group"]["name"] == body["name"] and backup["group"]["key"] == body["key"] for backup in mine)
            else:
                assert any(
                    body in backup["settings"] or any(self._is_cut(body, target) for target in backup["targets"]) for backup in mine
                ), "puts back what was not there"
            return
        assert name is not None
        assert body, "a write without a key to somebody's group"
        [backup] = [backup for backup in mine if backup["group"]["name"] == name]
        attribute = backup["group"]["key"]
        assert body.get(attribute), "a write without the group's key"
        assert key is None or key == str(body[attribute])
        target = next((target for target in backup["targets"] if target[attribute] == body[attribute]), None)
        assert target is not None, "the backup is of other settings"
        assert all(target in backup["settings"] for target in backup["targets"])
        assert self._matcher.in_value(target), "nothing of the person is in it"
        read = self._last_read.get(path if key is None else path.rpartition("/")[0])
        assert read is not None, "a write without a read"
        if not any(entry[0] in ("PUT", "DELETE") and entry[1] == path for entry in self.history[self._begin_of_setting(path) :]):
            gone = [setting for setting in backup["settings"] if setting not in read]
            assert all(setting in backup["targets"] and self._deleted(owner, name, setting[attribute]) for setting in gone)
            assert read == [setting for setting in backup["settings"] if setting not in gone], "the backup is not what was read last"
        confirmed = next((setting for setting in read if setting.get(attribute) == body[attribute]), None)
        assert confirmed is not None, "what is written was not there at the last look"
        assert self._matcher.in_value(confirmed), "what is written did not match at the last look"
        if method == "PUT":
            assert not self._matcher.in_value(body), "what is written still holds the person"
            assert {k: v for k, v in body.items() if k != "value"} == {k: v for k, v in target.items() if k != "value"}
        else:
            assert method == "DELETE"
            assert set(body) == {attribute}

    def _deleted(self, owner: str, name: str, key: t.Any) -> bool:
        """Whether a DELETE of this setting was done."""
        return (owner, name, key) in self._done_deletes

    def _begin_of_setting(self, path: str) -> int:
        """Where in the history the work on this setting began: behind the last write to another one."""
        for index in range(len(self.history) - 1, -1, -1):
            method, other, _fault = self.history[index]
            if method != "GET" and other != path:
                return index + 1
        return 0


def _backup(file: str) -> dict[str, t.Any] | None:
    """A finished backup; None for one that another worker is writing or shredding at this moment: it is not the one of this write."""
    try:
        with open(file, "rb") as stream:
            digest, line = stream.read().split(b"\n")[:2]
    except (OSError, ValueError):
        return None
    if digest != hashlib.sha256(line).hexdigest().encode("ascii"):
        return None
    content = json.loads(line)
    return {**content, **{name: [json.loads(text) for text in content[name]] for name in ("settings", "targets")}}
