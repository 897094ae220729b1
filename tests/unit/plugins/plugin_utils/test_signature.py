# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Signed with a key that lies nowhere, checked with ssh-keygen and nothing of ours."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from ansible_collections.genesys.gws.plugins.module_utils._core.errors import InputError
from ansible_collections.genesys.gws.plugins.plugin_utils import _signature
from ansible_collections.genesys.gws.plugins.plugin_utils._signature import NAMESPACE, Signer

DATA = b'{"a": 1}\n'


def key_pair(folder: Path, *options: str) -> str:
    folder.mkdir(exist_ok=True)
    path = folder / "key"
    subprocess.run(["ssh-keygen", "-q", "-N", "", "-C", "", "-f", str(path), *(options or ("-t", "ed25519"))], check=True)
    return path.read_text()


def verifies(folder: Path, data: bytes, signed: bytes, namespace: str = NAMESPACE) -> bool:
    """What an auditor does: a list of signers, the receipt, its signature."""
    (folder / "signers").write_text("dpo@example.com " + (folder / "key.pub").read_text())
    (folder / "receipt.sig").write_bytes(signed)
    command = ["ssh-keygen", "-Y", "verify", "-f", "signers", "-I", "dpo@example.com", "-n", namespace, "-s", "receipt.sig"]
    return subprocess.run(command, cwd=folder, input=data, capture_output=True, check=False).returncode == 0


def test_signed_and_verified_by_anybody(tmp_path: Path) -> None:
    text = key_pair(tmp_path / "k")
    for spelled in (text, text.strip(), text.replace("\n", "\r\n"), "\n" + text + "\n"):
        signer = Signer(spelled)
        signed = signer.sign(DATA)
        assert verifies(tmp_path / "k", DATA, signed)
    listed = subprocess.run(["ssh-keygen", "-l", "-f", str(tmp_path / "k/key.pub")], capture_output=True, text=True, check=True).stdout
    assert signer.fingerprint == listed.split()[1]
    assert not verifies(tmp_path / "k", DATA, signed, "file")
    for bit in range(8 * len(DATA)):
        changed = bytearray(DATA)
        changed[bit // 8] ^= 1 << bit % 8
        if bit % 7 == 0:
            assert not verifies(tmp_path / "k", bytes(changed), signed)


def test_checked_by_us(tmp_path: Path) -> None:
    signer, other = Signer(key_pair(tmp_path / "k")), Signer(key_pair(tmp_path / "o"))
    path = tmp_path / "sig"
    path.write_bytes(signer.sign(DATA))
    assert signer.has_signed(DATA, str(path))
    assert not signer.has_signed(DATA + b" ", str(path))
    assert not other.has_signed(DATA, str(path))
    assert not signer.has_signed(DATA, str(tmp_path / "none"))


@pytest.mark.parametrize("memory", [True, False])
def test_the_key_is_left_nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, memory: bool) -> None:
    text = key_pair(tmp_path / "k")
    files = tmp_path / "files"
    files.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(files))
    seen: list[tuple[list[str], int]] = []
    run = _signature._run

    def watched(command: list[str], data: bytes, fds: tuple[int, ...]) -> bytes | None:
        mode = os.stat(command[command.index("-f") + 1]).st_mode
        seen.append((command, mode & 0o777))
        assert bool(list(files.rglob("*"))) is not memory
        return run(command, data, fds)

    monkeypatch.setattr(_signature, "_run", watched)
    if not memory:
        monkeypatch.delattr(os, "memfd_create")
    assert verifies(tmp_path / "k", DATA, Signer(text).sign(DATA))
    assert {mode for _command, mode in seen} == {0o600}
    assert not any(line in " ".join(command) for command, _mode in seen for line in text.splitlines())
    assert list(files.iterdir()) == []


def test_a_key_that_can_not_be_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    good = key_pair(tmp_path / "good")
    with_passphrase = tmp_path / "passphrase"
    with_passphrase.mkdir()
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "passphrase", "-f", str(with_passphrase / "key")], check=True)
    texts = ["", "canary7391", (tmp_path / "good/key.pub").read_text(), good[:150] + good[160:], (with_passphrase / "key").read_text()]
    for text in texts:
        with pytest.raises(InputError) as caught:
            Signer(text)
        assert caught.value.code == "bad_receipt_key"
        assert "\n" not in caught.value.message
        assert not text or text[:10] not in caught.value.message
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(InputError) as caught:
        Signer(good)
    assert caught.value.code == "no_ssh_keygen"
