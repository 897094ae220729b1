# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Converts the options of a module to types of ``_core``."""

from __future__ import annotations

import datetime
import math
import os
import socket
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._cassandra.options import CassandraOptions
from ansible_collections.genesys.gws.plugins.module_utils._core.errors import InputError
from ansible_collections.genesys.gws.plugins.module_utils._core.host_names import bare, is_host
from ansible_collections.genesys.gws.plugins.module_utils._core.keys import search_key
from ansible_collections.genesys.gws.plugins.module_utils._core.matching import Matcher
from ansible_collections.genesys.gws.plugins.module_utils._core.subjects import Subjects, parse_subjects, parse_subjects_file
from ansible_collections.genesys.gws.plugins.module_utils._evidence.key_file import site_secret
from ansible_collections.genesys.gws.plugins.module_utils._gws_api.address import base_url, parse_headers
from ansible_collections.genesys.gws.plugins.module_utils._gws_api.client import GwsOptions
from ansible_collections.genesys.gws.plugins.module_utils._scan.request import SearchOptions, SearchRequest, Share
from ansible_collections.genesys.gws.plugins.module_utils._scan.table_scan import ScanOptions
from ansible_collections.genesys.gws.plugins.module_utils._scan.throttle import ThrottleOptions, TimeWindow

_SHORTEST_MIN_LENGTH = 3
_MOST_PARALLEL = 32
_LARGEST_ANSWER_MB = 4096


def subjects_of(params: dict[str, t.Any]) -> Subjects:
    """The data subjects of a run. :raises InputError: with all faults in one line."""
    min_length = params["min_length"]
    if min_length < _SHORTEST_MIN_LENGTH:
        raise InputError("bad_min_length", f"min_length must be {_SHORTEST_MIN_LENGTH} or more.")
    subjects = params["subjects"]
    if subjects in (None, "", []):
        subjects = None
    search = None if params["search"] in ([], ()) else params["search"]
    if params["subjects_file"]:
        if search is not None or subjects is not None:
            raise InputError("bad_subjects", "Set either subjects_file, or search and subjects.")
        subjects = parse_subjects_file(_content(params["subjects_file"]))
    elif isinstance(subjects, str):
        subjects = parse_subjects_file(subjects)
    key = search_key(site_secret(params["key"], params["key_file"]).text)
    return parse_subjects(search=search, subjects=subjects, region=params["region"], match=params["match"], min_length=min_length, key=key)


def _content(path: str) -> str:
    try:
        with open(path, encoding="utf-8-sig") as stream:
            return stream.read()
    except OSError as error:
        raise InputError("bad_subjects_file", f"subjects_file can't be read (errno {error.errno}).") from None
    except UnicodeDecodeError:
        raise InputError("bad_subjects_file", "subjects_file is not UTF-8.") from None


def cassandra_of(params: dict[str, t.Any], prefer: frozenset[str] = frozenset()) -> CassandraOptions:
    """The connection options of Cassandra. An empty string counts as not set (AWX passes empty inputs like this). :param prefer: addresses of the
    node to query first.
    """
    hosts = tuple(bare(host.strip()) for host in params["login_host"] or () if host.strip())
    if not hosts:
        raise InputError(
            "no_cassandra_host",
            "No Cassandra host is defined: set cass_hostname, or fill the inventory group gws_cassandra.",
        )
    for position, host in enumerate(hosts, 1):
        if not is_host(host):
            raise InputError("bad_cassandra_host", f"login_host[{position}] is not a host name or address.")
    if not 0 < params["login_port"] < 65536:
        raise InputError("bad_port", "login_port is not a port number.")
    if not params["keyspace"]:
        raise InputError("bad_keyspace", "keyspace is blank.")
    for option in ("ca_cert", "client_cert", "client_key"):
        if params[option] and not os.path.isfile(params[option]):
            raise InputError("bad_certificate", f"{option} is not a file on the host that runs the module.")
        if params[option] and not params["ssl"]:
            raise InputError(
                "certificate_without_tls",
                f"{option} is set but ssl is not true, so the connection would not be encrypted: set both or neither.",
            )
    return CassandraOptions(
        hosts=hosts,
        port=params["login_port"],
        user=params["login_user"] or None,
        password=params["login_password"] or None,
        ssl=params["ssl"],
        ca_cert=params["ca_cert"] or None,
        client_cert=params["client_cert"] or None,
        client_key=params["client_key"] or None,
        validate_certs=params["validate_certs"],
        check_hostname=params["check_hostname"],
        consistency_level=params["consistency_level"],
        local_dc=params["local_dc"] or None,
        connect_timeout=_positive(params, "connect_timeout"),
        request_timeout=_positive(params, "request_timeout"),
        prefer=prefer,
    )


def search_request_of(params: dict[str, t.Any], subjects: Subjects, matcher: Matcher, groups: tuple[str, ...] = ()) -> SearchRequest:
    """The request of the search."""
    return SearchRequest(
        subjects,
        matcher,
        params["keyspace"],
        tuple(params["tables"]),
        tuple(params["exclude_tables"]),
        groups,
        scan=ScanOptions(in_flight=params["pages_in_flight"], page_size=params["page_size"]),
        search_options=_search_options_of(params),
    )


