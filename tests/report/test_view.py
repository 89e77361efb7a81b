"""What the page says, against values worked out by hand."""

import json
import math
import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from trailstats.analysis import analyze
from trailstats.claims.result import ClaimResult, Mark, Need
from trailstats.claims.road_form import road_form
from trailstats.claims.stats import ar1_regression
from trailstats.io.containers import Failure
from trailstats.model.activity import DeviceTotals
from trailstats.model.athlete import Athlete
from trailstats.model.results import HeartRateTimes, Metric
from trailstats.report import history_rows, text
from trailstats.report.claim_view import claim_view
from trailstats.report.run_tables import glossary
from trailstats.report.sections import Shown, activity_view
from trailstats.report.tracks import placed_track
from trailstats.report.units import IMPERIAL, METRIC, display_unit
from trailstats.report.view import build_page
from trailstats.schema import Reach, RunSurface, Verdict

NAN = math.nan


def view_of(analysis, units=METRIC, zones=()):
    """Return an activity as its section shows it."""
    track = placed_track(analysis.profile, zones).view
    return activity_view(analysis, track, Shown(units))


def cells(table, head):
    """Return a column of a table view."""
    return [row[table.heads.index(head)] for row in table.rows]


def test_a_road_run_of_ten_kilometres_in_fifty_minutes(build):
    """It should show 5:00 /km for 10 km in 50 minutes, flat, and its parts."""
    section = view_of(build.analysis(1, trail=False))
    facts = dict(section.facts)
    assert facts["distance"] == "10.0 km"
    assert facts["moving time"] == "50:00"
    assert dict(section.about)["elapsed time"] == "51:00"
    assert facts["pace"] == "5:00 /km"
    assert facts["heart rate while moving"] == "141 bpm"
    assert facts["on road"] == "75 %"
    assert section.splits.rows[0][:4] == ("flat", "10.0 km", "50:00", "5:00 /km")
    assert section.heading.date == "2025-03-05 18:00"  # 17:00 UTC, an hour east
    assert section.heading.surface is RunSurface.ROAD


def test_a_trail_run_is_cut_into_up_and_down(build):
    """It should sum 2 of 4 segments uphill: 5 km in 31:15, which is 6:15 /km; 175 m over 15:37.5
    are 672 m an hour.
    """
    section = view_of(build.analysis(0, trail=True))
    assert section.splits.rows[0][:4] == (
        "uphill",
        "5.00 km",
        "31:15",
        "6:15 /km",
    )
    assert cells(section.splits, "part") == [
        "uphill",
        "downhill",
        "on road",
        "on trail",
        "unknown ground",
        "technical",
    ]
    assert cells(section.climbs, "m/h") == ["672"]
    assert cells(section.segments, "ground") == [
        "trail",
        "trail, technical",
        "unknown",
        "road",
    ]
    assert section.pieces == ((1, False), (1, True), (2, False), (0, False))


def test_means_weigh_by_time(build):
    """It should find 150 beats where 100 s at 120 and 300 s at 160 come together."""
    run = build.analysis(1, trail=False)
    segments = run.segments.iloc[:2].assign(
        duration=[100.0, 300.0], heart_rate=[120.0, 160.0]
    )
    section = view_of(replace(run, segments=segments))
    assert cells(section.splits, "heart rate")[0] == "150"


def test_the_devices_ascent_and_the_range_stand_beside_the_ascent(build):
    """Where they are known, and nowhere else."""
    run = build.analysis(0, trail=True)
    section = view_of(run)
    assert dict(section.facts)["up"] == "180 m"
    assert "climbing is between" not in dict(section.about)
    known = replace(
        run,
        totals=replace(run.totals, ascent_low=172.0, ascent_high=195.0),
        meta=replace(run.meta, device_totals=DeviceTotals(ascent=187.0)),
    )
    section = view_of(known)
    assert dict(section.about)["climbing is between"] == "172 to 195 m"
    assert dict(section.facts)["up"] == "180 m (watch: 187 m)"


