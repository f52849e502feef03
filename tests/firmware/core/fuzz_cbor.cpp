// The CBOR reader, the messages and the arguments on top of it. Whatever validates must be read the same way twice, and
// a walk item by item must agree with the walk over the whole.

#include <cstdlib>

#include "arguments.h"
#include "cbor.h"
#include "messages.h"

using namespace esphome::oceanremote;  // NOLINT(google-build-using-namespace)

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const ByteView input{data, size};
  const bool sound = cbor_validate(input) == Error::NONE;
  CborReader reader(input);
  size_t count = 0;
  if (reader.read_array(count)) {
    ByteView item;
    for (size_t i = 0; i < count && reader.read_item(item); i++) {
      if (item.data < data || item.data + item.size > data + size)
        std::abort();
    }
    if (reader.finished() != sound)
      std::abort();
  }
  HubMessage message;
  if (parse_hub_message(input, message) == Error::NONE && !sound)
    std::abort();
  for (uint8_t domain = 0; domain < 12; domain++) {
    if (check_arguments(domain, input) == Error::NONE && !sound)
      std::abort();
  }
  const Arguments arguments(input);
  for (uint8_t key = 0; key < 16; key++) {
    bool flag;
    uint32_t number;
    float real, rgb[3];
    std::string_view text;
    (void) (arguments.get(key, flag) || arguments.get(key, number) || arguments.get(key, real) ||
            arguments.get(key, rgb));
    if (arguments.get(key, text) && (bytes_of(text).data < data || bytes_of(text).data + text.size() > data + size))
      std::abort();
  }
  return 0;
}
