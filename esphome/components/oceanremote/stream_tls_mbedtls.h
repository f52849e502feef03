#pragma once
// TLS by mbedTLS 3.6: on ESP32.

#include "esphome/core/defines.h"
#ifdef OCEANREMOTE_TLS_MBEDTLS

#include <memory>

#include <mbedtls/ssl.h>

#include "stream_tls.h"

namespace esphome::oceanremote {

class MbedtlsStream : public TlsStream {
 public:
  using TlsStream::TlsStream;
  ~MbedtlsStream() override { this->close(); }

 protected:
  [[nodiscard]] bool begin() override;
  [[nodiscard]] Progress shake_hands() override;
  [[nodiscard]] ssize_t take(uint8_t *out, size_t size) override;
  [[nodiscard]] ssize_t give(const uint8_t *data, size_t size) override;
  void end(bool was_open) override;

 private:
  /// What one connection needs of the library.
  struct Connection {
    Connection();
    ~Connection();
    Connection(const Connection &) = delete;
    Connection &operator=(const Connection &) = delete;

    mbedtls_ssl_context ssl;
    mbedtls_ssl_config config;
    mbedtls_x509_crt no_roots;  ///< the library wants a list; the anchors are looked up in verify()
  };
  /// A session that can be resumed.
  struct Session {
    Session() { mbedtls_ssl_session_init(&this->data); }
    ~Session() { mbedtls_ssl_session_free(&this->data); }
    Session(const Session &) = delete;
    Session &operator=(const Session &) = delete;

    mbedtls_ssl_session data;
  };

  [[nodiscard]] bool configure_();
  [[nodiscard]] bool set_host_();
  void keep_session_();
  void load_session_();
  void forget_session_();
  void learn_version_(int result);
  void fail_with_result_(int result);

  // Trust
  [[nodiscard]] Error check_certificate_(const mbedtls_x509_crt &certificate, int depth, uint32_t flags);
  [[nodiscard]] Error check_in_chain_(const mbedtls_x509_crt &certificate, const Certificate &parts, uint32_t flags);
  [[nodiscard]] Error check_leaf_(const Certificate &parts, uint32_t flags) const;
  [[nodiscard]] bool is_signed_by_anchor_(const mbedtls_x509_crt &certificate, const Certificate &parts) const;

  static int verify(void *stream, mbedtls_x509_crt *certificate, int depth, uint32_t *flags);
  static int draw_random(void *stream, unsigned char *out, size_t size);
  static int send(void *stream, const unsigned char *data, size_t size);
  static int receive(void *stream, unsigned char *out, size_t size);

  std::unique_ptr<Connection> connection_;
  std::unique_ptr<Session> session_;
  size_t session_index_{0};
  Error trust_error_{Error::NONE};
  bool anchored_{false};
  bool is_address_{false};
  bool avoids_tls_1_3_{false};
  size_t avoiding_index_{0};  ///< at which address
};

}  // namespace esphome::oceanremote

#endif  // OCEANREMOTE_TLS_MBEDTLS
