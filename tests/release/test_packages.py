"""The packages as a user gets them: built, installed into clean environments, and run there.

They install from the package index, so they are left out unless asked for: ``pytest -m release``.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

import trailstats as ts

pytestmark = pytest.mark.release
HERE = Path(__file__).resolve().parent


def call(
    *command: object, cwd: Path, ends: int = 0, **more: str
) -> subprocess.CompletedProcess[str]:
    """Run a command away from the checkout, which must not be what is imported."""
    kept = {
        k: v
        for k, v in os.environ.items()
        if k not in ("PYTHONPATH", "VIRTUAL_ENV")
    }
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=kept | more,
        capture_output=True,
        text=True,
        timeout=1200,
    )
    assert done.returncode == ends, (
        f"{command}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    )
    return done


def environment(folder: Path, *requirements: object) -> Path:
    """Make a virtual environment, install into it, and return the folder of its programs."""
    call(sys.executable, "-m", "venv", folder, cwd=folder.parent)
    programs = folder / "bin"
    call(
        programs / "python",
        "-m",
        "pip",
        "install",
        "--quiet",
        *requirements,
        cwd=folder.parent,
    )
    return programs


@pytest.fixture(scope="session")
def packages(
    root: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Path]:
    """Return the source archive, and the wheel that was built from it."""

    def build(folder: Path) -> None:
        call(sys.executable, "-m", "build", "--outdir", folder, root, cwd=folder)

    folder = made_once("dist", tmp_path_factory, build)
    return next(folder.glob("*.tar.gz")), next(folder.glob("*.whl"))


@pytest.fixture(scope="session")
def index(
    packages: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Return a folder with wheels of the package and of all that its report needs, as an index
    without a network.
    """

    def gather(folder: Path) -> None:
        wanted = f"trailstats[cli,report] @ {packages[1].as_uri()}"
        command = [sys.executable, "-m", "pip", "wheel", "--quiet", "-w", folder]
        call(*command, wanted, "pip>=26.1", "setuptools", cwd=folder)

    return made_once("index", tmp_path_factory, gather)


def made_once(
    name: str,
    factory: pytest.TempPathFactory,
    make: Callable[[Path], None],
) -> Path:
    """Return a folder that one of the processes that run tests makes, and the others wait for."""
    shared = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    folder, done = shared / name, shared / f"{name}.done"
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            folder.mkdir()
            make(folder)
            done.touch()
    return folder


def floors(root: Path, *extras: str) -> list[str]:
    """Return the oldest releases that the dependencies, and those of some extras, are allowed to
    have.
    """
    project = tomllib.loads(
        (root / "pyproject.toml").read_text(encoding="utf-8")
    )["project"]
    wanted = [
        *project["dependencies"],
        *(d for e in extras for d in project["optional-dependencies"][e]),
    ]
    pairs = [
        re.fullmatch(r"([\w.-]+)>=([\w.]+)", line)
        for line in wanted
        if not line.startswith("trailstats")
    ]
    assert all(pairs)
    return [f"{pair[1]}=={pair[2]}" for pair in pairs if pair]


def test_the_packages_hold_what_they_should(
    packages: tuple[Path, Path], root: Path, tool: Callable[[str], ModuleType]
) -> None:
    """The wheel has types, model and template and no tests; the archive has all that builds and
    tests it; an index would take both.
    """
    source, wheel = packages
    call(sys.executable, "-m", "twine", "check", "--strict", *packages, cwd=root)
    assert list(tool("check_release").problems(wheel.parent, "")) == []
    inside = zipfile.ZipFile(wheel).namelist()
    for name in (
        "py.typed",
        "terrain/surface_model.json",
        "schema/metrics.toml",
        "schema/tables.toml",
        "claims/claims.toml",
        "cli/options.toml",
        "io/sports.toml",
        "io/fit/profile.json",
        "report/charts.json",
        "terrain/maps/ground.toml",
        "model/documents.toml",
        "report/template.html.j2",
        "report/report.css",
        "report/vega.js",
        "cli/sample/athlete.toml",
    ):
        assert f"trailstats/{name}" in inside
    assert {name.partition("/")[0] for name in inside} == {
        "trailstats",
        f"trailstats-{ts.__version__}.dist-info",
    }
    with tarfile.open(source) as archive:
        kept = {name.partition("/")[2] for name in archive.getnames()}
    for name in (
        "pyproject.toml", "README.md", "CHANGELOG.md", "SECURITY.md", "LICENSE", "docs/conf.py",
        "tests/conftest.py",
        "examples/app/service.py", "benchmarks/__main__.py", "tools/make_samples.py",
        "data/samples/truth.json", "hatch_build.py", "CITATION.cff",
    ):  # fmt: skip
        assert name in kept, name


