"""The page in a real browser, opened from disk without a network.

Needs Chromium and the package playwright; without them these tests are skipped, unless
TRAILSTATS_BROWSER names a browser: then they have to run.
"""

import os
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

import trailstats as ts
from trailstats import schema
from trailstats.model.athlete import Athlete
from trailstats.report import write_report

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1280, "height": 900}


@pytest.fixture(scope="module")
def browser():
    """Return a running Chromium."""
    asked = os.environ.get("TRAILSTATS_BROWSER", "")
    found = asked or next(
        filter(
            None,
            map(shutil.which, ("chromium", "chromium-browser", "google-chrome")),
        ),
        "",
    )
    if not found:
        pytest.skip(
            "no Chromium on this machine; set TRAILSTATS_BROWSER to its path"
        )
    if not asked:
        pytest.importorskip(
            "playwright", reason="the package playwright drives the browser"
        )
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield running
        running.close()


def drawn(page):
    """Wait until all charts of the archive are drawn."""
    page.locator(".plot svg").nth(5).wait_for(timeout=15_000)


@pytest.fixture(scope="module")
def report(history, claims, rules, tmp_path_factory) -> Path:
    """Return the report of the archive."""
    return write_report(
        history,
        tmp_path_factory.mktemp("page") / "report.html",
        claims=claims,
        rules=rules,
    )


@pytest.fixture
def visit(browser):
    """Return a function that opens a file; whatever the page complains about or asks for fails the
    test.
    """
    contexts, complaints = [], []

    def go(
        path,
        anchor="",
        *,
        viewport=DESKTOP,
        dark=False,
        scripts=True,
        before="",
    ):
        context = browser.new_context(
            viewport=viewport,
            color_scheme="dark" if dark else "light",
            offline=True,
            java_script_enabled=scripts,
        )
        contexts.append(context)
        context.add_init_script(before)
        page = context.new_page()
        page.on(
            "console",
            lambda m: (
                complaints.append(m.text)
                if m.type in ("error", "warning")
                else None
            ),
        )
        page.on("pageerror", lambda e: complaints.append(str(e)))
        page.on("dialog", lambda d: complaints.append(f"dialog {d.message}"))
        page.on(
            "request",
            lambda r: (
                complaints.append(r.url)
                if not r.url.startswith(("file:", "data:"))
                else None
            ),
        )
        page.goto(f"{path.as_uri()}{anchor}")
        return page

    yield go
    for context in contexts:
        context.close()
    assert complaints == []


def test_claims_charts_and_activities_are_there(visit, report):
    """It should draw every chart and the map of all routes without a network."""
    page = visit(report)
    assert page.locator(".claims > tbody").count() == 5
    drawn(page)
    assert page.locator(".plot svg path").count() > 50
    assert page.locator("#routes a").count() == 24


def test_an_activity_is_drawn_when_it_is_opened(visit, report):
    """It should hold nothing before and profile, map and tables after."""
    page = visit(report)
    section = page.locator("#a0")
    assert section.locator(".body").count() == 0
    section.locator("summary").first.click()
    section.locator(".profile svg").wait_for()
    assert section.locator(".profile path.f1").count() == 2
    assert section.locator(".drawn path.line").count() == 4
    assert section.get_by_text("uphill").count() == 1
    assert page.locator(".body").count() == 1


def test_only_activities_that_are_looked_at_are_opened(visit, report):
    """Charts and the map of all routes need none of them; one that is opened again is there."""
    counted = """
      window.opened = 0;
      const Real = DecompressionStream;
      window.DecompressionStream = class extends Real {
        constructor(kind) { super(kind); window.opened += 1; }
      };
    """
    page = visit(report, before=counted)
    drawn(page)
    page.locator("#routes a").nth(23).wait_for()
    assert page.evaluate("window.opened") == 0
    summary = page.locator("#a4 summary").first
    for _ in range(3):
        summary.click()
    page.locator("#a4 .profile svg").wait_for()
    assert page.evaluate("window.opened") == 1


