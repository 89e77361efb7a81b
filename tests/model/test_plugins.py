"""Plug-ins of other packages: built, installed and used as their users would, and each of their
faults stays its own.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import EntryPoint
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import trailstats as ts
from builders import make_activity
from trailstats.model import plugins
from trailstats.testing import (
    check_claim,
    check_metric,
    check_reader,
    check_terrain_model,
    example_history,
    example_run,
)

PACKAGES = {
    "tracklog": (
        'readers"]\ntracklog = "tracklog:READER"',
        """
import io
import pandas as pd
import trailstats as ts

def parse(data):
    try:
        table = pd.read_csv(io.BytesIO(data[9:]), index_col=0, dtype="float64")
        times = pd.to_datetime(table.index, unit="s", utc=True)
    except Exception as error:
        raise ts.CorruptFileError("no table", path=None) from error
    if table.index.hasnans or "latitude" not in table:
        raise ts.CorruptFileError("no positions")
    return [ts.Recorded(table.set_index(times), name="from a log")]

READER = ts.ReaderPlugin("tracklog", (".tlog",), lambda head: head[:9] == b"#tracklog", parse)
""",
    ),
    "coin_ground": (
        'terrain_models"]\ncoin = "coin_ground:MODEL"',
        """
import numpy as np
import trailstats as ts

def estimate(run):
    along = np.arange(50.0, run.track["distance"].iloc[-1], 100.0)
    return along, np.full(len(along), 0.97), 0.97

MODEL = ts.TerrainModelPlugin("coin", estimate)
""",
    ),
    "bounce": (
        'metrics"]\nbounce = "bounce:METRIC"',
        """
import trailstats as ts
METRIC = ts.MetricPlugin("bounce", "m", "fastest speed for a second", lambda run, found:
    float(run.records["speed"].max()))
""",
    ),
    "weekends": (
        'claims"]\nweekends = "weekends:CLAIM"',
        """
import trailstats as ts

def answer(history):
    days = history.runs["start_time"].dt.dayofweek
    return ts.ClaimResult("weekends", "You run at weekends", "share of runs",
        trail=float((days > 4).mean()), n_trail=len(days),
        verdict=ts.Verdict.SUPPORTED if len(days) else ts.Verdict.NOT_ENOUGH_DATA)

CLAIM = ts.ClaimPlugin("weekends", "You run at weekends", answer)
""",
    ),
    "brokenplug": (
        'metrics"]\nbroken = "brokenplug:METRIC"',
        'raise RuntimeError("no licence")',
    ),
}

PROGRAM = """
import json, sys
import trailstats as ts
from trailstats.model.plugins import installed
from trailstats.testing import (
    check_claim, check_metric, check_reader, check_terrain_model,
)
kinds = {"readers": 0, "terrain_models": 0, "metrics": 0, "claims": 0}
for kind in kinds:
    for one in installed(f"trailstats.{kind}"):
        if one.plugin is None:
            continue
        kinds[kind] += 1
        if kind == "readers":
            check_reader(one.plugin, open(sys.argv[1], "rb").read())
        elif kind == "terrain_models":
            check_terrain_model(one.plugin)
        elif kind == "metrics":
            check_metric(one.plugin)
        else:
            check_claim(one.plugin)
history = ts.analyze_folder(sys.argv[2], workers=1,
    terrain=ts.TerrainRules(model="coin", sources={"signal"}))
(run,) = history.analyses
answer = ts.evaluate_claims(history)[-1]
print(json.dumps({
    "kinds": kinds, "format": run.meta.format, "name": run.meta.name,
    "failures": [f.code for f in history.failures],
    "trail": run.totals.trail_share, "bounce": run.metrics["bounce"].to_dict(),
    "in history": history.metrics["bounce"].iloc[0],
    "issues": [i.message for i in run.issues if i.code == "plugin_failed"],
    "claim": [answer.claim, answer.verdict, answer.caveats[-1]],
}))
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder in which five packages of other people are installed, each built from its
    source.
    """
    sources = tmp_path_factory.mktemp("sources")
    for name, (entry, code) in PACKAGES.items():
        folder = sources / name
        folder.mkdir()
        (folder / f"{name}.py").write_text(code, encoding="utf-8")
        (folder / "pyproject.toml").write_text(
            '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
            f'[project]\nname = "{name}"\nversion = "1.2"\n'
            f'[tool.hatch.build.targets.wheel]\ninclude = ["{name}.py"]\n'
            f'[project.entry-points."trailstats.{entry}\n',
            encoding="utf-8",
        )
    target = tmp_path_factory.mktemp("site")
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"]
    alone = ["--no-index", "--no-build-isolation", "--target", str(target)]
    done = subprocess.run(
        [*install, *alone, *(str(sources / name) for name in PACKAGES)],
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return target


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a run in the format that one of them reads."""
    run = example_run(1500)
    table = run.records[["latitude", "longitude", "elevation", "speed"]]
    table = table.assign(smell=1.0)
    table.index = run.records.index.as_unit("ns").asi8 / 1e9
    path = tmp_path_factory.mktemp("logs") / "run.tlog"
    text = table.to_csv(index_label="time")
    path.write_bytes(b"#tracklog" + text.encode())
    return path


