#include "http_upgrade.h"

#include <algorithm>

#include "frames.h"
#include "messages.h"

namespace esphome::oceanremote {

// SHA-1 (RFC 3174), for Sec-WebSocket-Accept only: there it proves that the peer speaks WebSocket, and nothing else.

static constexpr size_t SHA1_SIZE = 20;
static constexpr size_t SHA1_BLOCK = 64;

static uint32_t rotate_left(uint32_t value, unsigned bits) { return (value << bits) | (value >> (32 - bits)); }

static void sha1_block(uint32_t state[5], const uint8_t block[SHA1_BLOCK]) {
  uint32_t w[16];
  for (size_t i = 0; i < 16; i++)
    w[i] = load_be32(block + 4 * i);
  uint32_t a = state[0], b = state[1], c = state[2], d = state[3], e = state[4];
  for (size_t t = 0; t < 80; t++) {
    if (t >= 16)
      w[t % 16] = rotate_left(w[(t - 3) % 16] ^ w[(t - 8) % 16] ^ w[(t - 14) % 16] ^ w[t % 16], 1);
    uint32_t f, k;
    if (t < 20) {
      f = (b & c) | (~b & d);
      k = 0x5A827999;
    } else if (t < 40) {
      f = b ^ c ^ d;
      k = 0x6ED9EBA1;
    } else if (t < 60) {
      f = (b & c) | (b & d) | (c & d);
      k = 0x8F1BBCDC;
    } else {
      f = b ^ c ^ d;
      k = 0xCA62C1D6;
    }
    const uint32_t next = rotate_left(a, 5) + f + e + w[t % 16] + k;
    e = d;
    d = c;
    c = rotate_left(b, 30);
    b = a;
    a = next;
  }
  state[0] += a;
  state[1] += b;
  state[2] += c;
  state[3] += d;
  state[4] += e;
}

/// SHA-1 of a text of 56 to 119 bytes less 8: two blocks exactly.
static void sha1_two_blocks(const uint8_t *data, size_t size, uint8_t digest[SHA1_SIZE]) {
  uint32_t state[5] = {0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0};
  uint8_t blocks[2 * SHA1_BLOCK] = {};
  std::memcpy(blocks, data, size);
  blocks[size] = 0x80;
  store_be32(blocks + sizeof(blocks) - 4, static_cast<uint32_t>(8 * size));
  sha1_block(state, blocks);
  sha1_block(state, blocks + SHA1_BLOCK);
  for (size_t i = 0; i < 5; i++)
    store_be32(digest + 4 * i, state[i]);
}

/// The last two letters of an alphabet, in which they differ (RFC 4648 sections 4 and 5).
struct Base64Ends {
  char letter_62, letter_63;
};
static constexpr Base64Ends BASE64{'+', '/'};
static constexpr Base64Ends BASE64URL{'-', '_'};

static char base64_letter(uint32_t value, Base64Ends ends) {
  if (value < 26)
    return static_cast<char>('A' + value);
  if (value < 52)
    return static_cast<char>('a' + (value - 26));
  if (value < 62)
    return static_cast<char>('0' + (value - 52));
  return value == 62 ? ends.letter_62 : ends.letter_63;
}

/// Base64 without padding. Returns how many characters it wrote.
static size_t encode_base64(const uint8_t *data, size_t size, Base64Ends ends, char *out) {
  size_t written = 0;
  uint32_t bits = 0;
  unsigned held = 0;
  for (size_t i = 0; i < size; i++) {
    bits = (bits << 8) | data[i];
    for (held += 8; held >= 6; held -= 6)
      out[written++] = base64_letter((bits >> (held - 6)) & 63, ends);
  }
  if (held != 0)
    out[written++] = base64_letter((bits << (6 - held)) & 63, ends);
  return written;
}

static constexpr size_t WS_KEY_SIZE = 24;
static constexpr char WS_GUID[] IN_FLASH = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
static constexpr size_t WS_GUID_SIZE = sizeof(WS_GUID) - 1;
static_assert(WS_KEY_SIZE + WS_GUID_SIZE + 9 > SHA1_BLOCK && WS_KEY_SIZE + WS_GUID_SIZE + 9 <= 2 * SHA1_BLOCK,
              "two blocks of SHA-1");

static void compute_accept(const char key[WS_KEY_SIZE], char accept[WS_ACCEPT_SIZE]) {
  uint8_t text[WS_KEY_SIZE + WS_GUID_SIZE];
  std::memcpy(text, key, WS_KEY_SIZE);
  FlashText(WS_GUID).copy_to(text + WS_KEY_SIZE);
  uint8_t digest[SHA1_SIZE];
  sha1_two_blocks(text, sizeof(text), digest);
  static_assert(SHA1_SIZE % 3 == 2, "one character of padding");
  accept[encode_base64(digest, SHA1_SIZE, BASE64, accept)] = '=';
}

// The request

static bool is_plain(std::string_view text) {
  for (const char character : text) {
    if (character <= ' ' || character > '~')
      return false;
  }
  return !text.empty();
}

Error HttpUpgrade::start(const uint8_t key[16], const UpgradeRequest &request, uint8_t *out, size_t capacity,
                         size_t &size) {
  if (!is_plain(request.host) || !is_plain(request.path) || request.path[0] != '/')
    return Error::HTTP_MALFORMED;
  *this = HttpUpgrade();
  char key_text[WS_KEY_SIZE];
  std::memset(key_text, '=', sizeof(key_text));
  (void) encode_base64(key, 16, BASE64, key_text);
  compute_accept(key_text, this->expected_accept_);

  size_t written = 0;
  bool fits = true;
  const auto append = [&](std::string_view text) {
    if (!fits || text.size() > capacity - written) {
      fits = false;
      return;
    }
    std::memcpy(out + written, text.data(), text.size());
    written += text.size();
  };
  const auto append_literal = [&](FlashText text) {
    if (!fits || text.size() > capacity - written) {
      fits = false;
      return;
    }
    text.copy_to(out + written);
    written += text.size();
  };
  append_literal(FLASH_LITERAL("GET "));
  append(request.path);
  append_literal(FLASH_LITERAL(" HTTP/1.1\r\nHost: "));
  append(request.host);
  append_literal(FLASH_LITERAL(
      "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "));
  append({key_text, WS_KEY_SIZE});
  if (!request.ticket.empty() && request.ticket.size <= TICKET_MAX) {
    char text[(8 * TICKET_MAX + 5) / 6];
    append_literal(FLASH_LITERAL("\r\nOceanRemote-Ticket: "));
    append({text, encode_base64(request.ticket.data, request.ticket.size, BASE64URL, text)});
  }
  append_literal(FLASH_LITERAL("\r\nUser-Agent: OceanRemote/1\r\n\r\n"));
  if (!fits)
    return Error::BUFFER_TOO_SMALL;
  size = written;
  return Error::NONE;
}

// The response

static char to_lower(char character) {
  return character >= 'A' && character <= 'Z' ? static_cast<char>(character - 'A' + 'a') : character;
}

/// lower must be lower-case.
static bool equal_ignoring_case(std::string_view text, FlashText lower) {
  if (text.size() != lower.size())
    return false;
  for (size_t i = 0; i < text.size(); i++) {
    if (to_lower(text[i]) != lower[i])
      return false;
  }
  return true;
}

static std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
    text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r'))
    text.remove_suffix(1);
  return text;
}

