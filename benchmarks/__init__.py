"""Speed and memory, side by side with OpenFisca-Core: ``python -m benchmarks.run``."""
