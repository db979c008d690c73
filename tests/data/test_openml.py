"""The full sets from OpenML: kept once fetched, and no failure hangs or goes unexplained."""

import dataclasses
import inspect
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import sklearn.datasets

from vae_explorer.data import DATASETS, DataError, load_dataset, load_or_embedded, openml
from vae_explorer.data import openml_fetch as child
from vae_explorer.data.folder import IDX_NAMES, read_folder

MNIST = DATASETS["mnist"]
SMALL = dataclasses.replace(MNIST, full_sizes=(6, 2))


@pytest.fixture
def proxy(monkeypatch) -> Iterator[socket.socket]:
    """The only way to OpenML: a socket that refuses until it listens, and then never answers."""
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        address = "http://{}:{}".format(*server.getsockname())
        for name in ("https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY"):
            monkeypatch.setenv(name, address)
        yield server


@pytest.fixture
def sent(monkeypatch) -> SimpleNamespace:
    """What OpenML sends, in place of a network: 8 images, with labels as strings."""
    random = np.random.default_rng(0)
    bunch = SimpleNamespace(
        data=random.integers(0, 256, (8, 784)).astype(np.float64),
        target=np.array(list("50419213"), dtype=object),
    )
    signature = inspect.signature(sklearn.datasets.fetch_openml)

    def fetch_openml(*args, **kwargs) -> SimpleNamespace:
        arguments = signature.bind(*args, **kwargs).arguments
        assert (arguments["name"], arguments["version"]) == ("mnist_784", 1)
        return bunch

    monkeypatch.setattr(sklearn.datasets, "fetch_openml", fetch_openml)
    return bunch


def run_instead(monkeypatch, program: str) -> None:
    """Let the download be another Python program; its arguments are the set and the folder."""
    monkeypatch.setattr(
        openml, "_command", lambda info, folder: [sys.executable, "-c", program, info.name, folder]
    )


def test_kept_beside_the_cache_of_scikit_learn(monkeypatch) -> None:
    home = Path(sklearn.datasets.get_data_home())
    assert openml.kept_folder(MNIST) == home / "vae_explorer" / "mnist"
    monkeypatch.delenv("SCIKIT_LEARN_DATA")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    expected = Path(sklearn.datasets.get_data_home()) / "vae_explorer" / "mnist"
    assert openml.kept_folder(MNIST) == expected


def test_fetched_images_are_those_sent(sent: SimpleNamespace, tmp_path: Path) -> None:
    child.fetch(SMALL, tmp_path / "kept")
    train, test = read_folder(SMALL, tmp_path / "kept")
    np.testing.assert_array_equal(np.concatenate([train.images, test.images]), sent.data)
    assert train.labels.tolist() == [5, 0, 4, 1, 9, 2]
    assert test.labels.tolist() == [1, 3]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"data": np.zeros((7, 784))}, r"shape \(7, 784\) and \(8,\)"),
        ({"data": np.zeros((8, 64))}, r"shape \(8, 64\)"),
        ({"data": np.full((8, 784), 0.5)}, "pixels .* 0 to 255"),
        ({"data": np.full((8, 784), 256.0)}, "pixels .* 0 to 255"),
        ({"data": np.full((8, 784), -1.0)}, "pixels .* 0 to 255"),
        ({"data": np.full((8, 784), np.nan)}, "pixels .* 0 to 255"),
        ({"target": np.array(list("0123456x"), dtype=object)}, "labels .* 0 to 9"),
        ({"target": np.array(["10"] * 8, dtype=object)}, "labels .* 0 to 9"),
        ({"target": np.array(list("0123"), dtype=object)}, r"and \(4,\)"),
    ],
)
def test_something_else_sent(sent, tmp_path: Path, change: dict, words: str) -> None:
    vars(sent).update(change)
    with pytest.raises(DataError, match=f"^OpenML sent .*{words}.*\\.$"):
        child.fetch(SMALL, tmp_path)
    assert not list(tmp_path.iterdir())


def test_nowhere_to_keep(sent: SimpleNamespace, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DataError, match=r"MNIST cannot be kept in .*file"):
        child.fetch(SMALL, tmp_path / "file")


def test_no_network(proxy: socket.socket) -> None:
    """For real: the other process, scikit-learn, and a way out that refuses."""
    sentences: list[str] = []
    with pytest.raises(DataError) as caught:
        load_dataset("mnist", "full", progress=sentences.append)
    message = str(caught.value)
    assert message.startswith("MNIST cannot be had from OpenML") and "refused" in message
    assert message.endswith(").") and "\n" not in message
    assert sentences[0].startswith("Downloading MNIST from OpenML")


