# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The verdict on a setting, and what a plan is allowed to be."""

from __future__ import annotations

import itertools
import json
import random
import typing as t

import pytest

from ansible_collections.genesys.gws.plugins.module_utils._core.errors import RefusedError
from ansible_collections.genesys.gws.plugins.module_utils._core.matching import Matcher
from ansible_collections.genesys.gws.plugins.module_utils._erasure.holds import parse_holds
from ansible_collections.genesys.gws.plugins.module_utils._erasure.judge import Assessment, Judge
from ansible_collections.genesys.gws.plugins.module_utils._erasure.plan import Plan
from ansible_collections.genesys.gws.plugins.module_utils._erasure.rules import Policy, Verdict
from ansible_collections.genesys.gws.plugins.module_utils._gws_api.settings import CONTACT_CENTRE, Content, Group, Scope
from tests.unit.strategies import subjects_of

ANN, PHONE = "ann@x.com", "+14155550123"
SUBJECTS = subjects_of(ANN, PHONE)
USER, ALIASES = Scope("user1"), ("user1", "agent.one")
GROUP = Group("favorites", "name", "Favorites")

FAVORITE = {"name": "f1", "firstName": "Ann", "mail": ANN}
POSSIBLE = {"name": "f2", "note": "415 555 0123"}
NOBODY = {"name": "f3", "mail": "joann@x.com"}
RECENTS = {"name": "recents", "value": json.dumps([{"firstName": "Ann", "mail": ANN}, {"firstName": "Bob", "mail": "bob@x.com"}])}
ALL_ANNS = {"name": "recents", "value": json.dumps([{"firstName": "Ann", "mail": ANN}, {"firstName": "Ann2", "note": ANN}])}
BESIDE = {**RECENTS, "last": ANN}
NO_KEY = {"id": "f1", "mail": ANN}


def judge(
    holds: t.Any = None, shared: str = "redact", corporate: bool = False, possible: bool = False, groups: tuple[str, ...] = ()
) -> Judge:
    return Judge(SUBJECTS, Matcher(SUBJECTS, None), Policy(shared, corporate, possible, groups), parse_holds(holds, region=None))


def verdict(setting: dict[str, t.Any], scope: Scope = USER, **how: t.Any) -> str | None:
    resource = judge(**how).assess(scope, ALIASES if scope == USER else (), GROUP, setting)
    return resource.verdict.value if resource else None


CASES: list[tuple[dict[str, t.Any], dict[str, t.Any], str | None]] = [
    (FAVORITE, {}, "delete"),
    (NOBODY, {}, None),
    ({"name": "x", "value": {}}, {}, None),
    (POSSIBLE, {}, "possible"),
    (POSSIBLE, {"possible": True}, "delete"),
    (NO_KEY, {}, "shared"),
    # groups
    (FAVORITE, {"groups": ("favorites",)}, "delete"),
    (FAVORITE, {"groups": ("other",)}, "other_group"),
    (POSSIBLE, {"groups": ("other",)}, "other_group"),
    (RECENTS, {"groups": ("other", "Favorites")}, "other_group"),
    # contact centre
    (FAVORITE, {"scope": CONTACT_CENTRE}, "corporate"),
    (RECENTS, {"scope": CONTACT_CENTRE}, "corporate"),
    (FAVORITE, {"scope": CONTACT_CENTRE, "corporate": True}, "delete"),
    (RECENTS, {"scope": CONTACT_CENTRE, "corporate": True}, "redact"),
    # containers
    (RECENTS, {}, "redact"),
    (RECENTS, {"shared": "delete"}, "delete"),
    (RECENTS, {"shared": "report"}, "shared"),
    (ALL_ANNS, {}, "redact"),
    (ALL_ANNS, {"shared": "report"}, "shared"),
    (BESIDE, {}, "shared"),
    (BESIDE, {"shared": "delete"}, "delete"),
    ({**ALL_ANNS, "last": ANN}, {}, "delete"),
    # holds
    *[
        (setting, {"holds": [hold], "shared": shared}, "held")
        for setting, shared, hold in itertools.product(
            (FAVORITE, RECENTS),
            ("redact", "delete", "report"),
            ("user1", "USER1", "agent.one", "/users/user1/settings/favorites", "/users/user1", "/users/user1/settings/favorites/"),
        )
    ],
    (FAVORITE, {"holds": ["/users/user1/settings/favorites/f1"]}, "held"),
    (FAVORITE, {"holds": ["/users/user1/settings/favorites/f"]}, "delete"),
    (FAVORITE, {"holds": ["/users/user2", "/settings/favorites"]}, "delete"),
    (FAVORITE, {"holds": ["agent", "someone@x.com"]}, "delete"),
    (FAVORITE, {"holds": [ANN]}, "held"),
    (FAVORITE, {"holds": ["ANN@X.com"]}, "held"),
    ({**FAVORITE, "note": "case 4711/23"}, {"holds": ["4711/23"]}, "held"),
    (RECENTS, {"holds": [ANN]}, "held"),
    (RECENTS, {"holds": ["bob@x.com"]}, "redact"),
    (RECENTS, {"holds": ["bob@x.com"], "shared": "delete"}, "held"),
    (FAVORITE, {"holds": ["/settings/favorites"], "scope": CONTACT_CENTRE, "corporate": True}, "held"),
]


