"""New firmware for devices."""
