"""Elevation from local tiles of a ground model: GeoTIFF, HGT and whatever else rasterio opens.

Nothing is fetched. Used only where `CleanRules.dem` holds a `GroundTiles`; each correction is an
`Issue`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import scipy
from numpy.typing import ArrayLike

from trailstats.arrays import Flags, Floats
from trailstats.boundary import configuring, shown
from trailstats.elevation import Corrected, ElevationSource, grid_profile
from trailstats.errors import ConfigError, MissingExtraError
from trailstats.metrics.sampling import true_runs

if TYPE_CHECKING:
    from rasterio import DatasetReader

__all__ = ["GroundTiles", "ground_heights"]


SUFFIXES = frozenset(
    {".tif", ".tiff", ".hgt", ".vrt", ".asc", ".bil", ".dt1", ".dt2"}
)
"""Names that a folder is searched for."""

BLOCK = 256
"""Pixels on a side that are read at a time."""

FOOT = 0.3048

SPACING = 10.0
"""Distance between the points at which the model is compared with the recording [m]
(our choice).
"""

DRIFT = 1500.0
"""Length over which the difference of the two may change: the weather's drift of a barometer [m]
(our choice).
"""

GUARD_BAROMETER, GUARD_GNSS = 6.0, 20.0
"""Difference from the drift beyond which track and ground are two things: bridge, tunnel, cutting
[m] (our choice).
"""

WANDERING = 4.0
"""Of an altimeter that wanders a difference beyond so many standard deviations is a bridge or a
tunnel (our choice).
"""

STEEPEST = 0.6
"""The ground falling off more steeply than this under a track is a bridge or a cutting
(our choice).
"""

LONGEST_BRIDGE = 600.0
"""Without a recorded elevation a dip or bump between two such steps is bridged up to this length
[m] (our choice).
"""


@dataclass(frozen=True)
class GroundTiles:
    """Tiles of a ground model on this machine.

    Attributes
    ----------
    paths : tuple of str
        Files and folders; folders are searched with all below. Where tiles overlap, the finest
        wins.

    Raises
    ------
    ConfigError
        From `correct`, when a path doesn't exist, or nothing there can be opened.
    MissingExtraError
        From `correct`, when rasterio is not installed.

    Examples
    --------
    >>> import trailstats as ts
    >>> rules = ts.CleanRules(dem=GroundTiles.of("tiles/"))
    >>> rules.dem.paths
    ('tiles/',)
    """

    paths: tuple[str, ...]

    @property
    def fingerprint(self) -> str:
        """What a cache knows the tiles by: their paths, sizes and times of change."""
        rows = [
            (str(p), p.stat().st_size, p.stat().st_mtime_ns)
            for p in _files(self.paths)
        ]
        return repr(rows)

    @classmethod
    def of(cls, *paths: str | Path) -> GroundTiles:
        """Return the tiles at some paths."""
        return cls(tuple(str(p) for p in paths))

    def correct(
        self,
        distance: ArrayLike,
        latitude: ArrayLike,
        longitude: ArrayLike,
        elevation: ArrayLike,
    ) -> Corrected | None:
        """Return the elevation corrected by the ground; see `GroundModel.correct`.

        Parameters
        ----------
        distance : array-like, shape (n,)
            Since the start, not falling [m].
        latitude, longitude : array-like, shape (n,)
            WGS 84 [deg]; NaN where unknown.
        elevation : array-like, shape (n,)
            As recorded [m]; NaN where not.

        Returns
        -------
        Corrected or None
            None where no tile covers any of the track.

        Notes
        -----
        A barometer knows the shape of the track better than tiles do: it keeps it, and only its
        offset and drift, the running median of the difference over 1500 m, are taken out. Elevation
        of a receiver, or of an altimeter that wanders by more than there are hills, is replaced by
        the ground. Where the two differ from the drift by more than 6
        m (barometer) or 20 m (receiver), the track is not on the ground but on a bridge, in a
        tunnel or a cutting, or the tile is off: there the recorded shape stays, joined to both
        ends. Without a recorded elevation a dip or a bump between two steps steeper than
        0.6, up to 600 m long, is bridged in a straight line.
        """
        d = np.asarray(distance, float)
        z = np.asarray(elevation, float)
        ground = ground_heights(latitude, longitude, self)
        covered = np.isfinite(ground)
        if not covered.any() or d[-1] - d[0] < SPACING:
            return None
        grid = np.arange(d[0], d[-1] + SPACING, SPACING)
        floor = _on_grid(grid, d, ground)
        recorded = np.isfinite(z)
        if recorded.mean() < 0.5:
            level, guarded = _bridged(grid, floor)
            out = np.interp(d, grid, level)
            out[~_within_100_m(d, d[covered])] = np.nan
            method = "taken from the ground model"
        else:
            profile = grid_profile(d, z)
            barometer = (
                profile is None or profile.source is ElevationSource.BAROMETER
            )
            own = _on_grid(grid, d, z)
            guard = GUARD_BAROMETER if barometer else GUARD_GNSS
            drift, guarded = _drift(floor - own, guard)
            apart, wanders = _wandering(floor, own + drift)
            if wanders:
                barometer, guard = False, max(GUARD_GNSS, WANDERING * apart)
                drift, guarded = _drift(floor - own, guard)
            if barometer:
                out = z + np.interp(d, grid, drift)
                drifts = f"{drift.min():+.0f} to {drift.max():+.0f} m"
                method = f"shifted to the ground model by {drifts}"
            else:
                # Off the ground the recorded shape stays; both follow the drift, so they join at
                # the ends.
                out = np.interp(d, grid, np.where(guarded, own + drift, floor))
                method = "replaced by the ground model"
        stretches = len(true_runs(guarded)[0])
        metres = float(guarded.sum() * SPACING)
        beside = (
            f"; {stretches} stretches, {metres:.0f} m in all, left off the ground"
            if stretches
            else ""
        )
        missing = int((~covered).sum())
        void = f"; {missing} samples lie outside its tiles" if missing else ""
        return Corrected(out, f"elevation {method}{beside}{void}")


def ground_heights(
    latitude: ArrayLike, longitude: ArrayLike, tiles: GroundTiles
) -> Floats:
    """Return the height of the ground at positions.

    Parameters
    ----------
    latitude, longitude : array-like, shape (n,)
        WGS 84 [deg].
    tiles : GroundTiles

    Returns
    -------
    numpy.ndarray, shape (n,)
        Bilinear between the four nearest pixels [m]; NaN outside the tiles, in voids and without a
        position. Heights refer to whatever the tiles refer to, as a rule to the sea level.

    Raises
    ------
    ConfigError
        When a path doesn't exist, or nothing there can be opened.
    MissingExtraError
        When rasterio is not installed: ``pip install "trailstats[dem]"``.
    """
    lat, lon = np.asarray(latitude, float), np.asarray(longitude, float)
    out = np.full(lat.shape, np.nan)
    for tile in _tiles(tiles.paths):
        west, south, east, north = tile.bounds
        inside = np.isnan(out) & (lat >= south) & (lat <= north)
        inside &= (lon >= west) & (lon <= east)
        if inside.any():
            out[inside] = _sampled(tile.path, lat[inside], lon[inside])
    return out


@dataclass(frozen=True)
class _Tile:
    """One raster: bounds in degrees (west, south, east, north), and the size of a pixel in them."""

    path: str
    bounds: tuple[float, float, float, float]
    pixel: float


@cache
def _tiles(paths: tuple[str, ...]) -> tuple[_Tile, ...]:
    """Return every tile, the finest first."""
    try:
        import rasterio
        from rasterio.warp import transform_bounds
    except ImportError as error:
        raise MissingExtraError("rasterio", "dem") from error

    found = []
    for path in _files(paths):
        with configuring(shown(path)), rasterio.open(path) as raster:
            if raster.crs is None:
                raise ConfigError(f"{path} doesn't say where it lies")
            bounds = transform_bounds(raster.crs, "EPSG:4326", *raster.bounds)
            size = (bounds[3] - bounds[1]) / raster.height
        found.append(_Tile(str(path), bounds, size))
    return tuple(sorted(found, key=lambda t: (round(t.pixel, 7), t.path)))


def _files(paths: Iterable[str]) -> list[Path]:
    files: list[Path] = []
    for text in paths:
        path = Path(text)
        if path.is_dir():
            below = sorted(
                p for p in path.rglob("*") if p.suffix.lower() in SUFFIXES
            )
            if not below:
                raise ConfigError(
                    f"{path} holds no tiles ({', '.join(sorted(SUFFIXES))})"
                )
            files += below
        elif path.exists():
            files.append(path)
        else:
            raise ConfigError(f"{path}: no such file or folder of a ground model")
    return files


def _sampled(path: str, lat: Floats, lon: Floats) -> Floats:
    """Return the bilinear height at positions in one tile."""
    import rasterio
    from rasterio.warp import transform

    with rasterio.open(path) as raster:
        x, y = np.array(
            transform("EPSG:4326", raster.crs, lon.tolist(), lat.tolist())
        )
        inverse = ~raster.transform
        # Pixel centres lie at whole numbers from here on; beyond the outermost the edge is
        # continued.
        column = inverse.a * x + inverse.b * y + inverse.c - 0.5
        column = np.clip(column, 0, raster.width - 1)
        row = inverse.d * x + inverse.e * y + inverse.f - 0.5
        row = np.clip(row, 0, raster.height - 1)
        out = np.full(len(x), np.nan)
        across, down = (column // BLOCK).astype(int), (row // BLOCK).astype(int)
        block = down * (raster.width // BLOCK + 1) + across
        for one in np.unique(block).tolist():
            here = block == one
            out[here] = _bilinear(raster, row[here], column[here])
        return out


def _bilinear(raster: DatasetReader, row: Floats, column: Floats) -> Floats:
    from rasterio.windows import Window

    top, left = int(row.min()), int(column.min())
    bottom = min(int(row.max()) + 2, raster.height)
    right = min(int(column.max()) + 2, raster.width)
    window = Window(left, top, right - left, bottom - top)
    values = raster.read(1, window=window, masked=True)
    height = np.ma.filled(values.astype(float), np.nan)
    height = height * (raster.scales[0] or 1.0) + raster.offsets[0]
    if (raster.units[0] or "").lower() in {
        "ft",
        "foot",
        "feet",
        "us survey foot",
    }:
        height = height * FOOT
    r, c = row - top, column - left
    r0, c0 = r.astype(np.intp), c.astype(np.intp)
    r1 = np.minimum(r0 + 1, height.shape[0] - 1)
    c1 = np.minimum(c0 + 1, height.shape[1] - 1)
    down, right_part = r - r0, c - c0
    upper = _between(height[r0, c0], height[r0, c1], right_part)
    lower = _between(height[r1, c0], height[r1, c1], right_part)
    return _between(upper, lower, down)


def _between(first: Floats, second: Floats, part: Floats) -> Floats:
    """Return the value between two; a void that has no part in it doesn't matter."""
    inside = first + (second - first) * part
    return np.select([part <= 0.0, part >= 1.0], [first, second], inside)


