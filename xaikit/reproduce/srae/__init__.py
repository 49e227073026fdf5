"""SRAE's tables and figures."""