def test_imperial_units_throughout(build):
    """It should give 10 km as 6.21 mi, 5:00 /km as 8:03 /mi and 180 m as 591 ft."""
    road, trail = (
        view_of(build.analysis(k, trail=k == 0), IMPERIAL) for k in (1, 0)
    )
    assert dict(road.facts)["distance"] == "6.21 mi"
    assert dict(road.facts)["pace"] == "8:03 /mi"
    assert dict(trail.facts)["up"] == "591 ft"
    assert not any(
        "km" in head or "(m)" in head
        for table in (trail.segments, trail.climbs)
        for head in table.heads
    )


def test_metrics_come_in_groups_with_their_methods(build):
    """It should show each way once a group, and what has no value with its reason."""
    analysis = build.analysis(0, trail=True, without=("heart_rate",))
    section = view_of(analysis)
    groups = {group.title: group for group in section.groups}
    assert "How hard it was" not in groups  # a session load without a value
    (pace,) = groups["Pace and effort"].table.rows
    # 6:15 /km is 2.667 m/s; the bounds stand at that and at 1.2 times that, 5:12 /km.
    assert pace[0] == "grade-adjusted pace"
    assert pace[2:] == ("5:12 to 6:15 /km", "99 %", "1")
    (method,) = groups["Pace and effort"].methods
    assert method.startswith("race curve over grade")
    assert method.endswith("(published evidence: moderate)")
    rows = {row[0]: row for row in groups["Ground"].table.rows}
    assert rows["probability that most of it was trail"][1:3] == (
        "93 %",
        "85 to 97 %",
    )
    assert len(groups["Ground"].methods) == 1
    assert section.zones == ()


def test_a_reason_stands_once_for_all_that_it_concerns(build):
    """Two metrics that lack a heart rate are named together."""
    run = build.analysis(0, trail=False)
    missing = Metric.missing("1", "no heart rate")
    names = ("edwards_load", "lucia_load")
    metrics = run.metrics | dict.fromkeys(names, missing)
    section = view_of(replace(run, metrics=metrics))
    load = next(g for g in section.groups if g.title == "How hard it was")
    assert load.missing == (
        "load by heart-rate zones, load by three heart-rate zones: no heart rate",
    )


def test_what_the_load_lacks_stands_on_top(build):
    """Where a heart rate was recorded and there are no zones, as no maximum is known."""
    times = np.zeros(256)
    times[140] = 600.0
    beats = HeartRateTimes(times, times, times)
    run = build.analysis(0, trail=False)
    zones = {name: run.metrics[name] for name in run.metrics if "zone" in name}
    metrics = {k: m for k, m in run.metrics.items() if k not in zones}
    lacking = replace(run, heart_rate_times=beats, metrics=metrics)
    assert "heart_rate_max" in view_of(lacking).notice
    judged = replace(lacking, metrics=metrics | zones)
    assert view_of(judged).notice == ""
    silent = replace(lacking, heart_rate_times=HeartRateTimes())
    assert view_of(silent).notice == ""


def test_kilometres_and_best_efforts(root):
    """It should name the parts of a real run by the units, and leave out what was not recorded."""
    run = analyze(root / "data" / "samples" / "archive" / "2024-08-11-0828.fit")
    section = view_of(run)
    assert len(section.kilometres.rows) == len(section.laps.rows) == 13
    assert len(section.miles.rows) == 8
    assert "power (W)" not in section.kilometres.heads
    assert cells(section.kilometres, "ground")[3] == "trail"
    assert cells(section.efforts, "best")[-1] == "10 km"


@pytest.mark.parametrize("channel", ["elevation", "heart_rate", "latitude"])
def test_missing_channels(build, channel):
    """It should leave out what was not recorded and keep the rest."""
    gone = ("latitude", "longitude") if channel == "latitude" else (channel,)
    section = view_of(build.analysis(2, trail=False, without=gone))
    track = section.track
    assert not track.has("x" if channel == "latitude" else channel)
    assert track.has("speed")
    assert dict(section.facts)["distance"] == "10.0 km"


