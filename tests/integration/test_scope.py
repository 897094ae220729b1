# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a run may touch: groups, corporate favorites, holds, caps, approved plans, orphans, tables without settings."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.support import (
    PASSWORD,
    Canaries,
    Outcome,
    Player,
    Run,
    Scenario,
    as_loaded,
    differences,
    only_reads,
    run_scenarios,
    values_only,
)
from tests.lab.gws import GwsConfig
from tests.lab.lab import Lab
from tests.lab.population import CORPORATE, FAVORITES, WORKSPACE, population

PEOPLE = population(4, 150, subjects=1, orphans=True, outside=True)
REFS = ["S-1"]
SUBJECT = PEOPLE.truth.subject("S-1")
SUBJECTS = [{"ref": "S-1", "identifiers": list(SUBJECT.identifiers)}]
CALM = {"orphans": "report", "outside": "report"}
ORPHANS = {one.resource for one in PEOPLE.truth.orphans}
WANTED = PEOPLE.expected(*REFS)
HELD = next(one for one in PEOPLE.truth.of("S-1") if one.group == FAVORITES.name and one.spelling == "mixed")
HELD_OWNER = HELD.owner
IN_RECENTS = next(one for one in PEOPLE.truth.of("S-1") if one.key == "recents")

SCENARIOS = {
    "plain": Scenario(options=CALM),
    "check mode": Scenario(options=CALM, check=True),
    "orphans and outside fail": Scenario(),
    "orphans delete": Scenario(options={**CALM, "orphans": "delete"}),
    "orphans delete, check mode": Scenario(options={**CALM, "orphans": "delete"}, check=True),
    "orphans delete, of a user whom no list has": Scenario(
        GwsConfig(password=PASSWORD, unlisted_users=(HELD.owner.id,)), options={**CALM, "orphans": "delete"}
    ),
    "held by path": Scenario(options={**CALM, "holds": [f"/users/{HELD.owner.id}/settings/{FAVORITES.name}/{HELD.key}"]}),
    "held owner": Scenario(options={**CALM, "holds": [HELD_OWNER.id]}),
    "held person": Scenario(options={**CALM, "holds": [SUBJECT.email]}),
    "max_deletes": Scenario(options={**CALM, "max_deletes": len(WANTED) - 1}),
    "max_deletes just enough": Scenario(options={**CALM, "max_deletes": len(WANTED)}),
    "max_per_subject": Scenario(options={**CALM, "max_per_subject": len(WANTED) - 1}),
    "another plan": Scenario(options={**CALM, "expect_plan": "0" * 64}),
    "shared report": Scenario(options={**CALM, "shared_settings": "report"}),
    "shared delete": Scenario(options={**CALM, "shared_settings": "delete"}),
    "corporate erase": Scenario(options={**CALM, "corporate": "erase"}),
}


@pytest.fixture(scope="module")
def ran(session_lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Outcome], Run]:
    session_lab.reset(layout="typed", people=PEOPLE, config=GwsConfig(password=PASSWORD))
    player = Player(session_lab, tmp_path_factory.mktemp("scope"))
    cassandra = player.cassandra()
    scenarios = {
        name: Scenario(one.config, {**one.options, **(cassandra if one.options.get("orphans") == "delete" else {})}, one.prepare, one.check)
        for name, one in SCENARIOS.items()
    }
    return run_scenarios(player, scenarios, subjects=SUBJECTS, region="US")


def _rows(count: int) -> str:
    return ("1 row of a former agent" if count == 1 else f"{count} rows of former agents") + " in table user_settings"


def _unchanged(outcome: Outcome) -> bool:
    return outcome.before == outcome.after and only_reads(outcome.requests)


def test_plain(ran: tuple[dict[str, Outcome], Run]) -> None:
    """Corporate favorites, orphans and foreign tables are reported, not touched, and make no failure when that was asked for."""
    outcome = ran[0]["plain"]
    assert not outcome.failed, outcome.message
    assert differences(PEOPLE, outcome.settings, REFS) == []
    assert outcome.result["outcomes"]["corporate"] == len({one.resource for one in PEOPLE.truth.corporate})
    assert outcome.result["outcomes"]["orphaned"] == len(ORPHANS)
    assert outcome.result["outcomes"]["outside"] == len(PEOPLE.truth.outside)


def test_check_mode_is_the_plan(ran: tuple[dict[str, Outcome], Run]) -> None:
    outcome, real = ran[0]["check mode"], ran[0]["plain"]
    assert _unchanged(outcome)
    assert outcome.result["changed"]
    assert outcome.result["plan"] == real.result["plan"]
    assert outcome.result["plan"]["settings"] == len(WANTED)
    assert outcome.result["diff"]["before"] == real.result["diff"]["before"]
    assert _unchanged(ran[0]["orphans delete, check mode"])


def test_orphans_and_outside_fail_after_the_work(ran: tuple[dict[str, Outcome], Run]) -> None:
    outcome = ran[0]["orphans and outside fail"]
    assert outcome.failed
    assert f"{_rows(len(ORPHANS))} (see orphans)" in outcome.message
    assert "1 row in table call_log, which holds no settings (see outside" in outcome.message
    assert differences(PEOPLE, outcome.settings, REFS) == []