def test_a_browser_that_cannot_open_activities_says_so(
    visit, report, build, tmp_path
):
    """It names those that can; what stands on the front is there, and so is a single run."""
    lacking = {"before": "delete window.DecompressionStream"}
    page = visit(report, "#a0", **lacking)
    notice = page.locator("#a0 .notice")
    notice.wait_for()
    assert "Firefox from 113" in notice.inner_text()
    drawn(page)
    page.locator("#routes a").nth(23).wait_for()
    single = write_report(build.analysis(0, trail=True), tmp_path / "a.html")
    visit(single, **lacking).locator("#a0 .profile svg").wait_for()


def test_pointing_at_the_profile_marks_the_map_and_back(visit, report):
    """It should show the same place in both, and say where it is."""
    page = visit(report, "#a0")
    profile, route = (
        page.locator("#a0 .profile svg"),
        page.locator("#a0 .drawn svg").first,
    )
    marker = route.locator("circle.marker").nth(1)
    assert marker.get_attribute("visibility") == "hidden"
    box = profile.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + 60)
    assert marker.get_attribute("visibility") == "visible"
    assert profile.locator("line.cursor").get_attribute("visibility") == "visible"
    told = page.locator("#a0 .readout").inner_text()
    assert re.fullmatch(
        r"2\.\d\d km · \d{3} m · trail.* · 6:15 /km · \d{3} bpm", told
    )
    # The start lies at the western end of the loop: pointing there leads back to the profile's
    # beginning or end.
    box = route.bounding_box()
    page.mouse.move(
        box["x"] + 0.06 * box["width"], box["y"] + 0.5 * box["height"]
    )
    along = float(page.locator("#a0 .readout").inner_text().split(" km")[0])
    assert min(along, 10 - along) < 0.3


def test_the_profile_is_used_by_keyboard(visit, report):
    """It should move with the arrow keys and tell a screen reader where it is."""
    page = visit(report, "#a1")
    slider = page.get_by_role("slider")
    slider.focus()
    page.keyboard.press("End")
    assert slider.get_attribute("aria-valuetext").startswith("10.00 km")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Shift+ArrowLeft")
    assert (
        8.5 < float(slider.get_attribute("aria-valuetext").split(" km")[0]) < 9.2
    )
    page.keyboard.press("Home")
    assert slider.get_attribute("aria-valuetext").startswith("0.00 km")


def test_a_segment_is_marked_on_the_profile(visit, report):
    """It should mark a quarter of the width for a segment of a quarter of the length."""
    page = visit(report, "#a0")
    page.get_by_text("Segments (4)").click()
    page.get_by_role("region", name="Segments").locator("tbody tr").nth(1).focus()
    marked = page.locator("#a0 rect.marked").bounding_box()
    grid = [
        line.bounding_box()["x"]
        for line in page.locator("#a0 .profile line.grid").all()[:6]
    ]
    assert marked["width"] == pytest.approx((max(grid) - min(grid)) / 4, abs=3)


def test_the_table_sorts_both_ways_with_gaps_last(visit, build, tmp_path):
    """It should sort by number, turn round at the second click, and keep what has no value at the
    end.
    """
    runs = [
        build.analysis(k, trail=k == 1, without=("heart_rate",) if k == 0 else ())
        for k in range(4)
    ]
    page = visit(
        write_report(
            build.history(runs), tmp_path / "a.html", claims=[], rules=[]
        )
    )
    head = page.locator("#table th").nth(10)
    loads = page.locator("#table tbody td:nth-child(11)")
    head.get_by_role("button").click()
    assert head.get_attribute("aria-sort") == "ascending"
    assert loads.all_inner_texts() == ["61", "62", "63", "\u2013"]
    head.get_by_role("button").click()
    assert head.get_attribute("aria-sort") == "descending"
    assert loads.all_inner_texts() == ["63", "62", "61", "\u2013"]
    assert page.locator("#table th[aria-sort]").count() == 1


def test_the_table_is_filtered(visit, report):
    """It should keep what fits all words and the ground, and count it."""
    page = visit(report)
    page.locator("#ground").select_option("trail")
    assert page.locator("#shown").inner_text() == "8 of 24"
    page.locator("#find").fill("forest 2025-03-09")
    assert page.locator("#table tbody tr:visible").count() == 1
    page.locator("#find").fill("river")
    assert page.locator("#shown").inner_text() == "0 of 24"


