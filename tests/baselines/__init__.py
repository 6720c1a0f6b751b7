"""Tests of explorer.baselines."""
