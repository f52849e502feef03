#include "tunnels.h"

#ifdef USE_OCEANREMOTE_TUNNELS

#include <algorithm>
#include <cerrno>
#include <cinttypes>

#include "esphome/core/log.h"

namespace esphome::oceanremote {

static const char *const TAG = "oceanremote.tunnels";

/// On the loopback interface nothing takes longer but a service that takes no connections.
static constexpr uint32_t CONNECT_TIMEOUT_MS = 5000;
/// Written to a socket in one pass. lwIP's loopback interface queues a few packets and drops what is beyond, which then
/// waits for a retransmission: one of less than a segment in each pass stays below that.
static constexpr size_t WRITE_MAX = 1024;

static bool would_block() { return errno == EAGAIN || errno == EWOULDBLOCK; }

bool Tunnels::receive(MessageType type, const TunnelMessage &message) { return this->mux_.receive(type, message); }

void Tunnels::end_link() {
  this->mux_.end_link();
  for (Connection &connection : this->connections_)
    connection = Connection{};
}

void Tunnels::turn(uint32_t now_ms) {
  for (uint8_t place = 0; place < TUNNELS_MAX; place++)
    this->turn_(place, now_ms);
}

void Tunnels::turn_(uint8_t place, uint32_t now_ms) {
  Connection &connection = this->connections_[place];
  const uint32_t stream = this->mux_.stream(place);
  if (connection.stream != stream) {
    // Destroying a socket closes it.
    connection = Connection{};
    connection.stream = stream;
    if (stream != 0)
      this->connect_(place, now_ms);
  } else if (this->mux_.is_connecting(place)) {
    this->await_connection_(place, now_ms);
  } else if (stream != 0) {
    this->write_to_service_(place);
  }
}

void Tunnels::connect_(uint8_t place, uint32_t now_ms) {
  Connection &connection = this->connections_[place];
  const uint16_t port = this->port_of_(place);
  sockaddr_in destination{};
  destination.sin_family = AF_INET;
  destination.sin_port = htons(port);
  destination.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  connection.since_ms = now_ms;
  // Not watched for the loop's sake: what has no room at the hub would keep it from ever waiting.
  connection.socket = socket::socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
  const bool connects =
      connection.socket != nullptr && connection.socket->setblocking(false) == 0 &&
      (connection.socket->connect(reinterpret_cast<sockaddr *>(&destination), sizeof(destination)) == 0 ||
       errno == EINPROGRESS);
  if (!connects) {
    ESP_LOGW(TAG, "Stream %" PRIu32 ": no connection to port %u", connection.stream, unsigned(port));
    this->mux_.refuse(place);
  }
}

void Tunnels::await_connection_(uint8_t place, uint32_t now_ms) {
  Connection &connection = this->connections_[place];
  int cause = 0;
  switch (socket::poll_connect(*connection.socket, cause)) {
    case socket::ConnectPollResult::CONNECT_POLL_RESULT_PENDING:
      if (now_ms - connection.since_ms >= CONNECT_TIMEOUT_MS)
        this->mux_.refuse(place);
      return;
    case socket::ConnectPollResult::CONNECT_POLL_RESULT_CONNECTED:
      ESP_LOGD(TAG, "Stream %" PRIu32 " to port %u", connection.stream, unsigned(this->port_of_(place)));
      this->mux_.opened(place);
      return;
    default:
      ESP_LOGW(TAG, "Stream %" PRIu32 ": no connection: %d", connection.stream, cause);
      this->mux_.refuse(place);
  }
}

void Tunnels::write_to_service_(uint8_t place) {
  socket::Socket &socket = *this->connections_[place].socket;
  const ByteView waits = this->mux_.to_service(place);
  if (!waits.empty()) {
    const ssize_t count = socket.write(waits.data, std::min<size_t>(waits.size, WRITE_MAX));
    if (count > 0) {
      this->mux_.written(place, static_cast<size_t>(count));
    } else if (!would_block()) {
      return this->mux_.reset(place);
    }
  }
  if (this->mux_.finishes_service(place)) {
    // One direction, of a socket by number: where lwIP is used raw, which frees it here, there are no tunnels.
    (void) ::shutdown(socket.get_fd(), SHUT_WR);
    this->mux_.service_is_finished(place);
  }
}

size_t Tunnels::write_data(uint8_t *payload, size_t capacity) {
  for (uint8_t i = 0; i < TUNNELS_MAX; i++) {
    const uint8_t place = this->next_;
    this->next_ = (this->next_ + 1) % TUNNELS_MAX;
    if (const size_t size = this->read_service_(place, payload, capacity))
      return size;
  }
  return 0;
}

size_t Tunnels::read_service_(uint8_t place, uint8_t *payload, size_t capacity) {
  const size_t room = this->mux_.room(place, capacity);
  if (room == 0 || this->connections_[place].stream != this->mux_.stream(place))
    return 0;
  const ssize_t count = this->connections_[place].socket->read(payload + TUNNEL_HEAD_MAX, room);
  if (count > 0)
    return this->mux_.write_data(place, payload, static_cast<size_t>(count));
  if (count == 0) {
    this->mux_.finished(place);
  } else if (!would_block()) {
    this->mux_.reset(place);
  }
  return 0;
}

}  // namespace esphome::oceanremote

#endif  // USE_OCEANREMOTE_TUNNELS