def test_a_long_table_begins_with_its_first_rows(visit, build, tmp_path):
    """It should show the first hundred of what fits, more where they end, all that is searched for,
    and all on paper.
    """
    runs = [build.analysis(k, trail=k > 104) for k in range(120)]
    path = write_report(
        build.history(runs), tmp_path / "a.html", claims=[], rules=[]
    )
    page = visit(path)
    shown = page.locator("#table tbody tr:visible")
    assert page.locator("#shown").inner_text() == "120 of 120"
    assert shown.count() == 100
    page.locator("#ground").select_option("trail")
    assert page.locator("#shown").inner_text() == f"{shown.count()} of 120"
    assert shown.count() == 15
    page.locator("#ground").select_option("all")
    assert shown.count() == 100
    # Another order begins with other rows.
    head = page.locator("#table th").first.get_by_role("button")
    head.click()
    first = shown.first.locator("a").get_attribute("href")
    assert first == "#a119"
    assert shown.count() == 100
    page.locator(".later").scroll_into_view_if_needed()
    page.locator("#table tbody tr").last.wait_for(state="visible")
    assert shown.count() == 120
    assert page.locator(".later:visible").count() == 0
    paper = visit(path)
    told = "\n".join(text_of(paper.pdf(format="A4", landscape=True)))
    assert told.count("2025-") >= 120
    assert (
        visit(path, scripts=False).locator("#table tbody tr:visible").count()
        == 120
    )


def test_other_sports_are_shown_when_asked_for(visit, build, tmp_path):
    """It should begin with runs, and list a ride under its sport and under all."""
    runs = [build.analysis(k, trail=False) for k in range(3)]
    ride = replace(runs[1], meta=replace(runs[1].meta, sport="cycling"))
    history = build.history([runs[0], ride, runs[2]])
    page = visit(write_report(history, tmp_path / "a.html", claims=[], rules=[]))
    assert page.locator("#shown").inner_text() == "2 of 3"
    page.locator("#sport").select_option("cycling only")
    assert page.locator("#table tbody tr:visible").count() == 1
    page.locator("#table tbody a:visible").first.click()
    drawn = page.locator("#a1 .profile svg")
    drawn.wait_for()
    told = drawn.text_content()
    assert "speed, km/h" in told
    assert "pace" not in told
    drawn.press("ArrowRight")
    assert "km/h" in page.locator("#a1 .readout").inner_text()
    page.locator("#sport").select_option("all")
    assert page.locator("#shown").inner_text() == "3 of 3"


def test_a_link_in_the_table_opens_its_section(visit, report):
    """It should open and focus the section, also at a second click."""
    page = visit(report)
    link = page.locator("#table tbody a").nth(5)
    for _ in range(2):
        link.click()
        page.locator("#a5 .body").wait_for()
        assert page.evaluate("document.activeElement.parentElement.id") == "a5"
        page.locator("#a5 > summary").click()
        assert page.locator("#a5[open]").count() == 0


def test_the_runs_behind_a_claim_are_listed(visit, report):
    """It should list six links for the claim that rests on six runs."""
    page = visit(report)
    claim = page.locator("#claim-easy_days")
    claim.locator(".more summary").first.click()
    claim.locator(".runs summary").click()
    claim.locator(".runs a").first.wait_for()
    assert claim.locator(".runs a").count() == 6
    claim.locator(".runs a").nth(2).click()
    page.locator("#a2 .body").wait_for()


