#pragma once
// The tunnels of one link without sockets: which streams there are, what waits for a service, and who owes credit.
//
// Theory of operation. The caller has one socket per place, and in each pass of its loop, for every place:
//
//   stream() is another than its socket's: closes the socket
//   is_connecting():  connects to service(), then opened() or refuse()
//   to_service():     writes what waits to the socket, then written(); finishes_service(): shuts its sending side down
//   room():           reads that much of the socket into a message, then write_data(); finished() at its end
//   any failure:      reset()
//
// and, where nothing else waits, sends what write() gives. Nothing here grows: what the hub may send is what there is
// room for, and a stream that is over leaves at most one short notice.

#include "messages.h"

namespace esphome::oceanremote {

/// Streams at a time.
inline constexpr uint8_t TUNNELS_MAX = 2;
/// What is kept of a stream for its service: the credit that the hub has.
inline constexpr uint16_t TUNNEL_WINDOW = 2048;
/// Larger parts would let a command wait on a slow line.
inline constexpr size_t TUNNEL_PART_MAX = 1024;
/// Streams that the hub holds for alive: those here, and those whose end it has not been told.
inline constexpr uint8_t TUNNELS_ALIVE_MAX = 4;

class TunnelMux {
 public:
  /// services: as in the facts.
  explicit TunnelMux(uint8_t services = 0) : services_(services) {}
  void set_services(uint8_t services) { this->services_ = services; }

  /// Takes what the hub says. False: it breaks the rules, the link must end.
  [[nodiscard]] bool receive(MessageType type, const TunnelMessage &message);
  /// The link is gone, and every stream with it.
  void end_link();

  /// The number of the stream at a place; 0: none.
  [[nodiscard]] uint32_t stream(uint8_t place) const { return this->places_[place].stream; }
  [[nodiscard]] bool any() const;
  [[nodiscard]] TunnelService service(uint8_t place) const {
    return static_cast<TunnelService>(this->places_[place].service);
  }
  [[nodiscard]] bool is_connecting(uint8_t place) const {
    return this->places_[place].stream != 0 && this->places_[place].phase == Phase::CONNECTING;
  }
  void opened(uint8_t place);
  /// The service cannot be reached. Frees the place.
  void refuse(uint8_t place);
  /// The connection has failed. Frees the place.
  void reset(uint8_t place);

  /// What waits for the service, as far as it lies in one piece.
  [[nodiscard]] ByteView to_service(uint8_t place) const;
  void written(uint8_t place, size_t size);
  /// The hub has finished and all it sent is written: the service is to hear of it, once.
  [[nodiscard]] bool finishes_service(uint8_t place) const;
  void service_is_finished(uint8_t place);

  /// How much of the service may be read into a message of that capacity; 0: nothing.
  [[nodiscard]] size_t room(uint8_t place, size_t capacity) const;
  /// Puts the head before what lies at payload + TUNNEL_HEAD_MAX, and returns the size of the whole message.
  [[nodiscard]] size_t write_data(uint8_t place, uint8_t *payload, size_t size);
  /// The service sends no more.
  void finished(uint8_t place);

  /// What is due besides bytes: answers, credit, ends; 0: nothing.
  [[nodiscard]] size_t write(uint8_t *payload, size_t capacity);

 protected:
  enum class Phase : uint8_t {
    CONNECTING,
    ANSWERING,  ///< connected, which the hub is to be told
    OPEN,
  };
  struct Place {
    uint32_t stream{0};  ///< 0: free
    uint32_t room{0};    ///< what the hub still takes
    uint16_t begin{0};   ///< of what waits, in `bytes`
    uint16_t count{0};
    uint16_t owed{0};  ///< written to the service since the last credit
    uint8_t service{0};
    Phase phase{Phase::CONNECTING};
    bool hub_finished{false};
    bool service_told{false};  ///< that the hub has finished
    bool finish_due{false};    ///< the service has finished, which the hub is to be told
    bool finish_told{false};
    uint8_t bytes[TUNNEL_WINDOW]{};

    /// Both have finished; what is left is between the service and this side.
    [[nodiscard]] bool is_over_for_hub() const { return this->hub_finished && this->finish_told; }
  };
  /// The last that is said of a stream. OPENED stands for a reset.
  struct Notice {
    uint32_t stream;
    TunnelStatus status;
  };

  [[nodiscard]] bool open_(const TunnelMessage &message);
  [[nodiscard]] bool take_data_(Place &place, ByteView data);
  [[nodiscard]] Place *find_(uint32_t stream);
  void free_if_over_(Place &place);
  static void free_(Place &place);
  void forget_(uint32_t stream);
  void notice_(uint32_t stream, TunnelStatus status);
  void write_notice_(CborWriter &writer);
  [[nodiscard]] bool write_due_(Place &place, CborWriter &writer);

  Place places_[TUNNELS_MAX];
  Notice notices_[TUNNELS_ALIVE_MAX]{};
  uint32_t last_stream_{0};
  uint8_t notice_count_{0};
  uint8_t services_;
};

}  // namespace esphome::oceanremote
