"""`batch` and `cache`: tables that other programs read, several athletes, progress, interrupts."""

from __future__ import annotations

import io
import json
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import polars
import pyarrow.parquet as pq
import pytest

from builders import make_activity
from trailstats import schema
from trailstats.cli import _work
from trailstats.history._progress import lines
from trailstats.io.export import convert

OK, NOTHING, USAGE, SOME, INTERRUPTED = 0, 1, 2, 3, 130


@pytest.fixture
def team(tmp_path: Path) -> Path:
    """Return a folder of two athletes with two runs each in two years; one has a broken file
    too.
    """
    root = tmp_path / "team"
    for i, name in enumerate(("ann", "bob=1/2".replace("/", "_"))):
        (root / name).mkdir(parents=True)
        for year in (2025, 2026):
            start = f"{year}-03-0{i + 1}T08:00:00Z"
            rates = np.full(1801, 140.0)
            activity = make_activity(
                start=start, heart_rate=rates, elevation=np.linspace(0, 50, 20)
            )
            convert(activity, root / name / f"{year}.gpx")
    (root / "ann" / "page.gpx").write_text("<!doctype html><html></html>")
    return root


def test_tables_are_read_by_other_programs_as_they_stand(
    run, team: Path, tmp_path: Path
) -> None:
    """DuckDB, polars and pandas see the same numbers in Parquet and CSV; Parquet says what and
    which version it is.
    """
    paths = {
        n: tmp_path / f"{n}.parquet" for n in ("activities", "segments", "weekly")
    }
    options = ("--segments", paths["segments"], "--weekly", paths["weekly"])
    assert run("batch", team, "-o", paths["activities"], *options)[0] == SOME
    for name, path in paths.items():
        frame = pd.read_parquet(path)
        assert list(frame.columns) == schema.TABLES[name].names
        about = json.loads(pq.read_schema(path).metadata[b"trailstats"])
        assert about == {"table": name, "format_version": schema.FORMAT_VERSION}
        units = {c.name: c.unit for c in schema.TABLES[name]}
        found = {
            f.name: (f.metadata or {}).get(b"unit", b"").decode()
            for f in pq.read_schema(path)
        }
        assert found == units
        total = float(frame["distance"].sum())
        assert total > 0
        query = f"SELECT sum(distance) FROM '{path}' WHERE NOT isnan(distance)"
        assert duckdb.sql(query).fetchall()[0][0] == pytest.approx(total)
        assert polars.read_parquet(path)["distance"].fill_nan(
            0.0
        ).sum() == pytest.approx(total)
    csv = tmp_path / "a.csv"
    run("batch", team, "-o", csv)
    total = pd.read_parquet(paths["activities"])["distance"].sum()
    assert duckdb.sql(f"SELECT sum(distance) FROM '{csv}'").fetchall()[0][
        0
    ] == pytest.approx(total)
    assert polars.read_csv(csv)["distance"].sum() == pytest.approx(total)
    assert len(polars.read_csv(csv)) == 5


def test_athletes_in_one_table_and_in_parts(
    run, team: Path, tmp_path: Path
) -> None:
    """With --by-athlete a column says whose; with --partition each athlete's year is a file of its
    own.
    """
    out = tmp_path / "all.csv"
    assert (
        run(
            "batch",
            team,
            "--by-athlete",
            "-o",
            out,
            "--weekly",
            tmp_path / "w.json",
        )[0]
        == SOME
    )
    table = pd.read_csv(out)
    assert table["athlete"].value_counts().to_dict() == {"ann": 3, "bob=1_2": 2}
    weeks = json.loads((tmp_path / "w.json").read_text())
    assert weeks["format_version"] == schema.FORMAT_VERSION
    assert {row["athlete"] for row in weeks["weekly"]} == {"ann", "bob=1_2"}
    parts = tmp_path / "parts.parquet"
    for _ in range(2):  # the second time in place of the first
        assert (
            run("batch", team, "--by-athlete", "--partition", "-o", parts)[0]
            == SOME
        )
        where = f"'{parts}/*/*/*.parquet', hive_partitioning = true"
        query = (
            f"SELECT athlete, year, count(*) FROM read_parquet({where}) WHERE status = 'ok' "
            "GROUP BY ALL ORDER BY ALL"
        )
        rows = duckdb.sql(query).fetchall()
        assert [(a, int(y), n) for a, y, n in rows] == [
            ("ann", 2025, 1),
            ("ann", 2026, 1),
            ("bob=1_2", 2025, 1),
            ("bob=1_2", 2026, 1),
        ]
        assert (
            duckdb.sql(f"SELECT count(*) FROM read_parquet({where})").fetchall()[
                0
            ][0]
            == 5
        )
    frame = polars.scan_parquet(parts, hive_partitioning=True).collect()
    assert frame["distance"].fill_nan(0.0).sum() == pytest.approx(
        table["distance"].sum()
    )
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".")] == []


