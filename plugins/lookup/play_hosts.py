# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: play_hosts
short_description: The hosts of the collection's playbooks
version_added: 0.3.0
description:
  - Returns C(localhost) and those of the scan hosts that are in the inventory. What is not in the inventory is left out, and not quoted by a warning of
    ansible-core. The role refuses it.
  - The scan hosts are those that the variable C(forget_me_scan_hosts) names, a group, a host, or a list of them.
  - Fails when the command line would leave out tasks or hosts of the playbook, so that it would end well with nothing done.
author:
  - The genesys.gws authors (@genesys-gws)
options:
  _terms:
    description: Hosts or groups to return in place of those, for a playbook that has no scan hosts.
    type: list
    elements: str
    default: []
"""

EXAMPLES = r"""
- name: Forget me
  hosts: "{{ lookup('genesys.gws.play_hosts') }}"
  tasks: []

- name: Look for traces
  hosts: "{{ lookup('genesys.gws.play_hosts', 'gws_cassandra') }}"
  tasks: []
"""

RETURN = r"""
_value:
  description: A host pattern.
  type: list
  elements: str
"""

import typing as t

from ansible import context
from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase

from ansible_collections.genesys.gws.plugins.plugin_utils import _templates


class LookupModule(LookupBase):
    """The pattern of the play."""

    def run(self, terms: t.Any, variables: t.Any = None, **_kwargs: t.Any) -> list[str]:
        """One text: names, with commas between them."""
        known: dict[str, t.Any] = variables or {}
        problem = problem_of(context.CLIARGS, known.get("groups") or {})
        if problem:
            raise AnsibleLookupError(problem)
        if terms:
            return [",".join(terms)]
        named = known.get("forget_me_scan_hosts")
        try:
            if _templates.needs_templating(named):
                named = t.cast(t.Any, self._templar).template(named)
            hosts = scan_hosts(_templates.plain(named), known.get("groups") or {})
        except Exception:  # the text of what templating raises may hold the value; the role says what is wrong
            hosts = []
        return [",".join(["localhost", *hosts])]


def problem_of(arguments: t.Mapping[str, t.Any], groups: t.Mapping[str, t.Sequence[str]]) -> str:
    """What on the command line would make the playbook do nothing, or a part only; '' when there is nothing of the kind."""
    if {"always", "tagged"} & set(arguments.get("skip_tags") or ()):
        return "Nothing was done: this playbook must run as a whole. Remove --skip-tags."
    for option in ("start_at_task", "step"):  # a step that was answered with no is left out, and the playbook ends well all the same
        if arguments.get(option):
            return f"Nothing was done: this playbook must run as a whole. Remove --{option.replace('_', '-')}."
    limit = [part.strip() for part in str(arguments.get("subset") or "").replace(":", ",").split(",") if part.strip()]
    if limit and ("localhost" not in limit or any(_may_leave_out_localhost(part, groups) for part in limit)):
        return "Nothing was done: this playbook runs on localhost. Remove --limit, or include localhost in it (and all of forget_me_scan_hosts)."
    return ""


def _may_leave_out_localhost(part: str, groups: t.Mapping[str, t.Sequence[str]]) -> bool:
    """Whether a part of the limit takes this machine away: what is excluded has to be another host, or a group without it, by its name."""
    name = part[1:]
    is_other = name != "localhost" and (name in groups.get("all", ()) or "localhost" not in groups.get(name, ["localhost"]))
    return part.startswith("&") or (part.startswith("!") and not (is_other and name != "all"))


def scan_hosts(named: t.Any, groups: t.Mapping[str, t.Sequence[str]]) -> list[str]:
    """The names that the inventory has, groups or hosts."""
    entries = named if isinstance(named, (list, tuple)) else [named]
    names = [name.strip() for entry in entries if isinstance(entry, str) for name in entry.split(",")]
    return [name for name in names if name and (name in groups or name in groups.get("all", ()))]
