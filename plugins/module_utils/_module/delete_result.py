# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""The result of gws_pii_delete: counts, what is left and why, the state of each subject. No personal data."""

from __future__ import annotations

import collections
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._core.findings import Finding
from ansible_collections.genesys.gws.plugins.module_utils._core.subjects import Subjects
from ansible_collections.genesys.gws.plugins.module_utils._erasure.actions import Outcome
from ansible_collections.genesys.gws.plugins.module_utils._erasure.execute import Executed
from ansible_collections.genesys.gws.plugins.module_utils._erasure.judge import Assessment, Judge
from ansible_collections.genesys.gws.plugins.module_utils._erasure.plan import Plan
from ansible_collections.genesys.gws.plugins.module_utils._erasure.resolve import FindingClass, Resolved
from ansible_collections.genesys.gws.plugins.module_utils._erasure.row_judge import RowAssessment
from ansible_collections.genesys.gws.plugins.module_utils._erasure.rules import Verdict

Result = dict[str, t.Any]
_GONE = (Outcome.DELETED, Outcome.REDACTED, Outcome.ALREADY_ABSENT)


def of_run(params: dict[str, t.Any], judge: Judge, resolved: Resolved, executed: Executed, *, check_mode: bool, writes: int) -> Result:
    """The result. ``changed`` and the diff are of the plan in check mode, and of what was done otherwise."""
    plan, holds, subjects = resolved.plan, judge.holds, judge.subjects
    counts = _counts(resolved, executed)
    not_done = sum(1 for item in plan.to_touch if isinstance(item, Assessment)) - sum(
        1 for item, _outcome in executed.outcomes if isinstance(item, Assessment)
    )
    left = _left(params, counts, not_done)
    changing = len(plan.to_touch)
    changed = counts["deleted"] + counts["redacted"] + counts["orphans_deleted"]
    return {
        "changed": bool(changing if check_mode else changed),
        "plan": of_plan(plan),
        "outcomes": counts,
        "to_do": changing - len(executed.outcomes),
        "left": sum(left.values()),
        "left_by_reason": left,
        "left_message": _left_message(left, _tables_of(resolved, executed)),
        "left_tables": {found.value: resolved.per_table(found) for found in FindingClass if found is not FindingClass.EXPLAINED},
        "holds_effective": holds.effective,
        "holds_unmet": len(holds.unmet),
        "holds_unmet_positions": holds.unmet,
        "changed_meanwhile": executed.changed_meanwhile,
        "subjects": _per_subject(subjects, resolved, executed),
        "users": resolved.users,
        "users_read": resolved.users_read,
        "writes": writes,
        "diff": {
            "before": f"settings to erase: {changing}\n",
            "after": f"settings to erase: {0 if check_mode else changing - changed}\n",
        },
    }


def of_comparison(resolved: Resolved, findings: t.Sequence[Finding] | None) -> Result:
    """What only Cassandra or only the API has shown; without findings nothing is compared."""
    rows = {(finding.table, finding.row) for finding, found in resolved.classes if found is not FindingClass.EXPLAINED}
    return {"only_in_api": 0 if findings is None else len(resolved.settings_without_row), "only_in_cassandra": len(rows)}


def of_plan(plan: Plan) -> Result:
    """What would be erased."""
    return {
        "digest": plan.digest,
        "delete": plan.count(Verdict.DELETE),
        "redact": plan.count(Verdict.REDACT),
        "settings": len(plan.to_touch) - plan.rows_to_delete,
        "rows": plan.rows_to_delete,
        "other_contacts_deleted": sum(item.collateral for item in plan.to_touch),
    }


def _counts(resolved: Resolved, executed: Executed) -> dict[str, int]:
    plan = resolved.plan
    return {
        "deleted": executed.count(Outcome.DELETED, Assessment),
        "redacted": executed.count(Outcome.REDACTED),
        "already_absent": executed.count(Outcome.ALREADY_ABSENT),
        "changed": executed.count(Outcome.CHANGED, Assessment),
        "failed": executed.count(Outcome.FAILED, Assessment),
        "held": sum(1 for item in plan.resources if item.held) + sum(1 for row in plan.rows if row.held),
        "corporate": plan.count(Verdict.CORPORATE),
        "possible": plan.count(Verdict.POSSIBLE),
        "shared": plan.count(Verdict.SHARED) + plan.count(Verdict.SYSTEM),
        "other_group": plan.count(Verdict.OTHER_GROUP),
        "orphaned": len(_orphans_left(resolved, executed)),
        "orphans_deleted": executed.count(Outcome.DELETED, RowAssessment),
        "outside": len({finding.row for finding in resolved.of_class(FindingClass.OUTSIDE)}),
        "unresolved": len({finding.row for finding in resolved.of_class(FindingClass.UNRESOLVED)}),
    }


