"""The documentation builds without a warning and without a network, and its links lead somewhere."""

from __future__ import annotations

import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

import trailstats as ts


class Links(HTMLParser):
    """The links of a page, and the places on it that links can lead to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.targets: list[str] = []
        self.places: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.places |= {str(given[key]) for key in ("id", "name") if given.get(key)}
        for key in ("href", "src"):
            if given.get(key):
                self.targets.append(str(given[key]))


@pytest.fixture(scope="module")
def built(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the pages, built with warnings as errors from a copy of what the build reads."""
    folder = tmp_path_factory.mktemp("docs")
    copy = folder / "copy"
    skip = shutil.ignore_patterns("_build", "reference", "__pycache__")
    shutil.copytree(root / "docs", copy / "docs", ignore=skip)
    for name in ("trailstats", "data", "examples"):
        (copy / name).symlink_to(root / name)
    for path in root.glob("*.md"):
        shutil.copy(path, copy)
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "html", "docs", str(folder / "html")]
    done = subprocess.run(command, capture_output=True, text=True, cwd=copy, timeout=600)
    assert done.returncode == 0, done.stderr
    return folder / "html"


def test_links_between_the_pages_lead_somewhere(built: Path) -> None:
    """Each link to another page, a picture or a place on a page finds it."""
    pages = {path: Links(path.read_text(encoding="utf-8")) for path in built.rglob("*.html")}
    assert len(pages) > 50
    broken = []
    for path, page in pages.items():
        if path.name in ("genindex.html", "search.html", "py-modindex.html"):
            continue
        for link in page.targets:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if not target.exists() or (
                parts.fragment and target in pages and unquote(parts.fragment) not in pages[target].places
            ):
                broken.append(f"{path.name}: {link}")
    assert broken == []


def test_every_public_name_has_a_page_with_an_example(built: Path) -> None:
    """Each name of the package is documented on a page of its own, and its docstring shows how it is used."""
    for name in ts.__all__:
        if name.startswith("__"):
            continue
        page = (built / "reference" / f"{name}.html").read_text(encoding="utf-8")
        assert f'id="trailstats.{name}"' in page, name
        assert "&gt;&gt;&gt; " in page, f"{name} has no example"


def test_pages_are_whole_without_a_network(built: Path) -> None:
    """Nothing that a page needs to be shown comes from elsewhere; only formulas are set by a script from outside."""
    for path in built.rglob("*.html"):
        page = Links(path.read_text(encoding="utf-8"))
        for link in page.targets:
            fetched = link.endswith((".js", ".css", ".png", ".svg", ".woff2"))
            assert not (fetched and urlsplit(link).netloc) or "mathjax" in link, f"{path.name}: {link}"
