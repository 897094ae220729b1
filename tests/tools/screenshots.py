# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`make screenshots`: the pages for people as pictures in docs/images: on a screen, on a phone, on paper.

Needs Chromium, pdftoppm (poppler-utils) and pngquant.
"""

from __future__ import annotations

import base64
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.tools.browser import A4, Browser, browser
from tests.unit import report_runs, residue_runs

IMAGES = Path(__file__).parents[2] / "docs/images"
LARGEST = 220_000

PAGES = {
    **{f"report-{name}": report_runs.page_of(run) for name, run in report_runs.RUNS.items()},
    **{f"residue-{name}": residue_runs.page_of(run) for name, run in residue_runs.RUNS.items()},
}

_SHEET = """<!DOCTYPE html><style>body {{ margin: 0; padding: 16px; background: #e4e8ec; display: flex; gap: 16px; align-items: flex-start; width: 1316px }}
img {{ display: block; box-shadow: 0 1px 4px #8899aa }} .wide {{ width: 660px }} .phone {{ width: 268px;
height: {height}px; object-fit: cover; object-position: top }}
div {{ display: grid; gap: 16px }} .paper {{ width: 356px }}</style><img class="wide" src="{wide}"><img class="phone" src="{phone}"><div>{papers}</div>"""


def sheet(tab: Browser, page: str) -> bytes:
    """One picture (PNG) of a page as it looks on a screen, on a phone (its beginning) and on paper."""
    tab.show(page, width=1100)
    wide, printed = tab.picture(), _sheets_of_paper(tab.pdf(A4))
    height = round(float(tab.value("document.documentElement.scrollHeight")) * 660 / 1100)
    tab.show(page, width=390, phone=True)
    papers = "".join(f'<img class="paper" src="{_inline(paper)}">' for paper in printed)
    tab.show(_SHEET.format(wide=_inline(wide), phone=_inline(tab.picture()), papers=papers, height=height), width=1348)
    return tab.picture()


def _inline(png: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(png).decode()


def _sheets_of_paper(pdf: bytes) -> list[bytes]:
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["pdftoppm", "-r", "110", "-png", "-", f"{folder}/page"], input=pdf, check=True)
        return [path.read_bytes() for path in sorted(Path(folder).iterdir())]


def main() -> int:
    """Make the pictures. Returns 1 when one of them is too large for the repository."""
    IMAGES.mkdir(exist_ok=True)
    too_large = 0
    with browser() as tab:
        for name, page in PAGES.items():
            picture = sheet(tab, page)
            small = subprocess.run(["pngquant", "--strip", "--nofs", "128", "-"], input=picture, check=True, capture_output=True).stdout
            (IMAGES / f"{name}.png").write_bytes(small)
            print(f"docs/images/{name}.png: {len(small):,} bytes")
            too_large += len(small) > LARGEST
    return 1 if too_large else 0


if __name__ == "__main__":
    sys.exit(main())
