"""Registries: names, order, and what a decorated function declares."""

from __future__ import annotations

import inspect
from typing import Annotated

import pytest

from explorer.perturbations import PERTURBATIONS
from explorer.registry import Entry, Functions, Registry, knobs_of
from explorer.spec import Choice, Integer, Real
from explorer.synthesis import FAMILIES

ENTRIES = [pytest.param(entry, id=entry.name) for entry in (*FAMILIES, *PERTURBATIONS)]


def test_a_registry_keeps_order_and_names_once() -> None:
    registry: Registry[int] = Registry("number")
    assert [registry.add(name, i) for i, name in enumerate(("two", "one"))] == [0, 1]
    assert registry.names() == ("two", "one") and list(registry) == [0, 1] and len(registry) == 2
    assert "one" in registry and "three" not in registry and registry["two"] == 0
    with pytest.raises(ValueError, match="already a number named 'one'"):
        registry.add("one", 3)
    assert registry["one"] == 1
    with pytest.raises(KeyError, match="no number named 'three'; there are: two, one"):
        registry["three"]


WHOLE, NAME = Integer(1, 0, 2, title="How far"), Choice("a", ("a",))


def test_knobs_are_read_off_the_signature() -> None:
    def function(
        plain: int,
        noted: Annotated[int, "no knob"],
        *,
        b: Annotated[int, "a word", WHOLE],
        a: Annotated[str, NAME] = "a",
    ) -> None: ...

    assert list(knobs_of(function).items()) == [("b", WHOLE), ("a", NAME)]
    assert knobs_of(lambda: None) == {}


def test_registering_declares_everything() -> None:
    functions = Functions("thing")

    @functions.register("it", title="It", neutral={"by": 0}, kind="example")
    def it(*, by: Annotated[int, WHOLE], or_by: Annotated[float, Real(0, 0, 1)]) -> float:
        """Goes as far
        as it says.

        And no further.
        """  # noqa: D205
        return by + or_by

    entry = functions["it"]
    assert entry.function is it and it(by=2, or_by=0) == 2
    assert entry.help == "Goes as far as it says." and entry.facts["kind"] == "example"
    assert entry.defaults() == {"by": 1, "or_by": 0}
    assert entry.clean({"by": 2, "unknown": 1}) == ({"by": 2, "or_by": 0}, [])
    values, notes = entry.clean({"by": 9, "or_by": "x"})
    assert values == {"by": 2, "or_by": 0}
    assert [note.split(" was ")[0] for note in notes] == ["It: How far", "It: or by"]
    assert entry.is_neutral({"by": 0, "or_by": 1}) and not entry.is_neutral({"by": 1})
    assert not Entry("x", "X", it, {}, "").is_neutral({})
    with pytest.raises(ValueError, match="already a thing named 'it'"):
        functions.register("it", title="Again")(it)


@pytest.mark.parametrize("entry", ENTRIES)
def test_every_keyword_of_a_registered_function_is_a_knob(entry: Entry) -> None:
    parameters = inspect.signature(entry.function).parameters.values()
    keywords = [p.name for p in parameters if p.kind is p.KEYWORD_ONLY]
    assert keywords == list(entry.knobs) and entry.help.endswith(".")
    assert set(entry.facts.get("neutral", {})) <= set(entry.knobs)
