# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The search is complete and exact on every version of Cassandra that a site may have, wherever a layout may have put a person.

Each test plants Ann, and beside her Joann, whose addresses and phone number are nearly the same. Each row has a label, which a finding
names, as it names (opaquely) everything in its row: so a test knows which rows were found, not only how many.

5.0.6 is the server that all integration tests share; the other versions are started one after the other by `make slow`.
"""

from __future__ import annotations

import base64
import datetime
import decimal
import gzip
import json
import unicodedata
import uuid
import zlib
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from cassandra.cluster import Cluster
from cassandra.cluster import Session as PlainSession
from cassandra.query import PreparedStatement
from cassandra.util import Duration

from ansible_collections.genesys.gws.plugins.module_utils._cassandra.options import CassandraOptions
from ansible_collections.genesys.gws.plugins.module_utils._cassandra.session import Session
from ansible_collections.genesys.gws.plugins.module_utils._core.errors import CassandraError
from ansible_collections.genesys.gws.plugins.module_utils._core.findings import OpaqueNames
from ansible_collections.genesys.gws.plugins.module_utils._core.keys import Key
from ansible_collections.genesys.gws.plugins.module_utils._core.matching import Matcher
from ansible_collections.genesys.gws.plugins.module_utils._core.prefilter import Prefilter
from ansible_collections.genesys.gws.plugins.module_utils._core.subjects import parse_subjects
from ansible_collections.genesys.gws.plugins.module_utils._scan import search as _search
from ansible_collections.genesys.gws.plugins.module_utils._scan.request import SearchRequest
from ansible_collections.genesys.gws.plugins.module_utils._scan.table_scan import ScanOptions
from tests.lab.cassandra import DEFAULT_VERSION, CassandraNode, version_tuple
from tests.lab.lab import connect
from tests.lab.layouts import CONTACT_CENTER, LAYOUTS, BlobLayout, Entry, Group, Layout, Owner, WideLayout
from tests.lab.thrift import ThriftClient, composite

THRIFT_VERSIONS = ("2.2.19", "3.11.19")
VERSIONS = (*THRIFT_VERSIONS, "4.1.10", DEFAULT_VERSION)

# ----------------------------------------------------------------------------------------------------------------------
# Who is planted, and how she is spelled


@dataclass(frozen=True)
class Contact:
    """A person; the phone is E.164, out of the numbers that Germany keeps for drama."""

    name: str
    mail: str
    idn: str
    phone: str

    @property
    def digits(self) -> str:
        return self.phone[1:]

    @property
    def line(self) -> str:
        """The phone number without country and city."""
        return self.phone[5:]

    @property
    def java(self) -> str:
        """The phone as Java writes a number of type double: 4.93023125E11."""
        return f"{self.digits[0]}.{self.digits[1:].rstrip('0')}E{len(self.digits) - 1}"

    @property
    def document(self) -> str:
        return json.dumps({"displayName": self.name, "contact": {"emailAddress": self.mail, "phoneNumbers": [self.phone]}})


ANN = Contact("ann", "ann@example.com", "ann@bücher.example", "+493023125000")
JOANN = Contact("joann", "joann@example.com", "ann@búcher.example", "+493023125001")
REGION = "DE"
SUBJECTS = parse_subjects(
    search=None,
    subjects=[{"ref": "ticket-1", "identifiers": [ANN.mail, ANN.idn, ANN.phone]}],
    region=REGION,
    match="exact",
    min_length=5,
    key=Key(b"versions"),
)


def escaped(text: str) -> str:
    r"""Every character as \uXXXX."""
    return "".join(f"\\u{ord(char):04x}" for char in text)


def twice_embedded(document: str) -> str:
    """JSON in a string of JSON in a string of JSON."""
    return json.dumps({"outer": json.dumps({"inner": document})})


def decomposed(text: str) -> str:
    """Letters with combining characters behind them."""
    return unicodedata.normalize("NFD", text)


TEXTS: dict[str, Callable[[Contact], str]] = {
    "mail": lambda one: one.mail,
    "mail-upper": lambda one: one.mail.upper(),
    "mail-named": lambda one: f"Somebody <{one.mail}>",
    "mail-in-a-note": lambda one: f"asked on Monday, write to {one.mail}. Urgent!",
    "phone": lambda one: one.phone,
    "phone-blanks": lambda one: f"+49 30 {one.line[:4]} {one.line[4:]}",
    "phone-brackets": lambda one: f"+49 (0)30 {one.line[:5]}-{one.line[5:]}",
    "phone-00": lambda one: f"00{one.digits}",
    "phone-tel": lambda one: f"tel:+49-30-{one.line}",
    "phone-national": lambda one: f"(030) {one.line[:5]}-{one.line[5:]}",
    "phone-bare": lambda one: one.digits,
    "json": lambda one: one.document,
    "json-pretty": lambda one: json.dumps(json.loads(one.document), indent=4),
    "json-white-space": lambda one: f'\r\n{{\r\n\t"emailAddress" :\t"{escaped(one.mail)}"\r\n}}\r\n',
    "json-name": lambda one: json.dumps({one.mail: {"type": "favorite"}}),
    "json-name-escaped": lambda one: f'{{"{escaped(one.mail)}": 1}}',
    "json-letters-escaped": lambda one: f'{{"emailAddress": "{escaped(one.mail[:-12])}{one.mail[-12:]}"}}',
    "json-all-escaped": lambda one: f'{{"emailAddress": "{escaped(one.mail.upper())}"}}',
    "json-at-escaped": lambda one: one.document.replace("@", "\\u0040"),
    "json-plus-escaped": lambda one: json.dumps({"phone": one.phone}).replace("+", "\\u002B"),
    "json-digits-escaped": lambda one: f'{{"phone": "{escaped(one.phone)}"}}',
    "json-slash-escaped": lambda one: f'{{"url": "sip:\\/\\/{one.mail}\\/line"}}',
    "json-slash-escaped-in-phone": lambda one: f'{{"phone": "030\\/{one.line}"}}',
    "json-in-json": lambda one: json.dumps({"value": one.document}),
    "json-in-json-inner-escaped": lambda one: json.dumps({"value": one.document.replace("@", "\\u0040")}),
    "json-in-json-twice": lambda one: twice_embedded(one.document),
    "json-in-json-twice-escaped": lambda one: twice_embedded(one.document).replace("@", "\\u0040"),
    "json-in-json-twice-phone": lambda one: twice_embedded(json.dumps({"phone": f"030/{one.line}"})),
    "json-of-a-string": lambda one: json.dumps(json.dumps(one.mail)),
    "json-bom": lambda one: "\ufeff" + one.document.replace("@", "\\u0040"),
    "json-number": lambda one: f'{{"phone": {one.digits}}}',
    "json-number-fraction": lambda one: f'{{"phone": {one.digits}.0}}',
    "json-number-java": lambda one: f'{{"phone": {one.java}}}',
    "json-number-exponent": lambda one: f'{{"phone": {one.java.replace("E", "e+")}}}',
    "json-number-embedded": lambda one: twice_embedded(f'{{"phone": {one.java}}}'),
    "json-number-bom": lambda one: f'\ufeff{{"phone": {one.java}}}',
    "json-repeated-name": lambda one: f'{{"emailAddress": "{one.mail}", "emailAddress": "office@example.com"}}',
    "json-lines": lambda one: '{"emailAddress": "office@example.com"}\n' + one.document.replace("@", "\\u0040"),
    "idn": lambda one: one.idn,
    "idn-combining": lambda one: decomposed(one.idn),
    "idn-combining-in-json": lambda one: json.dumps({"emailAddress": decomposed(one.idn)}, ensure_ascii=False),
    "idn-combining-escaped": lambda one: json.dumps({"emailAddress": decomposed(one.idn)}),
    "idn-punycode": lambda one: "@".join(part.encode("idna").decode() for part in one.idn.split("@")),
}
BYTES: dict[str, Callable[[Contact], bytes]] = {
    "not-utf8-around": lambda one: b"\xff\xfe\x00" + one.mail.encode() + b"\x00\xc3",
    "cut-characters-around": lambda one: b"\x82\xac" + one.mail.encode() + b"\xf0\x9f",
    "not-utf8-around-phone": lambda one: b"\x80\x81" + one.phone.encode() + b"\xbf",
    "not-utf8-in-json": lambda one: b'{"note": "\xff\xc3", "emailAddress": "' + one.mail.encode() + b'"}',
    "not-utf8-in-json-escaped": lambda one: b'{"note": "\xff\xc3", "emailAddress": "' + escaped(one.mail).encode() + b'"}',
}
NEIGHBOURS = (
    ANN.mail + ".au",
    "x." + ANN.mail,
    "ann+tag@example.com",
    "ann@mail.example.com",
    ANN.mail[1:],
    ANN.phone + "1",
    ANN.phone[:-1],
    "+49 30 2312 6000",
    "+44 30 2312 5000",
    '{"phone": 49302312500}',
    '{"phone": 4.93023125E10}',
)
COMPRESSED: dict[str, Callable[[bytes], bytes]] = {
    "gzip": lambda document: gzip.compress(document, mtime=0),
    "zlib": zlib.compress,
    "deflate": lambda document: zlib.compress(document)[2:-4],
    "base64": base64.b64encode,
    "base64-gzip": lambda document: base64.b64encode(gzip.compress(document, mtime=0)),
}

# ----------------------------------------------------------------------------------------------------------------------
# The servers, and the one call of the search


@dataclass(frozen=True)
class Site:
    """A running server of one version, and a session that is the tests' own."""

    node: CassandraNode
    session: PlainSession

    @property
    def version(self) -> tuple[int, ...]:
        return version_tuple(self.node.version)


