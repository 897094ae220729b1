# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""No text of another library's exception gets into a message; every exception has one of our messages."""

from __future__ import annotations

import dataclasses
import inspect
import ssl
import types
import typing as t

import cassandra
import cassandra.cluster
import cassandra.connection
import cassandra.protocol
import pytest
import requests
import requests.exceptions
import urllib3.exceptions

from ansible_collections.genesys.gws.plugins.module_utils._cassandra import failures
from ansible_collections.genesys.gws.plugins.module_utils._cassandra.failures import Remedy
from ansible_collections.genesys.gws.plugins.module_utils._cassandra.options import CassandraOptions
from ansible_collections.genesys.gws.plugins.module_utils._core.errors import CassandraError, GwsError, GwsPiiError, InputError
from ansible_collections.genesys.gws.plugins.module_utils._gws_api.client import NO_ANSWER, Answer, Client, GwsOptions

CANARY = "canary7391"
OPTIONS = CassandraOptions(("host.example",), 9042, None, None, False, None, None, None, True, True, "QUORUM", None, 1.0, 1.0)


def exceptions_of(*modules: types.ModuleType) -> list[type[Exception]]:
    found = {
        kind
        for module in modules
        for kind in vars(module).values()
        if inspect.isclass(kind) and issubclass(kind, Exception) and kind.__module__.split(".")[0] == modules[0].__name__.split(".")[0]
    }
    return sorted(found, key=lambda kind: (kind.__module__, kind.__qualname__))


def instance(kind: type[Exception]) -> Exception:
    """An exception with the canary in its text, however it wants to be made."""
    for arguments in ((CANARY,), (CANARY, {CANARY: Exception(CANARY)}), (CANARY, CANARY), (CANARY, CANARY, CANARY), ()):
        try:
            error = kind(*arguments)
        except Exception:
            continue
        error.args = (CANARY, *error.args)
        return error
    error = kind.__new__(kind)
    error.args = (CANARY,)
    return error


CASSANDRA_ERRORS = exceptions_of(cassandra, cassandra.cluster, cassandra.connection, cassandra.protocol)
BUILT_IN = [
    OSError,
    ConnectionRefusedError,
    TimeoutError,
    ssl.SSLError,
    ssl.SSLCertVerificationError,
    ValueError,
    KeyError,
    MemoryError,
    RuntimeError,
]


def wrapped(kind: type[Exception]) -> t.Iterator[Exception]:
    yield instance(kind)
    yield cassandra.cluster.NoHostAvailable(CANARY, {CANARY: instance(kind)})


def test_there_are_exceptions_to_map() -> None:
    assert len(CASSANDRA_ERRORS) > 25
    assert {"ReadTimeout", "Unavailable", "NoHostAvailable", "AuthenticationFailed", "ProtocolError"} <= {
        kind.__name__ for kind in CASSANDRA_ERRORS
    }


@pytest.mark.parametrize("kind", [*CASSANDRA_ERRORS, *BUILT_IN], ids=lambda kind: kind.__name__)
def test_each_exception_of_the_driver_has_one_of_our_messages(kind: type[Exception]) -> None:
    for error in wrapped(kind):
        unread = failures.page_read_error(error)
        assert unread.remedy in Remedy
        assert unread.reason
        assert CANARY not in unread.reason
        assert CANARY not in str(unread)
        public = failures.connection_error(error, OPTIONS)
        assert isinstance(public, CassandraError)
        assert CANARY not in public.message
        assert CANARY not in repr(public.facts)
        assert "\n" not in public.message