@pytest.mark.parametrize(("setting", "how", "expected"), CASES, ids=lambda value: json.dumps(value, default=str)[:40])
def test_verdicts(setting: dict[str, t.Any], how: dict[str, t.Any], expected: str | None) -> None:
    assert verdict(setting, **how) == expected


def test_a_hold_on_one_of_the_persons_records_keeps_that_one() -> None:
    held = {
        "name": "r",
        "value": [{"firstName": "Ann", "mail": ANN}, {"firstName": "A", "mail": ANN, "case": "case-4711"}, {"firstName": "Bob"}],
    }
    resource = judge(["case-4711"]).assess(USER, ALIASES, GROUP, held)
    assert resource is not None
    assert (resource.verdict, resource.held) == (Verdict.REDACT, True)
    assert resource.after() == {"name": "r", "value": held["value"][1:]}


def test_collateral_of_deleting_a_container_is_counted() -> None:
    resource = judge(shared="delete").assess(USER, ALIASES, GROUP, RECENTS)
    assert resource is not None
    assert resource.collateral == 1
    assert resource.after() is None


def test_a_system_group_is_reported() -> None:
    [resource] = judge().assess_all(USER, ALIASES, GROUP, Content((), {"support": ANN}))
    assert resource.verdict is Verdict.SYSTEM
    assert not resource.verdict.touches


def test_subjects_of_a_resource() -> None:
    both = {"name": "f", "a": ANN, "b": PHONE}
    resource = judge().assess(USER, ALIASES, GROUP, both)
    assert resource is not None
    assert resource.subjects == {0, 1}
    only = judge().assess(USER, ALIASES, GROUP, {"name": "f", "a": ANN, "b": "415 555 0123"})
    assert only is not None
    assert only.subjects == {0}, "what is only possible does not count when something is sure"


# Plans


def resources(**how: t.Any) -> list[Assessment]:
    found = [
        judge(**how).assess(Scope(owner), (owner,), Group(group, "name", group), {**setting, "name": f"s{number}"})
        for owner, group, (number, setting) in itertools.product(
            ("user1", "user2"), ("g1", "g2"), enumerate((FAVORITE, RECENTS, POSSIBLE, ALL_ANNS))
        )
    ]
    return [resource for resource in found if resource is not None]


def test_digest_does_not_depend_on_the_order() -> None:
    found = resources()
    digests = set()
    for seed in range(10):
        random.Random(seed).shuffle(found)
        digests.add(Plan(SUBJECTS, tuple(found)).digest)
    assert len(digests) == 1


def test_any_other_plan_has_another_digest() -> None:
    found = resources()
    plan = Plan(SUBJECTS, tuple(found))
    others = [Plan(SUBJECTS, tuple(found[:index] + found[index + 1 :])) for index, resource in enumerate(found) if resource.verdict.touches]
    others.append(Plan(SUBJECTS, tuple(resources(shared="delete"))))
    others.append(Plan(SUBJECTS, tuple(resources(possible=True))))
    others.append(Plan(SUBJECTS, tuple(resources(groups=("g1",)))))
    others.append(Plan(SUBJECTS, tuple(resources(holds=["user2"]))))
    others.append(Plan(subjects_of(ANN), tuple(found)))
    changed = {**RECENTS, "value": RECENTS["value"].replace("Ann", "Anne")}
    another = judge().assess(Scope("user1"), ("user1",), Group("g1", "name", ""), {**changed, "name": "s1"})
    assert another is not None
    others.append(Plan(SUBJECTS, tuple(another if resource.path == another.path else resource for resource in found)))
    digests = [other.digest for other in others]
    assert plan.digest not in digests
    assert len(set(digests)) == len(digests)


