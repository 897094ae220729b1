# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is meant and not understood is refused before anything is read, and no message quotes a value."""

from __future__ import annotations

import datetime
import json
import os
import typing as t
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.genesys.gws.plugins.plugin_utils import _request
from ansible_collections.genesys.gws.plugins.plugin_utils._request import BadRequest, RequestInput
from ansible_collections.genesys.gws.plugins.plugin_utils._role_options import OPTIONS, PREDECESSOR, RESIDUE_OPTIONS, Kind, Option
from ansible_collections.genesys.gws.plugins.plugin_utils._variable_names import faults_of_names
from ansible_collections.genesys.gws.plugins.plugin_utils._variable_values import Fault, checked
from tests.lab.awx import meta_variables

BY_NAME = {option.name: option for option in OPTIONS}
CANARY = "canary7391@example.com"


def values(
    extra: dict[str, t.Any] | None = None,
    *,
    predecessor: bool = True,
    other_holds: t.Any = None,
    call: dict[str, t.Any] | None = None,
    **others: t.Any,
) -> dict[str, t.Any]:
    """What a run with these extra variables, others where the role is called, and others from an inventory, means."""
    extra, call = extra or {}, call or {}

    def resolve(value: t.Any) -> t.Any:
        if value == "{{ fails }}":
            raise ValueError(CANARY)
        return "" if value == "{{ nothing }}" else value

    def is_template(text: str) -> bool:
        return "{{" in text

    return _request.values_of(
        RequestInput(
            variables={**others, **call, **extra},
            extra=extra,
            called_with=call,
            resolve=resolve,
            is_template=is_template,
            predecessor=predecessor,
            local=True,
            other_holds=other_holds,
        )
    )


def refused(extra: dict[str, t.Any] | None = None, **others: t.Any) -> str:
    with pytest.raises(BadRequest) as caught:
        values(extra, **others)
    message = str(caught.value)
    assert "canary7391" not in message
    assert "\n" not in message
    return message


def fault_of(option: Option, value: t.Any) -> str:
    try:
        checked(option, value)
    except Fault as fault:
        return str(fault)
    return ""


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.name)
def test_no_message_quotes_a_value(option: Option) -> None:
    texts: list[t.Any] = [CANARY, [CANARY], {CANARY: CANARY}, {"a": [CANARY]}, [[CANARY]], CANARY.encode()]
    for value in [*texts, 12025550147, 1.5, True, datetime.date(2026, 1, 2), object()]:
        fault = fault_of(option, value)
        assert not any(canary in fault for canary in ("canary7391", "12025550147", "\n"))


@given(
    option=st.sampled_from(OPTIONS),
    value=st.one_of(
        st.text(), st.integers(), st.floats(), st.booleans(), st.none(), st.lists(st.text()), st.dictionaries(st.text(), st.text())
    ),
)
def test_any_value_is_taken_or_refused(option: Option, value: t.Any) -> None:
    fault = fault_of(option, value)
    assert not isinstance(value, str) or len(value) < 13 or value not in fault


@pytest.mark.parametrize("option", [option for option in OPTIONS if option.kind is Kind.IDENTIFIERS], ids=lambda option: option.name)
@pytest.mark.parametrize("value", [12025550147, 1.5, True, datetime.date(2026, 1, 2)])
def test_what_yaml_made_of_an_identifier(option: t.Any, value: t.Any) -> None:
    for given_value in (value, ["ann@x.com", value], [{"identifiers": value}], [{"identifiers": ["ann@x.com", value]}]):
        assert "put it in quotes" in refused({option.variable: given_value})


@pytest.mark.parametrize("option", [option for option in OPTIONS if option.kind is Kind.FLAG], ids=lambda option: option.name)
def test_truth_values(option: t.Any) -> None:
    yes: list[t.Any] = [True, "true", "True", "yes", "on", "1", 1, "Y"]
    no: list[t.Any] = [False, "false", "no", "OFF", "0", 0]
    neither: list[t.Any] = ["ture", "2", 2, -1, 1.0, [], {}, "yes please"]
    for value in yes:
        assert checked(option, value) is True
    for value in no:
        assert checked(option, value) is False
    for value in neither:
        with pytest.raises(Fault):
            checked(option, value)


