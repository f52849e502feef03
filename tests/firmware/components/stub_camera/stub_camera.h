#pragma once
// A camera without a lens: its pictures are numbered, and of any size.

#include <memory>
#include <utility>
#include <vector>

#include "esphome/components/camera/camera.h"
#include "esphome/core/log.h"

namespace esphome::stub_camera {

class StubImage : public camera::CameraImage {
 public:
  StubImage(uint8_t number, size_t size, uint8_t requesters) : bytes_(size, number), requesters_(requesters) {}
  uint8_t *get_data_buffer() override { return this->bytes_.data(); }
  size_t get_data_length() override { return this->bytes_.size(); }
  bool was_requested_by(camera::CameraRequester requester) const override {
    return (this->requesters_ & (1 << requester)) != 0;
  }

 protected:
  std::vector<uint8_t> bytes_;
  uint8_t requesters_;
};

class StubReader : public camera::CameraImageReader {
 public:
  void set_image(std::shared_ptr<camera::CameraImage> image) override {
    this->image_ = std::move(image);
    this->offset_ = 0;
  }
  size_t available() const override { return this->image_ ? this->image_->get_data_length() - this->offset_ : 0; }
  uint8_t *peek_data_buffer() override { return this->image_->get_data_buffer() + this->offset_; }
  void consume_data(size_t consumed) override { this->offset_ += consumed; }
  void return_image() override { this->image_.reset(); }

 protected:
  std::shared_ptr<camera::CameraImage> image_;
  size_t offset_{0};
};

class StubCamera : public camera::Camera {
 public:
  void set_size(size_t size) { this->size_ = size; }
  void loop() override {
    if (this->single_ == 0 && this->stream_ == 0)
      return;
    const uint8_t requesters = this->single_ | this->stream_;
    this->single_ = 0;
    const auto image = std::make_shared<StubImage>(++this->number_, this->size_, requesters);
    for (camera::CameraListener *listener : this->listeners_)
      listener->on_camera_image(image);
  }
  /// How many pictures it has taken, up to 255.
  uint8_t get_number() const { return this->number_; }
  void add_listener(camera::CameraListener *listener) override { this->listeners_.push_back(listener); }
  camera::CameraImageReader *create_image_reader() override { return new StubReader(); }
  void request_image(camera::CameraRequester requester) override { this->single_ |= 1 << requester; }
  void start_stream(camera::CameraRequester requester) override {
    if (this->stream_ == 0)
      ESP_LOGI("stub", "Camera: streaming");
    this->stream_ |= 1 << requester;
  }
  void stop_stream(camera::CameraRequester requester) override {
    ESP_LOGI("stub", "Camera: no longer streaming");
    this->stream_ &= ~(1 << requester);
  }

 protected:
  std::vector<camera::CameraListener *> listeners_;
  size_t size_{0};
  uint8_t number_{0};
  uint8_t single_{0};
  uint8_t stream_{0};
};

}  // namespace esphome::stub_camera