def test_an_analysis_without_anything(build):
    """It should show dashes for a recording without a single segment or point."""
    analysis = build.analysis(1, trail=False)
    empty = replace(
        analysis,
        totals=type(analysis.totals)(),
        metrics={},
        segments=analysis.segments.iloc[:0],
        climbs=analysis.climbs.iloc[:0],
        profile=analysis.profile.iloc[:0],
    )
    section = view_of(empty)
    assert dict(section.facts)["pace"] == "\u2013"
    assert section.splits.rows == section.segments.rows == section.groups == ()
    assert section.heading.surface is RunSurface.UNKNOWN


def test_the_front_of_an_archive(history, claims, rules):
    """It should sum 24 runs of 10 km, 16 on road in 50:00 and 8 on trail in 1:02:30: 21 h 40
    min.
    """
    page = build_page(history, claims=claims, rules=rules)
    facts = dict(page.facts)
    assert facts["runs"] == "24"
    assert facts["distance"] == "240 km"
    assert facts["time"] == "21:40 h"
    assert facts["ascent"] == "1,696 m"  # 8 x 180 and 16 x 16
    assert facts["on trail"] == "20 %"  # 8 x 6 km of 240 km
    assert facts["could not be read"] == "1"
    assert page.subtitle == "3 March 2025 to 18 April 2025"
    assert page.failures == (("broken.fit", "the header is cut off (byte 12)"),)
    assert [(g.code, g.severity, g.activities) for g in page.issues] == [
        ("position spike", "warning", 5)
    ]
    assert page.verdicts[0].verdict.word == "yes, in these runs"
    assert page.verdicts[0].claims == (("easy_days", "Slower easy days", ""),)
    assert len(page.activities) == 24
    outcomes = [
        check.outcome.word for rule in page.rules for check in rule.checks
    ]
    assert outcomes == ["kept", "not kept", "not applicable", "not enough data"]


def test_an_empty_history(build):
    """It should make a page of an archive in which nothing could be read."""
    failed = Failure("a.fit", "corrupt", "nothing in it")
    page = build_page(build.history([], failures=(failed,)))
    assert page.sections == page.activities == ()
    assert page.history is not None
    assert page.history.weekly == page.history.load == page.history.calendar == []
    assert page.failures == (("a.fit", "nothing in it"),)


def test_duplicates_are_shown_but_not_counted(build):
    """It should leave the second recording of a run out of the sums."""
    runs = [build.analysis(k, trail=False) for k in range(3)]
    history = build.history(runs)
    table = history.activities.copy()
    table.loc[2, "duplicate_of"] = runs[1].meta.source
    page = build_page(replace(history, activities=table))
    assert dict(page.facts)["distance"] == "20.0 km"
    assert dict(page.facts)["left out as duplicates"] == "1"
    assert len(page.sections) == 3
    assert page.sections[2].duplicate_of == runs[1].meta.source


def test_folders_that_all_files_share_are_not_shown(build):
    """It should name files from where their folders part, so that a page tells nothing about a
    disk.
    """
    runs = [build.analysis(k, trail=False) for k in range(2)]
    names = ["/home/ann/runs/2024/a.fit", "/home/ann/runs/2025/b.fit"]
    runs = [
        replace(a, meta=replace(a.meta, source=n))
        for a, n in zip(runs, names, strict=True)
    ]
    page = build_page(
        build.history(
            runs, failures=(Failure("/home/ann/runs/c.fit", "corrupt", "empty"),)
        )
    )
    assert [s.file for s in page.sections] == ["2024/a.fit", "2025/b.fit"]
    assert page.failures[0][0] == "c.fit"
    assert build_page(runs[0]).sections[0].file == "a.fit"


def test_private_places_are_left_out_of_archive_and_single_run(build):
    """It should draw nothing within the radius of home, whether the profile comes with the history
    or alone.
    """
    home = (47.0, 11.0, 600.0)
    athlete = Athlete(privacy_secret="of this test", privacy_zones=(home,))
    runs = [build.analysis(k, trail=False) for k in range(2)]
    whole = build_page(runs[0]).sections[0].plane.x
    for page in (
        build_page(build.history(runs, athlete)),
        build_page(runs[0], athlete=athlete),
    ):
        section = page.sections[0]
        # The run begins and ends at home: those points are gone, the others are not.
        assert 0 < len(section.plane.x) < len(whole)
        own = json.loads(section.part.drawn.json)["track"]
        assert len(own["along"]) == len(section.plane.x)
        assert own["along"][0] == 0  # from the edge
        assert any("Private places" in line for line in page.basis.assumed)


