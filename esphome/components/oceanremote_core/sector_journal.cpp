#include "sector_journal.h"

#include "crc32.h"
#include "crypto.h"

namespace esphome::oceanremote {

static constexpr uint16_t MAGIC = 0x4F4A;  // "OJ"
static constexpr size_t AT_SIZE = 2;
static constexpr size_t AT_SEQUENCE = 4;
static constexpr size_t AT_CHECKSUM = 8;
static_assert(AT_CHECKSUM + 4 == JOURNAL_HEAD_SIZE, "layout of a sector");

/// What is read at once; secret, as the record is.
static constexpr size_t CHUNK_SIZE = 64;
class alignas(4) Chunk : public Secret<CHUNK_SIZE> {};

static size_t chunk_of(size_t size) { return size < CHUNK_SIZE ? size : CHUNK_SIZE; }

static uint32_t checksum_of_head(const uint8_t *head) { return crc32({head, AT_CHECKSUM}); }

bool SectorJournal::checksum_fits_(uint8_t sector, const uint8_t *head, size_t size) const {
  uint32_t checksum = checksum_of_head(head);
  Chunk chunk;
  for (size_t at = 0; at < size; at += CHUNK_SIZE) {
    const size_t part = chunk_of(size - at);
    if (!this->flash_.read(sector, JOURNAL_HEAD_SIZE + at, chunk.data(), part))
      return false;
    checksum = crc32({chunk.data(), part}, checksum);
  }
  return checksum == load_be32(head + AT_CHECKSUM);
}

/// False: the flash cannot be read.
bool SectorJournal::examine_(uint8_t sector, Found &found) const {
  alignas(4) uint8_t head[JOURNAL_HEAD_SIZE];
  if (!this->flash_.read(sector, 0, head, sizeof(head)))
    return false;
  if (load_be16(head) != MAGIC)
    return true;
  found.size = load_be16(head + AT_SIZE);
  found.sequence = load_be32(head + AT_SEQUENCE);
  const bool fits = found.size % 4 == 0 && found.size <= SECTOR_SIZE - JOURNAL_HEAD_SIZE;
  found.content = fits && this->checksum_fits_(sector, head, found.size) ? Content::RECORD : Content::DAMAGED;
  return true;
}

/// newest is 0 where neither sector has a record.
bool SectorJournal::find_(Found found[2], uint8_t &newest) const {
  if (!this->examine_(0, found[0]) || !this->examine_(1, found[1]))
    return false;
  const bool both = found[0].content == Content::RECORD && found[1].content == Content::RECORD;
  const bool is_later = static_cast<int32_t>(found[1].sequence - found[0].sequence) > 0;
  newest = both ? is_later : found[1].content == Content::RECORD;
  return true;
}

Error SectorJournal::load(uint8_t *record, size_t size) const {
  Found found[2];
  uint8_t newest;
  if (!this->find_(found, newest))
    return Error::STORE_FAILED;
  if (found[newest].content != Content::RECORD) {
    const bool empty = found[0].content == Content::NOTHING && found[1].content == Content::NOTHING;
    return empty ? Error::RECORD_EMPTY : Error::RECORD_DAMAGED;
  }
  if (found[newest].size != size)
    return Error::RECORD_VERSION;
  Chunk chunk;
  for (size_t at = 0; at < size; at += CHUNK_SIZE) {
    const size_t part = chunk_of(size - at);
    if (!this->flash_.read(newest, JOURNAL_HEAD_SIZE + at, chunk.data(), part))
      return Error::STORE_FAILED;
    std::memcpy(record + at, chunk.data(), part);
  }
  return Error::NONE;
}

bool SectorJournal::holds_(uint8_t sector, const uint8_t *data, size_t size) const {
  Chunk chunk;
  for (size_t at = 0; at < size; at += CHUNK_SIZE) {
    const size_t part = chunk_of(size - at);
    if (!this->flash_.read(sector, at, chunk.data(), part) || !equal_secret(chunk.data(), data + at, part))
      return false;
  }
  return true;
}

Error SectorJournal::save(uint8_t *image, size_t size) {
  Found found[2];
  uint8_t newest;
  if (size > JOURNAL_RECORD_MAX || size % 4 != 0 || !this->find_(found, newest))
    return Error::STORE_FAILED;
  const bool has_one = found[newest].content == Content::RECORD;
  const auto target = static_cast<uint8_t>(has_one ? 1 - newest : 0);
  store_be16(image, MAGIC);
  store_be16(image + AT_SIZE, static_cast<uint16_t>(size));
  store_be32(image + AT_SEQUENCE, has_one ? found[newest].sequence + 1 : 1);
  store_be32(image + AT_CHECKSUM, crc32({image + JOURNAL_HEAD_SIZE, size}, checksum_of_head(image)));
  const size_t whole = JOURNAL_HEAD_SIZE + size;
  const bool kept =
      this->flash_.erase(target) && this->flash_.write(target, image, whole) && this->holds_(target, image, whole);
  return kept ? Error::NONE : Error::STORE_FAILED;
}

}  // namespace esphome::oceanremote
