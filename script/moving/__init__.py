"""Rewrites an ESPHome YAML with `api:` into one with `oceanremote:`.

The text is read only to find out where things stand; what is not replaced stays as it
is, byte for byte.
"""
