// Whatever lies in flash: a record that decodes is the one that would be written again, and two sectors of anything
// take a record and give it back.

#include <algorithm>
#include <cstdlib>

#include "credentials.h"
#include "support/cut_flash.h"

using namespace esphome::oceanremote;           // NOLINT(google-build-using-namespace)
using namespace esphome::oceanremote::testing;  // NOLINT(google-build-using-namespace)

static void require(bool sound) {
  if (!sound)
    std::abort();
}

/// The checksum is put right, or nothing would get past it.
template<size_t N> static void seal(Secret<N> &record) {
  uint32_t crc = 0xFFFFFFFF;
  for (size_t i = 0; i < N - 4; i++) {
    crc ^= record.data()[i];
    for (int bit = 0; bit < 8; bit++)
      crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320U : crc >> 1;
  }
  store_be32(record.data() + N - 4, ~crc);
}

static void read_record(const Record &record) {
  Identity identity;
  if (decode_record(record, identity) != Error::NONE)
    return;
  Record again;
  encode_record(identity, again);
  require(equal_secret(again.data(), record.data(), RECORD_SIZE));
  CompactRecord compact;
  if (compact_record(record, compact) != Error::NONE)
    return;
  Record expanded;
  expand_record(compact, expanded);
  require(decode_record(expanded, identity) == Error::NONE);
}

static void read_sectors(const uint8_t *data, size_t size) {
  CutFlash flash;
  const size_t half = size / 2;
  std::copy_n(data, half, reinterpret_cast<uint8_t *>(flash.sectors[0].data()));
  std::copy_n(data + half, size - half, reinterpret_cast<uint8_t *>(flash.sectors[1].data()));
  SectorJournal journal(flash);
  Record record, back;
  (void) journal.load(record.data(), RECORD_SIZE);
  std::copy_n(data, std::min(size, RECORD_SIZE), record.data());
  alignas(4) uint8_t image[JOURNAL_HEAD_SIZE + RECORD_SIZE];
  std::copy_n(record.data(), RECORD_SIZE, image + JOURNAL_HEAD_SIZE);
  require(journal.save(image, RECORD_SIZE) == Error::NONE);
  require(journal.load(back.data(), RECORD_SIZE) == Error::NONE);
  require(equal_secret(back.data(), record.data(), RECORD_SIZE));
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  Record record;
  std::copy_n(data, std::min(size, RECORD_SIZE), record.data());
  read_record(record);
  seal(record);
  read_record(record);
  CompactRecord compact;
  std::copy_n(data, std::min(size, COMPACT_RECORD_SIZE), compact.data());
  expand_record(compact, record);
  read_record(record);
  seal(compact);
  expand_record(compact, record);
  read_record(record);
  read_sectors(data, size);
  return 0;
}
