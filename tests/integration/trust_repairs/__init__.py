"""Repairs about a device's standing."""
