# SPDX-License-Identifier: Apache-2.0
"""A headless Chromium over its own pipe, with the standard library alone.

SKOL_CHROMIUM names the browser; without it, the first of the usual names that is installed. Tests
skip where there is none (`@needs_browser`).
"""

import base64
import fcntl
import json
import os
import select
import shutil
import struct
import subprocess
import tempfile
import time
import unittest
import zlib
from pathlib import Path
from typing import Any, Callable, Dict, List, NamedTuple

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM = os.environ.get("SKOL_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), "")
SECONDS = 60  # for one answer; a loaded machine takes some seconds for the first

needs_browser = unittest.skipIf(not CHROMIUM, "Chromium is not installed")

# The sandbox needs rights that root and containers do not have; the pages are our own files.
ARGUMENTS = [
    "--headless=new",
    "--remote-debugging-pipe",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--no-default-browser-check",
    "--hide-scrollbars",
]


class Image(NamedTuple):
    """Pixels of 8 bits a channel, row after row, without padding."""

    width: int
    height: int
    channels: int
    pixels: bytes

    def colours(self) -> Dict[bytes, int]:
        """How many pixels have each colour."""
        counts: Dict[bytes, int] = {}
        for i in range(0, len(self.pixels), self.channels):
            colour = self.pixels[i : i + self.channels]
            counts[colour] = counts.get(colour, 0) + 1
        return counts


def read_png(png: bytes) -> Image:
    """A PNG of 8 bits a channel without interlacing, which is what browsers write."""
    if not png.startswith(b"\x89PNG\r\n\x1a\n"):
        raise ValueError("not a PNG")
    at, packed, header = 8, b"", b""
    while at < len(png):
        (size,) = struct.unpack(">I", png[at : at + 4])
        kind, data = png[at + 4 : at + 8], png[at + 8 : at + 8 + size]
        header = data if kind == b"IHDR" else header
        packed += data if kind == b"IDAT" else b""
        at += 12 + size
    width, height, depth, colour_type, _, _, interlaced = struct.unpack(">IIBBBBB", header)
    if depth != 8 or interlaced or colour_type not in (2, 6):
        raise ValueError(f"PNG of depth {depth}, colour type {colour_type}")
    channels = 3 if colour_type == 2 else 4
    return Image(width, height, channels, unfiltered(zlib.decompress(packed), width, channels))


def unfiltered(raw: bytes, width: int, channels: int) -> bytes:
    """Undoes the filters of PNG (RFC 2083, 6)."""
    stride = width * channels
    above, out = bytearray(stride), bytearray()
    for begin in range(0, len(raw), stride + 1):
        kind, row = raw[begin], bytearray(raw[begin + 1 : begin + 1 + stride])
        for i in range(stride if kind else 0):
            left = row[i - channels] if i >= channels else 0
            corner = above[i - channels] if i >= channels else 0
            row[i] = (row[i] + predicted(kind, left, above[i], corner)) & 0xFF
        out += row
        above = row
    return bytes(out)


def predicted(kind: int, left: int, above: int, corner: int) -> int:
    if kind == 1:
        return left
    if kind == 2:
        return above
    if kind == 3:
        return (left + above) // 2
    estimate = left + above - corner
    distances = [abs(estimate - left), abs(estimate - above), abs(estimate - corner)]
    return (left, above, corner)[distances.index(min(distances))]


class Browser:
    """One page in one browser, closed at the end of the `with`. For one thread."""

    def __init__(self, *arguments: str) -> None:
        self.complaints: List[str] = []  # errors and warnings of the console
        self.requests: List[str] = []  # every address that was asked for
        self._folder = tempfile.mkdtemp(prefix="skol_browser_")
        reads, self._to = os.pipe()
        self._from, writes = os.pipe()
        self._buffer = b""
        self._number = 0

        def give_pipes() -> None:
            # Under the numbers the browser knows, whatever numbers they have here.
            ends = [fcntl.fcntl(end, fcntl.F_DUPFD, 10) for end in (reads, writes)]
            os.dup2(ends[0], 3)
            os.dup2(ends[1], 4)

        self._process = subprocess.Popen(
            [CHROMIUM, *ARGUMENTS, f"--user-data-dir={self._folder}", *arguments, "about:blank"],
            preexec_fn=give_pipes,
            close_fds=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(reads)
        os.close(writes)
        self._session = ""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        attached = self.call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def __enter__(self) -> "Browser":
        return self

    def __exit__(self, *_: object) -> None:
        for end in (self._to, self._from):
            os.close(end)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    def open(
        self, page: Path, width: int = 1280, height: int = 900, dark: bool = False, at: str = ""
    ) -> None:
        """Shows the file, `at` a fragment ("#line=3") of it, and waits until it is loaded. What was
        noted of a page before is forgotten."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )
        scheme = "dark" if dark else "light"
        self.call(
            "Emulation.setEmulatedMedia",
            features=[{"name": "prefers-color-scheme", "value": scheme}],
        )
        # A fragment of the page that is shown already would not load it again.
        self.call("Page.navigate", url="about:blank")
        self.wait_for(
            lambda: self.value("document.readyState + location.href == 'completeabout:blank'")
        )
        self.complaints.clear()
        self.requests.clear()
        self.call("Page.navigate", url=page.resolve().as_uri() + at)
        self.wait_for(
            lambda: self.value("document.readyState == 'complete' && location.protocol == 'file:'")
        )

    def value(self, expression: str) -> Any:
        """Of a JavaScript expression; a promise is waited for."""
        answer = self.call(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        if "exceptionDetails" in answer:
            raise AssertionError(f"{expression}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def press(self, key: str, shift: bool = False) -> None:
        """One key as a person presses it: "n", "Enter", "ArrowDown"."""
        text = {"Enter": "\r"}.get(key, key if len(key) == 1 else "")
        code = {"Enter": 13, "Escape": 27, "ArrowUp": 38, "ArrowDown": 40}.get(key, ord(key[0]))
        common = {"key": key, "modifiers": 8 if shift else 0, "windowsVirtualKeyCode": code}
        self.call("Input.dispatchKeyEvent", type="keyDown", text=text, **common)
        self.call("Input.dispatchKeyEvent", type="keyUp", **common)

    def screenshot(self, scale: float = 1.0) -> bytes:
        """What is seen, as a PNG."""
        clip = self.value("({x: scrollX, y: scrollY, width: innerWidth, height: innerHeight})")
        clip["scale"] = scale
        return base64.b64decode(self.call("Page.captureScreenshot", clip=clip)["data"])

    def wait_for(self, holds: Callable[[], Any]) -> None:
        deadline = time.monotonic() + SECONDS
        while not holds():
            if time.monotonic() > deadline:
                raise AssertionError("the browser did not get there")
            time.sleep(0.02)

    def call(self, method: str, **parameters: Any) -> Any:
        """A method of the DevTools protocol, and its answer."""
        self._number += 1
        message: Dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next_message()
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise AssertionError(f"{method}: {answer['error']}")
                return answer["result"]
            self._note(answer.get("method", ""), answer.get("params", {}))

    def _note(self, event: str, what: Dict[str, Any]) -> None:
        if event == "Runtime.exceptionThrown":
            self.complaints.append(json.dumps(what["exceptionDetails"]))
        elif event == "Runtime.consoleAPICalled" and what["type"] in ("error", "warning", "assert"):
            self.complaints.append(json.dumps(what["args"]))
        elif event == "Log.entryAdded" and what["entry"]["level"] in ("error", "warning"):
            self.complaints.append(what["entry"]["text"])
        elif event == "Network.requestWillBeSent":
            self.requests.append(what["request"]["url"])

    def _next_message(self) -> Any:
        deadline = time.monotonic() + SECONDS
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._from], [], [], max(0, deadline - time.monotonic()))
            piece = os.read(self._from, 1 << 20) if ready else b""
            if not piece:
                raise AssertionError(f"{CHROMIUM} gives no answer")
            self._buffer += piece
        message, self._buffer = self._buffer.split(b"\0", 1)
        return json.loads(message)


def problems(browser: Browser, page: Path) -> List[str]:
    """What is wrong with the page as it stands in the browser: complaints, requests for anything
    but itself, a blank picture. Empty where nothing is."""
    found = list(browser.complaints)
    allowed = ("about:", page.resolve().as_uri())
    found += [f"asked for {url}" for url in browser.requests if not url.startswith(allowed)]
    counts = read_png(browser.screenshot(0.25)).colours()
    if len(counts) < 20:
        found.append(f"a picture of {len(counts)} colours")
    if browser.value("document.documentElement.scrollWidth > innerWidth"):
        found.append("wider than the window")
    return found