@pytest.mark.parametrize("host", ["cassandra-1.example.com", "10.0.0.1", "::1", "[fe80::1%eth0]", "cass_1", "xn--bcher-kva.example", "a1"])
def test_hosts(host: str) -> None:
    assert checked(BY_NAME["cassandra_hosts"], host) == [host]


@pytest.mark.parametrize(
    "host", [CANARY, "+12025550147", "12025550147", "202-555-0147", "Ann Lee", "a..b", "-a", "a/b", "host:9042", "1.2.3"]
)
def test_what_is_no_host(host: str) -> None:
    with pytest.raises(Fault):
        checked(BY_NAME["cassandra_hosts"], host)


def test_an_inventory_never_speaks_for_the_predecessor() -> None:
    """Somebody else's role has variables of these names."""
    others: dict[str, t.Any] = dict.fromkeys(PREDECESSOR, "somebody else's")
    assert values({"forget_me_search": "ann@x.com"}, **others) == {"search": "ann@x.com"}
    assert values({"search": "ann@x.com"}, predecessor=False, **{**others, "search": "x"}) == {}


def test_an_extra_variable_of_the_predecessor_wins_over_an_inventory() -> None:
    assert values({"cleanup": "true"}, forget_me_cleanup=False)["cleanup"] is True
    assert "are the same" in refused({"cleanup": True, "forget_me_cleanup": False})


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("cleanp", "cleanup"),
        ("Cleanup", "cleanup"),
        ("serach", "search"),
        ("gws_user", "gws_username"),
        ("grop_name", "group_name"),
        ("holds", "forget_me_holds"),
        ("report_dir", "forget_me_report_dir"),
        ("forget_me_hold", "forget_me_holds"),
        ("forget_me_regoin", "forget_me_region"),
        ("Forget_Me_search", "forget_me_search"),
    ],
)
def test_misspelled(name: str, nearest: str) -> None:
    assert faults_of_names([], [name], of_predecessor=True) == [f"{name} is not a known variable (did you mean {nearest}?)"]


@pytest.mark.parametrize(
    "name", ["awx_job_id", "tower_user_name", "ansible_user", "env", "ticket", "gws_scheme", "vault_gws_password", "__forget_me_x"]
)
def test_other_extra_variables_are_nobody_s_business(name: str) -> None:
    assert faults_of_names([name], [name], of_predecessor=True) == []


def test_names_without_our_prefix_count_only_in_the_playbook() -> None:
    assert faults_of_names(["cleanp"], [], of_predecessor=True) == []
    assert faults_of_names([], list(meta_variables(1)), of_predecessor=True) == [], "what AWX tells each job about itself"
    assert faults_of_names([], ["cleanp"], of_predecessor=False) == []
    assert faults_of_names(["forget_me_hold"], [], of_predecessor=False) != []


def test_a_name_that_may_be_a_person_is_not_shown() -> None:
    [fault] = faults_of_names([], ["forget_me_12025550147"], of_predecessor=True)
    assert "12025550147" not in fault
    [fault] = faults_of_names([], ["forget_me_" + CANARY], of_predecessor=True)
    assert CANARY not in fault


def test_templates() -> None:
    assert "mark it !unsafe" in refused({"search": "{{ canary7391 }}"})
    assert "mark it !unsafe" in refused({"forget_me_subjects": [{"identifiers": ["{{ canary7391 }}"]}]})
    assert "can't be resolved" in refused(forget_me_group="{{ fails }}")
    assert values(forget_me_search="{{ from a vault }}") == {"search": "{{ from a vault }}"}, "not an extra variable: resolved"


