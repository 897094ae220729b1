# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The client against a real TCP server that is slow, huge, packed, cut off, or wants to be obeyed."""

from __future__ import annotations

import gzip
import socket
import threading
import time
import tracemalloc
import typing as t
import zlib

import pytest

from ansible_collections.genesys.gws.plugins.module_utils._core.errors import GwsError
from ansible_collections.genesys.gws.plugins.module_utils._gws_api.answer import TIMED_OUT, TOO_LARGE, UNREADABLE
from ansible_collections.genesys.gws.plugins.module_utils._gws_api.client import Client, GwsOptions
from ansible_collections.genesys.gws.plugins.module_utils._gws_api.workers import Workers
from tests.unit.hostile_server import HostileServer, Piece, Received, Respond, http

LIMIT = 1024 * 1024
OK = b'{"statusCode":0,"user":{"id":"u1"}}'
REFUSED = http(b'{"statusCode":20}', status="403 Forbidden")


def client_of(server: HostileServer, **changes: t.Any) -> Client:
    options: dict[str, t.Any] = {
        "urls": (server.url,),
        "username": "u",
        "password": "p",
        "headers": {},
        "validate_certs": True,
        "ca_cert": None,
        "client_cert": None,
        "client_key": None,
        "connect_timeout": 2.0,
        "request_timeout": 1.0,
        "retries": 0,
        "max_answer": LIMIT,
        **changes,
    }
    client = Client(GwsOptions(**options))
    client._base = server.url
    return client


def always(*pieces: Piece) -> Respond:
    return lambda _request: pieces


def trickle(_request: Received) -> t.Iterator[Piece]:
    yield http(b"", length=1000)
    while True:
        yield b" "
        yield 0.05


def trickled_headers(_request: Received) -> t.Iterator[Piece]:
    yield b"HTTP/1.1 200 OK\r\n"
    while True:
        yield b"X-Slow: 1\r\n"
        yield 0.05


@pytest.mark.parametrize("respond", [trickle, trickled_headers, always(5.0)], ids=["body", "headers", "silence"])
def test_an_answer_has_one_deadline(respond: Respond) -> None:
    with HostileServer(respond) as server, client_of(server) as client:
        began = time.monotonic()
        answer = client.get("/me")
        assert time.monotonic() - began < 2.0
        assert (answer.http_status, answer.failure) == (0, TIMED_OUT)
        assert len(server.received) == 1


def test_a_pause_does_not_begin_the_deadline_anew() -> None:
    """An answer that trickles almost until its deadline, and then is silent."""

    def respond(_request: Received) -> t.Iterator[Piece]:
        yield http(b"", length=1000)
        for _number in range(18):
            yield b" "
            yield 0.1
        yield 20.0

    with HostileServer(respond) as server, client_of(server, request_timeout=2.0) as client:
        began = time.monotonic()
        assert client.get("/me").failure == TIMED_OUT
        assert time.monotonic() - began < 3.3


def test_a_kept_connection_has_a_new_deadline() -> None:
    with HostileServer(always(0.4, http(OK))) as server, client_of(server) as client:
        assert [client.get("/me").ok for _number in range(4)] == [True] * 4


BOMB = gzip.compress(b'{"statusCode":0,"x":"' + b" " * 200_000_000 + b'"}', 9)


