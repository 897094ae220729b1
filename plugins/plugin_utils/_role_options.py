# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""The variables of the role forget_me: their types, and their names in the modules. Data only.

roles/forget_me/meta/argument_specs.yml documents them. It gives no types and no choices, because ansible-core quotes an invalid value, which may be
personal data in the wrong field. So they are checked here, and messages contain only the name of the variable.
"""

from __future__ import annotations

import dataclasses
import enum

PREFIX = "forget_me_"


class Kind(enum.Enum):
    """The type of a variable."""

    IDENTIFIERS = enum.auto()  # texts of people, or lists or mappings of them: never shown, never anything but text
    SECRET = enum.auto()  # a text that may look like anything
    NAME = enum.auto()  # a text of letters, digits and a few marks
    NAMES = enum.auto()  # such a text, several with commas, or a list
    HOSTS = enum.auto()
    URLS = enum.auto()
    NUMBER = enum.auto()  # a whole number within bounds
    SECONDS = enum.auto()
    RATE = enum.auto()  # a number, 0 or more
    FLAG = enum.auto()
    CHOICE = enum.auto()
    HEADERS = enum.auto()
    FILE = enum.auto()  # must be there
    PATH = enum.auto()
    PATHS = enum.auto()
    TIME = enum.auto()  # a moment in UTC
    SECONDS_OF_TABLES = enum.auto()  # a mapping of keyspace.table to whole numbers
    DIGEST = enum.auto()
    REGION = enum.auto()
    WINDOW = enum.auto()


class OptionScope(enum.Enum):
    """The modules that have an option."""

    ALL = enum.auto()
    SEARCH = enum.auto()  # gws_pii_search
    DELETE = enum.auto()  # gws_pii_delete


@dataclasses.dataclass(frozen=True)
class Option:
    """A variable: ``name`` without the prefix, ``module_option`` what the modules call it ('' when none of them has it)."""

    name: str
    kind: Kind
    module_option: str = ""
    scope: OptionScope = OptionScope.ALL
    choices: tuple[str, ...] = ()
    low: int = 0
    high: int = 10**9

    @property
    def variable(self) -> str:
        """Its name in a playbook."""
        return PREFIX + self.name


_CONSISTENCY_LEVELS = ("ONE", "TWO", "THREE", "QUORUM", "ALL", "LOCAL_QUORUM", "LOCAL_ONE")

OPTIONS = (
    Option("search", Kind.IDENTIFIERS, "search"),
    Option("subjects", Kind.IDENTIFIERS, "subjects"),
    Option("subjects_file", Kind.FILE, "subjects_file"),
    Option("region", Kind.REGION, "region"),
    Option("match", Kind.CHOICE, "match", choices=("exact", "contains")),
    Option("min_length", Kind.NUMBER, "min_length", low=3, high=1000),
    Option("group", Kind.NAMES, "groups"),
    Option("cassandra_hosts", Kind.HOSTS, "login_host"),
    Option("cassandra_port", Kind.NUMBER, "login_port", low=1, high=65535),
    Option("cassandra_keyspace", Kind.NAME, "keyspace"),
    Option("cassandra_username", Kind.SECRET, "login_user"),
    Option("cassandra_password", Kind.SECRET, "login_password"),
    Option("cassandra_ssl", Kind.FLAG, "ssl"),
    Option("cassandra_ca_cert", Kind.FILE, "ca_cert"),
    Option("cassandra_client_cert", Kind.FILE, "client_cert"),
    Option("cassandra_client_key", Kind.FILE, "client_key"),
    Option("cassandra_validate_certs", Kind.FLAG, "validate_certs"),
    Option("cassandra_check_hostname", Kind.FLAG, "check_hostname"),
    Option("cassandra_connect_timeout", Kind.SECONDS, "connect_timeout"),
    Option("cassandra_request_timeout", Kind.SECONDS, "request_timeout"),
    Option("cassandra_local_dc", Kind.NAME, "local_dc"),
    Option("consistency_level", Kind.CHOICE, "consistency_level", choices=_CONSISTENCY_LEVELS),
    Option("tables", Kind.NAMES, "tables", OptionScope.SEARCH),
    Option("exclude_tables", Kind.NAMES, "exclude_tables", OptionScope.SEARCH),
    Option("unreadable_tables", Kind.CHOICE, "unreadable_tables", OptionScope.SEARCH, choices=("fail", "report")),
    Option("page_size", Kind.NUMBER, "page_size", OptionScope.SEARCH, low=1, high=50000),
    Option("pages_in_flight", Kind.NUMBER, "pages_in_flight", OptionScope.SEARCH, low=1, high=64),
    Option("rows_per_second", Kind.NUMBER, "rows_per_second", OptionScope.SEARCH),
    Option("time_window", Kind.WINDOW, "time_window", OptionScope.SEARCH),
    Option("checkpoint_dir", Kind.PATH, "checkpoint_dir", OptionScope.SEARCH),
    Option("progress_file", Kind.PATH, "progress_file", OptionScope.SEARCH),
    Option("scan_hosts", Kind.HOSTS),
    Option("gws_scheme", Kind.CHOICE, choices=("http", "https")),
    Option("gws_port", Kind.NUMBER, low=1, high=65535),
    Option("gws_url", Kind.URLS, "gws_url", OptionScope.DELETE),
    Option("gws_username", Kind.SECRET, "gws_username", OptionScope.DELETE),
    Option("gws_password", Kind.SECRET, "gws_password", OptionScope.DELETE),
    Option("gws_headers", Kind.HEADERS, "gws_headers", OptionScope.DELETE),
    Option("gws_validate_certs", Kind.FLAG, "gws_validate_certs", OptionScope.DELETE),
    Option("gws_ca_cert", Kind.FILE, "gws_ca_cert", OptionScope.DELETE),
    Option("gws_client_cert", Kind.FILE, "gws_client_cert", OptionScope.DELETE),
    Option("gws_client_key", Kind.FILE, "gws_client_key", OptionScope.DELETE),
    Option("gws_connect_timeout", Kind.SECONDS, "gws_connect_timeout", OptionScope.DELETE),
    Option("gws_request_timeout", Kind.SECONDS, "gws_request_timeout", OptionScope.DELETE),
    Option("gws_retries", Kind.NUMBER, "gws_retries", OptionScope.DELETE, high=100),
    Option("gws_parallel", Kind.NUMBER, "gws_parallel", OptionScope.DELETE, low=1, high=32),
    Option("gws_requests_per_second", Kind.RATE, "gws_requests_per_second", OptionScope.DELETE),
    Option("gws_max_answer_mb", Kind.NUMBER, "gws_max_answer_mb", OptionScope.DELETE, low=1),
    Option("source", Kind.CHOICE, "source", OptionScope.DELETE, choices=("cassandra", "api", "both")),
    Option("cleanup", Kind.FLAG),
    Option("possible", Kind.CHOICE, "match_possible", OptionScope.DELETE, choices=("fail", "report", "erase")),
    Option("shared_settings", Kind.CHOICE, "shared_settings", OptionScope.DELETE, choices=("redact", "delete", "report")),
    Option("corporate", Kind.CHOICE, "corporate", OptionScope.DELETE, choices=("report", "erase")),
    Option("orphans", Kind.CHOICE, "orphans", OptionScope.DELETE, choices=("fail", "report", "delete")),
    Option("outside", Kind.CHOICE, "outside", OptionScope.DELETE, choices=("fail", "report")),
    Option("holds", Kind.IDENTIFIERS, "holds", OptionScope.DELETE),
    Option("max_deletes", Kind.NUMBER, "max_deletes", OptionScope.DELETE),
    Option("max_per_subject", Kind.NUMBER, "max_per_subject", OptionScope.DELETE),
    Option("expect_plan", Kind.DIGEST, "expect_plan", OptionScope.DELETE),
    Option("delete_form", Kind.CHOICE, "delete_form", OptionScope.DELETE, choices=("probe", "body", "path")),
    Option("work_dir", Kind.PATH, "work_dir", OptionScope.DELETE),
    Option("keep_backup", Kind.FLAG, "keep_backup", OptionScope.DELETE),
    Option("stop_file", Kind.PATH, "stop_file"),
    Option("report_dir", Kind.PATH),
    Option("key", Kind.SECRET, "key"),
    Option("receipt_key", Kind.SECRET),
    Option("export", Kind.PATH, "export", OptionScope.DELETE),
    Option("ledger", Kind.PATH, "ledger", OptionScope.DELETE),
    Option("ledger_days", Kind.NUMBER, "ledger_days", OptionScope.DELETE, low=1, high=36500),
)

# The parameters of gdpr_forget_me.py, and the variables that they stand for.
PREDECESSOR = {
    "search": "forget_me_search",
    "cass_keyspace": "forget_me_cassandra_keyspace",
    "cass_hostname": "forget_me_cassandra_hosts",
    "cass_port": "forget_me_cassandra_port",
    "cass_username": "forget_me_cassandra_username",
    "cass_password": "forget_me_cassandra_password",
    "group_name": "forget_me_group",
    "cleanup": "forget_me_cleanup",
    "gws": "forget_me_gws_url",
    "gws_username": "forget_me_gws_username",
    "gws_user_password": "forget_me_gws_password",
    "gws_additional_headers": "forget_me_gws_headers",
}

# Other names that mean something to us: variables of the hosts of the inventory group gws, and the vault's.
OTHER_NAMES = (
    "gws_scheme",
    "gws_port",
    "vault_gws_username",
    "vault_gws_password",
    "vault_cassandra_username",
    "vault_cassandra_password",
    "vault_forget_me_key",
    "vault_forget_me_receipt_key",
)

# Variables of the playbook residue.
RESIDUE_OPTIONS = (
    Option("cassandra_config", Kind.PATH),
    Option("cassandra_storage", Kind.PATH),
    Option("erased_at", Kind.TIME),
    Option("gc_grace_seconds", Kind.SECONDS_OF_TABLES),
    Option("nodetool", Kind.PATH),
    Option("residue_keyspaces", Kind.NAMES),
    Option("residue_max_mb_per_second", Kind.RATE),
    Option("residue_paths", Kind.PATHS),
    Option("residue_settle_timeout", Kind.RATE),
    Option("purge", Kind.CHOICE, choices=("report", "compact")),
    Option("purge_snapshots", Kind.NAMES),
)

OF_PURGE = ("forget_me_purge", "forget_me_purge_snapshots")
"""Those that make it remove something: given to another playbook they are a mistake."""
OF_RESIDUE = tuple(option.variable for option in RESIDUE_OPTIONS if option.variable not in OF_PURGE)
"""The others, which a site may keep beside the role's."""
