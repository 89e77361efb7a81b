"""The charts of a history as files."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from trailstats.boundary import reason_of
from trailstats.claims.result import ClaimResult
from trailstats.errors import MissingExtraError, WriteError
from trailstats.history import History
from trailstats.io.tables import write_atomically
from trailstats.report import charts
from trailstats.report.chart_base import themed
from trailstats.report.figures import drawings
from trailstats.report.run_rows import all_route_rows, claim_rows
from trailstats.report.units import Units
from trailstats.report.view import history_view


def write_pictures(
    history: History,
    folder: str | Path,
    *,
    results: Sequence[ClaimResult] = (),
    imperial: bool = False,
) -> list[Path]:
    """Write the charts of a history as SVG and PNG.

    Parameters
    ----------
    history : History
    folder : str or Path
        Made where it does not exist.
    results : sequence of ClaimResult
        Drawn as ``claims`` when given.
    imperial : bool

    Returns
    -------
    list of Path
        Two files for each chart that has something to show.

    Raises
    ------
    MissingExtraError
        Without vl-convert-python.
    WriteError
        When the folder can't be written to.
    """
    try:
        import vl_convert
    except ImportError as error:
        raise MissingExtraError("vl-convert-python", "png") from error
    target = Path(folder)
    try:
        target.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WriteError(
            f"{target}: can't be made: {reason_of(error)}"
        ) from error
    units = Units.of(imperial)
    rows = history_view(history, units)
    said = history.attribution
    drawn = {d.name: themed(d.draw(), said) for d in drawings(rows, units)}
    if lines := all_route_rows(history):
        drawn["routes"] = themed(charts.routes(lines), said)
    if results:
        drawn["claims"] = themed(charts.claims(claim_rows(results, units)), said)
    out = []
    for name, chart in drawn.items():
        spec = json.dumps(chart)
        out.append(
            write_atomically(
                target / f"{name}.svg", vl_convert.vegalite_to_svg(spec).encode()
            )
        )
        out.append(
            write_atomically(
                target / f"{name}.png",
                vl_convert.vegalite_to_png(spec, scale=2.0),
            )
        )
    return out
