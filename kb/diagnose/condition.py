"""One CEL condition over facts, with three outcomes: true, false, unknown.

CEL's ``&&`` and ``||`` absorb an error when the other side decides (CEL specification, "Logical
Operators"), and a fact that nobody knows is such an error. So a missing fact makes a condition
unknown only where it matters, and no condition has to ask whether a fact is there.
"""

from __future__ import annotations

import re
from typing import Any, Final

import cel

from kb.diagnose.splitting import split
from kb.errors import ErrordeskError
from kb.facts import REGISTRY, Facts, Kind
from kb.patterns import BadPattern, Patterns

_STRING: Final = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"")
_PATH: Final = re.compile(r"(?<![\w.])[a-z_]\w*(?:\.\w+)*")
_MACRO: Final = re.compile(r"\.(?:exists|all|exists_one|filter|map)\(\s*(\w+)\s*,")
_WORDS: Final = frozenset(
    {"in", "true", "false", "null", "size", "int", "double", "string", "matches"}
)


_SAID: Final = re.compile(r"\bclaim\.text\.(matches|contains)\('((?:[^'\\]|\\.)*)'\)")
# The patterns over what was asked, compiled once: CEL would compile each at every evaluation.
_PATTERNS: Final = Patterns()


class BadCondition(ErrordeskError):
    """A condition that does not compile, or names what is no fact."""


class Condition:
    """A compiled condition. ``facts`` are the names of the facts it reads, ``patterns`` the numbers
    of its patterns over the question's text, ``reads_text`` whether it reads that text otherwise.
    """

    __slots__ = ("_program", "_ways", "facts", "patterns", "reads_text", "source")

    def __init__(self, source: str) -> None:
        """Compile ``source``. Raises BadCondition with a sentence."""
        self.source = source
        patterns: set[int] = set()
        bare = _SAID.sub(lambda match: _said(match, patterns), source)
        try:
            self._program = cel.compile(bare)
        except ValueError as error:
            first = str(error).splitlines()[0]
            raise BadCondition(f"The condition does not compile: {first}") from None
        self.facts: frozenset[str] = _facts_of(source)
        self.patterns = frozenset(patterns)
        self.reads_text = "claim.text" in bare
        self._ways: tuple[Condition, ...] | None = None

    def open_share(self, context: cel.Context) -> float:
        """The share of the condition's ways (the sides of its outermost ``||``) that are not false
        yet. A condition that is unknown for one way alone has less left than it had."""
        if self._ways is None:
            ways = alternatives(self.source)
            self._ways = tuple(map(Condition, ways)) if len(ways) > 1 else ()
        if not self._ways:
            return 1.0
        return sum(way.evaluate(context) is not False for way in self._ways) / len(self._ways)

    def evaluate(self, context: cel.Context) -> bool | None:
        """True, False, or None when a fact that matters is unknown.

        Raises BadCondition when the condition compares what cannot be compared.
        """
        try:
            value = self._program.execute(context)
        except KeyError:
            return None  # a key of a map that is not there: a fact that nobody knows
        except RuntimeError as error:
            if "Undefined variable" in str(error):
                return None
            raise BadCondition(f"The condition fails: {error}") from None
        except (TypeError, ValueError) as error:
            raise BadCondition(f"The condition fails: {error}") from None
        if not isinstance(value, bool):
            raise BadCondition("The condition is neither true nor false.")
        return value


def alternatives(source: str) -> tuple[str, ...]:
    """The sides of the outermost ``||`` of a condition; itself alone where there is none."""
    if any(len(split(source, mark)) > 1 for mark in ("&&", "?")):
        return (source,)
    return tuple(split(source, "||"))


def context_of(facts: Facts) -> cel.Context:
    """The facts as CEL variables; build it once for all conditions of a question."""
    variables: dict[str, Any] = facts.nested()
    text = facts.get("claim.text")
    if isinstance(text, str):
        variables["said"] = sorted(patterns_in(text))
    return cel.Context(variables=variables)


def patterns_in(text: str) -> frozenset[int]:
    """The numbers of the patterns of all conditions so far that ``text`` matches."""
    return _PATTERNS.found_in(text)


def _said(match: re.Match[str], patterns: set[int]) -> str:
    """The condition under which :func:`context_of` gives the outcome of this pattern."""
    text = re.sub(r"\\(.)", r"\1", match[2])
    try:
        number = _PATTERNS.add(text if match[1] == "matches" else Patterns.literal(text))
    except BadPattern as error:
        raise BadCondition(f"The pattern in claim.text.matches is wrong: {error}.") from None
    patterns.add(number)
    return f"({number} in said)"


def _facts_of(source: str) -> frozenset[str]:
    if re.search(r"\bhas\s*\(", source):
        raise BadCondition("has() would turn 'unknown' into 'no': leave it out.")
    bare = _STRING.sub("''", source)
    local = set(_MACRO.findall(bare))
    names = set()
    for match in _PATH.finditer(bare):
        path = match[0]
        called = bare[match.end() : match.end() + 1] == "("
        if called:
            path = path.rpartition(".")[0]
        root = path.partition(".")[0]
        if not path or root in local or path in _WORDS:
            continue
        names.add(_fact_named(path))
    return frozenset(names)


def _fact_named(path: str) -> str:
    if path in REGISTRY:
        return path
    parent = path.rpartition(".")[0]
    if parent in REGISTRY and REGISTRY[parent].kind is Kind.HEADERS:
        return parent
    raise BadCondition(f"There is no fact {path}.")
