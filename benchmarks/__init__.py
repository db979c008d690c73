"""Scripts that measure; README.md says how to run them and what they gave."""

import vae_explorer  # noqa: F401  first, for what it asks of PyTorch
