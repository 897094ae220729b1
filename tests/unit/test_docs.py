# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is documented is what there is."""

from __future__ import annotations

import ast
import importlib
import re
import typing as t
from pathlib import Path

import pytest
import yaml

from ansible_collections.genesys.gws.plugins.module_utils._module import argspec, run_check, run_delete, run_recall, run_residue, run_search
from ansible_collections.genesys.gws.plugins.plugin_utils._request import options_of_recall
from ansible_collections.genesys.gws.plugins.plugin_utils._role_options import OPTIONS, PREDECESSOR, Kind, OptionScope
from tests.tools import messages, stage

ROOT = Path(__file__).parents[2]
PLUGINS = "ansible_collections.genesys.gws.plugins"
SPECS = {
    "gws_pii_check": run_check.argument_spec(),
    "gws_pii_search": run_search.argument_spec(),
    "gws_pii_delete": run_delete.argument_spec(),
    "gws_pii_recall": run_recall.argument_spec(),
    "gws_pii_residue": run_residue.argument_spec(),
}


def loaded(path: str) -> t.Any:
    return yaml.safe_load((ROOT / path).read_text())


def documentation_of(module: str) -> dict[str, t.Any]:
    documentation: dict[str, t.Any] = yaml.safe_load(importlib.import_module(f"{PLUGINS}.modules.{module}").DOCUMENTATION)
    return documentation


def fragment(name: str) -> dict[str, t.Any]:
    documentation = importlib.import_module(f"{PLUGINS}.doc_fragments.{name}").ModuleDocFragment.DOCUMENTATION
    options: dict[str, t.Any] = yaml.safe_load(documentation)["options"]
    return options


def documented(module: str) -> dict[str, t.Any]:
    documentation = documentation_of(module)
    options: dict[str, t.Any] = {}
    for name in documentation["extends_documentation_fragment"]:
        options.update(fragment(name.rpartition(".")[2]))
    return {**options, **documentation["options"]}


def facts(option: dict[str, t.Any]) -> dict[str, t.Any]:
    """What a specification and a documentation must say alike."""
    return {
        "type": option.get("type", "str"),
        "elements": option.get("elements"),
        "default": option.get("default"),
        "choices": option.get("choices"),
        "aliases": sorted(option.get("aliases", [])),
        "required": bool(option.get("required", False)),
    }


@pytest.mark.parametrize("module", SPECS)
def test_options_of_modules(module: str) -> None:
    spec, options = SPECS[module], documented(module)
    assert set(options) == set(spec)
    for name, option in spec.items():
        assert facts(options[name]) == facts(option), name
        assert options[name]["description"]


@pytest.mark.parametrize("name", ["_cassandra", "_gws", "_subjects"])
def test_options_of_fragments(name: str) -> None:
    spec = getattr(argspec, f"{name[1:]}_spec")()
    options = fragment(name)
    assert set(options) == set(spec)
    for option, how in spec.items():
        fallback = how.get("fallback")
        told = re.findall(r"E\((GWS_PII_\w+)\)", str(options[option]["description"]))
        assert told == (fallback[1] if fallback else []), option


@pytest.mark.parametrize("module", SPECS)
def test_what_holds_a_person_or_a_secret_is_not_logged(module: str) -> None:
    for name, option in SPECS[module].items():
        if name in ("search", "subjects", "holds", "key", "export_key") or "password" in name or name == "gws_headers":
            assert option.get("no_log") is True, name
        else:
            assert not option.get("no_log"), name


@pytest.mark.parametrize("module", SPECS)
def test_options_that_texts_refer_to_exist(module: str) -> None:
    options = documented(module)
    for name in re.findall(r"O\((\w+)", yaml.safe_dump([documentation_of(module), options])):
        assert name in options, name


@pytest.mark.parametrize("module", SPECS)
def test_examples_are_valid(module: str) -> None:
    for task in yaml.safe_load(importlib.import_module(f"{PLUGINS}.modules.{module}").EXAMPLES):
        for action, given in task.items():
            if action.startswith("genesys.gws."):
                spec = SPECS[action.rpartition(".")[2]]
                known = set(spec) | {alias for option in spec.values() for alias in option.get("aliases", [])}
                assert set(given) <= known


OF_TYPE: dict[str, t.Any] = {"str": str, "int": int, "float": (int, float), "bool": bool, "list": list, "dict": dict}


def returned(module: str) -> dict[str, t.Any]:
    documentation: dict[str, t.Any] = yaml.safe_load(importlib.import_module(f"{PLUGINS}.modules.{module}").RETURN)
    return documentation