def versions(*names: str) -> pytest.MarkDecorator:
    """For a test of these versions: all but the one that the integration tests share are slow."""
    params = [pytest.param(name, marks=[pytest.mark.slow] if name != DEFAULT_VERSION else []) for name in names]
    return pytest.mark.parametrize("site", params, indirect=True)


@pytest.fixture(scope="module")
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The server of a version. It is stopped before the next one is started."""
    if request.param == DEFAULT_VERSION:  # what is planted there stays until all tests are over: dropping it takes seconds
        lab = request.getfixturevalue("session_lab")
        yield Site(lab.node, lab.session)
        return
    thrift = request.param in THRIFT_VERSIONS
    with CassandraNode(request.param, thrift=thrift, work_dir=tmp_path_factory.mktemp("versions"), timeout=300) as node:
        cluster, session = connect(node)
        yield Site(node, session)
        cluster.shutdown()


def search(
    site: Site, keyspace: str, *, tables: Sequence[str] = (), excluded: Sequence[str] = (), page_size: int = 5000
) -> _search.SearchOutcome:
    """Search for Ann, as the module gws_pii_search does."""
    options = CassandraOptions(
        hosts=(site.node.address,),
        port=site.node.cql_port,
        user=None,
        password=None,
        ssl=False,
        ca_cert=None,
        client_cert=None,
        client_key=None,
        validate_certs=True,
        check_hostname=True,
        consistency_level="QUORUM",
        local_dc=None,
        connect_timeout=30,
        request_timeout=60,
    )
    request = SearchRequest(
        SUBJECTS, Matcher(SUBJECTS, REGION), keyspace, tuple(tables), tuple(excluded), scan=ScanOptions(page_size=page_size)
    )
    with Session(options, Prefilter(SUBJECTS)) as session:
        return _search.search_keyspace(session, request)


def rows_found(searched: _search.SearchOutcome, table: str, labels: Collection[str]) -> Counter[str]:
    """The labels of the rows that were found in a table, each as often as it was found; a match that is not exact says so."""
    names = OpaqueNames(SUBJECTS)
    opaque = {name(label): label for label in labels for name in (names.of, names.words_of)}
    found: Counter[str] = Counter()
    for finding in searched.findings:
        if finding.table == table:
            named = " and ".join(sorted({opaque[name] for name in finding.names & opaque.keys()})) or "a row without a label"
            found[named if finding.certainty == "exact" else f"{named} ({finding.certainty})"] += 1
    return found


def rows_read(searched: _search.SearchOutcome) -> dict[str, int]:
    """How many rows were read of each table."""
    return {coverage.table: coverage.rows for coverage in searched.tables}


def refusal(site: Site, keyspace: str, **given: Any) -> str:
    """The message of a search that says that it can't be complete because of tables that CQL does not show in full."""
    with pytest.raises(CassandraError) as caught:
        search(site, keyspace, **given)
    assert caught.value.code == "unreadable_table", caught.value.message
    return caught.value.message


