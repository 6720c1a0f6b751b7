"""The Python interface; its names are imported from `explorer` itself. See `docs/api.md`."""
