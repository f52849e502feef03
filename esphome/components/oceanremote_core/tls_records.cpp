#include "tls_records.h"

namespace esphome::oceanremote {

static constexpr uint8_t FIRST_TYPE = 20;
static constexpr uint8_t ALERT_TYPE = 21;
static constexpr uint8_t LAST_TYPE = 23;
static constexpr uint8_t MAJOR_VERSION = 3;

Error TlsRecords::take_header_() {
  const uint8_t type = this->header_[0];
  if (std::memcmp(this->header_, "HTTP/", sizeof(this->header_)) == 0)
    return Error::TLS_PLAIN_HTTP;
  if (type < FIRST_TYPE || type > LAST_TYPE || this->header_[1] != MAJOR_VERSION)
    return Error::TLS_ABSENT;
  this->left_ = load_be16(this->header_ + 3);
  this->header_size_ = 0;
  // An encrypted one is longer.
  this->is_alert_ = type == ALERT_TYPE && this->left_ == 2;
  return Error::NONE;
}

Error TlsRecords::take(ByteView bytes) {
  for (size_t i = 0; i < bytes.size; i++) {
    if (this->left_ == 0) {
      this->header_[this->header_size_++] = bytes.data[i];
      const Error error = this->header_size_ == sizeof(this->header_) ? this->take_header_() : Error::NONE;
      if (error != Error::NONE)
        return error;
      continue;
    }
    const size_t here = bytes.size - i < this->left_ ? bytes.size - i : this->left_;
    i += here - 1;
    this->left_ = static_cast<uint16_t>(this->left_ - here);
    if (this->is_alert_ && this->left_ == 0)
      this->alert_ = bytes.data[i];
  }
  return Error::NONE;
}

const LogString *tls_alert_text(uint8_t alert) {
  switch (alert) {
    case 40:
      return FLASH_TEXT("TLS refused by the server: no TLS version, cipher or certificate in common");
    case 42:
    case 43:
    case 44:
    case 45:
    case 46:
    case 116:
      return FLASH_TEXT("TLS refused by the server: it wants a certificate of this device");
    case 70:
      return FLASH_TEXT("TLS refused by the server: no TLS version in common");
    case 71:
      return FLASH_TEXT("TLS refused by the server: it finds the ciphers too weak");
    case 80:
      return FLASH_TEXT("TLS refused by the server: an error of its own");
    case 112:
      return FLASH_TEXT("TLS refused by the server: it does not know this host name");
    case 120:
      return FLASH_TEXT("TLS refused by the server: it speaks no HTTP/1.1");
    default:
      return FLASH_TEXT("TLS refused by the server");
  }
}

}  // namespace esphome::oceanremote
