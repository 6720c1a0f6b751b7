"""What a person waits for: slider moves in a real Chromium, start-up, and eight pages at once.

    python -m tests.benchmarks.page [--json] [--moves N]

A move is timed from the slider's `input` event to the last change in the page's answers.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import torch
from playwright.sync_api import Browser, Page, sync_playwright

from explorer.form import DEFAULTS, scene_of
from explorer.presets import OPENING
from tests.benchmarks.hardware import described
from tests.browser.chromium import FLAGS, executable
from tests.browser.conftest import served, wait_for_scene

MOVES = """
async (count) => {
  const range = document.querySelector('#knob-rotate-angle input[type=range]');
  const answers = document.querySelector('#answers');
  const receipt = document.querySelector('.panel-receipt');
  const times = [];
  for (let i = 0; i < count; i++) {
    const before = receipt.dataset.key;
    let last = 0;
    const observer = new MutationObserver(() => (last = performance.now()));
    observer.observe(answers, {
      subtree: true, childList: true, attributes: true, characterData: true,
    });
    const start = performance.now();
    range.value = 10 + i;
    range.dispatchEvent(new Event('input', { bubbles: true }));
    while (receipt.dataset.key === before) await new Promise((done) => setTimeout(done, 1));
    await new Promise((done) => setTimeout(done, 120)); // late changes count, too
    observer.disconnect();
    times.push(last - start);
  }
  return times;
}
"""

DRAG = """
(last) => { window.finished = (async () => {
  const range = document.querySelector('#knob-rotate-angle input[type=range]');
  const what = document.querySelector('.panel-pictures .what');
  window.updates = 0;
  new MutationObserver(() => window.updates++)
    .observe(what, { childList: true, characterData: true, subtree: true });
  for (let i = 1; i <= 60; i++) {
    range.value = (last * i) / 60;
    range.dispatchEvent(new Event('input', { bubbles: true }));
    await new Promise((done) => setTimeout(done, 1000 / 60));
  }
})(); }
"""


def opened(browser: Browser, address: str) -> Page:
    """A page that shows its first answer."""
    page = browser.new_page(viewport={"width": 1440, "height": 1000})
    page.goto(address)
    page.wait_for_selector(".panel-receipt[data-key]")
    return page


def drags(pages: Sequence[Page]) -> dict[str, float]:
    """Drag on all pages at once; every one has to end on its own last position."""
    ends = [30 + 15 * i for i in range(len(pages))]
    started = time.perf_counter()
    for page, end in zip(pages, ends, strict=True):
        page.evaluate(DRAG, end)
    for page, end in zip(pages, ends, strict=True):
        page.evaluate("window.finished")
        wait_for_scene(
            page, scene_of({**DEFAULTS, **OPENING.values, "rotate.angle": end}).scene.digest()
        )
    seconds = time.perf_counter() - started
    updates = sum(page.evaluate("window.updates") for page in pages)
    return {"pages": len(pages), "seconds": round(seconds, 2), "updates": updates}


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--moves", type=int, default=40)
    flags = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=FLAGS)
        started = time.perf_counter()
        with served(Path(folder)) as address:
            page = opened(browser, address)
            start_up = time.perf_counter() - started
            page.evaluate(MOVES, 5)
            times = page.evaluate(MOVES, flags.moves)
            one = drags([page])
            eight = drags([opened(browser, address) for _ in range(8)])
        browser.close()
    low, middle, high = statistics.quantiles(times, n=4)
    row = {
        "start_to_scored_page_s": round(start_up, 2),
        "move_ms": {"median": round(middle, 1), "q1": round(low, 1), "q3": round(high, 1)},
        "drag_one_page": one,
        "drag_eight_pages": eight,
        **described(torch.device("cpu")),
    }
    if flags.json:
        print(json.dumps(row))
        return
    for key, value in row.items():
        print(f"{key:24}{value}")


if __name__ == "__main__":
    main()
