"""The panels, a unit's sum and why this digit: their way with pointer, keyboard, window, and late or bad answers."""

from __future__ import annotations

import math
import re
from decimal import Decimal

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from lenet import classify
from lenet.explain import unit_sum
from lenet.prediction import shipped
from tests.browser.digits import DIGITS
from tests.browser.pad import Pad
from tests.browser.units import at_unit, picture, strokes


def sum_panel(page: Page) -> Locator:
    """The panel with the sum of the chosen unit."""
    return page.get_by_role("region", name="How this value came about")


def click_unit(page: Page, name: str, row: int, column: int, cells: int) -> None:
    """Choose a unit on a picture of cells × cells."""
    picture(page, name).click(position=at_unit(page, name, row, column, cells))


def shown_value(page: Page) -> float:
    """The sum panel's result."""
    return float(sum_panel(page).locator(".result b").inner_text().replace("−", "-"))


def decimal(text: str) -> Decimal:
    """A number as the page writes it."""
    return Decimal(text.replace("−", "-").replace(" ", "").lstrip("+"))


def test_a_resting_pointer_does_not_stop_the_walk(drawn: Pad) -> None:
    """While the mouse rests on another map, the panel's title and its arithmetic are the walking unit's."""
    page = drawn.page
    picture(page, "C1 map 0").click(position=at_unit(page, "C1 map 0", 3, 4, 28))
    panel = page.get_by_role("region", name="How this value came about")
    shown = panel.locator(".result b")
    panel.get_by_role("button", name="One step forward").click()
    expect(panel.get_by_role("heading", level=2)).to_have_text("C1 map 0, row 3, column 5")
    picture(page, "C1 map 3").hover(position=at_unit(page, "C1 map 3", 2, 4, 28))
    readout = page.locator(".readout")
    expect(readout).to_have_text(re.compile("^C1 map 3, row 2, column 4"))
    values = classify(strokes(page), 20).maps["c1"][0, 3]
    for column in (6, 7, 8):
        page.keyboard.press("Enter")
        expect(panel.get_by_role("heading", level=2)).to_have_text(f"C1 map 0, row 3, column {column}")
        assert float(shown.inner_text().replace("−", "-")) == pytest.approx(float(values[column]), abs=0.0006)
        expect(readout).to_have_text(re.compile("^C1 map 3, row 2, column 4"))


def test_the_walk_ends_where_there_is_no_map(drawn: Pad) -> None:
    """A bar chosen while the kernel walks stays chosen, its panel follows the drawing, and so does its link."""
    page = drawn.page
    click_unit(page, "S2 map 0", 3, 4, 14)  # its sum leaves the bars in sight
    panel = sum_panel(page)
    title = panel.get_by_role("heading", level=2)
    panel.get_by_role("button", name="Play").click()
    expect(title).to_have_text("S2 map 0, row 3, column 6")
    page.get_by_role("meter", name="3").click()
    expect(title).to_have_text("Probability of 3")
    drawn.button("Clear").click()
    drawn.draw(DIGITS[7])
    expect(drawn.status).to_have_text(re.compile("^7"))
    expect(title).to_have_text("Probability of 3")
    expect(panel.locator(".result b")).to_have_text("< 0.001")
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error()); }")
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_label("Copy this link")).to_have_value(re.compile(r"unit=softmax\.3(&|$)"))


def test_the_walk_waits_for_a_slow_server(drawn: Pad) -> None:
    """Every step of the walk is shown, however late its sum comes."""
    page = drawn.page
    click_unit(page, "C1 map 0", 3, 4, 28)
    title = sum_panel(page).get_by_role("heading", level=2)
    expect(title).to_have_text("C1 map 0, row 3, column 4")
    held: list[Route] = []
    page.route("**/unit", lambda route: held.append(route))
    page.clock.install()
    with page.expect_request("**/unit"):
        sum_panel(page).get_by_role("button", name="Play").click()
    for number in range(3):
        page.clock.run_for(1000)
        assert len(held) == 1
        with page.expect_request("**/unit"):
            held.pop().continue_()
        expect(title).to_have_text(f"C1 map 0, row 3, column {5 + number}")
    sum_panel(page).get_by_role("button", name="Pause").click()
    held.pop().continue_()
    expect(title).to_have_text("C1 map 0, row 3, column 8")


