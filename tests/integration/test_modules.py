# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The modules on their own, in somebody else's playbook."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest

from tests.integration.conftest import SMALL
from tests.integration.support import Canaries, Player, differences, only_reads, write_private
from tests.lab.lab import Lab
from tests.lab.population import FAVORITES, Subject, population

S1 = SMALL.truth.subject("S-1")
EMAIL, PHONE = S1.identifiers
ABSENT = "nobody.at.all@example.org"


def _ran(player: Player, tasks: list[dict[str, Any]], names: list[str], **play: Any) -> tuple[dict[str, Any], str]:
    """The registered results of these names, and what was printed."""
    target = player.folder / "given" / "results.json"
    every = ", ".join(f"'{name}': {name}" for name in names)
    keep = {
        "ansible.builtin.copy": {"content": f"{{{{ {{{every}}} | to_json }}}}", "dest": str(target), "mode": "0600"},
        "check_mode": False,
    }
    arguments, environ = play.pop("arguments", ("-v",)), play.pop("env", {})
    run = player(player.play([*tasks, {**keep, "no_log": True}], **play), plain=True, arguments=arguments, env=environ)
    assert run.rc == 0, run.said()
    return json.loads(target.read_text(encoding="utf-8")), run.stdout + run.stderr


def test_as_documented_with_group_defaults_and_environment(lab: Lab, player: Player, canaries: Canaries) -> None:
    """Connection and login from module_defaults of the action group, and from the environment."""
    login = lab.credentials
    results, printed = _ran(
        player,
        [
            {"genesys.gws.gws_pii_search": {"search": [EMAIL, PHONE]}, "register": "found"},
            {"genesys.gws.gws_pii_search": {"search": ABSENT}, "register": "nothing"},
            {"genesys.gws.gws_pii_search": {"search": EMAIL}, "register": "one"},
            {
                "genesys.gws.gws_pii_delete": {"gws_url": lab.gws.url, "search": [EMAIL, PHONE], "findings": "{{ found.findings }}"},
                "register": "planned",
                "check_mode": True,
                "diff": True,
            },
            {
                "genesys.gws.gws_pii_delete": {"gws_url": lab.gws.url, "search": ABSENT, "findings": "{{ found.findings }}"},
                "register": "foreign",
                "ignore_errors": True,
            },
            {
                "genesys.gws.gws_pii_delete": {"gws_url": lab.gws.url, "search": ABSENT, "findings": "{{ nothing.findings }}"},
                "register": "unneeded",
            },
            {"ansible.builtin.debug": {"var": "found.matches"}},
            {
                "genesys.gws.gws_pii_delete": {"gws_url": lab.gws.url, "search": [EMAIL, PHONE], "findings": "{{ found.findings }}"},
                "register": "erased",
                "diff": True,
            },
            {"genesys.gws.gws_pii_delete": {"gws_url": lab.gws.url, "search": [EMAIL, PHONE]}, "register": "again"},
        ],
        ["found", "nothing", "one", "planned", "foreign", "unneeded", "erased", "again"],
        module_defaults={"group/genesys.gws.gws_pii": {"region": "US", "login_port": lab.node.cql_port}},
        env={
            "GWS_PII_CASSANDRA_HOSTS": lab.node.address,
            "GWS_PII_GWS_USERNAME": login["username"],
            "GWS_PII_GWS_PASSWORD": login["password"],
        },
    )
    found, nothing, one = results["found"], results["nothing"], results["one"]
    assert found.keys() == nothing.keys() == one.keys()
    assert nothing["complete"] is True
    assert nothing["findings"] == []
    assert [nothing["matches"], len(nothing["subjects"])] == [0, 1]
    assert [subject["ref"] for subject in found["subjects"]] == ["search-1", "search-2"]
    planned, erased, none, again = (results[name] for name in ("planned", "erased", "unneeded", "again"))
    assert [one["changed"] for one in (planned, erased, none, again)] == [True, True, False, False]
    shape = set(erased) - {"diff"}
    assert shape == set(planned) - {"diff"} == set(none) - {"diff"} == set(again) - {"diff"}
    assert planned["diff"]["before"] == erased["diff"]["before"] == f"settings to erase: {erased['plan']['settings']}\n"
    assert erased["diff"]["after"] == "settings to erase: 0\n"
    assert planned["writes"] == 0
    assert none["writes"] == again["writes"] == 0
    assert results["foreign"]["failed"]
    assert "or with another match, region or key" in results["foreign"]["msg"]
    assert differences(SMALL, lab.settings(), ["S-1"]) == []
    assert canaries.sing(printed) == []
    assert canaries.sing(json.dumps(results)) == []


