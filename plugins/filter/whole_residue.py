# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

from ansible.errors import AnsibleFilterError

from ansible_collections.genesys.gws.plugins.module_utils._residue import whole

DOCUMENTATION = r"""
name: whole_residue
short_description: Combine the residue results of all hosts into one verdict
version_added: 0.3.0
description:
  - Combines the results of M(genesys.gws.gws_pii_residue) on the hosts of a Cassandra cluster.
  - It is V(incomplete) unless each host, and each member of the cluster that C(nodetool status) lists, has reported. A clean host proves nothing
    for its replicas.
author:
  - The genesys.gws authors (@genesys-gws)
positional: _input
options:
  _input:
    description:
      - For each host a dictionary with C(host) (its name), C(result) (the result of the module), and what C(nodetool status) and C(nodetool info)
        printed there (C(status), C(info), empty when they failed).
    type: list
    elements: dict
    required: true
  hosts:
    description: Names of all hosts that must report.
    type: list
    elements: str
    required: true
"""

EXAMPLES = r"""
- name: Combine the results of all hosts
  ansible.builtin.set_fact:
    verdict: "{{ reports | genesys.gws.whole_residue(hosts=groups['gws_cassandra']) }}"
  run_once: true
"""

RETURN = r"""
_value:
  description: >-
    C(state) (clean, residue or incomplete), C(reasons) why it is incomplete, C(hosts) with the state of each and its number of traces, C(members) (the number
    of members of the cluster), C(traces) (their number), C(due) (for each place with traces what it is, when it can go and whose it is), C(search_again) (the
    latest of these times), C(refs) (who was searched for), and C(summary), lines for people.
  type: dict
"""


def whole_residue(reports: t.Any, hosts: t.Any) -> dict[str, t.Any]:
    """One verdict out of the reports."""
    try:
        return whole.whole_residue([dict(report) for report in reports], [str(host) for host in hosts])
    except (AttributeError, LookupError, TypeError, ValueError):
        raise AnsibleFilterError("whole_residue expects a list of {host, result, status, info}, and the names of all hosts.") from None


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        """By name."""
        return {"whole_residue": whole_residue}
