#!/usr/bin/python
# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: gws_pii_recall
short_description: Find everybody in Cassandra who was forgotten before
version_added: 0.3.0
description:
  - Reads every table of a keyspace completely, once, and looks for everybody in a ledger that M(genesys.gws.gws_pii_delete) has kept. For use after
    a backup was restored.
  - A ledger holds codes and no identifiers. The e-mail addresses and phone numbers in the data are coded in the same way. Where the codes are equal,
    the plain identifier is known, from the data itself. These are written to a file, for M(genesys.gws.gws_pii_search) and
    M(genesys.gws.gws_pii_delete).
  - A ledger that was changed, or cut, is refused. That its end was cut is seen only against the receipts (O(receipts)).
  - Entries whose time is over are removed from the ledger, unless in check mode.
author:
  - The genesys.gws authors (@genesys-gws)
options:
  ledger:
    description: File of the ledger, on the host that runs the module.
    type: path
    required: true
  receipts:
    description: Folder with receipts. The ledger must continue what they say about it.
    type: path
  recalled_file:
    description: File to be written, mode 0600, with a JSON list of the people that were found, as for the option C(subjects_file). Remove it afterwards.
    type: path
    required: true
  region:
    description: Country (ISO 3166) in which phone numbers without a country code are read by the search that follows.
    type: str
  tables:
    description: Names of tables to read. All when it is empty.
    type: list
    elements: str
    default: []
  exclude_tables:
    description: Names of tables not to read.
    type: list
    elements: str
    default: []
  unreadable_tables:
    description: What to do with tables of which Cassandra shows CQL clients only a part.
    type: str
    choices: [fail, report]
    default: fail
  page_size:
    description: Rows to read at once, at most.
    type: int
    default: 5000
  pages_in_flight:
    description: Pages asked of one Cassandra host at the same time, at most.
    type: int
    default: 4
  rows_per_second:
    description: Rows to read in a second, at most. 0 is no cap.
    type: int
    default: 0
  stop_file:
    description: When this file exists on the host that runs the module, it ends after the pages in flight.
    type: path
  time_window:
    description: Time of day at which the module may read, like V(22:00-06:00), in the time zone of the host that runs it.
    type: str
  progress_file:
    description: File on the host that runs the module into which a line about the progress is written every two seconds. It holds counts only.
    type: path
  key:
    description: The site's secret, with which the ledger was made.
    type: str
  key_file:
    description: File on the control node, mode 0600, in which the secret is kept when O(key) is not given.
    type: path
    default: ~/.ansible/gws_pii/key
extends_documentation_fragment:
  - genesys.gws._attributes
  - genesys.gws._cassandra
attributes:
  check_mode:
    support: full
    details: The ledger is left as it is. O(recalled_file) is written, since it is what the module is for.
  diff_mode:
    support: none
seealso:
  - module: genesys.gws.gws_pii_search
  - module: genesys.gws.gws_pii_delete
"""

EXAMPLES = r"""
- name: Find everybody who was forgotten before
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
  description: True when everything was read. False when tables were read partly because of O(unreadable_tables=report).
  type: bool
  returned: success
  sample: true
people:
  description: Number of people in the ledger.
  type: int
  returned: success
  sample: 17
recalled:
  description: Number of people who may be in the data. The search for the plain identifiers tells.
  type: int
  returned: success
  sample: 1
refs:
  description: Their references.
  type: list
  elements: str
  returned: success
  sample: [ticket-1]
subjects:
  description: For each person who was looked for the reference (C(ref)), and C(possible), 1 when the person may be in the data. C(exact) is 0.
  type: list
  elements: dict
  returned: success
  sample: [{ref: ticket-1, exact: 0, possible: 1}]
texts:
  description: Number of identifiers that have no code, since they are free texts. These have to be searched for with the request.
  type: int
  returned: success
  sample: 0
refs_with_texts:
  description: References of the people who have some.
  type: list
  elements: str
  returned: success
  sample: []
expired:
  description: Number of entries of the ledger whose time is over.
  type: int
  returned: success
  sample: 0
ledger:
  description: The head of the ledger, number and link of its last line.
  type: dict
  returned: success
  sample: {number: 17, link: 0a1b2c3d}
coverage:
  description: What was read, and how, as M(genesys.gws.gws_pii_search) returns it.
  type: dict
  returned: success
  sample: {rows: 168, ranges: 36, seconds: 2.1}
key_source:
  description:
    - Where the site's secret is from. V(option), V(file) (O(key_file)), or V(made) (the file was made by this task).
  type: str
  returned: success, and when it failed after the site's secret was found
  sample: file
code:
  description: What went wrong, in a word.
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
