"""The MCP server as an assistant meets it: a child process, on standard streams and over HTTP."""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx2
import pytest
from anyio.from_thread import start_blocking_portal
from click.testing import CliRunner
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamable_http_client
from sqlalchemy import create_engine, select
from sqlalchemy.pool import NullPool

from kb.articles import KnowledgeBase
from kb.cli import main
from kb.search import open_index
from kb.settings import Settings
from kb.store.tables import QUESTIONS
from tests.lab.servers import free_ports, running
from tests.observe.servers import saying, serving
from webapp.assistants import security_of

Streams = tuple[Any, Any]
BASIC = b'HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm="Staff"\r\nContent-Length: 0\r\n\r\n'


@pytest.fixture(scope="module")
def indexed(base: KnowledgeBase, index_folder: Path) -> Path:
    """A folder with the index, so that the child process need not build one."""
    open_index(base, index_folder)
    return index_folder


def kept_in(data: Path) -> str:
    """Where the child process logs what it is asked."""
    return f"sqlite:///{data}/assistants.db"


def converse(data: Path, talk: Callable[[ClientSession], Awaitable[None]]) -> None:
    server = StdioServerParameters(
        command=str(Path(sys.executable).with_name("errordesk")),
        args=["mcp", "--allow", "127.0.0.0/8"],
        env={
            "ERRORDESK_DATA": str(data),
            "ERRORDESK_DATABASE_URL": kept_in(data),
            "ERRORDESK_PROBE_RATE": "2/minute",
        },
    )

    @asynccontextmanager
    async def connected() -> AsyncIterator[Streams]:
        async with stdio_client(server) as streams:
            yield streams

    speak(connected, talk)


def converse_over_http(folder: Path, talk: Callable[[ClientSession], Awaitable[None]]) -> None:
    with serving_http(folder) as url:

        @asynccontextmanager
        async def connected() -> AsyncIterator[Streams]:
            async with streamable_http_client(url) as streams:
                yield streams

        speak(connected, talk)


@contextmanager
def serving_http(folder: Path) -> Iterator[str]:
    """``errordesk mcp --http`` on loopback; gives its URL."""
    (port,) = free_ports(1)
    command = [str(Path(sys.executable).with_name("errordesk")), "mcp"]
    options = ["--http", f"127.0.0.1:{port}", "--allow", "127.0.0.0/8"]
    environment = {
        "ERRORDESK_DATA": str(folder),
        "ERRORDESK_DATABASE_URL": kept_in(folder),
        "ERRORDESK_PROBE_RATE": "2/minute",
    }
    with (
        TemporaryDirectory(prefix="errordesk-mcp-") as log,
        running([*command, *options], Path(log), [port], environment=environment),
    ):
        yield f"http://127.0.0.1:{port}/mcp"


def speak(
    connected: Callable[[], AbstractAsyncContextManager[Streams]],
    talk: Callable[[ClientSession], Awaitable[None]],
) -> None:
    async def run() -> None:
        async with (
            connected() as (reading, writing),
            ClientSession(reading, writing) as session,
        ):
            await session.initialize()
            await talk(session)

    # In a thread of its own: the browser tests keep an event loop in this one.
    with start_blocking_portal() as portal:
        portal.call(run)


async def call(session: ClientSession, tool: str, **arguments: Any) -> Any:
    result = await session.call_tool(tool, arguments)
    assert not result.is_error
    texts = [getattr(item, "text", "") for item in result.content]
    return [json.loads(text) if text[:1] in "{[" else text for text in texts]


Converse = Callable[[Path, Callable[[ClientSession], Awaitable[None]]], None]
both = pytest.mark.parametrize("transport", [converse, converse_over_http])


@both
def test_an_assistant_asks_searches_reads_and_probes(indexed: Path, transport: Converse) -> None:
    with serving(saying(BASIC)) as port:
        url = f"http://127.0.0.1:{port}/feed"

        async def talk(session: ClientSession) -> None:
            tools = await session.list_tools()
            assert {tool.name for tool in tools.tools} == {"ask", "search", "solution", "probe"}
            (answer,) = await call(session, "ask", text=f"HTTP 401 {url}")
            assert answer["known"] is True
            assert answer["causes"][0]["id"] == "no-credentials"
            assert "Staff" in " ".join(answer["causes"][0]["evidence"])
            assert (await call(session, "search", query="login box"))[0]
            (text,) = await call(session, "solution", number=2173)
            assert text.startswith("# HTTP 401 Unauthorized (#2173)")
            (missing,) = await call(session, "solution", number=9)
            assert missing.startswith("There is no solution #9")
            (seen,) = await call(session, "probe", url=url)
            assert seen["facts"]["http"]["status"] == 401

        transport(indexed, talk)