@pytest.mark.parametrize("module", SPECS)
def test_each_result_has_a_condition_and_a_sample(module: str) -> None:
    for name, value in returned(module).items():
        assert value["returned"], name
        inner = value.get("contains", {})
        assert "sample" in value or inner, name
        for told, what in {name: value, **inner}.items():
            if "sample" in what:
                assert isinstance(what["sample"], OF_TYPE[what["type"]]), f"{name}: the sample of {told}"
        if module != "gws_pii_residue":
            assert all("sample" in part for part in inner.values()), name


@pytest.mark.parametrize("module", SPECS)
def test_what_all_modules_return(module: str) -> None:
    documented = returned(module)
    assert documented["code"]["returned"] == "failure"
    assert documented["key_source"]["returned"] != "always", "not when the secret can't be read"


ROLE = loaded("roles/forget_me/meta/argument_specs.yml")["argument_specs"]["main"]["options"]
DEFAULTS = loaded("roles/forget_me/defaults/main.yml")


def test_variables_of_the_role() -> None:
    assert set(DEFAULTS) == set(ROLE)
    for name, option in ROLE.items():
        assert name.startswith("forget_me_")
        default = DEFAULTS[name]
        if isinstance(default, str) and "{{" in default:
            assert "default" not in option, name
        else:
            assert option["default"] == default, name
            assert not option.get("choices") or default in option["choices"], name


def test_no_option_of_the_role_is_quoted() -> None:
    """A check of ansible-core quotes a value that has a wrong type, or is no choice."""
    for name, option in ROLE.items():
        assert option["type"] in ("raw", "str"), name
        assert "choices" not in option, name


def test_the_role_hides_what_the_modules_hide() -> None:
    for name, option in ROLE.items():
        bare = name.removeprefix("forget_me_")
        secret = bare in ("search", "subjects", "holds", "key", "receipt_key", "gws_headers") or "password" in bare
        assert bool(option.get("no_log")) is secret, name


def test_choices_of_the_role_are_those_of_the_modules() -> None:
    spec = SPECS["gws_pii_delete"]
    names = {"possible": "match_possible", "consistency_level": "consistency_level"}
    for name, option in ROLE.items():
        bare = name.removeprefix("forget_me_")
        bare = names.get(bare, bare)
        if bare in spec:
            told = re.findall(r"V\((\w+)\)", str(option["description"]).rpartition("One of")[2])
            assert not spec[bare].get("choices") or told == spec[bare]["choices"], name
            if spec[bare]["type"] in ("int", "bool"):
                assert option["default"] == spec[bare]["default"], name


def test_the_table_of_the_role_is_its_documentation() -> None:
    assert {option.variable for option in OPTIONS} == set(ROLE)
    for option in OPTIONS:
        told = re.findall(r"V\((\w+)\)", str(ROLE[option.variable]["description"]).rpartition("One of")[2])
        assert option.kind is not Kind.CHOICE or tuple(told) == option.choices, option.variable


def test_the_role_passes_every_option_of_the_modules() -> None:
    """By module_defaults of the action group: an option that only one module has must not be among those of all."""
    search, delete, check = (set(SPECS[f"gws_pii_{module}"]) for module in ("search", "delete", "check"))
    of = {one: {option.module_option for option in OPTIONS if option.module_option and option.scope is one} for one in OptionScope}
    of[OptionScope.ALL].add("key_file")
    assert of[OptionScope.ALL] <= search & delete & check
    assert search - of[OptionScope.ALL] - of[OptionScope.SEARCH] == {"scan_hosts", "scan_host"}
    assert of[OptionScope.SEARCH] <= search
    assert delete - of[OptionScope.ALL] - of[OptionScope.DELETE] == {"findings", "fail_on_left", "receipts", "run_record", "export_key"}
    assert of[OptionScope.DELETE] <= delete
    assert check <= of[OptionScope.ALL] | of[OptionScope.SEARCH] | of[OptionScope.DELETE]
    all_options = {one: dict.fromkeys(names, "") for one, names in of.items()}
    assert set(options_of_recall(all_options, "file")) | {"receipts"} == set(SPECS["gws_pii_recall"])


def test_the_table_of_the_role_has_the_choices_of_the_modules() -> None:
    spec = {**SPECS["gws_pii_search"], **SPECS["gws_pii_delete"]}
    for option in OPTIONS:
        if option.module_option:
            assert tuple(spec[option.module_option].get("choices", ())) == option.choices, option.variable


def test_variables_of_the_role_that_its_files_use_exist() -> None:
    set_by_tasks = set()
    used: set[str] = set()
    for path in sorted((ROOT / "roles/forget_me").rglob("*.*")):
        if path.suffix in (".yml", ".j2"):
            text = path.read_text()
            used |= set(re.findall(r"(?<!_)\bforget_me_(?!step\b)\w+", text))
            set_by_tasks |= set(re.findall(r"(?:register: |^\s+|\{%-? ?set |loop_var: )(forget_me_\w+)(?=:|\s|$)", text, re.MULTILINE))
    assert used - set_by_tasks <= set(ROLE), used - set_by_tasks - set(ROLE)


