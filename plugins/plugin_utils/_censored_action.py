# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""The base of the action plugins: finds the site's key, runs the module, and removes unintended output."""

from __future__ import annotations

import datetime
import re
import typing as t

from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from ansible_collections.genesys.gws.plugins.module_utils._core import deps
from ansible_collections.genesys.gws.plugins.module_utils._core.errors import GwsPiiError
from ansible_collections.genesys.gws.plugins.module_utils._core.keys import site_key
from ansible_collections.genesys.gws.plugins.module_utils._evidence.key_file import site_secret
from ansible_collections.genesys.gws.plugins.plugin_utils._role_terms import in_terms_of_role
from ansible_collections.genesys.gws.plugins.plugin_utils._variable_values import why_not_a_string

_WRONG_TYPE = re.compile(r"(?:argument|Elements value for option) '\w+' is of type .{1,40}? and we were unable to convert to \w+")
_UNSUPPORTED = re.compile(
    r"Unsupported parameters for \([\w.]+\) module: (?P<names>.*?)(?:\. Supported parameters include: [\w, ()]+)?\.?", re.DOTALL
)
_OPTION = re.compile(r"[A-Za-z_]{1,40}")
_VALUE = re.compile(r"(, got:|: <class|: '| '\S*@).*$|[Tt]he value .* is not a valid", re.DOTALL)


_VERSION = re.compile(r"^Python (\d+)\.(\d+)", re.MULTILINE)
NO_RESULT = "The module ended without a result: it was killed, or Python could not start it on this host. Check memory and Python there, then run it again."


_OF_PEOPLE = ("search", "subjects", "holds")


def _dates_in(value: t.Any) -> t.Iterator[t.Any]:
    """What YAML reads as a date. The module would get a text, which occurs nowhere."""
    if isinstance(value, (datetime.date, datetime.time)):
        yield value
    elif isinstance(value, (t.Mapping, list, tuple, set)):
        for entry in value.values() if isinstance(value, t.Mapping) else value:
            yield from _dates_in(entry)


class CensoredAction(ActionBase):
    """A crash of the module, or an error about an option, may quote a value: only the sentence is kept. Results contain no personal data by
    construction; not printing them is a second line of defence, even if the author of a playbook forgot no_log. The registered result is not changed.
    """

    _supports_check_mode = True
    _supports_async = False
    _needs_site_key = False

    def run(self, tmp: str | None = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        """Run the module. The site's secret is read on the control node; a module that only searches gets only the search key."""
        super().run(tmp, task_vars)
        # Otherwise ansible-core 2.19 and later show the lines of the playbook around a failed task, which may contain personal data.
        vars(self._task)["_ds"] = None
        args = dict(self._task.args)
        for name in _OF_PEOPLE:
            for date in _dates_in(args.get(name)):
                return {"failed": True, "changed": False, "msg": f"{name} {why_not_a_string(date)}.", "code": "bad_option"}
        try:
            secret = site_secret(args.pop("key", None), args.pop("key_file", None))
            keys = site_key(secret.text)
        except GwsPiiError as error:
            return {"failed": True, "changed": False, "msg": error.message, "code": error.code}
        args["key"] = secret.text if self._needs_site_key else keys.search_text
        result = {**censored(self.run_module(args, task_vars)), "key_source": secret.source}
        if result.get("msg") == NO_RESULT:
            result["msg"] = self._fault_of_python() or NO_RESULT
        role = self._task._role
        if role is not None and role.get_name() == "genesys.gws.forget_me":
            result.update({name: in_terms_of_role(str(result[name])) for name in ("msg", "left_message") if name in result})
        if "ansible_loop_var" in (task_vars or {}):
            # Otherwise the item, which is probably personal data, would be shown with its result and with that of the whole loop.
            result["_ansible_no_log"] = self._task.no_log = True
        return result

    def _fault_of_python(self) -> str:
        """Why the Python of the host could not start the module; '' if unknown. The message contains only its version, not its path."""
        interpreter = str(getattr(self, "_used_interpreter", None) or "").lstrip("#!").strip()
        if not interpreter:
            return ""
        said = self._low_level_execute_command(f"{interpreter} -V", sudoable=False)
        version = _VERSION.search(f"{said.get('stdout', '')}\n{said.get('stderr', '')}")  # Python 2 says it there
        if version is None:
            missing = said.get("rc") in (126, 127)
            return "The Python of ansible_python_interpreter does not exist on this host, or does not start." if missing else ""
        if (int(version[1]), int(version[2])) < deps.OLDEST_PYTHON:
            return deps.too_old(int(version[1]), int(version[2]))
        return ""

    def run_module(self, args: dict[str, t.Any], task_vars: dict[str, t.Any] | None) -> dict[str, t.Any]:
        """Run the module with these options, on the host of the task."""
        result: dict[str, t.Any] = self._execute_module(module_args=UnseenOptions(args), task_vars=task_vars)
        return result

    def _low_level_execute_command(self, *args: t.Any, **kwargs: t.Any) -> t.Any:
        """Run a command without debug output of Ansible: since ansible-core 2.22 the output of a module begins with a list of all secrets."""
        display = Display()
        vars(display)["debug"] = _nothing  # only in this process, which runs only this task
        try:
            return super()._low_level_execute_command(*args, **kwargs)  # type: ignore[no-untyped-call]
        finally:
            del vars(display)["debug"]


def _nothing(*_said: t.Any, **_of: t.Any) -> None:
    """Print nothing."""


class UnseenOptions(dict[str, t.Any]):
    """Options of a module, hidden from the debug output of ansible-core (ANSIBLE_DEBUG)."""

    def __repr__(self) -> str:
        return "{...}"

    __str__ = __repr__


def censored(result: dict[str, t.Any]) -> dict[str, t.Any]:
    """The result without anything that the module did not add on purpose."""
    for field in ("exception", "module_stderr", "module_stdout", "invocation"):
        result.pop(field, None)
    if result.get("failed") and "code" not in result:
        result["msg"] = _sentence(str(result.get("msg", "")))
        result["code"] = "bad_option"
    if "findings" in result:
        result["_ansible_no_log"] = True
    return result


def _sentence(message: str) -> str:
    wrong_type = _WRONG_TYPE.match(message)
    if wrong_type:
        return wrong_type.group() + "."
    unsupported = _UNSUPPORTED.fullmatch(message)
    if unsupported:  # the name of an unknown option may be personal data
        names = [name if _OPTION.fullmatch(name) else "a name that is not shown" for name in unsupported["names"].split(", ")]
        begin, end = unsupported.span("names")
        return f"{message[:begin]}{', '.join(dict.fromkeys(names))}{message[end:]}"
    if message.startswith(("missing required", "value of", "parameters are")):
        return _VALUE.sub("", message).strip().rstrip(".") + "."
    return NO_RESULT
