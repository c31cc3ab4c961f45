"""Errordesk's library: a knowledge base of web errors that answers and diagnoses."""

__version__ = "0.1.0"
