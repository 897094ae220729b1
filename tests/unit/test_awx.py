# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The objects of examples/awx are such as AWX takes, and fit the role. (That the playbook makes them: tests/integration/test_awx.py.)"""

from __future__ import annotations

import copy
import json
import stat
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.parsing.dataloader import DataLoader

from tests.lab import awx

ROOT = Path(__file__).parents[2]
PROJECT = ROOT / "examples" / "awx"
ROLE = yaml.safe_load((ROOT / "roles/forget_me/meta/argument_specs.yml").read_text())["argument_specs"]["main"]["options"]
SURVEY = json.loads((PROJECT / "survey.json").read_text())


def plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(name): plain(entry) for name, entry in value.items()}
    if isinstance(value, list):
        return [plain(entry) for entry in value]
    return value if isinstance(value, (bool, int)) else str(value)


KINDS: list[dict[str, Any]] = plain(DataLoader().load_from_file(str(PROJECT / "credential_types.yml")))["awx_credential_types"]
PEM = "-----BEGIN {0}-----\nAAAA\n-----END {0}-----"
FULL: dict[str, dict[str, Any]] = {
    "Genesys Web Services": {
        "gws_url": "https://gws.example.com:8090",
        "gws_username": "admin",
        "gws_password": "secret",
        "gws_headers": '{"X-Site": "1"}',
        "gws_ca": PEM.format("CERTIFICATE"),
        "gws_client_cert": PEM.format("CERTIFICATE"),
        "gws_client_key": PEM.format("PRIVATE KEY"),
    },
    "Cassandra of Genesys Web Services": {
        "cassandra_hosts": "one.example.com,two.example.com",
        "cassandra_port": "9142",
        "cassandra_keyspace": "sipfs",
        "cassandra_username": "gdpr",
        "cassandra_password": "{{ not a template }}",
        "cassandra_tls": True,
        "cassandra_ca": PEM.format("CERTIFICATE"),
        "cassandra_client_cert": PEM.format("CERTIFICATE"),
        "cassandra_client_key": PEM.format("EC PRIVATE KEY"),
    },
    "Evidence of erasures": {"site_key": "a site's secret", "receipt_key": PEM.format("OPENSSH PRIVATE KEY")},
}


def injected(kind: dict[str, Any], inputs: dict[str, Any], private: Path) -> dict[str, Any]:
    awx.check_credential(kind, inputs)
    environment, (option, file) = awx.inject(kind, inputs, private)
    assert environment == {}
    assert option == "-e"
    assert stat.S_IMODE(Path(file[1:]).stat().st_mode) == 0o400
    variables: dict[str, Any] = plain(DataLoader().load_from_file(file[1:]))
    return variables


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind["name"])
def test_credential_types(kind: dict[str, Any], tmp_path: Path) -> None:
    awx.check_credential_type(kind)
    assert set(kind["injectors"]["extra_vars"]) <= set(ROLE)
    for field in kind["inputs"]["fields"]:
        hidden = any(word in field["id"] for word in ("password", "_key", "headers")) and "keyspace" not in field["id"]
        assert bool(field.get("secret")) is hidden, field["id"]
    full = injected(kind, FULL[kind["name"]], tmp_path)
    for name, value in full.items():
        if name.endswith(("_cert", "_client_key")):
            content = Path(value).read_text()
            assert content.startswith("-----BEGIN "), name
            assert stat.S_IMODE(Path(value).stat().st_mode) == 0o600
    least = {name: value for name, value in FULL[kind["name"]].items() if name in kind["inputs"]["required"]}
    empty = injected(kind, least, tmp_path / "least")
    assert not [name for name in empty if name.endswith(("_cert", "_client_key")) and empty[name] not in ("", "None")], (
        "no file without content"
    )


