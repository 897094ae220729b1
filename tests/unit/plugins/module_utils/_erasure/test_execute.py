# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Erasing against a GWS that fails at every call in every way: the rules of erasing hold at each write.

Most rules are asserted by ``simulated_gws`` at the moment of a write; here are the end states.
"""

from __future__ import annotations

import copy
import json
import os
import random
import stat
import time
import typing as t
from pathlib import Path

import pytest

from ansible_collections.genesys.gws.plugins.module_utils._core.errors import RefusedError
from ansible_collections.genesys.gws.plugins.module_utils._core.matching import Matcher
from ansible_collections.genesys.gws.plugins.module_utils._erasure.actions import Outcome
from ansible_collections.genesys.gws.plugins.module_utils._erasure.backup import parse
from ansible_collections.genesys.gws.plugins.module_utils._erasure.execute import Clock, Executed, Executor, Options
from ansible_collections.genesys.gws.plugins.module_utils._erasure.holds import parse_holds
from ansible_collections.genesys.gws.plugins.module_utils._erasure.judge import Judge
from ansible_collections.genesys.gws.plugins.module_utils._erasure.plan import Plan
from ansible_collections.genesys.gws.plugins.module_utils._erasure.protocol import COLLATERAL
from ansible_collections.genesys.gws.plugins.module_utils._erasure.resolve import Resolver
from ansible_collections.genesys.gws.plugins.module_utils._erasure.rules import Policy
from ansible_collections.genesys.gws.plugins.module_utils._erasure.work_folder import WorkFolder
from tests.unit.simulated_gws import ADMIN, COLLATERAL_FAULTS, OWN, READ_FAULTS, SCRATCH, WRITE_FAULTS, Fault, Group, Gws, Killed, Setting
from tests.unit.strategies import subjects_of

ANN, PHONE = "ann@x.com", "+14155550123"
SUBJECTS = subjects_of(ANN, PHONE)
MATCHER = Matcher(SUBJECTS, None)
U1, U2, U3 = "a" * 32, "b" * 32, "c" * 32
FAVORITES = "interaction-workspace-personal-favorites"

Scopes = dict[str, dict[str, Group]]


def world() -> Scopes:
    recents = [{"firstName": "Ann", "mail": ANN}, {"firstName": "Bob", "n": 1.5}, {"firstName": "Cid", "note": f"ask {PHONE}"}]
    return {
        "": {"corporate": Group("name", [{"name": "c1", "mail": ANN}])},
        U1: {
            FAVORITES: Group(
                "name",
                [
                    {"name": "f1", "firstName": "Ann", "emailAddress": ANN, "phoneNumbers": [{"phoneNumber": PHONE}]},
                    {"name": "f2", "firstName": "Bob", "emailAddress": "joann@x.com"},
                    {"name": "f3", "note": f"call {PHONE} now"},
                    {"name": "f4", "firstName": "Dora"},
                ],
            ),
            "interaction-workspace": Group(
                "name", [{"name": "recents", "value": json.dumps(recents)}, {"name": "###url", "value": "https://x.example"}]
            ),
        },
        U2: {"odd": Group("id", [{"id": "a/b?c=ü%40#", "name": "x", "mail": ANN.upper()}]), "empty": Group("name", [])},
        U3: {FAVORITES: Group("name", [{"name": "f1", "firstName": "Eve", "emailAddress": "eve@x.com"}])},
        ADMIN: {"own": Group("name", [{"name": "keep", "value": 1}])},
    }


def settled(scopes: Scopes) -> dict[str, dict[str, list[Setting]]]:
    return {
        owner: {name: sorted(group.settings, key=json.dumps) for name, group in groups.items() if group.settings or name == "own"}
        for owner, groups in scopes.items()
    }


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("fsync", "fdatasync"):
        monkeypatch.setattr(os, name, lambda _handle: None, raising=False)


def clock() -> Clock:
    """One that goes on when somebody sleeps, and a little at each look at it."""
    now = [1_700_000_000.0]

    def tick(seconds: float = 0.001) -> float:
        now[0] += seconds
        return now[0]

    def sleep(seconds: float) -> None:
        now[0] += seconds

    return Clock(monotonic=tick, wall=lambda: now[0], sleep=sleep)


def judge(**policy: t.Any) -> Judge:
    chosen = {"shared": "redact", "corporate": False, "possible": False, "groups": (), **policy}
    return Judge(SUBJECTS, MATCHER, Policy(**chosen), parse_holds(None, region=None))


def plan_of(gws: Gws) -> Plan:
    return Resolver(gws.api(), judge(), {}).resolve(None).plan


def erase(
    gws: Gws, folder: Path, plan: Plan, form: str = "probe", retries: int = 2, stop_file: str | None = None, parallel: int = 1
) -> Executed:
    gws.calls = 0
    now = clock()
    with WorkFolder(str(folder), keep=False, wall=now.wall) as work:
        return Executor(gws.api(), None, judge(), work, Options(form, retries, parallel, stop_file), now).run(plan)


def simulated(folder: Path, scopes: Scopes | None = None) -> Gws:
    return Gws(scopes or world(), MATCHER, str(folder))


def run_again(gws: Gws, folder: Path) -> Executed:
    """As the module does: without faults, with a new plan, also when only a backup of a killed run is left."""
    gws.fault = lambda _call, _method, _path: None
    gws.meddle = lambda _call: None
    plan = plan_of(gws)
    if not plan.to_touch and not WorkFolder.has_left_overs(str(folder)):
        return Executed()
    return erase(gws, folder, plan)


def backups_in(folder: Path) -> list[str]:
    return [name for name in os.listdir(folder) if name not in ("lock", "journal.jsonl")] if folder.exists() else []


def undisturbed(folder: Path) -> tuple[dict[str, dict[str, list[Setting]]], int]:
    gws = simulated(folder)
    done = erase(gws, folder, plan_of(gws))
    assert done.error is None
    return settled(gws.scopes), gws.calls


def assert_nothing_left(gws: Gws) -> None:
    for owner, groups in gws.scopes.items():
        for name, group in groups.items():
            assert not name.startswith(SCRATCH)
            if owner:
                assert not [setting for setting in group.settings if MATCHER.in_value(setting)]


def test_undisturbed(tmp_path: Path) -> None:
    before = world()
    gws = simulated(tmp_path)
    done = erase(gws, tmp_path, plan_of(gws))
    assert done.error is None
    assert (done.count(Outcome.DELETED), done.count(Outcome.REDACTED), len(done.outcomes)) == (3, 1, 4)
    assert_nothing_left(gws)
    assert gws.scopes[""] == before[""]
    assert gws.scopes[U3] == before[U3]
    assert gws.scopes[ADMIN] == before[ADMIN]
    assert gws.scopes[U1][FAVORITES].settings == [before[U1][FAVORITES].settings[index] for index in (1, 3)]
    workspace = gws.scopes[U1]["interaction-workspace"].settings
    assert json.loads(workspace[0]["value"]) == [{"firstName": "Bob", "n": 1.5}]
    assert workspace[1] == before[U1]["interaction-workspace"].settings[1]
    assert backups_in(tmp_path) == []
    assert not gws.puts_back


def test_again_is_already_absent_and_sends_no_writes(tmp_path: Path) -> None:
    gws = simulated(tmp_path)
    plan = plan_of(gws)
    erase(gws, tmp_path, plan)
    gws.history.clear()
    done = erase(gws, tmp_path, plan, form="body")
    assert done.count(Outcome.ALREADY_ABSENT) == len(plan.to_touch)
    assert {method for method, path, _fault in gws.history if not path.startswith("/me/")} == {"GET"}


def test_an_empty_plan_writes_nothing(tmp_path: Path) -> None:
    gws = simulated(tmp_path)
    assert erase(gws, tmp_path, Plan(SUBJECTS, ())).outcomes == []
    assert gws.history == []


@pytest.mark.parametrize("fault", [*WRITE_FAULTS, *READ_FAULTS])
@pytest.mark.parametrize("for_ever", [False, True])
def test_fail_at_each_call_then_run_again(tmp_path: Path, fault: str, for_ever: bool) -> None:
    """Whatever fails: the first run never lies, and the second has the same end state as an undisturbed one."""
    wanted, calls = undisturbed(tmp_path / "undisturbed")
    is_read = fault in READ_FAULTS
    for at in range(1, calls + 1):
        folder = tmp_path / f"{at}"
        gws = simulated(folder)
        plan = plan_of(gws)

        def chosen(call: int, method: str, _path: str, at: int = at) -> str | None:
            return fault if (call >= at if for_ever else call == at) and (method == "GET") is is_read else None

        gws.fault = chosen
        done = erase(gws, folder, plan)
        assert done.error is None or done.error.code != COLLATERAL, (at, "a false alarm")
        touched = [outcome for _resource, outcome in done.outcomes if outcome is not Outcome.FAILED]
        if done.error is None and len(touched) == len(plan.to_touch) and not (is_read and fault == "stale" and for_ever):
            assert {owner: groups for owner, groups in settled(gws.scopes).items() if owner != ADMIN} == {
                owner: groups for owner, groups in wanted.items() if owner != ADMIN
            }, at
        again = run_again(gws, folder)
        assert again.error is None, (at, again.error)
        assert settled(gws.scopes) == wanted or _only_scratch_differs(gws, wanted), at
        assert backups_in(folder) == [], at
        assert not gws.puts_back, at


@pytest.mark.parametrize("fault", sorted({*WRITE_FAULTS} - {"lie", "refused", "bad request"}))
def test_a_passing_fault_is_overcome_in_the_same_run(tmp_path: Path, fault: str) -> None:
    wanted, calls = undisturbed(tmp_path / "undisturbed")
    for at in range(1, calls + 1):
        gws = simulated(tmp_path / f"{at}")

        def chosen(call: int, method: str, path: str, at: int = at) -> str | None:
            return fault if call == at and method != "GET" and path.startswith("/users/") else None

        gws.fault = chosen
        done = erase(gws, tmp_path / f"{at}", plan_of(gws))
        assert done.error is None
        assert (done.count(Outcome.DELETED), done.count(Outcome.REDACTED)) == (3, 1), at
        assert settled(gws.scopes) == wanted


def test_a_setting_that_gws_refuses_to_erase_is_told_and_the_others_go(tmp_path: Path) -> None:
    gws = simulated(tmp_path)
    gws.fault = lambda _call, method, path: "bad request" if method == "PUT" and path.startswith("/users/") else None
    done = erase(gws, tmp_path, plan_of(gws))
    assert done.error is None
    assert (done.count(Outcome.DELETED), done.count(Outcome.FAILED)) == (3, 1)
    assert backups_in(tmp_path) == []


def _only_scratch_differs(gws: Gws, wanted: dict[str, dict[str, list[Setting]]]) -> bool:
    """The scratch group or the lease could not be dropped and nothing was left to do then: the next run that deletes drops it."""
    found = settled(gws.scopes)
    found[ADMIN] = {name: settings for name, settings in found[ADMIN].items() if not name.startswith(OWN)}
    return found == wanted


@pytest.mark.parametrize("moment", ["killed", "killed after"])
def test_killed_at_each_call_then_run_again(tmp_path: Path, moment: str) -> None:
    wanted, calls = undisturbed(tmp_path / "undisturbed")
    killed = 0
    for at in range(1, calls + 1):
        folder = tmp_path / f"{at}"
        gws = simulated(folder)
        plan = plan_of(gws)
        gws.fault = lambda call, _method, _path, at=at: moment if call == at else None  # type: ignore[misc]
        try:
            erase(gws, folder, plan)
        except Killed:
            killed += 1
        again = run_again(gws, folder)
        assert again.error is None, (at, again.error)
        assert settled(gws.scopes) == wanted, at
        assert backups_in(folder) == [], at
    assert killed >= 10


@pytest.mark.parametrize("seed", range(60))
def test_random_faults_then_run_again(tmp_path: Path, seed: int) -> None:
    wanted, _calls = undisturbed(tmp_path / "undisturbed")
    chance = random.Random(seed)
    gws = simulated(tmp_path / "x")
    plan = plan_of(gws)

    def fault(_call: int, method: str, _path: str) -> str | None:
        if chance.random() > 0.2:
            return None
        return chance.choice(READ_FAULTS if method == "GET" else tuple(WRITE_FAULTS))

    gws.fault = fault
    for _run in range(2):
        erase(gws, tmp_path / "x", plan)
    again = run_again(gws, tmp_path / "x")
    assert again.error is None
    assert settled(gws.scopes) == wanted or _only_scratch_differs(gws, wanted)
    assert backups_in(tmp_path / "x") == []


@pytest.mark.parametrize("fault", COLLATERAL_FAULTS)
def test_collateral_stops_the_run_and_is_put_back_if_it_is_proved_to_be_ours(tmp_path: Path, fault: str) -> None:
    """Each write in turn takes something else with it. One setting may as well have been removed by its agent; a group never is."""
    before = world()
    _wanted, calls = undisturbed(tmp_path / "undisturbed")
    stopped = 0
    for at in range(1, calls + 1):
        folder = tmp_path / f"{at}"
        gws = simulated(folder)

        def chosen(call: int, method: str, path: str, at: int = at) -> str | None:
            return fault if call == at and method in ("PUT", "DELETE") and path.startswith("/users/") else None

        gws.fault = chosen
        done = erase(gws, folder, plan_of(gws))
        hit = [path for method, path, happened in gws.history if happened == fault]
        if not hit:
            assert done.error is None
            continue
        lost = [
            setting
            for owner, groups in before.items()
            for name, group in groups.items()
            for setting in group.settings
            if not MATCHER.in_value(setting) and setting not in (gws.scopes[owner][name].settings if name in gws.scopes[owner] else [])
        ]
        if U2 in hit[0]:
            assert lost == []  # the setting was alone in its group
            continue
        stopped += 1
        assert done.error is not None
        assert done.error.code == COLLATERAL
        assert len(lost) == (0 if fault == "group lost" else 1)
        assert gws.puts_back == (fault == "group lost")
        kept = [json.loads((folder / name).read_text()) for name in backups_in(folder)]
        assert [content["lost"] for content in kept] == [[setting] for setting in lost], "a human may need it, and nothing else"
        last = max(index for index, entry in enumerate(gws.history) if entry[2] == fault)
        methods = {method for method, path, _fault in gws.history[last + 1 :] if path.startswith("/users/")}
        assert methods <= {"GET", "POST"}, "nothing more is erased"
    assert stopped >= 3


@pytest.mark.parametrize("keeps_empty_groups", [True, False])
def test_a_group_that_disappears_is_put_back_only_if_nobody_else_can_have_made_it_disappear(
    tmp_path: Path, keeps_empty_groups: bool
) -> None:
    """Where GWS drops a group with its last setting, agents may have removed the others one by one: nothing is re-created."""
    gws = simulated(tmp_path)
    gws.empty_group_vanishes = not keeps_empty_groups
    gws.fault = lambda _call, method, path: "group lost" if method == "DELETE" and path.endswith(FAVORITES) and U1 in path else None
    done = erase(gws, tmp_path, plan_of(gws))
    assert done.error is not None
    assert done.error.code == COLLATERAL
    assert gws.puts_back == keeps_empty_groups
    assert (FAVORITES in gws.scopes[U1]) == keeps_empty_groups
    assert len(backups_in(tmp_path)) == (0 if keeps_empty_groups else 1)


def test_collateral_that_was_to_go_anyway_is_not_put_back(tmp_path: Path) -> None:
    gws = simulated(tmp_path)
    gws.fault = lambda _call, method, path: "group lost" if method == "DELETE" and path.endswith(FAVORITES) and U1 in path else None
    done = erase(gws, tmp_path, plan_of(gws))
    assert done.error is not None
    assert done.error.code == COLLATERAL
    assert [setting["name"] for setting in gws.scopes[U1][FAVORITES].settings] == ["f2", "f4"]
    assert backups_in(tmp_path) == [], "all that was lost is there again"
    again = run_again(gws, tmp_path)
    assert again.error is None
    assert_nothing_left(gws)
    assert backups_in(tmp_path) == []


def test_collateral_is_told_also_when_gws_is_gone_then(tmp_path: Path) -> None:
    """The first call that puts something back is the last one that is answered."""
    gws = simulated(tmp_path)

    def fault(_call: int, method: str, path: str) -> str | None:
        if any(earlier == "POST" and happened == "lost not done" for earlier, _path, happened in gws.history):
            return "unread" if method == "GET" else "lost not done"
        if any(happened == "group lost" for _method, _path, happened in gws.history):
            return "lost not done" if method == "POST" and path.startswith("/users/") else None
        return "group lost" if method == "DELETE" and path.endswith(FAVORITES) and U1 in path else None

    gws.fault = fault
    done = erase(gws, tmp_path, plan_of(gws))
    assert done.error is not None
    assert done.error.code == COLLATERAL
    assert "0 were put back; 2 not" in done.error.message
    assert len(backups_in(tmp_path)) == 1


def test_a_lie_is_told(tmp_path: Path) -> None:
    gws = simulated(tmp_path)
    gws.fault = lambda _call, method, path: "lie" if method == "DELETE" and path.startswith("/users/") else None
    done = erase(gws, tmp_path, plan_of(gws))
    assert done.error is not None
    assert done.error.code == "gws_untrue"
    assert sum(1 for method, path, _unused in gws.history if method == "DELETE" and path.startswith("/users/")) == 1


def test_a_refusal_stops_the_run(tmp_path: Path) -> None:
    gws = simulated(tmp_path)
    gws.fault = lambda _call, method, path: "refused" if method != "GET" and path.startswith("/users/") else None
    done = erase(gws, tmp_path, plan_of(gws))
    assert done.error is not None
    assert done.error.code == "gws_permission"
    assert sum(1 for method, path, _unused in gws.history if method != "GET" and path.startswith("/users/")) == 1


Meddling = t.Callable[[Gws], None]


def _adds(gws: Gws) -> None:
    gws.scopes[U1][FAVORITES].settings.append({"name": "new", "firstName": "Gus"})


def _removes_the_target(gws: Gws) -> None:
    gws.scopes[U1][FAVORITES].settings = [setting for setting in gws.scopes[U1][FAVORITES].settings if setting["name"] != "f1"]


def _makes_it_anothers(gws: Gws) -> None:
    setting = gws.scopes[U1][FAVORITES].find("f1")
    if setting is not None:
        gws.made_anothers = True
        setting.clear()
        setting.update({"name": "f1", "firstName": "Hal", "emailAddress": "hal@x.com"})


def _changes_a_sibling(gws: Gws) -> None:
    setting = gws.scopes[U1][FAVORITES].find("f4")
    if setting is not None:
        setting["category"] = "changed"


def _saves_recents(gws: Gws) -> None:
    setting = gws.scopes[U1]["interaction-workspace"].find("recents")
    if setting is not None:
        setting["value"] = json.dumps([{"firstName": "Ann", "mail": ANN}, {"firstName": "New"}, {"firstName": "Bob", "n": 1.5}])


@pytest.mark.parametrize("meddling", [_adds, _removes_the_target, _makes_it_anothers, _changes_a_sibling, _saves_recents])
def test_an_agent_works_meanwhile(tmp_path: Path, meddling: Meddling) -> None:
    """At whichever call it happens: nothing of the agent's is lost, and nothing of the person is said to be gone that is not."""
    _wanted, calls = undisturbed(tmp_path / "undisturbed")
    for at in range(1, calls + 1):
        folder = tmp_path / f"{at}"
        gws = simulated(folder)
        plan = plan_of(gws)
        gws.meddle = lambda call, gws=gws, at=at: meddling(gws) if call == at else None  # type: ignore[misc]
        done = erase(gws, folder, plan)
        assert done.error is None or done.error.code in ("gws_untrue", COLLATERAL), at
        favorites = gws.scopes[U1][FAVORITES]
        kept = {setting["name"] for setting in favorites.settings}
        assert {"f2", "f4"} <= kept
        if meddling is _adds:
            assert "new" in kept
        if gws.made_anothers and favorites.find("f1") is None:
            # Only if the agent made it so between the last look and the DELETE: no protocol without versions can see that.
            deletes = [
                index
                for index, (method, path, _f) in enumerate(gws.history)
                if method == "DELETE" and path.endswith(FAVORITES) and U1 in path
            ]
            assert at - 1 + len(gws.history) - gws.calls in deletes, at
        if meddling is _changes_a_sibling:
            assert favorites.find("f4") == {"name": "f4", "firstName": "Dora", "category": "changed"}
        again = run_again(gws, folder)
        assert again.error is None, at
        assert_nothing_left(gws)
        if meddling is _saves_recents:
            value = gws.scopes[U1]["interaction-workspace"].settings[0]["value"]
            assert {"firstName": "Bob", "n": 1.5} in json.loads(value)