def test_core_dependencies_alone(
    packages: tuple[Path, Path], samples: Path, tmp_path: Path
) -> None:
    """Reading, analysing and answering work; what needs an extra says which."""
    programs = environment(tmp_path / "core", packages[1])
    done = call(
        programs / "python",
        "-W",
        "error",
        HERE / "core_only.py",
        samples,
        cwd=tmp_path,
    )
    found = json.loads(done.stdout.splitlines()[-1])
    assert found == {
        "report": "report",
        "plots": "plots",
        "parquet": "parquet",
        "remote": "remote",
    }
    for command in (
        [programs / "trailstats"],
        [programs / "python", "-m", "trailstats"],
    ):
        told = call(*command, "--version", cwd=tmp_path, ends=2).stderr
        assert "trailstats[cli]" in told
        assert "Traceback" not in told


INSTALLED_SIZES = """
import importlib.metadata as metadata
from pathlib import Path
print(sum(
    Path(one.locate_file(file)).stat().st_size
    for one in metadata.distributions() if one.name not in ("pip", "setuptools")
    for file in one.files or () if Path(one.locate_file(file)).is_file()
))
"""
MOST = {"trailstats": 320e6, "trailstats[cli,report]": 360e6}
"""Bytes that may be installed: numpy, scipy and pandas are 295 MB of them."""


def test_a_report_from_nothing_but_a_folder_of_wheels(
    index: Path, tmp_path: Path
) -> None:
    """Without a checkout, an index or an image converter: the sample, its report, and no more
    installed than was said.
    """
    offline = ("--no-index", "--find-links", index)
    for wanted, most in MOST.items():
        programs = environment(tmp_path / wanted, *offline, wanted)
        told = call(
            programs / "python", "-c", INSTALLED_SIZES, cwd=tmp_path
        ).stdout
        assert int(told) < most, wanted
    told = call(programs / "trailstats", "sample", "runs", cwd=tmp_path).stdout
    assert "68 runs" in told
    report = ("report", "runs", "--athlete", "runs/athlete.toml")
    call(
        programs / "trailstats",
        *report,
        "-o",
        "report.html",
        cwd=tmp_path,
        TRAILSTATS_CACHE=str(tmp_path / "cache"),
    )
    assert "vegaEmbed" in (tmp_path / "report.html").read_text("utf-8")


def test_programs_that_run_packages(index: Path, tmp_path: Path) -> None:
    """`uvx` and `pipx run` run the program from a folder of wheels."""
    wanted = "trailstats[cli,report]"
    programs = Path(sys.executable).parent
    alone = {
        "HOME": str(tmp_path),
        "UV_CACHE_DIR": str(tmp_path / "uv"),
        "UV_PYTHON_DOWNLOADS": "never",
        "PIPX_HOME": str(tmp_path / "pipx"),
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(index),
    }
    by_uv = ("--offline", "--no-index", "--find-links", index, "--from", wanted)
    for command in (
        [programs / "uvx", "--python", sys.executable, *by_uv],
        [programs / "pipx", "run", "--backend", "pip", "--spec", wanted],
    ):
        told = call(*command, "trailstats", "--version", cwd=tmp_path, **alone)
        assert told.stdout == f"trailstats {ts.__version__}\n"


