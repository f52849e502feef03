// The description, against the Python core's bytes of eight entities.

#include <gtest/gtest.h>

#include <functional>
#include <limits>

#include "description.h"
#include "support/vectors.h"
#include "wire_domains.h"

namespace esphome::oceanremote::testing {

static std::string_view text_at(const void *context, size_t index) {
  return static_cast<const std::vector<std::string> *>(context)->at(index);
}

static TextList list_of(const std::vector<std::string> &texts) { return {texts.size(), text_at, &texts}; }

using Properties = std::function<void(PropertyWriter &)>;

/// A descriptor, and what describes the rest of it.
struct Described {
  DescriptorHead head;
  Properties properties = [](PropertyWriter &) {};
};

/// The name must outlive the descriptor.
static Described switch_with(std::string_view name, uint32_t key = 1) { return {{{4, 0, key}, name, name}}; }

/// The texts must outlive it.
static Properties options_of(const std::vector<std::string> &texts) {
  return [&texts](PropertyWriter &properties) { properties.texts(wire::select::property::OPTIONS, list_of(texts)); };
}

static bool add(DescriptionWriter &writer, const Described &described) {
  return writer.add(described.head, described.properties);
}

/// One part of a fresh description.
static std::string written(const Described &described) {
  Bytes buffer(4096);
  DescriptionWriter writer;
  writer.begin();
  writer.begin_part(buffer.data(), buffer.size());
  EXPECT_TRUE(add(writer, described));
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
  const Described mode{{{7, 0, 5}, "mode", "Mode"}, [&](PropertyWriter &properties) {
                         properties.texts(wire::select::property::OPTIONS, list_of(options));
                       }};
  EXPECT_EQ(written(mode), sample("mode"));
  const uint8_t modes[] = {11, 35};
  const Described lamp{{{8, 0, 6}, "lamp", "Lamp"}, [&](PropertyWriter &properties) {
                         properties.numbers(wire::light::property::COLOR_MODES, modes, 2);
                         properties.texts(wire::light::property::EFFECTS, list_of(effects));
                         properties.real(wire::light::property::MIN_MIREDS, 153.0F);
                         properties.real(wire::light::property::MAX_MIREDS, 500.0F);
                       }};
  EXPECT_EQ(written(lamp), sample("lamp"));
}

TEST(Description, WhatNoDomainCarriesHasAKind) {
  const Described fan{{{0, 0, 7}, "ventilator", "Ventilator"},
                      [](PropertyWriter &properties) { properties.text(wire::property::KIND, "fan"); }};
  EXPECT_EQ(written(fan), to_hex(transcripts().bytes("description.not_carried")));
}

TEST(Description, EveryPropertyHasItsKey) {
  const std::vector<std::string> texts{"a"};
  const uint8_t modes[] = {3};
  Described all = switch_with("x");
  all.head.disabled_by_default = true;
  all.properties = [&](PropertyWriter &properties) {
    properties.choice(wire::property::ENTITY_CATEGORY, 2);
    properties.text(wire::property::ICON, "mdi:x");
    properties.text(wire::property::DEVICE_CLASS, "d");
    properties.text(wire::property::UNIT, "u");
    properties.choice(wire::sensor::property::STATE_CLASS, 4);
    properties.integer(wire::sensor::property::ACCURACY_DECIMALS, -2);
    properties.flag(wire::switch_::property::ASSUMED_STATE, true);
    properties.texts(wire::select::property::OPTIONS, list_of(texts));
    properties.real(wire::number::property::MIN_VALUE, -1.0F);
    properties.real(wire::number::property::MAX_VALUE, 1.0F);
    properties.real(wire::number::property::STEP, 0.5F);
    properties.choice(wire::number::property::MODE, 2);
    properties.numbers(wire::light::property::COLOR_MODES, modes, 1);
    properties.texts(wire::light::property::EFFECTS, list_of(texts));
    properties.real(wire::light::property::MIN_MIREDS, 1.0F);
    properties.real(wire::light::property::MAX_MIREDS, 2.0F);
    properties.flag(wire::sensor::property::FORCE_UPDATE, true);
    properties.text(wire::property::KIND, "fan");
  };
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

TEST(Description, WhatHasItsDefaultIsLeftOut) {
  Described plain = switch_with("x");
  plain.properties = [](PropertyWriter &properties) {
    properties.choice(1, 0);
    properties.text(2, "");
    properties.flag(3, false);
    properties.texts(4, {});
    properties.numbers(5, nullptr, 0);
    properties.real(6, std::numeric_limits<float>::quiet_NaN());
  };
  EXPECT_EQ(written(plain), written(switch_with("x")));
}

TEST(Description, DisabledByDefaultComesInItsTurn) {
  Described one = switch_with("x");
  one.head.disabled_by_default = true;
  const std::string begin = "86040001617861";
  EXPECT_EQ(written(one), begin + "78a111f5");
  one.properties = [](PropertyWriter &properties) { properties.flag(7, true); };
  EXPECT_EQ(written(one), begin + "78a207f511f5");
  one.properties = [](PropertyWriter &properties) { properties.flag(20, true); };
  EXPECT_EQ(written(one), begin + "78a211f514f5");
}

static Bytes append(Bytes bytes, ByteView more) {
  bytes.insert(bytes.end(), more.data, more.data + more.size);
  return bytes;
}

/// All parts of a description, each of at most `capacity` bytes.
static Bytes in_parts(const std::vector<Described> &descriptors, size_t capacity, DescriptionWriter &writer) {
  Bytes whole, buffer(capacity);
  size_t next = 0;
  writer.begin();
  while (next < descriptors.size()) {
    writer.begin_part(buffer.data(), buffer.size());
    while (next < descriptors.size() && add(writer, descriptors[next]))
      next++;
    EXPECT_TRUE(writer.part().size == capacity || next == descriptors.size()) << "no byte is wasted";
    EXPECT_GT(writer.part().size, 0U);
    whole = append(whole, writer.part());
  }
  return whole;
}

TEST(Description, PartsOfAnySizeMakeTheSameBytes) {
  const std::vector<std::string> options(70, "an option\xff");
  std::vector<Described> descriptors;
  for (uint32_t key = 0; key < 5; key++) {
    descriptors.push_back(switch_with("a switch \xc3\xa4", key));
    if (key == 2)
      descriptors.back().properties = options_of(options);
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

TEST(Description, ASubDeviceStandsBeforeItsEntitiesInPartsOfAnySize) {
  const std::string whole = "831affffffff64536865646647617274656e"
                            "83186465506f6e642160";
  for (size_t capacity = 1; capacity <= 64; capacity++) {
    DescriptionWriter writer;
    writer.begin();
    std::string found;
    for (size_t next = 0; next < 2;) {
      Bytes buffer(capacity);
      writer.begin_part(buffer.data(), buffer.size());
      while (next < 2 && (next == 0 ? writer.add_sub_device(UINT32_MAX, "Shed", "Garten")
                                    : writer.add_sub_device(100, "Pond!", "")))
        next++;
      found += to_hex(writer.part());
    }
    EXPECT_EQ(found, whole) << capacity;
    EXPECT_EQ(writer.items(), 8U);
    EXPECT_EQ(writer.descriptors(), 0U);
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
  (void) in_parts(std::vector<Described>(ENTITIES_MAX, switch_with("x")), 1024, writer);
  {
    DescriptionDigest digest;
    EXPECT_TRUE(digest.finish(writer, hash, size));
  }
  (void) in_parts(std::vector<Described>(ENTITIES_MAX + 1, switch_with("x")), 1024, writer);
  {
    DescriptionDigest digest;
    EXPECT_FALSE(digest.finish(writer, hash, size));
  }
  const std::vector<std::string> options(1000, "o");
  Described select = switch_with("x");
  select.properties = options_of(options);
  (void) in_parts(std::vector<Described>(DESCRIPTION_ITEMS_MAX / options.size() + 1, select), 1024, writer);
  DescriptionDigest digest;
  EXPECT_FALSE(digest.finish(writer, hash, size)) << "more items than the hub reads";
}

TEST(Description, LongNamesAreCutAndLongListsAreNot) {
  const std::vector<std::string> many(LIST_MAX, "o");
  const std::string long_name(200, 'n');
  Described descriptor = switch_with(long_name);
  descriptor.properties = options_of(many);
  EXPECT_EQ(written(descriptor).size() / 2, 4U + 2 * 122U + 1U + 1U + 3U + 2 * LIST_MAX);
}

}  // namespace esphome::oceanremote::testing