def _once_for_each_setting(fault: str) -> t.Callable[[int, str, str], str | None]:
    failed: set[str] = set()

    def chosen(_call: int, method: str, path: str) -> str | None:
        if method in ("PUT", "DELETE") and path.startswith("/users/") and path not in failed:
            failed.add(path)
            return fault
        return None

    return chosen


@pytest.mark.parametrize("fault", ["500 not done", "lost not done", "503 not done"])
@pytest.mark.parametrize("meddling", [_makes_it_anothers, _saves_recents])
def test_a_try_begins_anew_when_the_agent_has_saved_meanwhile(tmp_path: Path, fault: str, meddling: Meddling) -> None:
    """A write that was not done is repeated on what is there then. (``simulated_gws`` refuses a write of what did not match.)"""
    _wanted, calls = undisturbed(tmp_path / "undisturbed")
    for at in range(1, calls + 4):
        folder = tmp_path / f"{at}"
        gws = simulated(folder)
        plan = plan_of(gws)
        gws.fault = _once_for_each_setting(fault)

        def meddled(call: int, gws: Gws = gws, at: int = at) -> None:
            # not between the last look and the write: no protocol without versions can see that
            if call >= at and not gws.meddled and gws.history and gws.history[-1][0] != "GET":
                gws.meddled = True
                meddling(gws)

        gws.meddle = meddled
        done = erase(gws, folder, plan)
        assert done.error is None, at
        if gws.made_anothers:
            assert gws.scopes[U1][FAVORITES].find("f1") == {"name": "f1", "firstName": "Hal", "emailAddress": "hal@x.com"}, at
        if meddling is _saves_recents and gws.meddled:
            assert {"firstName": "New"} in json.loads(gws.scopes[U1]["interaction-workspace"].settings[0]["value"]), at


