# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""gws_pii_delete: options, log in, resolve, plan, carry out, result. Check mode is the same path without the last step."""

from __future__ import annotations

import collections
import typing as t

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.genesys.gws.plugins.module_utils._cassandra.session import Session
from ansible_collections.genesys.gws.plugins.module_utils._core.errors import DataLeftError
from ansible_collections.genesys.gws.plugins.module_utils._core.findings import parse_findings
from ansible_collections.genesys.gws.plugins.module_utils._core.matching import Matcher
from ansible_collections.genesys.gws.plugins.module_utils._core.prefilter import Prefilter
from ansible_collections.genesys.gws.plugins.module_utils._core.subjects import Subjects, known_region
from ansible_collections.genesys.gws.plugins.module_utils._erasure.backup import BackupFolder
from ansible_collections.genesys.gws.plugins.module_utils._erasure.execute import Executed, Executor, Outcome
from ansible_collections.genesys.gws.plugins.module_utils._erasure.holds import Holds, parse_holds
from ansible_collections.genesys.gws.plugins.module_utils._erasure.judge import Judge, Policy, Verdict
from ansible_collections.genesys.gws.plugins.module_utils._erasure.orphans import delete_orphans
from ansible_collections.genesys.gws.plugins.module_utils._erasure.plan import Plan
from ansible_collections.genesys.gws.plugins.module_utils._erasure.resolve import FindingClass, Resolved, Resolver
from ansible_collections.genesys.gws.plugins.module_utils._gws_api.client import Client
from ansible_collections.genesys.gws.plugins.module_utils._gws_api.settings import SettingsApi
from ansible_collections.genesys.gws.plugins.module_utils._module import argspec, guard, gws_roles, remembering
from ansible_collections.genesys.gws.plugins.module_utils._module import options as _options
from ansible_collections.genesys.gws.plugins.module_utils._scan.search import SearchRequest


def argument_spec() -> argspec.Spec:
    """The options of the module."""
    return {
        **argspec.subjects_spec(),
        **argspec.gws_spec(),
        **argspec.cassandra_spec(),
        "findings": {"type": "raw"},
        "match_possible": {"type": "str", "choices": ["fail", "report", "erase"], "default": "fail"},
        "shared_settings": {"type": "str", "choices": ["redact", "delete", "report"], "default": "redact"},
        "corporate": {"type": "str", "choices": ["report", "erase"], "default": "report"},
        "orphans": {"type": "str", "choices": ["fail", "report", "delete"], "default": "fail"},
        "outside": {"type": "str", "choices": ["fail", "report"], "default": "fail"},
        "fail_on_left": {"type": "bool", "default": True},
        "max_deletes": {"type": "int", "default": 5000},
        "max_per_subject": {"type": "int", "default": 200},
        "holds": {"type": "raw", "no_log": True},
        "expect_plan": {"type": "str"},
        "delete_form": {"type": "str", "choices": ["probe", "body", "path"], "default": "probe"},
        "work_dir": {"type": "path", "default": "~/.ansible/gws_pii"},
        "keep_backup": {"type": "bool", "default": False},
        "stop_file": {"type": "path"},
        **remembering.spec(),
    }


def main() -> None:
    """Entry point of the module."""
    guard.guarded_run(guard.QuietModule(argument_spec()), _run)


def _run(module: AnsibleModule) -> dict[str, t.Any]:
    params = module.params
    subjects = _options.subjects_of(params)
    region = known_region(params["region"])
    matcher = Matcher(subjects, region)
    groups = _options.group_names(params)
    findings = None if params["findings"] is None else parse_findings(params["findings"], subjects)
    policy = Policy(
        shared=params["shared_settings"],
        corporate=params["corporate"] == "erase",
        possible=params["match_possible"] == "erase",
        groups=groups,
    )
    judge = Judge(subjects, matcher, policy, parse_holds(params["holds"], region=region))
    request = SearchRequest(subjects, matcher, groups)
    cassandra = _options.cassandra_of(params) if params["orphans"] == "delete" else None
    with Client(_options.gws_of(params)) as client:
        me = client.login()
        gws_roles.require_admin(me)
        api = SettingsApi(client)
        resolved = Resolver(api, judge, me).resolve(findings)
        resolved.plan.check(max_deletes=params["max_deletes"], max_per_subject=params["max_per_subject"], expected=params["expect_plan"])
        ledger = None if module.check_mode else remembering.remember(params, subjects, _plan_result(resolved.plan))
        executed = Executed()
        if not module.check_mode and (resolved.plan.to_touch or BackupFolder.has_left_overs(params["work_dir"])):
            with BackupFolder(params["work_dir"], params["keep_backup"]) as backups:
                executor = Executor(client, api, judge, backups, retries=params["gws_retries"], stop_file=params["stop_file"])
                executed = executor.run(resolved.plan, params["delete_form"])
        orphans_deleted = 0
        orphans = [finding for finding in resolved.of_class(FindingClass.ORPHANED) if finding.certainty == "exact" or policy.possible]
        if cassandra and orphans and executed.error is None:
            with Session(cassandra, Prefilter(subjects)) as session:
                orphans_deleted = delete_orphans(session, params["keyspace"], request, orphans, check_mode=module.check_mode)
        result = _result(module, subjects, resolved, executed, judge.holds, orphans_deleted, client.writes)
        result.update({"ledger": ledger} if ledger else {})
    if executed.error is not None:
        raise type(executed.error)(executed.error.code, executed.error.message, **result)
    if result["left"] and params["fail_on_left"] and not module.check_mode:
        raise DataLeftError("data_left", result["left_message"], **result)
    return result


