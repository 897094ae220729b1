# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Writes the evidence of gws_pii_delete: the people to the ledger, and each step to the record of the run."""

from __future__ import annotations

import datetime
import threading
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._core.errors import InputError
from ansible_collections.genesys.gws.plugins.module_utils._core.keys import site_key
from ansible_collections.genesys.gws.plugins.module_utils._core.subjects import Subjects
from ansible_collections.genesys.gws.plugins.module_utils._evidence import ledger as _ledger
from ansible_collections.genesys.gws.plugins.module_utils._evidence import run_record
from ansible_collections.genesys.gws.plugins.module_utils._evidence.codes import Coder
from ansible_collections.genesys.gws.plugins.module_utils._evidence.key_file import site_secret
from ansible_collections.genesys.gws.plugins.module_utils._evidence.receipts import heads_in
from ansible_collections.genesys.gws.plugins.module_utils._module import argspec

_MOST_DAYS = 36500


def spec() -> argspec.Spec:
    """The options."""
    return {
        "ledger": {"type": "path"},
        "ledger_days": {"type": "int", "default": 400},
        "receipts": {"type": "path"},
        "run_record": {"type": "path"},
    }


def write_ledger(params: dict[str, t.Any], subjects: Subjects, plan: dict[str, t.Any]) -> dict[str, t.Any] | None:
    """Write the people to the ledger and the plan to the record, on disk before anything is erased. Returns the head of the ledger. :raises
    GwsPiiError: if that is not possible, or the ledger was changed; then nothing may be erased.
    """
    record = Record(params["run_record"])
    record.note("planned", plan=plan, subjects=[subject.ref for subject in subjects.subjects])
    if not params["ledger"]:
        return None
    if not 1 <= params["ledger_days"] <= _MOST_DAYS:
        raise InputError("bad_option", f"ledger_days must be from 1 to {_MOST_DAYS}.")
    key = site_key(site_secret(params["key"], params["key_file"]).text).ledger
    coder = Coder(key)
    now = datetime.datetime.now(datetime.timezone.utc)
    at = now.strftime("%Y-%m-%dT%H:%M:%SZ")
    entries = [coder.entry_of(subject, at=at, region=(params["region"] or "").strip().upper()) for subject in subjects.subjects]
    keep_until = (now + datetime.timedelta(days=params["ledger_days"])).date().isoformat()
    head = _ledger.append(params["ledger"], key, entries, keep_until, heads_in(params["receipts"])).to_result()
    record.note("ledger", head=head)
    return head


class Record:
    """The record of the run, if there is one. Thread-safe."""

    def __init__(self, path: str | None) -> None:
        self._path = path or ""
        self._writes = 0
        self._lock = threading.Lock()

    def note(self, event: str, **facts: t.Any) -> None:
        """Add an event."""
        if self._path:
            with self._lock:
                run_record.note(self._path, event, **facts)

    def write_started(self, refs: t.Sequence[str]) -> int:
        """Something is about to be erased of these subjects. Returns a number for ``write_finished``."""
        with self._lock:
            self._writes += 1
            number = self._writes
        self.note("writing", write=number, subjects=list(refs))
        return number

    def write_finished(self, number: int, outcome: str) -> None:
        """What became of it."""
        self.note("wrote", write=number, outcome=outcome)
