"""The production server: gunicorn's threaded workers, set up for the help desk.

The master loads the content once and forks; workers share its memory. When the content changes,
the master loads it anew, forks workers with it and lets the former ones finish.
"""

from webapp.serving.master import Limits, prepared, serve
from webapp.serving.watch import ContentWatch

__all__ = ["ContentWatch", "Limits", "prepared", "serve"]
