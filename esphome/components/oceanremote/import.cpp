#include "import.h"

#ifdef USE_OCEANREMOTE_IMPORTS

#include <cstring>

#include "esphome/core/helpers.h"
#include "esphome/core/log.h"

namespace esphome::oceanremote {

static const char *const TAG = "oceanremote.import";

/// Of the longest text that may be a number or a word, and its end.
static constexpr size_t WORD_SIZE = 48;

/// ESPHome reads texts that end with a zero.
static void copy_word(std::string_view value, char (&out)[WORD_SIZE]) {
  const size_t size = value.size() < WORD_SIZE ? value.size() : WORD_SIZE - 1;
  std::memcpy(out, value.data(), size);
  out[size] = '\0';
}

void Import::log_import_(const char *tag) const {
  ESP_LOGCONFIG(tag, "  Entity: %s", this->entity_id_);
  if (this->attribute_ != nullptr) {
    ESP_LOGCONFIG(tag, "  Attribute: %s", this->attribute_);
  }
}

bool Import::read_number_(std::string_view value, float &out) const {
  char word[WORD_SIZE];
  copy_word(value, word);
  const auto number = parse_number<float>(word);
  if (!number.has_value()) {
    ESP_LOGW(TAG, "%s: '%s' is no number", this->entity_id_, word);
    return false;
  }
  out = *number;
  return true;
}

bool Import::read_on_off_(std::string_view value, bool &out) const {
  char word[WORD_SIZE];
  copy_word(value, word);
  switch (parse_on_off(word)) {
    case PARSE_ON:
      out = true;
      return true;
    case PARSE_OFF:
      out = false;
      return true;
    default:
      ESP_LOGW(TAG, "%s: '%s' is neither on nor off", this->entity_id_, word);
      return false;
  }
}

}  // namespace esphome::oceanremote

#endif  // USE_OCEANREMOTE_IMPORTS
