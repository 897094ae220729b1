#!/usr/bin/python
# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: forget_me_step
short_description: Run one step of the role forget_me on the control node
version_added: 0.3.0
description:
  - Checks the request, merges the search results of several hosts, and writes the report. It is internal to the role C(genesys.gws.forget_me).
  - It is an action plugin. Nothing runs on the managed host.
author:
  - The genesys.gws authors (@genesys-gws)
options:
  step:
    description: The step to run.
    type: str
    choices: [request, shares, searched, report, recall, residue, residue_report]
    required: true
  again:
    description: For V(request), whether to search for everybody in the ledger.
    type: bool
    default: false
  of_ledger:
    description: For V(request), whether the people are those of the ledger who were found again.
    type: bool
    default: false
  recalled:
    description: For V(recall), the result of M(genesys.gws.gws_pii_recall).
    type: dict
  purge:
    description: For V(residue_report), the value of C(forget_me_purge).
    type: str
  verdict:
    description: For V(residue_report), the result of P(genesys.gws.whole_residue#filter).
    type: dict
  failures:
    description: For V(residue_report), why a purge was stopped.
    type: list
    elements: str
  reports:
    description: For V(residue_report), for each host that was searched its name, its result, and the keyspaces that were chosen.
    type: list
    elements: dict
  hosts:
    description: For V(residue_report), the names of all hosts that have to report.
    type: list
    elements: str
  report_dir:
    description: For V(residue_report), the folder of the report.
    type: path
  predecessor_names:
    description: For V(request), whether to accept extra variables with the names of the predecessor's parameters.
    type: bool
    default: false
  name:
    description: For V(shares), the variable in which the hosts registered their results.
    type: str
  readers:
    description: For V(shares), the hosts that took part in the search.
    type: list
    elements: str
  request:
    description: For V(report) and others, what V(request) returned.
    type: dict
  checked:
    description: For V(report), the result of M(genesys.gws.gws_pii_check).
    type: dict
  found:
    description: For V(report), the result of the first search.
    type: dict
  done:
    description: For V(report), the result of the erasure, or of its dry run.
    type: dict
  proof:
    description: For V(report), the result of the second search.
    type: dict
  left:
    description: For V(report), what was still found by the second search.
    type: dict
attributes:
  check_mode:
    support: full
    details: A report is also written in check mode.
    description: Can run in C(check_mode) and return changed status prediction without modifying target.
  diff_mode:
    support: none
    description: Will return details on what has changed (or possibly needs changing in C(check_mode)), when in diff mode.
seealso:
  - module: genesys.gws.gws_pii_search
  - module: genesys.gws.gws_pii_delete
"""

EXAMPLES = r"""
- name: Check the request
  genesys.gws.forget_me_step:
    step: request
  register: __forget_me_request
"""

RETURN = r"""
erased_at:
  description: For V(residue), the time of the erasure, as set or from the newest report of these people. Empty if it is not known.
  type: str
  returned: success
  sample: "2026-11-24T10:00:00Z"
gc_grace_seconds:
  description: For V(residue), the values that are set, and for other tables those of the newest report.
  type: dict
  returned: success
summary:
  description: For V(report) and V(recall), the lines of the summary; for V(residue_report), the line that says where the report is.
  type: list
  elements: str
  returned: success
  sample: ["Nothing was changed."]
report:
  description: For V(report) and V(recall), the report. It holds no personal data.
  type: dict
  returned: success
reason:
  description: For V(report), V(recall) and V(residue_report), why the run failed. Empty if it did not.
  type: str
  returned: success
  sample: ""
"""
