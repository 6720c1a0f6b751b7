"""The game and a room in a real browser: by key and by touch, blind, and through a restart."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from explorer.agreement import interval
from explorer.trials import made
from tests.benchmarks.classroom import Server
from tests.browser.conftest import open_tab, opened, reload, served
from tests.proxy import proxied
from tests.trials.test_own import bapps, png, zipped

ASKING = ".panel-game .board[data-state=asking]"
NEXT = ".panel-game .board .next:visible"


def begin(page: Page) -> None:
    open_tab(page, "Which is closer?")
    page.locator(".panel-game .begin").click()
    page.wait_for_selector(ASKING)


def votes(page: Page) -> list[dict]:
    return json.loads(page.evaluate("localStorage.getItem('explorer.game.votes')") or "[]")


def no_scroll_sideways(page: Page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_series_by_keys_and_its_totals(page: Page) -> None:
    asked: list[str] = []
    page.on(
        "request", lambda r: asked.append(r.url.rsplit("/", 1)[1]) if "/game/" in r.url else None
    )
    open_tab(page, "Which is closer?")
    page.locator('[data-set="count"]').select_option("8")
    page.locator(".panel-game .begin").click()
    for index in range(8):
        page.wait_for_selector(ASKING)
        expect(page.locator(".progress-said")).to_have_text(f"{index + 1} of 8")
        # Nothing is told and nothing was asked that could tell.
        assert asked.count("reveal") == index
        expect(page.locator(".panel-game .agreements")).to_have_count(0)
        expect(page.locator(".panel-game .told").first).to_have_text("")
        page.keyboard.press(["1", "ArrowRight"][index % 2])
        page.wait_for_selector(NEXT)
        assert asked.count("reveal") == index + 1
        expect(page.locator(".candidate[data-chosen]")).to_have_attribute(
            "data-choice", str(index % 2)
        )
        page.keyboard.press("Enter")
    expect(page.locator(".panel-game .totals .agreements")).to_be_visible()
    kept = votes(page)
    assert [v["judge"] for v in kept] == [0, 1] * 4 and sum(
        v["catch"] is not None for v in kept
    ) == 1
    # The share of each metric, from the votes and by the definition.
    rows = page.evaluate("Explorer.gameVotes.agreements(Explorer.gameVotes.all())")
    assert len(rows) == 11
    for row in rows:
        told = [
            next(j["prefers"] for j in v["judged"] if j["key"] == row["key"]) == v["judge"]
            for v in kept
            if v["catch"] is None
        ]
        found = interval(sum(told) / 7, 7)
        assert (row["share"], row["n"]) == (pytest.approx(found.share), 7)
        assert (row["low"], row["high"]) == (pytest.approx(found.low), pytest.approx(found.high))


def test_votes_download_in_the_terms_of_bapps(page: Page) -> None:
    begin(page)
    for _ in range(2):
        page.wait_for_selector(ASKING)
        page.keyboard.press("2")
        page.wait_for_selector(NEXT)
        page.keyboard.press("Enter")
    page.wait_for_selector(ASKING)
    page.keyboard.press("s")
    expect(page.locator(".progress-said")).to_have_text("4 of 24")
    page.locator(".panel-game .stop").click()
    with page.expect_download() as download:
        page.get_by_text("Download my votes (CSV)").click()
    rows = list(csv.DictReader(io.StringIO(Path(download.value.path()).read_text())))
    assert [row["judge"] for row in rows] == ["1", "1"]
    for index, row in enumerate(rows):
        trial = made.trial(1, 24, index)
        assert (row["ref"], row["p0"], row["p1"]) == trial.names and row["kind"] == trial.kind
        assert float(row["d0 spatial/norm"]) >= 0 and row["network"] == "alexnet"
    # A reload forgets nothing, and the series goes on where it was left.
    reload(page)
    open_tab(page, "Which is closer?")
    page.get_by_text("Continue at 4 of 24").click()
    page.wait_for_selector(ASKING)
    page.locator(".panel-game .stop").click()
    page.get_by_text("Forget my votes").click()
    assert votes(page) == [] and page.locator(".panel-game .totals").is_hidden()


def test_settings_stand_in_the_link(browser: Browser, app: tuple[str, Path]) -> None:
    query = "v=1&tab=which-is-closer&game.seed=77&game.count=8&game.x=1"
    with opened(browser, app[0], query=query) as page:
        expect(page.locator('[data-set="seed"]')).to_have_value("77")
        expect(page.locator('[data-set="count"]')).to_have_value("8")
        assert "game.seed=77&game.count=8" in page.evaluate("Explorer.link.address()")


def test_triplets_of_ones_own_as_a_zip_and_as_a_folder(page: Page, tmp_path: Path) -> None:
    files = {name: png(20 * i, (72, 72)) for i, name in enumerate(bapps(3, ""))}
    (tmp_path / "own.zip").write_bytes(zipped(files))
    for name, data in files.items():
        (tmp_path / "folder" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "folder" / name).write_bytes(data)
    open_tab(page, "Which is closer?")
    for selector, path in (("input.zip", "own.zip"), ("input.folder", "folder")):
        page.locator(f".panel-game {selector}").set_input_files(tmp_path / path)
        expect(page.locator(".source-said")).to_have_text(f"Triplets: 3 of {path}")
    page.locator(".panel-game .begin").click()
    page.wait_for_selector(ASKING)
    page.locator(".candidate").first.click()
    page.wait_for_selector(NEXT)
    (vote,) = votes(page)
    assert vote["id"].startswith("own-") and set(vote["names"]) <= set(files)
    page.locator(".panel-game .stop").click()
    page.locator(".panel-game button.made").click()
    expect(page.locator(".source-said")).to_have_text("Triplets: made here")


def test_the_folder_becomes_a_zip_that_others_read(page: Page) -> None:
    data = page.evaluate(
        """async () => {
          const files = [new File(["one"], "a.txt"), new File(["über"], "ü.txt")];
          const blob = await Explorer.gameZip.zip(files);
          return [...new Uint8Array(await blob.arrayBuffer())];
        }"""
    )
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as archive:
        assert archive.testzip() is None
        found = {name: archive.read(name).decode() for name in archive.namelist()}
    assert found == {"a.txt": "one", "ü.txt": "über"}


@pytest.mark.parametrize("dark", [False, True])
def test_on_a_phone(browser: Browser, app: tuple[str, Path], dark: bool) -> None:
    with opened(browser, app[0], 390, 844, dark, "v=1&tab=which-is-closer") as page:
        page.locator(".panel-game .begin").click()
        page.wait_for_selector(ASKING)
        boxes = [page.locator(".candidate").nth(i).bounding_box() for i in (0, 1)]
        for box in boxes:
            # Whole, and large enough for a thumb.
            assert box and box["width"] > 150 and box["height"] > 150
            assert (
                box["x"] >= 0 and box["x"] + box["width"] <= 390 and box["y"] + box["height"] <= 844
            )
        assert no_scroll_sideways(page)
        before = page.locator(".candidate img").first.bounding_box()
        page.locator(".candidate").nth(1).click()
        page.wait_for_selector(NEXT)
        assert page.locator(".candidate img").first.bounding_box() == before
        assert no_scroll_sideways(page)


def test_a_room_of_three_pages_through_a_restart(browser: Browser, tmp_path: Path) -> None:
    server = Server(tmp_path)
    server.start()
    address = f"http://127.0.0.1:{server.port}"
    contexts = [browser.new_context(viewport={"width": w, "height": 900}) for w in (1440, 390, 390)]
    teacher, ann, ben = (context.new_page() for context in contexts)
    errors: list[str] = []
    for one in (teacher, ann, ben):
        one.on("pageerror", lambda error: errors.append(str(error)))
    try:
        teacher.goto(f"{address}/?v=1&tab=which-is-closer&game.mode=lead&game.count=8")
        teacher.locator(".panel-game .open-room").click()
        expect(teacher.locator(".panel-game .qr svg")).to_be_visible()
        code = teacher.locator(".room .code").inner_text()
        link = teacher.locator(".room .link").inner_text()
        assert link == f"{address}/?room={code.replace('-', '')}"
        ann.goto(link)
        expect(ann.locator(".panel-game .verdict")).to_contain_text("You are in.")
        ben.goto(f"{address}/?v=1&tab=which-is-closer&game.mode=join")
        ben.locator(".code-typed").fill("AAAA-AAAA")
        ben.locator(".start-join .go").click()
        expect(ben.locator(".panel-game .trouble")).to_contain_text(
            "There is no room with this code"
        )
        ben.locator(".code-typed").fill(code.lower())
        ben.locator(".start-join .go").click()
        expect(teacher.locator(".crowd")).to_have_text("2 people joined")
        teacher.locator("[data-step=next]").click()
        for phone, choice in ((ann, 0), (ben, 1)):
            phone.wait_for_selector(ASKING)
            assert phone.locator(".agreements").count() == 0 and no_scroll_sideways(phone)
            phone.locator(".candidate").nth(choice).click()
            expect(phone.locator(".progress-said")).to_contain_text("your vote is counted")
        expect(teacher.locator(".crowd")).to_have_text("2 people joined, 2 voted")
        assert teacher.locator(".panel-game .agreements").count() == 0
        server.kill()
        expect(ann.locator(".panel-game .trouble")).to_contain_text("The connection is lost")
        server.start()
        expect(ann.locator(".panel-game .trouble")).to_be_hidden()
        expect(teacher.locator(".panel-game .trouble")).to_be_hidden()
        teacher.locator("[data-step=reveal]").click()
        for one in (teacher, ann, ben):
            split = one.locator(".panel-game .split")
            expect(split).to_have_attribute("aria-label", "Left 1 of 2 (50 %), right 1 of 2 (50 %)")
        # The second trial: a reload in the middle, and still one voter.
        teacher.locator("[data-step=next]").click()
        ben.wait_for_selector(ASKING)
        ben.reload()
        ben.wait_for_selector(ASKING)
        ben.locator(".candidate").first.click()
        expect(teacher.locator(".crowd")).to_have_text("2 people joined, 1 voted")
        teacher.locator("[data-step=reveal]").click()
        expect(ann.locator(".progress-said")).to_contain_text("revealed")
        teacher.locator("[data-step=end]").click()
        expect(ann.locator(".panel-game .verdict")).to_contain_text("The room is over.")
        teacher.locator("[data-step=delete]").click()
        teacher.locator("[data-step=delete]").click()
        expect(teacher.locator(".panel-game .trouble")).to_contain_text("are deleted")
        expect(ben.locator(".panel-game .trouble")).to_contain_text("There is no room")
        assert errors == []
    finally:
        for context in contexts:
            context.close()
        server.kill()


def test_the_game_and_its_links_work_under_a_path(browser: Browser, tmp_path: Path) -> None:
    with (
        served(tmp_path, GRADIO_ROOT_PATH="/tools/explorer") as address,
        proxied([address], "/tools/explorer") as (shown, strays),
        opened(browser, shown, query="v=1&tab=which-is-closer") as page,
    ):
        page.locator(".panel-game .begin").click()
        page.wait_for_selector(ASKING)
        page.keyboard.press("1")
        page.wait_for_selector(NEXT)
        assert page.evaluate("Explorer.game.home()") == f"{shown}/" and strays == []