@pytest.mark.slow
def test_packages_of_other_people(
    site: Path, log: Path, root: Path, tmp_path: Path
) -> None:
    """One of each kind passes the kit and does its part; a broken one is an issue with its name."""
    (log.parent / "damaged.tlog").write_bytes(b"#tracklog\xff\xfe")
    paths = os.pathsep.join([str(site), str(root)])
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(log), str(log.parent)],
        capture_output=True,
        text=True,
        timeout=300,
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": paths},
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["kinds"] == {
        "readers": 1,
        "terrain_models": 1,
        "metrics": 1,
        "claims": 1,
    }
    assert (found["format"], found["name"]) == ("tracklog", "from a log")
    assert found["failures"] == ["corrupt"]
    assert found["trail"] == 1.0
    # The speed of the made-up run is 2.8 +- 0.3 m/s.
    assert found["bounce"]["value"] == pytest.approx(3.1, abs=0.01)
    assert "bounce 1.2" in found["bounce"]["method"]
    assert found["in history"] == found["bounce"]["value"]
    (issue,) = found["issues"]
    assert "'broken' of brokenplug 1.2" in issue and "no licence" in issue
    claim, verdict, caveat = found["claim"]
    assert (claim, verdict) == ("weekends", "supported")
    assert "weekends 1.2" in caveat
    listed = subprocess.run(
        [sys.executable, "-m", "trailstats", "plugins", "--json"],
        capture_output=True,
        text=True,
        timeout=300,
        env=os.environ | {"PYTHONPATH": paths},
    )
    states = {
        p["name"]: p["usable"] for p in json.loads(listed.stdout)["plugins"]
    }
    assert states == {
        "tracklog": True,
        "coin": True,
        "bounce": True,
        "weekends": True,
        "broken": False,
    }