@pytest.mark.parametrize(
    ("kind", "remedy"),
    [
        (cassandra.Unauthorized, Remedy.NEVER),
        (cassandra.AuthenticationFailed, Remedy.NEVER),
        (cassandra.Unavailable, Remedy.LATER),
        (cassandra.ReadTimeout, Remedy.SLOW),
        (cassandra.OperationTimedOut, Remedy.SLOW),
        (cassandra.ReadFailure, Remedy.SMALLER),
        (cassandra.protocol.OverloadedErrorMessage, Remedy.OVERLOADED),
        (cassandra.InvalidRequest, Remedy.REFUSED),
        (cassandra.connection.ConnectionShutdown, Remedy.ELSEWHERE),
    ],
)
def test_remedies(kind: type[Exception], remedy: Remedy) -> None:
    for error in wrapped(kind):
        assert failures.page_read_error(error).remedy == remedy


UNVERIFIED = f"[SSL: CERTIFICATE_VERIFY_FAILED] {CANARY}"


@pytest.mark.parametrize(
    ("cause", "with_ssl", "code"),
    [
        (instance(cassandra.AuthenticationFailed), False, "cassandra_login"),
        (ssl.SSLCertVerificationError(1, UNVERIFIED), True, "cassandra_certificate"),
        (OSError(1, UNVERIFIED), True, "cassandra_certificate"),
        (ssl.SSLError(1, CANARY), True, "cassandra_tls"),
        (ConnectionRefusedError(111, CANARY), True, "cassandra_unreachable"),
        (OSError(1, CANARY), False, "cassandra_unreachable"),
        (instance(cassandra.connection.ProtocolError), False, "cassandra_protocol"),
    ],
    ids=repr,
)
def test_codes_of_connection_errors(cause: Exception, with_ssl: bool, code: str) -> None:
    error = cassandra.cluster.NoHostAvailable(CANARY, {"host": cause})
    public = failures.connection_error(error, dataclasses.replace(OPTIONS, ssl=with_ssl))
    assert public.code == code
    assert CANARY not in public.message


REQUESTS_ERRORS = [
    kind
    for module in (requests.exceptions, urllib3.exceptions)
    for kind in exceptions_of(module)
    if not issubclass(kind, Warning) and issubclass(kind, (requests.exceptions.RequestException, urllib3.exceptions.HTTPError))
]


class _Failing:
    csrf: t.ClassVar[dict[str, str]] = {}

    def __init__(self, error: Exception) -> None:
        self._error = error
        self.session = self

    def request(self, *_args: t.Any, **_how: t.Any) -> t.NoReturn:
        raise self._error

    send = request

    def close(self) -> None:
        pass


def client(error: Exception) -> Client:
    options = GwsOptions(("http://gws.example:8090",), "u", CANARY, {}, True, None, None, None, 1.0, 1.0, 0)
    made = Client(options)
    made._of_thread.connection = _Failing(error)
    made._base = "http://gws.example:8090"
    return made


@pytest.mark.parametrize("kind", [*REQUESTS_ERRORS, OSError, TimeoutError, UnicodeError], ids=lambda kind: kind.__name__)
def test_each_exception_of_requests_is_no_answer_or_one_of_our_messages(kind: type[Exception]) -> None:
    for call in (
        lambda made: made.get("/me"),
        lambda made: made.write("DELETE", "/users/x/settings/y", {"name": CANARY}),
        lambda made: made.delete_path("/me/settings/x"),
    ):
        found = _outcome(call, kind)
        if isinstance(found, Answer):
            assert found == NO_ANSWER
        else:
            assert CANARY not in found.message
            assert found.__cause__ is None
            assert found.__suppress_context__


def _outcome(call: t.Callable[[Client], Answer], kind: type[Exception]) -> Answer | GwsPiiError:
    try:
        return call(client(instance(kind)))
    except (GwsError, InputError) as error:
        return error


def test_a_write_that_failed_in_tls_may_have_been_done() -> None:
    assert client(requests.exceptions.SSLError(CANARY)).write("PUT", "/x", {"a": 1}) == NO_ANSWER


def test_our_errors_carry_a_code_and_facts() -> None:
    error = GwsPiiError("code", "message", left=3)
    assert (error.code, error.message, str(error), error.facts) == ("code", "message", "message", {"left": 3})
