# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Draws the curves that come as JSON on standard input. Run by a Python that has matplotlib. Usage: picture.py FILE.svg

The same figures give the same bytes.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import matplotlib as mpl  # type: ignore[import-not-found]
from matplotlib import pyplot, ticker

mpl.use("svg")
mpl.rcParams.update({"svg.hashsalt": "genesys.gws", "svg.fonttype": "none", "font.size": 9, "axes.grid": True, "grid.alpha": 0.3})


def _draw(axes: Any, curves: list[dict[str, Any]], colors: dict[str, str]) -> None:
    axes.set_xscale("log")
    axes.xaxis.set_minor_locator(ticker.NullLocator())
    for curve in curves:
        places, values = zip(*curve["points"], strict=True)
        style = "--" if curve["bare"] else "-"
        label = f"{curve['label']}, Cassandra {curve['version']}"
        axes.plot(places, values, style, marker="o", markersize=4, color=colors[curve["version"]], label=label)
        axes.set_xticks(places, [f"{place:,}" for place in places])
    axes.yaxis.set_major_formatter(lambda value, _place: f"{value:,.10g}")
    axes.set_ylim(bottom=0)
    axes.legend(frameon=False, loc="lower right")


def main() -> None:
    drawn = json.load(sys.stdin)
    versions = dict.fromkeys(curve["version"] for curve in drawn["by_size"])
    colors = {version: f"C{number}" for number, version in enumerate(versions)}
    figure, (by_size, by_people) = pyplot.subplots(1, 2, figsize=(9, 3.6), layout="constrained")
    _draw(by_size, drawn["by_size"], colors)
    by_size.set(xlabel="rows in the table", ylabel="rows a second")
    _draw(by_people, drawn["by_people"], colors)
    by_people.set(xlabel="people searched for", ylabel="seconds for the largest table")
    figure.savefig(sys.argv[1], metadata={"Date": None, "Creator": None})


if __name__ == "__main__":
    main()
