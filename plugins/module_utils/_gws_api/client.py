# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""The HTTP side of GWS: login, CSRF, sessions, retries, the envelope of every answer. The types of requests stop here.

Sources for the protocol: the GWS documentation as collected for this project (pages SettingsCustom, ReturnValues,
CSRFProtection). Facts that shape this file:

* every answer is JSON with ``statusCode``; 0 is success, and an answer with another code has changed nothing, or says so;
* HTTP 403 means four things: not logged in (statusCode 20), no permission (5), forbidden (3), CSRF (text, not JSON);
* any GET tells the CSRF header's name and value; the token belongs to the session (JSESSIONID);
* a group is dropped by a DELETE without a body, so no redirect is followed and no DELETE leaves without what it must carry.
"""

from __future__ import annotations

import dataclasses
import json
import time
import typing as t
import urllib.parse

from ansible_collections.genesys.gws.plugins.module_utils._core import deps
from ansible_collections.genesys.gws.plugins.module_utils._core.errors import GwsError, InputError

with deps.declare("requests"):
    import requests
    import requests.adapters
    import urllib3

SUCCESS = 0
INTERNAL_ERROR = 4
PERMISSION_CODES = (3, 5)
NOT_FOUND = 6
ALREADY_EXISTS = 18
NOT_AUTHENTICATED = 20
CHANGE_PASSWORD = 8

TIMED_OUT = "timed out"
_RETRY_STATUSES = (429, 502, 503, 504)
_MAX_PAUSE = 30.0


@dataclasses.dataclass(frozen=True)
class GwsOptions:
    """How to connect. Timeouts in seconds."""

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


@dataclasses.dataclass(frozen=True)
class Answer:
    """What GWS answered. ``gws_status`` is the statusCode, None when the answer was no GWS answer (a proxy's page, a lost connection)."""

    http_status: int
    gws_status: int | None
    body: dict[str, t.Any]
    retry_after: float = 0.0
    csrf_refused: bool = False

    @property
    def ok(self) -> bool:
        """GWS says that it did what it was asked for."""
        return self.http_status < 300 and self.gws_status == SUCCESS

    @property
    def missing(self) -> bool:
        """GWS says that there is no such thing."""
        return self.gws_status == NOT_FOUND or (self.http_status == 404 and self.gws_status is None)

    @property
    def unauthenticated(self) -> bool:
        """GWS does not know who we are (403/20 in GWS; 401 from proxies)."""
        return self.gws_status == NOT_AUTHENTICATED or self.http_status == 401

    @property
    def transient(self) -> bool:
        """A trouble that may be over at the next try: overload, a gateway, an internal error."""
        return self.http_status == 0 or self.http_status in _RETRY_STATUSES or self.gws_status == INTERNAL_ERROR

    @property
    def label(self) -> str:
        """For messages: numbers only."""
        if self.http_status == 0:
            return "no answer"
        return "HTTP {}, statusCode {}".format(self.http_status, "none" if self.gws_status is None else self.gws_status)


NO_ANSWER = Answer(0, None, {})


def base_url(url: str) -> str:
    """The address without a trailing slash and without /api/v2. :raises InputError: when it is no HTTP address."""
    try:
        parts = urllib.parse.urlsplit(url.strip())
        port_ok = parts.port is None or parts.port > 0
    except ValueError:
        parts, port_ok = None, False
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname or not port_ok:
        raise InputError("bad_gws_url", "gws_url is not an HTTP address: it looks like https://gws.example.com:8090.")
    if parts.username or parts.password:
        raise InputError("bad_gws_url", "gws_url holds a login: give gws_username and gws_password instead.")
    path = parts.path.rstrip("/")
    for suffix in ("/api/v2", "/api"):
        if path.endswith(suffix):
            path = path[: -len(suffix)]
    return f"{parts.scheme}://{parts.netloc}{path}"


def parse_headers(raw: t.Any) -> dict[str, str]:
    """Additional headers out of JSON text or a mapping. :raises InputError: when it is neither."""
    if raw is None or raw == "":
        return {}
    if isinstance(raw, str):
        try:
            raw = json.loads(raw)
        except ValueError:
            raise InputError("bad_headers", 'gws_headers is not valid JSON: it looks like {"header_name": "header_value"}.') from None
    if not isinstance(raw, dict) or any(isinstance(value, (dict, list)) or value is None for value in raw.values()):
        raise InputError("bad_headers", "gws_headers must be a mapping of header names to texts.")
    headers = {str(name): str(value) for name, value in raw.items()}
    for name, value in headers.items():
        if not name or any(char in name + value for char in "\r\n") or not (name + value).isprintable():
            raise InputError("bad_headers", "gws_headers holds a name or value that can't be sent (line break or control character).")
    return headers


class Client:
    """A logged-in session with one GWS node.

    ``get`` may be repeated and is; ``write`` sends once, because only a look at the data can tell what a lost answer means.
    """

    def __init__(self, options: GwsOptions) -> None:
        self._options = options
        self._session = requests.Session()
        adapter = requests.adapters.HTTPAdapter(max_retries=urllib3.Retry(total=0, redirect=False), pool_maxsize=2)
        self._session.mount("http://", adapter)
        self._session.mount("https://", adapter)
        self._session.auth = requests.auth.HTTPBasicAuth(options.username.encode("utf-8"), options.password.encode("utf-8"))
        self._session.headers.update({"Accept": "application/json"})
        self._session.headers.update(options.headers)
        self._verify: bool | str | None = options.ca_cert or None  # None: REQUESTS_CA_BUNDLE, or the system's
        if not options.validate_certs:
            self._verify = False
            urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
        if options.client_cert:
            self._session.cert = (options.client_cert, options.client_key) if options.client_key else options.client_cert
        self._csrf: dict[str, str] = {}
        self._base = ""
        self.writes = 0

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_exc: object) -> None:
        self._session.close()

    def login(self) -> dict[str, t.Any]:
        """The user that we are (``GET /me``). The next address is tried only when one can't be reached; a login is tried once.

        :raises GwsError: with what to do.
        """
        unreachable: list[str] = []
        for url in self._options.urls:
            self._base = base_url(url)
            answer, trouble = self._knock()
            if answer is NO_ANSWER or answer.http_status in (502, 503, 504):
                unreachable.append(f"{_host(self._base)} ({trouble or answer.label})")
                continue
            return self._who_am_i(answer)
        raise GwsError(
            "gws_unreachable",
            "GWS can't be reached at {}: check gws_url, the port and the firewall.".format(", ".join(unreachable)),
        )

    def _knock(self) -> tuple[Answer, str]:
        """``GET /me``, repeated on passing troubles; a refused login is none, and a timeout has taken long enough."""
        tries = 0
        while True:
            answer, trouble = self._send("GET", "/me")
            if not answer.transient or trouble == TIMED_OUT or tries >= self._options.retries:
                return answer, trouble
            self.pause(tries, answer)
            tries += 1

    def _who_am_i(self, answer: Answer) -> dict[str, t.Any]:
        host = _host(self._base)
        if answer.unauthenticated:
            raise GwsError(
                "gws_login",
                "GWS refused the login (tried once, so that the account is not locked): check gws_username and gws_password.",
            )
        if 300 <= answer.http_status < 400:
            raise GwsError(
                "gws_redirect",
                f"GWS at {host} redirects to another address: give that one as gws_url (http or https?).",
            )
        if answer.gws_status == CHANGE_PASSWORD:
            raise GwsError("gws_login", "GWS wants this user to change the password first: log in once by hand.")
        user = answer.body.get("user")
        if not answer.ok or not isinstance(user, dict):
            raise GwsError(
                "gws_answer",
                f"What answers at {host} is no GWS, or is not ready ({answer.label}): check gws_url.",
            )
        return user

    def get(self, path: str, query: dict[str, str] | None = None) -> Answer:
        """A GET, repeated on passing troubles; an expired session is renewed once."""
        renewed = False
        tries = 0
        while True:
            answer, _trouble = self._send("GET", path, query=query)
            if answer.unauthenticated and not renewed:
                renewed = True
                self._new_session()
            elif answer.transient and tries < self._options.retries:
                self.pause(tries, answer)
                tries += 1
            else:
                return answer

    def write(self, method: str, path: str, body: dict[str, t.Any], query: dict[str, str] | None = None) -> Answer:
        """A POST, PUT or DELETE with a body. Sent again only if GWS refused it unread: expired session or CSRF, once."""
        if not body:
            raise ValueError("a DELETE without a body may drop a whole group")  # never meant to be reached
        return self._write(method, path, body, query)

    def delete_path(self, path: str) -> Answer:
        """A DELETE without a body, of a setting that its path names, or of a scratch group of our own."""
        return self._write("DELETE", path, None, None)

    def _write(self, method: str, path: str, body: dict[str, t.Any] | None, query: dict[str, str] | None) -> Answer:
        self.writes += 1
        answer, _trouble = self._send(method, path, body=body, query=query)
        if answer.csrf_refused or answer.unauthenticated:
            if answer.unauthenticated:
                self._new_session()
            renewed, _trouble = self._send("GET", "/me")
            if renewed.ok:
                answer, _trouble = self._send(method, path, body=body, query=query)
        return answer

    def pause(self, tries: int, answer: Answer) -> None:
        """Wait before a try is repeated: longer each time, or as long as GWS asked for."""
        time.sleep(min(_MAX_PAUSE, max(answer.retry_after, 0.3 * 2.0**tries)))

    def _new_session(self) -> None:
        self._session.cookies.clear()
        self._csrf = {}

    def _send(
        self, method: str, path: str, *, body: dict[str, t.Any] | None = None, query: dict[str, str] | None = None
    ) -> tuple[Answer, str]:
        headers = {} if method == "GET" else dict(self._csrf)
        try:
            response = self._session.request(
                method,
                self._base + "/api/v2" + path,
                params=query,
                json=body,
                headers=headers,
                allow_redirects=False,
                verify=self._verify,
                timeout=(self._options.connect_timeout, self._options.request_timeout),
            )
        except requests.exceptions.SSLError:
            if self.writes:
                return NO_ANSWER, "TLS failed"
            raise GwsError(
                "gws_certificate",
                f"TLS with GWS at {_host(self._base)} failed: its certificate can't be verified (give gws_ca_cert), or the port does not speak TLS.",
            ) from None
        except (requests.exceptions.Timeout, TimeoutError):
            return NO_ANSWER, TIMED_OUT
        except (requests.exceptions.RequestException, OSError, UnicodeError) as error:
            if isinstance(error, (requests.exceptions.InvalidHeader, requests.exceptions.InvalidURL, UnicodeError)):
                raise InputError("bad_headers", "gws_url or gws_headers can't be sent in an HTTP request.") from None
            return NO_ANSWER, "no connection"
        self._learn_csrf(response)
        return _answer(response), ""

    def _learn_csrf(self, response: requests.Response) -> None:
        """The token of the session; one given in the additional headers is replaced, since it belongs to another session."""
        name = response.headers.get("X-CSRF-HEADER")
        token = response.headers.get(name) if name else None
        if name and token is None:
            token = response.headers.get("X-CSRF-TOKEN")
        if name and token:
            self._csrf = {"X-CSRF-HEADER": name, name: token}


def _answer(response: requests.Response) -> Answer:
    try:
        body = response.json()
    except (ValueError, RecursionError):  # no JSON, or nested deeper than any answer of GWS
        body = None
    code = body.get("statusCode") if isinstance(body, dict) else None
    try:
        retry_after = float(response.headers.get("Retry-After", "0"))
    except ValueError:
        retry_after = 1.0
    return Answer(
        http_status=response.status_code,
        gws_status=code if isinstance(code, int) else None,
        body=body if isinstance(body, dict) else {},
        retry_after=max(0.0, retry_after),
        csrf_refused=response.status_code == 403 and code is None and "csrf" in response.text[:2000].lower(),
    )


def _host(url: str) -> str:
    return urllib.parse.urlsplit(url).netloc
