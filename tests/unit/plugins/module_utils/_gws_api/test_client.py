# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Addresses, headers and what an answer means."""

from __future__ import annotations

import json
import typing as t

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.genesys.gws.plugins.module_utils._core.errors import InputError
from ansible_collections.genesys.gws.plugins.module_utils._gws_api.address import base_url, parse_headers, quoted
from ansible_collections.genesys.gws.plugins.module_utils._gws_api.answer import NO_ANSWER, Answer, answer_of, of_write
from ansible_collections.genesys.gws.plugins.module_utils._gws_api.settings import Group, Scope
from tests.unit.strategies import QUICK

CANARY = "canary7391"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://gws:8090", "http://gws:8090"),
        (" https://gws.example.com/ ", "https://gws.example.com"),
        ("https://gws.example.com:8090/api/v2/", "https://gws.example.com:8090"),
        ("https://gws.example.com/api", "https://gws.example.com"),
        ("https://gws.example.com/proxy/gws/api/v2", "https://gws.example.com/proxy/gws"),
        ("http://[::1]:8090", "http://[::1]:8090"),
        ("http://gws:8090/?x=1#y", "http://gws:8090"),
    ],
)
def test_base_url(url: str, expected: str) -> None:
    assert base_url(url) == expected


@pytest.mark.parametrize(
    "url",
    [
        "",
        "gws",
        "gws:8090",
        "ftp://gws",
        "http://",
        "http://:8090",
        "http://gws:port",
        "http://gws:99999",
        "http://[::1",
        f"http://{CANARY}:{CANARY}@gws",
        "file:///etc/passwd",
        "//gws",
        "http://gws:0",
        "https://12025550147",
        "https://canary%40example.com",
        "https://canary person",
    ],
)
def test_no_address(url: str) -> None:
    with pytest.raises(InputError) as caught:
        base_url(url)
    assert CANARY not in caught.value.message


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (None, {}),
        ("", {}),
        ({}, {}),
        ("{}", {}),
        ('{"ssid": "x", "n": 1}', {"ssid": "x", "n": "1"}),
        ({"ContactCenterId": "a-b"}, {"ContactCenterId": "a-b"}),
    ],
)
def test_headers(raw: t.Any, expected: dict[str, str]) -> None:
    assert parse_headers(raw) == expected


@pytest.mark.parametrize(
    "raw",
    [
        f"{{{CANARY}",
        f'["{CANARY}"]',
        f'"{CANARY}"',
        [CANARY],
        5,
        {CANARY: None},
        {CANARY: {"a": 1}},
        {CANARY: [1]},
        {"": CANARY},
        {"a": f"{CANARY}\r\nX-Evil: 1"},
        {"a\nb": CANARY},
        {"a": f"{CANARY}\x00"},
        {"a": f"{CANARY}\x7f"},
        {"a": f"{CANARY}\u2028"},
    ],
)
def test_bad_headers(raw: t.Any) -> None:
    with pytest.raises(InputError) as caught:
        parse_headers(raw)
    assert CANARY not in caught.value.message
    assert "\n" not in caught.value.message


@QUICK
@given(st.one_of(st.text(), st.dictionaries(st.text(), st.text()), st.dictionaries(st.text(), st.text()).map(json.dumps)))
def test_any_headers_are_refused_or_can_be_sent(raw: t.Any) -> None:
    try:
        headers = parse_headers(raw)
    except InputError:
        return
    for text in (*headers, *headers.values()):
        assert not set(text) & set("\r\n\x00")