@pytest.mark.skipif(
    shutil.which("python3.14") is None, reason="no Python 3.14 is installed here"
)
def test_the_newest_python(
    packages: tuple[Path, Path], samples: Path, tmp_path: Path
) -> None:
    """What the core must be able to do is done by the newest interpreter, too."""
    call("python3.14", "-m", "venv", tmp_path / "new", cwd=tmp_path)
    python = tmp_path / "new" / "bin" / "python"
    call(python, "-m", "pip", "install", "--quiet", packages[1], cwd=tmp_path)
    core = HERE / "core_only.py"
    assert call(python, "-W", "error", core, samples, cwd=tmp_path).stdout


def test_all_extras(
    packages: tuple[Path, Path], samples: Path, tmp_path: Path
) -> None:
    """The program reports its version both ways, and writes a report, a Parquet table and a
    schema.
    """
    programs = environment(
        tmp_path / "all", f"trailstats[all] @ {packages[1].as_uri()}"
    )
    for command in (
        [programs / "trailstats"],
        [programs / "python", "-m", "trailstats"],
    ):
        assert (
            call(*command, "--version", cwd=tmp_path).stdout
            == f"trailstats {ts.__version__}\n"
        )
    call(
        programs / "trailstats",
        "report",
        samples / "odd" / "two-tracks.gpx",
        "-o",
        "report.html",
        cwd=tmp_path,
    )
    assert (tmp_path / "report.html").stat().st_size > 100_000
    call(
        programs / "trailstats",
        "batch",
        samples / "odd",
        "-o",
        "runs.parquet",
        cwd=tmp_path,
        ends=3,
    )
    assert (tmp_path / "runs.parquet").read_bytes()[:4] == b"PAR1"
    assert json.loads(
        call(programs / "trailstats", "schema", "analysis", cwd=tmp_path).stdout
    )["required"]


def test_oldest_dependencies(
    packages: tuple[Path, Path], root: Path, samples: Path, tmp_path: Path
) -> None:
    """With every dependency as old as it may be, the same works, and so do the tests of formulas,
    files and terrain.
    """
    oldest = floors(root, "cli", "report", "plots", "parquet", "remote")
    wheel = (
        f"trailstats[cli,report,plots,parquet,remote] @ {packages[1].as_uri()}"
    )
    tools = [
        "pytest>=8.3",
        "pytest-xdist",
        "hypothesis",
        "jsonschema",
        "jsonschema-rs",
        "fit-tool",
        "fitdecode",
        "tcxreader",
    ]
    programs = environment(tmp_path / "old", wheel, *oldest, *tools)
    frozen = (
        call(programs / "python", "-m", "pip", "freeze", cwd=tmp_path)
        .stdout.lower()
        .split()
    )
    for line in oldest:
        assert any(found.startswith(line.lower()) for found in frozen), line
    call(
        programs / "trailstats",
        "report",
        samples / "odd" / "two-tracks.gpx",
        "-o",
        "report.html",
        cwd=tmp_path,
    )
    run = samples / "odd" / "two-tracks.gpx"
    plot = f"import trailstats as ts; ts.plots.profile(ts.analyze({str(run)!r})).to_dict()"
    call(programs / "python", "-c", plot, cwd=tmp_path)
    for name in ("tests", "data", "docs", "tools", "pyproject.toml"):
        (tmp_path / name).symlink_to(root / name)
    parts = [
        "tests/metrics",
        "tests/io",
        "tests/terrain",
        "tests/history/test_history.py",
        "tests/analysis",
    ]
    command = [
        programs / "python",
        "-m",
        "pytest",
        "-q",
        "-n",
        "2",
        "-m",
        "not corpus and not release",
        *parts,
    ]
    done = call(*command, cwd=tmp_path)
    assert " passed" in done.stdout
