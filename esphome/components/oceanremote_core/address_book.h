#pragma once
// What the hub has told of its addresses: the present list, and of earlier ones what has led to the hub and is not in
// it, until an address of the list that had not done so before has led there, too. So a list of addresses at which
// nobody answers costs nothing. The configuration's own addresses are dialed beside them, whatever is told.
//
// Nothing of it is secret, and none of it is trusted with more than a dial: who answers there must prove the hub key.
// It stays in the store; what is kept here is what must be known between two dials.

#include "errors.h"
#include "frames.h"
#include "hub_url.h"
#include "messages.h"
#include "sector_journal.h"
#include "stream.h"

namespace esphome::oceanremote {

inline constexpr size_t KEPT_ADDRESSES_MAX = 2;
/// The list's, then what is kept.
inline constexpr size_t TOLD_ADDRESSES_MAX = ADDRESS_LIST_MAX + KEPT_ADDRESSES_MAX;
inline constexpr uint8_t LIST_PLACES = (1 << ADDRESS_LIST_MAX) - 1;
inline constexpr size_t ADDRESS_RECORD_SIZE = 748;

/// With room for the head of a journal, so that no store needs a second one.
struct AddressRecord {
  alignas(4) uint8_t image[JOURNAL_HEAD_SIZE + ADDRESS_RECORD_SIZE];
  [[nodiscard]] uint8_t *data() { return this->image + JOURNAL_HEAD_SIZE; }
  [[nodiscard]] const uint8_t *data() const { return this->image + JOURNAL_HEAD_SIZE; }
};
static_assert(ADDRESS_RECORD_SIZE <= JOURNAL_RECORD_MAX, "it fits");

/// Where the platform keeps it. Each call may block for a flash write.
class AddressStore {
 public:
  virtual ~AddressStore() = default;
  /// RECORD_EMPTY when there is none, another error when it cannot be read.
  [[nodiscard]] virtual Error load(AddressRecord &record) = 0;
  /// Returns when the record is durable. STORE_FAILED: the record from before is there, or this one.
  [[nodiscard]] virtual Error save(AddressRecord &record) = 0;
};

/// An address that is dialed, with its texts.
struct DialedAddress {
  HubAddress address;
  char text[2 * HUB_URL_MAX + CONNECT_PATH.size() + 3];
};

/// What the addresses must be like.
struct AddressRules {
  const HubAddress *own{nullptr};  ///< of the configuration; they are not dialed twice
  uint8_t own_count{0};
  const uint8_t *hub_key_id{nullptr};  ///< whose lists count
  bool tls{false};
  bool ipv6{false};
};

class AddressBook {
 public:
  explicit AddressBook(AddressStore &store) : flash_(store) {}

  /// Once per boot. What cannot be read, or belongs to another hub, counts as nothing. The rules' arrays live on.
  void setup(const AddressRules &rules);

  /// Of the list that is in the store; 0: none.
  [[nodiscard]] uint32_t version() const { return this->version_; }
  // Places in the list as bits, the first is bit 0.
  /// What this device cannot dial.
  [[nodiscard]] uint8_t unusable() const { return this->unusable_ & LIST_PLACES; }
  /// What has led to the hub, or is in the configuration, too.
  [[nodiscard]] uint8_t proved() const { return (this->proved_ | this->own_places_) & LIST_PLACES; }

  /// How many there are to dial; below, index counts them.
  [[nodiscard]] uint8_t count() const;
  /// False when there is none of that index, or when the store cannot be read.
  [[nodiscard]] bool read(uint8_t index, DialedAddress &out) const;
  /// What a boot begins with: one that has led to the hub. False: none has.
  [[nodiscard]] bool first(uint8_t &index) const;
  /// One of the list that has yet to lead to the hub. False: there is none.
  [[nodiscard]] bool untried(uint8_t &index) const;

  /// Stores a list that the hub tells. in_use: the index that this session came by, or NOT_TOLD; it is the new one
  /// afterwards. STORE_FAILED: nothing has changed.
  [[nodiscard]] Error take(const Addresses &message, uint8_t &in_use);
  /// An address has led to the hub; index may change as with take().
  [[nodiscard]] Error prove(uint8_t &index);

  static constexpr uint8_t NOT_TOLD = 0xFF;

 protected:
  /// Whether the record holds something that counts.
  [[nodiscard]] bool load_(AddressRecord &record) const;
  void adopt_(const AddressRecord &record);
  [[nodiscard]] bool is_usable_(const HubUrl &url) const;
  [[nodiscard]] bool is_own_(const HubUrl &url) const;
  [[nodiscard]] uint8_t place_of_(uint8_t index) const;
  [[nodiscard]] uint8_t index_of_(uint8_t place) const;
  [[nodiscard]] Error store_(AddressRecord &record);

  AddressStore &flash_;
  AddressRules rules_;
  uint32_t version_{0};
  uint8_t dialable_{0};  ///< places that are dialed, those of what is kept behind the list's
  uint8_t unusable_{0};  ///< these three likewise
  uint8_t proved_{0};
  uint8_t own_places_{0};
};

}  // namespace esphome::oceanremote
