# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A stand-in for AWX: what it refuses, and what it gives a job. A test device.

The rules are those of AWX 24: fields and injectors of credential types, credentials, surveys and their answers, which files are playbooks, how
injectors are rendered, what is put into the private folder of a job. AWX's modules are stood in for by modules that have the options of awx.awx, refuse
all others, and write down what they were given.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import jsonschema
import yaml
from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

Json = dict[str, Any]


class Refused(Exception):
    """AWX would answer 400."""


# ----------------------------------------------------------------------------------------------------------------------
# Credential types and credentials

_BLOCKED = frozenset(
    (
        *("VIRTUAL_ENV", "PATH", "PYTHONPATH", "JOB_ID", "INVENTORY_ID", "INVENTORY_SOURCE_ID", "INVENTORY_UPDATE_ID"),
        *("AD_HOC_COMMAND_ID", "REST_API_URL", "REST_API_TOKEN", "MAX_EVENT_RES", "CALLBACK_QUEUE", "CALLBACK_CONNECTION"),
        *("CACHE", "JOB_CALLBACK_DEBUG", "INVENTORY_HOSTVARS", "AWX_HOST", "PROJECT_REVISION", "SUPERVISOR_CONFIG_PATH"),
    )
)
_FIELD = {
    "type": "object",
    "properties": {
        "type": {"enum": ["string", "boolean"]},
        "format": {"enum": ["ssh_private_key", "url"]},
        "choices": {"type": "array", "minItems": 1, "items": {"type": "string"}, "uniqueItems": True},
        "id": {"type": "string", "pattern": "^[a-zA-Z_]+[a-zA-Z0-9_]*$"},
        "label": {"type": "string"},
        "help_text": {"type": "string"},
        "multiline": {"type": "boolean"},
        "secret": {"type": "boolean"},
        "ask_at_runtime": {"type": "boolean"},
        "default": {},
    },
    "additionalProperties": False,
    "required": ["id", "label"],
}
_INPUTS = {
    "type": "object",
    "additionalProperties": False,
    "properties": {"required": {"type": "array", "items": {"type": "string"}}, "fields": {"type": "array", "items": _FIELD}},
}
_INJECTORS = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "file": {
            "type": "object",
            "patternProperties": {r"^template(\.[a-zA-Z_]+[a-zA-Z0-9_]*)?$": {"type": "string"}},
            "additionalProperties": False,
        },
        "env": {
            "type": "object",
            "patternProperties": {"^[a-zA-Z_]+[a-zA-Z0-9_]*$": {"type": "string", "pattern": "^[\x00-\x7f]*$"}},
            "additionalProperties": False,
        },
        "extra_vars": {
            "type": "object",
            "patternProperties": {
                r"^[a-zA-Z_\{\}]+[a-zA-Z0-9_\{\}]*$": {
                    "anyOf": [{"type": "string"}, {"type": "array"}, {"$ref": "#/properties/extra_vars"}]
                }
            },
            "additionalProperties": False,
        },
    },
}


_TYPES = {"string": "str", "boolean": "bool"}


def _fits(value: Any, schema: Mapping[str, Any]) -> None:
    try:
        jsonschema.Draft4Validator(schema).validate(value)
    except jsonschema.ValidationError as error:
        raise Refused(error.message) from None


class _Namespace:
    """``tower``, or ``tower.filename``: neither is a text by itself."""

    filename: Any

    def __str__(self) -> str:
        raise TemplateError("must not be referenced directly")


