# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A server that refuses one write after the other is left alone; whoever it does not refuse is erased all the same."""

from __future__ import annotations

import random
import typing as t
from pathlib import Path

import pytest

from ansible_collections.genesys.gws.plugins.module_utils._core.errors import DataLeftError
from ansible_collections.genesys.gws.plugins.module_utils._erasure.actions import Kind, Outcome, Write, WriteResponse
from ansible_collections.genesys.gws.plugins.module_utils._erasure.breaker import MOST_IN_A_ROW, Breaker
from ansible_collections.genesys.gws.plugins.module_utils._erasure.execute import Executed
from tests.unit import erasure_simulation as simulation
from tests.unit.plugins.module_utils._erasure.test_execute import ANN, FAVORITES, erase, plan_of, simulated
from tests.unit.simulated_gws import ADMIN, Fault, Group, Gws

INTERNAL_ERROR = WriteResponse(False, "HTTP 500, statusCode 4", transient=True)
NOT_FOUND = WriteResponse(False, "HTTP 404, statusCode 6", missing=True)
BAD_REQUEST = WriteResponse(False, "HTTP 400, statusCode 10")


def test_it_opens_after_so_many_in_a_row_of_one_kind() -> None:
    breaker = Breaker(3)
    for _number in range(2):
        assert breaker.refused(Kind.UPDATE, INTERNAL_ERROR)
    breaker.refused(Kind.DELETE, INTERNAL_ERROR)
    assert breaker.admits(Kind.UPDATE)
    breaker.succeeded(Kind.DELETE)
    breaker.refused(Kind.UPDATE, NOT_FOUND)
    assert not breaker.admits(Kind.UPDATE)
    assert breaker.admits(Kind.DELETE)


def test_a_write_that_is_done_begins_the_count_anew_and_closes_nothing() -> None:
    breaker = Breaker(2)
    for _number in range(5):
        breaker.refused(Kind.DELETE, INTERNAL_ERROR)
        assert breaker.admits(Kind.DELETE)
        breaker.succeeded(Kind.DELETE)
    for _number in range(2):
        breaker.refused(Kind.DELETE, INTERNAL_ERROR)
    breaker.succeeded(Kind.DELETE)
    assert not breaker.admits(Kind.DELETE)


def test_what_is_refused_for_good_does_not_count() -> None:
    breaker = Breaker(1)
    assert not breaker.refused(Kind.DELETE, BAD_REQUEST)
    assert breaker.admits(Kind.DELETE)


@pytest.mark.parametrize(
    ("refused", "untried", "message"),
    [
        (
            Kind.DELETE,
            [Kind.DELETE] * 4990,
            "Stopped: GWS could not erase 2 settings in a row (HTTP 500, statusCode 4), so 4990 settings were not tried. See the GWS log; when",
        ),
        (
            Kind.DELETE_ROW,
            [Kind.DELETE_ROW],
            "Stopped: Cassandra could not erase 2 rows in a row (HTTP 500, statusCode 4), so 1 row was not tried. See Cassandra's log; when",
        ),
    ],
)
def test_what_was_not_tried_is_said(refused: Kind, untried: list[Kind], message: str) -> None:
    breaker = Breaker(2)
    for _number in range(2):
        breaker.refused(refused, INTERNAL_ERROR)
    with pytest.raises(DataLeftError) as raised:
        breaker.raise_if_untried(untried)
    assert raised.value.message == f"{message} the problem is solved, run it again to continue."
    assert raised.value.facts == {"not_tried": len(untried)}
    breaker.raise_if_untried([])


# A GWS in memory

OWNERS, EACH = 60, 5


def many(folder: Path) -> Gws:
    """Favorites of one person in the settings of many agents, and somebody else's beside them."""
    people = [{"name": f"f{number}", "mail": ANN} for number in range(EACH)]
    scopes = {
        f"{owner:032x}": {FAVORITES: Group("name", [*map(dict, people), {"name": "bob", "mail": "b@x.com"}])}
        for owner in range(1, OWNERS + 1)
    }
    return simulated(folder, {**scopes, ADMIN: {}})


def refusing(gws: Gws, is_refused: t.Callable[[str, str], bool]) -> Fault:
    def fault(_call: int, method: str, path: str) -> str | None:
        return "500 not done" if method != "GET" and path.startswith("/users/") and is_refused(method, path) else None

    return fault


def left(gws: Gws) -> int:
    return sum(setting.get("mail") == ANN for groups in gws.scopes.values() for group in groups.values() for setting in group.settings)


def neighbours(gws: Gws) -> int:
    return sum(setting.get("name") == "bob" for groups in gws.scopes.values() for group in groups.values() for setting in group.settings)


def written(gws: Gws) -> list[str]:
    return [path for method, path, _fault in gws.history if method != "GET" and path.startswith("/users/")]


