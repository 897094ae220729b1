# Copyright (c) 2026, the genesys.gws authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A page in a real browser: Chromium, headless, driven through its DevTools protocol over a pipe. No library is needed, and no port."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

NEEDED = "needs Chromium: apt-get install chromium"
A4 = {"paperWidth": 8.27, "paperHeight": 11.69}
LETTER = {"paperWidth": 8.5, "paperHeight": 11.0}


def chromium() -> str | None:
    """Where Chromium is; None when it is not installed."""
    return next((path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None)


@dataclass
class Browser:
    """A tab. ``asked`` are the addresses of everything that the page wanted to have, the page itself included."""

    to_browser: int
    from_browser: int
    home: Path
    session: str = ""
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    _buffer: bytes = b""
    _loaded: bool = False
    _number: int = 0

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """A command, and its result."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": params} | ({"sessionId": self.session} if self.session else {})
        os.write(self.to_browser, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']['message']}")
                result: dict[str, Any] = answer["result"]
                return result

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            chunk = os.read(self.from_browser, 1 << 16)
            if not chunk:
                raise RuntimeError("Chromium ended")
            self._buffer += chunk
        line, self._buffer = self._buffer.split(b"\0", 1)
        message: dict[str, Any] = json.loads(line)
        if message.get("method") == "Page.loadEventFired":
            self._loaded = True
        if message.get("method") == "Network.requestWillBeSent":
            self.asked.append(message["params"]["request"]["url"])
        if message.get("method") == "Log.entryAdded":
            self.complaints.append(message["params"]["entry"]["text"])
        return message

    def show(self, page: str, *, width: int, height: int = 900, phone: bool = False) -> None:
        """Load a page into a window of this size (CSS pixels)."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=2 if phone else 1, mobile=phone)
        self.asked.clear()
        self.complaints.clear()
        file = self.home / "page.html"
        file.write_text(page, encoding="utf-8")
        self._loaded = False
        self.call("Page.navigate", url=file.as_uri())
        while not self._loaded:
            self._next()

    def value(self, expression: str) -> Any:
        """What an expression of JavaScript is in the page."""
        return self.call("Runtime.evaluate", expression=expression, returnByValue=True)["result"].get("value")

    def picture(self) -> bytes:
        """The whole page as PNG."""
        size = self.call("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}
        return base64.b64decode(self.call("Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=clip)["data"])

    def pdf(self, paper: dict[str, float]) -> bytes:
        """The page as it is printed."""
        return base64.b64decode(self.call("Page.printToPDF", preferCSSPageSize=False, printBackground=False, **paper)["data"])


@contextlib.contextmanager
def browser() -> Iterator[Browser]:
    """A tab of a Chromium of its own, which is stopped afterwards."""
    path = chromium()
    if not path:
        raise RuntimeError(NEEDED)
    to_browser, from_browser = os.pipe(), os.pipe()
    with tempfile.TemporaryDirectory() as home:
        flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe", "--no-first-run", "--hide-scrollbars"]
        # Chromium reads commands from file descriptor 3 and writes to 4.
        script = f'exec "$0" "$@" 3<&{to_browser[0]} 4>&{from_browser[1]}'
        command = ["bash", "-c", script, path, *flags, f"--user-data-dir={home}", "about:blank"]
        process = subprocess.Popen(
            command,
            pass_fds=(to_browser[0], from_browser[1]),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            env={**os.environ, "HOME": home},
        )
        os.close(to_browser[0])
        os.close(from_browser[1])
        try:
            one = Browser(to_browser[1], from_browser[0], Path(home))
            tabs = one.call("Target.getTargets")["targetInfos"]
            (tab, *_others) = (target["targetId"] for target in tabs if target["type"] == "page")
            one.session = one.call("Target.attachToTarget", targetId=tab, flatten=True)["sessionId"]
            for domain in ("Page", "Network", "Log"):
                one.call(f"{domain}.enable")
            yield one
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            os.close(to_browser[1])
            os.close(from_browser[0])
