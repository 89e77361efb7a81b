"""Lines for map programs: what GDAL and GeoPandas read is what was recorded."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

import trailstats as ts
from builders import make_activity
from trailstats.io.export import convert

gpd = pytest.importorskip("geopandas")
pyogrio = pytest.importorskip("pyogrio")


@pytest.fixture(scope="module")
def run(samples: Path) -> ts.Activity:
    """Return a run of two tracks, with elevation."""
    return ts.read(samples / "odd" / "two-tracks.gpx")


@pytest.fixture(scope="module")
def segments(run: ts.Activity):
    """Return its labelled stretches."""
    return ts.analyze(run).segments


def check_lines(found: gpd.GeoDataFrame, run: ts.Activity, segments) -> None:
    """They join, cover the track, and are as long as the segments."""
    assert found.crs.name == "WGS 84"  # GDAL adds a height to that of GeoJSON
    assert len(found) == len(segments)
    box = [
        run.records["longitude"].min(),
        run.records["latitude"].min(),
        run.records["longitude"].max(),
        run.records["latitude"].max(),
    ]
    # Coordinates are written with seven digits, a centimetre.
    np.testing.assert_allclose(found.total_bounds, box, atol=1e-7)
    # Distance is measured along the cleaned track, the lines run through every recorded point:
    # errors of the satellites make them a little longer.
    metres = found.to_crs(found.estimate_utm_crs()).length.sum()
    assert metres == pytest.approx(segments["distance"].sum(), rel=0.05)


def test_geopandas_has_the_segments(run: ts.Activity, segments) -> None:
    """With every column, and lines that pyproj measures as long as they are."""
    found = ts.to_geopandas(run, segments=segments)
    assert list(found.columns) == [*segments.columns, "geometry"]
    assert found.geometry.has_z.all()
    check_lines(found, run, segments)


def test_geoparquet_is_one(run: ts.Activity, segments, tmp_path: Path) -> None:
    """GeoPandas reads it back; its metadata name the column of lines and the coordinates."""
    path = convert(run, tmp_path / "run.geoparquet", segments=segments)
    found = gpd.read_parquet(path)
    check_lines(found, run, segments)
    assert found["p_trail"].equals(segments["p_trail"])
    about = json.loads(pq.read_schema(path).metadata[b"geo"])
    assert about["primary_column"] == "geometry"
    assert about["columns"]["geometry"]["encoding"] == "WKB"


@pytest.mark.parametrize("suffix", ["kml", "geojson"])
def test_gdal_opens_it(
    run: ts.Activity, segments, tmp_path: Path, suffix: str
) -> None:
    """As QGIS does: lines with their properties, in degrees."""
    path = convert(run, tmp_path / f"run.{suffix}", segments=segments)
    assert pyogrio.read_info(path)["features"] == len(segments)
    found = gpd.read_file(path)
    check_lines(found, run, segments)
    assert list(found["surface"]) == list(segments["surface"])
    probability = found["p_trail"].astype(float)
    np.testing.assert_allclose(probability, segments["p_trail"])


def test_a_track_alone(run: ts.Activity, tmp_path: Path) -> None:
    """Without segments it is one line."""
    assert len(ts.to_geopandas(run)) == 1
    assert len(gpd.read_file(convert(run, tmp_path / "run.kml"))) == 1


def test_names_are_text_and_the_date_line_cuts(tmp_path: Path) -> None:
    """What stands in a file's name can't become a part of the document; a run across the date line
    stays short.
    """
    odd = make_activity(duration=100)
    odd.records["longitude"] = 179.999 + np.arange(len(odd.records)) * 4e-5
    odd.records["longitude"] -= 360.0 * (odd.records["longitude"] > 180.0)
    path = tmp_path / "<b>&\x01.gpx"
    named = ts.read(convert(odd, path))
    assert "<b>" in named.meta.source
    found = gpd.read_file(convert(named, tmp_path / "odd.kml"))
    assert "<b>&" in found["Name"].iloc[0]
    parts = list(found.geometry.iloc[0].geoms)
    assert [round(abs(part.bounds[0])) for part in parts] == [180, 180]
    assert sum(part.length for part in parts) < 0.1


@pytest.mark.parametrize("package", ["geopandas", "pyarrow"])
def test_the_extra_is_named(
    run: ts.Activity, tmp_path: Path, monkeypatch, package: str
) -> None:
    """Where one of its packages is missing."""
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ts.MissingExtraError, match=r"trailstats\[geo\]"):
        convert(run, tmp_path / "run.geoparquet")
    assert not (tmp_path / "run.geoparquet").exists()
