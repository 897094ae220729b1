# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""The ledger: everybody who was erased, as codes, so that a restored backup can be cleaned again. A file of JSON lines, one for each request.

Each line has a number, a date until which it is kept, an entry, and a link: a keyed code of these and of the link before. So a line that was
changed, removed or added without the key is detected. A missing *end* can only be detected with a head (number and link of the last line) that is
kept elsewhere: receipts contain it.

A link covers the digest of the entry and not the entry itself. When a line has expired, its entry is replaced by the digest: the person's codes are
removed, and all links, including the head, stay the same, which proves that nothing else was changed.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import fcntl
import hmac
import json
import os
import secrets
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._core.errors import InputError, RefusedError
from ansible_collections.genesys.gws.plugins.module_utils._core.keys import Key, framed
from ansible_collections.genesys.gws.plugins.module_utils._evidence import private_file

_KIND = "genesys.gws ledger"
_BEGINNING = f'{{"kind":"{_KIND}",'.encode()
_VERSION = 2


@dataclasses.dataclass(frozen=True)
class Entry:
    """One request. ``codes`` stand for identifiers (``_evidence.codes``), ``tails`` for parts of them, to look them up
    quickly; ``texts`` counts identifiers
    that have no code. ``region`` is the country in which numbers were read. ``at`` is in ISO 8601, UTC.
    """

    ref: str
    at: str
    codes: tuple[str, ...]
    tails: tuple[str, ...]
    texts: int
    region: str


@dataclasses.dataclass(frozen=True)
class Head:
    """The last line of a ledger: its number and its link. ``ledger`` identifies the ledger."""

    ledger: str
    lines: int
    link: str

    def to_result(self) -> dict[str, t.Any]:
        """The form in a receipt."""
        return dataclasses.asdict(self)

    @classmethod
    def from_result(cls, raw: t.Any) -> Head | None:
        """Read it from a receipt; None if it has none."""
        try:
            head = cls(str(raw["ledger"]), int(raw["lines"]), str(raw["link"]))
        except (KeyError, OverflowError, TypeError, ValueError):
            return None
        return head if head.lines >= 0 else None


@dataclasses.dataclass(frozen=True)
class Line:
    """``entry`` is None in a line that has expired; ``digest`` is that of the entry in any case. ``keep_until`` is a date, ISO 8601."""

    number: int
    keep_until: str
    digest: str
    link: str
    entry: Entry | None


@dataclasses.dataclass(frozen=True)
class Ledger:
    """A ledger with verified links."""

    name: str
    lines: tuple[Line, ...]
    start: str

    @property
    def head(self) -> Head:
        """Its head."""
        return Head(self.name, len(self.lines), self.lines[-1].link if self.lines else self.start)

    @property
    def entries(self) -> list[Entry]:
        """The requests that have not expired."""
        return [line.entry for line in self.lines if line.entry is not None]

    def check_against(self, head: Head) -> None:
        """:raises RefusedError: if the ledger does not belong to this head, or does not contain all lines up to it."""
        if head.ledger != self.name:
            raise RefusedError(
                "other_ledger", "forget_me_ledger is not the ledger of the newest receipt: use the one that the receipts name."
            )
        link = self.start if head.lines == 0 else self.lines[head.lines - 1].link if head.lines <= len(self.lines) else ""
        if len(self.lines) < head.lines:
            raise RefusedError(
                "ledger_cut",
                f"The ledger was truncated: it ends after line {len(self.lines)}, but a receipt says that it had {head.lines}. Restore it from a backup.",
            )
        if not hmac.compare_digest(link, head.link):
            raise RefusedError(
                "ledger_changed",
                f"The ledger does not match a receipt: line {head.lines} has a different link. Restore it from a backup.",
            )


def is_begun(path: str) -> bool:
    """Whether there is a ledger. A file whose first line was not finished (its run was killed, or the disk was full) does not count, because it
    never had entries. :raises InputError: if it can't be read.
    """
    try:
        with open(path, "rb") as stream:
            return not _was_never_begun(stream.read(4096))
    except FileNotFoundError:
        return False
    except OSError as error:
        raise _not_read(error) from None


