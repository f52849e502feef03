#include "stream_tls_openssl.h"
#ifdef OCEANREMOTE_TLS_OPENSSL

#include <openssl/err.h>
#include <openssl/x509v3.h>

namespace esphome::oceanremote {

namespace {

/// A certificate's own bytes, which OpenSSL keeps from its parsing.
class Der {
 public:
  explicit Der(X509 *certificate) : size_(i2d_X509(certificate, &this->bytes_)) {}
  ~Der() { OPENSSL_free(this->bytes_); }
  Der(const Der &) = delete;
  Der &operator=(const Der &) = delete;

  [[nodiscard]] ByteView view() const {
    return this->size_ < 0 ? ByteView{} : ByteView{this->bytes_, static_cast<size_t>(this->size_)};
  }

 private:
  unsigned char *bytes_{nullptr};
  int size_;
};

bool is_address(const char *host) {
  ASN1_OCTET_STRING *address = a2i_IPADDRESS(host);
  ASN1_OCTET_STRING_free(address);
  ERR_clear_error();
  return address != nullptr;
}

}  // namespace

bool OpensslStream::make_method_() {
  this->method_.reset(BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "stream"));
  return this->method_ != nullptr && BIO_meth_set_read(this->method_.get(), bio_read) == 1 &&
         BIO_meth_set_write(this->method_.get(), bio_write) == 1 &&
         BIO_meth_set_ctrl(this->method_.get(), bio_control) == 1;
}

bool OpensslStream::make_context_() {
  this->context_.reset(SSL_CTX_new(TLS_client_method()));
  SSL_CTX *context = this->context_.get();
  if (context == nullptr || SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) != 1)
    return false;
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_cert_verify_callback(context, verify, this);
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL_STORE);
  SSL_CTX_sess_set_new_cb(context, keep_session);
  return true;
}

bool OpensslStream::begin() {
  if (this->context_ == nullptr && (!this->make_method_() || !this->make_context_()))
    return false;
  this->ssl_.reset(SSL_new(this->context_.get()));
  BIO *bio = this->ssl_ == nullptr ? nullptr : BIO_new(this->method_.get());
  if (bio == nullptr)
    return false;
  BIO_set_data(bio, this);
  BIO_set_init(bio, 1);
  SSL *ssl = this->ssl_.get();
  SSL_set_bio(ssl, bio, bio);
  SSL_set_app_data(ssl, this);
  SSL_set_connect_state(ssl);
  // RFC 6066, section 3: no addresses.
  if (!is_address(this->address_->host) && SSL_set_tlsext_host_name(ssl, this->address_->host) != 1)
    return false;
  if (this->session_ != nullptr && this->session_index_ == this->index_)
    (void) SSL_set_session(ssl, this->session_.get());
  return true;
}

TlsStream::Progress OpensslStream::shake_hands() {
  ERR_clear_error();
  const int result = SSL_do_handshake(this->ssl_.get());
  if (result == 1)
    return Progress::DONE;
  const int error = SSL_get_error(this->ssl_.get(), result);
  if (!this->failing_() && (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE))
    return Progress::MORE;
  this->session_.reset();
  this->fail_with_last_error_();
  return Progress::FAILED;
}

void OpensslStream::fail_with_last_error_() {
  const unsigned long error = ERR_peek_error();
  const int reason = ERR_GET_LIB(error) == ERR_LIB_SSL ? ERR_GET_REASON(error) : 0;
  if (reason > SSL_AD_REASON_OFFSET) {
    this->fail_with_alert_(static_cast<uint8_t>(reason - SSL_AD_REASON_OFFSET));
  } else if (reason == SSL_R_UNSUPPORTED_PROTOCOL || reason == SSL_R_WRONG_SSL_VERSION) {
    this->fail_(Error::TLS_VERSION);
  } else {
    this->fail_with_code_(static_cast<long>(error));
  }
  ERR_clear_error();
}

ssize_t OpensslStream::take(uint8_t *out, size_t size) {
  ERR_clear_error();
  const int count = SSL_read(this->ssl_.get(), out, static_cast<int>(size));
  if (count > 0)
    return count;
  const int error = SSL_get_error(this->ssl_.get(), count);
  if (!this->failing_() && (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE))
    return 0;
  if (error == SSL_ERROR_ZERO_RETURN)
    this->fail_(Error::CONNECTION_CLOSED);
  this->fail_with_last_error_();
  return -1;
}

ssize_t OpensslStream::give(const uint8_t *data, size_t size) {
  ERR_clear_error();
  const int count = SSL_write(this->ssl_.get(), data, static_cast<int>(size));
  if (count > 0)
    return count;
  const int error = SSL_get_error(this->ssl_.get(), count);
  if (!this->failing_() && (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE))
    return 0;
  this->fail_with_last_error_();
  return -1;
}

void OpensslStream::end(bool was_open) {
  if (was_open)
    (void) SSL_shutdown(this->ssl_.get());
  this->ssl_.reset();
  ERR_clear_error();
}

