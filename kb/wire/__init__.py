"""What HTTP says, as facts: challenges and response heads, from a probe or a transcript alike."""
