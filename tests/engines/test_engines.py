"""The page in Firefox and in WebKit: it draws, reads, opens every view, and looks as it does in Chromium."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import sync_playwright

from demo.scripts import ENTRIES
from tests.browser.conftest import CHROMIUM
from tests.browser.digits import DIGITS
from tests.engines.engine import SIZE, Engine, button, labelled
from tests.server import Server

STATUS = "(document.querySelector('[role=status]')?.textContent ?? '')"
METERS = "[...document.querySelectorAll('[role=meter]')].map((meter) => Number(meter.ariaValueNow))"


def reads(digit: int) -> str:
    """JavaScript that tells whether the page reads this digit."""
    return f"return {STATUS}.startsWith('{digit}')"


def colours(engine: Engine, name: str) -> int:
    """How many different pixels the canvas of that label has."""
    count: int = engine.script(
        f"const canvas = {labelled(name)};"
        "const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);"
        "return new Set(new Uint32Array(data.buffer)).size;"
    )
    return count


def expanded(name: str) -> str:
    """JavaScript that tells whether the button of that text says that its part is open."""
    return f"return {button(name)}.ariaExpanded === 'true'"


def test_reads_while_the_pen_is_down(engine: Engine) -> None:
    """In mid-stroke the answer and the maps follow the pen; lifted and cleared, the page is empty again."""
    first, second = DIGITS[4]
    engine.draw([first])
    engine.press(second)
    engine.wait(reads(4))
    assert colours(engine, "C1 map 0") > 10
    assert engine.script(f"return {METERS}[4]") > 50
    engine.pointer("up")
    engine.wait(reads(4))
    engine.click(button("Clear"))
    engine.wait(f"return {STATUS} === 'Draw a digit'")


@pytest.mark.parametrize("name", ["Why?", "Kernels", "Table I"])
def test_every_view_opens_and_closes(engine: Engine, name: str) -> None:
    """Each view opens at its button, with its numbers or kernels in it, and closes there."""
    engine.draw(DIGITS[3])
    engine.wait(reads(3))
    before = engine.script("return document.body.innerText.length")
    engine.click(button(name))
    engine.wait(expanded(name))
    engine.wait(f"return document.body.innerText.length > {before} || document.querySelector('.kernels')")
    engine.click(button(name))
    engine.wait(f"return {button(name)}.ariaExpanded === 'false'")


def test_a_unit_opens_its_sum(engine: Engine) -> None:
    """A click on a unit of C3 shows its arithmetic, and the address tells it to others."""
    engine.draw(DIGITS[3])
    engine.wait(reads(3))
    engine.click(labelled("C3 map 5"), right=0.45, down=0.55)
    engine.wait("return document.querySelector('.sum').textContent.includes('tanh')")
    assert "C3 map 5" in engine.script("return document.querySelector('.sum').textContent")


def test_a_view_in_a_link_is_open(engine: Engine, server: Server) -> None:
    """A link opens what it names, here too; the compact view leaves S2's maps out."""
    engine.open(f"{server.url}#table=5.1")
    engine.wait(expanded("Table I"))
    engine.open("about:blank")
    engine.open(f"{server.url}#view=compact")
    engine.wait(f"return {STATUS} === 'Draw a digit'")
    assert engine.script(f"return {labelled('S2 map 0')}.checkVisibility()") is False


def test_stays_through_a_restart(engine: Engine, server: Server) -> None:
    """With the server gone the page says so and keeps drawing and view; with it back, it reads on."""
    first, second = DIGITS[4]
    engine.draw([first])
    engine.click(button("Table I"))
    engine.wait(expanded("Table I"))
    server.stop()
    engine.draw([second])
    engine.wait(f"return {STATUS}.includes('Your drawing is kept')")
    server.start()
    engine.wait(reads(4))
    assert engine.script(expanded("Table I"))


# Where the page's parts lie: pad, maps, bars, buttons. What is written is as wide as each browser's font.
PARTS = """
const names = ["Drawing pad", "Network input", "C1 map 0", "C1 map 5", "S2 map 3", "C3 map 0", "C3 map 15",
  "S4 map 7", "C5 units", "F6 units"];
const box = (element) => {
  const { left, top, width, height } = element.getBoundingClientRect();
  return [left, top, width, height];
};
const found = names.map((name) => [name, document.querySelector(`[aria-label="${name}"]`)]);
const meters = [...document.querySelectorAll("[role=meter]")].map((meter, digit) => [`bar ${digit}`, meter]);
return JSON.stringify(Object.fromEntries([...found, ...meters].map(([name, one]) => [name, box(one)])));
"""


@pytest.fixture(scope="module")
def in_chromium(server: Server) -> dict[str, Any]:
    """Where the parts lie in Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**CHROMIUM)
        page = browser.new_page(viewport={"width": SIZE["width"], "height": SIZE["height"]})
        page.goto(server.url)
        page.wait_for_function(f"document.querySelectorAll('[data-live]').length === {len(ENTRIES)}")
        boxes: dict[str, Any] = json.loads(page.evaluate(f"(() => {{ {PARTS} }})()"))
        browser.close()
    return boxes


def test_looks_as_in_chromium(engine: Engine, in_chromium: dict[str, Any]) -> None:
    """Pad, maps and bars lie where they lie in Chromium, and are as large, within eight pixels."""
    boxes = json.loads(engine.script(PARTS))
    off = {
        name: (box, in_chromium[name])
        for name, box in boxes.items()
        if any(abs(one - other) > 8 for one, other in zip(box, in_chromium[name], strict=True))
    }
    assert off == {}


def test_the_pad_is_square_and_one_font_is_used(engine: Engine) -> None:
    """The pad is as high as it is wide, and the answer is set in the page's own font, without serifs."""
    engine.draw(DIGITS[3])
    engine.wait(reads(3))
    box = engine.box(labelled("Drawing pad"))
    assert abs(box["width"] - box["height"]) < 0.1
    fonts = engine.script(
        "const status = document.querySelector('[role=status]');"
        "return [status, ...status.querySelectorAll('*')].map((one) => getComputedStyle(one).fontFamily)"
    )
    assert all("sans-serif" in font for font in fonts), fonts
