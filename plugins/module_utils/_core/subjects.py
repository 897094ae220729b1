# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Data subjects and their normalised identifiers. Pure, no I/O.

An identifier is one of three kinds, distinguished by its form alone:

* ``Email``  - has an ``@``. Compared whole and without regard to case. ``Ann <ann@x.com>`` and ``mailto:ann@x.com`` are accepted.
* ``Phone``  - digits and phone punctuation only. Turned into E.164 by the library phonenumbers when it is international
  (``+`` or ``00``), or when a region is given. Without either it stays a *national* number: it can match only as *possible*.
* ``Text``   - everything else.

With ``contains`` (the predecessor's rule) every identifier is a ``Substring``.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import re
import typing as t
import urllib.parse

from ansible_collections.genesys.gws.plugins.module_utils._core import deps
from ansible_collections.genesys.gws.plugins.module_utils._core.characters import COMBINING
from ansible_collections.genesys.gws.plugins.module_utils._core.errors import InputError
from ansible_collections.genesys.gws.plugins.module_utils._core.keys import NO_KEY, Key, framed
from ansible_collections.genesys.gws.plugins.module_utils._core.one_identifier import (
    fault_of_address,
    fault_of_any_text,
    fault_of_number,
    fault_of_text,
    is_encrypted,
)
from ansible_collections.genesys.gws.plugins.module_utils._core.phone_extension import split_extension
from ansible_collections.genesys.gws.plugins.module_utils._core.phone_number import (
    Phone,
    digits_of,
    parse_phone,
    plain,
)
from ansible_collections.genesys.gws.plugins.module_utils._core.readings import characters, digits_in_ascii, fold

with deps.declare("phonenumbers"):
    import phonenumbers

MATCH_EXACT = "exact"
MATCH_CONTAINS = "contains"

_SEARCH, _SUBJECT = "search-", "subject-"
_FEWEST_OF_A_NAME = 5  # characters before the @ that are most likely somebody's name
_POSITION = re.compile(rf"(?:{_SEARCH}|{_SUBJECT})\d+")
_PHONE_CHARS = re.compile(r"[\d\s()\[\].\-/+~*#]+")
_ANYWAY = " (match: contains searches for any text)"
_SIP = re.compile(r"sips?:([^@;?]+)(?:@[^;?]*)?", re.IGNORECASE)
_DOMAIN = re.compile(r"[\w\-" + COMBINING + r"]+(?:\.[\w\-" + COMBINING + r"]+)+")
_QUOTED_LOCAL = re.compile(r'"((?:[^"\\]|\\.)+)"')
_QUOTED_PAIR = re.compile(r"\\(.)")
_NEEDS_NO_QUOTES = re.compile(r"[^\s\"(),:;<>@\[\]\\\x00-\x1f]+")
_ENCLOSED = re.compile(
    r"\"[^\"]*\"|\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}"
)  # may have blanks inside: quoted local parts, and what looks like a template
_ADDRESS_IN_BRACKETS = re.compile(r"<([^<>]+@[^<>]+)>\s*$")


@dataclasses.dataclass(frozen=True)
class Email:
    """``forms``: the folded spellings that mean the same mailbox (IDN domain in Unicode and in punycode)."""

    forms: tuple[str, ...]


@dataclasses.dataclass(frozen=True)
class Text:
    """A free text, folded, with single spaces."""

    folded: str


@dataclasses.dataclass(frozen=True)
class Substring:
    """A text that is searched for anywhere inside (``match: contains``), folded."""

    folded: str


Identifier = t.Union[Email, Phone, Text, Substring]  # noqa: UP007 - ansible-test reads it as Python 3.8


@dataclasses.dataclass(frozen=True)
class Subject:
    """One person: ``ref`` stands for the person in every output (a ticket id, or the position in the input)."""

    ref: str
    identifiers: tuple[Identifier, ...]


@dataclasses.dataclass(frozen=True)
class Subjects:
    """All subjects of a run. ``key`` is derived from the site's key and their identifiers: only who has both can compare opaque references."""

    subjects: tuple[Subject, ...]
    key: Key = NO_KEY

    @functools.cached_property
    def search_id(self) -> str:
        """Tells whether findings belong to these subjects, each by its ref. Without the site's key no guess can be compared with it."""
        people = ((subject.ref, *sorted(map(repr, subject.identifiers))) for subject in self.subjects)
        return self.key.code("search id", *sorted(map(framed, people)))


def is_position(ref: str) -> bool:
    """Whether a ref is only the place of somebody in one request, who was given without one: in another request it is somebody else."""
    return _POSITION.fullmatch(ref) is not None


def known_region(region: str | None) -> str | None:
    """The ISO code in capitals, None for none. Raises InputError for an unknown one."""
    if not region:
        return None
    code = region.strip().upper()
    if code not in phonenumbers.SUPPORTED_REGIONS:
        raise InputError("bad_region", 'region is not a known country code: use an ISO 3166 code such as "US" or "DE".')
    return code


def parse_email(text: str) -> Email | None:
    """An e-mail address out of an address, a display form or a mailto URI; None when there is none."""
    bare = characters(text).strip()
    if bare[:7].lower() == "mailto:":
        bare = urllib.parse.unquote(bare[7:].split("?", 1)[0])
    in_brackets = _ADDRESS_IN_BRACKETS.search(bare)
    if in_brackets:
        bare = in_brackets.group(1).strip()
    local, _at, domain = bare.rpartition("@")
    local, domain = _bare_local(fold(local)), fold(domain).rstrip(".")
    if not local or not _DOMAIN.fullmatch(domain) or re.search(r"[\s@]", _ENCLOSED.sub("", local)):
        return None
    forms = {local + "@" + domain}
    try:
        forms.add(local + "@" + ".".join(map(_ascii_label, domain.split("."))))
        forms.add(local + "@" + unicode_domain(domain))
    except UnicodeError:
        pass  # a domain that punycode cannot spell has one form only
    return Email(tuple(sorted(forms)))


def _bare_local(local: str) -> str:
    """A local part without quotation marks that it does not need: ``"ann"@x.com`` is ``ann@x.com``."""
    quoted = _QUOTED_LOCAL.fullmatch(local)
    bare = _QUOTED_PAIR.sub(r"\1", quoted.group(1)) if quoted else local
    return bare if _NEEDS_NO_QUOTES.fullmatch(bare) else local


def _ascii_label(label: str) -> str:
    """IDNA 2008. Python's codec idna is that of 2003, which takes straße.example for strasse.example, somebody else's domain."""
    return label if label.isascii() else "xn--" + label.encode("punycode").decode("ascii")


def unicode_domain(domain: str) -> str:
    """A domain with every label in Unicode, so that the spellings of a domain, also mixed ones, become one; what is no punycode stays as it is."""
    return ".".join(map(_unicode_label, domain.split("."))) if "xn--" in domain else domain


def _unicode_label(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return fold(label[4:].encode("ascii").decode("punycode"))
    except UnicodeError:
        return label


def parse_identifier(text: str, *, region: str | None, match: str) -> Identifier | None:
    """The identifier that a text stands for; None when an e-mail address is malformed."""
    if match == MATCH_CONTAINS:
        return Substring(fold(characters(text).strip()))
    sip = _SIP.match(characters(text).strip())
    if sip:
        text = sip.group(1) if _PHONE_CHARS.fullmatch(sip.group(1)) else sip.group()[len("sip:") :].lstrip(":")
    if "@" in characters(text):
        return parse_email(text)
    bare = plain(digits_in_ascii(text)).strip()
    if bare[:4].lower() == "tel:":
        bare = bare[4:]
    without_extension, _extension = split_extension(bare)
    if _PHONE_CHARS.fullmatch(without_extension) and any(char.isdigit() for char in without_extension):
        phone = parse_phone(bare, region)
        if phone is not None:
            return phone
    return Text(" ".join(fold(characters(text)).split()))


def parse_subjects(  # pylint: disable=too-many-arguments
    *,
    search: t.Any,
    subjects: t.Any,
    region: str | None,
    match: str,
    min_length: int,
    mandatory: bool = True,
    any_text: bool = False,
    key: Key = NO_KEY,
) -> Subjects:
    """Subjects out of the options ``search`` and ``subjects``; all faults are reported together, by position, without values.

    :param search: a string, a number, or a list of them; each becomes a subject ``search-N``.
    :param subjects: a list of ``{ref, identifiers: [...]}``.
    :param any_text: whether a text that can name nobody, like dots only, is taken all the same.
    :param key: the search key of the site; without one nothing can be made of the subjects that leaves the module.
    :raises InputError: with one line that names every bad place.
    """
    faults: list[str] = []
    region = known_region(region)
    entries: list[tuple[str, str, list[t.Any]]] = []
    terms = [] if search is None else search if isinstance(search, (list, tuple)) else [search]
    for position, term in enumerate(terms, 1):
        where = "search" if len(terms) == 1 else f"search[{position}]"
        entries.append((where, _SEARCH + str(position), [term]))
    if subjects is not None and not isinstance(subjects, (list, tuple)):
        faults.append("subjects is not a list")
        subjects = None
    for position, entry in enumerate(subjects or [], 1):
        where = f"subjects[{position}]"
        if not isinstance(entry, dict):
            entry = {"identifiers": [entry]}
        unknown = set(entry) - {"ref", "identifiers"}
        identifiers = entry.get("identifiers")
        if unknown:
            faults.append(where + ' has fields other than "ref" and "identifiers"')
        if identifiers is not None and not isinstance(identifiers, (list, tuple, dict)):
            identifiers = [identifiers]
        if not isinstance(identifiers, (list, tuple)) or not identifiers:
            faults.append(where + " has no identifiers")
            continue
        ref = entry.get("ref")
        if fault := _fault_of_ref(ref):
            faults.append(where + fault)
        is_given = ref is not None and str(ref).strip()  # an answer of a survey that was left empty is no ref
        entries.append((where, str(ref) if is_given else _SUBJECT + str(position), list(identifiers)))
    parsed: list[Subject] = []
    secret_parts: list[str] = [match, region or ""]
    seen: set[str] = set()
    for where, ref, raw_identifiers in entries:
        found: list[Identifier] = []
        for raw in raw_identifiers:
            fault, identifier = checked_identifier(raw, region=region, match=match, min_length=min_length, any_text=any_text)
            if fault:
                faults.append(where + " " + fault)
            if identifier is not None:
                found.append(identifier)
                if not is_position(ref) and _reveals(ref, str(raw)):
                    faults.append(where + " has a ref that contains an identifier: refs appear in reports, so use a ticket number")
        if ref in seen:
            faults.append(where + " has the same ref as an earlier subject")
        seen.add(ref)
        parsed.append(Subject(ref, tuple(found)))
        secret_parts.extend(sorted(repr(identifier) for identifier in found))
    if not parsed and not faults and mandatory:
        faults.append("nothing to search for: set search, subjects or subjects_file")
    if faults:
        more = "" if len(faults) <= 10 else f"; and {len(faults) - 10} more"
        raise InputError("bad_subjects", "Bad input: " + "; ".join(faults[:10]) + more + ".")
    if key is NO_KEY:
        return Subjects(tuple(parsed))
    return Subjects(tuple(parsed), key.derive("subjects", framed(sorted(secret_parts))))


def checked_identifier(
    raw: t.Any, *, region: str | None, match: str, min_length: int, any_text: bool = False
) -> tuple[str, Identifier | None]:
    """What is wrong with a text as an identifier ('' when nothing is), and the identifier."""
    if not isinstance(raw, str):  # YAML reads 03023125042 as octal, and +1202... without its plus
        return "is not a string: put it in quotes, otherwise YAML reads it as a number, a date or a boolean", None
    text = raw.strip()
    if not text:
        return "is blank", None
    if len(text) < min_length:
        return f"is shorter than {min_length} characters (min_length): a term that short would match other people", None
    fault = "" if any_text else fault_of_any_text(text)
    if fault:
        return fault, None
    identifier = parse_identifier(text, region=region, match=match)
    if identifier is None:
        return "contains @ but is not an e-mail address" + _ANYWAY, None
    if isinstance(identifier, Email):
        fault = fault_of_address(identifier.forms[0].rpartition("@")[0], text, identifier.forms[0])
    elif isinstance(identifier, Phone):
        fault = fault_of_number(text, identifier.country_code, identifier.national)
    elif isinstance(identifier, Text):
        fault = fault_of_text(text, region)
    return (fault + _ANYWAY, None) if fault else ("", identifier)


def _fault_of_ref(ref: t.Any) -> str:
    """Why something can't stand for a person in a report; '' when it can."""
    if ref is not None and (not isinstance(ref, (str, int)) or isinstance(ref, bool)):
        return " has a ref that is not a string or a whole number"
    return "" if str(ref or "").isprintable() else " has a ref with a line break or another character that can't be printed"


def _reveals(ref: str, identifier: str) -> bool:
    """Whether a reference gives the person away."""
    digits = digits_of(identifier)
    local = fold(identifier.rpartition("@")[0].rpartition("<")[2]).strip()
    if len(local) >= _FEWEST_OF_A_NAME and local in fold(ref):
        return True
    return fold(identifier.strip()) in fold(ref) or (len(digits) >= 7 and digits in digits_of(ref)) or "@" in ref


_JSON = re.compile(r"\[|\{(?![{%#])")  # {{ begins an identifier that looks like a template
_YAML_LIST = re.compile(r"(---|-)\s")
_YAML_FIELD = re.compile(r"(- |---\s|[A-Za-z_]+:\s)(?<!mailto: )(?<!tel: )")


def parse_subjects_file(content: str) -> list[t.Any]:
    """The ``subjects`` list out of a file: JSON or YAML list of subjects, or one identifier a line (# starts a comment line).

    :raises InputError: when the content looks like a list but is none.
    """
    text = content.lstrip("\ufeff")
    stripped = text.strip()
    if is_encrypted(text):
        raise InputError(
            "bad_subjects_file",
            "subjects_file is encrypted: use a plain file, or give a file that Ansible Vault has encrypted to the role as forget_me_subjects_file.",
        )
    if _JSON.match(stripped):
        try:
            loaded = json.loads(stripped, object_pairs_hook=_each_field_once)
        except (ValueError, RecursionError) as error:
            line = getattr(error, "lineno", 0)
            raise InputError("bad_subjects_file", f"subjects_file is not valid JSON (line {line}).") from None
    else:
        lines = [line.strip() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
        loaded = _load_yaml(stripped) if lines and _YAML_LIST.match(lines[0] + " ") else lines
        if loaded is lines and any(_YAML_FIELD.match(line + " ") for line in lines):
            raise InputError("bad_subjects_file", "subjects_file starts with a dash like a YAML list, but is not a list.")
    if not isinstance(loaded, list):
        raise InputError("bad_subjects_file", "subjects_file does not contain a list: a list of {ref, identifiers} is expected.")
    return loaded


def _each_field_once(pairs: t.Sequence[tuple[t.Any, t.Any]]) -> dict[t.Any, t.Any]:
    """An object of a file. Of a field that stands twice only the last would count, and a person would be searched for in part."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise InputError(
            "bad_subjects_file", "subjects_file repeats a field in one entry, and only the last one would count: use one list."
        )
    return found


def _load_yaml(text: str) -> t.Any:
    try:
        import yaml
    except ImportError:
        raise InputError("bad_subjects_file", "subjects_file is YAML, but PyYAML is not installed: use JSON.") from None

    class Loader(yaml.SafeLoader):
        """YAML without fields that stand twice."""

        def construct_mapping(self, node: t.Any, deep: bool = False) -> dict[t.Any, t.Any]:
            _each_field_once([(key.value, None) for key, _value in node.value if isinstance(key, yaml.ScalarNode)])
            return t.cast("dict[t.Any, t.Any]", super().construct_mapping(node, deep=deep))

    try:
        return yaml.load(text, Loader=Loader)  # a safe loader
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" (line {mark.line + 1})" if mark else ""
        raise InputError("bad_subjects_file", f"subjects_file is not valid YAML{where}.") from None
