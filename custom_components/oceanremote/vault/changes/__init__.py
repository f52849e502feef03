"""What may become of a vault's records: pure functions from one snapshot to the next."""
