"""Events, and what sets them off."""

EVENTS = """\
esphome:
  on_boot: [{event.trigger: {id: bell, event_type: ring}}]
event:
  - platform: template
    id: bell
    name: Bell
    device_class: doorbell
    icon: mdi:bell
    event_types: [ring, "zweimal läuten", ""]
  - {platform: template, id: hidden, name: Hidden, internal: true, event_types: [x]}
sensor:
  - {platform: template, id: count, name: Count, update_interval: never}
button:
  - platform: template
    name: Thrice
    on_press:
      - sensor.template.publish: {id: count, state: 1}
      - sensor.template.publish: {id: count, state: 2}
      - event.trigger: {id: hidden, event_type: x}
      - event.trigger: {id: bell, event_type: ring}
      - event.trigger: {id: bell, event_type: ring}
      - event.trigger: {id: bell, event_type: "zweimal läuten"}
  - platform: template
    name: Storm
    on_press:
      - repeat:
          count: 40
          then: [event.trigger: {id: bell, event_type: ring}]
"""
