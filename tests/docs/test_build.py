"""The documentation builds without a warning and without a network, and its links lead
somewhere.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import trailstats as ts


class Links(HTMLParser):
    """The links of a page, and the places on it that links can lead to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.targets: list[str] = []
        self.places: set[str] = set()
        self.feed(text)

    def handle_starttag(
        self, tag: str, attrs: list[tuple[str, str | None]]
    ) -> None:
        given = dict(attrs)
        self.places |= {
            str(given[key]) for key in ("id", "name") if given.get(key)
        }
        for key in ("href", "src"):
            if given.get(key):
                self.targets.append(str(given[key]))


def test_the_documentation_is_whole(root: Path, tmp_path: Path) -> None:
    """It builds without a warning; links lead somewhere; every public name has an example; pages
    need no network.
    """
    # One test, since the build takes longer than all checks of what it made.
    built = build(root, tmp_path)
    assert broken_links(built) == []
    assert without_example(built) == []
    assert fetched_from_elsewhere(built) == []


def build(root: Path, folder: Path) -> Path:
    """Return the folder of the pages, built with warnings as errors from a copy of what the build
    reads.
    """
    copy = folder / "copy"
    skip = shutil.ignore_patterns("_build", "reference", "__pycache__")
    shutil.copytree(root / "docs", copy / "docs", ignore=skip)
    for name in ("trailstats", "data", "examples"):
        (copy / name).symlink_to(root / name)
    for path in root.glob("*.md"):
        shutil.copy(path, copy)
    command = [
        sys.executable,
        "-m",
        "sphinx",
        "-q",
        "-W",
        "--keep-going",
        "-b",
        "html",
        "docs",
        str(folder / "html"),
    ]
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=copy, timeout=600
    )
    assert done.returncode == 0, done.stderr
    return folder / "html"


def broken_links(built: Path) -> list[str]:
    """Return the links to another page, a picture or a place on a page that don't find it."""
    pages = {
        path: Links(path.read_text(encoding="utf-8"))
        for path in built.rglob("*.html")
    }
    assert len(pages) > 50
    broken = []
    for path, page in pages.items():
        if path.name in ("genindex.html", "search.html", "py-modindex.html"):
            continue
        for link in page.targets:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (
                (path.parent / unquote(parts.path)).resolve()
                if parts.path
                else path
            )
            lost = (
                parts.fragment
                and target in pages
                and unquote(parts.fragment) not in pages[target].places
            )
            if not target.exists() or lost:
                broken.append(f"{path.name}: {link}")
    return broken


def without_example(built: Path) -> list[str]:
    """Return the names of the package whose own page is missing or shows no use of them."""
    found = []
    for name in ts.__all__:
        path = built / "reference" / f"{name}.html"
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        if not name.startswith("__") and (
            f'id="trailstats.{name}"' not in text or "&gt;&gt;&gt; " not in text
        ):
            found.append(name)
    return found


def fetched_from_elsewhere(built: Path) -> list[str]:
    """Return what pages load from elsewhere; formulas are plain text, which needs no script."""
    found = []
    for path in built.rglob("*.html"):
        for link in Links(path.read_text(encoding="utf-8")).targets:
            fetched = link.endswith((".js", ".css", ".png", ".svg", ".woff2"))
            if fetched and urlsplit(link).netloc:
                found.append(f"{path.name}: {link}")
    return found
