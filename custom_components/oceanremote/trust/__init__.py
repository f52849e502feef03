"""The standing of devices: quarantine, permanent tokens, recovery."""
