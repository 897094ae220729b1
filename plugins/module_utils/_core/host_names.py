# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Validates host names and addresses. Personal data in such a field is not valid, so it is not printed. Pure, no I/O."""

from __future__ import annotations

import ipaddress
import re

_LABEL = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?")


def is_host(text: str) -> bool:
    """Whether a text is an IP address, in brackets or not, or a host name."""
    try:
        ipaddress.ip_address(bare(text).partition("%")[0])
        return True
    except ValueError:
        labels = text.rstrip(".").split(".")
        return len(text) < 254 and all(_LABEL.fullmatch(label) for label in labels) and any(char.isalpha() for char in labels[-1])


def bare(text: str) -> str:
    """An address without the brackets in which IPv6 stands in a URL."""
    return text[1:-1] if text.startswith("[") and text.endswith("]") else text
