"""All cases of the laboratory, by layer."""

from tests.lab.case import Case
from tests.lab.cases.abroad import CASES as ABROAD
from tests.lab.cases.applications import CASES as APPLICATIONS
from tests.lab.cases.comparisons import CASES as COMPARISONS
from tests.lab.cases.dns import CASES as DNS
from tests.lab.cases.further import CASES as FURTHER
from tests.lab.cases.healthy import CASES as HEALTHY
from tests.lab.cases.http import CASES as HTTP
from tests.lab.cases.messages import CASES as MESSAGES
from tests.lab.cases.others import CASES as OTHERS
from tests.lab.cases.products import CASES as PRODUCTS
from tests.lab.cases.redirects import CASES as REDIRECTS
from tests.lab.cases.strangers import CASES as STRANGERS
from tests.lab.cases.tcp import CASES as TCP
from tests.lab.cases.tls import CASES as TLS
from tests.lab.cases.traps import CASES as TRAPS
from tests.lab.cases.wild import CASES as WILD

CASES: tuple[Case, ...] = (
    *DNS,
    *TCP,
    *TLS,
    *HTTP,
    *REDIRECTS,
    *MESSAGES,
    *COMPARISONS,
    *PRODUCTS,
    *APPLICATIONS,
    *OTHERS,
    *FURTHER,
    *HEALTHY,
    *WILD,
    *TRAPS,
    *STRANGERS,
    *ABROAD,
)
