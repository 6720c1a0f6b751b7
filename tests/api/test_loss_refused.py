"""What `Loss` and `Metric` refuse, in a sentence each."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from explorer import Loss, Metric, WeightsError

GOOD = torch.full((2, 3, 40, 40), 0.5)

OPTIONS: list[tuple[dict[str, Any], str]] = [
    ({"network": "resnet51"}, "no network named 'resnet51'; there are: alexnet, "),
    ({"metric": "ssim"}, "no metric named 'ssim'; there are: spatial, mean, sort, spatial.mean"),
    ({"metric": "lpips", "norm": False}, "LPIPS is not defined with norm=False; norm=True is"),
    ({"norm": 1}, "norm is True or False; 1 was given"),
    ({"metric": "lpips", "network": "squeezenet1_1_caffe"}, "do not fit squeezenet1_1_caffe"),
    ({"metric": "lpips", "weights": "random:1"}, "do not fit alexnet with weights 'random:1'"),
    ({"reduction": "max"}, "reduction is mean.*'max' was given"),
    ({"layers": ["relu9"]}, "AlexNet has no layer 'relu9'; it has: relu1, relu2, relu3"),
    ({"layers": []}, r"layers is a list of names, such as \['relu1'\]; \[\] is not"),
    ({"layers": "relu1"}, "layers is a list of names.*'relu1' is not"),
]

PICTURES: list[tuple[Any, str]] = [
    (GOOD * 255, r"b must lie in \[0, 1\]; it has 127.5 to 127.5.*b / 255 is right"),
    (GOOD * torch.tensor([-2.0, 2.0]).view(2, 1, 1, 1), r"it has -1 to 1.*\(b \+ 1\) / 2"),
    (GOOD * torch.nan, "b holds values that are no finite numbers"),
    (GOOD.byte(), r"floats in \[0, 1\]; uint8 was given\. b\.float\(\) / 255 is"),
    (GOOD.int(), "int32 was given"),
    (GOOD[0], r"b must be N × 3 × H × W; \(3, 40, 40\) was given.*b\[None\] is"),
    (GOOD[:, :1], r"\(2, 1, 40, 40\) was given\. Repeat its grey"),
    (GOOD.permute(0, 2, 3, 1), r"channels come last: \.permute\(0, 3, 1, 2\)"),
    (torch.rand(2, 4, 40, 40), "Drop its alpha"),
    (GOOD[:0], r"b holds no picture: its shape is \(0, 3, 40, 40\)"),
    (GOOD[:1], r"one shape; \(2, 3, 40, 40\) and \(1, 3, 40, 40\) were given"),
    (GOOD[..., :36], r"one shape; \(2, 3, 40, 40\) and \(2, 3, 40, 36\)"),
    (GOOD.numpy(), "b must be a torch tensor; ndarray was given"),
]


@pytest.mark.parametrize("module", [Loss, Metric])
@pytest.mark.parametrize(("options", "sentence"), OPTIONS)
def test_an_option(module: Any, options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        module(**options)


@pytest.mark.parametrize(("given", "sentence"), PICTURES)
def test_pictures(given: Any, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        Loss(weights="random:0")(GOOD, given)
    metric = Metric(weights="random:0")
    with pytest.raises(ValueError, match=sentence):
        metric.update(GOOD, given)
    assert metric.count == 0


def test_too_small_for_the_network() -> None:
    with pytest.raises(ValueError, match="AlexNet needs .* at least 31 pixels a side; 40 × 30 was"):
        Loss()(GOOD[:, :, :30], GOOD[:, :, :30])


def test_what_is_learned_may_overshoot_what_is_measured_may_not() -> None:
    over = GOOD * 2.4
    assert Loss()(over, GOOD).item() > 0
    with pytest.raises(ValueError, match="it has 1.2 to 1.2"):
        Metric()(over, GOOD)
    far = GOOD * 3
    with pytest.raises(ValueError, match="it has 1.5 to 1.5"):
        Loss()(far, GOOD)
    assert Loss(check=False)(far, GOOD).item() > 0 and Metric(check=False)(far, GOOD).item() > 0


def test_missing_weights_and_other_precision() -> None:
    with pytest.raises(WeightsError, match="cannot be read"):
        Loss(weights="none.pth")
    with pytest.raises(ValueError, match="float32 or float64, not in torch.bfloat16: call .float"):
        Loss().bfloat16()(GOOD, GOOD)
    with pytest.raises(ValueError, match="reduction is mean or sum; 'none' was given"):
        Metric(reduction="none")
