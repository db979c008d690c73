"""Measurements of speed: each script prints a table that anyone can reproduce (README.md)."""
