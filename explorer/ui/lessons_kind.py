"""What a lesson of the tab Learn is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from explorer.results import Exploration
from explorer.spec import Value
from explorer.ui.lessons_math import Formula

FIGURES = ("verdicts", "layers", "maps")


@dataclass(frozen=True)
class Found:
    """What a result says to a lesson's question.

    Attributes:
        choice: the name of the right choice.
        numbers: by the names that the sentences of the choices fill in.
    """

    choice: str
    numbers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Choice:
    """One choice of a question.

    Attributes:
        name: within the question.
        text: what a person reads beside the button.
        because: the explanation where this is the right choice, with names of numbers in braces.
            It holds wherever the sliders are, as long as this is what the result says.
    """

    name: str
    text: str
    because: str


@dataclass(frozen=True)
class Door:
    """A way on to another tab, with the pictures of the lesson.

    Attributes:
        title: on its button.
        tab: the title of the tab.
        at: the knob to sweep, or the view of Look inside.
    """

    title: str
    tab: str
    at: str = ""


@dataclass(frozen=True)
class Lesson:
    """One step of the tour.

    Attributes:
        name: in links and in what the browser keeps.
        title: its heading.
        text: short paragraphs.
        formulas: the mathematics, each with its words.
        values: what stands on the controls, by `FORM` name; all others are at their defaults.
        question: asked before the answer is shown.
        choices: two to four.
        answer: what a result says to the question. It is only asked of pictures that differ.
        point: what to keep in mind, shown afterwards.
        figure: one of `FIGURES`.
        rows: metrics and norms of the figure; the layers and the maps show the first.
        play: knobs that can be moved afterwards, by `FORM` name: of the challenge or the metric.
        dare: what to try with them.
        doors: ways on to other tabs.
    """

    name: str
    title: str
    text: tuple[str, ...]
    formulas: tuple[Formula, ...]
    values: Mapping[str, Value]
    question: str
    choices: tuple[Choice, ...]
    answer: Callable[[Exploration], Found]
    point: str
    rows: tuple[tuple[str, str], ...]
    play: tuple[str, ...]
    dare: str
    figure: str = "verdicts"
    doors: tuple[Door, ...] = ()

    def explained(self, found: Found) -> str:
        """The explanation of what was found, its numbers filled in.

        Raises:
            ValueError: if it is none of the choices.
        """
        for choice in self.choices:
            if choice.name == found.choice:
                return choice.because.format(**found.numbers)
        names = ", ".join(choice.name for choice in self.choices)
        raise ValueError(f"{self.name}: {found.choice!r} was found, which is none of {names}.")


BOTH_NORMS = Choice(
    "both",
    "Yes, with channel norm and without",
    "It passes both ways: at {norm} times the nearest blank canvas with channel norm, at "
    "{raw} times without.",
)
RAW_ALONE = Choice(
    "raw",
    "Only without channel norm",
    "Without channel norm it passes, at {raw} times the nearest blank canvas; with it, it "
    "fails, at {norm} times.",
)
NEITHER_NORM = Choice(
    "neither",
    "No, either way it would rather have a blank canvas",
    "It fails both ways: at {norm} times the nearest blank canvas with channel norm, at "
    "{raw} times without.",
)
