"""Edict (政令通): policies that run. See ARCHITECTURE.md."""
