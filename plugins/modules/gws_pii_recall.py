#!/usr/bin/python
# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: gws_pii_recall
short_description: Find people in Cassandra who were erased before
version_added: 0.3.0
description:
  - Reads every table of a keyspace completely, once, and searches for everybody in a ledger that M(genesys.gws.gws_pii_delete) has written. Use it after a
    backup was restored.
  - A ledger contains codes and no identifiers. The module codes the e-mail addresses and phone numbers in the data in the same way. Where the codes are
    equal, it knows the plain identifier from the data. It writes these identifiers to a file, for M(genesys.gws.gws_pii_search) and
    M(genesys.gws.gws_pii_delete).
  - The module fails if the ledger was changed or truncated. A missing end can only be detected with the receipts (O(receipts)).
  - Expired entries are removed from the ledger, except in check mode.
author:
  - The genesys.gws authors (@genesys-gws)
options:
  ledger:
    description: File of the ledger, on the host that runs the module.
    type: path
    required: true
  receipts:
    description: Folder with receipts of earlier runs. If the ledger does not match them, the module fails.
    type: path
  recalled_file:
    description: File to write (mode 0600) with a JSON list of the people who were found, in the form of the option C(subjects_file). Remove it afterwards.
    type: path
    required: true
  region:
    description: Country (ISO 3166) that the search that follows assumes for phone numbers without a country code.
    type: str
  tables:
    description: Tables to read. If empty, all tables are read.
    type: list
    elements: str
    default: []
  exclude_tables:
    description: Tables to leave out.
    type: list
    elements: str
    default: []
  unreadable_tables:
    description: What to do with tables that Cassandra shows CQL clients only in part.
    type: str
    choices: [fail, report]
    default: fail
  page_size:
    description: Maximum number of rows in a page.
    type: int
    default: 5000
  pages_in_flight:
    description: Maximum number of pages requested from one Cassandra host at the same time.
    type: int
    default: 4
  rows_per_second:
    description: Maximum number of rows to read per second. 0 means no limit.
    type: int
    default: 0
  stop_file:
    description: If this file exists on the host that runs the module, the search stops after the pages in flight.
    type: path
  time_window:
    description: Time of day in which the search may read, like V(22:00-06:00), in the time zone of the host that runs the module.
    type: str
  progress_file:
    description: File on the host that runs the module to which a line about the progress is written every two seconds. It contains counts only.
    type: path
  key:
    description: The site's secret with which the ledger was created.
    type: str
  key_file:
    description: File on the control node (mode 0600) in which the secret is kept if O(key) is not set.
    type: path
    default: ~/.ansible/gws_pii/key
extends_documentation_fragment:
  - genesys.gws._attributes
  - genesys.gws._cassandra
attributes:
  check_mode:
    support: full
    details: The ledger is not changed. O(recalled_file) is written, because it is the result of the module.
  diff_mode:
    support: none
seealso:
  - module: genesys.gws.gws_pii_search
  - module: genesys.gws.gws_pii_delete
"""

EXAMPLES = r"""
- name: Find people who were erased before
  genesys.gws.gws_pii_recall:
    login_host: "{{ groups['gws_cassandra'] }}"
    ledger: /var/lib/forget_me/ledger.jsonl
    receipts: /var/lib/forget_me/reports
    recalled_file: /run/forget_me/people.json
    key: "{{ vault_forget_me_key }}"
  register: again
"""

RETURN = r"""
complete:
  description: True if everything was read. False if tables were read only in part because of O(unreadable_tables=report).
  type: bool
  returned: success
  sample: true
people:
  description: Number of people in the ledger.
  type: int
  returned: success
  sample: 17
recalled:
  description: Number of people who may be in the data. Search for the plain identifiers to be certain.
  type: int
  returned: success
  sample: 1
refs:
  description: References of these people.
  type: list
  elements: str
  returned: success
  sample: [ticket-1]
subjects:
  description: One entry for each person in the ledger, with the reference (C(ref)) and C(possible), which is 1 if the person may be in the data. C(exact)
    is always 0.
  type: list
  elements: dict
  returned: success
  sample: [{ref: ticket-1, exact: 0, possible: 1}]
texts:
  description: Number of identifiers that are free texts and have no code. Search for them with the original request.
  type: int
  returned: success
  sample: 0
refs_with_texts:
  description: References of the people who have such identifiers.
  type: list
  elements: str
  returned: success
  sample: []
expired:
  description: Number of expired entries of the ledger.
  type: int
  returned: success
  sample: 0
ledger:
  description: The head of the ledger, which is the number and the link of its last line.
  type: dict
  returned: success
  sample: {number: 17, link: 0a1b2c3d}
coverage:
  description: What was read, in the form that M(genesys.gws.gws_pii_search) returns.
  type: dict
  returned: success
  sample: {rows: 168, ranges: 36, seconds: 2.1}
key_source:
  description:
    - Where the site's secret comes from. V(option), V(file) (O(key_file)), or V(made) (this task created the file).
  type: str
  returned: success, and failure after the site's secret was found
  sample: file
code:
  description: Short code of the error.
  type: str
  returned: failure
  sample: bad_ledger
"""

from ansible_collections.genesys.gws.plugins.module_utils._module import run_recall


def main() -> None:
    """Entry point."""
    run_recall.main()


if __name__ == "__main__":
    main()
