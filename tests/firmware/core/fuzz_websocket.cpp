// The WebSocket parser: any stream in any pieces gives the same messages as in one piece.

#include <cstdlib>

#include "websocket.h"

using namespace esphome::oceanremote;  // NOLINT(google-build-using-namespace)

namespace {

constexpr size_t CAPACITY = 300;

class KnownKey : public RandomSource {
 public:
  void mix(ByteView /*material*/) override {}
  Error fill(uint8_t *out, size_t size) override {
    std::memset(out, 0, size);
    std::memcpy(out + KEY_SIZE, "the sample nonce", 16);  // RFC 6455 section 1.3
    return Error::NONE;
  }
};

/// Digest of all that a stream leads to.
struct Outcome {
  uint8_t digest[HASH_SIZE];
};

Outcome play(ByteView answer, ByteView stream, size_t piece) {
  uint8_t buffer[CAPACITY];
  KnownKey random;
  WebSocket socket(buffer, CAPACITY);
  uint8_t request[512];
  size_t request_size;
  if (socket.start(random, {"h", "/", {}}, request, sizeof(request), request_size) != Error::NONE)
    std::abort();
  Sha256 hash;
  for (const ByteView part : {answer, stream}) {
    size_t position = 0;
    while (position < part.size) {
      const size_t left = part.size - position;
      size_t used = 0;
      const WebSocketEvent event = socket.consume(part.data + position, left < piece ? left : piece, used);
      position += used;
      const uint8_t name = static_cast<uint8_t>(event);
      if (event != WebSocketEvent::NONE)
        hash.update(ByteView{&name, 1});
      if (event == WebSocketEvent::MESSAGE) {
        if (socket.message_size() > CAPACITY)
          std::abort();
        hash.update(ByteView{socket.message(), socket.message_size()});
        socket.release();
      } else if (event == WebSocketEvent::FAILED || event == WebSocketEvent::CLOSED) {
        position = part.size;
      } else if (used == 0) {
        std::abort();
      }
    }
  }
  uint8_t control[WS_CONTROL_FRAME_MAX];
  hash.update(ByteView{control, socket.write_control(control, sizeof(control))});
  Outcome outcome;
  hash.finish(outcome.digest);
  return outcome;
}

void check(ByteView answer, ByteView stream) {
  const Outcome whole = play(answer, stream, SIZE_MAX);
  for (const size_t piece : {1U, 3U}) {
    const Outcome pieces = play(answer, stream, piece);
    if (std::memcmp(whole.digest, pieces.digest, HASH_SIZE) != 0)
      std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static constexpr std::string_view ANSWER = "HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                             "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
  check({}, {data, size});                // as an answer
  check(bytes_of(ANSWER), {data, size});  // as frames
  return 0;
}
