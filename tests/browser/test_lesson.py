"""The lesson's cards, links for a class that hide parts of the page, and large type for a projector."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

import pytest
from playwright.sync_api import FloatRect, Locator, Page, expect
from pytest_playwright import CreateContextCallback

from tests.browser.conftest import objections, open_pad
from tests.browser.digits import DIGITS, Stroke
from tests.browser.pad import Pad
from tests.server import Server

COUNT = 9  # cards, as the guide has things to try
ONE_STROKE: Stroke = [(70, 60), (140, 61), (205, 62), (170, 145), (132, 232)]  # a 7
SMALL: Stroke = [(30, 20), (50, 20), (38, 60)]
LETTER: list[Stroke] = [[(60, 240), (140, 40), (220, 240)], [(92, 160), (188, 160)]]


@pytest.fixture
def lesson(pad: Pad) -> Iterator[Pad]:
    """The page with the lesson's first card open, by its button."""
    pad.button("Lesson").click()
    expect(card(pad.page)).to_be_visible()
    yield pad


def card(page: Page) -> Locator:
    return page.get_by_role("complementary", name="Lesson")


def box(part: Locator) -> FloatRect:
    """Where a part lies in the window."""
    found = part.bounding_box()
    assert found
    return found


def apart(one: FloatRect, other: FloatRect) -> bool:
    """Whether neither lies on the other."""
    return (
        one["x"] + one["width"] <= other["x"]
        or other["x"] + other["width"] <= one["x"]
        or one["y"] + one["height"] <= other["y"]
        or other["y"] + other["height"] <= one["y"]
    )


def answer(page: Page, choice: str) -> None:
    """Choose an answer to the card's question."""
    card(page).get_by_role("radio", name=choice, exact=True).check()


def turn(page: Page, number: int) -> None:
    """Open the card of that number by its link."""
    page.evaluate("number => { location.hash = `lesson=${number}` }", number)
    expect(card(page)).to_contain_text(f"card {number} of {COUNT}")


def test_closed_until_its_button_is_pressed(pad: Pad) -> None:
    """No card is there at first; the button opens the first one, and closes it."""
    button = pad.button("Lesson")
    expect(card(pad.page)).to_be_hidden()
    expect(button).to_have_attribute("aria-expanded", "false")
    button.click()
    expect(card(pad.page)).to_contain_text(f"card 1 of {COUNT}")
    expect(button).to_have_attribute("aria-expanded", "true")
    expect(pad.page.get_by_role("heading", name="Draw, and watch")).to_be_focused()
    button.click()
    expect(card(pad.page)).to_be_hidden()
    expect(button).to_be_focused()


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (1024, 640), (1920, 1080)])
def test_the_card_stands_beside_the_figure(lesson: Pad, width: int, height: int) -> None:
    """An open card lies on nothing of the figure, and nothing of the page needs scrolling."""
    page = lesson.page
    page.set_viewport_size({"width": width, "height": height})
    lesson.draw(DIGITS[3])
    expect(lesson.status).to_have_text(re.compile("^3"))
    stands = box(card(page))
    for part in (
        lesson.canvas,
        page.get_by_role("meter", name="9"),
        page.get_by_role("img", name="C1 map 5", exact=True),
        page.get_by_role("img", name="C3 map 15", exact=True),
        page.get_by_role("img", name="F6 units", exact=True),
    ):
        lies = box(part)
        assert apart(stands, lies)
        assert lies["x"] >= 0
        assert lies["x"] + lies["width"] <= width
        assert lies["y"] + lies["height"] <= height
    assert stands["x"] + stands["width"] <= width
    assert stands["y"] + stands["height"] <= height
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("document.documentElement.scrollHeight") <= height


def test_a_card_is_done_step_by_step(lesson: Pad) -> None:
    """It points at the pad until the 7 is drawn, and tells more only when its question is answered, too."""
    page = lesson.page
    told = card(page).locator(".reveal")
    expect(page.locator(".spot")).to_have_class(re.compile("paper"))
    expect(told).to_have_text("Answer the question first; then do it.")
    answer(page, "1")
    expect(told).to_have_text("Now do it and see.")
    lesson.draw([ONE_STROKE])
    expect(told).to_contain_text("On the way it said")
    expect(told).to_contain_text("7. It answers")
    expect(page.locator(".spot")).to_have_count(0)
    lesson.button("Next card").click()
    expect(card(page)).to_contain_text(f"card 2 of {COUNT}")
    expect(page.get_by_role("heading", name="What it is given")).to_be_focused()


