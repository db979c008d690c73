"""Which version this is, and where it lies."""

from pathlib import Path

__version__ = "0.1.0"

# The folder that holds the package: processes start there, and the pretrained runs lie in it.
ROOT = Path(__file__).parents[1]
