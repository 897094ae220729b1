#!/usr/bin/python
# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: gws_pii_delete
short_description: Erase a person from settings through the API of Genesys Web Services
version_added: 0.1.0
description:
  - Erases what M(genesys.gws.gws_pii_search) found. It looks up the owner of each row in GWS, then reads and matches the owner's settings again. A setting
    is only erased if it was read through the API immediately before and still matched.
  - A setting that holds several contacts (Recents) loses only the records of the person.
  - Before the first deletion, the form of the DELETE request is tested on a scratch group of the GWS user. A backup is taken before each write. After each
    write the setting is read back, and the other settings of the group are compared.
  - Rows of former agents (O(orphans=delete)) are part of the same plan. Holds, groups, limits, approval, backup and read-back apply to them as well.
  - Two runs with the same GWS login do not erase at the same time. The second one fails with a message that says so.
  - The result holds no personal data.
author:
  - The genesys.gws authors (@genesys-gws)
options:
  findings:
    description:
      - The findings that M(genesys.gws.gws_pii_search) returned for the same identifiers, O(match) and O(region).
      - Without this option the settings of all users are searched through the API, for sites whose Cassandra can't be read.
    type: raw
  source:
    description:
      - Where to search for the person.
      - With V(cassandra), the default if O(findings) is set, only the settings of users who are named in the found rows are read.
      - >-
        With V(api), the default without O(findings), the settings of all users are read and O(findings) is ignored. The module fails if the settings of a
        user can't be read, or if GWS lists fewer users than it reports.
      - >-
        With V(both) the settings of all users are read and compared with O(findings); RV(only_in_api) and RV(only_in_cassandra) count what only one of
        them contains.
    type: str
    choices: [cassandra, api, both]
    version_added: 0.3.0
  match_possible:
    description: What to do with settings that are only a possible match. The module can fail at the end, only report them, or erase them as well.
    type: str
    choices: [fail, report, erase]
    default: fail
  shared_settings:
    description: What to do with a setting that holds several contacts. The module can remove only the records of the person, delete the whole setting, or
      leave it and fail.
    type: str
    choices: [redact, delete, report]
    default: redact
  corporate:
    description: What to do with settings of the contact centre (corporate favorites), which belong to administrators.
    type: str
    choices: [report, erase]
    default: report
  orphans:
    description:
      - What to do with rows of former agents whom GWS no longer knows. The module can fail after everything else is done, only report the rows, or delete
        them by CQL.
      - V(delete) needs O(login_host) and a Cassandra user with the permission MODIFY. The plan, holds, limits and backups cover these rows as they cover
        settings.
      - A row is left in place, and the module fails, if it also holds other people's records (whatever O(shared_settings) says), if the person was found
        in a static column, or if the setting seems to span several rows.
    type: str
    choices: [fail, report, delete]
    default: fail
  outside:
    description: What to do with findings in tables that hold no settings. The module can fail after everything else is done, or only report them.
    type: str
    choices: [fail, report]
    default: fail
  fail_on_left:
    description: Whether to fail if data of the person is left. RV(left) counts it in any case.
    type: bool
    default: true
  max_deletes:
    description: If more settings and rows than this would be touched, nothing is erased.
    type: int
    default: 5000
  max_per_subject:
    description: If more settings and rows than this would be touched for one person, nothing is erased.
    type: int
    default: 200
  holds:
    description:
      - Legal holds. A list of identifiers, owners (the id or any name of a user), resources (a path or URL like C(/users/ID/settings/GROUP/KEY), or a
        parent of it) or other texts. Data that matches a hold is never touched. A hold may match too much, but never too little.
      - A path holds a row of a former agent if the row contains every name in the path.
    type: raw
  expect_plan:
    description:
      - RV(plan.digest) of the approved plan. A different plan is not carried out.
      - A plan is different if it is for another contact centre, cluster, keyspace, set of people or policy, or if for any setting or row the action, the
        data to remove, or the number of other people's records to remove is different. What stays in a setting may differ.
      - A setting that no longer matches the plan immediately before it is erased is left and counted as changed.
    type: str
  delete_form:
    description: Where to put the key of a setting in a DELETE request. V(probe) finds out with a test on a scratch group.
    type: str
    choices: [probe, body, path]
    default: probe
  work_dir:
    description:
      - Folder for backups and the journal, on the host that runs the module. It is created with mode 0700.
      - The module fails if the folder belongs to another user, if other users can read it, or if it is a symbolic link.
    type: path
    default: ~/.ansible/gws_pii
  keep_backup:
    description: Whether to keep the backups after a successful run. They contain personal data.
    type: bool
    default: false
  stop_file:
    description: If this file exists, the run stops before the next deletion.
    type: path
  ledger:
    description:
      - File on the host that runs the module in which every person is recorded before anything is erased, as codes that are keyed with O(key).
      - With it M(genesys.gws.gws_pii_recall) finds these people again after a backup was restored. It is not written in check mode.
    type: path
    version_added: 0.3.0
  ledger_days:
    description: Number of days to keep an entry of the ledger. Keep entries at least as long as the oldest backup that may be restored.
    type: int
    default: 400
    version_added: 0.3.0
  receipts:
    description: Folder with receipts of earlier runs. If the ledger does not match them, the module fails and nothing is erased.
    type: path
    version_added: 0.3.0
  export:
    description:
      - File on the control node to which everything that was found about the people is written, for them to read (Art. 15 GDPR). It is written before
        anything is erased, also in check mode. The file is JSON. A page with the same content is written next to it (C(.html)).
      - Both files contain only the data of these people, and have mode 0600. If the run has a vault password, they are encrypted with it.
      - Rows that GWS does not show are read from Cassandra again, which needs O(login_host).
    type: path
    version_added: 0.3.0
  export_key:
    description: Set by the action plugin. Do not set it yourself.
    type: str
    version_added: 0.3.0
  run_record:
    description: File that the role forget_me creates and in which each step is recorded, so that a run that was killed gets a receipt as well.
    type: path
    version_added: 0.3.0