@pytest.mark.parametrize(
    "respond",
    [
        always(http(b"{" + b" " * LIMIT + b"}")),
        always(b"HTTP/1.1 200 OK\r\n\r\n" + b" " * (2 * LIMIT)),
        always(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", *[b"10000\r\n" + b" " * 65536 + b"\r\n"] * 20),
        always(http(BOMB, "Content-Encoding: gzip")),
        always(http(BOMB, "Content-Encoding: gzip", "Location: http://127.0.0.1/", status="302 Found")),
        always(http(gzip.compress(b" " * 500_000) * 5, "Content-Encoding: gzip")),
        always(http(zlib.compress(b" " * 2 * LIMIT), "Content-Encoding: deflate")),
    ],
    ids=["long", "endless", "chunked", "gzip bomb", "gzip bomb in a redirect", "many members", "deflate"],
)
def test_an_answer_that_is_too_large_is_not_held_in_memory(respond: Respond) -> None:
    with HostileServer(respond) as server, client_of(server, request_timeout=20.0) as client:
        tracemalloc.start()
        try:
            answer = client.get("/me")
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert (answer.gws_status, answer.failure) == (None, TOO_LARGE)
    assert not answer.transient
    assert peak < 10 * LIMIT


@pytest.mark.parametrize(
    ("packed", "encoding"),
    [
        (gzip.compress(OK, mtime=0), "gzip"),
        (gzip.compress(OK[:9], mtime=0) + gzip.compress(OK[9:], mtime=0), "GZip"),
        (zlib.compress(OK), "deflate"),
        (zlib.compress(OK)[2:-4], "deflate"),
        (OK, "identity"),
    ],
    ids=["gzip", "two members", "deflate", "bare deflate", "plain"],
)
def test_packed_answers_are_read(packed: bytes, encoding: str) -> None:
    with HostileServer(always(http(packed, f"Content-Encoding: {encoding}"))) as server, client_of(server) as client:
        assert client.get("/me").ok


@pytest.mark.parametrize("encoding", ["br", "gzip, gzip", "zstd", "gzip"])
def test_what_cannot_be_unpacked_is_no_answer_of_gws(encoding: str) -> None:
    with HostileServer(always(http(OK, f"Content-Encoding: {encoding}"))) as server, client_of(server) as client:
        answer = client.get("/me")
    assert (answer.gws_status, answer.failure, answer.transient) == (None, UNREADABLE, False)


def test_a_body_that_is_cut_off_is_no_answer() -> None:
    def respond(_request: Received) -> t.Iterator[Piece]:
        yield http(OK, length=len(OK) + 10)
        raise ConnectionError

    with HostileServer(respond) as server, client_of(server) as client:
        assert client.get("/me").http_status == 0


def test_what_follows_an_answer_is_not_the_next_answer() -> None:
    """A Content-Length that is too small: the rest must not be read as the answer to another request."""
    forged = http(b'{"statusCode":0,"user":{"id":"forged"}}')
    with HostileServer(always(http(OK) + forged)) as server, client_of(server) as client:
        for _number in range(3):
            answer = client.get("/me")
            assert not answer.ok or answer.body["user"]["id"] == "u1"


@pytest.mark.parametrize(
    "path",
    [
        "/users/../me",
        "/users/%2e%2E/settings",
        "/users/./x",
        "/users//settings",
        "/settings/a%2F..%2Fb",
        "/settings/%ED%A0%80",
        "/x/..%5C..",
    ],
)
def test_a_path_that_leads_elsewhere_is_never_sent(path: str) -> None:
    with HostileServer(always(http(OK))) as server, client_of(server) as client:
        for send in (lambda: client.get(path), lambda: client.write("DELETE", path, {"name": "x"}), lambda: client.delete_path(path)):
            with pytest.raises(GwsError) as caught:
                send()
            assert caught.value.code == "gws_name"
        assert server.received == []
        assert client.writes == 0


@pytest.mark.parametrize(
    "path", ["/settings/a%2Fb%2Fc", "/settings/..a", "/settings/a..", "/settings/%23%23%23url", "/settings/...", "/settings/%252e"]
)
def test_other_paths_are_sent_as_they_are(path: str) -> None:
    with HostileServer(always(http(OK))) as server, client_of(server) as client:
        client.get(path)
        assert server.received[0].target == "/api/v2" + path


def test_the_text_of_a_body_is_sent_byte_for_byte() -> None:
    text = '{"name" : "x","big":123456789012345678901234567890, "price": 1.10,"e":1e400,"a":1,"a":2,"s":"\udcff\ud800 ü"}'
    with HostileServer(always(http(OK))) as server, client_of(server) as client:
        client.write("PUT", "/settings/x", text)
        assert server.received[0].body == text.replace("\ud800", "\\ud800").encode("utf-8", "surrogateescape")
        for empty in ("", "{}", " { } "):
            with pytest.raises(ValueError, match="whole group"):
                client.write("DELETE", "/settings/x", empty)


@pytest.mark.parametrize(
    "name", ["Authorization", "cookie", "Host", "Content-Length", "transfer-encoding", "X-HTTP-Method-Override", "Proxy-Connection"]
)
def test_a_server_may_not_name_such_a_header(name: str) -> None:
    respond = always(http(OK, f"X-CSRF-HEADER: {name}", "X-CSRF-TOKEN: evil", f"X-Evil: {name}"))
    with HostileServer(respond) as server, client_of(server) as client:
        client.get("/me")
        client.write("DELETE", "/settings/x", {"name": "x"})
        assert "evil" not in server.received[1].headers.values()
        assert server.received[1].body == b'{"name": "x"}'


@pytest.mark.parametrize("name", ["X Y", "X:Y", "X\tY", "(X)", "Ünicode", "x" * 300])
def test_a_header_name_that_is_no_token_is_not_sent(name: str) -> None:
    with HostileServer(always(http(OK, f"X-CSRF-HEADER: {name}", "X-CSRF-TOKEN: evil"))) as server, client_of(server) as client:
        client.get("/me")
        assert client.write("DELETE", "/settings/x", {"name": "x"}).ok
        assert "evil" not in server.received[1].headers.values()


def test_the_token_of_a_session_is_sent_with_writes() -> None:
    respond = always(http(OK, "X-CSRF-HEADER: X-Site-Token", "X-CSRF-TOKEN: t1"))
    with HostileServer(respond) as server, client_of(server) as client:
        client.get("/me")
        client.write("DELETE", "/settings/x", {"name": "x"})
        assert "x-site-token" not in server.received[0].headers
        assert server.received[1].headers["x-site-token"] == "t1"


def test_workers_run_at_a_time_and_give_results_in_order() -> None:
    """One at a time would take 4.8 seconds; it begins so, and doubles."""
    with HostileServer(always(0.1, http(OK))) as server, client_of(server, parallel=8) as client, Workers(8) as workers:
        began = time.monotonic()
        answers = list(workers.map(lambda number: (number, client.get("/me").ok), range(48)))
        assert time.monotonic() - began < 3.5
    assert answers == [(number, True) for number in range(48)]


def test_each_thread_has_a_session_of_its_own() -> None:
    lock, count = threading.Lock(), [0]

    def respond(request: Received) -> t.Iterator[Piece]:
        with lock:
            count[0] += 1
            cookie = "" if "cookie" in request.headers else f"Set-Cookie: JSESSIONID=s{count[0]}; Path=/"
        yield 0.02
        token = request.headers.get("cookie", f"JSESSIONID=s{count[0]}").partition("=")[2]
        yield http(OK, *([cookie] if cookie else []), "X-CSRF-HEADER: X-CSRF-TOKEN", f"X-CSRF-TOKEN: {token}")

    def work(client: Client) -> None:
        client.get("/me")
        client.get("/me")
        client.write("PUT", "/settings/x", {"name": "x"})

    with HostileServer(respond) as server, client_of(server, parallel=4) as client, Workers(4) as workers:
        list(workers.map(lambda _number: work(client), range(12)))
        writes = [request for request in server.received if request.method == "PUT"]
    assert len(writes) == client.writes == 12
    assert all(request.headers["cookie"] == f"JSESSIONID={request.headers['x-csrf-token']}" for request in writes)
    assert 1 < len({request.headers["cookie"] for request in writes}) <= 4


def test_a_request_leaves_in_one_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed between headers and body, a client would have sent a DELETE without a body, which may drop a whole group."""
    pieces: list[bytes] = []
    sendall = socket.socket.sendall

    def recorded(self: socket.socket, data: bytes, *flags: int) -> None:
        if threading.current_thread() is threading.main_thread():
            pieces.append(bytes(data))
        sendall(self, data, *flags)

    with HostileServer(always(http(OK))) as server, client_of(server) as client:
        monkeypatch.setattr(socket.socket, "sendall", recorded)
        client.get("/me")
        for method in ("POST", "PUT", "DELETE"):
            client.write(method, "/settings/x", {"name": "x"})
    assert [piece.split()[0] for piece in pieces] == [b"GET", b"POST", b"PUT", b"DELETE"]
    assert all(piece.endswith(b'{"name": "x"}') for piece in pieces[1:])


@pytest.mark.parametrize("more", ["", "; Max-Age=3600"])
def test_the_cookies_are_those_that_came_last(more: str) -> None:
    """A balancer sets its cookie anew with each answer; a cookie of another path does not go with what lies elsewhere."""

    def respond(_request: Received) -> t.Iterator[Piece]:
        number = len(server.received)
        cookies = [f"Set-Cookie: AWSELB=n{number}; Path=/{more}"]
        if number == 1:
            cookies += ["Set-Cookie: JSESSIONID=s; Path=/api/v2", "Set-Cookie: users=only; Path=/api/v2/users"]
        yield http(OK, *cookies)

    with HostileServer(respond) as server, client_of(server) as client:
        for path in ("/me", "/me", "/users", "/settings", "/settings"):
            client.get(path)
        sent = [set(request.headers.get("cookie", "").split("; ")) for request in server.received]
    assert sent[0] == {""}
    assert sent[1:] == [
        {"AWSELB=n1", "JSESSIONID=s"},
        {"AWSELB=n2", "JSESSIONID=s", "users=only"},
        {"AWSELB=n3", "JSESSIONID=s"},
        {"AWSELB=n4", "JSESSIONID=s"},
    ]


@pytest.mark.parametrize("given", ["mine=1", ""])
def test_cookies_of_ones_own_stay(given: str) -> None:
    headers = {"Cookie": given} if given else {}
    with HostileServer(always(http(OK, "Set-Cookie: JSESSIONID=s; Path=/"))) as server, client_of(server, headers=headers) as client:
        for _time in range(3):
            client.get("/me")
        sent = [request.headers.get("cookie", "") for request in server.received]
    assert sent == ([given] * 3 if given else ["", "JSESSIONID=s", "JSESSIONID=s"])


def test_a_refused_login_is_tried_once_by_all_workers() -> None:
    refuse = threading.Event()

    def respond(_request: Received) -> t.Iterator[Piece]:
        yield REFUSED if refuse.is_set() else http(OK)

    with HostileServer(respond) as server, client_of(server, parallel=8) as client:
        client.login()
        refuse.set()
        with Workers(8) as workers, pytest.raises(GwsError) as caught:
            list(workers.map(lambda _number: client.get("/users"), range(100)))
        assert caught.value.code == "gws_login"
        logins = [request for request in server.received[1:] if request.target.endswith("/me")]
        assert len(logins) == 1
        assert len(server.received) < 20


def test_a_session_that_expired_is_renewed_once_for_each_request() -> None:
    answers = iter([http(OK), REFUSED, http(OK), http(OK), REFUSED, http(OK), http(OK)])
    sent = ["/me", "/users", "/me", "/users", "/settings/x", "/me", "/settings/x"]
    with HostileServer(lambda _request: [next(answers)]) as server, client_of(server) as client:
        client.login()
        assert client.get("/users").ok
        assert client.write("PUT", "/settings/x", {"name": "x"}).ok
        assert [request.target.removeprefix("/api/v2") for request in server.received] == sent


def test_a_write_is_never_repeated() -> None:
    for answer in (
        http(b"", status="503 Unavailable"),
        http(b"", "Retry-After: 0", status="429 Too Many"),
        http(b'{"statusCode":4}', status="500 X"),
    ):
        with HostileServer(always(answer)) as server, client_of(server, retries=3) as client:
            assert client.write("PUT", "/settings/x", {"name": "x"}).transient
            assert len(server.received) == 1


def test_a_refusal_for_overload_makes_all_workers_wait() -> None:
    began = time.monotonic()
    seen: list[float] = []

    def respond(_request: Received) -> t.Iterator[Piece]:
        seen.append(time.monotonic() - began)
        yield http(b"", "Retry-After: 1", status="429 Too Many Requests") if len(seen) == 1 else http(OK)

    with HostileServer(respond) as server, client_of(server, parallel=4, retries=1) as client, Workers(4) as workers:
        assert client.get("/me").ok
        assert all(workers.map(lambda _number: client.get("/me").ok, range(8)))
    assert min(seen[1:]) - seen[0] > 0.9


def test_requests_per_second_are_capped_for_all_workers_together() -> None:
    with (
        HostileServer(always(http(OK))) as server,
        client_of(server, parallel=8, requests_per_second=40.0) as client,
        Workers(8) as workers,
    ):
        began = time.monotonic()
        list(workers.map(lambda _number: client.get("/me"), range(41)))
        assert 0.95 < time.monotonic() - began < 3.0
