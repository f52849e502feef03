#pragma once
// A connection that carries bytes. Nothing blocks: everything moves in poll(), read() and write().

#include <cstddef>
#include <cstdint>
#include <sys/types.h>

#include "errors.h"

namespace esphome::oceanremote {

/// One entry of the YAML's `urls`; static storage from code generation.
struct HubAddress {
  const char *host{nullptr};
  const char *authority{nullptr};  ///< host and port as the Host header has them
  const char *path{nullptr};
  uint16_t port{0};
  bool secure{false};  ///< TLS
};

class Stream {
 public:
  enum class State : uint8_t { CLOSED, OPENING, OPEN, FAILED };

  virtual ~Stream() = default;
  /// Starts to look up and connect; anything open before is closed. The address must outlive the attempt.
  virtual void open(size_t index, const HubAddress &address) = 0;
  /// Moves the opening on.
  [[nodiscard]] virtual State poll() = 0;
  /// Bytes read; 0 when there are none now; -1 when the connection is over.
  [[nodiscard]] virtual ssize_t read(uint8_t *out, size_t size) = 0;
  /// Bytes taken; 0 when none can be taken now; -1 when the connection is over.
  [[nodiscard]] virtual ssize_t write(const uint8_t *data, size_t size) = 0;
  virtual void close() = 0;
  /// Why the state is FAILED; static storage.
  [[nodiscard]] virtual const LogString *failure() const = 0;
};

}  // namespace esphome::oceanremote
