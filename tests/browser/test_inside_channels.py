"""The view Channels in a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import move, open_tab, opened
from tests.browser.inside import open_view, settle, shown

VIEW = "channels"
PANEL = ".panel-inside-channels"


def chosen(page: Page) -> int:
    """The channel that the page shows in full, as it says itself."""
    settle(page, VIEW)
    words = page.text_content(f"{PANEL} .name")
    assert words is not None
    return int(re.findall(r"Channel (\d+)", words)[0])


def test_the_first_row_is_chosen_and_everything_is_said(page: Page) -> None:
    open_view(page, VIEW)
    data = shown(page, VIEW)
    assert chosen(page) == data["order"][0]
    assert page.locator(f"{PANEL} .row").count() == 8
    summary = page.text_content(f"{PANEL} .summary") or ""
    assert summary.startswith("8 of 192 channels make")
    for graphic in page.locator(f"{PANEL} .maps-of-one canvas, {PANEL} .curves svg").all():
        assert graphic.get_attribute("role") == "img"
        assert re.search(r"\d", graphic.get_attribute("aria-label") or "")
    for row in page.locator(f"{PANEL} .row").all():
        assert "of the distance" in (row.get_attribute("aria-label") or "")
    contribution = data["detail"]["curves"]["contribution"]
    assert contribution in (page.text_content(f"{PANEL} .explained") or "")
    assert data["detail"]["numbers"][2]["contribution"] == contribution


def test_a_row_the_field_the_strip_and_the_arrows_choose(page: Page) -> None:
    open_view(page, VIEW)
    order = shown(page, VIEW)["order"]
    page.locator(f"{PANEL} .row").nth(3).click()
    assert chosen(page) == order[3]
    # The focus is where it was, although the rows were drawn anew.
    assert page.evaluate("document.activeElement.dataset.channel") == str(order[3])
    page.fill(f"{PANEL} input.channel", "17")
    assert chosen(page) == 17
    page.press(f"{PANEL} input.channel", "ArrowUp")
    assert chosen(page) == 18
    page.focus(f"{PANEL} .strip")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert chosen(page) == order[2]
    assert page.get_attribute(f"{PANEL} .strip", "aria-valuenow") == "3"
    page.click(f"{PANEL} .on")
    assert chosen(page) == order[3]
    page.click(f"{PANEL} .most")
    assert chosen(page) == order[0]
    box = page.locator(f"{PANEL} .strip").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] - 46, box["y"] + 40)
    assert chosen(page) in order[-3:]


FRAME = "new Promise(requestAnimationFrame)"


@pytest.mark.parametrize("text", ["500", "-1", "2.5", ""])
def test_a_channel_that_is_not_there_is_said_beside_the_field(page: Page, text: str) -> None:
    open_view(page, VIEW)
    before = chosen(page)
    page.fill(f"{PANEL} input.channel", text)
    # The sentence makes the panel taller, so it is drawn again; the sentence has to stay.
    page.evaluate(f"{FRAME}.then(() => {FRAME})")
    assert page.input_value(f"{PANEL} input.channel") == text
    said = page.text_content(f"{PANEL} .trouble")
    assert said == f"Channels are whole numbers from 0 to 191; {text or 'nothing'} was given."
    assert chosen(page) == before
    page.fill(f"{PANEL} input.channel", "5")
    assert chosen(page) == 5
    assert page.text_content(f"{PANEL} .trouble") == ""


TYPED_AT_ONCE = """([layer, channel]) => {
  const set = (selector, value) => {
    const field = document.querySelector(selector);
    field.value = value;
    field.dispatchEvent(new Event('input', { bubbles: true }));
  };
  set('#inside-frame [data-ask="layer"]', layer);
  set('.panel-inside-channels input.channel', channel);
}"""


def test_a_channel_typed_before_its_layer_has_come_is_of_that_layer(page: Page) -> None:
    open_view(page, VIEW)
    page.evaluate(TYPED_AT_ONCE, ["2", "300"])  # of 384; the layer shown so far has 192
    assert chosen(page) == 300
    assert page.text_content(f"{PANEL} .trouble") == ""
    page.evaluate(TYPED_AT_ONCE, ["0", "200"])  # of 64
    assert chosen(page) == shown(page, VIEW)["order"][0]
    assert "relu1 has the channels 0 to 63" in (page.text_content(f"{PANEL} .notes") or "")


def test_what_was_wrong_for_one_layer_is_not_said_of_the_next(page: Page) -> None:
    open_view(page, VIEW)
    page.fill(f"{PANEL} input.channel", "300")
    assert page.text_content(f"{PANEL} .trouble") != ""
    page.select_option('#inside-frame [data-ask="layer"]', "2")
    assert page.text_content(f"{PANEL} .trouble") == ""
    assert chosen(page) == shown(page, VIEW)["order"][0]


def test_an_answer_leaves_the_field_alone_while_somebody_types(page: Page) -> None:
    open_view(page, VIEW)
    page.fill(f"{PANEL} input.channel", "1")
    settle(page, VIEW)
    # Another is chosen by something that does not take the focus.
    page.eval_on_selector(f"{PANEL} .on", "(button) => button.click()")
    settle(page, VIEW)
    page.keyboard.insert_text("7")
    assert chosen(page) == 17
    page.eval_on_selector(f"{PANEL} .most", "(button) => button.click()")
    settle(page, VIEW)
    assert page.input_value(f"{PANEL} input.channel") == "17"
    page.locator(f"{PANEL} input.channel").blur()
    assert page.input_value(f"{PANEL} input.channel") == str(shown(page, VIEW)["order"][0])


def test_the_metric_ranks_and_the_layer_starts_anew(page: Page) -> None:
    open_view(page, VIEW)
    page.click(f'{PANEL} [data-metric="mean"]')
    settle(page, VIEW)
    data = shown(page, VIEW)
    assert data["metric"] == "mean" and chosen(page) == data["order"][0]
    page.fill(f"{PANEL} input.channel", "7")
    assert chosen(page) == 7
    page.click(f'{PANEL} [data-metric="spatial"]')
    assert chosen(page) == 7
    page.select_option('#inside-frame [data-ask="layer"]', "3")
    settle(page, VIEW)
    assert chosen(page) == shown(page, VIEW)["order"][0]
    page.fill(f"{PANEL} input.count", "3")
    page.press(f"{PANEL} input.count", "Enter")
    settle(page, VIEW)
    assert page.locator(f"{PANEL} .row").count() == 3


AXES = f"""
() => [...document.querySelectorAll('{PANEL} .curves text')].map((t) => t.textContent)
        .filter((t) => /^[-−\\d.e]+$/.test(t)).join(' ')