def test_what_is_done_before_the_answer_tells_nothing(lesson: Pad) -> None:
    """Whoever draws first is still asked; then the card tells all, and the choices stay as they were."""
    page = lesson.page
    told = card(page).locator(".reveal")
    lesson.draw([ONE_STROKE])
    expect(told).to_have_text("Done. And what is your answer?")
    answer(page, "7")
    expect(told).to_contain_text("On the way it said")
    expect(card(page).get_by_role("radio", name="1", exact=True)).to_be_disabled()


def do(pad: Pad, number: int) -> None:
    """What the card of that number asks for."""
    page = pad.page
    if number == 1:
        pad.draw([ONE_STROKE])
    elif number == 2:
        pad.draw([SMALL])
    elif number == 3:
        pad.button("Play the layers").click()
    elif number == 4:
        page.get_by_role("img", name="C3 map 5", exact=True).hover()
    elif number == 5:
        page.get_by_role("img", name="C1 map 2", exact=True).click()
    elif number == 6:
        page.get_by_role("button", name="S2 map 0 to C3 map 0", exact=False).first.click()
    elif number == 7:
        pad.draw(DIGITS[4])
        pad.button("Why?").click()
    elif number == 8:
        pad.draw(LETTER)
    else:
        pad.button("Copy link").click()


@pytest.mark.parametrize("number", range(1, COUNT + 1))
def test_every_card_can_be_done(pad: Pad, number: int) -> None:
    """Linked to, each card opens and points at something in sight; when its task is done it tells more."""
    page = pad.page
    if number in (4, 5, 6, 9):
        pad.draw(DIGITS[3])
        expect(pad.status).to_have_text(re.compile("^3"))
    turn(page, number)
    expect(page.locator(".spot")).to_have_count(1)
    expect(page.locator(".spot")).to_be_in_viewport()
    assert apart(box(card(page)), box(page.locator(".spot")))
    card(page).get_by_role("radio").first.check()
    expect(card(page).locator(".reveal")).to_have_text("Now do it and see.")
    do(pad, number)
    expect(card(page).locator(".reveal.complete")).to_be_visible()
    expect(page.locator(".spot")).to_have_count(0)


def test_the_cards_are_the_guides(pad: Pad) -> None:
    """There are as many cards as things to try in the guide, and no tenth can be linked to."""
    turn(pad.page, COUNT)
    expect(card(pad.page).get_by_role("button", name="End")).to_be_visible()
    pad.page.evaluate("location.hash = 'lesson=10'")
    expect(pad.page.locator("#told")).to_contain_text("cannot show what this link wants")


def test_copy_link_takes_the_card_along(lesson: Pad) -> None:
    """What Copy link copies opens the same card, with the drawing."""
    page = lesson.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    lesson.draw(DIGITS[3])
    expect(lesson.status).to_have_text(re.compile("^3"))
    lesson.button("Copy link").click()
    expect(page.locator("#told")).to_contain_text("Link copied")
    other = page.context.new_page()
    other.goto(page.evaluate("navigator.clipboard.readText()"))
    expect(card(other)).to_contain_text(f"card 1 of {COUNT}")
    expect(Pad(other).status).to_have_text(re.compile("^3"))


def test_escape_closes_the_card_where_the_keyboard_is_in_it(lesson: Pad) -> None:
    """From within the card Escape closes it and leads back to its button."""
    lesson.page.keyboard.press("Escape")
    expect(card(lesson.page)).to_be_hidden()
    expect(lesson.button("Lesson")).to_be_focused()


