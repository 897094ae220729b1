# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Signatures that can be verified with OpenSSH alone: ``ssh-keygen -Y sign`` and ``-Y verify`` (OpenSSH 8.2 and later).

The private key is never written to a file system: it is passed in anonymous memory (Linux). Without it, in a file of mode 0600 in a folder of mode
0700, which is removed in any case.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import os
import shutil
import subprocess
import tempfile
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._core.errors import InputError
from ansible_collections.genesys.gws.plugins.module_utils._evidence import private_file

NAMESPACE = "erasure-receipt"
_PRINCIPAL = "forget_me"
_PATIENCE = 30.0  # seconds; it takes milliseconds, unless it waits for somebody to type a passphrase


class Signer:
    """Signs with an OpenSSH private key, given as text.

    :raises InputError: when ssh-keygen is missing or too old, or the key can't be used without asking somebody.
    """

    def __init__(self, private_key: str) -> None:
        self._tool = _tool()
        self._key = private_key.replace("\r\n", "\n").strip().encode() + b"\n"
        if b"PRIVATE KEY-----" not in self._key:
            raise InputError(
                "bad_receipt_key",
                "forget_me_receipt_key is not an OpenSSH private key: use the content of the file that ssh-keygen created.",
            )
        with _handed_over(self._key) as (path, fds):
            done = _run([self._tool, "-y", "-P", "", "-f", path], b"", fds)
        if done is None or not done.startswith(b"ssh-"):
            raise InputError(
                "bad_receipt_key",
                "forget_me_receipt_key can't be used: it is damaged, or protected by a passphrase (keep it in Ansible Vault instead).",
            )
        self.public_key = " ".join(done.decode("ascii", "replace").split()[:2])
        self.sign(b"")  # a key that can be read may still be of a kind that does not sign

    @property
    def fingerprint(self) -> str:
        """The fingerprint of the key, as ``ssh-keygen -l`` shows it."""
        blob = base64.b64decode(self.public_key.split()[1])
        return "SHA256:" + base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")

    def sign(self, data: bytes) -> bytes:
        """The signature of these bytes, armored."""
        with _handed_over(self._key) as (path, fds):
            signature = _run([self._tool, "-Y", "sign", "-f", path, "-n", NAMESPACE], data, fds)
        if signature is None:
            raise InputError(
                "bad_receipt_key", "ssh-keygen can't sign with forget_me_receipt_key: use an Ed25519 key (ssh-keygen -t ed25519)."
            )
        return signature

    def has_signed(self, data: bytes, signature: str) -> bool:
        """Whether the file ``signature`` is a signature of these bytes by this key."""
        with tempfile.TemporaryDirectory(prefix="gws_pii-") as folder:
            signers = os.path.join(folder, "signers")
            with open(signers, "w", encoding="ascii") as stream:
                stream.write(f'{_PRINCIPAL} namespaces="{NAMESPACE}" {self.public_key}\n')
            command = [self._tool, "-Y", "verify", "-f", signers, "-I", _PRINCIPAL, "-n", NAMESPACE, "-s", signature]
            return _run(command, data, ()) is not None


def _tool() -> str:
    tool = shutil.which("ssh-keygen")
    if tool is None:
        raise InputError("no_ssh_keygen", "A receipt needs ssh-keygen (OpenSSH 8.2 or later) on the control node: install openssh-client.")
    return tool


def _run(command: list[str], data: bytes, fds: t.Sequence[int]) -> bytes | None:
    """What a command prints; None when it failed. Nobody is asked for anything: no terminal, no agent."""
    environment = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C", "HOME": os.environ.get("HOME", "/")}
    try:
        done = subprocess.run(
            command,
            input=data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            pass_fds=fds,
            start_new_session=True,
            timeout=_PATIENCE,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout if done.returncode == 0 else None


@contextlib.contextmanager
def _handed_over(key: bytes) -> t.Iterator[tuple[str, tuple[int, ...]]]:
    """A path under which a child process reads the key, and the descriptors that it has to inherit."""
    create = getattr(os, "memfd_create", None)
    if create is not None and os.path.isdir("/proc/self/fd"):
        handle = create("key", 0)
        try:
            os.fchmod(handle, 0o600)
            os.write(handle, key)
            yield f"/proc/self/fd/{handle}", (handle,)
        finally:
            os.close(handle)
        return
    with tempfile.TemporaryDirectory(prefix="gws_pii-") as folder:
        path = os.path.join(folder, "key")
        private_file.write_new(path, key)
        yield path, ()
