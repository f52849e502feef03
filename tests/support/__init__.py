"""Drivers and simulators that several parts of the tests use."""
