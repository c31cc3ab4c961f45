"""All settings in one table: name, type, unit, default, danger and a sentence; read once.

Each setting is an environment variable with the prefix ``ERRORDESK_``. :class:`Settings` is the
frozen object that is passed on; nothing else in the project reads the environment.
"""

from __future__ import annotations

import ipaddress
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kb.colour import MIN_CONTRAST, contrast
from kb.errors import ErrordeskError

PREFIX = "ERRORDESK_"
MIN_SECRET = 32
SHIPPED = "shipped"  # in a list of content folders: the one that came with Errordesk


class BadSetting(ErrordeskError):
    """An environment variable or option has a value that cannot be used."""


@dataclass(frozen=True, slots=True)
class SettingSpec:
    """One row of the table of settings, for ``--help`` and docs/operating.md."""

    name: str
    default: str
    meaning: str
    unit: str = ""
    danger: str = ""


SETTINGS: tuple[SettingSpec, ...] = (
    SettingSpec(
        "CONTENT",
        "shipped",
        "Content folders, separated as in PATH (by : or, on Windows, ;); later ones win. The word "
        "shipped stands for the content that came with Errordesk: shipped:/srv/desk adds to it.",
    ),
    SettingSpec("DATA", "$XDG_CACHE_HOME/errordesk", "Folder for the search index."),
    SettingSpec("SITE_NAME", "Errordesk", "Name shown in the head of every page."),
    SettingSpec("BASE_URL", "", "Public URL of the site, for absolute links; empty: relative."),
    SettingSpec("CONTACT_URL", "", "Where a person can be asked (https: or mailto:)."),
    SettingSpec(
        "CONTACT_WEBHOOK",
        "",
        "URL that gets what readers send to a person, signed (docs/contact.md); may be private.",
    ),
    SettingSpec("CONTACT_SECRET", "", "Signs the webhook: whsec_ and Base64 of 24 to 64 bytes."),
    SettingSpec("LOGO_FILE", "", "SVG, PNG or WebP file shown in the head beside the name."),
    SettingSpec(
        "ACCENT",
        "#0b5c6b",
        "The accent colour as #rrggbb; refused where text in it is hard to read.",
    ),
    SettingSpec("FOOTER_LINKS", "", "JSON list of [label, URL]: further links at the foot."),
    SettingSpec(
        "EDIT_URL",
        "",
        "Where an article is edited; {path} becomes its path in the content folder. For several "
        "folders one URL each, separated by spaces and in their order, - for none; a single one "
        "is the last folder's.",
    ),
    SettingSpec(
        "ALLOWED_ORIGINS",
        "",
        "Comma-separated origins whose pages may use the API; empty: every origin, read-only.",
    ),
    SettingSpec("PROBE", "on", "on or off: whether URLs may be probed at all."),
    SettingSpec(
        "PROBE_ALLOW",
        "",
        "Comma-separated networks that may be probed although not public, on all ports.",
        danger="Opens your inner network to whoever may ask.",
    ),
    SettingSpec("PROBE_ONLY", "off", "on: probe nothing but PROBE_ALLOW."),
    SettingSpec(
        "PROBE_PORTS", "80,443,3000,5000,8000,8080,8443", "Ports that may be probed elsewhere."
    ),
    SettingSpec(
        "PROBE_DENY",
        "",
        "Comma-separated hosts (names below them included) and networks that are never probed.",
    ),
    SettingSpec(
        "PROBE_REQUESTS",
        "8",
        "Requests that one probe may make to a site after the first two.",
        unit="requests",
    ),
    SettingSpec("PROBE_RESOLVER", "the system's", "Resolver to ask, as address:port."),
    SettingSpec("PROBE_CA_FILE", "", "PEM file with further trusted roots."),
    SettingSpec("PROBE_DEADLINE", "8", "Time for one whole probe.", unit="seconds"),
    SettingSpec("PROBE_RATE", "20/minute", "Probes that one asker may start."),
    SettingSpec("PROBE_TARGET_RATE", "30/minute", "Probes that one site may get from everybody."),
    SettingSpec("PROBE_CONCURRENCY", "8", "Probes that run at once in one process."),
    SettingSpec("PROBE_CACHE", "60", "How long a probe's result is reused.", unit="seconds"),
    SettingSpec(
        "DATABASE_URL",
        "sqlite:///$XDG_STATE_HOME/errordesk/desk.db",
        "Where feedback, questions and shared reports are kept; off: nowhere.",
    ),
    SettingSpec(
        "SEARCH_URL",
        "whoosh:",
        "The search engine: whoosh: or tantivy: in DATA, with a path behind the colon there, or "
        "postgresql://user@host/name.",
    ),
    SettingSpec("REDIS_URL", "", "Redis for limits and the probe cache; empty: in memory."),
    SettingSpec(
        "SECRET_KEY",
        "random at each start",
        "Signs the operator's session; the same for all processes behind a balancer.",
    ),
    SettingSpec(
        "TRUSTED_PROXIES",
        "",
        "Comma-separated networks of your front servers: their X-Forwarded-For and "
        "X-Forwarded-Proto are believed.",
    ),
    SettingSpec(
        "OPERATOR_PASSWORD_HASH",
        "",
        "What errordesk password prints; opens /operator to who knows the password.",
    ),
    SettingSpec(
        "OPERATOR_HEADER",
        "",
        "A header in which TRUSTED_PROXIES name the operator who logged in there.",
        danger="The front server must remove it from what others send.",
    ),
    SettingSpec(
        "OPERATOR_WRITES", "off", "on: /operator may write drafts into the last content folder."
    ),
    SettingSpec(
        "METRICS_TOKEN",
        "",
        "Opens /metrics to who sends it (Authorization: Bearer …); empty: there is no /metrics.",
    ),
    SettingSpec("LOG", "text", "text, json or off: the line for each request, on standard error."),
    SettingSpec("RETENTION", "90", "How long questions and feedback are kept.", unit="days"),
    SettingSpec("REPORT_RETENTION", "30", "How long a shared report is kept.", unit="days"),
    SettingSpec("EXAMPLES", "", "JSON list of [label, text]: examples on the first page."),
    SettingSpec(
        "SEMANTIC",
        "off",
        "on: a small language model has a say in the ranking, too (errordesk[semantic]).",
    ),
    SettingSpec("DRAFTS", "off", "on: show drafts to everybody.", danger="For writers only."),
)


