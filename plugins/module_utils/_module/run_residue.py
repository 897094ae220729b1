# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""gws_pii_residue: options, scan, result."""

from __future__ import annotations

import datetime
import os
import time
import typing as t

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.genesys.gws.plugins.module_utils._core.errors import InputError
from ansible_collections.genesys.gws.plugins.module_utils._core.matching import Matcher
from ansible_collections.genesys.gws.plugins.module_utils._core.prefilter import Prefilter
from ansible_collections.genesys.gws.plugins.module_utils._core.subjects import known_region
from ansible_collections.genesys.gws.plugins.module_utils._module import argspec, guard, residue_result
from ansible_collections.genesys.gws.plugins.module_utils._module import options as _options
from ansible_collections.genesys.gws.plugins.module_utils._residue.block_search import BlockSearch
from ansible_collections.genesys.gws.plugins.module_utils._residue.directories import node_of
from ansible_collections.genesys.gws.plugins.module_utils._residue.host_scan import HostScan, ScanOptions
from ansible_collections.genesys.gws.plugins.module_utils._residue.places import Kind

_LONGEST_GC_GRACE = 100 * 365 * 86_400


def argument_spec() -> argspec.Spec:
    """The options of the module."""
    return {
        **argspec.subjects_spec(),
        "config_file": {"type": "path"},
        "storage_directory": {"type": "path"},
        "data_file_directories": {"type": "list", "elements": "path", "default": []},
        "commitlog_directory": {"type": "path"},
        "cdc_raw_directory": {"type": "path"},
        "hints_directory": {"type": "path"},
        "saved_caches_directory": {"type": "path"},
        "extra_paths": {"type": "list", "elements": "path", "default": []},
        "keyspaces": {"type": "list", "elements": "str", "default": [], "no_log": False},
        "erased_at": {"type": "str"},
        "gc_grace_seconds": {"type": "dict", "default": {}},
        "max_mb_per_second": {"type": "float", "default": 0.0},
        "settle_timeout": {"type": "float", "default": 120.0},
        "stop_file": {"type": "path"},
    }


def main() -> None:
    """Entry point of the module."""
    guard.guarded_run(guard.QuietModule(argument_spec()), _run)


def _run(module: AnsibleModule) -> dict[str, t.Any]:
    os.nice(10)  # run at low priority, so that the node is not slowed down
    return run(module.params)


def run(params: dict[str, t.Any]) -> dict[str, t.Any]:
    """Scan the host with these options."""
    began, cpu = time.monotonic(), time.process_time()
    if params["groups"]:
        raise InputError("bad_option", "groups can't limit this search: files on disk do not show which group a setting belongs to.")
    subjects = _options.subjects_of(params)
    for option in ("max_mb_per_second", "settle_timeout"):
        if not 0 <= params[option] < 1e9:
            raise InputError("bad_option", f"{option} must be 0 or more.")
    question = residue_result.ResidueRequest(
        subjects, _erased_at(params["erased_at"]), _gc_grace(params["gc_grace_seconds"]), datetime.datetime.now(datetime.timezone.utc)
    )
    node = node_of(params)
    search = BlockSearch(Prefilter(subjects), Matcher(subjects, known_region(params["region"])))
    scan_options = ScanOptions(params["settle_timeout"], params["max_mb_per_second"] * 1e6, params["stop_file"] or "")
    scan = HostScan(node.folders, [name for name in params["keyspaces"] if name], search, scan_options)
    found = scan.run()
    data_folders = [folder.path for folder in node.folders if folder.kind is Kind.LIVE]
    return {
        **residue_result.of_scan(question, found, search, data_folders),
        "addresses": list(node.addresses),
        "bytes_read": found.read,
        "bytes_searched": found.searched,
        "seconds": round(time.monotonic() - began, 3),
        "cpu_seconds": round(time.process_time() - cpu, 3),
    }


def _erased_at(text: str | None) -> datetime.datetime | None:
    """A UTC time like ``2026-11-24T10:00:00Z``."""
    if not text or not text.strip():
        return None
    try:
        moment = datetime.datetime.fromisoformat(text.strip().replace("Z", "+00:00"))
    except ValueError:
        raise InputError("bad_erased_at", "erased_at must have the form 2026-11-24T10:00:00Z.") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=datetime.timezone.utc)


def _gc_grace(given: dict[str, t.Any]) -> dict[str, int]:
    seconds: dict[str, int] = {}
    for table, value in given.items():
        try:
            seconds[str(table)] = int(value)
        except (TypeError, ValueError):
            raise InputError("bad_gc_grace", "gc_grace_seconds must have a number of seconds for each keyspace.table.") from None
        if not 0 <= seconds[str(table)] <= _LONGEST_GC_GRACE:
            raise InputError("bad_gc_grace", "gc_grace_seconds must be 0 or more.")
    return seconds
