# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes tests/corpus/text.jsonl: spellings of addresses and names, made by the standard library's own encoders.

``python -m tests.tools.text_corpus > tests/corpus/text.jsonl``. Every entry has a domain or a surname of its own, so that all of them can be planted
and searched for at the same time. The class that is expected follows from docs/matching.md, never from what the code says.
"""

from __future__ import annotations

import html
import json
import quopri
import sys
import typing as t
import unicodedata
import urllib.parse

EXACT, POSSIBLE, NONE = "exact", "possible", "none"


class Corpus:
    """Entries with numbers that make them unique."""

    def __init__(self) -> None:
        self.entries: list[dict[str, t.Any]] = []

    def domain(self) -> str:
        return f"x{len(self.entries):03}.example"

    def add(self, identifier: str, value: t.Any, expected: str, why: str) -> None:
        self.entries.append({"value": value, "identifier": identifier, "region": None, "expected": expected, "why": why})

    def email(self, spell: t.Callable[..., t.Any], expected: str, why: str, local: str = "ann.lee", domain: str = "{}") -> None:
        address = f"{local}@{domain.format(self.domain())}"
        self.add(address, spell(address), expected, why)

    def name(self, spell: t.Callable[..., t.Any], expected: str, why: str, name: str = "Ann Quellmann{}") -> None:
        text = name.format(len(self.entries))
        self.add(text, spell(text), expected, why)


def every(text: str, spell: t.Callable[[str], str], which: str = "") -> str:
    """A text with some or all of its characters spelled otherwise."""
    return "".join(spell(char) if not which or char in which else char for char in text)


def percent(char: str) -> str:
    return "".join(f"%{byte:02X}" for byte in char.encode())


def decimal(char: str) -> str:
    return f"&#{ord(char)};"


def hexadecimal(char: str) -> str:
    return f"&#x{ord(char):X};"


def json_escape(char: str) -> str:
    return json.dumps(char)[1:-1] if ord(char) > 0x7E else f"\\u{ord(char):04x}"


def quoted_printable(text: str) -> str:
    return quopri.encodestring(text.encode()).decode()


def qp_byte(char: str) -> str:
    return "".join(f"={byte:02X}" for byte in char.encode())


def full_width(char: str) -> str:
    return chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char


def styled(base: int) -> t.Callable[[str], str]:
    return lambda char: chr(base + ord(char) - ord("a")) if "a" <= char <= "z" else char


def in_json(text: str, levels: int) -> str:
    for level in range(levels):
        text = json.dumps({"to": text, "n": level} if level % 2 else [text])
    return text


NAMED = {"@": "&commat;", ".": "&period;", "-": "&hyphen;", "_": "&lowbar;", "+": "&plus;", "'": "&apos;", "&": "&amp;"}

ORDINARY: dict[str, t.Callable[[str], t.Any]] = {
    "alone": lambda a: a,
    "upper case": str.upper,
    "title case": str.title,
    "display form": lambda a: f"Ann Lee <{a}>",
    "display form with a quoted name": lambda a: f'"Lee, Ann" <{a}>',
    "display form with the name behind": lambda a: f"{a} (Ann Lee)",
    "angle brackets alone": lambda a: f"<{a}>",
    "mailto link": lambda a: f"mailto:{a}",
    "mailto link with a query": lambda a: f"mailto:{a}?subject=Hello&body=Hi",
    "mailto link with the address in the query": lambda a: f"mailto:?to={a}&subject=x",
    "mailto link of two": lambda a: f"mailto:bob@elsewhere.example,{a}",
    "HTML link": lambda a: f'<a href="mailto:{a}">{a}</a>',
    "Markdown link": lambda a: f"[Ann](mailto:{a})",
    "SIP address": lambda a: f"sip:{a};transport=tcp",
    "XMPP address": lambda a: f"xmpp:{a}/desk",
    "double quotes": lambda a: f'"{a}"',
    "single quotes": lambda a: f"'{a}'",
    "typographic quotes": lambda a: f"\u201c{a}\u201d",
    "single typographic quotes": lambda a: f"\u2018{a}\u2019",
    "guillemets": lambda a: f"\u00ab{a}\u00bb",
    "round brackets": lambda a: f"({a})",
    "square brackets": lambda a: f"[{a}]",
    "braces": lambda a: f"{{{a}}}",
    "full stop behind": lambda a: f"Write to {a}.",
    "comma behind": lambda a: f"Write to {a}, please",
    "exclamation mark behind": lambda a: f"Write to {a}!",
    "question mark behind": lambda a: f"Is it {a}?",
    "colon behind": lambda a: f"{a}: left a message",
    "em dash behind": lambda a: f"{a}\u2014call back",
    "list with semicolons": lambda a: f"bob@elsewhere.example;{a};carl@elsewhere.example",
    "list with commas": lambda a: f"bob@elsewhere.example,{a},carl@elsewhere.example",
    "list with bars": lambda a: f"bob@elsewhere.example|{a}|carl",
    "list with slashes": lambda a: f"{a}/bob@elsewhere.example",
    "list with tabs": lambda a: f"Ann\t{a}\t030",
    "on a line": lambda a: f"Ann\r\n{a}\r\nBerlin",
    "key and value": lambda a: f"email={a}",
    "key and value, hexadecimal letters": lambda a: f"mail={a}".replace("ann.lee", "bea.lee"),
    "CSV": lambda a: f'"Lee","{a}","Berlin"',
    "vCard": lambda a: f"BEGIN:VCARD\nEMAIL;TYPE=work:{a}\nEND:VCARD",
    "XML attribute": lambda a: f"<contact email='{a}'/>",
    "XML element": lambda a: f"<email>{a}</email>",
    "in an object": lambda a: {"emailAddress": a},
    "in a list of objects": lambda a: {"contacts": [{"address": a}]},
    "as a key": lambda a: {a: {"calls": 3}},
    "quoted local part": lambda a: '"{}"@{}'.format(*a.split("@")),
    "root dot": lambda a: f"{a}. ",
    "JSON in a string": lambda a: in_json(a, 1),
    "JSON in JSON in a string": lambda a: in_json(a, 2),
    "JSON five times": lambda a: in_json(a, 5),
    "JSON cut off": lambda a: '{"to": "' + a + '", "note": "cut of',
    "JSON cut off in JSON": lambda a: json.dumps('{"to": "' + a + '", "note": "cut of')[1:-1],
    "JSON lines": lambda a: '{"to": "bob"}\n{"to": "' + a + '"}\n',
    "JSON behind a byte order mark": lambda a: "\ufeff" + json.dumps({"to": a}),
    "JavaScript": lambda a: f"callback({json.dumps({'to': a})});",
}

ENCODED: dict[str, t.Callable[[str], str]] = {
    "urllib.parse.quote": lambda a: urllib.parse.quote(a, safe=""),
    "urllib.parse.quote twice": lambda a: urllib.parse.quote(urllib.parse.quote(a, safe=""), safe=""),
    "urllib.parse.quote four times": lambda a: urllib.parse.quote(urllib.parse.quote(urllib.parse.quote(urllib.parse.quote(a, safe="")))),
    "percent, every character": lambda a: every(a, percent),
    "percent, lower case": lambda a: every(a, percent).lower(),
    "percent, the dot": lambda a: every(a, percent, "."),
    "percent in a query": lambda a: "https://crm.example/?" + urllib.parse.urlencode({"to": a, "n": 1}),
    "percent in a path": lambda a: f"https://crm.example/{urllib.parse.quote(a, safe='')}/edit",
    "percent in a mailto link": lambda a: "mailto:" + urllib.parse.quote(a, safe=""),
    "escape() of JavaScript": lambda a: every(a, lambda char: f"%u{ord(char):04X}", "@."),
    "form, the field behind": lambda a: urllib.parse.urlencode({"name": "Ann Lee", "mail": f"<{a}>"}),
    "entities, decimal": lambda a: every(a, decimal),
    "entities, hexadecimal": lambda a: every(a, hexadecimal),
    "entities, decimal @": lambda a: every(a, decimal, "@"),
    "entities, hexadecimal @ without semicolon": lambda a: a.replace("@", "&#x40").replace("&#x40x", "&#x40;x"),
    "entities, decimal @ without semicolon": lambda a: a.replace("@", "&#64"),
    "entities, leading zeros": lambda a: a.replace("@", "&#0000064;"),
    "entities, named": lambda a: every(a, lambda char: NAMED[char], "@."),
    "html.escape of a display form": lambda a: html.escape(f'"Ann" <{a}>'),
    "html.escape twice": lambda a: html.escape(html.escape(f"<{a}>")),
    "blanks of HTML": lambda a: f"&nbsp;{a}&nbsp;&ndash; Berlin",
    "soft hyphens of HTML": lambda a: a.replace(".", "&shy;."),
    "quoted-printable": lambda a: quoted_printable(f"M\u00fcller <{a}> = Kunde"),
    "quoted-printable @": lambda a: every(a, qp_byte, "@"),
    "quoted-printable signs": lambda a: every(a, qp_byte, "@._-"),
    "quoted-printable over the end of a line": lambda a: quoted_printable("x" * 66 + " " + a + " y"),
    "quoted-printable, soft break at the @": lambda a: a.replace("@", "@=\r\n"),
    "quoted-printable, bare soft break": lambda a: a.replace("@", "=\n@"),
    "JSON escapes": lambda a: every(a, json_escape),
    "JSON escapes of the @, twice": lambda a: every(a, lambda char: "\\" + json_escape(char), "@"),
    "JSON escapes in capitals": lambda a: a.replace(".", "\\u002E").replace("@", "\\u0040"),
    "hexadecimal escapes": lambda a: every(a, lambda char: f"\\x{ord(char):02x}", "@."),
    "braced escapes": lambda a: every(a, lambda char: f"\\u{{{ord(char):x}}}", "@"),
    "Markdown escapes": lambda a: a.replace(".", "\\.").replace("@", "\\@"),
    "escaped slashes": lambda a: f"mailto:\\/\\/{a}\\/",
    "full-width": lambda a: every(a, full_width),
    "full-width signs": lambda a: every(a, full_width, "@."),
    "small forms": lambda a: a.replace("@", "\ufe6b").replace(".", "\ufe52"),
    "ideographic full stops": lambda a: a.replace(".", "\u3002"),
    "half-width ideographic full stop": lambda a: "\uff61".join(a.rsplit(".", 1)),
    "full-width full stop": lambda a: "\uff0e".join(a.rsplit(".", 1)),
    "percent of entities": lambda a: urllib.parse.quote(every(a, decimal), safe=""),
    "entities of percent": lambda a: every(every(a, percent, "@"), decimal, "%"),
    "JSON escapes of percent": lambda a: every(every(a, percent, "@"), json_escape, "%"),
    "percent of JSON escapes": lambda a: urllib.parse.quote(every(a, json_escape, "@"), safe=""),
    "quoted-printable of entities": lambda a: quoted_printable(every(a, decimal, "@") + " =\u00fc"),
    "entities of quoted-printable": lambda a: every(every(a, qp_byte, "@"), decimal, "="),
    "full-width percent": lambda a: a.replace("@", "\uff0540"),
    "percent of full-width": lambda a: urllib.parse.quote(every(a, full_width, "@"), safe=""),
    "percent of a soft hyphen": lambda a: a.replace(".", "%C2%AD."),
    "entity of a soft hyphen in percent": lambda a: urllib.parse.quote(a.replace("@", "&#173;@"), safe=""),
}

INVISIBLE = {
    "soft hyphen": "\u00ad",
    "combining grapheme joiner": "\u034f",
    "Arabic letter mark": "\u061c",
    "zero width space": "\u200b",
    "zero width non-joiner": "\u200c",
    "zero width joiner": "\u200d",
    "left-to-right mark": "\u200e",
    "right-to-left mark": "\u200f",
    "left-to-right embedding": "\u202a",
    "pop directional formatting": "\u202c",
    "right-to-left override": "\u202e",
    "word joiner": "\u2060",
    "left-to-right isolate": "\u2066",
    "pop directional isolate": "\u2069",
    "variation selector 16": "\ufe0f",
    "byte order mark": "\ufeff",
}

# What stands before or behind the person's address and makes it another one, in the spelling of each encoding.
NEIGHBOURS: dict[str, t.Callable[[str], str]] = {
    "as it stands": lambda sign: sign,
    "percent": lambda sign: every(sign, percent),
    "percent twice": lambda sign: every(sign, percent).replace("%", "%25"),
    "decimal entity": lambda sign: every(sign, decimal),
    "hexadecimal entity": lambda sign: every(sign, hexadecimal),
    "entity without semicolon": lambda sign: f"&#x{ord(sign):X};"[:-1] if len(sign) == 1 else sign,
    "JSON escape": lambda sign: every(sign, json_escape),
    "two backslashes": lambda sign: "\\" + every(sign, json_escape),
    "quoted-printable": lambda sign: every(sign, qp_byte),
    "full-width": lambda sign: every(sign, full_width),
    "percent of an entity": lambda sign: urllib.parse.quote(every(sign, decimal), safe=""),
    "entity of percent": lambda sign: every(every(sign, percent), decimal),
}


def build() -> Corpus:
    corpus = Corpus()
    for how, spell in ORDINARY.items():
        local = "bea.lee" if "hexadecimal letters" in how else "ann.lee"
        corpus.email(spell, EXACT, f"ordinary: {how}", local)
    for how, spell in ENCODED.items():
        corpus.email(spell, EXACT, f"encoded without loss: {how}")
    for how, invisible in INVISIBLE.items():
        corpus.email(lambda a, sign=invisible: a.replace("@", sign + "@" + sign), EXACT, f"invisible inside: {how}")
    _other_letters(corpus)
    _possible(corpus)
    _neighbours(corpus)
    _names(corpus)
    return corpus


def _other_letters(corpus: Corpus) -> None:
    corpus.email(lambda a: a.replace("'", "\u2019"), EXACT, "typographic apostrophe", "pat.o'hara")
    corpus.email(lambda a: a.replace("'", "\u02bc"), EXACT, "modifier letter apostrophe", "pat.o'hara")
    corpus.email(lambda a: a.replace("'", "\uff07"), EXACT, "full-width apostrophe", "pat.o'hara")
    corpus.email(lambda a: a.replace("'", "&rsquo;"), EXACT, "typographic apostrophe of HTML", "pat.o'hara")
    corpus.email(lambda a: a.replace("'", "&#39;"), EXACT, "apostrophe of html.escape", "pat.o'hara")
    corpus.email(lambda a: a.replace("'", "%E2%80%99"), EXACT, "typographic apostrophe in a URL", "pat.o'hara")
    corpus.email(lambda a: a.replace("'", "=27"), EXACT, "apostrophe in quoted-printable", "pat.o'hara")
    corpus.email(lambda a: a.replace("-", "\u2010"), EXACT, "hyphen of typographers", "jean-luc")
    corpus.email(lambda a: a.replace("-", "\u2011"), EXACT, "non-breaking hyphen of Word", "jean-luc")
    corpus.email(lambda a: a.replace("-", "&hyphen;"), EXACT, "hyphen of HTML", "jean-luc")
    corpus.email(lambda a: a.replace("+", "%2B"), EXACT, "plus in a URL", "ann+news")
    corpus.email(lambda a: "https://crm.example/?to=" + urllib.parse.quote_plus(a), EXACT, "plus in a query", "ann+news")
    corpus.email(lambda a: a.replace("+", "&plus;"), EXACT, "plus of HTML", "ann+news")
    corpus.email(lambda a: f"\u300c{a}\u300d\u3002", EXACT, "Japanese quotes and full stop")
    corpus.email(lambda a: f"\u8054\u7cfb {a}\u3002", EXACT, "Chinese sentence with a blank")
    corpus.email(lambda a: f"\u200f{a}\u200f \u05e9\u05dc\u05d5\u05dd", EXACT, "right-to-left marks around")
    corpus.email(lambda a: unicodedata.normalize("NFD", a), EXACT, "NFD", "jos\u00e9.m\u00fcller")
    corpus.email(lambda a: unicodedata.normalize("NFD", a).upper(), EXACT, "NFD in capitals", "jos\u00e9.m\u00fcller")
    corpus.email(urllib.parse.quote, EXACT, "percent of UTF-8", "jos\u00e9.m\u00fcller")
    corpus.email(lambda a: a.replace("\u00e9", "&eacute;").replace("\u00fc", "&uuml;"), EXACT, "letters of HTML", "jos\u00e9.m\u00fcller")
    corpus.email(
        lambda a: a.replace("\u00e9", "=C3=A9").replace("\u00fc", "=C3=BC"), EXACT, "letters in quoted-printable", "jos\u00e9.m\u00fcller"
    )
    corpus.email(lambda a: json.dumps(a)[1:-1], EXACT, "letters of JSON", "jos\u00e9.m\u00fcller")
    corpus.email(lambda a: a, EXACT, "Cyrillic", "\u0438\u0432\u0430\u043d")
    corpus.email(str.upper, EXACT, "Cyrillic in capitals", "\u0438\u0432\u0430\u043d")
    for label in (
        "b\u00fccher",
        "stra\u00dfe",
        "\u043f\u0440\u0438\u043c\u0435\u0440",
        "\u4f8b\u3048",
        "\u0646\u0627\u0645\u0647\u200c\u0627\u06cc",
    ):
        ascii_label = "xn--" + label.encode("punycode").decode()
        corpus.email(lambda a: a, EXACT, "IDN in Unicode", domain=label + ".{}")
        corpus.email(
            lambda a, u=label, x=ascii_label: a.replace(u, x), EXACT, "IDN in punycode (RFC 3492), IDNA 2008", domain=label + ".{}"
        )
        corpus.email(lambda a, u=label, x=ascii_label: a.replace(u, x).upper(), EXACT, "punycode in capitals", domain=label + ".{}")
        corpus.email(urllib.parse.quote, EXACT, "IDN in a URL", domain=label + ".{}")
    corpus.email(
        lambda a: a.replace("b\u00fccher", "xn--bcher-kva"),
        EXACT,
        "one label in punycode, one in Unicode",
        domain="b\u00fccher.m\u00fcnchen.{}",
    )


def _possible(corpus: Corpus) -> None:
    corpus.email(lambda a: every(a, styled(0x1D41A)), POSSIBLE, "mathematical bold letters: a style is a guess")
    corpus.email(lambda a: every(a, styled(0x24D0)), POSSIBLE, "circled letters")
    corpus.email(lambda a: "&lt" + a + "&gt", POSSIBLE, "names of HTML without semicolon right before letters")
    corpus.email(lambda a: "\\n" + a, POSSIBLE, "the end of a line, or a backslash and an n")
    corpus.email(lambda a: "\\r\\n" + a, POSSIBLE, "the same behind another one")
    corpus.email(lambda a: "\u8054\u7cfb" + a, POSSIBLE, "Chinese right before it: no blanks in that script")
    corpus.email(lambda a: a + "\u3067\u3059", POSSIBLE, "Japanese right behind it")
    corpus.email(lambda a: a + "\u3002\u6b21", POSSIBLE, "ideographic full stop: the end of a sentence, or a dot")
    corpus.email(lambda a: "Ann\u2013" + a, POSSIBLE, "en dash right before it: a dash, or a hyphen")
    corpus.email(lambda a: a + "\u2013Berlin", POSSIBLE, "en dash right behind it")
    corpus.email(lambda a: "\ufffd" + a, POSSIBLE, "a byte right before it that could not be decoded")
    corpus.email(lambda a: "-" + a, POSSIBLE, "a bullet, or a part of it")
    corpus.email(lambda a: "+" + a, POSSIBLE, "a plus before it")
    corpus.email(lambda a: "q=Ann+" + a, POSSIBLE, "a blank of a form, or a plus")
    corpus.email(
        lambda a: a.replace("@", "=40").lower().replace(".", "=2e"), POSSIBLE, "quoted-printable in lower case, which no encoder writes"
    )
    corpus.email(
        lambda a: a.replace("@", "=40").replace("=40x", "=40163x").replace("=40163x", "=40"), POSSIBLE, "=40 before digits", domain="163.{}"
    )
    corpus.email(lambda a: a.replace("\u00fc", "%FC"), POSSIBLE, "percent of Latin-1", "j\u00fcrgen")
    corpus.email(lambda a: a.replace("\u00fc", "=FC"), POSSIBLE, "quoted-printable of Latin-1", "j\u00fcrgen")


def _neighbours(corpus: Corpus) -> None:
    for how, spell in NEIGHBOURS.items():
        corpus.email(lambda a, s=spell: "jo" + s(".") + a, NONE, f"another local part: dot before, {how}")
        corpus.email(lambda a, s=spell: a + s(".") + "no", NONE, f"another domain: dot behind, {how}")
    for how, spell in list(NEIGHBOURS.items()):
        corpus.email(lambda a, s=spell: "o" + s("'") + a, NONE, f"apostrophe before, {how}", "hara")
        corpus.email(lambda a, s=spell: "mary" + s("-") + a, NONE, f"hyphen before, {how}", "anne")
    for how, invisible in INVISIBLE.items():
        corpus.email(lambda a, sign=invisible: "jo" + sign + a, NONE, f"letters and an invisible {how} before")
    corpus.email(lambda a: "jo&shy;" + a, NONE, "letters and a soft hyphen of HTML before")
    corpus.email(lambda a: "jo%E2%80%8B" + a, NONE, "letters and a zero width space in a URL before")
    corpus.email(lambda a: "o\u2019" + a, NONE, "typographic apostrophe before", "hara")
    corpus.email(lambda a: "o&rsquo;" + a, NONE, "typographic apostrophe of HTML before", "hara")
    corpus.email(lambda a: "jo=\r\n" + a, POSSIBLE, "letters and a soft line break before: or the end of a line behind a sign")
    corpus.email(lambda a: a.replace("@", "=\n2@"), NONE, "a digit behind a soft line break")
    corpus.email(lambda a: "jo" + a, NONE, "letters before")
    corpus.email(lambda a: a.replace("@", "2@"), NONE, "a digit more")
    corpus.email(lambda a: a.replace("@", "+tag@"), NONE, "a tag")
    corpus.email(lambda a: a.replace("@", "@mail."), NONE, "a subdomain")
    corpus.email(lambda a: a + ".au", NONE, "another top-level domain")
    corpus.email(lambda a: a + "s", NONE, "a letter more behind")
    corpus.email(lambda a: a.replace(".example", ".exampl"), NONE, "a letter less")
    corpus.email(lambda a: a.replace("@", "@@"), NONE, "two @")
    corpus.email(lambda a: "x@" + a, NONE, "an @ before")
    corpus.email(lambda a: a.replace("a", "\u0430", 1), NONE, "a Cyrillic letter that looks the same")
    corpus.email(lambda a: a.replace("ss", "\u00df"), NONE, "\u00df is not ss", "ann.gross")
    corpus.email(lambda a: a.replace("\u00df", "ss"), NONE, "ss is not \u00df", "ann.gro\u00df")
    corpus.email(lambda a: a.replace("\u00df", "ss"), NONE, "nor in a domain", domain="stra\u00dfe.{}")
    corpus.email(lambda a: a.replace("i", "\u0131"), NONE, "dotless i", "finn")
    corpus.email(lambda a: a.replace("n", "\u00f1", 1), NONE, "another letter by its accent")
    corpus.email(lambda a: a.replace("\u00fc", "u"), NONE, "an accent less", "j\u00fcrgen")
    corpus.email(lambda a: a.replace("\u00fc", "ue"), NONE, "transcribed: another mailbox", "j\u00fcrgen")
    corpus.email(lambda a: a.replace(".lee", "."), NONE, "half of it")
    corpus.email(lambda a: {"user": a.split("@")[0], "host": a.split("@")[1]}, NONE, "in two fields")


def _names(corpus: Corpus) -> None:
    spellings: dict[str, t.Callable[[str], t.Any]] = {
        "as it stands": lambda n: n,
        "capitals": str.upper,
        "blanks around and inside": lambda n: "  " + n.replace(" ", "   ") + "\n",
        "no-break space": lambda n: n.replace(" ", "\u00a0"),
        "ideographic space": lambda n: n.replace(" ", "\u3000"),
        "percent": urllib.parse.quote,
        "entities": lambda n: every(n, decimal),
        "blank of HTML": lambda n: n.replace(" ", "&nbsp;"),
        "quoted-printable": lambda n: n.replace(" ", "=20"),
        "JSON escapes": lambda n: every(n, json_escape),
        "full-width": lambda n: every(n, full_width),
        "soft hyphens": lambda n: n.replace("ll", "l\u00adl"),
        "in an object": lambda n: {"displayName": n},
        "in JSON in a string": lambda n: in_json(n, 3),
        "as a key": lambda n: {n: 1},
    }
    for how, spell in spellings.items():
        corpus.name(spell, EXACT, f"name, whole value: {how}")
    corpus.name(lambda n: n.replace("\u00fc", "&uuml;"), EXACT, "name with a letter of HTML", "J\u00fcrgen Quellm{}")
    corpus.name(lambda n: unicodedata.normalize("NFD", n), EXACT, "name in NFD", "J\u00fcrgen Quellm{}")
    corpus.name(lambda n: n.replace("'", "\u2019"), EXACT, "typographic apostrophe", "Pat O'Quell{}")
    corpus.name(lambda n: n.replace("-", "\u2011"), EXACT, "non-breaking hyphen", "Ann-Marie Quell{}")
    corpus.name(lambda n: f"call {n} back", POSSIBLE, "name as words of a longer text")
    corpus.name(lambda n: f"<b>{n}</b>", POSSIBLE, "name in HTML")
    corpus.name(lambda n: n.replace(" ", "+"), NONE, "a plus is no blank outside of a form")
    corpus.name(lambda n: "name=" + n.replace(" ", "+"), POSSIBLE, "a blank of a form")
    corpus.name(lambda n: "Jo" + n.lower(), NONE, "a longer first name")
    corpus.name(lambda n: n + "sen", NONE, "a longer surname")
    corpus.name(lambda n: "Jo%61" + n.lower(), NONE, "a longer first name in percent")
    corpus.name(lambda n: n.split()[1], NONE, "half of it")


def main() -> None:
    for entry in build().entries:
        sys.stdout.write(json.dumps(entry, ensure_ascii=True) + "\n")


if __name__ == "__main__":
    main()