def test_claims_in_words_and_on_an_axis(claims):
    """It should put zero in the middle, the wider bound within the axis, and fill the dot when zero
    lies outside.
    """
    easy, effort, impact, joy, _ = (
        claim_view(c, {"run000.fit": 0, "run001.fit": 1}) for c in claims
    )
    assert (
        easy.answer
        == "Mean speed on easy-intended runs: 6:15 /km on trail, 5:00 /km on road."
    )
    # From 5:00 to 6:15 a kilometre; the bounds are -0.81 and -0.52 m/s from 3.333.
    assert easy.difference == "75 s/km slower"
    assert easy.bounds == "96 slower to 55 slower"
    assert easy.sample == "18 trail, 27 road"
    assert easy.runs == (0, 1)
    picture = easy.picture
    assert picture is not None
    # -0.81, -0.667 and -0.52 on an axis from -0.891 to 0.891.
    assert picture.left == pytest.approx(50 - 50 * 0.81 / 0.891, abs=0.01)
    assert picture.dot == pytest.approx(50 - 50 * 0.667 / 0.891, abs=0.01)
    assert picture.left + picture.width == pytest.approx(
        50 - 50 * 0.52 / 0.891, abs=0.02
    )
    assert picture.clear
    assert effort.picture is not None
    assert not effort.picture.clear
    assert impact.picture is None
    assert [p.picture is not None for p in impact.parts] == [True] * 3
    assert joy.answer.startswith("2 rated trail runs")


def test_a_claim_with_one_bound_reaches_to_the_edge():
    """It should draw an interval without an upper bound up to the end of the axis."""
    claim = ClaimResult(
        "volume", "s", "m", difference=1.0, low=0.5, verdict=Verdict.SUPPORTED
    )
    picture = claim_view(claim, {}).picture
    assert picture is not None
    assert picture.left + picture.width == pytest.approx(100.0)
    assert "at least" in picture.label


def test_a_difference_without_an_interval_is_an_open_dot():
    """It should not look like an answer that leaves out zero."""
    result = ClaimResult(
        "strength",
        "s",
        "m",
        "m/km",
        difference=0.9,
        verdict=Verdict.NOT_ENOUGH_DATA,
    )
    picture = claim_view(result, {}).picture
    assert picture is not None
    assert not picture.clear


def test_a_claim_without_any_number():
    """It should give the reason as the answer and no picture."""
    view = claim_view(
        ClaimResult("x_y", "s", "m", caveats=("Too few runs.",)), {}
    )
    assert (view.title, view.answer, view.picture, view.sample) == (
        "X y",
        "Too few runs.",
        None,
        "\u2013",
    )


def test_shares_are_told_from_other_plain_numbers():
    """It should print a share as percent and an index as it is."""
    assert display_unit("1", "share of the time above the ceiling") == "share"
    assert display_unit("1", "trail_share") == "share"
    assert display_unit("1", "terrain entropy") == "1"
    assert display_unit("km", "share of it") == "km"


def test_weekly_rows_add_up(history):
    """It should spread 240 km over road, trail and unknown ground: 8 x 6 km, 8 x 2.5 + 16 x 7.5 km
    and the rest.
    """
    rows = history_rows.weekly_rows(history.weekly())
    sums = pd.DataFrame(rows).groupby("surface")["distance"].sum()
    assert sums["trail"] == pytest.approx(48.0)
    assert sums["road"] == pytest.approx(140.0)
    assert sums["unknown"] == pytest.approx(52.0)
    assert rows[0]["week"] == "2025-03-03T00:00"
    miles = pd.DataFrame(
        history_rows.weekly_rows(history.weekly(), units=IMPERIAL)
    )["distance"].sum()
    assert miles == pytest.approx(240 / 1.609344, abs=0.1)