def shipped_content() -> Path:
    """The content folder of the wheel, or of the checkout that this module runs from."""
    package = Path(__file__).resolve().parent
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
    database_url: str = field(default_factory=default_database)
    search_url: str = "whoosh:"
    redis_url: str = ""
    secret_key: str = ""
    trusted_proxies: tuple[str, ...] = ()
    operator_password_hash: str = ""
    operator_header: str = ""
    operator_writes: bool = False
    metrics_token: str = ""
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
            base_url=_base_url(get.get("BASE_URL", "")),
            contact_url=_contact(get.get("CONTACT_URL", "")),
            contact_webhook=get.get("CONTACT_WEBHOOK", ""),
            contact_secret=get.get("CONTACT_SECRET", ""),
            logo_file=_logo(get.get("LOGO_FILE", "")),
            accent=_accent(get.get("ACCENT", "")),
            footer_links=_links(get.get("FOOTER_LINKS", "")),
            edit_url=_edit_urls(get.get("EDIT_URL", "")),
            allowed_origins=_origins(get.get("ALLOWED_ORIGINS", "")),
            probe_enabled=_switch("PROBE", get.get("PROBE", "on")),
            probe_allow=_networks(get.get("PROBE_ALLOW", "")),
            probe_only=_switch("PROBE_ONLY", get.get("PROBE_ONLY", "off")),
            probe_ports=_ports(get.get("PROBE_PORTS", plain.probe_ports)),
            probe_deny=get.get("PROBE_DENY", ""),
            probe_requests=int(_number("PROBE_REQUESTS", get.get("PROBE_REQUESTS", "8"), 0, 20)),
            probe_resolver=get.get("PROBE_RESOLVER", ""),
            probe_ca_file=_file("PROBE_CA_FILE", get.get("PROBE_CA_FILE", "")),
            probe_deadline=_number("PROBE_DEADLINE", get.get("PROBE_DEADLINE", "8"), 0.1, 60),
            probe_rate=get.get("PROBE_RATE", plain.probe_rate),
            probe_target_rate=get.get("PROBE_TARGET_RATE", plain.probe_target_rate),
            probe_concurrency=int(
                _number("PROBE_CONCURRENCY", get.get("PROBE_CONCURRENCY", "8"), 1, 256)
            ),
            probe_cache_s=_number("PROBE_CACHE", get.get("PROBE_CACHE", "60"), 0, 86400),
            database_url=get.get("DATABASE_URL") or plain.database_url,
            search_url=_search(get.get("SEARCH_URL") or plain.search_url),
            redis_url=_redis(get.get("REDIS_URL", "")),
            secret_key=get.get("SECRET_KEY", ""),
            trusted_proxies=_proxies(get.get("TRUSTED_PROXIES", "")),
            operator_password_hash=_operator(get),
            operator_header=get.get("OPERATOR_HEADER", ""),
            operator_writes=_switch("OPERATOR_WRITES", get.get("OPERATOR_WRITES", "off")),
            metrics_token=_token(get.get("METRICS_TOKEN", "")),
            log=_log(get.get("LOG", plain.log)),
            retention_days=int(_number("RETENTION", get.get("RETENTION", "90"), 1, 36_500)),
            report_days=int(
                _number("REPORT_RETENTION", get.get("REPORT_RETENTION", "30"), 1, 3_650)
            ),
            examples=_examples(get.get("EXAMPLES", "")),
            semantic=_switch("SEMANTIC", get.get("SEMANTIC", "off")),
            drafts=_switch("DRAFTS", get.get("DRAFTS", "off")),
        )

    def edit_link(self, folder: int, path: str) -> str:
        """Where the file ``path`` of the content folder ``folder`` (from 0) is edited, or ''."""
        urls = self.edit_url
        if len(urls) == 1:
            urls = ("",) * (len(self.content) - 1) + urls
        return urls[folder].replace("{path}", path) if folder < len(urls) else ""


