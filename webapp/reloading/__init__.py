"""``errordesk serve --reload``: a server for writers, on which pages follow the content.

A development server in one process: drafts are shown, every change of a content file is linted and
taken over at once, and what is wrong stands in the terminal and on every page.
"""

from webapp.reloading.reloader import Reloader
from webapp.reloading.server import serve_writer

__all__ = ["Reloader", "serve_writer"]
