"""Challenges are read as RFC 9110 writes them, and hostile fields never raise."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kb.wire.challenges import Challenge, parse_challenges
from kb.wire.response import response_facts

TOKEN = st.from_regex(r"[a-z][a-z0-9-]{0,10}", fullmatch=True)
VALUE = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=20)


def test_the_example_of_rfc_9110_with_two_challenges() -> None:
    field = 'Basic realm="simple", Newauth realm="apps", type=1, title="Login to \\"apps\\""'
    basic, new = parse_challenges([field])
    assert basic == Challenge("basic", "", (("realm", "simple"),))
    assert new.scheme == "newauth"
    assert new.get("title") == 'Login to "apps"'


def test_schemes_without_parameters_and_with_token68() -> None:
    assert parse_challenges(["Negotiate, NTLM"]) == (Challenge("negotiate"), Challenge("ntlm"))
    assert parse_challenges(["Negotiate oYG2MIGz=="])[0].token68 == "oYG2MIGz=="


@given(
    st.lists(st.tuples(TOKEN, st.dictionaries(TOKEN, VALUE, min_size=1, max_size=3)), max_size=3)
)
def test_what_is_written_is_read(challenges: list[tuple[str, dict[str, str]]]) -> None:
    def quote(value: str) -> str:
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'

    field = ", ".join(
        f"{scheme} " + ", ".join(f"{name}={quote(value)}" for name, value in parameters.items())
        for scheme, parameters in challenges
    )
    assert parse_challenges([field]) == tuple(
        Challenge(scheme, "", tuple(parameters.items())) for scheme, parameters in challenges
    )


@given(st.text(max_size=300))
def test_garbage_never_raises(field: str) -> None:
    parse_challenges([field])


def test_a_head_becomes_facts() -> None:
    facts = response_facts(
        401,
        "Unauthorized",
        [
            ("Server", "nginx/1.22.1"),
            ("WWW-Authenticate", 'Bearer realm="api", error="invalid_token"'),
            ("Set-Cookie", "session=secret"),
            ("Retry-After", "120"),
        ],
    )
    assert facts["http.challenge_schemes"] == ["bearer"]
    assert facts["http.challenge_error"] == "invalid_token"
    assert facts["http.product"] == "nginx"
    assert facts["http.retry_after_s"] == 120
    assert "secret" not in str(facts)
