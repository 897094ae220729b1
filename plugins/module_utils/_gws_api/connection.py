# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""The session of one thread with one GWS node: headers, cookies, CSRF token, and at most one open connection.

What is the same for every request (address, login, headers, proxies, certificates) is prepared once: ``requests.Session.request`` would do that for
each request, which takes longer than GWS on a fast network.
"""

from __future__ import annotations

import dataclasses
import typing as t
import urllib.parse

from ansible_collections.genesys.gws.plugins.module_utils._core import deps

with deps.declare("requests"):
    import requests
    import requests.auth
    import requests.cookies

    from ansible_collections.genesys.gws.plugins.module_utils._gws_api.transport import DeadlineAdapter

    _cookies: t.Any = requests.cookies  # its functions have no types

Query = t.Mapping[str, str]


@dataclasses.dataclass(frozen=True)
class GwsOptions:
    """The connection options. Timeouts in seconds, ``request_timeout`` for a complete answer;
    ``max_answer`` in bytes; 0 requests per second means no limit.
    """

    urls: tuple[str, ...]
    username: str
    password: str
    headers: dict[str, str]
    validate_certs: bool
    ca_cert: str | None
    client_cert: str | None
    client_key: str | None
    connect_timeout: float
    request_timeout: float
    retries: int
    parallel: int = 1
    requests_per_second: float = 0.0
    max_answer: int = 64 * 1024 * 1024


class Connection:
    """Not thread-safe. Nothing is retried and no redirect is followed. :raises requests.exceptions.RequestException: if address or headers can't be sent."""

    def __init__(self, options: GwsOptions, base: str) -> None:
        self.csrf: dict[str, str] = {}
        self._cookies = requests.cookies.RequestsCookieJar()
        self._cookie_header: str | None = ""  # None: it must be built from the current cookies
        self._adapter = DeadlineAdapter(options.request_timeout)
        self._timeout = (options.connect_timeout, options.request_timeout)
        self._cert: str | tuple[str, str] | None = None
        if options.client_cert:
            self._cert = (options.client_cert, options.client_key) if options.client_key else options.client_cert
        with requests.Session() as session:
            # ca_cert None: REQUESTS_CA_BUNDLE, or the authorities of certifi
            environment = session.merge_environment_settings(base, {}, None, options.ca_cert or None, None)
            self._verify: t.Any = environment["verify"] if options.validate_certs else False
            self._proxies = environment["proxies"]
            session.trust_env = False  # checked once
            session.auth = requests.auth.HTTPBasicAuth(options.username.encode("utf-8"), options.password.encode("utf-8"))
            session.headers.update({"Accept": "application/json", "Accept-Encoding": "gzip, deflate"})
            session.headers.update(options.headers)
            prepared = session.prepare_request(requests.Request("GET", base + "/api/v2"))
        self._url, self._headers = str(prepared.url), prepared.headers
        self._root = urllib.parse.urlsplit(self._url).path + "/"

    def send(self, method: str, path: str, query: Query | None, body: bytes | None, headers: t.Mapping[str, str]) -> requests.Response:
        """One request; the answer's body is still to be read. ``path`` is below /api/v2, percent-encoded."""
        request = requests.PreparedRequest()
        request.method = method
        request.url = f"{self._url}{path}?{urllib.parse.urlencode(query)}" if query else self._url + path
        request.headers = self._headers.copy()
        request.headers.update(headers)
        request.body = body
        if method != "GET":
            request.headers["Content-Length"] = str(len(body or b""))
        cookies = self._cookies_for(request)
        if cookies:
            request.headers["Cookie"] = cookies
        response = self._adapter.send(
            request, stream=True, timeout=self._timeout, verify=self._verify, cert=self._cert, proxies=self._proxies
        )
        if "Set-Cookie" in response.headers:
            _cookies.extract_cookies_to_jar(self._cookies, request, response.raw)
            self._cookie_header = None
        return response

    def _cookies_for(self, request: requests.PreparedRequest) -> str:
        """The value of the Cookie header; '' if there are no cookies for this address, or the additional headers contain their own."""
        if self._cookie_header is not None:
            return self._cookie_header
        header: str = _cookies.get_cookie_header(self._cookies, request) or ""
        if self._cookies_are_for_all():
            self._cookie_header = header
        return header

    def _cookies_are_for_all(self) -> bool:
        """Whether all cookies apply to every request of this connection, without an expiry time."""
        return all(cookie.expires is None and self._root.startswith(cookie.path.rstrip("/") + "/") for cookie in self._cookies)

    def forget_login(self) -> None:
        """Start a new session with the next request."""
        self._cookies.clear()
        self._cookie_header = ""
        self.csrf = {}

    def close(self) -> None:
        """Close what is open."""
        self._adapter.close()
