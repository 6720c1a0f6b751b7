"""The registry of families; a family is one decorated function."""

from explorer.spec import Functions

FAMILIES = Functions("picture family")
