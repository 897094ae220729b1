# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checks the stand-in against the contract, over each layout, on a real Cassandra: `pytest tests/lab/selftest.py`.

GWS_LAB_CASSANDRA chooses the version (default 5.0.6).
"""

from __future__ import annotations

import base64
import http.client
import json
import os
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from tests.lab.cassandra import DEFAULT_VERSION, make_tls_files, version_tuple
from tests.lab.gws import GwsConfig, Request
from tests.lab.lab import Lab
from tests.lab.layouts import LAYOUTS, BlobLayout, Group, Owner, WideLayout
from tests.lab.population import AGENT_NAME, CORPORATE, FAVORITES, decoded, population

VERSION = os.environ.get("GWS_LAB_CASSANDRA", DEFAULT_VERSION)
SMALL = population(6, 300, subjects=2)
ODD = ("a/b", "##url", "two words", "ünï ☎", "ann@example.com", "100%25", "x:y;z")


class Client:
    """The least of a client: one connection, cookies and login by choice."""

    def __init__(self, url: str, name: str | None, password: str = "password", context: ssl.SSLContext | None = None) -> None:
        parts = urlsplit(url)
        assert parts.hostname is not None
        if parts.scheme == "https":
            self.connection: http.client.HTTPConnection = http.client.HTTPSConnection(
                parts.hostname, parts.port, timeout=20, context=context
            )
        else:
            self.connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=20)
        self.headers = {} if name is None else {"Authorization": "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()}
        self.cookies: dict[str, str] = {}
        self.last_headers: http.client.HTTPMessage | None = None
        self.text = b""

    def __call__(self, method: str, path: str, body: object = None, **headers: str) -> tuple[int, Any]:
        send = dict(self.headers)
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        if content:
            send["Content-Type"] = "application/json"
        if self.cookies:
            send["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        send |= {name.replace("_", "-"): value for name, value in headers.items()}
        self.connection.request(method, f"/api/v2{path}", content or None, send)
        response = self.connection.getresponse()
        self.text, self.last_headers = response.read(), response.headers
        for cookie in response.headers.get_all("Set-Cookie") or ():
            name, _unused, value = cookie.partition(";")[0].partition("=")
            if value:
                self.cookies[name] = value
            else:
                self.cookies.pop(name, None)
        if response.headers.get_content_type() != "application/json":
            return response.status, None
        return response.status, json.loads(self.text)


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with Lab(VERSION, people=SMALL, work_dir=tmp_path_factory.mktemp("lab")) as running:
        yield running


@pytest.fixture
def fresh(lab: Lab) -> Lab:
    """No faults, no sessions, as loaded or with what earlier tests have left in groups of their own."""
    lab.gws.reseed(lab.layout, lab.people.users, GwsConfig())
    return lab


def admin(lab: Lab) -> Client:
    return Client(lab.gws.url, lab.people.admin.user_name)


def code(answer: tuple[int, Any]) -> tuple[int, int | None]:
    return answer[0], answer[1] and answer[1]["statusCode"]


def scratch(client: Client, base: str, name: str) -> str:
    """A new group with the settings a and b."""
    client("DELETE", f"{base}/{name}")
    assert code(client("POST", base, {"name": name, "displayName": name, "key": "name"})) == (200, 0)
    for key in ("a", "b"):
        assert code(client("POST", f"{base}/{name}", {"name": key, "value": key})) == (200, 0)
    return f"{base}/{name}"


def keys(client: Client, group: str) -> set[str] | None:
    status, body = client("GET", group)
    return {setting["name"] for setting in body["settings"]} if status == 200 else None


# -- every layout


@pytest.mark.parametrize("name", sorted(LAYOUTS))
def test_layout(lab: Lab, name: str) -> None:
    lab.reset(layout=name)
    client, truth = admin(lab), SMALL.truth
    assert lab.settings() == SMALL.settings()
    before = lab.dump()
    assert before == lab.dump()
    found: dict[tuple[Owner, str, str], Any] = {}
    status, body = client("GET", "/users?fields=*")
    assert status == 200
    assert len(body["users"]) == len(SMALL.users)
    bases = {f"/users/{user['id']}/settings": Owner("user", user["id"]) for user in body["users"]}
    bases["/settings"] = Owner("contact_center", lab.layout.contact_center)
    for base, owner in bases.items():
        for group in client("GET", base)[1]["settings"]:
            assert group["uri"].endswith(group["path"])
            assert group["uri"].startswith("http://198.51.100.3:8090/api/v2/")
            content = client("GET", group["path"])[1]["settings"]
            if isinstance(content, list):
                found |= {(owner, group["name"], setting[group["key"]]): setting for setting in content}
    assert found == SMALL.settings()
    assert lab.dump() == before, "reading has changed something"

    for base in ("/me/settings", f"/users/{SMALL.users[1].id}/settings", "/settings"):
        group_url = scratch(client, base, "odd.names")
        for key in ODD:
            assert code(client("POST", group_url, {"name": key, "value": [1, {"é": "\U0001f600"}]})) == (200, 0)
        assert code(client("PUT", group_url, {"name": "a", "other": None})) == (200, 0)
        assert {"name": "a", "other": None} in client("GET", group_url)[1]["settings"]
        for key in ODD:
            assert code(client("DELETE", group_url, {"name": key})) == (200, 0)
            assert code(client("DELETE", group_url, {"name": key})) == (404, 6)
        assert keys(client, group_url) == {"a", "b"}
        assert code(client("DELETE", group_url)) == (200, 0)
        assert code(client("GET", group_url)) == (404, 6)
    if name not in ("document",):  # emptying a map leaves the row as it was, but not its write times on 5.0
        assert lab.dump() == before
    planted = truth.planted[0]
    owner_url = f"/users/{planted.owner.id}/settings/{planted.group}"
    siblings = keys(client, owner_url)
    assert siblings is not None
    assert code(client("DELETE", owner_url, {"name": planted.key})) == (200, 0)
    assert keys(client, owner_url) == siblings - {planted.key}


@pytest.mark.skipif(version_tuple(VERSION) >= (4,), reason="COMPACT STORAGE went with 4.0")
@pytest.mark.parametrize("layout", [WideLayout, BlobLayout])
def test_compact(lab: Lab, layout: type[WideLayout] | type[BlobLayout]) -> None:
    lab.reset(layout=layout(compact=True))
    assert len(admin(lab)("GET", "/users")[1]["uris"]) == len(SMALL.users)
    assert lab.dump()
    lab.reset(layout="wide")


# -- the contract


def test_login_and_roles(fresh: Lab) -> None:
    url, other = fresh.gws.url, fresh.people.users[2].id
    assert code(Client(url, None)("GET", "/me")) == (403, 20)
    assert code(Client(url, AGENT_NAME, "wrong")("GET", "/me")) == (403, 20)
    assert code(Client(url, None)("GET", "/diagnostics/version")) == (200, 0)
    agent, client = Client(url, AGENT_NAME), admin(fresh)
    user = agent("GET", "/me?subresources=features")[1]["user"]
    assert user["roles"] == ["ROLE_AGENT"]
    assert len(user["id"]) == 32
    assert len(user["contactCenterId"]) == 36
    assert {"JSESSIONID", "AWSELB"} <= agent.cookies.keys()
    agent.headers.clear()
    assert code(agent("GET", "/me")) == (200, 0), "the session alone is enough"
    assert code(agent("GET", f"/users/{other}/settings")) == (403, 5)
    assert code(agent("POST", "/settings", {"name": "x", "key": "name"})) == (403, 5)
    assert code(client("GET", f"/users/{other}")) == (200, 0)
    assert code(client("GET", "/users/" + "0" * 32)) == (404, 6)
    assert code(client("GET", "/users?limit=5")) == (400, 2)
    assert code(client("GET", "/nothing")) == code(client("GET", "/me/settings/")) == (404, 6)
    assert code(client("DELETE", f"/users/{other}")) == (403, 3)


def test_refusals(fresh: Lab) -> None:
    client = admin(fresh)
    group = scratch(client, "/me/settings", "refusals")
    assert code(client("POST", "/me/settings", {"name": "x"})) == (400, 1)
    assert code(client("POST", "/me/settings", {"name": "a b", "key": "name"})) == (400, 10)
    assert code(client("POST", "/me/settings", {"name": "refusals", "key": "name"})) == (400, 18)
    assert code(client("POST", "/me/settings", {"name": "refusals", "key": "id"})) == (400, 11)
    assert code(client("POST", group, {"name": "a"})) == (400, 18)
    assert code(client("PUT", group, {"name": "c"})) == (404, 6)
    assert code(client("POST", group, {"value": 1})) == (400, 1)
    assert code(client("POST", group, b"{")) == (400, 10)
    assert code(client("POST", group, {"name": "c"}, Content_Type="text/plain")) == (400, 10)
    assert code(client("DELETE", group, {"value": "a"})) == (400, 1)
    assert code(client("DELETE", group, {"name": "a", "value": "a"})) == (400, 10)
    assert code(client("DELETE", f"{group}/a")) == (404, 6)
    assert keys(client, group) == {"a", "b"}
    assert isinstance(client("GET", "/settings/general-settings")[1]["settings"], dict)
    assert code(client("PUT", "/settings/general-settings", {"name": "x"})) == (403, 3)
    assert code(client("GET", f"/settings/{CORPORATE.name}")) == (200, 0)
    listed = client("GET", "/settings?subresources=*")[1]["settings"]
    assert all("settings" in one for one in listed)


def test_delete_forms(fresh: Lab) -> None:
    client, config = admin(fresh), fresh.gws.config
    group = scratch(client, "/me/settings", "forms")
    config.delete_form = "both"
    client("POST", group, {"name": "x/y ü"})
    assert code(client("DELETE", f"{group}/{quote('x/y ü', safe='')}")) == (200, 0)
    assert keys(client, group) == {"a", "b"}
    config.strip_delete_bodies = True
    assert code(client("DELETE", group, {"name": "a"})) == (200, 0)
    assert keys(client, group) is None, "the lost body has cost the whole group"
    config.strip_delete_bodies, config.delete_form = False, "path"
    scratch(client, "/me/settings", "forms")
    assert code(client("DELETE", f"{group}/a")) == (200, 0)
    assert keys(client, group) == {"b"}
    client("DELETE", group, {"name": "b"})
    assert keys(client, group) is None


@pytest.mark.parametrize("header", ["X-CSRF-TOKEN", "X-Lab-Token"])
def test_csrf(fresh: Lab, header: str) -> None:
    fresh.gws.config = GwsConfig(csrf=True, csrf_header=header)
    client, group = admin(fresh), {"name": "csrf", "displayName": "csrf", "key": "name"}
    assert client("POST", "/me/settings", group)[0] == 403
    assert client.text == b"Missing or invalid Csrf token"
    client("GET", "/me")
    assert client.last_headers is not None
    assert client.last_headers["X-CSRF-HEADER"] == header
    token = client.last_headers["X-CSRF-TOKEN"]
    assert code(client("POST", "/me/settings", group, **{header: token})) == (200, 0)
    without_cookie = admin(fresh)
    assert without_cookie("DELETE", "/me/settings/csrf", **{header: token})[0] == 403
    by_hand = fresh.gws.issue_session(fresh.people.admin.user_name)
    assert admin(fresh)("DELETE", "/me/settings/csrf", **{header: by_hand[header]})[0] == 403
    assert code(admin(fresh)("DELETE", "/me/settings/csrf", **by_hand)) == (200, 0)


def test_sessions_expire_and_lockout(fresh: Lab) -> None:
    fresh.gws.config = GwsConfig(session_expires_after=2, lockout_after=2)
    client = admin(fresh)
    assert [code(client("GET", "/me")) for _unused in range(4)] == [(200, 0), (200, 0), (403, 20), (200, 0)]
    for _unused in range(2):
        assert code(Client(fresh.gws.url, AGENT_NAME, "wrong")("GET", "/me")) == (403, 20)
    assert code(Client(fresh.gws.url, AGENT_NAME)("GET", "/me")) == (403, 20), "locked"


@pytest.mark.parametrize(
    ("fault", "status", "done"),
    [
        ("500_not_done", 500, False),
        ("500_done", 500, True),
        ("502_not_done", 502, False),
        ("502_done", 502, True),
        ("503", 503, False),
        ("429", 429, False),
        ("drop_before", None, False),
        ("drop_after", None, True),
        ("html_200", 200, False),
    ],
)
def test_faults(fresh: Lab, fault: Any, status: int | None, done: bool) -> None:
    client = admin(fresh)
    group = scratch(client, "/me/settings", "faults")
    fresh.gws.config = GwsConfig(fail_writes=[(fresh.gws.writes + 2, fault)], html_error=True)
    assert code(client("PUT", group, {"name": "b"})) == (200, 0)
    if status is None:
        with pytest.raises((http.client.HTTPException, ConnectionError)):
            client("DELETE", group, {"name": "a"})
        client.connection.close()
    else:
        assert client("DELETE", group, {"name": "a"})[0] == status
    assert keys(client, group) == ({"b"} if done else {"a", "b"})
    assert fresh.gws.requests[-2].status == (status or 0)
    assert fresh.gws.requests[-2].json == {"name": "a"}
    fresh.gws.config = GwsConfig(fail_reads=[(fresh.gws.reads + 1, "503")])
    assert client("GET", group)[0] == 503
    assert client("GET", group)[0] == 200


def test_lies(fresh: Lab) -> None:
    client, user = admin(fresh), fresh.people.users[3].id
    mine, theirs = (scratch(client, base, "lies") for base in ("/me/settings", f"/users/{user}/settings"))
    fresh.gws.config = GwsConfig(delete_lies="users", put_lies="users")
    for group, left in ((mine, {"b"}), (theirs, {"a", "b"})):
        assert code(client("DELETE", group, {"name": "a"})) == (200, 0)
        assert keys(client, group) == left
    client("PUT", theirs, {"name": "a", "value": "new"})
    assert {"name": "a", "value": "a"} in client("GET", theirs)[1]["settings"]
    fresh.gws.config = GwsConfig(delete_drops_siblings="users")
    client("DELETE", theirs, {"name": "a"})
    assert keys(client, theirs) is None
    fresh.gws.config = GwsConfig(empty_group_vanishes=True)
    client("DELETE", mine, {"name": "b"})
    assert keys(client, mine) is None
    fresh.gws.config = GwsConfig(missing_feature_provisioning_write=True)
    assert code(client("POST", "/me/settings", {"name": "lies", "key": "name"})) == (403, 3)


def test_switches(fresh: Lab) -> None:
    client = admin(fresh)
    group = scratch(client, "/me/settings", "switches")
    fresh.gws.config = GwsConfig(groups_without_name=True, users_as_uris_only=True, stale_reads=2)
    assert all("name" not in one for one in client("GET", "/me/settings")[1]["settings"])
    assert "users" not in client("GET", "/users?fields=*")[1]
    client("DELETE", group, {"name": "a"})
    assert [keys(client, group) for _unused in range(3)] == [{"a", "b"}, {"a", "b"}, {"b"}]


def test_hooks(fresh: Lab) -> None:
    client, owner = admin(fresh), Owner("user", fresh.people.admin.id)
    group = scratch(client, "/me/settings", "hooks")

    def agent_edits(phase: str, request: Request) -> None:
        if phase == "before" and request.method == "DELETE":
            fresh.layout.put(owner, Group("hooks", "hooks", "name"), "a", {"name": "a", "value": "edited"})

    fresh.gws.hooks.append(agent_edits)
    client("DELETE", group, {"name": "b"})
    assert client("GET", group)[1]["settings"] == [{"name": "a", "value": "edited"}]


def test_tls(tmp_path: Path, fresh: Lab) -> None:
    from tests.lab.gws import GwsStandIn

    tls = make_tls_files(tmp_path / "tls")
    with GwsStandIn(fresh.layout, fresh.people.users, tls=tls) as gws:
        trusted = ssl.create_default_context(cafile=str(tls.ca))
        assert code(Client(gws.url, AGENT_NAME, context=trusted)("GET", "/me")) == (200, 0)
        with pytest.raises(ssl.SSLCertVerificationError):
            Client(gws.url, AGENT_NAME, context=ssl.create_default_context())("GET", "/me")


def test_population() -> None:
    again = population(6, 300, subjects=2)
    assert repr(again.entries) == repr(SMALL.entries)
    assert again.truth == SMALL.truth
    resources = [(entry.owner, entry.group.name, entry.key_value) for entry in SMALL.entries]
    assert len(resources) == len(set(resources)) >= 300
    planted = {one.resource for one in SMALL.truth.planted}
    assert planted <= set(resources)
    assert not planted & {(one.owner, one.group, one.key) for one in SMALL.truth.decoys}
    assert FAVORITES.name in {one.group for one in SMALL.truth.planted}


def test_expected() -> None:
    """Erasing what the truth names leaves no trace of a subject in its canonical spellings."""
    people = population(20, 800, nasty_names=True)
    everybody = [subject.ref for subject in people.truth.subjects]
    after: dict[Any, Any] = {**people.settings(), **people.expected(*everybody)}
    corporate = {one.resource for one in people.truth.corporate}
    left = [decoded(setting) for place, setting in after.items() if setting is not None and place not in corporate]
    decoys = [decoded(after[decoy.resource]) for decoy in people.truth.decoys]
    kept = json.dumps([one for one in left if one not in decoys], ensure_ascii=False).lower()
    for subject in people.truth.subjects:
        for identifier in subject.identifiers:
            assert identifier.lower() not in kept
        if subject.phone and subject.national:
            assert subject.phone[1:] not in kept
            assert subject.national not in kept
    assert all(decoys)
    assert len(people.expected(everybody[0], region=False)) < len(people.expected(everybody[0]))
    shared = next(one for one in people.truth.planted if one.kind == "container" and one.subject == "S-2")
    redacted = people.expected("S-2")[shared.resource]
    assert redacted is not None
    assert redacted != decoded(people.settings()[shared.resource])
