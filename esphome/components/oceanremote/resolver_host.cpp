#include "resolver.h"
#ifdef USE_HOST

#include <atomic>
#include <cstring>
#include <netdb.h>
#include <netinet/in.h>
#include <string>
#include <thread>

namespace esphome::oceanremote {

struct HostLookup {
  std::atomic<bool> done{false};
  // Written by the worker until then.
  LookupStates states{LookupState::RUNNING, LookupState::RUNNING, false};
  IpAddress ipv4;
  IpAddress ipv6;
};

/// Takes the first address of a family.
static void take(HostLookup &lookup, const sockaddr *address) {
  if (address->sa_family == AF_INET && lookup.states.ipv4 != LookupState::FOUND) {
    lookup.states.ipv4 = LookupState::FOUND;
    lookup.ipv4.family = Family::IPV4;
    std::memcpy(lookup.ipv4.bytes, &reinterpret_cast<const sockaddr_in *>(address)->sin_addr, 4);
  } else if (address->sa_family == AF_INET6 && lookup.states.ipv6 != LookupState::FOUND) {
    lookup.states.ipv6 = LookupState::FOUND;
    lookup.ipv6.family = Family::IPV6;
    std::memcpy(lookup.ipv6.bytes, &reinterpret_cast<const sockaddr_in6 *>(address)->sin6_addr, 16);
  }
}

/// The text of the host may have changed when this thread is at work.
static void run_lookup(const std::shared_ptr<HostLookup> &lookup, const std::string &host) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo *found = nullptr;
  lookup->states = {LookupState::FAILED, LookupState::FAILED, false};
  if (::getaddrinfo(host.c_str(), nullptr, &hints, &found) == 0 && found != nullptr) {
    // The system sorts by what can be reached from here (RFC 6724).
    lookup->states.prefers_ipv6 = found->ai_family == AF_INET6;
    for (const addrinfo *one = found; one != nullptr; one = one->ai_next)
      take(*lookup, one->ai_addr);
    ::freeaddrinfo(found);
  }
  lookup->done = true;
}

Resolver::Resolver() = default;
Resolver::~Resolver() = default;

void Resolver::start(const char *host) {
  // At most one worker for each name: a look-up that hangs is waited for, not repeated.
  if (this->lookup_ != nullptr && !this->lookup_->done)
    return;
  this->lookup_ = std::make_shared<HostLookup>();
  std::thread(run_lookup, this->lookup_, std::string(host)).detach();
}

LookupStates Resolver::states() const {
  if (this->lookup_ == nullptr)
    return {};
  if (!this->lookup_->done)
    return {LookupState::RUNNING, LookupState::RUNNING, false};
  return this->lookup_->states;
}

IpAddress Resolver::address(Family family) const {
  if (this->lookup_ == nullptr || !this->lookup_->done)
    return {};
  return family == Family::IPV4 ? this->lookup_->ipv4 : this->lookup_->ipv6;
}

}  // namespace esphome::oceanremote

#endif  // USE_HOST
