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
  - Erases what M(genesys.gws.gws_pii_search) found. The owner of each row is looked up in GWS, and the owner's settings are read and matched
    again. What is deleted was read through the API a moment before, and still matched.
  - A setting that holds several contacts (Recents) loses only the records of the person.
  - The form of the DELETE is proved on a scratch group of the user's own first. A backup is taken before each write, each write is read back,
    and the other settings of the group are compared.
  - Rows of former agents (O(orphans=delete)) are part of the same plan. Holds, groups, caps, approval, backup and read-back count for them as well.
  - Two runs with the same GWS login do not erase at the same time. The second one is refused with a line that says so.
  - The result holds no personal data.
author:
  - The genesys.gws authors (@genesys-gws)
options:
  findings:
    description:
      - The findings of M(genesys.gws.gws_pii_search), made with the same identifiers, O(match) and O(region).
      - Without this option the settings of all users are searched through the API, for sites whose Cassandra can't be read.
    type: raw
  source:
    description:
      - Where the person is looked for.
      - With V(cassandra), the default when there are O(findings), the settings of those users are read whom the rows name.
      - >-
        With V(api), the default without O(findings), the settings of all users are read; O(findings) are not used. Every user has to answer, and there
        have to be as many users as GWS says it has; otherwise the module fails.
      - >-
        With V(both) the settings of all users are read and compared with O(findings); RV(only_in_api) and RV(only_in_cassandra) say what only one
        of them shows.
    type: str
    choices: [cassandra, api, both]
    version_added: 0.3.0
  match_possible:
    description: What to do with settings that are only possibly the person's. Fail at the end, only report, or erase them as well.
    type: str
    choices: [fail, report, erase]
    default: fail
  shared_settings:
    description: What to do with a setting that holds several contacts. Cut out the records of the person, delete all of it, or leave it (and fail).
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
      - What to do with rows of former agents, whom GWS no longer knows. Fail after everything else is done, only report, or delete the rows by CQL.
      - V(delete) needs O(login_host), and a Cassandra user with the permission MODIFY. The rows are planned, held, counted and backed up as settings are.
      - A row is left (and the module fails) if it holds other people's records as well, whatever O(shared_settings) says; if the person stands in a
        static column; or if the setting seems to lie in several rows.
    type: str
    choices: [fail, report, delete]
    default: fail
  outside:
    description: What to do with findings in tables that hold no settings. Fail after everything else is done, or only report.
    type: str
    choices: [fail, report]
    default: fail
  fail_on_left:
    description: Whether to fail when something of the person is left. RV(left) says how much in any case.
    type: bool
    default: true
  max_deletes:
    description: If more settings and rows than this would be touched, nothing is erased.
    type: int
    default: 5000
  max_per_subject:
    description: If a person would lose more settings and rows than this, nothing is erased.
    type: int
    default: 200
  holds:
    description:
      - Legal holds, a list of identifiers, owners (user id or any name of a user), resources (a path or URL like C(/users/ID/settings/GROUP/KEY), or what
        it lies in) or other texts. What they mean is never touched. A hold may hold too much, never too little.
      - A row of a former agent is held by a path when it names all that the path names.
    type: raw
  expect_plan:
    description:
      - RV(plan.digest) of the plan that was approved. Another plan is not carried out.
      - A plan is another one when anything of this differs, GWS (the contact centre), the cluster and keyspace of the findings, the people, the
        policy, or for any setting or row the action, what goes, and how many of other people's records go with it. What stays in a setting may differ.
      - What is no longer as it was planned right before it is touched is left and counted as changed.
    type: str
  delete_form:
    description: Where the key of a setting stands in a DELETE. V(probe) finds out on a scratch group.
    type: str
    choices: [probe, body, path]
    default: probe
  work_dir:
    description:
      - Folder for backups and the journal, on the host that runs the module. It is made with mode 0700.
      - It is refused if it belongs to another user, if others may read it, or if it is a symbolic link.
    type: path
    default: ~/.ansible/gws_pii
  keep_backup:
    description: Whether to keep the backups after success. They hold personal data.
    type: bool
    default: false
  stop_file:
    description: When this file exists, the run stops before the next deletion.
    type: path
  ledger:
    description:
      - File, on the host that runs the module, into which every person is written before anything is erased, in codes that are keyed with O(key).
      - With it M(genesys.gws.gws_pii_recall) finds these people again when a backup was restored. Not written in check mode.
    type: path
    version_added: 0.3.0
  ledger_days:
    description: Days for which an entry of the ledger is kept. It has to be kept as long as the oldest backup that may be restored.
    type: int
    default: 400
    version_added: 0.3.0
  receipts:
    description: Folder with receipts of earlier runs. A ledger that does not continue what they say about it is refused, and nothing is erased.
    type: path
    version_added: 0.3.0
  export:
    description:
      - File on the control node into which everything is written that was found about the people, for them to read (Art. 15 GDPR), before
        anything is erased, in check mode too. It is JSON; the same as a page lies beside it (C(.html)).
      - It holds the people's own data and nobody else's, mode 0600. When the run has a vault password, both files are encrypted with it.
      - Rows that GWS does not show are read from Cassandra again, which needs O(login_host).
    type: path
    version_added: 0.3.0
  export_key:
    description: Given by the action plugin. Not to be set.
    type: str
    version_added: 0.3.0
  run_record:
    description: File that was begun by the role forget_me, into which each step is noted, so that there is a receipt of a run that was killed.
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
    details: The same path without the last step. Only GET is sent.
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
  description: The settings and rows that are to be touched, counts and a digest.
  type: dict
  returned: success
  contains:
    digest:
      description: Equal for equal plans, for O(expect_plan).
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
      description: Number of settings to be cut.
      type: int
      sample: 6
    rows:
      description: Number of rows of former agents to be deleted (only with O(orphans=delete)).
      type: int
      sample: 0
    other_contacts_deleted:
      description: Number of other people who would go as well, by their records, addresses and numbers (only with O(shared_settings=delete)).
      type: int
      sample: 0
