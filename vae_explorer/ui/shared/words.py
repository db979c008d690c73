"""What words mean, told where they stand."""

from __future__ import annotations

from vae_explorer.explain.glossary import WORDS


def explained(*names: str) -> str:
    """The help of something that uses these words: what each means, and where all of them stand."""
    lines = [f"- **{WORDS[name].term}**: {WORDS[name].says}" for name in names]
    return "\n".join([*lines, "\n[All words](/words)"])
