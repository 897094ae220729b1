# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Tests on a scratch group how this GWS deletes a setting, before any real setting is deleted. No I/O: see ``actions``.

A DELETE with the key in the body is the documented form. But a proxy may strip the body, and a DELETE without one may drop the
group. So a scratch group with two settings is created under /me/settings, one of them is deleted, and the other must survive.
"""

from __future__ import annotations

import re
import typing as t
import uuid

from ansible_collections.genesys.gws.plugins.module_utils._core.errors import GwsError, RefusedError
from ansible_collections.genesys.gws.plugins.module_utils._erasure.actions import (
    DeleteForm,
    GroupPlace,
    Kind,
    ListGroups,
    Pause,
    ReadPlace,
    Snapshot,
    Steps,
    Write,
    WriteResponse,
)
from ansible_collections.genesys.gws.plugins.module_utils._gws_api.settings import ME, Group, Setting

SCRATCH = "gws-pii-probe-"
_NAME = re.compile(SCRATCH + "[0-9a-f]{12}")
_FIRST: Setting = {"name": "probe one", "value": "scratch of gws_pii_delete"}
_SECOND: Setting = {"name": "probe two", "value": "scratch of gws_pii_delete"}
_CHANGED: Setting = {"name": "probe two", "value": "changed scratch of gws_pii_delete"}
_LONGEST_PAUSE = 30.0
READ_BACK_PAUSES = (0.0, 0.2, 0.5, 1.0, 2.0, 4.0)  # seconds: GWS nodes cache, so the first reads may be too early


def prove_delete_form(*, needs_update: bool) -> Steps[DeleteForm]:
    """The form of DELETE that deletes exactly one setting. The scratch group is dropped in any case. :raises RefusedError: if no form works; then no
    real setting was touched.
    """
    for group in (yield ListGroups(ME)):
        if _NAME.fullmatch(group.name):  # left by a run that was killed
            yield Write(Kind.DROP_GROUP, GroupPlace(ME, group))
    place = _scratch()
    try:
        for form in DeleteForm:
            yield from _fill(place)
            yield from with_retries(Write(Kind.DELETE, place, _FIRST, form=form))
            if (yield from _shows(place, [_SECOND])):
                if needs_update:
                    yield from _prove_update(place)
                return form
    finally:
        yield from with_retries(Write(Kind.DROP_GROUP, place))
    raise RefusedError(
        "no_delete_form",
        "Nothing was deleted: in a test on a scratch group, GWS did not delete one setting and keep the other, neither with the key in "
        "the body nor in the path. Check for a proxy that strips the body of DELETE requests, or connect to GWS directly.",
    )


def group_was_dropped(form: DeleteForm) -> Steps[bool]:
    """Whether it is proved that our DELETE or PUT dropped a group that has disappeared. It is if our DELETE also drops a scratch group, or if GWS
    keeps a group whose last setting is deleted: then nobody who deletes settings one by one, as agents and other runs do, can make a group disappear.
    """
    place = _scratch()
    try:
        yield from _fill(place)
        yield from with_retries(Write(Kind.DELETE, place, _FIRST, form=form))
        if not (yield from _shows(place, [_SECOND])):
            seen: Snapshot = yield ReadPlace(place)
            return not seen.exists
        yield from with_retries(Write(Kind.DELETE, place, _SECOND, form=form))
        yield from _shows(place, [])
        seen = yield ReadPlace(place)
        return seen.exists and not seen.entries
    finally:
        yield from with_retries(Write(Kind.DROP_GROUP, place))


def with_retries(write: Write) -> Steps[WriteResponse]:
    """Retry a write to one of our own groups, where repeating it is harmless, so a transient failure proves nothing."""
    sent: WriteResponse = yield write
    for pause in READ_BACK_PAUSES[1:]:
        if not sent.transient:
            break
        yield Pause(max(pause, min(sent.retry_after, _LONGEST_PAUSE)))
        sent = yield write
    return sent


def create_own_group(place: GroupPlace) -> Steps[None]:
    """Create one of our own groups, unless it exists. :raises GwsError: if GWS does not allow it."""
    sent = yield from with_retries(Write(Kind.CREATE_GROUP, place))
    if sent.transient:
        raise GwsError(
            "gws_answer", f"Nothing was deleted: GWS could not create a scratch group ({sent.label}): see the GWS log, then run it again."
        )
    if not sent.ok and not sent.exists:
        raise GwsError(
            "no_write_permission",
            f"Nothing was deleted: GWS does not let this user create settings ({sent.label}): it needs the admin role and the feature "
            "api-provisioning-write.",
        )


def _scratch() -> GroupPlace:
    return GroupPlace(ME, Group(SCRATCH + uuid.uuid4().hex[:12], "name", "Scratch of gws_pii_delete"))


def _prove_update(place: GroupPlace) -> Steps[None]:
    yield from with_retries(Write(Kind.UPDATE, place, _CHANGED))
    if not (yield from _shows(place, [_CHANGED])):
        raise RefusedError(
            "no_update",
            "Nothing was deleted: in a test on a scratch group, GWS did not update a setting by PUT. Check for a proxy that blocks PUT, "
            "or connect to GWS directly.",
        )


def _fill(place: GroupPlace) -> Steps[None]:
    """Create the scratch group and its two settings, as far as they are missing."""
    yield from create_own_group(place)
    for setting in (_FIRST, _SECOND):
        yield from with_retries(Write(Kind.CREATE, place, setting))
    if not (yield from _shows(place, [_FIRST, _SECOND])):
        raise RefusedError(
            "no_scratch",
            "Nothing was deleted: settings created in a scratch group do not appear, so deletion could not be tested. Check GWS and its caches.",
        )


def _shows(place: GroupPlace, wanted: list[Setting]) -> Steps[bool]:
    """Whether the scratch group soon contains exactly these settings."""

    def order(settings: t.Iterable[Setting]) -> list[tuple[str, str]]:
        return sorted((str(setting.get("name")), str(setting.get("value"))) for setting in settings)

    for pause in READ_BACK_PAUSES:
        if pause:
            yield Pause(pause)
        seen: Snapshot = yield ReadPlace(place)
        if order(seen.entries) == order(wanted):
            return True
    return False
