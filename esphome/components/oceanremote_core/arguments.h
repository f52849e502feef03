#pragma once
// What a command asks of an entity: a map, held to the table of its domain (wire_domains.h) before anybody reads it.

#include <string_view>

#include "bytes.h"
#include "errors.h"

namespace esphome::oceanremote {

enum class ArgumentType : uint8_t {
  BOOLEAN,
  UINT,  ///< within the rule's bounds
  UINT32,
  REAL,      ///< any number; what a float cannot hold saturates
  POSITIVE,  ///< a real number that is not negative
  SHARE,     ///< a real number in 0..1
  RGB,       ///< three shares
  TEXT,      ///< at most max characters
  BYTES,     ///< a text of at most max bytes
  SIGNAL,    ///< marks and spaces, in at most max bytes
};

/// Whether a domain takes these arguments at all; a message with missing, unknown or wrong ones is malformed.
[[nodiscard]] Error check_arguments(uint8_t domain, ByteView arguments);

/// The arguments of one command, which check_arguments() has passed. A get() gives false, and leaves its result as it
/// was, where the command has no such argument.
class Arguments {
 public:
  explicit Arguments(ByteView map) : map_(map) {}

  [[nodiscard]] size_t count() const;
  [[nodiscard]] bool get(uint8_t key, bool &value) const;
  [[nodiscard]] bool get(uint8_t key, uint32_t &value) const;
  [[nodiscard]] bool get(uint8_t key, float &value) const;
  [[nodiscard]] bool get(uint8_t key, float (&rgb)[3]) const;
  /// A signal, as it lies in the message: a varint of the zigzag form for each timing.
  [[nodiscard]] bool get(uint8_t key, ByteView &value) const;
  /// The text lies in the message.
  [[nodiscard]] bool get(uint8_t key, std::string_view &value) const;

 protected:
  ByteView map_;
};

}  // namespace esphome::oceanremote
