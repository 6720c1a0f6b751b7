"""BAPPS: its layout, its published scores, one pass over its pictures, its archives."""
