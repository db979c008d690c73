"""K VAEs as one batched program."""
