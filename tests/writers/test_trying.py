"""``errordesk try``: a writer sees which cause fires, and why."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from kb.answer import Verdict
from kb.articles import KnowledgeBase
from kb.cli import main
from kb.desk import Desk, Query
from kb.diagnose.condition import context_of
from kb.diagnose.parts import decisive, tree_of
from kb.errors import ErrordeskError
from kb.facts import Facts
from kb.settings import Settings
from kb.trial import find_article, read_facts, read_pairs, try_article
from tests.observe.servers import saying, serving

CURL = """\
$ curl -v https://api.example.com/feed
> GET /feed HTTP/1.1
> Host: api.example.com
>
< HTTP/1.1 401 Unauthorized
< WWW-Authenticate: Basic realm="Staff"
<
"""


@pytest.fixture
def base(folders: tuple[Path, ...]) -> KnowledgeBase:
    return KnowledgeBase.load(folders, drafts=True)


def run(folders: tuple[Path, ...], *arguments: str, text: str | None = None) -> tuple[int, str]:
    content = ":".join(map(str, folders))
    result = CliRunner().invoke(
        main, ["try", *arguments], input=text, env={"ERRORDESK_CONTENT": content}
    )
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


@pytest.mark.parametrize(
    ("source", "parts"),
    [
        ("http.status == 401 && reader.automated", {("reader.automated", None)}),
        ("http.status == 404 && reader.automated", {("http.status == 404", False)}),
        ("http.status == 401 || reader.automated", {("http.status == 401", True)}),
        (
            "(http.status == 404 || (http.status == 500)) && reader.automated",
            {("http.status == 404", False), ("http.status == 500", False)},
        ),
        ("http.server == 'a && (b' && http.status == 401", {("http.server == 'a && (b'", None)}),
        ("!(http.status == 401 && true)", {("!(http.status == 401 && true)", False)}),
        ("http.status in [401, 403]", {("http.status in [401, 403]", True)}),
    ],
)
def test_the_parts_that_decide(source: str, parts: set[tuple[str, bool | None]]) -> None:
    context = context_of(Facts({"http.status": 401}))
    found = {(p.condition.source, p.outcome) for p in decisive(tree_of(source), context)}
    assert found == parts


def test_parts_agree_with_the_whole_of_every_condition(content: Path) -> None:
    facts = Facts({"http.status": 401, "http.outcome": "ok", "tcp.outcome": "ok"})
    for article in KnowledgeBase.load(content).all:
        for cause in article.causes:
            tree = tree_of(cause.when)
            context = context_of(facts)
            whole = tree.condition.evaluate(context)
            assert {part.outcome for part in decisive(tree, context)} == {whole}, cause.when


def test_each_cause_says_why(base: KnowledgeBase) -> None:
    facts = read_pairs(["http.status=418", "http.headers.x-portal=outside",
                        "reader.happens_always=true"])  # fmt: skip
    trial = try_article(base, find_article(base, "100000"), facts)
    outside, unplugged = trial.causes
    assert outside.verdict is Verdict.CONFIRMED
    assert outside.evidence == ("The portal answered 418.",)
    assert [reason.outcome for reason in outside.reasons] == [True, True, True]
    assert unplugged.verdict is Verdict.RULED_OUT
    assert unplugged.explained_by == "100000/outside"
    assert unplugged.explainable_by == ("100000/outside",)


def test_what_a_cause_waits_for_and_what_would_be_asked(base: KnowledgeBase) -> None:
    trial = try_article(base, find_article(base, "staff-portal"), read_pairs(["http.status=418"]))
    assert [cause.waits_for for cause in trial.causes] == [
        ("http.headers",),
        ("reader.happens_always",),
    ]
    assert trial.next_question is not None
    assert trial.next_question.fact == "reader.happens_always"


def test_a_header_that_is_not_there_is_explained(base: KnowledgeBase, own: Path) -> None:
    file = own / "articles" / "100000-staff-portal.md"
    file.write_text(file.read_text().replace("'x-portal' in http.headers && ", ""))
    changed = KnowledgeBase.load(base.roots, drafts=True)
    facts = read_pairs(["http.status=418", "http.headers.server=nginx"])
    cause = try_article(changed, find_article(changed, str(file)), facts).causes[0]
    assert cause.verdict is Verdict.POSSIBLE
    assert "'name' in http.headers" in cause.reasons[0].hint


def test_the_verdicts_are_the_desks(base: KnowledgeBase, tmp_path: Path) -> None:
    trial = try_article(base, find_article(base, "#2173"), read_facts(CURL, base))
    settings = Settings(content=base.roots, data=tmp_path / "data")
    answer = Desk.open(settings).ask(Query(CURL, probe=False))
    desks = {cause.id: cause.verdict for cause in answer.causes if cause.solution == 2173}
    assert {cause.id: cause.verdict for cause in trial.causes} == desks
    assert len(set(desks.values())) > 1


def test_facts_of_a_probe_are_taken(folders: tuple[Path, ...]) -> None:
    answer = b"HTTP/1.1 418 No\r\nX-Portal: outside\r\nContent-Length: 0\r\n\r\n"
    with serving(saying(answer)) as port:
        url = f"http://127.0.0.1:{port}/"
        probe = CliRunner().invoke(main, ["probe", url, "--json", "--allow", "127.0.0.0/8"])
    code, output = run(folders, "100000", "--facts", "-", "--json", text=probe.output)
    assert code == 0
    assert [cause["verdict"] for cause in json.loads(output)["causes"]] == [
        "confirmed",
        "ruled_out",
    ]


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("100000", "--fact", "http.status=418"), 1, "waits for: http.headers"),
        (("staff-portal", "--fact", "http.status=200"), 1, "ruled out"),
        (("100000",), 1, "No facts are given"),
        (("100000", "--fact", "http.stauts=418"), 2, "Did you mean http.status or"),
        (("100000", "--fact", "status=418"), 2, "http.status"),
        (("100000", "--fact", "http.status"), 2, "name=value"),
        (("100000", "--fact", "tcp.outcome=broken"), 2, "tcp.outcome takes one of"),
        (("100000", "--fact", "http.status=many"), 2, "http.status"),
        (("4711",), 2, "There is no article 4711"),
    ],
)
def test_the_command_says_what_a_writer_needs(
    folders: tuple[Path, ...], arguments: tuple[str, ...], code: int, says: str
) -> None:
    found, output = run(folders, *arguments)
    assert (found, says in output) == (code, True), output


def test_a_fact_given_by_hand_wins(folders: tuple[Path, ...]) -> None:
    facts = json.dumps({"http": {"status": 200, "headers": {"x-portal": "outside"}}})
    assert run(folders, "100000", "--facts", "-", text=facts)[0] == 1
    assert run(folders, "100000", "--facts", "-", "--fact", "http.status=418", text=facts)[0] == 0


def test_a_broken_article_is_named(folders: tuple[Path, ...], own: Path) -> None:
    file = own / "articles" / "100000-staff-portal.md"
    file.write_text(file.read_text().replace("who: owner", "who: nobody"))
    code, output = run(folders, "100000")
    assert code == 2
    assert f"{file}:17: who must be one of" in output
    file.write_text(file.read_text().replace("who: nobody", "who: owner"))
    file.write_text(file.read_text().replace("when: http.status ==", "when: http.status = =", 1))
    code, output = run(folders, str(file))
    assert code == 2
    assert f"{file}:9: The condition does not compile" in output


def test_an_article_outside_of_the_folders_can_be_tried(
    folders: tuple[Path, ...], own: Path, tmp_path: Path
) -> None:
    file = tmp_path / "100001-elsewhere.md"
    text = (own / "articles" / "100000-staff-portal.md").read_text()
    file.write_text(text.replace("id: 100000", "id: 100001"))
    assert run(folders, str(file), "--fact", "http.status=418")[0] == 1
    with pytest.raises(ErrordeskError):
        find_article(KnowledgeBase.load(folders), "no-such")
