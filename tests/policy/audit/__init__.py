"""Tests of the audit trail's records and their check."""
