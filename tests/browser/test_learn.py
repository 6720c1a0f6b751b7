"""The tab Learn in a real browser. `opened` fails a test that asks another host for anything."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from explorer.engine import Engine
from explorer.form import scene_of
from explorer.ui.learn import answer
from explorer.ui.lessons import BY_NAME, LESSONS
from tests.browser.conftest import SET, open_tab, opened, wait_for_scene
from tests.browser.inside import settle as settle_view

RESULT = ".panel-learn .result"
FORM = ".panel-learn form:visible"


@pytest.fixture(scope="module")
def right() -> dict[str, dict]:
    """What the engine answers to each lesson."""
    engine = Engine(device="cpu")
    return {lesson.name: answer(engine, {"lesson": lesson.name}) for lesson in LESSONS}


def settle(page: Page, name: str) -> None:
    """Wait until a step is on the screen with its pictures."""
    page.wait_for_function(
        """(name) => document.querySelector(`.panel-learn article[data-lesson="${name}"]`)
             ?.hidden === false && Explorer.learn.settled()""",
        arg=name,
    )


def predict(page: Page, choice: str) -> None:
    page.check(f'{FORM} input[value="{choice}"]')
    page.click(f"{FORM} .check")


def turn(page: Page, name: str) -> None:
    page.click(f'.panel-learn nav [data-open="{name}"]')
    settle(page, name)


def play(page: Page, lesson: str, knob: str, value: float) -> None:
    page.evaluate(SET, [f"learn-{lesson}-knob-{knob.replace('.', '-')}", str(value)])


def verdicts(page: Page) -> list[str]:
    return page.locator(".panel-learn .figure li .verdict").all_text_contents()


@pytest.mark.parametrize(("width", "dark"), [(1440, False), (390, True)])
def test_the_whole_tour_with_predictions_right_and_wrong(
    browser: Browser, app: tuple[str, Path], right: dict[str, dict], width: int, dark: bool
) -> None:
    with opened(browser, app[0], width, dark=dark, query="v=1&tab=learn") as page:
        before = page.evaluate("JSON.stringify(Explorer.form.changed())")
        for i, lesson in enumerate(LESSONS):
            settle(page, lesson.name)
            said = right[lesson.name]
            other = next(c.name for c in lesson.choices if c.name != said["choice"])
            # Nothing is given away before.
            expect(page.locator(RESULT)).to_be_empty()
            expect(page.locator(".panel-learn nav .mark", has_text="✓")).to_have_count((i + 1) // 2)
            if lesson.figure == "verdicts":
                assert verdicts(page) == ["?"] * len(lesson.rows)
            else:
                assert "?" in page.locator(".panel-learn .figure").inner_text()
            expect(page.locator(".panel-learn .play:visible")).to_have_count(0)
            well = i % 2 == 0
            predict(page, said["choice"] if well else other)
            start = "As you predicted:" if well else "It came out differently:"
            expect(page.locator(RESULT)).to_contain_text(start)
            expect(page.locator(RESULT)).to_contain_text(said["because"])
            if lesson.figure == "verdicts":
                wanted = ["✓" if row["passed"] else "✗" for row in said["rows"]]
                assert verdicts(page) == wanted
            expect(page.locator(".panel-learn .play:visible input").first).to_be_enabled()
            # Nothing is wider than the screen.
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            math = page.locator(".panel-learn article:visible math")
            for box in math.all():
                assert (size := box.bounding_box()) and 20 < size["width"] < width
            if i + 1 < len(LESSONS):
                page.click(".panel-learn .turns .on")
                settle(page, LESSONS[i + 1].name)
                assert page.evaluate("document.activeElement.textContent") == LESSONS[i + 1].title
        expect(page.locator(".panel-learn .count")).to_have_text(
            f"{len(LESSONS)} of {len(LESSONS)} answered, {(len(LESSONS) + 1) // 2} as predicted"
        )
        expect(page.locator(".panel-learn .turns .on")).to_be_hidden()
        # The tour left Explore's controls alone.
        assert page.evaluate("JSON.stringify(Explorer.form.changed())") == before


def test_sliders_answer_live_and_open_in_explore_shows_the_same_scene(
    page: Page, right: dict[str, dict]
) -> None:
    open_tab(page, "Learn")
    settle(page, LESSONS[0].name)
    turn(page, "translate")
    page.click(f"{FORM} .show")
    expect(page.locator(RESULT)).to_contain_text("The answer:")
    for x in (40, 20, 3):
        play(page, "translate", "translate.x", x)
    play(page, "translate", "translate.y", 0)
    page.wait_for_function("Explorer.learn.settled()")
    moved = {"translate.x": 3, "translate.y": 0}
    now = answer(Engine(device="cpu"), {"lesson": "translate", "moved": moved})
    assert now["choice"] != right["translate"]["choice"]
    expect(page.locator(".panel-learn .now")).to_contain_text(now["because"])
    expect(page.locator(RESULT)).to_contain_text(right["translate"]["because"])
    assert verdicts(page) == ["✓", "✓"]
    page.click(".panel-learn .door >> text=Open in Explore")
    expect(page.get_by_role("tab", name="Explore", exact=True)).to_have_attribute(
        "aria-selected", "true"
    )
    values = {**BY_NAME["translate"].values, **moved}
    wait_for_scene(page, scene_of(values).scene.digest())


def test_doors_to_sweep_and_look_inside(page: Page) -> None:
    open_tab(page, "Learn")
    settle(page, LESSONS[0].name)
    turn(page, "norm")
    page.click(f"{FORM} .show")
    page.click(".panel-learn .door >> text=Sweep from picture to negative")
    page.wait_for_function(
        """() => {
          const swept = Explorer.latest.sweep;
          return swept?.done && swept.axes?.[0].name === 'invert.amount';
        }"""
    )
    assert page.input_value('.panel-sweep [data-ask="x"]') == "invert.amount"
    assert page.evaluate("Explorer.form.values['picture.family']") == "flower"
    open_tab(page, "Learn")
    turn(page, "together")
    page.click(f"{FORM} .show")
    page.click(".panel-learn .door >> text=Build a metric of your own")
    settle_view(page, "metric")
    open_tab(page, "Learn")
    turn(page, "mean")
    page.click(f"{FORM} .show")
    page.click(".panel-learn .door >> text=From spatial to mean")
    settle_view(page, "locality")
    assert page.evaluate("Explorer.form.values['translate.x']") == 60


def test_links_and_history_hold_the_step(browser: Browser, app: tuple[str, Path]) -> None:
    with opened(browser, app[0], query="v=1&tab=learn&learn.step=stain") as page:
        settle(page, "stain")
        turn(page, "sort")
        page.wait_for_url("**learn.step=sort**")
        turn(page, "norm")
        page.wait_for_url("**learn.step=norm**")
        page.go_back()
        settle(page, "sort")
        page.go_back()
        settle(page, "stain")
        page.go_forward()
        settle(page, "sort")
        address = page.evaluate("Explorer.link.address()")
        assert "tab=learn" in address and "learn.step=sort" in address
    with opened(browser, app[0], query="v=1&tab=learn&learn.step=<b>no</b>") as page:
        settle(page, LESSONS[0].name)
        expect(page.locator(".panel-learn .notes")).to_contain_text("Learn has no step “<b>no</b>”")


def test_what_was_answered_is_kept_and_can_be_forgotten(page: Page, right: dict[str, dict]) -> None:
    open_tab(page, "Learn")
    first, second = LESSONS[0].name, LESSONS[1].name
    settle(page, first)
    predict(page, right[first]["choice"])
    # Another page of the same browser; a reload may cut an answer off that is on its way.
    address = page.url
    page = page.context.new_page()
    page.goto(address)
    page.wait_for_selector(".panel-receipt[data-key]", state="attached")
    turn(page, first)
    expect(page.locator(RESULT)).to_contain_text("As you predicted:")
    expect(page.locator(".panel-learn .count")).to_contain_text("1 of 10 answered, 1 as")
    expect(page.locator(f'.panel-learn nav [data-open="{first}"] .state')).to_have_text(
        ", predicted"
    )
    page.click(f"{FORM} .again")
    expect(page.locator(RESULT)).to_be_empty()
    predict(page, right[first]["choice"])
    turn(page, second)
    page.click(".panel-learn .forget")
    settle(page, first)
    expect(page.locator(RESULT)).to_be_empty()
    expect(page.locator(".panel-learn .count")).to_contain_text("0 of 10 answered")
    assert json.loads(page.evaluate("localStorage.getItem('deep-similarity-learn')")) == {}


@pytest.mark.parametrize(
    "kept", ['{"features": {"choice": "<b>", "right": true}, "gone": 1}', "no JSON", "[3]"]
)
def test_what_is_kept_may_be_anything(browser: Browser, app: tuple[str, Path], kept: str) -> None:
    before = f"localStorage.setItem('deep-similarity-learn', {json.dumps(kept)})"
    with opened(browser, app[0], before=before, query="v=1&tab=learn&learn.step=blank") as page:
        settle(page, "blank")
        known = "features" in kept
        expect(page.locator(".panel-learn .count")).to_have_text(
            f"{int(known)} of 10 answered, 0 as predicted"
        )


def test_by_keyboard_alone(page: Page, right: dict[str, dict]) -> None:
    open_tab(page, "Learn")
    settle(page, LESSONS[0].name)
    page.focus('.panel-learn nav [data-open="sort"]')
    page.keyboard.press("Enter")
    settle(page, "sort")
    assert page.evaluate("document.activeElement.tagName") == "H3"
    page.keyboard.press("Tab")
    names = [choice.name for choice in BY_NAME["sort"].choices]
    page.keyboard.press("Space")
    for _ in range(names.index(right["sort"]["choice"])):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator(RESULT)).to_contain_text("As you predicted:")
    assert page.get_attribute(RESULT, "role") == "status"


def test_checking_without_a_choice_asks_for_one(page: Page) -> None:
    open_tab(page, "Learn")
    settle(page, LESSONS[0].name)
    page.click(f"{FORM} .check")
    expect(page.locator(RESULT)).to_have_text("Choose one of the answers first.")
    assert "answered" in (page.text_content(".panel-learn .count") or "")
    expect(page.locator(".panel-learn .play:visible")).to_have_count(0)
