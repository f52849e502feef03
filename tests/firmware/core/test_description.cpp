// The description, against the Python core's bytes of eight entities.

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

/// One part of a fresh description.
static std::string written(const Descriptor &descriptor) {
  Bytes buffer(4096);
  DescriptionWriter writer;
  writer.begin();
  writer.begin_part(buffer.data(), buffer.size());
  EXPECT_TRUE(writer.add(descriptor));
  EXPECT_EQ(cbor_validate(writer.part()), Error::NONE);
  return to_hex(writer.part());
}

static std::string sample(const std::string &object_id) {
  return to_hex(transcripts().bytes("description.descriptors." + object_id));
}

TEST(Description, AnEmptyOneHasNoBytes) {
  DescriptionWriter writer;
  writer.begin();
  DescriptionDigest digest;
  uint8_t hash[HASH_SIZE];
  uint32_t size;
  ASSERT_TRUE(digest.finish(writer, hash, size));
  EXPECT_EQ(size, 0U);
  EXPECT_EQ(to_hex(ByteView{hash}), to_hex(transcripts().bytes("description.empty_hash")));
}

TEST(Description, ADescriptorIsThatOfThePythonCore) {
  const std::vector<std::string> options{"off", "eco", "full"};
  const std::vector<std::string> effects{"Rainbow"};
  Descriptor mode;
  mode.address = {7, 0, 5};
  mode.object_id = "mode";
  mode.name = "Mode";
  mode.options = list_of(options);
  EXPECT_EQ(written(mode), sample("mode"));
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
  EXPECT_EQ(written(lamp), sample("lamp"));
}

TEST(Description, WhatNoDomainCarriesHasAKind) {
  Descriptor fan;
  fan.address = {0, 0, 7};
  fan.object_id = "ventilator";
  fan.name = "Ventilator";
  fan.kind = "fan";
  EXPECT_EQ(written(fan), to_hex(transcripts().bytes("description.not_carried")));
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
  all.kind = "fan";
  EXPECT_EQ(written(all), "860400016178"
                          "6178"
                          "b3"
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
                          "12f5"
                          "136366616e");
}

static Bytes append(Bytes bytes, ByteView more) {
  bytes.insert(bytes.end(), more.data, more.data + more.size);
  return bytes;
}

/// All parts of a description, each of at most `capacity` bytes.
static Bytes in_parts(const std::vector<Descriptor> &descriptors, size_t capacity, DescriptionWriter &writer) {
  Bytes whole, buffer(capacity);
  size_t next = 0;
  writer.begin();
  while (next < descriptors.size()) {
    writer.begin_part(buffer.data(), buffer.size());
    while (next < descriptors.size() && writer.add(descriptors[next]))
      next++;
    EXPECT_TRUE(writer.part().size == capacity || next == descriptors.size()) << "no byte is wasted";
    EXPECT_GT(writer.part().size, 0U);
    whole = append(whole, writer.part());
  }
  return whole;
}

TEST(Description, PartsOfAnySizeMakeTheSameBytes) {
  const std::vector<std::string> options(70, "an option\xff");
  std::vector<Descriptor> descriptors;
  for (uint32_t key = 0; key < 5; key++) {
    descriptors.push_back(switch_with("a switch \xc3\xa4", key));
    if (key == 2)
      descriptors.back().options = list_of(options);
  }
  DescriptionWriter writer;
  const Bytes whole = in_parts(descriptors, 4096, writer);
  EXPECT_EQ(writer.descriptors(), 5U);
  EXPECT_EQ(writer.items(), 5U * 7 + 2 + 70);
  for (size_t capacity = 1; capacity < whole.size(); capacity++) {
    ASSERT_EQ(in_parts(descriptors, capacity, writer), whole) << capacity;
    ASSERT_EQ(writer.items(), 5U * 7 + 2 + 70) << capacity;
  }
}

TEST(Description, TheDigestIsThatOfTheWhole) {
  const Bytes bytes = transcripts().bytes("description.bytes");
  const ByteView whole = view(bytes);
  DescriptionDigest digest;
  digest.add({whole.data, 100});
  digest.add({whole.data + 100, whole.size - 100});
  DescriptionWriter writer;
  writer.begin();
  uint8_t hash[HASH_SIZE];
  uint32_t size;
  ASSERT_TRUE(digest.finish(writer, hash, size));
  EXPECT_EQ(size, whole.size);
  EXPECT_EQ(to_hex(ByteView{hash}), to_hex(transcripts().bytes("description.hash")));
}

TEST(Description, TooMuchOfItIsNoticed) {
  DescriptionWriter writer;
  uint8_t hash[HASH_SIZE];
  uint32_t size;
  {
    DescriptionDigest digest;
    const Bytes large(DESCRIPTION_MAX + 1);
    digest.add(view(large));
    EXPECT_FALSE(digest.finish(writer, hash, size));
  }
  (void) in_parts(std::vector<Descriptor>(ENTITIES_MAX, switch_with("x")), 1024, writer);
  {
    DescriptionDigest digest;
    EXPECT_TRUE(digest.finish(writer, hash, size));
  }
  (void) in_parts(std::vector<Descriptor>(ENTITIES_MAX + 1, switch_with("x")), 1024, writer);
  {
    DescriptionDigest digest;
    EXPECT_FALSE(digest.finish(writer, hash, size));
  }
  const std::vector<std::string> options(1000, "o");
  Descriptor select = switch_with("x");
  select.options = list_of(options);
  (void) in_parts(std::vector<Descriptor>(17, select), 1024, writer);
  DescriptionDigest digest;
  EXPECT_FALSE(digest.finish(writer, hash, size)) << "more items than the hub reads";
}

TEST(Description, LongNamesAreCutAndLongListsAreNot) {
  const std::vector<std::string> many(LIST_MAX, "o");
  const std::string long_name(200, 'n');
  Descriptor descriptor = switch_with(long_name);
  descriptor.options = list_of(many);
  EXPECT_EQ(written(descriptor).size() / 2, 4U + 2 * 122U + 1U + 1U + 3U + 2 * LIST_MAX);
}

}  // namespace esphome::oceanremote::testing
