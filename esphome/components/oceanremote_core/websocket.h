#pragma once
// An RFC 6455 client over bytes: no sockets, no heap, no extensions, binary messages only.
//
// In:  consume() takes bytes as they come from the stream and stops after each event.
// Out: start() writes the upgrade request; wrap() frames one message in place; write_control() writes pongs and closes.

#include <utility>

#include "entropy.h"
#include "http_upgrade.h"

namespace esphome::oceanremote {

/// Room that wrap() needs in front of a message: 2 bytes, 2 of extended length, 4 of masking key.
inline constexpr size_t WS_HEADER_ROOM = 8;
inline constexpr size_t WS_CONTROL_MAX = 125;
inline constexpr size_t WS_CONTROL_FRAME_MAX = 6 + WS_CONTROL_MAX;

enum class CloseCode : uint16_t { NORMAL = 1000, GOING_AWAY = 1001, PROTOCOL = 1002, POLICY = 1008 };

enum class WebSocketEvent : uint8_t {
  NONE,     ///< all input was used, nothing happened
  OPENED,   ///< the upgrade succeeded
  MESSAGE,  ///< message_size() bytes wait in the receive buffer; release() before more is consumed
  CLOSED,   ///< the peer closed; an answer may be pending in write_control()
  FAILED,   ///< error(), http_status(), retry_after_s(); close the stream
};

class WebSocket {
 public:
  /// buffer: where messages are put together; its size is the receive limit.
  WebSocket(uint8_t *buffer, size_t capacity) : buffer_(buffer), capacity_(capacity) {}
  WebSocket(const WebSocket &) = delete;
  WebSocket &operator=(const WebSocket &) = delete;

  /// Starts anew and writes the upgrade request. BUFFER_TOO_SMALL, ENTROPY_FAILED, HTTP_MALFORMED (a control character
  /// or space in host or path).
  [[nodiscard]] Error start(RandomSource &random, const UpgradeRequest &request, uint8_t *out, size_t capacity,
                            size_t &size);
  /// used tells how many bytes were taken; call again with the rest unless CLOSED or FAILED.
  [[nodiscard]] WebSocketEvent consume(const uint8_t *data, size_t size, size_t &used);

  [[nodiscard]] uint8_t *message() { return this->buffer_; }
  [[nodiscard]] size_t message_size() const { return this->message_size_; }
  void release();

  /// Frames and masks the message at `message`, which has WS_HEADER_ROOM bytes before it, as one binary message.
  /// Returns the first byte to send and its size.
  [[nodiscard]] ByteView wrap(uint8_t *message, size_t size);
  [[nodiscard]] bool wants_control() const {
    return this->pong_pending_ || this->ping_pending_ || this->close_pending_;
  }
  /// Writes the pending pong, ping or close; capacity at least WS_CONTROL_FRAME_MAX. Returns its size, 0 if none.
  [[nodiscard]] size_t write_control(uint8_t *out, size_t capacity);
  /// Queues a close frame; nothing but control frames may be sent after it.
  void close(CloseCode code);
  /// Queues a ping behind what has been wrapped.
  void ping() { this->ping_pending_ = this->is_open() && !this->close_sent_; }
  /// True once after each pong.
  [[nodiscard]] bool take_pong() { return std::exchange(this->pong_seen_, false); }

  [[nodiscard]] bool is_open() const { return this->state_ == State::OPEN; }
  [[nodiscard]] Error error() const { return this->error_; }
  [[nodiscard]] uint16_t http_status() const { return this->upgrade_.status(); }
  [[nodiscard]] uint16_t retry_after_s() const { return this->upgrade_.retry_after_s(); }
  [[nodiscard]] uint16_t close_code() const { return this->close_code_; }  ///< 0: none was given

 protected:
  enum class State : uint8_t { IDLE, UPGRADING, OPEN, CLOSED, FAILED };
  enum class Part : uint8_t { HEAD, PAYLOAD };
  enum class Opcode : uint8_t { CONTINUATION = 0, TEXT = 1, BINARY = 2, CLOSE = 8, PING = 9, PONG = 10 };

  [[nodiscard]] WebSocketEvent fail_(Error error);
  [[nodiscard]] WebSocketEvent dead_event_();
  [[nodiscard]] WebSocketEvent upgrade_byte_(uint8_t byte);
  [[nodiscard]] WebSocketEvent head_byte_(uint8_t byte);
  [[nodiscard]] Error check_opcode_() const;
  [[nodiscard]] Error take_length_();
  [[nodiscard]] Error check_length_() const;
  size_t take_payload_(const uint8_t *data, size_t size);
  [[nodiscard]] WebSocketEvent end_frame_();
  [[nodiscard]] WebSocketEvent end_close_();
  [[nodiscard]] Opcode opcode_() const { return static_cast<Opcode>(this->head_[0] & 0x0F); }
  [[nodiscard]] bool is_final_() const { return (this->head_[0] & 0x80) != 0; }
  [[nodiscard]] bool is_control_() const { return (this->head_[0] & 0x08) != 0; }
  void apply_mask_(uint8_t mask[4], uint8_t *payload, size_t size);
  size_t write_control_frame_(Opcode opcode, const uint8_t *payload, size_t size, uint8_t *out);

  uint8_t *buffer_;
  size_t capacity_;
  size_t message_size_{0};
  HttpUpgrade upgrade_;
  Key mask_seed_;
  uint32_t mask_count_{0};
  size_t frame_size_{0};
  size_t frame_taken_{0};
  uint8_t head_[4]{};
  uint8_t head_size_{0};
  /// Of the ping or close that comes in, and of a ping until it is answered: a further one takes its place.
  uint8_t control_[WS_CONTROL_MAX]{};
  uint8_t pong_size_{0};
  uint16_t close_code_{0};
  uint16_t close_to_send_{0};
  State state_{State::IDLE};
  Part part_{Part::HEAD};
  Error error_{Error::NONE};
  bool in_message_{false};
  bool message_ready_{false};
  bool pong_pending_{false};
  bool ping_pending_{false};
  bool pong_seen_{false};
  bool close_pending_{false};
  bool close_sent_{false};
};

}  // namespace esphome::oceanremote
