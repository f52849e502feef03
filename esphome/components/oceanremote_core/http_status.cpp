#include "http_status.h"

namespace esphome::oceanremote {

const LogString *http_status_text(uint16_t status) {
  switch (status) {
    case 200:
      return FLASH_TEXT("HTTP status 200 (a web page, no hub)");
    case 301:
      return FLASH_TEXT("HTTP status 301 (moved to another address, maybe https)");
    case 302:
      return FLASH_TEXT("HTTP status 302 (sent to another address, maybe a login page)");
    case 307:
      return FLASH_TEXT("HTTP status 307 (sent to another address, maybe https)");
    case 308:
      return FLASH_TEXT("HTTP status 308 (moved to another address, maybe https)");
    case 400:
      return FLASH_TEXT("HTTP status 400 (is the proxy in trusted_proxies?)");
    case 401:
      return FLASH_TEXT("HTTP status 401 (something before the hub wants a login)");
    case 403:
      return FLASH_TEXT("HTTP status 403 (address banned, or TLS is required)");
    case 404:
      return FLASH_TEXT("HTTP status 404 (Home Assistant is starting, or wrong address)");
    case 426:
      return FLASH_TEXT("HTTP status 426 (a proxy drops the Upgrade header)");
    case 429:
      return FLASH_TEXT("HTTP status 429 (too many attempts from this address)");
    case 502:
      return FLASH_TEXT("HTTP status 502 (the proxy does not reach Home Assistant)");
    case 503:
      return FLASH_TEXT("HTTP status 503 (Home Assistant is starting, or full)");
    case 504:
      return FLASH_TEXT("HTTP status 504 (the proxy hears nothing of Home Assistant)");
    default:
      return nullptr;
  }
}

}  // namespace esphome::oceanremote
