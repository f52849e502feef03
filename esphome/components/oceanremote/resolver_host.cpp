#include "resolver.h"
#ifdef USE_HOST

#include <atomic>
#include <netdb.h>
#include <thread>

namespace esphome::oceanremote {

struct HostLookup {
  std::atomic<LookupState> state{LookupState::RUNNING};
  in_addr_t address{0};
};

static void run_lookup(const std::shared_ptr<HostLookup> &lookup, const char *host) {
  addrinfo hints{};
  hints.ai_family = AF_INET;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo *found = nullptr;
  if (::getaddrinfo(host, nullptr, &hints, &found) != 0 || found == nullptr) {
    lookup->state = LookupState::FAILED;
    return;
  }
  lookup->address = reinterpret_cast<const sockaddr_in *>(found->ai_addr)->sin_addr.s_addr;
  ::freeaddrinfo(found);
  lookup->state = LookupState::FOUND;
}

Resolver::Resolver() = default;
Resolver::~Resolver() = default;

void Resolver::start(const char *host) {
  // At most one worker for each name: a lookup that hangs is waited for, not repeated.
  if (this->lookup_ != nullptr && this->lookup_->state == LookupState::RUNNING)
    return;
  this->lookup_ = std::make_shared<HostLookup>();
  std::thread(run_lookup, this->lookup_, host).detach();
}

LookupState Resolver::poll() { return this->lookup_ == nullptr ? LookupState::IDLE : this->lookup_->state.load(); }

socklen_t Resolver::address(sockaddr_storage &out, uint16_t port) const {
  if (this->lookup_ == nullptr || this->lookup_->state != LookupState::FOUND)
    return 0;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = this->lookup_->address;
  memcpy(&out, &address, sizeof(address));
  return sizeof(address);
}

}  // namespace esphome::oceanremote

#endif  // USE_HOST