def test_a_late_sum_is_not_told_of_another_unit(drawn: Pad) -> None:
    """A sum that comes when the pointer is elsewhere is not written beside it."""
    page = drawn.page
    page.evaluate(
        """() => {
            const readout = document.querySelector(".readout");
            window.told = [];
            new MutationObserver(() => told.push(readout.textContent)).observe(readout, { childList: true });
        }"""
    )
    held: list[Route] = []
    page.route("**/unit", lambda route: held.append(route), times=1)
    with page.expect_request("**/unit"):
        picture(page, "C3 map 3").hover(position=at_unit(page, "C3 map 3", 2, 4, 10))
    picture(page, "Network input").hover()
    held[0].continue_()
    readout = page.locator(".readout")
    picture(page, "S4 map 0").hover()
    expect(readout).to_have_text(re.compile("^S4 map 0"))
    told = page.evaluate("told")
    assert any("Input" in text for text in told)
    assert not any("C3" in text for text in told)


def test_input_is_told_while_the_drawing_changes(drawn: Pad) -> None:
    """A pointer that rests on the input reads its newest ink, and asks the server for nothing."""
    page = drawn.page
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    picture(page, "Network input").hover()
    readout = page.locator(".readout")
    shown = re.compile(r"^Input, row (\d+), column (\d+): ([−\d.]+), (blank|partly ink|full ink)$")
    expect(readout).to_have_text(shown)
    match = shown.match(readout.inner_text())
    assert match
    row, column = int(match[1]), int(match[2])
    # The very number that stands in a C1 unit's patch: its kernel's first cell lies on that of the input.
    sums = unit_sum(shipped(), classify(strokes(page), 20), "c1", (0, row, column))
    assert float(match[3].replace("−", "-")) == sums["terms"][0]["patch"][0][0]
    page.evaluate("document.querySelector('[data-do=clear]').click()")
    expect(drawn.status).to_have_text("Draw a digit")
    expect(readout).to_have_text(re.compile(r": −0\.100, blank$"))
    assert not [url for url in asked if url.endswith("/unit")]


def test_a_calculator_comes_to_what_the_panel_shows(drawn: Pad) -> None:
    """In the panel's own text, patch × kernel give the products, these the sums, and these a, which gives the value."""
    page = drawn.page
    panel = sum_panel(page)
    for name in ("c1.0.3.4", "c1.4.20.11", "c3.5.2.7", "c3.15.9.0"):
        page.evaluate("name => { location.hash = `#unit=${name}` }", name)
        layer, number, row, column = name.split(".")
        title = f"{layer.upper()} map {number}, row {row}, column {column}"
        expect(panel.get_by_role("heading", level=2)).to_have_text(title)
        expect(panel.locator(".result b")).to_have_text(re.compile(r"\d"))
        sums = []
        several = panel.locator("[data-term]")
        for at in range(max(several.count(), 1)):
            if several.count():
                several.nth(at).click()
                expect(several.nth(at)).to_have_attribute("aria-pressed", "true")
            term = panel.locator(".term")
            patch, kernel, products = (
                [decimal(text) for text in table.locator("td").all_inner_texts()]
                for table in term.locator("table").all()
            )
            for a, b, product in zip(patch, kernel, products, strict=True):
                assert abs(a * b - product) <= Decimal("0.0005"), (name, a, b, product)
            sums.append(decimal(term.locator("b").inner_text()))
            if several.count():
                assert decimal(several.nth(at).locator("b").inner_text()) == sums[-1]
            assert sum(products) == sums[-1]
        total = panel.locator(".total")
        chain = re.findall(r"[−+]? ?\d+\.\d+", total.inner_text())
        *terms, a = (decimal(text) for text in chain)
        assert terms[: len(sums)] == sums
        assert sum(terms) == a == decimal(total.locator("b").inner_text())
        value = 1.7159 * math.tanh(2 * float(a) / 3)
        assert Decimal(f"{value:.3f}") == decimal(panel.locator(".result b").inner_text())


@pytest.mark.parametrize(("status", "body"), [(200, "<html>Sign in</html>"), (429, "{}"), (500, "")])
def test_a_bad_answer_is_asked_for_again(drawn: Pad, status: int, body: str) -> None:
    """A sum that could not be had comes by itself when it can be, without another click or stroke."""
    page = drawn.page
    page.route("**/unit", lambda route: route.fulfill(status=status, body=body), times=3)
    click_unit(page, "C1 map 0", 3, 4, 28)
    expect(sum_panel(page).locator(".result b")).to_have_text(re.compile(r"\d"))
    assert shown_value(page) == pytest.approx(classify(strokes(page), 20).maps["c1"][0, 3, 4], abs=0.0006)


