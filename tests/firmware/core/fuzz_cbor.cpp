// The CBOR reader, the messages and the arguments on top of it. Whatever validates must be read the same way twice, and
// a walk item by item must agree with the walk over the whole.

#include <cstdlib>

#include "arguments.h"
#include "cbor.h"
#include "messages.h"
#include "user_actions.h"

using namespace esphome::oceanremote;  // NOLINT(google-build-using-namespace)

static bool lies_in(ByteView bytes, ByteView input) {
  return bytes.size == 0 || (bytes.data >= input.data && bytes.data + bytes.size <= input.data + input.size);
}

static bool lies_in(std::string_view text, ByteView input) { return lies_in(bytes_of(text), input); }

/// What a message shows to is part of it.
static bool is_whole(const HubMessage &message, ByteView input) {
  switch (message.type) {
    case MessageType::ANSWER:
      return lies_in(message.answer.reason, input) && lies_in(message.answer.response, input);
    case MessageType::IMPORTED:
      return lies_in(message.imported.value, input) && message.imported.slot < IMPORTS_MAX;
    case MessageType::TIME:
      return lies_in(message.time.zone, input);
    case MessageType::TUNNEL_OPEN:
    case MessageType::TUNNEL_CREDIT_DOWN:
      return message.tunnel.size != 0 && message.tunnel.size <= TUNNEL_WINDOW_MAX;
    case MessageType::TUNNEL_DATA_DOWN:
      return !message.tunnel.data.empty() && lies_in(message.tunnel.data, input);
    default:
      return true;
  }
}

static bool read_value(ActionValues &values, uint8_t type, ByteView input) {
  bool flag;
  int32_t number;
  float real;
  std::string_view text;
  switch (type) {
    case 0:
      return values.read(flag);
    case 1:
      return values.read(number);
    case 2:
      return values.read(real);
    default:
      if (!values.read(text))
        return false;
      if (text.size() > ACTION_TEXT_MAX || !lies_in(text, input))
        std::abort();
      return true;
  }
}

/// A call, read as one of the many actions that might be called so: the input says what each value should be.
static void read_values(ByteView input) {
  ActionValues values(input);
  if (values.count() > ACTION_ARGUMENTS_MAX)
    std::abort();
  bool reads = true;
  for (size_t i = 0; i < values.count() && reads; i++) {
    const uint8_t wanted = input.data[input.size - 1 - i % input.size];
    size_t count = 1;
    if ((wanted & 4) != 0)
      reads = values.read_list(count) && count <= ACTION_LIST_MAX;
    for (size_t item = 0; item < count && reads; item++)
      reads = read_value(values, wanted & 3, input);
  }
}

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
  if (parse_hub_message(input, message) == Error::NONE && (!sound || !is_whole(message, input)))
    std::abort();
  for (uint8_t domain = 0; domain <= ACTION_DOMAIN; domain++) {
    if (check_arguments(domain, input) == Error::NONE && !sound)
      std::abort();
  }
  if (check_action_arguments(input) == Error::NONE)
    read_values(input);
  const Arguments arguments(input);
  for (uint8_t key = 0; key < 16; key++) {
    bool flag;
    uint32_t number;
    float real, rgb[3];
    std::string_view text;
    ByteView signal;
    (void) (arguments.get(key, flag) || arguments.get(key, number) || arguments.get(key, real) ||
            arguments.get(key, rgb));
    if ((arguments.get(key, text) && !lies_in(text, input)) || (arguments.get(key, signal) && !lies_in(signal, input)))
      std::abort();
  }
  return 0;
}
