"""Tests of the source itself: who imports whom, and what may stand in a file."""
