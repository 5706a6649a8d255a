"""Rules: expression text → checked tree → plan → Python function or DuckDB statement; explain and simulate."""
