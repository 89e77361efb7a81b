"""The page of a predicted course: its profile with the ground, the time along it with its band, the
splits, and what all of it rests on. It holds no position.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from trailstats._version import __version__
from trailstats.arrays import Floats, as_floats
from trailstats.errors import MissingExtraError
from trailstats.history.prediction import Course, Prediction
from trailstats.io.tables import write_atomically
from trailstats.report import text
from trailstats.report.html import colours
from trailstats.report.packaged import packaged
from trailstats.report.units import Units

if TYPE_CHECKING:
    import jinja2

__all__ = ["write_course_page"]

WIDTH: Final = 800.0
HEIGHT: Final = 220.0
LEFT: Final = 56.0
BOTTOM: Final = 24.0
"""Sizes of a drawing, in its own units."""

POINTS: Final = 400
"""Points that a line is drawn through at most: two units apart (our choice)."""

SURE: Final = 0.7
"""Probability from which ground is drawn as trail, and 1 less it as road (our choice)."""

MOST_MARKS: Final = 30
"""Ends of splits that are drawn as lines at most: more can't be told apart (our choice)."""


@dataclass(frozen=True)
class Tick:
    """A place on an axis, in units of the drawing, and what stands there."""

    at: float
    label: str


@dataclass(frozen=True)
class Drawing:
    """Lines and areas over distance, as SVG takes them.

    Attributes
    ----------
    title, description : str
    area, line : str
        Points of a polygon and of a line.
    ground : tuple of tuple
        Begin and width of stretches with the word of their ground.
    marks : tuple of float
        Ends of splits.
    across, up : tuple of Tick
    """

    title: str
    description: str
    area: str
    line: str
    ground: tuple[tuple[float, float, str], ...]
    marks: tuple[float, ...]
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]


def write_course_page(
    prediction: Prediction, path: str | Path, *, imperial: bool = False
) -> Path:
    """Write a prediction as one HTML file that needs no network and no script.

    Parameters
    ----------
    prediction : Prediction
    path : str or Path
        An old file there is replaced only when the new one is complete.
    imperial : bool
        Miles and feet.

    Returns
    -------
    Path

    Raises
    ------
    MissingExtraError
        Without jinja2.
    WriteError
        When the place can't be written to.

    Examples
    --------
    >>> import tempfile
    >>> import trailstats as ts
    >>> history = ts.analyze_folder("data/samples/archive")
    >>> found = ts.predict("data/samples/odd/two-tracks.gpx", history)
    >>> from trailstats.report.course_page import write_course_page
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_course_page(found, f"{folder}/course.html").name
    'course.html'
    """
    page = course_page(prediction, Units.of(imperial))
    return write_atomically(Path(path), page.encode())


def course_page(prediction: Prediction, units: Units) -> str:
    """Return the page as HTML text."""
    template = _template()
    import markupsafe

    course, time = prediction.course, prediction.moving_time
    facts = [
        ("moving time", text.clock(time.value)),
        ("in half of the cases", _range(time.low50, time.high50)),
        ("in nine of ten", _range(time.low90, time.high90)),
        ("distance", units.distance(course.length)),
        ("up", units.elevation(prediction.ascent)),
        ("down", units.elevation(prediction.descent)),
        ("effort", prediction.effort),
        ("ground from", course.ground_source or "not known"),
    ]
    drawings = [profile(course, prediction.splits, units)]
    drawings.append(band(prediction, units))
    return template.render(
        name=course.name or "Course",
        facts=facts,
        drawings=[one for one in drawings if one is not None],
        rows=list(_rows(prediction, units)),
        prediction=prediction,
        learnt=text.span(*prediction.period),
        styles=markupsafe.Markup(colours() + packaged("report.css")),
        version=__version__,
    )


def _rows(prediction: Prediction, units: Units) -> list[tuple[str, ...]]:
    """Return the cells of each split."""
    out: list[tuple[str, ...]] = []
    for split in prediction.splits.to_dict("records"):
        reached = float(split["arrival"])
        low, high = float(split["arrival_low90"]), float(split["arrival_high90"])
        out.append(
            (
                str(split["name"]),
                units.distance(split["end_distance"]),
                units.elevation(split["ascent"]),
                units.elevation(split["descent"]),
                text.clock(split["moving_time"]),
                _range(split["low90"], split["high90"]),
                units.pace(split["distance"] / split["moving_time"]),
                _clock_of(prediction.start, reached),
                f"{_clock_of(prediction.start, low)} to "
                f"{_clock_of(prediction.start, high)}",
            )
        )
    return out


def _clock_of(start: pd.Timestamp | None, after: float) -> str:
    """Return the time of day, or without a start the time since it."""
    if start is None:
        return text.clock(after)
    return f"{start + pd.Timedelta(seconds=after):%H:%M} UTC"


