# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""gws_pii_delete as a whole, over HTTP: where it looks, what it compares, and when a look through the API alone is complete."""

from __future__ import annotations

import json
import pathlib
import typing as t
from unittest import mock

import pytest
from ansible.module_utils import basic

from ansible_collections.genesys.gws.plugins.module_utils._core.findings import Finding, NamedRow, OpaqueNames
from ansible_collections.genesys.gws.plugins.module_utils._core.keys import search_key
from ansible_collections.genesys.gws.plugins.module_utils._core.row_names import row_names
from ansible_collections.genesys.gws.plugins.module_utils._core.subjects import parse_subjects
from ansible_collections.genesys.gws.plugins.module_utils._module import run_delete
from tests.lab.gws import GwsConfig, GwsStandIn, User
from tests.lab.layouts import Group, Owner
from tests.lab.memory import InMemory

ANN = "ann@example.org"
KEY = "a secret of the site, long enough"
FAVORITES = Group("favorites", "Favorites", "name")
ADMIN = User("ad" * 16, "admin@x.org", roles=("ROLE_ADMIN",))
AGENTS = [User(f"{number:032x}", f"agent{number}@x.org") for number in range(1, 30)]


class Site:
    def __init__(self, folder: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.layout = InMemory()
        for user in AGENTS:
            for name, mail in (("fav-1", ANN), ("fav-2", "joann@example.org")):
                self.layout.put(Owner("user", user.id), FAVORITES, name, {"name": name, "mail": mail})
        self.gws = GwsStandIn(self.layout, [ADMIN, *AGENTS], GwsConfig())
        self._folder = folder
        self._capsys = capsys

    def finding(self, *names: str) -> dict[str, t.Any]:
        subjects = parse_subjects(search=ANN, subjects=None, region=None, match="exact", min_length=5, key=search_key(KEY))
        opaque = OpaqueNames(subjects)
        row = opaque.of_row("settings", [name.encode() for name in names])
        named = NamedRow.of(row_names([(f"k{number}", [[name]]) for number, name in enumerate(names)], [], []), opaque)
        made: dict[str, t.Any] = {
            "search_id": subjects.search_id,
            "subject": subjects.subjects[0].ref,
            "certainty": "exact",
            "table": "settings",
            "column": "value",
            "token": opaque.hide_token(1, row),
            "row": row,
            "in_group": True,
            "named": named,
            "source": "lab",
        }
        return Finding(**made).to_result()

    def run(self, **options: t.Any) -> dict[str, t.Any]:
        given = {
            "search": ANN,
            "key": KEY,
            "gws_url": [self.gws.url],
            "gws_username": ADMIN.user_name,
            "gws_password": "password",
            "gws_retries": 0,
            "work_dir": str(self._folder / "work"),
            **options,
        }
        encoded = json.dumps({"ANSIBLE_MODULE_ARGS": given}).encode()
        # As patch_module_args of ansible.module_utils.testing, which 2.18 does not have; 2.18 has no profiles either.
        profile = mock.patch.object(basic, "_ANSIBLE_PROFILE", "legacy", create=True)
        with mock.patch.object(basic, "_ANSIBLE_ARGS", encoded), profile, pytest.raises(SystemExit):
            run_delete.main()
        result: dict[str, t.Any] = json.loads(self._capsys.readouterr().out)
        return result


@pytest.fixture
def site(tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> t.Iterator[Site]:
    made = Site(tmp_path, capsys)
    with made.gws:
        yield made


@pytest.mark.parametrize("changes", [{}, {"page_size": 4}, {"page_size": 4, "paging": "silent"}, {"users_as_uris_only": True}])
def test_through_the_api_alone(site: Site, changes: dict[str, t.Any]) -> None:
    for name, value in changes.items():
        setattr(site.gws.config, name, value)
    seen = site.run(source="api", _ansible_check_mode=True)
    assert (seen["users"], seen["users_read"], seen["plan"]["delete"], seen["source"]) == (30, 30, 29, "api")
    done = site.run(source="api")
    assert not done.get("failed"), done
    assert done["outcomes"]["deleted"] == 29
    again = site.run(source="api")
    assert (again["changed"], again["plan"]["delete"], again["users_read"]) == (False, 0, 30)
    assert [len(site.layout.settings(Owner("user", user.id), FAVORITES)) for user in AGENTS] == [1] * 29


@pytest.mark.parametrize("changes", [{"extra_total": 1}, {"vanished_users": [AGENTS[4].id]}, {"fail_reads": [(12, "html_404")]}])
def test_incomplete_fails_and_touches_nothing(site: Site, changes: dict[str, t.Any]) -> None:
    for name, value in changes.items():
        setattr(site.gws.config, name, value)
    result = site.run(source="api")
    assert result["failed"]
    assert not any(request.is_write for request in site.gws.requests)


def test_both_are_compared(site: Site) -> None:
    findings = [site.finding(user.id, FAVORITES.name, "fav-1") for user in AGENTS[:20]] + [
        site.finding(AGENTS[0].id, FAVORITES.name, "fav-9")
    ]
    both = site.run(source="both", findings=findings, _ansible_check_mode=True)
    assert (both["users_read"], both["plan"]["delete"], both["only_in_api"], both["only_in_cassandra"]) == (30, 29, 9, 1)
    one = site.run(source="cassandra", findings=findings, _ansible_check_mode=True)
    assert (one["users_read"], one["plan"]["delete"], one["only_in_cassandra"]) == (20, 20, 1)
    assert site.run(findings=findings, _ansible_check_mode=True)["source"] == "cassandra"


@pytest.mark.parametrize("source", ["cassandra", "both"])
def test_without_findings_there_is_nothing_to_compare(site: Site, source: str) -> None:
    assert "needs findings" in site.run(source=source)["msg"]


@pytest.mark.parametrize("parallel", [1, 4, 32])
def test_several_at_a_time_do_the_same(site: Site, parallel: int) -> None:
    done = site.run(gws_parallel=parallel)
    assert done["outcomes"]["deleted"] == 29
    assert [len(site.layout.settings(Owner("user", user.id), FAVORITES)) for user in AGENTS] == [1] * 29
    assert site.gws.most_at_a_time <= parallel


@pytest.mark.parametrize("parallel", [0, -1, 33])
def test_more_than_can_be_asked_at_a_time(site: Site, parallel: int) -> None:
    assert "gws_parallel must be between 1 and 32" in site.run(gws_parallel=parallel)["msg"]
