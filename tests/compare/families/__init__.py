"""The families: what a board has (`<name>.yaml`), and what is asked of it (`<name>.py`).

A family's YAML builds on `base.yaml` and shows every option that its platforms offer;
its module says `FAMILY`.
"""
