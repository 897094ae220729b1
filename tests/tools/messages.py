# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every sentence that the product can print or return, out of its source, and what docs/troubleshooting.md says of it.

A text of the source counts as a sentence when it has three words, or when it is given to an error; what varies in it stands as ``…``. So nobody has to
register a message: whoever writes one finds out by tests/unit/test_docs.py that it lacks an entry.

``python -m tests.tools.messages`` lists those that have none.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
GUIDE = ROOT / "docs/troubleshooting.md"

NOT_MESSAGES = {
    "doc_fragments": "documentation of options",
    "plugin_utils/_page.py": "the page of the report; docs/report.md",
    "plugin_utils/_page_words.py": "the page of the report; docs/report.md",
    "plugin_utils/_residue_page.py": "the page of a search of the disks; docs/residue.md",
    "plugin_utils/_residue_tables.py": "the page of a search of the disks; docs/residue.md",
    "plugin_utils/_residue_words.py": "the page of a search of the disks; docs/residue.md",
    "module_utils/_evidence/export.py": "the page for the person",
    "module_utils/_evidence/receipt.py": "the receipt; docs/evidence.md",
    "module_utils/_core/labels.py": "words of the matcher",
}
"""Files below plugins whose sentences are no messages, and what they are."""

NEVER_SHOWN = {"ValueError", "TypeError", "AssertionError", "UnreadableError", "OSError", "compile"}
"""What is given to these is caught, or ends as ``A bug of genesys.gws``."""

_GIVEN_TO_ERRORS = re.compile(r"(Error|Fault|Request)$")
_NO_PROSE = re.compile(r"^(SELECT|DELETE FROM|INSERT|urn:|\(\?)|<html|\\w")
_DOCUMENTATION = {"DOCUMENTATION", "EXAMPLES", "RETURN"}
_GAP = "…"


def sentences() -> dict[str, str]:
    """Each sentence of the source, and where it is first."""
    found: dict[str, str] = {}
    for path in sorted((ROOT / "plugins").rglob("*.py")):
        name = path.relative_to(ROOT / "plugins").as_posix()
        if not any(name.startswith(part) for part in NOT_MESSAGES):
            for line, text in Sentences(ast.parse(path.read_text(encoding="utf-8"))):
                found.setdefault(text, f"plugins/{name}:{line}")
    for path in sorted([*(ROOT / "roles").rglob("tasks/*.yml"), *(ROOT / "playbooks").rglob("*.yml")]):
        for text in _messages_of_tasks(yaml.safe_load(path.read_text(encoding="utf-8"))):
            found.setdefault(text, path.relative_to(ROOT).as_posix())
    return found


class Sentences:
    """The sentences of a module, with their lines."""

    def __init__(self, tree: ast.AST) -> None:
        self._found: list[tuple[int, str]] = []
        self._visit(tree, given=False)

    def __iter__(self) -> Iterator[tuple[int, str]]:
        return iter(self._found)

    def _visit(self, node: ast.AST, *, given: bool) -> None:
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            return  # a docstring
        if isinstance(node, ast.Assign) and any(isinstance(target, ast.Name) and target.id in _DOCUMENTATION for target in node.targets):
            return
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func).rpartition(".")[2]
            if name in NEVER_SHOWN:
                return
            given = bool(_GIVEN_TO_ERRORS.search(name))
        text = text_of(node)
        if text is not None:
            words = len(re.findall(r"[A-Za-z']{2,}(?=[ ,:;])", text))
            if not _NO_PROSE.search(text) and (words >= 2 or (given and " " in text)):
                self._found.append((getattr(node, "lineno", 0), normal(text)))
            if isinstance(node, ast.Constant):
                return
        for child in ast.iter_child_nodes(node):
            if not (text is not None and isinstance(child, ast.Constant)):
                self._visit(child, given=given)


def text_of(node: ast.AST) -> str | None:
    """A text with ``…`` for what varies; None for what is none."""
    if isinstance(node, ast.Constant):
        return node.value.replace("{}", _GAP) if isinstance(node.value, str) else None
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else _GAP for part in node.values)
    return None


def normal(text: str) -> str:
    """Single spaces, single gaps."""
    return re.sub(f"{_GAP}+", _GAP, " ".join(text.split()))


def _messages_of_tasks(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for name, item in value.items():
            if name in ("msg", "fail_msg") and isinstance(item, str):
                text = normal(re.sub(r"\{\{.*?\}\}", _GAP, item, flags=re.DOTALL))
                if len(text.split()) > 2:
                    yield text
            else:
                yield from _messages_of_tasks(item)
    elif isinstance(value, list):
        for item in value:
            yield from _messages_of_tasks(item)


def entries() -> dict[str, str]:
    """The messages of the guide, and the heading under which each stands."""
    found: dict[str, str] = {}
    heading = ""
    for line in GUIDE.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            heading = line.strip("# ")
        elif line.startswith("- `"):
            found[normal(line[3:].rstrip("`"))] = heading
    return found


def pieces(text: str) -> list[str]:
    """What does not vary in a message."""
    return [piece.strip() for piece in text.split(_GAP) if re.search(r"[A-Za-z]{2}", piece)]


def is_told(sentence: str, entry: str) -> bool:
    """Whether an entry of the guide is of this sentence, alone or as a part: its pieces stand there in their order."""
    place = 0
    for piece in pieces(sentence):
        place = entry.find(piece, place)
        if place < 0:
            return False
        place += len(piece)
    return True


def without_entry() -> dict[str, str]:
    """The sentences that the guide does not explain, and where they are."""
    told = list(entries())
    return {sentence: place for sentence, place in sentences().items() if not any(is_told(sentence, entry) for entry in told)}


def without_source() -> list[str]:
    """The entries of the guide that the product does not say any more: they can't be put together out of texts of the source."""
    texts = {
        normal(text)
        for path in (ROOT / "plugins").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if (text := text_of(node))
    }
    known = sorted({piece for text in {*texts, *sentences()} for piece in pieces(text) if len(piece) > 2}, key=len, reverse=True)
    gone = []
    for entry in entries():
        rest = entry
        for piece in known:
            rest = rest.replace(piece, _GAP)
        if re.search(r"[A-Za-z]{3}", rest):
            gone.append(entry)
    return gone


if __name__ == "__main__":
    for sentence, where in without_entry().items():
        print(f"{where}: {sentence}")
