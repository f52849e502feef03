#include "stream_tls_mbedtls.h"
#ifdef OCEANREMOTE_TLS_MBEDTLS

#include <new>

#include <mbedtls/version.h>
#include <psa/crypto.h>

#include "esphome/components/oceanremote_core/ip_address.h"

namespace esphome::oceanremote {

namespace {

/// What RFC 6066 can ask a server for; 0: whole records.
uint8_t fragment_code(uint16_t record_size) {
  switch (record_size) {
    case 1024:
      return MBEDTLS_SSL_MAX_FRAG_LEN_1024;
    case 2048:
      return MBEDTLS_SSL_MAX_FRAG_LEN_2048;
    case 4096:
      return MBEDTLS_SSL_MAX_FRAG_LEN_4096;
    default:
      return MBEDTLS_SSL_MAX_FRAG_LEN_NONE;
  }
}

bool wants_more(int result) { return result == MBEDTLS_ERR_SSL_WANT_READ || result == MBEDTLS_ERR_SSL_WANT_WRITE; }

}  // namespace

MbedtlsStream::Connection::Connection() {
  mbedtls_ssl_init(&this->ssl);
  mbedtls_ssl_config_init(&this->config);
  mbedtls_x509_crt_init(&this->no_roots);
}

MbedtlsStream::Connection::~Connection() {
  mbedtls_ssl_free(&this->ssl);
  mbedtls_ssl_config_free(&this->config);
}

bool MbedtlsStream::configure_() {
  mbedtls_ssl_config &config = this->connection_->config;
  if (mbedtls_ssl_config_defaults(&config, MBEDTLS_SSL_IS_CLIENT, MBEDTLS_SSL_TRANSPORT_STREAM,
                                  MBEDTLS_SSL_PRESET_DEFAULT) != 0)
    return false;
  mbedtls_ssl_conf_rng(&config, draw_random, this);
  mbedtls_ssl_conf_authmode(&config, MBEDTLS_SSL_VERIFY_REQUIRED);
  mbedtls_ssl_conf_ca_chain(&config, &this->connection_->no_roots, nullptr);
  mbedtls_ssl_conf_verify(&config, verify, this);
  mbedtls_ssl_conf_min_tls_version(&config, MBEDTLS_SSL_VERSION_TLS1_2);
  if (this->avoids_tls_1_3_ && this->avoiding_index_ == this->index_)
    mbedtls_ssl_conf_max_tls_version(&config, MBEDTLS_SSL_VERSION_TLS1_2);
#ifdef MBEDTLS_SSL_SESSION_TICKETS
  mbedtls_ssl_conf_session_tickets(&config, MBEDTLS_SSL_SESSION_TICKETS_ENABLED);
#if defined(MBEDTLS_SSL_PROTO_TLS1_3) && MBEDTLS_VERSION_NUMBER >= 0x03060100
  mbedtls_ssl_conf_tls13_enable_signal_new_session_tickets(&config,
                                                           MBEDTLS_SSL_TLS1_3_SIGNAL_NEW_SESSION_TICKETS_ENABLED);
#endif
#endif
#ifdef MBEDTLS_SSL_MAX_FRAGMENT_LENGTH
  // In TLS 1.3 mbedTLS breaks off when a server agrees to it.
  const uint8_t fragment = fragment_code(this->judge_.trust().record_size);
  if (fragment != MBEDTLS_SSL_MAX_FRAG_LEN_NONE)
    mbedtls_ssl_conf_max_tls_version(&config, MBEDTLS_SSL_VERSION_TLS1_2);
  return mbedtls_ssl_conf_max_frag_len(&config, fragment) == 0;
#else
  return true;
#endif
}

bool MbedtlsStream::set_host_() {
  const char *host = this->address_->host;
  this->is_address_ = is_ip_address(host);
  // RFC 6066, section 3: no addresses in SNI. Their name check is ours.
  return mbedtls_ssl_set_hostname(&this->connection_->ssl, this->is_address_ ? nullptr : host) == 0;
}

bool MbedtlsStream::begin() {
  this->trust_error_ = Error::NONE;
  this->anchored_ = false;
  this->connection_.reset(new (std::nothrow) Connection());
  // Twice does no harm; TLS 1.3 stands on it.
  if (this->connection_ == nullptr || psa_crypto_init() != PSA_SUCCESS || !this->configure_())
    return false;
  mbedtls_ssl_context &ssl = this->connection_->ssl;
  if (mbedtls_ssl_setup(&ssl, &this->connection_->config) != 0 || !this->set_host_())
    return false;
  mbedtls_ssl_set_bio(&ssl, this, send, receive, nullptr);
  if (this->session_ == nullptr)
    this->load_session_();
  if (this->session_ != nullptr && this->session_index_ == this->index_)
    (void) mbedtls_ssl_set_session(&ssl, &this->session_->data);
  return true;
}

TlsStream::Progress MbedtlsStream::shake_hands() {
  mbedtls_ssl_context &ssl = this->connection_->ssl;
  const int result = mbedtls_ssl_handshake_step(&ssl);
  if (this->failing_() || (result != 0 && !wants_more(result))) {
    this->forget_session_();
    this->learn_version_(result);
    this->fail_with_result_(result);
    return Progress::FAILED;
  }
  if (!mbedtls_ssl_is_handshake_over(&ssl))
    return Progress::MORE;
  if (mbedtls_ssl_get_version_number(&ssl) == MBEDTLS_SSL_VERSION_TLS1_2)
    this->keep_session_();
  return Progress::DONE;
}

void MbedtlsStream::learn_version_(int result) {
  // Who offers TLS 1.3 offers its RSA-PSS signatures, which mbedTLS refuses in the TLS 1.2 of an older server. Offered
  // TLS 1.2 alone, such a server signs in the older way; should it speak no TLS 1.2 any more, that is undone.
  const bool was_1_2 = mbedtls_ssl_get_version_number(&this->connection_->ssl) == MBEDTLS_SSL_VERSION_TLS1_2;
  this->avoids_tls_1_3_ = result == MBEDTLS_ERR_SSL_ILLEGAL_PARAMETER && was_1_2;
  this->avoiding_index_ = this->index_;
}

void MbedtlsStream::keep_session_() {
  this->session_.reset(new (std::nothrow) Session());
  this->session_index_ = this->index_;
  // Without one the next handshake is a whole one.
  if (this->session_ != nullptr && mbedtls_ssl_get_session(&this->connection_->ssl, &this->session_->data) != 0)
    this->session_.reset();
#ifdef OCEANREMOTE_KEEPS_TLS_SESSION
  size_t size = 0;
  if (this->session_ != nullptr &&
      mbedtls_ssl_session_save(&this->session_->data, KeptTlsSession::room(), KeptTlsSession::CAPACITY, &size) == 0) {
    this->kept_.keep(this->owner_(), size);
  } else {
    // Too large, or there is none.
    this->kept_.forget();
  }
#endif
}

void MbedtlsStream::load_session_() {
#ifdef OCEANREMOTE_KEEPS_TLS_SESSION
  const ByteView kept = this->kept_.kept(this->owner_());
  if (kept.empty())
    return;
  this->session_.reset(new (std::nothrow) Session());
  this->session_index_ = this->index_;
  if (this->session_ != nullptr && mbedtls_ssl_session_load(&this->session_->data, kept.data, kept.size) != 0)
    this->session_.reset();
#endif
}

void MbedtlsStream::forget_session_() {
  this->session_.reset();
#ifdef OCEANREMOTE_KEEPS_TLS_SESSION
  this->kept_.forget();
#endif
}

ssize_t MbedtlsStream::take(uint8_t *out, size_t size) {
  const int result = mbedtls_ssl_read(&this->connection_->ssl, out, size);
  if (result > 0)
    return result;
  if (result == MBEDTLS_ERR_SSL_RECEIVED_NEW_SESSION_TICKET) {
    this->keep_session_();
    return 0;
  }
  if (!this->failing_() && wants_more(result))
    return 0;
  if (result == 0 || result == MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY)
    this->fail_(Error::CONNECTION_CLOSED);
  this->fail_with_result_(result);
  return -1;
}

ssize_t MbedtlsStream::give(const uint8_t *data, size_t size) {
  const int result = mbedtls_ssl_write(&this->connection_->ssl, data, size);
  if (result >= 0)
    return result;
  if (!this->failing_() && wants_more(result))
    return 0;
  this->fail_with_result_(result);
  return -1;
}

void MbedtlsStream::end(bool was_open) {
  if (was_open)
    (void) mbedtls_ssl_close_notify(&this->connection_->ssl);
  this->connection_.reset();
}

void MbedtlsStream::fail_with_result_(int result) {
  switch (result) {
    case MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE:
      return this->fail_with_alert_(this->connection_->ssl.MBEDTLS_PRIVATE(in_msg)[1]);
    case MBEDTLS_ERR_SSL_BAD_PROTOCOL_VERSION:
      return this->fail_(Error::TLS_VERSION);
    case MBEDTLS_ERR_SSL_ALLOC_FAILED:
      return this->fail_(Error::OUT_OF_MEMORY);
    case MBEDTLS_ERR_X509_CERT_VERIFY_FAILED:
      return this->fail_(this->trust_error_ == Error::NONE ? Error::CERTIFICATE_UNTRUSTED : this->trust_error_);
    default:
      return this->fail_with_code_(result);
  }
}

// What mbedTLS calls

int MbedtlsStream::draw_random(void *stream, unsigned char *out, size_t size) {
  auto *self = static_cast<MbedtlsStream *>(stream);
  return self->random_.fill(out, size) == Error::NONE ? 0 : MBEDTLS_ERR_SSL_INTERNAL_ERROR;
}

int MbedtlsStream::send(void *stream, const unsigned char *data, size_t size) {
  const ssize_t count = static_cast<MbedtlsStream *>(stream)->carrier_write_(data, size);
  if (count == 0)
    return MBEDTLS_ERR_SSL_WANT_WRITE;
  return count > 0 ? static_cast<int>(count) : MBEDTLS_ERR_SSL_CONN_EOF;
}

int MbedtlsStream::receive(void *stream, unsigned char *out, size_t size) {
  const ssize_t count = static_cast<MbedtlsStream *>(stream)->carrier_read_(out, size);
  if (count == 0)
    return MBEDTLS_ERR_SSL_WANT_READ;
  return count > 0 ? static_cast<int>(count) : MBEDTLS_ERR_SSL_CONN_EOF;
}

int MbedtlsStream::verify(void *stream, mbedtls_x509_crt *certificate, int depth, uint32_t *flags) {
  auto *self = static_cast<MbedtlsStream *>(stream);
  const Error error = self->check_certificate_(*certificate, depth, *flags);
  // The library has said what it has to say; from here on the decision is ours.
  *flags = error == Error::NONE ? 0 : MBEDTLS_X509_BADCERT_OTHER;
  if (error != Error::NONE && self->trust_error_ == Error::NONE)
    self->trust_error_ = error;
  return 0;
}

// Trust. The library goes from the far end of the chain to the server's own certificate, whose depth is 0, and says of
// each what is wrong with it. It knows no root: where one of ours takes over, what lies above counts no more.

Error MbedtlsStream::check_certificate_(const mbedtls_x509_crt &certificate, int depth, uint32_t flags) {
  const TlsTrust &trust = this->judge_.trust();
  if (!trust.verify)
    return Error::NONE;
  Certificate parts;
  Error error = read_certificate({certificate.raw.p, certificate.raw.len}, parts);
  if (error != Error::NONE)
    return error;
  // The dates are judged by what this device knows of the time.
  flags &= ~static_cast<uint32_t>(MBEDTLS_X509_BADCERT_EXPIRED | MBEDTLS_X509_BADCERT_FUTURE);
  if (trust.looks_at_chain())
    error = this->check_in_chain_(certificate, parts, flags);
  if (error == Error::NONE && depth == 0)
    error = this->check_leaf_(parts, flags);
  return error;
}

Error MbedtlsStream::check_in_chain_(const mbedtls_x509_crt &certificate, const Certificate &parts, uint32_t flags) {
  flags &= ~static_cast<uint32_t>(MBEDTLS_X509_BADCERT_CN_MISMATCH);
  if (!this->anchored_) {
    this->anchored_ = this->is_signed_by_anchor_(certificate, parts);
    flags &= ~static_cast<uint32_t>(MBEDTLS_X509_BADCERT_NOT_TRUSTED);
    // Not anchored here: the next one below may be.
    if (!this->anchored_)
      return Error::NONE;
  }
  return flags != 0 ? Error::CERTIFICATE_UNTRUSTED : this->judge_.check_dates(parts);
}

Error MbedtlsStream::check_leaf_(const Certificate &parts, uint32_t flags) const {
  if (this->judge_.trust().looks_at_chain() && !this->anchored_)
    return Error::CERTIFICATE_UNTRUSTED;
  const Error error = this->judge_.check_leaf(parts);
  if (error != Error::NONE)
    return error;
  const bool is_named =
      this->is_address_ ? is_for_host(parts, this->address_->host) : (flags & MBEDTLS_X509_BADCERT_CN_MISMATCH) == 0;
  return is_named ? Error::NONE : Error::CERTIFICATE_WRONG_NAME;
}

bool MbedtlsStream::is_signed_by_anchor_(const mbedtls_x509_crt &certificate, const Certificate &parts) const {
  uint8_t key_info[ANCHOR_KEY_MAX];
  const size_t size = this->judge_.trust().anchors.find(parts.issuer, key_info, sizeof(key_info));
  const mbedtls_md_type_t digest_type = certificate.MBEDTLS_PRIVATE(sig_md);
  const mbedtls_md_info_t *digest_info = mbedtls_md_info_from_type(digest_type);
  if (size == 0 || digest_info == nullptr || digest_type == MBEDTLS_MD_SHA1)
    return false;
  uint8_t digest[MBEDTLS_MD_MAX_SIZE];
  if (mbedtls_md(digest_info, certificate.tbs.p, certificate.tbs.len, digest) != 0)
    return false;
  mbedtls_pk_context key;
  mbedtls_pk_init(&key);
  uint8_t *at = key_info;
  const bool good =
      mbedtls_pk_parse_subpubkey(&at, key_info + size, &key) == 0 &&
      mbedtls_pk_verify_ext(certificate.MBEDTLS_PRIVATE(sig_pk), certificate.MBEDTLS_PRIVATE(sig_opts), &key,
                            digest_type, digest, mbedtls_md_get_size(digest_info), certificate.MBEDTLS_PRIVATE(sig).p,
                            certificate.MBEDTLS_PRIVATE(sig).len) == 0;
  mbedtls_pk_free(&key);
  return good;
}

}  // namespace esphome::oceanremote

#endif  // OCEANREMOTE_TLS_MBEDTLS
