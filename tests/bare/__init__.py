"""Whole machines, made from nothing."""
