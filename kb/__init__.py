"""Errordesk's library: a knowledge base of web errors that answers and diagnoses."""
