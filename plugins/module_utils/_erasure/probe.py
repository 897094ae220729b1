# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Proves, on a scratch group of our own, how this GWS deletes a setting, before any real one is deleted.

A DELETE with the key in the body is the documented form. But a proxy may strip the body, and a DELETE without one may drop the
group. So a scratch group with two settings is made under /me/settings, one of them is deleted, and the other must survive.
"""

from __future__ import annotations

import enum
import time
import typing as t
import uuid

from ansible_collections.genesys.gws.plugins.module_utils._core.errors import GwsError, RefusedError
from ansible_collections.genesys.gws.plugins.module_utils._gws_api.client import ALREADY_EXISTS, Answer
from ansible_collections.genesys.gws.plugins.module_utils._gws_api.settings import (
    ME,
    Group,
    Scope,
    Setting,
    SettingsApi,
)

_SCRATCH = "gws-pii-probe-"
_FIRST: Setting = {"name": "probe one", "value": "scratch of gws_pii_delete"}
_SECOND: Setting = {"name": "probe two", "value": "scratch of gws_pii_delete"}
_CHANGED: Setting = {"name": "probe two", "value": "changed scratch of gws_pii_delete"}
_LONGEST_PAUSE = 30.0
READ_BACK_PAUSES = (0.0, 0.2, 0.5, 1.0, 2.0, 4.0)  # seconds: GWS nodes cache, so a look may come too early


class DeleteForm(enum.Enum):
    """Where the key of the setting stands in a DELETE."""

    BODY = "body"
    PATH = "path"


def send_delete(api: SettingsApi, form: DeleteForm, scope: Scope, group: Group, setting: Setting) -> Answer:
    """DELETE one setting in a form."""
    if form is DeleteForm.BODY:
        return api.delete_by_body(scope, group, setting)
    if str(setting[group.key]).strip(".") == "":
        # /settings/group/.. is another resource, and /settings/group/. the group itself
        raise RefusedError("bad_key", "Stopped: a setting has a key that can't be put in a path; use delete_form: body.")
    return api.delete_by_path(scope, group, setting)


def prove_delete_form(api: SettingsApi, *, needs_update: bool) -> DeleteForm:
    """The form that deletes one setting and only that. The scratch group is dropped in any case.

    :raises RefusedError: when no form is proved; nothing of anybody was touched then.
    """
    _drop_left_overs(api)
    group = Group(_SCRATCH + uuid.uuid4().hex[:12], "name", "Scratch of gws_pii_delete")
    try:
        for form in DeleteForm:
            _fill(api, group)
            _persistently(lambda form=form: send_delete(api, form, ME, group, _FIRST))  # type: ignore[misc]
            if _shows(api, group, [_SECOND]):
                if needs_update:
                    _prove_update(api, group)
                return form
    finally:
        _persistently(lambda: api.drop_scratch_group(group))
    raise RefusedError(
        "no_delete_form",
        "Nothing was deleted: on a scratch group of its own, this GWS did not delete one setting and keep the other, neither with the key "
        "in the body nor in the path. Look for a proxy that strips the body of DELETE, or address GWS directly.",
    )


def _persistently(send: t.Callable[[], Answer]) -> Answer:
    """What is sent to the scratch group may be sent again, so a passing trouble is not taken for a proof of anything."""
    answer = send()
    for pause in READ_BACK_PAUSES[1:]:
        if not answer.transient:
            break
        time.sleep(max(pause, min(answer.retry_after, _LONGEST_PAUSE)))
        answer = send()
    return answer


def _prove_update(api: SettingsApi, group: Group) -> None:
    _persistently(lambda: api.update(ME, group, _CHANGED))
    if not _shows(api, group, [_CHANGED]):
        raise RefusedError("no_update", "Nothing was deleted: on a scratch group of its own, this GWS did not update a setting by PUT.")


def _fill(api: SettingsApi, group: Group) -> None:
    """Make the scratch group and its two settings, whatever is left of it."""
    answer = _persistently(lambda: api.create_group(ME, group))
    if answer.transient:
        raise GwsError(
            "gws_answer", f"Nothing was deleted: GWS could not create a scratch group ({answer.label}): see the GWS log, then run it again."
        )
    if not answer.ok and answer.gws_status != ALREADY_EXISTS:
        raise GwsError(
            "no_write_permission",
            f"Nothing was deleted: GWS does not let this user create settings ({answer.label}): it needs the admin role and the feature "
            "api-provisioning-write.",
        )
    for setting in (_FIRST, _SECOND):
        _persistently(lambda setting=setting: api.create(ME, group, setting))  # type: ignore[misc]
    if not _shows(api, group, [_FIRST, _SECOND]):
        raise RefusedError(
            "no_scratch",
            "Nothing was deleted: settings created in a scratch group do not show up, so no deletion could be proved.",
        )


def _shows(api: SettingsApi, group: Group, wanted: list[Setting]) -> bool:
    """Whether the scratch group comes to hold just these settings."""

    def order(settings: t.Iterable[Setting]) -> list[tuple[str, str]]:
        return sorted((str(setting.get("name")), str(setting.get("value"))) for setting in settings)

    for pause in READ_BACK_PAUSES:
        time.sleep(pause)
        content = api.content(ME, group)
        if order(content.settings if content else ()) == order(wanted):
            return True
    return False


def _drop_left_overs(api: SettingsApi) -> None:
    for group in api.groups(ME):
        if group.name.startswith(_SCRATCH):
            api.drop_scratch_group(group)
