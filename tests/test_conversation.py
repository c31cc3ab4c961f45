"""Conversations: each turn is heard, can be taken back, and three questions come before advice."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner

from kb.answer import Answer, Who
from kb.article import Article, Cause, Status
from kb.articles.questions import parse_questions
from kb.cli import main
from kb.conversation import MAX_TURNS, Said
from kb.desk import Desk, Query
from kb.diagnose import Judge, best_question
from kb.diagnose.condition import alternatives
from kb.errors import BadQuestion, CredentialsInURL
from kb.facts import Facts
from kb.settings import Settings

REGISTERED = "I just registered and get 401"


@pytest.fixture(scope="module")
def desk(index_folder: Path) -> Desk:
    return Desk.open(Settings(data=index_folder))


def talk(desk: Desk, text: str, *replies: str, more: int = 0) -> list[Answer]:
    """The answer after the question and after each reply in words; ``?`` presses "don't know"."""
    said: list[Said] = []
    answers = [desk.ask(Query(text, probe=False, more=more))]
    for words in replies:
        asked = answers[-1].next_question
        said.append(Said(asked.fact if asked else "", text="" if words == "?" else words))
        answers.append(desk.ask(Query(text, probe=False, said=tuple(said), more=more)))
    return answers


def asked(answers: list[Answer]) -> list[str | None]:
    return [a.next_question.fact if a.next_question else None for a in answers]


def test_the_conversation_of_the_seed(desk: Desk) -> None:
    first, second, third = talk(desk, REGISTERED, "it opens there", "our robot gets it")
    assert first.next_question is not None
    assert "without any login" in first.next_question.text
    assert second.reader_facts == {
        "reader.account": "new",
        "reader.clean_browser_works": "true",
    }
    assert asked([second]) == ["reader.automated"]
    assert third.causes[0].id == "automated-clients-refused"
    assert third.next_question is None
    assert [turn.kind for turn in third.conversation.turns] == ["question", "answer", "answer"]
    assert third.conversation.turns[0].identifiers == ("HTTP 401",)
    assert third.conversation.turns[0].facts == {"reader.account": "new"}
    assert third.conversation.turns[1].facts == {"reader.clean_browser_works": "true"}
    assert third.conversation.turns[1].said == "it opens there"
    assert "without any login" in third.conversation.turns[1].question
    counts = [turn.open for turn in third.conversation.turns]
    assert all(after <= before for before, after in pairwise(counts))
    assert third.conversation.turns[-1].possible[0].id == "automated-clients-refused"


def test_a_browser_instead_leads_to_the_account(desk: Desk) -> None:
    last = talk(desk, REGISTERED, "ja, dort geht es", "im Browser")[-1]
    assert last.causes[0].id == "account-not-ready"
    assert last.conversation.advice[0].id == "account-not-ready"
    assert last.conversation.advice[0].check.startswith("You registered a short time ago")


def test_not_knowing_skips_to_another_question_and_never_back(desk: Desk) -> None:
    answers = talk(desk, "HTTP 401", "keine Ahnung", "?", "not sure", more=5)
    facts = [fact for fact in asked(answers) if fact]
    assert len(facts) == len(set(facts)) >= 3
    assert answers[-1].reader_facts == {}


def test_after_three_questions_comes_advice_and_more_on_request(desk: Desk) -> None:
    text = "the page loads very slowly"
    answers = talk(desk, text, "I run it", "yes, it does", "no")
    assert all(answer.next_question for answer in answers[:3])
    last = answers[-1]
    assert last.next_question is None
    assert last.conversation.paused
    assert last.conversation.asked == 3
    assert len(last.conversation.advice) == 3
    assert all(advice.fix and advice.check for advice in last.conversation.advice)
    assert [a.title for a in last.conversation.advice] == [c.title for c in last.causes[:3]]
    said = tuple(Said(t.fact, t.value, t.text) for t in last.conversation.turns[1:])
    on = desk.ask(Query(text, probe=False, said=said, more=1))
    assert on.next_question is not None
    assert on.next_question.fact not in {turn.fact for turn in last.conversation.turns}
    assert not on.conversation.paused


def test_every_answer_is_taken_back_in_any_order(desk: Desk) -> None:
    text = "DNS_PROBE_FINISHED_NXDOMAIN"
    last = talk(desk, text, "no", "I visit the site", "ja")[-1]
    turns = [Said(t.fact, t.value, t.text) for t in last.conversation.turns[1:]]
    for place in range(len(turns)):
        left = tuple(turn for number, turn in enumerate(turns) if number != place)
        answer = desk.ask(Query(text, probe=False, said=left))
        assert turns[place].fact not in answer.reader_facts
        assert set(answer.reader_facts) == {turn.fact for turn in left}
    assert desk.ask(Query(text, probe=False)).conversation.told == ()


def test_what_was_read_out_of_the_words_is_taken_back_too(desk: Desk) -> None:
    (told,) = desk.ask(Query(REGISTERED, probe=False)).conversation.told
    assert (told.fact, told.value, told.turn) == ("reader.account", "new", None)
    answer = desk.ask(Query(REGISTERED, probe=False, forgotten=frozenset({told.fact})))
    assert answer.reader_facts == {}
    assert answer.conversation.forgotten == ("reader.account",)
    again = desk.ask(
        Query(
            REGISTERED,
            probe=False,
            forgotten=frozenset({told.fact}),
            said=(Said("reader.account", "new"),),
        )
    )
    assert again.reader_facts == {"reader.account": "new"}


def test_a_new_error_line_is_added_and_the_question_stays(desk: Desk) -> None:
    first = desk.ask(Query("the shop is broken since yesterday", probe=False))
    fact = first.next_question.fact if first.next_question else ""
    line = "no, now it says NET::ERR_CERT_DATE_INVALID at https://shop.example/"
    answer = desk.ask(
        Query("the shop is broken since yesterday", probe=False, said=(Said(fact, text=line),))
    )
    assert answer.solutions[0].id == 2252
    assert answer.url == "https://shop.example/"
    turn = answer.conversation.turns[-1]
    assert turn.identifiers == ("ERR_CERT_DATE_INVALID",)
    assert turn.urls == ("https://shop.example/",)
    assert answer.question == "the shop is broken since yesterday"


def test_a_bare_word_that_answers_nothing_changes_nothing(desk: Desk) -> None:
    first = desk.ask(Query("the shop is slow", probe=False))
    answer = desk.ask(
        Query("the shop is slow", probe=False, said=(Said("reader.role", text="no"),))
    )
    assert [s.id for s in answer.solutions] == [s.id for s in first.solutions]
    assert answer.conversation.asked == 0


def test_the_url_that_was_named_last_is_meant(desk: Desk) -> None:
    said = (Said(text="sorry, I meant https://b.example/x"),)
    assert desk.ask(Query("502 at https://a.example/", probe=False, said=said)).url == (
        "https://b.example/x"
    )


def test_secrets_in_a_turn_are_removed(desk: Desk) -> None:
    said = (Said(text="I sent Authorization: Bearer c2VjcmV0LXRva2VuLXZhbHVl"),)
    answer = desk.ask(Query("HTTP 401", probe=False, said=said))
    assert "c2VjcmV0LXRva2VuLXZhbHVl" not in repr(answer)
    with pytest.raises(CredentialsInURL):
        desk.ask(Query("401", probe=False, said=(Said(text="https://a:geheim@x.example/"),)))


@pytest.mark.parametrize(
    "query",
    [
        Query("HTTP 401", probe=False, said=(Said("http.status", "200"),)),
        Query("HTTP 401", probe=False, said=(Said("reader.account", "rich"),)),
        Query("HTTP 401", probe=False, said=(Said(),)),
        Query("HTTP 401", probe=False, said=(Said(text="x"),) * (MAX_TURNS + 1)),
        Query("HTTP 401", probe=False, skipped=frozenset({"reader.nothing"})),
        Query("HTTP 401", probe=False, more=-1),
    ],
)
def test_what_is_no_conversation_gets_a_sentence(desk: Desk, query: Query) -> None:
    with pytest.raises(BadQuestion):
        desk.ask(query)


def test_a_question_for_owners_is_not_put_to_visitors(desk: Desk) -> None:
    owners = {q.fact for q in desk.base.questions if q.role == "owner"}
    assert owners
    answers = talk(desk, "403 Forbidden", *["?"] * 6, more=5)
    assert owners & set(asked(answers))
    said: list[Said] = [Said("reader.role", "visitor")]
    while question := desk.ask(
        Query("403 Forbidden", probe=False, said=tuple(said), more=5)
    ).next_question:
        assert question.fact not in owners
        said.append(Said(question.fact))


def cause(name: str, when: str, weight: float) -> Cause:
    return Cause(name, name, when, (), Who.OWNER, "Fix it.", weight, (), "", 1)


def test_the_worked_example_of_the_gain(desk: Desk) -> None:
    causes = (
        cause("a", "reader.vpn", 1.0),
        cause("b", "!reader.vpn", 1.0),
        cause("c", "reader.signed_in", 2.0),
    )
    model = desk.base.published[0]
    article = Article(
        **{
            name: getattr(model, name)
            for name in Article.__slots__
            if name not in ("id", "causes", "status")
        },
        id=1,
        causes=causes,
        status=Status.PUBLISHED,
    )
    answers = "why: w, answers: [{label: Y, value: true}, {label: N, value: false}] }"
    facts = ("reader.vpn", "reader.signed_in")
    text = "".join(f"- {{ fact: {fact}, ask: Is it?, {answers}\n" for fact in facts)
    first, second = parse_questions(text)
    judge = Judge([article])
    gains = [
        found.gain
        for asked in ((first,), (second,))
        if (found := best_question(judge, Facts(), asked, {1: 1.0}))
    ]
    assert gains == [0.5, 0.311]
    best = best_question(judge, Facts(), (second, first), {1: 1.0})
    assert best is not None
    assert best.fact == "reader.vpn"


@pytest.mark.parametrize(
    ("source", "sides"),
    [
        ("a && (b || c)", 1),
        ("(a && b) || (c && 'x || y' == d)", 2),
        ("a || b || c", 3),
        ("a && b || c", 1),
    ],
)
def test_the_ways_of_a_condition(source: str, sides: int) -> None:
    assert len(alternatives(source)) == sides


def test_the_command_asks_back_on_a_terminal(index_folder: Path) -> None:
    ours, theirs = pty.openpty()
    program = "from kb.cli import main; main()"
    command = [sys.executable, "-c", program, "ask", "-i", "--no-probe", REGISTERED]
    environment = {**os.environ, "ERRORDESK_DATA": str(index_folder), "TERM": "dumb"}
    with subprocess.Popen(
        command, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=environment,
    ) as process:  # fmt: skip
        os.write(ours, b"it opens there\n?\nundo 1\n\x04")
        output, errors = process.communicate(timeout=60)
    os.close(ours)
    os.close(theirs)
    assert process.returncode == 0, errors
    assert "without any login" in output
    assert "You told us" in output
    assert "I don't know" in output
    # What was taken back is asked again.
    assert output.rindex("without any login") > output.rindex("I don't know")


def test_a_pipe_is_no_terminal(index_folder: Path) -> None:
    result = CliRunner().invoke(main, ["ask", "-i", "HTTP 401"])
    assert result.exit_code == 2
    assert "needs a terminal" in result.output


@pytest.mark.parametrize(
    ("question", "words", "value"),
    [
        ("reader.changed_recently", "yes, on mobile data it works", None),
        ("reader.changed_recently", "no changes", "false"),
        ("reader.cookies_allowed", "nope, firefox too", None),
        ("reader.automated", "in the browser it opens fine", None),
        ("reader.automated", "works with curl", None),
        ("reader.automated", "our robot", "true"),
        ("reader.other_sites_work", "other laptop is fine", None),
        ("reader.other_network_works", "second try always works", None),
        ("reader.other_network_works", "auf dem Handy geht es", "true"),
        ("reader.other_network_works", "nur in der Firma", "true"),
        ("reader.other_network_works", "only from home", "true"),
        ("reader.vpn", "without it works", "true"),
        ("reader.clean_browser_works", "yes the same key", "true"),
        ("reader.clean_browser_works", "no, the same error", "false"),
        ("reader.happens_always", "same in firefox", None),
        ("reader.behind_proxy", "private laptop at home", "false"),
        ("reader.other_browser_works", "the other browser works", "true"),
        ("reader.others_affected", "ja, bei allen", "true"),
    ],
)
def test_words_answer_what_they_mean_and_not_what_was_asked(
    question: str, words: str, value: str | None, desk: Desk
) -> None:
    answer = desk.ask(Query("HTTP 403", probe=False, said=(Said(question, text=words),)))
    assert answer.reader_facts.get(question) == value


def test_second_thoughts_correct_an_answer(desk: Desk) -> None:
    said = (
        Said("reader.other_sites_work", text="none of the others"),
        Said("reader.vpn", text="sorry, actually other sites do open"),
    )
    first = desk.ask(Query("HTTP 403", probe=False, said=said[:1]))
    assert first.reader_facts["reader.other_sites_work"] == "false"
    last = desk.ask(Query("HTTP 403", probe=False, said=said))
    assert last.reader_facts == {"reader.other_sites_work": "true"}


@pytest.mark.parametrize("words", ["what do you mean?", "nur so", "was heißt das?", "hm, well"])
def test_a_reply_that_says_nothing_changes_no_answer(words: str, desk: Desk) -> None:
    before, after = talk(desk, "I just registered and get 401", words)
    assert [s.id for s in after.solutions] == [s.id for s in before.solutions]
    assert after.next_question == before.next_question


def test_a_question_is_not_asked_a_third_time(desk: Desk) -> None:
    answers = talk(desk, "HTTP 403 on a page", "hm, well", "nur so")
    first, again, last = asked(answers)
    assert first == again != last


@pytest.mark.parametrize("words", ["both", "it depends", "vielleicht", "kind of"])
def test_neither_yes_nor_no_is_not_knowing(words: str, desk: Desk) -> None:
    assert talk(desk, "HTTP 403 on a page", words)[-1].conversation.turns[-1].kind == "unknown"