@pytest.mark.parametrize("parallel", [1, 4])
def test_a_sick_gws_is_left_alone_and_a_second_run_goes_on(tmp_path: Path, parallel: int) -> None:
    gws = many(tmp_path)
    gws.fault = refusing(gws, lambda _method, _path: True)
    done = erase(gws, tmp_path, plan_of(gws), retries=3, parallel=parallel)
    assert isinstance(done.error, DataLeftError)
    assert done.error.code == "too_many_refusals"
    tried = done.count(Outcome.FAILED)
    assert MOST_IN_A_ROW <= tried < MOST_IN_A_ROW + parallel
    assert done.error.facts == {"not_tried": OWNERS * EACH - tried}
    assert len(written(gws)) <= tried * 4
    assert len(set(written(gws))) >= tried - 1, "refusals in a row are of several owners"
    assert left(gws) == OWNERS * EACH
    gws.fault = lambda _call, _method, _path: None
    again = erase(gws, tmp_path, plan_of(gws), parallel=parallel)
    assert (again.error, left(gws), neighbours(gws)) == (None, 0, OWNERS)


@pytest.mark.parametrize("parallel", [1, 4])
@pytest.mark.parametrize("sick", [1, MOST_IN_A_ROW + 2])
def test_owners_whose_settings_cannot_be_written_do_not_keep_the_others(tmp_path: Path, sick: int, parallel: int) -> None:
    """They are the first of the plan, and as many refusals as open the circuit."""
    gws = many(tmp_path)
    owners = {f"{owner:032x}" for owner in [1, *range(3, 2 * sick, 2)]}
    gws.fault = refusing(gws, lambda _method, path: path.split("/")[2] in owners)
    done = erase(gws, tmp_path, plan_of(gws), parallel=parallel)
    assert left(gws) == sick * EACH, "all others are erased, in one run"
    assert neighbours(gws) == OWNERS
    assert done.count(Outcome.DELETED) == (OWNERS - sick) * EACH
    if sick == 1:
        assert (done.error, done.count(Outcome.FAILED)) == (None, EACH), "so few are tried one and all"
    else:
        assert getattr(done.error, "code", "") == "too_many_refusals"


def test_whoever_comes_behind_many_refusals_has_a_turn_in_another_run(tmp_path: Path) -> None:
    """Those of the lowest ids can't be written: as old users may be."""
    gws = many(tmp_path)
    gws.fault = refusing(gws, lambda _method, path: int(path.split("/")[2], 16) <= OWNERS // 2)
    for _run in range(5):
        erase(gws, tmp_path, plan_of(gws))
    assert left(gws) == OWNERS // 2 * EACH


def test_what_is_refused_for_good_keeps_nobody(tmp_path: Path) -> None:
    gws = many(tmp_path)
    gws.fault = lambda _call, method, path: (
        "bad request" if method != "GET" and path.startswith("/users/") and int(path.split("/")[2], 16) <= OWNERS // 2 else None
    )
    done: Executed = erase(gws, tmp_path, plan_of(gws))
    assert done.error is None
    assert left(gws) == done.count(Outcome.FAILED) == OWNERS // 2 * EACH


def test_an_owner_whom_this_user_may_not_write_to_keeps_nobody(tmp_path: Path) -> None:
    """Once such a write was done, a lack of rights is one of rights to somebody's settings."""
    gws = many(tmp_path)
    gws.fault = lambda _call, method, path: "refused" if method != "GET" and f"{7:032x}" in path else None
    done = erase(gws, tmp_path, plan_of(gws))
    assert (done.error, done.count(Outcome.FAILED), left(gws)) == (None, EACH, EACH)


def test_a_user_who_may_not_write_at_all_is_told_so_at_once(tmp_path: Path) -> None:
    gws = many(tmp_path)
    gws.fault = lambda _call, method, path: "refused" if method != "GET" and path.startswith("/users/") else None
    done = erase(gws, tmp_path, plan_of(gws))
    assert getattr(done.error, "code", "") == "gws_permission"
    assert len(written(gws)) == 1


# The world of the simulation


@pytest.mark.parametrize("refuses", ["everything", "deletes", "updates", simulation.U1, simulation.U2])
def test_in_the_simulation_everything_that_is_not_refused_is_erased(refuses: str) -> None:
    for seed in range(20):
        world = simulation.World(random.Random(seed))
        world.refuses = lambda action: simulation.is_refused(refuses, action)
        process = simulation.Process(world, simulation.Files(), "admin1", simulation.ANN, 0.0, parallel=bool(seed % 2), most_refused=3)
        world.processes.append(process)
        planned = {id(item): item for item in process.plan.to_touch}
        while not process.finished:
            process.step()
        if process.error is not None:
            assert getattr(process.error, "code", "") == "too_many_refusals"
        for item in simulation.plan_of(world, process.judge).to_touch:
            place: t.Any = item.place
            kind = Kind.DELETE_ROW if not hasattr(place, "scope") else Kind.DELETE if item.verdict.value == "delete" else Kind.UPDATE
            assert simulation.is_refused(refuses, Write(kind, place)), "it was not refused, and is there"
        assert planned
