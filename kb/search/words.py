"""From a question to weighted stems: greetings and filler drop out, synonyms come in, lighter."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from typing import Final

from kb.search.stems import stems_of

MAX_TERMS: Final = 32
SYNONYM: Final = 0.2
# Words of asking, not of the trouble. Negations and question words about place and time stay: they
# tell "only sometimes" from "always".
FILLER: Final = frozenset(
    """
    hi hello hey dear please thanks thank anyone someone anybody somebody know help question problem
    issue wondering idea ideas fix solve solution solved trying try tried want wanted need would
    could should can cant cannot don doesn didn isn aren wasn weren won wouldn couldn shouldn hasn
    haven hadn even ve re ll im am was were been being do does
    did has had have having my me we our us you your they them their it its he she his her there
    here
    this that these those some any just really very much also so then than too really actually
    basically currently recently today yesterday since like as about of to in on at for with by from
    or and but if is are be the an what why how who which seems seem looks look happens happen
    happening get gets getting got getting go goes going make makes made let lets use using used
    see sees seeing thing things something anything way lot still again guys team best regards
    ich wir mein meine der die das und oder ein eine ist sind wird nicht bitte hallo danke habe
    """.split()  # noqa: SIM905  # a text is easier to keep than as many quoted words
)


# Words of other subjects, which articles mention too: a question with one of them is about the web
# only if the rest of it says so clearly. Things, programs and tasks of everyday computing and life.
FOREIGN: Final = frozenset(
    """
    printer printers printing scanner scanning toner cartridge excel spreadsheet spreadsheets
    worksheet pivot formula powerpoint outlook outbox spam junk newsletter calendar photoshop
    illustrator keyboard mouse touchpad monitor headphones headset earbuds bluetooth microphone
    speaker speakers webcam battery charger charging usb hdmi partition bios gpu fan bluescreen
    wallpaper screensaver desktop taskbar uninstall reinstall recipe cook boil egg cat dog car tyre
    essay homework tax parcel refund dropdown sidebar navbar flexbox pandas numpy dataframe regex
    tuple segfault segmentation pointer compiler compile rebase squash gradle eclipse xcode photo
    photos camera selfie ringtone fps gaming console washing fridge guitar visa
    """.split()  # noqa: SIM905  # as above
)

_FOREIGN_STEMS: Final = frozenset(stem for word in FOREIGN for stem in stems_of(word))
_FILLER_STEMS: Final = frozenset(stem for word in FILLER for stem in stems_of(word))


def question_stems(text: str) -> tuple[str, ...]:
    """The stems that matter in a question, each once, at most :data:`MAX_TERMS`."""
    return _question_stems(text[:4000])


@functools.lru_cache(maxsize=256)
def _question_stems(text: str) -> tuple[str, ...]:
    stems = dict.fromkeys(stems_of(text))
    kept = [stem for stem in stems if stem not in _FILLER_STEMS]
    return tuple((kept or list(stems))[:MAX_TERMS])


def own(stems: Iterable[str]) -> list[str]:
    """The stems without those of other subjects."""
    return [stem for stem in stems if stem not in _FOREIGN_STEMS]


def weighted(
    stems: Iterable[str], synonyms: Mapping[str, frozenset[str]], weight: float = SYNONYM
) -> dict[str, float]:
    """The stems with weight 1 and their synonyms with ``weight``."""
    found = dict.fromkeys(stems, 1.0)
    if weight > 0:
        for stem in list(found):
            for other in synonyms.get(stem, ()):
                found.setdefault(other, weight)
    return found
