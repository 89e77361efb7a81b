"""Elevation from tiles: heights of a known ground, and runs over it, under it and above it."""

from __future__ import annotations

import builtins
import json
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from builders import make_activity
from trailstats.cleaning import CleanRules, clean
from trailstats.errors import ConfigError, MissingExtraError
from trailstats.geo import EARTH_RADIUS
from trailstats.io import convert
from trailstats.model.activity import Activity
from trailstats.terrain import dem
from trailstats.terrain.dem import GroundTiles, ground_heights
from wandering import Wander, wander

rasterio = pytest.importorskip("rasterio")
warp = pytest.importorskip("rasterio.warp")

Height = Callable[[np.ndarray, np.ndarray], np.ndarray]
METRE = np.degrees(1.0 / EARTH_RADIUS)
DEGREES = {"south": 46.99, "west": 10.99, "north": 47.07, "east": 11.03}


@pytest.fixture(autouse=True)
def fresh() -> None:
    """Forget tiles that another test opened at the same path."""
    dem._tiles.cache_clear()


def write(
    path: Path,
    height: Height,
    *,
    pixel: float = 1 / 3600,
    void: tuple[slice, slice] | None = None,
    **box: float,
) -> Path:
    """Write a GeoTIFF in degrees whose pixel centres have the height of their place."""
    box = {**DEGREES, **box}
    columns, rows = (
        round((box[b] - box[a]) / pixel)
        for a, b in (("west", "east"), ("south", "north"))
    )
    lon = box["west"] + (np.arange(columns) + 0.5) * pixel
    lat = box["north"] - (np.arange(rows) + 0.5) * pixel
    values = (
        np.broadcast_to(height(lat[:, None], lon[None, :]), (rows, columns))
        .astype("float32")
        .copy()
    )
    if void:
        values[void] = -9999
    put(
        path,
        values,
        "EPSG:4326",
        rasterio.Affine(pixel, 0, box["west"], 0, -pixel, box["north"]),
    )
    return path


def put(
    path: Path, values: np.ndarray, crs: str, transform: object, **options: object
) -> None:
    with rasterio.open(
        path, "w", driver="GTiff", height=values.shape[0], width=values.shape[1], count=1,
        dtype=values.dtype,
        crs=crs, transform=transform, nodata=-9999, **options,
    ) as raster:  # fmt: skip
        raster.write(values, 1)


def plane(lat: np.ndarray, lon: np.ndarray) -> np.ndarray:
    """Return the height of a tilted plane: 0.08 to the north, 0.03 to the east at latitude 47."""
    return (
        500.0
        + 0.08 * (lat - 47.0) / METRE
        + 0.03 * (lon - 11.0) / METRE * np.cos(np.radians(47.0))
    )


def level(height: float) -> Height:
    """Return a ground of one height."""
    return lambda lat, lon: np.full(np.broadcast(lat, lon).shape, height)


def places(count: int = 200) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    return 47.0 + rng.uniform(0, 0.06, count), 11.0 + rng.uniform(
        -0.005, 0.02, count
    )


def test_bilinear_is_exact_on_a_plane(tmp_path: Path) -> None:
    """Between pixel centres of a tilted plane every height is that of the plane."""
    lat, lon = places()
    tiles = GroundTiles.of(write(tmp_path / "plane.tif", plane))
    assert ground_heights(lat, lon, tiles) == pytest.approx(
        plane(lat, lon), abs=1e-3
    )


def test_tiles_in_metres_are_found_by_their_projection(tmp_path: Path) -> None:
    """A tile in UTM gives the same heights: a ground of the easting is measured at the transformed
    place.
    """
    lat, lon = places()
    east, north = (
        np.asarray(v) for v in warp.transform("EPSG:4326", "EPSG:32632", lon, lat)
    )
    left, top = east.min() - 200, north.max() + 200
    x = left + (np.arange(300) + 0.5) * 10
    y = top - (np.arange(720) + 0.5) * 10
    values = (0.1 * (x[None, :] - left) + 0.02 * (top - y[:, None])).astype(
        "float32"
    )
    put(
        tmp_path / "utm.tif",
        values,
        "EPSG:32632",
        rasterio.Affine(10, 0, left, 0, -10, top),
    )
    expected = 0.1 * (east - left) + 0.02 * (top - north)
    assert ground_heights(lat, lon, GroundTiles.of(tmp_path)) == pytest.approx(
        expected, abs=0.01
    )


