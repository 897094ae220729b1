# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""gws_pii_delete: options, log in, resolve, plan, carry out, result. Check mode does the same without the writes."""

from __future__ import annotations

import contextlib
import dataclasses
import typing as t
import urllib.parse

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.genesys.gws.plugins.module_utils._cassandra.options import CassandraOptions
from ansible_collections.genesys.gws.plugins.module_utils._cassandra.rows import RowStore
from ansible_collections.genesys.gws.plugins.module_utils._cassandra.session import Session
from ansible_collections.genesys.gws.plugins.module_utils._core.errors import CassandraError, DataLeftError, GwsPiiError, InputError
from ansible_collections.genesys.gws.plugins.module_utils._core.findings import Finding, parse_findings
from ansible_collections.genesys.gws.plugins.module_utils._core.matching import Matcher
from ansible_collections.genesys.gws.plugins.module_utils._core.prefilter import Prefilter
from ansible_collections.genesys.gws.plugins.module_utils._core.subjects import known_region
from ansible_collections.genesys.gws.plugins.module_utils._erasure.actions import Outcome
from ansible_collections.genesys.gws.plugins.module_utils._erasure.execute import Clock, Executed, Executor, Options
from ansible_collections.genesys.gws.plugins.module_utils._erasure.former_agents import FormerAgents
from ansible_collections.genesys.gws.plugins.module_utils._erasure.holds import parse_holds
from ansible_collections.genesys.gws.plugins.module_utils._erasure.judge import Judge
from ansible_collections.genesys.gws.plugins.module_utils._erasure.plan import Setup
from ansible_collections.genesys.gws.plugins.module_utils._erasure.resolve import FindingClass, Resolved, Resolver
from ansible_collections.genesys.gws.plugins.module_utils._erasure.rules import Policy
from ansible_collections.genesys.gws.plugins.module_utils._erasure.work_folder import WorkFolder
from ansible_collections.genesys.gws.plugins.module_utils._gws_api.client import Client
from ansible_collections.genesys.gws.plugins.module_utils._gws_api.settings import SettingsApi
from ansible_collections.genesys.gws.plugins.module_utils._gws_api.workers import Workers
from ansible_collections.genesys.gws.plugins.module_utils._module import (
    argspec,
    delete_result,
    evidence_writer,
    exporting,
    guard,
    gws_roles,
)
from ansible_collections.genesys.gws.plugins.module_utils._module import options as _options
from ansible_collections.genesys.gws.plugins.module_utils._scan import search as _search


def argument_spec() -> argspec.Spec:
    """The options of the module."""
    return {
        **argspec.subjects_spec(),
        **argspec.gws_spec(),
        **argspec.cassandra_spec(),
        "findings": {"type": "raw"},
        "source": {"type": "str", "choices": ["cassandra", "api", "both"]},
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
        **evidence_writer.spec(),
        **exporting.spec(),
    }


def main() -> None:
    """Run the module."""
    guard.guarded_run(guard.QuietModule(argument_spec()), _run)


def _run(module: AnsibleModule) -> dict[str, t.Any]:
    params = module.params
    judge = _judge_of(params)
    source, approved = _source_of(params), _approved_plan(params, check_mode=module.check_mode)
    findings = None if source == "api" else parse_findings(params["findings"], judge.subjects)
    cassandra = _options.cassandra_of(params) if params["orphans"] == "delete" else None
    gws = _options.gws_of(params)
    with Client(gws) as client, Workers(gws.parallel) as workers, contextlib.ExitStack() as opened:
        me = client.login()
        gws_roles.require_admin(me)
        api = SettingsApi(client, workers)
        resolved = Resolver(api, judge, me).resolve(findings, everybody=source == "both")
        store = _store(params, judge, resolved, cassandra, opened)
        resolved = _planned(params, judge, resolved, findings, store, me, api)
        resolved.plan.check(max_deletes=params["max_deletes"], max_per_subject=params["max_per_subject"], expected=approved)
        export = exporting.sealed_export(params, judge.subjects, judge.matcher, resolved) if params["export"] else ""
        ledger = None if module.check_mode else evidence_writer.write_ledger(params, judge.subjects, delete_result.of_plan(resolved.plan))
        executed = Executed() if module.check_mode else _carry_out(params, judge, resolved, api, store)
        result = delete_result.of_run(params, judge, resolved, executed, check_mode=module.check_mode, writes=client.writes)
        result.update({"source": source, **delete_result.of_comparison(resolved, findings)})
        result.update({name: value for name, value in {"ledger": ledger, "export_sealed": export}.items() if value})
    _raise_if_stopped(executed, result)
    if result["left"] and params["fail_on_left"] and not module.check_mode:
        raise DataLeftError("data_left", result["left_message"], **result)
    return result


