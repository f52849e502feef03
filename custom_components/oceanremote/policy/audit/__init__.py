"""The audit trail's records and their check: pure, and on Python 3.11 as well.

`script/verify-audit` runs them on a machine that has neither the hub nor a recent
Python; nothing here imports the rest of the policy.
"""
