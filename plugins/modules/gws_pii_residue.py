#!/usr/bin/python
# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: gws_pii_residue
short_description: Find traces of a person in the files of a Cassandra host
version_added: 0.3.0
description:
  - Searches the files of Cassandra on the host on which it runs for data subjects, live SSTables, secondary indexes, snapshots, incremental
    backups, the commit log, change data capture, hints, saved caches, tables of the system, and other folders that O(extra_paths) names.
  - CQL does not show deleted and overwritten data any more, but they stay in these files until something removes them. The result says where,
    until when, and what removes them.
  - Only reads files. It does not connect to the node, which may be running or not, and removes nothing.
  - Reads SSTables of Cassandra 2.0 to 5.0 (BIG and BTI), not compressed or with LZ4, Snappy, Deflate or Zstd.
  - What can't be read is named, and makes the result V(incomplete), never V(clean).
author:
  - The genesys.gws authors (@genesys-gws)
requirements:
  - cramjam (Python library, for LZ4, Snappy and Zstd. Without it files that are compressed so are named as unreadable.)
  - PyYAML (Python library, to read O(config_file))
options:
  config_file:
    description:
      - The cassandra.yaml of the node, from which the folders are taken that no option names.
      - Looked for in C(/etc/cassandra), C(/etc/cassandra/conf), C(/etc/cassandra/default.conf) and C(/opt/cassandra/conf) when it is not given.
    type: path
  storage_directory:
    description:
      - Folder below which Cassandra keeps what cassandra.yaml names no folder for (its property C(cassandra.storagedir)).
      - Without it the folder C(data) beside the folder C(conf) of O(config_file) is used.
    type: path
  data_file_directories:
    description: Folders of SSTables, in place of those of O(config_file).
    type: list
    elements: path
    default: []
  commitlog_directory:
    description: Folder of the commit log, in place of that of O(config_file).
    type: path
  cdc_raw_directory:
    description: Folder of change data capture, in place of that of O(config_file).
    type: path
  hints_directory:
    description: Folder of hints, in place of that of O(config_file).
    type: path
  saved_caches_directory:
    description: Folder of saved caches, in place of that of O(config_file).
    type: path
  extra_paths:
    description:
      - Other folders and files to search, like mounted backups, archived commit logs, audit logs or log files.
      - Archives and compressed files are named as unreadable.
    type: list
    elements: path
    default: []
  keyspaces:
    description: Keyspaces whose SSTables are searched. All, also those of the system, when it is empty.
    type: list
    elements: str
    default: []
  erased_at:
    description:
      - UTC time of the erasure, like V(2026-11-24T10:00:00Z).
      - Keys of deleted rows can go C(gc_grace_seconds) after it. Without it that time is counted from now.
    type: str
  gc_grace_seconds:
    description: The C(gc_grace_seconds) of tables, by C(keyspace.table), where they are not 864000, the default of Cassandra.
    type: dict
    default: {}
  max_mb_per_second:
    description: Megabytes to read in a second, at most. 0 is no cap.
    type: float
    default: 0.0
  settle_timeout:
    description:
      - Seconds to wait, after everything was read, for files that the node is writing, and for a moment at which no file comes or goes.
      - When it is over, the result is V(incomplete).
    type: float
    default: 120.0
  stop_file:
    description: When this file exists on the host that runs the module, the search ends. The result is V(incomplete) then.
    type: path
extends_documentation_fragment:
  - genesys.gws._attributes
  - genesys.gws._subjects
attributes:
  check_mode:
    support: full
    details: The module only reads.
  diff_mode:
    support: none
notes:
  - O(groups) is refused. Files do not say to which settings group their bytes belong.
  - It needs to read Cassandra's files, so C(become) is usually needed. The module runs at a low priority.
  - What C(nodetool flush) has not written yet is in the commit log, and found there. For tables whose keyspace has C(durable_writes) off, flush first.
seealso:
  - module: genesys.gws.gws_pii_search
  - plugin: genesys.gws.whole_residue
    plugin_type: filter
    description: One verdict for all hosts of a cluster.
"""

EXAMPLES = r"""
- name: Look for traces of a person
  genesys.gws.gws_pii_residue:
    config_file: /etc/cassandra/cassandra.yaml
    extra_paths:
      - /mnt/backup
    search: "{{ identifiers }}"
    region: DE
    erased_at: "2026-11-24T10:00:00Z"
    gc_grace_seconds:
      sipfs.settings: 3600
  become: true
  register: traces