def test_blank_is_not_given() -> None:
    """AWX passes what was left empty as an empty text."""
    blank = {option.variable: "" for option in OPTIONS if option.name not in ("search", "expect_plan")}
    assert values({**blank, "search": "ann@x.com"}) == {"search": "ann@x.com"}


def test_relative_paths_are_of_the_folder_in_which_the_person_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert values({"forget_me_report_dir": "reports"})["report_dir"] == str(tmp_path / "reports")
    assert "looks like a person" in refused({"forget_me_report_dir": CANARY})
    assert values({"forget_me_report_dir": f"./{CANARY}"})["report_dir"] == str(tmp_path / CANARY)


@pytest.mark.parametrize(
    ("readers", "play_hosts", "says"),
    [
        ([], ["localhost"], ""),
        (["a", "b"], ["localhost", "a", "b"], ""),
        ([], ["a", "b"], "runs on 2 hosts"),
        (["a"], ["a"], "needs a host that merges"),
    ],
)
def test_one_host_does_all_but_the_reading(readers: list[str], play_hosts: list[str], says: str) -> None:
    if not says:
        assert _request.controller_of(readers, play_hosts, run_once=False, strategy="linear") == "localhost"
        return
    with pytest.raises(BadRequest, match=says):
        _request.controller_of(readers, play_hosts, run_once=False, strategy="linear")


def test_run_once_is_one_host() -> None:
    assert _request.controller_of([], ["a", "b"], run_once=True, strategy="ansible.builtin.linear") == "a"
    for strategy in ("free", "host_pinned"):
        with pytest.raises(BadRequest, match="this play runs on 2 hosts"):
            _request.controller_of([], ["a", "b"], run_once=True, strategy=strategy)
    with pytest.raises(BadRequest, match="linear strategy"):
        _request.controller_of(["b"], ["a", "b"], run_once=False, strategy="ansible.builtin.free")


@pytest.mark.parametrize(
    ("given_values", "says"),
    [
        ({"source": "api"}, "forget_me_source: api needs the address of GWS"),
        ({"source": "both", "cassandra_hosts": ["a"]}, "forget_me_source: both needs the address of GWS"),
        ({"source": "both", "gws_url": ["https://g"]}, "no Cassandra host is defined"),
        ({"source": "api", "gws_url": ["https://g"], "orphans": "delete"}, "does not read Cassandra"),
        ({"source": "api", "gws_url": ["https://g"]}, ""),
        ({"cassandra_hosts": ["a"]}, ""),
    ],
)
def test_what_a_source_needs(given_values: dict[str, t.Any], says: str) -> None:
    combined = {"search": "ann@x.com", **given_values}
    if not says:
        _request.check_combination(combined)
        return
    with pytest.raises(BadRequest, match=says):
        _request.check_combination(combined)


def test_a_source_that_asks_gws_needs_a_login() -> None:
    with pytest.raises(BadRequest, match="forget_me_source: api needs a GWS user"):
        _request.check_login({"source": "api", "gws_url": ["https://g"]})
    _request.check_login({"gws_url": ["https://g"]})


def test_variables_of_the_playbook_residue() -> None:
    """A site keeps them beside the role's; what makes residue remove something is a mistake elsewhere."""
    kept = {"forget_me_nodetool": "nodetool", "forget_me_gc_grace_seconds": {}, "forget_me_report_dir": "/r", "search": "x"}
    assert faults_of_names(kept, {}, of_predecessor=True) == []
    assert faults_of_names({**kept, "forget_me_purge": "compact"}, {}, of_predecessor=True, of_residue=True) == []
    [elsewhere] = faults_of_names({"forget_me_purge": "compact"}, {}, of_predecessor=True)
    assert elsewhere.startswith("forget_me_purge is not a known variable")
    [misspelled] = faults_of_names({"forget_me_purg": "compact"}, {}, of_predecessor=True, of_residue=True)
    assert "did you mean forget_me_purge?" in misspelled
    [bare] = faults_of_names({}, {"purge": "compact"}, of_predecessor=True, of_residue=True)
    assert "did you mean forget_me_purge?" in bare


