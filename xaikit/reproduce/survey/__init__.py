"""What the survey tells of, measured here."""
