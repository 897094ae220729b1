# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whoever holds everything that runs left behind, but not the site's key, tries out ten thousand phone numbers: none of them is confirmed."""

from __future__ import annotations

import base64
import hashlib
import hmac
import itertools
import json
import re
import subprocess
import zlib
from collections.abc import Iterator
from typing import Any

import pytest
from cassandra.metadata import MD5Token, Murmur3Token

from tests.integration.conftest import SMALL
from tests.integration.support import PASSWORD, Player
from tests.lab.gws import GwsConfig
from tests.lab.lab import Lab

NUMBER = 3721
PHONE = f"+1202555{NUMBER:04}"
CANDIDATES = [f"+1202555{number:04}" for number in range(10_000)]
PREFIX = 12


def spellings(phone: str) -> Iterator[bytes]:
    """What a careless program would make a code of."""
    digits, national = phone[1:], phone[2:]
    spelled = [phone, digits, national, f"({national[:3]}) {national[3:6]}-{national[6:]}", f"tel:{phone}", f"00{digits}"]
    literal = phone
    spelled += [
        f"Phone(country_code='1', national='{national}', extension='', literal='{literal}')",
        json.dumps([phone]),
        json.dumps({"phone": phone}),
    ]
    spelled += ["\x00".join(sorted(["exact", "US", one])) for one in list(spelled)] + [
        "\x00".join(sorted(["exact", "", one])) for one in list(spelled)
    ]
    for text in spelled:
        yield text.encode()
        inner = hashlib.sha256(text.encode()).digest()
        for label in (b"search\x00", b"names\x00", b"checkpoint\x00", b"number", b"phone\x00", b"p\x00"):
            yield label + text.encode()
            yield label + inner


def codes(data: bytes) -> Iterator[str]:
    """Codes of some bytes without a key, as they would be printed."""
    for name in ("md5", "sha1", "sha256", "sha512", "blake2b", "sha3_256"):
        digest = hashlib.new(name, data).digest()
        yield digest.hex()[:PREFIX]
        yield base64.b64encode(digest).decode()[:PREFIX]
    for key in (b"", b"search", b"names", b"genesys.gws"):
        yield hmac.digest(key, data, "sha256").hex()[:PREFIX]
    yield str(zlib.crc32(data))


def tokens(phone: str) -> Iterator[int]:
    """Where Cassandra puts rows with such a key: anybody can compute it."""
    for text in (phone, phone[1:], phone[2:]):
        yield Murmur3Token.from_key(text.encode()).value
        yield MD5Token.from_key(text.encode()).value


def seen_in(artifacts: dict[str, bytes]) -> tuple[set[str], set[int], str]:
    text = "\n".join([*artifacts, *(content.decode("utf-8", "replace") for content in artifacts.values())])
    words = {run[start : start + PREFIX] for run in re.findall(r"[0-9a-zA-Z+/]{12,}", text) for start in (0, 1, 2)}
    words |= set(re.findall(r"\b\d{8,10}\b", text))
    numbers = {int(number) for number in re.findall(r"-?\d{12,}", text)} | {int(run, 16) for run in re.findall(r"\b[0-9a-f]{16}\b", text)}
    return words, numbers, text


@pytest.fixture(scope="module")
def artifacts(session_lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, bytes]]:
    """Everything that a dry run, an erasure, a search on a scan host and one that was stopped leave; the number is the key of a row, too."""
    lab, tmp_path = session_lab, tmp_path_factory.mktemp("attack")
    player = Player(lab, tmp_path)
    lab.reset(layout="wide", people=SMALL, config=GwsConfig(password=PASSWORD))
    lab.session.execute(f'CREATE TABLE IF NOT EXISTS "{lab.keyspace}".by_phone (phone text PRIMARY KEY, note text)')
    lab.session.execute(f"INSERT INTO \"{lab.keyspace}\".by_phone (phone, note) VALUES ('{PHONE}', 'call {PHONE}')")
    lab.session.execute(f"INSERT INTO \"{lab.keyspace}\".by_phone (phone, note) VALUES ('{PHONE[1:]}', 'x')")
    folder = tmp_path / "kept"
    folder.mkdir()
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(tmp_path / "key")], check=True)
    given = {
        "search": PHONE,
        "forget_me_report_dir": str(folder / "reports"),
        "forget_me_receipt_key": (tmp_path / "key").read_text(),
        "forget_me_ledger": str(folder / "ledger.jsonl"),
        "forget_me_outside": "report",
    }
    found: dict[str, bytes] = {}
    for name, options in (("dry", {}), ("erase", {"cleanup": True})):
        run = player(timeout=300, arguments=("-vvv",), **given, **options)
        assert run.rc == 0, run.said()
        found[f"stdout of {name}"] = (run.stdout + run.stderr).encode()
    scan_options: dict[str, Any] = {
        **player.cassandra(),
        "search": PHONE,
        "checkpoint_dir": str(folder / "checkpoints"),
        "scan_hosts": [lab.node.address],
        "scan_host": lab.node.address,
        "key_file": str(player.work_dir / "key"),
    }
    scan = player.play(
        [
            {"genesys.gws.gws_pii_search": scan_options, "register": "found"},
            {
                "ansible.builtin.copy": {"content": "{{ found | to_json }}", "dest": str(folder / "findings.json"), "mode": "0600"},
                "no_log": True,
            },
        ]
    )
    run = player(scan, plain=True, arguments=("-vvv",))
    assert run.rc == 0, run.said()
    found["stdout of a scan host"] = (run.stdout + run.stderr).encode()
    for path in [*folder.rglob("*"), *player.work_dir.rglob("*")]:
        if path.is_file() and path.name != "key":
            found[str(path.relative_to(tmp_path))] = path.read_bytes()
    yield found
    lab.session.execute(f'DROP TABLE "{lab.keyspace}".by_phone')


