#include "symmetric_state.h"

namespace esphome::oceanremote {

void SymmetricState::initialize(FlashText protocol_name) {
  std::memset(this->hash_, 0, HASH_SIZE);
  if (protocol_name.size() <= HASH_SIZE) {
    protocol_name.copy_to(this->hash_);
  } else {
    Sha256 hash;
    hash.update(protocol_name);
    hash.finish(this->hash_);
  }
  this->chaining_key_.assign(this->hash_);
  this->cipher_key_.wipe();
  this->nonce_ = 0;
}

void SymmetricState::mix_hash(ByteView data) {
  Sha256 hash;
  hash.update(ByteView{this->hash_});
  hash.update(data);
  hash.finish(this->hash_);
}

void SymmetricState::mix_key(ByteView ikm) {
  noise_hkdf(this->chaining_key_, ikm, this->chaining_key_, this->cipher_key_, nullptr);
  this->nonce_ = 0;
}

void SymmetricState::mix_key_and_hash(const Key &psk) {
  Key temp_hash;
  noise_hkdf(this->chaining_key_, psk.view(), this->chaining_key_, temp_hash, &this->cipher_key_);
  this->mix_hash(temp_hash.view());
  this->nonce_ = 0;
}

void SymmetricState::encrypt_and_hash(uint8_t *data, size_t size) {
  aead_seal(this->cipher_key_, Nonce(this->nonce_), ByteView{this->hash_}, data, size);
  this->nonce_++;
  this->mix_hash(ByteView{data, size + TAG_SIZE});
}

Error SymmetricState::decrypt_and_hash(uint8_t *data, size_t size) {
  // The hash takes the ciphertext, which opening overwrites.
  Sha256 hash;
  hash.update(ByteView{this->hash_});
  hash.update(ByteView{data, size});
  const Error error = aead_open(this->cipher_key_, Nonce(this->nonce_), ByteView{this->hash_}, data, size);
  if (error != Error::NONE)
    return error;
  hash.finish(this->hash_);
  this->nonce_++;
  return Error::NONE;
}

void SymmetricState::split(Key &first, Key &second) {
  noise_hkdf(this->chaining_key_, ByteView{}, first, second, nullptr);
  this->chaining_key_.wipe();
  this->cipher_key_.wipe();
}

void SymmetricState::copy_from(const SymmetricState &other) {
  this->chaining_key_.assign(other.chaining_key_);
  this->cipher_key_.assign(other.cipher_key_);
  std::memcpy(this->hash_, other.hash_, HASH_SIZE);
  this->nonce_ = other.nonce_;
}

void SymmetricState::wipe() {
  this->chaining_key_.wipe();
  this->cipher_key_.wipe();
  wipe_bytes(this->hash_, sizeof(this->hash_));
  this->nonce_ = 0;
}

}  // namespace esphome::oceanremote
