# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Keys: they make references, digests and names that leave a module useless for testing guesses of phone numbers. Pure, no I/O.

There is one secret per site. From it a key is derived for each purpose, so that codes for different purposes are unrelated, and a host that has one
derived key can't compute any other. The secret is a text; it is stretched, so that a passphrase is no weak spot.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import hmac
import secrets
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._core.errors import InputError

SHORTEST = 12  # characters of a site's secret
_STRETCHING = 200_000  # rounds of PBKDF2: a tenth of a second
_SALT = b"genesys.gws site key 1"
_SEARCH_KEY = "gws-pii-search-key:"
_NONCE = 16
_TAG = 16


class Key:
    """A key for one purpose. It is never shown: its ``repr`` is constant."""

    def __init__(self, material: bytes) -> None:
        self._material = material

    def __repr__(self) -> str:
        return "Key(...)"

    def derive(self, purpose: str, *context: bytes) -> Key:
        """The key of a purpose, and of a context within it."""
        return Key(self.digest("derive", purpose.encode(), *context))

    def digest(self, purpose: str, *parts: bytes) -> bytes:
        """32 bytes that depend on the key, the purpose and each part. :raises ValueError: without a key (a bug)."""
        if not self._material:
            raise ValueError("there is no key")
        framed = b"".join(len(part).to_bytes(8, "big") + part for part in (purpose.encode(), *parts))
        return hmac.digest(self._material, framed, "sha256")

    def code(self, purpose: str, *parts: bytes, length: int = 16) -> str:
        """The same as ``length`` hexadecimal digits."""
        return self.digest(purpose, *parts).hex()[:length]

    def quick_code(self, data: bytes) -> str:
        """A code of 16 hexadecimal digits in half the time: for a key that was derived for this purpose alone."""
        return hmac.digest(self._material, data, "sha256")[:8].hex()

    def masked(self, nonce: bytes, data: bytes) -> bytes:
        """Mask data, keeping its length; masking again restores it. A nonce must not be used for different data."""
        stream = hashlib.shake_256(self.digest("mask", nonce)).digest(len(data))
        return (int.from_bytes(data, "big") ^ int.from_bytes(stream, "big")).to_bytes(len(data), "big")

    def seal(self, data: bytes) -> str:
        """Encrypt and authenticate data as a text."""
        nonce = secrets.token_bytes(_NONCE)
        masked = nonce + self.masked(nonce, data)
        return base64.b64encode(masked + self.digest("tag", masked)[:_TAG]).decode("ascii")

    def open(self, sealed: str) -> bytes | None:
        """Decrypt a sealed text; None if it was sealed with another key, or changed."""
        try:
            raw = base64.b64decode(sealed, validate=True)
        except ValueError:
            return None
        masked, tag = raw[:-_TAG], raw[-_TAG:]
        if len(raw) < _NONCE + _TAG or not hmac.compare_digest(tag, self.digest("tag", masked)[:_TAG]):
            return None
        return self.masked(masked[:_NONCE], masked[_NONCE:])


NO_KEY = Key(b"")
"""Used where no code may leave; using it is a bug, and raises."""


class SiteKey:
    """The keys of a site's secret. ``search`` is used for everything that searches and plans return, ``ledger`` for the ledger."""

    def __init__(self, root: Key) -> None:
        self.search = root.derive("search")
        self.ledger = root.derive("ledger")
        self.key_id = root.code("key id")

    @property
    def search_text(self) -> str:
        """The search key as a text, for a host that only searches."""
        return _SEARCH_KEY + self.search._material.hex()


def site_key(text: str) -> SiteKey:
    """The keys of a site. :raises InputError: if the secret is too short, or is only a search key."""
    stripped = text.strip()
    if stripped.startswith(_SEARCH_KEY):
        raise InputError("bad_key", "key is a search-only key: set the site's own secret (forget_me_key).")
    if len(stripped) < SHORTEST:
        raise InputError("bad_key", f"key (forget_me_key) is shorter than {SHORTEST} characters: generate one with openssl rand -hex 32.")
    return SiteKey(_stretched(stripped))


def search_key(text: str) -> Key:
    """The search key out of a site's secret, or of ``SiteKey.search_text``. :raises InputError: as ``site_key`` does."""
    stripped = text.strip()
    if not stripped.startswith(_SEARCH_KEY):
        return site_key(stripped).search
    try:
        material = bytes.fromhex(stripped[len(_SEARCH_KEY) :])
    except ValueError:
        material = b""
    if len(material) != hashlib.sha256().digest_size:
        raise InputError("bad_key", "key is a damaged search key.")
    return Key(material)


@functools.lru_cache(maxsize=4)
def _stretched(text: str) -> Key:
    return Key(hashlib.pbkdf2_hmac("sha256", text.encode("utf-8", "surrogatepass"), _SALT, _STRETCHING))


def framed(texts: t.Iterable[str]) -> bytes:
    """Texts as one part of a digest: other texts make other bytes."""
    encoded = [text.encode("utf-8", "surrogatepass") for text in texts]
    return b"".join(len(text).to_bytes(8, "big") + text for text in encoded)
