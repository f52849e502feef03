"""The firmware core on the boards' own instruction sets, emulated."""