def test_how_likely_it_is_a_digit(drawn: Pad) -> None:
    """A probability's panel tells the library's own is_digit, and nothing of an empty pad."""
    page = drawn.page
    page.get_by_role("meter", name="3").click()
    told = sum_panel(page).locator(".is-digit")
    is_digit = classify(strokes(page), 20).is_digit
    assert is_digit is not None
    expect(told).to_have_text(f"{100 * is_digit:.1f} %")
    drawn.button("Clear").click()
    expect(drawn.status).to_have_text("Draw a digit")
    expect(told).to_have_count(0)
    expect(sum_panel(page).locator(".result b")).to_have_text(re.compile(r"\d"))
    assert "NaN" not in sum_panel(page).inner_text()


def test_why_reads_no_picture_back(drawn: Pad) -> None:
    """The heat is painted as often as somebody likes without a word in the browser's console."""
    page = drawn.page
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.get_by_role("button", name="Why?").click()
    panel = page.get_by_role("region", name="Why this digit")
    for other in "0124":
        panel.get_by_label("the other digit").select_option(other)
        expect(panel.locator(".verdict")).to_contain_text(f"speaks for {other}")
    assert said == []


def test_no_reasons_for_another_digit(drawn: Pad) -> None:
    """Until why it is the digit now read has been found, nothing is said of the one before."""
    page = drawn.page
    page.get_by_role("button", name="Why?").click()
    panel = page.get_by_role("region", name="Why this digit")
    verdict, overlay = panel.locator(".verdict"), page.locator(".paper .speaks")
    expect(verdict).to_contain_text("speaks for 3")
    expect(overlay).to_be_visible()
    page.route("**/contributions", lambda route: route.fulfill(status=429))
    page.get_by_role("button", name="Examples").click()
    page.get_by_role("button", name="Example: 7", exact=True).click()
    expect(panel.locator(".digit")).to_have_text("7")
    expect(verdict).to_be_hidden()
    expect(overlay).to_be_hidden()
    page.unroute("**/contributions")
    expect(verdict).to_contain_text("speaks for 7")
    expect(overlay).to_be_visible()


def test_escape_closes_a_panel_wherever_the_keyboard_is(drawn: Pad) -> None:
    """After Why?, after a button that went with its panel's content, from the pad; one thing at a time."""
    page = drawn.page
    why = page.get_by_role("region", name="Why this digit")
    page.get_by_role("button", name="Why?").click()
    expect(why).to_be_visible()
    page.keyboard.press("Escape")
    expect(why).to_be_hidden()
    page.get_by_role("meter", name="3").click()
    panel = page.get_by_role("region", name="How this value came about")
    panel.get_by_role("button", name="How logit 3 came about").click()
    title = panel.get_by_role("heading", level=2)
    expect(title).to_be_focused()
    expect(title).to_have_text("Logit of 3")
    page.get_by_role("button", name="Examples").click()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Examples")).to_be_hidden()
    expect(panel).to_be_visible()
    drawn.canvas.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Escape")
    expect(panel).to_be_visible()
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(drawn.canvas).to_be_focused()
    play = page.get_by_role("button", name="Play the layers")
    play.click()
    expect(page.locator(".station")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator(".station")).to_have_count(0)
    play.click()
    expect(page.locator(".station")).to_have_count(1)
    picture(page, "C1 map 0").click(position=at_unit(page, "C1 map 0", 3, 4, 28))
    expect(panel).to_be_visible()
    expect(page.locator(".station")).to_have_count(0)  # who looks at something is not led elsewhere
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()


@pytest.mark.parametrize(
    ("width", "height", "layer"),
    [
        (1280, 720, "c5"),
        (1280, 720, "f6"),
        (390, 844, "s4"),
        (390, 844, "softmax"),
        (844, 390, "c1"),
        (844, 390, "c3"),
        (844, 390, "softmax"),
    ],
)
def test_a_panel_does_not_lie_on_what_was_chosen(drawn: Pad, width: int, height: int, layer: str) -> None:
    """The layer, or the bars, that somebody clicked is in sight above, below or beside the sum."""
    page = drawn.page
    page.set_viewport_size({"width": width, "height": height})
    if layer == "softmax":
        part = page.locator(".bars")
        page.get_by_role("meter", name="3").click()
    else:
        part = page.locator(f"[data-layer={layer}] .maps")
        part.locator("canvas").first.click()
    panel = page.get_by_role("region", name="How this value came about")
    expect(panel.locator(".result b")).to_have_text(re.compile(r"\d"))
    clicked, opened = part.bounding_box(), panel.bounding_box()
    assert clicked and opened and 0 <= clicked["y"] <= height - clicked["height"]
    beside = clicked["x"] + clicked["width"] <= opened["x"] or opened["x"] + opened["width"] <= clicked["x"]
    above, below = clicked["y"], clicked["y"] + clicked["height"]
    assert beside or below <= opened["y"] or opened["y"] + opened["height"] <= above
