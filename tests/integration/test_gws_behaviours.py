# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How GWS, or what stands before it, may behave: each time the end state in Cassandra, and what was sent, tell whether it went well."""

from __future__ import annotations

import itertools
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.integration.conftest import SMALL
from tests.integration.support import (
    PASSWORD,
    Canaries,
    Outcome,
    Player,
    Run,
    Scenario,
    as_loaded,
    differences,
    run_scenarios,
    values_only,
    writes,
)
from tests.lab.cassandra import free_port
from tests.lab.gws import Fault, GwsConfig, Request
from tests.lab.lab import Lab
from tests.lab.population import FAVORITES, FAVORITES_MAP, OPERATIONS

REFS = ["S-1"]
IDENTIFIERS = list(SMALL.truth.subject("S-1").identifiers)
FAULTS: tuple[Fault, ...] = ("500_not_done", "500_done", "502_not_done", "502_done", "503", "429", "drop_before", "drop_after", "html_200")


def _expire_before_write(lab: Lab) -> None:
    """The session ends before the third and the eighth write."""
    counted = [0]

    def hook(phase: str, request: Request) -> None:
        if phase == "before" and request.is_write:
            counted[0] += 1
            if counted[0] in (3, 8):
                lab.gws.expire_sessions()

    lab.gws.hooks.append(hook)


def _on_writes(*faults: Fault) -> GwsConfig:
    """Among the users' settings; deletions first, later updates of containers too."""
    return GwsConfig(fail_writes=[(1 + 3 * place, fault) for place, fault in enumerate(faults)], fault_scope="users")


def _on_reads(*faults: Fault) -> GwsConfig:
    return GwsConfig(fail_reads=[(1 + 4 * place, fault) for place, fault in enumerate(faults)])


IN_THE_PROBE: list[tuple[int, Fault]] = [(1, "502_done"), (3, "drop_before"), (5, "503"), (7, "500_done"), (9, "drop_after")]

ERASES = {
    "plain": Scenario(),
    "csrf with another header, and sessions that expire": Scenario(
        GwsConfig(csrf=True, csrf_header="X-Lab-Token"), prepare=_expire_before_write
    ),
    "sessions that expire": Scenario(GwsConfig(session_expires_after=7)),
    "key in the path": Scenario(GwsConfig(delete_form="path")),
    "groups without name, users as addresses, empty groups vanish": Scenario(
        GwsConfig(groups_without_name=True, users_as_uris_only=True, empty_group_vanishes=True)
    ),
    "stale reads": Scenario(GwsConfig(stale_reads=1)),
    "passing faults on writes": Scenario(_on_writes(*FAULTS[:-1])),
    "passing faults on reads": Scenario(_on_reads(*FAULTS[:-1])),
    "passing faults in the probe": Scenario(GwsConfig(fail_writes=IN_THE_PROBE, html_error=True)),
}
"""Everything of the person is gone, everything else as it was."""

SLOW = {
    "bodies stripped, but the path form works": Scenario(GwsConfig(delete_form="both", strip_delete_bodies=True)),
    "csrf": Scenario(GwsConfig(csrf=True)),
    "both forms": Scenario(GwsConfig(delete_form="both")),
    "slow": Scenario(GwsConfig(latency_seconds=0.01)),
    **{f"{fault} on writes": Scenario(_on_writes(*[fault] * 8)) for fault in FAULTS[:-1]},
    **{f"{fault} on reads": Scenario(_on_reads(*[fault] * 8)) for fault in FAULTS[:-1]},
}
"""The same, one fault each."""

HOLDS = {
    "bodies stripped": Scenario(GwsConfig(strip_delete_bodies=True)),
    "no feature to write": Scenario(GwsConfig(missing_feature_provisioning_write=True)),
    "writes give a page": Scenario(GwsConfig(fail_writes=[(0, "html_200")])),
    "reads fail": Scenario(GwsConfig(fail_reads=[(0, "500_not_done")]), {"gws_retries": 1}),
    "deletes lie for users": Scenario(GwsConfig(delete_lies="users")),
    "deletes drop the users' groups": Scenario(GwsConfig(delete_drops_siblings="users")),
}
"""The run fails and says why, and everything is as it was (or was put back)."""

LEASE = "/me/settings/gws-pii-lease"  # it is looked for before it is there

SLOW_HOLDS = {
    "deletes drop the group": Scenario(GwsConfig(delete_drops_siblings="all")),
    "deletes lie": Scenario(GwsConfig(delete_lies="all")),
    "updates lie": Scenario(GwsConfig(put_lies="all")),
    "all writes fail": Scenario(GwsConfig(fail_writes=[(0, "503")])),
}
"""The same; GWS is given long to show what it did."""

