"""The flat form of a scene: every knob on the screen under one dotted name.

Controls, links, presets and sweeps all speak of `FORM` names, for example `rings.count`,
`layout.scale`, `rotate.angle`, `ask.network`. What they hold is cleaned here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from explorer import blend, taps
from explorer.attribution import HEATMAPS
from explorer.networks import NETWORKS
from explorer.perturbations import PERTURBATIONS
from explorer.pictures import sample_names
from explorer.registry import Entry
from explorer.scene import Layout, Question, Scene, Source, Step
from explorer.spec import Choice, Cleaned, Colour, Integer, Knob, Real, Text, Toggle, Value
from explorer.synthesis import FAMILIES

SIZES = ("64", "96", "128", "224", "256")
KINDS = ("synthesis", "sample", "upload")
AUTO = "auto"

_families = FAMILIES.names()
_family_titles = tuple(f.title for f in FAMILIES)

SCENE_KNOBS: dict[str, Knob] = {
    "picture.kind": Choice(
        "synthesis", KINDS, ("Synthesize", "Photograph", "Upload"), title="Subject"
    ),
    "picture.family": Choice(
        "rings",
        _families,
        _family_titles,
        title="Family",
        help="What to draw; each family has knobs of its own.",
    ),
    "picture.sample": Choice(
        sample_names()[0],
        sample_names(),
        tuple(n.capitalize() for n in sample_names()),
        title="Photograph",
    ),
    "layout.size": Choice(
        "224", SIZES, tuple(f"{s} × {s}" for s in SIZES), title="Canvas", help="In pixels."
    ),
    "layout.background": Colour("#ffffff", title="Background"),
    "layout.scale": Real(
        0.7, 0.1, 1, 0.01, "", "Scale", "Side of the subject in canvas widths; 1 fills the canvas."
    ),
    "layout.x": Integer(0, -128, 128, 1, " px", "Place x", "Subject's centre, to the right."),
    "layout.y": Integer(0, -128, 128, 1, " px", "Place y", "Subject's centre, downwards."),
    "layout.cutout": Real(
        0,
        0,
        0.6,
        0.01,
        "",
        "Cut out",
        "Makes transparent what is as close in colour to the picture's border; 0 is off.",
    ),
    "decoy.family": Choice(
        AUTO,
        (AUTO, *_families),
        ("Another family", *_family_titles),
        title="Decoy",
        help="The other subject on the same background, for the colour-stain rule.",
    ),
    "ask.network": Choice(
        "alexnet",
        NETWORKS.names(),
        tuple(n.title + n.price for n in NETWORKS),
        title="Network",
        groups=tuple(n.family for n in NETWORKS),
    ),
    "ask.weights": Choice(
        "pretrained",
        ("pretrained", "random"),
        ("Trained on ImageNet", "Random (untrained control)"),
        title="Weights",
    ),
    "ask.seed": Integer(0, 0, 999, 1, "", "Seed", "Of the random weights."),
    "ask.norm": Toggle(
        True,
        title="Channel norm",
        help="Divides the vector over channels at each place by its length.",
    ),
    "ask.heatmap": Choice(
        "spatial",
        HEATMAPS,
        ("spatial", "sort", "mean", "LPIPS"),
        title="Heatmaps show",
    ),
    "ask.baselines": Toggle(
        False,
        title="Baselines",
        help="Adds MSE, PSNR, SSIM and MS-SSIM of the pixels to the verdicts.",
    ),
    "ask.taps": Text(
        "",
        taps.canonical,
        title="Layers",
        help="Only these count, in every score, bar, map, suite and sweep. LPIPS and own metrics "
        "need all.",
    ),
    "ask.own": Text(
        "",
        blend.canonical,
        title="Own metrics",
        help="Built in the tab Look inside; they stand beside the others, on their own network.",
    ),
}


@cache
def _knobs_of(owner: str) -> dict[str, Knob]:
    entry = FAMILIES[owner] if owner in FAMILIES else PERTURBATIONS[owner]
    return {f"{owner}.{name}": knob for name, knob in entry.knobs.items()}


def _entry_knobs(entry: Entry) -> dict[str, Knob]:
    return _knobs_of(entry.name)


FORM: dict[str, Knob] = {
    **SCENE_KNOBS,
    **{k: v for family in FAMILIES for k, v in _entry_knobs(family).items()},
    **{k: v for perturbation in PERTURBATIONS for k, v in _entry_knobs(perturbation).items()},
}

DEFAULTS: dict[str, Value] = {name: knob.default for name, knob in FORM.items()}


@dataclass(frozen=True)
class Filled:
    """A scene made from a form, and what had to be changed to make it."""

    scene: Scene
    notes: tuple[str, ...]


def scene_of(values: Mapping[str, object], upload_sha256: str | None = None) -> Filled:
    """The scene that a form describes; missing values are defaults, bad ones are replaced.

    Args:
        values: by `FORM` name; other names are ignored.
        upload_sha256: of the picture that the session holds, if any.
    """
    cleaner = _Cleaner(values)
    kind = str(cleaner["picture.kind"])
    family = str(cleaner["picture.family"])
    if kind == "upload" and upload_sha256 is None:
        kind = "synthesis"
        cleaner.notes.append(
            f"No picture is uploaded yet: showing {FAMILIES[family].title.lower()} meanwhile."
        )
    if kind == "synthesis":
        source = Source(kind, cleaner.step(FAMILIES[family]))
    elif kind == "sample":
        source = Source(kind, Step(str(cleaner["picture.sample"])))
    else:
        source = Source(kind, Step(str(upload_sha256)))
    layout = Layout(
        size=int(cleaner["layout.size"]),
        background=str(cleaner["layout.background"]),
        scale=float(cleaner["layout.scale"]),
        x=int(cleaner["layout.x"]),
        y=int(cleaner["layout.y"]),
        cutout=float(cleaner["layout.cutout"]),
    )
    weights = str(cleaner["ask.weights"])
    if weights == "random":
        weights = f"random:{cleaner['ask.seed']}"
    question = Question(
        network=str(cleaner["ask.network"]),
        weights=weights,
        norm=bool(cleaner["ask.norm"]),
        heatmap=str(cleaner["ask.heatmap"]),
        baselines=bool(cleaner["ask.baselines"]),
        own=str(cleaner["ask.own"]),
        taps=str(cleaner["ask.taps"]),
    )
    if any(b.network == question.network for b in blend.read(question.own)) and taps.chosen(
        question.taps, question.network
    ):
        cleaner.notes.append("Own metrics weigh all layers: they wait until all are chosen again.")
    challenge = []
    for perturbation in PERTURBATIONS:
        # Untouched knobs are at their defaults, which change nothing.
        if values.keys().isdisjoint(_entry_knobs(perturbation)):
            continue
        step = cleaner.step(perturbation)
        if not perturbation.is_neutral(step.kwargs()):
            challenge.append(step)
    decoy = Source("synthesis", _decoy(str(cleaner["decoy.family"]), source))
    scene = Scene(source, decoy, layout, tuple(challenge), question)
    return Filled(scene, tuple(cleaner.notes))


class _Cleaner:
    def __init__(self, values: Mapping[str, object]) -> None:
        self.values = values
        self.notes: list[str] = []

    def __getitem__(self, name: str) -> Value:
        knob = FORM[name]
        cleaned: Cleaned = knob.clean(self.values.get(name, knob.default), knob.title or name)
        if cleaned.note:
            self.notes.append(cleaned.note)
        return cleaned.value

    def step(self, entry: Entry) -> Step:
        names = zip(entry.knobs, _entry_knobs(entry), strict=True)
        given = {knob: self.values[name] for knob, name in names if name in self.values}
        cleaned, notes = entry.clean(given)
        self.notes += notes
        return Step.of(entry.name, cleaned)


def _decoy(name: str, source: Source) -> Step:
    """The chosen family with its defaults; `auto` is the next family that is not the subject's."""
    if name == AUTO:
        names = [f for f in FAMILIES.names() if FAMILIES[f].facts.get("kind") == "figure"]
        here = names.index(source.step.name) if source.step.name in names else -1
        name = names[(here + 1) % len(names)] if names else FAMILIES.names()[0]
    return Step.of(name, FAMILIES[name].defaults())


