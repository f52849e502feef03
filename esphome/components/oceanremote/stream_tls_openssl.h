#pragma once
// TLS by OpenSSL: on host.

#include "esphome/core/defines.h"
#ifdef OCEANREMOTE_TLS_OPENSSL

#include <memory>

#include <openssl/ssl.h>

#include "stream_tls.h"

namespace esphome::oceanremote {

class OpensslStream : public TlsStream {
 public:
  using TlsStream::TlsStream;
  ~OpensslStream() override { this->close(); }

 protected:
  [[nodiscard]] bool begin() override;
  [[nodiscard]] Progress shake_hands() override;
  [[nodiscard]] ssize_t take(uint8_t *out, size_t size) override;
  [[nodiscard]] ssize_t give(const uint8_t *data, size_t size) override;
  void end(bool was_open) override;

 private:
  struct Free {
    void operator()(SSL *ssl) const { SSL_free(ssl); }
    void operator()(SSL_CTX *context) const { SSL_CTX_free(context); }
    void operator()(SSL_SESSION *session) const { SSL_SESSION_free(session); }
    void operator()(BIO_METHOD *method) const { BIO_meth_free(method); }
  };

  [[nodiscard]] bool make_context_();
  [[nodiscard]] bool make_method_();
  void fail_with_last_error_();
  [[nodiscard]] Error check_peer_(X509_STORE_CTX *store) const;
  [[nodiscard]] Error check_leaf_(X509 *leaf) const;
  [[nodiscard]] Error check_chain_(X509_STORE_CTX *store) const;
  void add_anchor_of_(X509 *certificate, X509_STORE *store) const;

  static int verify(X509_STORE_CTX *store, void *stream);
  static int keep_session(SSL *ssl, SSL_SESSION *session);
  static int bio_read(BIO *bio, char *out, int size);
  static int bio_write(BIO *bio, const char *data, int size);
  static long bio_control(BIO *bio, int command, long number, void *pointer);

  std::unique_ptr<BIO_METHOD, Free> method_;
  std::unique_ptr<SSL_CTX, Free> context_;
  std::unique_ptr<SSL, Free> ssl_;
  std::unique_ptr<SSL_SESSION, Free> session_;  ///< the last one that a server gave
  size_t session_index_{0};                     ///< whose it is
};

}  // namespace esphome::oceanremote

#endif  // OCEANREMOTE_TLS_OPENSSL
