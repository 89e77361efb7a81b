"""The service keeps its own description."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import httpx
from jsonschema import Draft202012Validator

from trailstats.model.json_schemas import document_schema


def test_the_description_holds_the_documents(client: httpx.Client) -> None:
    """OpenAPI 3.1 with the documents' own schemas, and a problem for every status that is an
    error.
    """
    description = client.get("/openapi.json").json()
    assert description["openapi"].startswith("3.1")
    assert set(description["paths"]) == {
        "/health",
        "/analysis",
        "/history",
        "/claims",
        "/report",
    }
    schemas = description["components"]["schemas"]
    assert (
        schemas["analysis"]["required"] == document_schema("analysis")["required"]
    )
    for body in schemas.values():
        Draft202012Validator.check_schema(body)
    for path, methods in description["paths"].items():
        for status, answer in (
            methods.get("post", {}).get("responses", {}).items()
        ):
            if int(status) >= 400:
                assert set(answer["content"]) == {"application/problem+json"}, (
                    path,
                    status,
                )


def test_made_up_requests_are_answered_as_described(server: Any) -> None:
    """Requests generated from the description, good and bad, get answers that it allows, and never
    a fault.
    """
    command = [
        sys.executable,
        "-m",
        "schemathesis.cli",
        "run",
        f"{server.address}/openapi.json",
    ]
    command += [
        "--max-examples",
        "15",
        "--seed",
        "1",
        "--checks",
        "all",
        "--generation-database",
        "none",
    ]
    # Any bytes are a well-formed upload, also those made from a wrong type; what is no recording is
    # rightly refused.
    command += [
        "--exclude-checks",
        "positive_data_acceptance,negative_data_rejection",
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stdout + done.stderr
