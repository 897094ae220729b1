# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs of the role as the modules return them, for what is made of them: the summary, the report and its page."""

from __future__ import annotations

import typing as t

from ansible_collections.genesys.gws.plugins.plugin_utils import _report
from ansible_collections.genesys.gws.plugins.plugin_utils._page_template import page_template
from ansible_collections.genesys.gws.plugins.plugin_utils._report import Outcome

Result = dict[str, t.Any]

DIGEST = "165cf40e5d53fad6ffaa0f90b3b5634fc26c2074fb613e0c41ab9bab2259c29f"
TABLES = {"settings": 184_211, "agent_preferences": 20_482, "call_log": 5_300}

States = dict[str, dict[str, int]]
"""Per person, by reference: how many settings or rows are in which state."""

ERASED: States = {
    "TICKET-4711": {"corporate": 1, "deleted": 28, "redacted": 6},
    "TICKET-4712": {"deleted": 26, "redacted": 7, "already_absent": 2},
    "TICKET-4713": {"deleted": 11, "redacted": 4, "held": 17},
    "4": {},
}
AFTER: States = {"TICKET-4711": {"corporate": 1}, "TICKET-4712": {}, "TICKET-4713": {"held": 17}, "4": {}}


def found(states: States, *, tables: t.Mapping[str, int] | None = None, **coverage: t.Any) -> Result:
    """A complete search that saw each of these once."""
    tables = tables or TABLES
    matches = sum(sum(of.values()) for of in states.values())
    per_table = dict.fromkeys(tables, 0) | {next(iter(tables)): matches}
    return {
        "complete": not coverage.get("partly_read"),
        "search_id": "9c9e9fb3218a21ee",
        "matches": matches,
        "matches_in_other_groups": 0,
        "subjects": [
            {"ref": ref, "exact": sum(of.values()) - of.get("possible", 0), "possible": of.get("possible", 0)} for ref, of in states.items()
        ],
        "coverage": {
            "cluster": "gws-prod",
            "keyspace": "sipfs",
            "versions": ["4.1.7"],
            "consistency_level": "QUORUM",
            "hosts": 1,
            "rows": sum(tables.values()),
            "ranges": 16 * len(tables),
            "resumed_ranges": 0,
            "not_searchable": 0,
            "partly_read": [],
            "throttled": {},
            "checkpoint_refused": "",
            "groups_seen": [],
            "seconds": 12.4,
            "tables": [
                {
                    "table": table,
                    "rows": rows,
                    "ranges": 16,
                    "resumed_ranges": 0,
                    "not_searchable": 0,
                    "gc_grace_seconds": 864000,
                    "matches": per_table[table],
                }
                for table, rows in tables.items()
            ],
            **coverage,
        },
    }


def done(states: States, **left: int) -> Result:
    """What gws_pii_delete returns. ``left``: what is left and may not be, by reason."""
    names = (*_report._REPORTED, "deleted", "redacted", "orphans_deleted", "already_absent", "failed")
    outcomes = {name: sum(of.get(name, 0) for of in states.values()) for name in names}
    planned = {name: sum(of.get(name, 0) for of in states.values()) for name in ("delete", "redact")}
    plan = {"digest": DIGEST, "settings": sum(planned.values()), "rows": 0, **planned}
    return {
        "plan": plan,
        "outcomes": outcomes,
        "subjects": [{"ref": ref, "found": sum(of.values()), "states": of} for ref, of in states.items()],
        "writes": outcomes["deleted"] + outcomes["redacted"],
        "left": sum(left.values()),
        "left_by_reason": left,
        "left_message": "Data of the person is left." if left else "",
    }


def run(*, erases: bool = True, finished: str = "2026-11-26T22:14:41Z", **steps: t.Any) -> Outcome:
    """A run of the role."""
    request = {"erases": erases, "has_gws": True, "started": "2026-11-26T22:04:14Z", "report_dir": "/srv/reports", "work_dir": "/srv/work"}
    return Outcome(**{"request": request, "checked": {}, "found": {}, "done": {}, "proof": {}, "left": {}, "finished": finished, **steps})


_LEFT = {"possible": 2, "orphaned": 3, "outside": 1}
_LEFT_OVER: States = {
    "TICKET-4711": {"corporate": 1, "deleted": 28, "redacted": 6, "orphaned": 1},
    "TICKET-4712": {"deleted": 26, "redacted": 7, "possible": 2, "outside": 1},
    "TICKET-4713": {"deleted": 28, "redacted": 4, "orphaned": 2},
    "4": {},
}
_LEFT_AFTER: States = {
    "TICKET-4711": {"corporate": 1, "orphaned": 1},
    "TICKET-4712": {"possible": 2, "outside": 1},
    "TICKET-4713": {"orphaned": 2},
    "4": {},
}
_PLANNED: States = {
    "TICKET-4711": {"corporate": 1, "delete": 28, "redact": 6},
    "TICKET-4712": {"delete": 26, "redact": 7, "possible": 2},
    "TICKET-4713": {"delete": 11, "redact": 4, "held": 17},
    "4": {},
}

SUCCESS = run(found=found(ERASED), done=done(ERASED), proof=found(AFTER), left=done(AFTER))
LEFT_OVERS = run(found=found(_LEFT_OVER), done=done(_LEFT_OVER), proof=found(_LEFT_AFTER), left=done(_LEFT_AFTER, **_LEFT))
FAILED = run(
    found={
        "failed": True,
        "msg": "The search is not complete: 5 of 16 token ranges of table settings could not be read (too few replicas are up for the consistency level).",
    }
)
DRY_RUN = run(erases=False, found=found(_PLANNED), done=done(_PLANNED, possible=2, still_there=82))
RUNS = {"success": SUCCESS, "left-overs": LEFT_OVERS, "failed": FAILED, "dry-run": DRY_RUN}


def page_of(outcome: Outcome, **more: t.Any) -> str:
    """The page of a run. ``more`` goes into the report, as what a signed receipt adds."""
    data = {**_report.report(outcome), **more}
    return _report.files(_report.summary(outcome), data, page_template("report"))[".html"]


def crowded() -> Outcome:
    """As much as a page can be asked to show: 3,000 people with every reason, long references, many tables, an old ring."""
    states = dict.fromkeys(("held", "corporate", "possible", "shared", "orphaned", "outside", "unresolved", "changed", "failed"), 3)
    people: States = {f"{'long-reference-' * 8}{number}": {"deleted": 2, **states} for number in range(3000)}
    left = dict.fromkeys(("still_there", "failed", "changed", "shared", "unresolved", "possible", "orphaned", "outside"), 9000)
    tables = {f"table_with_quite_a_long_name_of_its_own_{number:02}": 10_000_000 - number for number in range(60)}
    return run(
        found=found(people, tables=tables, groups_seen=[True] * 3, not_searchable=5, consistency_level="LOCAL_QUORUM", ranges=20_000),
        done=done(people),
        proof=found(people, tables=tables),
        left=done(people, **left),
        known=tuple(
            {
                "what": f"traces on the disk of host{number:02}.example.com",
                "table": "settings",
                "by": "operator",
                "until": f"2027-01-{number + 1:02}T00:00:00Z",
            }
            for number in range(30)
        ),
    )
