"""``make scale``: what a base costs from 150 to 100,000 articles, by engine.

Prints the tables and the plot's path, and writes both between the markers of docs/scale.md.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import Any

from kb.articles import KnowledgeBase
from tests.lab.databases import postgresql
from tests.scale.corpus import descriptions, questions, write
from tests.scale.measure import BUILD_LIMIT_S, build_cost, desk_cost, engine_cost, in_a_fork, quiet
from tests.scale.plot import svg

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "scale.md"
PLOT = ROOT / "docs" / "scale.svg"
SIZES = (150, 1_500, 15_000, 100_000)
ENGINES = ("whoosh", "tantivy", "postgresql")
ASKED = 200
COMMAND = "make scale"


def measured(sizes: tuple[int, ...], folder: Path) -> tuple[list[Any], list[Any], list[str]]:
    """The desk's costs, the engines' costs, and what was given up and why."""
    packages = descriptions()
    asked = list(questions(packages, ASKED))
    desks: list[Any] = []
    costs: list[Any] = []
    given_up: list[str] = []
    for count in sizes:
        content = folder / f"content-{count}"
        began = time.perf_counter()
        if not content.is_dir():
            write(content, count, packages)
        print(f"{count} articles written in {time.perf_counter() - began:.0f} s", flush=True)
        _measure(folder, content, asked, (desks, costs, given_up))
    return desks, costs, given_up


def _measure(
    folder: Path, content: Path, asked: list[str], found: tuple[list[Any], list[Any], list[str]]
) -> None:
    """Add what the base in ``content`` costs to what was ``found``."""
    desks, costs, given_up = found
    began = time.process_time()
    base = KnowledgeBase.load(content)
    read = time.process_time() - began
    count = len(base.published)
    for engine in ENGINES:
        expected = _expected(costs, engine, count)
        if expected > BUILD_LIMIT_S:
            given_up.append(
                f"{engine} at {count:,} articles: its build would take about {expected:.0f} s, "
                f"more than the {BUILD_LIMIT_S:.0f} s that one build may take here"
            )
            continue
        data = folder / f"{engine}-{content.name}"
        with postgresql() if engine == "postgresql" else nullcontext(f"{engine}:") as url:
            built = in_a_fork(partial(build_cost, base, data, url))
            cost = in_a_fork(partial(engine_cost, base, data, url, asked, built))
        costs.append(cost)
        print({k: v for k, v in cost.items() if k != "tops"}, flush=True)
    desk = in_a_fork(partial(desk_cost, base, read, folder / f"tantivy-{content.name}", asked))
    desks.append(desk)
    print(desk, flush=True)


def _expected(costs: list[Any], engine: str, count: int) -> float:
    """The seconds that a build is to take, as the engine's largest one so far tells."""
    known = [cost for cost in costs if cost["engine"] == engine]
    if not known:
        return 0.0
    last = known[-1]
    return float(last["build_s"]) * count / float(last["articles"])


def page(desks: list[Any], costs: list[Any], given_up: list[str]) -> str:
    """Tables in Markdown."""
    lines = [
        "| Engine | Articles | Build | Index | Memory | Engine p50 | p95 | Search p50 | p95 |",
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for cost in costs:
        scores, search = cost["scores"], cost["search"]
        lines.append(
            f"| {cost['engine']} | {cost['articles']:,} | {cost['build_s']:.1f} s "
            f"| {cost['size_mb']:.1f} MB | {cost['memory_mb']:.0f} MB | {scores['p50']:.1f} ms "
            f"| {scores['p95']:.1f} ms | {search['p50']:.1f} ms | {search['p95']:.1f} ms |"
        )
    lines += [f"\nGiven up: {reason}." for reason in given_up]
    lines += [
        "\n| Desk | Read the articles | Prepare | Memory | Ask p50 | p95 | Typeahead p50 | p95 |",
        "|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for desk in desks:
        ask, suggest = desk["ask"], desk["suggest"]
        lines.append(
            f"| {desk['articles']:,} | {desk['read_s']:.1f} s | {desk['start_s']:.1f} s "
            f"| {desk['memory_mb']:.0f} MB | {ask['p50']:.1f} ms | {ask['p95']:.1f} ms "
            f"| {suggest['p50']:.2f} ms | {suggest['p95']:.2f} ms |"
        )
    lines += [
        "\n| Articles | Against tantivy | Same first | First three in common |",
        "|--:|---|--:|--:|",
    ]
    for cost in costs:
        other = next(
            (c for c in costs if (c["engine"], c["articles"]) == ("tantivy", cost["articles"])),
            None,
        )
        if other is not None and other is not cost:
            first, third = agreement(cost["tops"], other["tops"])
            shares = f"{100 * first:.0f} % | {100 * third:.0f} %"
            lines.append(f"| {cost['articles']:,} | {cost['engine']} | {shares} |")
    return "\n".join(lines) + "\n"


def agreement(one: list[list[int]], other: list[list[int]]) -> tuple[float, float]:
    """The share of questions with the same first article, and of the first three in common."""
    pairs = [(a, b) for a, b in zip(one, other, strict=True) if a or b]
    first = sum(a[:1] == b[:1] for a, b in pairs)
    third = sum(len(set(a[:3]) & set(b[:3])) / max(len(a[:3]), len(b[:3]), 1) for a, b in pairs)
    return first / max(1, len(pairs)), third / max(1, len(pairs))


def main() -> None:
    """Measure and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--folder", type=Path, help="keep content and indexes here")
    options = parser.parse_args()
    quiet()
    folder = options.folder or Path(tempfile.mkdtemp(prefix="errordesk-scale-"))
    try:
        desks, costs, given_up = measured(tuple(options.sizes), folder)
    finally:
        if options.folder is None:
            shutil.rmtree(folder, ignore_errors=True)
    text = page(desks, costs, given_up)
    print(text)
    PLOT.write_text(svg(costs), encoding="utf-8")
    before, _, rest = PAGE.read_text(encoding="utf-8").partition("<!-- scale -->\n")
    after = rest.partition("<!-- /scale -->")[2]
    PAGE.write_text(f"{before}<!-- scale -->\n{text}<!-- /scale -->{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