def values_of(scene: Scene) -> dict[str, Value]:
    """The form that describes a scene: `scene_of(values_of(s)) == s` for a cleaned scene."""
    values = dict(DEFAULTS)
    values["picture.kind"] = scene.source.kind
    if scene.source.kind == "synthesis":
        values["picture.family"] = scene.source.step.name
        values.update(_named(scene.source.step))
    elif scene.source.kind == "sample":
        values["picture.sample"] = scene.source.step.name
    auto = _decoy(AUTO, scene.source)
    values["decoy.family"] = AUTO if scene.decoy.step == auto else scene.decoy.step.name
    for name in ("background", "scale", "x", "y", "cutout"):
        values[f"layout.{name}"] = getattr(scene.layout, name)
    values["layout.size"] = str(scene.layout.size)
    kind, _, seed = scene.question.weights.partition(":")
    values["ask.weights"] = kind
    values["ask.seed"] = int(seed) if seed else DEFAULTS["ask.seed"]
    values["ask.network"] = scene.question.network
    values["ask.norm"] = scene.question.norm
    values["ask.heatmap"] = scene.question.heatmap
    values["ask.baselines"] = scene.question.baselines
    values["ask.own"] = scene.question.own
    values["ask.taps"] = scene.question.taps
    for step in scene.challenge:
        values.update(_named(step))
    return values


def _named(step: Step) -> dict[str, Value]:
    return {f"{step.name}.{knob}": value for knob, value in step.values}
