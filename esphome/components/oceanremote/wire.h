#pragma once
// One WebSocket over one stream, with the only receive and the only transmit buffer that the component has.

#include "esphome/core/defines.h"

#include "stream_socket.h"
#ifdef USE_OCEANREMOTE_TLS
#include "tls.h"
#endif
#include "esphome/components/oceanremote_core/websocket.h"

namespace esphome::oceanremote {

#if defined(USE_ESP8266) || defined(USE_RP2) || defined(USE_OCEANREMOTE_SMALL_FRAMES)
inline constexpr uint16_t RX_LIMIT = RX_LIMIT_SMALL;
#else
inline constexpr uint16_t RX_LIMIT = RX_LIMIT_LARGE;
#endif
inline constexpr size_t FRAME_CAPACITY = RX_LIMIT;
inline constexpr size_t INPUT_SIZE = RX_LIMIT == RX_LIMIT_SMALL ? 128 : 256;
/// Reads in one pass; what is left waits for the next, so that a flood does not hold up the loop.
inline constexpr uint8_t READS_PER_PASS = 16;

class Wire {
 public:
  enum class State : uint8_t { CLOSED, CONNECTING, UPGRADING, OPEN, FAILED };

#ifdef USE_OCEANREMOTE_TLS
  Wire(Random &random, const TlsJudge &judge) : random_(random), tls_(socket_, random, judge) {}
#else
  explicit Wire(Random &random) : random_(random) {}
#endif
  Wire(const Wire &) = delete;
  Wire &operator=(const Wire &) = delete;

  /// Starts to connect. The address must live on, and what the ticket shows to as well.
  void open(size_t index, const HubAddress &address, ByteView ticket);
  /// Moves opening and sending on.
  State poll();
  /// Says that nothing comes after what has been sent; the other side's answer makes the state FAILED.
  void start_closing(CloseCode code);
  /// Sends what can be sent now of a close frame, and drops the connection.
  void close(CloseCode code);

  /// Where a frame of up to FRAME_CAPACITY bytes is put together; only while can_send().
  [[nodiscard]] uint8_t *frame() { return this->tx_ + WS_HEADER_ROOM; }
  [[nodiscard]] bool can_send() const { return this->state_ == State::OPEN && this->pending_.empty(); }
  /// Takes the frame as one message and sends what goes out at once; the rest follows in poll().
  void send(size_t size);

  /// True when a message waits. It stays until release().
  [[nodiscard]] bool receive();
  [[nodiscard]] uint8_t *message() { return this->websocket_.message(); }
  [[nodiscard]] size_t message_size() const { return this->websocket_.message_size(); }
  void release() { this->websocket_.release(); }
  /// Asks the other end, behind what has been sent, whether it has arrived; take_pong() is true once when it has.
  void ping();
  [[nodiscard]] bool take_pong() { return this->websocket_.take_pong(); }

  /// Why the state is FAILED, and only then; valid until the next open().
  [[nodiscard]] const LogString *failure() const { return this->failure_; }
  /// The hub is at the other end.
  void proved() { this->socket_.proved(); }
  /// An index may stand for another host from now on: nothing that was learned about one counts.
  void renumber() {
    this->socket_.renumber();
#ifdef USE_OCEANREMOTE_TLS
    this->tls_.renumber();
#endif
  }
  /// Seconds that a proxy or hub asked for with its refusal of this connection; 0 if none.
  [[nodiscard]] uint16_t retry_after_s() const { return this->retry_after_s_; }

 protected:
  State fail_(const LogString *reason);
  State fail_with_number_(const LogString *format, unsigned number);
  State fail_websocket_();
  State fail_http_();
  State start_upgrade_();
  void flush_();
  void send_control_();
  /// False when nothing more can be read now.
  [[nodiscard]] bool fill_input_();

  Random &random_;
  SocketStream socket_;
#ifdef USE_OCEANREMOTE_TLS
  PlatformTlsStream tls_;
#endif
  Stream *stream_{&this->socket_};
  uint8_t rx_[RX_LIMIT];
  uint8_t tx_[WS_HEADER_ROOM + FRAME_CAPACITY];
  uint8_t input_[INPUT_SIZE];
  WebSocket websocket_{rx_, RX_LIMIT};
  ByteView pending_;  ///< what of tx_ has yet to go out
  const HubAddress *address_{nullptr};
  ByteView ticket_;
  const LogString *failure_{nullptr};
  char failure_text_[24];
  uint16_t input_at_{0};
  uint16_t input_size_{0};
  uint16_t retry_after_s_{0};
  State state_{State::CLOSED};
};

}  // namespace esphome::oceanremote
