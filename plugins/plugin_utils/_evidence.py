# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""The receipt of a run of the role: its requirements are checked before anything is read, and it is written in any case."""

from __future__ import annotations

import os
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._core.errors import GwsPiiError
from ansible_collections.genesys.gws.plugins.module_utils._core.keys import site_key
from ansible_collections.genesys.gws.plugins.module_utils._core.release import RELEASE
from ansible_collections.genesys.gws.plugins.module_utils._evidence import ledger as _ledger
from ansible_collections.genesys.gws.plugins.module_utils._evidence import receipt as _receipt
from ansible_collections.genesys.gws.plugins.module_utils._evidence import receipts, run_record
from ansible_collections.genesys.gws.plugins.module_utils._evidence.key_file import site_secret
from ansible_collections.genesys.gws.plugins.module_utils._evidence.run_record import Process
from ansible_collections.genesys.gws.plugins.plugin_utils._request import BadRequest
from ansible_collections.genesys.gws.plugins.plugin_utils._signature import Signer

Data = dict[str, t.Any]


def begin(values: t.Mapping[str, t.Any], *, started: str, mode: str, key_file: str, local: bool) -> Data:
    """Check the receipt key and the ledger, write the receipts of killed runs, and start the record of this run.

    :param values: the role's variables. :param mode: ``dry run``, ``erase`` or ``recall``.
    :param local: whether the modules run on this machine, where the ledger and the work folder are then.
    :raises BadRequest: in one line, before anything was read.
    """
    signing_key, folder = values.get("receipt_key", ""), values.get("report_dir", "")
    try:
        signer = Signer(signing_key) if signing_key else None
        if signer and not folder:
            raise BadRequest(
                "Nothing was done: forget_me_receipt_key signs receipts, which are written to forget_me_report_dir: set that folder, too."
            )
        if values.get("ledger") and local:
            _check_ledger(values, folder, signer, key_file)
        if not signer:
            return {}
        work_dir = values.get("work_dir") or os.path.dirname(key_file)
        settled = _settle(work_dir, folder, signer, started) if local else 0
        run = run_record.new_run()
        # The plugin runs in a child of the ansible-playbook that is the run.
        path = run_record.begin(work_dir, run=run, started=started, mode=mode, process=Process.with_pid(os.getppid())) if local else ""
    except GwsPiiError as error:
        raise BadRequest(f"Nothing was done: {error.message}") from None
    return {"run": run, "run_record": path, "receipt_key": signing_key, "settled": settled}


def _check_ledger(values: t.Mapping[str, t.Any], folder: str, signer: Signer | None, key_file: str) -> None:
    heads = receipts.heads_in(folder, signer.has_signed if signer else None)
    if _ledger.is_begun(values["ledger"]):
        ledger = _ledger.read(values["ledger"], site_key(site_secret(values.get("key"), key_file).text).ledger)
        for head in heads:
            ledger.check_against(head)
    elif heads:
        raise BadRequest(
            f"Nothing was done: forget_me_ledger does not exist, but a receipt says that it has {heads[0].lines} lines. Restore it from a backup."
        )


def _settle(work_dir: str, folder: str, signer: Signer, now: str) -> int:
    """Write the receipts of runs that were killed. Returns how many."""
    killed = run_record.of_killed_runs(work_dir)
    for record in killed:
        try:
            report = _receipt.interrupted_report(record.started, record.mode, record.events, now)
        except (AttributeError, LookupError, TypeError, ValueError):
            raise run_record.damaged() from None
        _write(report, record.run, folder, signer)
        run_record.end(record.path)
    return len(killed)


def searched(begun: Data, found: Data) -> None:
    """Record what the first search has read."""
    if begun.get("run_record"):
        search = {"complete": found.get("complete", False), "subjects": found.get("subjects", []), "coverage": found.get("coverage", {})}
        run_record.note(begun["run_record"], "searched", search=search)


def finish(begun: Data, report: Data, folder: str) -> tuple[Data, str]:
    """Write the receipt of this run. Returns it, with its path; ({}, "") when none was asked for. :raises GwsPiiError: when it can't be written."""
    if not begun.get("receipt_key"):
        return {}, ""
    receipt, path = _write(report, begun["run"], folder, Signer(begun["receipt_key"]))
    if begun["run_record"]:
        run_record.end(begun["run_record"])
    return receipt, path


def _write(report: Data, run: str, folder: str, signer: Signer) -> tuple[Data, str]:
    receipt = _receipt.receipt_of(report, run=run, release=RELEASE, signed_by=signer.fingerprint)
    return receipt, receipts.write(folder, receipt, signer.sign)
