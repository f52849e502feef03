#include "messages.h"

#include <new>

#include "arguments.h"
#include "user_actions.h"
#include "utf8.h"

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

/// User actions belong to the device as a whole.
static bool is_addressable(const EntityAddress &address) { return address.domain != ACTION_DOMAIN || address.sub == 0; }

static bool read_command(CborReader &reader, Command &command) {
  return read_uint32(reader, command.id) && read_uint32(reader, command.deadline_ms) &&
         read_uint8(reader, command.address.domain, UINT8_MAX) && read_uint32(reader, command.address.sub) &&
         read_uint32(reader, command.address.key) && reader.read_item(command.args) && command.id != 0 &&
         is_addressable(command.address) && check_arguments(command.address.domain, command.args) == Error::NONE;
}

static bool read_welcome(CborReader &reader, Welcome &message) {
  return reader.read_bool(message.want_description) && reader.read_uint(message.hub_time_ms) &&
         reader.read_bytes(message.ticket) && message.ticket.size <= TICKET_MAX;
}

static bool read_token(CborReader &reader, IssueToken &message) {
  ByteView token;
  if (!read_uint32(reader, message.generation) || !reader.read_fixed_bytes(token, KEY_SIZE))
    return false;
  message.token = token.data;
  return message.generation != 0;
}

static bool read_ping(CborReader &reader, uint8_t (&out)[NONCE_SIZE]) {
  ByteView nonce;
  if (!reader.read_fixed_bytes(nonce, NONCE_SIZE))
    return false;
  std::memcpy(out, nonce.data, NONCE_SIZE);
  return true;
}

static bool read_time(CborReader &reader, HubTime &message, size_t count) {
  if (!reader.read_uint(message.hub_time_ms))
    return false;
  return count == 2 || (reader.read_text(message.zone, ZONE_MAX) && !message.zone.empty());
}

/// A text or null, which is left as no text at all.
static bool read_optional_text(CborReader &reader, std::string_view &text, size_t max) {
  static constexpr uint8_t CBOR_NULL = 0xF6;
  ByteView item;
  if (!reader.read_item(item))
    return false;
  if (item.size == 1 && item.data[0] == CBOR_NULL)
    return true;
  CborReader inner(item);
  return inner.read_text(text, max);
}

static bool read_answer(CborReader &reader, Answer &answer) {
  uint8_t status;
  if (!read_uint32(reader, answer.id) || !read_uint8(reader, status, uint8_t(AnswerStatus::NO_SUCH)) ||
      !reader.read_text(answer.reason, REASON_MAX) || !read_optional_text(reader, answer.response, RESPONSE_MAX))
    return false;
  answer.status = static_cast<AnswerStatus>(status);
  return answer.id != 0;
}

static bool read_imported(CborReader &reader, Imported &imported) {
  static constexpr size_t CHARACTER_MAX = 4;  // bytes
  uint8_t status;
  if (!read_uint8(reader, imported.slot, IMPORTS_MAX - 1) ||
      !read_uint8(reader, status, uint8_t(ImportedStatus::NOT_ALLOWED)) ||
      !reader.read_text(imported.value, IMPORTED_MAX * CHARACTER_MAX))
    return false;
  imported.status = static_cast<ImportedStatus>(status);
  return imported.status == ImportedStatus::VALUE
             ? utf8_first_characters(imported.value, IMPORTED_MAX) == imported.value.size()
             : imported.value.empty();
}

static bool read_addresses(CborReader &reader, Addresses &addresses) {
  size_t count;
  if (!read_uint32(reader, addresses.version) || !reader.read_array(count) || count > ADDRESS_LIST_MAX)
    return false;
  for (size_t i = 0; i < count; i++) {
    if (!reader.read_text(addresses.urls[i], HUB_URL_MAX) || addresses.urls[i].empty())
      return false;
  }
  addresses.count = static_cast<uint8_t>(count);
  return count != 0 && addresses.version != 0;
}

