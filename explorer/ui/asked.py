"""What the page's carriers bring: values as a JSON object, and the number of the request."""

from __future__ import annotations

import json
from collections.abc import Mapping

LARGEST = 20_000
"""Characters of a request."""


def values_in(text: object) -> dict[str, object]:
    """The values that a carrier brings; anything else than a JSON object counts as none."""
    if not isinstance(text, str) or len(text) > LARGEST:
        return {}
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return values if isinstance(values, dict) else {}


def number_in(values: Mapping[str, object]) -> int:
    """The number by which the page knows a request; 0 for one that has none.

    It rises with every request of a page and comes back with the answer: the page draws no answer
    that a newer one has overtaken.
    """
    number = values.get("number")
    return number if type(number) is int else 0