outcomes:
  description:
    - Number of settings or rows by what became of them.
    - C(changed) ones were not as planned any more, so they were left. C(orphaned) are rows of former agents that are there at the end.
  type: dict
  returned: success, and when it failed after the plan was made
  sample:
    {deleted: 36, redacted: 6, already_absent: 0, changed: 0, failed: 0, held: 0, corporate: 1, possible: 0, shared: 0, other_group: 0, orphaned: 0,
      orphans_deleted: 0, outside: 0, unresolved: 0}
left:
  description: How much of the data subjects is left that may not be.
  type: int
  returned: success, and when it failed after the plan was made
  sample: 0
left_message:
  description: The same in words, with what to do.
  type: str
  returned: success, and when it failed after the plan was made
  sample: ""
left_by_reason:
  description: What RV(left) is the sum of.
  type: dict
  returned: success, and when it failed after the plan was made
  sample: {}
left_tables:
  description: Number of rows without a setting of their own, by what they are and by table.
  type: dict
  returned: success, and when it failed after the plan was made
  sample: {orphaned: {}, outside: {}, unresolved: {}}
to_do:
  description: Number of settings and rows of the plan that were not dealt with.
  type: int
  returned: success, and when it failed after the plan was made
  sample: 0
changed_meanwhile:
  description: Number of settings that were written by somebody else while they were erased.
  type: int
  returned: success, and when it failed after the plan was made
  sample: 0
holds_effective:
  description: Number of holds that have held something.
  type: int
  returned: success, and when it failed after the plan was made
  sample: 0
holds_unmet:
  description: Number of holds that have met nothing in what was found of the data subjects. Look whether they say what was meant.
  type: int
  returned: success, and when it failed after the plan was made
  sample: 0
holds_unmet_positions:
  description: Their positions in O(holds), from 1.
  type: list
  elements: int
  returned: success, and when it failed after the plan was made
  sample: []
subjects:
  description: For each data subject its reference and the number of settings by what became of them.
  type: list
  elements: dict
  returned: success, and when it failed after the plan was made
  sample: [{ref: ticket-1, found: 42, states: {deleted: 36, redacted: 6}}]
source:
  description: Where the person was looked for, see O(source).
  type: str
  returned: success, and when it failed after the plan was made
  sample: cassandra
users:
  description: Number of users that GWS has. All of them were read with O(source=api) and O(source=both).
  type: int
  returned: success, and when it failed after the plan was made
  sample: 200
users_read:
  description: Number of users whose settings were read.
  type: int
  returned: success, and when it failed after the plan was made
  sample: 4
only_in_api:
  description: Number of settings with something of the data subjects for which there is no finding. Always 0 with O(source=api).
  type: int
  returned: success, and when it failed after the plan was made
  sample: 0
only_in_cassandra:
  description: Number of rows with something of the data subjects that no setting explains.
  type: int
  returned: success, and when it failed after the plan was made
  sample: 0
export:
  description: The files that were written (C(files)), and whether they are encrypted (C(encrypted)).
  type: dict
  returned: with O(export)
  sample: {files: [person.json, person.html], encrypted: true}
ledger:
  description: The head of the ledger, number and link of its last line.
  type: dict
  returned: with O(ledger), unless in check mode
  sample: {number: 17, link: 0a1b2c3d}
writes:
  description: Number of requests other than GET that were sent.
  type: int
  returned: success, and when it failed after the plan was made
  sample: 48
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
  sample: plan_changed
"""

from ansible_collections.genesys.gws.plugins.module_utils._module import run_delete


def main() -> None:
    """Entry point."""
    run_delete.main()


if __name__ == "__main__":
    main()
