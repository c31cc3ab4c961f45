"""Tests of the import from phpMyFAQ."""