def check_credential_type(kind: Mapping[str, Any]) -> None:
    """:raises Refused: when AWX would not save this credential type."""
    if kind["kind"] not in ("cloud", "net"):
        raise Refused("kind: custom types are of kind cloud or net")
    inputs, injectors = kind["inputs"], kind["injectors"]
    _fits(inputs, _INPUTS)
    seen = set()
    for field in inputs.get("fields", []):
        if field["id"] == "tower" or field["id"] in seen:
            raise Refused(f"{field['id']}: reserved, or there twice")
        seen.add(field["id"])
        of_type = field.get("type", "string")
        if "default" in field and type(field["default"]).__name__ != _TYPES[of_type]:
            raise Refused(f"{field['id']}: the default is no {of_type}")
        if of_type != "string" and {"choices", "multiline", "format", "secret"} & set(field):
            raise Refused(f"{field['id']}: not allowed for {of_type}")
    _fits(injectors, _INJECTORS)
    tower = _Namespace()
    names = [name for name in injectors.get("file", {}) if name.startswith("template")]
    if "template" in names and len(names) > 1:
        raise Refused("file: one template, or several that have names")
    if names:
        filename: Any = "EXAMPLE" if names == ["template"] else _Namespace()
        tower.filename = filename
        for name in names:
            if "." in name:
                setattr(filename, name.split(".")[1], "EXAMPLE")
    namespace = {**dict.fromkeys(seen, "EXAMPLE"), "tower": tower}
    for name in injectors.get("env", {}):
        if name.startswith("ANSIBLE_") or name in _BLOCKED:
            raise Refused(f"{name} is not allowed")
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined)
    for text in _strings(injectors.get("extra_vars", {}), with_names=True) + [
        text for part in ("file", "env") for text in injectors.get(part, {}).values()
    ]:
        try:
            environment.from_string(text).render(namespace)
        except TemplateError as error:
            raise Refused(f"template: {error}") from None


def _strings(value: Any, *, with_names: bool = False) -> list[str]:
    if isinstance(value, dict):
        return [
            text for name, entry in value.items() for text in [*([name] if with_names else []), *_strings(entry, with_names=with_names)]
        ]
    if isinstance(value, list):
        return [text for entry in value for text in _strings(entry, with_names=with_names)]
    return [str(value)]


def check_credential(kind: Mapping[str, Any], inputs: Mapping[str, Any]) -> None:
    """:raises Refused: when AWX would not save this credential, or not launch a job with it."""
    fields = {field["id"]: field for field in kind["inputs"]["fields"]}
    if set(inputs) - set(fields):
        raise Refused("inputs: unknown fields")
    for name, value in inputs.items():
        of_type = fields[name].get("type", "string")
        if type(value).__name__ != _TYPES[of_type]:
            raise Refused(f"{name}: no {of_type}")
        form = fields[name].get("format")
        if form == "url" and value and not re.match(r"^https?://[^/]+", str(value)):
            raise Refused(f"{name}: no URL")
        keys = re.findall(r"^-{4,} *BEGIN [A-Z ]*PRIVATE KEY *-{4,}$", str(value), re.MULTILINE)
        if form == "ssh_private_key" and value and len(keys) != 1:
            raise Refused(f"{name}: exactly one private key is required")
    missing = [name for name in kind["inputs"].get("required", []) if not inputs.get(name)]
    if missing:
        raise Refused(f"required: {missing}")


def inject(kind: Mapping[str, Any], inputs: Mapping[str, Any], private: Path) -> tuple[dict[str, str], list[str]]:
    """Environment and arguments that a credential gives a job; its files are written below ``private``/env."""
    (private / "env").mkdir(parents=True, exist_ok=True)
    tower = _Namespace()
    namespace: Json = {"tower": tower}
    for field in kind["inputs"].get("fields", []):
        value = inputs.get(field["id"], field.get("default", ""))
        if field.get("type") == "boolean":
            namespace[field["id"]] = bool(inputs.get(field["id"], False))
        elif value:
            ends = field.get("format") == "ssh_private_key" and not value.endswith("\n")
            namespace[field["id"]] = value + "\n" if ends else value
    environment = ImmutableSandboxedEnvironment()
    for label, template in kind["injectors"].get("file", {}).items():
        path = _written(private / "env", environment.from_string(template).render(**namespace), 0o600)
        if "." in label:
            if not hasattr(tower, "filename"):
                tower.filename = _Namespace()
            setattr(tower.filename, label.split(".")[1], path)
        else:
            tower.filename = path
    variables = {name: environment.from_string(text).render(**namespace) for name, text in kind["injectors"].get("env", {}).items()}

    def rendered(node: Any) -> Any:
        if isinstance(node, dict):
            return {rendered(name): rendered(entry) for name, entry in node.items()}
        if isinstance(node, list):
            return [rendered(entry) for entry in node]
        return environment.from_string(node).render(**namespace)

    extra = rendered(kind["injectors"].get("extra_vars", {}))
    return variables, ["-e", f"@{_written(private / 'env', safe_dump(extra), 0o400)}"] if extra else []


