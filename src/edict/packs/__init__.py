"""Packs: load, validate, lock, check against the text, measure coverage."""
