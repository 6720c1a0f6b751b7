"""Links in a real browser: written while one plays, opened again, and by strangers."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, Request, Route, expect

from explorer import links
from explorer.blend import canonical
from explorer.form import DEFAULTS, FORM, scene_of
from explorer.images import take_upload
from explorer.presets import OPENING, PRESETS
from explorer.spec import Choice, Colour, Real, Text, Toggle, Value
from tests.browser.conftest import move, open_tab, opened, served, wait_for_scene

PUT = """
([name, value]) => {
  const inputs = [...document.querySelectorAll(`[data-knob="${name}"]`)];
  const input = inputs.find((i) => i.type === 'radio' && i.value === value) ?? inputs[0];
  if (input.type === 'checkbox' || input.type === 'radio') {
    if (input.checked !== (value !== false)) input.click();
  } else {
    input.value = value;
    input.dispatchEvent(new Event('input', { bubbles: true }));
    input.dispatchEvent(new Event('change', { bubbles: true }));
  }
}
"""


def own(address: str) -> dict[str, str]:
    """The link's values in an address, without what belongs to the theme."""
    return {n: v for n, v in parse_qsl(urlsplit(address).query) if not n.startswith("__")}


def wait_for_link(page: Page, values: dict[str, str]) -> None:
    """Until the address says these values and no others."""
    page.wait_for_function(
        """(wanted) => {
          const all = [...new URLSearchParams(location.search)];
          return JSON.stringify(all.filter(([n]) => !n.startsWith('__')).sort()) === wanted;
        }""",
        arg=page.evaluate("(pairs) => JSON.stringify(pairs.sort())", [*map(list, values.items())]),
    )


def batch(which: int) -> dict[str, Value]:
    """A value for every knob; together the batches show each on a subject that it moves."""
    families = FORM["picture.family"].options
    values: dict[str, Value] = {}
    for i, (name, knob) in enumerate(FORM.items()):
        if isinstance(knob, Real):
            steps = round((knob.high - knob.low) / knob.step)
            value = knob.clean(knob.low + knob.step * ((7 * i + 5 + 3 * which) % (steps + 1))).value
            values[name] = knob.high if value == knob.default else value
        elif isinstance(knob, Choice):
            values[name] = knob.options[(which + 1) % len(knob.options)]
        elif isinstance(knob, Toggle):
            values[name] = not knob.default
        elif isinstance(knob, Colour):
            values[name] = f"#{(0x12AB9F * (i + 1) + which) % 0xFFFFFF:06x}"
        else:
            assert isinstance(knob, Text)
            own = canonical("my own:alexnet:1,1,0.5,0.5,0:0.2,0,0.8:1")
            values[name] = "vgg16:relu2_2" if name == "ask.taps" else own
    values |= {
        "picture.kind": ("sample", "synthesis", "synthesis")[which],
        "picture.family": families[which + 1],
        "layout.size": "64",
        "ask.network": ("squeezenet1_1_caffe", "alexnet", "alexnet")[which],
        "ask.weights": ("pretrained", "pretrained", "random")[which],
    }
    return values


@pytest.mark.parametrize("which", range(3))
def test_a_link_opens_every_knob_as_it_was(
    browser: Browser, app: tuple[str, Path], which: int
) -> None:
    values = batch(which)
    changed = {name: v for name, v in values.items() if v != DEFAULTS[name]}
    assert len(changed) >= len(FORM) - 8
    with opened(browser, app[0]) as page:
        for name, value in values.items():
            page.evaluate(PUT, [name, value])
        assert page.evaluate("Explorer.form.changed()") == changed
        address = page.evaluate("Explorer.link.address()")
        wait_for_link(page, own(address))
    assert dict(links.read(address).values) == changed
    assert links.read(address).notes == ()
    with opened(browser, app[0], query=urlsplit(address).query) as fresh:
        wait_for_scene(fresh, scene_of(values).scene.digest())
        assert fresh.evaluate("Explorer.form.changed()") == changed
        expect(fresh.locator(".panel-status")).to_be_hidden()
        shown = fresh.evaluate(
            """Object.fromEntries([...document.querySelectorAll('[data-knob]')]
               .filter((i) => i.type !== 'radio' || i.checked)
               .map((i) => [i.dataset.knob, i.type === 'checkbox' ? i.checked : i.value]))"""
        )
        for name, value in values.items():
            is_number = isinstance(FORM[name], Real)
            assert (float(shown[name]) if is_number else shown[name]) == pytest.approx(value), name


