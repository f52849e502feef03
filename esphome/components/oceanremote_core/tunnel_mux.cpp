#include "tunnel_mux.h"

#include <algorithm>

namespace esphome::oceanremote {

WITHOUT_TABLES bool TunnelMux::receive(MessageType type, const TunnelMessage &message) {
  if (type == MessageType::TUNNEL_OPEN)
    return this->open_(message);
  if (message.stream > this->last_stream_)
    return false;
  Place *place = this->find_(message.stream);
  if (type == MessageType::TUNNEL_END_DOWN && message.end == TunnelEnd::RESET) {
    this->forget_(message.stream);
    return true;
  }
  if (place == nullptr)
    return true;  // it has crossed the end of the stream
  if (place->phase != Phase::OPEN)
    return false;
  switch (type) {
    case MessageType::TUNNEL_DATA_DOWN:
      return this->take_data_(*place, message.data);
    case MessageType::TUNNEL_CREDIT_DOWN:
      place->room += message.size;
      return place->room <= TUNNEL_WINDOW_MAX;
    default:
      if (place->hub_finished)
        return false;
      place->hub_finished = true;
      return true;
  }
}

bool TunnelMux::open_(const TunnelMessage &message) {
  if (message.stream <= this->last_stream_)
    return false;
  uint8_t alive = this->notice_count_;
  Place *unused = nullptr;
  for (Place &place : this->places_) {
    if (place.stream != 0) {
      if (!place.is_over_for_hub())
        alive++;
    } else if (unused == nullptr) {
      unused = &place;
    }
  }
  if (alive >= TUNNELS_ALIVE_MAX)
    return false;
  this->last_stream_ = message.stream;
  const bool is_known = message.service <= TUNNEL_SERVICES && ((this->services_ >> (message.service - 1)) & 1U) != 0;
  if (!is_known) {
    this->notice_(message.stream, TunnelStatus::NO_SUCH_SERVICE);
  } else if (unused == nullptr) {
    this->notice_(message.stream, TunnelStatus::TOO_MANY);
  } else {
    unused->stream = message.stream;
    unused->service = message.service;
    unused->room = message.size;
  }
  return true;
}

bool TunnelMux::take_data_(Place &place, ByteView data) {
  const size_t granted = size_t{TUNNEL_WINDOW} - place.count - place.owed;
  if (place.hub_finished || data.size > granted)
    return false;
  const size_t end = (size_t{place.begin} + place.count) % TUNNEL_WINDOW;
  const size_t first = std::min<size_t>(data.size, TUNNEL_WINDOW - end);
  std::memcpy(place.bytes + end, data.data, first);
  std::memcpy(place.bytes, data.data + first, data.size - first);
  place.count = static_cast<uint16_t>(place.count + data.size);
  return true;
}

void TunnelMux::end_link() {
  for (Place &place : this->places_)
    free_(place);
  this->notice_count_ = 0;
  this->last_stream_ = 0;
}

bool TunnelMux::any() const {
  return std::any_of(std::begin(this->places_), std::end(this->places_),
                     [](const Place &place) { return place.stream != 0; });
}

void TunnelMux::opened(uint8_t place) { this->places_[place].phase = Phase::ANSWERING; }

void TunnelMux::refuse(uint8_t place) {
  this->notice_(this->places_[place].stream, TunnelStatus::NOT_LISTENING);
  free_(this->places_[place]);
}

void TunnelMux::reset(uint8_t place) {
  Place &state = this->places_[place];
  // One that the hub has not been told of is none yet.
  if (!state.is_over_for_hub())
    this->notice_(state.stream, state.phase == Phase::OPEN ? TunnelStatus::OPENED : TunnelStatus::NOT_LISTENING);
  free_(state);
}

ByteView TunnelMux::to_service(uint8_t place) const {
  const Place &state = this->places_[place];
  return {state.bytes + state.begin, std::min<size_t>(state.count, TUNNEL_WINDOW - state.begin)};
}

void TunnelMux::written(uint8_t place, size_t size) {
  Place &state = this->places_[place];
  state.begin = static_cast<uint16_t>((state.begin + size) % TUNNEL_WINDOW);
  state.count = static_cast<uint16_t>(state.count - size);
  state.owed = static_cast<uint16_t>(state.owed + size);
}

bool TunnelMux::finishes_service(uint8_t place) const {
  const Place &state = this->places_[place];
  return state.stream != 0 && state.hub_finished && state.count == 0 && !state.service_told;
}

void TunnelMux::service_is_finished(uint8_t place) {
  this->places_[place].service_told = true;
  this->free_if_over_(this->places_[place]);
}

size_t TunnelMux::room(uint8_t place, size_t capacity) const {
  const Place &state = this->places_[place];
  if (state.stream == 0 || state.phase != Phase::OPEN || state.finish_due || state.finish_told ||
      capacity <= TUNNEL_HEAD_MAX)
    return 0;
  return std::min<size_t>(state.room, std::min<size_t>(TUNNEL_PART_MAX, capacity - TUNNEL_HEAD_MAX));
}

size_t TunnelMux::write_data(uint8_t place, uint8_t *payload, size_t size) {
  Place &state = this->places_[place];
  CborWriter writer(payload, TUNNEL_HEAD_MAX);
  write_tunnel_data_head(writer, state.stream, size);
  std::memmove(payload + writer.size(), payload + TUNNEL_HEAD_MAX, size);
  state.room -= static_cast<uint32_t>(size);
  return writer.size() + size;
}

void TunnelMux::finished(uint8_t place) { this->places_[place].finish_due = !this->places_[place].finish_told; }

size_t TunnelMux::write(uint8_t *payload, size_t capacity) {
  CborWriter writer(payload, capacity);
  if (this->notice_count_ != 0) {
    this->write_notice_(writer);
    return writer.size();
  }
  for (Place &place : this->places_) {
    if (place.stream != 0 && this->write_due_(place, writer))
      return writer.size();
  }
  return 0;
}

void TunnelMux::write_notice_(CborWriter &writer) {
  const Notice notice = this->notices_[0];
  this->notice_count_--;
  std::memmove(this->notices_, this->notices_ + 1, this->notice_count_ * sizeof(Notice));
  if (notice.status == TunnelStatus::OPENED) {
    write_tunnel_end(writer, notice.stream, TunnelEnd::RESET);
  } else {
    write_tunnel_opened(writer, notice.stream, notice.status, 0);
  }
}

bool TunnelMux::write_due_(Place &place, CborWriter &writer) {
  if (place.phase == Phase::ANSWERING) {
    place.phase = Phase::OPEN;
    write_tunnel_opened(writer, place.stream, TunnelStatus::OPENED, TUNNEL_WINDOW);
    return true;
  }
  if (place.owed >= TUNNEL_WINDOW / 2 && !place.hub_finished) {
    write_tunnel_credit(writer, place.stream, place.owed);
    place.owed = 0;
    return true;
  }
  if (place.phase != Phase::OPEN || !place.finish_due)
    return false;
  write_tunnel_end(writer, place.stream, TunnelEnd::FINISHED);
  place.finish_due = false;
  place.finish_told = true;
  this->free_if_over_(place);
  return true;
}

TunnelMux::Place *TunnelMux::find_(uint32_t stream) {
  for (Place &place : this->places_) {
    if (place.stream == stream)
      return &place;
  }
  return nullptr;
}

void TunnelMux::free_if_over_(Place &place) {
  if (place.finish_told && place.service_told)
    free_(place);
}

void TunnelMux::free_(Place &place) {
  place.stream = 0;
  place.room = 0;
  place.begin = place.count = place.owed = 0;
  place.phase = Phase::CONNECTING;
  place.hub_finished = place.service_told = place.finish_due = place.finish_told = false;
  std::memset(place.bytes, 0, sizeof(place.bytes));
}

/// The hub wants to hear no more of it.
void TunnelMux::forget_(uint32_t stream) {
  if (Place *place = this->find_(stream))
    free_(*place);
  uint8_t kept = 0;
  for (const Notice &notice : this->notices_) {
    if (&notice - this->notices_ < this->notice_count_ && notice.stream != stream)
      this->notices_[kept++] = notice;
  }
  this->notice_count_ = kept;
}

void TunnelMux::notice_(uint32_t stream, TunnelStatus status) {
  this->notices_[this->notice_count_++] = {stream, status};
}

}  // namespace esphome::oceanremote
