"""Fixtures shared by all tests."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import settings

# Properties are checked without a stopwatch: a busy machine is no fault of the code.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(autouse=True, scope="session")
def cache_of_tests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Keep the program's cache, and the maps that it fetched, away from the user's."""
    folder = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRAILSTATS_CACHE", str(folder))
        patch.setenv("TRAILSTATS_DATA", str(tmp_path_factory.mktemp("data")))
        yield folder


@pytest.fixture(scope="session")
def root() -> Path:
    """Return the folder of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def samples(root: Path) -> Path:
    """Return the folder of the generated sample recordings."""
    return root / "data" / "samples"


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of real recordings: TRAILSTATS_SHARED, or `shared` beside the checkout.

    Without it a test is skipped on a user's machine and fails where CI=true.
    """
    folder = Path(os.environ.get("TRAILSTATS_SHARED", ROOT.parent / "shared"))
    if not (folder / "corpus" / "index.csv").exists():
        reason = (
            f"the labelled recordings are not at {folder} (set TRAILSTATS_SHARED)"
        )
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return folder


@pytest.fixture(scope="session")
def corpus(shared: Path) -> Path:
    """Return the folder of labelled recordings; see `shared`."""
    return shared / "corpus"


@pytest.fixture(scope="session")
def osm(shared: Path) -> Path:
    """Return the folder of tracks with labels from a map; see `shared`."""
    return shared / "osm"


@pytest.fixture(scope="session")
def cases(shared: Path) -> Path:
    """Return the folder of small inputs modelled on public reports; see `shared`."""
    return shared / "cases"


def load_tool(name: str) -> ModuleType:
    """Import a script of the folder `tools` by its name."""
    path = ROOT / "tools" / f"{name}.py"
    sys.path.insert(0, str(path.parent))
    try:
        spec = importlib.util.spec_from_file_location(f"tools_{name}", path)
        assert spec and spec.loader
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module
        spec.loader.exec_module(module)
        return module
    finally:
        sys.path.remove(str(path.parent))


@pytest.fixture(scope="session")
def tool() -> object:
    """Return the function that imports a script of the folder `tools`."""
    return load_tool
