"""The file that is written: whole, safe, and alone."""

import base64
import builtins
import html.parser
import itertools
import json
import re
import urllib.parse
import zlib
from dataclasses import replace

import numpy as np
import pytest

from trailstats.errors import MissingExtraError, WriteError
from trailstats.io.containers import Failure
from trailstats.model.activity import Issue
from trailstats.model.athlete import Athlete
from trailstats.report import write_report
from trailstats.report.drawn import embed
from trailstats.report.html import SCRIPTS, render
from trailstats.report.library import chart_library
from trailstats.report.units import Units
from trailstats.report.view import build_page
from trailstats.schema import Severity

ATTACK = "</script><script>alert(1)</script><img src=x onerror=alert(2)>{{ 7*7 }}'\"&\u2028--><!--"


class Page(html.parser.HTMLParser):
    """Collects elements, attributes, texts and scripts as a browser would see them."""

    def __init__(self, source):
        super().__init__()
        self.elements, self.scripts, self.texts = [], {}, []
        self._inside = None
        self.feed(source)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag in ("script", "style"):
            self._inside = (tag, len(self.elements), dict(attrs))
            self.scripts[self._inside[1]] = (self._inside[2], "", tag)

    def handle_endtag(self, tag):
        if tag in ("script", "style"):
            self._inside = None

    def handle_data(self, data):
        if self._inside:
            attrs, text, tag = self.scripts[self._inside[1]]
            self.scripts[self._inside[1]] = (attrs, text + data, tag)
        else:
            self.texts.append(data)

    def data(self):
        """Return the embedded data, with those of each activity put together."""
        found = {
            attrs["id"]: opened(attrs["type"], text)
            for attrs, text, _ in self.scripts.values()
            if "id" in attrs
        }
        data, lines = found.pop("data"), found.pop("lines")
        ends = np.cumsum([0, *lines["counts"]])
        data["lines"] = [
            {axis: lines[axis][first:end] for axis in ("x", "y", "ground")}
            for first, end in itertools.pairwise(ends.tolist())
        ]
        data["activities"] = [
            found[f"data-{number}"] for number in range(len(found))
        ]
        return data

    def code(self):
        """Return the scripts that run."""
        return [
            text
            for attrs, text, tag in self.scripts.values()
            if tag == "script" and "type" not in attrs
        ]


def opened(kind, text):
    """Return what an element holds, as a browser opens it."""
    if kind == "application/zlib":
        text = zlib.decompress(base64.b64decode(text, validate=True))
    return json.loads(text)


@pytest.fixture(scope="module")
def source(history, claims, rules, tmp_path_factory):
    """Return the text of the report of the archive."""
    path = tmp_path_factory.mktemp("report") / "report.html"
    assert write_report(history, path, claims=claims, rules=rules) == path
    return path.read_text(encoding="utf-8")


def hostile(build):
    """Return a history whose every text is an attack."""
    run = build.analysis(0, trail=True)
    meta = replace(
        run.meta,
        source=f"x/{ATTACK}.fit",
        name=ATTACK,
        notes=ATTACK,
        workout=ATTACK + "w",
        device=ATTACK,
        sport=ATTACK,
        sub_sport=ATTACK,
    )
    issues = (Issue(ATTACK, Severity.WARNING, ATTACK, 1, ATTACK),)
    metrics = {
        ATTACK: replace(run.metrics["session_load"], method=ATTACK, unit=ATTACK)
    }
    run = replace(run, meta=meta, issues=issues, metrics=run.metrics | metrics)
    failures = (Failure(f"y/{ATTACK}", ATTACK, ATTACK, ATTACK),)
    return build.history([run], Athlete(name=ATTACK), failures)


def test_texts_from_files_stay_texts(build, claims, rules):
    """It should show names, notes, devices, issues and errors as they are, and run none of them."""
    history = hostile(build)
    claims = [
        replace(
            claims[0],
            statement=ATTACK,
            metric=ATTACK,
            caveats=(ATTACK,),
            activities=(ATTACK,),
        )
    ]
    rules = [
        replace(
            rules[0], statement=ATTACK, detail=ATTACK, rule=ATTACK, outcome=ATTACK
        )
    ]
    clean = Page(
        render(
            build_page(
                build.history([build.analysis(0, trail=True)]),
                claims=claims[:1],
                rules=rules[:1],
            )
        )
    )
    page = Page(
        render(
            replace(build_page(history, claims=claims, rules=rules), title=ATTACK)
        )
    )
    assert [tag for tag, _ in page.elements].count("script") == [
        tag for tag, _ in clean.elements
    ].count("script")
    assert not any(
        tag == "img" or any(a.startswith("on") for a in attrs)
        for tag, attrs in page.elements
    )
    assert page.code() == clean.code()
    shown = "".join(page.texts)
    assert ATTACK in shown
    assert "49" not in re.findall(r"\{\{ 7\*7 \}\}|\b49\b", shown)
    data = page.data()
    assert data["activities"][0]["notes"] == ATTACK
    assert ATTACK in data["activities"][0]["texts"]
    assert data["titles"][0].startswith(ATTACK)