def test_without_findings_the_api_is_searched(lab: Lab, player: Player) -> None:
    """For sites whose Cassandra can't be read: all users' settings are looked through; check mode first."""
    options = {**player.gws(), "search": [EMAIL, PHONE], "region": "US"}
    results, _unused = _ran(
        player,
        [
            {"genesys.gws.gws_pii_delete": options, "register": "planned", "check_mode": True},
            {"genesys.gws.gws_pii_delete": {**options, "groups": [FAVORITES.name]}, "register": "erased"},
        ],
        ["planned", "erased"],
    )
    assert results["planned"]["plan"]["settings"] == len(SMALL.expected("S-1"))
    assert differences(SMALL, lab.settings(), ["S-1"], keep=lambda resource: resource[1] != FAVORITES.name) == []


def test_results_hold_nothing_when_no_log_was_forgotten(session_lab: Lab, player: Player) -> None:
    """A term equal to a row's key, and a term of digits equal to a count: neither is rewritten, neither is shown."""
    people = population(4, 120, subjects=[Subject("K", "Key Person", "key.person@example.com", "+12125550163", "US", "212-555-0163")])
    lab = session_lab
    lab.reset(layout="typed", people=people)
    term = people.truth.subjects[0].email
    assert term
    insert = f'INSERT INTO "{lab.keyspace}".user_settings (owner, settings_group, setting, payload) VALUES (%s, %s, %s, %s)'
    lab.session.execute(insert, (uuid.UUID(people.users[1].id), FAVORITES.name, term, json.dumps({"name": term, "emailAddress": term})))
    lab.session.execute(f'CREATE TABLE "{lab.keyspace}".people (id text PRIMARY KEY, note text)')
    lab.session.execute(f'INSERT INTO "{lab.keyspace}".people (id, note) VALUES (%s, %s)', (term, "a row whose whole key is the term"))
    rows = len(lab.dump())
    results, printed = _ran(
        player,
        [
            {"genesys.gws.gws_pii_search": {**player.cassandra(), "search": [term]}, "register": "found"},
            {"ansible.builtin.debug": {"var": "found"}},
            {"genesys.gws.gws_pii_search": {**player.cassandra(), "search": str(rows), "min_length": 3}, "register": "counted"},
            {"ansible.builtin.debug": {"var": "counted"}},
            {
                "genesys.gws.gws_pii_delete": {**player.gws(), "search": [term], "findings": "{{ found.findings }}", "outside": "report"},
                "register": "erased",
            },
            {"ansible.builtin.debug": {"var": "erased"}},
        ],
        ["found", "counted", "erased"],
        arguments=("-v",),
    )
    assert results["counted"]["coverage"]["rows"] == rows, "a count was rewritten"
    assert "VALUE_SPECIFIED" not in printed
    assert "********" not in json.dumps(results)
    assert results["erased"]["outcomes"]["outside"] == 1
    assert Canaries(people).sing(printed) == []
    left = [row for row in lab.session.execute(f'SELECT setting FROM "{lab.keyspace}".user_settings') if row[0] == term]
    assert left == []


@pytest.mark.parametrize("verbosity", [pytest.param("-v", marks=pytest.mark.slow), "-vvv"])
def test_wrong_options_are_refused_without_quoting(lab: Lab, player: Player, canaries: Canaries, verbosity: str) -> None:
    search, delete, given = player.cassandra(), player.gws(), "{{ person }}"
    cases: dict[str, tuple[str, dict[str, Any]]] = {
        "port": ("search", {**search, "search": given, "login_port": given}),
        "choice": ("search", {**search, "search": given, "match": given}),
        "shape": ("search", {**search, "search": {"k": given}}),
        "findings": ("delete", {**delete, "search": given, "findings": given}),
        "unknown": ("delete", {**delete, "search": given, "nosuch": given}),
        "url": ("delete", {**delete, "search": given, "gws_url": "http://{{ person }}:x"}),
    }
    tasks = [
        {f"genesys.gws.gws_pii_{module}": options, "register": name, "ignore_errors": True} for name, (module, options) in cases.items()
    ]
    private = write_private(player.folder / "given" / "person.json", json.dumps({"person": EMAIL}))
    names = list(cases)
    results, printed = _ran(player, tasks, names, arguments=(verbosity, "-e", f"@{private}"))
    assert all(results[name]["failed"] for name in names)
    assert canaries.sing("\n".join(str(results[name]["msg"]) for name in names)) == []
    assert canaries.sing(printed) == []
    assert only_reads(lab.gws.requests)
