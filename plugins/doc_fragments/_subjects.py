# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

from __future__ import annotations


class ModuleDocFragment:
    """Options of module_utils._module.argspec.subjects_spec."""

    DOCUMENTATION = r"""
options:
  search:
    description:
      - The person to search for. An e-mail address, a phone number or another text, or a list of them.
      - Each entry is a separate data subject, with the reference C(search-1), C(search-2) and so on.
    type: raw
  subjects:
    description:
      - Data subjects with several identifiers each. A list of C({ref, identifiers}), or the content of a file as in O(subjects_file).
      - The reference (a ticket number) stands for the person in all output. It must not contain an identifier.
    type: raw
  subjects_file:
    description:
      - A file on the host that runs the module, with one identifier a line, or a JSON or YAML list as in O(subjects).
      - Mutually exclusive with O(search) and O(subjects).
    type: path
  region:
    description:
      - Country (ISO 3166, like V(US) or V(DE)) that is assumed for phone numbers without a country code.
      - If not set, a national number is only a possible match. It is reported and not deleted.
    type: str
  match:
    description:
      - V(exact) compares complete e-mail addresses and phone numbers, however they are written.
      - V(contains) is the rule of the predecessor. Any text that contains the term matches, regardless of case. It can match other people.
    type: str
    choices: [exact, contains]
    default: exact
  min_length:
    description: Shorter terms are rejected, because they would match other people.
    type: int
    default: 5
  groups:
    description: Names of the settings groups to which search and deletion are limited. If empty, all groups are included.
    type: list
    elements: str
    default: []
    aliases: [group, group_name]
  key:
    description:
      - The site's secret, a string of 12 characters or more, from Ansible Vault. Every reference, digest and checkpoint that leaves the module is keyed
        with it, so that nobody without it can test them for e-mail addresses or phone numbers.
      - All modules of a run need the same key. Findings made with another key are rejected.
      - If the module runs on another host than the control node, only a key derived from it is sent there.
    type: str
    version_added: 0.3.0
  key_file:
    description: File on the control node (mode 0600) in which the secret is kept if O(key) is not set. It is created if it does not exist.
    type: path
    default: ~/.ansible/gws_pii/key
    version_added: 0.3.0
"""
