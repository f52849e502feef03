#include "tunnel_messages.h"

#include "messages.h"

namespace esphome::oceanremote {

WITHOUT_TABLES Error check_tunnel_count(MessageType type, size_t count) {
  switch (type) {
    case MessageType::TUNNEL_OPEN:
      return count == 4 ? Error::NONE : Error::MESSAGE_MALFORMED;
    case MessageType::TUNNEL_DATA_DOWN:
    case MessageType::TUNNEL_CREDIT_DOWN:
    case MessageType::TUNNEL_END_DOWN:
      return count == 3 ? Error::NONE : Error::MESSAGE_MALFORMED;
    default:
      return Error::MESSAGE_UNEXPECTED;
  }
}

static bool read_between(CborReader &reader, uint32_t &value, uint32_t least, uint32_t most) {
  uint64_t wide;
  if (!reader.read_uint_max(wide, most) || wide < least)
    return false;
  value = static_cast<uint32_t>(wide);
  return true;
}

static bool read_open(CborReader &reader, TunnelMessage &out) {
  uint32_t service;
  if (!read_between(reader, service, 1, UINT8_MAX) || !read_between(reader, out.size, 1, TUNNEL_WINDOW_MAX))
    return false;
  out.service = static_cast<uint8_t>(service);
  return true;
}

static bool read_end(CborReader &reader, TunnelMessage &out) {
  uint32_t end;
  if (!read_between(reader, end, 0, uint32_t(TunnelEnd::RESET)))
    return false;
  out.end = static_cast<TunnelEnd>(end);
  return true;
}

WITHOUT_TABLES bool read_tunnel_message(CborReader &reader, MessageType type, TunnelMessage &out) {
  if (!read_between(reader, out.stream, 1, UINT32_MAX))
    return false;
  switch (type) {
    case MessageType::TUNNEL_OPEN:
      return read_open(reader, out);
    case MessageType::TUNNEL_DATA_DOWN:
      return reader.read_bytes(out.data) && !out.data.empty();
    case MessageType::TUNNEL_CREDIT_DOWN:
      return read_between(reader, out.size, 1, TUNNEL_WINDOW_MAX);
    case MessageType::TUNNEL_END_DOWN:
      return read_end(reader, out);
    default:
      return false;
  }
}

static void write_head(CborWriter &writer, MessageType type, size_t items, uint32_t stream) {
  writer.write_array(items);
  writer.write_uint(static_cast<uint8_t>(type));
  writer.write_uint(stream);
}

void write_tunnel_opened(CborWriter &writer, uint32_t stream, TunnelStatus status, uint32_t window) {
  write_head(writer, MessageType::TUNNEL_OPENED, 4, stream);
  writer.write_uint(static_cast<uint8_t>(status));
  writer.write_uint(window);
}

void write_tunnel_data_head(CborWriter &writer, uint32_t stream, size_t size) {
  write_head(writer, MessageType::TUNNEL_DATA_UP, 3, stream);
  writer.write_bytes_head(size);
}

void write_tunnel_credit(CborWriter &writer, uint32_t stream, uint32_t size) {
  write_head(writer, MessageType::TUNNEL_CREDIT_UP, 3, stream);
  writer.write_uint(size);
}

void write_tunnel_end(CborWriter &writer, uint32_t stream, TunnelEnd end) {
  write_head(writer, MessageType::TUNNEL_END_UP, 3, stream);
  writer.write_uint(static_cast<uint8_t>(end));
}

}  // namespace esphome::oceanremote
