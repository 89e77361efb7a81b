"""How little a start loads: help and version need neither numpy nor any command's module."""

from __future__ import annotations

import inspect
import os
import subprocess
import sys
from pathlib import Path

import pytest

from trailstats.cli import _app

HEAVY = {"numpy", "pandas", "scipy", "pyarrow", "pydantic", "rich", "altair"}
OWN = {
    "trailstats",
    "trailstats._version",
    "trailstats.errors",
    "trailstats.cli",
    "trailstats.cli._app",
    "trailstats.cli._console",
    "trailstats.cli._declarations",
    "trailstats.cli._exit",
}
"""All that the program's own help loads of the package."""


def modules_after(program: str) -> set[str]:
    """Return the modules that a new interpreter holds after a program."""
    done = subprocess.run(
        [sys.executable, "-c", f"{program}\nprint('MODULES', *sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return set(done.stdout.rsplit("MODULES", 1)[1].split())


@pytest.mark.parametrize("argument", ["--help", "--version"])
def test_help_and_version_load_nothing_of_the_work(argument: str) -> None:
    """Each module that they load is one of those that register names and end the program."""
    loaded = modules_after(
        "import sys\nfrom trailstats.cli import main\n"
        f"try:\n    main([{argument!r}])\nexcept SystemExit:\n    pass"
    )
    # Typer brings pydantic to read what an option holds.
    allowed = {"pydantic"} if argument == "--version" else set()
    assert not loaded & (HEAVY - allowed)
    assert {m for m in loaded if m.split(".")[0] == "trailstats"} == OWN


def test_importing_the_package_loads_itself_alone() -> None:
    """Not even its own rooms."""
    loaded = modules_after("import sys\nimport trailstats")
    assert {m for m in loaded if m.split(".")[0] == "trailstats"} == {
        "trailstats",
        "trailstats._version",
    }


def test_answers_load_no_library_for_one_function(root: Path) -> None:
    """The days' load, claims and rules go without scipy's signal, stats and interpolate, which take
    half a second.
    """
    source = str(root / "data/samples/odd")
    loaded = modules_after(
        "import sys\nimport trailstats as ts\n"
        f"history = ts.analyze_folder({source!r}, workers=1)\n"
        "history.to_dict(); ts.evaluate_claims(history); ts.check_plan(history)"
    )
    assert not loaded & {"scipy.signal", "scipy.stats", "scipy.interpolate"}
    assert not loaded & {"rich", "typer", "pydantic", "altair"}


def test_each_command_is_listed_with_its_own_first_sentence() -> None:
    """What the program's help says of a command without loading it is what the command says."""
    listed = _app.listed()
    for name, entry in listed.items():
        command = _app.typer.main.get_group(_app.app).get_command(None, name)
        own = inspect.cleandoc(command.help).split("\n\n")[0].replace("\n", " ")
        assert own == entry["help"], name
    folder = Path(_app.__file__).parent
    with_commands = {
        path.stem
        for path in folder.glob("_*.py")
        if "import command" in (text := path.read_text("utf-8"))
        or "app, command" in text
    }
    assert with_commands == {entry["module"] for entry in listed.values()}


def test_a_name_that_is_alike_is_suggested(capfd) -> None:
    """Of commands that are not loaded, too."""
    assert _app.run(["analyse", "x.fit"]) == 2
    assert "Did you mean 'analyze'" in capfd.readouterr().err


@pytest.mark.skipif(sys.platform != "linux", reason="no such processes")
def test_processes_are_kept_ready_only_where_they_can_be(tmp_path: Path) -> None:
    """A folder of temporary files with a long name holds no socket: they start another way."""
    program = (
        "import multiprocessing\nfrom trailstats.cli._ready import keep_ready\n"
        "keep_ready()\nprint(multiprocessing.get_start_method(allow_none=True))"
    )
    long = tmp_path / ("x" * 100)
    long.mkdir()
    for folder, chosen in ((Path("/tmp"), "forkserver"), (long, "None")):
        done = subprocess.run(
            [sys.executable, "-c", program],
            env=os.environ | {"TMPDIR": str(folder)},
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
        )
        assert done.stdout.strip() == chosen
