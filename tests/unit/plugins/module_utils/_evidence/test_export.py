# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Everything of the person, nothing of anybody else."""

from __future__ import annotations

import html
import json
import re
import typing as t

import pytest

from ansible_collections.genesys.gws.plugins.module_utils._core.matching import Matcher
from ansible_collections.genesys.gws.plugins.module_utils._evidence.export import Export, json_of, page_of
from tests.unit.strategies import subjects_of

ANN, PHONE, BOB = "ann@x.com", "+12025550147", "bob.ray@y.example"
FAVORITES = "interaction-workspace-personal-favorites"
NOW = "2026-11-26T02:00:00Z"


def exported(*settings: dict[str, t.Any], identifiers: tuple[str, ...] = (ANN,), owner: str = "a1") -> dict[str, t.Any]:
    subjects = subjects_of(*identifiers, region="US")
    export = Export([subject.ref for subject in subjects.subjects], Matcher(subjects, "US"), NOW)
    for setting in settings:
        export.add_setting(owner, FAVORITES, "Favorites", "name", setting, json.dumps(setting))
    return export.result()


def contents(result: dict[str, t.Any], person: int = 0) -> list[t.Any]:
    return [place["content"] for place in result["people"][person]["places"]]


def test_a_favorite_is_shown_whole() -> None:
    favorite = {
        "name": "fav-1",
        "firstName": "Ann",
        "emailAddress": "ANN@x.com",
        "phoneNumbers": ["555 0100"],
        "note": "likes <tea> & cake",
    }
    result = exported(favorite, {"name": "fav-2", "firstName": "Bob", "emailAddress": BOB})
    assert contents(result) == [favorite]
    [place] = result["people"][0]["places"]
    assert place["where"] == f"agent 1: personal favorites of Workspace Web Edition (settings group {FAVORITES})"
    assert place["what"] == "a whole entry"
    assert BOB not in json_of(result) + page_of(result)


@pytest.mark.parametrize("as_text", [False, True])
def test_of_recents_only_the_records_of_the_person(as_text: bool) -> None:
    records = [
        {"firstName": "Ann", "mail": ANN, "time": 1},
        {"firstName": "Bob", "mail": BOB, "time": 2},
        {"firstName": "Ann", "phone": "(202) 555-0147", "time": 3},
    ]
    recents = {"name": "recents", "value": json.dumps(records) if as_text else records}
    result = exported(recents, identifiers=(ANN, PHONE))
    assert contents(result, 0) == [records[0] if as_text else {"value": records[0]}]
    assert contents(result, 1) == [records[2] if as_text else {"value": records[2]}]
    for text in (json_of(result), page_of(result)):
        assert BOB not in text
        assert "Bob" not in text


def test_of_what_can_not_be_divided_only_what_is_the_persons() -> None:
    setting = {"name": "notes", "value": f"call Ann {ANN} or Bob {BOB}, {PHONE} is hers", "other": "nothing"}
    for text in (json_of(exported(setting, identifiers=(ANN,))), json_of(exported(setting, identifiers=(PHONE,)))):
        assert BOB not in text
        assert "Bob" not in text
    assert ANN in json_of(exported(setting))
    assert "2025550147" in re.sub(r"\D", "", json_of(exported(setting, identifiers=(PHONE,))))


def test_a_row_that_gws_does_not_show() -> None:
    subjects = subjects_of(ANN)
    export = Export(["T-1"], Matcher(subjects, None), NOW)
    export.add_value("call_log", "caller", ANN, "")
    export.add_value(
        "call_log", "value", {"contact": {"firstName": "Ann", "mail": ANN}}, json.dumps({"contact": {"firstName": "Ann", "mail": ANN}})
    )
    export.add_value("call_log", "other", BOB, "")
    result = export.result()
    assert contents(result) == [ANN, {"contact": {"firstName": "Ann", "mail": ANN}}]
    assert "column caller of table call_log" in result["people"][0]["places"][0]["where"]


def test_agents_are_numbered_and_the_person_is_there_even_with_nothing() -> None:
    subjects = subjects_of(ANN, "nobody@x.com")
    export = Export(["T-1", "T-2"], Matcher(subjects, None), NOW)
    for owner in ("u9", "", "u7", "u9"):
        export.add_setting(
            owner,
            "team",
            "Team",
            "name",
            {"name": f"n{owner}", "mail": ANN, "firstName": "Ann"},
            json.dumps({"name": f"n{owner}", "mail": ANN, "firstName": "Ann"}),
        )
    result = export.result()
    assert [place["where"].split(":")[0] for place in result["people"][0]["places"]] == ["agent 1", "the contact centre", "agent 2"]
    assert result["people"][1] == {"ref": "T-2", "entries": 0, "places": []}


def test_the_page_says_what_the_file_says() -> None:
    favorite = {"name": "<b>", "firstName": "Ann", "emailAddress": ANN, "deep": [{"n": 1.5, "t": True, "z": None}]}
    result = exported(favorite)
    page = page_of(result)
    assert "<b>" not in page
    texts = html.unescape(re.sub(r"<[^>]+>", "\n", page))
    for leaf in ("<b>", "Ann", ANN, "1.5", "true", "null", NOW):
        assert leaf in texts.split("\n") or leaf in texts
