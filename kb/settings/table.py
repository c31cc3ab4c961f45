"""The table of settings: name, type, unit, default, danger and a sentence for each."""

from __future__ import annotations

from dataclasses import dataclass

PREFIX = "ERRORDESK_"


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
        "auto",
        "on: a small language model has a say in the ranking, too (errordesk[semantic]); "
        "auto: where it is installed.",
    ),
    SettingSpec("DRAFTS", "off", "on: show drafts to everybody.", danger="For writers only."),
)