def _written(folder: Path, content: str, mode: int) -> str:
    handle, path = tempfile.mkstemp(dir=folder)
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        stream.write(content)
    os.chmod(path, mode)
    return path


class _Unsafe(yaml.SafeDumper):
    def represent_data(self, data: Any) -> yaml.Node:
        if isinstance(data, str):
            return self.represent_scalar("!unsafe", data)
        return super().represent_data(data)


def safe_dump(variables: Mapping[str, Any], trusted: Mapping[str, Any] | None = None) -> str:
    """YAML in which everything is !unsafe but what the job template itself says."""
    known = trusted or {}
    return "".join(
        yaml.dump({name: value}, Dumper=yaml.SafeDumper if name in known and known[name] == value else _Unsafe, default_flow_style=False)
        for name, value in variables.items()
    )


# ----------------------------------------------------------------------------------------------------------------------
# Surveys

_ANSWERS: dict[str, Any] = {
    **dict.fromkeys(("text", "textarea", "password", "multiplechoice", "multiselect"), str),
    "integer": int,
    "float": (float, int),
}


def check_survey(survey: Mapping[str, Any]) -> None:
    """:raises Refused: when AWX would not save this survey."""
    parts: tuple[tuple[str, type], ...] = (("name", str), ("description", str), ("spec", list))
    for name, kind in parts:
        if not isinstance(survey.get(name), kind):
            raise Refused(f"{name} is missing, or is none")
    if not survey["spec"]:
        raise Refused("spec is empty")
    variables = set()
    for question in survey["spec"]:
        needed: tuple[tuple[str, type], ...] = (("type", str), ("question_name", str), ("variable", str), ("required", bool))
        for name, kind in needed:
            if not isinstance(question.get(name), kind):
                raise Refused(f"{name} is missing, or is none")
        if question["variable"] in variables:
            raise Refused(f"{question['variable']} is asked for twice")
        variables.add(question["variable"])
        if question["type"] not in _ANSWERS:
            raise Refused(f"{question['type']} is no type")
        default = question.get("default", "")
        if default != "" and not isinstance(default, _ANSWERS[question["type"]]):
            raise Refused("the default is of another type")
        if any(not isinstance(question.get(bound), (int, type(None))) for bound in ("min", "max")):
            raise Refused("min and max are whole numbers")
        if question["type"] in ("multiselect", "multiplechoice"):
            if "choices" not in question:
                raise Refused("choices are missing")
            if any(one not in question["choices"] for one in str(default).splitlines()):
                raise Refused("the default is no choice")
        if isinstance(default, str) and default.startswith("$encrypted$"):
            raise Refused("$encrypted$ is reserved")


def answered(survey: Mapping[str, Any], answers: Mapping[str, Any]) -> Json:
    """The extra variables of a launch with these answers. :raises Refused: when AWX would not launch it."""
    questions = {question["variable"]: question for question in survey["spec"]}
    if set(answers) - set(questions):
        raise Refused("variables are not allowed on launch")
    found: Json = {}
    for name, question in questions.items():
        if name not in answers:
            if question["required"]:
                raise Refused(f"{name} value missing")
            if question.get("default") is not None:
                found[name] = question["default"]
            continue
        answer = answers[name]
        if not isinstance(answer, _ANSWERS[question["type"]]):
            raise Refused(f"{name} is of another type")
        if isinstance(answer, str) and not (question.get("min") or 0) <= len(answer) <= (question.get("max") or len(answer)):
            raise Refused(f"{name} is too short or too long")
        found[name] = answer
    return found


