# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Users, groups and settings over real HTTP, from a stand-in for GWS that pages, lies, and has odd names."""

from __future__ import annotations

import json
import typing as t

import pytest

from ansible_collections.genesys.gws.plugins.module_utils._core.errors import GwsError
from ansible_collections.genesys.gws.plugins.module_utils._core.matching import Matcher
from ansible_collections.genesys.gws.plugins.module_utils._erasure.holds import parse_holds
from ansible_collections.genesys.gws.plugins.module_utils._erasure.judge import Judge
from ansible_collections.genesys.gws.plugins.module_utils._erasure.resolve import Resolved, Resolver
from ansible_collections.genesys.gws.plugins.module_utils._erasure.rules import Policy, Verdict
from ansible_collections.genesys.gws.plugins.module_utils._gws_api.client import Client, GwsOptions
from ansible_collections.genesys.gws.plugins.module_utils._gws_api.settings import CONTACT_CENTRE, Group, Scope, SettingsApi
from ansible_collections.genesys.gws.plugins.module_utils._gws_api.wire import JsonObject, canonical, parse_object
from ansible_collections.genesys.gws.plugins.module_utils._gws_api.workers import Workers
from tests.lab.gws import Fault, GwsConfig, GwsStandIn, User
from tests.lab.layouts import Group as LabGroup
from tests.lab.layouts import Owner
from tests.lab.memory import InMemory
from tests.unit.strategies import subjects_of

ANN = "ann@x.com"
FAVORITES = LabGroup("favorites", "Favorites", "name")
ADMIN = User("ad" * 16, "admin@x.org", roles=("ROLE_ADMIN",))
AGENTS = [User(f"{number:032x}", f"agent{number}@x.org") for number in range(1, 8)]
USERS = [ADMIN, *AGENTS]


def layout_with(*settings: dict[str, t.Any], owner: User = AGENTS[0], group: LabGroup = FAVORITES) -> InMemory:
    layout = InMemory()
    for user in USERS:
        layout.create_group(Owner("user", user.id), group)
    for setting in settings:
        layout.put(Owner("user", owner.id), group, str(setting[group.key]), setting)
    return layout


class Site:
    """A stand-in, and a client that is logged in."""

    def __init__(self, config: GwsConfig, *settings: dict[str, t.Any], users: t.Sequence[User] = USERS, **options: t.Any) -> None:
        self.gws = GwsStandIn(layout_with(*settings), users, config)
        self._options = options

    def __enter__(self) -> Site:
        self.gws.start()
        parallel = self._options.get("parallel", 1)
        given: dict[str, t.Any] = {"retries": 0, "request_timeout": 5.0, **self._options}
        self.client = Client(
            GwsOptions(
                urls=(self.gws.url,),
                username=ADMIN.user_name,
                password="password",
                headers={},
                validate_certs=True,
                ca_cert=None,
                client_cert=None,
                client_key=None,
                connect_timeout=5.0,
                **given,
            )
        )
        self.workers = Workers(parallel)
        self.api = SettingsApi(self.client, self.workers)
        self.me = self.client.login()
        return self

    def __exit__(self, *_error: object) -> None:
        self.workers.__exit__(None, None, None)
        self.client.__exit__()
        self.gws.stop()

    def resolved(self) -> Resolved:
        subjects = subjects_of(ANN)
        judge = Judge(subjects, Matcher(subjects, None), Policy("redact", False, False, ()), parse_holds(None, region=None))
        return Resolver(self.api, judge, self.me).resolve(None)


IDS = sorted(user.id for user in USERS)
FAVORITE = {"name": "fav-1", "mail": ANN}


def favorites(count: int) -> list[dict[str, t.Any]]:
    return [{"name": f"fav-{number}", "mail": ANN} for number in range(count)]


@pytest.mark.parametrize("uris_only", [False, True])
@pytest.mark.parametrize("paging", ["total", "next", "limit", "silent", None])
@pytest.mark.parametrize("size", [1, 3, 8, 100])
def test_lists_in_pages(paging: t.Any, size: int, uris_only: bool) -> None:
    """Everybody and everything is read, or, where nothing says that there is more, it is found out by asking."""
    config = GwsConfig(page_size=size if paging else None, paging=paging or "total", users_as_uris_only=uris_only)
    with Site(config, *favorites(10)) as site:
        if paging != "silent":
            assert sorted(user.id for user in site.api.users()) == IDS
            assert len(site.resolved().plan.to_touch) == 10
        assert sorted(user.id for user in site.api.users(thorough=True)) == IDS


