"""The kinds of questions: which perturbations stand against each other, on which pictures.

One row a kind. A block of trials has one of each and a catch trial, so that however many trials
somebody plays, no kind is more than one ahead of another.
"""

from __future__ import annotations

from dataclasses import dataclass

MOVES = ("rotate", "translate")
DISTORTIONS = ("blur", "noise", "jpeg")
TONES = ("brightness", "contrast", "hue")


@dataclass(frozen=True)
class Kind:
    """One kind of question.

    Attributes:
        name: as it stands in files.
        title: as people read it.
        first: perturbations of which one candidate gets one.
        second: of which the other gets one, never the same; empty: the same one, stronger.
        photographs: whether photographs that fill the canvas serve as references, too. They have
            no background that a stain could change or a move could uncover.
        levels: the range of strengths, 0 to 1.
    """

    name: str
    title: str
    first: tuple[str, ...]
    second: tuple[str, ...]
    photographs: bool = False
    levels: tuple[float, float] = (0.1, 0.9)


KINDS = (
    Kind("distortions", "Two distortions", DISTORTIONS, DISTORTIONS, photographs=True),
    Kind("tones", "Two changes of tone", TONES, TONES, photographs=True),
    Kind("moves", "Turned or shifted", MOVES[:1], MOVES[1:]),
    Kind("move-distortion", "A move or a distortion", MOVES, DISTORTIONS),
    Kind("background", "Background or picture", ("stain",), (*TONES, "occlusion")),
    Kind("paper", "Inverted, or moved or stained", ("invert",), (*MOVES, "stain"), False, (0.5, 1)),
    Kind(
        "strength",
        "One change, two strengths",
        (*DISTORTIONS, *TONES, "rotate", "translate"),
        (),
        levels=(0.15, 0.65),
    ),
)
CATCH = "catch"
"""The kind of a trial whose answer is obvious: it judges the person, not the metrics."""
TITLES = {kind.name: kind.title for kind in KINDS} | {CATCH: "Attention check"}