def test_a_shuttle_tile_is_placed_by_its_name(tmp_path: Path) -> None:
    """N47E011.hgt covers the degree north and east of 47, 11: rows from the north, big-endian,
    voids at -32768.
    """
    size = 1201
    lat = 48.0 - np.arange(size) / 1200
    values = (
        np.broadcast_to((lat[:, None] - 47.0) * 1000, (size, size))
        .round()
        .astype(">i2")
        .copy()
    )
    values[600:, 600:] = -32768
    (tmp_path / "N47E011.hgt").write_bytes(values.tobytes())
    tiles = GroundTiles.of(tmp_path / "N47E011.hgt")
    found = ground_heights([47.75, 47.25, 46.5], [11.25, 11.75, 11.25], tiles)
    assert found[0] == pytest.approx(750, abs=1)
    assert np.isnan(found[1:]).all()


def test_of_two_tiles_the_finer_wins_and_the_coarser_fills_its_voids(
    tmp_path: Path,
) -> None:
    """Where the fine tile has no value the coarse one speaks; outside both there is none."""
    write(
        tmp_path / "coarse.tif",
        lambda lat, lon: np.full(np.broadcast(lat, lon).shape, 100.0),
        pixel=1 / 1200,
    )
    write(
        tmp_path / "fine.tif",
        lambda lat, lon: np.full(np.broadcast(lat, lon).shape, 200.0),
        void=(slice(0, 144), slice(None)),
    )
    found = ground_heights(
        [47.0, 47.06, 50.0, np.nan],
        [11.0, 11.0, 11.0, 11.0],
        GroundTiles.of(tmp_path),
    )
    assert found[:2] == pytest.approx([200, 100])
    assert np.isnan(found[2:]).all()


def test_feet_become_metres(tmp_path: Path) -> None:
    """A tile that says that its unit is the foot is read in metres."""
    path = write(tmp_path / "feet.tif", level(1000.0))
    with rasterio.open(path, "r+") as raster:
        raster.units = ("ft",)
    assert ground_heights([47.01], [11.0], GroundTiles.of(path)) == pytest.approx(
        [304.8]
    )


def hills(lat: np.ndarray, lon: np.ndarray) -> np.ndarray:
    """Return hills along the way north: 60 m high, 1500 m long."""
    return (
        600.0 + 30.0 * np.sin((lat - 47.0) / METRE * 2 * np.pi / 1500) + 0.0 * lon
    )


def along(height: Height, run: Activity) -> np.ndarray:
    records = run.records
    return height(records["latitude"].to_numpy(), records["longitude"].to_numpy())


def ascents(run: Activity, tiles: GroundTiles) -> tuple[float, float, Activity]:
    cleaned = clean(run, cleaning=CleanRules(dem=tiles))
    return (
        float(cleaned.track["ascent"].iloc[-1]),
        float(cleaned.track["descent"].iloc[-1]),
        cleaned,
    )


def issue(run: Activity) -> str:
    return next(i.message for i in run.issues if i.code == "elevation_dem")


def with_elevation(z: np.ndarray) -> Activity:
    return make_activity(duration=len(z) - 1, elevation=z)


def test_off_unless_asked(tmp_path: Path) -> None:
    """Without tiles in the rules the recorded elevation stays, and nothing is said."""
    run = make_activity(elevation=np.linspace(100, 300, 50))
    assert all(i.code != "elevation_dem" for i in clean(run).issues)


def test_a_recording_without_elevation_gets_the_ground(tmp_path: Path) -> None:
    """5.4 km over three and a half hills of 60 m: the ascent of the sine, in closed form."""
    tiles = GroundTiles.of(write(tmp_path / "hills.tif", hills))
    up, down, run = ascents(make_activity(), tiles)
    # Up 30, three times down and up 60, down 60, and up to where the way ends.
    end = 30 * np.sin(5400 * 2 * np.pi / 1500)
    assert down == pytest.approx(60 * 3 + 30 - end, rel=0.03)
    assert up == pytest.approx(30 + 60 * 3, rel=0.03)
    assert "taken from the ground model" in issue(run)


