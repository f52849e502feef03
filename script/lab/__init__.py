"""A laboratory: real Home Assistant and real ESPHome firmware as local processes.

`script/demo`, the end-to-end tests, `script/attack` and `script/bench` are built on it.
Every server here listens on, and is reached over, the loopback address only.
"""