static bool read_readings_taken(CborReader &reader, ReadingsTaken &taken) {
  return read_uint32(reader, taken.sub) && read_uint32(reader, taken.key) && read_uint32(reader, taken.next);
}

/// Whether the array of a message may have that many items; none for one that the hub does not send.
WITHOUT_TABLES static Error check_count(MessageType type, size_t count) {
  size_t expected = 0;
  switch (type) {
    case MessageType::REVOKED:
    case MessageType::ABANDON_UPDATE:
      expected = 1;
      break;
    case MessageType::TIME:
      // With its zone or without.
      expected = count == 3 ? 3 : 2;
      break;
    case MessageType::SUBSCRIBE_LOGS:
    case MessageType::PING:
    case MessageType::STAY_AWAKE:
    case MessageType::REPORT_HEALTH:
    case MessageType::INSTALL_UPDATE:
      expected = 2;
      break;
    case MessageType::ISSUE_TOKEN:
    case MessageType::NEW_HUB_KEY:
    case MessageType::ADDRESSES:
    case MessageType::UPDATE_CHUNK:
      expected = 3;
      break;
    case MessageType::WELCOME:
    case MessageType::IMPORTED:
    case MessageType::READINGS_TAKEN:
      expected = 4;
      break;
    case MessageType::ANSWER:
    case MessageType::OFFER_UPDATE:
      expected = 5;
      break;
    case MessageType::COMMAND:
      expected = 7;
      break;
    default:
      return check_tunnel_count(type, count);
  }
  return count == expected ? Error::NONE : Error::MESSAGE_MALFORMED;
}

