// The reader of certificates and of TLS records, which strangers feed before anything is authenticated. What is read
// must lie within what was given, and the head of a whole certificate must be what the whole says.

#include <cstdlib>

#include "certificate.h"
#include "tls_records.h"

using namespace esphome::oceanremote;  // NOLINT(google-build-using-namespace)

static void expect_within(ByteView part, ByteView whole) {
  if (part.size != 0 && (part.data < whole.data || part.data + part.size > whole.data + whole.size))
    std::abort();
}

static void read_further(const Certificate &certificate, ByteView input) {
  expect_within(certificate.issuer, input);
  expect_within(certificate.subject, input);
  expect_within(certificate.public_key, input);
  expect_within(certificate.alt_names, input);
  (void) is_for_host(certificate, "hub.example.com");
  (void) is_for_host(certificate, "192.168.1.10");
  PublicKeyParts parts;
  if (read_public_key(certificate.public_key, parts) != Error::NONE)
    return;
  expect_within(parts.modulus, input);
  expect_within(parts.exponent, input);
  expect_within(parts.curve, input);
  expect_within(parts.point, input);
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const ByteView input{data, size};
  Certificate whole;
  Certificate head;
  const bool is_whole = read_certificate(input, whole) == Error::NONE;
  const bool has_head = read_certificate_head(input, head) == Error::NONE;
  if (is_whole)
    read_further(whole, input);
  if (has_head)
    read_further(head, input);
  if (is_whole && (!has_head || head.not_after != whole.not_after || head.issuer.data != whole.issuer.data))
    std::abort();
  // However a stream is cut, the same is found in it.
  TlsRecords at_once;
  TlsRecords by_byte;
  const Error found = at_once.take(input);
  Error found_by_byte = Error::NONE;
  for (size_t i = 0; i < size && found_by_byte == Error::NONE; i++)
    found_by_byte = by_byte.take({data + i, 1});
  if (found != found_by_byte || (found == Error::NONE && at_once.alert() != by_byte.alert()))
    std::abort();
  return 0;
}
