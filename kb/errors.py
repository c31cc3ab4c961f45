"""The exceptions of the library, each with a sentence that a person can act on.

    ErrordeskError
    ├── ContentError            an article or another content file is wrong (file, line)
    ├── BadQuestion             the text that was asked cannot be taken (empty, too long, binary)
    ├── BadURL                  the URL cannot be parsed, or carries what a URL must not carry
    │   └── CredentialsInURL    a user name or password stood in the URL; it is never quoted
    ├── TargetRefused           the guard's policy does not let the probe go there
    └── IndexUnavailable        no search index could be opened or built

What is wrong with a probed site is never an exception: it is a fact.
"""

from __future__ import annotations


class ErrordeskError(Exception):
    """Base of all errors of this project; ``str()`` is a sentence for the user."""


class ContentError(ErrordeskError):
    """A content file is wrong. ``path`` and ``line`` (from 1) say where."""

    def __init__(self, message: str, path: str, line: int = 1) -> None:
        super().__init__(message)
        self.path = path
        self.line = line

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.args[0]}"

    def __reduce__(self) -> tuple[type[ContentError], tuple[str, str, int]]:
        return type(self), (str(self.args[0]), self.path, self.line)


class BadQuestion(ErrordeskError):
    """The text cannot be taken as a question."""


class BadURL(ErrordeskError):
    """The text is no URL that a probe could ask."""


class CredentialsInURL(BadURL):
    """The URL carries a user name or a password, which a probe never sends."""

    def __init__(self) -> None:
        super().__init__(
            "This URL carries a user name or password. It was not used and not stored: "
            "remove the part before the @ and ask again, and change that password if it "
            "was pasted anywhere else."
        )


class TargetRefused(ErrordeskError):
    """The guard refuses to connect. ``reason`` is one of the values of ``probe.refusal``."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason

    def __reduce__(self) -> tuple[type[TargetRefused], tuple[str, str]]:
        return type(self), (self.reason, str(self.args[0]))


class IndexUnavailable(ErrordeskError):
    """The search index is missing and could not be built."""
