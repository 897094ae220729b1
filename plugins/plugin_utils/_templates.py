# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Detects templates in variables, for all versions of ansible-core: data that looks like a template is never evaluated."""

from __future__ import annotations

import typing as t

try:
    from ansible.template import is_trusted_as_template

    def as_data(value: t.Any) -> t.Any:
        """The value, marked as none that Ansible would take for a template: everything that Ansible did not read itself."""
        return value
except ImportError:  # up to 2.18 what is not to be trusted is marked
    from ansible.utils.unsafe_proxy import AnsibleUnsafe, wrap_var

    def as_data(value: t.Any) -> t.Any:
        """The value, marked as none that Ansible would take for a template."""
        return wrap_var(value)

    def is_trusted_as_template(value: object) -> bool:
        """Whether Ansible would run it."""
        return not isinstance(value, AnsibleUnsafe)


from ansible_collections.genesys.gws.plugins.plugin_utils._variable_values import TEMPLATE_MARKS


def is_template(text: str) -> bool:
    """Whether Ansible would take this text for a template."""
    return any(mark in text for mark in TEMPLATE_MARKS) and is_trusted_as_template(text)


def needs_templating(value: t.Any) -> bool:
    """Whether there is a template in it. What has none is used as it is: up to 2.18 templating may make a number of a text."""
    if isinstance(value, str):
        return is_template(value)
    if isinstance(value, t.Mapping):
        return any(needs_templating(entry) for pair in value.items() for entry in pair)
    if isinstance(value, (list, tuple)):
        return any(needs_templating(entry) for entry in value)
    return not (value is None or isinstance(value, (bool, int, float)))


def plain(value: t.Any) -> t.Any:
    """The value in dicts and lists of our own, everything in it evaluated."""
    if isinstance(value, t.Mapping):
        return {plain(name): plain(entry) for name, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(entry) for entry in value]
    return value
