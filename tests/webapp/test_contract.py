"""The API keeps what its OpenAPI document says, whatever is sent (schemathesis).

Nothing outside is asked: of this site's probe only loopback is allowed, and no port of it answers.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import schemathesis
from hypothesis import HealthCheck
from hypothesis import settings as given
from schemathesis import GenerationMode
from schemathesis.schemas import BaseSchema
from schemathesis.specs.openapi.checks import positive_data_acceptance

from kb.desk import Desk
from kb.settings import Settings
from tests.contact.receiver import SECRET, receiving
from webapp import create_app
from webapp.openapi import document


@pytest.fixture(scope="module")
def site(index_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BaseSchema]:
    """The document of a site that takes everything and probes nothing outside."""
    with receiving() as webhook:
        settings = Settings(
            data=index_folder,
            database_url=f"sqlite:///{tmp_path_factory.mktemp('contract')}/desk.db",
            contact_webhook=webhook.url,
            contact_secret=SECRET,
            probe_allow="127.0.0.0/8",
            probe_only=True,
            probe_deadline=0.5,
        )
        app = create_app(settings, Desk.open(settings))
        found = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
        found.config.checks.negative_data_rejection.expected_statuses.append("413")
        yield found


# make fuzz sets it: how many requests an operation gets.
EXAMPLES = int(os.environ.get("FUZZ", "25"))
PATHS = document()["paths"]
OPERATIONS = [(path, method) for path, item in PATHS.items() for method in item]
# What takes nothing can be sent nothing wrong.
TAKING = [
    (path, method)
    for path, method in OPERATIONS
    if PATHS[path][method].keys() & {"parameters", "requestBody"}
]
CASES = [
    *((path, method, GenerationMode.POSITIVE) for path, method in OPERATIONS),
    *((path, method, GenerationMode.NEGATIVE) for path, method in TAKING),
]


@pytest.mark.parametrize(("path", "method", "mode"), CASES)
def test_every_answer_is_one_that_the_document_describes(
    site: BaseSchema, path: str, method: str, mode: GenerationMode
) -> None:
    numbers = itertools.count(1)

    @given(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=EXAMPLES == 25,
        suppress_health_check=list(HealthCheck),
    )
    @hypothesis.given(case=site[path][method].as_strategy(generation_mode=mode))
    def every(case: schemathesis.Case[Any]) -> None:
        number = next(numbers)
        case.call_and_validate(
            headers={"Accept-Encoding": "identity"},
            # Each from another asker: the limit for one is tested elsewhere.
            environ_overrides={"REMOTE_ADDR": f"10.0.{number // 250}.{number % 250}"},
            # What a schema cannot say: a blank question, a message without words.
            excluded_checks=[positive_data_acceptance],
        )

    every()
