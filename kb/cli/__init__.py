"""The command ``errordesk``: each subcommand imports what it needs and nothing else."""

from kb.cli.main import main

__all__ = ["main"]
