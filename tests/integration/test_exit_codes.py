# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Exit code and the one line that says what to do, for everything that can go wrong before or after the work."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.integration.conftest import SMALL
from tests.integration.support import PASSWORD, Canaries, Player, Run, as_loaded, only_reads
from tests.lab.cassandra import CassandraNode, free_port, make_tls_files
from tests.lab.gws import GwsConfig
from tests.lab.lab import Lab, connect
from tests.lab.population import AGENT_NAME

EMAIL = str(SMALL.truth.subject("S-1").email)


@dataclass
class Case:
    """What is given, and what the line says."""

    says: str
    given: Mapping[str, Any] = field(default_factory=dict)
    config: Mapping[str, Any] = field(default_factory=dict)
    closed_port: bool = False
    changes: bool = False


CASES = {
    "wrong GWS password": Case(
        "refused the login.*check forget_me_gws_username and forget_me_gws_password",
        {"gws_user_password": "wrong-Secret#1"},
    ),
    "no admin role": Case("admin role.*use an account", {"gws_username": AGENT_NAME}),
    "Cassandra down": Case("can't be reached.*check hosts, port, firewall", closed_port=True),
    "wrong keyspace": Case("The keyspace does not exist.*check cass_keyspace", {"cass_keyspace": "sipfs2"}),
    "a keyspace of Cassandra itself": Case("belongs to Cassandra itself.*check cass_keyspace", {"cass_keyspace": "system_auth"}),
    "Thrift port": Case("9160.*native port", {"cass_port": 9160}),
    "an API that deletes nothing": Case("still there.*run it again", config={"delete_lies": "users"}, changes=True),
    "a term of three characters": Case("shorter than", {"search": "q#7"}),
    "a blank term": Case("blank|empty", {"search": "  "}),
    "bad JSON in the headers": Case("not valid JSON: use a form like", {"gws_additional_headers": "{X-Custom: 7"}),
    "unknown table": Case("is not a table of the keyspace, which has: settings", {"forget_me_tables": ["nosuchtable"]}),
    "GWS down": Case("GWS can't be reached.*check forget_me_gws_url", {"gws": "http://127.0.0.1:9"}),
    "cleanup without GWS": Case("cleanup needs the address of GWS", {"gws": None}),
    "nobody given": Case("search|subjects", {"search": None}),
}


def said_once(run: Run) -> str:
    """The one line: it ends the run, stands on one line, and what was printed before it says the same."""
    assert run.rc != 0, run.said()
    assert run.reason, run.said()
    assert "\n" not in run.reason
    assert "Traceback" not in run.stdout + run.stderr
    assert "A bug of" not in run.reason
    fatal = re.findall(r"^fatal: .*", run.stdout, re.MULTILINE)
    assert all(json.dumps(run.reason)[1:-1] in line or "censored" in line for line in fatal), fatal
    return run.reason


@pytest.mark.parametrize("name", CASES)
def test_fails_with_one_line(session_lab: Lab, player: Player, canaries: Canaries, name: str) -> None:
    case, lab = CASES[name], session_lab
    if lab.people is not SMALL or lab.layout.name != "wide" or case.changes or not as_loaded(lab):
        lab.reset(layout="wide", people=SMALL)
    lab.gws.reseed(lab.layout, SMALL.users, GwsConfig(password=PASSWORD, **case.config))
    given: dict[str, Any] = {"search": EMAIL, "cleanup": True, **({"cass_port": free_port()} if case.closed_port else {}), **case.given}
    run = player(timeout=60, **given)
    line = said_once(run)
    assert re.search(case.says, line), line
    assert canaries.in_run(run) == []
    secrets = Canaries(SMALL, *(str(case.given[name]) for name in ("gws_user_password", "gws_additional_headers") if name in case.given))
    assert secrets.in_run(run) == []
    if not case.changes:
        assert as_loaded(lab)
        assert only_reads(lab.gws.requests)
    if name == "wrong GWS password":
        assert len(lab.gws.requests) == 1, "a refused login was tried again"


def test_unknown_person(lab: Lab, player: Player) -> None:
    before = lab.dump()
    run = player(search="nobody.knows@example.org", cleanup=True)
    assert run.rc == 0, run.said()
    assert "complete" in run.summary
    assert "nothing was changed" in run.summary
    assert only_reads(lab.gws.requests)
    assert lab.dump() == before


def test_dead_contact_points(lab: Lab, player: Player) -> None:
    """One that nobody answers at is no trouble beside one that works; alone it ends in bounded time."""
    options = {"login_port": lab.node.cql_port, "search": EMAIL, "connect_timeout": 2}
    results = _results(
        player,
        {
            "one of two": {**options, "login_host": ["127.0.0.77", lab.node.address]},
            "none": {**options, "login_host": ["127.0.0.77", "198.51.100.1"]},
            "no such name": {**options, "login_host": ["cassandra.invalid"]},
        },
    )
    assert results["one of two"]["complete"]
    for name in ("none", "no such name"):
        assert results[name]["failed"]
        assert "can't be reached" in results[name]["msg"], results[name]


