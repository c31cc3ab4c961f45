"""Each faulty site of the demo gets its solution, confirmed, from the example on the first page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kb.answer import Verdict
from kb.desk import Desk, Query
from kb.settings import Settings
from webapp.demo import SITES, faulty_sites

EXPECTED = {
    "A robot that is refused": 2173,
    "A page with a password": 2173,
    "An expired certificate": 2252,
    "A certificate for another name": 2254,
    "A shop that is down": 2240,
    "A page that never arrives": 2212,
    "A site in maintenance": 2205,
    "A link without its slash": 2177,
    "A server that hangs up": 2244,
}


@pytest.fixture(scope="module")
def desk(index_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("demo")
    with faulty_sites(folder, Settings(data=index_folder, probe_deadline=4.0)) as settings:
        yield Desk.open(settings)


@pytest.mark.parametrize("label", [site.label for site in SITES])
def test_a_demo_site_is_diagnosed(desk: Desk, label: str) -> None:
    answer = desk.ask(Query(dict(desk.settings.examples)[label]))
    assert answer.solutions[0].id == EXPECTED[label]
    assert answer.causes[0].verdict is Verdict.CONFIRMED
    assert answer.causes[0].solution == EXPECTED[label]


def test_the_demo_probes_nothing_else(desk: Desk) -> None:
    answer = desk.ask(Query("https://1.1.1.1/"))
    assert answer.facts["probe"]["outcome"] == "refused"
