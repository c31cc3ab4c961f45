"""A reader goes on to ask a person: what is sent, how it is signed, and how it gets there."""

from kb.contact.delivery import Delivery, Webhook
from kb.contact.message import Contact, Report, Seen
from kb.contact.signing import BadSecret, key_of, signed_headers

__all__ = [
    "BadSecret",
    "Contact",
    "Delivery",
    "Report",
    "Seen",
    "Webhook",
    "key_of",
    "signed_headers",
]