def test_what_is_not_touched_does_not_change_the_digest() -> None:
    found = resources()
    touched = [resource for resource in found if resource.verdict.touches]
    assert 0 < len(touched) < len(found)
    assert Plan(SUBJECTS, tuple(found)).digest == Plan(SUBJECTS, tuple(touched)).digest
    other = {**RECENTS, "value": RECENTS["value"].replace("Bob", "Rob"), "name": "s1"}
    again = judge().assess(Scope("user1"), ("user1",), Group("g1", "name", ""), other)
    assert again is not None
    swapped = [again if resource.path == again.path else resource for resource in found]
    assert Plan(SUBJECTS, tuple(swapped)).digest == Plan(SUBJECTS, tuple(found)).digest, "a new call of somebody else is no other plan"


def test_caps_and_approval() -> None:
    plan = Plan(SUBJECTS, tuple(resources()))
    total = len(plan.to_touch)
    assert total == 12
    plan.check(max_deletes=total, max_per_subject=total, expected=None)
    plan.check(max_deletes=total, max_per_subject=total, expected=" " + plan.digest.upper() + "\n")
    Plan(SUBJECTS, ()).check(max_deletes=0, max_per_subject=0, expected=None)
    for code, caps in (
        ("cap_exceeded", {"max_deletes": total - 1, "max_per_subject": total, "expected": None}),
        ("cap_exceeded", {"max_deletes": total, "max_per_subject": total - 1, "expected": None}),
        ("cap_exceeded", {"max_deletes": 0, "max_per_subject": total, "expected": plan.digest}),
        ("other_plan", {"max_deletes": total, "max_per_subject": total, "expected": "0" * 64}),
        ("other_plan", {"max_deletes": total, "max_per_subject": total, "expected": plan.digest[:16]}),
    ):
        with pytest.raises(RefusedError) as caught:
            plan.check(**t.cast(t.Any, caps))
        assert caught.value.code == code
        assert "Nothing was deleted" in caught.value.message
        assert ANN not in caught.value.message


def test_an_empty_plan_is_not_the_approved_one() -> None:
    with pytest.raises(RefusedError):
        Plan(SUBJECTS, ()).check(max_deletes=1, max_per_subject=1, expected=Plan(SUBJECTS, tuple(resources())).digest)


def test_settings_that_gws_may_take_for_one_are_left() -> None:
    """The keys 42 and "42" are one address, and what a DELETE of it takes away is not known."""
    bob = {"name": "42", "mail": "bob@x.com"}
    for others, expected in ([{"name": "43"}], "delete"), ([bob], "shared"), ([bob, {"name": 42, "location": {"a": 1}}], "shared"):
        content = Content((*others, {"name": 42, "mail": ANN}), None)
        [found] = judge().assess_all(USER, ALIASES, GROUP, content)
        assert found.verdict.value == expected


@pytest.mark.parametrize(
    ("anns", "bobs"),
    [
        ("f1", "f1"),
        ("f1", "F1"),
        ("f1", " f1 "),
        ("ﬁ", "fi"),
        ("e\u0301", "é"),
        (42, 42.0),
        (42, "42"),
        (True, "true"),
    ],
)
def test_settings_of_one_key_are_left_unless_all_of_them_go(anns: t.Any, bobs: t.Any) -> None:
    """Whichever GWS takes for the one that is named may be somebody else's. What the person has alone, however often, can go."""
    mine, other = {"name": anns, "mail": ANN}, {"name": bobs, "mail": "bob@x.com"}
    for settings, expected in (([mine, other], "shared"), ([other, mine], "shared"), ([mine, {**mine, "name": bobs, "n": 1}], "delete")):
        found = judge().assess_all(USER, (), GROUP, Content(tuple(settings), None))
        assert {one.verdict.value for one in found} == {expected}


@pytest.mark.parametrize("key", [None, "", [], [1], {}, {"a": 1}])
def test_a_key_that_names_nothing_is_left(key: t.Any) -> None:
    """A DELETE with such a key may be taken for that of the whole group."""
    [found] = judge().assess_all(USER, (), GROUP, Content(({"name": key, "mail": ANN},), None))
    assert found.verdict.value == "shared"
    [found] = judge().assess_all(USER, (), GROUP, Content(({"name": 0, "mail": ANN},), None))
    assert found.verdict.value == "delete"


def test_a_setting_that_is_listed_twice_is_one() -> None:
    """As where two pages of a list overlap."""
    other = {"name": "f2", "mail": "bob@x.com"}
    found = judge().assess_all(USER, (), GROUP, Content(({"name": "f1", "mail": ANN}, other, other, {"name": "f1", "mail": ANN}), None))
    assert {one.verdict.value for one in found} == {"delete"}