# The probe


@pytest.mark.parametrize(("stripped", "no_path", "form"), [(False, False, "body"), (False, True, "body"), (True, False, "path")])
def test_the_delete_form_is_proved(tmp_path: Path, stripped: bool, no_path: bool, form: str) -> None:
    gws = simulated(tmp_path)
    gws.body_stripped, gws.no_path_form = stripped, no_path
    done = erase(gws, tmp_path, plan_of(gws))
    assert done.error is None
    assert_nothing_left(gws)
    deletes = [path for method, path, _unused in gws.history if method == "DELETE" and path.startswith(f"/users/{U2}")]
    assert deletes == [f"/users/{U2}/settings/odd" + ("/a%2Fb%3Fc%3D%C3%BC%2540%23" if form == "path" else "")]


def test_nothing_is_touched_when_no_form_is_proved(tmp_path: Path) -> None:
    gws = simulated(tmp_path)
    gws.body_stripped = gws.no_path_form = True
    before = settled(copy.deepcopy(gws.scopes))
    done = erase(gws, tmp_path, plan_of(gws))
    assert isinstance(done.error, RefusedError)
    assert done.error.code == "no_delete_form"
    assert settled(gws.scopes) == before
    assert not [path for method, path, _unused in gws.history if method != "GET" and not path.startswith("/me/")]


