#pragma once
// The object id that a hub knows an entity by, made from its name as ESPHome's validation makes it: character by
// character, so that names which validation has found to differ differ here too. (ESPHome's own code on the board goes
// by bytes: two names of other alphabets may become the same row of underscores.)

#include "utf8.h"

namespace esphome::oceanremote {

/// Writes at most `capacity` bytes and returns how many.
inline size_t write_object_id(std::string_view name, char *out, size_t capacity) {
  size_t size = 0;
  while (!name.empty() && size < capacity) {
    const size_t length = utf8_character(name);
    char character = name[0];
    if (character >= 'A' && character <= 'Z')
      character = static_cast<char>(character - 'A' + 'a');
    const bool is_kept = (character >= 'a' && character <= 'z') || (character >= '0' && character <= '9') ||
                         character == '-' || character == '_';
    out[size++] = is_kept ? character : '_';
    name.remove_prefix(length == 0 ? 1 : length);
  }
  return size;
}

}  // namespace esphome::oceanremote
