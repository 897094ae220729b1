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
  - Reads every table of a keyspace completely, and finds data subjects by e-mail address, phone number or text in every column that can hold text, also
    inside JSON and JSON nested in JSON.
  - The search is either complete or fails. It verifies for each table that the token ranges it has read cover the whole ring.
  - The result holds no personal data. Findings consist of table, column, token and keyed hashes. Pass them to
    M(genesys.gws.gws_pii_delete).
author:
  - The genesys.gws authors (@genesys-gws)
options:
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
    description:
      - What to do with tables that Cassandra shows CQL clients only in part, such as tables with hidden columns that were created through Thrift on 2.x.
      - With V(report) the visible part is read, RV(complete) is false and RV(coverage.partly_read) names the tables.
    type: str
    choices: [fail, report]
    default: fail
    version_added: 0.2.0
  page_size:
    description: >-
      Maximum number of rows in a page. It is reduced automatically where values are large or Cassandra can't serve that many. Use about 50 if neighbouring
      rows have values of several MB, because Cassandra knows the size of a page only after it has read it.
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
    version_added: 0.2.0
  stop_file:
    description: If this file exists on the host that runs the module, the search stops after the pages in flight.
    type: path
    version_added: 0.2.0
  time_window:
    description: Time of day in which the search may read, like V(22:00-06:00), in the time zone of the host that runs the module. Outside of it the search
      stops.
    type: str
    version_added: 0.2.0
  checkpoint_dir:
    description:
      - Folder on the host that runs the module in which the search saves its progress (mode 0600, no personal data). If it is killed or stopped, another
        run within a day continues from there.
      - A checkpoint of another cluster, token ring, schema, set of subjects or set of options is not used. RV(coverage.checkpoint_refused) says why.
    type: path
    version_added: 0.2.0
  progress_file:
    description:
      - File on the host that runs the module to which a line about the progress is written every two seconds. It contains counts only.
      - If this is not set and the module runs on the control node, the line is printed every ten seconds.
    type: path
    version_added: 0.2.0
  scan_hosts:
    description:
      - Addresses of all hosts that take part in the search, if several Cassandra hosts each read their own primary token ranges. The ranges of all other
        nodes are distributed among them.
      - The result is then one share of the search. The filter P(genesys.gws.whole_search#filter) merges all shares and verifies that nothing is missing.
      - The checkpoint of a share is kept when the share is finished, because other shares may not be. Remove RV(share.checkpoint) after the shares were
        merged.
    type: list
    elements: str
    default: []
    version_added: 0.2.0
  scan_host:
    description: The entry of O(scan_hosts) whose share this task reads. Its node is queried first.
    type: str
    version_added: 0.2.0
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

- name: Show the number of findings
  ansible.builtin.debug:
    var: found.matches
"""

RETURN = r"""
complete:
  description:
    - True if everything was read. A search that could not read everything fails.
    - False for a share (O(scan_hosts)), and if tables were read only in part because of O(unreadable_tables=report).
  type: bool
  returned: success
  sample: true
search_id:
  description: Id of the search. It is the same for all searches for the same identifiers with the same key.
  type: str
  returned: success
  sample: 9c1f0e5b7a3d
matches:
  description: Number of findings in the requested groups.
  type: int
  returned: success
  sample: 44
matches_in_other_groups:
  description: Number of findings in rows that do not contain the name of one of O(groups).
  type: int
  returned: success
  sample: 0
findings:
  description: One entry for each data subject in each row. Opaque, without personal data.
  type: list
  elements: dict
  returned: success
  contains:
    search_id:
      description: Id of the search that the finding belongs to.
      type: str
      sample: 9c1f0e5b7a3d
    subject:
      description: Reference of the data subject.
      type: str
      sample: ticket-1
    match:
      description: V(exact) or V(possible).
      type: str
      sample: exact
    table:
      description: Name of the table.
      type: str
      sample: settings
    column:
      description: Name of the column.
      type: str
      sample: value
    token:
      description: Token of the row with the prefix C(t).
      type: str
      sample: t-6148914691236517204
    row:
      description: Opaque reference of the row.
      type: str
      sample: b3a1c94e0d72
    in_group:
      description: Whether the row contains the name of one of O(groups).
      type: bool
      sample: true
    names:
      description: Keyed hashes of the names in the row by location, and which of them are ids.
      type: list
      elements: dict
      sample: []
subjects:
  description: Reference and numbers of exact and possible findings for each data subject.
  type: list
  elements: dict
  returned: success
  sample: [{ref: ticket-1, exact: 44, possible: 0}]
coverage:
  description: What was read, and how.
  type: dict
  returned: success
  contains:
    tables:
      description:
        - For each table the numbers of rows, token ranges, findings (C(matches)), ranges that an earlier search had read and values that are not
          searchable, and the minimum time for which Cassandra keeps deleted cells (C(gc_grace_seconds)).
      type: list
      elements: dict
      sample: [{table: settings, rows: 168, ranges: 36, matches: 44, resumed_ranges: 0, not_searchable: 0, gc_grace_seconds: 864000}]
    versions:
      description: Versions of Cassandra that the nodes run.
      type: list
      elements: str
      sample: [5.0.6]
    rows:
      description: Number of rows.
      type: int
      sample: 168
    ranges:
      description: Number of token ranges. For each table they cover the whole ring exactly once.
      type: int
      sample: 36
    resumed_ranges:
      description: Number of token ranges that an earlier search had read (O(checkpoint_dir)).
      type: int
      sample: 0
    not_searchable:
      description: Number of values that are compressed or encoded (gzip, zlib, zstd, LZ4, snappy, bzip2, xz, UTF-16, base64 of JSON or gzip) or,
        where phone numbers are searched for, binary JSON (Smile, CBOR, MessagePack), in which only texts are searched.
      type: int
      sample: 0
    tables_left_out:
      description: Names of tables that were not read, as requested (O(tables), O(exclude_tables)). Materialized views are not listed, because they repeat
        a table.
      type: list
      elements: str
      sample: []
    partly_read:
      description: Names of tables that Cassandra shows only in part (O(unreadable_tables)).
      type: list
      elements: str
      sample: []
    consistency_level:
      description: Consistency level at which every page was read.
      type: str
      sample: QUORUM
    groups_seen:
      description:
        - For each of O(groups) whether its name was found. If it was not and the people are in other groups, the search fails, because the name is most
          likely misspelled.
      type: list
      elements: bool
      sample: []
    throttled:
      description: Seconds for which the search was throttled, by reason (rows_per_second, latency, overload).
      type: dict
      sample: {rows_per_second: 0.0, latency: 0.0, overload: 0.0}
    checkpoint_refused:
      description: Why an earlier checkpoint was not used. Empty if there was none or it was used.
      type: str
      sample: ""
    hosts:
      description: Number of hosts that took part in the search.
      type: int
      sample: 1
    seconds:
      description: Duration in seconds.
      type: float
      sample: 2.1
share:
  description: What is needed to merge this share with the others.
  type: dict
  returned: with O(scan_hosts)
  contains:
    checkpoint:
      description: The checkpoint file of the share.
      type: str
      sample: /root/.ansible/gws_pii/checkpoints/search-9c1f0e5b7a3d-0.jsonl
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
  sample: incomplete
"""

from ansible_collections.genesys.gws.plugins.module_utils._module import run_search


def main() -> None:
    """Entry point."""
    run_search.main()


if __name__ == "__main__":
    main()