def of_residue(**extra: t.Any) -> dict[str, t.Any]:
    given = RequestInput(
        variables=extra,
        extra=extra,
        resolve=lambda value: value,
        is_template=lambda _text: False,
        predecessor=True,
        local=False,
        of_residue=True,
    )
    values = _request.values_of(given)
    _request.check_purge(values, extra)
    return values


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ({"forget_me_purge": "compact", "forget_me_purge_snapshots": "a, b"}, {"purge": "compact", "purge_snapshots": ["a", "b"]}),
        ({"forget_me_purge": "compact", "cleanup": True}, {"purge": "compact", "cleanup": True}),
        ({"cleanup": "false"}, {"cleanup": False}),
        ({"forget_me_erased_at": "2026-11-24T10:00:00Z"}, {"erased_at": "2026-11-24T10:00:00Z"}),
        (
            {"forget_me_erased_at": datetime.datetime(2026, 11, 24, tzinfo=datetime.timezone.utc)},
            {"erased_at": "2026-11-24T00:00:00+00:00"},
        ),
        ({"forget_me_gc_grace_seconds": {"sipfs.a": "5"}}, {"gc_grace_seconds": {"sipfs.a": 5}}),
        ({"forget_me_residue_paths": ["/a", "/b"]}, {"residue_paths": ["/a", "/b"]}),
    ],
)
def test_what_residue_is_told(given: dict[str, t.Any], meant: dict[str, t.Any]) -> None:
    assert of_residue(**given) == meant


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"forget_me_purge": "Compact"}, "forget_me_purge must be one of report, compact"),
        ({"forget_me_purge": True}, "forget_me_purge must be one of report, compact"),
        ({"forget_me_purge_snapshots": ["before"]}, "set forget_me_purge: compact as well"),
        ({"cleanup": True}, "cleanup removes nothing from disks: set forget_me_purge: compact"),
        ({"forget_me_cleanup": True, "forget_me_purge": "report"}, "cleanup removes nothing from disks"),
        *(({option.variable: CANARY}, option.variable) for option in RESIDUE_OPTIONS),
        *(({option.variable: [CANARY]}, option.variable) for option in RESIDUE_OPTIONS),
        *(({option.variable: {CANARY: CANARY}}, option.variable) for option in RESIDUE_OPTIONS),
    ],
)
def test_what_residue_does_not_understand(given: dict[str, t.Any], says: str) -> None:
    """The person in a wrong field was given to a command, and made a bug of it."""
    with pytest.raises(BadRequest) as caught:
        of_residue(**given)
    assert says in str(caught.value)
    assert "canary" not in str(caught.value)


def test_who_is_looked_for_on_disks() -> None:
    given = {"subjects": [{"ref": "T", "identifiers": [CANARY]}], "region": "US", "report_dir": "/r", "gws_url": ["https://x.com"]}
    assert _request.options_of_residue(given, "") == {
        "search": [],
        "subjects": json.dumps(given["subjects"]),
        "region": "US",
        "match": "exact",
        "min_length": 5,
        "stop_file": "",
    }
    assert _request.options_of_residue({"search": CANARY}, "")["search"] == CANARY
    assert _request.options_of_residue({"subjects_file": "/f"}, f"{CANARY}\n")["subjects"] == f"{CANARY}\n"


# -- holds

HELD = "held@example.com"


@pytest.mark.parametrize("given", [["more@example.com"], "more@example.com", [], "", None, [HELD]])
def test_an_extra_variable_never_lifts_a_hold(given: t.Any) -> None:
    held = values({"forget_me_holds": given}, other_holds=[HELD])["holds"]
    assert held[0] == HELD
    assert len(held) == 1 + (given in (["more@example.com"], "more@example.com"))


def test_holds_of_the_inventory_are_templates_as_well() -> None:
    assert "can't be resolved" in refused({"forget_me_holds": []}, other_holds="{{ fails }}")


