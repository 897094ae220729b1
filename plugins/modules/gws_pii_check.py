#!/usr/bin/python
# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: gws_pii_check
short_description: Check options, folders and logins before a search or an erasure
version_added: 0.3.0
description:
  - Checks what can be checked before M(genesys.gws.gws_pii_search) and M(genesys.gws.gws_pii_delete) start. These are, in this order, the identifiers and
    the other options, the folders, the login to GWS and its role, the login to Cassandra, and the tables.
  - A search of a large cluster takes hours. This module avoids that it has to be repeated because of a wrong password.
author:
  - The genesys.gws authors (@genesys-gws)
options:
  tables:
    description: Tables that must exist.
    type: list
    elements: str
    default: []
  exclude_tables:
    description: Tables to leave out. They must exist as well.
    type: list
    elements: str
    default: []
  holds:
    description: Legal holds, as in M(genesys.gws.gws_pii_delete).
    type: raw
  work_dir:
    description:
      - A folder that must be writable, or that can be created.
      - If it exists, it must belong to the user who runs the module, have mode 0700, and not be a symbolic link.
    type: path
  checkpoint_dir:
    description: A folder with the same requirements as O(work_dir).
    type: path
  progress_file:
    description: A file whose folder must be writable.
    type: path
  stop_file:
    description: A file that must not exist.
    type: path
  gws_url:
    description:
      - Address of GWS, like V(https://gws.example.com:8090), or a list of addresses of the same GWS. If not set, the login to GWS is not checked.
      - If not set, the environment variable E(GWS_PII_GWS_URL) is used.
    type: list
    elements: str
    required: false
    aliases: [gws]
  login_host:
    description:
      - Addresses of one or more Cassandra nodes. If not set, the login to Cassandra is not checked.
      - If not set, the environment variable E(GWS_PII_CASSANDRA_HOSTS) is used.
    type: list
    elements: str
    aliases: [cass_hostname, contact_points]
extends_documentation_fragment:
  - genesys.gws._attributes
  - genesys.gws._subjects
  - genesys.gws._gws
  - genesys.gws._cassandra
attributes:
  check_mode:
    support: full
    details: Only GET requests are sent in any case.
  diff_mode:
    support: none
seealso:
  - module: genesys.gws.gws_pii_search
  - module: genesys.gws.gws_pii_delete
"""

EXAMPLES = r"""
- name: Check the logins
  genesys.gws.gws_pii_check:
    search: "{{ identifiers }}"
    login_host: "{{ groups['gws_cassandra'] }}"
    gws_url: https://gws.example.com:8090
    gws_username: "{{ vault_gws_username }}"
    gws_password: "{{ vault_gws_password }}"
"""

RETURN = r"""
subjects:
  description: Number of data subjects.
  type: int
  returned: success
  sample: 1
gws:
  description: Whether the login to GWS was checked.
  type: bool
  returned: success
  sample: true
cassandra:
  description: Whether the login to Cassandra was checked.
  type: bool
  returned: success
  sample: true
tables:
  description: Number of tables that a search would read.
  type: int
  returned: success
  sample: 3
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
  sample: bad_subjects
"""

from ansible_collections.genesys.gws.plugins.module_utils._module import run_check


def main() -> None:
    """Run as a module."""
    run_check.main()


if __name__ == "__main__":
    main()