# ----------------------------------------------------------------------------------------------------------------------
# Planting


@dataclass
class Planted:
    """What is in a table: how many rows, their labels, and how often each of these is to be found."""

    rows: int = 0
    labels: set[str] = field(default_factory=set)
    found: Counter[str] = field(default_factory=Counter)


class Garden:
    """A keyspace in which the tests plant."""

    def __init__(self, site: Site, keyspace: str) -> None:
        self.site = site
        self.keyspace = keyspace
        self.tables: dict[str, Planted] = {}
        self._prepared: dict[str, PreparedStatement] = {}
        self.execute(f"CREATE KEYSPACE {self.quoted()} WITH replication = {{'class': 'SimpleStrategy', 'replication_factor': 1}}")

    def quoted(self, table: str = "") -> str:
        """The name for CQL; both are case-sensitive."""
        return f'"{self.keyspace}"."{table}"' if table else f'"{self.keyspace}"'

    def execute(self, cql: str, values: Sequence[Any] = ()) -> None:
        """A statement; one with values is prepared, so that they are written as the types of the columns want them."""
        if not values:
            self.site.session.execute(cql)
            return
        if cql not in self._prepared:
            self._prepared[cql] = self.site.session.prepare(cql)
        self.site.session.execute(self._prepared[cql], values)

    def table(self, table: str, columns: str, options: str = "") -> None:
        """A new, empty table."""
        self.execute(f"CREATE TABLE {self.quoted(table)} ({columns}) {options}")
        self.tables[table] = Planted()

    def insert(self, table: str, cells: Mapping[str, Any], *, label: str | None = None, times: int = 0) -> None:
        """A row with these columns written, and its label in the column of this name."""
        if label is not None:
            cells = {"label": label, **cells}
        names = ", ".join('"{}"'.format(name.replace('"', '""')) for name in cells)
        marks = ", ".join("?" * len(cells))
        self.execute(f"INSERT INTO {self.quoted(table)} ({names}) VALUES ({marks})", list(cells.values()))
        self.grown(table, label, times)

    def grown(self, table: str, label: str | None, times: int) -> None:
        """The table has one more row, to be found so often by its label."""
        planted = self.tables.setdefault(table, Planted())
        planted.rows += 1
        if label is not None:
            planted.labels.add(label)
            planted.found += Counter({label: times})

    def check(self, searched: _search.SearchOutcome, table: str) -> None:
        """The rows that hold Ann were found, once each, and no other; all rows were read."""
        planted = self.tables[table]
        assert rows_found(searched, table, planted.labels) == planted.found
        assert rows_read(searched)[table] == planted.rows


@dataclass(frozen=True)
class Places:
    """A table, and the ways in which a text gets into a row of it."""

    columns: str
    ways: Mapping[str, Callable[[str], Mapping[str, Any]]]
    options: str = ""


ID = uuid.UUID("a5b6c7d8-1234-11ee-9234-0242ac120002")
NOW = datetime.datetime(2026, 3, 4, 5, 6, 7, tzinfo=datetime.timezone.utc)
# Columns that hold no text, with a value of each, and the version that brought the type.
OTHER_TYPES: tuple[tuple[tuple[int, ...], str, Any], ...] = (
    ((2,), "inet", "192.0.2.7"),
    ((2,), "uuid", ID),
    ((2,), "timeuuid", ID),
    ((2,), "timestamp", NOW),
    ((2,), "bigint", 7),
    ((2,), "varint", 2**70),
    ((2,), "decimal", decimal.Decimal("7.5")),
    ((2,), "double", 7.5),
    ((2,), "boolean", True),
    ((2, 2), "date", NOW.date()),
    ((2, 2), "time", datetime.time(5, 6, 7)),
    ((2, 2), "smallint", 7),
    ((3, 10), "duration", Duration(1, 2, 3)),
    ((5,), "vector<float, 3>", [1.0, 2.0, 3.0]),
)


