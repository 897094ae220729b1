# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What each finding turns out to be. A row must never be explained by a setting that it is not, nor a person's row dropped."""

from __future__ import annotations

import json
import typing as t

import pytest

from ansible_collections.genesys.gws.plugins.module_utils._core.errors import InputError
from ansible_collections.genesys.gws.plugins.module_utils._core.findings import Finding, OpaqueNames, OpaqueTier, names_in, parse_findings
from ansible_collections.genesys.gws.plugins.module_utils._core.matching import Matcher
from ansible_collections.genesys.gws.plugins.module_utils._erasure.holds import parse_holds
from ansible_collections.genesys.gws.plugins.module_utils._erasure.judge import Judge, Policy, Verdict
from ansible_collections.genesys.gws.plugins.module_utils._erasure.resolve import FindingClass, Resolved, Resolver
from tests.unit.simulated_gws import Group, Gws
from tests.unit.strategies import subjects_of

ANN, BOB = "ann@x.com", "bob@x.com"
SUBJECTS = subjects_of(ANN, BOB)
OPAQUE = OpaqueNames(SUBJECTS)
U1, U2, U3, GONE = "a1" * 16, "b2" * 16, "c3" * 16, "d4" * 16
CENTRE = "550e8400-e29b-41d4-a716-446655440000"
FAVORITES = "interaction-workspace-personal-favorites"
EXPLAINED, ORPHANED, OUTSIDE, UNRESOLVED = FindingClass.EXPLAINED, FindingClass.ORPHANED, FindingClass.OUTSIDE, FindingClass.UNRESOLVED


def finding(table: str, *keys: str, others: t.Sequence[str] = (), told: t.Sequence[str] = (), subject: int = 0) -> Finding:
    def tier(texts: t.Sequence[str]) -> OpaqueTier:
        names = names_in(texts)
        return OpaqueTier(frozenset(map(OPAQUE.of, names.names)), frozenset(map(OPAQUE.of, names.ids)))

    return Finding(
        search_id=SUBJECTS.search_id,
        subject=f"search-{subject + 1}",
        certainty="exact",
        table=table,
        column="value",
        token="1",
        row=OPAQUE.of(table + "".join(keys) + "".join(others)),
        in_group=True,
        tiers=(tier(keys), tier(others), tier(told)),
    )


def resolved(findings: list[Finding] | None, **scopes: dict[str, Group]) -> tuple[Resolved, Gws]:
    world: dict[str, dict[str, Group]] = {
        "": {"corporate": Group("name", [{"name": "corp1", "mail": BOB}])},
        U1: {FAVORITES: Group("name", [{"name": "fav-17", "mail": ANN}, {"name": "fav-18", "mail": "joann@x.com"}])},
        U2: {"interaction-workspace": Group("name", [{"name": "recents", "value": json.dumps([{"firstName": "x", "mail": BOB}])}])},
        U3: {FAVORITES: Group("name", [])},
        **scopes,
    }
    gws = Gws(world, Matcher(SUBJECTS, None), "/nonexistent")
    judge = Judge(SUBJECTS, Matcher(SUBJECTS, None), Policy("redact", False, False, ()), parse_holds(None, region=None))
    return Resolver(gws.api(), judge, {"contactCenterId": CENTRE}).resolve(findings), gws


def classes(*findings: Finding, **scopes: dict[str, Group]) -> list[FindingClass]:
    found, _gws = resolved(list(findings), **scopes)
    assert [entry for entry, _class in found.classes] == list(findings)
    return [entry for _finding, entry in found.classes]


ROW1 = finding("settings", U1, FAVORITES, "fav-17")
ROW2 = finding("settings", U2, "interaction-workspace", "recents", subject=1)


def test_no_findings_touch_nothing() -> None:
    found, gws = resolved([])
    assert found.plan.resources == ()
    assert gws.history == []


def test_without_findings_everybody_is_read() -> None:
    found, _gws = resolved(None)
    assert found.users_read == found.users
    assert found.plan.count(Verdict.DELETE) == 1
    assert found.plan.count(Verdict.REDACT) == 1
    assert found.plan.count(Verdict.CORPORATE) == 1


def test_only_the_named_owners_are_read() -> None:
    found, gws = resolved([ROW1])
    assert found.of_class(EXPLAINED) == [ROW1]
    assert found.users_read == 1
    assert not [path for _method, path, _fault in gws.history if U2 in path]


@pytest.mark.parametrize(
    "row",
    [
        finding("t", f"{U1}:{FAVORITES}:fav-17"),
        finding("t", f"{CENTRE}/{U1}", FAVORITES),
        finding("t", U1.upper(), others=[FAVORITES]),
        finding("t", "user-" + U1[-4:], FAVORITES),
        finding("t", "0x17", others=[U1], told=[FAVORITES, "fav-17"]),
        finding("t", U1, told=["fav-17"]),
        finding("t", f"{U1}-{FAVORITES}", others=["fav-17"]),
    ],
)
def test_layouts_of_a_row_of_settings(row: Finding) -> None:
    assert classes(row) == [EXPLAINED]