def test_fitness_and_fatigue_of_a_constant_load(build):
    """It should come to 1 - exp(-n / 42) of the weekly load for fitness after n days of the same
    load.
    """
    runs = [build.analysis(k, trail=False) for k in range(14)]
    history = build.history(runs)
    table = history.activities.copy()
    table["session_load"] = 10.0
    table["start_time"] = pd.date_range(
        "2025-03-03T08:00:00Z", periods=14, freq="D"
    ).as_unit("ns")
    first, second = history_rows.load_rows(replace(history, activities=table))
    assert first["load"] == second["load"] == 70.0
    assert second["fitness"] == pytest.approx(
        70 * (1 - math.exp(-14 / 42)), abs=0.05
    )
    assert second["fatigue"] == pytest.approx(
        70 * (1 - math.exp(-14 / 7)), abs=0.05
    )


def test_impact_is_shown_whole(history):
    """It should share out all of 24 times 10.4 km, unknown ground included: 60 % of 8 runs are
    trail.
    """
    sums = (
        pd.DataFrame(history_rows.weekly_impact_rows(history))
        .groupby("surface")["impact"]
        .sum()
    )
    assert sums.sum() == pytest.approx(24 * 10.4, abs=0.2)
    assert sums["trail"] == pytest.approx(8 * 10.4 * 0.6, abs=0.1)
    assert sums["unknown"] > 0


def test_intensity_by_ground(history):
    """It should find 70, 20 and 10 percent in the zones, on 8 trail and 16 road runs."""
    rows = history_rows.intensity_rows(history)
    assert [(r["surface"], r["zone"], r["share"], r["n"]) for r in rows] == [
        (f"{s} runs", zone, share, n)
        for s, n in (("trail", 8), ("road", 16))
        for zone, share in (("easy", 0.7), ("moderate", 0.2), ("hard", 0.1))
    ]


def test_the_trend_finds_a_known_slope(build):
    """It should rise by 2 mm/s a week where form does, to the pace that this speed is, per
    kilometre and mile.
    """
    trend = history_rows.trend_rows(build.season(0.002))
    first, last = trend.lines[0], trend.lines[-1]
    weeks = (pd.Timestamp(last["week"]) - pd.Timestamp(first["week"])).days / 7
    assert (
        1000 / last["speed"] - 1000 / first["speed"]
    ) / weeks == pytest.approx(0.002, rel=0.1)
    assert first["low"] >= first["speed"] >= first["high"]  # as paces
    assert trend.points[0]["n"] == 2
    # All within one year: the year's trend is that of all.
    assert [
        {k: v for k, v in row.items() if k != "period"}
        for row in trend.periods
        if row["period"] == "all"
    ] == trend.lines
    assert {row["period"] for row in trend.periods} >= {"all"}
    miles = history_rows.trend_rows(build.season(0.002), units=IMPERIAL)
    assert miles.points[0]["speed"] == pytest.approx(
        1.609344 * trend.points[0]["speed"], rel=1e-3
    )


def test_the_band_is_that_of_a_fit_at_each_place(build):
    """Half way between two of the places that are fitted, a fit of its own gives the same band; a
    line through a part of the weeks is fitted to these alone.
    """
    form = road_form(build.season(0.002, noise=0.05, carried=0.5))
    weeks = form.weeks
    clock = ((weeks["week"] - weeks["week"].iloc[0]).dt.days / 7).to_numpy()
    row = form.trend.iloc[5]
    at = (row["week"] - weeks["week"].iloc[0]) / pd.Timedelta(weeks=1)
    fit = ar1_regression(
        weeks["speed"],
        np.column_stack((np.ones(len(clock)), clock - at)),
        clock,
        weights=weeks["n_runs"],
    )
    assert (row["low"], row["high"]) == pytest.approx(fit.interval(0), rel=1e-6)
    first, last = weeks["week"].iloc[0], weeks["week"].iloc[9]
    part = form.trend_within(first, last)
    assert (part["week"].iloc[0], part["week"].iloc[-1]) == (first, last)
    assert form.trend_within(first, weeks["week"].iloc[5]).empty