def _range(low: float, high: float) -> str:
    return f"{text.clock(low)} to {text.clock(high)}"


def profile(course: Course, splits: pd.DataFrame, units: Units) -> Drawing | None:
    """Return the profile with the ground; None where the course has no elevation."""
    known = np.isfinite(course.elevation)
    if known.sum() < 2:
        return None
    at = np.linspace(0.0, course.length, POINTS)
    height = np.interp(at, course.distance[known], course.elevation[known])
    low, high = float(height.min()), float(height.max())
    room = max(high - low, 20.0)
    x, y = _across(at, course.length), _up((height - low) / room * 0.9 + 0.05)
    foot = HEIGHT - BOTTOM
    line = _points(x, y)
    steps = _ticks(low, low + room)
    return Drawing(
        "Profile",
        f"Height over distance, from {units.elevation(low)} to {units.elevation(high)}; "
        "the strip below is the ground.",
        f"{LEFT},{foot} {line} {WIDTH},{foot}",
        line,
        tuple(_ground(course, at)),
        _marks(splits, course.length),
        _distances(course.length, units),
        tuple(
            Tick(float(_up((v - low) / room * 0.9 + 0.05)), units.elevation(v))
            for v in steps
        ),
    )


def band(prediction: Prediction, units: Units) -> Drawing:
    """Return the moving time over distance with the range that holds nine tenths of the cases."""
    splits, length = prediction.splits, prediction.course.length

    def along(name: str) -> Floats:
        return np.append(0.0, as_floats(splits[name]))

    x = _across(along("end_distance"), length)
    most = float(splits["arrival_high90"].max())
    middle, low, high = (
        _up(along(name) / most)
        for name in ("arrival", "arrival_low90", "arrival_high90")
    )
    back = _points(x[::-1], high[::-1])
    return Drawing(
        "Time along the way",
        f"Moving time from the start: {text.clock(prediction.moving_time.value)} at the end, in "
        f"nine of ten cases {_range(splits['arrival_low90'].iloc[-1], most)}. The band holds nine "
        "tenths of the cases.",
        f"{_points(x, low)} {back}",
        _points(x, middle),
        (),
        _marks(splits, length),
        _distances(length, units),
        tuple(
            Tick(float(_up(seconds / most)), text.clock(seconds))
            for seconds in _ticks(0.0, most, steps=(60.0, 300.0, 900.0, 3600.0))
        ),
    )


def _across(distance: Floats, length: float) -> Floats:
    return LEFT + (WIDTH - LEFT) * distance / max(length, 1.0)


def _up(share: Floats | float) -> Floats:
    return as_floats((HEIGHT - BOTTOM) * (1.0 - as_floats(share)))


def _points(x: Floats, y: Floats) -> str:
    return " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, y, strict=True))


def _marks(splits: pd.DataFrame, length: float) -> tuple[float, ...]:
    ends = as_floats(splits["end_distance"])[:-1]
    if len(ends) > MOST_MARKS:
        return ()
    return tuple(float(x) for x in _across(ends, length))


def _ground(course: Course, at: Floats) -> list[tuple[float, float, str]]:
    """Return the stretches of one ground after another."""
    trail = np.interp(at, course.distance, course.p_trail)
    words = np.select(
        [trail >= SURE, trail <= 1.0 - SURE], ["trail", "road"], "unknown"
    )
    begins = np.flatnonzero(np.append(True, words[1:] != words[:-1]))
    x = _across(np.append(at[begins], course.length), course.length)
    return [
        (float(x[k]), float(x[k + 1] - x[k]), str(words[begin]))
        for k, begin in enumerate(begins.tolist())
    ]


def _distances(length: float, units: Units) -> tuple[Tick, ...]:
    step = units.long_metres
    found = _ticks(0.0, length / step) * step
    return tuple(
        Tick(float(_across(as_floats(at), length)), units.distance(at))
        for at in found[1:]
    )


def _ticks(low: float, high: float, steps: tuple[float, ...] = (1.0,)) -> Floats:
    """Return three to eight round values between two: multiples of a step, of twice, five and ten
    times of it.
    """
    scale = max((s for s in steps if s <= (high - low) / 3.0), default=steps[0])
    while (high - low) / scale > 8.0:
        scale *= (
            2.0 if round(scale / 10.0 ** np.floor(np.log10(scale))) != 2 else 2.5
        )
    return as_floats(
        np.arange(np.ceil(low / scale), np.floor(high / scale) + 1) * scale
    )


def _template() -> jinja2.Template:
    """Return the page's template."""
    try:
        import jinja2
    except ImportError as error:
        raise MissingExtraError("jinja2", "report") from error
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True
    )
    return environment.from_string(packaged("course.html.j2"))