def test_a_drifting_barometer_keeps_its_shape(tmp_path: Path) -> None:
    """A barometer 40 m too high that drifts by 30 m in half an hour is set right to 3 m, with its
    own ascent.
    """
    tiles = GroundTiles.of(write(tmp_path / "hills.tif", hills))
    true = along(hills, make_activity())
    rng = np.random.default_rng(0)
    recorded = true + 40 - np.linspace(0, 30, 1801) + rng.normal(0, 0.2, 1801)
    up, down, run = ascents(with_elevation(recorded), tiles)
    assert np.abs(run.track["elevation"].to_numpy() - true).max() < 6
    assert np.median(np.abs(run.track["elevation"].to_numpy() - true)) < 2
    assert (up, down) == pytest.approx((210, 227.6), rel=0.03)
    assert "shifted to the ground model by" in issue(run)


def test_noisy_elevation_of_a_receiver_is_replaced(tmp_path: Path) -> None:
    """Elevation with errors of metres over a minute climbs too much; on the tiles it climbs what
    the hills do.
    """
    tiles = GroundTiles.of(write(tmp_path / "hills.tif", hills))
    rng = np.random.default_rng(1)
    wander = np.zeros(1801)
    for i in range(1, 1801):
        wander[i] = wander[i - 1] * np.exp(-1 / 60) + rng.normal(
            0, 4 * np.sqrt(1 - np.exp(-2 / 60))
        )
    run = with_elevation(
        along(hills, make_activity()) + wander + rng.normal(0, 1.5, 1801)
    )
    up, down, corrected = ascents(run, tiles)
    assert "replaced by the ground model" in issue(corrected)
    assert (up, down) == pytest.approx((210, 227.6), rel=0.03)


@pytest.mark.parametrize("size", [15.0, 40.0])
def test_an_altimeter_that_wanders_is_replaced(
    tmp_path: Path, size: float
) -> None:
    """Smooth errors of tens of metres over minutes are no barometer's shape: a flat town is
    flat.
    """
    tiles = GroundTiles.of(write(tmp_path / "flat.tif", level(30.0)))
    error = size * wander(
        np.random.default_rng(0), np.arange(1801.0), Wander.SMOOTH, 120.0
    )
    up, down, run = ascents(with_elevation(30.0 + error), tiles)
    assert "replaced by the ground model" in issue(run)
    assert up + down < 5
    assert run.elevation_quality.believed


def gorge(lat: np.ndarray, lon: np.ndarray) -> np.ndarray:
    """Return the plane of a valley with a gorge of 50 m, 120 m wide, 2700 m along the way."""
    at = (lat - 47.0) / METRE
    return 600.0 + 0.02 * at - 50.0 * (np.abs(at - 2700.0) < 60.0) + 0.0 * lon


def ridge(lat: np.ndarray, lon: np.ndarray) -> np.ndarray:
    """Return the same plane with a steep ridge of 80 m, 300 m wide, with a tunnel below."""
    at = (lat - 47.0) / METRE
    return 600.0 + 0.02 * at + 80.0 * (np.abs(at - 2700.0) < 150.0) + 0.0 * lon


@pytest.mark.parametrize("ground", [gorge, ridge], ids=["bridge", "tunnel"])
@pytest.mark.parametrize("recorded", ["barometer", "receiver", "nothing"])
def test_bridges_and_tunnels_are_guarded(
    tmp_path: Path, ground: Height, recorded: str
) -> None:
    """Over a gorge and through a ridge the way climbs its 108 m, not the walls; the issue names the
    stretch.
    """
    tiles = GroundTiles.of(write(tmp_path / "ground.tif", ground))
    way = 600.0 + 0.02 * 3.0 * np.arange(1801)
    rng = np.random.default_rng(2)
    noise = {
        "barometer": rng.normal(0, 0.2, 1801),
        "receiver": rng.normal(0, 2.5, 1801),
        "nothing": 0.0,
    }[recorded]
    run = (
        make_activity() if recorded == "nothing" else with_elevation(way + noise)
    )
    up, down, corrected = ascents(run, tiles)
    assert up == pytest.approx(108, abs=8)
    assert down == pytest.approx(0, abs=6)
    assert "left off the ground" in issue(corrected)


