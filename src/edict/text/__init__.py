"""Gazette text to documents, clauses, tables and figures; :func:`edict.text.ingest.ingest` is the entry."""
