#pragma once
// Why a connection could not be made, in words that say where to look.

#include <cerrno>

#include "esphome/core/log.h"

namespace esphome::oceanremote {

/// cause: errno, or what the socket says. Static storage.
[[nodiscard]] inline const LogString *connect_failure(int cause) {
  switch (cause) {
    case ECONNREFUSED:
      return LOG_STR("connection refused");
    case EHOSTUNREACH:
    case ENETUNREACH:
      return LOG_STR("host unreachable");
    case ETIMEDOUT:
      return LOG_STR("no answer");
    case ENOMEM:
    case ENOBUFS:
    case EMFILE:
    case ENFILE:
    case EAGAIN:
    case EADDRINUSE:
      return LOG_STR("out of memory or sockets");
    case ECONNRESET:
    case ECONNABORTED:
      return LOG_STR("connection lost");
    default:
      return LOG_STR("connection failed");
  }
}

}  // namespace esphome::oceanremote
