"""All settings, read once: a table of them, readers of their values, and the frozen result.

Each setting is an environment variable with the prefix ``ERRORDESK_``. :class:`Settings` is the
object that is passed on; nothing else in the project reads the environment.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kb.settings import values
from kb.settings.table import PREFIX, SETTINGS, SettingSpec
from kb.settings.values import MIN_SECRET, BadSetting

__all__ = [
    "MIN_SECRET",
    "PREFIX",
    "SETTINGS",
    "SHIPPED",
    "BadSetting",
    "SettingSpec",
    "Settings",
    "content_folders",
    "default_data",
    "default_database",
    "shipped_content",
]
SHIPPED = "shipped"  # in a list of content folders: the one that came with Errordesk


def shipped_content() -> Path:
    """The content folder of the wheel, or of the checkout that this module runs from."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "_content"
    return inside if inside.is_dir() else package.parent / "content"


def content_folders(text: str) -> tuple[Path, ...]:
    """The folders of ERRORDESK_CONTENT or --content, later ones winning; each stands once.

    They are separated as in PATH, because a folder's name may well have a comma in it.
    """
    parts = [part.strip() for part in text.split(os.pathsep)]
    folders = [shipped_content() if part == SHIPPED else Path(part) for part in parts if part]
    if not folders:
        raise BadSetting(f"{PREFIX}CONTENT names no folder.")
    return tuple(dict.fromkeys(folders))