REASONS = {
    "bodies stripped": "strips the body of DELETE",
    "deletes drop the group": "did not delete one setting and keep the other",
    "deletes lie": "did not delete one setting and keep the other",
    "updates lie": "did not update a setting by PUT",
    "no feature to write": "api-provisioning-write",
    "all writes fail": "HTTP 503",
    "writes give a page": "HTTP 200",
    "reads fail": "HTTP 500",
    "deletes lie for users": "the setting is still there",
    "deletes drop the users' groups": "put back",
}


@pytest.fixture(scope="module")
def ran(session_lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Outcome], Run]:
    return _run(session_lab, tmp_path_factory, {**ERASES, **HOLDS, "updates lie for users": Scenario(GwsConfig(put_lies="users"))})


def _run(lab: Lab, folders: pytest.TempPathFactory, scenarios: dict[str, Scenario]) -> tuple[dict[str, Outcome], Run]:
    lab.reset(layout="wide", people=SMALL, config=GwsConfig(password=PASSWORD))
    player = Player(lab, folders.mktemp("behaviours"))
    return run_scenarios(player, scenarios, subjects=[{"ref": "S-1", "identifiers": IDENTIFIERS}], region="US")


@pytest.mark.slow
def test_erases_slow(session_lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> None:
    outcomes, _unused = _run(session_lab, tmp_path_factory, SLOW)
    assert {name: outcome.message for name, outcome in outcomes.items() if outcome.failed} == {}
    assert {name: differences(SMALL, outcome.settings, REFS) for name, outcome in outcomes.items()} == {name: [] for name in SLOW}
    assert [outcome.scratch or outcome.backups for outcome in outcomes.values()] == [[]] * len(SLOW)


@pytest.mark.parametrize("name", ERASES)
def test_erases(ran: tuple[dict[str, Outcome], Run], name: str) -> None:
    outcome = ran[0][name]
    assert not outcome.failed, outcome.message
    assert differences(SMALL, outcome.settings, REFS) == []
    assert outcome.scratch == []
    assert outcome.backups == []


@pytest.mark.parametrize("name", HOLDS)
def test_fails_without_harm(ran: tuple[dict[str, Outcome], Run], name: str) -> None:
    _failed_without_harm(name, ran[0][name])


@pytest.mark.slow
def test_fails_without_harm_slow(session_lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> None:
    for name, outcome in _run(session_lab, tmp_path_factory, SLOW_HOLDS)[0].items():
        _failed_without_harm(name, outcome)


def _failed_without_harm(name: str, outcome: Outcome) -> None:
    assert outcome.failed
    assert "\n" not in outcome.message
    assert any(reason in outcome.message for reason in REASONS[name].split("|")), outcome.message
    lost = [difference for difference in differences(SMALL, outcome.settings, [], changed={}) if not difference.startswith("new:")]
    if name == "deletes drop the users' groups":  # what was to go may be gone; what others had is back
        allowed = SMALL.expected(*REFS)
        assert [one for one in SMALL.settings() if one not in allowed and outcome.settings.get(one) != SMALL.settings()[one]] == []
        assert len(lost) < len([one for one in allowed if one[1] == FAVORITES.name])
    else:
        assert lost == []
    if name == "deletes lie":  # nothing can be removed there, the scratch group neither
        return
    assert outcome.scratch == []
    if "users" not in name:
        assert values_only(outcome.after) == values_only(outcome.before)


def test_lying_updates_stop_the_run(ran: tuple[dict[str, Outcome], Run]) -> None:
    """Deletions before the first update are done and proved; nothing else was touched, and the run says that data are left."""
    outcome = ran[0]["updates lie for users"]
    assert outcome.failed
    assert "still there" in outcome.message
    wanted = SMALL.expected(*REFS)
    for resource, original in SMALL.settings().items():
        now = outcome.settings.get(resource)
        assert now == original or (resource in wanted and wanted[resource] is None and now is None), resource[1:]
    puts = [request for request in outcome.requests if request.method == "PUT" and "/users/" in request.path]
    assert len(puts) == 1, "tried again although GWS had said 0"


def test_what_was_sent(ran: tuple[dict[str, Outcome], Run]) -> None:
    """No DELETE of a users' group without what names the setting; everything else about the users is GET."""
    for name, outcome in ran[0].items():
        for request in writes(outcome.requests, "/users/"):
            assert request.method in ("DELETE", "PUT", "POST"), name
            if request.method == "DELETE":
                assert request.body, f"{name}: a DELETE without a body"
        proved = [request for request in writes(outcome.requests) if "/users/" in request.path]
        if proved and "told the form" not in name:
            first = outcome.requests.index(proved[0])
            assert any("/me/settings" in request.path and request.is_write for request in outcome.requests[:first]), name


def test_a_lost_write_is_looked_at_before_it_is_sent_again(ran: tuple[dict[str, Outcome], Run]) -> None:
    requests = [request for request in ran[0]["passing faults on writes"].requests if "/users/" in request.path]
    for path in {request.path for request in requests}:  # several owners are erased at a time
        for first, second in itertools.pairwise(request for request in requests if request.path == path):
            assert not (first.is_write and second.is_write), "two writes without a look between them"
    again = [request for request in requests if request.is_write and request.status_code == 6]
    assert again == [], "a write that was done was sent again"


def test_odd_names_and_keys(ran: tuple[dict[str, Outcome], Run]) -> None:
    """Names with a slash, #, spaces, unicode, an e-mail address; groups whose key is not `name`."""
    settings, odd = ran[0]["plain"].settings, SMALL.truth.odd_names
    assert {one[2] for one in odd} >= {"a/b/c", "###url", "two words", "ünï çødé ☎", IDENTIFIERS[0]}
    for scenario in ("plain", "key in the path"):
        assert not set(odd) & ran[0][scenario].settings.keys()
    others = [one for one in SMALL.truth.planted if one.group in (OPERATIONS.name, FAVORITES_MAP.name)]
    assert {one.group for one in others} == {OPERATIONS.name, FAVORITES_MAP.name}
    sent = [request.json for request in writes(ran[0]["plain"].requests, OPERATIONS.name)]
    assert all(list(body) == [OPERATIONS.key] for body in sent)
    assert sent
    assert all(one.resource not in settings for one in others if one.kind == "record")
    by_path = [unquote(request.path.rpartition("/")[2]) for request in writes(ran[0]["key in the path"].requests, "/users/")]
    assert {one[2] for one in odd} <= set(by_path)


def test_nothing_leaks(ran: tuple[dict[str, Outcome], Run], canaries: Canaries) -> None:
    assert canaries.in_run(ran[1]) == []
    assert [leak for outcome in ran[0].values() for leak in canaries.sing(repr(outcome.result))] == []


def test_static_headers_with_their_cookie(lab: Lab, player: Player) -> None:
    """The predecessor's way: the operator pastes token and cookie of a session of the browser."""
    lab.gws.config.csrf = True
    pasted = lab.gws.issue_session(SMALL.admin.user_name)
    assert set(pasted) == {"Cookie", "X-CSRF-TOKEN"}
    run = player(
        forget_me_subjects=[{"ref": "S-1", "identifiers": IDENTIFIERS}], forget_me_region="US", cleanup=True, gws_additional_headers=pasted
    )
    assert run.rc == 0, run.said()
    assert differences(SMALL, lab.settings(), REFS) == []
    assert {request.status for request in lab.gws.requests if LEASE not in request.path} == {200}
    assert len(lab.gws.sessions) == 1, "another session than the pasted one was used"


def test_two_addresses_the_first_dead(lab: Lab, player: Player) -> None:
    dead = f"http://127.0.0.1:{free_port()}"
    run = player(search=IDENTIFIERS[0], gws=[dead, lab.gws.url])
    assert run.rc == 0, run.said()
    assert "Dry run: " in run.summary
    assert as_loaded(lab)


def test_agent_edits_meanwhile(lab: Lab, player: Player, tmp_path: Path) -> None:
    """An agent replaces a setting by one of somebody else after the search: it is read again, and left."""
    planted = next(one for one in SMALL.truth.of("S-1") if one.group == FAVORITES.name and one.spelling == "upper")
    edited = {"name": planted.key, "emailAddress": "somebody.else@example.com"}
    group = next(group for owner, group in SMALL.groups if (owner, group.name) == (planted.owner, planted.group))

    def edit(phase: str, request: Request) -> None:
        if phase == "before" and request.path.endswith("/me/settings") and request.method == "POST":
            lab.layout.put(planted.owner, group, planted.key, edited)

    lab.gws.hooks.append(edit)
    options = {"subjects": [{"ref": "S-1", "identifiers": IDENTIFIERS}], "region": "US"}
    playbook = player.play([{"genesys.gws.gws_pii_delete": {**player.gws(), **options}}])
    run = player(playbook, plain=True)
    assert run.rc == 0, run.said()
    after = lab.settings()
    assert after.pop(planted.resource) == edited
    assert differences(SMALL, after, REFS) == []
