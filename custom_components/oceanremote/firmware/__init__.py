"""New firmware for devices: images, and who may have them installed."""