def _row_states(resolved: Resolved, executed: Executed) -> dict[str, str]:
    """The state of each row that was judged, by the opaque reference of its findings. A row that was only planned still exists."""
    done = {id(item): outcome for item, outcome in executed.outcomes}
    states = {}
    for row in resolved.plan.rows:
        outcome = done.get(id(row))
        verdict = "orphaned" if row.verdict.touches or row.verdict is Verdict.SHARED else row.verdict.value
        states[row.reference] = outcome.value if outcome else verdict
    return states


def _orphans_left(resolved: Resolved, executed: Executed) -> set[str]:
    """The rows of former agents that still exist and are neither held nor in other groups."""
    fine = {*(outcome.value for outcome in _GONE), Verdict.HELD.value, Verdict.OTHER_GROUP.value}
    states = _row_states(resolved, executed)
    rows = {finding.row for finding in resolved.of_class(FindingClass.ORPHANED)}
    return {row for row in rows if states.get(row, "orphaned") not in fine}


def _tables_of(resolved: Resolved, executed: Executed) -> dict[str, dict[str, int]]:
    """The number of rows that are left in each table, by reason."""
    orphans = _orphans_left(resolved, executed)
    rows = {(finding.table, finding.row) for finding in resolved.of_class(FindingClass.ORPHANED) if finding.row in orphans}
    return {
        "orphaned": dict(sorted(collections.Counter(table for table, _row in rows).items())),
        "outside": resolved.per_table(FindingClass.OUTSIDE),
        "unresolved": resolved.per_table(FindingClass.UNRESOLVED),
    }


def _left(params: dict[str, t.Any], counts: dict[str, int], not_done: int) -> dict[str, int]:
    """What is left of the subjects but should not be, by reason."""
    left = {
        "still_there": not_done,
        "failed": counts["failed"],
        "changed": counts["changed"],
        "shared": counts["shared"],
        "unresolved": counts["unresolved"],
    }
    if params["match_possible"] != "report":
        left["possible"] = counts["possible"]
    if params["orphans"] != "report":
        left["orphaned"] = counts["orphaned"]
    if params["outside"] == "fail":
        left["outside"] = counts["outside"]
    return {reason: count for reason, count in left.items() if count}


_REASONS = {
    "still_there": ("setting that is to be erased is still there", "settings that are to be erased are still there"),
    "failed": (
        "setting that GWS did not erase (run it again, see the GWS log)",
        "settings that GWS did not erase (run it again, see the GWS log)",
    ),
    "changed": (
        "setting that changed after it was planned, so it was left (run it again)",
        "settings that changed after they were planned, so they were left (run it again)",
    ),
    "shared": (
        "setting that also holds other contacts and can't or may not be redacted (see shared_settings)",
        "settings that also hold other contacts and can't or may not be redacted (see shared_settings)",
    ),
    "unresolved": (
        "row{} that GWS does not show (a stale copy or cache: look at the tables, or see exclude_tables)",
        "rows{} that GWS does not show (a stale copy or cache: look at the tables, or see exclude_tables)",
    ),
    "possible": (
        "setting that is only a possible match (set a region for national numbers, or see match_possible)",
        "settings that are only possible matches (set a region for national numbers, or see match_possible)",
    ),
    "orphaned": ("row of a former agent{} (see orphans)", "rows of former agents{} (see orphans)"),
    "outside": (
        "row{}, which holds no settings (see outside, exclude_tables)",
        "rows{}, which hold no settings (see outside, exclude_tables)",
    ),
}


def _where(tables: dict[str, int]) -> str:
    """The tables of rows, with counts if there are several: ``" in table a"``, ``" in tables a (2), b (1)"``."""
    if len(tables) < 2:
        return "".join(f" in table {table}" for table in tables)
    return " in tables " + ", ".join(f"{table} ({number})" for table, number in tables.items())


def _left_message(left: dict[str, int], tables: dict[str, dict[str, int]]) -> str:
    if not left:
        return ""
    parts = []
    for reason, count in left.items():
        where = _where(tables.get(reason, {}))
        text = _REASONS[reason][count != 1].format(where)
        parts.append(f"{count} {text}")
    return "Data of the person is left: " + "; ".join(parts) + "."


def _per_subject(subjects: Subjects, resolved: Resolved, executed: Executed) -> list[Result]:
    counts: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    refs = [subject.ref for subject in subjects.subjects]
    done = {id(item): outcome for item, outcome in executed.outcomes}
    for resource in resolved.plan.resources:
        outcome = done.get(id(resource))
        state = outcome.value if outcome else resource.verdict.value
        for number in resource.subjects:
            counts[refs[number]][state] += 1
    states = _row_states(resolved, executed)
    for finding, found in resolved.classes:
        if found is not FindingClass.EXPLAINED:
            counts[finding.subject][states.get(finding.row, found.value)] += 1
    return [{"ref": ref, "found": sum(counts[ref].values()), "states": dict(sorted(counts[ref].items()))} for ref in refs]
