"""URLs of databases as people write them, with the drivers that the extras install."""

from __future__ import annotations

from typing import Final

from sqlalchemy import URL, make_url

# SQLAlchemy's own choice for MySQL needs a compiler.
_DRIVERS: Final = {
    "mysql": "mysql+pymysql",
    "mariadb": "mariadb+pymysql",
    "postgresql": "postgresql+psycopg",
}


def database_url(text: str) -> URL:
    """``text`` for :func:`sqlalchemy.create_engine`. Raises SQLAlchemy's ArgumentError.

    For PostgreSQL it names the encoding: a database that has none (SQL_ASCII) would give its texts
    as bytes.
    """
    url = make_url(text)
    url = url.set(drivername=_DRIVERS.get(url.drivername, url.drivername))
    if url.get_backend_name() == "postgresql" and "client_encoding" not in url.query:
        url = url.update_query_dict({"client_encoding": "utf8"})
    return url
