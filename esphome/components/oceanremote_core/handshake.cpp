#include "handshake.h"

#include "utf8.h"

namespace esphome::oceanremote {

const char NOISE_PROTOCOL[37] IN_FLASH = "Noise_IKpsk2_25519_ChaChaPoly_SHA256";

// The machine

Error Handshake::begin(ByteView hello, const InitRequest &request, StaticKey &identity, const HubKey &hub) {
  if (this->action_ != Action::IDLE)
    return Error::WRONG_STATE;
  const Error error = check_hello(hello);
  if (error != Error::NONE)
    return error;
  std::memcpy(this->hello_, hello.data, HELLO_SIZE);
  this->request_ = request;
  this->identity_ = &identity;
  this->hub_ = &hub;
  this->symmetric_.initialize(NOISE_PROTOCOL);
  this->mix_prologue_();
  this->symmetric_.mix_hash(ByteView{hub.public_key(), KEY_SIZE});
  this->stage_ = this->next_first_stage_();
  this->action_ = Action::STEP;
  return Error::NONE;
}

Handshake::Stage Handshake::next_first_stage_() const {
  if (!this->identity_->has_public())
    return Stage::OWN_PUBLIC;
  if (!this->identity_->has_shared())
    return Stage::OWN_SHARED;
  return Stage::EPHEMERAL;
}

WITHOUT_TABLES Error Handshake::step(RandomSource &random) {
  if (this->action_ != Action::STEP)
    return Error::WRONG_STATE;
  Error error = Error::WRONG_STATE;
  switch (this->stage_) {
    case Stage::OWN_PUBLIC:
      this->identity_->prepare_public();
      error = Error::NONE;
      this->stage_ = this->next_first_stage_();
      break;
    case Stage::OWN_SHARED:
      error = this->identity_->prepare_shared(*this->hub_);
      this->stage_ = this->next_first_stage_();
      break;
    case Stage::EPHEMERAL:
      error = this->make_ephemeral_(random);
      break;
    case Stage::EPHEMERAL_HUB:
      error = this->mix_ephemeral_hub_();
      break;
    case Stage::EPHEMERALS:
      error = this->mix_ephemerals_();
      break;
    case Stage::STATIC_EPHEMERAL:
      error = this->mix_static_ephemeral_();
      break;
    case Stage::TOKENS:
      error = this->try_tokens_();
      break;
    case Stage::BETWEEN:
      break;
  }
  return error == Error::NONE ? error : this->fail_(error);
}

Error Handshake::make_ephemeral_(RandomSource &random) {
  const Error error = random.fill(this->ephemeral_.data(), KEY_SIZE);
  if (error != Error::NONE)
    return error;
  x25519_public(this->ephemeral_public_, this->ephemeral_);
  this->stage_ = Stage::EPHEMERAL_HUB;
  return Error::NONE;
}

Error Handshake::mix_ephemeral_hub_() {
  Key shared;
  const Error error = x25519(shared, this->ephemeral_, this->hub_->public_key());
  if (error != Error::NONE)
    return error;
  this->symmetric_.mix_hash(ByteView{this->ephemeral_public_});
  // A psk handshake mixes each ephemeral key into the chaining key too (Noise section 9.2).
  this->symmetric_.mix_key(ByteView{this->ephemeral_public_});
  this->symmetric_.mix_key(shared.view());
  this->stage_ = Stage::BETWEEN;
  this->action_ = Action::WRITE_INIT;
  return Error::NONE;
}

Error Handshake::write_init(uint8_t *out, size_t capacity, uint64_t now_ms, size_t &size) {
  if (this->action_ != Action::WRITE_INIT)
    return Error::WRONG_STATE;
  if (capacity < INIT_MAX_WRITTEN)
    return this->fail_(Error::BUFFER_TOO_SMALL);
  this->write_header_(out);
  uint8_t *position = out + INIT_HEADER_SIZE;
  std::memcpy(position, this->ephemeral_public_, KEY_SIZE);
  position += KEY_SIZE;
  std::memcpy(position, this->identity_->public_key(), KEY_SIZE);
  this->symmetric_.encrypt_and_hash(position, KEY_SIZE);
  position += KEY_SIZE + TAG_SIZE;
  this->symmetric_.mix_key(this->identity_->shared().view());
  const size_t payload_size = this->write_payload_(position);
  this->symmetric_.encrypt_and_hash(position, payload_size);
  position += payload_size + TAG_SIZE;

  uint8_t mac[HASH_SIZE];
  HmacSha256 mac1(ByteView{this->hub_->mac1_key(), HASH_SIZE});
  mac1.update(ByteView{this->hello_ + 2, CHALLENGE_SIZE});
  mac1.update(ByteView{out, static_cast<size_t>(position - out)});
  mac1.finish(mac);
  std::memcpy(position, mac, MAC1_SIZE);
  size = static_cast<size_t>(position - out) + MAC1_SIZE;
  this->started_ms_ = now_ms;
  this->action_ = Action::AWAIT_ACCEPT;
  return Error::NONE;
}

Error Handshake::read_accept(ByteView frame, const TokenChoice &tokens) {
  if (this->action_ != Action::AWAIT_ACCEPT)
    return Error::FRAME_UNEXPECTED;
  if (frame.size != ACCEPT_SIZE || frame.data[0] != static_cast<uint8_t>(FrameType::ACCEPT))
    return this->fail_(Error::FRAME_MALFORMED);
  std::memcpy(this->message2_, frame.data + 1, NOISE_MESSAGE2_SIZE);
  this->tokens_ = tokens;
  this->stage_ = Stage::EPHEMERALS;
  this->action_ = Action::STEP;
  return Error::NONE;
}

Error Handshake::mix_ephemerals_() {
  Key shared;
  const Error error = x25519(shared, this->ephemeral_, this->message2_);
  if (error != Error::NONE)
    return error;
  const ByteView hub_ephemeral{this->message2_, KEY_SIZE};
  this->symmetric_.mix_hash(hub_ephemeral);
  this->symmetric_.mix_key(hub_ephemeral);
  this->symmetric_.mix_key(shared.view());
  this->stage_ = Stage::STATIC_EPHEMERAL;
  return Error::NONE;
}

Error Handshake::mix_static_ephemeral_() {
  Key shared;
  const Error error = x25519(shared, this->identity_->private_key(), this->message2_);
  if (error != Error::NONE)
    return error;
  this->symmetric_.mix_key(shared.view());
  this->stage_ = Stage::TOKENS;
  return Error::NONE;
}

Error Handshake::try_tokens_() {
  Error error = Error::AUTHENTICATION_FAILED;
  if (this->tokens_.current != nullptr) {
    this->token_used_ = TokenUsed::CURRENT;
    error = this->try_token_(*this->tokens_.current);
  }
  if (error != Error::NONE && this->tokens_.previous != nullptr) {
    this->token_used_ = TokenUsed::PREVIOUS;
    error = this->try_token_(*this->tokens_.previous);
  }
  if (error == Error::NONE)
    this->action_ = Action::DONE;
  return error;
}

Error Handshake::try_token_(const Key &token) {
  SymmetricState trial;
  trial.copy_from(this->symmetric_);
  {
    Key psk;
    derive_psk(psk, token, this->request_.mac, this->request_.purpose);
    trial.mix_key_and_hash(psk);
  }
  uint8_t sealed[PAYLOAD2_SIZE + TAG_SIZE];
  std::memcpy(sealed, this->message2_ + KEY_SIZE, sizeof(sealed));
  const Error error = trial.decrypt_and_hash(sealed, sizeof(sealed));
  if (error == Error::NONE) {
    std::memcpy(this->payload2_, sealed, PAYLOAD2_SIZE);
    this->symmetric_.copy_from(trial);
  }
  trial.wipe();
  return error;
}

Error Handshake::consume(EpochKeys &out) {
  if (this->action_ != Action::DONE)
    return Error::WRONG_STATE;
  this->symmetric_.split(out.send, out.receive);
  std::memcpy(out.hash, this->symmetric_.hash(), HASH_SIZE);
  const uint8_t *payload = this->payload2_;
  std::memcpy(out.session_id, payload, SESSION_ID_SIZE);
  out.lifetime_s = load_be32(payload + 16);
  out.hub_time_ms = load_be64(payload + 20);
  out.hub_rx_limit = load_be16(payload + 28);
  out.ping_interval_s = load_be16(payload + 30);
  std::memcpy(out.mac, this->request_.mac, MAC_SIZE);
  out.epoch = this->request_.epoch;
  out.purpose = this->request_.purpose;
  out.token_used = this->token_used_;
  out.started_ms = this->started_ms_;
  this->wipe();
  return Error::NONE;
}

void Handshake::wipe() {
  this->symmetric_.wipe();
  this->ephemeral_.wipe();
  wipe_bytes(this->message2_, sizeof(this->message2_));
  wipe_bytes(this->payload2_, sizeof(this->payload2_));
  this->tokens_ = {};
  this->action_ = Action::IDLE;
  this->stage_ = Stage::OWN_PUBLIC;
}

Error Handshake::fail_(Error error) {
  this->wipe();
  this->action_ = Action::FAILED;
  return error;
}

// What goes on the wire

void Handshake::write_header_(uint8_t header[INIT_HEADER_SIZE]) const {
  header[0] = static_cast<uint8_t>(FrameType::INIT);
  header[1] = static_cast<uint8_t>(this->request_.purpose);
  std::memcpy(header + 2, this->hub_->id(), HUB_KEY_ID_SIZE);
  store_be16(header + 6, this->request_.rx_limit);
}

void Handshake::mix_prologue_() {
  uint8_t prologue[PROLOGUE_MAX];
  size_t size = 0;
  const auto append = [&prologue, &size](ByteView part) {
    std::memcpy(prologue + size, part.data, part.size);
    size += part.size;
  };
  uint8_t header[INIT_HEADER_SIZE];
  this->write_header_(header);
  uint8_t epoch[4];
  store_be32(epoch, this->request_.epoch);
  append(bytes_of(PROTOCOL_NAME));
  append(ByteView{this->hello_});
  append(ByteView{header});
  append(ByteView{epoch});
  if (this->request_.epoch > 1)
    append(ByteView{this->request_.previous_hash});
  this->symmetric_.mix_hash(ByteView{prologue, size});
}

static size_t write_short_text(uint8_t *out, std::string_view text, size_t max) {
  const size_t size = utf8_prefix(text, max);
  out[0] = static_cast<uint8_t>(size);
  if (size != 0)
    std::memcpy(out + 1, text.data(), size);
  return 1 + size;
}

size_t Handshake::write_payload_(uint8_t *out) const {
  const InitRequest &request = this->request_;
  std::memcpy(out, request.mac, MAC_SIZE);
  store_be32(out + MAC_SIZE, request.generation);
  store_be64(out + MAC_SIZE + 4, request.counter);
  size_t size = PAYLOAD1_SESSION_SIZE;
  if (request.purpose == Purpose::REGISTRATION) {
    std::memcpy(out + size, request.token_handle, TOKEN_HANDLE_SIZE);
    size += TOKEN_HANDLE_SIZE;
    size += write_short_text(out + size, request.board, BOARD_MAX);
    size += write_short_text(out + size, request.version, VERSION_MAX);
  }
  return size;
}

}  // namespace esphome::oceanremote
