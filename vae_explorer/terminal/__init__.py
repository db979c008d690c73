"""The commands, and what a person reads of them."""
