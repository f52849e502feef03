#pragma once
// A record in two flash sectors that are written in turn, so that a power cut at any moment leaves the old record or
// the new one.
//
// A sector begins with: magic u16, size of the record u16, sequence u32, checksum u32 over these and the record; then
// comes the record. Of two that are valid the later sequence counts. A write erases the other sector, writes it whole
// and reads it back: what counts is never touched.

#include "errors.h"

#include "bytes.h"

namespace esphome::oceanremote {

inline constexpr size_t SECTOR_SIZE = 4096;
inline constexpr size_t JOURNAL_HEAD_SIZE = 12;
inline constexpr size_t JOURNAL_RECORD_MAX = 748;

/// Two sectors of a flash, 0 and 1. Calls block; each is false when it failed.
class SectorFlash {
 public:
  virtual ~SectorFlash() = default;
  [[nodiscard]] virtual bool erase(uint8_t sector) = 0;
  // Below, sizes and offsets are multiples of four, and buffers are aligned to four bytes.
  /// Into an erased sector, from its start.
  [[nodiscard]] virtual bool write(uint8_t sector, const uint8_t *data, size_t size) = 0;
  [[nodiscard]] virtual bool read(uint8_t sector, size_t offset, uint8_t *out, size_t size) = 0;
};

class SectorJournal {
 public:
  explicit SectorJournal(SectorFlash &flash) : flash_(flash) {}

  /// RECORD_EMPTY: there has never been one. RECORD_DAMAGED: there is none that can be read. RECORD_VERSION: it has
  /// another size. STORE_FAILED: the flash cannot be read.
  [[nodiscard]] Error load(uint8_t *record, size_t size) const;
  /// Returns when the record is in the flash and has been read back. size: a multiple of four, at most
  /// JOURNAL_RECORD_MAX. STORE_FAILED: load() finds the record from before, or this one.
  /// image: room for JOURNAL_HEAD_SIZE bytes, aligned to four, and then the record.
  [[nodiscard]] Error save(uint8_t *image, size_t size);

 protected:
  enum class Content : uint8_t { NOTHING, DAMAGED, RECORD };
  struct Found {
    Content content{Content::NOTHING};
    uint16_t size{0};
    uint32_t sequence{0};
  };

  [[nodiscard]] bool examine_(uint8_t sector, Found &found) const;
  [[nodiscard]] bool find_(Found found[2], uint8_t &newest) const;
  [[nodiscard]] bool checksum_fits_(uint8_t sector, const uint8_t *head, size_t size) const;
  [[nodiscard]] bool holds_(uint8_t sector, const uint8_t *data, size_t size) const;

  SectorFlash &flash_;
};

}  // namespace esphome::oceanremote
