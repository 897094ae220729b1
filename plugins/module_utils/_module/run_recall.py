# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""gws_pii_recall: reads the ledger, searches for everybody in it, and writes a file with the plain identifiers that were found."""

from __future__ import annotations

import dataclasses
import datetime
import json
import typing as t

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.genesys.gws.plugins.module_utils._cassandra.session import Session
from ansible_collections.genesys.gws.plugins.module_utils._core.errors import InputError
from ansible_collections.genesys.gws.plugins.module_utils._core.keys import site_key
from ansible_collections.genesys.gws.plugins.module_utils._core.subjects import Subjects, is_position, known_region
from ansible_collections.genesys.gws.plugins.module_utils._evidence import ledger as _ledger
from ansible_collections.genesys.gws.plugins.module_utils._evidence import private_file
from ansible_collections.genesys.gws.plugins.module_utils._evidence import recall as _recall
from ansible_collections.genesys.gws.plugins.module_utils._evidence.codes import Lookup
from ansible_collections.genesys.gws.plugins.module_utils._evidence.key_file import site_secret
from ansible_collections.genesys.gws.plugins.module_utils._evidence.ledger import Entry
from ansible_collections.genesys.gws.plugins.module_utils._evidence.receipts import heads_in
from ansible_collections.genesys.gws.plugins.module_utils._module import argspec, guard, run_search, search_result
from ansible_collections.genesys.gws.plugins.module_utils._module import options as _options
from ansible_collections.genesys.gws.plugins.module_utils._scan import search as _search

_OF_SEARCH = (
    *("tables", "exclude_tables", "unreadable_tables", "page_size", "pages_in_flight"),
    *("rows_per_second", "stop_file", "time_window", "progress_file"),
)
_OF_SUBJECTS = ("region", "key", "key_file")


def argument_spec() -> argspec.Spec:
    """The options of the module."""
    of_search = run_search.argument_spec()
    return {
        **{name: of_search[name] for name in (*_OF_SUBJECTS, *_OF_SEARCH)},
        **argspec.cassandra_spec(),
        "ledger": {"type": "path", "required": True},
        "receipts": {"type": "path"},
        "recalled_file": {"type": "path", "required": True},
    }


def main() -> None:
    """Entry point of the module."""
    guard.guarded_run(guard.QuietModule(argument_spec()), _run)


def _run(module: AnsibleModule) -> dict[str, t.Any]:
    params = {**module.params, "checkpoint_dir": "", "scan_hosts": [], "scan_host": ""}
    run_search.check_limits(params)
    keys = site_key(site_secret(params["key"], params["key_file"]).text)
    ledger = _ledger.read(params["ledger"], keys.ledger)
    for head in heads_in(params["receipts"]):
        ledger.check_against(head)
    today = datetime.datetime.now(datetime.timezone.utc).date().isoformat()
    expired = sum(1 for line in ledger.lines if line.entry is not None and line.keep_until < today)
    entries = [_named(line.number, line.entry) for line in ledger.lines if line.entry is not None and line.keep_until >= today]
    if not module.check_mode and expired:
        _ledger.expire(params["ledger"], keys.ledger, today)
    region = known_region(params["region"])
    subjects = _recall.subjects_of(entries, keys.search.derive("recall"))
    lookup = Lookup(entries, keys.ledger, region)
    matcher = _recall.RecallMatcher(subjects, entries, lookup)
    options = _options.cassandra_of(params)
    request = _options.search_request_of(params, subjects, matcher)
    with Session(options, _recall.RecallFilter(lookup)) as session:
        searched = _search.search_keyspace(session, request)
        whole = search_result.of_search(subjects, searched, session.cluster_name, options.consistency_level, params["keyspace"])
    recalled = [
        {"ref": subjects.subjects[number].ref, "identifiers": sorted(found)} for number, found in sorted(matcher.recalled.items()) if found
    ]
    _write(params["recalled_file"], recalled)
    return {
        "changed": False,
        "complete": whole["complete"],
        "coverage": whole["coverage"],
        "people": len(subjects.subjects),
        "recalled": len(recalled),
        "refs": [entry["ref"] for entry in recalled],
        "subjects": _subjects(subjects, entries, matcher),
        "refs_with_texts": list(dict.fromkeys(entry.ref for entry in entries if entry.texts)),
        "texts": sum(entry.texts for entry in entries),
        "expired": expired,
        "ledger": ledger.head.to_result(),
    }


def _named(number: int, entry: Entry) -> Entry:
    """A person without a reference is identified by the line of the ledger, because the same position in another request is somebody else."""
    return dataclasses.replace(entry, ref=f"ledger-{number}") if is_position(entry.ref) else entry


def _subjects(subjects: Subjects, entries: t.Sequence[Entry], matcher: _recall.RecallMatcher) -> list[dict[str, t.Any]]:
    """Everybody who was searched for, in the form of a search result. People with free texts only were not searched for."""
    with_codes = {entry.ref for entry in entries if entry.codes}
    return [
        {"ref": subject.ref, "exact": 0, "possible": int(bool(matcher.recalled.get(number)))}
        for number, subject in enumerate(subjects.subjects)
        if subject.ref in with_codes
    ]


def _write(path: str, recalled: list[dict[str, t.Any]]) -> None:
    """Write the plain identifiers for the search that follows, readable only by the owner."""
    try:
        private_file.remove(path)
        private_file.write_new(path, json.dumps(recalled).encode("ascii"))
    except OSError as error:
        raise InputError("bad_recalled_file", f"recalled_file can't be written (errno {error.errno}).") from None