def test_a_link_lives_on_after_a_restart(browser: Browser, tmp_path: Path) -> None:
    values = {"rotate.angle": 30.0, "picture.family": "blob", "ask.norm": False}
    query = links.write(values)
    for run in ("first", "second"):
        (tmp_path / run).mkdir()
        with (
            served(tmp_path / run) as address,
            opened(browser, address, query=query) as page,
        ):
            wait_for_scene(page, scene_of(values).scene.digest())
            assert own(page.url) == dict(parse_qsl(query))


WATCH = """
window.seen = new Set();
new MutationObserver(() => {
  const what = document.querySelector('.panel-pictures .what')?.textContent;
  const row = document.querySelector('.panel-ladder .row .sr-only')?.textContent;
  if (what) window.seen.add(what);
  if (row) window.seen.add(row);
}).observe(document, { subtree: true, childList: true, characterData: true });
"""


def test_opening_a_link_never_shows_the_default_scene(
    browser: Browser, app: tuple[str, Path]
) -> None:
    with opened(browser, app[0], before=WATCH) as page:
        seen = page.evaluate("[...window.seen]")
        assert any("Translate x 90" in text for text in seen), "the watcher sees nothing"
    query = "v=1&rotate.angle=30"
    with opened(browser, app[0], query=query, before=WATCH) as page:
        wait_for_scene(page, scene_of({"rotate.angle": 30}).scene.digest())
        seen = page.evaluate("[...window.seen]")
        assert len(seen) == 2 and "Rotate 30°" in seen
        assert page.evaluate("document.documentElement.dataset.opening") is None


def test_a_link_to_what_the_page_opens_on_needs_no_answer(
    browser: Browser, app: tuple[str, Path]
) -> None:
    with opened(browser, app[0], query=links.write(OPENING.values)) as page:
        wait_for_scene(page, scene_of(OPENING.values).scene.digest())


DRAG = """
async (steps) => {
  window.writes = { pushState: 0, replaceState: 0 };
  for (const how of Object.keys(window.writes)) {
    const original = history[how].bind(history);
    history[how] = (...rest) => { window.writes[how]++; original(...rest); };
  }
  const range = document.querySelector('#knob-rotate-angle input[type=range]');
  for (let i = 1; i <= steps; i++) {
    range.value = i;
    range.dispatchEvent(new Event('input', { bubbles: true }));
    await new Promise((done) => setTimeout(done, 1000 / 60));
  }
  range.dispatchEvent(new Event('change', { bubbles: true }));
  return { ...window.writes };
}
"""


def test_a_drag_is_one_step_and_few_writes(page: Page) -> None:
    start = page.evaluate("history.length")
    page.evaluate("Explorer.form.put({ 'picture.family': 'blob' }, false)")
    begun = page.evaluate("performance.now()")
    writes = page.evaluate(DRAG, 90)
    seconds = (page.evaluate("performance.now()") - begun) / 1000
    # The last write needs no waiting: a reload at once must not lose it.
    assert own(page.url) == {"v": "1", "picture.family": "blob", "rotate.angle": "90"}
    assert page.evaluate("history.length") == start + 2
    assert writes["pushState"] == 1
    assert 1 <= writes["replaceState"] <= seconds / 0.4 + 1
    page.go_back()
    wait_for_scene(page, scene_of({"picture.family": "blob"}).scene.digest())
    assert page.evaluate("Explorer.form.changed()") == {"picture.family": "blob"}


def test_back_and_forward_go_through_the_steps(page: Page) -> None:
    first, second = PRESETS[1], PRESETS[2]
    page.get_by_role("button", name=first.title).click()
    page.get_by_role("button", name=second.title, exact=True).click()
    wait_for_scene(page, scene_of(second.values).scene.digest())
    open_tab(page, "Challenge suite")
    wait_for_link(page, {**own("?" + links.write(second.values)), "tab": "challenge-suite"})
    page.go_back()
    expect(page.locator("#explore")).to_be_visible()
    wait_for_scene(page, scene_of(second.values).scene.digest())
    page.go_back()
    wait_for_scene(page, scene_of(first.values).scene.digest())
    assert page.evaluate("Explorer.form.changed()") == dict(links.read(page.url).values)
    page.go_back()
    wait_for_scene(page, scene_of(OPENING.values).scene.digest())
    assert own(page.url) == {}
    page.go_forward()
    wait_for_scene(page, scene_of(first.values).scene.digest())
    page.go_forward()
    wait_for_scene(page, scene_of(second.values).scene.digest())
    page.go_forward()
    expect(page.get_by_role("tab", name="Challenge suite")).to_have_attribute(
        "aria-selected", "true"
    )
    # A move from here is a step of its own: nothing lies ahead any more.
    open_tab(page, "Explore")
    move(page, "blur.sigma", 2)
    wait_for_link(page, own("?" + links.write({**second.values, "blur.sigma": 2})))