def test_embedded_data_hold_nothing_that_ends_a_script():
    """It should write the characters that open tags and comments as escapes, and give the same
    values back.
    """
    value = {"a": [ATTACK, "<!--", "]]>", "\u2029", "é"]}
    text = embed(value)
    assert not set("<>&\u2028\u2029") & set(text)
    assert json.loads(text) == value


def test_no_number_that_json_does_not_know():
    """It should refuse NaN instead of writing a page that no browser reads."""
    with pytest.raises(ValueError, match="JSON"):
        embed([float("nan")])


def test_nothing_is_loaded_from_anywhere(source):
    """It should refer to nothing but its own parts, and forbid everything else."""
    page = Page(source)
    for tag, attrs in page.elements:
        assert tag not in (
            "link",
            "img",
            "iframe",
            "object",
            "embed",
            "audio",
            "video",
            "base",
            "source",
        )
        for name in (
            "src",
            "href",
            "xlink:href",
            "action",
            "data",
            "poster",
            "srcset",
        ):
            assert attrs.get(name, "#").startswith("#"), (tag, attrs)
    styles = " ".join(
        text for _, text, tag in page.scripts.values() if tag == "style"
    )
    assert "@import" not in styles
    assert "url(" not in styles
    # Addresses occur only as names of namespaces and schemas inside the chart library, and never in
    # our own scripts.
    _, _, *library = page.code()
    own = source
    for text in library:
        own = own.replace(text, "")
    addresses = set(re.findall(r"https?://[^\s\"'`)]+", own))
    assert addresses <= {
        "http://www.w3.org/2000/svg",
        *(a for a in addresses if "vega.github.io/schema" in a),
    }
    (policy,) = [
        a["content"]
        for t, a in page.elements
        if a.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe-eval" not in policy
    assert "http" not in policy


def test_the_policy_names_each_script(source):
    """It should allow exactly the scripts that are in the file, by their hash."""
    import hashlib

    page = Page(source)
    (policy,) = [
        a["content"]
        for t, a in page.elements
        if a.get("http-equiv") == "Content-Security-Policy"
    ]
    hashes = re.findall(r"'sha256-([^']+)'", policy)
    assert hashes == [
        base64.b64encode(hashlib.sha256(s.encode()).digest()).decode()
        for s in page.code()
    ]
    assert len(hashes) == len(SCRIPTS) + 1  # and the chart library


def test_the_chart_library_is_there_once_and_only_where_charts_are(
    source, build, tmp_path
):
    """It should take under 100 kB for a single activity, which has no chart of the archive."""
    assert source.count("window.vegaEmbed") == 1
    single = write_report(build.analysis(0, trail=True), tmp_path / "one.html")
    assert single.stat().st_size < 100_000
    scripts = Page(single.read_text(encoding="utf-8")).code()
    assert len(scripts) == len(SCRIPTS)


def test_the_front_page_is_there_without_scripts(source):
    """It should hold claims, verdicts, rules and the table of activities as plain elements."""
    shown = " ".join("".join(Page(source).texts).split())
    for words in (
        "Slower easy days",
        "no, the opposite",
        "not enough data",
        "At most one trail run in two weeks",
    ):
        assert words in shown
    assert "Forest loop 0" in shown
    assert "the header is cut off (byte 12)" in shown
    assert source.count('<tr data-surface="') == 24
    assert source.count('<details class="activity"') == 24


def test_the_embedded_track_comes_back(history, build):
    """It should give back distance, elevation and speed within the rounding, and no latitude or
    longitude.
    """
    run = build.analysis(0, trail=True)
    page = Page(render(build_page(run)))
    data = page.data()
    track, (line,) = data["activities"][0]["track"], data["lines"]
    assert np.cumsum(track["along"]) == pytest.approx(
        run.profile["distance"], abs=0.51
    )
    assert np.cumsum(track["elevation"]) / 10 == pytest.approx(
        run.profile["elevation"], abs=0.051
    )
    assert np.array(track["speed"]) / 100 == pytest.approx(
        run.profile["speed"], abs=0.0051
    )
    # Trail, technical trail, unknown, road: a letter for each point.
    letters = [("c", "d", "e", "a")[k] for k in run.profile["segment"]]
    assert track["ground"] == line["ground"] == "".join(letters)
    # The loop has a diameter of 2.4 km: so does what is embedded, around its middle.
    assert np.ptp(np.cumsum(line["y"])) == pytest.approx(2400, abs=2)
    assert np.abs(np.cumsum(line["x"])).max() <= 2500


def test_gaps_stay_gaps_in_the_embedded_track(build):
    """It should write null where a value is missing and carry on from the last known one."""
    run = build.analysis(0, trail=True, points=20)
    profile = run.profile.copy()
    profile.loc[5:8, ["elevation", "heart_rate"]] = np.nan
    track = Page(render(build_page(replace(run, profile=profile)))).data()[
        "activities"
    ][0]["track"]
    assert [v is None for v in track["elevation"]] == [
        v is None for v in track["heartRate"]
    ]
    assert [k for k, v in enumerate(track["elevation"]) if v is None] == [
        5,
        6,
        7,
        8,
    ]
    known = np.array([v for v in track["elevation"] if v is not None])
    assert known.cumsum()[-1] / 10 == pytest.approx(
        profile["elevation"].iloc[-1], abs=0.051
    )


def test_private_places_are_not_in_the_file(build):
    """It should embed no point within 600 m of home: the run passes there first and last."""
    run = build.analysis(1, trail=False)
    history = build.history([run], Athlete(privacy_zones=((47.0, 11.0, 600.0),)))
    track = Page(render(build_page(history))).data()["activities"][0]["track"]
    along = np.cumsum(track["along"])
    radius = 1240.0  # of the loop, 10 km of distance for one turn
    # The way counts from the edge of what is hidden, which lies 600 m away at the least.
    hidden = 2 * 10_000 / np.pi * np.arcsin(600 / (2 * radius))
    assert along[-1] < 10_000 - hidden
    assert 0 < len(along) < len(run.profile)


@pytest.mark.parametrize("imperial", [False, True])
@pytest.mark.parametrize(
    "without", [(), ("elevation",), ("latitude", "longitude"), ("heart_rate",)]
)
def test_pages_with_missing_channels_are_whole(build, without, imperial):
    """It should write a page whatever was not recorded."""
    runs = [
        build.analysis(k, trail=k % 2 == 0, without=without) for k in range(3)
    ]
    page = Page(render(build_page(build.history(runs), units=Units.of(imperial))))
    assert len(page.data()["activities"]) == 3


def test_an_archive_in_which_nothing_could_be_read(build):
    """It should say so, with the failures."""
    page = Page(
        render(
            build_page(
                build.history(
                    [], failures=(Failure("a.fit", "corrupt", "nothing in it"),)
                )
            )
        )
    )
    shown = "".join(page.texts)
    assert "No activity could be read." in shown
    assert "nothing in it" in shown


def test_claims_and_rules_are_worked_out_when_not_given(
    history, tmp_path, monkeypatch
):
    """It should ask the claims and the plan of the same history."""
    from trailstats.report import html as module

    asked = []
    for name in ("evaluate_claims", "check_plan"):
        monkeypatch.setattr(module, name, lambda h: asked.append(h) or [])
    write_report(history, tmp_path / "a.html")
    assert asked == [history, history]


def test_an_old_file_survives_a_place_that_cannot_be_written(history, tmp_path):
    """It should raise a typed error and leave nothing behind."""
    with pytest.raises(WriteError):
        write_report(
            history, tmp_path / "nowhere" / "a.html", claims=[], rules=[]
        )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("package", "extra"),
    [("jinja2", "report"), ("vl_convert", "png")],
)
def test_a_missing_extra_is_named(history, tmp_path, monkeypatch, package, extra):
    """It should say which extra brings the package that is missing."""
    from trailstats.report import html as module

    real = builtins.__import__

    def without(name, *rest):
        if name.split(".")[0] == package:
            raise ImportError(name)
        return real(name, *rest)

    chart_library.cache_clear()
    module._template.cache_clear()
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(MissingExtraError, match=rf"trailstats\[{extra}\]"):
        write_report(history, tmp_path / "a.html", claims=[], rules=[])


