"""What effort means for a runner, from the tables of a history to the columns of its activities."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from trailstats.history import History, analyze_folder
from trailstats.history._stored import joined_columns
from trailstats.metrics.effort import Footing
from trailstats.model.athlete import Athlete
from trailstats.schema import STRETCHES

SPEED = 3.63
COLUMNS = ("distance", "grade", "duration")


@pytest.fixture(scope="module")
def history(samples: Path, tmp_path_factory: pytest.TempPathFactory) -> History:
    """Return the first runs of the sample archive, one of them without its heart rate's limits."""
    place = tmp_path_factory.mktemp("runs")
    files = sorted((samples / "archive").iterdir())[:24]
    for file in files:
        (place / file.name).symlink_to(file)
    athlete = Athlete(threshold_speed=SPEED)
    return analyze_folder(place, athlete=athlete, workers=1)


def test_each_run_is_worth_the_sum_over_its_stretches(history: History) -> None:
    """The even-ground distance is that of the stretches by the runner's own factor, scaled to the
    moving time.
    """
    curve = history.effort.curve
    assert curve.personal
    row = history.activities.iloc[3]
    table = history.analyses[3].stretches
    place = Footing(
        *(
            table[n].to_numpy()
            for n in ("grade", "p_trail", "p_technical", "walking")
        )
    )
    level = table["distance"].to_numpy() @ curve.factor(place).value
    expected = level / table["duration"].sum() * row["moving_time"]
    assert row["even_ground_distance"] == pytest.approx(expected)
    low, high = row["even_ground_distance_low"], row["even_ground_distance_high"]
    assert low <= row["even_ground_distance"] <= high
    assert row["even_ground_method"] == f"own curve of {curve.n_runs} runs"


def test_a_table_and_its_analyses_say_the_same(history: History) -> None:
    """What the table of activities says of a run, its analysis says too, and its load by pace rests
    on the same curve.
    """
    metrics = history.analyses[3].metrics
    row = history.activities.iloc[3]
    for name in ("even_ground_distance", "even_ground_speed", "session_load"):
        assert metrics[name].value == pytest.approx(row[name]), name
    assert "own curve" in metrics["pace_load"].method
    assert len(history.effort.by_year()) in (0, 8)


def test_nine_runs_are_judged_by_the_population(
    samples: Path, tmp_path: Path
) -> None:
    """With fewer than ten runs the curve is the population's, in columns, metrics and loads."""
    for file in sorted((samples / "archive").iterdir())[:9]:
        (tmp_path / file.name).symlink_to(file)
    athlete = Athlete(threshold_speed=SPEED)
    few = analyze_folder(tmp_path, athlete=athlete, workers=1)
    assert not few.effort.curve.personal
    assert set(few.activities["even_ground_method"]) == {"population's curve"}
    assert "race curve" in few.analyses[0].metrics["pace_load"].method
    table = few.effort.to_frame()
    grades = table[table.index.str.startswith("grade")]
    assert grades["value"].tolist() == pytest.approx(
        grades["population"].tolist()
    )


def test_loads_by_pace_use_the_own_curve(samples: Path, tmp_path: Path) -> None:
    """A run without a heart rate among others that have one: its load is that of the even-ground
    speed, and the table and the analysis agree.
    """
    for file in sorted((samples / "archive").iterdir())[:14]:
        (tmp_path / file.name).symlink_to(file)
    gpx = (samples / "odd" / "two-tracks.gpx").read_text()
    bare = re.sub(r"<extensions>.*?</extensions>", "", gpx, flags=re.S)
    (tmp_path / "bare.gpx").write_text(bare)
    athlete = Athlete(threshold_speed=SPEED)
    history = analyze_folder(tmp_path, athlete=athlete, workers=1)
    table = history.activities
    by_pace = table.index[table["session_load_method"] == "pace"]
    assert len(by_pace)
    for i in by_pace:
        metrics = history.analyses[i].metrics
        assert "own curve" in metrics["session_load"].method
        load = metrics["session_load"].value
        assert table.loc[i, "session_load"] == pytest.approx(load)
        assert metrics["pace_load"].value == pytest.approx(load)


def test_numbers_are_those_of_the_tables(history: History) -> None:
    """Columns read as arrays are those of the tables, in the order of the analyses."""
    columns, counts = joined_columns(history.analyses, STRETCHES, COLUMNS)
    tables = [analysis.stretches for analysis in history.analyses]
    assert counts.tolist() == [len(table) for table in tables]
    for name in COLUMNS:
        joined = np.concatenate([table[name].to_numpy() for table in tables])
        np.testing.assert_array_equal(columns[name], joined)
    again, same = joined_columns(list(history.analyses), STRETCHES, COLUMNS)
    np.testing.assert_array_equal(again["grade"], columns["grade"])
    assert same.tolist() == counts.tolist()
