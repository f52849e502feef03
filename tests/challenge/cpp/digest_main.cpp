// Hashes and MACs for a comparison with another implementation: reads lines
// `HASH KEY MESSAGE` in hex ("-" is empty), prints the digest of the message and its HMAC.

#include <iostream>
#include <string>
#include "peer.h"

template<class Sha> void print(const Bytes &key, const Bytes &message) {
  Bytes out(Sha::SIZE);
  challenge::Digest<Sha> plain;
  plain.start();
  for (uint8_t byte : message)
    plain.add(byte);
  plain.finish();
  plain.write(out.data(), Sha::SIZE);
  const auto show = [](const Bytes &bytes) {
    for (uint8_t byte : bytes)
      std::cout << "0123456789abcdef"[byte >> 4] << "0123456789abcdef"[byte & 15];
  };
  show(out);
  std::cout << ' ';
  typename Sha::State outer;
  challenge::Digest<Sha> keyed;
  keyed.start_keyed(view(key), static_cast<uint8_t>(key.size()), outer);
  for (uint8_t byte : message)
    keyed.add(byte);
  keyed.finish_keyed(outer);
  keyed.write(out.data(), Sha::SIZE);
  show(out);
  std::cout << '\n';
}

int main() {
  for (std::string hash, key, message; std::cin >> hash >> key >> message;) {
    const Bytes k = Vectors::from_hex(key == "-" ? "" : key);
    const Bytes m = Vectors::from_hex(message == "-" ? "" : message);
    if (hash == "sha1")
      print<challenge::Sha1>(k, m);
    else if (hash == "sha256")
      print<challenge::Sha256>(k, m);
    else
      print<challenge::Sha512>(k, m);
  }
}