def test_the_band_is_wider_where_weeks_resemble_their_neighbours(build):
    """It should be wider than least squares makes it, with the same errors, when a good week
    follows a good week.
    """
    trend = history_rows.trend_rows(build.season(0.0, noise=0.05, carried=0.8))
    weeks = np.arange(len(trend.points), dtype=float)
    speed = np.array([1000 / p["speed"] for p in trend.points])
    fit = stats.linregress(weeks, speed)
    middle = stats.t.ppf(0.975, len(weeks) - 2) * np.std(
        speed - fit.intercept - fit.slope * weeks, ddof=2
    )
    least = middle / math.sqrt(
        len(weeks)
    )  # half the band of independent weeks, where it is narrowest
    bands = [1000 / p["high"] - 1000 / p["low"] for p in trend.lines]
    assert min(bands) > 1.5 * 2 * least


def test_no_trend_without_enough_road_runs(history):
    """It should draw nothing where heart rate doesn't follow speed, or where there are too few
    runs.
    """
    trend = history_rows.trend_rows(history)
    assert (trend.points, trend.lines) == ([], [])


def test_variety_shares_out_the_time_of_each_month(history):
    """It should give 2 level and 2 hilly quarters of a trail run by its segments, and leave out
    unknown ground.
    """
    rows = pd.DataFrame(history_rows.variety_rows(history))
    assert rows.groupby("month")["share"].sum().to_numpy() == pytest.approx(
        1.0, abs=1e-3
    )
    hours = rows.groupby("kind")["hours"].sum()
    # Of 8 trail runs of 6250 s a quarter each: hilly trail, technical, unknown, hilly road; of 16
    # road runs of 3000 s three quarters are level road.
    quarter = 8 * 3750 / 4 / 3600
    assert hours["hilly trail"] == pytest.approx(quarter, abs=0.03)
    assert hours["technical"] == pytest.approx(quarter, abs=0.03)
    assert hours["hilly road"] == pytest.approx(quarter, abs=0.03)
    assert hours["level road"] == pytest.approx(16 * 3000 * 0.75 / 3600, abs=0.03)
    assert set(rows["kind"]) == {
        "hilly trail",
        "technical",
        "hilly road",
        "level road",
    }


@pytest.mark.parametrize(
    ("reach", "verdict", "word", "tone"),
    [
        (Reach.DIRECT, Verdict.SUPPORTED, "yes, in these runs", "good"),
        (Reach.PROXY, Verdict.SUPPORTED, "a sign for it", "proxy"),
        (
            Reach.DOSE,
            Verdict.CONTRADICTED,
            "less of what should bring it",
            "dose",
        ),
        (Reach.DOSE, Verdict.NOT_ENOUGH_DATA, "not enough data", "muted"),
        (Reach.DIRECT, None, "described", "muted"),
    ],
)
def test_words_and_colour_differ_by_reach(reach, verdict, word, tone):
    """Only what was measured directly is green or red, and says "yes"."""
    result = ClaimResult(
        "strength", "s", "m", verdict=verdict, reach=reach, measured="More."
    )
    swatch = claim_view(result, {}).verdict
    assert (swatch.word, swatch.tone) == (word, tone)


def test_an_answer_has_two_lines():
    """What was found, with its size, then what it means for the claim; the statement that was
    tested stands behind.
    """
    result = ClaimResult(
        "strength",
        "s",
        "climb per kilometre",
        "m/km",
        difference=21.0,
        low=18.0,
        high=24.0,
        verdict=Verdict.SUPPORTED,
        measured="Trail runs hold more climbing.",
        meaning="Stronger muscles: no recording can tell",
        reach=Reach.DOSE,
        margin=1.0,
        margin_source="[Lamberts2004]_, day to day",
    )
    view = claim_view(result, {})
    assert view.measured == "Trail runs climb more by 21.0 m/km"
    assert view.tested == "Trail runs hold more climbing"
    assert view.meaning == "Stronger muscles: no recording can tell"
    assert view.margin == "1.00 m/km (Lamberts2004, day to day)"


def test_an_open_answer_claims_nothing():
    """What was seen so far is said to be perhaps chance; without an interval nothing is said."""
    seen = ClaimResult(
        "easy_days",
        "s",
        "share of the time above",
        trail=-0.02,
        road=0.31,
        difference=-0.33,
        low=-0.7,
        high=0.04,
        verdict=Verdict.INCONCLUSIVE,
    )
    view = claim_view(seen, {})
    assert view.measured == (
        "So far easy days on trail stay easier by 33.0 min in 100; that may be chance"
    )
    assert view.bounds == "\u221270.0 to +4.0"
    # No time lies below none of it.
    assert (view.trail, view.road, view.answer) == ("\u2013", "31 %", "")
    few = replace(seen, verdict=Verdict.NOT_ENOUGH_DATA)
    assert claim_view(few, {}).measured == ""


