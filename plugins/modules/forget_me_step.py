#!/usr/bin/python
# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: forget_me_step
short_description: A step of the role forget_me on the machine that runs the playbook
version_added: 0.3.0
description:
  - Checks what the role was asked for, puts the shares of several hosts together, and writes the report. It is a part of the role
    C(genesys.gws.forget_me), and of no use without it.
  - It is an action plugin. Nothing is run on the host of the task.
author:
  - The genesys.gws authors (@genesys-gws)
options:
  step:
    description: What to do.
    type: str
    choices: [request, shares, searched, report, recall, residue]
    required: true
  again:
    description: For V(request), whether everybody in the ledger is looked for.
    type: bool
    default: false
  of_ledger:
    description: For V(request), whether the people are those of the ledger who are there again.
    type: bool
    default: false
  recalled:
    description: For V(recall), the result of M(genesys.gws.gws_pii_recall).
    type: dict
  purge:
    description: For V(residue), what C(forget_me_purge) is.
    type: str
  erased_at:
    description: For V(residue), the time of the erasure, if it is given.
    type: str
  gc_grace_seconds:
    description: For V(residue), what is given of it, by C(keyspace.table).
    type: dict
  predecessor_names:
    description: For V(request), whether extra variables with the names of the predecessor's parameters count.
    type: bool
    default: false
  name:
    description: For V(shares), the variable in which the hosts registered what they read.
    type: str
  readers:
    description: For V(shares), the hosts.
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
    description: For V(report), what the second search still found.
    type: dict
  template:
    description: For V(report) and V(recall), the template of the page for people.
    type: path
attributes:
  check_mode:
    support: full
    details: A dry run has a report as well.
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
  description: For V(residue), the time of the erasure, given or out of the newest report of these people. Empty when it is not known.
  type: str
  returned: success
  sample: "2026-11-24T10:00:00Z"
gc_grace_seconds:
  description: For V(residue), what is given, and for other tables what the newest report says.
  type: dict
  returned: success
summary:
  description: For V(report) and V(recall), what to show.
  type: list
  elements: str
  returned: success
  sample: ["Nothing was changed."]
report:
  description: For V(report) and V(recall), the report. It holds no personal data.
  type: dict
  returned: success
reason:
  description: For V(report) and V(recall), why the run is not what was asked for. Empty when it is.
  type: str
  returned: success
  sample: ""
"""
