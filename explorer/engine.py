"""The engine: scenes and pictures in, results out. It knows nothing of any page.

What it computes on the way is kept in its `Store`, keyed by what made it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial

import torch

from explorer import __version__, blend, dists
from explorer.attribution import heatmaps
from explorer.baselines import distances
from explorer.comparison import Compared, compare
from explorer.extractor import Extractor, batched
from explorer.features import Features, single_metrics
from explorer.images import Upload
from explorer.inside import Pair
from explorer.networks import NETWORKS
from explorer.perturbations import active
from explorer.pictures import REFERENCES, reference
from explorer.results import NORMS, Comparison, Exploration, Receipt, Scores, Verdict
from explorer.scene import Scene
from explorer.store import Asked, Picture, Store, content_key, reference_pictures
from explorer.verdicts import Limits, limits, on_features, on_pixels


class Engine(Store):
    """Answers questions about scenes and pictures; what it computed is kept while there is room."""

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
            if ask.heatmap == "sort":  # one sort for the maps and for the distance
                features_a.arrange(single_metrics(), ranked=True)
                features_b.arrange(single_metrics(), ranked=True)
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
                self.receipt_of(extractor, (scene.layout.size, scene.layout.size)),
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

    def blanks(self, scene: Scene) -> tuple[Features, Features]:
        """The features of the reference pictures, in the order of `REFERENCES`, and the decoy's.

        Raises:
            WeightsError: if the network's weights cannot be had.
            ValueError: if the canvas is too small for the network.
        """
        with self._lock, torch.inference_mode():
            asked = Asked.by(scene)
            blanks = reference_pictures(scene.layout.size)
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
            return self._featured(Asked.by(scene), Picture(content_key(image), image))

    def receipt(self, scene: Scene) -> Receipt:
        """What makes the numbers of a scene.

        Raises:
            WeightsError: if the network's weights cannot be had.
        """
        extractor = self.extractor(*Asked.by(scene))[0]
        return self.receipt_of(extractor, (scene.layout.size, scene.layout.size))

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
            pictures = [Picture(content_key(x), x) for x in (a, b)]
            compared = self._pair(asked, *pictures)
            names = tuple(tap.name for tap in extractor.network.taps)
            size = (int(a.shape[-1]), int(a.shape[-2]))
            return Comparison(self.receipt_of(extractor, size), names, compared.scores())

    def _limits(self, scene: Scene, original: Picture, decoy: Picture) -> Limits:
        asked, own = Asked.by(scene), scene.question.own
        names = tuple(REFERENCES)

        def make() -> Limits:
            blanks = reference_pictures(scene.layout.size)
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

    def receipt_of(self, extractor: Extractor, size: tuple[int, int]) -> Receipt:
        """What makes the numbers of that network on pictures of that (width, height)."""
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


__all__ = ["NORMS", "Engine", "Picture"]