def test_playing_writes_to_the_browser_alone(page: Page) -> None:
    """Besides what every page asks as it opens, which may still be on its way."""
    opening = page.evaluate(
        """gradio_config.dependencies.filter((d) => d.targets.some(([, event]) => event === 'load'))
           .map((d) => d.id)"""
    )
    asked: list[Request] = []
    page.on("request", lambda request: asked.append(request))
    open_tab(page, "Challenge suite")
    open_tab(page, "Explore")
    page.evaluate("Explorer.link.update(true)")
    expect(page.locator("#explore")).to_be_visible()
    # `/queue/data` only listens.
    calls = ("/queue/join", "/run/", "/call/")
    made = [request for request in asked if any(call in request.url for call in calls)]
    assert [r.url for r in made if json.loads(r.post_data or "{}")["fn_index"] not in opening] == []


def test_the_sweep_tab_has_values_of_its_own(browser: Browser, app: tuple[str, Path]) -> None:
    query = (
        "v=1&layout.size=64&tab=sweep&sweep.x=rotate.angle&sweep.points=17&sweep.z=1&sweep.span=x"
    )
    with opened(browser, app[0], query=query) as page:
        page.wait_for_function("Explorer.latest.sweep?.done")
        assert page.evaluate("Explorer.latest.sweep.axes[0].name") == "rotate.angle"
        assert page.evaluate("Explorer.latest.sweep.number") == 1
        notes = page.locator(".panel-status li").all_text_contents()
        assert notes == [
            "Sweep has no “z” “1”: left out.",
            "Sweep has no “span” “x”: left out.",
        ]
        page.locator('.panel-sweep [data-ask="points"]').select_option("33")
        page.locator(".panel-sweep .run").click()
        wait_for_link(
            page,
            {
                "v": "1",
                "layout.size": "64",
                "tab": "sweep",
                "sweep.x": "rotate.angle",
                "sweep.points": "33",
            },
        )
        page.go_back()
        expect(page.locator('.panel-sweep [data-ask="points"]')).to_have_value("17")


HOSTILE = {
    "v=2&rotate.angle=30": ["The link has version “2”; this page reads 1: not read."],
    "rotate.angle=30": ["The link has no version; this page reads 1: not read."],
    "v=1&layout.scale=NaN&rotate.angle=1e999": [
        "layout.scale was “NaN”, not a number: used 0.7.",
        "rotate.angle was “1e999”, not a number: used 0.",
    ],
    "v=1&rotate.angle=99999": ["rotate.angle was “99999”, outside -180 to 180: used 180."],
    "v=1&constructor=1&toString=2&hasOwnProperty.x=3": [
        f"The link names “{name}”, which nothing here is called: left out."
        for name in ("constructor", "toString", "hasOwnProperty.x")
    ],
    "v=1&ask.network=__proto__&picture.family=constructor": [
        "ask.network was “__proto__”, not one of ",
        "picture.family was “constructor”, not one of ",
    ],
    "v=1&ask.norm=off&ask.norm=on": ["The link says “ask.norm” twice: used the first."],
    "v=1&tab=%3Cscript%3Ealert(1)%3C/script%3E": ["There is no tab “<script>alert(1)</script>”."],
    "v=1&%3Cimg%20src=x%20onerror=alert(1)%3E": ["The link names “<img src”, which nothing"],
    "v=1&upload=javascript:alert(1)": ["The link’s upload, “javascript:alert(1)”, is no sha256"],
    "v=1&" + "a" * 50_000: ["The link has 500", ""],
    "v=1&" + "&".join(f"n{i}=1" for i in range(400)): [
        *["The link names “n"] * 5,
        "And 395 more like these.",
    ],
}


@pytest.mark.parametrize("query", HOSTILE, ids=lambda q: q[:24])
def test_a_hostile_link_falls_back_with_a_note(
    browser: Browser, app: tuple[str, Path], query: str
) -> None:
    wanted = [sentence for sentence in HOSTILE[query] if sentence]
    with opened(browser, app[0], query=query + "&__proto__=1&__proto__.x=2") as page:
        notes = page.locator(".panel-status li")
        expect(notes).to_have_count(len(wanted))
        for note, sentence in zip(notes.all_text_contents(), wanted, strict=True):
            assert note.startswith(sentence)
        read = dict(links.read(query).values) or page.evaluate("Explorer.form.changed()")
        assert page.evaluate("Explorer.form.changed()") == read
        wait_for_scene(page, scene_of(read).scene.digest())
        assert page.evaluate("({}).x") is None
        # The next move works, and takes the notes away.
        move(page, "rotate.angle", 12)
        wait_for_scene(page, scene_of({**read, "rotate.angle": 12}).scene.digest())
        expect(page.locator(".panel-status")).to_be_hidden()
        assert dict(links.read(page.url).values) == {**read, "rotate.angle": 12}