def _switch(name: str, text: str) -> bool:
    if text.lower() in ("on", "true", "1", "yes"):
        return True
    if text.lower() in ("off", "false", "0", "no", ""):
        return False
    raise BadSetting(f"{PREFIX}{name} takes on or off, not {text!r}.")


def _number(name: str, text: str, low: float, high: float) -> float:
    try:
        value = float(text)
    except ValueError:
        raise BadSetting(f"{PREFIX}{name} takes a number, not {text!r}.") from None
    if not low <= value <= high:
        raise BadSetting(f"{PREFIX}{name} takes a number from {low:g} to {high:g}, not {text}.")
    return value


def _base_url(text: str) -> str:
    if text and not text.startswith(("http://", "https://")):
        raise BadSetting(f"{PREFIX}BASE_URL takes an http or https URL, not {text!r}.")
    return text.rstrip("/")


def _contact(text: str) -> str:
    if text and not text.startswith(("http://", "https://", "mailto:")):
        raise BadSetting(f"{PREFIX}CONTACT_URL takes an https or mailto URL, not {text!r}.")
    return text


def _redis(text: str) -> str:
    if text and not text.startswith(("redis://", "rediss://", "unix://")):
        raise BadSetting(f"{PREFIX}REDIS_URL takes a redis:// URL.")
    return text


def _search(text: str) -> str:
    if not text.startswith(("whoosh:", "tantivy:", "postgresql://")):
        raise BadSetting(f"{PREFIX}SEARCH_URL takes whoosh:, tantivy: or a postgresql:// URL.")
    return text


def _logo(text: str) -> str:
    if text and Path(text).suffix.lower() not in (".svg", ".png", ".webp"):
        raise BadSetting(f"{PREFIX}LOGO_FILE takes an SVG, PNG or WebP file, not {text!r}.")
    return _file("LOGO_FILE", text)


def _accent(text: str) -> str:
    if not text:
        return ""
    try:
        ratio = contrast(text, "#ffffff")
    except ValueError:
        raise BadSetting(f"{PREFIX}ACCENT takes a colour such as #0b5c6b, not {text!r}.") from None
    if ratio < MIN_CONTRAST:
        raise BadSetting(
            f"{PREFIX}ACCENT: text in {text} on white has a contrast of {ratio:.1f}; "
            f"WCAG asks for {MIN_CONTRAST} at least, so take a darker colour."
        )
    return text.lower()


