# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Limits answers in time and size, which requests leaves to its caller.

The timeouts of requests and urllib3 are per packet, so a server that sends one byte a minute is never late; here each answer has one deadline, from
its first header to its last byte. And the body is read and unpacked in pieces, so that neither a long answer nor one that unpacks to a long one is ever
held in memory.
"""

from __future__ import annotations

import http.client
import io
import time
import typing as t
import zlib

from ansible_collections.genesys.gws.plugins.module_utils._core import deps

if t.TYPE_CHECKING:
    import socket

_PIECE = 65536


class TooLargeError(Exception):
    """An answer is larger than allowed."""


class EncodingError(Exception):
    """A body is compressed in a way that was not requested, or can't be unpacked."""


class _DeadlineStream(io.RawIOBase):
    """The bytes of a socket until a deadline (of ``time.monotonic``)."""

    def __init__(self, sock: socket.socket, deadline: float) -> None:
        self._sock = sock
        self._raw = sock.makefile("rb", buffering=0)
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: t.Any) -> int | None:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._sock.settimeout(left)
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _DeadlineSocket:
    """The part of a socket that ``http.client.HTTPResponse`` needs."""

    def __init__(self, sock: socket.socket, deadline: float) -> None:
        self._sock = sock
        self._deadline = deadline

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_DeadlineStream(self._sock, self._deadline), _PIECE)


def _response_class(seconds: float) -> t.Callable[..., http.client.HTTPResponse]:
    def respond(sock: t.Any, *args: t.Any, **options: t.Any) -> http.client.HTTPResponse:
        return http.client.HTTPResponse(t.cast(t.Any, _DeadlineSocket(sock, time.monotonic() + seconds)), *args, **options)

    return respond


with deps.declare("requests"):
    import requests
    import requests.adapters
    import urllib3
    import urllib3.connection

    class _InOnePiece(http.client.HTTPConnection):
        """Sends headers and body in one call.

        ``http.client`` sends them one after the other. A process that is killed in between leaves a request without its body, and a DELETE without
        a body may drop a whole group.
        """

        _pieces: list[bytes] | None = None

        def request(self, *args: t.Any, **options: t.Any) -> None:
            self._pieces = []
            try:
                super().request(*args, **options)
                content = b"".join(self._pieces)
            finally:
                self._pieces = None
            super().send(content)

        def send(self, data: t.Any) -> None:
            if self._pieces is None:
                super().send(data)
            else:
                self._pieces.append(data)

    class DeadlineAdapter(requests.adapters.HTTPAdapter):
        """Connections whose answers have ``seconds`` from first to last byte. Nothing is retried, no redirect followed."""

        def __init__(self, seconds: float) -> None:
            class HttpConnection(_InOnePiece, urllib3.connection.HTTPConnection):
                response_class = staticmethod(_response_class(seconds))  # type: ignore[assignment]

            class HttpsConnection(_InOnePiece, urllib3.connection.HTTPSConnection):
                response_class = staticmethod(_response_class(seconds))  # type: ignore[assignment]

            class HttpPool(urllib3.HTTPConnectionPool):
                ConnectionCls = HttpConnection

            class HttpsPool(urllib3.HTTPSConnectionPool):
                ConnectionCls = HttpsConnection

            self._pools = {"http": HttpPool, "https": HttpsPool}
            super().__init__(max_retries=urllib3.Retry(0, read=False, redirect=False), pool_connections=1, pool_maxsize=1)

        def init_poolmanager(self, *args: t.Any, **options: t.Any) -> None:
            super().init_poolmanager(*args, **options)
            self.poolmanager.pool_classes_by_scheme = self._pools

        def proxy_manager_for(self, *args: t.Any, **options: t.Any) -> t.Any:
            manager = super().proxy_manager_for(*args, **options)
            manager.pool_classes_by_scheme = self._pools
            return manager


def read_body(response: requests.Response, limit: int) -> bytes:
    """The body of a streamed answer, unpacked. ``limit`` in bytes, before and after unpacking.

    :raises TooLargeError: when it has more; the connection is then closed.
    :raises EncodingError: when it can't be unpacked.
    """
    unpack = _unpacker(response.headers.get("Content-Encoding", ""))
    pieces: list[bytes] = []
    received = size = 0
    while piece := response.raw.read(_PIECE, decode_content=False):
        received += len(piece)
        for part in unpack(piece):
            size += len(part)
            if size > limit:
                raise TooLargeError
            pieces.append(part)
        if received > limit:
            raise TooLargeError
    return b"".join(pieces)


def _unpacker(encoding: str) -> t.Callable[[bytes], t.Iterable[bytes]]:
    encoding = encoding.strip().lower()
    if encoding in ("", "identity"):
        return lambda piece: (piece,)
    if encoding not in ("gzip", "x-gzip", "deflate"):
        raise EncodingError
    unpacker = _Unpacker(zlib.MAX_WBITS | (16 if "gzip" in encoding else 0))
    return unpacker.parts


class _Unpacker:
    """Unpacks in parts of bounded size."""

    def __init__(self, window_bits: int) -> None:
        self._window_bits = window_bits
        self._stream = zlib.decompressobj(window_bits)
        self._is_begun = False

    def parts(self, piece: bytes) -> t.Iterator[bytes]:
        try:
            while piece:
                if self._stream.eof:  # another member of a gzip file
                    self._stream = zlib.decompressobj(self._window_bits)
                part = self._decompress(piece)
                piece = self._stream.unconsumed_tail or self._stream.unused_data
                yield part
        except zlib.error:
            raise EncodingError from None

    def _decompress(self, piece: bytes) -> bytes:
        try:
            return self._stream.decompress(piece, _PIECE)
        except zlib.error:
            if self._is_begun or self._window_bits != zlib.MAX_WBITS:
                raise
            self._window_bits = -zlib.MAX_WBITS  # "deflate" without the header that it should have
            self._stream = zlib.decompressobj(self._window_bits)
            return self._stream.decompress(piece, _PIECE)
        finally:
            self._is_begun = True