def _result(
    module: AnsibleModule, subjects: Subjects, resolved: Resolved, executed: Executed, holds: Holds, orphans_deleted: int, writes: int
) -> dict[str, t.Any]:
    plan = resolved.plan
    counts = {
        "deleted": executed.count(Outcome.DELETED),
        "redacted": executed.count(Outcome.REDACTED),
        "already_absent": executed.count(Outcome.ALREADY_ABSENT),
        "failed": executed.count(Outcome.FAILED),
        "held": sum(1 for resource in plan.resources if resource.held),
        "corporate": plan.count(Verdict.CORPORATE),
        "possible": plan.count(Verdict.POSSIBLE),
        "shared": plan.count(Verdict.SHARED) + plan.count(Verdict.SYSTEM),
        "other_group": plan.count(Verdict.OTHER_GROUP),
        "orphaned": len({finding.row for finding in resolved.of_class(FindingClass.ORPHANED)}),
        "orphans_deleted": orphans_deleted,
        "outside": len({finding.row for finding in resolved.of_class(FindingClass.OUTSIDE)}),
        "unresolved": len({finding.row for finding in resolved.of_class(FindingClass.UNRESOLVED)}),
    }
    not_done = len(plan.to_touch) - len(executed.outcomes)
    left = _left(module.params, counts, not_done)
    changing = len(plan.to_touch) + orphans_deleted
    changed = counts["deleted"] + counts["redacted"] + orphans_deleted
    after = 0 if module.check_mode else changing - changed
    return {
        "changed": bool(changing if module.check_mode else changed),
        "plan": _plan_result(plan),
        "outcomes": counts,
        "to_do": not_done,
        "left": sum(left.values()),
        "left_by_reason": left,
        "left_message": _left_message(left, resolved),
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
            "after": f"settings to erase: {after}\n",
        },
    }


def _plan_result(plan: Plan) -> dict[str, t.Any]:
    return {
        "digest": plan.digest,
        "delete": plan.count(Verdict.DELETE),
        "redact": plan.count(Verdict.REDACT),
        "settings": len(plan.to_touch),
        "other_contacts_deleted": sum(resource.collateral for resource in plan.to_touch),
    }


def _left(params: dict[str, t.Any], counts: dict[str, int], not_done: int) -> dict[str, int]:
    """What is left of the subjects and may not be, by reason."""
    left = {
        "still_there": not_done,
        "failed": counts["failed"],
        "shared": counts["shared"],
        "unresolved": counts["unresolved"],
    }
    if params["match_possible"] != "report":
        left["possible"] = counts["possible"]
    if params["orphans"] != "report":
        left["orphaned"] = counts["orphaned"] - counts["orphans_deleted"]
    if params["outside"] == "fail":
        left["outside"] = counts["outside"]
    return {reason: count for reason, count in left.items() if count}


_REMEDIES = {
    "still_there": "{0} settings that would be erased are there",
    "failed": "{0} settings that GWS did not erase (run it again, see the GWS log)",
    "shared": "{0} settings that hold other contacts too and can't or may not be cut (see shared_settings)",
    "unresolved": "{0} rows that GWS does not show{1} (a stale copy or cache: look at the tables, or exclude_tables)",
    "possible": "{0} settings that are only possibly the person's (give a region for national numbers, or see match_possible)",
    "orphaned": "{0} rows of owners whom GWS no longer knows{1} (see orphans)",
    "outside": "{0} rows in tables that hold no settings{1} (see outside, exclude_tables)",
}


def _left_message(left: dict[str, int], resolved: Resolved) -> str:
    if not left:
        return ""
    parts = []
    for reason, count in left.items():
        tables = resolved.per_table(FindingClass(reason)) if reason in ("unresolved", "orphaned", "outside") else {}
        where = " in " + ", ".join(f"{table}: {number}" for table, number in tables.items()) if tables else ""
        parts.append(_REMEDIES[reason].format(count, where))
    return "Something of the person is left: " + "; ".join(parts) + "."


def _per_subject(subjects: Subjects, resolved: Resolved, executed: Executed) -> list[dict[str, t.Any]]:
    counts: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    refs = [subject.ref for subject in subjects.subjects]
    done = {id(resource): outcome for resource, outcome in executed.outcomes}
    for resource in resolved.plan.resources:
        outcome = done.get(id(resource))
        state = outcome.value if outcome else resource.verdict.value
        for number in resource.subjects:
            counts[refs[number]][state] += 1
    for finding, found in resolved.classes:
        if found is not FindingClass.EXPLAINED:
            counts[finding.subject][found.value] += 1
    return [{"ref": ref, "found": sum(counts[ref].values()), "states": dict(sorted(counts[ref].items()))} for ref in refs]