# The predecessor's parameters
def test_names_of_the_predecessor() -> None:
    """Its parameters, by its documentation, and Cassandra's login, which it did not have."""
    assert set(PREDECESSOR) == {
        *("search", "cass_keyspace", "cass_hostname", "cass_port", "group_name", "cleanup"),
        *("gws", "gws_username", "gws_user_password", "gws_additional_headers", "cass_username", "cass_password"),
    }
    assert set(PREDECESSOR.values()) <= set(ROLE)


def test_names_of_the_predecessor_are_aliases_of_the_modules() -> None:
    spec = SPECS["gws_pii_delete"]
    aliases = {alias for option in spec.values() for alias in option.get("aliases", [])} | set(spec)
    assert set(PREDECESSOR) - {"cleanup"} <= aliases


def test_all_modules_are_in_one_action_group() -> None:
    runtime = loaded("meta/runtime.yml")
    assert set(SPECS) == set(runtime["action_groups"]["gws_pii"])


def test_each_module_has_an_action_plugin_that_censors() -> None:
    for module in SPECS:
        plugin = importlib.import_module(f"{PLUGINS}.action.{module}").ActionModule
        assert plugin.__mro__[1].__name__ == "CensoredAction"


def test_every_message_has_an_entry() -> None:
    missing = [f"{place}: {sentence}" for sentence, place in messages.without_entry().items()]
    assert missing == [], "docs/troubleshooting.md explains each message: add a line - `message` under the heading where a reader looks"


def test_no_entry_is_of_a_message_that_is_gone() -> None:
    assert messages.without_source() == [], "remove them from docs/troubleshooting.md, or write them as the source does"


def test_a_new_message_would_be_found() -> None:
    source = "def f(n):\n    'A docstring of a function.'\n    raise InputError('x', f'The frob of {n} is wrong, so stop.')\n"
    [(line, sentence)] = messages.Sentences(ast.parse(source))
    assert (line, sentence) == (3, "The frob of … is wrong, so stop.")
    assert not any(messages.is_told(sentence, entry) for entry in messages.entries())


def test_each_heading_of_messages_explains_them() -> None:
    parts = re.split(r"^#+ ", messages.GUIDE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    bare = [part.splitlines()[0] for part in parts if "\n- `" in part and len(re.sub(r"^- `.*", "", part, flags=re.MULTILINE).split()) < 15]
    assert bare == []


def test_the_readme_of_the_tarball_has_full_links() -> None:
    text = "[a](docs/a) [b](https://x.example/b) [c](#c) [d](docs/d#d), ![e](docs/images/e.png)"
    full = "[a](R/blob/main/docs/a) [b](https://x.example/b) [c](#c) [d](R/blob/main/docs/d#d), ![e](R/blob/main/docs/images/e.png)"
    assert stage.with_full_links(text, "R") == full
    assert stage.repository_of((ROOT / "galaxy.yml").read_text()) == loaded("galaxy.yml")["repository"]


def test_links_of_the_docs_lead_somewhere() -> None:
    """Files that are named by a link are there, and headings too."""
    broken = []
    for path in [
        ROOT / "README.md",
        ROOT / "CONTRIBUTING.md",
        *sorted((ROOT / "docs").glob("*.md")),
        *sorted((ROOT / "examples").rglob("*.md")),
    ]:
        for target in re.findall(r"\]\(([^)\s]+)\)", path.read_text(encoding="utf-8")):
            file, _hash, heading = target.partition("#")
            if "://" in target:
                continue
            other = (path.parent / file).resolve() if file else path
            headings = [
                re.sub(r"[^\w -]", "", line.lstrip("# ").lower()).replace(" ", "-") for line in _lines_of(other) if line.startswith("#")
            ]
            if not other.exists() or (heading and heading not in headings):
                broken.append(f"{path.name}: {target}")
    assert broken == []


def _lines_of(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines() if path.suffix == ".md" and path.exists() else []


def test_the_map_names_files_that_are_there() -> None:
    """Each path in docs/architecture.md, whole or by its end, is a file or a folder of the repository."""
    text = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    there = [
        path.relative_to(ROOT).as_posix()
        for top in ("plugins", "roles", "playbooks", "tests", "examples", "docs")
        for path in (ROOT / top).rglob("*")
    ]
    named = [name.rstrip("/…") for name in re.findall(r"`([\w./…-]+)`", text) if name.endswith((".py", ".yml", ".j2", "/…")) or "/" in name]
    missing = [name for name in named if not any(path == name or path.endswith("/" + name) for path in there)]
    assert missing == []
    assert len(named) > 60