def test_a_call_log_beside_the_settings_is_outside() -> None:
    """It names a known user, or the contact centre, but no group and no key."""
    logs = [
        finding("call_log", "call-1", U1),
        finding("call_log", "call-2", others=[U1]),
        finding("call_log", "call-3", CENTRE),
        finding("call_log", "call-4", told=[U1, "from"]),
        finding("call_log", "call-5"),
    ]
    assert classes(ROW1, *logs) == [EXPLAINED] + [OUTSIDE] * len(logs)


def test_a_row_of_a_known_owner_that_the_api_does_not_show_is_unresolved() -> None:
    stale = finding("settings", U3, FAVORITES, "fav-99")
    assert classes(ROW1, stale) == [EXPLAINED, UNRESOLVED]
    assert classes(stale) == [UNRESOLVED]


def test_a_row_of_an_unknown_owner_is_orphaned_and_everybody_is_read() -> None:
    orphan = finding("settings", GONE, FAVORITES, "fav-50")
    found, _gws = resolved([ROW1, orphan])
    assert found.of_class(ORPHANED) == [orphan]
    assert found.of_class(EXPLAINED) == [ROW1]
    assert found.users_read == found.users
    assert found.per_table(ORPHANED) == {"settings": 1}


def test_an_orphan_that_mentions_a_living_user_stays_an_orphan() -> None:
    orphan = finding("settings", GONE, FAVORITES, "fav-51", told=[U1])
    assert classes(ROW1, orphan) == [EXPLAINED, ORPHANED]


def test_corporate_rows_are_explained_and_left() -> None:
    row = finding("settings", CENTRE, "corporate", "corp1", subject=1)
    found, _gws = resolved([row])
    assert found.of_class(EXPLAINED) == [row]
    assert [resource.verdict for resource in found.plan.resources if resource.scope.owner == ""] == [Verdict.CORPORATE]
    assert found.plan.to_touch == []


def test_a_corporate_setting_does_not_explain_a_users_row() -> None:
    stale = finding("settings", f"{CENTRE}:{U3}", "corporate", "corp1", subject=1)
    orphan = finding("settings", f"{CENTRE}:{GONE}", "corporate", "corp1", subject=1)
    own = finding("settings", CENTRE, "corporate", "corp1", subject=1)
    assert classes(own, stale, orphan) == [EXPLAINED, UNRESOLVED, ORPHANED]
    assert classes(stale) == [UNRESOLVED]


def test_a_row_without_any_owner_is_looked_for_among_all() -> None:
    row = finding("settings", "0x8811", others=[FAVORITES, "fav-17"])
    found, _gws = resolved([row])
    assert found.users_read == found.users
    assert found.of_class(EXPLAINED) == [row]
    assert "fav-17" in [resource.setting["name"] for resource in found.plan.to_touch]


def test_one_setting_does_not_explain_another_row_twice_when_one_has_its_owner() -> None:
    nameless = finding("copies", "0x1", others=[FAVORITES])
    assert classes(ROW1, nameless) == [EXPLAINED, ORPHANED]


def test_a_finding_of_one_person_is_not_explained_by_anothers_setting() -> None:
    row = finding("settings", U1, FAVORITES, "fav-18", subject=1)
    assert classes(ROW1, row) == [EXPLAINED, UNRESOLVED]


def test_the_persons_own_identifier_names_nothing() -> None:
    """A setting whose key is the person's address does not explain each row that holds the address."""
    scopes = {U1: {"contacts": Group("name", [{"name": ANN, "value": 1}])}}
    row = finding("settings", U1, "contacts", ANN)
    log = finding("call_log", "call-1", U1, others=[ANN])
    assert classes(row, log, **scopes) == [EXPLAINED, OUTSIDE]


def test_users_that_cannot_be_listed_with_content() -> None:
    found, _gws = resolved([ROW1, ROW2])
    assert found.of_class(EXPLAINED) == [ROW1, ROW2]
    assert found.users_read == 2


def test_findings_survive_the_way_through_variables() -> None:
    through = json.loads(json.dumps([ROW1.to_result(), ROW2.to_result()]))
    assert parse_findings(through, SUBJECTS) == [ROW1, ROW2]
    text = json.dumps(through)
    for secret in (ANN, U1, FAVORITES, "fav-17"):
        assert secret not in text


@pytest.mark.parametrize(
    "raw", ["x", {"a": 1}, [1], [None], [{}], [{**ROW1.to_result(), "names": [1]}], [{**ROW1.to_result(), "search_id": "0" * 16}]]
)
def test_other_findings_are_refused(raw: t.Any) -> None:
    with pytest.raises(InputError):
        parse_findings(raw, SUBJECTS)