def _source_of(params: dict[str, t.Any]) -> str:
    """Where to search for the person. :raises InputError: if findings are missing."""
    source: str = params["source"] or ("api" if params["findings"] is None else "cassandra")
    if source != "api" and params["findings"] is None:
        raise InputError("no_findings", f"source: {source} needs findings: pass those that gws_pii_search returned.")
    return source


def _approved_plan(params: dict[str, t.Any], *, check_mode: bool) -> str | None:
    """The digest of the only plan that may be carried out. :raises InputError: if it is blank, because an earlier job may have failed to pass it on."""
    approved: str | None = params["expect_plan"]
    if approved is not None and not approved.strip() and not check_mode:
        raise InputError(
            "blank_plan", "expect_plan is blank, which would approve any plan: set the digest that was approved, or remove it."
        )
    return approved


def _judge_of(params: dict[str, t.Any]) -> Judge:
    subjects = _options.subjects_of(params)
    region = known_region(params["region"])
    policy = Policy(
        shared=params["shared_settings"],
        corporate=params["corporate"] == "erase",
        possible=params["match_possible"] == "erase",
        groups=_options.group_names(params),
    )
    return Judge(subjects, Matcher(subjects, region), policy, parse_holds(params["holds"], region=region))


def _store(
    params: dict[str, t.Any], judge: Judge, resolved: Resolved, cassandra: CassandraOptions | None, opened: contextlib.ExitStack
) -> RowStore | None:
    """The row store, if there are rows of former agents to delete. :raises CassandraError: if the findings come from another cluster."""
    orphans = resolved.of_class(FindingClass.ORPHANED)
    if cassandra is None or not orphans:
        return None
    session = opened.enter_context(Session(cassandra, Prefilter(judge.subjects)))
    if {finding.source for finding in orphans} != {_search.source_of(session, params["keyspace"])}:
        raise CassandraError(
            "other_cluster", "Nothing was deleted: the findings come from another cluster or keyspace than that of login_host and keyspace."
        )
    return RowStore(session, params["keyspace"])


def _planned(
    params: dict[str, t.Any],
    judge: Judge,
    resolved: Resolved,
    findings: t.Sequence[Finding] | None,
    store: RowStore | None,
    me: dict[str, t.Any],
    api: SettingsApi,
) -> Resolved:
    """The plan with the rows of former agents and with its target systems. A row whose owner GWS knows after all is unresolved."""
    centre = str(me.get("contactCenterId") or "").replace("-", "").lower()
    urls = sorted(urllib.parse.urlsplit(url).netloc.lower() for url in params["gws_url"])
    setup = Setup(
        gws=centre or " ".join(urls),
        sources=tuple(sorted({finding.source for finding in findings or ()})),
        policy=judge.policy,
        rows=params["orphans"] == "delete",
    )
    if store is None:
        return dataclasses.replace(resolved, plan=dataclasses.replace(resolved.plan, setup=setup))
    former = FormerAgents(store, judge, [centre], api.knows)
    rows = former.plan(resolved.of_class(FindingClass.ORPHANED))
    return dataclasses.replace(
        resolved,
        plan=dataclasses.replace(resolved.plan, rows=rows, setup=setup),
        classes=tuple((finding, FindingClass.UNRESOLVED if finding.row in former.owned else found) for finding, found in resolved.classes),
    )


def _carry_out(params: dict[str, t.Any], judge: Judge, resolved: Resolved, api: SettingsApi, store: RowStore | None) -> Executed:
    """Without a plan nothing is erased, but killed runs are settled."""
    if not resolved.plan.to_touch and not WorkFolder.has_left_overs(params["work_dir"]):
        return Executed()
    clock = Clock()
    options = Options(params["delete_form"], params["gws_retries"], params["gws_parallel"], params["stop_file"])
    with WorkFolder(params["work_dir"], keep=params["keep_backup"], wall=clock.wall) as folder:
        record = _Recorder(evidence_writer.Record(params["run_record"]), [subject.ref for subject in judge.subjects.subjects])
        return Executor(api, store, judge, folder, options, clock, record).run(resolved.plan)


class _Recorder:
    """See ``execute.Recorder``."""

    def __init__(self, record: evidence_writer.Record, refs: t.Sequence[str]) -> None:
        self._record = record
        self._refs = refs

    def write_started(self, subjects: t.Iterable[int]) -> int:
        return self._record.write_started([self._refs[number] for number in sorted(subjects)])

    def write_finished(self, number: int, outcome: Outcome) -> None:
        self._record.write_finished(number, outcome.value)


def _raise_if_stopped(executed: Executed, result: dict[str, t.Any]) -> None:
    """The failed result also contains what was done before."""
    if isinstance(executed.bug, KeyboardInterrupt):
        raise GwsPiiError("interrupted", "Interrupted. Run it again to continue.", **result)
    if executed.bug is not None:
        raise GwsPiiError("bug", guard.bug_message(executed.bug), **result)
    if executed.error is not None:
        raise type(executed.error)(executed.error.code, executed.error.message, **{**executed.error.facts, **result})