def test_on_a_phone_the_card_stays_and_shows_the_spot(
    server: Server, new_context: CreateContextCallback
) -> None:
    """On an upright phone the card stays at the top while the page moves to where it is to be done."""
    page = new_context(viewport={"width": 390, "height": 844}, has_touch=True).new_page()
    pad = open_pad(page, server.url)
    pad.draw(DIGITS[3])
    expect(pad.status).to_have_text(re.compile("^3"))
    turn(page, 5)
    expect(page.locator(".spot")).to_be_in_viewport()
    stands, spot = box(card(page)), box(page.locator(".spot"))
    assert apart(stands, spot)
    assert 0 <= stands["y"] <= 16
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.close()


HIDDEN = {
    "maps": ("img", "C1 map 0"),
    "why": ("button", "Why?"),
    "kernels": ("button", "Kernels"),
    "table": ("button", "Table I"),
    "play": ("button", "▶ Play the layers"),
    "examples": ("button", "Examples"),
    "save": ("button", "Save"),
    "link": ("button", "Copy link"),
    "lesson": ("button", "Lesson"),
    "answer": ("meter", "3"),
}


def test_a_link_hides_what_it_names(drawn: Pad) -> None:
    """Each name hides its part and no other; without it all are there again."""
    page = drawn.page

    def there() -> set[str]:
        return {
            name
            for name, (role, text) in HIDDEN.items()
            if page.get_by_role(role, name=text, exact=True).is_visible()  # type: ignore[arg-type]
        }

    assert there() == set(HIDDEN)
    for name, (role, text) in HIDDEN.items():
        page.evaluate("name => { location.hash = `hide=${name}` }", name)
        expect(page.get_by_role(role, name=text, exact=True)).to_be_hidden()  # type: ignore[arg-type]
        gone = {"maps": {"maps", "kernels", "table", "play"}, "answer": {"answer", "why"}}.get(name, {name})
        assert there() == set(HIDDEN) - gone
    page.evaluate("location.hash = ''")
    expect(page.get_by_role("meter", name="3", exact=True)).to_be_visible()
    assert there() == set(HIDDEN)


@pytest.mark.parametrize("link", ["hide=nothing", "hide=", "hide=why.pad", "lesson=0", "lesson=x"])
def test_a_link_that_hides_what_is_not_there_says_so(pad: Pad, link: str) -> None:
    """A name that the page does not know is told of, and hides nothing."""
    pad.page.evaluate("link => { location.hash = link }", link)
    expect(pad.page.locator("#told")).to_contain_text("cannot show what this link wants")
    expect(pad.button("Examples")).to_be_visible()


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (390, 844)])
def test_only_pad_and_bars(server: Server, page: Page, width: int, height: int) -> None:
    """#hide=maps leaves the pad, larger where there is room, and the bars; both in sight, nothing to scroll."""
    page.set_viewport_size({"width": width, "height": height})
    page.goto(f"{server.url}#hide=maps")
    pad = Pad(page)
    expect(page.get_by_role("meter", name="9")).to_be_visible()
    pad.draw(DIGITS[3])
    expect(pad.status).to_have_text(re.compile("^3"))
    canvas, last = box(pad.canvas), box(page.get_by_role("meter", name="9"))
    assert canvas["width"] > (400 if width == 1280 else 200)
    assert apart(canvas, last)
    assert last["y"] + last["height"] <= height
    assert page.evaluate("document.documentElement.scrollHeight") <= height
    expect(page.get_by_role("img", name="C1 map 0")).to_be_hidden()


SIZES = """() => {
    const seen = [...document.querySelectorAll("h1, h2, h2 small, button, p, figcaption, .share, .name, .ticks span")]
        .filter((one) => one.checkVisibility() && one.getBoundingClientRect().width > 1 && one.textContent.trim());
    return seen.map((one) => [one.textContent.trim().slice(0, 30), parseFloat(getComputedStyle(one).fontSize)]);
}"""