@pytest.mark.parametrize("text", ["Bob Smith, Carl Jones", '["Bob Smith"]', "agent1; agent2", "- Bob Smith\n- Carl Jones", "Smith, Bob"])
def test_holds_in_one_text_are_no_list(text: str) -> None:
    assert "has several entries in one string: use a list" in refused({"forget_me_holds": text})
    assert values({"forget_me_holds": [text]})["holds"] == [text]


@pytest.mark.parametrize("text", ["Bob Smith", "bob@example.com, +1 202 555 0147", '["bob@example.com"]', "/users/1/settings/a,b"])
def test_one_hold_may_be_a_text(text: str) -> None:
    assert values({"forget_me_holds": text})["holds"] == [text]


def test_a_field_that_stands_twice() -> None:
    given = RequestInput({}, {}, lambda value: value, lambda _text: False, True, True, repeated=["forget_me_subjects", "somebody_else's"])
    with pytest.raises(BadRequest, match="forget_me_subjects repeats a field in one entry, and only the last one would count") as caught:
        _request.values_of(given)
    assert "somebody" not in str(caught.value)


# -- what is printed

PRINTED = ["report_dir", "work_dir", "checkpoint_dir", "ledger", "export", "stop_file", "progress_file"]


@pytest.mark.parametrize("name", PRINTED)
@pytest.mark.parametrize(
    ("search", "part"),
    [
        (CANARY, "/srv/" + CANARY),
        (f"Ann <{CANARY.upper()}>", f"./{CANARY}/x"),
        ("+1 202 555 0147", "reports/12025550147"),
        ("2025550147", "/srv/+1 (202) 555-0147"),
    ],
)
def test_the_person_in_a_path(name: str, search: str, part: str) -> None:
    given = values({"search": search, "forget_me_" + name: part})
    for people in ({"search": given["search"]}, {"subjects": [{"ref": "T-1", "identifiers": [search]}]}):
        with pytest.raises(BadRequest, match=f"forget_me_{name} contains an identifier of a person who is searched for") as caught:
            _request.check_nothing_revealed({name: given[name], **people}, "")
        assert CANARY not in str(caught.value)
    with pytest.raises(BadRequest, match=f"forget_me_{name} contains"):
        _request.check_nothing_revealed({name: given[name]}, f"# people\nsomebody@example.org\n{search}\n")


@pytest.mark.parametrize("path", ["/srv/reports", "/srv/other@example.com/reports", "/srv/20261126T070353Z", "reports/T-4711"])
def test_other_paths_hold_nobody(path: str) -> None:
    _request.check_nothing_revealed(
        {"search": [CANARY, "+12025550147", "Ann Lee"], "report_dir": path, "cassandra_hosts": ["10.1.2.3"]}, ""
    )


def test_a_home_folder_may_be_called_after_who_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", f"/home/{CANARY}")
    _request.check_nothing_revealed({"search": CANARY, "work_dir": f"/home/{CANARY}/.ansible/gws_pii"}, "")


def test_addresses_from_the_environment_are_checked() -> None:
    environment = {"GWS_PII_CASSANDRA_HOSTS": "a.example.com, b.example.com", "GWS_PII_GWS_URL": "https://gws.example.com"}
    found: dict[str, t.Any] = {}
    _request.take_from_environment(found, environment)
    assert found == {"cassandra_hosts": ["a.example.com", "b.example.com"], "gws_url": ["https://gws.example.com"]}
    _request.take_from_environment(found, {"GWS_PII_GWS_URL": "https://other.example.com"})
    assert found["gws_url"] == ["https://gws.example.com"]
    with pytest.raises(BadRequest, match=r"GWS_PII_CASSANDRA_HOSTS has an entry.*; GWS_PII_GWS_URL is not an HTTP address") as caught:
        _request.take_from_environment({}, dict.fromkeys(environment, CANARY))
    assert CANARY not in str(caught.value)


# -- files


def test_a_pipe_or_device_for_a_file_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/zero")):
        assert "is a pipe or a device" in refused({"forget_me_subjects_file": str(path)})


