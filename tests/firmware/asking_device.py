"""A device that asks all that one can ask, and has actions to be asked for."""

from custom_components.oceanremote.protocol import CommandStatus, Domain

from .bench_hub import BenchHub

ASKING = """\
time:
  - platform: oceanremote
    id: hub_time
    on_time_sync:
      - logger.log:
          format: "Clock: %s"
          args: ['id(hub_time).now().strftime("%Y-%m-%d %H:%M %Z").c_str()']

sensor:
  - platform: oceanremote
    id: outside
    entity_id: sensor.outside
    on_value: [{logger.log: {format: "Outside: %.1f", args: [x]}}]
  - {platform: oceanremote, session_age: {name: Age}}

binary_sensor:
  - platform: oceanremote
    id: rising
    entity_id: sun.sun
    attribute: rising
    # Its first state is no event otherwise, as with every binary sensor.
    trigger_on_initial_state: true
    on_state: [{logger.log: {format: "Rising: %d", args: [x]}}]

text_sensor:
  - platform: oceanremote
    id: weather
    entity_id: weather.home
    on_value:
      - logger.log:
          format: "Weather: %u '%.20s'"
          args: [(unsigned) x.size(), x.c_str()]

number:
  - platform: oceanremote
    id: target
    name: Target
    internal: false
    entity_id: input_number.target
    on_value: [{logger.log: {format: "Target: %.1f", args: [x]}}]

switch:
  - platform: oceanremote
    id: lamp
    name: Lamp
    internal: false
    entity_id: light.lamp

button:
  - platform: template
    name: Light
    on_press:
      - oceanremote.action:
          action: light.turn_on
          data: {entity_id: light.kitchen, brightness_pct: !lambda "return 55;"}
          data_template: {color_name: "{{ shade }}"}
          variables: {shade: !lambda 'return std::string("blue");'}
          on_success: [{logger.log: "Light: done"}]
          on_error: [{logger.log: {format: "Light: %s", args: [error.c_str()]}}]
  - platform: template
    name: Forecast
    on_press:
      - oceanremote.action:
          action: weather.get_forecasts
          data: {entity_id: weather.home}
          capture_response: true
          response_template: "{{ response }}"
          on_success:
            - delay: 50ms
            - logger.log: {format: "Forecast: %s", args: [response.c_str()]}
          on_error: [{logger.log: {format: "No forecast: %s", args: [error.c_str()]}}]
  - platform: template
    name: Ring
    on_press:
      - oceanremote.event: {event: rung, data: {times: !lambda "return 2;"}}
      - oceanremote.tag_scanned: 04-A1-B2
      - oceanremote.tag_scanned: !lambda 'return std::string("04-C3");'
  - platform: template
    name: Nine
    on_press:
      - repeat:
          count: 9
          then:
            - oceanremote.action:
                action: !lambda 'return "count.to_" + to_string(iteration);'
                on_error:
                  - logger.log:
                      format: "%u: %s"
                      args: [(unsigned) iteration, error.c_str()]
  - platform: template
    name: Long
    on_press:
      - oceanremote.action:
          action: notify.send
          data: {message: !lambda "return std::string(1025, 'x');"}
          on_error: [{logger.log: {format: "Long: %s", args: [error.c_str()]}}]
  - platform: template
    name: Insist
    on_press: [{script.execute: insist}]

script:
  - id: insist
    mode: parallel
    then:
      - oceanremote.action:
          action: !lambda 'return std::string();'
          on_error: [{logger.log: "Insist: once more"}, {script.execute: insist}]

packages:
  defined:
    oceanremote:
      actions:
        - action: play
          description: Plays a tune
          variables:
            loud: bool
            times: int
            pitch: {type: float, description: In hertz}
            tune: string
            flags: bool[]
            counts: int[]
            levels: float[]
            names: string[]
          then:
            # What they came in is gone by then.
            - delay: 50ms
            - logger.log:
                format: "Play: %d %d %.2f %s"
                args: [loud, times, pitch, tune.c_str()]
            - logger.log:
                format: "Play: %u %d %.1f %s"
                args: ['(unsigned) flags.size()', 'counts[1]', 'levels[0]', 'names[1].c_str()']
        - action: measure
          variables: {offset: float}
          then:
            - oceanremote.respond:
                data: {level: !lambda "return 20 + offset;", unit: cm, ready: true, count: 3}
        - action: whole
          supports_response: only
          then:
            - if:
                condition: {lambda: 'return id(weather).state != "silent";'}
                then:
                  - oceanremote.respond:
                      data: !lambda |-
                        root["text"] = std::string("done");
                        root["number"] = -5;
        - action: check
          variables: {works: bool}
          then:
            - delay: 50ms
            - oceanremote.respond:
                success: !lambda "return works;"
                error_message: out of order
        - action: rest
          variables: {text_size: int}
          then:
            - oceanremote.respond:
                data: {text: !lambda "return std::string(text_size, 'x');"}
        - action: linger
          then:
            - delay: 2s
            - oceanremote.respond:
"""


async def press(hub: BenchHub, button: str) -> None:
    """Press one of its buttons."""
    result = await hub.command(hub.address(Domain.BUTTON, button), {})
    assert result.status is CommandStatus.DONE
