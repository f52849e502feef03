#include "log_ring.h"

#include <cstring>

#include "messages.h"
#include "utf8.h"

namespace esphome::oceanremote {

namespace {

// Level, size of the tag, size of the text (little-endian), then both.
constexpr size_t HEAD_SIZE = 4;
// In "[D][sensor:093]: text".
constexpr size_t TAG_BEGIN = 4;
constexpr char ESCAPE = '\033';

// substr() brings a text for an exception along, which an ESP8266 keeps in RAM. Both ends must be within the text.
std::string_view between(std::string_view text, size_t begin, size_t end) { return {text.data() + begin, end - begin}; }
std::string_view first(std::string_view text, size_t count) { return {text.data(), count}; }

/// The text without a colour at its beginning.
std::string_view without_colour(std::string_view text) {
  if (text.empty() || text.front() != ESCAPE)
    return text;
  const size_t end = text.find('m');
  return end == std::string_view::npos ? text : between(text, end + 1, text.size());
}

std::string_view without_reset(std::string_view text) {
  const size_t begin = text.rfind(ESCAPE);
  return begin == std::string_view::npos ? text : first(text, begin);
}

}  // namespace

LogLine parse_log_line(uint8_t level, std::string_view line) {
  const std::string_view text = without_reset(without_colour(line));
  if (text.size() <= TAG_BEGIN || text[0] != '[' || text[2] != ']' || text[3] != '[')
    return {level, {}, text};
  size_t end = TAG_BEGIN;
  while (end + 2 < text.size() && (text[end] != ']' || text[end + 1] != ':' || text[end + 2] != ' '))
    end++;
  if (end + 2 >= text.size())
    return {level, {}, text};
  size_t tag_end = TAG_BEGIN;
  while (text[tag_end] != ':' && text[tag_end] != ']')
    tag_end++;
  return {level, between(text, TAG_BEGIN, tag_end), between(text, end + 3, text.size())};
}

void LogRing::push(const LogLine &line) {
  const std::string_view tag = first(line.tag, utf8_prefix(line.tag, LOG_TAG_MAX));
  const std::string_view text = first(line.text, utf8_prefix(line.text, LOG_TEXT_MAX));
  if (this->lost_ != 0 || this->size_ - this->used_ < HEAD_SIZE + tag.size() + text.size()) {
    this->lost_++;
    return;
  }
  uint8_t *out = this->buffer_ + this->used_;
  out[0] = line.level < LOG_LEVEL_MAX ? line.level : LOG_LEVEL_MAX;
  out[1] = static_cast<uint8_t>(tag.size());
  out[2] = static_cast<uint8_t>(text.size());
  out[3] = static_cast<uint8_t>(text.size() >> 8);
  this->used_ += HEAD_SIZE;
  this->used_ += utf8_copy(this->buffer_ + this->used_, tag);
  this->used_ += utf8_copy(this->buffer_ + this->used_, text);
}

LogLine LogRing::front() const {
  const uint8_t *head = this->buffer_;
  const char *content = reinterpret_cast<const char *>(head + HEAD_SIZE);
  const size_t tag_size = head[1];
  const size_t text_size = static_cast<size_t>(head[2]) | static_cast<size_t>(head[3]) << 8;
  return {head[0], {content, tag_size}, {content + tag_size, text_size}};
}

void LogRing::pop() {
  const LogLine line = this->front();
  const size_t size = HEAD_SIZE + line.tag.size() + line.text.size();
  this->used_ -= size;
  std::memmove(this->buffer_, this->buffer_ + size, this->used_);
}

uint32_t LogRing::take_lost() {
  const uint32_t lost = this->lost_;
  this->lost_ = 0;
  return lost;
}

}  // namespace esphome::oceanremote
