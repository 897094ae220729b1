# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The four example calls of the seed document (gdpr_forget_me.py), as calls of the playbook with the same parameter names."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pexpect
import pytest

from tests.integration.support import PASSWORD, ROOT, Canaries, Player, as_loaded, differences, environment, only_reads
from tests.lab.cassandra import make_tls_files
from tests.lab.gws import GwsConfig, GwsStandIn
from tests.lab.lab import Lab
from tests.lab.population import ADMIN_NAME, FAVORITES, Subject, population

SEARCH = "agent1@pizza.com"
PEOPLE = population(4, 130, subjects=[Subject("seed", "Agent One", SEARCH, None, None)])
CSRF_HEADERS = '{"X-CSRF-HEADER": "X-CSRF-TOKEN", "X-CSRF-TOKEN": "1434429f-81a8-459a-9d6d-792d17644471"}'


@pytest.fixture
def seeded(session_lab: Lab) -> Lab:
    session_lab.reset(layout="typed", people=PEOPLE, config=GwsConfig(password=PASSWORD))
    return session_lab


def test_first_call_searches_cassandra_alone(seeded: Lab, player: Player) -> None:
    before = seeded.dump()
    run = player(search=SEARCH, gws=None, gws_username=None, gws_user_password=None)
    assert run.rc == 0, run.said()
    assert "The search was complete" in run.summary
    assert f"Found: {len(PEOPLE.truth.planted) + len(PEOPLE.truth.corporate) - _several_in_one_setting()} findings" in run.summary
    assert "only Cassandra was searched" in run.summary
    assert seeded.gws.requests == []
    assert seeded.dump() == before


def _several_in_one_setting() -> int:
    """How many times the truth names a setting again."""
    resources = [one.resource for one in PEOPLE.truth.planted]
    return len(resources) - len(set(resources))


def test_second_call_erases(seeded: Lab, player: Player) -> None:
    run = player(search=SEARCH, gws_username=ADMIN_NAME, cleanup="true")
    assert run.rc == 0, run.said()
    assert differences(PEOPLE, seeded.settings(), ["seed"]) == []
    assert Canaries(PEOPLE).in_run(run) == []


def _at_a_terminal(player: Player, **given: str) -> pexpect.spawn[str]:
    command, _unused = player.command(gws_username=None, gws_user_password=None, search=SEARCH, cleanup=True, **given)
    env = environment(player.home)
    return pexpect.spawn(command[0], command[1:], cwd=str(ROOT), env=env, timeout=60, encoding="utf-8", dimensions=(50, 300))


def test_third_call_asks_hidden_at_a_terminal(seeded: Lab, player: Player) -> None:
    seen = []
    terminal = _at_a_terminal(player)
    try:
        for prompt, answer in (("GWS user[^\r\n]*:", ADMIN_NAME), ("Password of the GWS user[^\r\n]*:", PASSWORD)):
            terminal.expect(prompt)
            seen.append(str(terminal.before))
            terminal.sendline(answer)
        terminal.expect(pexpect.EOF, timeout=90)
        seen.append(str(terminal.before))
    finally:
        terminal.close(force=True)
    everything = "".join(seen)
    assert terminal.exitstatus == 0, everything
    assert Canaries(PEOPLE).sing(everything) == []
    assert differences(PEOPLE, seeded.settings(), ["seed"]) == []


@pytest.mark.parametrize("around", [{"JOB_ID": "17"}, {"CI": "true"}, {}], ids=["AWX", "CI", "no terminal"])
def test_third_call_asks_nobody_without_a_terminal(seeded: Lab, player: Player, around: dict[str, str]) -> None:
    run = player(search=SEARCH, cleanup=True, gws_username=None, gws_user_password=None, env=around, timeout=30)
    assert run.rc != 0
    assert "\n" not in run.reason
    assert "set gws_username and gws_user_password" in run.reason
    assert "[Ask for the GWS user]" not in run.stdout.replace("\nskipping", "") or "[GWS user" not in run.stdout
    assert seeded.gws.requests == []
    assert as_loaded(seeded)


def test_fourth_call_is_limited_to_a_group_and_sends_headers(seeded: Lab, player: Player, tmp_path: Path) -> None:
    """As in the document: https, a group, CSRF headers of a session that is not ours (the module gets a token of its own)."""
    tls = make_tls_files(tmp_path / "tls")
    with GwsStandIn(seeded.layout, PEOPLE.users, GwsConfig(password=PASSWORD, csrf=True), tls=tls) as gws:
        run = player(
            search=SEARCH,
            gws=gws.url,
            cleanup="true",
            group_name=FAVORITES.name,
            gws_additional_headers=CSRF_HEADERS,
            forget_me_gws_ca_cert=str(tls.ca),
        )
        assert run.rc == 0, run.said()
        requests = list(gws.requests)
        assert gws.url.startswith("https://")
    assert {request.headers.get("x-csrf-header") for request in requests} == {"X-CSRF-TOKEN"}
    own = {request.headers.get("x-csrf-token") for request in requests if request.is_write}
    assert own
    assert json.loads(CSRF_HEADERS)["X-CSRF-TOKEN"] not in own
    others = [request for request in requests if "gws-pii-lease" not in request.path]  # it is looked for before it is made
    assert {request.status for request in others} == {200}
    assert differences(PEOPLE, seeded.settings(), ["seed"], keep=lambda resource: resource[1] != FAVORITES.name) == []
    elsewhere = [request for request in requests if request.is_write and "/me/" not in request.path and FAVORITES.name not in request.path]
    assert elsewhere == []


@pytest.mark.slow
def test_interrupted_at_the_prompt(seeded: Lab, player: Player) -> None:
    """Ctrl-C instead of a password: not 0, nothing sent."""
    terminal = _at_a_terminal(player)
    try:
        terminal.expect("GWS user[^\r\n]*:")
        for _try in range(6):  # the prompt is printed a moment before the key is listened for
            time.sleep(2)
            terminal.sendcontrol("c")
            if terminal.expect(["abort", pexpect.TIMEOUT], timeout=8) == 0:
                break
        terminal.send("a")
        terminal.expect(pexpect.EOF)
    finally:
        terminal.close(force=True)
    assert terminal.exitstatus != 0
    assert only_reads(seeded.gws.requests)
    assert as_loaded(seeded)