def _on(method: str, words: str, fault: str) -> Fault:
    return lambda _call, found, path: fault if found == method and words in path else None


@pytest.mark.parametrize(
    "fault",
    [
        _on("POST", "/me/settings", "refused"),
        _on("POST", "/me/settings/", "lie"),
        _on("PUT", "/me/settings/", "lie"),
        _on("PUT", "/me/settings/", "group lost"),
        _on("DELETE", "/me/settings/", "lie"),
        _on("DELETE", "/me/settings/", "sibling lost"),
        _on("DELETE", "/me/settings/", "group lost"),
        _on("GET", "/me/settings/", "unread"),
    ],
)
def test_an_unproved_write_is_never_used(tmp_path: Path, fault: Fault) -> None:
    gws = simulated(tmp_path)
    gws.fault = fault
    before = settled(copy.deepcopy({owner: groups for owner, groups in gws.scopes.items() if owner != ADMIN}))
    done = erase(gws, tmp_path, plan_of(gws))
    assert done.error is not None
    assert settled({owner: groups for owner, groups in gws.scopes.items() if owner != ADMIN}) == before
    assert not [path for method, path, _unused in gws.history if method != "GET" and not path.startswith("/me/")]


def test_scratch_groups_of_killed_runs_are_dropped(tmp_path: Path) -> None:
    gws = simulated(tmp_path)
    gws.scopes[ADMIN][SCRATCH + "0123456789ab"] = Group("name", [{"name": "probe one"}])
    gws.scopes[ADMIN]["gws-pii-other"] = Group("name", [{"name": "mine"}])
    done = erase(gws, tmp_path, plan_of(gws))
    assert done.error is None
    assert set(gws.scopes[ADMIN]) == {"own", "gws-pii-other"}
    dropped = [path for method, path, _unused in gws.history if method == "DELETE" and path.startswith("/me/settings")]
    assert all(f"/{OWN}" in path for path in dropped)


