"""Layers stolen or broken one by one, each with a real connection."""
