"""Numbers computed independently of this project, with the same weights.

Float64 on the CPU, on the two pictures of `conftest.pair(96)`: per layer, then the total.
"""

from __future__ import annotations

import pytest

from explorer.engine import Engine
from tests.conftest import pair

GOLDEN = """
alexnet spatial raw 320.46934 484.68862 1192.9082 354.48297 49.372289 2401.9214
alexnet mean raw 0.37253033 10.484976 103.36402 27.00232 5.7951904 147.01903
alexnet sort raw 2.492193 64.53162 401.48089 127.20007 21.227532 616.9323
alexnet spatial norm 1.334071 0.17068468 0.19351975 0.21207894 0.14301533 2.0533697
alexnet mean norm 0.0049156071 0.006969302 0.026622053 0.033486455 0.024946882 0.0969403
alexnet sort norm 0.024979144 0.017256672 0.10062131 0.059921037 0.042763827 0.24554199
vgg16 spatial raw 845.94609 4193.6125 2613.6161 404.8431 44.719548 8102.7374
vgg16 sort norm 0.012762139 0.0081896903 0.02083365 0.1698462 0.27877467 0.49040635
squeezenet1_1_caffe spatial norm \
1.3108237 0.18873252 0.17095168 0.12908977 0.19310002 0.14109528 0.30238069 2.4361736
squeezenet1_1_caffe sort raw \
764.38154 8259.2531 60758.849 174539.09 43225.005 24283.228 5082.3364 316912.14
"""
ROWS = [line.split() for line in GOLDEN.strip().splitlines()]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: "-".join(row[:3]))
@pytest.mark.parametrize(("kind", "tolerance"), [("exact", 1e-6), ("engine", 1e-4)])
def test_golden(
    row: list[str], kind: str, tolerance: float, request: pytest.FixtureRequest, vgg16: str
) -> None:
    engine: Engine = request.getfixturevalue(kind)
    network, metric, norm, *numbers = row
    expected = [float(n) for n in numbers]
    score = engine.compare_images(*pair(), network).scores[metric, norm]
    assert [*score.layers, score.total] == pytest.approx(expected, rel=tolerance)