def read(path: str, key: Key) -> Ledger:
    """Read and check a ledger.

    :param key: the ledger key of the site.
    :raises InputError: if it can't be read, or was created with another key. :raises RefusedError: if it was changed, with the first bad line.
    """
    try:
        with open(path, "rb") as stream:
            return _checked(stream.read(), key)[0]
    except OSError as error:
        raise _not_read(error) from None


def append(path: str, key: Key, entries: t.Sequence[Entry], keep_until: str, heads: t.Sequence[Head] = ()) -> Head:
    """Add requests, flushed to disk. The ledger is created if necessary. A request that it already contains, with the same codes and at least the
    same date, is not added again.

    :param heads: heads of earlier receipts, which the ledger must continue.
    """
    with _locked(path) as stream:
        before = stream.read()
        if _was_never_begun(before):
            stream.seek(0)
            stream.truncate()
            before = b""
        content = before or _header(key)
        ledger, length = _checked(content, key)
        for head in heads:
            ledger.check_against(head)
        if not before:
            stream.write(content)
        stream.truncate(length)  # no erasure has relied on an unfinished line
        stream.seek(length)
        known = {(line.entry.ref, line.entry.codes, line.entry.texts, line.keep_until) for line in ledger.lines if line.entry is not None}
        link, number = ledger.head.link, len(ledger.lines)
        for entry in entries:
            if (entry.ref, entry.codes, entry.texts, keep_until) in known:
                continue
            number += 1
            line = _line(key, link, number, keep_until, entry)
            link = line["link"]
            stream.write(_text(line))
        stream.flush()
        os.fsync(stream.fileno())
    _sync_folder(path)
    return Head(ledger.name, number, link)


def expire(path: str, key: Key, today: str) -> tuple[int, Head]:
    """Replace the entries of lines that have expired by their digests. Returns how many, and the unchanged head.

    :param today: a date, ISO 8601; lines to be kept until an earlier one have expired.
    """
    with _locked(path) as stream:
        content = stream.read()
        ledger, _length = _checked(content, key)
        expired = [line.number for line in ledger.lines if line.entry is not None and line.keep_until < today]
        if expired:
            lines = content.splitlines(keepends=True)[: len(ledger.lines) + 1]
            for number in expired:
                line = ledger.lines[number - 1]
                lines[number] = _text({"number": number, "keep_until": line.keep_until, "digest": line.digest, "link": line.link})
            changed = b"".join(lines)
            if _checked(changed, key)[0].head != ledger.head:
                raise RefusedError(
                    "ledger_changed",
                    "Expired lines could not be removed without changing others; this is a bug of genesys.gws: please report it.",
                )
            _replace(path, changed)
    return len(expired), ledger.head


def _was_never_begun(content: bytes) -> bool:
    """Whether these bytes are only a part of the first line of a ledger."""
    return b"\n" not in content and (content.startswith(_BEGINNING) or _BEGINNING.startswith(content))


def _header(key: Key) -> bytes:
    name = secrets.token_hex(8)
    content = {"kind": _KIND, "version": _VERSION, "ledger": name, "key": key.code("key id"), "link": _start(key, name)}
    return _text(content)


def _start(key: Key, name: str) -> str:
    return key.code("ledger", name.encode(), str(_VERSION).encode(), length=64)


def _line(key: Key, before: str, number: int, keep_until: str, entry: Entry) -> dict[str, t.Any]:
    content = {**dataclasses.asdict(entry), "salt": secrets.token_hex(16)}
    return {
        "number": number,
        "keep_until": keep_until,
        "entry": content,
        "link": _link(key, before, number, keep_until, _digest(key, content)),
    }


def _digest(key: Key, content: dict[str, t.Any]) -> str:
    """The digest of an entry. Its salt prevents somebody who has the key from testing guesses on an expired line."""
    return key.code("entry", json.dumps(content, sort_keys=True).encode(), length=64)


def _link(key: Key, before: str, number: int, keep_until: str, digest: str) -> str:
    return key.code("link", framed((before, str(number), keep_until, digest)), length=64)


def _text(content: dict[str, t.Any]) -> bytes:
    return json.dumps(content, separators=(",", ":")).encode("ascii") + b"\n"