@pytest.mark.parametrize("name", ["export", "ledger"])
def test_files_that_are_written_late_are_looked_at_early(tmp_path: Path, name: str) -> None:
    """Without making anything, or changing what is there."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "old").write_text("old")
    for place in ("pipe", "", "old/new", "/proc/new/one", "/dev/null"):
        with pytest.raises(BadRequest, match=f"^Nothing was done: forget_me_{name} is not a file that can be written .errno [0-9]+.\\.$"):
            _request.check_folders({name: str(tmp_path / place)}, local=True, erases=True)
    for place in ("old", "new", "a/b/c"):
        _request.check_folders({name: str(tmp_path / place)}, local=True, erases=True)
    assert {path.name for path in tmp_path.iterdir()} == {"pipe", "old"}
    assert (tmp_path / "old").read_text() == "old"
    _request.check_folders({"ledger": "/dev/null"}, local=True, erases=False)


@pytest.mark.parametrize("name", ["export", "expect_plan"])
def test_what_comes_of_gws_needs_a_login(name: str) -> None:
    login = {"gws_url": ["https://x.com"], "gws_username": "a", "gws_password": "b"}
    _request.check_login({name: "x", **login})
    for missing in ("gws_url", "gws_username"):
        with pytest.raises(BadRequest, match=f"forget_me_{name} needs GWS|only one of the GWS user"):
            _request.check_login({name: "x", **{one: value for one, value in login.items() if one != missing}})


@pytest.mark.parametrize("name", ["search", "forget_me_subjects", "forget_me_group", "forget_me_holds"])
def test_a_value_that_holds_itself(name: str) -> None:
    value: list[t.Any] = [{"identifiers": [CANARY]}]
    value[0]["more"] = value
    assert "contains itself through a YAML alias" in refused({name: value})


@pytest.mark.parametrize("predecessor", [True, False])
@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("cleanup", "cleanup counts only as an extra variable (-e) of the playbook: use forget_me_cleanup"),
        ("group_name", "group_name counts only as an extra variable (-e) of the playbook: use forget_me_group"),
        ("cleanp", "cleanp is not a known variable (did you mean cleanup?)"),
        ("holds", "holds is not a known variable (did you mean forget_me_holds?)"),
        ("max_delets", "max_delets is not a known variable (did you mean forget_me_max_deletes?)"),
    ],
)
def test_what_the_role_is_called_with_is_meant_for_it(name: str, says: str, predecessor: bool) -> None:
    """A role called with ``cleanup: true`` did a dry run, and ended well."""
    assert says in refused(call={"forget_me_search": CANARY, name: CANARY}, predecessor=predecessor)


def test_what_the_caller_makes_something_of_is_not_refused() -> None:
    call = {"cleanup": True, "forget_me_cleanup": "true", "subjects": [], "forget_me_subjects": [], "ticket": CANARY, "__forget_me_x": 1}
    assert values(call=call, predecessor=False)["cleanup"] is True
    assert values({"cleanup": True}, call={"forget_me_group": "x"})["cleanup"] is True
    assert "cleanup" not in values(cleanup=True), "an inventory's is somebody else's"


@pytest.mark.parametrize(
    ("extra", "others"),
    [
        ({"forget_me_expect_plan": ""}, {}),
        ({"forget_me_expect_plan": " "}, {}),
        ({"forget_me_expect_plan": None}, {}),
        ({}, {"forget_me_expect_plan": "{{ nothing }}"}),
    ],
)
def test_an_approval_that_is_blank_approves_nothing(extra: dict[str, t.Any], others: dict[str, t.Any]) -> None:
    """A job that hands on the digest of a plan, and had none, would have every plan approved."""
    assert "forget_me_expect_plan is blank, which would approve any plan" in refused(extra, **others)


def test_no_approval_is_asked_for_by_default() -> None:
    assert "expect_plan" not in values(forget_me_expect_plan="")