def _links(text: str) -> tuple[tuple[str, str], ...]:
    if not text:
        return ()
    try:
        links = tuple((str(label), str(url)) for label, url in json.loads(text))
    except (ValueError, TypeError):
        raise BadSetting(f"{PREFIX}FOOTER_LINKS takes a JSON list of [label, URL] pairs.") from None
    for _, url in links:
        if not url.startswith(("/", "https://", "http://", "mailto:")):
            raise BadSetting(f"{PREFIX}FOOTER_LINKS: {url!r} is neither a path nor a URL.")
    return links


def _edit_urls(text: str) -> tuple[str, ...]:
    urls = tuple("" if part == "-" else part for part in text.split())
    for url in filter(None, urls):
        if not url.startswith(("http://", "https://")) or "{path}" not in url:
            raise BadSetting(f"{PREFIX}EDIT_URL takes http or https URLs with {{path}} in them.")
    return urls


def _origins(text: str) -> tuple[str, ...]:
    origins = tuple(part.strip().rstrip("/") for part in text.split(",") if part.strip())
    for origin in origins:
        if not re.fullmatch(r"https?://[^/\s]+", origin):
            raise BadSetting(
                f"{PREFIX}ALLOWED_ORIGINS takes origins such as https://www.example.com, "
                f"not {origin!r}."
            )
    return origins


def _networks(text: str) -> str:
    for part in filter(None, (part.strip() for part in text.split(","))):
        try:
            ipaddress.ip_network(part.replace("[", "").replace("]", ""))
        except ValueError as error:
            raise BadSetting(f"{PREFIX}PROBE_ALLOW: {error}.") from None
    return text


def _proxies(text: str) -> tuple[str, ...]:
    parts = [part for part in (part.strip() for part in text.split(",")) if part]
    try:
        return tuple(str(ipaddress.ip_network(part)) for part in parts)
    except ValueError as error:
        raise BadSetting(f"{PREFIX}TRUSTED_PROXIES: {error}.") from None


def _operator(get: Mapping[str, str]) -> str:
    """The password's hash, once everything that a safe login needs is there."""
    hashed, header = get.get("OPERATOR_PASSWORD_HASH", ""), get.get("OPERATOR_HEADER", "")
    if hashed and not re.fullmatch(r"(scrypt|pbkdf2):[\w:]+\$[^$]+\$[0-9a-f]{64,}", hashed):
        raise BadSetting(
            f"{PREFIX}OPERATOR_PASSWORD_HASH takes what errordesk password prints, not a password."
        )
    if header and not re.fullmatch(r"[A-Za-z][A-Za-z0-9-]*", header):
        raise BadSetting(f"{PREFIX}OPERATOR_HEADER takes the name of a header, not {header!r}.")
    if header and not get.get("TRUSTED_PROXIES"):
        raise BadSetting(
            f"{PREFIX}OPERATOR_HEADER needs {PREFIX}TRUSTED_PROXIES: else anybody could send it."
        )
    if (hashed or header) and len(get.get("SECRET_KEY", "")) < MIN_SECRET:
        raise BadSetting(
            f"{PREFIX}SECRET_KEY needs {MIN_SECRET} characters or more to sign the operator's "
            "session; errordesk password prints one."
        )
    return hashed


def _token(text: str) -> str:
    if text and not re.fullmatch(r"[\x21-\x7e]{16,}", text):
        raise BadSetting(f"{PREFIX}METRICS_TOKEN takes 16 or more characters without spaces.")
    return text


def _log(text: str) -> str:
    if text not in ("text", "json", "off"):
        raise BadSetting(f"{PREFIX}LOG takes text, json or off, not {text!r}.")
    return text


def _ports(text: str) -> str:
    for part in filter(None, (part.strip() for part in text.split(","))):
        if not part.isdigit() or not 1 <= int(part) <= 65535:
            raise BadSetting(f"{PREFIX}PROBE_PORTS takes ports from 1 to 65535, not {part!r}.")
    return text


def _file(name: str, text: str) -> str:
    if text and not Path(text).is_file():
        raise BadSetting(f"{PREFIX}{name}: there is no file {text!r}.")
    return text


def _examples(text: str) -> tuple[tuple[str, str], ...]:
    if not text:
        return ()
    try:
        return tuple((str(label), str(example)) for label, example in json.loads(text))
    except (ValueError, TypeError):
        raise BadSetting(f"{PREFIX}EXAMPLES takes a JSON list of [label, text] pairs.") from None
