"""An atlas in a real Chromium: first map, whole map, a page that does not freeze, and cancel.

    python -m tests.benchmarks.atlas [--json] [--sizes 96 224] [--network NAME]

A freeze is the longest time between two animation frames while the atlas fills in. Cancel is timed
from the click until the server, over a fifth of a second, uses less than a fifth of one core.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import torch
from playwright.sync_api import Page, sync_playwright

from explorer.form import scene_of
from explorer.networks import NETWORKS
from tests.benchmarks.hardware import described
from tests.benchmarks.page import opened
from tests.browser.chromium import FLAGS, executable
from tests.browser.conftest import open_tab, served, wait_for_scene

WATCH = """
() => {
  window.gap = 0;
  let last = performance.now();
  const frame = (now) => {
    window.gap = Math.max(window.gap, now - last);
    last = now;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}
"""
RUN = """
() => {
  window.begun = performance.now();
  document.querySelector('.panel-sweep .run').click();
}
"""
FIRST = (
    "document.querySelector('.atlas canvas') && (window.first ??= performance.now() - window.begun)"
)
HALFWAY = "!Explorer.latest.sweep.done && Explorer.latest.sweep.share > 0.05"
DONE = "document.querySelector('.panel-sweep .stop').disabled && performance.now() - window.begun"


def measure(page: Page, address: str, size: int, network: str) -> dict[str, object]:
    """One atlas of 25 × 25 points, then a larger one that is cancelled."""
    values = {"layout.size": str(size), "layout.scale": 0.5, "ask.network": network}
    page.evaluate("(values) => Explorer.form.open(values, false)", values)
    wait_for_scene(page, scene_of(values).scene.digest())
    open_tab(page, "Sweep")
    page.wait_for_selector('.panel-sweep[data-key]:not([data-key=""])', timeout=120_000)
    page.locator('[data-mode="atlas"]').click()
    page.locator('[data-ask="cells"]').select_option("25")
    page.evaluate(
        "() => { document.querySelector('.result').replaceChildren(); delete window.first; }"
    )
    page.evaluate(WATCH)
    page.evaluate(RUN)
    page.wait_for_function(FIRST, polling=10, timeout=60_000)
    done = page.wait_for_function(DONE, polling=50, timeout=600_000).json_value()
    first, gap = page.evaluate("[window.first, window.gap]")
    page.locator('[data-ask="cells"]').select_option("49")
    page.evaluate(RUN)
    page.wait_for_function(HALFWAY, timeout=120_000)
    page.locator(".panel-sweep .stop").click()
    return {
        "network": network,
        "size": size,
        "first_map_s": round(first / 1000, 2),
        "whole_atlas_s": round(done / 1000, 2),
        "longest_freeze_ms": round(gap),
        "cancel_to_idle_s": idle_after(address),
    }


def idle_after(address: str) -> float:
    """Seconds from now until the server rests (the start of the window in which it does)."""
    process = _server(address.rpartition(":")[2])
    begun = time.perf_counter()
    while time.perf_counter() - begun < 60:
        at, before = time.perf_counter(), _cpu_seconds(process)
        time.sleep(0.2)
        if _cpu_seconds(process) - before < 0.04:
            return round(at - begun, 2)
    return float("inf")


def _server(port: str) -> int:
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_text().split("\0")
        except OSError:
            continue
        if "app.py" in words and port in words:
            return int(folder.name)
    raise RuntimeError(f"No server is found at port {port}.")


def _cpu_seconds(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--sizes", nargs="+", type=int, default=[96, 224])
    parser.add_argument("--network", default="alexnet", choices=NETWORKS.names())
    flags = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=FLAGS)
        with served(Path(folder)) as address:
            for size in flags.sizes:
                page = opened(browser, address)
                row = measure(page, address, size, flags.network)
                row |= described(torch.device("cpu"))
                print(json.dumps(row) if flags.json else row, flush=True)
                page.close()
        browser.close()


if __name__ == "__main__":
    main()
