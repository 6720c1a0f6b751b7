"""Other programs' weights, against networks written out by hand from those programs' papers."""

from __future__ import annotations

import importlib.util
import pickle
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn import functional

from explorer import conversion, weights
from explorer.extractor import Extractor
from explorer.networks import HEADS_FILE, NETWORKS
from explorer.results import WeightsInfo

CAFFE = NETWORKS["squeezenet1_1_caffe"]
FIRES = {2: (64, 16, 64), 3: (128, 16, 64), 4: (128, 32, 128), 5: (256, 32, 128)}
FIRES |= {6: (256, 48, 192), 7: (384, 48, 192), 8: (384, 64, 256), 9: (512, 64, 256)}
"""Fire module → channels in, squeezed, and in each of its expansions: SqueezeNet's table 1."""
CONVOLUTIONS = {
    "alexnet": (0, 3, 6, 8, 10),
    "vgg16": (0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28),
}
"""torchvision's places of the convolutions, in order."""
HEADS = {"alexnet": "alex", "vgg16": "vgg", "squeezenet1_1": "squeeze"}


def kernel(generator, height, width, inputs, outputs):
    """[kernel (h, w, in, out), bias], He-normal."""
    shape = (height, width, inputs, outputs)
    spread = (2 / (height * width * inputs)) ** 0.5
    return [
        (generator.standard_normal(shape) * spread).astype(np.float32),
        generator.standard_normal(outputs).astype(np.float32),
    ]


@pytest.fixture(scope="module")
def arrays():
    """Random weights in the layout of the Caffe release."""
    generator = np.random.default_rng(11)
    result = {"conv1": kernel(generator, 3, 3, 3, 64)}
    for number, (inputs, squeezed, expanded) in FIRES.items():
        result[f"fire{number}/squeeze1x1"] = kernel(generator, 1, 1, inputs, squeezed)
        result[f"fire{number}/expand1x1"] = kernel(generator, 1, 1, squeezed, expanded)
        result[f"fire{number}/expand3x3"] = kernel(generator, 3, 3, squeezed, expanded)
    result["conv10"] = kernel(generator, 1, 1, 512, 1000)
    return result


def convolved(pair, images, **options):
    """A convolution and its ReLU in float64, weights laid out as in the Caffe release."""
    weight, bias = (torch.from_numpy(array.astype(np.float64)) for array in pair)
    return functional.conv2d(images, weight.permute(3, 2, 0, 1), bias, **options).relu()


def caffe_forward(arrays, images):
    """SqueezeNet 1.1 as in its prototxt: RGB in [0, 1] → what our taps should be."""
    bgr = 255 * images.double().flip(1)
    bgr = bgr - torch.tensor([103.939, 116.779, 123.68], dtype=torch.float64).view(1, 3, 1, 1)
    current = convolved(arrays["conv1"], bgr, stride=2)
    found = [current]
    for number in FIRES:
        if number in (2, 4, 6):
            current = functional.max_pool2d(current, 3, 2, ceil_mode=True)
        squeezed = convolved(arrays[f"fire{number}/squeeze1x1"], current)
        one = convolved(arrays[f"fire{number}/expand1x1"], squeezed)
        three = convolved(arrays[f"fire{number}/expand3x3"], squeezed, padding=1)
        current = torch.cat([one, three], 1)
        if number not in (2, 4):
            found.append(current)
    return found


def close(found, wanted, share):
    """Equal to within `share` of the largest value."""
    return float((found - wanted).abs().max()) < share * float(wanted.abs().max())


def test_caffe_fold_is_exact(arrays):
    """Normalised RGB through the folded kernel is BGR less Caffe's mean through its own."""
    images = torch.rand(2, 3, 41, 38, generator=torch.Generator().manual_seed(0)).double()
    state = conversion.caffe_squeezenet(arrays, CAFFE)
    mean = torch.tensor((0.485, 0.456, 0.406), dtype=torch.float64).view(1, 3, 1, 1)
    std = torch.tensor((0.229, 0.224, 0.225), dtype=torch.float64).view(1, 3, 1, 1)
    weight, bias = state["0.weight"].double(), state["0.bias"].double()
    found = functional.conv2d((images - mean) / std, weight, bias, stride=2).relu()
    # What is left is the rounding of the folded kernel to float32.
    assert close(found, caffe_forward(arrays, images)[0], 3e-7)