@pytest.mark.parametrize("how", ["key", "link"])
def test_large_type_for_a_projector(drawn: Pad, how: str) -> None:
    """P, or #projector: at 1280×720 digits and labels have 18 px, per cents 24, and nothing needs scrolling."""
    page = drawn.page
    if how == "key":
        page.keyboard.press("p")
    else:
        page.evaluate("location.hash = 'projector'")
    expect(page.locator("html")).to_have_class(re.compile("projector"))
    page.wait_for_function(f"({SIZES})().every(([, size]) => size >= 18)")  # buttons grow by and by
    shares = page.locator(".share").evaluate_all(
        "all => all.map((one) => parseFloat(getComputedStyle(one).fontSize))"
    )
    assert min(shares) >= 24
    assert page.evaluate("document.documentElement.scrollHeight") <= 720
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    last = box(page.get_by_role("meter", name="9"))
    assert last["y"] + last["height"] <= 720
    page.keyboard.press("p")
    expect(page.locator("html")).not_to_have_class(re.compile("projector"))


def test_p_in_a_field_is_a_letter(lesson: Pad) -> None:
    """Where somebody writes, P writes."""
    lesson.button("Link for a class").click()
    lesson.page.get_by_role("textbox", name="The link").press("p")
    expect(lesson.page.locator("html")).not_to_have_class(re.compile("projector"))


def test_a_link_for_a_class_is_put_together(lesson: Pad) -> None:
    """What is chosen stands in the link, Copy copies it, and it opens the page so."""
    page = lesson.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    lesson.draw(DIGITS[3])
    expect(lesson.status).to_have_text(re.compile("^3"))
    lesson.button("Link for a class").click()
    maker = page.get_by_role("dialog", name="A link for a class")
    maker.get_by_role("combobox").select_option("8: Where it fails")
    maker.get_by_label("what is drawn now").check()
    maker.get_by_label("for a projector").check()
    maker.get_by_label("Why?").check()
    maker.get_by_label("Save").check()
    link = maker.get_by_label("The link").input_value()
    assert re.fullmatch(r".*/#lesson=8&hide=why\.save&projector=&d=[\w-]+", link)
    assert maker.get_by_role("link", name="Try it").get_attribute("href") == link
    maker.get_by_role("button", name="Copy").click()
    expect(maker).to_contain_text("Copied.")
    assert page.evaluate("navigator.clipboard.readText()") == link
    other = page.context.new_page()
    other.set_viewport_size({"width": 1280, "height": 720})
    other.goto(link)
    expect(card(other)).to_contain_text(f"card 8 of {COUNT}")
    expect(Pad(other).status).to_have_text(re.compile("^3"))
    expect(other.get_by_role("button", name="Save", exact=True)).to_be_hidden()
    expect(other.locator("html")).to_have_class(re.compile("projector"))
    page.keyboard.press("Escape")
    expect(maker).to_be_hidden()
    expect(card(page)).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_objects_to_nothing(
    server: Server, new_context: CreateContextCallback, scheme: Literal["light", "dark"], width: int
) -> None:
    """Card, link page, large type and the page without maps are accessible, in both themes."""
    page = new_context(viewport={"width": width, "height": 720}, color_scheme=scheme).new_page()
    pad = open_pad(page, server.url)
    pad.button("Lesson").click()
    pad.draw([ONE_STROKE])
    expect(pad.status).to_have_text(re.compile("^7"))
    answer(page, "7")
    expect(card(page).locator(".reveal.complete")).to_be_visible()
    assert objections(page) == {}
    pad.button("Link for a class").click()
    expect(page.get_by_role("dialog", name="A link for a class")).to_be_visible()
    assert objections(page) == {}
    page.keyboard.press("Escape")
    page.evaluate("location.hash = 'projector&hide=maps'")
    expect(page.get_by_role("img", name="C1 map 0")).to_be_hidden()
    assert objections(page) == {}
    page.close()


def test_a_link_that_the_browser_does_not_copy(lesson: Pad) -> None:
    """Where the page may not copy, it says so, and the whole link is marked for the hand."""
    page = lesson.page
    lesson.button("Link for a class").click()
    maker = page.get_by_role("dialog", name="A link for a class")
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('no')); }")
    maker.get_by_role("button", name="Copy").click()
    expect(maker).to_contain_text("The browser does not let the page copy: press Ctrl+C.")
    expect(maker.get_by_label("The link")).to_be_focused()
    assert page.evaluate("getSelection().toString()") == maker.get_by_label("The link").input_value()
