#include "address_book.h"

#include <algorithm>

#include "crc32.h"

namespace esphome::oceanremote {

// Layout: every field at a fixed place, big-endian, the checksum over all before it.
static constexpr uint16_t MAGIC = 0x4F41;  // "OA"
static constexpr uint8_t VERSION = 1;
static constexpr size_t AT_VERSION = 2;
static constexpr size_t AT_PROVED = 3;
static constexpr size_t AT_HUB_KEY_ID = 4;
static constexpr size_t AT_LIST_VERSION = AT_HUB_KEY_ID + HUB_KEY_ID_SIZE;
static constexpr size_t AT_PLACES = AT_LIST_VERSION + 4;
static constexpr size_t PLACE_SIZE = 1 + HUB_URL_MAX;                               // its size, and the text
static constexpr size_t AT_RESERVED = AT_PLACES + TOLD_ADDRESSES_MAX * PLACE_SIZE;  // zero
static constexpr size_t AT_CHECKSUM = ADDRESS_RECORD_SIZE - 4;
static_assert(AT_RESERVED <= AT_CHECKSUM, "record layout");

static constexpr uint8_t bit(uint8_t place) { return static_cast<uint8_t>(1U << place); }
static void set(uint8_t &bits, uint8_t place) { bits = static_cast<uint8_t>(bits | bit(place)); }

static std::string_view text_at(const AddressRecord &record, uint8_t place) {
  const uint8_t *at = record.data() + AT_PLACES + place * PLACE_SIZE;
  return {reinterpret_cast<const char *>(at + 1), at[0]};
}

static void set_text(AddressRecord &record, uint8_t place, std::string_view text) {
  uint8_t *at = record.data() + AT_PLACES + place * PLACE_SIZE;
  std::memset(at, 0, PLACE_SIZE);
  at[0] = static_cast<uint8_t>(text.size());
  std::copy(text.begin(), text.end(), at + 1);
}

static bool is_sound(const AddressRecord &record) {
  const uint8_t *in = record.data();
  if (load_be16(in) != MAGIC || in[AT_VERSION] != VERSION || load_be32(in + AT_CHECKSUM) != crc32({in, AT_CHECKSUM}))
    return false;
  for (uint8_t place = 0; place < TOLD_ADDRESSES_MAX; place++) {
    if (text_at(record, place).size() > HUB_URL_MAX)
      return false;
  }
  return true;
}

bool AddressBook::load_(AddressRecord &record) const {
  return this->flash_.load(record) == Error::NONE && is_sound(record) &&
         std::memcmp(record.data() + AT_HUB_KEY_ID, this->rules_.hub_key_id, HUB_KEY_ID_SIZE) == 0;
}

bool AddressBook::is_usable_(const HubUrl &url) const {
  return (!url.secure || this->rules_.tls) && (!url.ipv6 || this->rules_.ipv6);
}

bool AddressBook::is_own_(const HubUrl &url) const {
  for (uint8_t i = 0; i < this->rules_.own_count; i++) {
    const HubAddress &own = this->rules_.own[i];
    const std::string_view path = own.path;
    if (own.secure == url.secure && url.authority == own.authority &&
        path.size() == url.prefix.size() + CONNECT_PATH.size() && text_from(path, 0, url.prefix.size()) == url.prefix)
      return true;
  }
  return false;
}

void AddressBook::adopt_(const AddressRecord &record) {
  this->version_ = load_be32(record.data() + AT_LIST_VERSION);
  this->proved_ = record.data()[AT_PROVED];
  this->dialable_ = this->unusable_ = this->own_places_ = 0;
  for (uint8_t place = 0; place < TOLD_ADDRESSES_MAX; place++) {
    const std::string_view text = text_at(record, place);
    if (text.empty())
      continue;
    HubUrl url;
    if (!parse_hub_url(text, url) || !this->is_usable_(url)) {
      set(this->unusable_, place);
    } else if (this->is_own_(url)) {
      set(this->own_places_, place);
    } else {
      set(this->dialable_, place);
    }
  }
}

void AddressBook::setup(const AddressRules &rules) {
  this->rules_ = rules;
  AddressRecord record;
  if (this->load_(record))
    this->adopt_(record);
}

Error AddressBook::store_(AddressRecord &record) {
  uint8_t *out = record.data();
  store_be32(out + AT_CHECKSUM, crc32({out, AT_CHECKSUM}));
  const Error error = this->flash_.save(record);
  if (error == Error::NONE)
    this->adopt_(record);
  return error;
}

uint8_t AddressBook::count() const { return this->index_of_(TOLD_ADDRESSES_MAX); }

uint8_t AddressBook::index_of_(uint8_t place) const {
  uint8_t index = 0;
  for (uint8_t before = 0; before < place; before++) {
    if ((this->dialable_ & bit(before)) != 0)
      index++;
  }
  return index;
}

uint8_t AddressBook::place_of_(uint8_t index) const {
  for (uint8_t place = 0; place < TOLD_ADDRESSES_MAX; place++) {
    if ((this->dialable_ & bit(place)) != 0 && index-- == 0)
      return place;
  }
  return NOT_TOLD;
}

static const char *put(char *&at, std::string_view text, std::string_view more = {}) {
  const char *begin = at;
  at = std::copy(text.begin(), text.end(), at);
  at = std::copy(more.begin(), more.end(), at);
  *at++ = '\0';
  return begin;
}

bool AddressBook::read(uint8_t index, DialedAddress &out) const {
  AddressRecord record;
  const uint8_t place = this->place_of_(index);
  HubUrl url;
  if (place == NOT_TOLD || !this->load_(record) || !parse_hub_url(text_at(record, place), url))
    return false;
  char *at = out.text;
  out.address.host = put(at, url.host);
  out.address.authority = put(at, url.authority);
  char path[CONNECT_PATH.size()];
  copy_connect_path(path);
  out.address.path = put(at, url.prefix, {path, sizeof(path)});
  out.address.port = url.port;
  out.address.secure = url.secure;
  return true;
}

bool AddressBook::first(uint8_t &index) const {
  for (uint8_t place = 0; place < TOLD_ADDRESSES_MAX; place++) {
    if ((this->dialable_ & (this->proved_ | ~LIST_PLACES) & bit(place)) == 0)
      continue;
    index = this->index_of_(place);
    return true;
  }
  return false;
}

bool AddressBook::untried(uint8_t &index) const {
  for (uint8_t place = 0; place < ADDRESS_LIST_MAX; place++) {
    if ((this->dialable_ & ~this->proved_ & bit(place)) == 0)
      continue;
    index = this->index_of_(place);
    return true;
  }
  return false;
}

/// The place in a record that holds a text; NOT_TOLD where none does.
static uint8_t find_place(const AddressRecord &record, std::string_view text, uint8_t end) {
  for (uint8_t place = 0; place < end; place++) {
    if (text_at(record, place) == text)
      return place;
  }
  return AddressBook::NOT_TOLD;
}

/// Whatever is kept has.
static bool has_led_to_hub(const AddressRecord &record, uint8_t place) {
  return place >= ADDRESS_LIST_MAX || (record.data()[AT_PROVED] & bit(place)) != 0;
}

/// Puts behind the list what an earlier record has and it has not.
static void keep(AddressRecord &record, const AddressRecord &before, uint8_t place) {
  const std::string_view text = text_at(before, place);
  if (text.empty() || find_place(record, text, TOLD_ADDRESSES_MAX) != AddressBook::NOT_TOLD)
    return;
  for (uint8_t free = ADDRESS_LIST_MAX; free < TOLD_ADDRESSES_MAX; free++) {
    if (text_at(record, free).empty())
      return set_text(record, free, text);
  }
}

static void drop_kept(AddressRecord &record) {
  for (uint8_t place = ADDRESS_LIST_MAX; place < TOLD_ADDRESSES_MAX; place++)
    set_text(record, place, {});
}

Error AddressBook::take(const Addresses &message, uint8_t &in_use) {
  AddressRecord before, record;
  const bool had_one = this->load_(before);
  const uint8_t place_in_use = had_one && in_use != NOT_TOLD ? this->place_of_(in_use) : NOT_TOLD;
  uint8_t *out = record.data();
  std::memset(out, 0, ADDRESS_RECORD_SIZE);
  store_be16(out, MAGIC);
  out[AT_VERSION] = VERSION;
  std::memcpy(out + AT_HUB_KEY_ID, this->rules_.hub_key_id, HUB_KEY_ID_SIZE);
  store_be32(out + AT_LIST_VERSION, message.version);
  bool any_usable = false, any_untried = false;
  for (uint8_t place = 0; place < message.count; place++) {
    const std::string_view text = message.urls[place];
    set_text(record, place, text);
    const uint8_t known = had_one ? find_place(before, text, TOLD_ADDRESSES_MAX) : NOT_TOLD;
    const bool proved = known != NOT_TOLD && has_led_to_hub(before, known);
    if (proved)
      set(out[AT_PROVED], place);
    HubUrl url;
    if (!parse_hub_url(text, url) || !this->is_usable_(url))
      continue;
    any_usable = true;
    any_untried = any_untried || !(proved || this->is_own_(url));
  }
  if (had_one && (any_untried || !any_usable)) {
    if (place_in_use != NOT_TOLD)
      keep(record, before, place_in_use);
    for (uint8_t place = 0; place < TOLD_ADDRESSES_MAX; place++) {
      if (has_led_to_hub(before, place))
        keep(record, before, place);
    }
  }
  const Error error = this->store_(record);
  if (error == Error::NONE && place_in_use != NOT_TOLD) {
    const uint8_t place = find_place(record, text_at(before, place_in_use), TOLD_ADDRESSES_MAX);
    in_use = place != NOT_TOLD && (this->dialable_ & bit(place)) != 0 ? this->index_of_(place) : NOT_TOLD;
  }
  return error;
}

Error AddressBook::prove(uint8_t &index) {
  const uint8_t place = this->place_of_(index);
  if (place >= ADDRESS_LIST_MAX || (this->proved_ & bit(place)) != 0)
    return Error::NONE;
  AddressRecord record;
  if (!this->load_(record))
    return Error::STORE_FAILED;
  set(record.data()[AT_PROVED], place);
  drop_kept(record);
  const Error error = this->store_(record);
  if (error == Error::NONE)
    index = this->index_of_(place);
  return error;
}

}  // namespace esphome::oceanremote
