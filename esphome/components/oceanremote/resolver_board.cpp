#include "resolver.h"
#ifndef USE_HOST

namespace esphome::oceanremote {

static const char *const TAG = "oceanremote.dns";

void Resolver::start(const char *host) {
  // An answer of an earlier attempt may be old by now.
  this->lookup_.forget();
  this->lookup_.start(host, 0, TAG);
}

LookupState Resolver::poll() {
  if (this->lookup_.ready())
    return LookupState::FOUND;
  return this->lookup_.consume_failure() ? LookupState::FAILED : LookupState::RUNNING;
}

socklen_t Resolver::address(sockaddr_storage &out, uint16_t port) const {
  return this->lookup_.to_sockaddr(reinterpret_cast<sockaddr *>(&out), sizeof(out), port);
}

}  // namespace esphome::oceanremote

#endif  // !USE_HOST
