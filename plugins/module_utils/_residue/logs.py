# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""The heads of commit logs and hints. Pure."""

from __future__ import annotations

import json
import struct
import typing as t
import zlib

from ansible_collections.genesys.gws.plugins.module_utils._residue import unreadable
from ansible_collections.genesys.gws.plugins.module_utils._residue.unreadable import Unreadable

_COMMIT_LOG_WITH_PARAMETERS = 5  # 2.2
_COMMIT_LOG_VERSIONS = range(2, 9)
_HINTS_VERSIONS = range(1, 4)


def commit_log_header(head: bytes) -> tuple[str | None, int]:
    """The compressor (None: not compressed), and where the first section begins.

    A segment of nothing but zeroes was made in advance. :raises Unreadable: when it is encrypted or not known.
    """
    if not any(head):
        return None, 0
    try:
        version, identity = struct.unpack_from(">iq", head)
        if version not in _COMMIT_LOG_VERSIONS:
            raise Unreadable(unreadable.UNKNOWN_VERSION)
        checksum = zlib.crc32(head[:4])
        checksum = zlib.crc32(struct.pack(">II", identity & 0xFFFFFFFF, identity >> 32 & 0xFFFFFFFF), checksum)
        place, parameters = 12, b""
        if version >= _COMMIT_LOG_WITH_PARAMETERS:
            (length,) = struct.unpack_from(">H", head, 12)
            parameters = head[14 : 14 + length]
            checksum = zlib.crc32(parameters, zlib.crc32(struct.pack(">i", length), checksum))
            place = 14 + length
        (wanted,) = struct.unpack_from(">I", head, place)
    except struct.error:
        raise Unreadable(unreadable.DAMAGED_METADATA, passing=True) from None
    if version >= _COMMIT_LOG_WITH_PARAMETERS and wanted != checksum:
        raise Unreadable(unreadable.DAMAGED_METADATA, passing=True)
    return _compressor(_parameters(parameters), "compressionClass", ("encCipher",)), place + 4


def hints_header(head: bytes) -> tuple[str | None, int]:
    """The compressor (None: not compressed), and where the first hint begins. :raises Unreadable: when it is encrypted or not known."""
    try:
        version, _time, _high, _low, length, checksum = struct.unpack_from(">iqqqiI", head)
        if version not in _HINTS_VERSIONS:
            raise Unreadable(unreadable.UNKNOWN_VERSION)
        (of_parameters,) = struct.unpack_from(">I", head, 36 + length)
    except struct.error:
        raise Unreadable(unreadable.DAMAGED_METADATA, passing=True) from None
    parameters = head[36 : 36 + length]
    if zlib.crc32(parameters, checksum) != of_parameters:  # the checksum of the parameters goes on from that of the numbers
        raise Unreadable(unreadable.DAMAGED_METADATA, passing=True)
    found = _parameters(parameters)
    nested = found.get("compression")
    if "encryption" in found:
        raise Unreadable(unreadable.ENCRYPTED)
    return _compressor(nested if isinstance(nested, dict) else {}, "class_name", ()), 40 + length


def _parameters(data: bytes) -> dict[str, t.Any]:
    if not data.strip():
        return {}
    try:
        found = json.loads(data)
    except ValueError:
        raise Unreadable(unreadable.DAMAGED_METADATA) from None
    return found if isinstance(found, dict) else {}


def _compressor(parameters: dict[str, t.Any], name: str, encrypted: tuple[str, ...]) -> str | None:
    if any(parameters.get(one) for one in encrypted):
        raise Unreadable(unreadable.ENCRYPTED)
    found = parameters.get(name)
    return str(found) if found else None