// What OpenSSL calls

int OpensslStream::bio_read(BIO *bio, char *out, int size) {
  auto *self = static_cast<OpensslStream *>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  const ssize_t count = self->carrier_read_(reinterpret_cast<uint8_t *>(out), static_cast<size_t>(size));
  if (count == 0)
    BIO_set_retry_read(bio);
  return count > 0 ? static_cast<int>(count) : -1;
}

int OpensslStream::bio_write(BIO *bio, const char *data, int size) {
  auto *self = static_cast<OpensslStream *>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  const ssize_t count = self->carrier_write_(reinterpret_cast<const uint8_t *>(data), static_cast<size_t>(size));
  if (count == 0)
    BIO_set_retry_write(bio);
  return count > 0 ? static_cast<int>(count) : -1;
}

long OpensslStream::bio_control(BIO * /*bio*/, int command, long /*number*/, void * /*pointer*/) {
  return command == BIO_CTRL_FLUSH ? 1 : 0;
}

int OpensslStream::keep_session(SSL *ssl, SSL_SESSION *session) {
  auto *self = static_cast<OpensslStream *>(SSL_get_app_data(ssl));
  self->session_.reset(session);
  self->session_index_ = self->index_;
  return 1;  // it is ours now
}

int OpensslStream::verify(X509_STORE_CTX *store, void *stream) {
  auto *self = static_cast<OpensslStream *>(stream);
  const Error error = self->check_peer_(store);
  if (error == Error::NONE)
    return 1;
  self->fail_(error);
  if (X509_STORE_CTX_get_error(store) == X509_V_OK)
    X509_STORE_CTX_set_error(store, X509_V_ERR_APPLICATION_VERIFICATION);
  return 0;
}

// Trust

Error OpensslStream::check_peer_(X509_STORE_CTX *store) const {
  const TlsTrust &trust = this->judge_.trust();
  if (!trust.verify)
    return Error::NONE;
  X509 *leaf = X509_STORE_CTX_get0_cert(store);
  if (trust.looks_at_chain()) {
    const Error error = this->check_chain_(store);
    if (error != Error::NONE)
      return error;
  }
  const Error error = this->check_leaf_(leaf);
  if (error != Error::NONE)
    return error;
  const char *host = this->address_->host;
  const int matches = is_address(host) ? X509_check_ip_asc(leaf, host, 0)
                                       : X509_check_host(leaf, host, 0, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS, nullptr);
  return matches == 1 ? Error::NONE : Error::CERTIFICATE_WRONG_NAME;
}

Error OpensslStream::check_leaf_(X509 *leaf) const {
  const Der der(leaf);
  Certificate certificate;
  const Error error = read_certificate(der.view(), certificate);
  return error == Error::NONE ? this->judge_.check_leaf(certificate) : error;
}

Error OpensslStream::check_chain_(X509_STORE_CTX *store) const {
  X509_STORE *anchors = X509_STORE_CTX_get0_store(store);
  this->add_anchor_of_(X509_STORE_CTX_get0_cert(store), anchors);
  STACK_OF(X509) *sent = X509_STORE_CTX_get0_untrusted(store);
  for (int i = 0; i < sk_X509_num(sent); i++)
    this->add_anchor_of_(sk_X509_value(sent, i), anchors);
  // The dates are judged below, by what this device knows of the time. An anchor is one whether it is a root or not.
  X509_VERIFY_PARAM_set_flags(X509_STORE_CTX_get0_param(store), X509_V_FLAG_NO_CHECK_TIME | X509_V_FLAG_PARTIAL_CHAIN);
  if (X509_verify_cert(store) != 1)
    return Error::CERTIFICATE_UNTRUSTED;
  STACK_OF(X509) *chain = X509_STORE_CTX_get0_chain(store);
  // Without the server's own, which has more to it, and without the anchor, whose dates bind nobody.
  for (int i = 1; i + 1 < sk_X509_num(chain); i++) {
    const Der der(sk_X509_value(chain, i));
    Certificate certificate;
    Error error = read_certificate(der.view(), certificate);
    if (error == Error::NONE)
      error = this->judge_.check_dates(certificate);
    if (error != Error::NONE)
      return error;
  }
  return Error::NONE;
}

void OpensslStream::add_anchor_of_(X509 *certificate, X509_STORE *store) const {
  const Der der(certificate);
  Certificate parts;
  uint8_t anchor[ANCHOR_MAX];
  if (read_certificate(der.view(), parts) != Error::NONE)
    return;
  const size_t size = this->judge_.trust().anchors.find(parts.issuer, anchor, sizeof(anchor));
  const uint8_t *at = anchor;
  X509 *found = size == 0 ? nullptr : d2i_X509(nullptr, &at, static_cast<long>(size));
  // One that is there already stays once.
  if (found != nullptr)
    (void) X509_STORE_add_cert(store, found);
  X509_free(found);
}

}  // namespace esphome::oceanremote

#endif  // OCEANREMOTE_TLS_OPENSSL
