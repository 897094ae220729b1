# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""The templates of the pages for people, which extend one frame. Everything that is put into them is escaped."""

from __future__ import annotations

import os

import jinja2

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "roles", "forget_me", "templates")


def page_template(name: str, loader: jinja2.BaseLoader | None = None) -> jinja2.Template:
    """The template of a kind of page: ``report`` or ``residue``.

    :param loader: of other templates than those of the role.
    :raises jinja2.TemplateError: there is none, or it is not valid.
    """
    loader = loader or jinja2.FileSystemLoader(FOLDER)
    environment = jinja2.Environment(loader=loader, autoescape=True, trim_blocks=True, undefined=jinja2.StrictUndefined)
    return environment.get_template(f"{name}.html.j2")
