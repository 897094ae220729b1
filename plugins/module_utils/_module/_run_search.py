# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""gws_pii_search: options, search, result."""

from __future__ import annotations

import collections
import typing as t

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.genesys.gws.plugins.module_utils import _argspec
from ansible_collections.genesys.gws.plugins.module_utils._cassandra import _search
from ansible_collections.genesys.gws.plugins.module_utils._cassandra._scan import ScanOptions
from ansible_collections.genesys.gws.plugins.module_utils._cassandra._search import Question, Searched
from ansible_collections.genesys.gws.plugins.module_utils._cassandra._session import Session
from ansible_collections.genesys.gws.plugins.module_utils._errors import InputError
from ansible_collections.genesys.gws.plugins.module_utils._identity import Subjects, known_region
from ansible_collections.genesys.gws.plugins.module_utils._matching import Matcher, Prefilter
from ansible_collections.genesys.gws.plugins.module_utils._module import _guard, _options

_LIMITS = {"page_size": (1, 50000), "pages_in_flight": (1, 64)}


def argument_spec() -> _argspec.Spec:
    """The options of the module."""
    return {
        **_argspec.subjects_spec(),
        **_argspec.cassandra_spec(),
        "tables": {"type": "list", "elements": "str", "default": []},
        "exclude_tables": {"type": "list", "elements": "str", "default": []},
        "page_size": {"type": "int", "default": 5000},
        "pages_in_flight": {"type": "int", "default": 4},
    }


def main() -> None:
    """Entry point of the module."""
    _guard.guarded_run(AnsibleModule(argument_spec=argument_spec(), supports_check_mode=True), _run)


def _run(module: AnsibleModule) -> dict[str, t.Any]:
    params = module.params
    for option, (low, high) in _LIMITS.items():
        if not low <= params[option] <= high:
            raise InputError("bad_option", f"{option} must be from {low} to {high}.")
    subjects = _options.subjects_of(params)
    region = known_region(params["region"])
    question = Question(subjects, Matcher(subjects, region), _options.group_names(params))
    options = _options.cassandra_of(params)
    with Session(options, Prefilter(subjects).may_match) as session:
        searched = _search.search_keyspace(
            session,
            params["keyspace"],
            question,
            ScanOptions(in_flight=params["pages_in_flight"], page_size=params["page_size"]),
            params["tables"],
            params["exclude_tables"],
        )
        return _result(subjects, searched, session.cluster_name, options.consistency_level, params["keyspace"])


def _result(subjects: Subjects, searched: Searched, cluster: str, consistency_level: str, keyspace: str) -> dict[str, t.Any]:
    in_group = [finding for finding in searched.findings if finding.in_group]
    by_subject = collections.Counter((finding.subject, finding.certainty) for finding in in_group)
    by_table = collections.Counter(finding.table for finding in in_group)
    return {
        "changed": False,
        "complete": True,
        "search_id": subjects.search_id,
        "findings": [finding.to_result() for finding in searched.findings],
        "matches": len(in_group),
        "matches_in_other_groups": len(searched.findings) - len(in_group),
        "subjects": [
            {
                "ref": subject.ref,
                "exact": by_subject[subject.ref, "exact"],
                "possible": by_subject[subject.ref, "possible"],
            }
            for subject in subjects.subjects
        ],
        "coverage": {
            "cluster": cluster,
            "keyspace": keyspace,
            "consistency_level": consistency_level,
            "tables": [
                {
                    "table": coverage.table,
                    "rows": coverage.rows,
                    "ranges": coverage.ranges,
                    "matches": by_table[coverage.table],
                }
                for coverage in searched.tables
            ],
            "rows": sum(coverage.rows for coverage in searched.tables),
            "ranges": sum(coverage.ranges for coverage in searched.tables),
            "columns": searched.columns,
            "columns_without_text": searched.columns_without_text,
            "views_left_out": searched.views_left_out,
            "seconds": round(searched.seconds, 2),
        },
    }
