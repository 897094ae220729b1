# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""The request of a run of the role: checks every variable before anything is read. No I/O except for folders and files."""

from __future__ import annotations

import dataclasses
import json
import os
import re
import typing as t

from ansible_collections.genesys.gws.plugins.plugin_utils import _folders
from ansible_collections.genesys.gws.plugins.plugin_utils._persistence import JobEnvironment, is_lost_with_container
from ansible_collections.genesys.gws.plugins.plugin_utils._role_options import (
    OPTIONS,
    PREDECESSOR,
    RESIDUE_OPTIONS,
    Kind,
    Option,
    OptionScope,
)
from ansible_collections.genesys.gws.plugins.plugin_utils._variable_names import faults_of_command_line, faults_of_names
from ansible_collections.genesys.gws.plugins.plugin_utils._variable_values import TEMPLATE_MARKS, Fault, checked

_MOST_FAULTS = 10
_DEEPEST = 50
_FROM_ENVIRONMENT = {"cassandra_hosts": "GWS_PII_CASSANDRA_HOSTS", "gws_url": "GWS_PII_GWS_URL"}
_OF_RESIDUE = {"search": [], "subjects": [], "region": "", "match": "exact", "min_length": 5, "stop_file": ""}
_PRINTED = (Kind.NAME, Kind.NAMES, Kind.HOSTS, Kind.URLS, Kind.PATH)  # files are only read, and never named
_ADDRESS = re.compile(r"[^\s\"'<>,;:/\[\]{}]+@[^\s\"'<>,;:/\[\]{}]+")
_NUMBER = re.compile(r"[0-9](?:[ ().\-]{0,3}[0-9])*")
_FEWEST_DIGITS, _MOST_DIGITS = 7, 9  # the last digits of a number: with or without its country and trunk prefix


class BadRequest(Exception):
    """An error message of one line. It contains names of variables, never a value."""


@dataclasses.dataclass(frozen=True)
class RequestInput:
    """What a play knows: ``variables`` as they are written, ``extra`` the extra variables among them.

    ``resolve`` evaluates a template, ``is_template`` detects one. ``predecessor``: whether the predecessor's names are accepted. ``local``: whether
    the modules run on this machine, so that paths are of this machine. ``command_line``: the names of the extra
    variables, each as often as it was given; ``repeated``: those with a repeated field. ``other_holds``: what forget_me_holds is besides the
    extra variables, in the inventory or the play. ``of_residue``: whether that is the playbook residue. ``called_with``: the names of the variables that
    the role is called with, or the playbook imported.
    """

    variables: t.Mapping[str, t.Any]
    extra: t.Mapping[str, t.Any]
    resolve: t.Callable[[t.Any], t.Any]
    is_template: t.Callable[[str], bool]
    predecessor: bool
    local: bool
    command_line: t.Sequence[str] = ()
    repeated: t.Sequence[str] = ()
    other_holds: t.Any = None
    of_residue: bool = False
    called_with: t.Collection[str] = ()


def values_of(given: RequestInput) -> dict[str, t.Any]:
    """The values of the role's variables by their name without the prefix; those that are not given, or blank, are left out.

    :raises BadRequest: with all faults.
    """
    faults = faults_of_command_line(given.command_line, given.repeated, left_over=given.predecessor and "_raw_params" in given.extra)
    faults += faults_of_names(
        given.variables, given.extra, of_predecessor=given.predecessor, of_residue=given.of_residue, call_names=given.called_with
    )
    _raise(faults)
    values: dict[str, t.Any] = {}
    for option in (*OPTIONS, *(RESIDUE_OPTIONS if given.of_residue else ())):
        name = option.variable
        try:
            name = _name_of(option, given)
            value = _value_of(option, name, given)
            if option.name == "holds" and name in given.extra:
                value = _with_other_holds(option, value, given)
            if value is not None:
                values[option.name] = value
        except Fault as fault:
            faults.append(f"{name}{'' if str(fault).startswith('[') else ' '}{fault}")
    _raise(faults)
    return values


def check_purge(values: t.Mapping[str, t.Any], extra: t.Collection[str]) -> None:
    """Whether what residue is to remove is said in its own words. ``extra``: the names of the extra variables. :raises BadRequest:"""
    faults = []
    if values.get("purge", "report") == "report":
        if values.get("purge_snapshots"):
            faults.append("forget_me_purge_snapshots removes nothing by itself: set forget_me_purge: compact as well")
        if values.get("cleanup") and {"cleanup", "forget_me_cleanup"} & set(extra):
            faults.append("cleanup removes nothing from disks: set forget_me_purge: compact, or remove it")
    _raise(faults)


