#pragma once
// TLS 1.2 by BearSSL: on ESP8266 and RP2.

#include "esphome/core/defines.h"
#ifdef OCEANREMOTE_TLS_BEARSSL

#include <memory>

#include "bearssl_chain.h"
#include "stream_tls.h"

namespace esphome::oceanremote {

class BearsslStream : public TlsStream {
 public:
  using TlsStream::TlsStream;
  ~BearsslStream() override { this->close(); }

 protected:
  [[nodiscard]] bool begin() override;
  [[nodiscard]] Progress shake_hands() override;
  [[nodiscard]] ssize_t take(uint8_t *out, size_t size) override;
  [[nodiscard]] ssize_t give(const uint8_t *data, size_t size) override;
  void end(bool was_open) override;

 private:
  /// What one connection needs of the library; the buffers come after it in memory.
  struct Connection {
    Connection(const TlsJudge &judge, const char *host);
    ~Connection();
    Connection(const Connection &) = delete;
    Connection &operator=(const Connection &) = delete;

    br_ssl_client_context client;
    BearsslChain chain;
    std::unique_ptr<uint8_t[]> input;
    std::unique_ptr<uint8_t[]> output;
  };

  [[nodiscard]] br_ssl_engine_context *engine_() { return &this->connection_->client.eng; }
  [[nodiscard]] bool make_connection_();
  void configure_();
  /// Sends what waits, and takes what has come of one record; false when the connection is over.
  [[nodiscard]] bool pump_();
  [[nodiscard]] bool send_records_();
  [[nodiscard]] bool receive_record_();
  void fail_with_error_(int error);
  void load_session_();
  void keep_session_();

  std::unique_ptr<Connection> connection_;
  br_ssl_session_parameters session_{};  ///< of the last connection, without an id if there was none
  size_t session_index_{0};
};

}  // namespace esphome::oceanremote

#endif  // OCEANREMOTE_TLS_BEARSSL
