#include "domain_traits.h"

#ifdef USE_TEXT

#include <algorithm>

#include "esphome/core/log.h"

namespace esphome::oceanremote {

[[maybe_unused]] static const char *const TAG = "oceanremote";

static uint32_t held_length(int length) { return uint32_t(std::clamp<int>(length, 0, UINT16_MAX)); }

void describe(text::Text &entity, PropertyWriter &properties) {
  namespace key = wire::text::property;
  const text::TextTraits &traits = entity.traits;
  const uint32_t shortest = held_length(traits.get_min_length()), longest = held_length(traits.get_max_length());
  if (shortest != 0)
    properties.number(key::MIN_LENGTH, shortest);
  if (longest != STATE_TEXT_MAX)
    properties.number(key::MAX_LENGTH, longest);
  const StringRef pattern = traits.get_pattern_ref();
  properties.whole_text(key::PATTERN, {pattern.c_str(), pattern.size()}, PATTERN_TEXT_MAX);
  properties.choice(key::MODE, traits.get_mode());
}

bool add_state(text::Text &entity, const EntityAddress &address, StatesWriter &writer) {
  return entity.has_state() ? writer.add_text(address, entity.state) : writer.add_missing(address);
}

CommandOutcome execute(text::Text &entity, const Arguments &arguments) {
  std::string_view text;
  if (!arguments.get(wire::text::command::VALUE, text))
    return COMMAND_MALFORMED;
  // ESPHome counts bytes, and drops in silence what does not fit.
  const int size = int(text.size());
  if (size < entity.traits.get_min_length())
    return {CommandStatus::REFUSED, "text too short"};
  if (size > entity.traits.get_max_length())
    return {CommandStatus::REFUSED, "text too long"};
  // Without the text: it may be a password, and logs go further than states.
  ESP_LOGI(TAG, "Command text '%s' -> %d bytes", entity.get_name().c_str(), size);
  entity.make_call().set_value(text.data(), text.size()).perform();
  return COMMAND_DONE;
}

static_assert(uint8_t(wire::text::Mode::TEXT) == text::TEXT_MODE_TEXT &&
                  uint8_t(wire::text::Mode::PASSWORD) == text::TEXT_MODE_PASSWORD,
              "ESPHome's numbers are those of the wire");

}  // namespace esphome::oceanremote

#endif  // USE_TEXT
