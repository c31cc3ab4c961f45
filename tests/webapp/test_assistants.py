"""The MCP server as an assistant meets it: a child process on standard streams."""

from __future__ import annotations

import json
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from anyio.from_thread import start_blocking_portal
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client

from tests.observe.servers import saying, serving

BASIC = b'HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm="Staff"\r\nContent-Length: 0\r\n\r\n'


def converse(data: Path, talk: Callable[[ClientSession], Awaitable[None]]) -> None:
    server = StdioServerParameters(
        command=str(Path(sys.executable).with_name("errordesk")),
        args=["mcp", "--allow", "127.0.0.0/8"],
        env={"ERRORDESK_DATA": str(data), "ERRORDESK_PROBE_RATE": "2/minute"},
    )

    async def run() -> None:
        async with (
            stdio_client(server) as (reading, writing),
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


def test_an_assistant_asks_searches_reads_and_probes(tmp_path: Path) -> None:
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

        converse(tmp_path, talk)


def test_the_guard_and_the_limits_hold(tmp_path: Path) -> None:
    async def talk(session: ClientSession) -> None:
        (refused,) = await call(session, "probe", url="http://10.0.0.1/")
        assert refused["facts"]["probe"]["outcome"] == "refused"
        (secret,) = await call(session, "ask", text="http://anna:geheim@x.example/")
        assert "user name or password" in secret["error"]
        await call(session, "probe", url="http://10.0.0.2/")
        (limited,) = await call(session, "probe", url="http://10.0.0.3/")
        assert "many probes" in limited["error"]

    converse(tmp_path, talk)
