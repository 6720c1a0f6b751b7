"""Registries: named things in order, and functions whose keyword parameters are knobs."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Generic, TypeVar, get_args, get_origin, get_type_hints

from explorer.spec import Knob, Value


@dataclass(frozen=True)
class Entry:
    """One registered function with its knobs and what a person should know of it."""

    name: str
    title: str
    function: Callable[..., Any]
    knobs: Mapping[str, Knob]
    help: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    def defaults(self) -> dict[str, Value]:
        """The knobs at their default, in order of declaration."""
        return {name: knob.default for name, knob in self.knobs.items()}

    def clean(self, values: Mapping[str, object]) -> tuple[dict[str, Value], list[str]]:
        """Every knob of this entry, cleaned, with defaults for what is missing; and notes."""
        result: dict[str, Value] = {}
        notes = []
        for name, knob in self.knobs.items():
            label = f"{self.title}: {knob.title or name.replace('_', ' ')}"
            cleaned = knob.clean(values.get(name, knob.default), label)
            result[name] = cleaned.value
            if cleaned.note:
                notes.append(cleaned.note)
        return result, notes

    def is_neutral(self, values: Mapping[str, Value]) -> bool:
        """True when the knobs that carry the effect (fact `neutral`) change nothing."""
        neutral: Mapping[str, Value] = self.facts.get("neutral", {})
        return bool(neutral) and all(values.get(k) == v for k, v in neutral.items())


T = TypeVar("T")


class Registry(Generic[T]):
    """Named things in the order in which they were registered."""

    def __init__(self, kind: str) -> None:
        """`kind` is the noun for error messages, e.g. "perturbation"."""
        self.kind = kind
        self._things: dict[str, T] = {}

    def add(self, name: str, thing: T) -> T:
        """Register `thing`; a name is given once."""
        if name in self._things:
            raise ValueError(f"There is already a {self.kind} named {name!r}.")
        self._things[name] = thing
        return thing

    def __getitem__(self, name: str) -> T:
        """The thing of that name; KeyError says what there is."""
        try:
            return self._things[name]
        except KeyError:
            known = ", ".join(self._things)
            raise KeyError(f"There is no {self.kind} named {name!r}; there are: {known}.") from None

    def __contains__(self, name: object) -> bool:
        """Whether something of that name is registered."""
        return name in self._things

    def __iter__(self) -> Iterator[T]:
        """All things, in order."""
        return iter(self._things.values())

    def __len__(self) -> int:
        """How many there are."""
        return len(self._things)

    def names(self) -> tuple[str, ...]:
        """All names, in order."""
        return tuple(self._things)


class Functions(Registry[Entry]):
    """A registry of functions whose keyword parameters are knobs."""

    def register(self, name: str, *, title: str, **facts: Any) -> Callable[[T], T]:
        """Decorator: read the knobs off the signature and the help off the docstring."""

        def decorate(function: T) -> T:
            help_line = (inspect.getdoc(function) or "").split("\n\n")[0].replace("\n", " ")
            knobs = knobs_of(function)  # type: ignore[arg-type]
            self.add(name, Entry(name, title, function, knobs, help_line, facts))  # type: ignore[arg-type]
            return function

        return decorate


def knobs_of(function: Callable[..., Any]) -> dict[str, Knob]:
    """The `Annotated` knobs among a function's parameters, in order."""
    hints = get_type_hints(function, include_extras=True)
    knobs: dict[str, Knob] = {}
    for name in inspect.signature(function).parameters:
        hint = hints.get(name)
        if get_origin(hint) is Annotated:
            found = [m for m in get_args(hint)[1:] if isinstance(m, get_args(Knob))]
            if found:
                knobs[name] = found[0]
    return knobs