def _checked(content: bytes, key: Key) -> tuple[Ledger, int]:
    """The ledger, and the number of bytes in complete lines. :raises RefusedError: at the first line that was changed."""
    whole = content[: content.rfind(b"\n") + 1]
    raw = whole.splitlines()
    if _was_never_begun(content):
        raise InputError("bad_ledger", "forget_me_ledger is empty. If it had entries before, restore it from a backup.")
    name = _name(raw[0] if raw else b"", key)
    link = start = _start(key, name)
    lines: list[Line] = []
    for number, text in enumerate(raw[1:], 1):
        line = _parsed(text, key)
        right = (
            line is not None
            and line.number == number
            and hmac.compare_digest(line.link, _link(key, link, number, line.keep_until, line.digest))
        )
        if line is None or not right or (line.entry is None and line.keep_until >= _today()):
            raise RefusedError(
                "ledger_changed",
                f"The ledger was changed: line {number + 1} of the file does not follow from line {number} (it was changed, comes from "
                "another ledger, or lines before it are missing). Restore it from a backup.",
            )
        link = line.link
        lines.append(line)
    return Ledger(name, tuple(lines), start), len(whole)


def _today() -> str:
    return datetime.datetime.now(datetime.timezone.utc).date().isoformat()


def _name(text: bytes, key: Key) -> str:
    try:
        header = json.loads(text)
        kind, version, name, key_id = header["kind"], header["version"], header["ledger"], header["key"]
    except (KeyError, TypeError, ValueError):
        kind = version = name = key_id = None
    if kind != _KIND or not isinstance(name, str) or not isinstance(key_id, str):
        raise InputError("bad_ledger", "forget_me_ledger is not a ledger of genesys.gws: its first line is not the header of a ledger.")
    if version != _VERSION:
        raise InputError("bad_ledger", "forget_me_ledger comes from another release of genesys.gws.")
    if not hmac.compare_digest(key_id, key.code("key id")) or header.get("link") != _start(key, name):
        raise InputError("other_key", "forget_me_ledger was created with another key: set forget_me_key to that key.")
    return name


def _parsed(text: bytes, key: Key) -> Line | None:
    try:
        raw = json.loads(text)
        number, keep_until, link = raw["number"], raw["keep_until"], raw["link"]
        if not (isinstance(number, int) and isinstance(keep_until, str) and isinstance(link, str)):
            return None
        if "entry" not in raw:
            return Line(number, keep_until, str(raw["digest"]), link, None)
        content = raw["entry"]
        entry = Entry(
            ref=str(content["ref"]),
            at=str(content["at"]),
            codes=tuple(map(str, content["codes"])),
            tails=tuple(map(str, content["tails"])),
            texts=int(content["texts"]),
            region=str(content["region"]),
        )
        return Line(number, keep_until, _digest(key, content), link, entry)
    except (KeyError, TypeError, ValueError):
        return None


def _not_read(error: OSError) -> InputError:
    return InputError("bad_ledger", f"forget_me_ledger can't be read (errno {error.errno}).")


@contextlib.contextmanager
def _locked(path: str) -> t.Iterator[t.BinaryIO]:
    """Lock the file for this process; create it (0600) if necessary."""
    try:
        os.makedirs(os.path.dirname(os.path.abspath(path)), mode=0o700, exist_ok=True)
        while True:
            stream = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600), "r+b")
            fcntl.flock(stream, fcntl.LOCK_EX)
            if os.path.exists(path) and os.path.samestat(os.fstat(stream.fileno()), os.stat(path)):
                break
            stream.close()  # the file was replaced while we waited
        with stream:
            yield stream
    except OSError as error:
        raise InputError("bad_ledger", f"forget_me_ledger can't be written (errno {error.errno}), so nothing is erased.") from None


def _replace(path: str, content: bytes) -> None:
    draft = f"{path}.{secrets.token_hex(8)}"
    private_file.write_new(draft, content)
    try:
        os.replace(draft, path)
    except OSError:
        private_file.remove(draft)
        raise
    _sync_folder(path)


def _sync_folder(path: str) -> None:
    handle = os.open(os.path.dirname(os.path.abspath(path)), os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