def beside_other_types(version: tuple[int, ...]) -> Places:
    """A text column beside one of each type that can't hold text."""
    columns = {f"n{number}": (kind, value) for number, (since, kind, value) in enumerate(OTHER_TYPES) if version >= since}
    others = {name: value for name, (_kind, value) in columns.items()}
    schema = "label text PRIMARY KEY, v text" + "".join(f", {name} {kind}" for name, (kind, _value) in columns.items())
    return Places(schema, {"text": lambda text: {"v": text, **others}})


PLACES: dict[str, Places] = {
    "columns": Places(
        "label text PRIMARY KEY, a ascii, t text, v varchar, b blob",
        {
            "ascii": lambda text: {"a": text},
            "text": lambda text: {"a": "other", "t": text, "b": b"other"},
            "varchar": lambda text: {"v": text},
            "blob": lambda text: {"b": text.encode()},
        },
    ),
    "MixedCase": Places(
        'label text PRIMARY KEY, "A ""Quoted"" Name" text, "select" text',
        {"quotes": lambda text: {'A "Quoted" Name': text}, "keyword": lambda text: {"select": text}},
    ),
    "key": Places("label text, k text PRIMARY KEY", {"text": lambda text: {"k": text}}),
    "key_blob": Places("label text, k blob PRIMARY KEY", {"blob": lambda text: {"k": text.encode()}}),
    "key_frozen": Places("label text, k frozen<list<text>> PRIMARY KEY", {"list": lambda text: {"k": ["favorites", text]}}),
    "key_composite": Places(
        "label text, a text, n int, b blob, c text, PRIMARY KEY ((a, n, b), c)",
        {
            "text": lambda text: {"a": text, "n": 1, "b": b"b", "c": "c"},
            "blob": lambda text: {"a": "a", "n": 1, "b": text.encode(), "c": "c"},
        },
    ),
    "key_of_other_types": Places(
        "label text, u uuid, i inet, t timestamp, n bigint, v text, PRIMARY KEY ((u, i), t, n, label)",
        {"text": lambda text: {"u": ID, "i": "192.0.2.7", "t": NOW, "n": 7, "v": text}},
    ),
    "clustering": Places(
        "label text, k uuid, c text, n bigint, b blob, f frozen<map<text, text>>, PRIMARY KEY (k, c, n, b, f)",
        {
            "text": lambda text: {"k": ID, "c": f"favorites:{text}:1", "n": 1, "b": b"b", "f": {}},
            "blob": lambda text: {"k": ID, "c": "c", "n": 1, "b": text.encode(), "f": {}},
            "frozen": lambda text: {"k": ID, "c": "c", "n": 1, "b": b"b", "f": {"contact": text}},
        },
        "WITH CLUSTERING ORDER BY (c DESC, n ASC, b DESC, f ASC)",
    ),
    "collections": Places(
        "label text PRIMARY KEY, l list<text>, s set<text>, mk map<text, bigint>, mbk map<blob, uuid>, mv map<text, text>, "
        "mbv map<int, blob>, f frozen<map<text, frozen<list<frozen<set<text>>>>>>, t tuple<int, text, blob>, lt list<frozen<tuple<int, text>>>",
        {
            "list": lambda text: {"l": ["other", text, "other"]},
            "set": lambda text: {"s": {"other", text}},
            "map-key": lambda text: {"mk": {"other": 1, text: 2}},
            "map-blob-key": lambda text: {"mbk": {b"\xff": ID, text.encode(): ID}},
            "map-value": lambda text: {"mv": {"a": "other", "b": text}, "l": ["other"]},
            "map-blob-value": lambda text: {"mbv": {1: b"\xff", 2: text.encode()}},
            "frozen": lambda text: {"f": {"a": [{"other"}, {"other", text}]}},
            "tuple": lambda text: {"t": (7, text, b"other")},
            "tuple-blob": lambda text: {"t": (7, None, text.encode())},
            "tuples": lambda text: {"lt": [(7, "other"), (8, text)]},
        },
    ),
}


def plant_places(garden: Garden) -> None:
    """Ann and Joann in each place."""
    for table, places in {**PLACES, "beside_other_types": beside_other_types(garden.site.version)}.items():
        garden.table(table, places.columns, places.options)
        for contact in (ANN, JOANN):
            for what, text in {"mail": contact.mail, "phone": contact.phone, "document": contact.document}.items():
                for way, cells in places.ways.items():
                    garden.insert(table, cells(text), label=f"{contact.name}-{way}-{what}", times=contact is ANN)


LOSSY_BYTES = ("cut-characters-around", "not-utf8-around-phone")
"""Nobody can say what the bytes beside it were, so that it may be a part of something longer: possible. What was cut off Joann's may hide Ann."""


