"""Networks that are no plain sequence of modules: torchvision's, read at torchvision's nodes.

torchvision's feature extraction traces a model into a graph and reads it at named nodes. A name of
a module stands for the last thing that happens in it, so `layer1` of a ResNet is the end of its
first stage, after the ReLU.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Any

import torch
from torch import fx, nn
from torch.overrides import TorchFunctionMode
from torchvision import models
from torchvision.models.feature_extraction import create_feature_extractor

from explorer.networks.record import NETWORKS, Network, Tap, Torchvision

_FACTORIES = frozenset({torch.empty, torch.zeros, torch.ones, torch.full, torch.rand, torch.randn})


class WithoutMemory(TorchFunctionMode):
    """Within it, models are built without memory for their weights, on torch's device `meta`.

    Like `torch.device("meta")`, but whoever calculates with tensors while a model is built, as
    torchvision's RegNets do, gets real numbers.
    """

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Any,
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        """Send new tensors to `meta`."""
        given = dict(kwargs or {})
        if func in _FACTORIES and given.get("device") is None:
            given["device"] = "meta"
        return func(*args, **given)


def torchvision_source(enum: str, member: str = "IMAGENET1K_V1") -> Torchvision:
    """A member of a weights enum, with the size that torchvision says (in 2 ** 20 bytes)."""
    size = getattr(models, enum)[member].meta["_file_size"]
    return Torchvision(f"{enum}.{member}", round(size * 1.048576, 1))


def add(
    name: str,
    title: str,
    family: str,
    enum: str,
    nodes: Mapping[str, int],
    *,
    smallest: int = 32,
    shorten: str = "",
    shape: Callable[[torch.Tensor], torch.Tensor] | None = None,
    build: Mapping[str, Any] | None = None,
    **rest: Any,
) -> None:
    """Register a torchvision model that is tapped at nodes of its graph.

    Args:
        name: of torchvision's constructor, and of the network here.
        title: as people read it.
        family: of networks that the page lists together.
        enum: torchvision's weights enum; its first ImageNet weights are taken, which are those of
            the published comparisons.
        nodes: torchvision's names of the tapped places, with their channels, in order of depth.
        smallest: side in pixels, see `Network`.
        shorten: what is left out at the beginning of nodes' names in the names of the taps.
        shape: turns what is tapped into (N, C, H, W), where it is something else.
        build: keyword arguments of the constructor.
        rest: further fields of `Network`.
    """
    taps = tuple(
        Tap(i, node.removeprefix(shorten), channels, node)
        for i, (node, channels) in enumerate(nodes.items())
    )
    make = partial(_trunk, name, tuple(nodes), shape, tuple((build or {}).items()))
    record = Network(
        name=name,
        title=title,
        trunk=make,
        taps=taps,
        smallest=smallest,
        sources=(torchvision_source(enum),),
        family=family,
        **rest,
    )
    NETWORKS.add(name, record)


def _trunk(*made_of: Any) -> nn.Module:
    # Tracing takes longer than everything else; the graph without weights is small.
    return copy.deepcopy(_traced(*made_of))


@cache
def _traced(
    name: str,
    nodes: tuple[str, ...],
    shape: Callable[[torch.Tensor], torch.Tensor] | None,
    build: tuple[tuple[str, Any], ...],
) -> fx.GraphModule:
    """The model's graph up to the last node, in eval mode; it gives (node → map).

    It has no weights yet. In-place activations are made to leave their input as it is, since that
    may be what was tapped.
    """
    with WithoutMemory():
        model = getattr(models, name)(weights=None, **dict(build)).eval()
    both = create_feature_extractor(model, list(nodes), suppress_diff_warning=True)
    found = fx.GraphModule(both, both.eval_graph)
    for node in found.graph.nodes:
        if node.kwargs.get("inplace"):
            node.update_kwarg("inplace", False)
    for module in found.modules():
        if hasattr(module, "inplace"):
            setattr(module, "inplace", False)  # noqa: B010 - for the type checker
    if shape is not None:
        (output,) = found.graph.find_nodes(op="output")
        for node in output.all_input_nodes:
            with found.graph.inserting_before(output):
                output.replace_input_with(node, found.graph.call_function(shape, (node,)))
    found.recompile()
    return found.eval()
