"""The tables, as migrations create them; a test compares both."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Boolean, Column, DateTime, Index, Integer, MetaData, String, Table, Text

METADATA: Final = MetaData()

FEEDBACK: Final = Table(
    "feedback",
    METADATA,
    Column("key", String(36), primary_key=True),
    Column("created", DateTime, nullable=False),
    Column("solution", Integer, nullable=False),
    Column("helpful", Boolean, nullable=False),
    Column("comment", Text, nullable=False),
    Column("question", Text, nullable=False),
    Column("question_key", String(36)),
    Index("feedback_created", "created"),
    Index("feedback_question", "question_key"),
)

QUESTIONS: Final = Table(
    "questions",
    METADATA,
    Column("key", String(36), primary_key=True),
    Column("created", DateTime, nullable=False),
    Column("text", Text, nullable=False),
    Column("known", Boolean, nullable=False),
    Column("front", String(16), nullable=False),
    Column("solution", Integer),
    Column("cause", String(200)),
    Column("confirmed", Boolean, nullable=False),
    Column("probed", Boolean, nullable=False),
    Column("signature", String(400)),
    Column("took_ms", Integer, nullable=False),
    Column("follows", String(36)),
    Index("questions_created", "created"),
)

REPORTS: Final = Table(
    "reports",
    METADATA,
    Column("token", String(36), primary_key=True),
    Column("created", DateTime, nullable=False),
    Column("expires", DateTime, nullable=False),
    Column("answer", Text, nullable=False),  # the Answer as JSON, without secrets
    Index("reports_expires", "expires"),
)

CONTACTS: Final = Table(
    "contacts",
    METADATA,
    Column("key", String(36), primary_key=True),
    Column("created", DateTime, nullable=False),
    Column("question_key", String(36)),
    Column("via", String(16), nullable=False),
    Column("language", String(8), nullable=False),
    Column("solutions", String(200), nullable=False),  # the IDs that were seen, with spaces
    Column("delivered", Boolean, nullable=False),
    Index("contacts_question", "question_key"),
    Index("contacts_created", "created"),
)
TABLES: Final = (FEEDBACK, QUESTIONS, REPORTS, CONTACTS)
