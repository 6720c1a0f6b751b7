"""After the loops are compiled beforehand no first answer waits for a compiler."""

from __future__ import annotations

import subprocess
import sys


def test_first_answers_compile_nothing_more() -> None:
    code = (
        "from explorer.beforehand import compile_loops\n"
        "from explorer.compiled import ranks, sums\n"
        "from explorer.engine import Engine\n"
        "from explorer.form import scene_of\n"
        "def kinds():\n"
        "    found = {}\n"
        "    for module in (ranks, sums):\n"
        "        for name, thing in vars(module).items():\n"
        "            if hasattr(thing, 'signatures'):\n"
        "                found[name] = list(thing.signatures)\n"
        "    return found\n"
        "compile_loops()\n"
        "before = kinds()\n"
        "for name in ('sums_by_channel', 'sums_by_place', 'means_by_channel', 'turn'):\n"
        "    assert before[name], name\n"
        "engine = Engine()\n"
        "for network in ('alexnet', 'squeezenet1_1_caffe'):\n"
        "    for heatmap in ('spatial', 'mean', 'lpips'):\n"
        "        values = {'ask.network': network, 'ask.heatmap': heatmap, 'rotate.angle': 20}\n"
        "        for size in ('64', '224'):\n"
        "            engine.explore(scene_of({**values, 'layout.size': size}).scene)\n"
        "assert kinds() == before, (before, kinds())"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