def test_a_claim_may_have_words_of_its_own():
    """A question is answered by yes or no, not by a contradicted denial; signs and colours stay."""
    found = [
        claim_view(
            ClaimResult(
                "same_effort", "s", "m", "bpm", difference=6.0, verdict=verdict
            ),
            {},
        )
        for verdict in (Verdict.CONTRADICTED, Verdict.NO_DIFFERENCE)
    ]
    assert [view.verdict.word for view in found] == [
        "yes, harder",
        "no, not harder",
    ]
    assert [view.verdict.tone for view in found] == ["bad", "accent"]
    assert found[0].measured == (
        "The heart beats faster on trail at the same effort by 6.0 bpm"
    )


def test_progress_of_an_open_claim():
    """How many of how many, that which runs give before that which a map gives."""
    needs = (
        Need("map", "a map", 4.0, (Mark("runs with known ground", 6, 10),)),
        Need("runs", "1 more road run", 1.0, (Mark("road runs", 7, 8),)),
    )
    view = claim_view(ClaimResult("stress", "s", "m", needs=needs), {})
    assert [(mark.text, mark.percent) for mark in view.marks] == [
        ("7 of 8 road runs", 88),
        ("6 of 10 runs with known ground", 60),
    ]


def test_the_side_that_speaks_for_a_claim(claims):
    """It should be less for easy days and impact, and for parts what their verdict says of their
    difference.
    """
    easy, _, impact, *_ = (claim_view(c, {}) for c in claims)
    assert easy.picture.favours == -1
    # Muscle load is higher and contradicted, shin load lower and supported: both speak for the
    # claim below zero.
    assert [p.picture.favours for p in impact.parts] == [0, -1, -1]


def test_before_and_after_are_named_as_such():
    """It should not call the time before trails began a road value."""
    claim = ClaimResult(
        "road_improvement",
        "s",
        "speed at 150 beats: at all",
        "m/s",
        trail=3.0,
        road=2.9,
        difference=0.1,
    )
    assert (
        claim_view(claim, {}).answer
        == "Pace on level road at the same heart rate: 5:33 /km with trail, 5:45 /km without."
    )


def test_utc_is_said_where_the_file_tells_no_local_time(build):
    """It should count the files and mark their times; nothing is said where all tell it."""
    runs = [build.analysis(k, trail=False) for k in range(3)]
    assert not any(
        "UTC" in line for line in build_page(build.history(runs)).basis.assumed
    )
    runs[1] = replace(runs[1], meta=replace(runs[1].meta, local_offset=NAN))
    page = build_page(build.history(runs))
    assert any(
        line.startswith("1 of 3 files") and "UTC" in line
        for line in page.basis.assumed
    )
    assert page.sections[1].heading.date.endswith("17:00 UTC")


def test_the_calendar_is_local(build):
    """It should put a run that starts at 23:30 UTC an hour east into the next day and week."""
    run = build.analysis(0, trail=False)
    late = pd.Timestamp("2025-03-09T23:30:00Z")  # a Sunday
    history = build.history(
        [replace(run, meta=replace(run.meta, start_time=late))]
    )
    (row,) = history_rows.calendar_rows(history)
    assert (row["week"], row["day"], row["date"]) == (
        "2025-03-10T00:00",
        "Mon",
        "2025-03-10",
    )


def test_no_map_is_recommended_for_a_treadmill(build):
    """Where there is no ground, or none on foot, a map has nothing to tell."""
    run = build.analysis(0, trail=False)
    totals = replace(
        run.totals,
        unknown_distance=run.totals.distance,
        road_distance=0.0,
        trail_distance=0.0,
    )
    for sub_sport, given in (("", True), ("treadmill", False)):
        shown = replace(
            run, totals=totals, meta=replace(run.meta, sub_sport=sub_sport)
        )
        modelled = build_page(shown).basis.modelled
        assert ("map get" in " ".join(modelled)) is given


