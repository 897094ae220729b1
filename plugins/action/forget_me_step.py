# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import datetime
import functools
import os
import typing as t

import jinja2
from ansible import context
from ansible.errors import AnsiblePromptInterrupt, AnsiblePromptNoninteractive
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display
from ansible.utils.vars import load_extra_vars

from ansible_collections.genesys.gws.plugins.module_utils._core.errors import GwsPiiError
from ansible_collections.genesys.gws.plugins.module_utils._evidence import recalled_file
from ansible_collections.genesys.gws.plugins.module_utils._evidence.run_record import Process
from ansible_collections.genesys.gws.plugins.module_utils._module import guard, search_result
from ansible_collections.genesys.gws.plugins.plugin_utils import (
    _earlier_reports,
    _evidence,
    _folders,
    _report,
    _request,
    _residue_page,
    _templates,
    _vaulted,
)
from ansible_collections.genesys.gws.plugins.plugin_utils._extra_var_strings import marked_texts, names_given, names_with_repeated_fields
from ansible_collections.genesys.gws.plugins.plugin_utils._inventories import unread
from ansible_collections.genesys.gws.plugins.plugin_utils._page_template import page_template
from ansible_collections.genesys.gws.plugins.plugin_utils._persistence import JobEnvironment
from ansible_collections.genesys.gws.plugins.plugin_utils._request import BadRequest, RequestInput
from ansible_collections.genesys.gws.plugins.plugin_utils._role_options import OptionScope

Result = dict[str, t.Any]

# A terminal without a person: ansible-runner, which AWX uses, makes one too.
_AUTOMATION = ("AWX_ISOLATED_DATA_DIR", "RUNNER_OMIT_EVENTS", "JOB_ID", "CI")

_SHORTEST = 3  # characters of an identifier: the smallest that forget_me_min_length can be