# ----------------------------------------------------------------------------------------------------------------------
# Projects and jobs

_PLAYBOOK = re.compile(r"^\s*?-?\s*?(?:hosts|(ansible\.builtin\.)?include|(ansible\.builtin\.)?import_playbook):\s*?.*?$", re.MULTILINE)


def playbooks(project: Path) -> set[str]:
    """What AWX offers as playbooks of a project."""
    found = set()
    for path in project.rglob("*.y*ml"):
        parts = path.relative_to(project).parts
        if {"roles", "tasks", "group_vars", "host_vars"} & set(parts) or any(part.startswith(".") for part in parts):
            continue
        if _PLAYBOOK.search(path.read_text(encoding="utf-8")):
            found.add(str(path.relative_to(project)))
    return found


def meta_variables(job: int) -> Json:
    """What AWX tells each job about itself, under two names each."""
    facts = {
        "job_id": job,
        "job_launch_type": "workflow",
        "job_template_id": 12,
        "job_template_name": "Forget me: erase",
        "project_revision": "0123456789abcdef0123456789abcdef01234567",
        "project_scm_branch": "main",
        "workflow_job_id": job + 100,
        "workflow_job_name": "Forget me",
        "user_id": 7,
        "user_name": "clerk",
        "user_email": "",
        "user_first_name": "",
        "user_last_name": "",
        "inventory_id": 3,
        "inventory_name": "Forget me",
    }
    return {f"{prefix}_{name}": value for prefix in ("tower", "awx") for name, value in facts.items()}


# ----------------------------------------------------------------------------------------------------------------------
# The modules of awx.awx

_ASKS = ("variables", "verbosity", "diff_mode", "limit", "tags", "skip_tags", "job_type", "inventory", "credential", "labels", "forks")
_COMMON: Json = {"name": {"required": True}, "description": {}, "organization": {}, "state": {"default": "present"}}
MODULES: dict[str, Json] = {
    "credential": {
        **_COMMON,
        "credential_type": {"required": True},
        "inputs": {"type": "dict", "no_log": True},
        "update_secrets": {"type": "bool", "no_log": False},
        "user": {},
        "team": {},
    },
    "credential_type": {
        **{name: _COMMON[name] for name in ("name", "description", "state")},
        "kind": {"choices": ["ssh", "vault", "net", "scm", "cloud", "insights"]},
        "inputs": {"type": "dict"},
        "injectors": {"type": "dict"},
    },
    "execution_environment": {
        **_COMMON,
        "image": {},
        "credential": {},
        "pull": {"choices": ["always", "missing", "never"], "default": "missing"},
    },
    "inventory": {
        **_COMMON,
        "organization": {"required": True},
        "variables": {"type": "dict"},
        "kind": {"choices": ["", "smart", "constructed"]},
    },
    "job_template": {
        **_COMMON,
        "job_type": {"choices": ["run", "check"]},
        **{key: {} for key in ("inventory", "project", "playbook", "execution_environment", "limit", "job_tags", "skip_tags")},
        **{key: {"type": "list", "elements": "str"} for key in ("credentials", "instance_groups", "labels")},
        **{key: {"type": "int"} for key in ("forks", "timeout", "job_slice_count")},
        "verbosity": {"type": "int", "choices": [0, 1, 2, 3, 4, 5]},
        "extra_vars": {"type": "dict"},
        "survey_spec": {"type": "dict"},
        **{f"ask_{name}_on_launch": {"type": "bool"} for name in _ASKS},
        **{key: {"type": "bool"} for key in ("use_fact_cache", "survey_enabled", "become_enabled", "diff_mode", "allow_simultaneous")},
    },
    "project": {
        **_COMMON,
        "scm_type": {"choices": ["manual", "git", "svn", "insights", "archive"]},
        **{key: {} for key in ("scm_url", "scm_branch", "local_path", "credential", "default_environment")},
        **{key: {"type": "bool"} for key in ("scm_clean", "scm_update_on_launch", "allow_override", "update_project")},
    },
    "role": {
        **{key: {} for key in ("user", "team", "workflow")},
        **{key: {"type": "list", "elements": "str"} for key in ("users", "teams", "workflows", "job_templates")},
        "role": {"required": True, "choices": ["admin", "read", "member", "execute", "adhoc", "update", "use", "approval", "auditor"]},
        "state": {"default": "present"},
    },
    "settings": {"name": {}, "value": {}, "settings": {"type": "dict"}},
    "workflow_job_template": {
        **_COMMON,
        "extra_vars": {"type": "dict"},
        "survey_spec": {"type": "dict"},
        **{key: {"type": "bool"} for key in ("survey_enabled", "allow_simultaneous", "ask_variables_on_launch")},
        "workflow_nodes": {"type": "list", "elements": "dict"},
        "destroy_current_nodes": {"type": "bool"},
        **{key: {} for key in ("inventory", "limit")},
    },
}
"""The options of the modules, as awx.awx 24 documents them: those of them that a playbook may need."""