@pytest.fixture
def adding(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Return a function that installs an object as an entry of its group."""
    known: list[EntryPoint] = []

    def entries(*, group: str) -> list[EntryPoint]:
        return [e for e in known if e.group == group]

    def add(group: str, plugin: object) -> None:
        name = f"_plugin_{len(known)}"
        monkeypatch.setattr(sys.modules[__name__], name, plugin, raising=False)
        known.append(
            EntryPoint(name, f"{__name__}:{name}", f"trailstats.{group}")
        )
        plugins.installed.cache_clear()

    monkeypatch.setattr(plugins, "entry_points", entries)
    monkeypatch.setitem(sys.modules, __name__, sys.modules.get(__name__) or _me())
    plugins.installed.cache_clear()
    yield add
    monkeypatch.undo()
    plugins.installed.cache_clear()


def _me() -> object:
    import types

    module = types.ModuleType(__name__)
    sys.modules[__name__] = module
    return module


def failing(*given: object) -> object:
    raise ZeroDivisionError("by a stranger")


def test_a_reader_that_fails_is_a_failure_with_its_name(
    adding, tmp_path: Path
) -> None:
    """Of its file alone; one that fails while it looks is not asked again for that file."""
    adding("readers", ts.ReaderPlugin("xyz", (".xyz",), _is_xyz, failing))
    adding("readers", ts.ReaderPlugin("odd", (".odd",), failing, failing))
    (tmp_path / "a.xyz").write_bytes(b"xyz")
    (tmp_path / "b.bin").write_bytes(b"\x01\x02")
    ts.convert(make_activity(duration=60), tmp_path / "c.gpx")
    found = list(ts.iter_activities(tmp_path))
    failure, run = found
    assert isinstance(run, ts.Activity)
    assert failure.code == "plugin"
    assert "_plugin_0" in failure.message and "by a stranger" in failure.message
    with pytest.raises(ts.PluginError):
        ts.read(tmp_path / "a.xyz", format="xyz")


def _is_xyz(head: bytes) -> bool:
    return head == b"xyz"


@pytest.mark.parametrize(
    "given",
    [
        [ts.Recorded(pd.DataFrame({"speed": [1.0]}))],
        ["text"],
        None,
    ],
    ids=["no times", "no record", "nothing"],
)
def test_what_a_reader_gives_is_checked(adding, given: object) -> None:
    """Before it can do harm further on."""
    adding("readers", ts.ReaderPlugin("xyz", (), _is_xyz, lambda data: given))
    with pytest.raises(ts.PluginError):
        ts.read(b"xyz")


def test_a_reader_keeps_the_limits(adding) -> None:
    """Its records are counted, too."""
    many = ts.Recorded(example_run(200).records)
    adding("readers", ts.ReaderPlugin("xyz", (), _is_xyz, lambda data: [many]))
    assert len(ts.read(b"xyz").records) == 200
    with pytest.raises(ts.LimitError):
        ts.read(b"xyz", limits=ts.ReadLimits(records=100))


@pytest.mark.parametrize(
    "estimate",
    [
        failing,
        lambda run: (np.arange(3.0), np.full(3, 1.5), 0.5),
        lambda run: None,
    ],
    ids=["raises", "no probability", "nothing"],
)
def test_a_terrain_model_that_fails_is_replaced(adding, estimate) -> None:
    """By our own, whose answer it then is, and an issue says so."""
    adding("terrain_models", ts.TerrainModelPlugin("mine", estimate))
    run = example_run()
    own = ts.analyze(run)
    other = ts.analyze(run, terrain=ts.TerrainRules(model="mine"))
    assert other.totals == own.totals
    assert [i.code for i in other.issues][-1] == "plugin_failed"
    with pytest.raises(ts.ConfigError, match="installed are mine"):
        ts.TerrainRules(model="yours")


def test_a_metric_that_fails_is_missing(adding) -> None:
    """With the reason; one under a name of ours is not taken, nor what is no plug-in."""
    adding("metrics", ts.MetricPlugin("mine", "s", "a time", failing))
    adding(
        "metrics", ts.MetricPlugin("session_load", "1", "ours", lambda *g: 1.0)
    )
    adding("metrics", "no plug-in")
    run = ts.analyze(example_run())
    assert not run.metrics["mine"]
    assert "by a stranger" in run.metrics["mine"].reason
    said = [i.message for i in run.issues if i.code == "plugin_failed"]
    assert len(said) == 3
    assert "trailstats has a metric 'session_load' itself" in " ".join(said)
    assert ts.Analysis.from_dict(run.to_dict()).metrics["mine"].unit == "s"


@pytest.mark.parametrize("answer", [failing, lambda history: "yes"])
def test_a_claim_that_fails_is_not_measurable(adding, answer) -> None:
    """The article's claims are answered all the same."""
    adding("claims", ts.ClaimPlugin("mine", "It is so", answer))
    answers = ts.evaluate_claims(example_history())
    assert [a.claim for a in answers][-1] == "mine"
    assert answers[-1].verdict is ts.Verdict.NOT_MEASURABLE
    assert "_plugin_0" in answers[-1].caveats[0]


@pytest.mark.parametrize(
    ("check", "bad"),
    [
        (check_metric, ts.MetricPlugin("mine", "", "none", lambda *g: 1.0)),
        (check_metric, ts.MetricPlugin("hrr", "s", "x", lambda *g: "text")),
        (
            check_metric,
            ts.MetricPlugin("mine", "s", "x", lambda run, a: _spoil(run)),
        ),
        (
            check_terrain_model,
            ts.TerrainModelPlugin("m", lambda run: (np.ones(3), np.ones(3), 1.0)),
        ),
        (check_claim, ts.ClaimPlugin("mine", "s", lambda h: None)),
        (
            check_claim,
            ts.ClaimPlugin(
                "mine",
                "s",
                lambda h: ts.ClaimResult(
                    "mine", "s", "m", verdict=ts.Verdict.SUPPORTED
                ),
            ),
        ),
    ],
)
def test_the_kit_finds_what_is_wrong(check, bad) -> None:
    """Each promise that is broken is an `AssertionError`."""
    with pytest.raises(AssertionError):
        check(bad)


def _spoil(run: ts.CleanActivity) -> float:
    run.records["speed"] *= 2.0
    return 1.0


def test_the_kit_tries_damaged_files() -> None:
    """A reader that trusts its files is found out."""
    content = b"xyz" + example_run(30).records.to_csv().encode()

    def parse(data: bytes) -> list[ts.Recorded]:
        import io

        table = pd.read_csv(io.BytesIO(data[3:]), index_col=0, parse_dates=True)
        return [ts.Recorded(table)]

    reader = ts.ReaderPlugin("xyz", (".xyz",), lambda h: h[:3] == b"xyz", parse)
    with pytest.raises(AssertionError, match="a damaged file makes it raise"):
        check_reader(reader, content)
