"""What each network costs beside AlexNet: `python -m tests.benchmarks.networks`.

One thread's processor time for a move of the page, that is a forward of one 224 px picture and all
metrics against a kept one, untrained weights. Processor time, and as a ratio, since that holds on a
machine that is busy with other things. Writes `explorer/networks/costs.py`, which the page reads to
say how long a network takes before it is chosen.
"""

from __future__ import annotations

import statistics
import time
from pathlib import Path

import torch

from explorer import weights
from explorer.comparison import compare
from explorer.extractor import Extractor
from explorer.networks import NETWORKS, Network

TARGET = Path(__file__).resolve().parents[2] / "explorer" / "networks" / "costs.py"
HEAD = '''"""How long a move takes with each network, AlexNet's being 1.

Written by `python -m tests.benchmarks.networks`: processor time of one thread at 224 px.
"""

TIMES = {
'''
REPEATS = 3


def seconds(network: Network) -> float:
    """Processor time of a move, the median of some after a first one."""
    loaded = weights.load(network, "random:1")
    extractor = Extractor(network, loaded, torch.device("cpu"), torch.float32)
    images = torch.rand(2, 1, 3, 224, 224, generator=torch.Generator().manual_seed(1))
    found = []
    with torch.inference_mode():
        kept = extractor(images[0]).normalise()
        for _ in range(REPEATS + 1):
            started = time.process_time()
            compare(kept, extractor(images[1]))
            found.append(time.process_time() - started)
    return statistics.median(found[1:])


def main() -> None:
    """Measure all, and write."""
    torch.set_num_threads(1)
    alexnet = seconds(NETWORKS["alexnet"])
    rows = []
    for network in NETWORKS:
        ratio = seconds(network) / alexnet
        rows.append(f'    "{network.name}": {ratio:.1f},\n')
        print(f"{network.name:22}{ratio:6.1f}", flush=True)
    TARGET.write_text(HEAD + "".join(rows) + "}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
