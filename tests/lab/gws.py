# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A test device: a stand-in for GWS, which cannot be had here. It keeps its settings in a real Cassandra.

It speaks the documented contract of the GWS API and refuses everything else; what is unknown of GWS is a switch in
`GwsConfig`, and so is each fault. Users and sessions are in memory, settings never are.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import gzip
import json
import re
import secrets
import socket
import ssl
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Literal
from urllib.parse import parse_qsl, quote, unquote, urlencode

from tests.lab.cassandra import TlsFiles
from tests.lab.layouts import Group, Layout, Owner, Setting, dashed

API = "/api/v2"
INTERNAL_URL = "http://198.51.100.3:8090"
"""Where GWS believes to live: in every `uri`, and out of reach for clients."""
CSRF_REFUSED = "Missing or invalid Csrf token"
VERSION = "8.5.202.96"
HTTP_STATUS = {0: 200, 1: 400, 2: 400, 3: 403, 4: 500, 5: 403, 6: 404, 9: 202, 10: 400, 11: 400, 12: 500, 18: 400, 20: 403}
"""The HTTP status of each result code. 0, 2, 3, 4, 5, 6 and 20 are documented, the others are a choice."""
SYSTEM_GROUPS: Mapping[str, Mapping[str, str]] = {
    "general-settings": {"countryCode": "US", "countryDigits": "1", "countryName": "United States"}
}
PARAMETERS = {"fields", "subresources", "location"}
PAGE_PARAMETERS = {"offset", "limit"}
"""Refused, as every unknown parameter is, unless lists come in pages."""

Scope = Literal["none", "users", "all"]
"""Where a fault strikes: nowhere, in `/users/{id}/…` alone (so that a probe in `/me` looks fine), everywhere."""
DeleteForm = Literal["body", "path", "both"]
ServerFault = Literal[
    "500_not_done", "500_done", "502_not_done", "502_done", "503", "429", "drop_before", "drop_after", "html_200", "html_404"
]
Lookalike = Literal[
    "code_text", "code_fraction", "code_true", "code_huge", "code_missing", "code_twice", "not_a_number", "deep", "cut_off", "trickle"
]
Fault = ServerFault | Lookalike
"""As servers and proxies fail, and answers that only look like one of GWS. `…_done`, `drop_after` and all that only look like one strike after the effect."""
Paging = Literal["total", "next", "limit", "silent"]
"""How an answer says that it is one page of several: by a total, by the address of the next page, by its limit and offset, not at all."""


@dataclass(frozen=True)
class User:
    """A person known to GWS; the id is 32 hex characters."""

    id: str
    user_name: str
    first_name: str = "Kate"
    last_name: str = "Lewis"
    roles: tuple[str, ...] = ("ROLE_AGENT",)
    enabled: bool = True
    password: str | None = None
    """None: the password of `GwsConfig`."""


