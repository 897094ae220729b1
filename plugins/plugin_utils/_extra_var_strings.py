# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is PRIVATE to the collection: it may change in any release.

"""Reads the option ``-e`` where Ansible's own parsing is not sufficient.

Extra variables that were marked ``!unsafe`` are what was written. AWX hands over every survey answer, credential and artifact as ``!unsafe 'text'`` in a
file. From ansible-core 2.19 on, what is marked so is read as if it stood there without quotes: the phone number +1202... loses its plus, a password of
digits becomes a number, a ticket 0123 the number 83, and an empty answer null. The answer was a text, and nobody in AWX can put it in quotes. Up to 2.18
lists inside of what is marked get lost. So the files are read again here.
"""

from __future__ import annotations

import re
import typing as t

import yaml
from ansible.errors import AnsibleError

from ansible_collections.genesys.gws.plugins.plugin_utils import _folders

_NAMES = re.compile(r"(?:^|\s)([A-Za-z_]\w*)=")


class _Opaque:
    """What some other tag stands for: it is for Ansible to read."""


class _Text(str):
    """A scalar that was marked."""


class _Loader(yaml.SafeLoader):
    """YAML in which marked scalars are texts."""


def _marked(loader: yaml.SafeLoader, node: yaml.Node) -> t.Any:
    if isinstance(node, yaml.ScalarNode):
        return _Text(node.value)
    if isinstance(node, yaml.SequenceNode):
        return _texts(loader.construct_sequence(node, deep=True))
    if isinstance(node, yaml.MappingNode):
        return _texts(loader.construct_mapping(node, deep=True))
    return _Opaque()


def _texts(value: t.Any) -> t.Any:
    """The strings in a value that was marked as a whole. Unquoted numbers in it are numbers."""
    if isinstance(value, dict):
        return {name: _texts(entry) for name, entry in value.items()}
    if isinstance(value, list):
        return [_texts(entry) for entry in value]
    return _Text(value) if isinstance(value, str) else value


def _other(_loader: yaml.SafeLoader, _suffix: str, _node: yaml.Node) -> _Opaque:
    return _Opaque()


_Loader.add_constructor("!unsafe", _marked)
_Loader.add_multi_constructor("!", _other)


def _content(path: str) -> str:
    with open(path, encoding="utf-8-sig") as stream:
        return stream.read()


Read = t.Callable[[str], str]
"""Gives the text of a file, decrypted; what it raises means that the file does not count."""


def marked_texts(options: t.Iterable[t.Any], read: Read = _content) -> dict[str, t.Any]:
    """The extra variables with marked texts in them, as they were written.

    :param options: the values of the option ``-e``; those that name a file that can be read count.
    """
    found: dict[str, t.Any] = {}
    for option in options:
        text = str(option)
        values = _mapping(_content_of(text, read)) if text.startswith("@") else _inline(text)
        for name, value in values.items():
            found.pop(str(name), None)  # a later file wins, marked or not
            if _holds(value, _Text) and not _holds(value, _Opaque):
                found[str(name)] = _plain(value)
    return found


def names_given(options: t.Iterable[t.Any], read: Read = _content) -> list[str]:
    """The names of the extra variables, each as often as it is given: by several options, or several times in a file."""
    found: list[str] = []
    for option in options:
        text = str(option)
        found += [name for name, _node in _pairs(text, read)] if _is_yaml(text) else _NAMES.findall(text)
    return found


def names_with_repeated_fields(options: t.Iterable[t.Any], read: Read = _content) -> list[str]:
    """The names of the extra variables in which a field stands twice in one entry, so that Ansible takes the last of them only."""
    texts = [str(option) for option in options]
    return [name for text in texts if _is_yaml(text) for name, node in _pairs(text, read) if _has_repeated_field(node)]


def _is_yaml(text: str) -> bool:
    return text.startswith("@") or text.lstrip().startswith(("{", "["))


def _pairs(text: str, read: Read) -> list[tuple[str, yaml.Node]]:
    try:
        node = yaml.compose(_content_of(text, read) if text.startswith("@") else text, Loader=_Loader)
    except (ValueError, yaml.YAMLError, RecursionError):
        return []
    return [(str(key.value), value) for key, value in node.value] if isinstance(node, yaml.MappingNode) else []


def _has_repeated_field(node: yaml.Node) -> bool:
    nodes, seen = [node], set()
    while nodes:
        one = nodes.pop()
        if id(one) in seen:  # by an alias
            continue
        seen.add(id(one))
        if isinstance(one, yaml.MappingNode):
            fields = [key.value for key, _value in one.value if isinstance(key, yaml.ScalarNode)]
            if len(set(fields)) < len(fields):
                return True
            nodes += [value for _key, value in one.value]
        elif isinstance(one, yaml.SequenceNode):
            nodes += one.value
    return False


def _content_of(option: str, read: Read) -> str:
    try:
        return read(_folders.absolute(option[1:]))
    except (OSError, ValueError, AnsibleError):
        return ""  # Ansible has read it, or has said what is wrong


def _inline(text: str) -> dict[t.Any, t.Any]:
    if text.lstrip().startswith(("{", "[")):
        return _mapping(text)
    return dict.fromkeys(_NAMES.findall(text))


def _mapping(text: str) -> dict[t.Any, t.Any]:
    try:
        values = yaml.load(text, Loader=_Loader)  # a safe loader
        _holds(values, _Text)  # what holds itself, by an alias, is not ours to read
    except (ValueError, yaml.YAMLError, RecursionError):
        return {}
    return values if isinstance(values, dict) else {}


def _holds(value: t.Any, kind: type) -> bool:
    if isinstance(value, dict):
        return any(_holds(entry, kind) for pair in value.items() for entry in pair)
    if isinstance(value, list):
        return any(_holds(entry, kind) for entry in value)
    return isinstance(value, kind)


def _plain(value: t.Any) -> t.Any:
    if isinstance(value, dict):
        return {_plain(name): _plain(entry) for name, entry in value.items()}
    if isinstance(value, list):
        return [_plain(entry) for entry in value]
    return str.__str__(value) if isinstance(value, _Text) else value