def test_a_split_report_has_a_page_for_each_activity(
    history, claims, rules, tmp_path
):
    """It should write 24 pages beside a front page that holds no profile, with links both ways that
    exist.
    """
    path = write_report(
        history,
        tmp_path / "my runs & more.html",
        claims=claims,
        rules=rules,
        split=True,
    )
    folder = tmp_path / "my runs & more_activities"
    assert sorted(p.name for p in folder.iterdir()) == sorted(
        f"a{k}.html" for k in range(24)
    )
    front = Page(path.read_text(encoding="utf-8"))
    links = [
        a["href"]
        for t, a in front.elements
        if t == "a" and "activities/" in a["href"]
    ]
    assert len(links) == 24
    assert all((tmp_path / urllib.parse.unquote(link)).exists() for link in links)
    assert front.data()["activities"] == []
    one = Page((folder / "a3.html").read_text(encoding="utf-8"))
    (alone,) = one.data()["activities"]
    assert one.data()["titles"] == ["Forest loop 3"]
    # The whole line stands on its page, on the front one what a small map needs.
    (line,), lines = one.data()["lines"], front.data()["lines"]
    assert len(line["x"]) == len(alone["track"]["along"]) > len(lines[3]["x"])
    assert sum(line["x"]) == sum(lines[3]["x"])
    assert line["ground"][0] == lines[3]["ground"][0]
    back, meanings = [
        a["href"] for t, a in one.elements if t == "a" and "html" in a["href"]
    ]
    assert meanings == f"{back}#glossary"
    assert 'id="glossary"' in path.read_text(encoding="utf-8")
    assert (folder / urllib.parse.unquote(back)).resolve() == path.resolve()


