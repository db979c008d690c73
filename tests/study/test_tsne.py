"""t-SNE in its own process."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import silhouette_score

from vae_explorer.study import tsne
from vae_explorer.study.tsne import EmbeddingError, tsne_in_a_process


def clusters(seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Codes (1, 90, 5) of three far clusters, and which each belongs to."""
    draw = np.random.default_rng(seed)
    labels = np.repeat([0, 1, 2], 30)
    codes = draw.normal(size=(90, 5)) + 20 * np.eye(5)[labels]
    return codes[None].astype(np.float32), labels


def test_clusters_stay_apart_and_a_seed_gives_the_same_twice():
    codes, labels = clusters()
    first, second = (tsne_in_a_process(codes, seed=3) for _ in range(2))
    assert first.shape == (1, 90, 2)
    assert silhouette_score(first[0], labels) > 0.6
    np.testing.assert_array_equal(first, second)


def test_codes_on_which_the_library_fails_stay_in_one_place():
    codes = np.stack([np.zeros((40, 3)), np.full((40, 3), np.nan)]).astype(np.float32)
    np.testing.assert_array_equal(tsne_in_a_process(codes, 0), np.zeros((2, 40, 2)))


def test_a_process_that_fails_gives_a_sentence():
    with pytest.raises(EmbeddingError, match="principal axes show"):
        tsne_in_a_process(np.zeros((1, 0, 3), dtype=np.float32), 0)


def test_a_process_that_hangs_gives_a_sentence(monkeypatch):
    monkeypatch.setattr(tsne, "_MOST_SECONDS", 0.01)
    with pytest.raises(EmbeddingError, match="took longer"):
        tsne_in_a_process(clusters()[0], 0)


def test_it_leaves_the_cores_to_training(monkeypatch):
    environments = []
    run = tsne.subprocess.run

    def watched(*arguments, env, **others):
        environments.append(env)
        return run(*arguments, env=env, **others)

    monkeypatch.setattr(tsne.subprocess, "run", watched)
    tsne_in_a_process(clusters()[0][:, ::3], 0)
    assert environments[0]["OMP_NUM_THREADS"] == "1"
    assert environments[0].keys() >= tsne.os.environ.keys()