"""


def test_fixed_scales_do_not_move_between_channels(page: Page) -> None:
    open_view(page, VIEW)
    page.select_option('#inside-frame [data-ask="norm"]', "raw")
    page.click(f'{PANEL} [data-scale="layer"]')
    seen = set()
    captions = set()
    order = shown(page, VIEW)["order"]
    for channel in (order[0], order[60], order[-1]):
        page.fill(f"{PANEL} input.channel", str(channel))
        assert chosen(page) == channel
        seen.add(page.evaluate(AXES))
        captions.add(page.text_content(f"{PANEL} .three figcaption span"))
    assert len(seen) == len(captions) == 1
    page.click(f'{PANEL} [data-scale="channel"]')
    page.wait_for_function(f"(before) => ({AXES})() !== before", arg=seen.pop())


PAINTED = """
(selector) => [...document.querySelectorAll(selector)].map((canvas) => {
  const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
  let brightest = 0;
  for (let i = 0; i < data.length; i += 4) {
    brightest = Math.max(brightest, data[i] + data[i + 1] + data[i + 2]);
  }
  return [canvas.width, brightest];
})
"""


def test_the_maps_are_painted_on_one_scale_a_channel(page: Page) -> None:
    open_view(page, VIEW)
    cells = page.evaluate(PAINTED, f"{PANEL} .row canvas")
    assert len(cells) == 24 and all(width == 27 for width, _ in cells)
    full = 252 + 253 + 191  # the last colour
    for i in range(0, 24, 3):
        # The largest activation of both pictures has the last colour, in one of them at least.
        assert max(cells[i][1], cells[i + 1][1]) == full
        assert cells[i + 2][1] == full


def test_hovering_reads_values_without_asking(page: Page) -> None:
    open_view(page, VIEW)
    before = shown(page, VIEW)["number"]
    page.hover(f"{PANEL} .three canvas", position={"x": 3, "y": 3})
    said = page.text_content(f"{PANEL} .of-maps") or ""
    assert said.startswith("row 0, column 0: original ")
    page.hover(f"{PANEL} .curves svg", position={"x": 200, "y": 60})
    assert (page.text_content(f"{PANEL} .of-curves") or "").startswith("rank ")
    page.hover(f"{PANEL} .strip", position={"x": 46, "y": 60})
    assert ", 1 of 192" in (page.text_content(f"{PANEL} .of-strip") or "")
    assert shown(page, VIEW)["number"] == before


def test_where_they_differ_is_a_stretch_of_the_ranks(page: Page) -> None:
    open_view(page, VIEW)
    page.click(f'{PANEL} [data-view="1"]')
    view = shown(page, VIEW)["detail"]["curves"]["views"][1]
    assert view["end"] - view["first"] < 729
    page.wait_for_function(
        f"(rank) => document.querySelector('{PANEL} .curves svg').textContent.includes(rank)",
        arg=f"rank {view['first'] + 1}",
    )


def test_unchanged_and_swapped(page: Page) -> None:
    open_tab(page, "Explore")
    move(page, "translate.x", 0)
    move(page, "translate.y", 0)
    open_view(page, VIEW)
    assert shown(page, VIEW)["distance"] == "0"
    assert (page.text_content(f"{PANEL} .summary") or "").startswith("All 192 channels contribute")
    open_tab(page, "Explore")
    move(page, "rotate.angle", 40)
    open_view(page, VIEW)
    assert shown(page, VIEW)["distance"] != "0"
    page.check('#inside-frame [data-ask="swap"]')
    settle(page, VIEW)
    heads = page.locator(f"{PANEL} .columns span").all_text_contents()
    assert heads == ["", "perturbed", "original", "squared difference"]


@pytest.mark.parametrize("dark", [False, True])
def test_nothing_is_wider_than_a_phone(browser: Browser, app: tuple, dark: bool) -> None:
    with opened(browser, app[0], 390, 844, dark) as page:
        open_view(page, VIEW)
        assert page.evaluate("document.documentElement.scrollWidth") == 390
        widths = page.evaluate(
            f"[...document.querySelectorAll('{PANEL} canvas')].map((c) => c.clientWidth)"
        )
        assert min(widths) >= 90
        page.locator(f"{PANEL} .row").nth(2).click()
        assert chosen(page) == shown(page, VIEW)["order"][2]
        page.wait_for_function(
            f"document.querySelector('{PANEL} .detail').getBoundingClientRect().top < 844"
        )
