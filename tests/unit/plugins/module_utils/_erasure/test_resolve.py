# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What each finding turns out to be. A row must never be explained by a setting that it is not, nor a person's row dropped."""

from __future__ import annotations

import dataclasses
import json
import typing as t

import pytest

from ansible_collections.genesys.gws.plugins.module_utils._core.errors import InputError
from ansible_collections.genesys.gws.plugins.module_utils._core.findings import Finding, NamedRow, OpaqueNames, parse_findings
from ansible_collections.genesys.gws.plugins.module_utils._core.matching import Matcher
from ansible_collections.genesys.gws.plugins.module_utils._core.row_names import row_names
from ansible_collections.genesys.gws.plugins.module_utils._erasure.holds import parse_holds
from ansible_collections.genesys.gws.plugins.module_utils._erasure.judge import Judge
from ansible_collections.genesys.gws.plugins.module_utils._erasure.resolve import FindingClass, Resolved, Resolver
from ansible_collections.genesys.gws.plugins.module_utils._erasure.rules import Policy, Verdict
from ansible_collections.genesys.gws.plugins.module_utils._gws_api.settings import SettingsApi
from ansible_collections.genesys.gws.plugins.module_utils._gws_api.workers import Workers
from tests.unit.simulated_gws import Group, Gws
from tests.unit.strategies import subjects_of

ANN, BOB = "ann@x.com", "bob@x.com"
SUBJECTS = subjects_of(ANN, BOB)
OPAQUE = OpaqueNames(SUBJECTS)
U1, U2, U3, GONE = "a1" * 16, "b2" * 16, "c3" * 16, "d4" * 16
CENTRE = "550e8400-e29b-41d4-a716-446655440000"
FAVORITES = "interaction-workspace-personal-favorites"
EXPLAINED, ORPHANED, OUTSIDE, UNRESOLVED = FindingClass.EXPLAINED, FindingClass.ORPHANED, FindingClass.OUTSIDE, FindingClass.UNRESOLVED