/// Whether a comma-separated list has the token (RFC 9110 section 5.6.1).
static bool list_has(std::string_view list, FlashText lower_token) {
  while (!list.empty()) {
    const size_t comma = std::min<size_t>(list.find(','), list.size());
    if (equal_ignoring_case(trim(text_from(list, 0, comma)), lower_token))
      return true;
    if (comma == list.size())
      return false;
    list.remove_prefix(comma + 1);
  }
  return false;
}

static bool is_digit(char character) { return character >= '0' && character <= '9'; }

static uint16_t parse_seconds(std::string_view text) {
  uint32_t seconds = 0;
  for (const char character : text) {
    if (!is_digit(character))
      return 0;  // a date: we have no clock to compare it with
    seconds = 10 * seconds + static_cast<uint32_t>(character - '0');
    if (seconds > RETRY_AFTER_MAX_S)
      seconds = RETRY_AFTER_MAX_S;
  }
  return static_cast<uint16_t>(seconds);
}

HttpUpgrade::Progress HttpUpgrade::fail_(Error error) {
  this->error_ = error;
  this->part_ = Part::FINISHED;
  return Progress::FAILED;
}

HttpUpgrade::Progress HttpUpgrade::take(uint8_t byte) {
  if (this->part_ == Part::FINISHED || ++this->total_ > HTTP_RESPONSE_MAX)
    return this->fail_(Error::HTTP_MALFORMED);
  const auto character = static_cast<char>(byte);
  if (character == '\n')
    return this->end_line_();
  if (this->part_ == Part::NAME && character == ':' && this->name_size_ != 0) {
    this->part_ = Part::VALUE;
    return Progress::MORE;
  }
  // What is longer than its buffer is none of the headers that matter here.
  if (this->part_ == Part::NAME) {
    if (this->name_size_ < HTTP_NAME_MAX)
      this->name_[this->name_size_++] = character;
    else
      this->cut_ = true;
  } else if (this->value_size_ < HTTP_VALUE_MAX) {
    this->value_[this->value_size_++] = character;
  } else {
    this->cut_ = true;
  }
  return Progress::MORE;
}

