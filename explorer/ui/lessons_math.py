"""The mathematics of the lessons as MathML, which browsers draw without scripts or fonts of ours.

Presentation MathML, written with one function an element. Every formula has words beside it, which
are its text alternative and are shown, too.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape


@dataclass(frozen=True)
class Formula:
    """One displayed formula: MathML elements, and the same in words."""

    body: str
    words: str

    @property
    def html(self) -> str:
        """The formula over its words."""
        return (
            f'<figure class="formula"><math display="block" alttext="{escape(self.words)}">'
            f"{self.body}</math><figcaption>{escape(self.words)}</figcaption></figure>"
        )


def i(name: str) -> str:
    """An identifier; one letter is set in italics."""
    return f"<mi>{escape(name)}</mi>"


def o(sign: str) -> str:
    """An operator, relation, bracket or comma."""
    return f"<mo>{escape(sign)}</mo>"


def n(number: int) -> str:
    """A number."""
    return f"<mn>{number}</mn>"


def word(text: str) -> str:
    """Upright text within a formula."""
    return f"<mtext>{escape(text)}</mtext>"


def row(*parts: str) -> str:
    """Several elements as one."""
    return f"<mrow>{''.join(parts)}</mrow>"


def low(base: str, index: str) -> str:
    """An index."""
    return f"<msub>{base}{index}</msub>"


def high(base: str, power: str) -> str:
    """An exponent."""
    return f"<msup>{base}{power}</msup>"


def both(base: str, index: str, power: str) -> str:
    """An index below and an exponent above it."""
    return f"<msubsup>{base}{index}{power}</msubsup>"


def over(above: str, below: str) -> str:
    """A fraction."""
    return f"<mfrac>{above}{below}</mfrac>"


def under(base: str, below: str) -> str:
    """A sum or a minimum with what it runs over."""
    return f"<munder>{base}{below}</munder>"


def bar(base: str) -> str:
    """A mean: a bar over it."""
    return f'<mover accent="true">{base}<mo>¯</mo></mover>'


def of(name: str, *arguments: str) -> str:
    """A function of its arguments."""
    return row(i(name), o("("), o(",").join(arguments), o(")"))


def squared(difference: str) -> str:
    """The square of a difference, in round brackets."""
    return high(row(o("("), difference, o(")")), n(2))


def length(vector: str) -> str:
    """The length of a vector."""
    return row(o("‖"), vector, o("‖"))


PRIME = o("′")
X, X2 = i("x"), high(i("x"), PRIME)
SUM = '<mo movablelimits="false">∑</mo>'
MIN = row(i("min"))
PLACE = row(i("h"), i("w"))
RANK = row(i("c"), o("("), i("k"), o(")"))
PER_PLACE = over(n(1), row(i("H"), i("W")))


def y(index: str, changed: bool = False) -> str:
    """Features at an index, of the original or of the changed picture."""
    return both(i("y"), index, PRIME) if changed else low(i("y"), index)


def y_bar(index: str, changed: bool = False) -> str:
    """Means of channels."""
    return both(bar(i("y")), index, PRIME) if changed else low(bar(i("y")), index)


FEATURES = Formula(
    row(
        low(i("y"), i("l")),
        o("="),
        low(i("f"), i("l")),
        row(o("("), X, o(")")),
        o("∈"),
        high(i("ℝ"), row(i("C"), o("×"), i("H"), o("×"), i("W"))),
    ),
    "Layer l turns picture x into C channels, each a map of H × W activations.",
)
SPATIAL = Formula(
    row(
        i("d"),
        o("="),
        under(SUM, row(word("layers"))),
        PER_PLACE,
        under(SUM, PLACE),
        high(length(row(y(PLACE), o("−"), y(PLACE, True))), n(2)),
    ),
    "At each place, the squared distance between the two vectors over channels; the mean over "
    "places; the sum over layers.",
)
BLANK = Formula(
    row(of("d", X, X2), o("≤"), under(MIN, row(i("r"))), of("d", X, i("r"))),
    "The changed picture is no farther from the original than the nearest blank canvas r.",
)
SHIFT = Formula(
    row(
        y(PLACE, True),
        o("≈"),
        low(i("y"), row(i("h"), o("−"), i("a"), o(","), i("w"), o("−"), i("b"))),
    ),
    "When the subject moves by (a, b), its features move along.",
)
MEAN = Formula(
    row(
        low(i("d"), word("mean")),
        o("="),
        under(SUM, row(word("layers"), o(","), i("c"))),
        squared(row(y_bar(i("c")), o("−"), y_bar(i("c"), True))),
    ),
    "Each channel becomes its mean over all places; the squared differences of these means are "
    "added up.",
)
SORT = Formula(
    row(
        low(i("d"), word("sort")),
        o("="),
        under(SUM, row(word("layers"))),
        PER_PLACE,
        under(SUM, row(i("c"), o(","), i("k"))),
        squared(row(y(RANK), o("−"), y(RANK, True))),
    ),
    "In each channel, the k-th smallest activation of one picture is compared with the k-th "
    "smallest of the other.",
)
ORDER = Formula(
    row(
        low(i("d"), word("mean")),
        o("≤"),
        low(i("d"), word("sort")),
        o("≤"),
        low(i("d"), word("spatial")),
    ),
    "Without channel norm this order always holds, layer by layer.",
)
NORM = Formula(
    row(y(PLACE), o("⟶"), over(y(PLACE), length(y(PLACE)))),
    "The vector over channels at each place is divided by its length; a zero vector stays zero.",
)
STAIN = Formula(
    row(
        row(i("d"), o("("), X, o(","), low(i("x"), word("stain")), o(")")),
        o("<"),
        row(i("d"), o("("), X, o(","), low(i("x"), word("decoy")), o(")")),
    ),
    "The stained picture is nearer to the original than the decoy is.",
)
UNTRAINED = Formula(
    row(low(i("y"), i("l")), o("="), both(i("f"), i("l"), i("θ")), row(o("("), X, o(")"))),
    "The same layers, but the weights θ are drawn at random and never trained.",
)
TOGETHER = Formula(
    row(low(i("d"), row(i("a"), o("+"), i("b"))), o("="), low(i("d"), i("a")), o("+"))
    + low(i("d"), i("b")),
    "The distances of two metrics are added.",
)
