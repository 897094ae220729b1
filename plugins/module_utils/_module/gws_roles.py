# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Checks whether the GWS user has the required role. Pure, no I/O."""

from __future__ import annotations

import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._core.errors import GwsError

# Roles with administrator rights; the API writes them ROLE_ADMIN, the configuration admin (pages Roles, UsersAPI).
_ADMIN_ROLES = frozenset(("admin", "apiuser", "superadmin", "contactcenteradmin"))


def require_admin(me: dict[str, t.Any]) -> None:
    """Reject a user (``GET /me``) who has roles, but not one of an administrator. :raises GwsError:"""
    roles = me.get("roles")
    names = {str(role).lower().removeprefix("role_").replace("_", "") for role in roles} if isinstance(roles, list) else set()
    if names and not names & _ADMIN_ROLES:
        raise GwsError(
            "gws_role",
            "The GWS user does not have the admin role, so it can't see or erase other users' settings: use an account with the role admin or apiuser.",
        )
