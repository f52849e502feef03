#pragma once
// Looks up the IPv4 and the IPv6 address of one host name without blocking: lwIP's own look-up on boards, a worker
// thread on host, where the only portable one blocks.

#include <cstdint>

#include "esphome/core/defines.h"

#include "esphome/components/oceanremote_core/family_order.h"
#include "esphome/components/oceanremote_core/ip_address.h"

#ifdef USE_HOST
#include <memory>
#else
#include "lwip/dns.h"
#endif

// A Linux machine has IPv6 or not, whatever its program's YAML says.
#if defined(USE_HOST) || USE_NETWORK_IPV6
#define OCEANREMOTE_IPV6
#endif

namespace esphome::oceanremote {

#ifdef USE_HOST

struct HostLookup;

class Resolver {
 public:
  Resolver();
  ~Resolver();
  void start(const char *host);
  [[nodiscard]] LookupStates states() const;
  /// What was found; only while its state is FOUND.
  [[nodiscard]] IpAddress address(Family family) const;

 protected:
  // Shared with the worker, which may outlive an abandoned look-up.
  std::shared_ptr<HostLookup> lookup_;
};

#else

/// lwIP gives up long before; a look-up that it has forgotten is begun again.
inline constexpr uint32_t LOOKUP_LOST_MS = 60000;

/// One address of a host. lwIP calls back with its lock held, so every member is used under LwIPLock.
class FamilyLookup {
 public:
  explicit FamilyLookup(Family family) : family_(family) {}
  void start(const char *host);
  [[nodiscard]] LookupState state() const;
  [[nodiscard]] IpAddress address() const;

 protected:
  static void on_answer(const char *name, const ip_addr_t *address, void *arg);
  void take_(const ip_addr_t *address);

  uint32_t started_ms_{0};
  IpAddress address_;
  Family family_;
  LookupState state_{LookupState::IDLE};
};

/// One for each host name: a late answer then never lands in another name's look-up.
class Resolver {
 public:
  void start(const char *host);
  [[nodiscard]] LookupStates states() const;
  /// What was found; only while its state is FOUND.
  [[nodiscard]] IpAddress address(Family family) const;

 protected:
  FamilyLookup ipv4_{Family::IPV4};
#ifdef OCEANREMOTE_IPV6
  FamilyLookup ipv6_{Family::IPV6};
  bool prefers_ipv6_{false};
#endif
};

#endif

}  // namespace esphome::oceanremote