def options_of_residue(values: t.Mapping[str, t.Any], people: str) -> dict[str, t.Any]:
    """The options of gws_pii_residue that say who is looked for, and how. ``people``: the text of the file with them."""
    options = module_options(values)[OptionScope.ALL]
    return {
        **_OF_RESIDUE,
        **{name: value for name, value in options.items() if name in _OF_RESIDUE},
        **({"subjects": people} if people else {}),
    }


def _name_of(option: Option, given: RequestInput) -> str:
    """The name under which a variable is given. An extra variable of the predecessor wins over the role's variable from elsewhere."""
    names = [
        name for name, stands_for in PREDECESSOR.items() if stands_for == option.variable and given.predecessor and name in given.extra
    ]
    if names and option.variable in given.extra:
        raise Fault(f"and {names[0]} are the same: set only one of them")
    return names[0] if names else option.variable


def _with_other_holds(option: Option, value: t.Any, given: RequestInput) -> t.Any:
    """An extra variable is added to the holds in the inventory: no run can lift one of them."""
    others = checked(option, _resolved(given.other_holds, given))
    return [*others, *(hold for hold in value or [] if hold not in others)] or None


def _resolved(raw: t.Any, given: RequestInput) -> t.Any:
    try:
        return given.resolve(raw)
    except Exception:  # any exception of the templating, whose text may contain the value
        raise Fault("is a template that can't be resolved") from None


def _value_of(option: Option, name: str, given: RequestInput) -> t.Any:
    raw = given.variables.get(name)
    if _holds_itself(raw):
        raise Fault("is nested too deeply, or contains itself through a YAML alias")
    if option.kind is Kind.IDENTIFIERS and name in given.extra and _holds_template(raw, given.is_template):
        # A template, perhaps from a ticket, is neither evaluated nor taken literally.
        raise Fault(
            f"holds {' or '.join(TEMPLATE_MARKS)}, which Ansible takes for a template: mark it !unsafe, or put it into forget_me_subjects_file"
        )
    value = _resolved(raw, given)
    if option.kind is Kind.DIGEST and _is_blank(value) and (name in given.extra or not _is_blank(raw)):
        raise Fault("is blank, which would approve any plan: set the digest that was approved, or remove it")
    if value is None or (_is_blank(value) and option.name != "search"):
        return None
    value = checked(option, value)
    if option.kind not in (Kind.FILE, Kind.PATH):
        return value
    if given.local or option.name == "report_dir":
        value = _folders.absolute(value)
        problem = _folders.fault_of_file(value) if option.kind is Kind.FILE else ""
        if problem:
            raise Fault(problem)
    return value


