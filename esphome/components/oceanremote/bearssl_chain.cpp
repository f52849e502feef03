#include "bearssl_chain.h"
#ifdef OCEANREMOTE_TLS_BEARSSL

#include <algorithm>

#include "esphome/components/oceanremote_core/ip_address.h"
#include "esphome/core/hal.h"

namespace esphome::oceanremote {

namespace {

/// Days from the year 0, as BearSSL counts them, to 1970.
constexpr uint32_t DAYS_TO_1970 = 719528;
constexpr uint32_t SECONDS_PER_DAY = 86400;
constexpr size_t MIN_RSA_BYTES = 256;

struct Curve {
  uint8_t id;
  uint8_t size;
  uint8_t oid[8];
};
constexpr Curve CURVES[] = {
    {BR_EC_secp256r1, 8, {0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07}},
    {BR_EC_secp384r1, 5, {0x2B, 0x81, 0x04, 0x00, 0x22}},
    {BR_EC_secp521r1, 5, {0x2B, 0x81, 0x04, 0x00, 0x23}},
};

unsigned char *unconst(const uint8_t *bytes) {
  return const_cast<unsigned char *>(bytes);
}  // BearSSL never writes there

/// The key's parts stay where info lies.
bool make_key(ByteView info, br_x509_pkey &out) {
  PublicKeyParts parts;
  if (read_public_key(info, parts) != Error::NONE)
    return false;
  if (parts.kind == KeyKind::RSA) {
    out.key_type = BR_KEYTYPE_RSA;
    out.key.rsa = {unconst(parts.modulus.data), parts.modulus.size, unconst(parts.exponent.data), parts.exponent.size};
    return true;
  }
  for (const Curve &curve : CURVES) {
    if (parts.curve.size == curve.size && std::memcmp(parts.curve.data, curve.oid, curve.size) == 0) {
      out.key_type = BR_KEYTYPE_EC;
      out.key.ec = {curve.id, unconst(parts.point.data), parts.point.size};
      return true;
    }
  }
  return false;
}

}  // namespace

const br_x509_class BearsslChain::CLASS = {
    sizeof(BearsslChain::Self),    BearsslChain::start_chain, BearsslChain::start_certificate, BearsslChain::append,
    BearsslChain::end_certificate, BearsslChain::end_chain,   BearsslChain::get_key,
};

BearsslChain::BearsslChain(const TlsJudge &judge, const char *host)
    : self_{&CLASS, this},
      judge_(judge),
      host_(host),
      looks_at_chain_(judge.trust().looks_at_chain()),
      is_address_(is_ip_address(host)) {
  br_x509_minimal_context *minimal = &this->minimal_context_;
  br_x509_minimal_init(minimal, &br_sha256_vtable, &this->anchor_, 1);
  br_x509_minimal_set_hash(minimal, br_sha256_ID, &br_sha256_vtable);
  br_x509_minimal_set_hash(minimal, br_sha384_ID, &br_sha384_vtable);
  br_x509_minimal_set_hash(minimal, br_sha512_ID, &br_sha512_vtable);
  // On a stack that is not the loop's: nothing that would yield, nor ESPHome's own, which counts the loop's time.
  SignaturePieces::call_between([] { arch_feed_wdt(); });
  br_x509_minimal_set_rsa(minimal, SignaturePieces::verify_rsa);
  br_x509_minimal_set_ecdsa(minimal, &this->curves_, SignaturePieces::verify_ecdsa);
  br_x509_minimal_set_minrsa(minimal, MIN_RSA_BYTES);
}

void BearsslChain::start_chain(const br_x509_class **context, const char *server_name) {
  BearsslChain &self = of(context);
  self.error_ = Error::NONE;
  self.is_leaf_ = true;
  self.count_ = 0;
  if (self.looks_at_chain_)
    (*self.minimal_())->start_chain(self.minimal_(), self.is_address_ ? nullptr : server_name);
}

void BearsslChain::start_certificate(const br_x509_class **context, uint32_t length) {
  BearsslChain &self = of(context);
  self.head_size_ = 0;
  self.judged_ = false;
  if (self.count_ <= VERIFIED_CERTIFICATES_MAX)
    self.count_++;
  if (self.verifies_())
    (*self.minimal_())->start_cert(self.minimal_(), length);
}

void BearsslChain::append(const br_x509_class **context, const unsigned char *data, size_t size) {
  BearsslChain &self = of(context);
  if (!self.judged_)
    return self.take_(data, size);
  if (self.verifies_())
    (*self.minimal_())->append(self.minimal_(), data, size);
}

void BearsslChain::take_(const unsigned char *data, size_t size) {
  const size_t room = CERTIFICATE_HEAD_MAX - this->head_size_;
  const size_t count = std::min<size_t>(size, room);
  std::memcpy(this->head_ + this->head_size_, data, count);
  this->head_size_ += count;
  Certificate parts;
  const ByteView head{this->head_, this->head_size_};
  const Error error = this->wants_whole_() ? Error::BUFFER_TOO_SMALL : read_certificate_head(head, parts);
  if (error == Error::BUFFER_TOO_SMALL && this->head_size_ < CERTIFICATE_HEAD_MAX)
    return;  // the rest is yet to come
  if (error == Error::NONE) {
    this->judge_head_(parts);
  } else {
    this->note_(Error::CERTIFICATE_MALFORMED);
    this->judged_ = true;
  }
  if (size > count)
    append(this->engine(), data + count, size - count);
}

void BearsslChain::judge_head_(const Certificate &parts) {
  this->judged_ = true;
  // What comes after the one that an anchor has signed is of no interest.
  const bool is_relied_on = !this->looks_at_chain_ || this->minimal_context_.err == 0;
  if (this->is_leaf_) {
    this->note_(this->judge_.check_leaf(parts));
    this->keep_leaf_(parts);
  } else if (this->verifies_() && is_relied_on) {
    this->note_(this->judge_.check_dates(parts));
  }
  if (!this->verifies_())
    return;
  this->set_time_(parts);
  this->set_anchor_(parts);
  (*this->minimal_())->append(this->minimal_(), this->head_, this->head_size_);
}

void BearsslChain::set_time_(const Certificate &parts) {
  // BearSSL's comparison always passes: the one that counts has been made.
  br_x509_minimal_set_time(&this->minimal_context_,
                           static_cast<uint32_t>(parts.not_before / SECONDS_PER_DAY) + DAYS_TO_1970,
                           static_cast<uint32_t>(parts.not_before % SECONDS_PER_DAY));
}

void BearsslChain::set_anchor_(const Certificate &parts) {
  const size_t size = this->judge_.trust().anchors.find(parts.issuer, this->anchor_key_, sizeof(this->anchor_key_));
  // Without one, a name that no certificate has.
  this->anchor_.dn = {unconst(this->head_), 0};
  this->anchor_.flags = BR_X509_TA_CA;
  if (size != 0 && make_key({this->anchor_key_, size}, this->anchor_.pkey))
    this->anchor_.dn = {unconst(parts.issuer.data), parts.issuer.size};
}

void BearsslChain::keep_leaf_(const Certificate &parts) {
  if (this->wants_whole_() && this->judge_.trust().verify && !is_for_host(parts, this->host_))
    this->note_(Error::CERTIFICATE_WRONG_NAME);
  const ByteView info = parts.public_key;
  if (info.size > sizeof(this->leaf_key_bytes_))
    return this->note_(Error::CERTIFICATE_MALFORMED);
  std::memcpy(this->leaf_key_bytes_, info.data, info.size);
  if (!make_key({this->leaf_key_bytes_, info.size}, this->leaf_key_))
    this->note_(Error::CERTIFICATE_MALFORMED);
}

void BearsslChain::end_certificate(const br_x509_class **context) {
  BearsslChain &self = of(context);
  Certificate parts;
  if (!self.judged_) {
    if (self.wants_whole_() && read_certificate({self.head_, self.head_size_}, parts) == Error::NONE) {
      self.judge_head_(parts);
    } else {
      self.note_(Error::CERTIFICATE_MALFORMED);
    }
  }
  if (self.verifies_())
    (*self.minimal_())->end_cert(self.minimal_());
  self.is_leaf_ = false;
}

Error BearsslChain::conclude_() {
  if (this->is_leaf_)
    return Error::CERTIFICATE_MALFORMED;  // not one certificate
  if (!this->looks_at_chain_)
    return this->error_;
  switch ((*this->minimal_())->end_chain(this->minimal_())) {
    case 0:
      return this->error_;
    case BR_ERR_X509_BAD_SERVER_NAME:
      return Error::CERTIFICATE_WRONG_NAME;
    default:
      return Error::CERTIFICATE_UNTRUSTED;
  }
}

unsigned BearsslChain::end_chain(const br_x509_class **context) {
  BearsslChain &self = of(context);
  self.error_ = self.conclude_();
  return self.error_ == Error::NONE ? 0 : BR_ERR_X509_NOT_TRUSTED;
}

const br_x509_pkey *BearsslChain::get_key(const br_x509_class *const *context, unsigned *usages) {
  BearsslChain &self = of(context);
  if (self.looks_at_chain_)
    return (*self.minimal_())->get_pkey(self.minimal_(), usages);
  if (usages != nullptr)
    *usages = BR_KEYTYPE_KEYX | BR_KEYTYPE_SIGN;
  return &self.leaf_key_;
}

}  // namespace esphome::oceanremote

#endif  // OCEANREMOTE_TLS_BEARSSL
