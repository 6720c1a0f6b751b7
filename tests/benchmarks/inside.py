"""How long a view of Look inside takes to answer a click or a slider, in a real Chromium.

    python -m tests.benchmarks.inside [--network alexnet] [--times N] [--json]

An answer is timed from the event to the last change in the view's panel, at 224 px.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
from collections.abc import Sequence
from pathlib import Path

import torch
from playwright.sync_api import Page, sync_playwright

from tests.benchmarks.hardware import described
from tests.browser.chromium import FLAGS, executable
from tests.browser.conftest import served
from tests.browser.inside import open_view

ACT = """
const NAMES = ['mean', 'sort', 'spatial'];
const click = (selector) => document.querySelector(selector).click();
const slide = (selector, share) => {
  const range = document.querySelector(selector);
  const [low, high] = [Number(range.min), Number(range.max)];
  range.value = low + share * (high - low);
  range.dispatchEvent(new Event('input', { bubbles: true }));
};
const choose = (selector, i) => {
  const select = document.querySelector(selector);
  select.selectedIndex = i % select.options.length;
  select.dispatchEvent(new Event('input', { bubbles: true }));
  select.dispatchEvent(new Event('change', { bubbles: true }));
};
const press = (selector, key) => document.querySelector(selector)
  .dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
const point = (selector, x, y) => {
  const box = document.querySelector(selector).getBoundingClientRect();
  const at = { clientX: box.left + x * box.width, clientY: box.top + y * box.height };
  for (const type of ['pointerdown', 'pointerup', 'click']) {
    document.querySelector(selector).dispatchEvent(
      new PointerEvent(type, { ...at, bubbles: true, pointerId: 1, isPrimary: true, button: 0 }));
  }
};
"""

LAYER = "choose('#inside-frame [data-ask=layer]', i)"
NORM = "choose('#inside-frame [data-ask=norm]', i)"
SWAP = "click('#inside-frame [data-ask=swap]')"
ACTIONS: dict[str, dict[str, str]] = {
    "provenance": {
        "place": "point('.panel-inside-provenance .from .frame', 0.1 + 0.07 * i % 0.8, 0.4)",
        "layer": LAYER,
        "norm": NORM,
        "swap": SWAP,
    },
    "channels": {
        "channel": "click(`.panel-inside-channels ${i % 2 ? '.on' : '.back'}`)",
        "metric": "click(`.panel-inside-channels [data-metric=${NAMES[i % 3]}]`)",
        "layer": LAYER,
        "norm": NORM,
        "swap": SWAP,
    },
    "locality": {
        "window": "slide('.panel-inside-locality .window input', (i % 10) / 10)",
        "tiles": "choose('.panel-inside-locality .tiles select', i)",
        "norm": NORM,
        "swap": SWAP,
    },
    "metric": {
        "part": "slide('#blend-parts-2', 0.1 + (i % 8) / 10)",
        "layer weight": "slide('#blend-layers-1', 0.1 + (i % 8) / 10)",
        "norm": "slide('#blend-norm-0', (i % 8) / 10)",
        "swap": SWAP,
    },
    "mask": {
        "invert": "click('.panel-inside-mask [data-do=invert]')",
        "layer": LAYER,
        "norm": NORM,
        "swap": SWAP,
    },
    "bug": {
        "mistake": "{ const all = document.querySelectorAll('.panel-inside-bug .choices input');"
        " all[i % all.length].click(); }",
        "norm": NORM,
        "swap": SWAP,
    },
}
"""View → what a person does there, as JavaScript; `i` counts."""

TIME = """
async ([view, count]) => {
  %s
  const panel = document.querySelector(`.panel-inside-${view}`);
  const times = [];
  for (let i = 1; i <= count; i++) {
    let last = null;
    const observer = new MutationObserver(() => (last = performance.now()));
    observer.observe(panel, {
      subtree: true, childList: true, attributes: true, characterData: true,
    });
    const start = performance.now();
    %s;
    let quiet = start;
    // An answer that needs the server comes when the view has settled; late changes count, too.
    while (!Explorer.inside.settled(view) || performance.now() - quiet < 150) {
      if (!Explorer.inside.settled(view)) quiet = performance.now();
      await new Promise((done) => setTimeout(done, 2));
    }
    observer.disconnect();
    if (last !== null) times.push(last - start);
  }
  return times;
}
"""


def timed(page: Page, view: str, action: str, times: int) -> list[float]:
    """Milliseconds of each answer; a view's own work on the way (streams) is waited for before."""
    page.wait_for_function(
        "!document.querySelector('.panel-inside-locality .progress')?.textContent.trim()",
        timeout=600_000,
    )
    script = TIME % (ACT, ACTIONS[view][action])
    page.evaluate(script, [view, 3])
    found: list[float] = page.evaluate(script, [view, times])
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--network", default="alexnet")
    parser.add_argument("--times", type=int, default=21)
    flags = parser.parse_args(arguments)
    rows = []
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=FLAGS)
        with served(Path(folder)) as address:
            page = browser.new_page(viewport={"width": 1440, "height": 1000})
            page.goto(f"{address}/?v=1&ask.network={flags.network}")
            page.wait_for_selector(".panel-receipt[data-key]")
            for view, actions in ACTIONS.items():
                open_view(page, view)
                for action in actions:
                    times = timed(page, view, action, flags.times)
                    low, middle, high = statistics.quantiles(times, n=4)
                    rows.append(
                        {
                            "network": flags.network,
                            "view": view,
                            "action": action,
                            "median_ms": round(middle, 1),
                            "q1_ms": round(low, 1),
                            "q3_ms": round(high, 1),
                            "answers": len(times),
                        }
                    )
        browser.close()
    made_by = described(torch.device("cpu"))
    if flags.json:
        for row in rows:
            print(json.dumps({**row, **made_by}))
        return
    for row in rows:
        print(
            f"{row['view']:12}{row['action']:14}{row['median_ms']:8.1f} ms "
            f"({row['q1_ms']} to {row['q3_ms']}, {row['answers']} answers)"
        )
    print(" · ".join(made_by.values()))


if __name__ == "__main__":
    main()