def default_data() -> Path:
    """``$XDG_CACHE_HOME/errordesk``, as the XDG Base Directory Specification has it."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(base) if base else Path.home() / ".cache") / "errordesk"


def default_database() -> str:
    """A SQLite file in ``$XDG_STATE_HOME/errordesk``: what must outlive a cleaned cache."""
    base = os.environ.get("XDG_STATE_HOME", "")
    folder = Path(base) if base else Path.home() / ".local" / "state"
    return f"sqlite:///{folder / 'errordesk' / 'desk.db'}"


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one process. See :data:`SETTINGS` for the meaning of each."""

    content: tuple[Path, ...] = field(default_factory=lambda: (shipped_content(),))
    data: Path = field(default_factory=default_data)
    site_name: str = "Errordesk"
    base_url: str = ""
    contact_url: str = ""
    contact_webhook: str = ""
    contact_secret: str = field(default="", repr=False)
    logo_file: str = ""
    accent: str = ""
    footer_links: tuple[tuple[str, str], ...] = ()
    edit_url: tuple[str, ...] = ()
    allowed_origins: tuple[str, ...] = ()
    probe_enabled: bool = True
    probe_allow: str = ""
    probe_only: bool = False
    probe_ports: str = "80,443,3000,5000,8000,8080,8443"
    probe_deny: str = ""
    probe_requests: int = 8
    probe_resolver: str = ""
    probe_ca_file: str = ""
    probe_deadline: float = 8.0
    probe_rate: str = "20/minute"
    probe_target_rate: str = "30/minute"
    probe_concurrency: int = 8
    probe_cache_s: float = 60.0
    database_url: str = field(default_factory=default_database, repr=False)
    search_url: str = "whoosh:"
    redis_url: str = field(default="", repr=False)
    secret_key: str = field(default="", repr=False)
    trusted_proxies: tuple[str, ...] = ()
    operator_password_hash: str = field(default="", repr=False)
    operator_header: str = ""
    operator_writes: bool = False
    metrics_token: str = field(default="", repr=False)
    log: str = "text"
    retention_days: int = 90
    report_days: int = 30
    examples: tuple[tuple[str, str], ...] = ()
    semantic: bool = False
    drafts: bool = False
    # Set by the server, not by the environment: the file that its processes share.
    shared: Path | None = None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Read the settings from ``ERRORDESK_*``. Raises BadSetting with the variable's name."""
        source = os.environ if environment is None else environment
        known = {PREFIX + spec.name for spec in SETTINGS}
        given = {name: text for name, text in source.items() if name.startswith(PREFIX)}
        for name in sorted(set(given) - known):
            raise BadSetting(f"{name} is no setting of Errordesk; see docs/operating.md.")
        get = {name.removeprefix(PREFIX): text for name, text in given.items()}
        plain = cls()
        return cls(
            content=content_folders(get["CONTENT"]) if get.get("CONTENT") else plain.content,
            data=Path(get["DATA"]) if get.get("DATA") else plain.data,
            site_name=get.get("SITE_NAME", plain.site_name),
            base_url=values.base_url(get.get("BASE_URL", "")),
            contact_url=values.contact_url(get.get("CONTACT_URL", "")),
            contact_webhook=get.get("CONTACT_WEBHOOK", ""),
            contact_secret=get.get("CONTACT_SECRET", ""),
            logo_file=values.logo(get.get("LOGO_FILE", "")),
            accent=values.accent(get.get("ACCENT", "")),
            footer_links=values.links(get.get("FOOTER_LINKS", "")),
            edit_url=values.edit_urls(get.get("EDIT_URL", "")),
            allowed_origins=values.origins(get.get("ALLOWED_ORIGINS", "")),
            probe_enabled=values.switch("PROBE", get.get("PROBE", "on")),
            probe_allow=values.networks(get.get("PROBE_ALLOW", "")),
            probe_only=values.switch("PROBE_ONLY", get.get("PROBE_ONLY", "off")),
            probe_ports=values.ports(get.get("PROBE_PORTS", plain.probe_ports)),
            probe_deny=get.get("PROBE_DENY", ""),
            probe_requests=int(
                values.number("PROBE_REQUESTS", get.get("PROBE_REQUESTS", "8"), 0, 20)
            ),
            probe_resolver=get.get("PROBE_RESOLVER", ""),
            probe_ca_file=values.file("PROBE_CA_FILE", get.get("PROBE_CA_FILE", "")),
            probe_deadline=values.number("PROBE_DEADLINE", get.get("PROBE_DEADLINE", "8"), 0.1, 60),
            probe_rate=get.get("PROBE_RATE", plain.probe_rate),
            probe_target_rate=get.get("PROBE_TARGET_RATE", plain.probe_target_rate),
            probe_concurrency=int(
                values.number("PROBE_CONCURRENCY", get.get("PROBE_CONCURRENCY", "8"), 1, 256)
            ),
            probe_cache_s=values.number("PROBE_CACHE", get.get("PROBE_CACHE", "60"), 0, 86400),
            database_url=get.get("DATABASE_URL") or plain.database_url,
            search_url=values.search(get.get("SEARCH_URL") or plain.search_url),
            redis_url=values.redis(get.get("REDIS_URL", "")),
            secret_key=get.get("SECRET_KEY", ""),
            trusted_proxies=values.proxies(get.get("TRUSTED_PROXIES", "")),
            operator_password_hash=values.operator(get),
            operator_header=get.get("OPERATOR_HEADER", ""),
            operator_writes=values.switch("OPERATOR_WRITES", get.get("OPERATOR_WRITES", "off")),
            metrics_token=values.token(get.get("METRICS_TOKEN", "")),
            log=values.log(get.get("LOG", plain.log)),
            retention_days=int(values.number("RETENTION", get.get("RETENTION", "90"), 1, 36_500)),
            report_days=int(
                values.number("REPORT_RETENTION", get.get("REPORT_RETENTION", "30"), 1, 3_650)
            ),
            examples=values.examples(get.get("EXAMPLES", "")),
            semantic=values.switch_auto(
                "SEMANTIC", get.get("SEMANTIC", "auto"), "wordllama", "simsimd"
            ),
            drafts=values.switch("DRAFTS", get.get("DRAFTS", "off")),
        )

    def edit_link(self, folder: int, path: str) -> str:
        """Where the file ``path`` of the content folder ``folder`` (from 0) is edited, or ''."""
        urls = self.edit_url
        if len(urls) == 1:
            urls = ("",) * (len(self.content) - 1) + urls
        return urls[folder].replace("{path}", path) if folder < len(urls) else ""