def plant_spellings(garden: Garden) -> None:
    """All spellings, as texts and as bytes."""
    garden.table("spelled", "label text PRIMARY KEY, v text")
    garden.table("spelled_in_bytes", "label text PRIMARY KEY, v blob")
    for contact in (ANN, JOANN):
        for name, spelled in TEXTS.items():
            label, text = f"{contact.name}-{name}", spelled(contact)
            garden.insert("spelled", {"v": text}, label=label, times=contact is ANN)
            garden.insert("spelled_in_bytes", {"v": text.encode()}, label=label, times=contact is ANN)
        for name, as_bytes in BYTES.items():
            label, is_lossy = f"{contact.name}-{name}", name in LOSSY_BYTES
            garden.insert("spelled_in_bytes", {"v": as_bytes(contact)}, label=label, times=contact is ANN and not is_lossy)
            if is_lossy and (contact is ANN or name == "cut-characters-around"):
                garden.tables["spelled_in_bytes"].found[f"{label} (possible)"] = 1
    garden.table("neighbours", "label text PRIMARY KEY, v text")
    for number, text in enumerate(NEIGHBOURS):
        garden.insert("neighbours", {"v": text}, label=f"neighbour-{number}")


def plant_statics(garden: Garden) -> None:
    """CQL shows a static column in every row of its partition, and in a row of its own when there is no other one."""
    garden.table("statics", "label text, c text, s text static, v text, PRIMARY KEY (label, c)")
    garden.insert("statics", {"s": ANN.document}, label="ann-only-static", times=1)
    garden.insert("statics", {"s": JOANN.document}, label="joann-only-static")
    garden.insert("statics", {"s": ANN.document, "c": "a", "v": "x"}, label="ann-static", times=1)
    garden.insert("statics", {"c": "b", "v": JOANN.mail}, label="ann-static", times=1)
    garden.insert("statics", {"s": JOANN.document, "c": "a", "v": ANN.mail}, label="ann-in-a-row", times=1)
    garden.insert("statics", {"c": "b", "v": JOANN.mail}, label="ann-in-a-row")


def plant_odd_tables(garden: Garden) -> None:
    """Counters; a table without rows; one without texts; rows without values, and rows that were deleted."""
    garden.table("counters", "label text, name text, hits counter, PRIMARY KEY (label, name)")
    for contact in (ANN, JOANN):
        where = f"label = '{contact.name}-key' AND name = 'calls:{contact.mail}'"
        garden.execute(f"UPDATE {garden.quoted('counters')} SET hits = hits + 1 WHERE {where}")
        garden.grown("counters", f"{contact.name}-key", contact is ANN)
    garden.table("no_rows", "label text PRIMARY KEY, v text")
    garden.table("no_texts", "id uuid PRIMARY KEY, n bigint")
    for number in range(3):
        garden.insert("no_texts", {"id": uuid.UUID(int=number), "n": int(ANN.digits)})
    garden.tables["no_texts"].found["a row without a label"] = 3  # a number is a phone number, too
    garden.table("no_values", "label text PRIMARY KEY, v text, b blob, l list<text>")
    for number, value in enumerate((None, "", " ", "\t\r\n ", "\x00", '""', "{}", "[null]")):
        cells = {"v": value, "b": value if value is None else value.encode(), "l": [] if value is None else [value]}
        garden.insert("no_values", cells, label=f"nothing-{number}")
    garden.insert("no_values", {}, label="only-a-key")
    garden.insert("no_values", {"v": "", "b": ANN.mail.encode()}, label="ann-beside-nothing", times=1)
    garden.table("deleted", "label text PRIMARY KEY, v text")
    garden.insert("deleted", {"v": ANN.mail}, label="ann", times=1)
    garden.insert("deleted", {"v": None}, label="ann-whose-value-was-deleted")
    garden.execute(f"INSERT INTO {garden.quoted('deleted')} (label, v) VALUES ('gone', '{ANN.mail}')")
    garden.execute(f"DELETE FROM {garden.quoted('deleted')} WHERE label = 'gone'")


def plant_pages(garden: Garden) -> None:
    """A partition of many small pages, or one of several blocks of rows; and so many tombstones that the server adds a warning to each page."""
    garden.table("pages", "k int, n int, label text, v text, s text static, PRIMARY KEY (k, n)")
    for number in range(200):
        ann = number in (0, 71, 151, 199)
        contact = ANN if ann else JOANN
        text = contact.phone if number % 2 else contact.document
        garden.insert("pages", {"k": 1, "n": number, "v": text}, label=f"{contact.name}-{number}", times=ann)
    empty = [f"e{number}" for number in range(20)]
    garden.table("warnings", "k int, label text, v text, " + ", ".join(f"{name} text" for name in empty) + ", PRIMARY KEY (k, label)")
    for number in range(70):
        contact = ANN if number == 42 else JOANN
        cells = {"k": 1, "v": contact.mail, **dict.fromkeys(empty)}
        garden.insert("warnings", cells, label=f"{contact.name}-{number}", times=contact is ANN)


def plant_compressed(garden: Garden) -> None:
    """What the search does not unpack."""
    garden.table("compressed", "label text PRIMARY KEY, v blob, t text")
    for name, pack in COMPRESSED.items():
        packed = pack((ANN.document * 3).encode())
        garden.insert("compressed", {"v": packed, "t": packed.decode() if packed.isascii() else None}, label=name)


TABLES = (
    *PLACES,
    *("beside_other_types", "spelled", "spelled_in_bytes", "neighbours", "statics", "counters"),
    *("no_rows", "no_texts", "no_values", "deleted", "pages", "warnings", "compressed"),
)


