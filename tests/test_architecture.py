"""What the code may not do, read from its source: rules that a reviewer would otherwise repeat."""

from __future__ import annotations

import ast
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = "vae_explorer"
LONGEST_FILE = 350
# A folder of the package, or a file at its root, and what it may import beside itself: floor by
# floor, so that arrows point down. What is not named here may not be there.
FOLDERS = {
    "version": "",
    "reason": "",
    "activations": "",
    "data": "version reason",
    "experiment": "activations data",
    "model": "experiment activations",
    "results": "experiment version",
    "standalone": "experiment activations data",
    "study": "model results version",
    "explain": "results experiment activations data",
    "training": "study model results experiment data",
    "figures": "explain study results experiment activations data",
    "saved": "explain results model experiment activations data version reason training",
    "jobs": "saved training results experiment activations data version reason",
    "terminal": "saved training figures explain results experiment data version",
    "ui": "jobs saved figures explain study model results standalone experiment activations data",
    "__main__": "terminal",
}
# The folders and files of the screen, which may import what lies below `ui` and those named here.
PAGES = {
    "shared": "",
    "main": "shared",
    "server": "shared",
    "explore": "shared",
    "train": "shared",
    "compare": "shared",
    "words": "shared",
}
# Who may import a library that others must do without.
TORCH = ("activations", "model", "study", "training", "saved", "jobs", "terminal", "ui")
SCREEN = {"plotly": ("figures", "ui"), "streamlit": ("ui",), "starlette": ("ui",)}


def sources(*folders):
    files = [ROOT / "app.py"] if "app.py" in folders else []
    for folder in folders:
        files += sorted((ROOT / folder).rglob("*.py"))
    return files


def name_of(path):
    """vae_explorer/figures/charts/__init__.py is vae_explorer.figures.charts."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(source):
    """Every module that a source imports, at any depth and in any block, by its full name."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            found.add(node.module)
            # `from vae_explorer.study import layers` imports a module as well.
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(
            ("import_module", "lazy_import", "__import__")
        ):
            found |= {part.value for part in node.args if isinstance(part, ast.Constant)}
    return found


def forbidden(source):
    """What executes what it reads: each as a person would search for it."""
    found = {
        module
        for module in imports(source)
        if module.split(".")[0] in ("pickle", "cPickle", "dill", "shelve", "marshal", "joblib")
    }
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        called = ast.unparse(node.func)
        if called in ("eval", "exec", "compile", "torch.load", "torch.save", "os.system"):
            found.add(called)
        for keyword in node.keywords:
            if keyword.arg in ("allow_pickle", "shell") and not (
                isinstance(keyword.value, ast.Constant) and keyword.value.value is False
            ):
                found.add(keyword.arg)
    return found


def second_defaults(source):
    """Options of a command line with a default of their own, which Experiment alone may have."""
    return [
        ast.unparse(node)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func).endswith(("add_argument", "set_defaults"))
        and any(
            keyword.arg == "default"
            and isinstance(keyword.value, ast.Constant)
            and keyword.value.value is not None
            for keyword in node.keywords
        )
    ]


MODULES = {name_of(path): imports(path.read_text()) for path in sources(PACKAGE)}
INSIDE = {  # imports of the package by the package, without its front door
    name: {other for other in found if other in MODULES} - {name, PACKAGE}
    for name, found in MODULES.items()
    if name != PACKAGE
}


def folder(name):
    """The folder of the package, or the file at its root: `figures` for its charts."""
    return name.split(".")[1] if "." in name else ""


def page_folder(name):
    """The folder of the screen: `explore` for its canvas; nothing for another module."""
    parts = name.split(".")
    return parts[2] if parts[1:2] == ["ui"] and len(parts) > 2 else ""


def runs(name):
    """The modules that a module imports when it runs: those for its types alone are left out."""
    path = next(path for path in sources(PACKAGE) if name_of(path) == name)
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            node.body = [ast.Pass()]
    return imports(ast.unparse(tree))


def offenders(found):
    return {name: list(what) for name, what in found.items() if what}


# --- The rules find what they look for ---


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import pickle", {"pickle"}),
        ("def f():\n    from joblib import load", {"joblib", "joblib.load"}),
        ("x = eval('1')", {"eval"}),
        ("import torch\ntorch.load('x')", {"torch.load"}),
        ("np.load('x', allow_pickle=True)", {"allow_pickle"}),
        ("np.load('x', allow_pickle=maybe)", {"allow_pickle"}),
        ("np.load('x', allow_pickle=False); model.eval(); re.compile('x')", set()),
    ],
)
def test_what_executes_what_it_reads_is_found(source, found):
    assert forbidden(source) == found


