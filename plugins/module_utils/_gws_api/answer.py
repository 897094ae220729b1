# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Interprets the answers of GWS. Pure, no I/O.

Every answer of GWS is a JSON object with ``statusCode``: 0 is success, and an answer with another code has changed nothing, or says so (page
ReturnValues). HTTP 403 means four things: not authenticated (20), no permission (5), forbidden (3), CSRF (text, not JSON). Anything else does not
come from GWS, whatever its HTTP status: a proxy's page for a wrong address is also a 404, and proves nothing about a setting.
"""

from __future__ import annotations

import dataclasses
import email.utils
import time
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._gws_api.wire import decoded, parse_object

SUCCESS = 0
INTERNAL_ERROR = 4
PERMISSION_CODES = (3, 5)
NOT_FOUND = 6
CHANGE_PASSWORD = 8
CANNOT_RETRIEVE = 12
INCOMPLETE = 9  # the operation is still in progress
ALREADY_EXISTS = 18
NOT_AUTHENTICATED = 20
_HIGHEST_CODE = 9999

TIMED_OUT = "timed out"
TOO_LARGE = "larger than gws_max_answer_mb"
UNREADABLE = "compressed in a way that was not requested"

_TOO_MANY_REQUESTS = 429
_GATEWAY_STATUSES = (502, 503, 504)


@dataclasses.dataclass(frozen=True)
class Answer:
    """What GWS answered. ``gws_status`` is the statusCode, None when the answer was no GWS answer (a proxy's page, a lost connection).

    ``failure`` says why an answer could not be read, when it could not. ``empty``: it had no body.
    """

    http_status: int
    gws_status: int | None
    body: dict[str, t.Any]
    retry_after: float = 0.0
    csrf_refused: bool = False
    failure: str = dataclasses.field(default="", compare=False)
    empty: bool = dataclasses.field(default=False, compare=False)

    @property
    def ok(self) -> bool:
        """GWS reports success."""
        return 200 <= self.http_status < 300 and self.gws_status == SUCCESS

    @property
    def missing(self) -> bool:
        """GWS reports that the resource does not exist. A 404 from anything else proves nothing."""
        return self.gws_status == NOT_FOUND and 200 <= self.http_status < 500 and not 300 <= self.http_status < 400

    @property
    def unauthenticated(self) -> bool:
        """Not authenticated (403/20 in GWS; 401 from proxies)."""
        return self.gws_status == NOT_AUTHENTICATED or self.http_status == 401

    @property
    def redirected(self) -> bool:
        """A redirect, which is not followed; most likely to a login page if GWS had answered before."""
        return 300 <= self.http_status < 400

    @property
    def overloaded(self) -> bool:
        """Rejected because of too many requests."""
        return self.http_status == _TOO_MANY_REQUESTS

    @property
    def unreachable(self) -> bool:
        """GWS did not answer: there was no connection, or only a gateway answered."""
        return self.http_status == 0 or self.http_status in _GATEWAY_STATUSES

    @property
    def transient(self) -> bool:
        """A transient failure: overload, a gateway, an internal error, or an operation that is still in progress."""
        return self.unreachable or self.overloaded or self.gws_status in (INTERNAL_ERROR, INCOMPLETE)

    @property
    def label(self) -> str:
        """For messages: numbers and constants only."""
        if self.http_status == 0:
            return "no answer"
        status = "none" if self.gws_status is None else self.gws_status
        failure = self.failure or ("CSRF token refused" if self.csrf_refused else "")
        return f"HTTP {self.http_status}, statusCode {status}" + (f", {failure}" if failure else "")


NO_ANSWER = Answer(0, None, {})


def answer_of(http_status: int, headers: t.Mapping[str, str], body: bytes) -> Answer:
    """Interpret an HTTP answer; header names are case-insensitive."""
    try:
        content: dict[str, t.Any] = parse_object(decoded(body, _charset(headers.get("Content-Type", ""))))
    except ValueError:
        content = {}
    code = content.get("statusCode")
    is_code = isinstance(code, int) and not isinstance(code, bool) and 0 <= code <= _HIGHEST_CODE  # no text, no fraction, no truth value
    return Answer(
        http_status=http_status,
        gws_status=code if is_code else None,
        body=content if is_code else {},
        retry_after=_seconds(headers.get("Retry-After", "0")),
        csrf_refused=http_status == 403 and b"csrf" in body[:2000].lower(),  # a text, or the statusMessage of some code
        empty=not body.strip(),
    )


def of_write(answer: Answer) -> Answer:
    """The answer to a write: what GWS has taken on is as good as done, since neither is believed.

    HTTP has a status for what was done without a word (204); statusCode 9 says that it is still being done.
    """
    is_taken = answer.gws_status == INCOMPLETE or (answer.empty and answer.gws_status is None)
    return dataclasses.replace(answer, gws_status=SUCCESS) if is_taken and 200 <= answer.http_status < 300 else answer


def _charset(content_type: str) -> str:
    for parameter in content_type.split(";")[1:]:
        name, _equals, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            return value.strip().strip('"')
    return ""


def _seconds(retry_after: str) -> float:
    """Seconds from now; a header that can't be read counts as one."""
    try:
        seconds = float(retry_after)
    except ValueError:
        try:
            seconds = email.utils.parsedate_to_datetime(retry_after).timestamp() - time.time()
        except (ValueError, OverflowError):
            seconds = 1.0
    return seconds if 0.0 < seconds < 1e9 else 0.0
