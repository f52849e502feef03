"""Tests of the pure security policy."""