def test_a_real_gorge_without_a_bridge_stays(tmp_path: Path) -> None:
    """Walking down into a valley and up again is ground, recorded by the barometer as well."""
    tiles = GroundTiles.of(write(tmp_path / "hills.tif", hills))
    run = with_elevation(along(hills, make_activity()))
    assert "left off the ground" not in issue(ascents(run, tiles)[2])


def test_voids_keep_the_recording(tmp_path: Path) -> None:
    """Where the tile has a hole the recorded shape goes on; the issue counts the samples."""
    tiles = GroundTiles.of(
        write(tmp_path / "holed.tif", hills, void=(slice(80, 120), slice(None)))
    )
    true = along(hills, make_activity())
    _, _, run = ascents(with_elevation(true + 25), tiles)
    assert np.abs(run.track["elevation"].to_numpy() - true).max() < 3
    assert "outside its tiles" in issue(run)


def test_tiles_elsewhere_are_a_warning(tmp_path: Path) -> None:
    """A run outside all tiles keeps its elevation and says that they don't cover it."""
    path = write(
        tmp_path / "far.tif",
        hills,
        south=10.0,
        north=10.05,
        west=20.0,
        east=20.05,
    )
    run = clean(
        make_activity(elevation=np.linspace(100, 200, 50)),
        cleaning=CleanRules(dem=GroundTiles.of(path)),
    )
    assert "dem_outside" in {i.code for i in run.issues}
    assert run.track["ascent"].iloc[-1] == pytest.approx(100, rel=0.02)


def test_a_pause_on_the_way_is_no_matter(tmp_path: Path) -> None:
    """Missing positions between two fixes don't put holes into the profile."""
    tiles = GroundTiles.of(write(tmp_path / "hills.tif", hills))
    run = make_activity()
    holed = run.records.assign(
        latitude=run.records["latitude"].where(np.arange(1801) % 10 < 8)
    )
    up, _, cleaned = ascents(Activity(holed, run.meta), tiles)
    assert cleaned.track["elevation"].notna().all()
    assert up == pytest.approx(210, rel=0.03)


def test_wrong_paths_say_so(tmp_path: Path) -> None:
    """A path that is not there, a folder without tiles and a file that is none are errors with the
    path.
    """
    (tmp_path / "empty").mkdir()
    (tmp_path / "text.tif").write_text("no raster")
    for name, words in (
        ("nothing", "no such file"),
        ("empty", "holds no tiles"),
        ("text.tif", "can't be opened"),
    ):
        with pytest.raises(ConfigError, match=words):
            ground_heights([47.0], [11.0], GroundTiles.of(tmp_path / name))


def test_without_rasterio_the_extra_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where rasterio is not installed the error says which extra brings it."""
    real = builtins.__import__

    def refuse(name: str, *args: object, **kwargs: object) -> object:
        if name.split(".")[0] == "rasterio":
            raise ImportError(name)
        return real(name, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(builtins, "__import__", refuse)
    monkeypatch.delitem(sys.modules, "rasterio", raising=False)
    with pytest.raises(MissingExtraError, match=r"trailstats\[dem\]"):
        ground_heights([47.0], [11.0], GroundTiles.of(tmp_path))


def test_the_program_takes_tiles(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`analyze --dem` corrects the elevation and says so in its document; a path that is not there
    is a usage error.
    """
    pytest.importorskip("typer")
    from trailstats.cli import main

    (tmp_path / "tiles").mkdir()
    write(tmp_path / "tiles" / "hills.tif", hills)
    file = convert(make_activity(), tmp_path / "run.gpx")

    def run(*arguments: str) -> object:
        with pytest.raises(SystemExit) as ended:
            main(["analyze", str(file), *arguments])
        return ended.value.code

    assert not run("--dem", str(tmp_path / "tiles"), "--json")
    document = json.loads(capsys.readouterr().out)
    assert document["totals"]["ascent"] == pytest.approx(210, rel=0.03)
    assert "elevation_dem" in {i["code"] for i in document["issues"]}
    assert run("--dem", str(tmp_path / "nothing")) == 2
    assert "no such file or folder" in capsys.readouterr().err
