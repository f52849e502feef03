"""The changes to a vault's records: pure functions from one snapshot to the next."""
