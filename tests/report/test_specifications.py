"""The specifications of the charts: valid by the schema of Vega-Lite, filled without a rest, and
needing no library.
"""

import builtins
import json
import re

import pytest

from trailstats import plots
from trailstats.errors import MissingExtraError
from trailstats.report import charts, write_report
from trailstats.report.chart_base import _kept, specification
from trailstats.report.figures import figures
from trailstats.report.palette import LIGHT
from trailstats.report.units import Units
from trailstats.report.view import build_page


def texts(node):
    """Yield every text in a specification, but for rows."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key != "values":
                yield from texts(value)
    elif isinstance(node, list):
        for value in node:
            yield from texts(value)
    elif isinstance(node, str):
        yield node


@pytest.fixture
def page(history, claims, rules):
    """Return the page of a season."""
    return build_page(history, claims=claims, rules=rules, units=Units.of(False))


def test_every_chart_is_vega_lite(page):
    """Altair's copy of the published schema takes each as it stands, and would see a mistake."""
    schema = pytest.importorskip("altair").Root
    specs = [figure.spec for figure in figures(page)]
    assert len(specs) >= 5
    week = {"week": "2025-03-03T00:00", "speed": 300.0, "pace": "5:00", "n": 2}
    band = {
        "week": "2025-03-03T00:00",
        "speed": 301.0,
        "low": 290.0,
        "high": 310.0,
    }
    specs += [
        charts.trend([week], [band]),
        charts.trend([week], []),
        charts.claims([]),
        charts.profile([], "km", "m"),
        charts.track([]),
        charts.calendar([]),
    ]
    for spec in specs:
        schema.validate(json.loads(json.dumps(spec)))
    wrong = json.loads(json.dumps(specs[0]))
    wrong["mark"]["type"] = "rectangle"
    with pytest.raises(Exception, match="rectangle"):
        schema.validate(wrong)


def test_a_trend_without_a_line_is_points_alone():
    """Its axis is marked at round paces around them."""
    spec = charts.trend([{"speed": 312.0}, {"speed": 348.0}], [])
    (layer,) = spec["layer"]
    assert layer["mark"]["type"] == "point"
    assert layer["encoding"]["y"]["axis"]["values"] == [
        310, 320, 330, 340, 350
    ]  # fmt: skip


def test_nothing_is_left_to_fill(page):
    """No name of a value, a part, a colour or a word stands in what is drawn, and colours of the
    page are its own properties.
    """
    for figure in figures(page):
        for text in texts(figure.spec):
            assert not re.match(r"[@#]", text), text
            assert "{" not in text, text
        assert "var(--" in json.dumps(figure.spec["config"])


def test_what_is_kept_is_used():
    """Each shared part stands in a chart or in another part; each name that stands for nothing
    there is a value that a function gives.
    """
    kept = _kept()
    named = {t[1:] for t in texts(kept) if t.startswith("@")}
    # Ticks and legends hold `values` that `texts` leaves out.
    named |= set(re.findall(r'"@(\w+)"', json.dumps(kept)))
    assert set(kept["parts"]) <= named
    given = named - set(kept["parts"])
    assert given <= {
        "rows", "lines", "ticks", "zones", "kinds", "height", "width", "opacity",
        "surfaces", "surface_colours", "surface_shapes", "verdicts", "verdict_colours",
        "verdict_shapes", "x_title", "y_title", "x_domain", "y_domain",
    }  # fmt: skip


def test_texts_of_recordings_are_no_placeholders():
    """A run that is called like a part, a colour or a word is shown as it is called."""
    names = ["@legend", "#road", "{unit}", "@rows"]
    rows = [{"name": name, "surface": "road"} for name in names]
    spec = charts.calendar(rows)
    assert [row["name"] for row in spec["data"]["values"]] == names
    with pytest.raises(KeyError):
        specification("calendar", LIGHT, {})


def test_the_page_and_its_pictures_need_no_chart_library(
    history, tmp_path, monkeypatch
):
    """Only charts for notebooks do, and say which extra brings it."""
    pytest.importorskip("vl_convert")
    real = builtins.__import__

    def without(name, *rest):
        if name.split(".")[0] == "altair":
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    page = write_report(history, tmp_path / "a.html", claims=[], rules=[])
    assert "chart-weekly" in page.read_text("utf-8")
    assert plots.write_pictures(history, tmp_path / "pictures")
    with pytest.raises(MissingExtraError, match=r"trailstats\[plots\]"):
        plots.weekly(history)
