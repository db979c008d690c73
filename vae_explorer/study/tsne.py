"""t-SNE in a process of its own: `python -m vae_explorer.study.tsne` maps arrays on its pipes.

It takes seconds, and on degenerate codes the library can crash, which must not take a page along.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys

import numpy as np

from vae_explorer.version import ROOT

_MOST_SECONDS = 120.0


class EmbeddingError(RuntimeError):
    """There is no t-SNE; the message is one sentence that says why."""


def tsne(points: np.ndarray, seed: int) -> np.ndarray:
    """(P, 2) t-SNE of codes (P, L), started from their principal axes.

    Van der Maaten and Hinton (2008), scikit-learn's Barnes-Hut version. Scaled to a root mean
    square of one, for t-SNE's own scale means nothing. Codes that are all the same, or not
    finite, stay in one place.
    """
    from sklearn.manifold import TSNE

    spread = np.ptp(points, axis=0).max()
    if not 0 < spread < np.inf:
        return np.zeros((len(points), 2), dtype=np.float32)
    perplexity = min(30.0, (len(points) - 1) / 3)
    method = TSNE(perplexity=perplexity, init="pca", random_state=seed)
    embedding = method.fit_transform(points / spread)
    return embedding / np.sqrt(np.square(embedding).mean())


def tsne_in_a_process(points: np.ndarray, seed: int) -> np.ndarray:
    """(K, P, 2), t-SNE of each member's codes (K, P, L). EmbeddingError if it fails."""
    buffer = io.BytesIO()
    np.save(buffer, points, allow_pickle=False)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "vae_explorer.study.tsne", str(seed)],
            input=buffer.getvalue(),
            capture_output=True,
            cwd=ROOT,
            # More threads would take turns with training's, spinning while they wait.
            env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
            timeout=_MOST_SECONDS,
        )
    except subprocess.TimeoutExpired:
        raise EmbeddingError(
            f"t-SNE took longer than {_MOST_SECONDS:.0f} s; the principal axes show these codes."
        ) from None
    if done.returncode:
        raise EmbeddingError("t-SNE failed on these codes; the principal axes show them.")
    return np.load(io.BytesIO(done.stdout), allow_pickle=False)


if __name__ == "__main__":
    if hasattr(os, "nice"):
        os.nice(10)  # a picture that may come a second later; training and the page go first
    members = np.load(io.BytesIO(sys.stdin.buffer.read()), allow_pickle=False)
    result = np.stack([tsne(codes, int(sys.argv[1])) for codes in members])
    np.save(sys.stdout.buffer, result.astype(np.float32), allow_pickle=False)
