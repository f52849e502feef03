// Requests: what goes out, and what does not because it would not be what was meant.

#include <gtest/gtest.h>

#include <string>

#include "messages.h"
#include "requests.h"
#include "support/vectors.h"

namespace esphome::oceanremote::testing {

static constexpr size_t ROOM = 4096;

template<typename Write> static std::string written(Write write, size_t room = ROOM) {
  uint8_t buffer[ROOM];
  RequestWriter writer(buffer, room);
  write(writer);
  return writer.ok() ? to_hex({buffer, writer.size()}) : "";
}

TEST(Requests, HaveTheirPartsInOrder) {
  // [12, 1, 0, "a.b", {1: [["k", "v"]], 2: [["t", "{{ 1 }}"]], 3: [["x", ""]], 4: true, 5: "r"}]
  EXPECT_EQ(written([](RequestWriter &w) {
              w.begin(1, RequestKind::ACTION, "a.b", 5);
              w.open(RequestPart::DATA, 1);
              w.field("k", "v");
              w.open(RequestPart::DATA_TEMPLATE, 1);
              w.field("t", "{{ 1 }}");
              w.open(RequestPart::VARIABLES, 1);
              w.field("x", "");
              w.want_response();
              w.response_template("r");
            }),
            "850c010063612e62a50181"
            "82616b61760281826174677b7b2031207d7d038182617860"
            "04f5056172");
  EXPECT_EQ(written([](RequestWriter &w) { w.begin(24, RequestKind::EVENT, "rung", 0); }), "850c1818016472756e67a0");
  EXPECT_EQ(written([](RequestWriter &w) { w.begin(UINT32_MAX, RequestKind::TAG, "04-A1", 0); }),
            "850c1affffffff026530342d4131a0");
}

TEST(Requests, WhatIsTooLongDoesNotGoOutAtAll) {
  const auto text = [](size_t size) { return std::string(size, 'x'); };
  const auto field = [&](size_t key, size_t value) {
    return written([&](RequestWriter &w) {
      w.begin(1, RequestKind::ACTION, "a.b", 1);
      w.open(RequestPart::DATA, 1);
      w.field(text(key), text(value));
    });
  };
  const auto name = [&](size_t size) {
    return written([&](RequestWriter &w) { w.begin(1, RequestKind::TAG, text(size), 0); });
  };
  EXPECT_NE(name(REQUEST_NAME_MAX), "");
  EXPECT_EQ(name(REQUEST_NAME_MAX + 1), "");
  EXPECT_EQ(name(0), "");
  EXPECT_NE(field(REQUEST_KEY_MAX, REQUEST_VALUE_MAX), "");
  EXPECT_EQ(field(REQUEST_KEY_MAX + 1, 1), "");
  EXPECT_EQ(field(1, REQUEST_VALUE_MAX + 1), "");
  const auto templated = [&](size_t size) {
    return written([&](RequestWriter &w) {
      w.begin(1, RequestKind::ACTION, "a.b", 2);
      w.want_response();
      w.response_template(text(size));
    });
  };
  EXPECT_NE(templated(REQUEST_VALUE_MAX), "");
  EXPECT_EQ(templated(REQUEST_VALUE_MAX + 1), "");
  const auto fields = [&](size_t count) {
    return written([&](RequestWriter &w) {
      w.begin(1, RequestKind::ACTION, "a.b", 1);
      w.open(RequestPart::DATA, count);
      for (size_t i = 0; i < count; i++)
        w.field(text(i + 1), "");
    });
  };
  EXPECT_NE(fields(REQUEST_FIELDS_MAX), "");
  EXPECT_EQ(fields(REQUEST_FIELDS_MAX + 1), "");
  EXPECT_EQ(fields(0), "");
}

TEST(Requests, FitTheirFrameOrDoNotGoOut) {
  const auto write = [](RequestWriter &w) {
    w.begin(1, RequestKind::ACTION, "light.turn_on", 1);
    w.open(RequestPart::DATA, 1);
    w.field("entity_id", "light.kitchen");
  };
  const size_t size = written(write).size() / 2;
  EXPECT_NE(written(write, size), "");
  for (size_t room = 0; room < size; room++)
    EXPECT_EQ(written(write, room), "") << room;
}

TEST(Imports, NameWhatTheyWant) {
  uint8_t buffer[64];
  CborWriter state(buffer, sizeof(buffer));
  write_import(state, 0, "sun.sun", "");
  EXPECT_EQ(to_hex(state.view()), "840d006773756e2e73756e60");
  CborWriter attribute(buffer, sizeof(buffer));
  write_import(attribute, 63, "sun.sun", "rising");
  EXPECT_EQ(to_hex(attribute.view()), "840d183f6773756e2e73756e66726973696e67");
}

}  // namespace esphome::oceanremote::testing