def test_orphans_deleted_by_cql(ran: tuple[dict[str, Outcome], Run]) -> None:
    outcome = ran[0]["orphans delete"]
    assert not outcome.failed, outcome.message
    assert not ORPHANS & outcome.settings.keys()
    wanted = {**WANTED, **dict.fromkeys(ORPHANS)}
    assert differences(PEOPLE, outcome.settings, REFS, changed=wanted) == []
    assert {key: row for key, row in values_only(outcome.after).items() if key[0] == "call_log"} == {
        key: row for key, row in values_only(outcome.before).items() if key[0] == "call_log"
    }


def test_an_owner_whom_gws_knows_when_asked_is_no_former_agent(ran: tuple[dict[str, Outcome], Run]) -> None:
    outcome = ran[0]["orphans delete, of a user whom no list has"]
    assert outcome.failed
    assert not ORPHANS & outcome.settings.keys()
    kept = {resource for resource in WANTED if resource[0] == HELD_OWNER}
    wanted = {**{resource: goal for resource, goal in WANTED.items() if resource not in kept}, **dict.fromkeys(ORPHANS)}
    assert differences(PEOPLE, outcome.settings, REFS, changed=wanted) == []
    assert outcome.result["outcomes"]["unresolved"] == len(kept)


def test_holds(ran: tuple[dict[str, Outcome], Run]) -> None:
    by_path, by_owner, person = (ran[0][name] for name in ("held by path", "held owner", "held person"))
    assert differences(PEOPLE, by_path.settings, REFS, keep=lambda resource: resource == HELD.resource) == []
    assert by_path.result["outcomes"]["held"] == 1
    assert differences(PEOPLE, by_owner.settings, REFS, keep=lambda resource: resource[0] == HELD_OWNER) == []
    assert by_owner.result["outcomes"]["held"] == len([one for one in WANTED if one[0] == HELD_OWNER])
    with_email = {one.resource for one in PEOPLE.truth.of("S-1") if one.identifier == SUBJECT.email}
    assert with_email <= person.settings.keys()
    assert all(person.settings[one] == PEOPLE.settings()[one] for one in with_email if WANTED[one] is None)
    gone = PEOPLE.settings().keys() - person.settings.keys()
    assert gone == {one for one, goal in WANTED.items() if goal is None} - with_email


@pytest.mark.parametrize(
    ("name", "says"),
    [("max_deletes", "max_deletes"), ("max_per_subject", "max_per_subject"), ("another plan", "the plan differs from the approved one")],
)
def test_refused_before_anything_is_touched(ran: tuple[dict[str, Outcome], Run], name: str, says: str) -> None:
    outcome = ran[0][name]
    assert outcome.failed
    assert "Nothing was deleted" in outcome.message
    assert says in outcome.message
    assert _unchanged(outcome)


def test_cap_just_enough(ran: tuple[dict[str, Outcome], Run]) -> None:
    assert not ran[0]["max_deletes just enough"].failed
    assert differences(PEOPLE, ran[0]["max_deletes just enough"].settings, REFS) == []


def test_shared_settings(ran: tuple[dict[str, Outcome], Run]) -> None:
    containers = {one.resource for one in PEOPLE.truth.of("S-1") if one.kind == "container"}
    left = ran[0]["shared report"]
    assert left.failed
    assert "hold other contacts" in left.message
    kept = {one for one in containers if left.settings.get(one) == PEOPLE.settings()[one]}
    assert IN_RECENTS.resource in kept
    assert differences(PEOPLE, left.settings, REFS, keep=lambda resource: resource in kept) == []
    deleted = ran[0]["shared delete"]
    assert not deleted.failed, deleted.message
    assert differences(PEOPLE, deleted.settings, REFS, changed=dict.fromkeys(WANTED)) == []
    assert deleted.result["plan"]["other_contacts_deleted"] > 0


def test_corporate_erase(ran: tuple[dict[str, Outcome], Run]) -> None:
    outcome = ran[0]["corporate erase"]
    assert not outcome.failed, outcome.message
    wanted = {**WANTED, **{one.resource: None for one in PEOPLE.truth.corporate}}
    assert differences(PEOPLE, outcome.settings, REFS, changed=wanted) == []


def test_nothing_leaks(ran: tuple[dict[str, Outcome], Run]) -> None:
    canaries = Canaries(PEOPLE)
    assert canaries.in_run(ran[1]) == []
    assert [leak for outcome in ran[0].values() for leak in canaries.sing(repr(outcome.result))] == []


# -- whole runs