_MODULE = '''#!/usr/bin/python
"""Writes down what it was given."""
import json
import os

from ansible.module_utils.basic import AnsibleModule

module = AnsibleModule(argument_spec=json.loads({spec!r}), supports_check_mode=True)
given = {{name: value for name, value in module.params.items() if value is not None}}
with open(os.environ["AWX_STAND_IN"], "a") as stream:
    stream.write(json.dumps([{name!r}, given]) + "\\n")
module.exit_json(changed=True)
'''


def write_modules(folder: Path) -> None:
    """A collection awx.awx below ``folder``/ansible_collections, whose modules write into the file $AWX_STAND_IN."""
    place = folder / "ansible_collections" / "awx" / "awx" / "plugins" / "modules"
    place.mkdir(parents=True)
    for name, spec in MODULES.items():
        (place / f"{name}.py").write_text(_MODULE.format(spec=json.dumps(spec), name=name), encoding="utf-8")


def objects_of(record: Path) -> dict[str, list[Json]]:
    """What the modules have written down, by module."""
    found: dict[str, list[Json]] = {name: [] for name in MODULES}
    for line in record.read_text(encoding="utf-8").splitlines():
        name, given = json.loads(line)
        found[name].append(given)
    return found


def write_job(
    private: Path,
    *,
    job: int,
    template: Mapping[str, Any],
    launched: Mapping[str, Any],
    credentials: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]],
) -> dict[str, str]:
    """Fill the private folder of a job, but for its project. The environment that ansible-runner gets.

    ``launched``: the survey's answers and the artifacts of earlier jobs of the workflow. ``credentials``: types and inputs.
    """
    (private / "env").mkdir(parents=True)
    of_template = template.get("extra_vars") or {}
    variables = {**of_template, **launched, **meta_variables(job)}
    extra = private / "env" / "extravars"
    extra.touch(mode=0o600)
    extra.write_text(safe_dump(variables, of_template), encoding="utf-8")
    arguments: list[str] = []
    environment: dict[str, str] = {}
    for kind, inputs in credentials:
        given, more = inject(kind, inputs, private)
        environment |= given
        arguments += more
    (private / "env" / "cmdline").write_text(" ".join(arguments), encoding="utf-8")
    return {
        **environment,
        "JOB_ID": str(job),
        "INVENTORY_ID": "3",
        "PROJECT_REVISION": "0123456789abcdef0123456789abcdef01234567",
        "ANSIBLE_RETRY_FILES_ENABLED": "False",
        "MAX_EVENT_RES": "700000",
        "AWX_HOST": "https://awx.example.com",
        "AWX_PRIVATE_DATA_DIR": str(private),
    }