def test_a_folder_that_is_something_else_is_left_as_it_is(
    run, team: Path, tmp_path: Path
) -> None:
    """--partition replaces only what it wrote itself."""
    other = tmp_path / "mine.parquet"
    other.mkdir()
    (other / "diary.txt").write_text("x")
    code, _, err = run("batch", team, "--partition", "-o", other)
    assert code == NOTHING
    assert "left as it is" in err
    assert (other / "diary.txt").read_text() == "x"


@pytest.mark.parametrize(
    "arguments",
    [
        ("--partition", "-o", "out.csv"),
        ("--by-athlete", "--athlete", "a.toml", "-o", "out.csv"),
        ("--segments", "s.xlsx", "-o", "out.csv"),
        ("--weekly", "w", "-o", "out.csv"),
    ],
)
def test_options_that_don_t_fit_are_usage_errors(
    run, team: Path, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    """Said before anything is read."""
    told = [str(tmp_path / a) if "." in a else a for a in arguments]
    assert run("batch", team, *told)[0] == USAGE


def test_the_cache_is_used_shown_and_cleared(
    run, team: Path, tmp_path: Path
) -> None:
    """A run fills it, `cache info` counts it, `cache clear` empties it; --no-cache touches none."""
    cache = tmp_path / "cache"
    assert (
        run(
            "batch",
            team,
            "-o",
            tmp_path / "a.csv",
            "--no-cache",
            "--cache",
            cache,
        )[0]
        == SOME
    )
    assert not cache.exists()
    assert run("cache", "info", "--cache", cache)[0] == OK
    assert not cache.exists()
    assert (
        run("batch", team, "-o", tmp_path / "b.csv", "--cache", cache)[0] == SOME
    )
    held = json.loads(run("cache", "info", "--cache", cache, "--json")[1])[
        "cache"
    ]
    assert (held["sources"], held["activities"]) == (5, 5)
    assert held["bytes"] > 0
    assert (
        run("batch", team, "-o", tmp_path / "c.csv", "--cache", cache)[0] == SOME
    )
    assert (
        (tmp_path / "a.csv").read_bytes()
        == (tmp_path / "b.csv").read_bytes()
        == (tmp_path / "c.csv").read_bytes()
    )
    assert (
        json.loads(run("cache", "clear", "--cache", cache, "--json")[1])[
            "cleared"
        ]
        == 5
    )
    assert (
        json.loads(run("cache", "info", "--cache", cache, "--json")[1])["cache"][
            "activities"
        ]
        == 0
    )
    assert "0 activities" in run("cache", "info", "--cache", cache)[1]


def test_a_damaged_cache_is_a_sentence(run, team: Path, tmp_path: Path) -> None:
    """It is set aside, the rows are right, and nothing else is said."""
    cache = tmp_path / "cache"
    run("batch", team, "-o", tmp_path / "a.csv", "--cache", cache)
    file = next(cache.glob("*.sqlite"))
    file.write_bytes(b"damaged " * 1000)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("warnings.filters", [])
        code, _, err = run(
            "batch", team, "-o", tmp_path / "b.csv", "--cache", cache
        )
    assert code == SOME
    assert "set aside" in err
    assert "Traceback" not in err
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()


def test_an_interrupt_is_a_sentence(
    run, team: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit code 130; it says how far it came and that the same command goes on."""

    def interrupted(
        _sources: object, _options: object, work, **_: object
    ) -> None:
        work.progress(3, 5)
        raise KeyboardInterrupt

    monkeypatch.setattr(_work, "histories_of", interrupted)
    code, _, err = run("batch", team, "-o", tmp_path / "a.csv")
    assert code == INTERRUPTED
    assert "3 of 5" in err
    assert "goes on from there" in err
    code, _, err = run("batch", team, "-o", tmp_path / "a.csv", "--no-cache")
    assert "goes on" not in err
    assert not (tmp_path / "a.csv").exists()


def test_a_log_gets_lines_with_rate_and_time_left() -> None:
    """One every ten seconds and the last; thousands of sources don't fill a log."""
    stream, now = io.StringIO(), [0.0]
    show = lines(stream, clock=lambda: now[0])
    for done in range(1, 1001):
        now[0] = done * 0.1
        show(done, 1000)
    written = stream.getvalue().splitlines()
    assert len(written) == 10
    assert written[0] == "trailstats: 100 of 1000 read, 10.0 a second, 1:30 left"
    assert written[-1] == "trailstats: 1000 of 1000 read, 10.0 a second"
    # A second pass says what it is, and has a speed of its own.
    for done in range(1, 11):
        now[0] += 1.0
        show(done, 10)
    assert stream.getvalue().splitlines()[10:] == [
        "trailstats: second pass, with the pace on flat road that the first one showed",
        "trailstats: 10 of 10 read, 1.1 a second",
    ]


def test_a_cluster_that_does_not_answer_is_a_sentence(
    run, team: Path, tmp_path: Path
) -> None:
    """An address that is none."""
    pytest.importorskip("distributed")
    code, _, err = run(
        "batch", team, "-o", tmp_path / "a.csv", "--dask", "nonsense://x"
    )
    assert code != OK
    assert "--dask" in err
