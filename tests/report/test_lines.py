"""The lines of a page come back as they were put in, to the metre."""

from __future__ import annotations

import json

import numpy as np
import pytest

from trailstats.report.lines import Line, lines_json
from trailstats.report.tracks import Plane

NAN = float("nan")


def line(x, y, starts=(), ground=None):
    """Return a line of these places."""
    letters = list(ground or "a" * len(x))
    for place in starts:
        letters[place] = letters[place].upper()
    return Line(
        Plane(np.array(x, float), np.array(y, float), 0),
        np.array(starts, np.int64),
        "".join(letters),
    )


def places(steps):
    """Return the sums of steps that are known."""
    known = [step for step in steps if step is not None]
    return np.cumsum(known).tolist()


def test_lines_stand_one_after_the_other() -> None:
    """Each begins anew with its own place; a hole is null, and the next step leads on from before
    it; one without places takes none.
    """
    lines = [
        line([10.4, 12.6, NAN, 20.0], [-5.0, -5.0, NAN, -8.0], (3,), "abcd"),
        line([], []),
        line([NAN, -7.0, -9.0], [NAN, 100.0, 101.0]),
    ]
    found = json.loads(lines_json(lines))
    assert found["counts"] == [4, 0, 3]
    assert found["x"] == [10, 3, None, 7, None, -7, -2]
    assert found["y"] == [-5, 0, None, -3, None, 100, 1]
    assert found["ground"] == "abcDaaa"


def test_many_numbers_are_written_in_pieces() -> None:
    """More than are written together come back, too."""
    rng = np.random.default_rng(3)
    x, y = rng.normal(0.0, 5000.0, (2, 120_001))
    found = json.loads(lines_json([line(x, y)]))
    for axis, values in (("x", x), ("y", y)):
        assert places(found[axis]) == np.round(values).tolist()


def test_no_lines_are_empty_columns() -> None:
    """A page without an activity has them, too."""
    assert json.loads(lines_json([])) == {
        "counts": [],
        "x": [],
        "y": [],
        "ground": "",
    }


@pytest.mark.parametrize("most", [5, 60])
def test_a_line_through_fewer_points_breaks_where_it_did(most) -> None:
    """Both sides of a break are kept, and the ground of each point that is."""
    x = np.arange(100.0)
    ground = "".join("ac"[k >= 50] for k in range(100))
    thin = line(x, 2 * x, (30, 71), ground).of(most)
    kept = thin.plane.x.astype(int).tolist()
    assert len(kept) <= most + 4
    assert {0, 29, 30, 70, 71, 99} <= set(kept)
    assert [kept[k] for k in thin.starts] == [30, 71]
    assert thin.plane.y.tolist() == [2 * k for k in kept]
    for place, letter in zip(kept, thin.ground, strict=True):
        assert letter.isupper() == (place in (30, 71))
        assert letter.lower() == ground[place]