def _results(player: Player, cases: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Run gws_pii_search once for each, in one playbook."""
    tasks: list[dict[str, Any]] = []
    for number, options in enumerate(cases.values()):
        tasks.append({"genesys.gws.gws_pii_search": dict(options), "register": f"result_{number}", "ignore_errors": True})
    target = player.folder / "given" / "results.json"
    every = ", ".join(f"result_{number}" for number in range(len(cases)))
    tasks.append(
        {"ansible.builtin.copy": {"content": f"{{{{ [{every}] | to_json }}}}", "dest": str(target), "mode": "0600"}, "no_log": True}
    )
    run = player(player.play(tasks), plain=True, timeout=240)
    assert run.rc == 0, run.said()
    return dict(zip(cases, json.loads(target.read_text(encoding="utf-8")), strict=True))


def test_cassandra_hangs(lab: Lab, player: Player) -> None:
    """SIGSTOP: connections are accepted and nothing is answered."""
    lab.node.pause()
    try:
        began = time.monotonic()
        run = player(search=EMAIL, forget_me_cassandra_connect_timeout=2, forget_me_cassandra_request_timeout=2, timeout=100)
        seconds = time.monotonic() - began
    finally:
        lab.node.resume()
    assert "can't be reached" in said_once(run)
    assert seconds < 40


@pytest.fixture(scope="module")
def guarded_node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CassandraNode]:
    """A second Cassandra that wants TLS, a client certificate and a login; it has a keyspace with one table."""
    folder = tmp_path_factory.mktemp("guarded")
    tls = make_tls_files(folder / "tls")
    with CassandraNode(auth=True, tls=tls, tls_client_auth=True, heap="512M", work_dir=folder) as node:
        cluster, session = connect(node)
        session.execute("CREATE KEYSPACE sipfs WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}")
        session.execute("CREATE TABLE sipfs.settings (key text PRIMARY KEY, value text)")
        session.execute(f"INSERT INTO sipfs.settings (key, value) VALUES ('k', '{EMAIL}')")
        session.execute("CREATE ROLE nothing WITH PASSWORD = 'nothing-may-1' AND LOGIN = true")
        cluster.shutdown()
        yield node


@pytest.mark.slow
def test_cassandra_with_tls_and_login(
    session_lab: Lab, guarded_node: CassandraNode, player: Player, canaries: Canaries, tmp_path: Path
) -> None:
    tls = guarded_node.tls
    assert tls is not None
    certificate = {"client_cert": str(tls.client_cert), "client_key": str(tls.client_key)}
    base = {"login_host": guarded_node.address, "login_port": guarded_node.cql_port, "search": EMAIL, "connect_timeout": 4}
    right = {**base, "ssl": True, "ca_cert": str(tls.ca), **certificate, "login_user": "cassandra", "login_password": "cassandra"}
    other = make_tls_files(tmp_path / "other")
    cases: dict[str, tuple[str, dict[str, Any]]] = {
        "right": ("", right),
        "not verified, as asked for": ("", {**right, "ca_cert": None, "validate_certs": False}),
        "wrong password": ("refused the login: check cass_username", {**right, "login_password": "Wrong!pass-9"}),
        "no login": ("requires a login: set cass_username", {**right, "login_user": None, "login_password": None}),
        "no rights": ("no SELECT permission|may not see it", {**right, "login_user": "nothing", "login_password": "nothing-may-1"}),
        "no CA": ("could not be verified: set ca_cert", {**right, "ca_cert": None}),
        "another CA": ("could not be verified: set ca_cert", {**right, "ca_cert": str(other.ca)}),
        "no client certificate": (
            "check ssl, the port and client_cert|can't be reached",
            {**right, "client_cert": None, "client_key": None},
        ),
        "no TLS": ("check hosts, port, firewall and ssl|check ssl", {**right, "ssl": False}),
    }
    options = {name: {option: value for option, value in given.items() if value is not None} for name, (_unused, given) in cases.items()}
    results = _results(player, options)
    for name, (says, _unused) in cases.items():
        if says:
            assert results[name].get("failed"), name
            assert re.search(says, results[name]["msg"]), f"{name}: {results[name]['msg']}"
            assert "\n" not in results[name]["msg"]
        else:
            assert results[name].get("matches") == 1, f"{name}: {results[name].get('msg')}"
    leaks = canaries.sing(json.dumps(results))
    assert leaks == []
    assert "Wrong!pass-9" not in json.dumps(results)


def test_tls_against_a_port_without(lab: Lab, player: Player) -> None:
    results = _results(player, {"tls": {**player.cassandra(), "search": EMAIL, "ssl": True, "connect_timeout": 4}})
    assert re.search("check ssl|can't be reached", results["tls"]["msg"]), results["tls"]["msg"]
