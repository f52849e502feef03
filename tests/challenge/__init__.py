"""The challenge protocol's other implementations, run against ours."""
