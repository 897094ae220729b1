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
  - The result holds no personal data. Findings are named by table, column, token and keyed hashes, and are given to
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
  unreadable_tables:
    description:
      - What to do with tables of which Cassandra shows CQL clients only a part, like tables made through Thrift with hidden columns on 2.x.
      - With V(report) what is shown is read, RV(complete) is false and RV(coverage.partly_read) names the tables.
    type: str
    choices: [fail, report]
    default: fail
    version_added: 0.2.0
  page_size:
    description: >-
      Rows to read at once, at most. Made smaller by itself where values are large or Cassandra can't serve so many. Give about 50 where values of
      several MB stand next to each other - Cassandra knows the size of a page only when it has read it.
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
    version_added: 0.2.0
  stop_file:
    description: When this file exists on the host that runs the module, the search ends after the pages in flight.
    type: path
    version_added: 0.2.0
  time_window:
    description: Time of day at which the search may read, like V(22:00-06:00), in the time zone of the host that runs the module. It ends outside of it.
    type: str
    version_added: 0.2.0
  checkpoint_dir:
    description:
      - Folder on the host that runs the module in which a search keeps what it has read (mode 0600, no personal data), so that one that was
        killed or stopped goes on where it was, within a day.
      - A checkpoint of another cluster, token ring, schema, set of subjects or set of options is not used. RV(coverage.checkpoint_refused) says so.
    type: path
    version_added: 0.2.0
  progress_file:
    description:
      - File on the host that runs the module into which a line about the progress is written every two seconds. It holds counts only.
      - When the module runs on the controller without it, the line is printed every ten seconds.
    type: path
    version_added: 0.2.0
  scan_hosts:
    description:
      - Addresses of all hosts that do a share of the search, when each of several Cassandra hosts reads its own primary token ranges.
        The ranges of nodes that are none of them are dealt out.
      - The result is a share then. The filter P(genesys.gws.whole_search#filter) makes the whole out of all of them, and proves that it is.
      - The checkpoint of a share stays when the share is finished, since others may not be. Remove RV(share.checkpoint) when the whole is proved.
    type: list
    elements: str
    default: []
    version_added: 0.2.0
  scan_host:
    description: The one of O(scan_hosts) whose share this is. Its node is asked first.
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

- name: Say how many rows have something of the person
  ansible.builtin.debug:
    var: found.matches
"""

RETURN = r"""
complete:
  description:
    - True when everything was read. A search that could not read everything fails.
    - False in a share (O(scan_hosts)), and when tables were read partly because of O(unreadable_tables=report).
  type: bool
  returned: success
  sample: true
search_id:
  description: Is the same for searches for the same identifiers with the same key.
  type: str
  returned: success
  sample: 9c1f0e5b7a3d
matches:
  description: Number of findings (in the groups asked for).
  type: int
  returned: success
  sample: 44
matches_in_other_groups:
  description: Number of findings in rows that do not name one of O(groups).
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
      description: The search that it belongs to.
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
      description: Token of the row, with a C(t) before it.
      type: str
      sample: t-6148914691236517204
    row:
      description: Opaque reference of the row.
      type: str
      sample: b3a1c94e0d72
    in_group:
      description: Whether the row names one of O(groups).
      type: bool
      sample: true
    names:
      description: Keyed hashes of the names in the row, and those of them that are ids, by where they stand.
      type: list
      elements: dict
      sample: []
subjects:
  description: For each data subject its reference and the numbers of exact and possible findings.
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
        - For each table its rows, token ranges, findings (C(matches)), ranges that an earlier search had read, values that are not searchable, and for how long
          Cassandra keeps deleted cells at least (C(gc_grace_seconds)).
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
      description: Number of token ranges. They are the whole ring, once, for each table.
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
      description: Names of tables that were not read, as asked for (O(tables), O(exclude_tables)). Views repeat a table, and are not among them.
      type: list
      elements: str
      sample: []
    partly_read:
      description: Names of tables that Cassandra shows only in part (O(unreadable_tables)).
      type: list
      elements: str
      sample: []
    consistency_level:
      description: At which every page was read.
      type: str
      sample: QUORUM
    groups_seen:
      description:
        - For each of O(groups) whether anything that was read names it. When nothing does, and the people stand in other groups, the search fails, since
          the name is most likely misspelled.
      type: list
      elements: bool
      sample: []
    throttled:
      description: Seconds during which the search was held back, by reason (rows_per_second, latency, overload).
      type: dict
      sample: {rows_per_second: 0.0, latency: 0.0, overload: 0.0}
    checkpoint_refused:
      description: Why an earlier checkpoint was of no use. Empty when there was none or it was used.
      type: str
      sample: ""
    hosts:
      description: Number of hosts that did the search.
      type: int
      sample: 1
    seconds:
      description: How long it took.
      type: float
      sample: 2.1
share:
  description: What a share is of, to be put together with the others.
  type: dict
  returned: with O(scan_hosts)
  contains:
    checkpoint:
      description: The checkpoint file of the share.
      type: str
      sample: /root/.ansible/gws_pii/checkpoints/search-9c1f0e5b7a3d-0.jsonl
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
  sample: incomplete
"""

from ansible_collections.genesys.gws.plugins.module_utils._module import run_search


def main() -> None:
    """Entry point."""
    run_search.main()


if __name__ == "__main__":
    main()
