# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""The file in which a site's secret is kept if the option is not set: created once, readable only by its owner."""

from __future__ import annotations

import dataclasses
import os
import secrets
import stat
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._core.errors import InputError
from ansible_collections.genesys.gws.plugins.module_utils._evidence import private_file

DEFAULT = "~/.ansible/gws_pii/key"


@dataclasses.dataclass(frozen=True)
class SiteSecret:
    """A site's secret. ``source``: ``option`` (from the option), ``file`` (from the file), ``made`` (the file was just created)."""

    text: str = dataclasses.field(repr=False)
    source: str


def site_secret(given: t.Any, path: str | None) -> SiteSecret:
    """The secret from the option or, if it is blank, from the file, which is created if necessary. :raises InputError: if the file can't be used, or
    others can read it.
    """
    if given is not None and not isinstance(given, str):
        raise InputError("bad_key", "key (forget_me_key) is not a string: put it in quotes.")
    if given and given.strip():
        return SiteSecret(given.strip(), "option")
    place = os.path.abspath(os.path.expanduser(path or DEFAULT))
    try:
        if not os.path.lexists(place) and _make(place):
            return SiteSecret(_read(place), "made")
        return SiteSecret(_read(place), "file")
    except OSError as error:
        raise InputError(
            "bad_key_file",
            f"key_file can't be created or read (errno {error.errno}): set forget_me_key (from Ansible Vault), or use a work folder that can be written.",
        ) from None


def _make(place: str) -> bool:
    """Create the file atomically, so that two runs that start together use the same key. Returns False if another run was first."""
    folder = os.path.dirname(place)
    os.makedirs(folder, mode=0o700, exist_ok=True)
    draft = f"{place}.{secrets.token_hex(8)}"
    try:
        private_file.write_new(draft, f"{secrets.token_hex(32)}\n".encode())
        try:
            os.link(draft, place)
        except FileExistsError:
            return False
        return True
    finally:
        private_file.remove(draft)


def _read(place: str) -> str:
    with open(place, encoding="ascii", errors="replace") as stream:
        mode = os.fstat(stream.fileno()).st_mode
        text = stream.read(4096).strip()
    if not stat.S_ISREG(mode) or mode & 0o077:
        raise InputError(
            "bad_key_file",
            "key_file can be read by other users: run chmod 600 on it, or create a new one (findings and ledgers made "
            "with the old key can't be used any more).",
        )
    if not text:
        raise InputError("bad_key_file", "key_file is empty: put the site's secret into it, or remove it to have a new one generated.")
    return text
