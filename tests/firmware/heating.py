"""Everything that heats or cools, with every option."""

# As long as Home Assistant's texts are; of four bytes, no message of a small board
# holds two of them.
LONG_FAN, LONG_PRESET = "🌀" * 255, "🎉" * 255
CLIMATES = f"""\
esphome:
  on_boot: [{{lambda: 'id(wordy)->wear("{LONG_FAN}", "{LONG_PRESET}");'}}]
sensor:
  - {{platform: template, id: room, lambda: "return 20.5;", update_interval: 1s}}
climate:
  - platform: thermostat
    name: Heating
    sensor: room
    heat_action: []
    cool_action: []
    idle_action: []
    heat_cool_mode: []
    min_idle_time: 1s
    min_heating_off_time: 1s
    min_heating_run_time: 1s
    min_cooling_off_time: 1s
    min_cooling_run_time: 1s
    on_boot_restore_from: default_preset
    default_preset: Home
    preset:
      - name: Home
        default_target_temperature_low: 19
        default_target_temperature_high: 24
      - name: Party
        default_target_temperature_low: 17
        default_target_temperature_high: 22
        mode: heat_cool
  - platform: bang_bang
    name: Simple
    sensor: room
    default_target_temperature_low: 18
    default_target_temperature_high: 22
    heat_action: []
    idle_action: []
  - platform: stub_climate
    id: everything
    name: Everything
    temperature_unit: fahrenheit
    features:
      - supports_current_temperature
      - supports_current_humidity
      - supports_target_humidity
      - supports_action
    supported_modes: ["off", heat_cool, cool, heat, fan_only, dry, auto]
    supported_fan_modes:
      ["on", "off", auto, low, medium, high, middle, focus, diffuse, quiet]
    supported_swing_modes: ["off", both, vertical, horizontal]
    supported_presets: [none, home, away, boost, comfort, eco, sleep, activity]
    supported_custom_fan_modes: [Turbo]
    supported_custom_presets: [Party]
    visual_min_temperature: 50
    visual_max_temperature: 86.5
    visual_target_temperature_step: 0.5
    visual_current_temperature_step: 0.1
    visual_min_humidity: 20
    visual_max_humidity: 80
  # ESPHome takes both words for modes of its own, which this one does not have.
  - platform: stub_climate
    name: Range
    temperature_unit: kelvin
    features: [requires_two_point_target_temperature]
    supported_custom_fan_modes: [high]
    supported_custom_presets: [ECO]
    visual_min_temperature: .nan
  - platform: stub_climate
    id: wordy
    name: Wordy
    supported_custom_fan_modes: ["{LONG_FAN}"]
    supported_custom_presets: ["{LONG_PRESET}"]
"""
BUTTONS = """\
button:
  - platform: template
    name: Measure
    on_press:
      - lambda: |-
          id(everything)->current_temperature = 68.9f;
          id(everything)->current_humidity = 41.5f;
          id(everything)->action = climate::CLIMATE_ACTION_DEFROSTING;
          id(everything)->publish_state();
  - platform: template
    name: Fail
    on_press:
      - lambda: |-
          id(everything)->current_temperature = NAN;
          id(everything)->current_humidity = INFINITY;
          id(everything)->target_temperature = NAN;
          id(everything)->publish_state();
"""
WATER_HEATERS = """\
water_heater:
  - platform: template
    id: tank
    name: Tank
    current_temperature: return 48.5f;
    target_temperature: return {};
    mode: return {};
    away: return {};
    is_on: return {};
    supported_modes: ["off", eco, electric, performance, high_demand, heat_pump, gas]
    visual:
      min_temperature: 30
      max_temperature: 65
      target_temperature_step: 0.5
    set_action: [{logger.log: "Tank: set"}]
  - {platform: template, name: Plain, optimistic: false}
  - platform: stub_water_heater
    name: Solar
    temperature_unit: fahrenheit
    features: [two_point_target_temperature]
    min_temperature: 90
    max_temperature: 150
    target_temperature_step: 1
"""
HEATING = CLIMATES + WATER_HEATERS + BUTTONS