def test_an_assistant_carries_the_conversation(indexed: Path) -> None:
    text = "I just registered and get 401"

    async def talk(session: ClientSession) -> None:
        (first,) = await call(session, "ask", text=text)
        fact = first["next_question"]["fact"]
        assert fact == "reader.clean_browser_works"
        turns = [{"fact": fact, "text": "yes, on my phone it works"}]
        (second,) = await call(session, "ask", text=text, turns=turns)
        assert second["heard"][0]["kind"] == "answer"
        assert second["heard"][0]["understood"] == {fact: "true"}
        turns += [{"fact": second["next_question"]["fact"], "text": "our robot"}]
        (third,) = await call(session, "ask", text=text, turns=turns)
        assert third["causes"][0]["id"] == "automated-clients-refused"
        (undone,) = await call(session, "ask", text=text, turns=turns[1:])
        assert undone["next_question"]["fact"] == fact
        (wrong,) = await call(session, "ask", text=text, turns=[{"fact": "reader.shoe_size"}])
        assert "no question" in wrong["error"]

    converse(indexed, talk)


def test_what_assistants_ask_is_logged_as_what_readers_ask(indexed: Path) -> None:
    url = kept_in(indexed)
    for file in indexed.glob("assistants.db*"):
        file.unlink()

    async def talk(session: ClientSession) -> None:
        text = "HTTP 401 for anna@example.com, password=hunter2hunter2, from 192.0.2.7"
        await call(session, "ask", text=text)
        await call(session, "ask", text=text, facts={"reader.automated": "true"})
        await call(session, "search", query="zzqx")
        await call(session, "probe", url="http://10.0.0.1/")

    converse_over_http(indexed, talk)
    with create_engine(url, poolclass=NullPool).begin() as connection:
        rows = connection.execute(select(QUESTIONS)).mappings().all()
    asked, nothing, probed = (row for row in rows if row["follows"] is None)
    assert (asked["front"], asked["solution"], asked["known"]) == ("mcp", 2173, True)
    assert (nothing["front"], nothing["text"]) == ("search", "zzqx")
    assert (probed["front"], probed["probed"]) == ("mcp", True)
    texts = " ".join(row["text"] for row in rows)
    assert "[removed]" in texts
    for secret in ("anna", "hunter2", "192.0.2.7", "10.0.0.1"):
        assert secret not in texts


@both
def test_the_guard_and_the_limits_hold(indexed: Path, transport: Converse) -> None:
    async def talk(session: ClientSession) -> None:
        (refused,) = await call(session, "probe", url="http://10.0.0.1/")
        assert refused["facts"]["probe"]["outcome"] == "refused"
        (secret,) = await call(session, "ask", text="http://anna:geheim@x.example/")
        assert "user name or password" in secret["error"]
        await call(session, "probe", url="http://10.0.0.2/")
        (limited,) = await call(session, "probe", url="http://10.0.0.3/")
        assert "many probes" in limited["error"]

    transport(indexed, talk)


def test_a_page_that_rebinds_its_name_and_a_flood_get_nothing(indexed: Path) -> None:
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
    headers = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json"}
    with serving_http(indexed) as url, httpx2.Client(headers=headers) as http:
        assert http.post(url, json=call, headers={"Host": "evil.example"}).status_code == 421
        origin = {"Origin": "https://evil.example"}
        assert http.post(url, json=call, headers=origin).status_code == 403
        assert http.post(url, content=b"[" * 1_000_001).status_code == 413


@pytest.mark.parametrize("host", ["0.0.0.0", "[::]"])
def test_every_address_is_served_under_a_known_name_only(host: str) -> None:
    result = CliRunner().invoke(main, ["mcp", "--http", f"{host}:8001"])
    assert result.exit_code != 0
    assert "ERRORDESK_BASE_URL" in result.output
    named = Settings(base_url="https://help.example.com")
    assert security_of(named, host.strip("[]")).enable_dns_rebinding_protection


@pytest.mark.parametrize("place", ["8001", "127.0.0.1:", "127.0.0.1:99999", "localhost:http"])
def test_a_place_that_is_none_is_said(place: str) -> None:
    result = CliRunner().invoke(main, ["mcp", "--http", place])
    assert result.exit_code == 2
    assert "an address and a port" in result.output
