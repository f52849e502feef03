"""A lamp of cold and warm white."""

LAMP = """\
output:
  - {platform: template, id: c, type: float, write_action: []}
  - {platform: template, id: w, type: float, write_action: []}
light:
  - platform: cwww
    name: "CCT lamp"
    cold_white: c
    warm_white: w
    cold_white_color_temperature: 6500 K
    warm_white_color_temperature: 2700 K
    default_transition_length: 0s
"""
