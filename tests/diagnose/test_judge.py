"""The conditions of the 401 article, run on facts: the procedure of solution #2173."""

from __future__ import annotations

import pytest

from kb.answer import CauseReport, Verdict
from kb.articles import KnowledgeBase
from kb.diagnose import BadCondition, Condition, Judge, best_question
from kb.facts import Facts

CHALLENGED = {
    "http.outcome": "ok",
    "http.status": 401,
    "http.credentials_sent": False,
    "http.challenge_schemes": ["basic"],
    "http.realm": "Staff",
    "vantage.robot.status": 401,
    "vantage.browser.status": 401,
}


@pytest.fixture(scope="module")
def judge(base: KnowledgeBase) -> Judge:
    return Judge(base.published)


def confirmed(judge: Judge, facts: dict[str, object], solution: int = 2173) -> list[CauseReport]:
    return [
        report
        for report in judge.judge(Facts(facts))
        if report.solution == solution and report.verdict is Verdict.CONFIRMED
    ]


def test_a_robot_is_refused_where_a_browser_gets_in(judge: Judge) -> None:
    facts = CHALLENGED | {"vantage.browser.status": 200, "http.challenge_schemes": []}
    (report,) = confirmed(judge, facts)
    assert report.id == "automated-clients-refused"
    assert "got 200" in report.evidence[0]
    assert "got 401" in report.evidence[0]


def test_nothing_was_sent(judge: Judge) -> None:
    (report,) = confirmed(judge, CHALLENGED)
    assert report.id == "no-credentials"
    assert "basic" in report.evidence[0]
    assert "Staff" in report.evidence[1]


def test_a_401_without_a_challenge(judge: Judge) -> None:
    facts = {name: value for name, value in CHALLENGED.items() if name != "http.realm"}
    (report,) = confirmed(judge, facts | {"http.challenge_schemes": []})
    assert report.id == "no-challenge"


def test_a_new_account_explains_refused_credentials(judge: Judge) -> None:
    facts = {"http.status": 401, "reader.credentials_sent": True, "reader.account": "new"}
    (report,) = confirmed(judge, facts)
    assert report.id == "credentials-refused"  # the password may be wrong all the same
    facts |= {"reader.clean_browser_works": False, "reader.others_affected": False}
    (report,) = confirmed(judge, facts)
    assert report.id == "account-not-ready"
    refused = next(r for r in judge.judge(Facts(facts)) if r.id == "credentials-refused")
    assert refused.verdict is Verdict.RULED_OUT
    assert refused.explained_by == "2173/account-not-ready"


def test_a_status_alone_confirms_nothing(judge: Judge) -> None:
    assert confirmed(judge, {"http.status": 401}) == []


def test_another_status_rules_everything_out(judge: Judge) -> None:
    facts = Facts({"http.outcome": "ok", "http.status": 200, "vantage.robot.status": 200})
    verdicts = {r.verdict for r in judge.judge(facts) if r.solution == 2173}
    assert verdicts == {Verdict.RULED_OUT}


def test_the_next_question_is_one_that_the_facts_do_not_answer(
    judge: Judge, base: KnowledgeBase
) -> None:
    facts = Facts({"http.status": 401, "reader.automated": True})
    question = best_question(judge, facts, base.questions, {2173: 1.0})
    assert question is not None
    assert question.fact != "reader.automated"
    assert question.gain > 0
    after = best_question(
        judge, facts, base.questions, {2173: 1.0}, skip=frozenset({question.fact})
    )
    assert after is None or after.fact != question.fact


def test_no_question_where_nothing_is_possible(judge: Judge, base: KnowledgeBase) -> None:
    facts = Facts({"http.outcome": "ok", "http.status": 200, "vantage.robot.status": 200})
    assert best_question(judge, facts, base.questions, {2173: 1.0}) is None


@pytest.mark.parametrize(
    ("source", "names"),
    [
        (
            "http.status in [401, 403] && http.server.contains('a.b')",
            {"http.status", "http.server"},
        ),
        ("'www-authenticate' in http.headers", {"http.headers"}),
        ("http.headers['age'] == '1' && size(tls.names) > 0", {"http.headers", "tls.names"}),
        ("tls.names.exists(n, n.endsWith(url.host))", {"tls.names", "url.host"}),
    ],
)
def test_a_condition_knows_which_facts_it_reads(source: str, names: set[str]) -> None:
    assert Condition(source).facts == names


def test_has_is_refused() -> None:
    with pytest.raises(BadCondition, match="unknown"):
        Condition("has(http.status)")