def test_a_treadmill_has_no_share_on_trail(build):
    """A dash, as a run without ground has no share of any."""
    run = build.analysis(0, trail=False)
    run = replace(run, meta=replace(run.meta, sub_sport="treadmill"))
    page = build_page(build.history([run]))
    assert page.activities[0].cells[3] == (text.DASH, "")


def test_a_share_is_the_least_it_can_be_where_much_is_unknown():
    """A trail run whose ground is mostly unknown is not said to hold no trail."""
    assert text.at_least(0.0, 0.9) == text.DASH
    assert text.at_least(0.3, 0.6) == "≥ 30 %"
    assert text.at_least(0.0, 0.0) == "0 %"
    assert text.at_least(0.95, 0.05) == "95 %"
    assert text.at_least(NAN, 0.9) == text.DASH


@pytest.mark.parametrize(
    "profile",
    [Athlete(), Athlete(heart_rate_max=187), Athlete(threshold_speed=3.7)],
)
def test_what_is_said_of_a_metric_names_no_key(root, profile):
    """Its meaning and its method are words for a person, whatever the numbers rest on."""
    run = analyze(
        root / "data" / "samples" / "archive" / "2024-08-11-0828.fit",
        athlete=profile,
    )
    said = [words for pair in glossary(run.metrics) for words in pair]
    said += [metric.method for metric in run.metrics.values()]
    assert len(said) > 100
    assert [words for words in said if re.search("[a-z]_[a-z]", words)] == []


def of_sport(run, sport, sub_sport=""):
    """Return the run as if its file named another sport."""
    return replace(run, meta=replace(run.meta, sport=sport, sub_sport=sub_sport))


def test_other_sports_are_listed_apart(build):
    """Of two runs, a ride, a hike on trail and one on road, three make the sums of 30 km; a ride
    has no pace and no ground.
    """
    runs = [build.analysis(k, trail=k in (2, 3)) for k in range(5)]
    runs[1] = of_sport(runs[1], "cycling")
    runs[3] = of_sport(runs[3], "hiking")
    runs[4] = of_sport(runs[4], "hiking")
    page = build_page(build.history(runs))
    facts = dict(page.facts)
    assert (facts["runs"], facts["hikes on trail"]) == ("2", "1")
    assert facts["distance"] == "30.0 km"
    assert facts["listed apart"] == "1 cycling, 1 hiking"
    assert [row.counts for row in page.activities] == [
        True,
        False,
        True,
        True,
        False,
    ]
    ride = dict(zip(page.columns, page.activities[1].cells, strict=True))
    assert ride["pace (/km)"] == ride["ground"] == (text.DASH, "")
    assert sum(row["distance"] for row in page.history.weekly) == pytest.approx(
        30.0
    )


@pytest.mark.parametrize("imperial", [False, True])
def test_a_ride_has_speeds_where_a_run_has_paces(build, imperial):
    """No table, fact or metric of a ride's section tells a pace or a runner's measure; 3 m/s are
    10.8 km/h or 6.7 mph.
    """
    run = build.analysis(1, trail=False)
    shown = Shown(IMPERIAL if imperial else METRIC)
    track = placed_track(run.profile).view
    ride = activity_view(of_sport(run, "cycling"), track, shown)
    same = activity_view(run, track, shown)
    tables = ("splits", "kilometres", "segments", "climbs", "efforts")
    heads, paced = (
        [
            head
            for name in tables
            for head in getattr(view, name).heads
            if getattr(view, name).rows
        ]
        for view in (ride, same)
    )
    unit = "mph" if imperial else "km/h"
    assert any(head.startswith("pace") for head in paced)
    assert not any(head.startswith("pace") for head in heads)
    assert heads.count(f"speed ({unit})") == sum(
        h.startswith("pace") for h in paced
    )
    metrics = {row[0] for group in ride.groups for row in group.table.rows}
    assert not metrics & {
        "level distance per heart beat",
        "km-effort",
        "grade-adjusted pace",
    }
    assert (ride.by_hour, same.by_hour) == (True, False)
