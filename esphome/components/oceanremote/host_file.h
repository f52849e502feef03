#pragma once
#include "esphome/core/defines.h"
#ifdef USE_HOST

#include <string>

#include "esphome/components/oceanremote_core/bytes.h"
#include "esphome/components/oceanremote_core/errors.h"

namespace esphome::oceanremote {

// Files of a program on Linux that a power cut leaves as they were before a write or as they are after it.

/// `<the folder of ESPHome's preferences>/<name of the node><suffix>`; empty without ESPHOME_PREFDIR and HOME, or when
/// the folder cannot be made.
[[nodiscard]] std::string host_file_path(const char *suffix);
/// RECORD_EMPTY without such a file, RECORD_DAMAGED when it ends too early, STORE_FAILED when it cannot be read:
/// another time it may be.
[[nodiscard]] Error read_host_file(const std::string &path, uint8_t *out, size_t size);
/// A temporary file, fsync, rename, fsync of the folder; readable by its owner only. STORE_FAILED.
[[nodiscard]] Error write_host_file(const std::string &path, ByteView data);

}  // namespace esphome::oceanremote

#endif  // USE_HOST
