# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Checks addresses and headers that are sent to GWS, including those that a server chooses. Pure, no I/O."""

from __future__ import annotations

import json
import re
import typing as t
import urllib.parse

from ansible_collections.genesys.gws.plugins.module_utils._core.errors import GwsError, InputError
from ansible_collections.genesys.gws.plugins.module_utils._core.host_names import is_host

_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,200}")
_HEADER_VALUE = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]{0,4094}[\x21-\x7e])?")

# A server chooses the name of its CSRF header. It must not be able to change identity, target, effect or framing of a request.
_NOT_FOR_SERVERS = re.compile(
    "|".join(
        (
            "accept|accept-charset|accept-encoding|accept-language|authorization|cache-control|connection|content-disposition|content-encoding",
            "content-language|content-length|content-location|content-md5|content-range|content-type|cookie|cookie2|date|destination|expect|forwarded",
            "from|host|http2-settings|if-match|if-modified-since|if-none-match|if-range|if-unmodified-since|keep-alive|max-forwards|origin|overwrite",
            "pragma|range|referer|set-cookie|set-cookie2|te|trailer|transfer-encoding|upgrade|user-agent|via|warning|x-csrf-header|x-host|x-http-method",
            "x-http-method-override|x-method-override|x-original-host|x-original-method|x-original-url|x-real-ip|x-rewrite-url|contactcenterid|ssid|surl",
            r"(?:proxy-|sec-|x-forwarded|access-control-).*",
        )
    ),
    re.IGNORECASE,
)


def base_url(url: str) -> str:
    """The address without a trailing slash and without /api/v2. :raises InputError: if it is not an HTTP address."""
    try:
        parts = urllib.parse.urlsplit(url.strip())
        port_ok = parts.port is None or parts.port > 0
    except ValueError:
        parts, port_ok = None, False
    if parts is None or parts.scheme not in ("http", "https") or not is_host(parts.hostname or "") or not port_ok:
        raise InputError("bad_gws_url", "gws_url is not an HTTP address: use an address like https://gws.example.com:8090.")
    if parts.username or parts.password:
        raise InputError("bad_gws_url", "gws_url contains a login: use gws_username and gws_password instead.")
    path = parts.path.rstrip("/")
    for suffix in ("/api/v2", "/api"):
        if path.endswith(suffix):
            path = path[: -len(suffix)]
    return f"{parts.scheme}://{parts.netloc}{path}"


def host_of(url: str) -> str:
    """Host and port, for messages."""
    return urllib.parse.urlsplit(url).netloc


def parse_headers(raw: t.Any) -> dict[str, str]:
    """Additional headers from JSON or a mapping. :raises InputError: if it is neither."""
    if raw is None or raw == "":
        return {}
    if isinstance(raw, str):
        try:
            raw = json.loads(raw)
        except (ValueError, RecursionError):
            raise InputError("bad_headers", 'gws_headers is not valid JSON: use a form like {"header_name": "header_value"}.') from None
    if not isinstance(raw, dict) or any(isinstance(value, (dict, list)) or value is None for value in raw.values()):
        raise InputError("bad_headers", "gws_headers must be a mapping of header names to strings.")
    headers = {str(name): str(value) for name, value in raw.items()}
    for name, value in headers.items():
        if not name or any(char in name + value for char in "\r\n") or not (name + value).isprintable():
            raise InputError("bad_headers", "gws_headers contains a name or value that can't be sent (line break or control character).")
    return headers


def csrf_headers(name: str | None, token: str | None) -> dict[str, str]:
    """The CSRF header to send with each write, if its name is allowed; otherwise none."""
    if not name or not token or not _TOKEN.fullmatch(name) or not _HEADER_VALUE.fullmatch(token):
        return {}
    return {} if _NOT_FOR_SERVERS.fullmatch(name) else {"X-CSRF-HEADER": name, name: token}


def quoted(part: str) -> str:
    """A path segment: everything but unreserved characters is percent-encoded, slashes too.

    Total, so that any name has a path; whether that path may be sent is decided by ``checked_path``. A segment of dots is encoded, and a lone
    surrogate becomes bytes that are no UTF-8, so that different names have different paths.
    """
    text = urllib.parse.quote(part.encode("utf-8", "surrogatepass"), safe="")
    return text.replace(".", "%2E") if part.strip(".") == "" else text


def addressable(part: str) -> bool:
    """Whether a name, as one segment of a path, addresses only what it names.

    ``.`` and ``..`` mean another resource, percent-encoded or not (RFC 3986, section 6.2.2.2), and proxies decode slashes: so no name may have them
    as a part. A text that is not valid Unicode has no defined form in a URL.
    """
    try:
        part.encode("utf-8")
    except UnicodeEncodeError:
        return False
    pieces = re.split(r"[/\\]", part)
    return bool(part) and "\x00" not in part and not any(piece.partition(";")[0].strip() in (".", "..") for piece in pieces)


def checked_path(path: str) -> str:
    """The path, if each of its segments addresses only what it names. :raises GwsError: otherwise, so that it is never sent."""
    for segment in path.removeprefix("/").split("/"):
        try:
            part = urllib.parse.unquote(segment, errors="strict")
        except UnicodeDecodeError:
            part = ""
        if not addressable(part):
            raise GwsError(
                "gws_name",
                "GWS has a user, a settings group or a setting whose name can't be part of a URL (it is empty, a dot, two dots or not "
                "valid Unicode): rename or remove it in GWS, then run it again.",
            )
    return path
