"""Mistakes that people make with these metrics, one declaration each.

A bug differs from the right way in a single field: how the network is run (`run`), with which
weights (`weights`), how features are compared (`measure`), or which LPIPS heads are taken
(`heads`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from explorer.comparison import Compared, Heads, compare
from explorer.features import Features
from explorer.inside import wrongly
from explorer.inside.wrongly import Run, shown
from explorer.registry import Registry
from explorer.weights import OLD_HEADS_FILE

Measure = Callable[[Features, Features, "Heads | None"], Compared]
"""One picture, N pictures, LPIPS's heads if there are any → their comparison."""


@dataclass(frozen=True)
class Bug:
    """One mistake.

    Attributes:
        name: as the page's request has it.
        title: as people read it.
        mistake: one sentence on what people do.
        wrong, right: the line of code, and the line that mends it.
        run: how the network is run; None is the right way.
        weights: which weights are taken; empty is those that are asked.
        measure: how features are compared.
        heads: the file of LPIPS's heads; empty is that of the network.
    """

    name: str
    title: str
    mistake: str
    wrong: str
    right: str
    run: Run | None = None
    weights: str = ""
    measure: Measure = compare
    heads: str = ""

    @property
    def forwards(self) -> bool:
        """Whether the pictures have to go through a network again."""
        return self.run is not None or bool(self.weights)

    @property
    def touches_lpips_only(self) -> bool:
        """Whether every other metric stays as it is."""
        return bool(self.heads)


BUGS: Registry[Bug] = Registry("bug")


def _declare(bug: Bug) -> None:
    BUGS.add(bug.name, bug)


_declare(
    Bug(
        "unit",
        "Not normalised, [0, 1]",
        "The picture goes into the network in [0, 1]; the network was trained on pictures less "
        "ImageNet's mean, divided by its standard deviation.",
        "features = net(x)",
        "features = net((x - mean) / std)",
        run=shown(lambda x, mean, std: x * std + mean),
    )
)
_declare(
    Bug(
        "bytes",
        "Not normalised, [0, 255]",
        "The picture goes into the network in [0, 255], as files and cameras give it.",
        "features = net(torch.from_numpy(pixels).float())",
        "features = net((pixels / 255 - mean) / std)",
        run=shown(lambda x, mean, std: 255 * x * std + mean),
    )
)
_declare(
    Bug(
        "twice",
        "Normalised twice",
        "The data loader normalises, and the metric, which expects [0, 1], does it again.",
        "metric(normalize(x), normalize(y))",
        "metric(x, y)  # it normalises",
        run=shown(lambda x, mean, std: (x - mean) / std),
    )
)
_declare(
    Bug(
        "half",
        "[0, 1] where [−1, 1] is expected",
        "The package lpips takes pictures in [−1, 1]; given [0, 1] it sees them pale, at half "
        "their contrast.",
        "lpips.LPIPS()(x, y)",
        "lpips.LPIPS()(x, y, normalize=True)",
        run=shown(lambda x, mean, std: (x + 1) / 2),
    )
)
_declare(
    Bug(
        "bgr",
        "BGR for RGB",
        "OpenCV reads pictures with blue first; the networks want red first.",
        "x = cv2.imread(path)",
        "x = cv2.cvtColor(cv2.imread(path), cv2.COLOR_BGR2RGB)",
        run=shown(lambda x, mean, std: x.flip(1)),
    )
)
_declare(
    Bug(
        "untrained",
        "Weights never loaded",
        "The constructor alone gives random weights (here He’s, seed 0), and no warning.",
        "net = torchvision.models.alexnet()",
        'net = torchvision.models.alexnet(weights="IMAGENET1K_V1")',
        weights="random:0",
    )
)
_declare(
    Bug(
        "linear",
        "Taps before the ReLU",
        "Features are read at the convolutions; the published layers end with their ReLU.",
        "tap = net.features[0]  # Conv2d",
        "tap = net.features[1]  # ReLU",
        run=wrongly.before_relu,
    )
)
_declare(
    Bug(
        "early",
        "Norm before the rearrangement",
        "Each place is brought to length one first, and then the features are sorted or averaged; "
        "it has to be the other way round. Only mean and sort with channel norm notice.",
        "sort(normalize(features))",
        "normalize(sort(features))",
        measure=wrongly.norm_first,
    )
)
_declare(
    Bug(
        "average",
        "Mean over channels for the sum",
        "mse_loss averages over channels, too: layers with many channels count for less.",
        "F.mse_loss(a, b)",
        "(a - b).square().sum(1).mean()",
        measure=wrongly.channel_mean,
    )
)
_declare(
    Bug(
        "heads",
        "LPIPS v0.0 heads",
        "Version 0.0 of LPIPS learned its channel weights on inputs that were never scaled; its "
        "authors replaced it, and the files are still there. Only the heads are exchanged here.",
        'lpips.LPIPS(version="0.0")',
        'lpips.LPIPS(version="0.1")',
        heads=OLD_HEADS_FILE,
    )
)
