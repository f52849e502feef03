"""States that no message of a small board holds."""

# 255 characters, as many as a state has at most; 1020 bytes of a message of 1024.
LONG = "💡" * 255
LONG_STATES = f"""\
esphome:
  on_boot: [{{light.turn_on: {{id: lamp, effect: "{LONG}"}}}}]
output:
  - {{platform: template, id: relay, type: binary, write_action: []}}
light:
  - platform: binary
    id: lamp
    name: Lamp
    output: relay
    effects: [{{strobe: {{name: "{LONG}"}}}}]
text_sensor:
  - {{platform: template, name: Note, lambda: 'return {{"{LONG}"}};'}}
"""
