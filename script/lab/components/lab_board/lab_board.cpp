#ifdef USE_HOST

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "esphome/components/oceanremote/client.h"
#include "esphome/core/application.h"

using esphome::Application;
using esphome::oceanremote::Client;

namespace {

constexpr size_t KEY_SIZE = 32;
constexpr size_t ADDRESS_MAX = 80;

// What the generated code would have compiled in; it lives as long as the program.
struct Enrolment {
  Client *client;
  uint8_t hub_key[KEY_SIZE];
  uint8_t token[KEY_SIZE];
  char address[ADDRESS_MAX];
  char host[ADDRESS_MAX];
};
Enrolment enrolment{};  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)

// A board with half of a thing would be another board: rather none.
void read_key(const char *name, uint8_t *out) {
  const char *text = std::getenv(name);
  if (text == nullptr || std::strlen(text) != 2 * KEY_SIZE)
    std::abort();
  for (size_t i = 0; i < KEY_SIZE; i++) {
    if (std::sscanf(text + 2 * i, "%2hhx", &out[i]) != 1)
      std::abort();
  }
}

}  // namespace

// The names are the linker's (--wrap), for get_mac_address_raw(uint8_t *), for
// Client::add_address(...) and for Application::setup().
// NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming)
extern "C" {
void __real__ZN7esphome19get_mac_address_rawEPh(uint8_t *mac);
void __wrap__ZN7esphome19get_mac_address_rawEPh(uint8_t *mac);
void __real__ZN7esphome11oceanremote6Client11add_addressEPKctS3_S3_b(Client *client, const char *host, uint16_t port,
                                                                     const char *authority, const char *path,
                                                                     bool secure);
void __wrap__ZN7esphome11oceanremote6Client11add_addressEPKctS3_S3_b(Client *client, const char *host, uint16_t port,
                                                                     const char *authority, const char *path,
                                                                     bool secure);
void __real__ZN7esphome11Application5setupEv(Application *application);
void __wrap__ZN7esphome11Application5setupEv(Application *application);
}

void __wrap__ZN7esphome19get_mac_address_rawEPh(uint8_t *mac) {
  const char *text = std::getenv("OCEANREMOTE_LAB_MAC");
  if (text == nullptr) {
    __real__ZN7esphome19get_mac_address_rawEPh(mac);
    return;
  }
  if (std::sscanf(text, "%2hhx:%2hhx:%2hhx:%2hhx:%2hhx:%2hhx", &mac[0], &mac[1], &mac[2], &mac[3], &mac[4], &mac[5]) !=
      6)
    std::abort();
}

void __wrap__ZN7esphome11oceanremote6Client11add_addressEPKctS3_S3_b(Client *client, const char *host, uint16_t port,
                                                                     const char *authority, const char *path,
                                                                     bool secure) {
  if (const char *address = std::getenv("OCEANREMOTE_LAB_ADDRESS")) {
    const char *colon = std::strrchr(address, ':');
    if (colon == nullptr || std::strlen(address) >= ADDRESS_MAX || std::sscanf(colon + 1, "%hu", &port) != 1)
      std::abort();
    std::strcpy(enrolment.address, address);  // NOLINT(clang-analyzer-security.insecureAPI.strcpy)
    std::memcpy(enrolment.host, address, colon - address);
    enrolment.client = client;
    host = enrolment.host;
    authority = enrolment.address;
  }
  __real__ZN7esphome11oceanremote6Client11add_addressEPKctS3_S3_b(client, host, port, authority, path, secure);
}

// The generated code has said all that it has to say.
void __wrap__ZN7esphome11Application5setupEv(Application *application) {
  if (enrolment.client != nullptr) {
    read_key("OCEANREMOTE_LAB_HUB_KEY", enrolment.hub_key);
    read_key("OCEANREMOTE_LAB_TOKEN", enrolment.token);
    enrolment.client->set_hub_key(enrolment.hub_key);
    enrolment.client->set_registration_token(enrolment.token);
  }
  __real__ZN7esphome11Application5setupEv(application);
}
// NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming)

#endif  // USE_HOST
