// Time zones as zone files end with them.

#include <gtest/gtest.h>

#include <string>

#include "posix_zone.h"

namespace esphome::oceanremote::testing {

static constexpr int32_t HOUR = 3600;

TEST(PosixZones, WithoutSummerTime) {
  PosixZone zone;
  zone.begin.kind = ZoneChange::Day::WEEKDAY;
  ASSERT_TRUE(parse_posix_zone("UTC0", zone));
  EXPECT_EQ(zone.standard_s, 0);
  EXPECT_EQ(zone.begin.kind, ZoneChange::Day::NONE);
  ASSERT_TRUE(parse_posix_zone("IST-5:30", zone));
  EXPECT_EQ(zone.standard_s, -(5 * HOUR + 1800));
  ASSERT_TRUE(parse_posix_zone("<-03>3", zone));
  EXPECT_EQ(zone.standard_s, 3 * HOUR);
  ASSERT_TRUE(parse_posix_zone("<+1245>-12:45", zone));
  EXPECT_EQ(zone.standard_s, -(12 * HOUR + 2700));
  ASSERT_TRUE(parse_posix_zone("LMT+0:19:32", zone));
  EXPECT_EQ(zone.standard_s, 19 * 60 + 32);
}

TEST(PosixZones, WithSummerTime) {
  PosixZone zone;
  ASSERT_TRUE(parse_posix_zone("CET-1CEST,M3.5.0,M10.5.0/3", zone));
  EXPECT_EQ(zone.standard_s, -HOUR);
  EXPECT_EQ(zone.summer_s, -2 * HOUR);
  EXPECT_EQ(zone.begin.kind, ZoneChange::Day::WEEKDAY);
  EXPECT_EQ(zone.begin.month, 3);
  EXPECT_EQ(zone.begin.week, 5);
  EXPECT_EQ(zone.begin.weekday, 0);
  EXPECT_EQ(zone.begin.time_s, 2 * HOUR);
  EXPECT_EQ(zone.end.month, 10);
  EXPECT_EQ(zone.end.time_s, 3 * HOUR);
  // Ireland's winter time is the exception; Nuuk's changes lie on the day before.
  ASSERT_TRUE(parse_posix_zone("IST-1GMT0,M10.5.0,M3.5.0/1", zone));
  EXPECT_EQ(zone.summer_s, 0);
  ASSERT_TRUE(parse_posix_zone("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", zone));
  EXPECT_EQ(zone.begin.time_s, -HOUR);
  EXPECT_EQ(zone.end.time_s, 0);
  ASSERT_TRUE(parse_posix_zone("EST5EDT4:30,J60/167,364", zone));
  EXPECT_EQ(zone.summer_s, 4 * HOUR + 1800);
  EXPECT_EQ(zone.begin.kind, ZoneChange::Day::WITHOUT_LEAP);
  EXPECT_EQ(zone.begin.day, 60);
  EXPECT_EQ(zone.begin.time_s, 167 * HOUR);
  EXPECT_EQ(zone.end.kind, ZoneChange::Day::WITH_LEAP);
  EXPECT_EQ(zone.end.day, 364);
}

TEST(PosixZones, WhatIsNoneChangesNothing) {
  for (const char *text : {"",
                           "UTC",
                           "U0",
                           "Europe/Berlin",
                           "<UTC0",
                           "<+3>-3",
                           "UTC25",
                           "UTC0:60",
                           "UTC0:",
                           "CET-1CEST",
                           "CET-1CEST,M3.5.0",
                           "CET-1CEST,M13.5.0,M10.5.0",
                           "CET-1CEST,M3.6.0,M10.5.0",
                           "CET-1CEST,M3.5.7,M10.5.0",
                           "CET-1CEST,M3.5,M10.5.0",
                           "CET-1CEST,J0,M10.5.0",
                           "CET-1CEST,366,M10.5.0",
                           "CET-1CEST,M3.5.0/168,M10.5.0",
                           "CET-1CEST,M3.5.0,M10.5.0/3x",
                           "CET-1CEST2M3.5.0,M10.5.0",
                           "UTC0000",
                           "UTC0 "}) {
    PosixZone zone;
    zone.standard_s = 7;
    EXPECT_FALSE(parse_posix_zone(text, zone)) << text;
    EXPECT_EQ(zone.standard_s, 7) << text;
  }
}

TEST(PosixZones, NoPrefixOfOneReadsBeyondItsEnd) {
  const std::string whole = "<-02>2<-01>,M3.5.0/-1,M10.5.0/0";
  for (size_t size = 0; size < whole.size(); size++) {
    const std::string cut = whole.substr(0, size);
    PosixZone zone;
    (void) parse_posix_zone(cut, zone);
  }
}

}  // namespace esphome::oceanremote::testing