@pytest.mark.parametrize("uris_only", [False, True])
@pytest.mark.parametrize(
    "changes", [{"extra_total": 1}, {"extra_total": 1, "page_size": 3}, {"extra_total": 1, "page_size": 3, "paging": "next"}]
)
def test_fewer_than_gws_says(changes: dict[str, t.Any], uris_only: bool) -> None:
    with Site(GwsConfig(users_as_uris_only=uris_only, **changes)) as site:
        with pytest.raises(GwsError, match="reports"):
            site.api.users()
        with pytest.raises(GwsError, match="reports"):
            site.api.groups(Scope(AGENTS[0].id))
        with pytest.raises(GwsError, match="reports"):
            site.api.content(Scope(AGENTS[0].id), Group("favorites", "name", ""))


def test_a_user_whom_only_one_list_has() -> None:
    with Site(GwsConfig(hidden_users=[AGENTS[3].id]), *favorites(1)) as site:
        assert sorted(user.id for user in site.api.users()) == IDS


def test_a_user_who_is_listed_and_unknown() -> None:
    hidden = [AGENTS[3].id]
    for config in (GwsConfig(hidden_users=hidden, vanished_users=hidden), GwsConfig(users_as_uris_only=True, vanished_users=hidden)):
        with Site(config) as site, pytest.raises(GwsError, match="does not find that user"):
            site.api.users()


LIES: list[Fault] = ["code_text", "code_fraction", "code_true", "code_huge", "code_missing", "code_twice", "not_a_number", "cut_off"]


@pytest.mark.parametrize("fault", [*LIES, "html_200", "html_404", "500_not_done", "503", "429", "drop_before", "trickle"])
@pytest.mark.parametrize("read", range(1, 4))
def test_a_read_that_is_no_answer_of_gws_is_a_failure(fault: Fault, read: int) -> None:
    """Never "no such thing", and never an empty list."""
    with Site(GwsConfig(), FAVORITE, request_timeout=0.5 if fault == "trickle" else 5.0) as site:
        site.gws.config.fail_reads = [(read, fault)]
        with pytest.raises(GwsError):
            assert site.resolved() is None


def test_an_answer_with_something_deep_in_it() -> None:
    with Site(GwsConfig(fail_reads=[(0, "deep")]), FAVORITE) as site:
        assert len(site.resolved().plan.to_touch) == 1


@pytest.mark.parametrize("changes", [{"padding": 3_000_000}, {"padding": 30_000_000, "gzip": True}])
def test_answers_that_are_too_large(changes: dict[str, t.Any]) -> None:
    with Site(GwsConfig(), FAVORITE, max_answer=1_000_000) as site:
        for name, value in changes.items():
            setattr(site.gws.config, name, value)
        with pytest.raises(GwsError, match="larger than gws_max_answer_mb"):
            site.resolved()


def test_packed_answers() -> None:
    with Site(GwsConfig(gzip=True), FAVORITE) as site:
        assert len(site.resolved().plan.to_touch) == 1


def test_null_for_an_empty_list() -> None:
    with Site(GwsConfig(null_settings=True)) as site:
        assert site.resolved().plan.resources == ()


@pytest.mark.parametrize("name", [".", "..", "a/../b", "\ud800", "a\udfffb", ""])
def test_a_group_that_cannot_be_addressed(name: str) -> None:
    """It is read out of the list of all groups, and what it holds is reported and left; without anything of the person it stops nobody."""
    with Site(GwsConfig(groups_in_memory={name: [{"name": "x", "mail": "nobody@x.com"}]}), FAVORITE) as site:
        if not name:
            with pytest.raises(GwsError):
                site.resolved()
            return
        assert [one.verdict for one in site.resolved().plan.resources] == [Verdict.DELETE]
    with Site(GwsConfig(groups_in_memory={name: [{"name": "x", "mail": ANN}]}), users=USERS[:2]) as site:
        assert {one.verdict for one in site.resolved().plan.resources} == {Verdict.SHARED}
        assert site.resolved().plan.to_touch == []
    assert all("/.." not in request.path and "%2E" not in request.path.upper() for request in site.gws.requests)


@pytest.mark.parametrize("name", ["a/b", "###", "a b", "ü", "...", "a..", "%2e", "x;y", "{}"])
def test_odd_groups_that_can_be_addressed(name: str) -> None:
    with Site(GwsConfig(groups_in_memory={name: [{"name": "x", "mail": "nobody@x.com"}]}), FAVORITE) as site:
        assert len(site.resolved().plan.to_touch) == 1


def test_a_setting_with_a_lone_surrogate() -> None:
    setting = {"name": "\ud800", "mail": ANN, "note": "\udfff"}
    with Site(GwsConfig(), setting) as site:
        [resource] = site.resolved().plan.resources
        assert site.api.delete_by_body(resource.scope, resource.group, resource.setting).ok
        assert site.resolved().plan.to_touch == []
        with pytest.raises(GwsError):
            site.api.delete_by_path(resource.scope, resource.group, resource.setting)