def _on_grid(grid: Floats, distance: Floats, values: Floats) -> Floats:
    """Return values on the grid, samples of one cell averaged; NaN where there are none within 100
    m.
    """
    known = np.isfinite(values)
    cell = np.rint((distance[known] - grid[0]) / SPACING).astype(np.intp)
    cell = np.clip(cell, 0, len(grid) - 1)
    count = np.bincount(cell, minlength=len(grid))
    filled = np.flatnonzero(count)
    mean = np.bincount(cell, values[known], len(grid))[filled] / count[filled]
    out = np.interp(grid, grid[filled], mean)
    out[~_within_100_m(grid, grid[filled])] = np.nan
    return out


def _within_100_m(at: Floats, known: Floats) -> Flags:
    """Return which distances have a known one within 100 m."""
    after = np.clip(np.searchsorted(known, at), 0, len(known) - 1)
    before = np.maximum(after - 1, 0)
    gap = np.minimum(np.abs(known[after] - at), np.abs(at - known[before]))
    return gap <= 100.0


def _wandering(floor: Floats, recorded: Floats) -> tuple[float, bool]:
    """Return by how much a recording differs from the ground, as a standard deviation [m], and
    whether that is more than it should be, and more than there are hills.
    """
    known = np.isfinite(floor) & np.isfinite(recorded)
    if not known.any():
        return 0.0, False
    apart = 1.4826 * float(np.median(np.abs(floor - recorded)[known]))
    return apart, apart > max(GUARD_BAROMETER, float(np.std(floor[known])))


