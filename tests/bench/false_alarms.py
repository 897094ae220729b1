# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How many settings of other people look possibly like somebody who is searched for.

``python -m tests.bench.false_alarms [settings] [region]``: settings of random people, and 10,000 random identifiers, none of which is anybody's there. The
set is not easy: half of the numbers are spelled in national or local form, many with an extension, addresses have short local parts of the same few domains,
and there are order numbers of ten digits, dates, times and amounts beside them. Prints the rate, and for each reason how often: the kind of identifier, the
field, and the form of what was taken for it (digits as 9, letters as a).
"""

from __future__ import annotations

import collections
import json
import random
import re
import sys
import typing as t

import phonenumbers

from ansible_collections.genesys.gws.plugins.module_utils._core.certainty import Certainty
from ansible_collections.genesys.gws.plugins.module_utils._core.json_path import embedded_json
from ansible_collections.genesys.gws.plugins.module_utils._core.matching import Hit, Matcher
from ansible_collections.genesys.gws.plugins.module_utils._core.prefilter import Prefilter
from ansible_collections.genesys.gws.plugins.module_utils._core.subjects import Email, parse_subjects

IDENTIFIERS = 10_000
# Country code, beginning of the national number, further digits.
PLANS = (
    (49, "89", 8),
    (49, "30", 8),
    (49, "151", 8),
    (1, "415", 7),
    (1, "212", 7),
    (44, "20", 8),
    (33, "1", 8),
    (39, "02", 8),
    (43, "660", 7),
    (41, "44", 7),
)
FIRST = ("ann", "bob", "eva", "jan", "li", "max", "mia", "tim", "joe", "ina", "a", "b", "j", "m", "info", "k.l", "a.b")
LAST = ("lee", "ng", "fox", "kim", "roy", "may", "old", "ray", "bach", "smith", "meyer", "silva", "novak", "rossi")
DOMAINS = ("x.example", "y.example", "mail.example", "firma.example", "shop.example")
NOTES = (
    "Order {order}, {day}.{month}.2025 at {hour}:30",
    "paid {amount}.50 EUR on 2025-{month:02}-{day:02}",
    "call back {local} after {hour}:00",
    "ticket #{order} (see {order2})",
    "prefers mornings",
    "PO {order} / {amount} pcs",
    "",
)


def address(chance: random.Random, domain: str) -> str:
    first, last = chance.choice(FIRST), chance.choice(LAST)
    local = chance.choice((first, f"{first}{last}", f"{first}.{last}", f"{last}{chance.randrange(100)}", f"{first[0]}{last}"))
    return f"{local}@{chance.choice(('', 'eu.', 'm.'))}{domain}"


def number(chance: random.Random) -> phonenumbers.PhoneNumber:
    code, beginning, digits = chance.choice(PLANS)
    national = beginning + "".join(chance.choice("0123456789") for _digit in range(digits))
    return phonenumbers.PhoneNumber(country_code=code, national_number=int(national), italian_leading_zero=national.startswith("0") or None)


def spelled(one: phonenumbers.PhoneNumber, chance: random.Random) -> str:
    form = chance.choice((0, 1, 2, 2, 2, 9))
    text = phonenumbers.format_number(one, form if form < 9 else 2)
    text = re.sub(r"\D", "", text) if form == 9 else text
    if chance.random() < 0.2:
        text += chance.choice((" x{}", " ext. {}", "-{}", " DW {}")).format(chance.randrange(10, 9999))
    return text


def setting(chance: random.Random, key: int) -> str:
    one = number(chance)
    ten = [str(chance.randrange(10**9, 10**10)) for _one in range(2)]
    note = chance.choice(NOTES).format(
        order=ten[0], order2=ten[1], day=chance.randrange(1, 29), month=chance.randrange(1, 13), hour=chance.randrange(8, 19),
        amount=chance.randrange(10, 5000), local=str(one.national_number)[-7:],
    )  # fmt: skip
    contact: dict[str, t.Any] = {
        "name": f"favorite-{key}",
        "firstName": chance.choice(FIRST).title(),
        "lastName": chance.choice(LAST).title(),
        "phone": spelled(one, chance),
        "emailAddress": address(chance, chance.choice(DOMAINS)),
        "note": note,
    }
    if chance.random() < 0.3:
        contact["orderNumber"] = ten[1] if chance.random() < 0.5 else int(ten[1])
    if chance.random() < 0.1:
        contact["mobile"] = spelled(number(chance), chance)
    return json.dumps(contact)


def shape_of(value: str, hit: Hit) -> str:
    """The field, and what stands there with all digits and letters alike."""
    here: t.Any = embedded_json(value)
    names = [str(step) for step in hit.path if isinstance(step, str)]
    for name in names:
        here = here[name]
    form = re.sub(r"[^\W\d_]+", "a", re.sub(r"[0-9]", "9", str(here)))[:40]
    return f"{'.'.join(names)}: {form}"


def main() -> None:
    """Arguments: number of settings, default region of the search."""
    settings = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    region = sys.argv[2] if len(sys.argv) > 2 else None
    chance = random.Random(7)
    mails = {address(chance, f"nobody{chance.randrange(50)}.example") for _one in range(IDENTIFIERS)}
    searched = sorted(mails)[: IDENTIFIERS // 4]
    while len(searched) < IDENTIFIERS // 4:  # there are not so many short ones
        searched.append(f"{chance.choice(FIRST)}{len(searched)}@{chance.choice(DOMAINS)}".replace("@", f"{chance.choice(LAST)}x@"))
    while len(searched) < IDENTIFIERS:
        one = number(chance)
        searched.append(phonenumbers.format_number(one, 0 if chance.random() < 0.9 else 2))
    subjects = parse_subjects(search=list(dict.fromkeys(searched)), subjects=None, region=region, match="exact", min_length=5)
    matcher, prefilter = Matcher(subjects, region), Prefilter(subjects)
    found: collections.Counter[tuple[str, str]] = collections.Counter()
    exact = possible = candidates = 0
    for key in range(settings):
        value = setting(chance, key)
        if not prefilter.may_match(value.encode()):
            continue
        candidates += 1
        hits = matcher.in_value(value)
        # A number that is the same by chance, country and all, is that number.
        exact += any(hit.certainty is Certainty.EXACT for hit in hits)
        for hit in hits:
            if hit.certainty is Certainty.POSSIBLE:
                possible += 1
                kind = "address" if isinstance(subjects.subjects[hit.subject].identifiers[0], Email) else "number"
                found[kind, shape_of(value, hit)] += 1
    sys.stdout.write(
        f"{settings:,} settings, {len(subjects.subjects):,} identifiers, region {region}: {candidates:,} candidates of the prefilter\n"
        f"the same number by chance: {exact:,}; possible: {possible:,}, {possible / settings * 1e6:,.0f} in a million settings\n"
    )
    for (kind, form), count in found.most_common(12):
        sys.stdout.write(f"{count:8} {kind} {form}\n")


if __name__ == "__main__":
    main()
