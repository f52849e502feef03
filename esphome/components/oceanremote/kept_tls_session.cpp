#include "kept_tls_session.h"
#ifdef OCEANREMOTE_KEEPS_TLS_SESSION

#ifdef USE_ESP32
#include <esp_attr.h>
#endif
#ifndef RTC_NOINIT_ATTR
#define RTC_NOINIT_ATTR
#endif

namespace esphome::oceanremote {

#ifdef USE_ESP8266
static KeptRecord<KEPT_TLS_SESSION_MAX> session_record;  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)

static constexpr uint32_t TYPE = 0x6F720003;  // any fixed number does; it never changes

void KeptTlsSession::load_() {
  if (this->loaded_)
    return;
  this->loaded_ = true;
  this->slot_ = global_preferences->make_preference<decltype(session_record)>(TYPE, false);
  if (!this->slot_.load(&session_record))
    session_record.clear();
}

void KeptTlsSession::save_() { (void) this->slot_.save(&session_record); }
#else
// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables)
static RTC_NOINIT_ATTR KeptRecord<KEPT_TLS_SESSION_MAX> session_record;
#endif

ByteView KeptTlsSession::kept(uint64_t owner) {
  this->load_();
  return session_record.get(owner);
}

uint8_t *KeptTlsSession::room() { return session_record.room(); }

void KeptTlsSession::keep(uint64_t owner, size_t size) {
  session_record.seal(owner, size);
  this->save_();
}

void KeptTlsSession::forget() {
  session_record.clear();
  this->save_();
}

}  // namespace esphome::oceanremote

#endif  // OCEANREMOTE_KEEPS_TLS_SESSION