@pytest.mark.parametrize("key", ["", ".", ".."])
def test_keys_that_are_no_path_are_not_put_in_a_path(tmp_path: Path, key: str) -> None:
    scopes = world()
    scopes[U2]["odd"].settings[0]["id"] = key
    gws = simulated(tmp_path, scopes)
    gws.body_stripped = True
    done = erase(gws, tmp_path, plan_of(gws))
    assert (done.error is not None) == bool(key), "an empty key names nothing: that is known before"
    assert not [path for method, path, _unused in gws.history if method == "DELETE" and path.startswith(f"/users/{U2}")]
    assert gws.scopes[U2] == scopes[U2]


# Backups, stop file


def test_backups_are_private_complete_and_on_disk_before_a_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "work"
    on_disk: dict[int, bytes] = {}  # inode -> content, of a folder: names
    gws = simulated(folder)
    seen = []

    def flush(handle: int) -> None:
        status = os.fstat(handle)
        path = os.readlink(f"/proc/self/fd/{handle}")
        on_disk[status.st_ino] = " ".join(os.listdir(path)).encode() if stat.S_ISDIR(status.st_mode) else Path(path).read_bytes()

    def look(_call: int, method: str, path: str) -> None:
        if method in ("PUT", "DELETE") and path.startswith("/users/"):
            [name] = [name for name in os.listdir(folder) if name.startswith("backup-")]
            file = folder / name
            assert name.encode() in on_disk[folder.stat().st_ino]
            assert on_disk[file.stat().st_ino] == file.read_bytes()
            seen.append((stat.S_IMODE(file.stat().st_mode), stat.S_IMODE(folder.stat().st_mode), parse(file.read_bytes()) is not None))

    for name in ("fsync", "fdatasync"):
        monkeypatch.setattr(os, name, flush, raising=False)
    gws.fault = look
    erase(gws, folder, plan_of(gws))
    assert seen == [(0o600, 0o700, True)] * 4
    assert backups_in(folder) == []


