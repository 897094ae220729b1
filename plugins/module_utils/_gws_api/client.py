# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""The HTTP side of GWS: login, CSRF, sessions, retries. The types of requests stop in this room.

Sources for the protocol: the GWS documentation (pages SettingsCustom, ReturnValues, CSRFProtection). Facts that shape this file:

* any GET returns the name and value of the CSRF header; the token belongs to the session (JSESSIONID);
* a group is dropped by a DELETE without a body, so no redirect is followed and no DELETE is sent without its body;
* accounts are locked after some refused logins, so a refused login is tried once, by all workers together.

Thread-safe: each thread has a session of its own (cookies, CSRF token, connection), so that a thread reads back its writes through the same GWS
node; base address, pacing, the count of writes and the news of a refused login are shared.
"""

from __future__ import annotations

import dataclasses
import threading
import time
import typing as t
import weakref

from ansible_collections.genesys.gws.plugins.module_utils._core import deps
from ansible_collections.genesys.gws.plugins.module_utils._core.errors import GwsError, InputError
from ansible_collections.genesys.gws.plugins.module_utils._gws_api.address import base_url, checked_path, csrf_headers, host_of
from ansible_collections.genesys.gws.plugins.module_utils._gws_api.answer import (
    ALREADY_EXISTS,
    CHANGE_PASSWORD,
    NO_ANSWER,
    PERMISSION_CODES,
    TIMED_OUT,
    TOO_LARGE,
    UNREADABLE,
    Answer,
    answer_of,
    of_write,
)
from ansible_collections.genesys.gws.plugins.module_utils._gws_api.connection import Connection, GwsOptions, Query
from ansible_collections.genesys.gws.plugins.module_utils._gws_api.pacing import LONGEST_PAUSE, Pacing
from ansible_collections.genesys.gws.plugins.module_utils._gws_api.transport import (
    EncodingError,
    TooLargeError,
    read_body,
)
from ansible_collections.genesys.gws.plugins.module_utils._gws_api.wire import JsonObject, encoded

with deps.declare("requests"):
    import requests
    import urllib3

__all__ = ["ALREADY_EXISTS", "NO_ANSWER", "PERMISSION_CODES", "Answer", "Client", "GwsOptions", "Query"]

_OVERLOAD_RETRIES = 8  # a rejection because of overload does not count as a failure as long as GWS keeps answering


class Client:
    """A logged-in user of one GWS node. ``get`` is retried; ``write`` sends once, because only reading the data shows the effect of a lost answer."""

    def __init__(self, options: GwsOptions) -> None:
        self._options = options
        self._base = ""
        self._lock = threading.Lock()
        self._renewing = threading.Lock()
        self._of_thread = threading.local()
        self._connections: weakref.WeakSet[Connection] = weakref.WeakSet()
        self._pacing = Pacing(options.parallel, options.requests_per_second)
        self._logged_in = False
        self._login_refused = False
        self.writes = 0
        if not options.validate_certs:
            urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_exc: object) -> None:
        with self._lock:
            connections = list(self._connections)
        for connection in connections:
            connection.close()

    def login(self) -> dict[str, t.Any]:
        """Log in and return our own user (``GET /me``). The next address is tried only if one can't be reached; a login is tried once.

        :raises GwsError: with what to do.
        """
        unreachable: list[str] = []
        for url in self._options.urls:
            self._base = base_url(url)
            self._of_thread.connection = None
            answer = self._first_answer()
            if answer.unreachable:
                unreachable.append(f"{host_of(self._base)} ({answer.failure or answer.label})")
                continue
            user = self._who_am_i(answer)
            self._logged_in = True
            return user
        raise GwsError(
            "gws_unreachable",
            "GWS can't be reached at {}: check gws_url, the port and the firewall.".format(", ".join(unreachable)),
        )

    def _first_answer(self) -> Answer:
        """``GET /me``, retried on transient failures, but not after a refused login or a timeout."""
        tries = 0
        while True:
            answer = self._send("GET", "/me")
            if not answer.transient or answer.failure == TIMED_OUT or tries >= self._options.retries:
                return answer
            self.pause(tries, answer)
            tries += 1

    def _who_am_i(self, answer: Answer) -> dict[str, t.Any]:
        host = host_of(self._base)
        if answer.unauthenticated:
            self._login_refused = True
            raise self._refused_login()
        if answer.redirected:
            raise GwsError(
                "gws_redirect",
                f"GWS at {host} redirects to another address: set gws_url to that address (check http or https).",
            )
        if answer.gws_status == CHANGE_PASSWORD:
            raise GwsError("gws_login", "GWS requires this user to change the password first: log in once by hand.")
        user = answer.body.get("user")
        if not answer.ok or not isinstance(user, dict):
            raise GwsError(
                "gws_answer",
                f"The service at {host} is not GWS, or GWS is not ready ({answer.label}): check gws_url.",
            )
        return user

    def _refused_login(self) -> GwsError:
        return GwsError(
            "gws_login",
            "GWS refused the login (tried once, so that the account is not locked): check gws_username and gws_password.",
        )

    def get(self, path: str, query: Query | None = None) -> Answer:
        """A GET, retried on transient failures; an expired session is renewed once. :raises GwsError: if the login is refused, or the path contains
        a name that can't be addressed.
        """
        renewed = False
        tries = 0
        while True:
            answer = self._send("GET", path, query=query)
            if (answer.unauthenticated or answer.redirected) and not renewed:
                renewed = True
                self._renew_login()
            elif answer.transient and tries < self._retries_after(answer):
                self.pause(tries, answer)
                tries += 1
            else:
                return answer

    def _retries_after(self, answer: Answer) -> int:
        retries = self._options.retries
        return max(retries, _OVERLOAD_RETRIES) if answer.overloaded and retries else retries

    def write(self, method: str, path: str, body: t.Mapping[str, t.Any] | str, query: Query | None = None) -> Answer:
        """A POST, PUT or DELETE with a body: an object, or its JSON text, which is sent as it is.

        Sent again, once, only if GWS rejected it unread because of an expired session or CSRF.
        """
        text = body if isinstance(body, str) else JsonObject.of(body).text
        if not text.strip("{} \t\r\n"):
            raise ValueError("a DELETE without a body may drop a whole group")  # unreachable
        return self._write(method, path, encoded(text), query)

    def delete_path(self, path: str) -> Answer:
        """A DELETE without a body, only for our own scratch group."""
        return self._write("DELETE", path, None, None)

    def _write(self, method: str, path: str, body: bytes | None, query: Query | None) -> Answer:
        checked_path(path)
        with self._lock:
            self.writes += 1
        answer = self._send(method, path, body=body, query=query)
        is_without_session = answer.unauthenticated or answer.redirected
        if (is_without_session and self._renew_login()) or (answer.csrf_refused and self._send("GET", "/me").ok):
            answer = self._send(method, path, body=body, query=query)
        return of_write(answer)

    def pause(self, tries: int, answer: Answer) -> None:
        """Wait before a retry: longer each time, or as long as GWS requested (then all workers wait)."""
        time.sleep(min(LONGEST_PAUSE / 2, max(answer.retry_after, 0.3 * 2.0**tries)))

    def _renew_login(self) -> bool:
        """Renew the session of this thread, one thread at a time, and not after a refused login. Returns whether it succeeded. :raises GwsError: if
        the login is refused.
        """
        self._connection().forget_login()
        with self._renewing:
            answer = self._send("GET", "/me")
            if answer.unauthenticated:
                self._login_refused = True
                raise self._refused_login()
        return answer.ok

    def _connection(self) -> Connection:
        connection: Connection | None = getattr(self._of_thread, "connection", None)
        if connection is None:
            connection = self._of_thread.connection = Connection(self._options, self._base)
            with self._lock:
                self._connections.add(connection)
        return connection

    def _send(self, method: str, path: str, *, body: bytes | None = None, query: Query | None = None) -> Answer:
        """Send one request; ``NO_ANSWER`` (with the failure) if the connection failed."""
        checked_path(path)
        with self._pacing.turn("read" if method == "GET" else "write"):
            if self._login_refused:
                raise self._refused_login()
            answer = self._exchange(method, path, body, query)
        if answer.overloaded or (answer.http_status == 503 and answer.retry_after):
            self._pacing.overloaded(answer.retry_after)
        return answer

    def _exchange(self, method: str, path: str, body: bytes | None, query: Query | None) -> Answer:
        status, failure = 0, "no connection"
        try:
            connection = self._connection()
            headers = {} if method == "GET" else dict(connection.csrf)
            if body is not None:
                headers["Content-Type"] = "application/json"
            with connection.send(method, path, query, body, headers) as response:
                status = response.status_code
                content = read_body(response, self._options.max_answer)
                connection.csrf = self._csrf_of(response) or connection.csrf
                return answer_of(status, response.headers, content)
        except requests.exceptions.SSLError:
            if not self._logged_in and not self.writes:
                raise GwsError(
                    "gws_certificate",
                    f"TLS with GWS at {host_of(self._base)} failed: its certificate can't be verified (set gws_ca_cert), or it does not "
                    "use TLS (then use an http address: set gws_scheme to http in the inventory group gws).",
                ) from None
            failure = "TLS failed"
        except (requests.exceptions.InvalidHeader, requests.exceptions.InvalidURL, UnicodeError):
            raise InputError("bad_headers", "gws_url or gws_headers can't be sent in an HTTP request.") from None
        except (requests.exceptions.Timeout, urllib3.exceptions.TimeoutError, TimeoutError):
            failure = TIMED_OUT
        except TooLargeError:
            return Answer(status, None, {}, failure=TOO_LARGE)
        except EncodingError:
            return Answer(status, None, {}, failure=UNREADABLE)
        except (requests.exceptions.RequestException, urllib3.exceptions.HTTPError, OSError):
            pass
        return dataclasses.replace(NO_ANSWER, failure=failure)

    def _csrf_of(self, response: requests.Response) -> dict[str, str]:
        """The CSRF header of the session; it replaces one in the additional headers, which belongs to another session."""
        name = response.headers.get("X-CSRF-HEADER")
        return csrf_headers(name, (response.headers.get(name) if name else None) or response.headers.get("X-CSRF-TOKEN"))
