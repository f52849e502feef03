#include "messages.h"

#include "arguments.h"

namespace esphome::oceanremote {

static bool read_uint32(CborReader &reader, uint32_t &value) {
  uint64_t wide;
  if (!reader.read_uint_max(wide, UINT32_MAX))
    return false;
  value = static_cast<uint32_t>(wide);
  return true;
}

static bool read_uint8(CborReader &reader, uint8_t &value, uint8_t max) {
  uint64_t wide;
  if (!reader.read_uint_max(wide, max))
    return false;
  value = static_cast<uint8_t>(wide);
  return true;
}

static bool read_command(CborReader &reader, Command &command) {
  return read_uint32(reader, command.id) && read_uint32(reader, command.deadline_ms) &&
         read_uint8(reader, command.address.domain, UINT8_MAX) &&
         read_uint8(reader, command.address.sub, SUB_DEVICE_MAX) && read_uint32(reader, command.address.key) &&
         reader.read_item(command.args) && command.id != 0 &&
         check_arguments(command.address.domain, command.args) == Error::NONE;
}

static bool read_token(CborReader &reader, IssueToken &message) {
  ByteView token;
  if (!read_uint32(reader, message.generation) || !reader.read_fixed_bytes(token, KEY_SIZE))
    return false;
  message.token = token.data;
  return message.generation != 0;
}

static bool read_ping(CborReader &reader, HubMessage &out) {
  ByteView nonce;
  if (!reader.read_fixed_bytes(nonce, NONCE_SIZE))
    return false;
  std::memcpy(out.nonce, nonce.data, NONCE_SIZE);
  return true;
}

static bool read_new_hub_key(CborReader &reader) {
  uint32_t phase;
  ByteView key;
  return read_uint32(reader, phase) && reader.read_fixed_bytes(key, KEY_SIZE);
}

/// How many items the array of a message has, 0 for one that the hub does not send.
WITHOUT_TABLES static size_t item_count(MessageType type) {
  switch (type) {
    case MessageType::REVOKED:
      return 1;
    case MessageType::SUBSCRIBE_LOGS:
    case MessageType::TIME:
    case MessageType::PING:
      return 2;
    case MessageType::ISSUE_TOKEN:
    case MessageType::NEW_HUB_KEY:
      return 3;
    case MessageType::WELCOME:
      return 4;
    case MessageType::COMMAND:
      return 7;
    default:
      return 0;
  }
}

WITHOUT_TABLES static bool read_fields(CborReader &reader, HubMessage &out) {
  switch (out.type) {
    case MessageType::WELCOME:
      return reader.read_bool(out.welcome.want_description) && reader.read_uint(out.welcome.hub_time_ms) &&
             reader.read_bytes(out.welcome.ticket) && out.welcome.ticket.size <= TICKET_MAX;
    case MessageType::COMMAND:
      return read_command(reader, out.command);
    case MessageType::ISSUE_TOKEN:
      return read_token(reader, out.issue_token);
    case MessageType::NEW_HUB_KEY:
      return read_new_hub_key(reader);
    case MessageType::SUBSCRIBE_LOGS:
      return read_uint8(reader, out.log_level, LOG_LEVEL_MAX);
    case MessageType::TIME:
      return reader.read_uint(out.hub_time_ms);
    case MessageType::PING:
      return read_ping(reader, out);
    case MessageType::REVOKED:
      return true;
    default:
      return false;
  }
}

Error parse_hub_message(ByteView plaintext, HubMessage &out) {
  // The whole of it must be sound before any field counts.
  const Error error = cbor_validate(plaintext);
  if (error != Error::NONE)
    return error;
  CborReader reader(plaintext);
  size_t count;
  uint8_t type;
  if (!reader.read_array(count) || !read_uint8(reader, type, UINT8_MAX))
    return Error::MESSAGE_MALFORMED;
  HubMessage message;
  message.type = static_cast<MessageType>(type);
  const size_t expected = item_count(message.type);
  if (expected == 0)
    return Error::MESSAGE_UNEXPECTED;
  if (count != expected || !read_fields(reader, message) || !reader.finished())
    return Error::MESSAGE_MALFORMED;
  out = message;
  return Error::NONE;
}

static void write_type(CborWriter &writer, MessageType type, size_t items) {
  writer.write_array(items);
  writer.write_uint(static_cast<uint8_t>(type));
}

static void write_fact(CborWriter &writer, uint8_t key, std::string_view value) {
  writer.write_uint(key);
  writer.write_text(value, FACT_TEXT_MAX);
}

void write_ready(CborWriter &writer, const uint8_t description_hash[HASH_SIZE], const Facts &facts) {
  write_type(writer, MessageType::READY, 3);
  writer.write_bytes({description_hash, HASH_SIZE});
  writer.write_map(7 + (facts.reset_reason.empty() ? 0 : 1) + (facts.area.empty() ? 0 : 1) +
                   (facts.small_store ? 1 : 0));
  write_fact(writer, 1, facts.name);
  write_fact(writer, 2, facts.friendly_name);
  write_fact(writer, 3, facts.esphome_version);
  write_fact(writer, 4, facts.project_version);
  write_fact(writer, 5, facts.board);
  write_fact(writer, 6, facts.platform);
  writer.write_uint(7);
  writer.write_bool(facts.safe_mode);
  if (!facts.reset_reason.empty())
    write_fact(writer, 8, facts.reset_reason);
  if (!facts.area.empty())
    write_fact(writer, 9, facts.area);
  if (facts.small_store) {
    writer.write_uint(10);
    writer.write_bool(true);
  }
}

void write_describe_head(CborWriter &writer, uint32_t offset, uint32_t total, size_t part_size) {
  write_type(writer, MessageType::DESCRIBE, 4);
  writer.write_uint(offset);
  writer.write_uint(total);
  writer.write_bytes_head(part_size);
}

void write_result(CborWriter &writer, uint32_t command_id, CommandStatus status, std::string_view reason) {
  write_type(writer, MessageType::RESULT, 4);
  writer.write_uint(command_id);
  writer.write_uint(static_cast<uint8_t>(status));
  writer.write_text(reason, REASON_MAX);
}

void write_stored(CborWriter &writer, const uint8_t hash[HASH_SIZE]) {
  write_type(writer, MessageType::STORED, 2);
  writer.write_bytes({hash, HASH_SIZE});
}

void write_log(CborWriter &writer, uint8_t level, std::string_view tag, std::string_view text) {
  write_type(writer, MessageType::LOG, 4);
  writer.write_uint(level);
  writer.write_text(tag, LOG_TAG_MAX);
  writer.write_text(text, LOG_TEXT_MAX);
}

void write_rotate(CborWriter &writer) { write_type(writer, MessageType::ROTATE, 1); }

void write_pong(CborWriter &writer, const uint8_t nonce[NONCE_SIZE]) {
  write_type(writer, MessageType::PONG, 2);
  writer.write_bytes({nonce, NONCE_SIZE});
}

void write_goodbye(CborWriter &writer, uint32_t next_wakeup_s) {
  write_type(writer, MessageType::GOODBYE, 2);
  writer.write_uint(next_wakeup_s);
}

void write_states_complete(CborWriter &writer) { write_type(writer, MessageType::STATES_COMPLETE, 1); }

}  // namespace esphome::oceanremote