WITHOUT_TABLES static bool read_fields(CborReader &reader, HubMessage &out, size_t count) {
  switch (out.type) {
    case MessageType::WELCOME:
      return read_welcome(reader, *new (&out.welcome) Welcome);
    case MessageType::COMMAND:
      return read_command(reader, *new (&out.command) Command);
    case MessageType::ISSUE_TOKEN:
      return read_token(reader, *new (&out.issue_token) IssueToken);
    case MessageType::NEW_HUB_KEY:
      return read_new_hub_key(reader, *new (&out.new_hub_key) NewHubKey);
    case MessageType::SUBSCRIBE_LOGS:
      return read_uint8(reader, out.log_level, LOG_LEVEL_MAX);
    case MessageType::STAY_AWAKE:
      return reader.read_bool(out.stay_awake);
    case MessageType::REPORT_HEALTH:
      return read_uint32(reader, out.health_interval_s);
    case MessageType::TIME:
      return read_time(reader, *new (&out.time) HubTime, count);
    case MessageType::PING:
      return read_ping(reader, out.nonce);
    case MessageType::ANSWER:
      return read_answer(reader, *new (&out.answer) Answer);
    case MessageType::IMPORTED:
      return read_imported(reader, *new (&out.imported) Imported);
    case MessageType::ADDRESSES:
      return read_addresses(reader, *new (&out.addresses) Addresses);
    case MessageType::READINGS_TAKEN:
      return read_readings_taken(reader, *new (&out.readings_taken) ReadingsTaken);
    case MessageType::OFFER_UPDATE:
    case MessageType::UPDATE_CHUNK:
    case MessageType::INSTALL_UPDATE:
      return read_update_message(reader, out);
    case MessageType::REVOKED:
    case MessageType::ABANDON_UPDATE:
      return true;
    default:
      return read_tunnel_message(reader, out.type, *new (&out.tunnel) TunnelMessage);
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
  const Error counted = check_count(message.type, count);
  if (counted != Error::NONE)
    return counted;
  if (!read_fields(reader, message, count) || !reader.finished())
    return Error::MESSAGE_MALFORMED;
  out = message;
  return Error::NONE;
}

void write_type(CborWriter &writer, MessageType type, size_t items) {
  writer.write_array(items);
  writer.write_uint(static_cast<uint8_t>(type));
}

static void write_fact(CborWriter &writer, uint8_t key, std::string_view value) {
  writer.write_uint(key);
  writer.write_text(value, FACT_TEXT_MAX);
}

/// A fact that is left out where it is false.
static void write_flag(CborWriter &writer, uint8_t key, bool flag) {
  if (!flag)
    return;
  writer.write_uint(key);
  writer.write_bool(true);
}

void write_ready(CborWriter &writer, const uint8_t description_hash[HASH_SIZE], const Facts &facts) {
  write_type(writer, MessageType::READY, 3);
  writer.write_bytes({description_hash, HASH_SIZE});
  writer.write_map(7 + (facts.reset_reason.empty() ? 0 : 1) + (facts.area.empty() ? 0 : 1) +
                   (facts.small_store ? 1 : 0) + (facts.keeps_time ? 1 : 0) + (facts.sleeps ? 1 : 0) +
                   (facts.remembers ? 1 : 0) + (facts.reports_health ? 1 : 0) + (facts.takes_hub_keys ? 1 : 0) +
                   (facts.updates != nullptr ? 1 : 0) + (facts.tunnels != 0 ? 1 : 0));
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
  write_flag(writer, 10, facts.small_store);
  write_flag(writer, 11, facts.keeps_time);
  write_flag(writer, 12, facts.sleeps);
  write_flag(writer, 13, facts.remembers);
  write_flag(writer, 14, facts.reports_health);
  write_flag(writer, 15, facts.takes_hub_keys);
  if (facts.updates != nullptr) {
    writer.write_uint(16);
    write_update_facts(writer, *facts.updates);
  }
  if (facts.tunnels != 0) {
    writer.write_uint(20);
    writer.write_uint(facts.tunnels);
  }
}

void write_describe_head(CborWriter &writer, uint32_t offset, uint32_t total, size_t part_size) {
  write_type(writer, MessageType::DESCRIBE, 4);
  writer.write_uint(offset);
  writer.write_uint(total);
  writer.write_bytes_head(part_size);
}

void write_image_head(CborWriter &writer, uint32_t sub, uint32_t key, uint32_t offset, uint32_t total,
                      size_t part_size) {
  write_type(writer, MessageType::IMAGE, 6);
  writer.write_uint(sub);
  writer.write_uint(key);
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

static void write_address(CborWriter &writer, const EntityAddress &address) {
  writer.write_uint(address.domain);
  writer.write_uint(address.sub);
  writer.write_uint(address.key);
}

void write_event(CborWriter &writer, const EntityAddress &address, uint8_t type) {
  write_type(writer, MessageType::EVENT, 5);
  write_address(writer, address);
  writer.write_uint(type);
}

void write_heard_signal(CborWriter &writer, const EntityAddress &address, ByteView timings) {
  write_type(writer, MessageType::HEARD_SIGNAL, 5);
  write_address(writer, address);
  writer.write_bytes(timings);
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

void write_goodbye(CborWriter &writer, uint32_t next_wakeup_s, GoodbyeReason why) {
  write_type(writer, MessageType::GOODBYE, 3);
  writer.write_uint(next_wakeup_s);
  writer.write_uint(static_cast<uint8_t>(why));
}

void write_states_complete(CborWriter &writer) { write_type(writer, MessageType::STATES_COMPLETE, 1); }

void write_addresses_stored(CborWriter &writer, uint32_t version, uint8_t unusable, uint8_t proved) {
  write_type(writer, MessageType::ADDRESSES_STORED, 4);
  writer.write_uint(version);
  writer.write_uint(unusable);
  writer.write_uint(proved);
}

void write_import(CborWriter &writer, uint8_t slot, std::string_view entity_id, std::string_view attribute) {
  write_type(writer, MessageType::IMPORT, 4);
  writer.write_uint(slot);
  writer.write_text(entity_id, ENTITY_ID_MAX);
  writer.write_text(attribute, ATTRIBUTE_MAX);
}

}  // namespace esphome::oceanremote
