#include "support/hub.h"

#include "cbor.h"
#include "handshake.h"

namespace esphome::oceanremote::testing {

static void append(Bytes &out, ByteView part) { out.insert(out.end(), part.data, part.data + part.size); }

Hub::Hub(uint8_t key) {
  for (size_t i = 0; i < KEY_SIZE; i++)
    this->private_key_.data()[i] = static_cast<uint8_t>(key + i);
  x25519_public(this->public_key, this->private_key_);
}

Bytes Hub::hello() {
  this->seed_++;
  this->hello_ = {0x01, 0x01};
  this->hello_.resize(HELLO_SIZE, this->seed_);
  return this->hello_;
}

bool Hub::read_init(const Bytes &frame) {
  if (frame.size() < INIT_HEADER_SIZE + 2 * KEY_SIZE + 2 * TAG_SIZE + MAC1_SIZE)
    return false;
  HubKey key;
  key.set(this->public_key);
  const size_t signed_size = frame.size() - MAC1_SIZE;
  uint8_t mac1[HASH_SIZE];
  HmacSha256 hmac({key.mac1_key(), HASH_SIZE});
  hmac.update({this->hello_.data() + 2, CHALLENGE_SIZE});
  hmac.update({frame.data(), signed_size});
  hmac.finish(mac1);
  if (std::memcmp(mac1, frame.data() + signed_size, MAC1_SIZE) != 0 ||
      std::memcmp(key.id(), frame.data() + 2, HUB_KEY_ID_SIZE) != 0)
    return false;
  this->purpose = static_cast<Purpose>(frame[1]);
  this->device_rx_limit = load_be16(frame.data() + 6);

  const Epoch &before = this->epochs_[this->epoch_];
  Bytes prologue;
  append(prologue, bytes_of("OceanRemote/1"));
  append(prologue, view(this->hello_));
  append(prologue, {frame.data(), INIT_HEADER_SIZE});
  uint8_t number[4];
  store_be32(number, this->epoch_ + 1);
  append(prologue, ByteView{number});
  append(prologue, view(before.hash));

  SymmetricState &symmetric = this->symmetric_;
  symmetric.initialize("Noise_IKpsk2_25519_ChaChaPoly_SHA256");
  symmetric.mix_hash(view(prologue));
  symmetric.mix_hash(ByteView{this->public_key});
  const uint8_t *position = frame.data() + INIT_HEADER_SIZE;
  this->device_ephemeral_.assign(position, position + KEY_SIZE);
  symmetric.mix_hash({position, KEY_SIZE});
  symmetric.mix_key({position, KEY_SIZE});
  Key shared;
  if (x25519(shared, this->private_key_, position) != Error::NONE)
    return false;
  symmetric.mix_key(shared.view());
  position += KEY_SIZE;
  Bytes sealed(position, position + KEY_SIZE + TAG_SIZE);
  if (symmetric.decrypt_and_hash(sealed.data(), sealed.size()) != Error::NONE)
    return false;
  this->device_public.assign(sealed.begin(), sealed.begin() + KEY_SIZE);
  if (x25519(shared, this->private_key_, this->device_public.data()) != Error::NONE)
    return false;
  symmetric.mix_key(shared.view());
  position += KEY_SIZE + TAG_SIZE;
  Bytes payload(position, frame.data() + signed_size);
  if (symmetric.decrypt_and_hash(payload.data(), payload.size()) != Error::NONE)
    return false;
  payload.resize(payload.size() - TAG_SIZE);
  return this->read_payload_(payload);
}

bool Hub::read_payload_(const Bytes &payload) {
  if (payload.size() < PAYLOAD1_SESSION_SIZE)
    return false;
  this->mac.assign(payload.begin(), payload.begin() + MAC_SIZE);
  this->generation = load_be32(payload.data() + MAC_SIZE);
  this->counter = load_be64(payload.data() + MAC_SIZE + 4);
  if (this->purpose == Purpose::SESSION)
    return payload.size() == PAYLOAD1_SESSION_SIZE;
  const uint8_t *position = payload.data() + PAYLOAD1_SESSION_SIZE;
  this->handle.assign(position, position + TOKEN_HANDLE_SIZE);
  position += TOKEN_HANDLE_SIZE;
  this->board.assign(position + 1, position + 1 + position[0]);
  position += 1 + position[0];
  this->version.assign(position + 1, position + 1 + position[0]);
  return position + 1 + position[0] == payload.data() + payload.size();
}

Bytes Hub::accept(const Bytes &token) {
  this->seed_++;
  for (size_t i = 0; i < KEY_SIZE; i++)
    this->ephemeral_.data()[i] = static_cast<uint8_t>(this->seed_ ^ (7 * i));
  Bytes frame(ACCEPT_SIZE);
  frame[0] = 0x03;
  x25519_public(frame.data() + 1, this->ephemeral_);
  SymmetricState &symmetric = this->symmetric_;
  symmetric.mix_hash({frame.data() + 1, KEY_SIZE});
  symmetric.mix_key({frame.data() + 1, KEY_SIZE});
  Key shared;
  (void) x25519(shared, this->ephemeral_, this->device_ephemeral_.data());
  symmetric.mix_key(shared.view());
  (void) x25519(shared, this->ephemeral_, this->device_public.data());
  symmetric.mix_key(shared.view());
  Key secret;
  secret.assign(token.data());
  Key psk;
  derive_psk(psk, secret, this->mac.data(), this->purpose);
  symmetric.mix_key_and_hash(psk);

  uint8_t *payload = frame.data() + 1 + KEY_SIZE;
  Epoch &epoch = this->epochs_[++this->epoch_];
  epoch.number = this->epoch_;
  epoch.session_id.assign(SESSION_ID_SIZE, static_cast<uint8_t>(0x80 + this->seed_));
  std::memcpy(payload, epoch.session_id.data(), SESSION_ID_SIZE);
  store_be32(payload + 16, this->terms.lifetime_s);
  store_be64(payload + 20, this->terms.hub_time_ms);
  store_be16(payload + 28, this->terms.rx_limit);
  store_be16(payload + 30, this->terms.ping_interval_s);
  symmetric.encrypt_and_hash(payload, PAYLOAD2_SIZE);
  epoch.hash = copy({symmetric.hash(), HASH_SIZE});
  symmetric.split(epoch.from_device, epoch.to_device);
  return frame;
}

Bytes Hub::associated_data_(const Epoch &epoch) const {
  Bytes data = epoch.session_id;
  append(data, view(this->mac));
  uint8_t number[4];
  store_be32(number, epoch.number);
  append(data, ByteView{number});
  return data;
}

Bytes Hub::seal(const Bytes &plaintext, int epochs_back) {
  Epoch &epoch = this->epochs_[this->epoch_ - static_cast<uint32_t>(epochs_back)];
  Bytes frame{0x05, 0, 0, 0, 0};
  store_be32(frame.data() + 1, epoch.number);
  append(frame, view(plaintext));
  frame.resize(frame.size() + TAG_SIZE);
  const Bytes data = this->associated_data_(epoch);
  aead_seal(epoch.to_device, Nonce(epoch.sent++), view(data), frame.data() + DATA_HEADER_SIZE, plaintext.size());
  return frame;
}

Bytes Hub::open(const Bytes &frame) {
  if (frame.size() < DATA_MIN_SIZE || frame[0] != 0x05)
    return {};
  const uint32_t number = load_be32(frame.data() + 1);
  if (number == 0 || number > this->epoch_)
    return {};
  Epoch &epoch = this->epochs_[number];
  Bytes sealed(frame.begin() + DATA_HEADER_SIZE, frame.end());
  const Bytes data = this->associated_data_(epoch);
  if (aead_open(epoch.from_device, Nonce(epoch.received), view(data), sealed.data(), sealed.size()) != Error::NONE)
    return {};
  epoch.received++;
  sealed.resize(sealed.size() - TAG_SIZE);
  return sealed;
}

// Messages

static Bytes finish(const uint8_t *buffer, const CborWriter &writer) { return {buffer, buffer + writer.size()}; }

Bytes welcome(bool want_description) {
  uint8_t buffer[64];
  CborWriter writer(buffer, sizeof(buffer));
  writer.write_array(4);
  writer.write_uint(65);
  writer.write_bool(want_description);
  writer.write_uint(1700000000000);
  writer.write_bytes({});
  return finish(buffer, writer);
}

Bytes issue_token(const Bytes &token, uint32_t generation) {
  uint8_t buffer[64];
  CborWriter writer(buffer, sizeof(buffer));
  writer.write_array(3);
  writer.write_uint(67);
  writer.write_uint(generation);
  writer.write_bytes(view(token));
  return finish(buffer, writer);
}

Bytes new_hub_key(uint8_t phase, const uint8_t key[KEY_SIZE]) {
  uint8_t buffer[64];
  CborWriter writer(buffer, sizeof(buffer));
  writer.write_array(3);
  writer.write_uint(69);
  writer.write_uint(phase);
  writer.write_bytes({key, KEY_SIZE});
  return finish(buffer, writer);
}

Bytes command_switch(uint32_t id, bool on, uint32_t deadline_ms, uint32_t key) {
  uint8_t buffer[64];
  CborWriter writer(buffer, sizeof(buffer));
  writer.write_array(7);
  writer.write_uint(66);
  writer.write_uint(id);
  writer.write_uint(deadline_ms);
  writer.write_uint(4);
  writer.write_uint(0);
  writer.write_uint(key);
  writer.write_map(1);
  writer.write_uint(1);
  writer.write_bool(on);
  return finish(buffer, writer);
}

Bytes ping(uint8_t nonce) {
  uint8_t buffer[64];
  CborWriter writer(buffer, sizeof(buffer));
  const Bytes value(NONCE_SIZE, nonce);
  writer.write_array(2);
  writer.write_uint(72);
  writer.write_bytes(view(value));
  return finish(buffer, writer);
}

Bytes revoked() { return {0x81, 0x18, 0x44}; }

}  // namespace esphome::oceanremote::testing
