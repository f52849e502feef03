// Whom a device believes: dates, pins, anchors; and what is no TLS at all.

#include <gtest/gtest.h>

#include "support/log_text.h"
#include "tls_records.h"
#include "tls_trust.h"

namespace esphome::oceanremote {

static constexpr uint64_t ISSUED = 1790000000;
static constexpr uint64_t ENDS = ISSUED + 90 * 86400;
static constexpr uint64_t TWO_YEARS = 2 * 365 * 86400;

static Certificate valid_certificate() {
  Certificate certificate;
  certificate.not_before = ISSUED;
  certificate.not_after = ENDS;
  return certificate;
}

TEST(TlsClock, WithoutAnyTimeAllDatesPass) { EXPECT_EQ(TlsClock().check(valid_certificate()), Error::NONE); }

TEST(TlsClock, ALowerBoundThatLagsByTwoYearsHindersNobody) {
  TlsClock clock;
  clock.set_lower_bound(ISSUED - TWO_YEARS);
  EXPECT_EQ(clock.check(valid_certificate()), Error::NONE);
}

TEST(TlsClock, ALowerBoundShowsThatACertificateHasExpired) {
  TlsClock clock;
  clock.set_lower_bound(ENDS);
  EXPECT_EQ(clock.check(valid_certificate()), Error::NONE);
  clock.set_lower_bound(ENDS + 1);
  EXPECT_EQ(clock.check(valid_certificate()), Error::CERTIFICATE_EXPIRED);
  clock.set_lower_bound(ISSUED);
  EXPECT_EQ(clock.check(valid_certificate()), Error::CERTIFICATE_EXPIRED);
}

TEST(TlsClock, TheHubsClockShowsBoth) {
  TlsClock clock;
  clock.set(ISSUED - CLOCK_SLACK_S, 1000);
  EXPECT_EQ(clock.check(valid_certificate()), Error::NONE);
  clock.set(ISSUED - CLOCK_SLACK_S - 1, 1000);
  EXPECT_EQ(clock.check(valid_certificate()), Error::CERTIFICATE_NOT_YET_VALID);
  clock.advance(2000);
  EXPECT_EQ(clock.check(valid_certificate()), Error::NONE);
  clock.set(ENDS, 2000);
  EXPECT_EQ(clock.check(valid_certificate()), Error::NONE);
  clock.advance(3000);
  EXPECT_EQ(clock.check(valid_certificate()), Error::CERTIFICATE_EXPIRED);
}

TEST(TlsClock, TheHubsClockCorrectsALowerBoundThatWasAhead) {
  TlsClock clock;
  clock.set_lower_bound(ENDS + TWO_YEARS);
  clock.set(ISSUED, 0);
  EXPECT_EQ(clock.check(valid_certificate()), Error::NONE);
}

TEST(TlsClock, AHubWithAWrongClockLocksNobodyOutForMoreThanADay) {
  TlsClock clock;
  clock.set(ENDS + TWO_YEARS, 0);
  clock.advance(CLOCK_VALID_MS - 1);
  EXPECT_EQ(clock.check(valid_certificate()), Error::CERTIFICATE_EXPIRED);
  clock.advance(CLOCK_VALID_MS);
  EXPECT_EQ(clock.check(valid_certificate()), Error::NONE);
}

TEST(TlsTrust, OneOfThePinsMustFit) {
  const uint8_t key[] = {0x30, 0x01, 0x00};
  uint8_t pins[2 * PIN_SIZE]{};
  Sha256 sha;
  sha.update(ByteView(key));
  sha.finish(pins + PIN_SIZE);
  TlsTrust trust;
  trust.pins = pins;
  trust.pin_count = 2;
  const TlsClock clock;
  Certificate leaf = valid_certificate();
  leaf.public_key = ByteView(key);
  EXPECT_EQ(TlsJudge(trust, clock).check_leaf(leaf), Error::NONE);
  trust.pin_count = 1;
  EXPECT_EQ(TlsJudge(trust, clock).check_leaf(leaf), Error::CERTIFICATE_WRONG_PIN);
  trust.verify = false;
  EXPECT_EQ(TlsJudge(trust, clock).check_leaf(leaf), Error::NONE);
}

TEST(TlsTrust, APinDoesNotExcuseADate) {
  const uint8_t key[] = {0x30, 0x01, 0x00};
  uint8_t pin[PIN_SIZE];
  Sha256 sha;
  sha.update(ByteView(key));
  sha.finish(pin);
  TlsTrust trust;
  trust.pins = pin;
  trust.pin_count = 1;
  TlsClock clock;
  clock.set_lower_bound(ENDS + 1);
  Certificate leaf = valid_certificate();
  leaf.public_key = ByteView(key);
  EXPECT_EQ(TlsJudge(trust, clock).check_leaf(leaf), Error::CERTIFICATE_EXPIRED);
}

TEST(Anchors, AreFoundByTheirName) {
  const uint8_t table[] = {0, 2, 'A', 'a', 0, 1, 11, 0, 1, 'B', 0, 3, 21, 22, 23};
  const Anchors anchors(table, sizeof(table));
  uint8_t out[3];
  EXPECT_EQ(anchors.find(bytes_of("Aa"), out, sizeof(out)), 1U);
  EXPECT_EQ(out[0], 11);
  EXPECT_EQ(anchors.find(bytes_of("B"), out, sizeof(out)), 3U);
  EXPECT_EQ(out[2], 23);
  EXPECT_EQ(anchors.find(bytes_of("B"), out, 2), 0U);
  EXPECT_EQ(anchors.find(bytes_of("A"), out, sizeof(out)), 0U);
  EXPECT_EQ(Anchors().find(bytes_of("A"), out, sizeof(out)), 0U);
}

TEST(TlsRecords, WhatIsNoTlsIsTold) {
  EXPECT_EQ(TlsRecords().take(bytes_of("HTTP/1.1 400 Bad Request\r\n")), Error::TLS_PLAIN_HTTP);
  EXPECT_EQ(TlsRecords().take(bytes_of("SSH-2.0-OpenSSH_9.2\r\n")), Error::TLS_ABSENT);
  const uint8_t ssl_2[] = {0x15, 0x02, 0x00, 0x00, 0x02};
  EXPECT_EQ(TlsRecords().take(ByteView(ssl_2)), Error::TLS_ABSENT);
  EXPECT_EQ(TlsRecords().take(bytes_of("HTTP")), Error::NONE);
}

TEST(TlsRecords, AnAlertIsSeenHoweverItIsCut) {
  const uint8_t bytes[] = {22, 3, 3, 0, 3, 21, 40, 40, 20, 3, 3, 0, 1, 1, 21, 3, 3, 0, 2, 2, 112};
  for (size_t cut = 0; cut <= sizeof(bytes); cut++) {
    TlsRecords records;
    EXPECT_EQ(records.take({bytes, cut}), Error::NONE);
    EXPECT_EQ(records.alert(), cut == sizeof(bytes) ? 112 : 0);
    EXPECT_EQ(records.take({bytes + cut, sizeof(bytes) - cut}), Error::NONE);
    EXPECT_EQ(records.alert(), 112);
  }
  EXPECT_NE(std::string(testing::text_of(tls_alert_text(112))).find("host name"), std::string::npos);
}

}  // namespace esphome::oceanremote