def test_network_that_never_answers(
    proxy: socket.socket, tmp_path: Path, monkeypatch, capsys
) -> None:
    proxy.listen()
    monkeypatch.setattr(child, "STALL_SECONDS", 0.1)
    before = socket.getdefaulttimeout()
    try:
        with pytest.warns(UserWarning, match="Retrying"):
            assert child.main(["mnist", str(tmp_path)]) == 1
    finally:
        socket.setdefaulttimeout(before)
    assert "cannot be had from OpenML" in capsys.readouterr().out


def test_time_limit(monkeypatch) -> None:
    run_instead(monkeypatch, "import threading; threading.Event().wait()")
    monkeypatch.setattr(openml, "TIME_LIMIT_SECONDS", 0.2)
    monkeypatch.setattr(openml, "REPORT_EVERY_SECONDS", 0.05)
    sentences: list[str] = []
    with pytest.raises(DataError, match="did not arrive from OpenML in 0 seconds"):
        openml.read_openml(MNIST, sentences.append)
    assert sentences[1] == "Downloading MNIST from OpenML: 0 s so far."


def test_process_ends_with_the_one_who_waits(monkeypatch) -> None:
    started: list[subprocess.Popen] = []

    class Watched(subprocess.Popen):
        def __init__(self, *args, **kwargs) -> None:
            super().__init__(*args, **kwargs)
            started.append(self)

    def interrupt(sentence: str) -> None:
        if started:
            raise KeyboardInterrupt

    monkeypatch.setattr(subprocess, "Popen", Watched)
    monkeypatch.setattr(openml, "REPORT_EVERY_SECONDS", 0.05)
    run_instead(monkeypatch, "import threading; threading.Event().wait()")
    with pytest.raises(KeyboardInterrupt):
        openml.read_openml(MNIST, interrupt)
    assert started[0].returncode is not None


def test_process_that_dies(monkeypatch) -> None:
    run_instead(monkeypatch, "import os; os._exit(9)")
    with pytest.raises(DataError, match=r"ended early \(exit status 9\)"):
        openml.read_openml(MNIST, print)


def test_process_that_cannot_start(monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setattr(openml, "_command", lambda info, folder: [str(tmp_path / "absent")])
    with pytest.raises(DataError, match="cannot be started: No such file"):
        openml.read_openml(MNIST, print)


def test_second_load_downloads_nothing(monkeypatch, write_set, tmp_path: Path) -> None:
    parts = write_set(tmp_path / "mnist")
    ready = str(tmp_path / "mnist")
    run_instead(monkeypatch, f"import shutil, sys; shutil.copytree({ready!r}, sys.argv[2])")
    sentences: list[str] = []
    first = load_dataset("mnist", "full", progress=sentences.append)
    np.testing.assert_array_equal(first.train.labels, parts[1])
    assert first.image_set == "full"
    assert first.origin == (
        "30 training and 20 test images of MNIST, downloaded from OpenML (mnist_784, version 1)."
    )
    assert len(sentences) == 1
    run_instead(monkeypatch, "raise SystemExit(1)")
    second = load_dataset("mnist", "full", progress=sentences.append)
    assert second.train is first.train and len(sentences) == 1


def test_unusable_copy_is_made_anew(monkeypatch, write_set) -> None:
    kept = openml.kept_folder(MNIST)
    parts = write_set(kept)
    damaged, whole = kept / IDX_NAMES[0], kept.with_name("whole")
    damaged.replace(whole)
    damaged.write_bytes(b"")
    run_instead(monkeypatch, f"import os; os.replace({str(whole)!r}, {str(damaged)!r})")
    sentences: list[str] = []
    train, _ = openml.read_openml(MNIST, sentences.append)
    np.testing.assert_array_equal(train.images, parts[0].reshape(-1, 784))
    assert "unusable and is made anew" in sentences[0]


def test_fallback_without_network(proxy: socket.socket) -> None:
    dataset, why = load_or_embedded("fashion", "full")
    assert dataset.image_set == "embedded" and len(dataset.train.labels) == 10_000
    assert why is not None
    assert why.startswith("Fashion-MNIST cannot be had from OpenML")
    assert why.endswith("; the embedded images are used instead.")
