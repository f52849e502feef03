"""Plugins that script/test loads by name."""