@pytest.mark.parametrize("key", [".", "..", "a/../b"])
def test_a_key_that_cannot_be_addressed_goes_by_body_only(key: str) -> None:
    with Site(GwsConfig(delete_form="both"), {"name": key, "mail": ANN}, {"name": "x", "mail": "y@x.com"}) as site:
        [resource] = site.resolved().plan.resources
        with pytest.raises(GwsError):
            site.api.delete_by_path(resource.scope, resource.group, resource.setting)
        assert site.api.delete_by_body(resource.scope, resource.group, resource.setting).ok
        content = site.api.content(resource.scope, resource.group)
        assert content is not None
        assert [one["name"] for one in content.settings] == ["x"]


@pytest.mark.parametrize("form", ["body", "path"])
@pytest.mark.parametrize("scope", [CONTACT_CENTRE, Scope(AGENTS[0].id)])
def test_location_goes_with_each_change(form: str, scope: Scope) -> None:
    setting = {"name": "a/b", "location": "/US/CA & more?", "value": 1}
    with Site(GwsConfig(delete_form="both")) as site:
        owner = Owner("user", scope.owner) if scope.owner else Owner("contact_center", site.gws.layout.contact_center)
        site.gws.layout.put(owner, FAVORITES, "a/b", setting)
        group = Group("favorites", "name", "")
        assert site.api.update(scope, group, {**setting, "value": 2}).ok
        other = {**setting, "location": "/US"}
        assert site.api.delete_by_body(scope, group, other).missing
        assert site.api.delete_by_path(scope, group, other).missing
        send = site.api.delete_by_body if form == "body" else site.api.delete_by_path
        assert send(scope, group, setting).ok


TEXTS = [
    '{"name":"x","n":123456789012345678901234567890.10,"e":1e400,"m":-0.0,"mail":"a@x.com"}',
    '{ "name" : "x", "a":1, "a":2, "mail" : "a\\u0040x.com" }',
    '{"name":"x","deep":' + "[" * 3000 + "1" + "]" * 3000 + "}",
    '{"name":"x","long":' + "9" * 100_000 + "}",
    '{"name":"x","s":"\\ud800","t":"caf\u00e9"}',
    '{"name":"x","n":NaN}',
]


@pytest.mark.parametrize("text", TEXTS)
def test_settings_keep_their_text(text: str) -> None:
    for body in (f'{{"statusCode":0,"settings":[{text} , {text}]}}', f' {{ "settings":\n[ {text},{text} ],"statusCode":0}} '):
        settings = parse_object(body)["settings"]
        assert [setting.text for setting in settings] == [text, text]
        assert settings[0]["name"] == "x"
    assert parse_object(f'{{"settings":{text}}}')["settings"].text == text


@pytest.mark.parametrize(
    "text", ["", "[]", "1", '{"a":1}{"b":2}', '{"a":1}}', '{"a":1,}', '{"a" 1}', '{"a":[1,]}', '{"a":[1 2]}', "{1:2}", '{"a":1,"a":2}']
)
def test_what_is_no_object(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_object(text)


def test_canonical_tells_all_that_differs() -> None:
    same = ['{"a":1.10,"b":[1,{"c":2}]}', '{ "b":[1.0,{"c":2e0}],"a":11e-1}']
    assert len({canonical(parse_object(text)) for text in same}) == 1
    assert canonical(parse_object(same[0])) == canonical(json.loads(same[0]))
    for value in ("a", ["a", None, "\ud800"], ["a", 1], ["a", ["b"]], []):
        assert canonical({"x": value}).endswith(canonical(value) + "]]}")
    different = [
        '{"a":1}',
        '{"a":"1"}',
        '{"a":1,"b":{"a":1,"a":1}}',
        '{"a":1,"b":{"a":1}}',
        '{"a":1e400}',
        '{"a":1e401}',
        '{"a":["object"]}',
        '{"a":{}}',
    ]
    different += [
        '{"a":12345678901234567890}',
        '{"a":12345678901234567891}',
        '{"a":0.1}',
        '{"a":0.10000000000000000001}',
        '{"a":true}',
        '{"a":null}',
    ]
    assert len({canonical(parse_object(text)) for text in different}) == len(different)


def test_an_object_of_an_answer_cannot_be_changed() -> None:
    setting = JsonObject({"a": 1}, '{"a": 1}')
    for change in (lambda: setting.update(b=2), lambda: setting.pop("a"), lambda: setting.__setitem__("a", 2), setting.clear):
        with pytest.raises(TypeError):
            change()
    assert dict(setting) == {"a": 1}


def test_pacing_on_a_gws_that_refuses_and_slows_down() -> None:
    """Several workers, a cap at the server: everything is read, and GWS is not asked as fast as it can be."""
    with Site(GwsConfig(most_per_second=40, retry_after=1), *favorites(3), parallel=8, retries=2) as site:
        assert len(site.resolved().plan.to_touch) == 3
    with Site(GwsConfig(latency_per_request=0.05), *favorites(3), parallel=8) as site:
        for _turn in range(6):
            site.resolved()
        site.gws.most_at_a_time = 0
        site.resolved()
        assert site.gws.most_at_a_time < 8
