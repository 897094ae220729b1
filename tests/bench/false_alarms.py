# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How many settings of other people look possibly like somebody who is searched for.

``python -m tests.bench.false_alarms [settings] [region]``: settings of random people (tests/bench/data.py), and 10,000 random identifiers, none of which
is anybody's there: half addresses, half numbers of eight countries. Prints the rate and the commonest fields.
"""

from __future__ import annotations

import collections
import random
import sys

from ansible_collections.genesys.gws.plugins.module_utils._core.certainty import Certainty
from ansible_collections.genesys.gws.plugins.module_utils._core.matching import Matcher
from ansible_collections.genesys.gws.plugins.module_utils._core.prefilter import Prefilter
from ansible_collections.genesys.gws.plugins.module_utils._core.subjects import parse_subjects
from tests.bench import data

IDENTIFIERS = 10_000
COUNTRIES = ("+4989{:08}", "+4930{:08}", "+1415{:07}", "+1212{:07}", "+4420{:08}", "+331{:08}", "+3902{:08}", "+43660{:07}")


def main() -> None:
    """Arguments: number of settings, default region of the search."""
    settings = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    region = sys.argv[2] if len(sys.argv) > 2 else None
    chance = random.Random(7)
    searched = [data.person(chance.randrange(10**5)).email.replace("@example.com", "@example.net") for _one in range(IDENTIFIERS // 2)]
    # An odd last digit: the numbers of the settings are even.
    searched += [chance.choice(COUNTRIES).format(chance.randrange(5 * 10**6) * 2 + 1) for _one in range(IDENTIFIERS // 2)]
    subjects = parse_subjects(search=list(dict.fromkeys(searched)), subjects=None, region=region, match="exact", min_length=5)
    matcher, prefilter = Matcher(subjects, region), Prefilter(subjects)
    found: collections.Counter[tuple[str, str]] = collections.Counter()
    candidates = 0
    for _owner, rows in data.owners(settings):
        for _key, value in rows:
            if not prefilter.may_match(value.encode()):
                continue
            candidates += 1
            for hit in matcher.in_value(value):
                if hit.certainty is Certainty.POSSIBLE:
                    found["possible", ".".join(str(step) for step in hit.path if isinstance(step, str))] += 1
                else:
                    found["exact", "/".join(map(str, hit.path))] += 1
    sys.stdout.write(
        f"{settings:,} settings, {len(subjects.subjects):,} identifiers, region {region}: {candidates:,} candidates of the prefilter\n"
    )
    sys.stdout.write(f"possible: {sum(count for (kind, _field), count in found.items() if kind == 'possible')}\n")
    for (kind, field), count in found.most_common(10):
        sys.stdout.write(f"{count:8} {kind} {field}\n")


if __name__ == "__main__":
    main()
