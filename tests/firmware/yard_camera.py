"""A camera whose pictures have the size that a number says, and a switch."""

SIZE = 200_000
CAMERA = f"""\
stub_camera: {{id: yard, name: Yard, size: {SIZE}}}
switch:
  - {{platform: template, name: Relay, optimistic: true}}
number:
  - platform: template
    name: Size
    min_value: 0
    max_value: 1000000
    step: 1
    set_action: [lambda: "id(yard).set_size(x);"]
"""
