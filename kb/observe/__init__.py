"""Observing one URL: DNS, TCP, TLS and HTTP from several vantages, behind one guard."""

from kb.observe.policy import Policy
from kb.observe.probe import Probe, ProbeResult

__all__ = ["Policy", "Probe", "ProbeResult"]
