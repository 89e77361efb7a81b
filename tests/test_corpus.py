"""The whole way over real recordings: each file gives an analysis, or a typed error with a
reason.
"""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from trailstats import schema
from trailstats.history import combine
from trailstats.history._workers import Options, measure_source
from trailstats.io.containers import Failure, SourceRef
from trailstats.model.athlete import Athlete
from trailstats.model.results import Analysis

pytestmark = pytest.mark.corpus

OPTIONS = Options(Athlete(heart_rate_max=190))


def slice_of(corpus: Path) -> list[str]:
    """Return a fixed choice of at least 60 files: all odd ones, all TCX, and some of each athlete
    and format.
    """
    index = pd.read_csv(corpus / "index.csv").sort_values("file")
    odd = index[
        index["role"].fillna("").str.contains("odd:") | (index["format"] == "tcx")
    ]
    small = index[index["size"] < 400_000]
    some = small.groupby(["athlete", "format"]).head(3)
    return sorted(set(odd["file"]) | set(some["file"]))


@pytest.fixture(scope="module")
def found(corpus: Path) -> dict[str, list[Analysis | Failure]]:
    """Return what each file of the slice gave."""
    return {
        name: [
            item if isinstance(item, Failure) else item[0]
            for item in measure_source(
                (corpus / name).read_bytes(),
                SourceRef(str(corpus / name)),
                OPTIONS,
            )
        ]
        for name in slice_of(corpus)
    }


def test_the_slice_is_wide_enough(corpus: Path) -> None:
    """At least 60 files, all three formats, and every kind of odd file that the index knows."""
    names = slice_of(corpus)
    index = pd.read_csv(corpus / "index.csv").set_index("file")
    assert len(names) >= 60
    assert set(index.loc[names, "format"]) == {"fit", "gpx", "tcx"}
    odd = index["role"].str.extract(r"odd:(\w+)")[0].dropna()
    assert set(odd) <= set(odd[odd.index.isin(names)])


def test_nothing_fails_for_a_reason_of_ours(
    found: dict[str, list[Analysis | Failure]],
) -> None:
    """Each file gives at least one result, and no failure is an exception that was not foreseen."""
    for name, items in found.items():
        assert items, name
        for item in items:
            if isinstance(item, Failure):
                assert item.code != "internal", (name, item.message)
                assert item.message


def test_files_with_positions_are_analysed(
    corpus: Path, found: dict[str, list[Analysis | Failure]]
) -> None:
    """At least 98 % of the files that hold positions give an analysis with a length and a time."""
    index = pd.read_csv(corpus / "index.csv").set_index("file")
    placed = [name for name in found if index.loc[name, "has_gps"] == 1]
    good = [
        name
        for name in placed
        if any(
            isinstance(i, Analysis)
            and i.totals.distance > 0
            and i.totals.moving_time > 0
            for i in found[name]
        )
    ]
    assert len(good) >= 0.98 * len(placed)


def test_lengths_are_those_of_the_index(
    corpus: Path, found: dict[str, list[Analysis | Failure]]
) -> None:
    """Single runs agree in length with the index, which was made by another program, to 3 % in the
    median.
    """
    index = pd.read_csv(corpus / "index.csv").set_index("file")
    ratios = []
    for name, items in found.items():
        row = index.loc[name]
        plain = (
            row["label"] in ("road", "trail", "track")
            and row["has_gps"] == 1
            and row["gaps_over_30s"] == 0
        )
        if plain and len(items) == 1 and isinstance(items[0], Analysis):
            ratios.append(abs(items[0].totals.distance / row["distance_m"] - 1))
    assert len(ratios) >= 15
    assert pd.Series(ratios).median() < 0.03


def test_results_keep_their_contract(
    found: dict[str, list[Analysis | Failure]],
) -> None:
    """Tables hold their schema, shares add up, documents are JSON, and segments cover the run."""
    for items in found.values():
        for item in items:
            if not isinstance(item, Analysis):
                continue
            schema.SEGMENTS.validate(item.segments)
            schema.CLIMBS.validate(item.climbs)
            json.dumps(item.to_dict(), allow_nan=False)
            totals = item.totals
            assert item.segments["distance"].sum() == pytest.approx(
                totals.distance
            )
            if totals.distance > 0:
                assert (
                    totals.trail_share + totals.road_share + totals.unknown_share
                    == pytest.approx(1)
                )
            assert totals.moving_time <= totals.elapsed_time + 1
            assert set(item.segments["surface"]) <= {
                s.value for s in schema.Surface
            }


def test_a_history_of_all_of_them(
    found: dict[str, list[Analysis | Failure]],
) -> None:
    """Together they are one table with a row for each result, and weeks that sum to it."""
    every = [item for items in found.values() for item in items]
    analyses = [i for i in every if isinstance(i, Analysis)]
    failures = [i for i in every if isinstance(i, Failure)]
    history = combine(analyses, failures, Athlete())
    assert len(history.activities) == len(every)
    # Of the sports that are summed: running, and hiking on trail.
    assert history.weekly()["distance"].sum() == pytest.approx(
        history.archive["distance"].sum()
    )
