# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Files on the control node that Ansible Vault may have encrypted. They are decrypted in memory, and written nowhere."""

from __future__ import annotations

import typing as t

from ansible.errors import AnsibleError

from ansible_collections.genesys.gws.plugins.plugin_utils._request import BadRequest

_HEADER = b"$ANSIBLE_VAULT;"


def is_vaulted(path: str) -> bool:
    """Whether a file can be read and is encrypted."""
    try:
        with open(path, "rb") as stream:
            return stream.read(len(_HEADER)) == _HEADER
    except OSError:
        return False


def content_of(path: str, vault: t.Any) -> str:
    """The text of a file. ``vault``: the VaultLib of the run. :raises OSError, ValueError, AnsibleError:"""
    with open(path, "rb") as stream:
        content = stream.read()
    if content.startswith(_HEADER):
        content = bytes(vault.decrypt(content))
    return content.decode("utf-8-sig")


def people_in(path: str, vault: t.Any) -> str:
    """The text of forget_me_subjects_file. :raises BadRequest: in one line without the path."""
    try:
        return content_of(path, vault)
    except OSError as error:
        fault = f"can't be read (errno {error.errno})"
    except ValueError:
        fault = "is not UTF-8"
    except AnsibleError:
        fault = "is encrypted, and its vault password is missing or wrong: use --ask-vault-pass, or --vault-password-file"
    raise BadRequest(f"Nothing was done: forget_me_subjects_file {fault}.")