def test_the_jobs_credentials_give_what_the_role_needs() -> None:
    names = [name for kind in KINDS for name in kind["injectors"]["extra_vars"]]
    assert len(names) == len(set(names))
    for name in ("gws_url", "gws_username", "gws_password", "gws_ca_cert", "cassandra_hosts", "cassandra_ssl", "cassandra_ca_cert", "key"):
        assert f"forget_me_{name}" in names


def test_survey() -> None:
    awx.check_survey(SURVEY)
    known = set(ROLE) | {"ticket"}
    mapping = (PROJECT / "forget_me_report.yml").read_text()
    for question in SURVEY["spec"]:
        name = question["variable"]
        assert name in known or name in mapping
        assert (question["type"] == "password") is name.startswith("person_")
    given = awx.answered(SURVEY, {"ticket": "T-1", "person_email": "ann@example.com"})
    assert given["person_phone"] == ""
    for wrong in ({}, {"ticket": "T"}, {"ticket": 4711}, {"ticket": "T-1", "cleanup": "true"}):
        with pytest.raises(awx.Refused):
            awx.answered(SURVEY, wrong)


def test_both_playbooks_take_the_survey_alike() -> None:
    """Otherwise the plans would differ."""
    report, erase = (
        next(play for play in yaml.safe_load((PROJECT / f"forget_me_{name}.yml").read_text()) if "import_playbook" in play)
        for name in ("report", "erase")
    )
    assert {**report["vars"], "forget_me_cleanup": True} == erase["vars"]


def test_both_playbooks_are_offered() -> None:
    assert {"forget_me.yml", "forget_me_report.yml", "forget_me_erase.yml"} <= awx.playbooks(PROJECT)


def changed(value: Any, *path: Any, to: Any) -> Any:
    value = copy.deepcopy(value)
    inner = value
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = to
    return value


@pytest.mark.parametrize(
    "kind",
    [
        changed(KINDS[0], "kind", to="custom"),
        changed(KINDS[0], "inputs", "fields", 0, "id", to="tower"),
        changed(KINDS[0], "inputs", "fields", 1, "id", to="gws_url"),
        changed(KINDS[0], "inputs", "fields", 0, "id", to="gws-url"),
        changed(KINDS[0], "inputs", "fields", 0, "hidden", to=True),
        changed(KINDS[1], "inputs", "fields", 5, "secret", to=True),
        changed(KINDS[1], "inputs", "fields", 1, "default", to=9042),
        changed(KINDS[0], "injectors", "file", "template", to="{{ gws_ca }}"),
        changed(KINDS[0], "injectors", "env", to={"ANSIBLE_BECOME": "true"}),
        changed(KINDS[0], "injectors", "extra_vars", "forget_me_gws_url", to="{{ nothing }}"),
        changed(KINDS[0], "injectors", "extra_vars", "forget_me_gws_url", to="{{ tower.filename.nothing }}"),
        changed(KINDS[0], "injectors", "extra_vars", "forget_me_gws_url", to="{{ tower.filename }}"),
        changed(KINDS[0], "injectors", "extra_vars", "forget_me_gws_url", to=17),
    ],
)
def test_the_stand_in_refuses_what_awx_refuses(kind: dict[str, Any]) -> None:
    with pytest.raises(awx.Refused):
        awx.check_credential_type(kind)


@pytest.mark.parametrize(
    "survey",
    [
        changed(SURVEY, "spec", to=[]),
        changed(SURVEY, "name", to=None),
        changed(SURVEY, "spec", 0, "required", to="yes"),
        changed(SURVEY, "spec", 0, "type", to="boolean"),
        changed(SURVEY, "spec", 0, "variable", to="person_email"),
        changed(SURVEY, "spec", 0, "min", to="3"),
        changed(SURVEY, "spec", 0, "default", to=3),
        changed(SURVEY, "spec", 0, "type", to="multiplechoice"),
        changed(SURVEY, "spec", 1, "default", to="$encrypted$"),
    ],
)
def test_the_stand_in_refuses_surveys_that_awx_refuses(survey: dict[str, Any]) -> None:
    with pytest.raises(awx.Refused):
        awx.check_survey(survey)
