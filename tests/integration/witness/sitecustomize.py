# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Seen by every Python of a watched run (PYTHONPATH), the modules' too: what goes to the system log, into processes' arguments, and into files that
are removed again. A test device: tests/integration/watched.py reads what is written below $LEAK_WITNESS."""

from __future__ import annotations

import json
import os
import sys
import syslog
from typing import Any

_FOLDER = os.environ.get("LEAK_WITNESS", "")
_WATCHED = tuple(part for part in (os.environ.get("HOME", ""), os.environ.get("TMPDIR", "")) if part)
_MOST = 4 << 20


def _note(place: str, what: Any) -> None:
    handle = os.open(os.path.join(_FOLDER, place), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(handle, (json.dumps(what, ensure_ascii=False, default=_text) + "\n").encode("utf-8", "surrogateescape"))
    finally:
        os.close(handle)


def _text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _note_file(path: Any) -> None:
    name = os.path.abspath(_text(path))
    if not name.startswith(_WATCHED) or not os.path.isfile(name) or os.path.getsize(name) > _MOST:
        return
    with open(name, "rb") as stream:
        _note("removed", [name, _text(stream.read())])


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    try:
        if event == "subprocess.Popen":
            _note("arguments", [_text(arguments[0]), arguments[1]])
        elif event in ("os.exec", "os.posix_spawn"):
            _note("arguments", [_text(arguments[0]), list(arguments[1])])
        elif event == "os.system":
            _note("arguments", [_text(arguments[0])])
        elif event == "os.remove":
            _note_file(arguments[0])
        elif event == "shutil.rmtree":
            for folder, _folders, files in os.walk(_text(arguments[0])):
                for name in files:
                    _note_file(os.path.join(folder, name))
    except OSError:
        pass


if _FOLDER:
    sys.addaudithook(_hook)

    def _log(*arguments: Any) -> None:
        _note("syslog", [_text(argument) for argument in arguments])

    def _open(*_arguments: Any, **_options: Any) -> None:
        """The system log itself is not opened."""

    setattr(syslog, "syslog", _log)  # noqa: B010 - the types of the standard library forbid the plain way
    setattr(syslog, "openlog", _open)  # noqa: B010
