// What the device reads of a certificate itself; the certificates are made by certificates.py.

#include <gtest/gtest.h>

#include <vector>

#include "certificate.h"
#include "support/vectors.h"

namespace esphome::oceanremote {

static Certificate read_good(const std::vector<uint8_t> &der) {
  Certificate certificate;
  EXPECT_EQ(read_certificate({der.data(), der.size()}, certificate), Error::NONE);
  return certificate;
}

// Rows: DER, SubjectPublicKeyInfo, not before, not after, a host that it is for, one that it is not for.
TEST(Certificate, IsReadAsPythonReadsIt) {
  const auto rows = testing::table("certificates.csv");
  ASSERT_GT(rows.size(), 8U);
  for (const auto &row : rows) {
    const auto der = testing::from_hex(row[0]);
    const Certificate certificate = read_good(der);
    EXPECT_EQ(testing::to_hex({certificate.public_key.data, certificate.public_key.size}), row[1]);
    EXPECT_EQ(std::to_string(certificate.not_before), row[2]);
    EXPECT_EQ(std::to_string(certificate.not_after), row[3]);
    EXPECT_TRUE(row[4].empty() || is_for_host(certificate, row[4])) << row[4];
    EXPECT_FALSE(is_for_host(certificate, row[5])) << row[5];
    PublicKeyParts parts;
    EXPECT_EQ(read_public_key(certificate.public_key, parts), Error::NONE);
  }
}

TEST(Certificate, IsWholeOrRefused) {
  const auto rows = testing::table("certificates.csv");
  const auto der = testing::from_hex(rows[0][0]);
  Certificate certificate;
  for (size_t size = 0; size < der.size(); size++) {
    const std::vector<uint8_t> cut(der.begin(), der.begin() + static_cast<ptrdiff_t>(size));
    EXPECT_EQ(read_certificate({cut.data(), cut.size()}, certificate), Error::CERTIFICATE_MALFORMED) << size;
  }
  auto longer = der;
  longer.push_back(0);
  EXPECT_EQ(read_certificate({longer.data(), longer.size()}, certificate), Error::CERTIFICATE_MALFORMED);
}

TEST(Certificate, TheHeadIsReadAsSoonAsItIsThere) {
  const auto rows = testing::table("certificates.csv");
  for (const auto &row : rows) {
    const auto der = testing::from_hex(row[0]);
    const Certificate whole = read_good(der);
    const auto end = static_cast<size_t>(whole.public_key.data + whole.public_key.size - der.data());
    for (size_t size = 0; size < der.size(); size += 3) {
      const std::vector<uint8_t> cut(der.begin(), der.begin() + static_cast<ptrdiff_t>(size));
      Certificate head;
      EXPECT_EQ(read_certificate_head({cut.data(), cut.size()}, head),
                size < end ? Error::BUFFER_TOO_SMALL : Error::NONE)
          << size;
    }
  }
}

TEST(Certificate, NoBitBreaksTheReader) {
  const auto rows = testing::table("certificates.csv");
  auto der = testing::from_hex(rows[0][0]);
  for (size_t bit = 0; bit < der.size() * 8; bit++) {
    der[bit / 8] = static_cast<uint8_t>(der[bit / 8] ^ (1U << (bit % 8)));
    Certificate certificate;
    PublicKeyParts parts;
    if (read_certificate({der.data(), der.size()}, certificate) == Error::NONE) {
      (void) is_for_host(certificate, "hub.example.com");
      (void) read_public_key(certificate.public_key, parts);
    }
    der[bit / 8] = static_cast<uint8_t>(der[bit / 8] ^ (1U << (bit % 8)));
  }
}

}  // namespace esphome::oceanremote
