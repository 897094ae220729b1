# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""gws_pii_check: checks before a search, the cheapest first. No personal data is read, nothing is changed."""

from __future__ import annotations

import os
import typing as t

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.genesys.gws.plugins.module_utils._cassandra.session import Session
from ansible_collections.genesys.gws.plugins.module_utils._core.errors import InputError
from ansible_collections.genesys.gws.plugins.module_utils._core.prefilter import Prefilter
from ansible_collections.genesys.gws.plugins.module_utils._core.subjects import known_region
from ansible_collections.genesys.gws.plugins.module_utils._erasure.holds import parse_holds
from ansible_collections.genesys.gws.plugins.module_utils._gws_api.client import Client
from ansible_collections.genesys.gws.plugins.module_utils._module import argspec, guard, gws_roles
from ansible_collections.genesys.gws.plugins.module_utils._module import options as _options
from ansible_collections.genesys.gws.plugins.module_utils._scan.request import selected_tables

_OURS = 0o700


def argument_spec() -> argspec.Spec:
    """The options of the module."""
    gws = argspec.gws_spec()
    gws["gws_url"] = {name: value for name, value in gws["gws_url"].items() if name != "required"}
    return {
        **argspec.subjects_spec(),
        **gws,
        **argspec.cassandra_spec(),
        "tables": {"type": "list", "elements": "str", "default": []},
        "exclude_tables": {"type": "list", "elements": "str", "default": []},
        "holds": {"type": "raw", "no_log": True},
        "work_dir": {"type": "path"},
        "checkpoint_dir": {"type": "path"},
        "progress_file": {"type": "path"},
        "stop_file": {"type": "path"},
    }


def main() -> None:
    """Run as a module."""
    guard.guarded_run(guard.QuietModule(argument_spec()), _run)


def _run(module: AnsibleModule) -> dict[str, t.Any]:
    params = module.params
    subjects = _options.subjects_of(params)
    parse_holds(params["holds"], region=known_region(params["region"]))
    cassandra = _options.cassandra_of(params) if params["login_host"] else None
    gws = _options.gws_of(params) if params["gws_url"] else None
    for option in ("work_dir", "checkpoint_dir"):
        _check_folder(option, params[option])
    if params["progress_file"]:
        _check_folder("progress_file", os.path.dirname(os.path.abspath(params["progress_file"])), ours=False)
    if params["stop_file"] and os.path.lexists(params["stop_file"]):
        raise InputError("stopped", "The stop file exists: remove it before you start a run.")
    if gws:
        with Client(gws) as client:
            gws_roles.require_admin(client.login())
    tables = 0
    if cassandra:
        with Session(cassandra, Prefilter(subjects)) as session:
            tables = len(selected_tables(session.tables(params["keyspace"]), params["tables"], params["exclude_tables"]))
    return {
        "changed": False,
        "subjects": len(subjects.subjects),
        "gws": gws is not None,
        "cassandra": cassandra is not None,
        "tables": tables,
    }


def _check_folder(option: str, path: str | None, *, ours: bool = True) -> None:
    """Check that a folder is writable, or can be created; ``ours``: that no other user can read it."""
    if not path:
        return
    place = os.path.abspath(os.path.expanduser(path))
    while not os.path.lexists(place):
        place, ours = os.path.dirname(place), False
    if not os.path.isdir(place) or not os.access(place, os.W_OK | os.X_OK):
        raise InputError("bad_folder", f"{option} can't be created or written on the host that runs the module.")
    if ours and (os.path.islink(place) or os.stat(place).st_uid != os.geteuid() or os.stat(place).st_mode & 0o777 & ~_OURS):
        raise InputError(
            "bad_folder",
            f"{option} is not a private folder: it must belong to the user who runs the module, have mode 0700 and not be a symbolic link.",
        )
