"""Keep the documents of this release, so that later ones are tested to read them.

    python tools/keep_documents.py

Run before a release; the documents of an earlier release are never written again.
"""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path

import trailstats as ts
from trailstats.claims import claims_document

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "tests" / "documents"
SAMPLES = Path("data", "samples")


def keep(kind: str, document: object) -> None:
    """Write a document, compressed; the same document gives the same bytes."""
    FOLDER.mkdir(exist_ok=True)
    text = json.dumps(document, allow_nan=False, ensure_ascii=False)
    path = FOLDER / f"{kind}-{ts.__version__}.json.gz"
    path.write_bytes(gzip.compress(text.encode(), mtime=0))
    print(
        f"{path.relative_to(ROOT)}: {len(text)} characters, {path.stat().st_size} bytes"
    )


def main() -> None:
    """Write one document of each kind whose readers outlive a release."""
    os.chdir(
        ROOT
    )  # so that the documents name their sources the same on every machine
    profile = ts.Athlete.from_toml(SAMPLES / "athlete.toml")
    files = sorted(
        (SAMPLES / "archive").glob("*.fit"), key=lambda path: path.stat().st_size
    )
    keep("analysis", ts.analyze(files[0], athlete=profile).to_dict())
    keep(
        "analysis.gpx", ts.analyze(SAMPLES / "odd" / "no-elevation.gpx").to_dict()
    )
    history = ts.analyze_folder([*files[:12], SAMPLES / "odd"], athlete=profile)
    keep("history", history.to_dict())
    keep(
        "claims",
        claims_document(
            history, ts.evaluate_claims(history), ts.check_plan(history)
        ),
    )
    failure = history.failures[0]
    problem = {
        "code": failure.code,
        "message": failure.message,
        "path": failure.source,
        "where": failure.where or None,
    }
    keep(
        "problem",
        {"format_version": ts.schema.FORMAT_VERSION, "problem": problem},
    )


if __name__ == "__main__":
    main()
