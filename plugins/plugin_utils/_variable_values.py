# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Parses values of variables, or raises a fault of one line. Pure, no I/O.

A fault never quotes the value, which may be personal data in the wrong field. YAML changes unquoted values:
03023125042 is an octal number, +1202... loses its plus, NO is false, 12:30 is a number of minutes. So a value that must be a string is rejected if
it is not one.
"""

from __future__ import annotations

import datetime
import re
import typing as t
import urllib.parse

from ansible_collections.genesys.gws.plugins.module_utils._core.host_names import is_host
from ansible_collections.genesys.gws.plugins.module_utils._erasure.holds import is_list_in_a_text
from ansible_collections.genesys.gws.plugins.plugin_utils._role_options import Kind, Option

_TRUE = frozenset(("true", "yes", "on", "1", "y", "t"))
_FALSE = frozenset(("false", "no", "off", "0", "n", "f"))
_NAME = re.compile(r"[^\W][\w.:/ -]{0,127}")
_NUMBER = re.compile(r"[+-]?[0-9]{1,12}")
_SECONDS = re.compile(r"[0-9]{1,6}(\.[0-9]{1,6})?")
_WINDOW = re.compile(r"\s*[0-2]?[0-9]:[0-5][0-9](:[0-5][0-9])?\s*-\s*[0-2]?[0-9]:[0-5][0-9](:[0-5][0-9])?\s*")
_PHONE = re.compile(r"[\s+(]*[0-9][0-9\s()./-]{5,}")
TEMPLATE_MARKS = ("{{", "{%", "{#")


class Fault(Exception):
    """What is wrong with a value, to be put behind the name of the variable."""


def looks_like_a_person(text: str) -> bool:
    """Whether a text that should be something else is most likely an e-mail address or a phone number."""
    return "@" in text or (_PHONE.fullmatch(text.strip()) is not None and sum(char.isdigit() for char in text) >= 6)


def why_not_a_string(value: t.Any) -> str:
    """Why a value that has to be a text is none; '' when it is one."""
    if isinstance(value, str):
        return ""
    if value is None:
        return "is empty"
    if isinstance(value, bool):
        return "is not in quotes, so YAML reads it as true or false: put it in quotes"
    if isinstance(value, (int, float)):
        return "is not in quotes, so YAML reads it as a number: put it in quotes"
    if isinstance(value, (datetime.date, datetime.time)):
        return "is not in quotes, so YAML reads it as a date: put it in quotes"
    return "must be a string"


def checked(option: Option, value: t.Any) -> t.Any:
    """The value as the modules want it. :raises Fault: when it can't be what was meant."""
    return _CHECKS[option.kind](option, value)


def _text(_option: Option, value: t.Any) -> str:
    problem = why_not_a_string(value)
    if problem and value is not None:
        raise Fault(problem)
    return str(value or "").strip()


def _secret(_option: Option, value: t.Any) -> str:
    problem = why_not_a_string(value)
    if problem and value is not None:
        raise Fault(problem)
    return str(value or "")


def _texts(option: Option, value: t.Any) -> list[str]:
    if value is None:
        return []
    entries = value if isinstance(value, (list, tuple)) else _text(option, value).split(",")
    texts = [_text(option, entry) for entry in entries]
    if isinstance(value, (list, tuple)) and not all(texts):
        raise Fault("has an empty entry")
    return [text for text in texts if text]


def _identifiers(option: Option, value: t.Any) -> t.Any:
    """Only the kind of the values is judged here: what an identifier is, the modules know."""
    if value is None:
        return []
    if isinstance(value, (list, tuple)):
        return [_identifiers_inside(entry, f"[{place}]") for place, entry in enumerate(value, 1)]
    if isinstance(value, dict):
        raise Fault("must be a list")
    if option.name == "subjects" and isinstance(value, str) and value.strip():
        raise Fault("must be a list of {ref, identifiers}")
    problem = why_not_a_string(value)
    if problem:
        raise Fault(problem)
    if option.name == "search":
        return value
    if is_list_in_a_text(str(value)):
        raise Fault("has several entries in one string: use a list")
    return [value] if str(value).strip() else []


def _identifiers_inside(value: t.Any, where: str) -> t.Any:
    if isinstance(value, (list, tuple)):
        return [_identifiers_inside(entry, f"{where}[{place}]") for place, entry in enumerate(value, 1)]
    if isinstance(value, dict):
        # A reference is printed and compared with nothing: a whole number is as good as its digits.
        return {
            str(name): str(entry) if name == "ref" and _is_int(entry) else _identifiers_of(name, entry, where)
            for name, entry in value.items()
        }
    problem = why_not_a_string(value)
    if problem:
        raise Fault(f"{where} {problem}")
    return value


def _identifiers_of(name: t.Any, value: t.Any, where: str) -> t.Any:
    shown = name if name in ("ref", "identifiers") else "another field"
    return _identifiers_inside(value, f"{where}.{shown}")