- name: Say where they are
  ansible.builtin.debug:
    var: traces.traces
"""

RETURN = r"""
state:
  description:
    - V(clean), everything was read and nobody was found.
    - V(residue), everything was read and there are RV(traces).
    - V(incomplete), something could not be read (RV(unreadable)). There may be RV(traces) as well.
  type: str
  returned: success
  sample: residue
traces:
  description: One entry for each place with a trace. A place is a table, one of its indexes or snapshots, the commit log and so on.
  type: list
  elements: dict
  returned: success
  contains:
    place:
      description: V(live), V(snapshot), V(backup), V(commit_log), V(cdc), V(hints), V(saved_caches) or V(extra).
      type: str
    keyspace:
      description: Name of the keyspace.
      type: str
    table:
      description: Name of the table.
      type: str
    index:
      description: Name of the secondary index whose files these are.
      type: str
    snapshot:
      description: Tag of the snapshot.
      type: str
    folder:
      description: The one of O(extra_paths).
      type: str
    files:
      description: Number of SSTables and other files in the place.
      type: int
    files_with_traces:
      description: Number of those with a trace.
      type: int
    names:
      description: Names of SSTables and files with a trace, at most 50. A name that holds an identifier is not shown.
      type: list
      elements: str
    parts:
      description: Parts of SSTables that have a trace (data, index, summary, statistics, rows, other), V(file), or V(name) for the name of a file or folder.
      type: list
      elements: str
    subjects:
      description: For each data subject its reference, and in how many places of these files it was seen, surely (exact) or perhaps (possible).
      type: list
      elements: dict
    certainty:
      description: V(exact), or V(possible) when bytes look like an identifier but it can't be told what is around them.
      type: str
    newest_write:
      description: Time of the newest write in these SSTables.
      type: str
    written:
      description: V(before the erasure), V(after the erasure) or V(unknown), by RV(traces[].newest_write) and O(erased_at).
      type: str
    removal:
      description: When the trace can go (C(when), C(earliest)), what removes it (C(commands), in this order), and C(why).
      type: dict
refs:
  description: The references of all data subjects that were searched for.
  type: list
  elements: str
  returned: success
  sample: [ticket-1]
subjects:
  description: For each data subject that was found its reference, and in how many places in all files. Hard links count once for each name.
  type: list
  elements: dict
  returned: success
  sample: [{ref: ticket-1, places: 2}]
unreadable:
  description: What could not be searched. Place and names as in RV(traces), the C(reason), and the number of files.
  type: list
  elements: dict
  returned: success
  sample: []
covered:
  description: What was searched, as numbers of files, SSTables and bytes for each kind of place.
  type: list
  elements: dict
  returned: success
  sample: [{place: live, files: 8, bytes: 104857600}]
not_covered:
  description: What such a search can't see, in words.
  type: list
  elements: str
  returned: success
  sample: [Copies outside of this host.]
purge:
  description: What would remove deleted values from live files.
  type: dict
  returned: success
  contains:
    commands:
      description: Arguments of C(nodetool), in this order.
      type: list
      elements: list
    snapshots:
      description: Tags of snapshots with traces.
      type: list
      elements: str
    needed_bytes:
      description: Free space that the commands need at most.
      type: int
    free_bytes:
      description: Free space of the data folder with the least of it.
      type: int
    enough_disk:
      description: Whether there is enough.
      type: bool
addresses:
  description: The addresses of the node in O(config_file).
  type: list
  elements: str
  returned: success
  sample: [192.0.2.7]
scanned_at:
  description: UTC time at which the search began.
  type: str
  returned: success
  sample: "2026-11-26T04:00:00Z"
bytes_read:
  description: Number of bytes that were read. Files with several names (hard links) are read once.
  type: int
  returned: success
  sample: 104857600
bytes_searched:
  description: Number of bytes after decompression.
  type: int
  returned: success
  sample: 314572800
seconds:
  description: How long it took.
  type: float
  returned: success
  sample: 12.5
cpu_seconds:
  description: CPU time that it took.
  type: float
  returned: success
  sample: 11.9
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
  sample: bad_config_file
"""

from ansible_collections.genesys.gws.plugins.module_utils._module import run_residue


def main() -> None:
    """Entry point."""
    run_residue.main()


if __name__ == "__main__":
    main()
