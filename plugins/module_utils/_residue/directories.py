# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""The folders of a node: from cassandra.yaml and from options."""

from __future__ import annotations

import dataclasses
import json
import os
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._core.errors import InputError
from ansible_collections.genesys.gws.plugins.module_utils._residue.places import Kind

CONFIG_FILES = (
    "/etc/cassandra/cassandra.yaml",
    "/etc/cassandra/conf/cassandra.yaml",
    "/etc/cassandra/default.conf/cassandra.yaml",
    "/opt/cassandra/conf/cassandra.yaml",
)
# What Cassandra calls a folder in cassandra.yaml, where it is below the storage folder when cassandra.yaml says nothing, and whether there must be one.
_FOLDERS = (
    (Kind.COMMIT_LOG, "commitlog_directory", "commitlog", True),
    (Kind.CDC, "cdc_raw_directory", "cdc_raw", False),
    (Kind.HINTS, "hints_directory", "hints", False),
    (Kind.SAVED_CACHES, "saved_caches_directory", "saved_caches", False),
)
_ADDRESSES = ("broadcast_address", "listen_address", "broadcast_rpc_address", "rpc_address")
OPTIONS = ("data_file_directories", *(name for _kind, name, _default, _must in _FOLDERS))


@dataclasses.dataclass(frozen=True)
class Folder:
    """A folder to search. ``required``: without it something was not searched."""

    kind: Kind
    path: str
    required: bool


@dataclasses.dataclass(frozen=True)
class Node:
    """The folders of a node, and the addresses that others may know it by."""

    folders: tuple[Folder, ...]
    addresses: tuple[str, ...]


def node_of(params: dict[str, t.Any]) -> Node:
    """The folders, from options first, then from cassandra.yaml, then Cassandra's defaults below its storage folder.

    :raises InputError: when it can't be told where the data are.
    """
    config_path = params["config_file"] or next((path for path in CONFIG_FILES if os.path.isfile(path)), None)
    explicit = all(params[name] for name in ("data_file_directories", "commitlog_directory"))
    config = _config(config_path) if config_path and (params["config_file"] or not explicit) else {}
    storage = params["storage_directory"] or _storage_beside(config_path)
    folders = [Folder(Kind.LIVE, path, True) for path in _data_folders(params, config, storage)]
    if isinstance(config.get("local_system_data_file_directory"), str):
        folders.append(Folder(Kind.LIVE, config["local_system_data_file_directory"], True))
    for kind, name, default, must in _FOLDERS:
        given = params[name] or config.get(name)
        named = isinstance(given, str) and bool(given)
        path = given if named else os.path.join(storage, default) if storage else None
        if path is None and must:
            raise _unknown(name)
        if path is not None:
            required = must or (named and (kind is not Kind.CDC or bool(config.get("cdc_enabled")) or bool(params[name])))
            folders.append(Folder(kind, os.path.normpath(str(path)), required))
    folders += [Folder(Kind.EXTRA, os.path.normpath(path), True) for path in params["extra_paths"]]
    return Node(tuple(dict.fromkeys(folders)), tuple(str(config[name]) for name in _ADDRESSES if config.get(name)))


def _data_folders(params: dict[str, t.Any], config: dict[str, t.Any], storage: str | None) -> list[str]:
    given = params["data_file_directories"] or config.get("data_file_directories")
    if isinstance(given, list) and given:
        return [os.path.normpath(str(path)) for path in given]
    if storage is None:
        raise _unknown("data_file_directories")
    return [os.path.join(storage, "data")]


def _unknown(name: str) -> InputError:
    return InputError(
        "no_directories",
        f"The folders of Cassandra are not known: set {name}, or storage_directory, or config_file (the path of cassandra.yaml).",
    )


def _storage_beside(config_path: str | None) -> str | None:
    """The storage folder of a node that was unpacked from the tarball: ``data`` beside ``conf``."""
    if config_path is None:
        return None
    beside = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(config_path))), "data")
    return beside if os.path.basename(os.path.dirname(os.path.abspath(config_path))) == "conf" and os.path.isdir(beside) else None


def _config(path: str) -> dict[str, t.Any]:
    try:
        with open(path, encoding="utf-8") as stream:
            text = stream.read()
    except OSError as error:
        raise InputError("bad_config_file", f"config_file can't be read (errno {error.errno}).") from None
    except UnicodeDecodeError:
        raise InputError("bad_config_file", "config_file is not UTF-8.") from None
    try:
        loaded = json.loads(text)
    except ValueError:
        loaded = _yaml(text)
    if not isinstance(loaded, dict):
        raise InputError("bad_config_file", "config_file is not a cassandra.yaml.")
    return loaded


def _yaml(text: str) -> t.Any:
    try:
        import yaml
    except ImportError:
        raise InputError(
            "bad_config_file", "config_file is YAML, but PyYAML is not installed on this host: install it, or set the folders by options."
        ) from None
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError:
        raise InputError("bad_config_file", "config_file is not valid YAML.") from None