def confirmed_in(artifacts: dict[str, bytes], others: int = 300) -> set[tuple[str, str]]:
    """(how, number) of each candidate that something in the artifacts confirms.

    Codes of all candidates would take minutes: the right one has to stand out from as many as ``others``.
    """
    words, numbers, text = seen_in(artifacts)
    confirmed = set()
    for phone in CANDIDATES:
        plain = (phone[1:], phone[2:], f"{phone[5:8]}-{phone[8:]}", phone[5:])
        if any(one in text for one in plain):
            confirmed.add(("plain", phone))
        if any(token in numbers or -token in numbers or token % 2**64 in numbers for token in tokens(phone)):
            confirmed.add(("token", phone))
    near = range(NUMBER - others // 2, NUMBER + others // 2)
    for number, data in itertools.chain.from_iterable(((number, data) for data in spellings(CANDIDATES[number])) for number in near):
        if any(code in words for code in codes(data)):
            confirmed.add(("code", CANDIDATES[number]))
    return confirmed


def test_nobody_confirms_a_number_without_the_key(artifacts: dict[str, bytes]) -> None:
    kinds = ("report", "receipt", "ledger", "checkpoint", "stdout", "findings")
    assert all(any(kind in name for name in artifacts) for kind in kinds), list(artifacts)
    assert json.loads(next(content for name, content in artifacts.items() if "findings" in name))["matches"] >= 2, (
        "there is something to confirm"
    )
    confirmed = confirmed_in(artifacts)
    assert PHONE not in {phone for _how, phone in confirmed}, confirmed
    assert len(confirmed) <= 30, "chance alone confirms few"


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


UNKEYED = {
    "a digest of the number as the search id": {"report.json": json.dumps({"search_id": _sha256(PHONE)[:16]})},
    "a digest of the parsed number": {
        "receipt.json": _sha256(f"Phone(country_code='1', national='{PHONE[2:]}', extension='', literal='{PHONE}')")
    },
    "a digest of a list": {"stdout": f"Plan: {_sha256(json.dumps([PHONE]))}"},
    "a code whose key everybody has": {"ledger.jsonl": hmac.digest(b"names", PHONE[2:].encode(), "sha256").hex()},
    "a digest of a digest": {"findings.json": hashlib.sha256(b"search\x00" + hashlib.sha256(PHONE.encode()).digest()).hexdigest()},
    "the name of a file": {f"checkpoint-{hashlib.blake2b(PHONE.encode()).hexdigest()[:16]}": ""},
    "a checksum": {"journal": f'{{"row": {zlib.crc32(PHONE.encode())}}}'},
    "the token of the row": {"checkpoint": f"[{Murmur3Token.from_key(PHONE.encode()).value}]"},
    "the token, as it lies in a ring of RandomPartitioner": {"findings": str(MD5Token.from_key(PHONE[1:].encode()).value)},
    "the number itself": {"events": f"call 555-{NUMBER:04} now"},
}


@pytest.mark.parametrize("which", UNKEYED)
def test_one_unkeyed_reference_would_be_seen(which: str) -> None:
    """The attack is worth something: where one thing is not keyed, the right number stands out."""
    confirmed = {phone for _how, phone in confirmed_in({name: content.encode() for name, content in UNKEYED[which].items()}, others=20)}
    assert confirmed == {PHONE}


def test_token_ranges_do_not_narrow_it_down(artifacts: dict[str, bytes]) -> None:
    """A token range in which something was found would leave one number in many: no artifact but the share's own list of all ranges has any."""
    for name, content in artifacts.items():
        # Ansible's names for temporary folders hold random numbers that look like tokens.
        decoded = re.sub(r"ansible-(?:tmp|local)-[\w.-]+", "", content.decode("utf-8", "replace"))
        if "findings.json" in name:
            result = json.loads(decoded)
            ranges = result["share"]["read"]
            assert all(sum(int(end) - int(start) for start, end in parts) >= 2**63 for parts in ranges.values()), (
                "all of the ring, not some of it"
            )
            decoded = json.dumps(result["findings"])
        assert not [number for number in re.findall(r"(?<![0-9a-f])-?\d{15,}(?![0-9a-f:])", decoded) if len(number.lstrip("-")) <= 20], name
