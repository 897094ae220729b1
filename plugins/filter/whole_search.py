# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

from ansible.errors import AnsibleFilterError

from ansible_collections.genesys.gws.plugins.module_utils._core.errors import GwsPiiError
from ansible_collections.genesys.gws.plugins.module_utils._module import search_result

DOCUMENTATION = r"""
name: whole_search
short_description: Merge the shares of a search
version_added: 0.2.0
description:
  - Makes one result out of the results of M(genesys.gws.gws_pii_search) on several hosts, each of which read its share of the token ring
    (O(genesys.gws.gws_pii_search#module:scan_hosts)).
  - Fails unless the shares are the whole ring exactly once, for each table, and of the same search.
author:
  - The genesys.gws authors (@genesys-gws)
positional: _input
options:
  _input:
    description: The results of all hosts.
    type: list
    elements: dict
    required: true
"""

EXAMPLES = r"""
- name: Merge the shares
  ansible.builtin.set_fact:
    found: "{{ groups['gws_cassandra'] | map('extract', hostvars, 'found_here') | genesys.gws.whole_search }}"
  no_log: true
  run_once: true
"""

RETURN = r"""
_value:
  description: A result as that of M(genesys.gws.gws_pii_search) on one host.
  type: dict
"""


def whole_search(results: t.Any) -> dict[str, t.Any]:
    """One result out of the shares."""
    try:
        shares = [dict(result) for result in results]
        sources = {share.get("key_source", "") for share in shares}
        whole = search_result.of_shares(shares)
        known = [source for source in ("made", "file", "option") if source in sources]
        return {**whole, "key_source": known[0]} if known else whole
    except GwsPiiError as error:
        raise AnsibleFilterError(error.message) from None
    except (AttributeError, LookupError, TypeError, ValueError):
        raise AnsibleFilterError("whole_search expects the results of gws_pii_search from all scan_hosts.") from None


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        """By name."""
        return {"whole_search": whole_search}