@pytest.fixture(scope="module")
def garden(site: Site) -> Garden:
    """One keyspace with everything that each version can hold."""
    garden = Garden(site, "Planted")
    for plant in (plant_places, plant_spellings, plant_statics, plant_odd_tables, plant_pages, plant_compressed):
        plant(garden)
    return garden


@pytest.fixture(scope="module")
def searched(garden: Garden) -> _search.SearchOutcome:
    """One search of all of it."""
    return search(garden.site, garden.keyspace)


# ----------------------------------------------------------------------------------------------------------------------
# Tables that CQL made


@versions(*VERSIONS)
@pytest.mark.parametrize("table", TABLES)
def test_table(garden: Garden, searched: _search.SearchOutcome, table: str) -> None:
    garden.check(searched, table)


@versions(*VERSIONS)
def test_all_tables_are_read(garden: Garden, searched: _search.SearchOutcome) -> None:
    assert rows_read(searched) == {table: planted.rows for table, planted in garden.tables.items()}
    assert set(TABLES) == garden.tables.keys()


@versions(*VERSIONS)
@pytest.mark.parametrize("table", ["columns", "key_blob", "key_frozen", "key_composite", "key_of_other_types"])
def test_tokens(garden: Garden, searched: _search.SearchOutcome, table: str) -> None:
    """A finding leads back to its partition by the token that Cassandra computes."""
    session = garden.site.session
    session.cluster.refresh_table_metadata(garden.keyspace, table)
    key = ", ".join(column.name for column in session.cluster.metadata.keyspaces[garden.keyspace].tables[table].partition_key)
    tokens: Counter[int] = Counter()
    for label, token in session.execute(f"SELECT label, token({key}) FROM {garden.quoted(table)}"):
        tokens[int(token)] += garden.tables[table].found[label]
    assert tokens == Counter(OpaqueNames(SUBJECTS).token_of(finding) for finding in searched.findings if finding.table == table)


@versions(*VERSIONS)
def test_small_pages(garden: Garden) -> None:
    """Many pages for a partition, with static columns and with warnings before the rows; the paging state leads on."""
    plain = garden.site.session.execute_async(f"SELECT * FROM {garden.quoted('warnings')}")
    plain.result()
    assert plain.warnings, "the server was to warn of tombstones, which stands before the rows of a page"
    tables = ("pages", "warnings", "statics", "clustering")
    for page_size in (1, 7):
        searched = search(garden.site, garden.keyspace, tables=tables, page_size=page_size)
        for table in tables:
            garden.check(searched, table)


@versions(*VERSIONS)
def test_compressed_values_are_not_matched(garden: Garden) -> None:
    searched = search(garden.site, garden.keyspace, tables=["compressed"])
    assert searched.findings == ()
    assert rows_read(searched) == {"compressed": len(COMPRESSED)}
    # Each as a blob, the texts among them as a text, too; a raw deflate stream has no mark by which to tell it.
    assert searched.tables[0].not_searchable == 6


@versions(*VERSIONS)
def test_user_defined_types(site: Site) -> None:
    """2.2 tells names of types in hex, and the driver takes those without a letter for numbers: a search that was to read such a table is refused."""
    garden = Garden(site, "user_types")
    for table, kind in {"people": "person", "addresses": "address"}.items():
        garden.execute(f"CREATE TYPE {garden.quoted(kind)} (name text, contacts frozen<map<text, text>>)")
        garden.table(table, f"label text PRIMARY KEY, v frozen<{kind}>, l list<frozen<{kind}>>")
        for contact in (ANN, JOANN):
            values = [(contact.mail, {"other": "x"}), ("other", {"phone": contact.phone}), ("other", {contact.mail: "x"})]
            for number, value in enumerate(values):
                garden.insert(table, {"v": value}, label=f"{contact.name}-{number}", times=contact is ANN)
                garden.insert(table, {"l": [("other", {}), value]}, label=f"{contact.name}-list-{number}", times=contact is ANN)
    if site.version < (3,):
        message = refusal(site, garden.keyspace)
        assert " addresses (" in message
        assert " people (" not in message
        garden.check(search(site, garden.keyspace, excluded=["addresses"]), "people")
        return
    searched = search(site, garden.keyspace)
    garden.check(searched, "people")
    garden.check(searched, "addresses")


# ----------------------------------------------------------------------------------------------------------------------
# The layouts of the lab

FAVORITES = Group("favorites", "Favorites", "name")


def settings_of(contact: Contact) -> list[tuple[dict[str, Any], bool]]:
    """Settings with the contact, each with whether each @ is stored as an escape."""
    document = {"emailAddress": contact.mail, "phoneNumbers": [contact.phone]}
    plain: list[dict[str, Any]] = [
        {"name": f"{contact.name}-mail", "emailAddress": contact.mail},
        {"name": f"{contact.name}-phone", "phone": f"+49 30 {contact.line[:4]} {contact.line[4:]}"},
        {"name": f"{contact.name}-number", "phone": int(contact.digits)},
        {"name": f"{contact.name}-json", "value": json.dumps(document)},
        {"name": f"{contact.name}-key={contact.mail}", "value": 1},
    ]
    return [*((one, False) for one in plain), ({"name": f"{contact.name}-escaped", "value": document}, True)]