def test_group_limits_search_and_deletion(lab: Lab, player: Player) -> None:
    """And `cleanup` as the text that -e gives."""
    people = lab.people
    run = player(search=list(SUBJECT.identifiers), group_name=FAVORITES.name, cleanup="true", forget_me_region="US")
    assert run.rc == 0, run.said()
    assert differences(people, lab.settings(), REFS, keep=lambda resource: resource[1] != FAVORITES.name) == []
    touched = {request.path for request in lab.gws.requests if request.is_write and "/me/" not in request.path}
    assert touched
    assert all(f"/settings/{FAVORITES.name}" in path for path in touched)
    in_favorites = {one.resource for one in people.truth.planted if one.group == FAVORITES.name}
    assert f"Found: {len(in_favorites)} findings for 2 of 2 people" in run.summary
    assert "more are not in the requested groups" in run.summary
    assert CORPORATE.name != FAVORITES.name != WORKSPACE.name


@pytest.mark.parametrize("source", ["api", "both"])
def test_without_cassandra_and_with_both(lab: Lab, player: Player, source: str) -> None:
    """A site whose Cassandra can't be reached by CQL: the settings of all users are read, erased and read again."""
    given: dict[str, Any] = {"search": list(SUBJECT.identifiers), "forget_me_region": "US", "forget_me_source": source}
    if source == "api":
        given |= {"cass_hostname": None, "cass_port": None}
    dry = player(**given)
    assert dry.rc == 0, dry.said()
    assert "The search was complete: " in dry.summary
    assert only_reads(lab.gws.requests)
    run = player(cleanup=True, **given)
    assert run.rc == 0, run.said()
    assert "Proven: " in run.summary
    assert ("Compared: 0 settings only in the API of GWS" in run.summary) is (source == "both"), run.summary
    assert differences(lab.people, lab.settings(), REFS) == []


def test_a_group_that_is_nowhere(lab: Lab, player: Player) -> None:
    """Misspelled: refused, and no proof of nothing. A group that is there, without the person, is none of that."""
    run = player(search=SUBJECT.email, group_name=FAVORITES.name[:-1], cleanup=True)
    assert run.rc != 0
    assert "1 of the requested settings groups is not found anywhere in Cassandra" in run.reason, run.said()
    assert FAVORITES.name[:-1] not in run.reason
    assert only_reads(lab.gws.requests)
    empty = player(search="nobody.knows@example.org", group_name=FAVORITES.name[:-1], cleanup=True)
    assert empty.rc == 0, empty.said()
    for _again in range(2):
        run = player(search=SUBJECT.email, group_name=FAVORITES.name, cleanup=True)
        assert run.rc == 0, run.said()


def test_cleanup_false_as_text_and_check(lab: Lab, player: Player) -> None:
    before = lab.dump()
    plans = []
    for given, arguments in (({"cleanup": "false"}, ("-v",)), ({"cleanup": "true"}, ("-v", "--check"))):
        run = player(arguments=arguments, search=SUBJECT.email, **given)
        assert run.rc == 0, run.said()
        assert "Dry run: " in run.summary
        assert only_reads(lab.gws.requests)
        assert lab.dump() == before
        plans.append(run.summary.partition("Plan: ")[2])
    assert plans[0] == plans[1]
    assert len(plans[0].strip()) == 64


@pytest.mark.slow
def test_the_approved_plan_is_carried_out(lab: Lab, player: Player) -> None:
    """Dry run, approval of its digest; then the same with a person's setting added in between is refused."""
    given = {"search": SUBJECT.email, "forget_me_shared_settings": "redact"}
    digest = player(**given).summary.partition("Plan: ")[2].strip()
    planted = next(one for one in lab.people.truth.of("S-1") if one.group == FAVORITES.name)
    group = next(group for owner, group in lab.people.groups if (owner, group.name) == (planted.owner, planted.group))
    lab.layout.put(planted.owner, group, "added", {"name": "added", "emailAddress": SUBJECT.email})
    before = lab.dump()
    refused = player(cleanup=True, forget_me_expect_plan=digest, **given)
    assert refused.rc != 0
    assert "the plan differs from the approved one" in refused.reason
    assert lab.dump() == before
    assert only_reads(lab.gws.requests)
    lab.layout.delete(planted.owner, group, "added")
    carried_out = player(cleanup=True, forget_me_expect_plan=digest, **given)
    assert carried_out.rc == 0, carried_out.said()
    assert not as_loaded(lab)


def test_whole_run_with_orphans_and_outside(session_lab: Lab, player: Player) -> None:
    """Fail by default after the rest is done; told to delete and to leave the table out, the same run ends well."""
    session_lab.reset(layout="by_group", people=PEOPLE, config=GwsConfig(password=PASSWORD))
    given = {"forget_me_subjects": SUBJECTS, "forget_me_region": "US", "cleanup": True}
    run = player(**given)
    assert run.rc != 0
    assert "1 row of a former agent in table settings_by_group (see forget_me_orphans)" in run.reason
    assert "1 row in table call_log, which holds no settings (see forget_me_outside" in run.reason
    assert differences(PEOPLE, session_lab.settings(), REFS) == []
    done = player(forget_me_orphans="delete", forget_me_exclude_tables=["call_log"], **given)
    assert done.rc == 0, done.said()
    assert differences(PEOPLE, session_lab.settings(), REFS, changed={**WANTED, **dict.fromkeys(ORPHANS)}) == []
    assert Canaries(PEOPLE).in_run(run) == []
