# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Converts a write of the protocol to a request to GWS, and the answer to a ``WriteResponse``."""

from __future__ import annotations

import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._core.errors import RefusedError
from ansible_collections.genesys.gws.plugins.module_utils._erasure.actions import DeleteForm, GroupPlace, Kind, Write, WriteResponse
from ansible_collections.genesys.gws.plugins.module_utils._gws_api.answer import ALREADY_EXISTS, PERMISSION_CODES, Answer
from ansible_collections.genesys.gws.plugins.module_utils._gws_api.settings import SettingsApi


def send(api: SettingsApi, place: GroupPlace, write: Write) -> WriteResponse:
    """Send it, once."""
    return _sent(_SEND[write.kind](api, place, write))


def _delete(api: SettingsApi, place: GroupPlace, write: Write) -> Answer:
    if write.form is DeleteForm.BODY:
        return api.delete_by_body(place.scope, place.group, write.content)
    if str(write.content[place.group.key]).strip(".") == "":
        # /settings/group/.. is another resource, and /settings/group/. the group itself
        raise RefusedError("bad_key", "Stopped: a setting has a key that can't be part of a URL path; use delete_form: body.")
    return api.delete_by_path(place.scope, place.group, write.content)


_SEND: dict[Kind, t.Callable[[SettingsApi, GroupPlace, Write], Answer]] = {
    Kind.CREATE_GROUP: lambda api, place, _write: api.create_group(place.scope, place.group),
    Kind.CREATE: lambda api, place, write: api.create(place.scope, place.group, write.content),
    Kind.UPDATE: lambda api, place, write: api.update(place.scope, place.group, write.content),
    Kind.DELETE: _delete,
    Kind.DROP_GROUP: lambda api, place, _write: api.drop_scratch_group(place.group),
}


def _sent(answer: Answer) -> WriteResponse:
    return WriteResponse(
        ok=answer.ok,
        label=answer.label,
        missing=answer.missing,
        transient=answer.transient,
        forbidden=answer.gws_status in PERMISSION_CODES,
        exists=answer.gws_status == ALREADY_EXISTS,
        retry_after=answer.retry_after,
    )