def _drift(residual: Floats, guard: float) -> tuple[Floats, Flags]:
    """Return the slow difference of ground and recording, and where the track is off the ground."""
    known = np.isfinite(residual)
    index = np.arange(len(residual))
    size = max(3, min(round(DRIFT / SPACING), len(residual)))
    filled = np.interp(index, index[known], residual[known])
    slow = scipy.ndimage.median_filter(filled, size, mode="nearest")
    guarded = known & (np.abs(residual - slow) > guard)
    # A stretch off the ground begins where the difference sets in, not where it passes the guard.
    beside = known & (np.abs(residual - slow) > guard / 3)
    for first, last in np.transpose(true_runs(beside)).tolist():
        guarded[first:last] = guarded[first:last].any()
    kept = known & ~guarded
    if kept.any():
        filled = np.interp(index, index[kept], residual[kept])
        slow = scipy.ndimage.median_filter(filled, size, mode="nearest")
    return scipy.ndimage.uniform_filter1d(slow, size, mode="nearest"), guarded


def _bridged(grid: Floats, floor: Floats) -> tuple[Floats, Flags]:
    """Return the ground with dips and bumps between two steep steps bridged, and where."""
    known = np.isfinite(floor)
    index = np.arange(len(floor))
    level = np.interp(index, index[known], floor[known])
    slope = np.diff(level) / SPACING
    edge = np.flatnonzero(np.abs(slope) > STEEPEST)
    guarded = np.zeros(len(level), bool)
    most = round(LONGEST_BRIDGE / SPACING)
    at = 0
    while at < len(edge):
        # The last step of the opposite sign in reach, after which the ground is about as high as
        # before.
        first = int(edge[at])
        ahead = edge[
            at + 1 : int(np.searchsorted(edge, first + most, side="right"))
        ]
        ahead = ahead[np.sign(slope[ahead]) != np.sign(slope[first])]
        depth = np.abs(level[ahead + 1] - level[first])
        back = ahead[depth < 0.1 * SPACING * (ahead - first) + 3.0]
        if len(back):
            last = int(back[-1]) + 1
            guarded[first + 1 : last] = True
            at = int(np.searchsorted(edge, last))
        else:
            at += 1
    if guarded.any():
        level = np.interp(grid, grid[~guarded], level[~guarded])
    return level, guarded
