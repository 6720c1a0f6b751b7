"""What was made, by what made it: pictures, networks, features, comparisons.

Models and bounded caches, and one lock, which keeps concurrent visitors from computing at once: on
few cores that would only slow them all down. `explorer.engine` answers from here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

import torch

from explorer import taps, weights
from explorer.cache import Cache
from explorer.canvas import smoothed
from explorer.comparison import Compared, compare
from explorer.extractor import Extractor, batched
from explorer.features import Features
from explorer.images import Upload
from explorer.lock import FairLock
from explorer.networks import NETWORKS
from explorer.perturbations import active
from explorer.pictures import REFERENCES, picture, reference, subject
from explorer.scene import Layout, Scene, Source, Step

CACHE_BYTES = 1 << 30
T = TypeVar("T")


@dataclass(frozen=True)
class Picture:
    """A flattened picture, float32, 3 × H × W, and the key of what made it."""

    key: Hashable
    image: torch.Tensor


class Asked(NamedTuple):
    """Which network is asked: its name, its weights, and the layers that count, empty for all."""

    network: str
    weights: str
    layers: tuple[int, ...]

    @classmethod
    def by(cls, scene: Scene) -> Asked:
        """What a scene's question asks."""
        ask = scene.question
        return cls(ask.network, ask.weights, taps.chosen(ask.taps, ask.network))


class Store:
    """Renders, extracts, compares; everything computed is kept while there is room."""

    def __init__(
        self,
        device: str | torch.device | None = None,
        dtype: torch.dtype = torch.float32,
        cache_bytes: int = CACHE_BYTES,
    ) -> None:
        """Use the GPU where there is one, unless `device` says otherwise."""
        if device is None:
            device = "cuda" if torch.cuda.is_available() else "cpu"
        self.device = torch.device(device)
        self.dtype = dtype
        self._lock = FairLock()
        self._extractors: dict[tuple[str, str], tuple[Extractor, tuple[torch.Tensor, ...] | None]]
        self._extractors = {}
        self._pictures = Cache(cache_bytes // 8)
        self._features = Cache(cache_bytes)
        # What moves is kept only while it is on the screen: its memory is then used again by the
        # next move, which is much faster than memory that the system has to provide anew.
        self._moving = Cache(0)
        self._compared = Cache(cache_bytes // 8)
        self.worked_out = Cache(cache_bytes // 8)
        """For what others derive from pictures and features, under keys that begin with its name.

        To be used with the lock held."""

    @property
    def caches(self) -> tuple[Cache, ...]:
        """All caches, for whoever wants to know what they hold."""
        return self._pictures, self._features, self._moving, self._compared, self.worked_out

    def locked(self) -> FairLock:
        """The lock to hold while computing beside the engine: `with engine.locked(): …`."""
        return self._lock

    def keep(self, key: Hashable, make: Callable[[], T], size: Callable[[T], int]) -> T:
        """What a view made of features, kept like the engine's own comparisons.

        Args:
            key: everything that it depends on.
            make: called if it is not there.
            size: its bytes.
        """
        with self._lock, torch.inference_mode():
            return self._compared.get(("view", key), make, size)

    def extractor(
        self, network: str, weights_choice: str = "pretrained", layers: tuple[int, ...] = ()
    ) -> tuple[Extractor, tuple[torch.Tensor, ...] | None]:
        """The network ready to run, and its LPIPS heads where it has them; loaded once.

        Args:
            network: a registered name.
            weights_choice: `pretrained`, `random:SEED`, or the path of a file.
            layers: places of the taps to read; all without. The heads need all.

        Raises:
            WeightsError: if the weights cannot be had.
            KeyError: if there is no such network.
        """
        key = (network, weights_choice)
        with self._lock:
            if key not in self._extractors:
                record = NETWORKS[network]
                loaded = weights.load(record, weights_choice)
                heads = weights.load_heads(record) if weights_choice == "pretrained" else None
                if heads is not None:
                    heads = tuple(h.to(self.device, self.dtype) for h in heads)
                if len(self._extractors) >= 8:
                    self._extractors.pop(next(iter(self._extractors)))
                self._extractors[key] = (
                    Extractor(record, loaded, self.device, self.dtype),
                    heads,
                )
            found = self._extractors[key]
            return (found[0].at(layers), None) if layers else found

    def _rendered(
        self, source: Source, layout: Layout, challenge: tuple[Step, ...], upload: Upload | None
    ) -> Picture:
        # The subject depends on less than the picture does: a turn or a stain reuses it.
        made_by = ("subject", source, layout.size, layout.scale, layout.cutout)
        key = (source, layout, challenge)

        def prepared() -> tuple[torch.Tensor, torch.Tensor]:
            pixels = subject(source, layout, upload)
            return pixels, smoothed(pixels)

        def make() -> torch.Tensor:
            placed, smooth = self._pictures.get(
                made_by, prepared, lambda pair: sum(map(_tensor_bytes, pair))
            )
            return picture(placed, layout, challenge, smooth)

        return Picture(key, self._pictures.get(key, make, _tensor_bytes))

    def _all_pictures(
        self, scene: Scene, upload: Upload | None
    ) -> tuple[Picture, Picture, list[Picture], Picture]:
        """Original, perturbed, references, decoy."""
        original = self._rendered(scene.source, scene.layout, (), upload)
        perturbed = self._rendered(scene.source, scene.layout, active(scene.challenge), upload)
        decoy = self._rendered(scene.decoy, scene.layout, (), None)
        return original, perturbed, reference_pictures(scene.layout.size), decoy

    def _featured(self, asked: Asked, *pictures: Picture, keep: bool = True) -> Features:
        """Of the layers that count; all are kept, so that a change of these runs no network."""
        found = self._all_featured(asked.network, asked.weights, *pictures, keep=keep)
        return found.at(asked.layers) if asked.layers else found

    def _all_featured(self, network: str, choice: str, *pictures: Picture, keep: bool) -> Features:
        key = (network, choice, tuple(p.key for p in pictures))

        def run() -> Features:
            images = torch.stack([p.image for p in pictures])
            return batched(self.extractor(network, choice)[0], images)

        def size(features: Features) -> int:
            return features.nbytes

        if keep and key in self._moving:
            # What was on the screen while it moved shall stay: no second forward.
            return self._features.get(key, lambda: self._moving.get(key, run, size), size)
        cache = self._features if keep or key in self._features else self._moving
        return cache.get(key, run, size)

    def _pair(self, asked: Asked, a: Picture, *others: Picture, keep: bool = True) -> Compared:
        key = (asked, a.key, tuple(p.key for p in others))

        def make() -> Compared:
            heads = self.extractor(*asked)[1]
            features = self._featured(asked, a)
            return compare(features, self._featured(asked, *others, keep=keep), heads)

        return self._compared.get(key, make, lambda compared: compared.nbytes)


def reference_pictures(size: int) -> list[Picture]:
    """The paper's seven, in the order of `REFERENCES`."""
    return [Picture(("reference", n, size), reference(n, size)) for n in REFERENCES]


def _tensor_bytes(tensor: torch.Tensor) -> int:
    return tensor.numel() * tensor.element_size()


def content_key(image: torch.Tensor) -> tuple[object, ...]:
    """The key of a picture that no scene made: its shape, type and the sha256 of its numbers."""
    data = image.detach().cpu().contiguous()
    digest = hashlib.sha256(data.numpy().tobytes()).hexdigest()
    return ("content", tuple(data.shape), str(data.dtype), digest)