@versions(*VERSIONS)
@pytest.mark.parametrize(
    "layout",
    [
        *(pytest.param(kind(), id=name) for name, kind in LAYOUTS.items()),
        *(pytest.param(kind(compact=True), id=f"{kind.name}-compact") for kind in (WideLayout, BlobLayout)),
    ],
)
def test_layout(site: Site, layout: Layout) -> None:
    keyspace = f"{layout.name}_compact" if getattr(layout, "compact", False) else layout.name
    layout.create(site.session, keyspace)
    entries = [
        Entry(Owner("user", f"{number:032x}"), FAVORITES, setting, escape)
        for number, (setting, escape) in enumerate([*settings_of(ANN), *settings_of(JOANN)], 0xAB00)
    ]
    center = Owner("contact_center", CONTACT_CENTER)
    entries += [Entry(center, FAVORITES, {"name": f"{one.name}-center", "value": one.document}) for one in (ANN, JOANN)]
    layout.load([(owner, FAVORITES) for owner in dict.fromkeys(entry.owner for entry in entries)], entries)
    searched = search(site, keyspace)
    found: Counter[str] = Counter()
    for coverage in searched.tables:
        found += rows_found(searched, coverage.table, {entry.key_value for entry in entries})
    assert found == Counter([*(setting["name"] for setting, _escape in settings_of(ANN)), "ann-center"])
    rows = Counter(table for table, _key in layout.dump())
    assert rows_read(searched) == {table: rows[table] for table in site.session.cluster.metadata.keyspaces[keyspace].tables}


# ----------------------------------------------------------------------------------------------------------------------
# COMPACT STORAGE, and what Thrift made


@versions(*VERSIONS)
def test_compact_storage(site: Site) -> None:
    """Dense tables hide nothing, with any number of clustering columns, and without a value."""
    garden = Garden(site, "compact")
    garden.table("pairs", "label text, c text, v blob, PRIMARY KEY (label, c)", "WITH COMPACT STORAGE")
    garden.table("several", "label text, c text, d text, v text, PRIMARY KEY (label, c, d)", "WITH COMPACT STORAGE")
    garden.table("only_keys", "label text, c text, PRIMARY KEY (label, c)", "WITH COMPACT STORAGE")
    for contact in (ANN, JOANN):
        times = contact is ANN
        for name, text in {"mail": contact.mail, "phone": contact.phone, "document": contact.document}.items():
            label = f"{contact.name}-{name}"
            garden.insert("pairs", {"c": "c", "v": text.encode()}, label=label, times=times)
            garden.insert("several", {"c": "c", "d": text, "v": "v"}, label=label, times=times)
            garden.insert("only_keys", {"c": text}, label=label, times=times)
        garden.insert("several", {"c": "c", "v": contact.mail}, label=f"{contact.name}-half", times=times)
    for table in garden.tables:
        garden.check(search(site, garden.keyspace, tables=[table]), table)
    garden.check(search(site, garden.keyspace), "several")


@versions(*VERSIONS)
def test_static_compact_storage(site: Site) -> None:
    """A compact table without clustering columns may hide what Thrift wrote; only 3.x shows it, to a session that asks for it."""
    garden = Garden(site, "static_compact")
    garden.table("favorites", "label text PRIMARY KEY, v text", "WITH COMPACT STORAGE")
    for contact in (ANN, JOANN):
        garden.insert("favorites", {"v": contact.document}, label=contact.name, times=contact is ANN)
    if (3,) <= site.version < (4,):
        garden.check(search(site, garden.keyspace), "favorites")
    else:
        assert " favorites (" in refusal(site, garden.keyspace)
        assert search(site, garden.keyspace, excluded=["favorites"]).tables == ()


def dynamic(*components: bytes) -> bytes:
    """A value of DynamicCompositeType: before each component the letter of its type, with the highest bit set."""
    return b"".join(b"\x80s" + composite(component) for component in components)


@dataclass(frozen=True)
class Family:
    """A column family that Thrift makes. Each contact is planted in all of `places`; the wrappers make names and keys out of a text."""

    options: Mapping[str, Any]
    places: tuple[str, ...] = ("value", "name", "key")
    key: Callable[[bytes], bytes] = bytes
    name: Callable[[bytes], bytes] = bytes
    value: Callable[[bytes], bytes] = bytes
    label: Callable[[bytes], bytes] = bytes
    """Makes a value out of a label."""
    declared: bytes = b""
    """The name of a declared column: CQL shows it, and hides the others. 2.2 hides them from everybody."""