def _is_int(value: t.Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _name(option: Option, value: t.Any) -> str:
    text = _text(option, value)
    if text and (not _NAME.fullmatch(text) or looks_like_a_person(text)):
        raise Fault("is not a valid name: use letters, digits, underscores, dots and hyphens")
    return text


def _names(option: Option, value: t.Any) -> list[str]:
    names = _texts(option, value)
    if any(looks_like_a_person(name) or not name.isprintable() for name in names):
        raise Fault("has an entry that looks like personal data or can't be printed: use names only")
    return names


def _hosts(option: Option, value: t.Any) -> list[str]:
    hosts = _texts(option, value)
    if not all(is_host(host) for host in hosts):
        raise Fault("has an entry that is not a host name or address")
    return hosts


def _urls(option: Option, value: t.Any) -> list[str]:
    urls = _texts(option, value)
    for url in urls:
        try:
            parts = urllib.parse.urlsplit(url)
            good = parts.scheme in ("http", "https") and is_host(parts.hostname or "") and (parts.port is None or parts.port > 0)
        except ValueError:
            good = False
        if not good or "@" in url or parts.query or parts.fragment:
            raise Fault("is not an HTTP address: use an address like https://gws.example.com:8090")
    return urls


def _number(option: Option, value: t.Any) -> int:
    number = int(value) if isinstance(value, str) and _NUMBER.fullmatch(value.strip()) else value
    if not _is_int(number) or not option.low <= number <= option.high:
        raise Fault(f"must be a whole number from {option.low} to {option.high}")
    return int(number)


def _seconds(_option: Option, value: t.Any) -> float:
    number = float(value) if isinstance(value, str) and _SECONDS.fullmatch(value.strip()) else value
    if isinstance(number, bool) or not isinstance(number, (int, float)) or not 0 < number < 86400:
        raise Fault("must be a positive number of seconds")
    return float(number)


def _rate(_option: Option, value: t.Any) -> float:
    number = float(value) if isinstance(value, str) and _SECONDS.fullmatch(value.strip()) else value
    if isinstance(number, bool) or not isinstance(number, (int, float)) or not 0 <= number < 10**6:
        raise Fault("must be a number, 0 or more")
    return float(number)


def _flag(_option: Option, value: t.Any) -> bool:
    if isinstance(value, bool):
        return value
    text = str(value).strip().lower() if isinstance(value, str) or _is_int(value) else ""
    if text not in _TRUE | _FALSE:
        raise Fault("must be true or false (yes or no)")
    return text in _TRUE


def _choice(option: Option, value: t.Any) -> str:
    if not isinstance(value, str) or value.strip() not in option.choices:
        raise Fault(f"must be one of {', '.join(option.choices)}")
    return value.strip()


def _headers(_option: Option, value: t.Any) -> t.Any:
    if value is None or isinstance(value, str):
        return value or {}
    if not isinstance(value, dict) or any(isinstance(entry, (dict, list)) or entry is None for entry in value.values()):
        raise Fault("must be JSON or a mapping of header names to strings")
    if any(why_not_a_string(entry) and not _is_int(entry) for entry in value.values()):
        raise Fault("has a header value that is not in quotes, so YAML does not read it as a string: put it in quotes")
    return value


def _path(option: Option, value: t.Any) -> str:
    text = _text(option, value)
    if text and not text.startswith(("/", "~", "./", "../", "$")) and looks_like_a_person(text):
        raise Fault("looks like a person's e-mail address or phone number: if it is a path, start it with / or ./")
    if "\x00" in text or "\n" in text:
        raise Fault("is not a path")
    return text


def _paths(option: Option, value: t.Any) -> list[str]:
    return [_path(option, path) for path in _texts(option, value)]


def _time(option: Option, value: t.Any) -> str:
    if isinstance(value, datetime.datetime):
        return value.isoformat()
    text = _text(option, value)
    try:
        if text:
            datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        raise Fault("must have the form 2026-11-24T10:00:00Z") from None
    return text


def _seconds_of_tables(option: Option, value: t.Any) -> dict[str, int]:
    if not isinstance(value, dict):
        raise Fault("must be a mapping of keyspace.table to a number of seconds")
    return {_name(option, table): _number(option, seconds) for table, seconds in value.items()}


def _digest(option: Option, value: t.Any) -> str:
    text = _text(option, value).lower()
    if text and not re.fullmatch(r"[0-9a-f]{64}", text):
        raise Fault("is not the digest of a plan: use the 64 letters and digits that a dry run shows")
    return text


def _region(option: Option, value: t.Any) -> str:
    text = _text(option, value)
    if text and not re.fullmatch(r"[A-Za-z]{2}|001", text):
        raise Fault('is not a known country code: use an ISO 3166 code such as "US" or "DE"')
    return text


def _window(option: Option, value: t.Any) -> str:
    text = _text(option, value)
    if text and not _WINDOW.fullmatch(text):
        raise Fault("must have the form 22:00-06:00")
    return text


_CHECKS: dict[Kind, t.Callable[[Option, t.Any], t.Any]] = {
    Kind.IDENTIFIERS: _identifiers,
    Kind.SECRET: _secret,
    Kind.NAME: _name,
    Kind.NAMES: _names,
    Kind.HOSTS: _hosts,
    Kind.URLS: _urls,
    Kind.NUMBER: _number,
    Kind.SECONDS: _seconds,
    Kind.RATE: _rate,
    Kind.FLAG: _flag,
    Kind.CHOICE: _choice,
    Kind.HEADERS: _headers,
    Kind.FILE: _path,
    Kind.PATH: _path,
    Kind.PATHS: _paths,
    Kind.TIME: _time,
    Kind.SECONDS_OF_TABLES: _seconds_of_tables,
    Kind.DIGEST: _digest,
    Kind.REGION: _region,
    Kind.WINDOW: _window,
}
