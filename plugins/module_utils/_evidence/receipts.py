# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Writes receipts to their folder, and reads the heads of the ledger from earlier ones."""

from __future__ import annotations

import json
import os
import re
import secrets
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._core.errors import DataLeftError, RefusedError
from ansible_collections.genesys.gws.plugins.module_utils._evidence import private_file
from ansible_collections.genesys.gws.plugins.module_utils._evidence.ledger import Head
from ansible_collections.genesys.gws.plugins.module_utils._evidence.receipt import KIND, Data, file_name, text_of

_NAME = re.compile(r"receipt-\d{8}T\d{6}Z(?:-\d+)?\.json")


def write(folder: str, receipt: Data, sign: t.Callable[[bytes], bytes]) -> str:
    """Write a receipt and its signature (0600), flushed to disk. Returns the path; no earlier receipt is overwritten. :raises DataLeftError: if they
    can't be written.
    """
    content = text_of(receipt)
    signature = sign(content)
    stem = file_name(receipt["run"]["started"])[: -len(".json")]
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        number = 1
        while not _save_both(path := os.path.join(folder, stem + (f"-{number}" if number > 1 else "") + ".json"), content, signature):
            number += 1
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as error:
        raise DataLeftError(
            "no_receipt", f"The receipt can't be written to forget_me_report_dir (errno {error.errno}); the report says what was done."
        ) from None
    return path


def heads_in(folder: str | None, has_signed: t.Callable[[bytes, str], bool] | None = None) -> list[Head]:
    """The heads of the ledger in the receipts of a folder, newest first; only of the ledger that the newest one names.

    :param has_signed: whether the file (second argument) is a signature of these bytes. If set, the newest receipt with a head must have a valid one.
    :raises RefusedError: if it has none.
    """
    found: list[tuple[str, str, Head]] = []
    for path in _paths(folder or ""):
        receipt = _load(path)
        head = Head.from_result(receipt["ledger"])
        if head is not None:
            found.append((str(receipt["run"]["finished"]), path, head))
        elif receipt["ledger"] is not None:
            raise _unreadable()
    found.sort(key=lambda each: (each[0], each[2].lines), reverse=True)
    if found and has_signed:
        with open(found[0][1], "rb") as stream:
            if not has_signed(stream.read(), found[0][1] + ".sig"):
                raise RefusedError(
                    "bad_receipt",
                    "The newest receipt in forget_me_report_dir is not signed with forget_me_receipt_key or was changed, so the ledger "
                    "can't be checked against it: check the receipt, and move it away if the key is new.",
                )
    return [head for _finished, _path, head in found if head.ledger == found[0][2].ledger]


def _paths(folder: str) -> list[str]:
    try:
        return [os.path.join(folder, name) for name in sorted(os.listdir(folder)) if _NAME.fullmatch(name)]
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError:
        raise _unreadable() from None


def _load(path: str) -> dict[str, t.Any]:
    """Load a receipt. One that can't be read is never ignored, because it may be the newest."""
    try:
        with open(path, encoding="utf-8") as stream:
            receipt = json.load(stream)
        if receipt["receipt"] == KIND and receipt["run"]["finished"]:
            return {"ledger": None, **receipt}
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        pass
    raise _unreadable()


def _unreadable() -> RefusedError:
    return RefusedError(
        "bad_receipt",
        "A file in forget_me_report_dir can't be read as a receipt, so the ledger can't be checked against it: check the file, and move "
        "it away if it is damaged or not a receipt of forget_me.",
    )


def _save_both(path: str, content: bytes, signature: bytes) -> bool:
    """Write a receipt and its signature, or neither; False if a file exists. The receipt is written last and atomically, so it is never unsigned."""
    if os.path.lexists(path):
        return False
    signed = path + ".sig"
    draft = f"{path}.{secrets.token_hex(8)}"
    try:
        private_file.write_new(signed, signature)
    except FileExistsError:
        return False
    try:
        private_file.write_new(draft, content)
        os.rename(draft, path)
    except OSError:
        private_file.remove(signed)
        private_file.remove(draft)
        raise
    return True