def answer(status: int, body: bytes, **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return answer_of(status, requests.structures.CaseInsensitiveDict(named), body)


PROPERTIES = ("ok", "missing", "unauthenticated", "transient", "csrf_refused")


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (200, b'{"statusCode":0}', {"ok"}),
        (201, b'{"statusCode":0}', {"ok"}),
        (200, b"", set()),
        (204, b"", set()),
        (200, b"<html>login</html>", set()),
        (200, b"[]", set()),
        (200, b'"x"', set()),
        (200, b'{"statusCode":"0"}', set()),
        (200, b'{"statusCode":null}', set()),
        (200, b"{}", set()),
        (200, b'{"statusCode":7}', set()),
        (200, b'{"statusCode":4}', {"transient"}),
        (200, b'{"statusCode":6}', {"missing"}),
        (200, b'{"statusCode":20}', {"unauthenticated"}),
        (302, b'{"statusCode":0}', set()),
        (404, b'{"statusCode":6}', {"missing"}),
        (404, b"<html>", set()),
        (404, b'{"statusCode":3}', set()),
        (500, b'{"statusCode":0}', set()),
        (403, b'{"statusCode":20,"statusMessage":"Access denied"}', {"unauthenticated"}),
        (401, b"", {"unauthenticated"}),
        (403, b'{"statusCode":5}', set()),
        (403, b'{"statusCode":3}', set()),
        (403, b"Missing or invalid Csrf token", {"csrf_refused"}),
        (403, b"<html>Invalid CSRF</html>", {"csrf_refused"}),
        (403, b'{"statusCode":5,"statusMessage":"Missing or invalid Csrf token"}', {"csrf_refused"}),
        (200, b'{"statusCode":0,"statusMessage":"csrf"}', {"ok"}),
        (200, b'{"statusCode":9}', {"transient"}),
        (302, b"", set()),
        (403, b"Forbidden", set()),
        (500, b'{"statusCode":4}', {"transient"}),
        (500, b"", set()),
        (429, b"", {"transient"}),
        (502, b"<html>", {"transient"}),
        (503, b'{"statusCode":12}', {"transient"}),
        (504, b"", {"transient"}),
        (200, b"\xff\xfe", set()),
        (200, b"[" * 100000, set()),
    ],
)
def test_meaning_of_answers(status: int, body: bytes, expected: set[str]) -> None:
    found = answer(status, body)
    assert {name for name in PROPERTIES if getattr(found, name)} == expected
    assert isinstance(found.body, dict)


@pytest.mark.parametrize(
    ("status", "body", "is_taken"),
    [
        (204, b"", True),
        (200, b"", True),
        (202, b'{"statusCode":9}', True),
        (200, b'{"statusCode":0}', True),
        (200, b"<html>login</html>", False),
        (200, b'{"statusCode":7}', False),
        (500, b"", False),
        (500, b'{"statusCode":9}', False),
        (302, b"", False),
    ],
)
def test_what_gws_has_taken_on_counts_as_done(status: int, body: bytes, is_taken: bool) -> None:
    assert of_write(answer(status, body)).ok == is_taken


def test_a_lost_answer_is_neither_success_nor_failure() -> None:
    assert {name for name in PROPERTIES if getattr(NO_ANSWER, name)} == {"transient"}
    assert NO_ANSWER.label == "no answer"


@pytest.mark.parametrize(
    ("given_text", "expected"), [("5", 5.0), ("0", 0.0), ("-3", 0.0), ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0), ("soon", 1.0), ("nan", 0.0)]
)
def test_retry_after(given_text: str, expected: float) -> None:
    assert answer(503, b"", Retry_After=given_text).retry_after == expected


def test_label_has_numbers_only() -> None:
    found = answer(403, json.dumps({"statusCode": 5, "statusMessage": CANARY}).encode())
    assert found.label == "HTTP 403, statusCode 5"
    assert answer(502, CANARY.encode()).label == "HTTP 502, statusCode none"


@QUICK
@given(st.text(min_size=1))
def test_a_path_segment_stays_one_segment(text: str) -> None:
    text = text.encode("utf-8", "replace").decode()
    path = Group(text, "name", "").path(Scope(text))
    assert path.count("/") == 4
    assert not set("?#% ") & set(path.replace("%", "", path.count("%")))
    assert quoted(text) == quoted(text).encode("ascii").decode()
