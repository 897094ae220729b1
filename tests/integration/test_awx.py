# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""examples/awx: what its playbook makes in AWX, and the jobs as AWX runs them: report, approval, erase. And data that looks like a template."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.integration.conftest import SMALL
from tests.integration.support import (
    BIN,
    PASSWORD,
    ROOT,
    Canaries,
    Player,
    as_loaded,
    differences,
    environment,
    only_reads,
    write_private,
)
from tests.lab import awx
from tests.lab.lab import Lab
from tests.lab.population import FAVORITES

S1 = SMALL.truth.subject("S-1")
KEY = "a site's secret, 2026"


PROJECT = ROOT / "examples" / "awx"
WITH_GWS, WITH_CASSANDRA, WITH_EVIDENCE = "Genesys Web Services", "Cassandra of Genesys Web Services", "Evidence of erasures"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[dict[str, Any]]]:
    """What awx.yml makes in AWX, by module."""
    folder = tmp_path_factory.mktemp("awx")
    awx.write_modules(folder)
    record = folder / "record.jsonl"
    site = {
        "awx_project_url": "https://git.example.com/forget-me.git",
        "awx_image": "registry.example.com/forget-me:1",
        "awx_approvers": "Data protection",
        "awx_instance_group": "forget-me",
        "awx_exposed_paths": ["/var/lib/forget_me"],
        "awx_folder": str(folder / "lasting"),
        "awx_credentials": {"evidence": {"site_key": KEY}},
    }
    given = write_private(folder / "site.yml", json.dumps(site))
    command = [str(BIN / "ansible-playbook"), str(PROJECT / "awx.yml"), "-e", f"@{given}"]
    around = environment(folder / "home", ANSIBLE_COLLECTIONS_PATH=str(folder), AWX_STAND_IN=str(record))
    done = subprocess.run(command, cwd=folder, env=around, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert KEY not in done.stdout + done.stderr
    return awx.objects_of(record)


def test_awx_takes_what_is_made(made: dict[str, list[dict[str, Any]]]) -> None:
    kinds = {kind["name"]: kind for kind in made["credential_type"]}
    assert set(kinds) == {WITH_GWS, WITH_CASSANDRA, WITH_EVIDENCE}
    for kind in kinds.values():
        awx.check_credential_type(kind)
    (credential,) = made["credential"]
    awx.check_credential(kinds[credential["credential_type"]], credential["inputs"])
    (workflow,) = made["workflow_job_template"]
    templates = {template["name"]: template for template in made["job_template"]}
    for one in (workflow, *(template for template in templates.values() if template["survey_enabled"])):
        awx.check_survey(one["survey_spec"])
        asked = {question["variable"]: question for question in one["survey_spec"]["spec"]}
        assert all(question["type"] == "password" for name, question in asked.items() if name.startswith("person_"))
        assert not one["ask_variables_on_launch"]
    offered = awx.playbooks(PROJECT)
    for template in templates.values():
        assert template["playbook"] in offered
        assert set(template["credentials"]) == {"Forget me: gws", "Forget me: cassandra", "Forget me: evidence"}
        assert template["verbosity"] == 0
        assert not template["ask_verbosity_on_launch"]
        assert {template["project"], template["inventory"], template["execution_environment"]} == {"Forget me"}
    steps = {node["identifier"]: node for node in workflow["workflow_nodes"]}
    assert steps["report"]["unified_job_template"]["name"] in templates
    assert steps["report"]["related"] == {"success_nodes": [{"identifier": "approval"}]}
    assert steps["approval"]["unified_job_template"]["type"] == "workflow_approval"
    assert steps["approval"]["related"] == {"success_nodes": [{"identifier": "erase"}]}
    assert steps["erase"]["unified_job_template"]["name"] in templates
    assert "related" not in steps["erase"]
    assert made["role"][0]["role"] == "approval"
    assert made["settings"] == [{"settings": {"AWX_ISOLATION_SHOW_PATHS": ["/var/lib/forget_me"]}}]


class Workflow:
    """Launches jobs as AWX does, each with a private folder of its own; what lies in the lasting folder stays."""

    def __init__(self, player: Player, folder: Path, made: dict[str, list[dict[str, Any]]], bin: Path = BIN) -> None:
        self.player, self.folder, self._made, self._bin = player, folder, made, bin
        self._number = 0
        lab = player.lab
        inputs = {
            WITH_GWS: {"gws_url": lab.gws.url, "gws_username": lab.credentials["username"], "gws_password": PASSWORD},
            WITH_CASSANDRA: {
                "cassandra_hosts": lab.node.address,
                "cassandra_port": str(lab.node.cql_port),
                "cassandra_keyspace": lab.keyspace,
            },
            WITH_EVIDENCE: {"site_key": KEY},
        }
        self.credentials = [(kind, inputs[kind["name"]]) for kind in made["credential_type"]]
        for kind, values in self.credentials:
            awx.check_credential(kind, values)

    def __call__(self, name: str, answers: dict[str, Any], **artifacts: Any) -> tuple[int, str, dict[str, Any]]:
        """Exit code, output and artifacts of a job."""
        self._number += 1
        private = self.folder / f"job-{self._number}"
        (template,) = (template for template in self._made["job_template"] if template["name"] == name)
        template = {**template, "extra_vars": {**template["extra_vars"], **self.folders()}}
        (workflow,) = self._made["workflow_job_template"]
        launched = {**awx.answered(workflow["survey_spec"], answers), **artifacts}
        around = awx.write_job(private, job=self._number, template=template, launched=launched, credentials=self.credentials)
        shutil.copytree(PROJECT, private / "project")
        home = self.folder / f"home-{self._number}"  # of the container
        done = subprocess.run(
            [str(self._bin / "ansible-runner"), "run", str(private), "-p", template["playbook"], "--ident", "job"],
            cwd=private,
            env={
                **environment(home, ANSIBLE_COLLECTIONS_PATH=str(ROOT / "build" / "collections"), **around),
                "PATH": f"{self._bin}:/usr/local/bin:/usr/bin:/bin",
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=400,
            check=False,
        )
        found: dict[str, Any] = {}
        for event in (private / "artifacts" / "job" / "job_events").glob("*.json"):
            data = json.loads(event.read_text()).get("event_data", {})
            found.update(data.get("artifact_data") or {})
        assert Canaries(SMALL, KEY).in_files(private / "artifacts") == []
        assert Canaries(SMALL, KEY).in_files(home) == []
        return done.returncode, done.stdout, found

    def folders(self) -> dict[str, str]:
        """The lasting folder, as the job template gives it."""
        lasting = self.folder / "lasting"
        return {
            "forget_me_work_dir": str(lasting / "work"),
            "forget_me_report_dir": str(lasting / "reports"),
            "forget_me_ledger": str(lasting / "ledger"),
        }


ANSWERS = {"ticket": "S-1", "person_email": S1.identifiers[0], "person_phone": S1.identifiers[1], "forget_me_region": "US"}
REPORT, ERASE = "Forget me: report", "Forget me: erase"


def approval_chain(lab: Lab, job: Workflow) -> None:
    """Report, an erasure without a plan, one of another plan, one whose folder would vanish, the one that was approved."""
    rc, output, handed_on = job(REPORT, ANSWERS)
    assert rc == 0, output
    assert set(handed_on) == {"forget_me_expect_plan"}
    assert len(handed_on["forget_me_expect_plan"]) == 64
    assert only_reads(lab.gws.requests)
    assert as_loaded(lab)

    rc, output, _none = job(ERASE, ANSWERS)
    assert rc != 0
    assert "Launch the workflow" in output
    assert as_loaded(lab)

    owner, group = next((owner, group) for owner, group in SMALL.groups if group.name == FAVORITES.name and owner.scope == "user")
    lab.layout.put(owner, group, "added", {group.key: "added", "emailAddress": S1.email})
    rc, output, _none = job(ERASE, ANSWERS, **handed_on)
    assert rc != 0
    assert "the plan differs from the approved one" in output, output
    assert only_reads(lab.gws.requests)
    lab.layout.delete(owner, group, "added")

    rc, output, _none = job(ERASE, ANSWERS, **handed_on)
    assert rc == 0, output
    assert "Proven: " in output
    assert differences(SMALL, lab.settings(), ["S-1"]) == []
    lasting = job.folder / "lasting"
    assert len(list((lasting / "reports").glob("*.json"))) >= 2
    assert (lasting / "ledger").exists()
    assert Canaries(SMALL, KEY).in_files(lasting) == []


def test_what_is_approved_is_what_is_erased(lab: Lab, player: Player, tmp_path: Path, made: dict[str, list[dict[str, Any]]]) -> None:
    approval_chain(lab, Workflow(player, tmp_path, made))


@pytest.mark.parametrize("where", ["the container's home", "the job's private folder"])
def test_an_erasure_whose_work_folder_would_vanish_is_refused(
    lab: Lab, player: Player, tmp_path: Path, made: dict[str, list[dict[str, Any]]], where: str
) -> None:
    class Fleeting(Workflow):
        def folders(self) -> dict[str, str]:
            if where == "the container's home":
                return dict.fromkeys(super().folders(), "") | {"forget_me_work_dir": "~/.ansible/gws_pii"}
            return {name: str(self.folder / f"job-{self._number}" / name) for name in super().folders()}

    rc, output, _none = Fleeting(player, tmp_path, made)(ERASE, ANSWERS, forget_me_expect_plan="ab" * 32)
    assert rc != 0
    names = (
        ("forget_me_work_dir",) if where == "the container's home" else ("forget_me_work_dir", "forget_me_report_dir", "forget_me_ledger")
    )
    assert f"what is kept in {' and '.join(names)} is lost with the container when this job ends" in output, output
    assert lab.gws.requests == []
    assert as_loaded(lab)


def test_survey_answers_that_look_like_templates_are_data(
    lab: Lab, player: Player, tmp_path: Path, made: dict[str, list[dict[str, Any]]]
) -> None:
    harm = tmp_path / "harm"
    answers = {"ticket": "T{{7*7}}", "person_email": f"{{{{ lookup('pipe', 'touch {harm}') }}}}@example.com", "person_other": "  {%if%}x  "}
    rc, output, _artifacts = Workflow(player, tmp_path, made)(REPORT, answers)
    assert not harm.exists()
    assert "T49" not in output
    assert rc == 0 or "Nothing was done" in output, output


@pytest.mark.parametrize("field", ["ticket", "forget_me_group", "person_phone"])
def test_the_person_in_the_wrong_field_of_the_survey(
    lab: Lab, player: Player, tmp_path: Path, made: dict[str, list[dict[str, Any]]], field: str
) -> None:
    """Workflow() looks for the canaries in all that a job leaves."""
    answers = {"ticket": "S-1", "person_other": "4711-0815", field: S1.identifiers[0]}
    rc, output, _artifacts = Workflow(player, tmp_path, made)(REPORT, answers)
    assert Canaries(SMALL).sing(output) == []
    assert (rc == 0) is (field == "person_phone"), output


@pytest.mark.parametrize("way", ["unsafe", "file"])
def test_what_looks_like_a_template_is_data(lab: Lab, player: Player, tmp_path: Path, way: str) -> None:
    """Found as it is written, and never run; nor is what agents have stored, or what messages say."""
    person = "{{7*7}}{%if%}canary@example.com"
    like = next(entry for entry in SMALL.entries if entry.group.name == FAVORITES.name and "emailAddress" in entry.setting)
    added = {**like.setting, like.group.key: "{{7*7}}{%if%}", "emailAddress": person}
    lab.layout.put(like.owner, like.group, added[like.group.key], added)
    if way == "unsafe":
        content = f"search: !unsafe {json.dumps(person)}\n"
    else:
        content = f"forget_me_subjects_file: {write_private(tmp_path / 'people.txt', person + chr(10))}\n"
    request = write_private(tmp_path / "request.yml", content)
    run = player(arguments=("-v", "-e", f"@{request}"), cleanup=True)
    assert run.rc == 0, run.said()
    assert "Erased: 1 setting deleted" in run.summary, run.said()
    assert as_loaded(lab)
    assert "{{7*7}}" not in run.stdout + run.stderr
