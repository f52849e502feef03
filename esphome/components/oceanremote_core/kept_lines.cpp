#include "kept_lines.h"

#include <cstring>

#include "flash_text.h"
#include "messages.h"
#include "utf8.h"

namespace esphome::oceanremote {

namespace {

// Magic, bytes of lines (little-endian) and their complement, state and reason, and their complements.
constexpr uint8_t MAGIC[4] = {'O', 'R', 'L', 1};
// Level, size of the tag, size of the text, check.
constexpr size_t LINE_HEAD_SIZE = 4;
// Around a line in the message: the array, the level, the heads of both texts.
constexpr size_t LINE_OVERHEAD = 1 + 1 + 2 + 2;
// Type, reason, and the head of the array of lines.
constexpr size_t MESSAGE_OVERHEAD = 1 + 1 + 2 + FACT_TEXT_MAX + 2;

std::string_view first(std::string_view text, size_t count) { return {text.data(), count}; }

size_t line_size(const uint8_t *head) { return LINE_HEAD_SIZE + head[1] + head[2]; }

/// Never that of memory filled with one byte.
uint8_t line_check(const uint8_t *head) {
  uint8_t check = 0x5A;
  const size_t size = line_size(head);
  for (size_t i = 0; i < size; i++) {
    if (i != 3)
      check = static_cast<uint8_t>((check << 1 | check >> 7) ^ head[i]);
  }
  return check;
}

LogLine line_at(const uint8_t *head) {
  const char *content = reinterpret_cast<const char *>(head + LINE_HEAD_SIZE);
  return {head[0], {content, head[1]}, {content + head[1], head[2]}};
}

}  // namespace

WITHOUT_TABLES static FlashText reset_reason_in_flash(ResetReason reason) {
  switch (reason) {
    case ResetReason::POWER_ON:
      return FLASH_LITERAL("Power on");
    case ResetReason::RESTART:
      return FLASH_LITERAL("Restart");
    case ResetReason::CRASH:
      return FLASH_LITERAL("Crash");
    case ResetReason::WATCHDOG:
      return FLASH_LITERAL("Watchdog");
    case ResetReason::BROWNOUT:
      return FLASH_LITERAL("Brownout");
    case ResetReason::WAKE_UP:
      return FLASH_LITERAL("Wake-up");
    case ResetReason::PIN:
      return FLASH_LITERAL("Reset pin");
    case ResetReason::UNKNOWN:
      break;
  }
  return FLASH_LITERAL("");
}

std::string_view reset_reason_text(ResetReason reason, ResetReasonText &out) {
  const FlashText text = reset_reason_in_flash(reason);
  text.copy_to(out.data());
  return {out.data(), text.size()};
}

bool KeptLines::is_sound_() const {
  const uint8_t *header = this->area_;
  for (size_t at = 4; at < HEADER_SIZE; at += 4) {
    if ((header[at] ^ header[at + 2]) != 0xFF || (header[at + 1] ^ header[at + 3]) != 0xFF)
      return false;
  }
  return std::memcmp(header, MAGIC, sizeof(MAGIC)) == 0 && this->used_() <= this->room_() &&
         header[8] <= static_cast<uint8_t>(State::CRASHED) && header[9] <= static_cast<uint8_t>(ResetReason::PIN);
}

size_t KeptLines::used_() const {
  return static_cast<size_t>(this->area_[4]) | static_cast<size_t>(this->area_[5]) << 8;
}

void KeptLines::write_header_(State state, ResetReason reason, size_t used) {
  uint8_t *header = this->area_;
  std::memcpy(header, MAGIC, sizeof(MAGIC));
  header[4] = static_cast<uint8_t>(used);
  header[5] = static_cast<uint8_t>(used >> 8);
  header[8] = static_cast<uint8_t>(state);
  header[9] = static_cast<uint8_t>(reason);
  // Unrolled: a list would lie in an ESP8266's RAM.
  header[6] = static_cast<uint8_t>(~header[4]);
  header[7] = static_cast<uint8_t>(~header[5]);
  header[10] = static_cast<uint8_t>(~header[8]);
  header[11] = static_cast<uint8_t>(~header[9]);
}

/// Bytes of the lines that are whole.
size_t KeptLines::sound_lines_() const {
  const size_t used = this->used_();
  size_t at = 0;
  while (at + LINE_HEAD_SIZE <= used) {
    const uint8_t *head = this->lines_() + at;
    if (at + line_size(head) > used || head[0] > LOG_LEVEL_MAX || head[1] > LOG_TAG_MAX || head[3] != line_check(head))
      break;
    at += line_size(head);
  }
  return at;
}

ResetReason KeptLines::begin(ResetReason reason) {
  if (this->area_ == nullptr)
    return reason;
  const bool is_sound = this->is_sound_();
  const bool was_left = is_sound && this->state_() == State::LEFT;
  if (reason == ResetReason::UNKNOWN) {
    reason = !is_sound ? ResetReason::POWER_ON : was_left ? ResetReason::RESTART : ResetReason::CRASH;
  }
  if (is_sound && this->state_() == State::CRASHED && reason != ResetReason::POWER_ON)
    return reason;
  const bool is_planned =
      was_left || reason == ResetReason::POWER_ON || reason == ResetReason::RESTART || reason == ResetReason::WAKE_UP;
  if (!is_sound || is_planned) {
    this->write_header_(State::RUNNING, ResetReason::UNKNOWN, 0);
  } else {
    this->write_header_(State::CRASHED, reason, this->sound_lines_());
  }
  return reason;
}

void KeptLines::push(const LogLine &line) {
  if (this->area_ == nullptr || this->state_() == State::CRASHED)
    return;
  const std::string_view tag = first(line.tag, utf8_prefix(line.tag, LOG_TAG_MAX));
  const size_t room = this->room_() - LINE_HEAD_SIZE - tag.size();
  const std::string_view text =
      first(line.text, utf8_prefix(line.text, room < LAST_LINE_TEXT_MAX ? room : LAST_LINE_TEXT_MAX));
  const size_t size = LINE_HEAD_SIZE + tag.size() + text.size();
  size_t used = this->used_();
  size_t dropped = 0;
  while (used - dropped + size > this->room_())
    dropped += line_size(this->lines_() + dropped);
  used -= dropped;
  std::memmove(this->lines_(), this->lines_() + dropped, used);
  uint8_t *out = this->lines_() + used;
  out[0] = line.level < LOG_LEVEL_MAX ? line.level : LOG_LEVEL_MAX;
  out[1] = static_cast<uint8_t>(tag.size());
  out[2] = static_cast<uint8_t>(text.size());
  utf8_copy(out + LINE_HEAD_SIZE, tag);
  utf8_copy(out + LINE_HEAD_SIZE + tag.size(), text);
  out[3] = line_check(out);
  this->write_header_(this->state_(), ResetReason::UNKNOWN, used + size);
}

void KeptLines::leave() {
  if (this->area_ != nullptr && this->state_() == State::RUNNING)
    this->write_header_(State::LEFT, ResetReason::UNKNOWN, 0);
}

bool KeptLines::has_crash() const { return this->area_ != nullptr && this->state_() == State::CRASHED; }

size_t KeptLines::write(uint8_t *payload, size_t capacity) const {
  const uint8_t *lines = this->lines_();
  const size_t used = this->used_();
  size_t count = 0;
  size_t size = MESSAGE_OVERHEAD;
  for (size_t at = 0; at < used; at += line_size(lines + at)) {
    count++;
    size += LINE_OVERHEAD + lines[at + 1] + lines[at + 2];
  }
  size_t begin = 0;
  while (count > LAST_LINES_MAX || (count != 0 && size > capacity)) {
    count--;
    size -= LINE_OVERHEAD + lines[begin + 1] + lines[begin + 2];
    begin += line_size(lines + begin);
  }
  CborWriter writer(payload, capacity);
  ResetReasonText reason;
  write_last_lines_head(writer, reset_reason_text(static_cast<ResetReason>(this->area_[9]), reason), count);
  for (size_t at = begin; at < used; at += line_size(lines + at)) {
    const LogLine line = line_at(lines + at);
    write_last_line(writer, line.level, line.tag, line.text);
  }
  return writer.size();
}

void KeptLines::told() { this->write_header_(State::RUNNING, ResetReason::UNKNOWN, 0); }

}  // namespace esphome::oceanremote
