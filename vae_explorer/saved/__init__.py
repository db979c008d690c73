"""Runs and races as files, read as if a stranger had sent them."""
