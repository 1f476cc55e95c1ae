"""A page in headless Chromium, driven through the DevTools protocol: `Page(url).screenshot()`."""

from __future__ import annotations

import base64
import contextlib
import io
import itertools
import json
import re
import shutil
import subprocess
import time
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from PIL import Image

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")


def chromium() -> str | None:
    """The browser's program, or None where there is none."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


class Page:
    """One page; close it, or use `with`. WebGL is drawn in software."""

    def __init__(self, url: str, folder: Path, width: int = 1600, height: int = 900) -> None:
        from websockets.sync.client import connect

        program = chromium()
        assert program is not None
        self._log = (folder / "chromium.log").open("w+")
        self._process = subprocess.Popen(
            [
                program,
                "--headless=new",
                "--no-sandbox",
                "--disable-dev-shm-usage",
                "--remote-debugging-port=0",
                "--use-angle=swiftshader",
                "--enable-unsafe-swiftshader",
                "--ignore-gpu-blocklist",
                "--hide-scrollbars",
                f"--window-size={width},{height}",
                f"--user-data-dir={folder / 'profile'}",
                "about:blank",
            ],
            stdout=subprocess.DEVNULL,
            stderr=self._log,
        )
        self._numbers = itertools.count(1)
        self.events: list[dict[str, Any]] = []
        browser = self._address(60.0)
        port = int(browser.split(":")[2].split("/")[0])
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/json/list", timeout=20) as answer:
            target = next(page for page in json.load(answer) if page["type"] == "page")
        self._stack = contextlib.ExitStack()
        self._line = self._stack.enter_context(connect(target["webSocketDebuggerUrl"], max_size=None, open_timeout=20))
        self.call("Page.enable")
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        self.call("Page.navigate", url=url)
        until = time.monotonic() + 60.0
        while time.monotonic() < until:
            time.sleep(0.3)
            with contextlib.suppress(RuntimeError):  # between the old page and the new one
                state = self.call("Runtime.evaluate", expression="location.href + ' ' + document.readyState")
                value = str(state["result"].get("value"))
                if value.endswith(" complete") and (url.startswith("about:") or not value.startswith("about:")):
                    return
        raise RuntimeError(f"{url} did not load")

    def __enter__(self) -> Page:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._stack.close()
        self._process.terminate()
        self._process.wait(20)
        self._log.close()

    def call(self, method: str, timeout: float = 60.0, **parameters: Any) -> dict[str, Any]:
        """Send a command and wait for its answer; events in between are kept in `events`."""
        number = next(self._numbers)
        self._line.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            answer = json.loads(self._line.recv(timeout))
            if "method" in answer:
                self.events.append(answer)
            if answer.get("id") == number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]

    def value(self, expression: str) -> Any:
        """What a JavaScript expression comes to on the page."""
        return self.call("Runtime.evaluate", expression=expression, returnByValue=True)["result"].get("value")

    def wait_for(self, expression: str, seconds: float) -> bool:
        """Whether a JavaScript expression becomes true within `seconds`."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            with contextlib.suppress(RuntimeError):  # between the old page and the new one
                if self.value(expression) is True:
                    return True
            time.sleep(0.2)
        return False

    def screenshot(self) -> np.ndarray:
        """What the page shows now, (height, width, 3) uint8."""
        data = base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"])
        return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))

    def _address(self, seconds: float) -> str:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            found = re.search(r"ws://\S+", Path(self._log.name).read_text(errors="replace"))
            if found:
                return found[0]
            time.sleep(0.1)
        self._process.kill()
        told = Path(self._log.name).read_text(errors="replace")[-500:]
        raise RuntimeError(f"Chromium gave no DevTools address: {told}")
