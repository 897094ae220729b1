# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""What a text says once its encodings are taken off: its readings. Pure, no I/O.

Theory of operation
-------------------
Programs leave texts in other texts: JSON in JSON, URLs, HTML, mail. A decoder takes one kind of encoding off; all of them are applied
until nothing changes any more, so that their order and number do not matter (up to ``_DEPTH`` of them). The result is the *most decoded
reading*. Where an identifier begins and ends is decided there and nowhere else: ``o&#39;brien@x.com`` has no ``brien@x.com`` in it.

A decoder is strict or loose. Strict ones undo what only an encoder writes. Loose ones guess (which charset? is this ``=20`` a blank or a
number?), so that what is seen after them alone is never more than possible.

Every decoder is local: what it makes of an escape depends on the escape and the character beside it, not on the rest of the text. The
prefilter relies on that when it decodes only the surroundings of escapes. And every decoder takes time in proportion to the text.
"""

from __future__ import annotations

import dataclasses
import html
import html.entities
import re
import typing as t
import unicodedata

from ansible_collections.genesys.gws.plugins.module_utils._core.characters import (
    DIGITS_TABLE,
    JOINERS,
    LOOSE_TABLE,
    SAME_TABLE,
    character_class,
)
from ansible_collections.genesys.gws.plugins.module_utils._core.phone_uri import PHONE_CONTEXT, with_context

_DEPTH = 8

# Each expression begins with the sign itself: such ones are looked for many times faster than others. Each run of backslashes is taken as a whole.
# Backslashes: JSON, JavaScript, and the \@ and \_ of Markdown and regular expressions; any number of them, as nested JSON has.
_ESCAPE = re.compile(r"\\+(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|u\{([0-9a-fA-F]{1,6})\}|(?=([!-$'-/:;<>?@\[\]^-`{-~])))?")
_MAY_HAVE_BACKSLASH = re.compile(r"\\|[%=xX]5[cC]|92|bsol|\uff3c")
_BEFORE_LEAD = re.compile(r"(?<!\\)\\+(?=[%&=])")
_ESCAPED_CONTROL = re.compile(r"\\+[nrtbf]?")
_HALF_ESCAPED = re.compile(r"\\u[dD][89a-fA-F]")
_SURROGATES = re.compile(r"[\ud800-\udfff]")

_PERCENT_UNICODE = re.compile(r"%[uU]([0-9a-fA-F]{4})")
_PERCENT = re.compile(r"%[0-9a-fA-F]{2}(?:%[0-9a-fA-F]{2})*")
_UNDECODED = re.compile(r"[\udc80-\udcff]")

_ENTITY = re.compile(r"&(?:#[xX]0*[0-9a-fA-F]{1,6}|#0*[0-9]{1,7}|[A-Za-z][A-Za-z0-9]{1,31});")
_UNENDED_ENTITY = re.compile(_ENTITY.pattern + "?")

_LEADING_ZEROS = re.compile(r"(?<=[#xX])0+(?=[0-9a-fA-F])")

# Quoted-printable encodes signs, bytes of UTF-8, and ends of lines; never a letter or a digit.
_QP_SOFT_BREAK = re.compile(r"=\r?\n")
_QP_ESCAPED_BREAK = re.compile(r"=(?:\\+r)?\\+n")
_QP_LETTERED = re.compile(r"=(0[AD]|2[A-F]|3[A-F]|5[B-F]|7[B-E])")
_QP_DECIMAL = re.compile(r"=(09|2[0-9]|40|60)(?!\d)")
_QP_UTF8 = re.compile(r"=[C-F][0-9A-F](?:=[89AB][0-9A-F]){1,3}(?:=[C-F][0-9A-F](?:=[89AB][0-9A-F]){1,3})*")
_QP_BYTE = "=(?:0[9AD]|0[ad]|2[0-9A-F]|2[a-f]|3[A-F]|3[a-f]|40|5[B-F]|5[b-f]|60|7[B-E]|7[b-e]|[89A-F][0-9A-F]|[89a-f][0-9a-f])"
_QP_ANY = re.compile(f"{_QP_BYTE}(?:{_QP_BYTE})*")

_PLUS_IN_FORM = re.compile(r"=[^&\s#=]*")
_NOTHING_TO_DECODE = re.compile(r"[^\\%&=\x80-\U0010ffff]*")


@dataclasses.dataclass(frozen=True)
class Readings:
    """The readings of one text.

    ``addresses`` is the most decoded one, for e-mail addresses and words; ``numbers`` the same for phone numbers (there ``=20`` may be digits,
    and ``\\n`` is a blank). ``loose`` are those in which something was guessed. ``settled``: nothing is left to decode.
    """

    addresses: str
    numbers: str
    loose: tuple[str, ...] = ()
    settled: bool = True


class Guess(str):
    """Bytes that became a text by a guess (UTF-16 without a mark, binary JSON): read as it stands, and never more than possible."""


def readings(text: str) -> Readings:
    """All readings of a text."""
    if isinstance(text, Guess) or _NOTHING_TO_DECODE.fullmatch(text):
        return Readings(text, text)
    addresses, settled = _ADDRESSES.decoded(text)
    numbers, numbers_settled = _NUMBERS.decoded(text)
    loose, loose_settled = _LOOSE.decoded(text)
    others = dict.fromkeys((loose, _without_controls(loose), _PLUS_IN_FORM.sub(_plus_is_blank, loose), *_otherwise(text)))
    if numbers == addresses:
        others.pop(addresses, None)  # looked at anyway
    return Readings(addresses, _without_controls(numbers), tuple(others), settled and numbers_settled and loose_settled)


def _otherwise(text: str) -> t.Iterator[str]:
    """What can be read in two ways, in the other one: a ``=`` at the end of a line, or before ``\\n``; a backslash before another escape."""
    if _MAY_HAVE_BACKSLASH.search(text):
        yield _UNESCAPING.decoded(text)[0]
    if _QP_SOFT_BREAK.search(text):
        yield _LOOSE.decoded(_QP_SOFT_BREAK.sub("= \n", text))[0]


def characters(text: str) -> str:
    """A text with each character in its plain form, encodings left alone: how an identifier is read that an operator has typed."""
    return _ADDRESSES.characters(text)


def digits_in_ascii(text: str) -> str:
    """The same with the decimal digits of all scripts as 0 to 9."""
    return _NUMBERS.characters(text)


@dataclasses.dataclass(frozen=True)
class _Decoders:
    """What is taken off for one reading: ``encodings`` each with a sign without which there is nothing of it, and single characters.

    Only when nothing of these is left: backslashes before ``%``, ``&`` and ``=`` (what follows may have been an escape itself), and ``unended``, entities
    without a semicolon (which may have been encoded, too).
    """

    encodings: tuple[tuple[str, t.Callable[[str], str]], ...]
    unended: t.Callable[[str], str]
    table: dict[int, str]
    in_table: re.Pattern[str]
    keeps_joiners: bool

    def decoded(self, text: str) -> tuple[str, bool]:
        """The most decoded text, and whether it is: more layers than ``_DEPTH`` are left."""
        for _layer in range(_DEPTH):
            before = text
            for sign, decode in self.encodings:
                if sign in text:
                    text = decode(text)
            text = self.characters(text)
            if text == before:
                text = self.unended(_BEFORE_LEAD.sub("", text) if "\\" in text else text) if "&" in text or "\\" in text else text
            if text == before:
                return text, True
        return text, False

    def characters(self, text: str) -> str:
        """Each character that stands for another one as that."""
        if text.isascii():
            return text
        if self.keeps_joiners and any(joiner in text for joiner in JOINERS):
            text = _JOINERS.sub(_joiner, text)
        return _NOT_ASCII.sub(self._translated, text)

    def _translated(self, run: re.Match[str]) -> str:
        letters = run.group()
        return letters.translate(self.table) if self.in_table.search(letters) else letters


_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
_JOINERS = re.compile(f"[{JOINERS}]+")


def _joiner(run: re.Match[str]) -> str:
    """Between letters that are not ASCII a joiner is a part of the word, elsewhere it is invisible."""
    before, behind = run.string[run.start() - 1 : run.start()], run.string[run.end() : run.end() + 1]
    return run.group()[0] if before > "\x7f" and behind > "\x7f" else ""


def _backslashes(text: str) -> str:
    halves = _HALF_ESCAPED.search(text) is not None
    text = _ESCAPE.sub(_escaped, text)
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass") if halves else text  # joins pairs


def _all_backslashes(text: str) -> str:
    """The same, and those before ``%``, ``&`` and ``=`` at once."""
    return _backslashes(_BEFORE_LEAD.sub("", text))


def _escaped(escape: re.Match[str]) -> str:
    code = escape[1] or escape[2] or escape[3]
    if code:
        return _character(code) or escape.group()
    return "" if escape[4] else escape.group()


def _without_controls(text: str) -> str:
    """The end of a line or the blank that each ``\\n`` and its like stand for."""
    return _ESCAPED_CONTROL.sub(lambda escape: _CONTROLS.get(escape.group()[-1], escape.group()), text) if "\\" in text else text


_CONTROLS = {"n": "\n", "r": "\r", "t": "\t", "b": " ", "f": " "}


def _character(hexadecimal: str) -> str:
    code = int(hexadecimal, 16)
    return chr(code) if code <= 0x10FFFF else ""


def _percent(text: str, otherwise: t.Callable[[bytes], str] | None = None) -> str:
    text = _PERCENT_UNICODE.sub(lambda escape: _character(escape[1]), text)
    return _PERCENT.sub(lambda run: _from_bytes(run.group(), "%", otherwise), text)


def _from_bytes(run: str, sign: str, otherwise: t.Callable[[bytes], str] | None) -> str:
    """The text of escaped bytes: UTF-8; what is none is left as it is, or read by a guess."""
    decoded = bytes.fromhex(run.replace(sign, "")).decode("utf-8", "surrogateescape")
    if decoded.isascii():
        return decoded

    def undecoded(byte: re.Match[str]) -> str:
        code = ord(byte.group()) & 0xFF
        return otherwise(bytes((code,))) if otherwise else f"{sign}{code:02X}"

    return _UNDECODED.sub(undecoded, decoded)


def windows_1252(raw: bytes) -> str:
    """Bytes in the charset of western Windows, which has Latin-1 in it; its five gaps are controls, as browsers have it."""
    return raw.decode("cp1252", "strict") if not _GAPS.search(raw) else "".join(_WINDOWS_1252[byte] for byte in raw)


_GAPS = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
_WINDOWS_1252 = [bytes((code,)).decode("cp1252", "ignore") or chr(code) for code in range(256)]


def _entities(text: str) -> str:
    return _ENTITY.sub(_entity, text)


def _unended_entities(text: str) -> str:
    return _UNENDED_ENTITY.sub(_entity, text)


def _unended_anywhere(text: str) -> str:
    """The same, and names also right before letters."""
    return _UNENDED_ENTITY.sub(lambda entity: html.unescape(_LEADING_ZEROS.sub("", entity.group())), text)


def _entity(entity: re.Match[str]) -> str:
    """What browsers make of it; without a semicolon a name must end there, else it is a parameter of a URL (``&copy=1``)."""
    spelled = entity.group()
    if spelled[1] == "#":
        return html.unescape(_LEADING_ZEROS.sub("", spelled))  # thousands of digits are no number to Python
    if not spelled.endswith(";") and entity.string[entity.end() : entity.end() + 1] == "=":
        return spelled
    return html.entities.html5.get(spelled[1:], spelled)


def _without_soft_breaks(text: str) -> str:
    """First of all: a line may have been broken inside of any other escape."""
    return _QP_SOFT_BREAK.sub("", text)


def _without_any_breaks(text: str) -> str:
    """The same, and those that were escaped once more."""
    return _QP_ESCAPED_BREAK.sub("", _QP_SOFT_BREAK.sub("", text))


def _quoted_printable_signs(text: str) -> str:
    text = _QP_UTF8.sub(lambda run: _from_bytes(run.group(), "=", None), text)
    return _QP_LETTERED.sub(lambda escape: chr(int(escape[1], 16)), text)


def _quoted_printable(text: str) -> str:
    return _QP_DECIMAL.sub(lambda escape: chr(int(escape[1], 16)), _quoted_printable_signs(text))


def _quoted_printable_any(text: str) -> str:
    return _QP_ANY.sub(lambda run: _from_bytes(run.group(), "=", windows_1252), text)


def _plus_is_blank(value: re.Match[str]) -> str:
    return value.group().replace("+", " ")


def _any_of(codes: t.Iterable[int]) -> re.Pattern[str]:
    """One of these characters. Those beyond the first 65,536 apart: the others are looked up in a table."""
    ranges: list[list[int]] = []
    for code in sorted(codes):
        if ranges and ranges[-1][1] == code - 1 != 0xFFFF:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    near, far = (character_class([one for one in ranges if (one[0] > 0xFFFF) is is_far]) for is_far in (False, True))
    return re.compile(f"[{near}]|[{far}]" if far else f"[{near}]")


def _decoders(
    encodings: t.Iterable[tuple[str, t.Callable[[str], str]]],
    table: dict[int, str],
    *,
    keeps_joiners: bool,
    unended: t.Callable[[str], str] = _unended_entities,
) -> _Decoders:
    return _Decoders(tuple(encodings), unended, table, _any_of(table), keeps_joiners)


_ADDRESSES = _decoders(
    (("=", _without_soft_breaks), ("\\", _backslashes), ("%", _percent), ("&", _entities), ("=", _quoted_printable)),
    SAME_TABLE,
    keeps_joiners=True,
)
_NUMBERS = _decoders(
    (
        *(("=", _without_soft_breaks), ("\\", _backslashes), ("%", _percent), ("&", _entities), ("=", _quoted_printable_signs)),
        (PHONE_CONTEXT, with_context),
    ),
    {**SAME_TABLE, **DIGITS_TABLE},
    keeps_joiners=True,
)
_LOOSE, _UNESCAPING = (
    _decoders(
        (
            ("=", without_breaks),
            ("\\", backslashes),
            ("%", lambda text: _percent(text, windows_1252)),
            ("&", _entities),
            ("=", _quoted_printable_any),
        ),
        {**DIGITS_TABLE, **LOOSE_TABLE},
        keeps_joiners=False,
        unended=_unended_anywhere,
    )
    for without_breaks, backslashes in ((_without_soft_breaks, _backslashes), (_without_any_breaks, _all_backslashes))
)


def fold(text: str) -> str:
    """The form in which text is compared: lower case, Unicode in NFC.

    ``str.casefold`` and NFKC are not used: they make one person of two (``strasse`` and ``straße``).
    """
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFC", _stream_safe(_SURROGATES.sub("\ufffd", text).translate(_LIKE_ASCII))).lower()


# Characters that NFC or lower-casing would turn into ASCII: kept apart, so that a search of the raw bytes can't miss a match.
_LIKE_ASCII = {ord(char): "\ufffd" for char in "\u0130\u037e\u1fef\u212a"}
_THIRTY = re.compile(r"[^\x00-\u02ff]{30}(?=[^\x00-\u02ff])(?!\u034f)")


def _stream_safe(text: str) -> str:
    """A text without long runs of combining marks, which would be sorted in the square of their number (Unicode Annex 15, section 13)."""
    return _THIRTY.sub(_broken_up, text) if _THIRTY.search(text) else text


def _broken_up(run: re.Match[str]) -> str:
    """A combining grapheme joiner behind 30 characters that are all combining marks."""
    return run.group() + ("\u034f" if all(map(unicodedata.combining, run.group())) else "")
