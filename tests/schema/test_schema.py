"""Tables hold what their schema promises."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from trailstats import schema
from trailstats.errors import SchemaError
from trailstats.schema._table import TIME


def test_empty_frames_have_every_column() -> None:
    """A table without rows has its columns with their dtypes."""
    for table in schema.TABLES.values():
        table.validate(table.empty())
        assert list(table.empty().columns) == table.names


def test_missing_columns_are_filled() -> None:
    """What was not given is NaN, empty, 0 or False after its dtype; a single value is repeated."""
    frame = schema.SEGMENTS.frame(
        {"distance": np.array([1.0, 2.0]), "file": "a run"}
    )
    schema.SEGMENTS.validate(frame)
    assert frame["file"].tolist() == ["a run", "a run"]
    assert frame["heart_rate"].isna().all()
    assert frame["start_time"].isna().all()
    assert not frame["technical"].any()


def test_a_longer_text_does_not_change_the_number_of_rows() -> None:
    """A text given for a whole column is one value, however long it is."""
    assert (
        len(
            schema.SEGMENTS.frame(
                {"distance": np.array([1.0]), "file": "a/very/long/path"}
            )
        )
        == 1
    )


def test_unknown_columns_are_refused() -> None:
    """A column that the table does not know is a mistake."""
    with pytest.raises(SchemaError, match="tempo"):
        schema.RECORDS.frame({"tempo": np.zeros(2)})


def test_validation_sees_a_missing_column_and_a_wrong_dtype() -> None:
    """Both are named."""
    with pytest.raises(SchemaError, match="latitude"):
        schema.RECORDS.validate(pd.DataFrame())
    frame = schema.RECORDS.empty().astype({"speed": "int64"})
    with pytest.raises(SchemaError, match="speed is int64"):
        schema.RECORDS.validate(frame)


def test_every_column_is_explained() -> None:
    """Each has a meaning, a known dtype, and numbers have a unit."""
    known = {"float64", "int64", "bool", "str", "datetime64[ns, UTC]"}
    for table in schema.TABLES.values():
        for column in table:
            assert column.meaning
            assert column.dtype in known
            assert (column.unit != "") == (column.dtype in ("float64", "int64"))


def test_contract_columns_are_there() -> None:
    """The columns that other programs rely on stand first, in this order."""
    promised = [
        "file",
        "status",
        "error",
        "sport",
        "sub_sport",
        "start_time",
        "distance",
        "elapsed_time",
        "moving_time",
        "ascent",
        "descent",
        "mean_speed",
        "mean_heart_rate",
        "trail_share",
        "road_share",
        "unknown_share",
        "trail_probability",
        "technical_share",
        "uphill_share",
        "downhill_share",
        "grade_adjusted_speed",
        "session_load",
        "impact_load",
        "n_records",
        "n_issues",
    ]
    assert schema.ACTIVITIES.names[: len(promised)] == promised
    segments = [
        "file",
        "index",
        "start_time",
        "end_time",
        "start_distance",
        "end_distance",
        "distance",
        "duration",
        "surface",
        "p_trail",
        "surface_source",
        "slope",
        "mean_grade",
        "ascent",
        "descent",
        "technical",
        "p_technical",
        "gait",
        "speed",
        "grade_adjusted_speed",
        "heart_rate",
        "cadence",
        "n_records",
    ]
    assert schema.SEGMENTS.names == segments


def test_slopes_know_their_direction() -> None:
    """Every class but flat and unknown goes either up or down."""
    for slope in schema.Slope:
        flat = slope in (schema.Slope.FLAT, schema.Slope.UNKNOWN)
        assert slope.is_up + slope.is_down == (0 if flat else 1)


@pytest.mark.parametrize("table", [schema.SEGMENTS, schema.PARTS, schema.TRACK])
def test_a_frame_is_what_pandas_makes_of_its_columns(table) -> None:
    """Column by column, as plain pandas puts them together; frames share no memory with them."""
    rng = np.random.default_rng(5)
    make = {
        "float64": lambda: rng.normal(size=7),
        "int64": lambda: rng.integers(0, 9, 7),
        "bool": lambda: rng.random(7) > 0.5,
        "str": lambda: list("abcdefg"),
        TIME: lambda: pd.date_range("2026-01-01", periods=7, unit="ns", tz="UTC"),
    }
    data = {c.name: make[c.dtype]() for c in table}
    made = table.frame(data)
    expected = pd.DataFrame(
        {c.name: pd.Series(data[c.name], dtype=c.dtype) for c in table}
    )
    pd.testing.assert_frame_equal(made, expected)
    numbers = [c.name for c in table if c.dtype == "float64"]
    data[numbers[0]][:] = 0.0
    assert made[numbers[0]].tolist() == expected[numbers[0]].tolist()
    made[numbers[0]] = 1.0
    made.loc[3, numbers[1]] = 7.0
    assert made[numbers[1]].tolist()[3] == 7.0


def test_a_frame_of_columns_that_do_not_fit_is_refused() -> None:
    """Also where one value would stretch over all rows."""
    for short in ([1.0], [1.0, 2.0]):
        with pytest.raises(SchemaError):
            schema.TRACK.frame({"speed": short, "grade": [0.0, 0.0, 0.0]})
    with pytest.raises(SchemaError):
        schema.SEGMENTS.frame({"file": ["a"], "distance": [1.0, 2.0]})
    one = schema.SEGMENTS.frame({"file": "a", "distance": [1.0, 2.0]})
    assert one["file"].tolist() == ["a", "a"]
