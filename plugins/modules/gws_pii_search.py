#!/usr/bin/python
# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: gws_pii_search
short_description: Find a person in the settings that Genesys Web Services keeps in Cassandra
version_added: 0.1.0
description:
  - Reads every table of a keyspace completely, and finds data subjects by e-mail address, phone number or text in every column that can
    hold text, inside JSON and JSON in JSON, too.
  - The search is complete or it fails. The token ranges that were read are proved to be the whole ring, for each table.
  - The result holds no personal data. What is found is told by table, column, token and keyed hashes, to be given to
    M(genesys.gws.gws_pii_delete).
author:
  - The genesys.gws authors (@genesys-gws)
options:
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
  page_size:
    description: Rows to read at once. Made smaller by itself where Cassandra can't serve so many.
    type: int
    default: 5000
  pages_in_flight:
    description: Pages asked for at the same time.
    type: int
    default: 4
extends_documentation_fragment:
  - genesys.gws._attributes
  - genesys.gws._subjects
  - genesys.gws._cassandra
attributes:
  check_mode:
    support: full
    details: The module only reads. At consistency levels above ONE Cassandra may repair replicas that differ.
  diff_mode:
    support: none
seealso:
  - module: genesys.gws.gws_pii_delete
"""

EXAMPLES = r"""
- name: Find a person
  genesys.gws.gws_pii_search:
    login_host: "{{ groups['gws_cassandra'] }}"
    login_user: "{{ vault_cassandra_username }}"
    login_password: "{{ vault_cassandra_password }}"
    keyspace: sipfs
    search: "{{ identifiers }}"
    region: DE
  register: found

- name: Say how many rows have something of the person
  ansible.builtin.debug:
    var: found.matches
"""

RETURN = r"""
complete:
  description: Always true on success. A search that could not read everything fails.
  type: bool
  returned: success
search_id:
  description: Tells searches for the same identifiers.
  type: str
  returned: success
matches:
  description: Number of findings (in the groups asked for).
  type: int
  returned: success
matches_in_other_groups:
  description: Number of findings in rows that do not name one of O(groups).
  type: int
  returned: success
findings:
  description: One entry for each data subject in each row. Opaque, without personal data.
  type: list
  elements: dict
  returned: success
  contains:
    search_id:
      description: The search that it belongs to.
      type: str
    subject:
      description: Reference of the data subject.
      type: str
    match:
      description: V(exact) or V(possible).
      type: str
    table:
      description: Name of the table.
      type: str
    column:
      description: Name of the column.
      type: str
    token:
      description: Token of the row, with a C(t) before it.
      type: str
    row:
      description: Opaque reference of the row.
      type: str
    in_group:
      description: Whether the row names one of O(groups).
      type: bool
    names:
      description: Keyed hashes of the names in the row, and those of them that are ids, by where they stand.
      type: list
      elements: dict
subjects:
  description: For each data subject its reference and the numbers of exact and possible findings.
  type: list
  elements: dict
  returned: success
coverage:
  description: What was read, by table, with rows and token ranges, the consistency level, and how long it took.
  type: dict
  returned: success
code:
  description: What went wrong, in a word.
  type: str
  returned: failure
"""

from ansible_collections.genesys.gws.plugins.module_utils._module import _run_search


def main() -> None:
    """Entry point."""
    _run_search.main()


if __name__ == "__main__":
    main()
