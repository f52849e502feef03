"""What moves and what locks, with every option of the template platforms."""

COVERS = """\
cover:
  - platform: template
    id: blind
    name: Blind
    device_class: blind
    assumed_state: true
    optimistic: true
    restore_mode: NO_RESTORE
    stop_action: [{logger.log: "Blind: stopped"}]
    toggle_action: [{logger.log: "Blind: toggled"}]
    position_action:
      - logger.log: {format: "Blind: moved to %.2f", args: [pos]}
    tilt_action:
      - logger.log: {format: "Blind: tilted to %.2f", args: [tilt]}
    open_action:
      - cover.template.publish: {id: blind, current_operation: OPENING}
    close_action:
      - cover.template.publish: {id: blind, current_operation: CLOSING}
  - {platform: template, name: Gate, optimistic: true, restore_mode: NO_RESTORE}
  - platform: template
    name: Lost
    lambda: return NAN;
    restore_mode: NO_RESTORE
"""
FANS = """\
fan:
  - platform: template
    id: ceiling
    name: Ceiling
    speed_count: 5
    has_direction: true
    has_oscillating: true
    preset_modes: [Breeze, Storm]
    restore_mode: ALWAYS_OFF
    on_turn_on: [{logger.log: "Ceiling: on"}]
  - {platform: template, name: Plain}
"""
# ESPHome has no option that lets a lock ask for a code.
LOCKS = """\
esphome:
  on_boot: [{lambda: id(safe).traits.set_requires_code(true);}]
lock:
  - platform: template
    id: front
    name: Front
    assumed_state: true
    lock_action:
      - lock.template.publish: {id: front, state: LOCKING}
      - delay: 500ms
      - lock.template.publish: {id: front, state: LOCKED}
    unlock_action:
      - lock.template.publish: {id: front, state: UNLOCKING}
      - delay: 500ms
      - lock.template.publish: {id: front, state: UNLOCKED}
    open_action:
      - lambda: id(front).publish_state(lock::LOCK_STATE_OPENING);
      - delay: 500ms
      - lambda: id(front).publish_state(lock::LOCK_STATE_OPEN);
  - {platform: template, id: shed, name: Shed, optimistic: true}
  - {platform: template, id: safe, name: Safe, optimistic: true, lambda: return lock::LOCK_STATE_JAMMED;}
"""
# On its keypad.
CODE = "739155"
PANELS = f"""\
binary_sensor:
  - {{platform: template, id: window, name: Window}}
alarm_control_panel:
  - platform: template
    id: house
    name: House
    codes: ["{CODE}"]
    requires_code_to_arm: true
    arming_away_time: 1s
    arming_home_time: 0s
    arming_night_time: 0s
    pending_time: 1s
    trigger_time: 1s
    restore_mode: ALWAYS_DISARMED
    binary_sensors: [{{input: window}}]
    on_disarmed: [{{logger.log: "House: disarmed"}}]
  - {{platform: template, name: Cabin}}
"""
MOVERS = COVERS + FANS + LOCKS + PANELS
