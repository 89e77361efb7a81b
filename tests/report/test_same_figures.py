"""A figure that stands twice is the same figure: in the head, in the totals, in tables and charts,
in the activities, and in the tables that ``--data`` writes.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pandas as pd
import pytest

from report.test_browser import browser, visit  # noqa: F401  fixtures
from trailstats import analyze_folder, evaluate_claims, write_report
from trailstats.report.data import write_data

WEIGHTS = {"runs": 0.0, "distance": 0.6, "time": 60.0, "ascent": 0.6}
"""How far a figure may be off by rounding to what is shown: kilometres, seconds, metres."""


@pytest.fixture(scope="module")
def history(root: Path, tmp_path_factory):
    """Return the history of sixteen runs of the sample archive, and a ride beside them."""
    folder = tmp_path_factory.mktemp("same") / "runs"
    folder.mkdir()
    found = sorted((root / "data" / "samples" / "archive").iterdir())
    for path in [*found[::10], root / "data/samples/odd/multisport.fit"]:
        shutil.copy(path, folder)
    profile = root / "data" / "samples" / "athlete.toml"
    return analyze_folder(folder, athlete=profile, workers=1)


@pytest.fixture(scope="module")
def page_and_tables(history, tmp_path_factory) -> tuple[Path, Path]:
    """Return the page and the folder of its tables, as CSV and as Parquet."""
    folder = tmp_path_factory.mktemp("tables")
    claims = evaluate_claims(history)
    path = write_report(history, folder / "page.html", claims=claims)
    for suffix in (".csv", ".parquet"):
        write_data(history, folder, results=claims, suffix=suffix)
    return path, folder


def read_table(folder: Path, name: str, suffix: str) -> pd.DataFrame:
    """Return a table as another program reads it."""
    path = folder / f"{name}{suffix}"
    return pd.read_csv(path) if suffix == ".csv" else pd.read_parquet(path)


def number(shown: str) -> float:
    """Return a figure as a number: a time in seconds, a share as a fraction."""
    if match := re.match(r"(\d+):(\d\d)(?::(\d\d))?( h)?$", shown):
        first, second, third, hours = match.groups()
        if third:
            return 3600 * int(first) + 60 * int(second) + int(third)
        return 60 * (60 * int(first) + int(second) if hours else int(first)) + (
            0 if hours else int(second)
        )
    value = float(re.sub(r"[^\d.]", "", shown.split(" ")[0]))
    return value / 100 if shown.endswith("%") else value


def pairs(page, keys: str, values: str) -> dict[str, str]:
    """Return texts by the texts beside them."""
    return dict(
        zip(
            page.locator(keys).all_inner_texts(),
            page.locator(values).all_inner_texts(),
            strict=True,
        )
    )


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_the_tables_are_what_the_page_shows(
    visit,  # noqa: F811  a fixture
    page_and_tables,
    suffix,
) -> None:
    """Counts, sums and shares of the head follow from the activities, the weeks and the days; the
    rides are in none of them; answers and best efforts are those of the tables.
    """
    path, folder = page_and_tables
    tables = {
        name: read_table(folder, name, suffix)
        for name in (
            "activities",
            "weekly",
            "daily",
            "claims",
            "efforts",
            "parts",
        )
    }
    page = visit(path)
    page.locator(".plot svg").nth(5).wait_for(timeout=30_000)
    head = pairs(page, ".facts dt", ".facts dd")
    told = tables["activities"]
    own = told[(told["status"] == "ok") & (told["sport"] != "cycling")]
    assert 0 < len(own) < len(told)
    sums = {
        "runs": len(own),
        "distance": own["distance"].sum() / 1000,
        "time": own["moving_time"].sum(),
        "ascent": own["ascent"].sum(),
    }
    for what, value in sums.items():
        assert number(head[what]) == pytest.approx(value, abs=WEIGHTS[what])
    weekly, daily = tables["weekly"], tables["daily"]
    assert weekly["n_runs"].sum() == len(own)
    for table in (weekly, daily):
        assert table["distance"].sum() == pytest.approx(own["distance"].sum())
    shares = {
        "on trail": "trail_distance",
        "on road": "road_distance",
        "unknown ground": "unknown_distance",
    }
    for what, column in shares.items():
        share = weekly[column].sum() / weekly["distance"].sum()
        assert number(head[what]) == pytest.approx(share, abs=0.006)
    answers = tables["claims"]
    claims = answers[answers["part"] == 0]
    listed = page.locator(".verdicts a").count()
    assert listed == page.locator(".claims > tbody").count() == len(claims)
    best = tables["efforts"]
    best = best[best["ground"] == "actual"].merge(own, on="file")
    fastest = best[best["distance_x"] == 5000]["duration"].min()
    record = page.locator("#records tr").filter(has_text="5 km")
    # Its text, also where it has no layout as it is not in view.
    shown = record.locator("td").first.text_content().split(",")[0]
    assert number(shown) == pytest.approx(fastest, abs=1.0)


def test_figures_of_all_runs_stand_once_or_agree(
    visit,  # noqa: F811  a fixture
    page_and_tables,
) -> None:
    """Head, totals, table of activities, calendar, routes, basis and the sentence on top."""
    page = visit(page_and_tables[0])
    page.locator(".plot svg").nth(5).wait_for(timeout=30_000)
    page.wait_for_timeout(500)
    head = pairs(page, ".facts dt", ".facts dd")
    totals = dict(
        row.split("\t")
        for row in page.locator("#totals tbody tr").all_inner_texts()
    )
    both = head.keys() & totals.keys()
    assert both >= {"runs", "distance", "time", "ascent", "on trail", "on road"}
    assert {k: totals[k] for k in both} == {k: head[k] for k in both}
    rows = page.locator("#table tbody tr:visible")
    heads = page.locator("#table th").all_inner_texts()
    cells = [row.split("\t") for row in rows.all_inner_texts()]
    columns = dict(zip(heads, zip(*cells, strict=True), strict=True))
    assert len(cells) == number(head["runs"])
    for name, what, each in (
        ("distance", "distance", 0.006),
        ("time", "time", 0.6),
        ("ascent", "ascent", 0.6),
    ):
        column = next(v for k, v in columns.items() if k.startswith(name))
        summed = sum(number(value) for value in column)
        slack = WEIGHTS[what] + each * len(cells)
        assert summed == pytest.approx(number(head[what]), abs=slack)
    days = {value[:10] for value in columns[heads[0]]}
    assert page.locator("#calendar .ran").count() == len(days)
    routes = page.locator("#routes")
    routes.scroll_into_view_if_needed()
    noted = routes.locator(".aside").text_content()
    assert number(noted) == routes.locator("a").count() >= len(cells)
    assert (min(days), max(days)) == tuple(
        f"{pd.Timestamp(day):%Y-%m-%d}"
        for day in re.findall(
            r"\d+ \w+ \d{4}", page.locator("header").inner_text()
        )
    )
    # The sentence counts the claims that the box lists as open.
    open_claims = 0
    for group in page.locator(".verdicts li").all():
        word = group.inner_text()
        if re.match(r"\W*(can't be told|not enough|these recordings)", word):
            open_claims += group.locator("a").count()
    said = page.locator(".sentence").inner_text()
    counted = re.search(r"(\d+|None) of (\d+) claims", said)
    assert counted
    total = int(counted[2])
    assert total == page.locator(".claims > tbody").count()
    assert open_claims == (total if counted[1] == "None" else int(counted[1]))


def test_an_activity_says_the_same_wherever_it_stands(
    visit,  # noqa: F811  a fixture
    page_and_tables,
) -> None:
    """Its row, its line, its facts, the sum of its kilometres, of its grounds and of its zones."""
    page = visit(page_and_tables[0])
    link = page.locator("#table tbody tr a").nth(8)
    row = page.locator("#table tbody tr").nth(8).inner_text().split("\t")
    name = link.get_attribute("href")
    link.click()
    section = page.locator(name)
    section.locator("dl").first.wait_for()
    facts = dict(
        zip(
            section.locator("dt").all_inner_texts(),
            section.locator("dd").all_inner_texts(),
            strict=False,
        )
    )
    # Also what follows from all runs together.
    assert "own curve of" in section.text_content()
    assert "\ue000" not in section.text_content()
    heads = page.locator("#table th").all_inner_texts()
    told = dict(zip(heads, row, strict=True))
    distance = number(facts["distance"])
    brief = section.locator("summary").first.inner_text()
    assert facts["distance"].split(" (")[0] in brief
    assert number(told["distance (km)"]) == distance
    assert told["time"] == facts["moving time"].split(" (")[0]
    assert told["time"] in brief
    tables = section.locator("table")
    splits = tables.filter(has_text="as if level").first
    lengths = [
        number(line.split("\t")[1])
        for line in splits.locator("tbody tr").all_inner_texts()
    ]
    assert sum(lengths) == pytest.approx(distance, abs=0.01 * len(lengths))
    grounds = ("on trail", "on road", "unknown ground")
    assert sum(number(facts[g]) for g in grounds) == pytest.approx(1, abs=0.016)


def test_every_chart_and_total_follows_the_period(
    visit,  # noqa: F811  a fixture
    page_and_tables,
) -> None:
    """Whatever stands under the choice of period is another one for other days; what is shown of
    shoes is nothing where no export names any.
    """
    page = visit(page_and_tables[0])
    places = page.locator("#archive .plot, #totals, #records, #calendar, #shown")
    names = [place.get_attribute("id") for place in places.all()]
    assert len(names) >= 10

    def drawn() -> dict[str, str]:
        for name in names:
            page.locator(f"#{name}").scroll_into_view_if_needed()
        page.wait_for_timeout(1000)
        return {name: page.locator(f"#{name}").inner_html() for name in names}

    page.locator(".plot svg").nth(5).wait_for(timeout=30_000)
    before = drawn()
    page.locator("#period [name=span]").select_option("other days")
    page.locator("#period [name=from]").fill("2024-06-01")
    page.locator("#period [name=to]").fill("2024-08-31")
    after = drawn()
    assert [name for name in names if before[name] == after[name]] == []