class ActionModule(ActionBase):
    """A step of the role forget_me that is bookkeeping: what the run was asked for, and what came of it."""

    _supports_check_mode = True
    _supports_async = False
    _requires_connection = False

    def run(self, tmp: str | None = None, task_vars: dict[str, t.Any] | None = None) -> Result:
        """Do the step. Nothing that it returns or says holds personal data, but for the request, which is not shown."""
        super().run(tmp, task_vars)
        steps: dict[str, t.Callable[[dict[str, t.Any]], Result]] = {
            "request": self._check_request,
            "searched": self._note_search,
            "shares": self._put_together,
            "recall": self._write_recall,
            "report": self._write_report,
            "residue": self._check_residue,
            "residue_report": self._write_residue,
        }
        try:
            step = steps.get(str(self._task.args.get("step")))
            if step is None:
                raise BadRequest("Nothing was done: forget_me_step is internal to the role forget_me. Use the role instead.")
            return {"changed": False, **step(task_vars or {})}
        except (BadRequest, GwsPiiError) as error:
            message = str(error)
        except Exception as error:  # pylint: disable=broad-exception-caught
            message = guard.bug_message(error)  # ansible-core would print its text, which may hold anything
        return {"changed": False, "failed": True, "msg": message}

    # -- what was asked for

    def _check_start(self) -> None:
        """How ansible-playbook was started. :raises BadRequest:"""
        if context.CLIARGS.get("step"):
            raise BadRequest("Nothing was done: this playbook must run as a whole. Remove --step.")
        if unread(context.CLIARGS.get("inventory"), self._loader):
            raise BadRequest(
                "Nothing was done: an inventory can't be read, and the holds and limits in it would not count. Correct -i, or the error "
                "that ansible-inventory --list shows."
            )

    def _check_request(self, task_vars: dict[str, t.Any]) -> Result:
        self._check_start()
        local = self._connection.transport == "local"
        play_hosts = task_vars["ansible_play_hosts_all"]
        values = _request.values_of(self._given(task_vars, predecessor=bool(self._task.args.get("predecessor_names")), local=local))
        again = bool(self._task.args.get("again"))
        if again or self._task.args.get("of_ledger"):
            values.pop("scan_hosts", None)  # the playbook forget_again runs on one host
            values["min_length"] = _SHORTEST  # each request was checked when it was remembered
        readers = _request.readers_of(values.get("scan_hosts", ()), task_vars["groups"], play_hosts)
        play = self._task.get_play()
        controller = _request.controller_of(readers, play_hosts, run_once=bool(self._task.run_once), strategy=str(play.strategy))
        reads = task_vars["inventory_hostname"] in readers
        _request.take_from_environment(values, os.environ)
        erases = bool(values.get("cleanup")) and not self._task.check_mode
        _request.check_combination(values, again=again)
        path = _folders.absolute(values.get("subjects_file", "")) if local or reads else ""
        people = _vaulted.people_in(path, self._vault) if path and not again else ""
        _request.check_nothing_revealed(values, people)
        if not reads:
            if erases and local:
                _request.check_lasting(values, JobEnvironment(os.environ, os.path.expanduser("~"), _folders.mounts()))
            _request.check_folders(values, local=local, erases=erases)
            self._ask_for_login(values)
            _request.check_login(values)
        with_gws = bool(values.get("gws_url") and values.get("gws_username"))
        options = _request.module_options(values)
        options[OptionScope.ALL]["key_file"] = os.path.join(values.get("work_dir", ""), "key")
        options[OptionScope.DELETE]["receipts"] = values.get("report_dir", "")
        if people and (reads or _vaulted.is_vaulted(path)):  # a reader has not got the file, and no module can decrypt one
            options[OptionScope.ALL].update(subjects=people, subjects_file="")
        if readers:
            self._share(options, readers, task_vars)
        source = values.get("source", "cassandra")
        with_cassandra = source != "api" and (not readers or values.get("orphans") == "delete")
        started = _now()
        key_file = _folders.absolute(options[OptionScope.ALL]["key_file"])
        mode = "recall" if again else "erase" if erases else "dry run"
        if not reads and local:
            recalled_file.remove_stale(values.get("work_dir", ""))
        begun = {} if reads else _evidence.begin(values, started=started, mode=mode, key_file=key_file, local=local)
        options[OptionScope.DELETE]["run_record"] = begun.get("run_record", "")
        return {
            "_ansible_no_log": True,
            "common": options[OptionScope.ALL],
            "search": options[OptionScope.SEARCH],
            "delete": options[OptionScope.DELETE],
            "check": _request.options_of_check(options, with_gws=with_gws, with_cassandra=with_cassandra),
            "source": source,
            "readers": readers,
            "controller": controller,
            "reads": reads,
            "has_gws": bool(values.get("gws_url")),
            "with_gws": with_gws,
            "cleanup": bool(values.get("cleanup")),
            "erases": erases,
            "recall": _request.options_of_recall(
                options, recalled_file.path_in(values.get("work_dir", ""), Process.with_pid(os.getppid()))
            ),
            "evidence": begun,
            "key_file": options[OptionScope.ALL]["key_file"],
            "orphans": values.get("orphans", "fail"),
            "report_dir": values.get("report_dir", ""),
            "work_dir": values.get("work_dir", ""),
            "started": started,
        }

    def _check_residue(self, task_vars: dict[str, t.Any]) -> Result:
        """What the search of files needs: earlier reports know when somebody was erased, and how long Cassandra keeps tombstones."""
        self._check_start()
        given = self._given(task_vars, predecessor=True, local=False, of_residue=True)
        values = _request.values_of(given)
        _request.check_purge(values, given.extra.keys())
        path = _folders.absolute(values.get("subjects_file", ""))
        people = _vaulted.people_in(path, self._vault) if path else ""
        _request.check_nothing_revealed(values, people)
        folder, who = values.get("report_dir", ""), _request.options_of_residue(values, people)
        problem = _folders.fault_of_folder(folder) if folder else ""
        if problem:
            raise BadRequest(f"Nothing was done: forget_me_report_dir {problem}.")
        return {
            "_ansible_no_log": True,
            "who": who,
            "report_dir": folder,
            "erased_at": values.get("erased_at") or _earlier_reports.erased_at(folder, _earlier_reports.refs_of(who["subjects"])),
            "gc_grace_seconds": {**_earlier_reports.gc_grace_seconds(folder), **values.get("gc_grace_seconds", {})},
            "purge_snapshots": values.get("purge_snapshots", []),
        }

    def _given(self, task_vars: dict[str, t.Any], *, predecessor: bool, local: bool, of_residue: bool = False) -> RequestInput:
        extra, options = load_extra_vars(self._loader), context.CLIARGS.get("extra_vars") or ()
        return RequestInput(
            variables=self._as_written(task_vars, extra),
            extra=extra,
            resolve=self._resolved,
            is_template=_templates.is_template,
            predecessor=predecessor,
            local=local,
            command_line=names_given(options, self._read),
            repeated=names_with_repeated_fields(options, self._read),
            other_holds=self._without_extra_variables(task_vars).get("forget_me_holds") if "forget_me_holds" in extra else None,
            of_residue=of_residue,
            called_with=self._names_of_call(of_playbook=predecessor),
        )

    def _names_of_call(self, *, of_playbook: bool) -> set[str]:
        """The names of what the role is called with, and of what the collection's playbook is imported with."""
        role = self._task._role
        names = {*role.vars, *role.get_role_params()} if role else set()
        return names | set(self._task.get_play().vars if of_playbook else ())

    def _as_written(self, task_vars: dict[str, t.Any], extra: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        """The variables, with what was marked !unsafe as it was written; templates are given the same."""
        texts = {
            name: _templates.as_data(value)
            for name, value in marked_texts(context.CLIARGS.get("extra_vars") or (), self._read).items()
            if name in extra
        }
        variables = {**task_vars, **texts}
        self._templar.available_variables = variables
        return variables

    @property
    def _vault(self) -> t.Any:
        return self._loader._vault

    def _read(self, path: str) -> str:
        return _vaulted.content_of(path, self._vault)

    def _without_extra_variables(self, task_vars: dict[str, t.Any]) -> dict[str, t.Any]:
        """The variables as they would be without ``-e``: what the inventory and the play say."""
        known = self._task.get_variable_manager()
        manager = object.__new__(type(known))  # copy.copy() would leave a part of it out, as pickling does
        manager.__dict__.update({**vars(known), "_extra_vars": {}})
        host = manager._inventory.get_host(task_vars["inventory_hostname"])
        found: dict[str, t.Any] = manager.get_vars(play=self._task.get_play(), host=host, task=self._task, include_hostvars=False)
        return found

    def _resolved(self, value: t.Any) -> t.Any:
        return _templates.plain(self._templar.template(value) if _templates.needs_templating(value) else value)

    def _share(self, options: dict[OptionScope, dict[str, t.Any]], readers: list[str], task_vars: dict[str, t.Any]) -> None:
        """Each reader asks its own node."""
        here = task_vars["inventory_hostname"]
        if here not in readers:
            return
        addresses = {host: str(task_vars["hostvars"][host].get("ansible_host", host)) for host in readers}
        options[OptionScope.SEARCH].update(scan_hosts=list(addresses.values()), scan_host=addresses[here])
        options[OptionScope.ALL]["login_host"] = [addresses[here]]

    def _ask_for_login(self, values: dict[str, t.Any]) -> None:
        """Ask the person at the terminal, if there is one, hidden."""
        if not values.get("gws_url") or any(os.environ.get(name) for name in _AUTOMATION):
            return
        prompts = {"gws_username": "GWS user with the admin role: ", "gws_password": "Password of the GWS user: "}
        try:
            for name in [name for name in prompts if not values.get(name)]:
                values[name] = Display().prompt_until(prompts[name], private=True).decode("utf-8", "surrogateescape").strip("\r\n")
        except AnsiblePromptNoninteractive:
            return
        except AnsiblePromptInterrupt:
            raise BadRequest("Nothing was done: the run was aborted at the prompt.") from None

    # -- what came of it

    def _put_together(self, task_vars: dict[str, t.Any]) -> Result:
        """One search out of the shares of all readers, or a line that says whose is missing."""
        name = self._task.args["name"]
        results = {host: dict(task_vars["hostvars"][host].get(name) or {}) for host in self._task.args["readers"]}
        missing = [
            f"{host} did not read its share ({str(result.get('msg') or 'the host could not be reached, or the module did not start').rstrip('.')})."
            for host, result in results.items()
            if "share" not in result
        ]
        if missing:
            return {"failed": True, "msg": f"{' '.join(missing)} Run it again: what the other hosts have read is kept."}
        return {"_ansible_no_log": True, **search_result.of_shares([_templates.plain(result) for result in results.values()])}

    def _note_search(self, _task_vars: dict[str, t.Any]) -> Result:
        """Keep what was searched, for a receipt of a run that is killed later."""
        given = _templates.plain(self._task.args)
        _evidence.searched(given["request"]["evidence"], given["found"])
        return {}

    def _write_recall(self, _task_vars: dict[str, t.Any]) -> Result:
        """Who of the ledger is there again: summary, report and receipt."""
        given = _templates.plain(self._task.args)
        request, recalled = {**given["request"], "erases": False}, given["recalled"]
        if "recalled" not in recalled:
            recalled = {"failed": True, "msg": recalled.get("msg")}
        finished = _now()
        refs = [subject["ref"] for subject in recalled.get("subjects", ())]
        known = [*_earlier_reports.traces(request["report_dir"], refs), *_earlier_reports.still_kept(request["report_dir"], finished)]
        found = {**recalled, "matches": recalled.get("recalled", 0)}
        outcome = _report.Outcome(request, {}, found, {}, {}, {}, finished, tuple(known))
        lines, report = _report.recall_summary(outcome, erases=bool(given["request"]["erases"])), _report.recall_report(outcome)
        return self._kept(outcome, lines, report, "forget_again")

    def _write_report(self, _task_vars: dict[str, t.Any]) -> Result:
        """The summary and the report, saved where they were asked for, or else in the work folder."""
        given = _templates.plain(self._task.args)
        steps = {name: given.get(name) or {} for name in ("checked", "found", "done", "proof", "left")}
        if given["request"]["source"] == "api":  # looking through the API and planning is one step
            steps |= {"found": _report.search_of_api(steps["done"]), "proof": _report.search_of_api(steps["left"])}
        refs = [subject["ref"] for subject in (steps["found"] or steps["done"]).get("subjects", ())]
        known = tuple(_earlier_reports.traces(given["request"]["report_dir"], refs))
        outcome = _report.Outcome(request=given["request"], finished=_now(), known=known, **steps)
        return self._kept(outcome, _report.summary(outcome), _report.report(outcome), "forget_me")

    def _kept(self, outcome: _report.Outcome, lines: list[str], report: Result, kind: str) -> Result:
        """The receipt and the report, saved; and the lines that say so."""
        reason = report["reason"]
        try:
            receipt, path = _evidence.finish(outcome.request.get("evidence") or {}, report, outcome.request["report_dir"])
        except GwsPiiError as error:
            receipt, path = {}, ""
            reason = reason or error.message
            lines.insert(_report.place_of_report(lines), error.message)
        if path:
            report["receipt"] = {"file": os.path.basename(path), **receipt}
            lines.insert(_report.place_of_report(lines), f"Receipt: {path}, signed by {receipt['signed_by']}.")
        if outcome.request["report_dir"]:
            contents, no_page = self._contents("report", functools.partial(_report.files, lines, report))
            folder, stem, problem = self._saved(outcome, kind, contents)
            lines.insert(_report.place_of_report(lines), _report.where(folder, stem, contents) if folder else problem)
            reason = reason or problem or no_page
        else:
            lines.insert(_report.place_of_report(lines), "No report was written: set forget_me_report_dir to get one.")
        return {"summary": lines, "report": report, "reason": reason}

    @staticmethod
    def _contents(kind: str, files: t.Callable[[jinja2.Template | None], dict[str, str]]) -> tuple[dict[str, str], str]:
        """The files of a report, and why there is no page among them: whatever that is, what was done is told and kept."""
        try:
            return files(page_template(kind)), ""
        except Exception as error:  # pylint: disable=broad-exception-caught
            no_page = f"The HTML report could not be created: {guard.bug_message(error)}"
        return files(None), no_page

    def _saved(self, outcome: _report.Outcome, kind: str, contents: dict[str, str]) -> tuple[str, str, str]:
        """The folder in which the report was saved ('' when in none), as what, and what went wrong with the one that was asked for."""
        problem = ""
        for folder in (outcome.request["report_dir"], os.path.join(_folders.absolute(outcome.request["work_dir"]), "reports")):
            try:
                stem = _folders.save(folder, _report.file_name(outcome, kind), contents)
            except OSError as error:
                problem = problem or f"The report could not be saved in forget_me_report_dir (errno {error.errno})"
            else:
                return folder, stem, f"{problem}; it was saved in the folder reports of forget_me_work_dir instead." if problem else ""
        return "", "", f"{problem}, nor in forget_me_work_dir: keep this summary."

    def _write_residue(self, _task_vars: dict[str, t.Any]) -> Result:
        """The report of a search of the disks, saved where it was asked for."""
        given, made = _templates.plain(self._task.args), _now()
        reports = given["reports"]
        asked = _residue_page.Asked(
            hosts=tuple(given["hosts"]),
            purged=given["purge"] == "compact" and not self._task.check_mode,
            limited=any(report["keyspaces"] for report in reports),
        )
        data = {name: given[name] for name in ("verdict", "purge", "failures")}
        data["results"] = [{name: report[name] for name in ("host", "result")} for report in reports]
        contents, no_page = self._contents("residue", functools.partial(_residue_page.files, data, asked, made))
        try:
            stem = _folders.save(given["report_dir"], f"residue-{_report.compact_time(made)}", contents)
        except OSError as error:
            raise BadRequest(f"The report could not be saved in forget_me_report_dir (errno {error.errno}): keep the summary.") from None
        return {"summary": [_report.where(given["report_dir"], stem, contents)], "reason": no_page}


def _now() -> str:
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
