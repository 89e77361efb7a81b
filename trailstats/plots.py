"""Charts for notebooks, scripts and pictures: the same specifications as in the report.

Each function returns an Altair chart (extra ``plots``); ``chart.save("name.svg")`` or ``.png``
writes a picture, ``.html`` a page.

Examples
--------
>>> import trailstats as ts
>>> run = ts.analyze("data/samples/odd/two-tracks.gpx")
>>> chart = ts.plots.profile(run)
>>> chart.to_dict()["layer"][0]["mark"]["type"]
'area'
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias

from trailstats import analysis as _analysis
from trailstats.claims import evaluate_claims
from trailstats.claims.result import ClaimResult
from trailstats.errors import MissingExtraError
from trailstats.history import History
from trailstats.model.activity import Activity
from trailstats.model.inputs import AthleteLike, as_athlete
from trailstats.model.results import Analysis
from trailstats.report import charts, history_rows
from trailstats.report.chart_base import Spec, themed
from trailstats.report.pictures import write_pictures
from trailstats.report.privacy import zones_left_out
from trailstats.report.run_rows import (
    all_route_rows,
    claim_rows,
    profile_rows,
    route_rows,
)
from trailstats.report.tracks import TrackView, track_views
from trailstats.report.units import Units

if TYPE_CHECKING:
    import altair as alt

    Chart: TypeAlias = alt.Chart | alt.LayerChart

__all__ = [
    "calendar",
    "claims",
    "impact",
    "intensity",
    "load",
    "profile",
    "routes",
    "track",
    "trend",
    "variety",
    "weekly",
    "write_pictures",
]


def profile(
    run: Activity | Analysis,
    *,
    athlete: AthleteLike | None = None,
    imperial: bool = False,
) -> Chart:
    """Return the elevation profile of a run, coloured by surface.

    Parameters
    ----------
    run : Activity or Analysis
        An activity is analysed first.
    athlete : Athlete, path or mapping, optional
        Points in this athlete's privacy zones are left out.
    imperial : bool
        Miles and feet.

    Returns
    -------
    altair.LayerChart
        Elevation over distance, technical stretches dotted along the bottom. Without elevation a
        band of the surfaces, without distance over time.

    Raises
    ------
    MissingExtraError
        Without altair.

    Examples
    --------
    >>> import trailstats as ts
    >>> run = ts.read("data/samples/archive/2024-06-21-1913.fit")
    >>> ts.plots.profile(run).to_dict()["layer"][0]["encoding"]["x"]["title"]
    'distance (km)'
    """
    found, view = _analysis_and_track(run, athlete)
    units = Units.of(imperial)
    x_title = "time (min)" if view.by_time else f"distance ({units.long})"
    y_title = "no elevation"
    if view.has("elevation"):
        y_title = f"elevation ({units.short})"
    return _drawn(
        charts.profile(profile_rows(found, view, units), x_title, y_title),
        found.meta.attribution,
    )


def track(
    run: Activity | Analysis, *, athlete: AthleteLike | None = None
) -> Chart:
    """Return the route of a run in metres around its centre, north up, coloured by surface.

    Parameters
    ----------
    run : Activity or Analysis
        Without positions the chart is empty. An activity is analysed first.
    athlete : Athlete, path or mapping, optional
        Points in this athlete's privacy zones are left out, and the line broken there.

    Returns
    -------
    altair.Chart
        The chart's data hold no latitude or longitude.

    Raises
    ------
    MissingExtraError
        Without altair.

    Examples
    --------
    >>> import trailstats as ts
    >>> run = ts.analyze("data/samples/archive/2024-06-21-1913.fit")
    >>> ts.plots.track(run).to_dict()["mark"]["type"]
    'line'
    """
    found, view = _analysis_and_track(run, athlete)
    return _drawn(
        charts.track(route_rows(found.segments, view)), found.meta.attribution
    )


def routes(history: History) -> Chart:
    """Return the routes of a history's busiest region in one picture, north up, coloured by
    surface.

    Parameters
    ----------
    history : History
        The privacy zones of its athlete are left out.

    Returns
    -------
    altair.Chart
        The chart's data hold no latitude or longitude.

    Raises
    ------
    MissingExtraError
        Without altair.

    Examples
    --------
    >>> import trailstats as ts
    >>> history = ts.analyze_folder("data/samples/archive/2024-06-21-1913.fit")
    >>> ts.plots.routes(history).to_dict()["mark"]["type"]
    'line'
    """
    return _drawn(charts.routes(all_route_rows(history)), history.attribution)


def weekly(history: History, *, imperial: bool = False) -> Chart:
    """Return the distance of each week, stacked by surface.

    Parameters
    ----------
    history : History
    imperial : bool
        Miles.

    Returns
    -------
    altair.Chart

    Raises
    ------
    MissingExtraError
        Without altair.

    Examples
    --------
    >>> import trailstats as ts
    >>> history = ts.analyze_folder("data/samples/archive/2024-06-21-1913.fit")
    >>> ts.plots.weekly(history, imperial=True).to_dict()["encoding"]["y"]["title"]
    'mi'
    """
    units = Units.of(imperial)
    rows = history_rows.weekly_rows(history.weekly(), units)
    return _drawn(charts.weekly(rows, units.long), history.attribution)


def load(history: History) -> Chart:
    """Return the session load of each week, with fitness, fatigue and form.

    Parameters
    ----------
    history : History

    Returns
    -------
    altair.LayerChart
        Fitness and fatigue are exponentially weighted means of the daily load over 42 and 7 days
        [Banister1991]_, form the one less the other.

    Raises
    ------
    MissingExtraError
        Without altair.

    Examples
    --------
    >>> import trailstats as ts
    >>> history = ts.analyze_folder("data/samples/archive/2024-06-21-1913.fit")
    >>> len(ts.plots.load(history).to_dict()["layer"])
    3
    """
    return _drawn(
        charts.load(history_rows.load_rows(history)), history.attribution
    )


def impact(history: History) -> Chart:
    """Return the impact load of each week, stacked by surface.

    Parameters
    ----------
    history : History

    Returns
    -------
    altair.Chart
        In equivalent kilometres on a level road; modelled from speed, grade and steps.

    Raises
    ------
    MissingExtraError
        Without altair.

    Examples
    --------
    >>> import trailstats as ts
    >>> history = ts.analyze_folder("data/samples/archive/2024-06-21-1913.fit")
    >>> ts.plots.impact(history).to_dict()["encoding"]["y"]["title"]
    'level-road km'
    """
    return _drawn(
        charts.impact(history_rows.weekly_impact_rows(history)),
        history.attribution,
    )


def intensity(history: History) -> Chart:
    """Return the share of time in three heart-rate zones, trail runs against road runs.

    Parameters
    ----------
    history : History

    Returns
    -------
    altair.Chart
        Runs whose ground is not known as a whole, and those without a heart rate, are left out.

    Raises
    ------
    MissingExtraError
        Without altair.

    Examples
    --------
    >>> import trailstats as ts
    >>> history = ts.analyze_folder("data/samples/archive/2024-06-21-1913.fit")
    >>> ts.plots.intensity(history).to_dict()["mark"]["type"]
    'bar'
    """
    return _drawn(
        charts.intensity(history_rows.intensity_rows(history)),
        history.attribution,
    )


def variety(history: History) -> Chart:
    """Return how each month's time is spread over kinds of ground.

    Parameters
    ----------
    history : History

    Returns
    -------
    altair.Chart
        The kinds are those of the training rule on variety.

    Raises
    ------
    MissingExtraError
        Without altair.

    Examples
    --------
    >>> import trailstats as ts
    >>> history = ts.analyze_folder("data/samples/archive/2024-06-21-1913.fit")
    >>> ts.plots.variety(history).to_dict()["mark"]["type"]
    'rect'
    """
    return _drawn(
        charts.variety(history_rows.variety_rows(history)), history.attribution
    )


def trend(history: History, *, imperial: bool = False) -> Chart:
    """Return the pace on level road at one heart rate over the weeks, with a straight trend and its
    95 % band.

    Parameters
    ----------
    history : History
    imperial : bool
        Per mile.

    Returns
    -------
    altair.LayerChart
        The band allows for good and bad weeks that come in spells, as the claim on road improvement
        does. Empty without enough road runs that have a heart rate.

    Raises
    ------
    MissingExtraError
        Without altair.

    Examples
    --------
    >>> import trailstats as ts
    >>> history = ts.analyze_folder("data/samples/archive/2024-06-21-1913.fit")
    >>> len(ts.plots.trend(history).to_dict()["layer"])
    1
    """
    units = Units.of(imperial)
    found = history_rows.trend_rows(history, units)
    return _drawn(
        charts.trend(found.points, found.lines, f"/{units.long}"),
        history.attribution,
    )


def calendar(history: History, *, imperial: bool = False) -> Chart:
    """Return a mark for each activity, by week and day of the week, larger for longer ones.

    Parameters
    ----------
    history : History
    imperial : bool
        Miles, in the tooltips.

    Returns
    -------
    altair.Chart

    Raises
    ------
    MissingExtraError
        Without altair.

    Examples
    --------
    >>> import trailstats as ts
    >>> history = ts.analyze_folder("data/samples/archive/2024-06-21-1913.fit")
    >>> ts.plots.calendar(history).to_dict()["mark"]["type"]
    'point'
    """
    units = Units.of(imperial)
    rows = history_rows.calendar_rows(history, units)
    return _drawn(charts.calendar(rows, units.long), history.attribution)


def claims(
    results: History | Sequence[ClaimResult], *, imperial: bool = False
) -> Chart:
    """Return each claim's difference between trail and road with its interval.

    Parameters
    ----------
    results : History or sequence of ClaimResult
        For a history the claims are evaluated. Those without a difference are left out, but for the
        parts that have one.
    imperial : bool

    Returns
    -------
    altair.LayerChart
        Each claim on its own scale around a common zero, the side that speaks for it shaded; the
        values stand in the tooltip.

    Raises
    ------
    MissingExtraError
        Without altair.

    Examples
    --------
    >>> import trailstats as ts
    >>> answers = ts.evaluate_claims(ts.analyze_folder("data/samples/archive/2024-06-21-1913.fit"))
    >>> len(ts.plots.claims(answers).to_dict()["layer"])
    4
    """
    answers = (
        evaluate_claims(results) if isinstance(results, History) else results
    )
    said = results.attribution if isinstance(results, History) else ""
    return _drawn(charts.claims(claim_rows(answers, Units.of(imperial))), said)


def _drawn(spec: Spec, attribution: str = "") -> Chart:
    """Return a specification as a chart of Altair, with its rows as they are: Altair would look
    into each of thousands.
    """
    try:
        import altair
    except ImportError as error:
        raise MissingExtraError("altair", "plots") from error
    whole = themed(spec, attribution)
    layers = whole.get("layer", [])
    bare = {key: whole[key] for key in whole.keys() - {"data"}}
    if layers:
        bare["layer"] = [
            {key: layer[key] for key in layer.keys() - {"data"}}
            for layer in layers
        ]
    kind = altair.LayerChart if layers else altair.Chart
    chart: Chart = kind.from_dict(bare, validate=False)
    drawn = [chart, *(chart.layer if layers else ())]
    for part, given in zip(drawn, (whole, *layers), strict=True):
        if "data" in given:
            part.data = altair.InlineData(given["data"]["values"])
    return chart


def _analysis_and_track(
    run: Activity | Analysis, athlete: AthleteLike | None
) -> tuple[Analysis, TrackView]:
    known = as_athlete(athlete)
    found = (
        _analysis.analyze(run, athlete=known)
        if isinstance(run, Activity)
        else run
    )
    return found, track_views([found.profile], zones_left_out(known))[0]