def test_imports_are_found_wherever_they_are():
    source = "import a.b\ndef f():\n    from c import d\nE = lazy_import('torch')"
    assert imports(source) == {"a.b", "c", "c.d", "torch"}


def test_second_defaults_are_found():
    assert second_defaults("parser.add_argument('--beta', type=float, default=1.0)")
    assert not second_defaults("parser.add_argument('--beta', type=float, default=None)")
    assert not second_defaults("parser.add_argument('--beta', default=SETTINGS['beta'].default)")


def test_the_modules_are_there():
    assert {
        "vae_explorer.training.trainer",
        "vae_explorer.data.idx",
        "vae_explorer.experiment.experiment",
    } <= set(MODULES)
    assert "vae_explorer.model.objective" in INSIDE["vae_explorer.model.population"]


# --- The tree ---


def test_every_folder_has_its_place():
    found = {folder(name) for name in MODULES if name != PACKAGE}
    assert found == set(FOLDERS)
    assert {page_folder(name) for name in MODULES} - {""} == set(PAGES)


def test_arrows_point_down():
    order = list(FOLDERS)
    for name, below in FOLDERS.items():
        assert all(order.index(other) < order.index(name) for other in below.split())


def test_no_folder_imports_what_it_may_not():
    found = {
        name: [
            other
            for other in others
            if folder(other) not in (folder(name), *FOLDERS[folder(name)].split())
        ]
        for name, others in INSIDE.items()
    }
    assert offenders(found) == {}


def test_every_arrow_is_used():
    """One that nobody needs is an invitation."""
    found = {(folder(name), folder(other)) for name, others in INSIDE.items() for other in others}
    named = {(name, other) for name, below in FOLDERS.items() for other in below.split()}
    assert named - found == set()


def test_what_is_saved_takes_types_alone_from_training():
    found = {
        name: [module for module in runs(name) if module.startswith(f"{PACKAGE}.training")]
        for name in INSIDE
        if folder(name) == "saved"
    }
    assert found and offenders(found) == {}


def test_no_page_imports_another():
    found = {
        name: [
            other
            for other in others
            if page_folder(other)
            and page_folder(other) not in (page_folder(name), *PAGES[page_folder(name)].split())
        ]
        for name, others in INSIDE.items()
        if page_folder(name)
    }
    assert offenders(found) == {}


@pytest.mark.parametrize("library", [*SCREEN, "torch"])
def test_libraries_are_kept_to_their_folders(library):
    allowed = SCREEN.get(library, TORCH)
    found = {
        name: [module for module in modules if f"{module}.".startswith(f"{library}.")]
        for name, modules in MODULES.items()
        if name != PACKAGE and folder(name) not in allowed
    }
    assert offenders(found) == {}


def test_a_report_needs_no_streamlit():
    assert not {"streamlit"} & modules_after(f"import {PACKAGE}.figures.report.race")


def test_no_two_modules_import_each_other_however_far_around():
    graph = {
        name: {other for other in others if not name.startswith(f"{other}.")}
        for name, others in INSIDE.items()
    }
    assert len(tuple(TopologicalSorter(graph).static_order())) == len(graph)


def test_nothing_executes_what_it_reads():
    files = sources("app.py", PACKAGE, "benchmarks")
    assert offenders({name_of(path): forbidden(path.read_text()) for path in files}) == {}


def test_defaults_are_written_once():
    files = sources("app.py", PACKAGE)
    assert offenders({name_of(path): second_defaults(path.read_text()) for path in files}) == {}


def test_no_file_is_longer_than_one_can_read():
    files = sources("app.py", PACKAGE, "tests", "benchmarks")
    lengths = {name_of(path): len(path.read_text().splitlines()) for path in files}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FILE} == {}


# --- What importing costs ---


@pytest.mark.parametrize(
    "module",
    [
        *(
            "experiment.experiment",
            "results.snapshot",
            "data",
            "activations",
            "results.race",
            "saved.catalogue",
            "explain.findings",
        ),
        *("saved.race_json", "experiment.command"),
    ],
)
def test_what_lists_and_draws_does_without_pytorch(module):
    loaded = modules_after(f"import {PACKAGE}, {PACKAGE}.{module}")
    assert not loaded & {"torch", "streamlit", "plotly", "sklearn", "scipy"}


def test_the_whole_backend_runs_without_the_page():
    names = [
        name for name in MODULES if folder(name) not in ("ui", "figures", "terminal", "__main__")
    ]
    loaded = modules_after(f"import {', '.join(names)}")
    assert "torch" in loaded
    assert not loaded & {"streamlit", "plotly"}


def modules_after(statement):
    """Top-level modules of a fresh interpreter after a statement."""
    program = f"{statement}\nimport sys\nprint(*{{name.split('.')[0] for name in sys.modules}})"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT
    )
    return set(done.stdout.split())