@pytest.mark.parametrize("width", [320, 360, 800, 1280])
def test_nothing_sticks_out(visit, report, width):
    """It should never be wider than the window, with an activity and all folds open."""
    page = visit(report, "#a0", viewport={"width": width, "height": 800})
    drawn(page)
    page.evaluate(
        "document.querySelectorAll('details:not(.activity)').forEach((d) => { d.open = true; })"
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_turning_the_phone_redraws_the_profile(visit, report):
    """It should fit the profile to the new width."""
    page = visit(report, "#a0", viewport=PHONE)
    narrow = page.locator("#a0 .profile svg").get_attribute("viewBox")
    page.set_viewport_size({"width": 740, "height": 360})
    page.locator(f"#a0 .profile svg:not([viewBox='{narrow}'])").wait_for()
    assert page.locator("#a0 .profile svg").bounding_box()["width"] <= 740


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("viewport", [PHONE, DESKTOP])
def test_no_serious_accessibility_fault(visit, report, dark, viewport):
    """It should pass the checks of axe, contrast included, in both themes."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    page = visit(report, "#a0", viewport=viewport, dark=dark)
    drawn(page)
    page.evaluate(
        "document.querySelectorAll('details:not(.activity)').forEach((d) => { d.open = true; })"
    )
    found = axe.Axe().run(page).response["violations"]
    serious = {
        v["id"]: [n["html"][:120] for n in v["nodes"]][:3]
        for v in found
        if v["impact"] in ("serious", "critical")
    }
    assert serious == {}


@pytest.mark.parametrize("dark", [False, True])
def test_split_pages_have_no_serious_accessibility_fault(
    visit, history, claims, rules, tmp_path, dark
):
    """It should pass the same checks on the front page and on an activity's own page, and fit a
    phone.
    """
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    front = write_report(
        history, tmp_path / "r.html", claims=claims, rules=rules, split=True
    )
    for path in (front, tmp_path / "r_activities" / "a3.html"):
        page = visit(path, viewport=PHONE, dark=dark)
        page.locator(".plot svg, .profile svg").first.wait_for()
        page.wait_for_timeout(1000)
        page.evaluate(
            "document.querySelectorAll('details').forEach((d) => { d.open = true; })"
        )
        assert (
            page.evaluate("document.documentElement.scrollWidth")
            <= PHONE["width"]
        )
        found = axe.Axe().run(page).response["violations"]
        assert {
            v["id"]: v["nodes"][0]["html"]
            for v in found
            if v["impact"] in ("serious", "critical")
        } == {}


def test_the_trend_is_drawn_with_paces_on_its_axis(visit, build, tmp_path):
    """It should mark the axis as minutes and seconds, the faster above."""
    page = visit(
        write_report(
            build.season(0.002, noise=0.03),
            tmp_path / "a.html",
            claims=[],
            rules=[],
        )
    )
    labels = page.locator("#chart-trend .role-axis-label text")
    labels.first.wait_for()
    paces = [t for t in labels.all_text_contents() if re.fullmatch(r"\d:\d\d", t)]
    assert len(paces) >= 3
    heights = {
        label.text_content(): label.bounding_box()["y"]
        for label in labels.all()
        if label.text_content() in paces
    }
    assert [
        t for t, _ in sorted(heights.items(), key=lambda item: item[1])
    ] == sorted(paces)


def test_the_dark_theme_is_dark(visit, report):
    """It should have a dark background and draw charts in the same theme."""
    page = visit(report, dark=True)
    drawn(page)
    red, green, blue = map(
        int,
        re.findall(
            r"\d+",
            page.evaluate("getComputedStyle(document.body).backgroundColor"),
        )[:3],
    )
    assert max(red, green, blue) < 60
    label = page.locator("#chart-weekly .role-axis-label text").first
    assert (
        min(
            map(
                int,
                re.findall(
                    r"\d+", label.evaluate("e => getComputedStyle(e).fill")
                )[:3],
            )
        )
        > 140
    )


def test_hostile_names_are_shown_as_text(visit, build, tmp_path):
    """It should show a name that looks like markup, and run nothing of it."""
    from dataclasses import replace

    attack = "</script><script>alert(1)</script><img src=x onerror=alert(2)>"
    run = build.analysis(0, trail=True)
    run = replace(
        run,
        meta=replace(
            run.meta, name=attack, notes=attack, device=attack, source=attack
        ),
    )
    history = build.history(
        [run, build.analysis(1, trail=False)], Athlete(name=attack)
    )
    page = visit(
        write_report(history, tmp_path / "a.html", claims=[], rules=[]), "#a0"
    )
    page.locator("#a0 .body").wait_for()
    assert page.locator("#a0 h3").inner_text() == attack
    assert page.locator("#a0 .notes").inner_text() == attack
    assert attack in page.locator("h1").inner_text()
    assert page.locator("img").count() == 0


@pytest.mark.parametrize(
    "without", [("elevation",), ("latitude", "longitude"), ("heart_rate",)]
)
def test_missing_channels_are_drawn_without(visit, build, tmp_path, without):
    """It should draw the panels that there is something for, and no map without positions."""
    run = build.analysis(0, trail=True, without=without)
    page = visit(write_report(run, tmp_path / "a.html"))
    page.locator("#a0 .profile svg").wait_for()
    assert page.locator("#a0 svg[role=img]").count() == (
        0 if "latitude" in without else 1
    )
    told = page.locator("#a0 .profile").inner_text()
    assert ("no elevation" in told) == ("elevation" in without)
    assert ("heart rate" in told) == ("heart_rate" not in without)


def test_a_single_run_is_open_at_once(visit, build, tmp_path):
    """It should show the run without a click, and no archive."""
    page = visit(
        write_report(build.analysis(0, trail=True), tmp_path / "a.html"),
        viewport=PHONE,
    )
    page.locator("#a0 .profile svg").wait_for()
    assert page.locator("#archive").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_the_front_page_needs_no_script(visit, report):
    """It should show claims and the table of activities with scripts switched off."""
    page = visit(report, scripts=False)
    assert page.get_by_text("6:15 /km on trail").is_visible()
    assert page.locator("#table tbody tr").count() == 24


def test_a_split_report_leads_there_and_back(visit, history, claims, tmp_path):
    """It should draw all routes on the front page, and open an activity's own page from the
    table.
    """
    page = visit(
        write_report(
            history, tmp_path / "a b.html", claims=claims, rules=[], split=True
        )
    )
    drawn(page)
    assert page.locator("#routes a").count() == 24
    page.locator("#claim-easy_days .more summary").first.click()
    page.locator("#claim-easy_days .runs summary").click()
    assert (
        page.locator("#claim-easy_days .runs a").first.get_attribute("href")
        == "a%20b_activities/a0.html"
    )
    page.locator("#table tbody a").nth(4).click()
    page.locator("#a0 .profile svg").wait_for()
    assert page.locator("h1").inner_text() == "River loop 4"
    page.get_by_role("link", name="All activities").click()
    page.locator("#table").wait_for()


def box_of(locator) -> list[float]:
    """Return what a map shows: x, y, width, height."""
    return [float(v) for v in locator.get_attribute("viewBox").split()]


def test_a_map_is_zoomed_and_moved(visit, report):
    """It should come nearer by its buttons, move by dragging and by keys, and show all again; a
    drag opens no run.
    """
    page = visit(report)
    drawn(page)
    root = page.locator("#routes > svg")
    whole = box_of(root)
    page.locator("#routes").get_by_role("button", name="Zoom in").click()
    near = box_of(root)
    assert near[2] == pytest.approx(whole[2] / 1.6)
    page.keyboard.press("ArrowRight")
    right = box_of(root)
    assert right[0] > near[0]
    root.scroll_into_view_if_needed()
    box = root.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y, steps=4)
    page.mouse.up()
    assert box_of(root)[0] < right[0]
    assert page.locator("details.activity[open]").count() == 0
    page.locator("#routes").get_by_role("button", name="Show all").click()
    assert box_of(root) == whole


def test_a_far_run_does_not_shrink_the_others(visit, build, tmp_path):
    """It should frame the twelve runs that lie together, and say that one lies further away."""
    runs = [build.analysis(k, trail=False) for k in range(13)]
    far = runs[12].profile.assign(latitude=runs[12].profile["latitude"] + 0.18)
    runs[12] = replace(runs[12], profile=far)
    history = build.history(runs)
    page = visit(write_report(history, tmp_path / "a.html", claims=[], rules=[]))
    page.locator("#routes > svg").wait_for()
    # Loops of 2.4 km and more; the far one is 20 km away.
    assert max(box_of(page.locator("#routes > svg"))[2:]) < 8000
    # Its text, also where it has no layout as it is not in view.
    assert "1 further away" in page.locator("#routes .aside").text_content()
    page.locator("#routes").get_by_role("button", name="Show all").click()
    assert max(box_of(page.locator("#routes > svg"))[2:]) > 15000


def totals_of(page) -> dict[str, list[str]]:
    """Return the rows of the totals of the period."""
    rows = page.locator("#totals tbody tr").all()
    return {
        row.locator("th").inner_text(): row.locator("td").all_inner_texts()
        for row in rows
    }


def test_all_follows_the_period(visit, report):
    """It should sum, draw, list and link only the runs of the days that were chosen."""
    page = visit(report)
    drawn(page)
    facts = dict(
        zip(
            page.locator("header.top dt").all_inner_texts(),
            page.locator("header.top dd").all_inner_texts(),
            strict=True,
        )
    )
    whole = totals_of(page)
    for name in ("runs", "ascent", "on trail", "on road"):
        assert whole[name] == [facts[name]]
    assert whole["distance"] == [facts["distance"]]
    bars = page.locator("#chart-weekly svg path")
    before = bars.count()
    page.locator("#period [name=span]").select_option("other days")
    page.locator("#period [name=from]").fill("2025-03-10")
    page.locator("#period [name=to]").fill("2025-03-16")
    # Every second day from 3 March on: the 11th, 13th and 15th.
    assert totals_of(page)["runs"] == ["3"]
    assert totals_of(page)["distance"] == ["30.0 km"]
    assert page.locator("#shown").inner_text() == "3 of 24"
    assert page.locator("#routes a").count() == 3
    assert page.locator("#calendar .ran").count() == 3
    page.wait_for_function(
        "n => document.querySelectorAll('#chart-weekly svg path').length < n",
        arg=before,
    )
    page.locator("#calendar .ran a").first.click()
    page.locator("#a4 .body").wait_for()


def test_figures_that_stand_twice_are_the_same(visit, build, tmp_path):
    """The totals of all time are those in the head, also with a run indoors, which has no ground;
    two runs of one week draw without a word of the chart library.
    """
    runs = [build.analysis(k, trail=k == 0) for k in range(2)]
    indoor = replace(
        runs[1],
        meta=replace(runs[1].meta, sport="running", sub_sport="treadmill"),
    )
    path = write_report(
        build.history([runs[0], indoor]), tmp_path / "two.html", claims=()
    )
    page = visit(path)
    page.locator(".plot svg").nth(2).wait_for(timeout=15_000)
    page.wait_for_timeout(1000)
    head = dict(
        zip(
            page.locator(".facts dt").all_inner_texts(),
            page.locator(".facts dd").all_inner_texts(),
            strict=True,
        )
    )
    totals = dict(
        row.split("\t")
        for row in page.locator("#totals tbody tr").all_inner_texts()
    )
    both = head.keys() & totals.keys()
    assert both >= {"distance", "time", "ascent", "on trail", "on road"}
    assert {k: totals[k] for k in both} == {k: head[k] for k in both}


def test_the_trend_is_that_of_the_period(visit, build, tmp_path):
    """All time and a year have a line of their own, other days the points alone."""
    page = visit(
        write_report(build.season(0.002), tmp_path / "season.html", claims=())
    )
    chart = page.locator("#chart-trend")
    line = chart.locator("path[aria-roledescription='line mark']")
    line.first.wait_for(timeout=15_000)
    first, last = (
        page.locator("#period input").nth(k).input_value() for k in (0, 1)
    )
    before = line.first.get_attribute("d")
    page.locator("#period select[name=span]").select_option(label="other days")
    page.locator("#period input[name=from]").fill(first)
    page.locator("#period input[name=from]").dispatch_event("change")
    page.wait_for_timeout(500)
    assert chart.locator("svg").count() == 1
    assert line.count() == 0
    page.locator("#period select[name=span]").select_option(label="all")
    line.first.wait_for(timeout=5000)
    assert line.first.get_attribute("d") == before
    assert first < last


def test_two_periods_stand_side_by_side(visit, report):
    """It should show the week before beside a week, and nothing again."""
    page = visit(report)
    page.locator("#period [name=span]").select_option("other days")
    page.locator("#period [name=from]").fill("2025-03-10")
    page.locator("#period [name=to]").fill("2025-03-16")
    page.locator("#period [name=compared]").select_option("the time before")
    # The 3rd, 5th, 7th and 9th of March.
    assert totals_of(page)["runs"] == ["3", "4"]
    assert "2025-03-03 to 2025-03-09" in page.locator("#totals").inner_text()


def test_records_and_shoes_lead_to_their_runs(visit, build, tmp_path):
    """It should find the fastest of three runs, on road and on trail, and sum shoes by ground."""
    efforts = schema.EFFORTS.frame(
        {
            "ground": ["actual"],
            "basis": ["distance"],
            "distance": [5000.0],
            "duration": [1500.0],
            "start_offset": [0.0],
        }
    )
    runs = []
    for k, seconds in enumerate((1500.0, 1400.0, 1600.0)):
        run = build.analysis(k, trail=k == 0)
        gear = "Old pair" if k else ""
        runs.append(
            replace(
                run,
                efforts=efforts.assign(duration=seconds),
                meta=replace(run.meta, gear=gear),
            )
        )
    history = build.history(runs)
    page = visit(write_report(history, tmp_path / "a.html", claims=[], rules=[]))
    row = page.locator("#records tbody tr")
    # Their texts: what is not in view has no layout yet.
    page.locator("#records").scroll_into_view_if_needed()
    assert row.locator("td").all_text_contents() == [
        "23:20, 2025-03-05",
        "23:20, 2025-03-05",
        "25:00, 2025-03-03",
    ]
    shoes = page.locator("#shoes tbody tr > *").all_text_contents()
    assert shoes == ["Old pair", "2", "20", "15", "0", "5", "2025-03-07"]
    row.locator("a").last.click()
    page.locator("#a0 .body").wait_for()


def text_of(pdf: bytes) -> list[str]:
    """Return the text of each page."""
    reader = pytest.importorskip("pypdfium2")
    document = reader.PdfDocument(pdf)
    return [
        document[k].get_textpage().get_text_range() for k in range(len(document))
    ]


def test_print_leaves_out_what_only_a_screen_can_do(visit, report):
    """It should hide navigation and filter on paper."""
    page = visit(report, "#a0")
    page.emulate_media(media="print")
    assert not page.locator("nav").is_visible()
    forms = page.locator("form.filter")
    assert not any(form.is_visible() for form in forms.all())


def test_the_front_is_printed(visit, report):
    """It should print what is folded away on the front: caveats, parts; of activities the table."""
    page = visit(report, "#a3")
    drawn(page)
    told = "\n".join(text_of(page.pdf(format="A4")))
    assert "What limits the answer" in told
    assert "shin load per kilometre" in told
    assert "Forest loop 21" in told
    assert "Kilometre by kilometre" not in told
    assert "Up, flat, down; trail and road" not in told
    # As before on the screen.
    assert page.locator("details[open]").count() == 1


def test_one_activity_is_printed_on_demand(visit, report):
    """It should print that one with its segments, and nothing of the front."""
    page = visit(report, "#a3")
    section = page.locator("#a3")
    # What the browser's own dialogue would print while the button's click lasts.
    page.evaluate(
        "window.print = () => { window.asked = document.documentElement.outerHTML; }"
    )
    section.get_by_role("button", name="Print this activity").click()
    assert 'data-only="a3"' in page.evaluate("window.asked")
    page.evaluate(
        "document.body.dataset.only = 'a3';"
        "document.getElementById('a3').classList.add('alone')"
    )
    told = "\n".join(text_of(page.pdf(format="A4")))
    assert told.count("Up, flat, down; trail and road") == 1
    assert "Segments (4)" in told
    assert "What limits the answer" not in told


def test_an_activity_leads_to_its_neighbours(visit, report):
    """It should open the next one in time, the next on the same route, and the table."""
    page = visit(report, "#a3")
    ways = page.locator("#a3 .ways")
    ways.get_by_role("link", name="next →").click()
    page.locator("#a4 .body").wait_for()
    ways.get_by_role("link", name="next on this route").click()
    page.locator("#a10 .body").wait_for()
    ways.get_by_role("link", name="table of activities").click()
    assert page.url.endswith("#activities")


def test_kilometres_laps_and_all_metrics(visit, root, tmp_path):
    """It should show the kilometres of a real run in the open, and laps and metrics folded."""
    run = ts.analyze(root / "data/samples/archive/2024-08-11-0828.fit")
    page = visit(write_report(run, tmp_path / "a.html"))
    rows = page.get_by_role("region", name="Kilometre by kilometre")
    assert rows.locator("tbody tr").count() == 13
    page.get_by_text("Laps of the watch (13)").click()
    assert page.get_by_role("region", name="Laps of the watch").is_visible()
    page.get_by_text("All metrics, and how each was found").click()
    assert page.get_by_role("region", name="Steps", exact=True).is_visible()
    assert "steps a minute" in page.locator(".profile").inner_text()
    assert "at the device, °C" in page.locator(".profile").inner_text()
    page.locator(".profile svg").press("ArrowRight")
    assert re.search(r"\d+ °C", page.locator(".readout").inner_text())
