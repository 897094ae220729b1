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
  - Searches the files of Cassandra on the host on which it runs for data subjects. It covers live SSTables, secondary indexes, snapshots, incremental
    backups, the commit log, change data capture, hints, saved caches, system tables, and other folders listed in O(extra_paths).
  - CQL no longer shows deleted and overwritten data, but these files contain it until something removes it. The result says where it is, until when, and
    what removes it.
  - It only reads files and removes nothing. It does not connect to the node, which need not be running.
  - Reads SSTables of Cassandra 2.0 to 5.0 (BIG and BTI), not compressed or with LZ4, Snappy, Deflate or Zstd.
  - Files that can't be read are listed, and make the result V(incomplete), never V(clean).
author:
  - The genesys.gws authors (@genesys-gws)
requirements:
  - cramjam (Python library, for LZ4, Snappy and Zstd. Without it such files are reported as unreadable.)
  - PyYAML (Python library, to read O(config_file))
options:
  config_file:
    description:
      - The cassandra.yaml of the node. Folders that are not set by options are taken from it.
      - If not set, it is searched for in C(/etc/cassandra), C(/etc/cassandra/conf), C(/etc/cassandra/default.conf) and C(/opt/cassandra/conf).
    type: path
  storage_directory:
    description:
      - Parent of the folders that cassandra.yaml does not set (the system property C(cassandra.storagedir)).
      - If not set, the folder C(data) next to the folder C(conf) of O(config_file) is used.
    type: path
  data_file_directories:
    description: Folders with SSTables. Overrides O(config_file).
    type: list
    elements: path
    default: []
  commitlog_directory:
    description: Folder with the commit log. Overrides O(config_file).
    type: path
  cdc_raw_directory:
    description: Folder of change data capture. Overrides O(config_file).
    type: path
  hints_directory:
    description: Folder with hints. Overrides O(config_file).
    type: path
  saved_caches_directory:
    description: Folder with saved caches. Overrides O(config_file).
    type: path
  extra_paths:
    description:
      - Other folders and files to search, such as mounted backups, archived commit logs, audit logs or log files.
      - Archives and compressed files are reported as unreadable.
    type: list
    elements: path
    default: []
  keyspaces:
    description: Keyspaces whose SSTables are searched. If empty, all keyspaces are searched, including those of Cassandra itself.
    type: list
    elements: str
    default: []
  erased_at:
    description:
      - UTC time of the erasure, like V(2026-11-24T10:00:00Z).
      - Cassandra can drop keys of deleted rows C(gc_grace_seconds) after this time. If not set, the current time is used.
    type: str
  gc_grace_seconds:
    description: The C(gc_grace_seconds) of tables that do not use Cassandra's default of 864000, by C(keyspace.table).
    type: dict
    default: {}
  max_mb_per_second:
    description: Maximum number of megabytes to read per second. 0 means no limit.
    type: float
    default: 0.0
  settle_timeout:
    description:
      - Seconds to wait, after everything else was read, until the node has finished the files that it is writing and the list of files stops changing.
      - If the timeout expires, the result is V(incomplete).
    type: float
    default: 120.0
  stop_file:
    description: If this file exists on the host that runs the module, the search stops and the result is V(incomplete).
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
  - O(groups) is not supported, because files do not show which settings group their content belongs to.
  - The module has to read Cassandra's files, so it usually needs C(become). It runs at low priority.
  - Data that has not been flushed is in the commit log and is found there. Run C(nodetool flush) first for keyspaces with C(durable_writes) turned off.
seealso:
  - module: genesys.gws.gws_pii_search
  - plugin: genesys.gws.whole_residue
    plugin_type: filter
    description: One verdict for all hosts of a cluster.
"""

EXAMPLES = r"""
- name: Search for traces of a person
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

- name: Show where they are
  ansible.builtin.debug:
    var: traces.traces
"""

RETURN = r"""
state:
  description:
    - V(clean) if everything was read and nobody was found.
    - V(residue) if everything was read and there are RV(traces).
    - V(incomplete) if something could not be read (RV(unreadable)). There may be RV(traces) as well.
  type: str
  returned: success
  sample: residue
traces:
  description: One entry for each place with a trace. A place is a table, one of its indexes or snapshots, the commit log, and so on.
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
      description: The entry of O(extra_paths).
      type: str
    files:
      description: Number of SSTables and other files in the place.
      type: int
    files_with_traces:
      description: Number of those with a trace.
      type: int
    names:
      description: Names of up to 50 SSTables and files with a trace. A name that contains an identifier is not shown.
      type: list
      elements: str
    parts:
      description: Parts of SSTables with a trace (data, index, summary, statistics, rows, other), V(file), or V(name) for the name of a file or folder.
      type: list
      elements: str
    subjects:
      description: Reference and number of exact and possible occurrences in these files for each data subject.
      type: list
      elements: dict
    certainty:
      description: V(exact), or V(possible) if bytes look like an identifier but the data around them can't be interpreted.
      type: str
    newest_write:
      description: Time of the newest write in these SSTables.
      type: str
    written:
      description: V(before the erasure), V(after the erasure) or V(unknown), by RV(traces[].newest_write) and O(erased_at).
      type: str
    removal:
      description: When the trace can be removed (C(when), C(earliest)), the commands that remove it (C(commands), in this order), and C(why).
      type: dict
refs:
  description: The references of all data subjects that were searched for.
  type: list
  elements: str
  returned: success
  sample: [ticket-1]
subjects:
  description: Reference and number of occurrences in all files for each data subject that was found. Hard links count once for each name.
  type: list
  elements: dict
  returned: success
  sample: [{ref: ticket-1, places: 2}]
unreadable:
  description: What could not be searched. Each entry has the place and names as in RV(traces), the C(reason), and the number of files.
  type: list
  elements: dict
  returned: success
  sample: []
covered:
  description: What was searched, as the numbers of files, SSTables and bytes for each kind of place.
  type: list
  elements: dict
  returned: success
  sample: [{place: live, files: 8, bytes: 104857600}]
not_covered:
  description: What a search of files can't see, in words.
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
      description: Maximum free space that the commands need.
      type: int
    free_bytes:
      description: Free space of the data folder that has the least.
      type: int
    enough_disk:
      description: Whether there is enough free space.
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
  description: Duration in seconds.
  type: float
  returned: success
  sample: 12.5
cpu_seconds:
  description: CPU time in seconds.
  type: float
  returned: success
  sample: 11.9
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
  sample: bad_config_file
"""

from ansible_collections.genesys.gws.plugins.module_utils._module import run_residue


def main() -> None:
    """Entry point."""
    run_residue.main()


if __name__ == "__main__":
    main()
