"""A valve with every option, and one with none."""

VALVES = """\
valve:
  - platform: template
    id: tap
    name: Tap
    device_class: water
    assumed_state: true
    optimistic: true
    stop_action: [{logger.log: "Tap: stopped"}]
    toggle_action: [{logger.log: "Tap: toggled"}]
    position_action: [{logger.log: "Tap: moved"}]
    open_action:
      - valve.template.publish: {id: tap, current_operation: OPENING}
  - {platform: template, name: Plain, optimistic: true}
"""
