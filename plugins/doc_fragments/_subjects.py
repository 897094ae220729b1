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
      - Whom to search for, an e-mail address, a phone number or another text, or a list of them.
      - Each entry is a data subject of its own, with the reference C(search-1), C(search-2) and so on.
    type: raw
  subjects:
    description:
      - Data subjects with several identifiers each, a list of C({ref, identifiers}), or the text of a file as in O(subjects_file).
      - The reference (a ticket number) stands for the person in every output. It must not hold an identifier.
    type: raw
  subjects_file:
    description:
      - A file on the host that runs the module, with one identifier a line, or a JSON or YAML list as in O(subjects).
      - Not to be given together with O(search) or O(subjects).
    type: path
  region:
    description:
      - Country (ISO 3166, like V(US) or V(DE)) in which phone numbers without a country code are read.
      - Without it a national number is only possibly the one that is searched for. It is reported and not deleted.
    type: str
  match:
    description:
      - V(exact) compares e-mail addresses and phone numbers as a whole, whatever way they are spelled.
      - V(contains) is the rule of the predecessor, any text that contains the term matches, in any case. It can hit other people.
    type: str
    choices: [exact, contains]
    default: exact
  min_length:
    description: Shorter terms are refused, since they would match other people.
    type: int
    default: 5
  groups:
    description: Names of the settings groups to which search and deletion are limited. All groups when it is empty.
    type: list
    elements: str
    default: []
    aliases: [group, group_name]
  key:
    description:
      - A site's secret, a text of 12 characters or more, from Ansible Vault. Every reference, digest and checkpoint that leaves the module is keyed
        with it, so that nobody without it can try out e-mail addresses or phone numbers on them.
      - All modules of a run need the same one. Findings made with another key are refused.
      - When the module runs on another host than the control node, only a key derived from it goes there.
    type: str
    version_added: 0.3.0
  key_file:
    description: File on the control node, mode 0600, in which the secret is kept when O(key) is not given. Made when it is not there.
    type: path
    default: ~/.ansible/gws_pii/key
    version_added: 0.3.0
"""