@dataclass
class GwsConfig:
    """What the contract leaves open, and faults; all off by default. May be changed while the stand-in runs."""

    password: str = "password"
    csrf: bool = False
    """Each PUT, POST and DELETE needs the session's token."""
    csrf_refused_in_json: bool = False
    """What is refused for its token is refused with a result code (3), not as text."""
    csrf_header: str = "X-CSRF-TOKEN"
    """The name that `X-CSRF-HEADER` announces."""
    delete_form: DeleteForm = "body"
    """body: the key is in the body, and an empty body drops the group. path: `{group}/{key}`, and a body is ignored,
    so that a DELETE of the group's address drops the group whatever its body says. both: body or path."""
    groups_without_name: bool = False
    """Group resources lack `name`, as in the documented example."""
    users_as_uris_only: bool = False
    """`/users?fields=*` gives addresses too."""
    empty_group_vanishes: bool = False
    missing_feature_provisioning_write: bool = False
    """Creating a group gives 403/3."""

    strip_delete_bodies: bool = False
    """A proxy on the way loses the body of each DELETE."""
    delete_lies: Scope = "none"
    """Answers 0 and deletes nothing."""
    delete_drops_siblings: Scope = "none"
    """Answers 0 and drops the whole group."""
    put_lies: Scope = "none"
    """Answers 0 and changes nothing."""
    fail_writes: Sequence[tuple[int, Fault]] = ()
    """(n, fault): the n-th write (from 1; 0 = each one) past login and CSRF; `GwsStandIn.writes` counts."""
    fail_reads: Sequence[tuple[int, Fault]] = ()
    """The same for reads of settings and users."""
    fault_scope: Scope = "all"
    """Which requests `fail_writes` and `fail_reads` count."""
    retry_after: int | None = 0
    """Seconds in the `Retry-After` of a 429; None leaves the header out."""
    html_error: bool = False
    """502 and 503 carry HTML, as from a proxy."""
    stale_reads: int = 0
    """The first n reads of a group after a write show what was there before."""
    latency_seconds: float = 0.0
    latency_per_request: float = 0.0
    """Added for each request that is being answered at the same time: a GWS that is slower the more it is asked."""
    most_per_second: int | None = None
    """More requests within one second are refused with 429 and `retry_after`."""
    page_size: int | None = None
    """Lists (users, groups, settings) come in pages of so many; `offset` and `limit` ask for others."""
    paging: Paging = "total"
    extra_total: int = 0
    """The total in a list says so many more than there are."""
    hidden_users: Sequence[str] = ()
    """Ids that the list with fields leaves out, and the list of addresses does not."""
    unlisted_users: Sequence[str] = ()
    """Ids that no list has, though GWS knows them when asked for."""
    vanished_users: Sequence[str] = ()
    """Ids that lists have, and nobody knows when asked for."""
    null_settings: bool = False
    """An empty list of settings or groups is null."""
    groups_in_memory: Mapping[str, Sequence[Setting]] = field(default_factory=dict)
    """Groups with any names, that each user has on top of what is in Cassandra. They can be read by name, if the name can be put in a path, and with
    `?subresources=*`; they can't be written."""
    padding: int = 0
    """So many blanks before each answer."""
    gzip: bool = False
    """Answers are packed, whether the client asks for it or not."""
    session_expires_after: int | None = None
    """A session ends after so many requests."""
    expired_is_redirect: bool = False
    """Whoever comes with an expired session is sent to a page for logging in."""
    missing_group_code: int = 6
    """What is said of a settings group that is not there."""
    quiet_writes: bool = False
    """A write that was done is answered by 204, without a body."""
    done_later: float = 0.0
    """A write is answered with 9 (processing incomplete), and done so many seconds later."""
    lockout_after: int | None = None
    """After so many bad logins even the right password is refused."""


@dataclass
class Request:
    """One request as it came in, and how it was answered (status 0: no answer was sent)."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes
    status: int = 0
    status_code: int | None = None
    user: str | None = None

    @property
    def json(self) -> Any:
        """The body, decoded; None when it is empty."""
        return json.loads(self.body) if self.body else None

    @property
    def is_write(self) -> bool:
        """Whether the method may change something."""
        return self.method in ("PUT", "POST", "DELETE")


Hook = Callable[[Literal["before", "after"], Request], None]
"""Called before a request has any effect, and again when its effect is there but no answer was sent yet."""


@dataclass
class _Session:
    id: str
    user: User
    token: str
    used: int = 0
    expired: bool = False


@dataclass
class _Answer:
    status: int
    body: bytes
    content_type: str = "application/json;charset=UTF-8"
    headers: list[tuple[str, str]] = field(default_factory=list)
    status_code: int | None = None
    drop: bool = False
    trickle: bool = False


class _Refused(Exception):
    """A request that is answered with a result code other than 0."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


def _result(code: int, message: str = "", **content: object) -> _Answer:
    body: dict[str, object] = {"statusCode": code}
    if code:
        body["statusMessage"] = message
    body.update(content)
    try:
        text = json.dumps(body, ensure_ascii=False).encode()
    except UnicodeEncodeError:  # a lone surrogate has no UTF-8
        text = json.dumps(body).encode()
    return _Answer(HTTP_STATUS[code], text, status_code=code)


def _with_code(code: str) -> Callable[[_Answer], _Answer]:
    """An answer whose statusCode is something else, as JSON."""

    def lie(answer: _Answer) -> _Answer:
        answer.body = re.sub(rb'"statusCode": \d+', f'"statusCode": {code}'.encode(), answer.body, count=1)
        return answer

    return lie


