#include "credentials.h"

#include "crc32.h"

namespace esphome::oceanremote {

// Layout of version 2: every field at a fixed place, big-endian, the checksum over all before it.
static constexpr size_t AT_MAGIC = 0;
static constexpr size_t AT_VERSION = 2;
static constexpr size_t AT_FLAGS = 3;
static constexpr size_t AT_GENERATION = 4;
static constexpr size_t AT_RESERVATIONS = 8;
static constexpr size_t AT_HUB_KEY_ID = 12;
static constexpr size_t AT_TOKEN_HANDLE = AT_HUB_KEY_ID + HUB_KEY_ID_SIZE;
static constexpr size_t AT_PRIVATE_KEY = AT_TOKEN_HANDLE + TOKEN_HANDLE_SIZE;
static constexpr size_t AT_CURRENT_TOKEN = AT_PRIVATE_KEY + KEY_SIZE;
static constexpr size_t AT_PREVIOUS_TOKEN = AT_CURRENT_TOKEN + KEY_SIZE;
static constexpr size_t AT_CLOCK = AT_PREVIOUS_TOKEN + KEY_SIZE;  // here the compact record ends with its checksum
static constexpr size_t AT_NEXT_HUB_KEY = AT_CLOCK + 4;
static constexpr size_t AT_HUB_KEY = AT_NEXT_HUB_KEY + KEY_SIZE;
static constexpr size_t AT_CHECKSUM = AT_HUB_KEY + KEY_SIZE;
static_assert(AT_CHECKSUM + 4 == RECORD_SIZE, "record layout");
static_assert(AT_CLOCK + 4 == COMPACT_RECORD_SIZE, "record layout");
static_assert(COMPACT_RECORD_SIZE <= 124, "ESP8266 has no more words left for a record among the preferences");

static constexpr uint8_t FLAG_KEY = 1 << 0;
static constexpr uint8_t FLAG_CURRENT = 1 << 1;
static constexpr uint8_t FLAG_PREVIOUS = 1 << 2;
static constexpr uint8_t FLAG_CONFIRMED = 1 << 3;
static constexpr uint8_t FLAG_REVOKED = 1 << 4;
static constexpr uint8_t FLAG_NEXT_HUB_KEY = 1 << 5;
static constexpr uint8_t FLAG_HUB_KEY = 1 << 6;
static constexpr uint8_t FLAGS_HUB_KEYS = FLAG_NEXT_HUB_KEY | FLAG_HUB_KEY;
static constexpr uint8_t FLAGS_KNOWN =
    FLAG_KEY | FLAG_CURRENT | FLAG_PREVIOUS | FLAG_CONFIRMED | FLAG_REVOKED | FLAGS_HUB_KEYS;

void Identity::copy_from(const Identity &other) {
  this->private_key.assign(other.private_key);
  this->current_token.assign(other.current_token);
  this->previous_token.assign(other.previous_token);
  this->generation = other.generation;
  this->reservations = other.reservations;
  this->clock_s = other.clock_s;
  std::memcpy(this->next_hub_key, other.next_hub_key, KEY_SIZE);
  std::memcpy(this->hub_key, other.hub_key, KEY_SIZE);
  std::memcpy(this->token_handle, other.token_handle, TOKEN_HANDLE_SIZE);
  std::memcpy(this->hub_key_id, other.hub_key_id, HUB_KEY_ID_SIZE);
  this->has_key = other.has_key;
  this->has_current = other.has_current;
  this->has_previous = other.has_previous;
  this->confirmed = other.confirmed;
  this->revoked = other.revoked;
  this->has_next_hub_key = other.has_next_hub_key;
  this->has_hub_key = other.has_hub_key;
}

void Identity::wipe() {
  this->private_key.wipe();
  this->current_token.wipe();
  this->previous_token.wipe();
  this->generation = 0;
  this->reservations = 0;
  this->clock_s = 0;
  std::memset(this->next_hub_key, 0, KEY_SIZE);
  std::memset(this->hub_key, 0, KEY_SIZE);
  std::memset(this->token_handle, 0, TOKEN_HANDLE_SIZE);
  std::memset(this->hub_key_id, 0, HUB_KEY_ID_SIZE);
  this->has_key = false;
  this->has_current = false;
  this->has_previous = false;
  this->confirmed = false;
  this->revoked = false;
  this->has_next_hub_key = false;
  this->has_hub_key = false;
}

static uint8_t encode_flags(const Identity &identity) {
  uint8_t flags = 0;
  flags |= identity.has_key ? FLAG_KEY : 0;
  flags |= identity.has_current ? FLAG_CURRENT : 0;
  flags |= identity.has_previous ? FLAG_PREVIOUS : 0;
  flags |= identity.confirmed ? FLAG_CONFIRMED : 0;
  flags |= identity.revoked ? FLAG_REVOKED : 0;
  flags |= identity.has_next_hub_key ? FLAG_NEXT_HUB_KEY : 0;
  flags |= identity.has_hub_key ? FLAG_HUB_KEY : 0;
  return flags;
}

void encode_record(const Identity &identity, Record &record) {
  uint8_t *out = record.data();
  store_be16(out + AT_MAGIC, RECORD_MAGIC);
  out[AT_VERSION] = RECORD_VERSION;
  out[AT_FLAGS] = encode_flags(identity);
  store_be32(out + AT_GENERATION, identity.generation);
  store_be32(out + AT_RESERVATIONS, identity.reservations);
  std::memcpy(out + AT_HUB_KEY_ID, identity.hub_key_id, HUB_KEY_ID_SIZE);
  std::memcpy(out + AT_TOKEN_HANDLE, identity.token_handle, TOKEN_HANDLE_SIZE);
  std::memcpy(out + AT_PRIVATE_KEY, identity.private_key.data(), KEY_SIZE);
  std::memcpy(out + AT_CURRENT_TOKEN, identity.current_token.data(), KEY_SIZE);
  std::memcpy(out + AT_PREVIOUS_TOKEN, identity.previous_token.data(), KEY_SIZE);
  store_be32(out + AT_CLOCK, identity.clock_s);
  std::memcpy(out + AT_NEXT_HUB_KEY, identity.next_hub_key, KEY_SIZE);
  std::memcpy(out + AT_HUB_KEY, identity.hub_key, KEY_SIZE);
  store_be32(out + AT_CHECKSUM, crc32({out, AT_CHECKSUM}));
}

static bool all_equal(const uint8_t *bytes, size_t size, uint8_t value) {
  for (size_t i = 0; i < size; i++) {
    if (bytes[i] != value)
      return false;
  }
  return true;
}

/// Flash that was never written, or was erased, is all ones or all zeros.
static bool is_blank(const uint8_t *bytes, size_t size) {
  return (bytes[0] == 0x00 || bytes[0] == 0xFF) && all_equal(bytes, size, bytes[0]);
}

/// Tokens hang on the key, other keys and tokens on a current token, and a revoked identity has none of them.
static bool flags_are_sound(uint8_t flags) {
  const bool key = (flags & FLAG_KEY) != 0;
  const bool current = (flags & FLAG_CURRENT) != 0;
  const bool dependent = (flags & (FLAG_PREVIOUS | FLAG_CONFIRMED | FLAGS_HUB_KEYS)) != 0;
  const bool revoked = (flags & FLAG_REVOKED) != 0;
  return (key || !current) && (current || !dependent) && !(revoked && key);
}

Error decode_record(const Record &record, Identity &identity) {
  const uint8_t *in = record.data();
  if (is_blank(in, RECORD_SIZE))
    return Error::RECORD_EMPTY;
  if (load_be16(in + AT_MAGIC) != RECORD_MAGIC || load_be32(in + AT_CHECKSUM) != crc32({in, AT_CHECKSUM}))
    return Error::RECORD_DAMAGED;
  if (in[AT_VERSION] < RECORD_VERSION)
    return Error::RECORD_OUTDATED;
  const uint8_t flags = in[AT_FLAGS];
  if (in[AT_VERSION] != RECORD_VERSION || (flags & ~FLAGS_KNOWN) != 0)
    return Error::RECORD_VERSION;
  if (!flags_are_sound(flags))
    return Error::RECORD_DAMAGED;
  identity.private_key.assign(in + AT_PRIVATE_KEY);
  identity.current_token.assign(in + AT_CURRENT_TOKEN);
  identity.previous_token.assign(in + AT_PREVIOUS_TOKEN);
  identity.generation = load_be32(in + AT_GENERATION);
  identity.reservations = load_be32(in + AT_RESERVATIONS);
  identity.clock_s = load_be32(in + AT_CLOCK);
  std::memcpy(identity.next_hub_key, in + AT_NEXT_HUB_KEY, KEY_SIZE);
  std::memcpy(identity.hub_key, in + AT_HUB_KEY, KEY_SIZE);
  std::memcpy(identity.token_handle, in + AT_TOKEN_HANDLE, TOKEN_HANDLE_SIZE);
  std::memcpy(identity.hub_key_id, in + AT_HUB_KEY_ID, HUB_KEY_ID_SIZE);
  identity.has_key = (flags & FLAG_KEY) != 0;
  identity.has_current = (flags & FLAG_CURRENT) != 0;
  identity.has_previous = (flags & FLAG_PREVIOUS) != 0;
  identity.confirmed = (flags & FLAG_CONFIRMED) != 0;
  identity.revoked = (flags & FLAG_REVOKED) != 0;
  identity.has_next_hub_key = (flags & FLAG_NEXT_HUB_KEY) != 0;
  identity.has_hub_key = (flags & FLAG_HUB_KEY) != 0;
  return Error::NONE;
}

Error compact_record(const Record &record, CompactRecord &compact) {
  if ((record.data()[AT_FLAGS] & FLAGS_HUB_KEYS) != 0)
    return Error::STORE_FAILED;
  std::memcpy(compact.data(), record.data(), AT_CLOCK);
  store_be32(compact.data() + AT_CLOCK, crc32({compact.data(), AT_CLOCK}));
  return Error::NONE;
}

void expand_record(const CompactRecord &compact, Record &record) {
  const uint8_t *in = compact.data();
  uint8_t *out = record.data();
  if (is_blank(in, COMPACT_RECORD_SIZE)) {
    std::memset(out, in[0], RECORD_SIZE);
    return;
  }
  std::memcpy(out, in, AT_CLOCK);
  std::memset(out + AT_CLOCK, 0, AT_CHECKSUM - AT_CLOCK);
  const uint32_t difference = load_be32(in + AT_CLOCK) ^ crc32({in, AT_CLOCK});
  store_be32(out + AT_CHECKSUM, crc32({out, AT_CHECKSUM}) ^ difference);
}

Error load_identity(CredentialStore &store, Identity &identity) {
  Record record;
  const Error error = store.load(record);
  return error == Error::NONE ? decode_record(record, identity) : error;
}

Error store_identity(CredentialStore &store, const Identity &identity) {
  Record written;
  encode_record(identity, written);
  Record found;
  if (store.save(written) != Error::NONE || store.sync() != Error::NONE || store.read_back(found) != Error::NONE)
    return Error::STORE_FAILED;
  return equal_secret(written.data(), found.data(), RECORD_SIZE) ? Error::NONE : Error::STORE_FAILED;
}

// Counters

static uint64_t reserved_until(uint32_t reservations) {
  return static_cast<uint64_t>(reservations) << COUNTER_RESERVATION_BITS;
}

void HandshakeCounter::start(uint32_t reservations) {
  this->ceiling_ = reserved_until(reservations);
  // Counters begin at 1: the hub takes 0 for "none yet".
  this->next_ = this->ceiling_ == 0 ? 1 : this->ceiling_;
}

void HandshakeCounter::resume(uint32_t reservations, uint64_t next) {
  this->start(reservations);
  if (reservations == 0)
    return;
  const uint64_t floor = reserved_until(reservations - 1);
  if (next >= floor && next != 0 && next < this->ceiling_)
    this->next_ = next;
}

Error HandshakeCounter::reserve(Identity &identity) {
  if (identity.reservations == UINT32_MAX)
    return Error::COUNTER_EXHAUSTED;
  identity.reservations++;
  return Error::NONE;
}

void HandshakeCounter::granted(const Identity &identity) { this->ceiling_ = reserved_until(identity.reservations); }

Error HandshakeCounter::take(uint64_t &value) {
  if (this->needs_reservation())
    return Error::WRONG_STATE;
  value = this->next_;
  this->next_++;
  return Error::NONE;
}

}  // namespace esphome::oceanremote
