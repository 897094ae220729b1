# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the action plugins let out."""

from __future__ import annotations

import datetime
import json
import types
import typing as t

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.plugins.action import ActionBase

from ansible_collections.genesys.gws.plugins.module_utils._module import run_delete, run_search
from ansible_collections.genesys.gws.plugins.plugin_utils._censored_action import CensoredAction, UnseenOptions, censored

CANARY = "canary7391@x.com"
WORD = "canary7391"


def visible(result: dict[str, t.Any]) -> str:
    return json.dumps(censored(result))


@pytest.mark.parametrize(
    "result",
    [
        {"failed": True, "msg": f"MODULE FAILURE: {CANARY}", "module_stdout": CANARY, "module_stderr": f"Traceback {CANARY}"},
        {"failed": True, "msg": CANARY, "exception": f"Traceback ... {CANARY}", "rc": 1},
        {"failed": True, "msg": f"Unsupported parameters for (gws_pii_search) module: serach. Supported: a. '{CANARY}'"},
        {
            "failed": True,
            "msg": f"Unsupported parameters for (genesys.gws.gws_pii_search) module: {CANARY}. Supported parameters include: a, b (c).",
        },
        {
            "failed": True,
            "msg": f"Unsupported parameters for (genesys.gws.gws_pii_search) module: {CANARY}, x. Supported parameters {CANARY}.",
        },
        {"failed": True, "msg": f"value of match must be one of: exact, contains, got: {CANARY}"},
        {"failed": True, "msg": f"argument 'min_length' is of type <class 'str'> and we were unable to convert to int: '{CANARY}' is not"},
        {"failed": True, "msg": f"argument 'search' is of type <class 'str'>\n{CANARY}"},
        {"failed": True, "msg": f"argument '{CANARY}' is odd"},
        {
            "failed": True,
            "msg": f"Elements value for option 'groups' is of type <class 'dict'> and we were unable to convert to str: {CANARY}",
        },
        {"failed": True},
        {"failed": True, "msg": None},
        {"failed": True, "msg": {"a": CANARY}},
        {"changed": False, "invocation": {"module_args": {"search": CANARY}}},
    ],
)
def test_nothing_of_the_person_is_let_out(result: dict[str, t.Any]) -> None:
    assert WORD not in visible(result)


def test_our_own_messages_pass() -> None:
    result = {"failed": True, "msg": "The search is NOT complete: table t: 1 of 2.", "code": "incomplete", "unread_ranges": 1}
    assert censored(dict(result)) == result


def test_findings_are_registered_but_not_printed() -> None:
    result = censored({"changed": False, "findings": [{"a": 1}]})
    assert result["findings"] == [{"a": 1}]
    assert result["_ansible_no_log"] is True


def test_an_option_that_there_is_not_is_told() -> None:
    message = (
        "Unsupported parameters for (genesys.gws.gws_pii_search) module: serch, {}. Supported parameters include: a, search, b (c, d)."
    )
    result = censored({"failed": True, "msg": message.format(f"12025550147, {CANARY}")})
    assert result["msg"] == message.format("a name that is not shown")


def test_the_option_at_fault_is_told() -> None:
    result = censored({"failed": True, "msg": f"value of match must be one of: exact, contains, got: {CANARY}"})
    assert result["msg"].startswith("value of match must be one of: exact, contains")
    assert result["code"] == "bad_option"
    result = censored(
        {"failed": True, "msg": f"argument 'min_length' is of type str and we were unable to convert to int: \"'{CANARY}'\" no int"}
    )
    assert result["msg"] == "argument 'min_length' is of type str and we were unable to convert to int."


SPECS = {"search": run_search.argument_spec(), "delete": run_delete.argument_spec()}


@pytest.mark.parametrize(("module", "option"), [(module, option) for module, spec in SPECS.items() for option in spec])
@pytest.mark.parametrize("value", [CANARY, {CANARY: CANARY}, [[CANARY]], [{CANARY: 1}]], ids=["text", "mapping", "lists", "mappings"])
def test_no_complaint_of_ansible_about_an_option_repeats_it(module: str, option: str, value: t.Any) -> None:
    """The complaints of ansible-core itself about each option of both modules."""
    parameters = {"gws_url": ["http://gws"], option: value}
    checked = ArgumentSpecValidator(t.cast(t.Any, SPECS[module])).validate(parameters)
    for message in checked.error_messages:
        assert WORD not in visible({"failed": True, "msg": message}), message


def test_a_complaint_about_an_unknown_option() -> None:
    checked = ArgumentSpecValidator(t.cast(t.Any, SPECS["search"])).validate({"serach": CANARY})
    assert checked.error_messages
    for message in checked.error_messages:
        assert WORD not in visible({"failed": True, "msg": message})


def test_options_are_not_printed_as_a_whole() -> None:
    """Which ansible-core does with ANSIBLE_DEBUG."""
    options = UnseenOptions({"search": CANARY})
    assert CANARY not in f"{options} {options!r} " + "%s %r" % (options, options)  # noqa: UP031 - as ansible-core does
    assert json.loads(json.dumps(options)) == {"search": CANARY}


@pytest.mark.parametrize(
    "args",
    [
        {"search": datetime.date(2026, 11, 26)},
        {"search": ["ann@x.com", datetime.date(2026, 11, 26)]},
        {"subjects": [{"ref": "T-1", "identifiers": [datetime.date(2026, 11, 26)]}]},
        {"search": "ann@x.com", "holds": [datetime.datetime(2026, 11, 26, tzinfo=datetime.timezone.utc)]},
    ],
)
def test_a_date_of_yaml_is_refused(args: dict[str, t.Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """As a text, which the module would get, it is found nowhere."""
    monkeypatch.setattr(ActionBase, "run", lambda *_args: {})
    action = t.cast(t.Any, CensoredAction.__new__(CensoredAction))
    action._task = types.SimpleNamespace(args=args)
    result = action.run()
    assert result["failed"]
    assert "is not in quotes, so YAML reads it as a date: put it in quotes" in result["msg"]
