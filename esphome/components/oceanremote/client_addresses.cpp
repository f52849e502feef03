// The client's addresses beyond those of its configuration: what the hub tells is stored, dialed and answered.

#include "client.h"

#include "esphome/core/log.h"

namespace esphome::oceanremote {

static const char *const TAG = "oceanremote";

void Client::setup_addresses_() {
  this->has_address_store_ = this->address_store_.setup();
  if (!this->has_address_store_)
    return;
  AddressRules rules;
  rules.own = this->addresses_;
  rules.own_count = this->address_count_;
  rules.hub_key_id = this->link_.hub_key_id();
#ifdef USE_OCEANREMOTE_TLS
  rules.tls = true;
#endif
#ifdef OCEANREMOTE_IPV6
  rules.ipv6 = true;
#endif
  this->address_book_.setup(rules);
  this->renumber_addresses_(0);
  uint8_t first;
  if (this->address_book_.first(first))
    this->dial_order_.prefer(this->address_count_ + first);
}

void Client::renumber_addresses_(uint8_t index) {
  this->dial_order_.renumber(this->address_count_ + this->address_book_.count(), index);
}

const HubAddress *Client::find_address_(uint8_t index) {
  if (index < this->address_count_ && index < OCEANREMOTE_OWN_ADDRESS_COUNT)
    return &this->addresses_[index];
  return this->address_book_.read(index - this->address_count_, this->dialed_) ? &this->dialed_.address : nullptr;
}

const char *Client::authority_of_(uint8_t index) {
  const HubAddress *address = this->find_address_(index);
  return address != nullptr ? address->authority : "an address that cannot be read";
}

/// The index among what the hub told of the address that is in use.
uint8_t Client::told_in_use_() const {
  const uint8_t index = this->dial_order_.index();
  return index < this->address_count_ ? AddressBook::NOT_TOLD : index - this->address_count_;
}

void Client::handle_addresses_(const Addresses &message) {
  if (!this->has_address_store_)
    return;
  this->crash_points_.at("addresses_received");
  uint8_t in_use = this->told_in_use_();
  const uint8_t own_in_use = in_use == AddressBook::NOT_TOLD ? this->dial_order_.index() : 0;
  if (this->address_book_.take(message, in_use) != Error::NONE) {
    ESP_LOGE(TAG, "The hub's addresses cannot be stored");
    return;
  }
  this->crash_points_.at("addresses_saved");
  this->wire_.renumber();
  this->renumber_addresses_(in_use == AddressBook::NOT_TOLD ? own_in_use : this->address_count_ + in_use);
  this->tries_new_address_ = true;
  this->addresses_due_ = true;
  ESP_LOGI(TAG, "The hub has told %u addresses", message.count);
  for (uint8_t place = 0; place < message.count; place++) {
    if ((this->address_book_.unusable() & (1 << place)) != 0) {
      const std::string_view url = message.urls[place];
      ESP_LOGW(TAG, "Not to be dialed from here: %.*s", static_cast<int>(url.size()), url.data());
    }
  }
}

void Client::address_has_proved_() {
  uint8_t in_use = this->told_in_use_();
  if (in_use == AddressBook::NOT_TOLD)
    return;
  const uint8_t before = this->address_book_.count();
  if (this->address_book_.prove(in_use) != Error::NONE) {
    ESP_LOGE(TAG, "That an address leads to the hub cannot be stored");
  }
  this->crash_points_.at("address_proved");
  if (this->address_book_.count() != before)
    this->wire_.renumber();
  this->renumber_addresses_(this->address_count_ + in_use);
}

/// After a session: a list that has just been told is tried at once, and what has served comes behind it.
void Client::try_new_address_() {
  uint8_t index;
  if (this->tries_new_address_ && this->address_book_.untried(index))
    this->dial_order_.prefer(this->address_count_ + index);
  this->tries_new_address_ = false;
}

size_t Client::write_addresses_stored_(uint8_t *payload, size_t capacity) {
  if (!this->addresses_due_)
    return 0;
  this->addresses_due_ = false;
  CborWriter writer(payload, capacity);
  write_addresses_stored(writer, this->address_book_.version(), this->address_book_.unusable(),
                         this->address_book_.proved());
  return writer.size();
}

void Client::dump_addresses_() {
  for (uint8_t i = 0; i < this->address_book_.count(); i++) {
    ESP_LOGCONFIG(TAG, "  Told by the hub: %s", this->authority_of_(this->address_count_ + i));
  }
}

}  // namespace esphome::oceanremote
