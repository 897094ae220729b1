# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""The options of the modules, one function for each group. They are documented in plugins/doc_fragments under the same names."""

from __future__ import annotations

import typing as t

from ansible.module_utils.common.parameters import env_fallback

from ansible_collections.genesys.gws.plugins.module_utils._evidence import key_file

Spec = dict[str, dict[str, t.Any]]


def _env(name: str) -> tuple[t.Any, list[str]]:
    return env_fallback, ["GWS_PII_" + name]


def subjects_spec() -> Spec:
    """The options that name the data subjects."""
    return {
        "search": {"type": "raw", "no_log": True},
        "subjects": {"type": "raw", "no_log": True},
        "subjects_file": {"type": "path"},
        "region": {"type": "str"},
        "match": {"type": "str", "choices": ["exact", "contains"], "default": "exact"},
        "min_length": {"type": "int", "default": 5},
        "groups": {"type": "list", "elements": "str", "default": [], "aliases": ["group", "group_name"]},
        "key": {"type": "str", "no_log": True},
        "key_file": {"type": "path", "default": key_file.DEFAULT},
    }


def cassandra_spec() -> Spec:
    """The connection options of Cassandra."""
    return {
        "login_host": {
            "type": "list",
            "elements": "str",
            "aliases": ["cass_hostname", "contact_points"],
            "fallback": _env("CASSANDRA_HOSTS"),
        },
        "login_port": {"type": "int", "default": 9042, "aliases": ["cass_port"], "fallback": _env("CASSANDRA_PORT")},
        "login_user": {"type": "str", "aliases": ["cass_username"], "fallback": _env("CASSANDRA_USERNAME")},
        "login_password": {
            "type": "str",
            "no_log": True,
            "aliases": ["cass_password"],
            "fallback": _env("CASSANDRA_PASSWORD"),
        },
        "keyspace": {
            "type": "str",
            "default": "sipfs",
            "no_log": False,
            "aliases": ["cass_keyspace"],
            "fallback": _env("CASSANDRA_KEYSPACE"),
        },
        "ssl": {"type": "bool", "default": False, "fallback": _env("CASSANDRA_SSL")},
        "ca_cert": {"type": "path", "aliases": ["ssl_ca_certs"], "fallback": _env("CASSANDRA_CA_CERT")},
        "client_cert": {"type": "path", "aliases": ["ssl_cert"], "fallback": _env("CASSANDRA_CLIENT_CERT")},
        "client_key": {"type": "path", "no_log": False, "aliases": ["ssl_key"], "fallback": _env("CASSANDRA_CLIENT_KEY")},
        "validate_certs": {"type": "bool", "default": True, "fallback": _env("CASSANDRA_VALIDATE_CERTS")},
        "check_hostname": {"type": "bool", "default": True, "fallback": _env("CASSANDRA_CHECK_HOSTNAME")},
        "consistency_level": {
            "type": "str",
            "choices": ["ONE", "TWO", "THREE", "QUORUM", "ALL", "LOCAL_QUORUM", "LOCAL_ONE"],
            "default": "QUORUM",
        },
        "local_dc": {"type": "str", "fallback": _env("CASSANDRA_LOCAL_DC")},
        "connect_timeout": {"type": "float", "default": 10.0, "fallback": _env("CASSANDRA_CONNECT_TIMEOUT")},
        "request_timeout": {"type": "float", "default": 20.0, "fallback": _env("CASSANDRA_REQUEST_TIMEOUT")},
    }


def gws_spec() -> Spec:
    """The connection options of GWS."""
    return {
        "gws_url": {"type": "list", "elements": "str", "required": True, "aliases": ["gws"], "fallback": _env("GWS_URL")},
        "gws_username": {"type": "str", "fallback": _env("GWS_USERNAME")},
        "gws_password": {
            "type": "str",
            "no_log": True,
            "aliases": ["gws_user_password"],
            "fallback": _env("GWS_PASSWORD"),
        },
        "gws_headers": {"type": "raw", "no_log": True, "aliases": ["gws_additional_headers"], "fallback": _env("GWS_HEADERS")},
        "gws_validate_certs": {"type": "bool", "default": True, "fallback": _env("GWS_VALIDATE_CERTS")},
        "gws_ca_cert": {"type": "path", "fallback": _env("GWS_CA_CERT")},
        "gws_client_cert": {"type": "path", "fallback": _env("GWS_CLIENT_CERT")},
        "gws_client_key": {"type": "path", "no_log": False, "fallback": _env("GWS_CLIENT_KEY")},
        "gws_connect_timeout": {"type": "float", "default": 10.0, "fallback": _env("GWS_CONNECT_TIMEOUT")},
        "gws_request_timeout": {"type": "float", "default": 60.0, "fallback": _env("GWS_REQUEST_TIMEOUT")},
        "gws_retries": {"type": "int", "default": 3},
        "gws_parallel": {"type": "int", "default": 4},
        "gws_requests_per_second": {"type": "float", "default": 0.0},
        "gws_max_answer_mb": {"type": "int", "default": 64},
    }
