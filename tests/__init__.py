"""Tests. The package is imported before torch, as the app does."""

import explorer  # noqa: F401
