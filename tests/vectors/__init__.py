"""Kept vectors, and the scripts that wrote them."""