def test_caffe_network_from_end_to_end(arrays):
    """Every Fire module, every tap."""
    images = torch.rand(1, 3, 70, 96, generator=torch.Generator().manual_seed(1))
    state = conversion.caffe_squeezenet(arrays, CAFFE)
    loaded = weights.Loaded(state, WeightsInfo("test", ""))
    found = Extractor(CAFFE, loaded, torch.device("cpu"), torch.float64)(images).maps
    wanted = caffe_forward(arrays, images)
    assert len(found) == len(wanted) == len(CAFFE.taps)
    for ours, theirs in zip(found, wanted, strict=True):
        assert ours.shape == theirs.shape
        assert close(ours, theirs, 1e-6)


def test_caffe_fire_modules_keep_their_numbers(arrays):
    """Beyond the first convolution the numbers are Caffe's own, bit by bit."""
    state = conversion.caffe_squeezenet(arrays, CAFFE)
    places = dict(zip((3, 4, 6, 7, 9, 10, 11, 12), FIRES, strict=True))
    parts = {"squeeze": "squeeze1x1", "expand1x1": "expand1x1", "expand3x3": "expand3x3"}
    wanted = {"0.weight", "0.bias"}
    for place, number in places.items():
        for ours, theirs in parts.items():
            weight, bias = arrays[f"fire{number}/{theirs}"]
            name = f"{place}.{ours}"
            assert np.array_equal(state[f"{name}.weight"], weight.transpose(3, 2, 0, 1))
            assert np.array_equal(state[f"{name}.bias"], bias)
            wanted |= {f"{name}.weight", f"{name}.bias"}
    assert state.keys() == wanted


@pytest.mark.parametrize("name", CONVOLUTIONS)
def test_flax_order(name):
    """`Conv_10` follows `Conv_9`, whatever the order of the dict; heads are left out."""
    generator = np.random.default_rng(2)
    network = NETWORKS[name]
    empty = conversion.empty_trunk(network)
    scope, wanted = {}, {}
    for i, place in enumerate(CONVOLUTIONS[name]):
        outputs, inputs, height, width = empty[place].weight.shape
        array = generator.random((height, width, inputs, outputs), dtype=np.float32)
        bias = generator.random(outputs, dtype=np.float32)
        scope[f"Conv_{i}"] = {"kernel": array, "bias": bias}
        wanted[f"{place}.weight"], wanted[f"{place}.bias"] = array, bias
    shuffled = dict(sorted(scope.items(), reverse=True))
    arrays = {"NetLinLayer_0": {"Conv_0": {}}, "Trunk_0": shuffled, "NetLinLayer_1": {}}
    state = conversion.flax_convolutions(arrays, network)
    assert state.keys() == wanted.keys()
    for key, array in wanted.items():
        found = state[key].numpy()
        # [h, w, in, out] and [out, in, h, w]: the same element found both ways.
        for o, i, h, w in [(0, 0, 0, 0), (1, 2, 0, 2), (-1, 0, 2, 1), (5, 1, 1, 0)]:
            if found.ndim == 4:
                assert found[o, i, h, w] == array[h, w, i, o]
        assert found.shape == (array.transpose(3, 2, 0, 1) if array.ndim == 4 else array).shape
        assert found.sum(dtype=np.float64) == pytest.approx(array.sum(dtype=np.float64))


