"""Taking steps, and the measurements at the end."""