HttpUpgrade::Progress HttpUpgrade::end_line_() {
  const bool is_blank = this->part_ == Part::NAME && trim({this->name_, this->name_size_}).empty();
  if (is_blank)
    return this->end_response_();
  const Error error = this->part_ == Part::STATUS_LINE ? this->end_status_line_() : this->end_header_();
  if (error != Error::NONE)
    return this->fail_(error);
  this->part_ = Part::NAME;
  this->name_size_ = 0;
  this->value_size_ = 0;
  this->cut_ = false;
  return Progress::MORE;
}

Error HttpUpgrade::end_status_line_() {
  // Any minor version (RFC 9112 section 2.3): proxies and small servers refuse in HTTP/1.0.
  const FlashText version = FLASH_LITERAL("HTTP/1.");
  const size_t status_at = version.size() + 2;
  const std::string_view line{this->value_, this->value_size_};
  if (line.size() < status_at + 3 || !starts_with(line, version) || !is_digit(line[version.size()]) ||
      line[version.size() + 1] != ' ')
    return Error::HTTP_MALFORMED;
  this->is_http_1_0_ = line[version.size()] == '0';
  uint16_t status = 0;
  for (size_t i = status_at; i < status_at + 3; i++) {
    if (!is_digit(line[i]))
      return Error::HTTP_MALFORMED;
    status = static_cast<uint16_t>(10 * status + (line[i] - '0'));
  }
  if (status < 100)
    return Error::HTTP_MALFORMED;
  this->status_ = status;
  return Error::NONE;
}

Error HttpUpgrade::end_header_() {
  if (this->part_ != Part::VALUE)
    return Error::HTTP_MALFORMED;  // a line without colon
  const std::string_view name{this->name_, this->name_size_};
  const std::string_view value = trim({this->value_, this->value_size_});
  if (equal_ignoring_case(name, FLASH_LITERAL("upgrade"))) {
    this->saw_upgrade_ = !this->cut_ && equal_ignoring_case(value, FLASH_LITERAL("websocket"));
  } else if (equal_ignoring_case(name, FLASH_LITERAL("connection"))) {
    this->saw_connection_ = this->saw_connection_ || list_has(value, FLASH_LITERAL("upgrade"));
  } else if (equal_ignoring_case(name, FLASH_LITERAL("sec-websocket-accept"))) {
    // A second one, or one that is not the answer to our key, is no answer.
    if (this->saw_accept_ || this->cut_ || value != std::string_view{this->expected_accept_, WS_ACCEPT_SIZE})
      return this->status_ == 101 ? Error::HTTP_NOT_WEBSOCKET : Error::NONE;
    this->saw_accept_ = true;
  } else if (equal_ignoring_case(name, FLASH_LITERAL("sec-websocket-extensions")) ||
             equal_ignoring_case(name, FLASH_LITERAL("sec-websocket-protocol"))) {
    return Error::HTTP_NOT_WEBSOCKET;  // none was asked for (RFC 6455 section 4.1)
  } else if (equal_ignoring_case(name, FLASH_LITERAL("retry-after"))) {
    this->retry_after_s_ = parse_seconds(value);
  }
  return Error::NONE;
}

HttpUpgrade::Progress HttpUpgrade::end_response_() {
  if (this->status_ != 101)
    return this->fail_(Error::HTTP_STATUS);
  // HTTP/1.0 knows no upgrade (RFC 9110 section 7.8).
  if (this->is_http_1_0_ || !this->saw_upgrade_ || !this->saw_connection_ || !this->saw_accept_)
    return this->fail_(Error::HTTP_NOT_WEBSOCKET);
  this->part_ = Part::FINISHED;
  return Progress::DONE;
}

}  // namespace esphome::oceanremote
