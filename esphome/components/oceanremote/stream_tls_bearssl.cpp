#include "stream_tls_bearssl.h"
#ifdef OCEANREMOTE_TLS_BEARSSL

#include <algorithm>
#include <new>

#ifdef USE_ESP8266
// The loop's own stack has 4 kB there, and a signature takes more: Arduino's core has a second one for BearSSL.
#include <BearSSLHelpers.h>
#include <StackThunk.h>
#define ON_CRYPTO_STACK(function) BearSSL::thunk_##function
#else
#define ON_CRYPTO_STACK(function) function
#endif

#include "esphome/components/oceanremote_core/ip_address.h"

namespace esphome::oceanremote {

namespace {

// Beside the payload of a record: its header, explicit nonce and tag, as BearSSL's own constants for whole records say.
constexpr size_t INPUT_OVERHEAD = BR_SSL_BUFSIZE_INPUT - 16384;
constexpr size_t OUTPUT_OVERHEAD = BR_SSL_BUFSIZE_OUTPUT - 16384;
/// One WebSocket frame of the small kind goes into one record.
constexpr size_t OUTPUT_SIZE = 1024 + OUTPUT_OVERHEAD;
constexpr size_t ENTROPY_SIZE = 32;

// Forward secrecy and authenticated encryption only; what is quickest without hardware comes first.
constexpr uint16_t SUITES[] = {
    BR_TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, BR_TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
    BR_TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,       BR_TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
    BR_TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,       BR_TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
};

}  // namespace

BearsslStream::Connection::Connection(const TlsJudge &judge, const char *host) : chain(judge, host) {
#ifdef USE_ESP8266
  stack_thunk_add_ref();
#endif
}

BearsslStream::Connection::~Connection() {
#ifdef USE_ESP8266
  stack_thunk_del_ref();
#endif
}

bool BearsslStream::make_connection_() {
  const size_t input_size = this->judge_.trust().record_size + INPUT_OVERHEAD;
  this->connection_.reset(new (std::nothrow) Connection(this->judge_, this->address_->host));
  if (this->connection_ == nullptr)
    return false;
  this->connection_->input.reset(new (std::nothrow) uint8_t[input_size]);
  this->connection_->output.reset(new (std::nothrow) uint8_t[OUTPUT_SIZE]);
  if (this->connection_->input == nullptr || this->connection_->output == nullptr)
    return false;
  this->configure_();
  // The size of the input is what BearSSL asks the server for as its maximum.
  br_ssl_engine_set_buffers_bidi(this->engine_(), this->connection_->input.get(), input_size,
                                 this->connection_->output.get(), OUTPUT_SIZE);
  return true;
}

void BearsslStream::configure_() {
  br_ssl_client_zero(&this->connection_->client);
  br_ssl_engine_context *engine = this->engine_();
  br_ssl_engine_set_versions(engine, BR_TLS12, BR_TLS12);
  br_ssl_engine_set_suites(engine, SUITES, sizeof(SUITES) / sizeof(SUITES[0]));
  br_ssl_engine_add_flags(engine, BR_OPT_NO_RENEGOTIATION);
  br_ssl_engine_set_rsavrfy(engine, SignaturePieces::verify_rsa);
  br_ssl_engine_set_ec(engine, this->connection_->chain.curves());
  br_ssl_engine_set_ecdsa(engine, SignaturePieces::verify_ecdsa);
  br_ssl_engine_set_default_aes_gcm(engine);
  br_ssl_engine_set_default_chapol(engine);
  br_ssl_engine_set_hash(engine, br_sha256_ID, &br_sha256_vtable);
  br_ssl_engine_set_hash(engine, br_sha384_ID, &br_sha384_vtable);
  br_ssl_engine_set_hash(engine, br_sha512_ID, &br_sha512_vtable);
  br_ssl_engine_set_prf_sha256(engine, br_tls12_sha256_prf);
  br_ssl_engine_set_prf_sha384(engine, br_tls12_sha384_prf);
  br_ssl_engine_set_x509(engine, this->connection_->chain.engine());
}

bool BearsslStream::begin() {
  uint8_t entropy[ENTROPY_SIZE];
  if (!this->make_connection_() || this->random_.fill(entropy, sizeof(entropy)) != Error::NONE)
    return false;
  br_ssl_engine_inject_entropy(this->engine_(), entropy, sizeof(entropy));
  wipe_bytes(entropy, sizeof(entropy));
  this->load_session_();
  const bool resumes = this->session_.session_id_len != 0 && this->session_index_ == this->index_;
  if (resumes)
    br_ssl_engine_set_session_parameters(this->engine_(), &this->session_);
  // RFC 6066, section 3: no addresses in SNI.
  const char *name = is_ip_address(this->address_->host) ? nullptr : this->address_->host;
  if (br_ssl_client_reset(&this->connection_->client, name, resumes ? 1 : 0) != 1)
    this->fail_with_error_(br_ssl_engine_last_error(this->engine_()));
  return true;
}

TlsStream::Progress BearsslStream::shake_hands() {
  if (this->failing_() || !this->pump_()) {
    this->session_.session_id_len = 0;
    this->keep_session_();
    return Progress::FAILED;
  }
  const unsigned state = br_ssl_engine_current_state(this->engine_());
  if ((state & BR_SSL_SENDAPP) == 0)
    return Progress::MORE;
  br_ssl_engine_get_session_parameters(this->engine_(), &this->session_);
  this->session_index_ = this->index_;
  this->keep_session_();
  return Progress::DONE;
}

void BearsslStream::load_session_() {
#ifdef OCEANREMOTE_KEEPS_TLS_SESSION
  if (this->session_.session_id_len != 0)
    return;
  const ByteView kept = this->kept_.kept(this->owner_());
  if (kept.size != sizeof(this->session_))
    return;
  std::memcpy(&this->session_, kept.data, kept.size);
  this->session_index_ = this->index_;
#endif
}

void BearsslStream::keep_session_() {
#ifdef OCEANREMOTE_KEEPS_TLS_SESSION
  static_assert(sizeof(this->session_) <= KeptTlsSession::CAPACITY);
  if (this->session_.session_id_len == 0)
    return this->kept_.forget();
  std::memcpy(KeptTlsSession::room(), &this->session_, sizeof(this->session_));
  this->kept_.keep(this->owner_(), sizeof(this->session_));
#endif
}

bool BearsslStream::pump_() {
  if (!this->send_records_())
    return false;
  const unsigned state = br_ssl_engine_current_state(this->engine_());
  if ((state & BR_SSL_RECVREC) != 0 && !this->receive_record_())
    return false;
  if ((br_ssl_engine_current_state(this->engine_()) & BR_SSL_CLOSED) == 0)
    return this->send_records_();
  // The alert that says why goes out first.
  (void) this->send_records_();
  this->fail_with_error_(br_ssl_engine_last_error(this->engine_()));
  return false;
}

bool BearsslStream::send_records_() {
  while ((br_ssl_engine_current_state(this->engine_()) & BR_SSL_SENDREC) != 0) {
    size_t size = 0;
    const uint8_t *data = ON_CRYPTO_STACK(br_ssl_engine_sendrec_buf)(this->engine_(), &size);
    const ssize_t sent = this->carrier_write_(data, size);
    if (sent < 0) {
      this->fail_(Error::CONNECTION_CLOSED);
      return false;
    }
    if (sent == 0)
      return true;
    ON_CRYPTO_STACK(br_ssl_engine_sendrec_ack)(this->engine_(), static_cast<size_t>(sent));
  }
  return true;
}

bool BearsslStream::receive_record_() {
  size_t size = 0;
  uint8_t *room = ON_CRYPTO_STACK(br_ssl_engine_recvrec_buf)(this->engine_(), &size);
  const ssize_t count = this->carrier_read_(room, size);
  if (count > 0)
    ON_CRYPTO_STACK(br_ssl_engine_recvrec_ack)(this->engine_(), static_cast<size_t>(count));
  return count >= 0;
}

ssize_t BearsslStream::take(uint8_t *out, size_t size) {
  if (!this->pump_())
    return -1;
  if ((br_ssl_engine_current_state(this->engine_()) & BR_SSL_RECVAPP) == 0)
    return 0;
  size_t there = 0;
  const uint8_t *data = ON_CRYPTO_STACK(br_ssl_engine_recvapp_buf)(this->engine_(), &there);
  const size_t count = std::min<size_t>(size, there);
  std::memcpy(out, data, count);
  ON_CRYPTO_STACK(br_ssl_engine_recvapp_ack)(this->engine_(), count);
  return static_cast<ssize_t>(count);
}

ssize_t BearsslStream::give(const uint8_t *data, size_t size) {
  if (!this->send_records_())
    return -1;
  if ((br_ssl_engine_current_state(this->engine_()) & BR_SSL_SENDAPP) == 0)
    return 0;
  size_t room = 0;
  uint8_t *out = ON_CRYPTO_STACK(br_ssl_engine_sendapp_buf)(this->engine_(), &room);
  const size_t count = std::min<size_t>(size, room);
  std::memcpy(out, data, count);
  ON_CRYPTO_STACK(br_ssl_engine_sendapp_ack)(this->engine_(), count);
  br_ssl_engine_flush(this->engine_(), 0);
  return this->send_records_() ? static_cast<ssize_t>(count) : -1;
}

void BearsslStream::end(bool was_open) {
  if (this->connection_ == nullptr)
    return;
  if (was_open) {
    br_ssl_engine_close(this->engine_());
    (void) this->send_records_();
  }
  this->connection_.reset();
}

void BearsslStream::fail_with_error_(int error) {
  if (error > BR_ERR_SEND_FATAL_ALERT)
    error -= BR_ERR_SEND_FATAL_ALERT;
  if (error > BR_ERR_RECV_FATAL_ALERT)
    return this->fail_with_alert_(static_cast<uint8_t>(error - BR_ERR_RECV_FATAL_ALERT));
  switch (error) {
    case BR_ERR_OK:
      return this->fail_(Error::CONNECTION_CLOSED);
    case BR_ERR_UNSUPPORTED_VERSION:
    case BR_ERR_BAD_VERSION:
      return this->fail_(Error::TLS_VERSION);
    case BR_ERR_TOO_LARGE:
      return this->fail_(Error::TLS_RECORD_TOO_LARGE);
    case BR_ERR_X509_NOT_TRUSTED:
      return this->fail_(this->connection_->chain.error());
    default:
      return this->fail_with_code_(error);
  }
}

}  // namespace esphome::oceanremote

#endif  // OCEANREMOTE_TLS_BEARSSL
