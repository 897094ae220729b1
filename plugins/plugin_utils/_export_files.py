# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Writes an export: as JSON and as a page, for the owner only, encrypted by Ansible Vault when this run has a vault password."""

from __future__ import annotations

import json
import os
import typing as t

from ansible.parsing.vault import VaultLib

from ansible_collections.genesys.gws.plugins.module_utils._core.errors import InputError
from ansible_collections.genesys.gws.plugins.module_utils._evidence.export import page_of


def names_of(path: str) -> tuple[str, str]:
    """Where the JSON and the page go, for the file that was asked for: one of them is that file, the other lies beside it."""
    place = os.path.abspath(os.path.expanduser(path))
    stem, ending = os.path.splitext(place)
    if ending.lower() in (".html", ".htm"):
        return stem + ".json", place
    return place, (stem if ending.lower() == ".json" else place) + ".html"


def write(path: str, content: bytes, vault_secrets: t.Any) -> bool:
    """Write both files. Returns whether they are encrypted. :raises InputError: when they can't be written."""
    page = page_of(json.loads(content)).encode("utf-8", "surrogatepass")
    try:
        for name, data in zip(names_of(path), (content, page), strict=True):
            _write(name, _encrypted(data, vault_secrets) if vault_secrets else data)
    except OSError as error:
        raise InputError("bad_export", f"forget_me_export can't be written (errno {error.errno}).") from None
    return bool(vault_secrets)


def _encrypted(data: bytes, vault_secrets: t.Any) -> bytes:
    vault_id, secret = vault_secrets[0]
    encrypted: bytes = VaultLib(vault_secrets).encrypt(data, secret=secret, vault_id=None if vault_id == "default" else vault_id)
    return encrypted


def _write(path: str, content: bytes) -> None:
    """All of it or nothing, and never readable by others, not even if the file was there before."""
    os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
    draft = f"{path}.{os.urandom(8).hex()}"
    handle = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        os.replace(draft, path)
    except OSError:
        os.unlink(draft)
        raise