def _is_blank(value: t.Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _holds_itself(value: t.Any, above: tuple[int, ...] = ()) -> bool:
    """Whether a value is a part of itself, by an alias of YAML."""
    if not isinstance(value, (dict, list, tuple)):
        return False
    if id(value) in above or len(above) > _DEEPEST:
        return True
    return any(_holds_itself(entry, (*above, id(value))) for entry in (value.values() if isinstance(value, dict) else value))


def _holds_template(value: t.Any, is_template: t.Callable[[str], bool]) -> bool:
    if isinstance(value, str):
        return is_template(value)
    if isinstance(value, dict):
        return any(_holds_template(entry, is_template) for pair in value.items() for entry in pair)
    return isinstance(value, (list, tuple)) and any(_holds_template(entry, is_template) for entry in value)


def _raise(faults: t.Sequence[str]) -> None:
    if faults:
        more = "" if len(faults) <= _MOST_FAULTS else f"; and {len(faults) - _MOST_FAULTS} more"
        raise BadRequest(f"Nothing was done: {'; '.join(faults[:_MOST_FAULTS])}{more}.")


def module_options(values: t.Mapping[str, t.Any]) -> dict[OptionScope, dict[str, t.Any]]:
    """The options of the modules by which modules have them."""
    found: dict[OptionScope, dict[str, t.Any]] = {scope: {} for scope in OptionScope}
    for option in OPTIONS:
        if option.module_option and option.name in values:
            found[option.scope][option.module_option] = values[option.name]
    if found[OptionScope.ALL].get("subjects"):
        # As one text: from ansible-core 2.22 on each part of a list that is no_log is masked in all output, and a ref may be as short as "1".
        found[OptionScope.ALL]["subjects"] = json.dumps(found[OptionScope.ALL]["subjects"])
    return found


# What gws_pii_check has besides the options that all modules have.
_CHECKED = ("tables", "exclude_tables", "checkpoint_dir", "progress_file", "holds", "work_dir")


def options_of_check(options: t.Mapping[OptionScope, t.Mapping[str, t.Any]], *, with_gws: bool, with_cassandra: bool) -> dict[str, t.Any]:
    """The options of gws_pii_check; the login to a system that is not asked is not checked."""
    both = {**options[OptionScope.SEARCH], **options[OptionScope.DELETE]}
    found = {name: value for name, value in both.items() if name in _CHECKED or (with_gws and name.startswith("gws_"))}
    # What is not to be asked is said to be nothing: otherwise the environment would be looked at.
    return {**found, **({} if with_cassandra else {"login_host": []}), **({} if with_gws else {"gws_url": []})}


# What the modules of a request have and gws_pii_recall has not: whom to look for stands in the ledger.
_NOT_OF_RECALL = ("search", "subjects", "subjects_file", "match", "min_length", "groups", "checkpoint_dir")


def options_of_recall(options: t.Mapping[OptionScope, t.Mapping[str, t.Any]], recalled_file: str) -> dict[str, t.Any]:
    """The options of gws_pii_recall."""
    found = {
        name: value for name, value in {**options[OptionScope.ALL], **options[OptionScope.SEARCH]}.items() if name not in _NOT_OF_RECALL
    }
    of_ledger = {name: options[OptionScope.DELETE].get(name, "") for name in ("ledger", "receipts")}
    return {**found, **of_ledger, "recalled_file": recalled_file}


def take_from_environment(values: dict[str, t.Any], environment: t.Mapping[str, str]) -> None:
    """Where the systems are, when nothing else says so. :raises BadRequest:"""
    faults = []
    for option in OPTIONS:
        variable = _FROM_ENVIRONMENT.get(option.name, "")
        if environment.get(variable) and not values.get(option.name):
            try:
                values[option.name] = checked(option, environment[variable])
            except Fault as fault:
                faults.append(f"{variable} {fault}")
    _raise(faults)


def check_nothing_revealed(values: t.Mapping[str, t.Any], people: str) -> None:
    """Check that no name or path, which is printed, contains an identifier of a searched person. :raises BadRequest:

    :param people: the text of the file with the people; '' without one.
    """
    asked_for = _identifiers_in(values.get("search"), values.get("subjects"), people.splitlines())
    home = os.path.expanduser("~")
    faults = []
    for option in OPTIONS:
        if option.kind in _PRINTED and option.name in values:
            value = values[option.name]
            shown = [text.removeprefix(home).lower() for text in (value if isinstance(value, list) else [value])]
            if any(one in text or one in _joined_digits(text) for text in shown for one in asked_for):
                faults.append(
                    f"{option.variable} contains an identifier of a person who is searched for, and it would be printed: use another one"
                )
    _raise(faults)


def _identifiers_in(*given: t.Any) -> set[str]:
    """The addresses and the digits of the numbers in all texts, small: what may not be printed, however it is written."""
    found: set[str] = set()
    waiting = list(given)
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            waiting.append(one.get("identifiers"))
        elif isinstance(one, (list, tuple)):
            waiting += one
        elif isinstance(one, str):
            found.update(address.lower() for address in _ADDRESS.findall(one))
            found.update(digits[-_MOST_DIGITS:] for digits in _joined_digits(one).split() if len(digits) >= _FEWEST_DIGITS)
    return found


def _joined_digits(text: str) -> str:
    """The numbers in a text, without the signs and blanks inside of them."""
    return " ".join(re.sub(r"[^0-9]", "", number) for number in _NUMBER.findall(text))


def check_combination(values: dict[str, t.Any], *, again: bool = False) -> None:
    """Check combinations of variables. ``again``: the people are those in the ledger. :raises BadRequest:"""
    faults = []
    source = values.get("source", "cassandra")
    if source != "cassandra" and not values.get("gws_url"):
        faults.append(f"forget_me_source: {source} needs the address of GWS: set gws (forget_me_gws_url), or fill the inventory group gws")
    if source == "api" and (values.get("scan_hosts") or values.get("orphans") == "delete"):
        faults.append("forget_me_source: api does not read Cassandra: remove forget_me_scan_hosts and forget_me_orphans: delete")
    if values.get("cleanup") and not values.get("gws_url"):
        faults.append("cleanup needs the address of GWS: set gws (forget_me_gws_url), or fill the inventory group gws")
    if source != "api" and not values.get("cassandra_hosts") and not values.get("scan_hosts"):
        faults.append(
            "no Cassandra host is defined: set cass_hostname (forget_me_cassandra_hosts), or fill the inventory group gws_cassandra"
        )
    if values.get("search") == "" and (values.get("subjects") or values.get("subjects_file")):
        values.pop("search")  # a question of a survey that was left empty
    if values.get("subjects_file") and (values.get("search") or values.get("subjects")):
        faults.append("people are named in two ways: set either forget_me_subjects_file, or search and forget_me_subjects")
    is_given = any(values.get(name) for name in ("search", "subjects", "subjects_file"))
    if again and not values.get("ledger"):
        faults.append("forget_again needs the ledger: set forget_me_ledger to the file that forget_me has written")
    if again and values.get("match") == "contains":
        faults.append("forget_again compares whole addresses and numbers: remove forget_me_match: contains")
    if again and source == "api":
        faults.append("forget_again reads Cassandra: remove forget_me_source: api")
    if again and is_given:
        faults.append("forget_again searches for the people in the ledger: remove search, forget_me_subjects and forget_me_subjects_file")
    if not again and not is_given:
        faults.append("there is nobody to search for: set search, forget_me_subjects or forget_me_subjects_file")
    _raise(faults)


def check_login(values: t.Mapping[str, t.Any]) -> None:
    """Check that the login to GWS is complete; without one only Cassandra is searched. :raises BadRequest:"""
    username, password = bool(values.get("gws_username")), bool(values.get("gws_password"))
    if values.get("gws_url") and username != password:
        _raise(["only one of the GWS user and password is set: set gws_username and gws_user_password (from Ansible Vault)"])
    for name in ("export", "expect_plan"):
        if values.get(name) and not (values.get("gws_url") and username):
            _raise([f"forget_me_{name} needs GWS: set gws (forget_me_gws_url), gws_username and gws_user_password"])
    if (values.get("cleanup") or values.get("source", "cassandra") != "cassandra") and not username:
        what = "cleanup" if values.get("cleanup") else f"forget_me_source: {values['source']}"
        _raise([f"{what} needs a GWS user with the admin role: set gws_username and gws_user_password (from Ansible Vault)"])


def check_folders(values: t.Mapping[str, t.Any], *, local: bool, erases: bool) -> None:
    """Check the folders for results. :raises BadRequest:"""
    faults = []
    for name in ("report_dir", *(("work_dir",) if local else ())):
        if values.get(name):
            problem = _folders.fault_of_folder(values[name])
            if problem:
                faults.append(f"forget_me_{name} {problem}")
    # Only now is it known early: after the erasure what they should keep would be lost.
    for name, is_written in (("export", True), ("ledger", local and erases)):
        problem = _folders.fault_of_new_file(_folders.absolute(values[name])) if values.get(name) and is_written else ""
        if problem:
            faults.append(f"forget_me_{name} {problem}")
    _raise(faults)


# What an erasure must not lose: the backups and the journal, and what proves it.
_LASTING = ("work_dir", "report_dir", "ledger", "export")


def check_lasting(values: t.Mapping[str, t.Any], around: JobEnvironment) -> None:
    """Check that the files of an erasure outlive a job of AWX. :raises BadRequest:"""
    names = [
        f"forget_me_{name}" for name in _LASTING if values.get(name) and is_lost_with_container(_folders.resolved(values[name]), around)
    ]
    if names:
        raise BadRequest(
            f"Nothing was done: what is kept in {' and '.join(names)} is lost with the container when this job ends: use a folder on a "
            "volume that outlives the job (see the README of examples/awx)."
        )


def readers_of(names: t.Sequence[str], groups: t.Mapping[str, t.Sequence[str]], play_hosts: t.Sequence[str]) -> list[str]:
    """The hosts that read their own share of Cassandra. :raises BadRequest: when the play does not run on all of them."""
    readers: list[str] = []
    for name in names:
        readers += [host for host in groups.get(name, [name]) if host not in readers]
    if set(readers) - set(play_hosts):
        raise BadRequest(
            "Nothing was done: forget_me_scan_hosts names hosts that are not part of this play: pass it as an extra variable to the "
            "playbook genesys.gws.forget_me, as a group or hosts of the inventory, and without --limit."
        )
    return readers


def controller_of(readers: t.Sequence[str], play_hosts: t.Sequence[str], *, run_once: bool, strategy: str) -> str:
    """The host that does everything except reading shares. :raises BadRequest: if there is none, or there are several."""
    others = [host for host in play_hosts if host not in readers]
    is_linear = strategy.rpartition(".")[2] == "linear"
    if not others:
        raise BadRequest("Nothing was done: besides the scan hosts, the play needs a host that merges their shares: add localhost to it.")
    if len(others) > 1 and not (run_once and is_linear):  # other strategies run a task on each host all the same
        raise BadRequest(
            f"Nothing was done: this play runs on {len(others)} hosts, and each of them would search and erase the same data. Use "
            "hosts: localhost, or run_once: true with the linear strategy."
        )
    if readers and not is_linear:
        raise BadRequest("Nothing was done: forget_me_scan_hosts needs the linear strategy, because the hosts wait for each other.")
    return others[0]
