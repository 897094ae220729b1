# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Writes an export: as JSON and as a page, for the owner only, encrypted by Ansible Vault when this run has a vault password."""

from __future__ import annotations

import errno
import json
import os
import typing as t

from ansible.parsing.vault import VaultLib

from ansible_collections.genesys.gws.plugins.module_utils._core.errors import InputError
from ansible_collections.genesys.gws.plugins.module_utils._evidence import private_file
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
    drafts: list[tuple[str, str]] = []
    try:
        for name, data in zip(names_of(path), (content, page), strict=True):
            drafts.append((_draft(name, _encrypted(data, vault_secrets) if vault_secrets else data), name))
        for draft, name in drafts:
            os.replace(draft, name)
    except OSError as error:
        for draft, _name in drafts:
            private_file.remove(draft)
        raise InputError("bad_export", f"forget_me_export can't be written (errno {error.errno}); nothing was erased.") from None
    return bool(vault_secrets)


def _encrypted(data: bytes, vault_secrets: t.Any) -> bytes:
    vault_id, secret = vault_secrets[0]
    encrypted: bytes = VaultLib(vault_secrets).encrypt(data, secret=secret, vault_id=None if vault_id == "default" else vault_id)
    return encrypted


def _draft(path: str, content: bytes) -> str:
    """Write a file beside the one that it is to become: all of it or nothing, and never readable by others, not even if that one was there before."""
    os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
    if os.path.isdir(path):
        raise OSError(errno.EISDIR, os.strerror(errno.EISDIR))
    draft = f"{path}.{os.urandom(8).hex()}"
    private_file.write_new(draft, content)
    return draft
