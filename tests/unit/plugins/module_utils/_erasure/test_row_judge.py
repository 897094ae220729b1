# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The verdict on a row of an agent who left: the rules are those of settings, what is peculiar to rows is here."""

from __future__ import annotations

import dataclasses
import json
import typing as t

import pytest

from ansible_collections.genesys.gws.plugins.module_utils._cassandra.rows import Row
from ansible_collections.genesys.gws.plugins.module_utils._cassandra.schema import Column
from ansible_collections.genesys.gws.plugins.module_utils._core.errors import RefusedError
from ansible_collections.genesys.gws.plugins.module_utils._core.matching import Matcher
from ansible_collections.genesys.gws.plugins.module_utils._erasure import row_judge
from ansible_collections.genesys.gws.plugins.module_utils._erasure.actions import RowPlace
from ansible_collections.genesys.gws.plugins.module_utils._erasure.holds import parse_holds
from ansible_collections.genesys.gws.plugins.module_utils._erasure.judge import Judge
from ansible_collections.genesys.gws.plugins.module_utils._erasure.plan import Plan, Setup
from ansible_collections.genesys.gws.plugins.module_utils._erasure.row_judge import RowAssessment, assess_row
from ansible_collections.genesys.gws.plugins.module_utils._erasure.rules import Policy
from tests.unit.erasure_simulation import Text
from tests.unit.strategies import subjects_of

ANN = "ann@x.com"
SUBJECTS = subjects_of(ANN, "+14155550123")
OWNER = "d" * 32
ANNS, BOBS = json.dumps({"firstName": "Ann", "mail": ANN}), json.dumps({"firstName": "Bob", "mail": "bob@x.com"})
PLACE = RowPlace("settings", "")


def column(name: str, kind: str = "regular") -> Column:
    return Column(name, "text", kind in ("partition", "clustering"), kind == "partition", True, is_static=kind == "static")


WIDE = (column("key", "partition"), column("column1", "clustering"), column("value"))
FLAT = (column("owner", "partition"), column("id", "clustering"), column("first_name"), column("email"))
STATIC = (column("owner", "partition"), column("id", "clustering"), column("note", "static"), column("value"))
ATTRIBUTES = (column("owner", "partition"), column("setting", "clustering"), column("attribute", "clustering"), column("value"))
KEYS = (column("owner", "partition"), column("email", "clustering"))


def row(columns: tuple[Column, ...], *cells: str | None, written: int = 0) -> Row:
    raw = tuple(None if cell is None else cell.encode() for cell in (OWNER, *cells))
    return Row("settings", columns, raw, (Text(),) * len(raw), written)


def judge(holds: t.Any = None, **policy: t.Any) -> Judge:
    chosen = {"shared": "redact", "corporate": False, "possible": False, "groups": (), **policy}
    return Judge(SUBJECTS, Matcher(SUBJECTS, None), Policy(**chosen), parse_holds(holds, region=None))


def verdict(first: Row, *others: Row, holds: t.Any = None, **policy: t.Any) -> str | None:
    found = assess_row(judge(holds, **policy), PLACE, first, [first, *others])
    return found.verdict.value if found else None


FAVORITE = row(WIDE, "favorites:f1", ANNS)
SIBLING = row(WIDE, "favorites:f2", BOBS)
RECENTS = row(WIDE, "workspace:recents", json.dumps({"value": [json.loads(ANNS), json.loads(BOBS)]}))
CASES: list[tuple[tuple[Row, ...], dict[str, t.Any], str | None]] = [
    ((FAVORITE, SIBLING), {}, "delete"),
    ((SIBLING, FAVORITE), {}, None),
    ((row(WIDE, "favorites:f3", "{}"), FAVORITE), {}, None),
    ((RECENTS, FAVORITE), {}, "shared"),
    ((RECENTS,), {"shared": "delete"}, "shared"),
    ((row(WIDE, "x:1", json.dumps({"note": "415 555 0123"})),), {}, "possible"),
    # groups
    ((FAVORITE, SIBLING), {"groups": ("favorites",)}, "delete"),
    ((FAVORITE, SIBLING), {"groups": ("favorite",)}, "other_group"),
    ((FAVORITE, SIBLING), {"groups": ("workspace", "favorites")}, "delete"),
    ((row(WIDE, "doc", json.dumps({"favorites": [json.loads(ANNS)]})),), {"groups": ("favorites",)}, "shared"),
    # holds
    ((FAVORITE, SIBLING), {"holds": [ANN]}, "held"),
    ((FAVORITE, SIBLING), {"holds": [OWNER]}, "held"),
    ((FAVORITE, SIBLING), {"holds": [OWNER.upper()]}, "held"),
    ((FAVORITE, SIBLING), {"holds": [f"/users/{OWNER}"]}, "held"),
    ((FAVORITE, SIBLING), {"holds": [f"/users/{OWNER}/settings/favorites"]}, "held"),
    ((FAVORITE, SIBLING), {"holds": [f"/users/{OWNER}/settings/favorites/f1"]}, "held"),
    ((FAVORITE, SIBLING), {"holds": [f"/users/{OWNER}/settings/favorites/f2"]}, "delete"),
    ((FAVORITE, SIBLING), {"holds": [f"/users/{OWNER}/settings/workspace", "/users/" + "e" * 32]}, "delete"),
    ((row(WIDE, "favorites:f1", json.dumps({**json.loads(ANNS), "note": "case 4711/23"})),), {"holds": ["4711/23"]}, "held"),
    # does it stand alone?
    ((row(WIDE, "favorites:f1", ANN),), {}, "delete"),
    ((row(WIDE, "favorites:f1", ANN), SIBLING), {}, "shared"),
    ((FAVORITE, row(WIDE, "favorites:f2", "Bob")), {}, "shared"),
    ((row(FLAT, "1", "Ann", ANN), row(FLAT, "2", "Bob", "bob@x.com")), {}, "delete"),
    ((row(ATTRIBUTES, "f1", "mail", ANN), row(ATTRIBUTES, "f1", "name", "Ann")), {}, "shared"),
    ((row(ATTRIBUTES, "f1", "mail", ANN),), {}, "delete"),
    ((row(KEYS, ANN), row(KEYS, "bob@x.com")), {}, "delete"),
    # static columns
    ((row(STATIC, "1", "bob@x.com", ANNS), row(STATIC, "2", "bob@x.com", BOBS)), {}, "delete"),
    ((row(STATIC, "1", ANN, BOBS), row(STATIC, "2", ANN, BOBS)), {}, "shared"),
    ((row(STATIC, "1", ANN, ANNS),), {}, "shared"),
    ((row(STATIC, None, ANN, None),), {}, "delete"),
    ((row(STATIC, None, json.dumps([ANN, "bob@x.com"]), None),), {}, "shared"),
]