UTF8 = {"comparator": "UTF8Type", "key": "UTF8Type", "default": "UTF8Type"}
FAMILIES = {
    "dense": Family(UTF8),
    "only_bytes": Family({}, name=lambda text: b"\xfe" + text + b"\xc3", value=lambda text: b"\xff" + text + b"\x00\xc3"),
    "no_validator": Family({"comparator": "UTF8Type"}),
    "long_names": Family({**UTF8, "comparator": "LongType"}, ("value", "key"), name=lambda text: len(text).to_bytes(8, "big")),
    "composites": Family(
        {**UTF8, "comparator": "CompositeType(LongType,UTF8Type)", "key": "CompositeType(UTF8Type,UTF8Type)"},
        key=lambda text: composite(b"favorites", text),
        name=lambda text: composite(bytes(8), text),
    ),
    "composite_values": Family(
        {**UTF8, "default": "CompositeType(UTF8Type,UTF8Type)"},
        ("value", "key"),
        value=lambda text: composite(b"x", text.ljust(97)),
        label=composite,
    ),
    "dynamic_composites": Family(
        {**UTF8, "comparator": "DynamicCompositeType(s=>UTF8Type)"}, name=lambda text: dynamic(b"favorites", text)
    ),
    # The length of the address stands right before it, and 97 is the letter a, 48 the digit 0.
    "dynamic_composites_97": Family(
        {**UTF8, "comparator": "DynamicCompositeType(s=>UTF8Type)"}, ("name",), name=lambda text: dynamic(text.ljust(97))
    ),
    "dynamic_composites_48": Family(
        {**UTF8, "comparator": "DynamicCompositeType(s=>UTF8Type)"}, ("name",), name=lambda text: dynamic(text.ljust(48))
    ),
    "super": Family({**UTF8, "sub_comparator": "UTF8Type"}, ("value", "name", "super name", "key")),
    "super_of_bytes": Family({"sub_comparator": "BytesType"}, ("value", "name", "super name", "key")),
    "static": Family({**UTF8, "columns": {b"mail": "UTF8Type"}}, ("value", "name", "key", "declared", "beside"), declared=b"mail"),
    "static_only_hidden": Family(
        {**UTF8, "key": "CompositeType(UTF8Type,UTF8Type)", "columns": {b"mail": "UTF8Type"}},
        key=lambda text: composite(b"favorites", text),
        declared=b"mail",
    ),
    "static_of_bytes": Family({"columns": {b"mail": "UTF8Type"}}, ("value", "name", "key", "declared", "beside"), declared=b"mail"),
    "static_of_longs": Family(
        {**UTF8, "comparator": "LongType", "columns": {bytes(8): "UTF8Type"}},
        ("value", "key", "declared", "beside"),
        name=lambda text: (1 + len(text)).to_bytes(8, "big"),
        declared=bytes(8),
    ),
    "super_static": Family(
        {**UTF8, "sub_comparator": "UTF8Type", "columns": {b"mail": "UTF8Type"}},
        ("value", "name", "super name", "key", "declared"),
        declared=b"mail",
    ),
}
HIDING = [name for name, family in FAMILIES.items() if family.declared]


def plant_family(garden: Garden, client: ThriftClient, name: str, family: Family) -> None:
    """Rows of one column each, but for `beside`: a declared one with the contact, a hidden one without."""
    client.create(name, **family.options)
    super_name = b"super" if "sub_comparator" in family.options else None
    for contact in (ANN, JOANN):
        for place in family.places:
            for what, text in {"mail": contact.mail, "phone": contact.phone}.items():
                label = f"{contact.name}-{place.replace(' ', '-')}-{what}"
                held, plain = text.encode(), label.encode()
                key, columns, above = family.key(plain), {family.name(b"x"): family.value(b"x")}, super_name
                if place == "value":
                    columns = {family.name(b"x"): family.value(held)}
                elif place == "name":
                    columns = {family.name(held): family.value(b"x")}
                elif place == "key":
                    key, columns, above = family.key(held), {family.name(b"x"): family.label(plain)}, above and plain
                elif place == "super name":
                    above = held
                elif place == "declared":
                    columns = {family.declared: held}
                elif place == "beside":
                    columns[family.declared] = held
                client.insert(name, key, columns, super_column=above)
                garden.grown(name, label, contact is ANN)


@pytest.fixture(scope="module")
def thrift(site: Site) -> Garden:
    """A keyspace in which Thrift made all tables. A client that does not ask for hidden columns has prepared statements before the search."""
    garden = Garden(site, "thrift")
    with ThriftClient(site.node, garden.keyspace) as client:
        for name, family in FAMILIES.items():
            plant_family(garden, client, name, family)
    for table in garden.tables:
        for cql in (
            f"SELECT * FROM {garden.keyspace}.{table}",
            f"SELECT * FROM {garden.quoted(table)}",
            f"SELECT key FROM {garden.quoted(table)}",
        ):
            site.session.prepare(cql)
    return garden


@versions(*THRIFT_VERSIONS)
@pytest.mark.parametrize("family", FAMILIES)
def test_thrift(thrift: Garden, family: str) -> None:
    """2.2 shows nobody the hidden columns: better no search than half of one."""
    if thrift.site.version < (3,) and family in HIDING:
        assert f" {family} (" in refusal(thrift.site, thrift.keyspace, tables=[family])
    else:
        thrift.check(search(thrift.site, thrift.keyspace, tables=[family]), family)


@versions(*THRIFT_VERSIONS)
def test_thrift_keyspace(thrift: Garden) -> None:
    excluded = []
    if thrift.site.version < (3,):
        message = refusal(thrift.site, thrift.keyspace)
        assert [family for family in FAMILIES if f" {family} (" in message] == HIDING
        excluded = HIDING
    searched = search(thrift.site, thrift.keyspace, excluded=excluded)
    assert rows_read(searched).keys() == FAMILIES.keys() - set(excluded)
    for family in rows_read(searched):
        thrift.check(searched, family)


@versions("3.11.19")
def test_prepared_statements_hide_nothing(thrift: Garden) -> None:
    """The trap is there: the server gives a session that asks for hidden columns what another one has prepared without."""
    node, everything = thrift.site.node, f"SELECT * FROM {thrift.quoted('static_only_hidden')}"
    with Cluster([node.address], port=node.cql_port, protocol_version=4, no_compact=True) as cluster:
        session = cluster.connect()
        assert not list(session.execute(session.prepare(everything)))
        assert len(list(session.execute(everything))) == thrift.tables["static_only_hidden"].rows
    thrift.check(search(thrift.site, thrift.keyspace, tables=["static_only_hidden"]), "static_only_hidden")
