# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Time of the matcher against the length of a value, as a multiple of what ``json.loads`` takes for as many bytes of ordinary JSON.

``python -m tests.bench.linear [people]`` prints a table: a kind of value that looks for trouble in each line, lengths from a thousand to a million bytes.
"""

from __future__ import annotations

import json
import sys
import time
import typing as t

from ansible_collections.genesys.gws.plugins.module_utils._core.matching import Matcher
from ansible_collections.genesys.gws.plugins.module_utils._core.prefilter import Prefilter
from ansible_collections.genesys.gws.plugins.module_utils._core.subjects import parse_subjects
from tests.bench import data

LENGTHS = (1_000, 10_000, 100_000, 1_000_000)


def _repeated(piece: str) -> t.Callable[[int], str]:
    return lambda length: piece * (length // len(piece.encode()))


KINDS: dict[str, t.Callable[[int], str]] = {
    "letters": _repeated("a"),
    "digits": _repeated("7"),
    "digits and blanks": _repeated("7 "),
    "phone numbers": _repeated("+49 30 1234567, "),
    "the person's number": _repeated("+4989 10000001, "),
    "@": _repeated("@"),
    "a@": _repeated("a@"),
    "addresses": _repeated("bob.smith@elsewhere.example, "),
    "numbers, possible": lambda length: " ".join(f"{place * 7919 % 999_983:06} 4989 10000001 z" for place in range(length // 24)),
    "groups of digits before": lambda length: " ".join(f"{place % 10} " * 8 + "8910000001 x" for place in range(length // 28)),
    "the person's number, objects": lambda length: json.dumps([{"p": "089 10000001", "e": place} for place in range(length // 33)]),
    "the person in one object": lambda length: json.dumps({f"f{place}": "ada.adler0@example.com" for place in range(length // 35)}),
    "the person's address": _repeated("ada.adler0@example.com, "),
    "the person's address, objects": lambda length: json.dumps([{"n": 1, "m": "ada.adler0@example.com"}] * (length // 45)),
    "backslashes": _repeated("\\"),
    "backslashes and u": _repeated("\\\\u"),
    "percent": _repeated("%"),
    "percent 25": lambda length: "%" + "25" * (length // 2),
    "ampersands": _repeated("&"),
    "entities": _repeated("&#64;"),
    "zeros of an entity": lambda length: "&#" + "0" * length,
    "equals signs": _repeated("="),
    "quoted-printable": _repeated("=C3=BC"),
    "combining marks": lambda length: "a" + "\u0301\u0327" * (length // 4),
    "joiners": _repeated("\u200d"),
    "full-width": _repeated("\uff41"),
    "Cyrillic": _repeated("\u0436"),
    "Han": _repeated("\u6f22"),
    "quotes": _repeated('"'),
    "brackets": _repeated("["),
    "brackets, closed": lambda length: "[" * (length // 2) + "]" * (length // 2),
    "objects in objects": lambda length: '{"a":' * (length // 6) + "1" + "}" * (length // 6),
    "JSON in JSON": lambda length: json.dumps(json.dumps(json.dumps(["x" * 40] * (length // 50)))),
    "a huge integer": lambda length: "[" + "7" * length + "]",
    "many integers": lambda length: json.dumps([4930901820] * (length // 12)),
    "blanks": _repeated(" "),
    "new lines": _repeated("\n"),
    "dashes": _repeated("-"),
    "NULs": _repeated("\x00"),
}


def seconds(work: t.Callable[[], object]) -> float:
    """CPU seconds, the best of a few."""
    best = 1e9
    for _round in range(3):
        start = time.thread_time()
        work()
        best = min(best, time.thread_time() - start)
        if best > 1:
            break
    return best


def main() -> None:
    """Argument: number of people."""
    people = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    subjects = parse_subjects(
        search=None,
        subjects=[{"ref": f"p{number}", "identifiers": [*data.person(number), f"Ann Nobody{number}"]} for number in range(people)],
        region="DE",
        match="exact",
        min_length=5,
    )
    matcher, prefilter = Matcher(subjects, "DE"), Prefilter(subjects)
    ordinary = [json.dumps([{"name": f"favorite-{number}", "phone": "+49 30 1"} for number in range(length // 45)]) for length in LENGTHS]
    base = [seconds(lambda text=text: json.loads(text)) for text in ordinary]  # type: ignore[misc]
    sys.stdout.write(f"{'value':32}" + "".join(f"{length:>12,}" for length in LENGTHS) + f"{'prefilter':>12}\n")
    for kind, make in KINDS.items():
        values = [make(length) for length in LENGTHS]
        ratios = [seconds(lambda value=value: matcher.in_value(value)) / loads for value, loads in zip(values, base, strict=True)]  # type: ignore[misc]
        raw = values[-1].encode()
        last = seconds(lambda raw=raw: prefilter.spans(raw)) / base[-1]  # type: ignore[misc]
        sys.stdout.write(f"{kind:32}" + "".join(f"{ratio:12.1f}" for ratio in ratios) + f"{last:12.1f}\n")


if __name__ == "__main__":
    main()
