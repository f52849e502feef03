// The description, against the Python core's chunks of eight entities.

#include <gtest/gtest.h>

#include "description.h"
#include "support/vectors.h"

namespace esphome::oceanremote::testing {

static std::string_view text_at(const void *context, size_t index) {
  return static_cast<const std::vector<std::string> *>(context)->at(index);
}

static TextList list_of(const std::vector<std::string> &texts) { return {texts.size(), text_at, &texts}; }

/// The name must outlive the descriptor.
static Descriptor switch_with(std::string_view name, uint32_t key = 1) {
  Descriptor descriptor;
  descriptor.address = {4, 0, key};
  descriptor.object_id = name;
  descriptor.name = name;
  return descriptor;
}

TEST(Description, AnEmptyOneIsOneEmptyChunk) {
  uint8_t buffer[16];
  ChunkWriter writer(buffer, sizeof(buffer));
  EXPECT_TRUE(writer.empty());
  DescriptionDigest digest;
  digest.add(writer.finish());
  EXPECT_EQ(to_hex(writer.finish()), to_hex(transcripts().bytes("description.empty_chunk")));
  uint8_t hash[HASH_SIZE], chunks;
  ASSERT_TRUE(digest.finish(hash, chunks));
  EXPECT_EQ(chunks, 1);
  EXPECT_EQ(to_hex(ByteView{hash}), to_hex(transcripts().bytes("description.empty_hash")));
}

TEST(Description, AChunkIsThatOfThePythonCore) {
  const std::vector<std::string> options{"off", "eco", "full"};
  const std::vector<std::string> effects{"Rainbow"};
  Descriptor mode;
  mode.address = {7, 0, 5};
  mode.object_id = "mode";
  mode.name = "Mode";
  mode.options = list_of(options);
  Descriptor lamp;
  lamp.address = {8, 0, 6};
  lamp.object_id = "lamp";
  lamp.name = "Lamp";
  const uint8_t modes[] = {11, 35};
  lamp.color_modes = modes;
  lamp.color_mode_count = 2;
  lamp.effects = list_of(effects);
  lamp.has_mireds = true;
  lamp.min_mireds = 153.0F;
  lamp.max_mireds = 500.0F;
  uint8_t buffer[256];
  ChunkWriter writer(buffer, sizeof(buffer));
  ASSERT_TRUE(writer.add(mode));
  ASSERT_TRUE(writer.add(lamp));
  EXPECT_EQ(to_hex(writer.finish()), to_hex(transcripts().bytes("description.chunks.chunk_1")));
}

TEST(Description, EveryPropertyHasItsKey) {
  const std::vector<std::string> texts{"a"};
  Descriptor all = switch_with("x");
  all.entity_category = 2;
  all.icon = "mdi:x";
  all.device_class = "d";
  all.unit = "u";
  all.state_class = 4;
  all.has_accuracy = true;
  all.accuracy_decimals = -2;
  all.assumed_state = true;
  all.options = list_of(texts);
  all.has_range = true;
  all.min_value = -1.0F;
  all.max_value = 1.0F;
  all.step = 0.5F;
  all.mode = 2;
  const uint8_t modes[] = {3};
  all.color_modes = modes;
  all.color_mode_count = 1;
  all.effects = list_of(texts);
  all.has_mireds = true;
  all.min_mireds = 1.0F;
  all.max_mireds = 2.0F;
  all.disabled_by_default = true;
  all.force_update = true;
  uint8_t buffer[256];
  ChunkWriter writer(buffer, sizeof(buffer));
  ASSERT_TRUE(writer.add(all));
  EXPECT_EQ(cbor_validate(writer.finish()), Error::NONE);
  EXPECT_EQ(to_hex(writer.finish()), "81860400016178"
                                     "6178"
                                     "b2"
                                     "0102"
                                     "02656d64693a78"
                                     "036164"
                                     "046175"
                                     "0504"
                                     "0621"
                                     "07f5"
                                     "08816161"
                                     "09f9bc00"
                                     "0af93c00"
                                     "0bf93800"
                                     "0c02"
                                     "0d8103"
                                     "0e816161"
                                     "0ff93c00"
                                     "10f94000"
                                     "11f5"
                                     "12f5");
}

TEST(Description, WhatDoesNotFitGoesIntoTheNextChunk) {
  uint8_t buffer[64];
  ChunkWriter writer(buffer, sizeof(buffer));
  DescriptionDigest digest;
  size_t chunks = 0, entities = 0;
  for (uint32_t key = 0; key < 20; key++) {
    const Descriptor descriptor = switch_with("a switch", key);
    if (!writer.add(descriptor)) {
      const ByteView chunk = writer.finish();
      EXPECT_EQ(cbor_validate(chunk), Error::NONE);
      digest.add(chunk);
      chunks++;
      writer.begin();
      ASSERT_TRUE(writer.add(descriptor));
    }
    entities++;
  }
  digest.add(writer.finish());
  uint8_t hash[HASH_SIZE], total;
  ASSERT_TRUE(digest.finish(hash, total));
  EXPECT_EQ(total, chunks + 1);
  EXPECT_GT(total, 5);
}

TEST(Description, WhatNeverFitsIsToldByAnEmptyChunk) {
  uint8_t buffer[64];
  ChunkWriter writer(buffer, sizeof(buffer));
  const std::string long_name(100, 'x');
  EXPECT_FALSE(writer.add(switch_with(long_name)));
  EXPECT_TRUE(writer.empty());
  EXPECT_TRUE(writer.add(switch_with("x"))) << "and the writer is sound";
}

TEST(Description, AChunkEndsWhereItsHeadWouldGrow) {
  Bytes buffer(4096);
  ChunkWriter writer(buffer.data(), buffer.size());
  uint32_t added = 0;
  while (writer.add(switch_with("x", added)))
    added++;
  EXPECT_EQ(added, 23U);
  EXPECT_EQ(cbor_validate(writer.finish()), Error::NONE);
}

TEST(Description, TooMuchOfItIsNoticed) {
  DescriptionDigest many;
  const uint8_t chunk[] = {0x80};
  for (size_t i = 0; i <= CHUNKS_MAX; i++)
    many.add(ByteView{chunk});
  uint8_t hash[HASH_SIZE], chunks;
  EXPECT_FALSE(many.finish(hash, chunks));
  DescriptionDigest large;
  const Bytes big(DESCRIPTION_MAX / 2 + 1);
  large.add(view(big));
  large.add(view(big));
  EXPECT_FALSE(large.finish(hash, chunks));
}

TEST(Description, LongListsAndNamesAreCut) {
  std::vector<std::string> many(100, "o");
  const std::string long_name(200, 'n');
  Descriptor descriptor = switch_with(long_name);
  descriptor.options = list_of(many);
  Bytes buffer(1024);
  ChunkWriter writer(buffer.data(), buffer.size());
  ASSERT_TRUE(writer.add(descriptor));
  EXPECT_EQ(writer.finish().size, 1U + 4U + 2 * 122U + 1U + 1U + 2U + 2 * LIST_MAX);
}

}  // namespace esphome::oceanremote::testing