extends_documentation_fragment:
  - genesys.gws._attributes
  - genesys.gws._subjects
  - genesys.gws._gws
  - genesys.gws._cassandra
attributes:
  check_mode:
    support: full
    details: Does the same without the writes. Only GET requests are sent.
  diff_mode:
    support: full
    details: Counts only.
seealso:
  - module: genesys.gws.gws_pii_search
"""

EXAMPLES = r"""
- name: Find a person
  genesys.gws.gws_pii_search:
    login_host: "{{ groups['gws_cassandra'] }}"
    search: "{{ identifiers }}"
  register: found

- name: Erase the person
  genesys.gws.gws_pii_delete:
    gws_url: https://gws.example.com:8090
    gws_username: "{{ vault_gws_username }}"
    gws_password: "{{ vault_gws_password }}"
    search: "{{ identifiers }}"
    findings: "{{ found.findings }}"
"""

RETURN = r"""
plan:
  description: Number of settings and rows that are to be touched, and the digest of the plan.
  type: dict
  returned: success
  contains:
    digest:
      description: Digest of the plan for O(expect_plan). It is the same for equal plans.
      type: str
      sample: 5f1d3c0a9be24c77a0f2f6f3a1b2c3d4e5f60718293a4b5c6d7e8f9012345678
    settings:
      description: Number of settings to be touched.
      type: int
      sample: 42
    delete:
      description: Number of settings to be deleted.
      type: int
      sample: 36
    redact:
      description: Number of settings from which only the records of the data subjects are to be removed.
      type: int
      sample: 6
    rows:
      description: Number of rows of former agents to be deleted (only with O(orphans=delete)).
      type: int
      sample: 0
    other_contacts_deleted:
      description: Number of other people whose records, addresses or numbers would be deleted as well (only with O(shared_settings=delete)).
      type: int
      sample: 0
outcomes:
  description:
    - Number of settings and rows by outcome.
    - C(changed) counts settings that no longer matched the plan and were left. C(orphaned) counts rows of former agents that are still there at the end.
  type: dict
  returned: success, and failure after the plan was made
  sample:
    {deleted: 36, redacted: 6, already_absent: 0, changed: 0, failed: 0, held: 0, corporate: 1, possible: 0, shared: 0, other_group: 0, orphaned: 0,
      orphans_deleted: 0, outside: 0, unresolved: 0}
left:
  description: Number of settings and rows with data of the data subjects that should be gone but are left.
  type: int
  returned: success, and failure after the plan was made
  sample: 0
left_message:
  description: RV(left) in words, and what to do.
  type: str
  returned: success, and failure after the plan was made
  sample: ""
left_by_reason:
  description: RV(left) by reason.
  type: dict
  returned: success, and failure after the plan was made
  sample: {}
left_tables:
  description: Number of rows that belong to no setting of GWS, by kind and table.
  type: dict
  returned: success, and failure after the plan was made
  sample: {orphaned: {}, outside: {}, unresolved: {}}
to_do:
  description: Number of settings and rows of the plan that were not processed.
  type: int
  returned: success, and failure after the plan was made
  sample: 0
changed_meanwhile:
  description: Number of settings that somebody else changed during the erasure.
  type: int
  returned: success, and failure after the plan was made
  sample: 0
holds_effective:
  description: Number of holds that applied to something.
  type: int
  returned: success, and failure after the plan was made
  sample: 0
holds_unmet:
  description: Number of holds that match nothing that was found of the data subjects. Check their spelling.
  type: int
  returned: success, and failure after the plan was made
  sample: 0
holds_unmet_positions:
  description: Positions of these holds in O(holds), counted from 1.
  type: list
  elements: int
  returned: success, and failure after the plan was made
  sample: []
subjects:
  description: Reference and number of settings by outcome for each data subject.
  type: list
  elements: dict
  returned: success, and failure after the plan was made
  sample: [{ref: ticket-1, found: 42, states: {deleted: 36, redacted: 6}}]
source:
  description: Where the person was searched for, see O(source).
  type: str
  returned: success, and failure after the plan was made
  sample: cassandra
users:
  description: Number of users that GWS has. All of them were read with O(source=api) and O(source=both).
  type: int
  returned: success, and failure after the plan was made
  sample: 200
users_read:
  description: Number of users whose settings were read.
  type: int
  returned: success, and failure after the plan was made
  sample: 4
only_in_api:
  description: Number of settings that contain a data subject but for which there is no finding. Always 0 with O(source=api).
  type: int
  returned: success, and failure after the plan was made
  sample: 0
only_in_cassandra:
  description: Number of rows that contain a data subject but match no setting.
  type: int
  returned: success, and failure after the plan was made
  sample: 0
export:
  description: The files that were written (C(files)), and whether they are encrypted (C(encrypted)).
  type: dict
  returned: with O(export)
  sample: {files: [person.json, person.html], encrypted: true}
ledger:
  description: The head of the ledger, which is the number and the link of its last line.
  type: dict
  returned: with O(ledger), unless in check mode
  sample: {number: 17, link: 0a1b2c3d}
writes:
  description: Number of requests other than GET that were sent.
  type: int
  returned: success, and failure after the plan was made
  sample: 48
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
  sample: plan_changed
"""

from ansible_collections.genesys.gws.plugins.module_utils._module import run_delete


def main() -> None:
    """Entry point."""
    run_delete.main()


if __name__ == "__main__":
    main()
