#pragma once
// Looks up one host name without blocking: lwIP's own lookup on boards, a worker thread on host, where the only
// portable lookup blocks.

#include "esphome/core/defines.h"
#include "esphome/components/socket/socket.h"

#ifdef USE_HOST
#include <memory>
#else
#include "esphome/components/socket/ipv4_resolve.h"
#endif

namespace esphome::oceanremote {

enum class LookupState : uint8_t { IDLE, RUNNING, FOUND, FAILED };

#ifdef USE_HOST

struct HostLookup;

class Resolver {
 public:
  Resolver();
  ~Resolver();
  /// host must live until the lookup ends, however late.
  void start(const char *host);
  [[nodiscard]] LookupState poll();
  /// 0 unless FOUND.
  [[nodiscard]] socklen_t address(sockaddr_storage &out, uint16_t port) const;

 protected:
  // Shared with the worker, which may outlive an abandoned lookup.
  std::shared_ptr<HostLookup> lookup_;
};

#else

/// One for each host name: a late answer then never lands in another name's lookup.
class Resolver {
 public:
  void start(const char *host);
  [[nodiscard]] LookupState poll();
  [[nodiscard]] socklen_t address(sockaddr_storage &out, uint16_t port) const;

 protected:
  socket::Ipv4Resolve lookup_;
};

#endif

}  // namespace esphome::oceanremote
