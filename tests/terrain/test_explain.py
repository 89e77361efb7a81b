"""An explanation names what decided, and its numbers are those that decided."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from jsonschema import Draft202012Validator

from terrain.town import PATH, ROAD, run_over, write_map
from terrain.ways import mountain_run, renamed, street_run, without
from trailstats.cleaning import clean
from trailstats.model.json_schemas import document_schema
from trailstats.schema import FORMAT_VERSION
from trailstats.terrain import (
    RoadMap,
    SurfaceLabels,
    TerrainRules,
    classify_terrain,
    estimate_surface,
)
from trailstats.terrain._model import surface_model
from trailstats.terrain.explain import (
    Explanation,
    describe_feature,
    explain_terrain,
)
from trailstats.terrain.features import (
    RUN_FEATURES,
    WINDOW_FEATURES,
)
from trailstats.terrain.segments import cut_segments


def valid(found: Explanation) -> dict[str, object]:
    """Return the document, checked against its schema."""
    document = {
        "format_version": FORMAT_VERSION,
        "file": "run.gpx",
        **found.to_dict(),
    }
    text = json.loads(json.dumps(document, allow_nan=False))
    Draft202012Validator(document_schema("terrain")).validate(text)
    return text


def test_cues_add_up_to_the_evidence() -> None:
    """A segment's cues sum to the mean evidence of its windows, and those of the run to its
    log-odds.
    """
    run = clean(mountain_run(4000))
    found = explain_terrain(run)
    estimate = estimate_surface(run)
    evidence = estimate.contributions.sum(axis=1)
    whole = sum(reason.log_odds for reason in found.whole)
    assert whole == pytest.approx(sum(estimate.activity_contributions.values()))
    for row, reasons in zip(
        found.segments.itertuples(), found.reasons, strict=True
    ):
        total = sum(reason.log_odds for reason in reasons)
        inside = evidence[
            (evidence.index > row.start_distance - 50)
            & (evidence.index < row.end_distance + 50)
        ]
        assert inside.min() - 1e-9 <= total <= inside.max() + 1e-9
        sizes = [abs(reason.log_odds) for reason in reasons]
        assert sizes == sorted(sizes, reverse=True)
    valid(found)


def test_segments_are_those_of_the_classification() -> None:
    """The explanation is of the same segments, with the same surface."""
    run = clean(street_run(4000))
    table = classify_terrain(run, cut_segments(run))
    assert explain_terrain(run).segments.equals(table)


def test_every_feature_has_words() -> None:
    """No cue is shown by its name in the code."""
    for name in (
        *RUN_FEATURES,
        *WINDOW_FEATURES,
        "activity",
        "intercept",
    ):
        assert "_" not in describe_feature(name)
        assert describe_feature(name).split(" (")[0] != name


def test_ways_and_their_tags_are_named(tmp_path: Path) -> None:
    """Each segment lists the ways followed with their tags, rule and share."""
    pytest.importorskip("osmium")
    ways = {
        1: (ROAD, [(-50, 0), (1000, 0)]),
        2: (PATH, [(1000, 0), (1000, 1050)]),
    }
    town = RoadMap(write_map(tmp_path / "town.osm", ways), cache=tmp_path)
    found = explain_terrain(run_over([(0, 0), (1000, 0), (1000, 1000)]), map=town)
    first, last = found.ways[0][0], found.ways[-1][0]
    assert (first.way, first.rule, first.tags) == (1, "paved", ROAD)
    assert (last.way, last.rule, last.tags) == (2, "unpaved way", PATH)
    assert first.share == pytest.approx(1.0, abs=0.03)
    assert found.trail_source.value == "map"
    document = valid(found)
    assert document["segments"][0]["ways"][0]["tags"] == ROAD  # type: ignore[index]


def test_labels_and_tags_are_named() -> None:
    """The source says label or tag, and the tag its log-odds: 0.95 against 0.05."""
    labels = SurfaceLabels.from_text("file,surface\nrun.fit,trail\n")
    found = explain_terrain(
        renamed(street_run(3000), sub_sport="trail"), labels=labels
    )
    assert set(found.segments["surface_source"]) == {"label"}
    assert found.tag == surface_model().tags["trail"]
    assert np.isnan(explain_terrain(street_run(3000)).tag)
    valid(found)


def test_what_tells_nothing_is_explained_too() -> None:
    """Without positions there are no cues and no ways, and the document is valid."""
    found = explain_terrain(
        without(street_run(3000), "latitude", "longitude"), terrain=TerrainRules()
    )
    assert found.whole == ()
    assert all(reasons == () for reasons in found.reasons)
    document = valid(found)
    assert document["trail_probability"] is None
