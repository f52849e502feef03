#include "messages.h"

#include <new>

namespace esphome::oceanremote {

static bool read_number(CborReader &reader, uint32_t &value, uint32_t max) {
  uint64_t wide;
  if (!reader.read_uint_max(wide, max))
    return false;
  value = static_cast<uint32_t>(wide);
  return true;
}

static bool read_demands(CborReader &reader, bool &any) {
  size_t count;
  if (!reader.read_map(count))
    return false;
  any = count != 0;
  for (size_t i = 0; i < 2 * count; i++) {
    if (!reader.skip())
      return false;
  }
  return true;
}

static bool read_offer(CborReader &reader, UpdateOffer &offer) {
  ByteView digest;
  if (!read_number(reader, offer.update, UINT32_MAX) || !read_number(reader, offer.size, FIRMWARE_MAX) ||
      !reader.read_fixed_bytes(digest, HASH_SIZE) || !read_demands(reader, offer.demands))
    return false;
  offer.digest = digest.data;
  return offer.update != 0 && offer.size != 0;
}

static bool read_chunk(CborReader &reader, UpdateChunk &chunk) {
  return read_number(reader, chunk.offset, FIRMWARE_MAX) && reader.read_bytes(chunk.part) && !chunk.part.empty() &&
         chunk.part.size <= UPDATE_CHUNK_MAX && chunk.offset <= FIRMWARE_MAX - chunk.part.size;
}

bool read_update_message(CborReader &reader, HubMessage &out) {
  if (out.type == MessageType::OFFER_UPDATE)
    return read_offer(reader, *new (&out.update_offer) UpdateOffer);
  if (out.type == MessageType::UPDATE_CHUNK)
    return read_chunk(reader, *new (&out.update_chunk) UpdateChunk);
  return read_number(reader, out.update, UINT32_MAX) && out.update != 0;
}

void write_update_facts(CborWriter &writer, const UpdateFacts &facts) {
  writer.write_map(3 + (facts.takes_gzip ? 1 : 0) + (facts.falls_back ? 1 : 0));
  writer.write_uint(1);
  writer.write_text(facts.chip, FACT_TEXT_MAX);
  writer.write_uint(2);
  writer.write_text(facts.build, FACT_TEXT_MAX);
  writer.write_uint(3);
  writer.write_uint(facts.chunk);
  if (facts.takes_gzip) {
    writer.write_uint(4);
    writer.write_bool(true);
  }
  if (facts.falls_back) {
    writer.write_uint(5);
    writer.write_bool(true);
  }
}

void write_update_position(CborWriter &writer, uint32_t update, uint32_t offset) {
  write_type(writer, MessageType::UPDATE_POSITION, 3);
  writer.write_uint(update);
  writer.write_uint(offset);
}

void write_update_outcome(CborWriter &writer, uint32_t update, UpdateStatus status, UpdateFailure failure) {
  write_type(writer, MessageType::UPDATE_OUTCOME, 4);
  writer.write_uint(update);
  writer.write_uint(static_cast<uint8_t>(status));
  writer.write_uint(static_cast<uint8_t>(failure));
}

}  // namespace esphome::oceanremote
