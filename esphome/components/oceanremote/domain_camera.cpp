// Cameras: one picture for each command.

#include "pictures.h"

#ifdef USE_CAMERA

#include <algorithm>
#include <cstring>

#include "esphome/core/log.h"

namespace esphome::oceanremote {

static const char *const TAG = "oceanremote";

using camera::Camera;

const Camera *Pictures::camera() {
  const Camera *camera = Camera::instance();
  return camera == nullptr || camera->is_internal() ? nullptr : camera;
}

static uint32_t sub_device() {
#ifdef USE_DEVICES
  return Camera::instance()->get_device_id();
#else
  return 0;
#endif
}

void Pictures::setup() {
  if (camera() == nullptr)
    return;
  this->reader_.reset(Camera::instance()->create_image_reader());
  Camera::instance()->add_listener(this);
}

CommandOutcome Pictures::execute(const Command &command, uint64_t now) {
  bool stream = false;
  if (this->reader_ == nullptr || command.address.sub != sub_device() ||
      command.address.key != Camera::instance()->get_object_id_hash())
    return {};
  if (!Arguments(command.args).get(wire::camera::command::STREAM, stream))
    return COMMAND_MALFORMED;
  this->wanted_ = true;
  if (stream) {
    this->streaming_ = true;
    this->stream_until_ = now + STREAM_MS;
    Camera::instance()->start_stream(camera::API_REQUESTER);
  } else {
    Camera::instance()->request_image(camera::API_REQUESTER);
  }
  return COMMAND_DONE;
}

void Pictures::on_camera_image(const std::shared_ptr<camera::CameraImage> &image) {
  // What another requester asked for is not the hub's; what nobody did is as good as any.
  if (!this->wanted_ || !(image->was_requested_by(camera::API_REQUESTER) || image->was_requested_by(camera::IDLE)))
    return;
  this->drop_();
  this->wanted_ = false;
  this->sending_ = true;
  const size_t size = image->get_data_length();
  if (size == 0 || size > PICTURE_MAX) {
    ESP_LOGW(TAG, "A picture of %u bytes is not sent: a hub takes %u", unsigned(size), unsigned(PICTURE_MAX));
    return;
  }
  this->total_ = size;
  this->reader_->set_image(image);
}

void Pictures::tick(uint64_t now) {
  if (this->streaming_ && now >= this->stream_until_)
    this->stop_stream_();
}

void Pictures::end_link() {
  this->wanted_ = false;
  if (this->reader_ != nullptr)
    this->drop_();
  this->stop_stream_();
}

void Pictures::stop_stream_() {
  if (this->streaming_)
    Camera::instance()->stop_stream(camera::API_REQUESTER);
  this->streaming_ = false;
}

void Pictures::drop_() {
  if (this->total_ != 0)
    this->reader_->return_image();
  this->offset_ = this->total_ = 0;
  this->sending_ = false;
}

size_t Pictures::write_part(uint8_t *payload, size_t capacity) {
  const size_t size = std::min<size_t>(this->total_ - this->offset_, capacity - IMAGE_HEAD_MAX);
  CborWriter writer(payload, IMAGE_HEAD_MAX);
  write_image_head(writer, sub_device(), Camera::instance()->get_object_id_hash(), this->offset_, this->total_, size);
  if (size != 0) {
    std::memcpy(payload + writer.size(), this->reader_->peek_data_buffer(), size);
    this->reader_->consume_data(size);
    this->offset_ += size;
  }
  if (this->offset_ == this->total_)
    this->drop_();
  return writer.size() + size;
}

}  // namespace esphome::oceanremote

#endif  // USE_CAMERA
