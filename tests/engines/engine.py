"""Firefox and WebKit, each driven by what its makers test it with, and asked for the same few things."""

from __future__ import annotations

import json
import os
import shutil
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any, Self

from marionette_driver.errors import ScriptTimeoutException
from marionette_driver.marionette import ActionSequence, Marionette
from selenium.common.exceptions import TimeoutException
from selenium.webdriver import WebKitGTK
from selenium.webdriver.common.actions.action_builder import ActionBuilder
from selenium.webdriver.common.actions.mouse_button import MouseButton
from selenium.webdriver.common.actions.pointer_input import PointerInput
from selenium.webdriver.webkitgtk.options import Options
from selenium.webdriver.webkitgtk.service import Service

from tests.browser.digits import Stroke

PATIENCE = 60  # seconds until a condition counts as never met; a busy machine is slow, not wrong
SIZE = {"width": 1280, "height": 720}
PAD = 280  # the pad's side in its own units
LIBRARIES = ("/usr/lib", "/usr/libexec", "/usr/local/lib")

# A promise for the value of `look()`, as soon as it is true.
WAIT = """
const [done] = [...arguments].slice(-1);
const again = () => { const found = (() => { %s })(); if (found) done(found); else setTimeout(again, 20); };
again();
"""


class Engine(ABC):
    """A browser with one window of 1280×720, and a mouse in it."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @abstractmethod
    def open(self, url: str) -> None:
        """Load a page into the window."""

    @abstractmethod
    def script(self, body: str) -> Any:
        """What the body of a function returns in the page, as JSON can tell it."""

    @abstractmethod
    def wait(self, body: str) -> Any:
        """The first true value that the body of a function returns; AssertionError where it never does."""

    @abstractmethod
    def pointer(self, *steps: str | tuple[float, float]) -> None:
        """What the mouse does: "down", "up", and places in the window to go to."""

    @abstractmethod
    def picture(self) -> bytes:
        """The window as PNG."""

    @abstractmethod
    def close(self) -> None:
        """End the browser."""

    def box(self, element: str) -> dict[str, float]:
        """Where an element lies in the window; `element` is JavaScript that finds it."""
        found: dict[str, float] = json.loads(
            self.script(f"return JSON.stringify(({element}).getBoundingClientRect())")
        )
        return found

    def click(self, element: str, right: float = 0.5, down: float = 0.5) -> None:
        """Press the mouse on an element that is in sight, in its middle or at another share of it."""
        self.script(f"({element}).scrollIntoView({{ block: 'nearest' }}); return 0")
        box = self.box(element)
        place = box["left"] + right * box["width"], box["top"] + down * box["height"]
        self.pointer(place, "down", "up")

    def press(self, stroke: Stroke) -> None:
        """Draw a stroke in pad units, and leave the pen down."""
        box = self.box(labelled("Drawing pad"))
        scale = box["width"] / PAD
        first, *others = [(box["left"] + scale * x, box["top"] + scale * y) for x, y in stroke]
        self.pointer(first, "down", *others)

    def draw(self, strokes: list[Stroke]) -> None:
        """Draw strokes, lifting the pen after each."""
        for stroke in strokes:
            self.press(stroke)
            self.pointer("up")


def labelled(name: str) -> str:
    """JavaScript that finds what has this label."""
    return f"document.querySelector('[aria-label=\"{name}\"]')"


def button(name: str) -> str:
    """JavaScript that finds the button in sight with this text."""
    return (
        f"[...document.querySelectorAll('button')].find((one) => one.checkVisibility() &&"
        f" one.textContent.includes({json.dumps(name)}))"
    )


class Firefox(Engine):
    """The system's Firefox, without a window."""

    def __init__(self) -> None:
        binary = shutil.which("firefox-esr") or shutil.which("firefox")
        assert binary, "Firefox is missing: make test-browsers installs it where it can."
        self.browser = Marionette(bin=binary, headless=True, gecko_log=os.devnull)
        self.browser.start_session()
        self.browser.timeout.script = PATIENCE
        self.browser.set_window_rect(**SIZE)
        inner = self.script("return innerHeight")
        self.browser.set_window_rect(width=SIZE["width"], height=2 * SIZE["height"] - inner)

    def open(self, url: str) -> None:
        self.browser.navigate(url)

    def script(self, body: str) -> Any:
        return self.browser.execute_script(body)

    def wait(self, body: str) -> Any:
        try:
            return self.browser.execute_async_script(WAIT % body)
        except ScriptTimeoutException:
            raise AssertionError(f"Never true: {body}") from None

    def pointer(self, *steps: str | tuple[float, float]) -> None:
        actions = ActionSequence(self.browser, "pointer", "mouse", {"pointerType": "mouse"})
        for step in steps:
            if step == "down":
                actions.pointer_down(0)
            elif step == "up":
                actions.pointer_up(0)
            else:
                assert not isinstance(step, str)
                actions.pointer_move(round(step[0]), round(step[1]), duration=10)
        actions.perform()

    def picture(self) -> bytes:
        content: bytes = self.browser.screenshot(format="binary", full=False)
        return content

    def close(self) -> None:
        self.browser.quit()
        self.browser.cleanup()


class WebKit(Engine):
    """The system's WebKit, Safari's engine, in the small browser that comes with it."""

    def __init__(self) -> None:
        found = (path for folder in LIBRARIES for path in Path(folder).glob("**/webkit2gtk-4.*/MiniBrowser"))
        binary, driver = next(found, None), shutil.which("WebKitWebDriver")
        assert binary, "WebKit is missing: make test-browsers installs it where it can."
        assert driver, "WebKit is missing: make test-browsers installs it where it can."
        options = Options()
        options.binary_location = str(binary)
        options.add_argument("--automation")
        self.browser = WebKitGTK(options=options, service=Service(driver))
        self.browser.set_script_timeout(PATIENCE)
        self.browser.set_window_size(**SIZE)
        inner = self.script("return innerHeight")
        self.browser.set_window_size(SIZE["width"], 2 * SIZE["height"] - inner)

    def open(self, url: str) -> None:
        self.browser.get(url)

    def script(self, body: str) -> Any:
        return self.browser.execute_script(body)

    def wait(self, body: str) -> Any:
        try:
            return self.browser.execute_async_script(WAIT % body)
        except TimeoutException:
            raise AssertionError(f"Never true: {body}") from None

    def pointer(self, *steps: str | tuple[float, float]) -> None:
        builder = ActionBuilder(self.browser, mouse=PointerInput("mouse", "mouse"), duration=10)
        actions = builder.pointer_action
        for step in steps:
            if step == "down":
                actions.pointer_down(MouseButton.LEFT)
            elif step == "up":
                actions.pointer_up(MouseButton.LEFT)
            else:
                assert not isinstance(step, str)
                actions.move_to_location(round(step[0]), round(step[1]))
        builder.perform()

    def picture(self) -> bytes:
        return self.browser.get_screenshot_as_png()

    def close(self) -> None:
        self.browser.quit()