@pytest.mark.parametrize(("rows", "how", "expected"), CASES)
def test_verdicts(rows: tuple[Row, ...], how: dict[str, t.Any], expected: str | None) -> None:
    assert verdict(*rows, **how) == expected


def test_too_many_rows_to_look_through() -> None:
    found = assess_row(judge(), PLACE, FAVORITE, [FAVORITE], is_readable=False)
    assert found is not None
    assert found.verdict.value == "shared"


def assessed(first: Row, **how: t.Any) -> RowAssessment:
    found = assess_row(judge(**how), PLACE, first, [first, SIBLING])
    assert found is not None
    return found


def test_what_an_approval_is_bound_to() -> None:
    """Any cell of the row, but not when it was written."""
    plan = Plan(SUBJECTS, (), (assessed(FAVORITE),))
    later = dataclasses.replace(FAVORITE, written=5)
    changed = row(WIDE, "favorites:f1", ANNS.replace("Ann", "Anne"))
    moved = row(WIDE, "favorites:f9", ANNS)
    same = Plan(SUBJECTS, (), (assessed(later),))
    others = [Plan(SUBJECTS, (), (assessed(one),)) for one in (changed, moved)]
    others += [Plan(SUBJECTS, ()), Plan(SUBJECTS, (), (assessed(FAVORITE, holds=[OWNER]),))]
    others += [
        dataclasses.replace(plan, setup=setup)
        for setup in (
            Setup(gws="centre"),
            Setup(sources=("cluster/sipfs",)),
            Setup(policy=judge().policy),
            Setup(policy=judge(shared="delete").policy),
            Setup(rows=True),
        )
    ]
    assert same.digest == plan.digest
    digests = [other.digest for other in others]
    assert plan.digest not in digests
    assert len(set(digests)) == len(digests) - 1, "two of them have nothing to touch"


def test_an_empty_cell_is_not_one_without_a_value() -> None:
    """Both occur, and an approval of the one is none of the other."""
    empty, none = (assessed(row(FLAT, "1", name, ANN)) for name in ("", None))
    assert empty.approval != none.approval


def test_rows_count_for_the_caps() -> None:
    rows = tuple(assessed(row(WIDE, f"favorites:r{number}", ANNS)) for number in range(3))
    plan = Plan(SUBJECTS, (), rows)
    plan.check(max_deletes=3, max_per_subject=3, expected=plan.digest)
    for caps in ({"max_deletes": 2, "max_per_subject": 3}, {"max_deletes": 3, "max_per_subject": 2}):
        with pytest.raises(RefusedError) as caught:
            plan.check(**caps, expected=None)
        assert caught.value.code == "cap_exceeded"


def test_the_texts_of_a_value_at_any_depth() -> None:
    """A row that is nested deeper than Python's stack stops no run; names and texts come in their order."""
    assert list(row_judge._texts({"a": ["x", '{"b": 1, "c": ["y"]}', None, True], "d": {"e": "z"}})) == [
        *("a", "x", '{"b": 1, "c": ["y"]}', "b", "1", "c", "y", "d", "e", "z")
    ]
    deep: object = "at the bottom"
    for _level in range(50_000):
        deep = [deep]
    assert list(row_judge._texts(deep)) == ["at the bottom"]
