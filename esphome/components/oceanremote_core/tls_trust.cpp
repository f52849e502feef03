#include "tls_trust.h"

#ifdef USE_ESP8266
#include <pgmspace.h>
#endif

namespace esphome::oceanremote {

namespace {

uint8_t flash_byte(const uint8_t *flash) {
#ifdef USE_ESP8266
  return pgm_read_byte(flash);
#else
  return *flash;
#endif
}

bool equal_flash(const uint8_t *flash, ByteView bytes) {
  for (size_t i = 0; i < bytes.size; i++) {
    if (flash_byte(flash + i) != bytes.data[i])
      return false;
  }
  return true;
}

}  // namespace

size_t Anchors::size_at_(size_t at) const {
  return (static_cast<size_t>(flash_byte(this->flash_ + at)) << 8) | flash_byte(this->flash_ + at + 1);
}

bool Anchors::matches_(size_t at, ByteView subject) const {
  return this->size_at_(at) == subject.size && equal_flash(this->flash_ + at + 2, subject);
}

size_t Anchors::find(ByteView subject, uint8_t *out, size_t capacity) const {
  for (size_t at = 0; at + 2 < this->size_;) {
    const size_t proof = at + 2 + this->size_at_(at);
    const size_t size = this->size_at_(proof);
    if (size <= capacity && this->matches_(at, subject)) {
      for (size_t i = 0; i < size; i++)
        out[i] = flash_byte(this->flash_ + proof + 2 + i);
      return size;
    }
    at = proof + 2 + size;
  }
  return 0;
}

Error TlsClock::check(const Certificate &certificate) const {
  uint64_t at_least = this->lower_bound_s_;
  if (this->is_set_()) {
    const uint64_t now_s = this->heard_s_ + (this->now_ms_ - this->heard_at_ms_) / 1000;
    if (now_s + CLOCK_SLACK_S < certificate.not_before)
      return Error::CERTIFICATE_NOT_YET_VALID;
    // The hub's own clock may be right where the build's was wrong.
    at_least = now_s;
  }
  return at_least > certificate.not_after ? Error::CERTIFICATE_EXPIRED : Error::NONE;
}

Error TlsJudge::check_dates(const Certificate &certificate) const {
  return this->trust_.verify ? this->clock_.check(certificate) : Error::NONE;
}

Error TlsJudge::check_leaf(const Certificate &leaf) const {
  if (!this->trust_.verify || this->trust_.pin_count == 0)
    return this->check_dates(leaf);
  uint8_t digest[PIN_SIZE];
  Sha256 sha;
  sha.update(leaf.public_key);
  sha.finish(digest);
  for (uint8_t i = 0; i < this->trust_.pin_count; i++) {
    if (equal_flash(this->trust_.pins + i * PIN_SIZE, digest))
      return this->check_dates(leaf);
  }
  return Error::CERTIFICATE_WRONG_PIN;
}

}  // namespace esphome::oceanremote