def finding(
    table: str,
    *keys: str,
    others: t.Sequence[str] = (),
    journal_state: t.Sequence[str] = (),
    ways: t.Sequence[t.Sequence[str]] = (),
    subject: int = 0,
    certainty: str = "exact",
) -> Finding:
    """A finding in a row with these key columns and other columns; ``journal_state`` on the only way to the person, or several ``ways``."""
    named = row_names(
        [(f"k{number}", [[text]]) for number, text in enumerate(keys)],
        [(f"o{number}", [text]) for number, text in enumerate(others)],
        [(tuple(way),) for way in (ways or [journal_state])],
    )
    return Finding(
        search_id=SUBJECTS.search_id,
        subject=f"search-{subject + 1}",
        certainty=certainty,
        table=table,
        column="value",
        token="1",
        row=OPAQUE.of(table + "|".join(keys) + "".join(others)),
        in_group=True,
        named=NamedRow.of(named, OPAQUE),
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
        finding("t", "0x17", others=[U1], journal_state=[FAVORITES, "fav-17"]),
        finding("t", U1, journal_state=["fav-17"]),
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
        finding("call_log", "call-4", journal_state=[U1, "from"]),
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
    orphan = finding("settings", GONE, FAVORITES, "fav-51", journal_state=[U1])
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
    """Its setting is in the plan, and yet nobody can tell whose row it is: the number may be an owner whom GWS knows by another name."""
    row = finding("settings", "0x8811", others=[FAVORITES, "fav-17"])
    found, _gws = resolved([row])
    assert found.users_read == found.users
    assert found.of_class(UNRESOLVED) == [row]
    assert "fav-17" in [resource.setting["name"] for resource in found.plan.resources if resource.touches]


def test_one_setting_does_not_explain_another_row_twice_when_one_has_its_owner() -> None:
    nameless = finding("copies", "0x1", others=[FAVORITES])
    assert classes(ROW1, nameless) == [EXPLAINED, UNRESOLVED]


@pytest.mark.parametrize(
    ("true", "stale"),
    [
        # a key that the API does not show, beside one that it does
        (("settings", U1, FAVORITES, "fav-17"), ("settings", U1, FAVORITES, "fav-99")),
        (("settings", f"{U1}:{FAVORITES}:fav-17"), ("settings", f"{U1}:{FAVORITES}:fav-99")),
        (("settings", U1, f"{FAVORITES}:fav-17"), ("settings", U1, f"{FAVORITES}:fav-17:old")),
        (("settings", U1, f"{FAVORITES}:fav-17"), ("settings", U1, f"{FAVORITES}:old:fav-17")),
        (("settings", U1, f"{FAVORITES}:fav-17"), ("settings", U1, f"{FAVORITES}:fav-17:fav-17")),
        (("settings", U1, f"{FAVORITES}/fav-17"), ("settings", U1, f"{FAVORITES}/fav-1")),
        # another group, known or not, with the same key
        (("settings", U1, FAVORITES, "fav-17"), ("settings", U1, "interaction-workspace", "fav-17")),
        (("settings", U1, FAVORITES, "fav-17"), ("settings", U1, "gone-group", "fav-17")),
        (("settings", U1, f"{FAVORITES}:fav-17"), ("settings", U1, "gone-group:fav-17")),
        # another owner with the same group and key
        (("settings", U1, FAVORITES, "fav-17"), ("settings", U3, FAVORITES, "fav-17")),
        (("settings", U1, FAVORITES, "fav-17"), ("settings", "101", FAVORITES, "fav-17")),
        (("settings", U1, FAVORITES, "fav-17"), ("settings", "bob", FAVORITES, "fav-17")),
        (("by_group", CENTRE, FAVORITES, U1, "fav-17"), ("by_group", CENTRE, FAVORITES, "101", "fav-17")),
        (("by_group", CENTRE, FAVORITES, U1, "fav-17"), ("by_group", CENTRE, FAVORITES, "jsmith", "fav-17")),
        (("documents", U1, FAVORITES), ("documents", U3, FAVORITES)),
        # the same in another table
        (("settings", U1, FAVORITES, "fav-17"), ("copies", U1, FAVORITES, "fav-99")),
        (("settings", U1, FAVORITES, "fav-17"), ("copies", U1, FAVORITES)),
    ],
)
def test_a_stale_row_beside_the_true_one_is_unresolved(true: tuple[str, ...], stale: tuple[str, ...]) -> None:
    assert classes(finding(*true), finding(*stale)) == [EXPLAINED, UNRESOLVED]
    assert classes(finding(*stale), finding(*true)) == [UNRESOLVED, EXPLAINED]


@pytest.mark.parametrize(
    "key", ["fav:17", "#17", "17#", "a/b/c", "two words", "###url", "ünï çødé ☎", "17", "fav-17:fav-17", " x ", FAVORITES]
)
@pytest.mark.parametrize("sep", [":", "/", "|", "\x00", " ", "_", ".", "-"])
def test_keys_of_any_kind_in_keys_that_are_put_together(key: str, sep: str) -> None:
    scopes = {U1: {FAVORITES: Group("name", [{"name": key, "mail": ANN}, {"name": "fav", "mail": ANN}])}}
    rows = [finding("t", U1, f"{FAVORITES}{sep}{one}") for one in (key, "fav")]
    stale = finding("t", U1, f"{FAVORITES}{sep}{key}{sep}more")
    assert classes(*rows, stale, **scopes) == [EXPLAINED, EXPLAINED, UNRESOLVED]
    assert classes(finding("t", U1 + sep + FAVORITES + sep + key), **scopes) == [EXPLAINED]


def test_a_word_stands_for_the_group_or_for_the_key() -> None:
    scopes = {U1: {"team-fav": Group("name", [{"name": "fav-1", "mail": ANN}])}}
    rows = [finding("t", U1, "team-fav-fav-1"), finding("t", U1, "team-fav-1")]
    assert classes(*rows, **scopes) == [EXPLAINED, UNRESOLVED]


def test_columns_that_are_no_part_of_the_name() -> None:
    """A bucket or a version in the key of each row: no row of the table is covered by names there, so none has to be."""
    rows = [finding("t", U1, FAVORITES, "fav-17", str(version)) for version in (1, 2)]
    stale = finding("t", U1, FAVORITES, "fav-99", "1")
    assert classes(*rows, stale) == [EXPLAINED, EXPLAINED, UNRESOLVED]


def test_each_setting_in_a_document_is_looked_at() -> None:
    true, stale = [FAVORITES, "fav-17"], [FAVORITES, "fav-99"]
    assert classes(finding("documents", U1, ways=[true])) == [EXPLAINED]
    assert classes(finding("documents", U1, ways=[true, stale])) == [UNRESOLVED]
    assert classes(finding("documents", U1, ways=[[*true, "1"], [*true, "2"]])) == [EXPLAINED]
    two = {
        U1: {FAVORITES: Group("name", [{"name": "fav-17", "mail": ANN}]), "other": Group("name", [{"name": "fav-17", "mail": "x@y.zz"}])}
    }
    assert classes(finding("documents", U1, ways=[true, ["other", "fav-17"]]), **two) == [UNRESOLVED]


def test_a_document_of_several_owners() -> None:
    ways = [[U1, FAVORITES, "fav-17"], [U3, FAVORITES, "fav-17"]]
    assert classes(finding("all", "0", ways=ways[:1])) == [EXPLAINED]
    assert classes(finding("all", "0", ways=ways)) == [UNRESOLVED]


def test_more_places_than_are_kept() -> None:
    """The records of one setting have its name in common; many settings in one row are more than a finding tells, and never explained."""
    entries = [((FAVORITES,), ("fav-17",), (f"entry {number}", "x")) for number in range(500)]
    many = [((FAVORITES, f"fav-{number}"),) for number in range(500)]
    for ways, expected in ((entries, EXPLAINED), (many, UNRESOLVED)):
        row = finding("documents", U1)
        named = NamedRow.of(row_names([("k0", [[U1]])], [], ways), OPAQUE)
        assert classes(dataclasses.replace(row, named=named)) == [expected]


@pytest.mark.parametrize("count", [3, 100, 5000])
def test_more_names_than_are_kept(count: int) -> None:
    texts = [f"tag-{number}" for number in range(count)]
    row = finding("t", U1, FAVORITES, "fav-17")
    named = NamedRow.of(
        row_names([(f"k{n}", [[text]]) for n, text in enumerate((U1, FAVORITES, "fav-17"))], [("tags", texts)], [()]), OPAQUE
    )
    assert classes(dataclasses.replace(row, named=named)) == [EXPLAINED if count < 2000 else UNRESOLVED]
    assert len(json.dumps(named.to_result())) < 100_000


def test_an_exact_row_is_not_explained_by_a_possible_setting() -> None:
    """The API shows only something like the person, the row the person: it is another content."""
    subjects = subjects_of("+12025550147")
    matcher = Matcher(subjects, None)
    gws = Gws({"": {}, U1: {FAVORITES: Group("name", [{"name": "fav-17", "phone": "202-555-0147"}])}}, matcher, "/nonexistent")
    judge = Judge(subjects, matcher, Policy("redact", False, False, ()), parse_holds(None, region=None))
    opaque = OpaqueNames(subjects)
    named = NamedRow.of(row_names([("k0", [[U1]]), ("k1", [[FAVORITES]]), ("k2", [["fav-17"]])], [], []), opaque)
    for certainty, expected in (("exact", UNRESOLVED), ("possible", EXPLAINED)):
        row = dataclasses.replace(finding("settings", U1, certainty=certainty), named=named, subject=subjects.subjects[0].ref)
        found = Resolver(gws.api(), judge, {"contactCenterId": CENTRE}).resolve([row])
        assert [one for _finding, one in found.classes] == [expected]
        assert found.plan.count(Verdict.POSSIBLE) == 1


@pytest.mark.parametrize("beside", ["101", "bob", "jsmith", "x"])
def test_an_unknown_owner_beside_the_contact_centre(beside: str) -> None:
    """It may be a user whom GWS knows by another name: then the row is not the administrators'."""
    unknown = [
        (CENTRE, beside, "corporate", "corp1"),
        (f"{CENTRE}:{beside}", "corporate", "corp1"),
        (CENTRE, "corporate", f"corp1:{beside}"),
    ]
    own = [(CENTRE, "contact_center", "corporate", "corp1"), (CENTRE, "corporate", CENTRE, "corp1"), (f"{CENTRE}:corporate:corp1",)]
    for rows, expected in ((unknown, UNRESOLVED), (own, EXPLAINED)):
        for keys in rows:
            assert classes(finding("settings", *keys, subject=1)) == [expected]


def test_an_owner_whom_gws_knows_by_another_name_is_no_orphan() -> None:
    for owner in ("101", "bob", "jsmith", "kate.lewis"):
        assert classes(ROW1, finding("settings", owner, FAVORITES, "fav-50")) == [EXPLAINED, UNRESOLVED]


def test_an_orphan_in_a_table_that_keys_rows_by_ids_of_their_own() -> None:
    """Where other rows say that the owner stands beside, an unknown id in the key is no owner."""
    true = finding("t", "e5" * 16, others=[U1, FAVORITES, "fav-17"])
    stale = finding("t", "f6" * 16, others=[U1, FAVORITES, "fav-99"])
    orphan = finding("t", "f7" * 16, others=[GONE, FAVORITES, "fav-99"])
    assert classes(true, stale, orphan) == [EXPLAINED, UNRESOLVED, ORPHANED]


def test_settings_that_no_row_stands_for() -> None:
    everybody, _gws = resolved([ROW1])
    assert [one.setting["name"] for one in everybody.settings_without_row] == ["corp1"]
    judge = Judge(SUBJECTS, Matcher(SUBJECTS, None), Policy("redact", False, False, ()), parse_holds(None, region=None))
    _found, gws = resolved([])
    both = Resolver(gws.api(), judge, {"contactCenterId": CENTRE}).resolve([ROW1], everybody=True)
    assert both.users_read == both.users
    assert sorted(one.setting["name"] for one in both.settings_without_row) == ["corp1", "recents"]


def test_several_workers_read_the_same_in_the_same_order() -> None:
    judge = Judge(SUBJECTS, Matcher(SUBJECTS, None), Policy("redact", False, False, ()), parse_holds(None, region=None))
    _found, gws = resolved([])
    alone = Resolver(gws.api(), judge, {"contactCenterId": CENTRE}).resolve(None)
    with Workers(8) as workers:
        together = Resolver(SettingsApi(gws.client(), workers), judge, {"contactCenterId": CENTRE}).resolve(None)
    assert together == alone


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