def test_torch_state_of_a_whole_network_or_its_trunk():
    """Both forms, any float type, in memory of its own."""
    trunk = weights.load(CAFFE, "random:1").state
    whole = {f"features.{key}": torch.nn.Parameter(tensor) for key, tensor in trunk.items()}
    whole |= {"classifier.1.weight": torch.ones(1000, 512, 1, 1), "0.weight": torch.zeros(1)}
    for state in (trunk, whole, {key: tensor.double() for key, tensor in trunk.items()}):
        found = conversion.torch_state(state, CAFFE)
        assert found.keys() == trunk.keys()
        for key, tensor in found.items():
            assert torch.equal(tensor, trunk[key])
            assert (tensor.dtype, tensor.requires_grad) == (torch.float32, False)
    found["0.weight"].zero_()
    assert trunk["0.weight"].any()


@pytest.mark.parametrize("missing", ["0.weight", "12.expand3x3.bias"])
def test_torch_state_names_what_is_missing(missing):
    state = weights.load(CAFFE, "random:1").state
    for there in ({**state, missing: None}, {k: v for k, v in state.items() if k != missing}):
        with pytest.raises(KeyError, match=missing):
            conversion.torch_state(there, CAFFE)


@pytest.mark.parametrize("name", HEADS)
@pytest.mark.parametrize(
    ("version", "file"), [("v0.1", HEADS_FILE), ("v0.0", weights.OLD_HEADS_FILE)]
)
def test_heads_are_those_of_the_lpips_package(name, version, file):
    """The channel weights of both versions, layer by layer in order of depth."""
    package = Path(importlib.util.find_spec("lpips").origin).parent
    path = package / "weights" / version / f"{HEADS[name]}.pth"
    state = torch.load(path, map_location="cpu", weights_only=True)
    heads = weights.load_heads(NETWORKS[name], file)
    assert len(heads) == len(state) == len(NETWORKS[name].taps)
    for i, (head, tap) in enumerate(zip(heads, NETWORKS[name].taps, strict=True)):
        assert torch.equal(head, state[f"lin{i}.model.1.weight"].reshape(tap.channels))
    by_depth = conversion.lpips_heads(str(path))
    assert all(torch.equal(by_depth[str(i)], head) for i, head in enumerate(heads))


@pytest.mark.parametrize("protocol", [3, 4])
@pytest.mark.parametrize("old", [False, True])
def test_arrays_from_pickle(protocol, old):
    """Nested arrays, under numpy 1's names and numpy 2's."""
    array = np.arange(12, dtype=np.float32).reshape(3, 4)
    data = pickle.dumps({"a": {"b": [array, (1.5, "text", None)]}}, protocol=protocol)
    if old and protocol == 3:
        data = data.replace(b"numpy._core.multiarray", b"numpy.core.multiarray")
    found = conversion.arrays_from_pickle(data)
    assert np.array_equal(found["a"]["b"][0], array)
    assert found["a"]["b"][0].dtype == np.float32
    assert found["a"]["b"][1] == (1.5, "text", None)


class Calls:
    """Pickled as a call of `function`."""

    def __init__(self, function, *arguments):
        self.call = (function, arguments)

    def __reduce__(self):
        """What pickle calls."""
        return self.call


@pytest.mark.parametrize("protocol", [0, 2, 4, 5])
def test_malicious_pickles_are_refused(tmp_path, protocol):
    """Directly, within an array of objects, and as an attribute of what is admitted."""
    target = tmp_path / "executed"
    bad = Calls(Path.touch, target)
    within = np.empty(1, dtype=object)
    within[0] = bad
    others = [
        Calls(eval, "1"),
        Calls(getattr, np.ndarray, "tofile"),
        Calls(np.load, "x"),
        Path("somewhere"),
    ]
    for thing in (bad, {"a": [bad]}, within, *others):
        with pytest.raises(pickle.UnpicklingError, match="only numpy arrays are admitted"):
            conversion.arrays_from_pickle(pickle.dumps(thing, protocol=protocol))
    dotted = b"\x80\x04\x8c\x05numpy\x8c\x15ndarray.__new__.__doc\x93."
    with pytest.raises(pickle.UnpicklingError):
        conversion.arrays_from_pickle(dotted)
    assert not target.exists()
