"""Values that every layer shares: quantities, dates, clause ids, diagnostics. Imports nothing of ours."""
