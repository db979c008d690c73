"""The report of a race: one page that opens anywhere."""
