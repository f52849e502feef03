"""Pure security policy: plain values and `now` in, verdicts out; standard library only.

Nothing here does I/O, reads a clock or draws randomness. The package `audit` also runs
on Python 3.11, because `script/verify-audit` must work on a machine without the hub.
"""