def test_an_address_that_the_server_refuses_harms_nobody(
    browser: Browser, app: tuple[str, Path]
) -> None:
    context = browser.new_context()
    answer = context.request.get(f"{app[0]}/?v=1&x={'a' * 100_000}")
    assert answer.status >= 400  # the server's own limit of 64 kB, before any of the page
    context.close()
    with opened(browser, app[0], query="v=1&rotate.angle=30") as page:
        wait_for_scene(page, scene_of({"rotate.angle": 30}).scene.digest())


@pytest.fixture
def pictures(tmp_path: Path) -> tuple[Path, Path]:
    found = []
    for name, colour in (("mine.png", (200, 30, 60)), ("other.png", (20, 130, 60))):
        image = Image.effect_mandelbrot((80, 60), (-2, -1, 1, 1), 50).convert("RGB")
        Image.blend(image, Image.new("RGB", image.size, colour), 0.5).save(tmp_path / name)
        found.append(tmp_path / name)
    return found[0], found[1]


def test_a_link_to_a_picture_asks_for_it_and_then_applies_in_full(
    browser: Browser, app: tuple[str, Path], pictures: tuple[Path, Path]
) -> None:
    sha256 = take_upload(pictures[0]).sha256
    values = {"picture.kind": "upload", "layout.scale": 0.5, "rotate.angle": 30.0}
    query = links.write(values, sha256)
    with opened(browser, app[0], query=query) as page:
        note = page.locator("#link-picture")
        expect(note).to_contain_text(f"This link needs your picture, sha256 {sha256[:12]}…")
        expect(note).to_be_visible()
        assert own(page.url)["upload"] == sha256
        page.locator("#uploader input[type=file]").set_input_files(pictures[0])
        wait_for_scene(page, scene_of(values, sha256).scene.digest())
        expect(note).to_contain_text("This is the link’s picture")
        assert own(page.evaluate("Explorer.link.address()")) == dict(parse_qsl(query))
        # The picture is still there when one goes back to it.
        page.get_by_role("button", name=PRESETS[2].title, exact=True).click()
        wait_for_scene(page, scene_of(PRESETS[2].values).scene.digest())
        page.go_back()
        wait_for_scene(page, scene_of(values, sha256).scene.digest())
        expect(note).to_be_hidden()


def test_another_picture_than_the_links_gets_a_note(
    browser: Browser, app: tuple[str, Path], pictures: tuple[Path, Path]
) -> None:
    wanted, other = (take_upload(path).sha256 for path in pictures)
    values = {"picture.kind": "upload", "rotate.angle": 30.0}
    with opened(browser, app[0], query=links.write(values, wanted)) as page:
        page.locator("#uploader input[type=file]").set_input_files(pictures[1])
        wait_for_scene(page, scene_of(values, other).scene.digest())
        expect(page.locator("#link-picture")).to_contain_text("made with another picture")
        expect(page.locator("#link-picture")).to_contain_text(wanted[:12])
        # From now on the link is one to the picture that is shown.
        wait_for_link(page, own("?" + links.write(values, other)))


def test_behind_a_path_links_keep_it(browser: Browser, tmp_path: Path) -> None:
    def unwrapped(route: Route) -> None:
        route.continue_(url=re.sub(r"/tools/similar/?", "/", route.request.url, count=1))

    with served(tmp_path, GRADIO_ROOT_PATH="/tools/similar") as address:
        page = browser.new_page()
        page.route("**/tools/similar/**", unwrapped)
        page.goto(f"{address}/tools/similar/?v=1&rotate.angle=30&__theme=dark")
        page.wait_for_selector(".panel-receipt[data-key]")
        wait_for_scene(page, scene_of({"rotate.angle": 30}).scene.digest())
        move(page, "rotate.angle", 45)
        wait_for_link(page, {"v": "1", "rotate.angle": "45"})
        assert page.url == f"{address}/tools/similar/?v=1&rotate.angle=45&__theme=dark"
        copied = page.evaluate("Explorer.link.address()")
        assert copied == f"{address}/tools/similar/?v=1&rotate.angle=45"
        page.close()