def _rewritten(change: Callable[[bytes], bytes]) -> Callable[[_Answer], _Answer]:
    def lie(answer: _Answer) -> _Answer:
        answer.body = change(answer.body)
        return answer

    return lie


def _trickled(answer: _Answer) -> _Answer:
    answer.trickle = True
    return answer


LOOKALIKES: Mapping[str, Callable[[_Answer], _Answer]] = {
    "code_text": _with_code('"0"'),
    "code_fraction": _with_code("0.0"),
    "code_true": _with_code("false"),
    "code_huge": _with_code("9" * 5000),
    "code_missing": _rewritten(lambda body: body.replace(b'"statusCode"', b'"status"', 1)),
    "code_twice": _with_code('6, "statusCode": 0'),
    "not_a_number": _with_code("NaN"),
    "deep": _rewritten(lambda body: body[:-1] + b', "deep": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"),
    "cut_off": _rewritten(lambda body: body[: len(body) // 2]),
    "trickle": _trickled,
}
AFTER: tuple[str, ...] = ("500_done", "502_done", "drop_after", *LOOKALIKES)


@dataclass(frozen=True)
class _Place:
    """What a settings address stands for: an owner, its path, perhaps a group and a setting's key."""

    owner: Owner
    path: str
    scope: Literal["me", "users", "contact_center"]
    group: str | None = None
    key: str | None = None


class GwsStandIn:
    """The server; `start()` and `stop()` it, or use it as a context manager."""

    def __init__(
        self,
        layout: Layout,
        users: Iterable[User],
        config: GwsConfig | None = None,
        *,
        address: str = "127.0.0.1",
        port: int = 0,
        tls: TlsFiles | None = None,
        record_file: Path | None = None,
    ) -> None:
        self.config = config or GwsConfig()
        self.requests: list[Request] = []
        self.hooks: list[Hook] = []
        self._address, self._port, self._tls, self._record_file = address, port, tls, record_file
        self._server: _Server | None = None
        self._lock = threading.RLock()
        self.reseed(layout, users)

    # -- what tests use

    def reseed(self, layout: Layout, users: Iterable[User], config: GwsConfig | None = None) -> None:
        """Forget sessions, counters and recorded requests, and serve this layout from now on."""
        with self._lock:
            self.layout = layout
            self.users = {user.id: user for user in users}
            self._by_name = {user.user_name: user for user in self.users.values()}
            self.config = config or self.config
            self.requests.clear()
            self.hooks.clear()
            self.sessions: dict[str, _Session] = {}
            self._bad_logins: Counter[str] = Counter()
            self._stale: dict[tuple[Owner, str], tuple[list[Setting], int]] = {}
            self.writes = self.reads = 0
            self._answering = self.most_at_a_time = 0
            self._times: list[float] = []

    @property
    def url(self) -> str:
        """The base address, without `/api/v2`."""
        if self._server is None:
            raise RuntimeError("the stand-in is not running")
        return f"{'https' if self._tls else 'http'}://{self._address}:{self._server.server_address[1]}"

    def issue_session(self, user_name: str) -> dict[str, str]:
        """Log in by hand, as an operator with a browser does: the headers to paste, which only work together."""
        session = self._new_session(self._by_name[user_name])
        headers = {"Cookie": f"JSESSIONID={session.id}"}
        return {**headers, self.config.csrf_header: session.token} if self.config.csrf else headers

    def expire_sessions(self) -> None:
        """End all sessions at once, as a restart of GWS does."""
        with self._lock:
            for session in self.sessions.values():
                session.expired = True

    def start(self) -> GwsStandIn:
        """Serve in a thread."""
        context = None
        if self._tls is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(self._tls.cert, self._tls.key)
        self._server = _Server((self._address, self._port), self, context)
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def stop(self) -> None:
        """Stop serving and close every connection; may be called twice."""
        if self._server is not None:
            self._port = self._server.server_address[1]  # the same address after another start()
            self._server.shutdown()
            self._server.close_all()
            self._server.server_close()
            self._server = None

    def __enter__(self) -> GwsStandIn:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    # -- one request

    def answer(self, request: Request) -> _Answer:
        """Handle one request completely; what it returns is what goes over the wire."""
        with self._lock:
            self.requests.append(request)
            self._answering += 1
            self.most_at_a_time = max(self.most_at_a_time, self._answering)
            latency = self.config.latency_seconds + self._answering * self.config.latency_per_request
        try:
            for hook in list(self.hooks):
                hook("before", request)
            if latency:
                time.sleep(latency)
            with self._lock:
                answer = self._guarded(request)
        finally:
            with self._lock:
                self._answering -= 1
        request.status, request.status_code = (0, None) if answer.drop else (answer.status, answer.status_code)
        for hook in list(self.hooks):
            hook("after", request)
        if self._record_file is not None:
            self._record(request)
        return answer

    def _record(self, request: Request) -> None:
        entry = {**vars(request), "body": request.body.decode("utf-8", "replace")}
        with self._lock, self._record_file.open("a", encoding="utf-8") as out:  # type: ignore[union-attr]
            out.write(json.dumps(entry) + "\n")

    def _guarded(self, request: Request) -> _Answer:
        headers: list[tuple[str, str]] = []
        try:
            answer = self._answer(request, headers)
        except _Refused as refused:
            answer = _result(refused.code, str(refused))
        except Exception:  # Cassandra is down, most likely: GWS says 4 then
            answer = _result(4, "Internal server error - please contact administrator.")
        answer.headers.extend(headers)
        if self.config.padding:
            answer.body = b" " * self.config.padding + answer.body
        if self.config.gzip:
            answer.body = gzip.compress(answer.body, mtime=0)
            answer.headers.append(("Content-Encoding", "gzip"))
        return answer

    def _answer(self, request: Request, headers: list[tuple[str, str]]) -> _Answer:
        if self._too_many():
            return self._fault_answer("429")
        segments = _segments(request.path)
        if request.method == "GET" and segments == ("diagnostics", "version"):
            return _result(0, version=VERSION)
        try:
            session, sent = self._login(request, headers)
        except _Refused:
            if not self.config.expired_is_redirect or not headers:
                raise
            return _Answer(302, b"", "text/html", [("Location", "https://login.example/")])
        request.user = session.user.user_name
        if self.config.csrf:
            token = request.headers.get(self.config.csrf_header.lower())
            if request.is_write and (not sent or token != session.token):
                if self.config.csrf_refused_in_json:
                    raise _Refused(3, CSRF_REFUSED)
                return _Answer(403, CSRF_REFUSED.encode(), "text/plain;charset=UTF-8")
            if request.method == "GET":
                headers += [("X-CSRF-HEADER", self.config.csrf_header), ("X-CSRF-TOKEN", session.token)]
        query = dict(parse_qsl(request.query, keep_blank_values=True))
        for name, value in query.items():
            known = PARAMETERS | (PAGE_PARAMETERS if self.config.page_size else set())
            if (
                name not in known
                or (name in PAGE_PARAMETERS and not (value.isascii() and value.isdigit()))
                or (name == "fields" and value != "*")
            ):
                raise _Refused(2, f"Parameter '{name}' is invalid: The specified value is not within valid range")
        fault = self._fault(request, segments)
        if fault is not None and fault not in AFTER:
            return self._fault_answer(fault)
        if self.config.done_later and request.is_write:
            threading.Timer(self.config.done_later, self._do_later, (request, segments, query, session.user)).start()
            return _result(9, "Processing is not complete.")
        answer = self._route(request, segments, query, session.user)
        if fault is None:
            return _Answer(204, b"") if self.config.quiet_writes and request.is_write else answer
        return LOOKALIKES[fault](answer) if fault in LOOKALIKES else self._fault_answer(fault)

    def _do_later(self, *what: Any) -> None:
        with self._lock, contextlib.suppress(_Refused):
            self._route(*what)

    def _too_many(self) -> bool:
        if self.config.most_per_second is None:
            return False
        now = time.monotonic()
        self._times = [one for one in self._times if one > now - 1.0]
        if len(self._times) >= self.config.most_per_second:
            return True
        self._times.append(now)
        return False

    def _fault(self, request: Request, segments: tuple[str, ...]) -> Fault | None:
        if segments == ("me",) or self.config.fault_scope == "none":
            return None
        if self.config.fault_scope == "users" and segments[:1] != ("users",):
            return None
        if request.is_write:
            self.writes += 1
            number, faults = self.writes, self.config.fail_writes
        else:
            self.reads += 1
            number, faults = self.reads, self.config.fail_reads
        return next((fault for place, fault in faults if place in (0, number)), None)

    def _fault_answer(self, fault: Fault) -> _Answer:
        if fault in ("drop_before", "drop_after"):
            return _Answer(0, b"", drop=True)
        if fault in ("html_200", "html_404"):
            return _Answer(int(fault[-3:]), b"<html><body>Please sign in, or ask for another page</body></html>", "text/html")
        status = int(fault[:3])
        if status == 500:
            return _result(4, "Internal server error - please contact administrator.")
        answer = _Answer(status, b"", "text/plain")
        if status == 429:
            answer.headers += [("Retry-After", str(self.config.retry_after))] if self.config.retry_after is not None else []
        elif self.config.html_error:
            answer.body, answer.content_type = b"<html><body><h1>%d</h1>proxy error</body></html>" % status, "text/html"
        return answer

    # -- login and sessions

    def _login(self, request: Request, headers: list[tuple[str, str]]) -> tuple[_Session, bool]:
        """The session of a request, and whether the client sent it; a new one needs Basic authentication."""
        session = self.sessions.get(_cookie(request.headers.get("cookie", "")))
        user = self._basic(request.headers.get("authorization"))
        if session is not None:
            limit = self.config.session_expires_after
            session.used += 1
            session.expired = session.expired or (limit is not None and session.used > limit)
            if session.expired:
                headers.append(("Set-Cookie", "JSESSIONID=; Path=/; Max-Age=0"))
                raise _Refused(20, "Access denied")
            if user is None or user == session.user:
                return session, True
        if user is None:
            raise _Refused(20, "Access denied")
        session = self._new_session(user)
        session.used = 1
        headers.append(("Set-Cookie", f"JSESSIONID={session.id}; Path=/; HttpOnly; SameSite=Lax"))
        headers.append(("Set-Cookie", f"AWSELB={secrets.token_hex(16)}; Path=/"))
        return session, False

    def _new_session(self, user: User) -> _Session:
        session = _Session(f"node0{secrets.token_hex(12)}", user, str(uuid.uuid4()))
        self.sessions[session.id] = session
        return session

    def _basic(self, header: str | None) -> User | None:
        """The user of an Authorization header; None without one; refused when it is wrong."""
        if header is None:
            return None
        kind, _unused, value = header.partition(" ")
        try:
            name, colon, password = base64.b64decode(value, validate=True).decode().partition(":")
        except (binascii.Error, ValueError):
            raise _Refused(20, "Access denied") from None
        user = self._by_name.get(name)
        expected = None if user is None else user.password if user.password is not None else self.config.password
        limit = self.config.lockout_after
        locked = limit is not None and self._bad_logins[name] >= limit
        if kind.lower() != "basic" or not colon or user is None or not user.enabled or password != expected or locked:
            self._bad_logins[name] += 1
            raise _Refused(20, "Access denied")
        return user

    # -- resources

    def _route(self, request: Request, segments: tuple[str, ...], query: Mapping[str, str], user: User) -> _Answer:
        if request.method != "GET" and "settings" not in segments[:3]:
            if segments[:1] in (("me",), ("users",)):
                raise _Refused(3, "Operation forbidden.")
            raise _not_found("resource", request.path)
        match segments:
            case ("me",):
                return _result(0, user=self._user(user, "/me"))
            case ("users",):
                if query.keys() & {"fields", "subresources"} and not self.config.users_as_uris_only:
                    hidden = {*self.config.hidden_users, *self.config.unlisted_users}
                    shown = [one for one in self.users.values() if one.id not in hidden]
                    return self._listed("users", [self._user(one) for one in shown], request.path, query)
                return self._listed(
                    "uris",
                    [f"{INTERNAL_URL}{API}/users/{one}" for one in self.users if one not in self.config.unlisted_users],
                    request.path,
                    query,
                )
            case ("users", user_id):
                return _result(0, user=self._user(self._known(user_id)))
            case ("me", "settings", *rest):
                place = _place(Owner("user", user.id), "/me/settings", "me", rest)
            case ("users", user_id, "settings", *rest):
                if "ROLE_ADMIN" not in user.roles and user_id != user.id:
                    raise _Refused(5, "Insufficient user roles.")
                place = _place(Owner("user", self._known(user_id).id), f"/users/{user_id}/settings", "users", rest)
            case ("settings", *rest):
                if "ROLE_ADMIN" not in user.roles and request.is_write:
                    raise _Refused(5, "Insufficient user roles.")
                owner = Owner("contact_center", self.layout.contact_center)
                place = _place(owner, "/settings", "contact_center", rest)
            case _unused:
                raise _not_found("resource", request.path)
        if place.group is None:
            return self._groups(request, place, query)
        return self._group(request, place, place.group, query)

    def _known(self, user_id: str) -> User:
        found = self.users.get(user_id)
        if found is None or user_id in self.config.vanished_users:
            raise _not_found("user", user_id)
        return found

    def _listed(self, name: str, entries: Sequence[object], path: str, query: Mapping[str, str]) -> _Answer:
        """A list, or a page of it."""
        size, total = self.config.page_size, len(entries) + self.config.extra_total
        extra: dict[str, object] = {"total": total} if self.config.extra_total else {}
        if size is None:
            shown = entries
        else:
            offset, limit = int(query.get("offset", "0")), min(size, int(query.get("limit", str(size))))
            shown = entries[offset : offset + limit]
            end = offset + len(shown)
            if self.config.paging == "total":
                extra["total"] = total
            elif self.config.paging == "limit":
                extra.update(offset=offset, limit=limit)
            elif self.config.paging == "next" and end < total:
                rest = urlencode({**query, "offset": end, "limit": limit})
                extra["paging"] = {"next": f"{INTERNAL_URL}{path}?{rest}"}
        extra[name] = None if self.config.null_settings and not shown else shown
        return _result(0, "", **extra)

    def _user(self, user: User, path: str | None = None) -> dict[str, object]:
        path = path or f"/users/{user.id}"
        return {
            "id": user.id,
            "userName": user.user_name,
            "firstName": user.first_name,
            "lastName": user.last_name,
            "emailAddress": user.user_name,
            "roles": list(user.roles),
            "enabled": user.enabled,
            "devices": [],
            "changePasswordOnFirstLogin": False,
            "contactCenterId": dashed(self.layout.contact_center),
            "uri": f"{INTERNAL_URL}{API}{path}",
            "path": path,
        }

    def _resource(self, place: _Place, group: Group) -> dict[str, object]:
        name = quote(group.name.encode("utf-8", "surrogatepass"), safe="")
        path = f"{place.path}/{name}"
        named = {} if self.config.groups_without_name else {"name": group.name}
        return {
            **named,
            "displayName": group.display_name,
            "key": group.key,
            "uri": f"{INTERNAL_URL}{API}{path}",
            "path": path,
        }

    # -- settings

    def _groups(self, request: Request, place: _Place, query: Mapping[str, str]) -> _Answer:
        """`…/settings`: list the groups, create one."""
        if request.method == "GET":
            listed: list[dict[str, object]] = []
            for group in self.layout.groups(place.owner):
                content = {"settings": self._read(place.owner, group)} if "subresources" in query else {}
                listed.append({**self._resource(place, group), **content})
            if place.scope == "contact_center":
                for name, system in SYSTEM_GROUPS.items():
                    content = {"settings": dict(system)} if "subresources" in query else {}  # type: ignore[dict-item]
                    listed.append({**self._resource(place, Group(name, name, "name")), **content})
            else:
                for name, settings in self.config.groups_in_memory.items():
                    content = {"settings": list(settings)} if "subresources" in query else {}
                    listed.append({**self._resource(place, Group(name, name, "name")), **content})
            return self._listed("settings", listed, request.path, query)
        if request.method != "POST":
            raise _Refused(3, "Operation forbidden.")
        if self.config.missing_feature_provisioning_write:
            raise _Refused(3, "Required feature 'api-provisioning-write' is missing.")
        body = _body(request, request.body)
        for name in ("name", "key"):
            if name not in body:
                raise _Refused(1, f"Required parameter '{name}' is missing.")
        wanted = Group(body["name"], body.get("displayName", body["name"]), body["key"])
        texts = all(isinstance(text, str) and text for text in vars(wanted).values())
        if not texts or not body.keys() <= {"name", "displayName", "key"} or not re.fullmatch(r"[\w.~-]+", wanted.name, re.ASCII):
            raise _Refused(10, "The settings group is not valid.")
        existing = self.layout.group(place.owner, wanted.name)
        if place.scope == "contact_center" and wanted.name in SYSTEM_GROUPS:
            raise _Refused(18, "The settings group exists already.")
        if existing is not None:
            if existing.key != wanted.key:
                raise _Refused(11, "The key of a settings group is read-only.")
            raise _Refused(18, "The settings group exists already.")
        self.layout.create_group(place.owner, wanted)
        return _result(0)

    def _group(self, request: Request, place: _Place, name: str, query: Mapping[str, str]) -> _Answer:
        """`…/settings/{group}` and, for DELETE, `…/settings/{group}/{key}`."""
        by_path = place.key is not None
        if by_path and (request.method != "DELETE" or self.config.delete_form == "body"):
            raise _not_found("resource", request.path)
        if place.scope == "contact_center" and name in SYSTEM_GROUPS:
            if request.method == "GET":
                return _result(0, settings=dict(SYSTEM_GROUPS[name]))
            raise _Refused(3, "Operation forbidden.")
        if place.scope != "contact_center" and name in self.config.groups_in_memory:
            if request.method == "GET":
                return self._listed("settings", self.config.groups_in_memory[name], request.path, query)
            raise _Refused(3, "Operation forbidden.")
        group = self.layout.group(place.owner, name)
        if group is None:
            raise _Refused(self.config.missing_group_code, str(_not_found("settings group", name)))
        match request.method:
            case "GET":
                return self._listed("settings", self._read(place.owner, group), request.path, query)
            case "POST" | "PUT":
                return self._put(request, place, group, query)
            case _unused:
                return self._delete(request, place, group, query)

    def _read(self, owner: Owner, group: Group) -> list[Setting]:
        stale = self._stale.get((owner, group.name))
        if stale is None:
            return self.layout.settings(owner, group)
        settings, left = stale
        if left > 1:
            self._stale[(owner, group.name)] = settings, left - 1
        else:
            del self._stale[(owner, group.name)]
        return settings

    def _about_to_write(self, owner: Owner, group: Group) -> None:
        if self.config.stale_reads:
            self._stale[(owner, group.name)] = self.layout.settings(owner, group), self.config.stale_reads

    def _put(self, request: Request, place: _Place, group: Group, query: Mapping[str, str]) -> _Answer:
        setting = _body(request, request.body)
        key_value = _key_value(setting, group)
        existing = self.layout.setting(place.owner, group, key_value)
        if request.method == "POST" and existing is not None:
            raise _Refused(18, "The setting exists already.")
        if request.method == "PUT" and not _is_at(existing, query):
            raise _not_found("setting", key_value)
        if request.method == "PUT" and _strikes(self.config.put_lies, place):
            return _result(0)
        self._about_to_write(place.owner, group)
        self.layout.put(place.owner, group, key_value, setting)
        return _result(0)

    def _delete(self, request: Request, place: _Place, group: Group, query: Mapping[str, str]) -> _Answer:
        config = self.config
        body = b"" if config.strip_delete_bodies else request.body
        if place.key is not None:
            key_value = place.key
        elif body and config.delete_form != "path":
            wanted = _body(request, body)
            key_value = _key_value(wanted, group)
            if len(wanted) != 1:
                raise _Refused(10, "Only the key attribute is expected.")
        else:
            self._about_to_write(place.owner, group)
            if not _strikes(config.delete_lies, place):
                self.layout.drop_group(place.owner, group)
            return _result(0)
        if not _is_at(self.layout.setting(place.owner, group, key_value), query):
            raise _not_found("setting", key_value)
        if _strikes(config.delete_lies, place):
            return _result(0)
        self._about_to_write(place.owner, group)
        if _strikes(config.delete_drops_siblings, place):
            self.layout.drop_group(place.owner, group)
            return _result(0)
        self.layout.delete(place.owner, group, key_value)
        if config.empty_group_vanishes and not self.layout.settings(place.owner, group):
            self.layout.drop_group(place.owner, group)
        return _result(0)


def _segments(path: str) -> tuple[str, ...]:
    """The decoded parts of an address after /api/v2: split first, since a key may hold an encoded slash.

    As in every server, `.` and `..` lead elsewhere, percent-encoded or not: who sends them gets what they lead to.
    """
    parts: list[str] = []
    for part in path.split("/"):
        dots = re.sub("%2e", ".", part, flags=re.IGNORECASE)
        if dots == "..":
            parts[1:] = parts[1:-1]
        elif dots != ".":
            parts.append(part)
    path = "/".join(parts)
    if not path.startswith(f"{API}/"):
        raise _not_found("resource", path)
    try:
        decoded = tuple(unquote(part, errors="strict") for part in path.removeprefix(f"{API}/").split("/"))
    except UnicodeDecodeError:
        raise _not_found("resource", path) from None
    if not all(decoded):
        raise _not_found("resource", path)
    return decoded


def _place(owner: Owner, path: str, scope: Literal["me", "users", "contact_center"], rest: list[str]) -> _Place:
    if len(rest) > 2:
        raise _not_found("resource", "/".join(rest))
    return _Place(owner, path, scope, *rest)


def _not_found(what: str, name: str) -> _Refused:
    return _Refused(6, f"Requested {what} [{name}] cannot be found.")


def _is_at(setting: Setting | None, query: Mapping[str, str]) -> bool:
    """Whether there is such a setting: the location of one that has a location has to match."""
    if setting is None:
        return False
    location = setting.get("location")
    return query.get("location", "") == (location if isinstance(location, str) else "")


def _strikes(scope: Scope, place: _Place) -> bool:
    return scope == "all" or (scope == "users" and place.scope == "users")


def _body(request: Request, body: bytes) -> dict[str, Any]:
    """The JSON object of a request, with the content type that belongs to it."""
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if not body:
        raise _Refused(1, "The request has no content.")
    if content_type != "application/json":
        raise _Refused(10, "The content type must be application/json.")
    try:
        value = json.loads(body.decode())
    except ValueError:
        raise _Refused(10, "The content is not valid JSON.") from None
    if not isinstance(value, dict):
        raise _Refused(10, "The content must be a JSON object.")
    return value


def _key_value(setting: Setting, group: Group) -> str:
    value = setting.get(group.key)
    if value is None or value == "":
        raise _Refused(1, f"Required parameter '{group.key}' is missing.")
    if not isinstance(value, str):
        raise _Refused(10, f"Parameter '{group.key}' must be a string.")
    return value


def _cookie(header: str) -> str:
    try:
        morsel = SimpleCookie(header).get("JSESSIONID")
    except CookieError:
        return ""
    return morsel.value if morsel else ""


# ----------------------------------------------------------------------------------------------------------------------
# HTTP


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], gws: GwsStandIn, context: ssl.SSLContext | None) -> None:
        super().__init__(address, _Handler)
        self.gws = gws
        self._open: set[socket.socket] = set()
        if context is not None:  # the handshake is left to the connection's own thread
            self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is nothing to print about."""

    def close_all(self) -> None:
        for connection in list(self._open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "Jetty"
    sys_version = ""
    wbufsize = -1  # one packet an answer
    disable_nagle_algorithm = True
    timeout = 300
    server: _Server

    def _serve(self) -> None:
        if "transfer-encoding" in self.headers:
            self.send_error(411)
            self.close_connection = True
            return
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        path, _unused, query = self.path.partition("?")
        headers = {name.lower(): value for name, value in self.headers.items()}
        answer = self.server.gws.answer(Request(self.command, path, query, headers, body))
        if answer.drop:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self.send_response(answer.status)
        for name, value in answer.headers:
            self.send_header(name, value)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if answer.trickle:
            with contextlib.suppress(OSError):
                for place in range(len(answer.body)):
                    self.wfile.write(answer.body[place : place + 1])
                    self.wfile.flush()
                    time.sleep(0.2)
            self.close_connection = True
            return
        self.wfile.write(answer.body)

    do_GET = do_POST = do_PUT = do_DELETE = _serve

    def log_message(self, format: str, *args: object) -> None:
        """Requests are recorded by the stand-in; nothing goes to stderr."""
