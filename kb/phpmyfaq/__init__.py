"""Coming from phpMyFAQ: its records as drafts, with their IDs, categories, authors and dates."""

from kb.phpmyfaq.drafts import Imported, import_records
from kb.phpmyfaq.records import Record, from_database, from_json

__all__ = ["Imported", "Record", "from_database", "from_json", "import_records"]
