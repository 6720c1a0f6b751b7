"""Other programs' weight files → a trunk's state dict (`"3.weight"` …), float32.

Only what the trunk needs is taken. Pickles are read by an unpickler that admits numpy's array
constructors and nothing else.
"""

from __future__ import annotations

import io
import pickle
import re
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch
from torch import nn

from explorer.networks import NETWORKS, Network, WithoutMemory

State = dict[str, torch.Tensor]

_ALLOWED = {
    ("numpy.core.multiarray", "_reconstruct"): ("numpy._core.multiarray", "_reconstruct"),
    ("numpy._core.multiarray", "_reconstruct"): ("numpy._core.multiarray", "_reconstruct"),
    ("numpy", "ndarray"): ("numpy", "ndarray"),
    ("numpy", "dtype"): ("numpy", "dtype"),
}


class _ArraysOnly(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _ALLOWED:
            raise pickle.UnpicklingError(
                f"The file wants {module}.{name}; only numpy arrays are admitted."
            )
        if name == "_reconstruct":
            # Its module was renamed between numpy 1 and 2; a pickled array knows the way.
            return np.zeros(0).__reduce__()[0]
        return {"ndarray": np.ndarray, "dtype": np.dtype}[name]


def arrays_from_pickle(data: bytes) -> Any:
    """Unpickle nested containers of numpy arrays.

    Raises:
        pickle.UnpicklingError: if the pickle names anything but numpy's array constructors.
    """
    return _ArraysOnly(io.BytesIO(data), encoding="latin1").load()


def convolutions(module: nn.Module) -> dict[str, nn.Conv2d]:
    """The convolutions of a module by name, in order of execution."""
    return {name: m for name, m in module.named_modules() if isinstance(m, nn.Conv2d)}


def empty_trunk(network: Network) -> nn.Module:
    """The trunk without memory for its weights; cheap, for its shapes and names.

    `load_state_dict(state, assign=True)` fills it.
    """
    with WithoutMemory():
        trunk = network.trunk()
    for module in trunk.modules():
        if isinstance(module, nn.BatchNorm2d):
            # Counts what was trained on, and has no use here: it stays as it is, in no file.
            module.num_batches_tracked = torch.tensor(0)
    return trunk


def needed(trunk: nn.Module) -> State:
    """The tensors that make a trunk what it is, by name."""
    tensors = trunk.state_dict().items()
    return {key: tensor for key, tensor in tensors if not key.endswith(".num_batches_tracked")}


def _oihw(kernel: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(np.ascontiguousarray(kernel.transpose(3, 2, 0, 1), dtype=np.float32))


def flax_convolutions(arrays: Mapping[str, Any], network: Network) -> State:
    """Flax's `Conv_i` → `kernel` (h, w, in, out) and `bias`, i counting the convolutions."""
    (scope,) = (v for k, v in arrays.items() if not k.startswith("NetLinLayer"))
    state = {}
    for i, name in enumerate(convolutions(empty_trunk(network))):
        entry = scope[f"Conv_{i}"]
        state[f"{name}.weight"] = _oihw(entry["kernel"])
        state[f"{name}.bias"] = torch.from_numpy(np.array(entry["bias"], dtype=np.float32))
    return state


CAFFE_MEAN_BGR = (103.939, 116.779, 123.68)
_CAFFE_FIRE = {3: 2, 4: 3, 6: 4, 7: 5, 9: 6, 10: 7, 11: 8, 12: 9}


def caffe_squeezenet(arrays: Mapping[str, Any], network: Network) -> State:
    """Caffe's names and BGR 0–255 input → torchvision's names and normalised RGB.

    The first convolution has no padding, so the change of input is folded into it exactly:
    w' = w · 255 · std, b' = b + Σ w · (255 · mean − caffe_mean), after flipping BGR to RGB.
    """
    names = {"0": "conv1"}
    for index, fire in _CAFFE_FIRE.items():
        for part in ("squeeze", "expand1x1", "expand3x3"):
            caffe = "squeeze1x1" if part == "squeeze" else part
            names[f"{index}.{part}"] = f"fire{fire}/{caffe}"
    state = {}
    for ours, theirs in names.items():
        kernel, bias = arrays[theirs]
        state[f"{ours}.weight"] = _oihw(kernel)
        state[f"{ours}.bias"] = torch.from_numpy(np.array(bias, dtype=np.float32).reshape(-1))
    first = state["0.weight"].double().flip(1)
    mean = torch.tensor(network.mean, dtype=torch.float64).view(1, 3, 1, 1)
    std = torch.tensor(network.std, dtype=torch.float64).view(1, 3, 1, 1)
    shift = 255 * mean - torch.tensor(CAFFE_MEAN_BGR[::-1], dtype=torch.float64).view(1, 3, 1, 1)
    state["0.bias"] = (state["0.bias"].double() + (first * shift).sum((1, 2, 3))).float()
    state["0.weight"] = (first * 255 * std).float()
    return state


def torch_state(state: Mapping[str, torch.Tensor], network: Network) -> State:
    """What the trunk needs of a torchvision state dict, whole (`features.0.weight`) or trunk only.

    Names of older files (of DenseNets and vision transformers) are read as torchvision reads them,
    and those of LPIPS's slices as the trunk's.

    Raises:
        KeyError: with the first name that is missing.
    """
    renamed = {_as_now(key): tensor for key, tensor in state.items()}
    result = {}
    for key in needed(empty_trunk(network)):
        tensor = renamed.get(f"features.{key}", renamed.get(key))
        if not isinstance(tensor, torch.Tensor):
            raise KeyError(key)
        result[key] = tensor.detach().to("cpu", torch.float32).contiguous().clone()
    return result


def _as_now(key: object) -> str:
    """An older name of a tensor as torchvision has it now.

    >>> _as_now("features.denseblock1.denselayer2.norm.1.weight")
    'features.denseblock1.denselayer2.norm1.weight'
    >>> _as_now("encoder.layers.encoder_layer_0.mlp.linear_2.bias")
    'encoder.layers.encoder_layer_0.mlp.3.bias'
    >>> _as_now("net.slice2.5.weight")
    '5.weight'
    """
    name = re.sub(r"^net\.slice\d+\.", "", str(key))
    name = re.sub(r"(denselayer\d+\.(?:norm|conv))\.(\d\.)", r"\1\2", name)
    return re.sub(r"\.mlp\.linear_([12])\.", lambda m: f".mlp.{3 * (int(m[1]) - 1)}.", name)


CONVERTERS: dict[str, Callable[[Mapping[str, Any], Network], State]] = {
    "flax_convolutions": flax_convolutions,
    "caffe_squeezenet": caffe_squeezenet,
    "torch_state": torch_state,
}


def lpips_heads(path: str) -> dict[str, torch.Tensor]:
    """The channel weights in a `.pth` of the lpips package, or one like it, by depth, each (C,)."""
    state = torch.load(path, map_location="cpu", weights_only=True)
    found = {key: re.match(r"lin(\d+)\.", key) for key in state}
    return {match[1]: state[key].flatten().clone() for key, match in found.items() if match}


__all__ = ["CONVERTERS", "NETWORKS", "State", "arrays_from_pickle", "convolutions", "torch_state"]