def test_one_backup_does_for_the_settings_of_a_group(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As long as nobody else changes anything in it: then there is a new one before the next write."""
    settings = [{"name": f"f{number}", "mail": ANN} for number in range(20)]
    flushed: list[int] = []
    monkeypatch.setattr(os, "fdatasync", flushed.append)
    for meddle, most in ((False, 2), (True, 3)):  # one for the first setting, which is erased before all others
        gws = simulated(tmp_path, {U1: {"g": Group("name", [dict(setting) for setting in settings])}})
        plan = plan_of(gws)

        def save(_call: int, gws: Gws = gws, meddle: bool = meddle) -> None:
            there = gws.scopes[U1]["g"].settings
            if meddle and len(there) == 10 and not gws.meddled:
                gws.meddled = True
                there.append({"name": "new", "mail": "bob@x.com"})

        gws.meddle = save
        flushed.clear()
        assert erase(gws, tmp_path, plan).count(Outcome.DELETED) == 20
        assert len(flushed) == most


def test_a_settled_backup_is_overwritten_before_the_run_ends(tmp_path: Path) -> None:
    gws = simulated(tmp_path)

    def no_person(_call: int, method: str, path: str) -> None:
        if method == "DELETE" and "lease" in path:  # the run lets go: all is done
            contents = [(tmp_path / name).read_bytes() for name in os.listdir(tmp_path) if name.startswith("backup-")]
            found.append(b"".join(contents).strip(b"\0"))

    found: list[bytes] = []
    gws.fault = no_person
    erase(gws, tmp_path, plan_of(gws))
    assert found == [b""]


@pytest.mark.parametrize("flush", ["fsync", "fdatasync"])
def test_no_backup_no_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, flush: str) -> None:
    gws = simulated(tmp_path)
    plan = plan_of(gws)

    def full(_handle: int) -> None:
        raise OSError(28, "No space left")

    monkeypatch.setattr(os, flush, full)
    done = erase(gws, tmp_path, plan, form="body")
    assert done.error is not None
    assert done.error.code == "no_backup"
    assert {method for method, path, _fault in gws.history if path.startswith("/users")} == {"GET"}
    assert flush == "fdatasync" or {method for method, _path, _fault in gws.history} == {"GET"}, "no journal, no lease"


def test_a_backup_of_a_killed_run_whose_siblings_are_gone_stops_everything(tmp_path: Path) -> None:
    gws = simulated(tmp_path)
    plan = plan_of(gws)
    gws.fault = lambda _call, method, path: "killed after" if method == "DELETE" and path.endswith(FAVORITES) else None
    with pytest.raises(Killed):
        erase(gws, tmp_path, plan)
    gws.scopes[U1][FAVORITES].settings.pop()
    gws.history.clear()
    again = run_again(gws, tmp_path)
    assert again.error is not None
    assert again.error.code == "left_over"
    assert {method for method, _path, _fault in gws.history} == {"GET"}
    assert len(backups_in(tmp_path)) == 1


def test_half_a_backup_is_of_a_run_that_sent_nothing(tmp_path: Path) -> None:
    (tmp_path / "backup-x.json").write_text('{"owner": "')
    gws = simulated(tmp_path)
    assert erase(gws, tmp_path, plan_of(gws)).error is None
    assert backups_in(tmp_path) == []


def test_two_runs_in_one_folder(tmp_path: Path) -> None:
    def folder() -> WorkFolder:
        return WorkFolder(str(tmp_path), keep=False, wall=time.time)

    with folder(), pytest.raises(RefusedError) as caught, folder():
        pass
    assert caught.value.code == "busy"


def test_stop_file(tmp_path: Path) -> None:
    stop = tmp_path / "stop"
    gws = simulated(tmp_path / "work")
    plan = plan_of(gws)

    def fault(_call: int, method: str, path: str) -> None:
        if method == "DELETE" and path.startswith("/users/"):
            stop.touch()

    gws.fault = fault
    done = erase(gws, tmp_path / "work", plan, stop_file=str(stop))
    assert done.error is not None
    assert done.error.code == "stopped"
    assert len(done.outcomes) == 1
    stop.unlink()
    assert run_again(gws, tmp_path / "work").error is None
    assert_nothing_left(gws)


# A bug, and several owners at a time


@pytest.mark.parametrize("parallel", [1, 4])
def test_an_unexpected_error_tells_what_was_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, parallel: int) -> None:
    """An exception that nobody expected comes in the middle of the work."""
    gws = simulated(tmp_path)
    plan = plan_of(gws)
    deletes: list[str] = []

    def fault(_call: int, method: str, path: str) -> None:
        if method in ("PUT", "DELETE") and path.startswith("/users/"):
            deletes.append(path)
            if len(deletes) == 3:
                raise ZeroDivisionError("a bug, with an address in its text: ann@x.com")

    gws.fault = fault
    done = erase(gws, tmp_path, plan, parallel=parallel)
    assert isinstance(done.bug, ZeroDivisionError)
    assert len(done.outcomes) >= 2
    assert [item for item, _outcome in done.outcomes] == [item for item in plan.to_touch if item in [one for one, _o in done.outcomes]]
    again = run_again(gws, tmp_path)
    assert again.error is None
    assert_nothing_left(gws)
    assert backups_in(tmp_path) == []


@pytest.mark.parametrize("parallel", [1, 2, 32])
def test_the_results_do_not_depend_on_how_many_work(tmp_path: Path, parallel: int) -> None:
    wanted, _calls = undisturbed(tmp_path / "undisturbed")
    gws = simulated(tmp_path / "x")
    plan = plan_of(gws)
    done = erase(gws, tmp_path / "x", plan, parallel=parallel)
    assert (done.error, done.bug) == (None, None)
    assert [item for item, _outcome in done.outcomes] == plan.to_touch
    assert settled(gws.scopes) == wanted


def test_two_calls_for_each_setting_of_a_group(tmp_path: Path) -> None:
    """The look after one is the look before the next: a DELETE and a look for each, and one look more."""
    settings = [{"name": f"f{number}", "mail": ANN} for number in range(50)]
    gws = simulated(tmp_path, {U1: {"g": Group("name", settings)}})
    plan = plan_of(gws)
    gws.history.clear()
    done = erase(gws, tmp_path, plan)
    assert done.count(Outcome.DELETED) == 50
    assert len([path for _method, path, _fault in gws.history if path.startswith("/users/")]) <= 2 * 50 + 2


# Runs at once


def test_a_second_run_with_the_same_login_is_refused_while_the_first_one_lives(tmp_path: Path) -> None:
    gws = simulated(tmp_path / "one")
    plan = plan_of(gws)
    seen: list[Executed] = []

    def meddle(_call: int) -> None:
        if not seen and any(method == "DELETE" and path.startswith("/users/") for method, path, _fault in gws.history):
            seen.append(Executed())
            beat = gws.scopes[ADMIN]["gws-pii-lease"].settings[0]
            meddled.append(beat)
            gws.meddle = lambda call: beat.update({"beat": call})  # the first run lives on
            seen[0] = erase_other()

    meddled: list[Setting] = []

    def erase_other() -> Executed:
        before, calls = gws.scopes[U2], gws.calls
        now = clock()
        with WorkFolder(str(tmp_path / "two"), keep=False, wall=now.wall) as work:
            done = Executor(gws.api(), None, judge(), work, Options("probe", 2, 1), now).run(plan)
        assert gws.scopes[U2] == before
        gws.calls = calls
        gws.meddle = lambda _call: None
        return done

    gws.meddle = meddle
    first = erase(gws, tmp_path / "one", plan)
    assert first.error is None
    assert seen[0].error is not None
    assert seen[0].error.code == "busy"
    assert seen[0].outcomes == []
    assert_nothing_left(gws)


def test_the_lease_of_a_killed_run_of_another_machine_is_waited_for_then_taken_over(tmp_path: Path) -> None:
    gws = simulated(tmp_path)
    gws.scopes[ADMIN]["gws-pii-lease"] = Group("name", [{"name": "somebody", "state": "held", "beat": 7}])
    done = erase(gws, tmp_path, plan_of(gws))
    assert done.error is None
    assert_nothing_left(gws)
    assert "gws-pii-lease" not in gws.scopes[ADMIN]


@pytest.mark.parametrize("first", [True, False])
def test_somebody_elses_setting_of_the_same_key_is_not_taken_for_the_persons(tmp_path: Path, first: bool) -> None:
    """It was saved after the plan was made. Nobody knows which of the two GWS would erase, so the person's is left, and the run says so."""
    gws = simulated(tmp_path)
    plan = plan_of(gws)
    favorites = gws.scopes[U1][FAVORITES].settings
    bob = {"name": "f1", "firstName": "Bob", "emailAddress": "bob@x.com"}
    favorites.insert(0 if first else len(favorites), bob)
    done = erase(gws, tmp_path, plan)
    assert bob in gws.scopes[U1][FAVORITES].settings
    assert done.count(Outcome.CHANGED) == 1
    assert done.count(Outcome.ALREADY_ABSENT) == 0