def test_pages_of_an_earlier_report_are_removed(build, tmp_path):
    """It should remove the pages that no activity has any more, and nothing that it did not
    write.
    """
    runs = [build.analysis(k, trail=False) for k in range(4)]
    folder = tmp_path / "r_activities"
    for count in (4, 2):
        write_report(
            build.history(runs[:count]),
            tmp_path / "r.html",
            claims=[],
            rules=[],
            split=True,
        )
        if count == 4:
            (folder / "a9.html").write_text("<p>my own page</p>")
            (folder / "notes.txt").write_text("mine")
    assert sorted(p.name for p in folder.iterdir()) == [
        "a0.html",
        "a1.html",
        "a9.html",
        "notes.txt",
    ]


def test_the_front_page_that_stands_keeps_its_pages_when_the_new_one_fails(
    build, tmp_path, monkeypatch
):
    """It should remove nothing before the new front page is in place."""
    from trailstats.report import html as module

    runs = [build.analysis(k, trail=False) for k in range(3)]
    write_report(
        build.history(runs), tmp_path / "r.html", claims=[], rules=[], split=True
    )
    real = module.write_pieces_atomically

    def failing(path, content):
        if path.name == "r.html":
            raise WriteError("no space")
        return real(path, content)

    monkeypatch.setattr(module, "write_pieces_atomically", failing)
    with pytest.raises(WriteError):
        write_report(
            build.history(runs[:1]),
            tmp_path / "r.html",
            claims=[],
            rules=[],
            split=True,
        )
    assert len(list((tmp_path / "r_activities").iterdir())) == 3


def test_the_chart_library_is_kept_and_not_trusted_when_cut_short(
    tmp_path, monkeypatch
):
    """It should come from the folder for caches the second time, and be made anew from a file that
    broke off.
    """
    vl_convert = pytest.importorskip("vl_convert")
    monkeypatch.setenv("TRAILSTATS_CACHE", str(tmp_path / "kept"))
    made = []
    script = "x" * 500 + ";window.vegaEmbed=$t6;"
    monkeypatch.setattr(
        vl_convert,
        "javascript_bundle",
        lambda entry: made.append(entry) or script,
    )
    for broken, wanted in ((False, 1), (False, 1), (True, 2)):
        if broken:
            (kept,) = (tmp_path / "kept").iterdir()
            kept.write_text(script[:300])
        chart_library.cache_clear()
        assert chart_library() == script
        assert len(made) == wanted
    chart_library.cache_clear()


def test_the_same_input_gives_the_same_file(build):
    """It should depend on nothing but what it is given."""
    runs = [build.analysis(k, trail=False) for k in range(3)]
    assert render(build_page(build.history(runs))) == render(
        build_page(build.history(runs))
    )