def _search_options_of(params: dict[str, t.Any]) -> SearchOptions:
    """The options of the search."""
    return SearchOptions(
        throttle=ThrottleOptions(
            per_host=params["pages_in_flight"],
            rows_per_second=params["rows_per_second"],
            stop_file=params["stop_file"] or "",
            window=_window(params["time_window"]),
        ),
        checkpoint_dir=params["checkpoint_dir"] or "",
        progress_file=params["progress_file"] or "",
        share=_share(params["scan_hosts"], params["scan_host"]),
        read_partly=params["unreadable_tables"] == "report",
    )


def _window(text: str | None) -> TimeWindow | None:
    """A time window like ``22:00-06:00``."""
    if not text or not text.strip():
        return None
    try:
        start, end = (datetime.time.fromisoformat(part.strip()) for part in text.split("-"))
    except ValueError:
        raise InputError("bad_time_window", "time_window must have the form 22:00-06:00.") from None
    if start.tzinfo or end.tzinfo:
        raise InputError("bad_time_window", "time_window must have the form 22:00-06:00, in local time.")
    if start == end:
        raise InputError("bad_time_window", "time_window is empty: its start and its end are the same.")
    return TimeWindow(start, end)


def _share(scan_hosts: t.Sequence[str] | None, scan_host: str | None) -> Share | None:
    names = [name.strip() for name in scan_hosts or () if name.strip()]
    if not names and not scan_host:
        return None
    if len(set(names)) != len(names) or scan_host not in names:
        raise InputError("bad_scan_hosts", "scan_hosts must name each host once, and scan_host must be one of them.")
    return Share(names.index(scan_host), tuple(_addresses(place, name) for place, name in enumerate(names, 1)))


def _addresses(place: int, name: str) -> frozenset[str]:
    """The addresses under which Cassandra may know a host."""
    try:
        found = socket.getaddrinfo(name, None, proto=socket.IPPROTO_TCP)
    except OSError:
        raise InputError("bad_scan_hosts", f"scan_hosts[{place}] has no address; check DNS on each of the hosts.") from None
    return frozenset(str(address[4][0]) for address in found)


def gws_of(params: dict[str, t.Any]) -> GwsOptions:
    """The connection options of GWS."""
    urls = tuple(url.strip() for url in params["gws_url"] or () if url.strip())
    if not urls:
        raise InputError("bad_gws_url", "No GWS address is defined: set gws, or fill the inventory group gws.")
    for url in urls:
        base_url(url)
    if not params["gws_username"] or not params["gws_password"]:
        raise InputError("no_gws_login", "GWS requires a login: set gws_username and gws_password (from Ansible Vault).")
    for option in ("gws_ca_cert", "gws_client_cert", "gws_client_key"):
        if params[option] and not os.path.isfile(params[option]):
            raise InputError("bad_certificate", f"{option} is not a file on the host that runs the module.")
        if params[option] and not all(url.lower().startswith("https:") for url in urls):
            raise InputError(
                "certificate_without_tls",
                f"{option} is set but gws_url is not https, so the connection would not be encrypted: use https, or remove it.",
            )
    if not 1 <= params["gws_parallel"] <= _MOST_PARALLEL:
        raise InputError("bad_gws_parallel", f"gws_parallel must be between 1 and {_MOST_PARALLEL}.")
    if not 0 <= params["gws_requests_per_second"] < math.inf:
        raise InputError("bad_gws_requests_per_second", "gws_requests_per_second must be a number of requests, or 0 for no limit.")
    if not 1 <= params["gws_max_answer_mb"] <= _LARGEST_ANSWER_MB:
        raise InputError("bad_gws_max_answer_mb", f"gws_max_answer_mb must be between 1 and {_LARGEST_ANSWER_MB}.")
    return GwsOptions(
        urls=urls,
        username=params["gws_username"],
        password=params["gws_password"],
        headers=parse_headers(params["gws_headers"]),
        validate_certs=params["gws_validate_certs"],
        ca_cert=params["gws_ca_cert"] or None,
        client_cert=params["gws_client_cert"] or None,
        client_key=params["gws_client_key"] or None,
        connect_timeout=_positive(params, "gws_connect_timeout"),
        request_timeout=_positive(params, "gws_request_timeout"),
        retries=max(0, params["gws_retries"]),
        parallel=params["gws_parallel"],
        requests_per_second=params["gws_requests_per_second"],
        max_answer=params["gws_max_answer_mb"] * 1024 * 1024,
    )


def _positive(params: dict[str, t.Any], option: str) -> float:
    value = float(params[option])
    if not 0 < value < 86400:
        raise InputError("bad_timeout", f"{option} must be a positive number of seconds.")
    return value


def group_names(params: dict[str, t.Any]) -> tuple[str, ...]:
    """The requested settings groups; none means all."""
    return tuple(dict.fromkeys(name.strip() for name in params["groups"] or () if name.strip()))
