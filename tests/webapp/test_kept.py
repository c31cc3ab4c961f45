"""An article that is sent from memory is the one that would be made anew for the same request."""

from __future__ import annotations

from flask.testing import FlaskClient

PATH = "/solutions/2173-http-401-unauthorized"


def test_the_second_response_is_the_first(german: FlaskClient) -> None:
    first, second = german.get(PATH), german.get(PATH)
    changing = {"X-Request-ID"}
    kept = [pair for pair in second.headers.items() if pair[0] not in changing]
    assert kept == [pair for pair in first.headers.items() if pair[0] not in changing]
    assert second.data == first.data
    assert first.headers["X-Request-ID"] != second.headers["X-Request-ID"]


def test_each_language_host_and_packing_has_its_own(german: FlaskClient) -> None:
    for _ in range(2):
        english = german.get(PATH, headers={"Accept-Language": "en"})
        other = german.get(PATH, headers={"Accept-Language": "de"})
        assert english.headers["Content-Language"] == "en"
        assert other.headers["Content-Language"] == "de"
        assert german.get(f"/de{PATH}").headers["Content-Language"] == "de"
        packed = german.get(PATH, headers={"Accept-Encoding": "gzip"})
        assert packed.headers["Content-Encoding"] == "gzip"
        assert "Content-Encoding" not in german.get(PATH).headers
        assert "evil.example" in german.get(PATH, headers={"Host": "evil.example"}).text
        assert "evil.example" not in german.get(PATH).text


def test_a_validator_is_still_compared(german: FlaskClient) -> None:
    tag = german.get(PATH).headers["ETag"]
    assert german.get(PATH, headers={"If-None-Match": tag}).status_code == 304
    assert german.head(PATH).data == b""
    assert german.get(f"{PATH}-wrong").status_code == 308
