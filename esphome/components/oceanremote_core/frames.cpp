#include "frames.h"

namespace esphome::oceanremote {

WITHOUT_TABLES static Error check_size(FrameType type, size_t size, size_t rx_limit) {
  switch (type) {
    case FrameType::HELLO:
      return size == HELLO_SIZE ? Error::NONE : Error::FRAME_MALFORMED;
    case FrameType::ACCEPT:
      return size == ACCEPT_SIZE ? Error::NONE : Error::FRAME_MALFORMED;
    case FrameType::REJECT:
      return size == REJECT_SIZE ? Error::NONE : Error::FRAME_MALFORMED;
    case FrameType::DATA:
      if (size > rx_limit)
        return Error::FRAME_TOO_LARGE;
      return size >= DATA_MIN_SIZE ? Error::NONE : Error::FRAME_MALFORMED;
    case FrameType::INIT:
      return Error::FRAME_UNEXPECTED;
  }
  return Error::FRAME_MALFORMED;
}

Error read_frame_type(ByteView frame, size_t rx_limit, FrameType &type) {
  if (frame.empty())
    return Error::FRAME_MALFORMED;
  const auto claimed = static_cast<FrameType>(frame.data[0]);
  const Error error = check_size(claimed, frame.size, rx_limit);
  if (error == Error::NONE)
    type = claimed;
  return error;
}

Error check_hello(ByteView frame) {
  if (frame.size != HELLO_SIZE || frame.data[0] != static_cast<uint8_t>(FrameType::HELLO))
    return Error::FRAME_MALFORMED;
  return frame.data[1] == PROTOCOL_VERSION ? Error::NONE : Error::VERSION_UNSUPPORTED;
}

Error read_reject(ByteView frame, RejectFrame &out) {
  if (frame.size != REJECT_SIZE || frame.data[0] != static_cast<uint8_t>(FrameType::REJECT) ||
      frame.data[1] != REJECT_CODE)
    return Error::FRAME_MALFORMED;
  const uint16_t seconds = load_be16(frame.data + 2);
  out.retry_after_s = seconds < RETRY_AFTER_MAX_S ? seconds : RETRY_AFTER_MAX_S;
  return Error::NONE;
}

}  // namespace esphome::oceanremote
