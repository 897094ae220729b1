# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""gws_pii_search: options, search, result."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.genesys.gws.plugins.module_utils._cassandra.session import Session
from ansible_collections.genesys.gws.plugins.module_utils._core.errors import InputError
from ansible_collections.genesys.gws.plugins.module_utils._core.groups_seen import GroupTrackingPrefilter
from ansible_collections.genesys.gws.plugins.module_utils._core.matching import Matcher
from ansible_collections.genesys.gws.plugins.module_utils._core.subjects import known_region
from ansible_collections.genesys.gws.plugins.module_utils._module import argspec, guard, search_result
from ansible_collections.genesys.gws.plugins.module_utils._module import options as _options
from ansible_collections.genesys.gws.plugins.module_utils._scan import search as _search

_LIMITS = {"page_size": (1, 50000), "pages_in_flight": (1, 64), "rows_per_second": (0, 10**9)}


def argument_spec() -> argspec.Spec:
    """The options of the module."""
    return {
        **argspec.subjects_spec(),
        **argspec.cassandra_spec(),
        "tables": {"type": "list", "elements": "str", "default": []},
        "exclude_tables": {"type": "list", "elements": "str", "default": []},
        "unreadable_tables": {"type": "str", "choices": ["fail", "report"], "default": "fail"},
        "page_size": {"type": "int", "default": 5000},
        "pages_in_flight": {"type": "int", "default": 4},
        "rows_per_second": {"type": "int", "default": 0},
        "stop_file": {"type": "path"},
        "time_window": {"type": "str"},
        "checkpoint_dir": {"type": "path"},
        "progress_file": {"type": "path"},
        "scan_hosts": {"type": "list", "elements": "str", "default": []},
        "scan_host": {"type": "str"},
    }


def main() -> None:
    """Entry point of the module."""
    guard.guarded_run(guard.QuietModule(argument_spec()), _run)


def check_limits(params: dict[str, t.Any]) -> None:
    """:raises InputError: if a number is out of range."""
    for option, (low, high) in _LIMITS.items():
        if not low <= params[option] <= high:
            raise InputError("bad_option", f"{option} must be from {low} to {high}.")


def _run(module: AnsibleModule) -> dict[str, t.Any]:
    params = module.params
    check_limits(params)
    subjects = _options.subjects_of(params)
    request = _options.search_request_of(params, subjects, Matcher(subjects, known_region(params["region"])), _options.group_names(params))
    search_options = request.search_options
    options = _options.cassandra_of(
        params, prefer=search_options.share.hosts[search_options.share.number] if search_options.share else frozenset()
    )
    prefilter = GroupTrackingPrefilter(subjects, request.groups)
    with Session(options, prefilter) as session:
        request = dataclasses.replace(request, source=_search.source_of(session, params["keyspace"]))
        searched = _search.search_keyspace(session, request)
        whole = search_result.of_search(
            subjects, searched, session.cluster_name, options.consistency_level, params["keyspace"], prefilter.seen
        )
    if search_options.share:
        return search_result.of_share(searched, whole, search_options.share.number, len(search_options.share.hosts))
    search_result.check_groups(whole)
    return whole
