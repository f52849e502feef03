#include "resolver.h"
#ifndef USE_HOST

#include <algorithm>

#include "esphome/core/hal.h"
#include "esphome/core/helpers.h"

#ifdef OCEANREMOTE_IPV6
#include "lwip/netif.h"
#endif

namespace esphome::oceanremote {

static uint8_t addrtype_of(Family family) {
  return family == Family::IPV4 ? LWIP_DNS_ADDRTYPE_IPV4 : LWIP_DNS_ADDRTYPE_IPV6;
}

static void copy_ipv4(const ip4_addr_t *address, IpAddress &out) {
  const uint32_t word = ip4_addr_get_u32(address);
  out.family = Family::IPV4;
  std::copy_n(reinterpret_cast<const uint8_t *>(&word), sizeof(word), out.bytes);
}

#ifdef OCEANREMOTE_IPV6
static void copy_ipv6(const ip6_addr_t *address, IpAddress &out) {
  out.family = Family::IPV6;
  std::copy_n(reinterpret_cast<const uint8_t *>(address->addr), sizeof(out.bytes), out.bytes);
}

/// Of all interfaces, for none is known to be the one to the hub.
static bool network_prefers_ipv6() {
  OwnAddresses own;
  const LwIPLock lock;
  struct netif *netif;
  NETIF_FOREACH(netif) {
    if (!netif_is_up(netif) || !netif_is_link_up(netif))
      continue;
    IpAddress address;
    copy_ipv4(netif_ip4_addr(netif), address);
    own.add(address);
    for (int8_t i = 0; i < LWIP_IPV6_NUM_ADDRESSES; i++) {
      if (!ip6_addr_isvalid(netif_ip6_addr_state(netif, i)))
        continue;
      copy_ipv6(netif_ip6_addr(netif, i), address);
      own.add(address);
    }
  }
  return own.prefers_ipv6();
}
#endif

void FamilyLookup::start(const char *host) {
  const uint32_t now_ms = millis();
  const LwIPLock lock;
  if (this->state_ == LookupState::RUNNING && now_ms - this->started_ms_ < LOOKUP_LOST_MS)
    return;
  this->started_ms_ = now_ms;
  this->state_ = LookupState::RUNNING;
  ip_addr_t known;
  const err_t error =
      dns_gethostbyname_addrtype(host, &known, &FamilyLookup::on_answer, this, addrtype_of(this->family_));
  if (error != ERR_INPROGRESS)
    this->take_(error == ERR_OK ? &known : nullptr);
}

void FamilyLookup::on_answer(const char * /*name*/, const ip_addr_t *address, void *arg) {
  static_cast<FamilyLookup *>(arg)->take_(address);
}

void FamilyLookup::take_(const ip_addr_t *address) {
  this->state_ = LookupState::FAILED;
  if (address == nullptr)
    return;
  if (this->family_ == Family::IPV4 && IP_IS_V4(address)) {
    copy_ipv4(ip_2_ip4(address), this->address_);
    this->state_ = LookupState::FOUND;
  }
#ifdef OCEANREMOTE_IPV6
  if (this->family_ == Family::IPV6 && IP_IS_V6(address)) {
    copy_ipv6(ip_2_ip6(address), this->address_);
    this->state_ = LookupState::FOUND;
  }
#endif
}

LookupState FamilyLookup::state() const {
  const LwIPLock lock;
  return this->state_;
}

IpAddress FamilyLookup::address() const {
  const LwIPLock lock;
  return this->address_;
}

void Resolver::start(const char *host) {
  this->ipv4_.start(host);
#ifdef OCEANREMOTE_IPV6
  this->ipv6_.start(host);
  this->prefers_ipv6_ = network_prefers_ipv6();
#endif
}

#ifdef OCEANREMOTE_IPV6
LookupStates Resolver::states() const { return {this->ipv4_.state(), this->ipv6_.state(), this->prefers_ipv6_}; }

IpAddress Resolver::address(Family family) const {
  return family == Family::IPV4 ? this->ipv4_.address() : this->ipv6_.address();
}
#else
LookupStates Resolver::states() const { return {this->ipv4_.state(), LookupState::FAILED, false}; }

IpAddress Resolver::address(Family /*family*/) const { return this->ipv4_.address(); }
#endif

}  // namespace esphome::oceanremote

#endif  // !USE_HOST
