"""The registry of families; a family is one decorated function."""

from explorer.registry import Functions

FAMILIES = Functions("picture family")
