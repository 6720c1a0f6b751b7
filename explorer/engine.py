"""The engine: scenes and pictures in, results out. It knows nothing of any page.

It holds models and bounded caches keyed by what made their content. One lock keeps concurrent
visitors from computing at once, which on few cores would only slow them all down.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple, TypeVar

import torch

from explorer import __version__, blend, dists, taps, weights
from explorer.attribution import heatmaps
from explorer.baselines import distances
from explorer.cache import Cache
from explorer.canvas import smoothed
from explorer.comparison import Compared, compare
from explorer.features import Extractor, Features, batched
from explorer.images import Upload
from explorer.inside import Pair
from explorer.lock import FairLock
from explorer.networks import NETWORKS
from explorer.perturbations import active
from explorer.pictures import REFERENCES, picture, reference, subject
from explorer.results import NORMS, Comparison, Exploration, Receipt, Scores, Verdict
from explorer.scene import Layout, Scene, Source, Step
from explorer.verdicts import Limits, limits, on_features, on_pixels

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


class Engine:
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

    def explore(self, scene: Scene, upload: Upload | None = None) -> Exploration:
        """Everything that the Explore tab shows.

        Args:
            scene: what is on the screen.
            upload: the decoded picture, if the scene's source is one.

        Raises:
            WeightsError: if the network's weights cannot be had.
            ValueError: if the scene names an upload that is not given, or the canvas is too
                small for the network.
        """
        started = time.perf_counter()
        with self._lock, torch.inference_mode():
            ask = scene.question
            original = self._rendered(scene.source, scene.layout, (), upload)
            challenge = active(scene.challenge)
            perturbed = self._rendered(scene.source, scene.layout, challenge, upload)
            decoy = self._rendered(scene.decoy, scene.layout, (), None)
            drawn = time.perf_counter()
            asked = Asked.by(scene)
            extractor, _ = self.extractor(*asked)
            features_a = self._featured(asked, original)
            features_b = self._featured(asked, perturbed, keep=False)
            seen = time.perf_counter()
            compared = self._pair(asked, original, perturbed, keep=False)
            scores = _asked(scene, compared)
            verdicts = on_features(scores, self._limits(scene, original, decoy))
            if ask.baselines:
                (pixels,) = self._on_pixels(scene, original, decoy, perturbed.image[None])
                verdicts += pixels
            layers = tuple(tap.name for tap in extractor.network.taps)
            shown = ask.heatmap if (ask.heatmap, "norm") in compared.distances else "spatial"
            norm = "norm" if ask.norm else "raw"
            maps = heatmaps(shown, norm, features_a, features_b, compared, layers)
            comparison = Comparison(
                self._receipt(extractor, (scene.layout.size, scene.layout.size)),
                layers,
                scores,
            )
        ended = time.perf_counter()
        return Exploration(
            scene,
            comparison,
            verdicts,
            maps,
            original.image.numpy(),
            perturbed.image.numpy(),
            decoy.image.numpy(),
            timings={"render": drawn - started, "forward": seen - drawn, "compare": ended - seen},
        )

    def rendered(self, scene: Scene, upload: Upload | None = None) -> torch.Tensor:
        """The perturbed picture of a scene, float32, 3 × H × W, in [0, 1].

        Raises:
            ValueError: if the scene names an upload that is not given.
        """
        with self._lock, torch.inference_mode():
            steps = active(scene.challenge)
            return self._rendered(scene.source, scene.layout, steps, upload).image

    def judged(
        self, scenes: Sequence[Scene], upload: Upload | None = None
    ) -> list[tuple[Verdict, ...]]:
        """The verdicts of every scene; perturbed pictures of one original go through together.

        Args:
            scenes: asking the same network; as many as fit into memory at once.
            upload: the decoded picture, if a scene's source is one.

        Raises:
            WeightsError: if the network's weights cannot be had.
            ValueError: if a scene names an upload that is not given, or its canvas is too small.
        """
        found: dict[int, tuple[Verdict, ...]] = {}
        groups: dict[tuple[object, ...], list[int]] = {}
        for i, scene in enumerate(scenes):
            key = (scene.source, scene.layout, scene.decoy, scene.question)
            groups.setdefault(key, []).append(i)
        with self._lock, torch.inference_mode():
            for places in groups.values():
                scene = scenes[places[0]]
                ask = scene.question
                original = self._rendered(scene.source, scene.layout, (), upload)
                decoy = self._rendered(scene.decoy, scene.layout, (), None)
                held = self._limits(scene, original, decoy)
                extractor, heads = self.extractor(*Asked.by(scene))
                features = self._featured(Asked.by(scene), original)
                changed = [i for i in places if active(scenes[i].challenge)]
                if len(changed) < len(places):
                    # A batch rounds differently: the picture itself must stay at exactly zero.
                    unchanged = compare(features, features, heads)
                    same = on_features(_asked(scene, unchanged), held)
                    found |= dict.fromkeys(places, same)
                if changed:
                    images = torch.stack([self.rendered(scenes[i], upload) for i in changed])
                    compared = compare(features, batched(extractor, images), heads)
                    for k, i in enumerate(changed):
                        found[i] = on_features(_asked(scene, compared, k), held)
                if ask.baselines:
                    images = torch.stack([self.rendered(scenes[i], upload) for i in places])
                    pixels = self._on_pixels(scene, original, decoy, images)
                    for i, verdicts in zip(places, pixels, strict=True):
                        found[i] += verdicts
        return [found[i] for i in range(len(scenes))]

    def pair(self, scene: Scene, upload: Upload | None = None) -> Pair:
        """The original and the perturbed picture of a scene with all that the network said of them.

        Their features are kept while there is room: no network runs when the same scene is asked
        for again, whether by this or by `explore`.

        Raises:
            WeightsError: if the network's weights cannot be had.
            ValueError: if the scene names an upload that is not given, or the canvas is too
                small for the network.
        """
        with self._lock, torch.inference_mode():
            asked = Asked.by(scene)
            pictures = [
                self._rendered(scene.source, scene.layout, steps, upload)
                for steps in ((), active(scene.challenge))
            ]
            extractor, heads = self.extractor(*asked)
            a, b = (self._featured(asked, picture) for picture in pictures)
            compared = self._pair(asked, *pictures)
            first, second = (picture.image for picture in pictures)
            return Pair(extractor.network, first, second, a, b, compared, heads)

    def limits(self, scene: Scene, upload: Upload | None = None) -> Limits:
        """What the verdicts of a scene are held against: the references and the decoy.

        Raises:
            WeightsError: if the network's weights cannot be had.
            ValueError: if the scene names an upload that is not given, or the canvas is too
                small for the network.
        """
        with self._lock, torch.inference_mode():
            original = self._rendered(scene.source, scene.layout, (), upload)
            decoy = self._rendered(scene.decoy, scene.layout, (), None)
            return self._limits(scene, original, decoy)

    def blanks(self, scene: Scene) -> tuple[Features, Features]:
        """The features of the reference pictures, in the order of `REFERENCES`, and the decoy's.

        Raises:
            WeightsError: if the network's weights cannot be had.
            ValueError: if the canvas is too small for the network.
        """
        with self._lock, torch.inference_mode():
            asked = Asked.by(scene)
            blanks = _reference_pictures(scene.layout.size)
            decoy = self._rendered(scene.decoy, scene.layout, (), None)
            return (
                self._featured(asked, *blanks),
                self._featured(asked, decoy),
            )

    def against(
        self, scene: Scene, upload: Upload | None = None, swapped: bool = False
    ) -> tuple[Compared, Compared]:
        """How the original compares with each of the references, and with the decoy.

        Args:
            scene: what is on the screen.
            upload: the decoded picture, if the scene's source is one.
            swapped: whether the perturbed picture stands in the original's place.

        Raises:
            WeightsError: if the network's weights cannot be had.
            ValueError: if the scene names an upload that is not given, or the canvas is too
                small for the network.
        """
        with self._lock, torch.inference_mode():
            asked = Asked.by(scene)
            original, perturbed, blanks, decoy = self._all_pictures(scene, upload)
            first = perturbed if swapped else original
            return self._pair(asked, first, *blanks), self._pair(asked, first, decoy)

    def another_way(
        self,
        scene: Scene,
        upload: Upload | None,
        name: str,
        run: Callable[[Extractor, torch.Tensor], Features],
    ) -> tuple[Features, Features, Features, Features]:
        """Features of a scene's pictures when the network is run in another way; kept.

        Args:
            scene: what is on the screen.
            upload: the decoded picture, if the scene's source is one.
            name: of the way; features are kept under it.
            run: the network and pictures, [0, 1] RGB, N × 3 × H × W → their features.

        Returns:
            Of the original, the perturbed picture, the references, and the decoy.

        Raises:
            WeightsError: if the network's weights cannot be had.
            ValueError: if the scene names an upload that is not given, or the canvas is too
                small for the network.
        """

        def featured(*pictures: Picture) -> Features:
            asked = Asked.by(scene)
            extractor = self.extractor(*asked)[0]
            key = (name, asked, tuple(p.key for p in pictures))

            def make() -> Features:
                images = torch.stack([p.image for p in pictures])
                return batched(partial(run, extractor), images)

            return self._features.get(key, make, lambda features: features.nbytes)

        with self._lock, torch.inference_mode():
            original, perturbed, blanks, decoy = self._all_pictures(scene, upload)
            return featured(original), featured(perturbed), featured(*blanks), featured(decoy)

    def keep(self, key: Hashable, make: Callable[[], T], size: Callable[[T], int]) -> T:
        """What a view made of features, kept like the engine's own comparisons.

        Args:
            key: everything that it depends on.
            make: called if it is not there.
            size: its bytes.
        """
        with self._lock, torch.inference_mode():
            return self._compared.get(("view", key), make, size)

    def features(self, image: torch.Tensor, scene: Scene) -> Features:
        """The features of a picture of no scene, from the network that `scene` asks.

        Args:
            image: float32, 3 × H × W, in [0, 1].
            scene: only its question counts.

        Raises:
            WeightsError: if the network's weights cannot be had.
            ValueError: if the picture is too small for the network.
        """
        with self._lock, torch.inference_mode():
            return self._featured(Asked.by(scene), Picture(_content_key(image), image))

    def receipt(self, scene: Scene) -> Receipt:
        """What makes the numbers of a scene.

        Raises:
            WeightsError: if the network's weights cannot be had.
        """
        extractor = self.extractor(*Asked.by(scene))[0]
        return self._receipt(extractor, (scene.layout.size, scene.layout.size))

    def compare_images(
        self,
        a: torch.Tensor,
        b: torch.Tensor,
        network: str,
        weights_choice: str = "pretrained",
        layers: tuple[int, ...] = (),
    ) -> Comparison:
        """Compare two pictures as they are, float, 3 × H × W, in [0, 1], by every metric.

        `layers`: places of the taps that count; all without.

        Raises:
            WeightsError: if the weights cannot be had.
            ValueError: if the sizes differ or are too small for the network.
        """
        if a.shape != b.shape:
            raise ValueError(
                f"Both pictures need the same size; {a.shape[-1]} × {a.shape[-2]} and "
                f"{b.shape[-1]} × {b.shape[-2]} were given."
            )
        with self._lock, torch.inference_mode():
            asked = Asked(network, weights_choice, layers)
            extractor, _ = self.extractor(*asked)
            pictures = [Picture(_content_key(x), x) for x in (a, b)]
            compared = self._pair(asked, *pictures)
            names = tuple(tap.name for tap in extractor.network.taps)
            size = (int(a.shape[-1]), int(a.shape[-2]))
            return Comparison(self._receipt(extractor, size), names, compared.scores())

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
        return original, perturbed, _reference_pictures(scene.layout.size), decoy

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

    def _limits(self, scene: Scene, original: Picture, decoy: Picture) -> Limits:
        asked, own = Asked.by(scene), scene.question.own
        names = tuple(REFERENCES)

        def make() -> Limits:
            blanks = _reference_pictures(scene.layout.size)
            against = self._pair(asked, original, *blanks)
            references = {name: _asked(scene, against, i) for i, name in enumerate(names)}
            to_decoy = self._pair(asked, original, decoy)
            return limits(references, _asked(scene, to_decoy))

        key = ("limits", asked, own, original.key, decoy.key)
        return self._compared.get(key, make, lambda held: 100 * len(names) * len(held.decoy))

    def _on_pixels(
        self, scene: Scene, original: Picture, decoy: Picture, images: torch.Tensor
    ) -> list[tuple[Verdict, ...]]:
        """The verdicts of the baselines on N × 3 × H × W pictures."""
        first = original.image[None].to(self.device)
        ask = scene.question
        asked = dists.baselines(ask.network, ask.weights, str(self.device))

        def measured() -> dict[str, torch.Tensor]:
            blanks = [reference(name, scene.layout.size) for name in REFERENCES]
            others = torch.stack([*blanks, decoy.image])
            return distances(first, others.to(self.device), asked)

        key = ("pixels", len(asked), original.key, decoy.key)
        to_limits = self._compared.get(key, measured, lambda found: 64 * len(found))
        to_images = distances(first, images.to(self.device), asked)
        return on_pixels(to_images, to_limits, tuple(REFERENCES))

    def _receipt(self, extractor: Extractor, size: tuple[int, int]) -> Receipt:
        names = tuple(tap.name for tap in extractor.network.taps)
        all_count = len(names) == len(NETWORKS[extractor.network.name].taps)
        return Receipt(
            extractor.network.name,
            extractor.info,
            size,
            str(self.dtype).removeprefix("torch."),
            str(self.device),
            __version__,
            () if all_count else names,
        )


def _asked(scene: Scene, compared: Compared, index: int = 0) -> Scores:
    """The scores of a comparison, with those of the person's own metrics."""
    ask, scores = scene.question, compared.scores(index)
    if Asked.by(scene).layers:
        return scores  # a person's own metrics weigh all layers
    return blend.with_blends(scores, blend.read(ask.own), ask.network)


def _reference_pictures(size: int) -> list[Picture]:
    """The paper's seven, in the order of `REFERENCES`."""
    return [Picture(("reference", n, size), reference(n, size)) for n in REFERENCES]


def _tensor_bytes(tensor: torch.Tensor) -> int:
    return tensor.numel() * tensor.element_size()


def _content_key(image: torch.Tensor) -> tuple[object, ...]:
    data = image.detach().cpu().contiguous()
    digest = hashlib.sha256(data.numpy().tobytes()).hexdigest()
    return ("content", tuple(data.shape), str(data.dtype), digest)


__all__ = ["NORMS", "Engine", "Picture"]
