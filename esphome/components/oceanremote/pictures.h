#pragma once
// The pictures of the camera, as the hub asks for them. ESPHome has at most one camera; it is in no table of entities.
//
// What is sent lies in the camera's own buffer until the last part has gone: nothing is copied but into the frame.

#include "esphome/core/defines.h"

#ifdef USE_CAMERA

#include <memory>

#include "esphome/components/camera/camera.h"

#include "domain_traits.h"

namespace esphome::oceanremote {

/// How long the camera goes on taking pictures for somebody who looks: as long as for the native API.
inline constexpr uint32_t STREAM_MS = 5000;

class Pictures final : public camera::CameraListener {
 public:
  /// Before anybody asks. A camera that is internal does not exist for the hub.
  void setup();
  [[nodiscard]] static const camera::Camera *camera();

  [[nodiscard]] CommandOutcome execute(const Command &command, uint64_t now);
  void on_camera_image(const std::shared_ptr<camera::CameraImage> &image) override;
  void tick(uint64_t now);
  /// Nobody looks any more.
  void end_link();

  /// Whether a part waits to be sent.
  [[nodiscard]] bool any() const { return this->sending_; }
  [[nodiscard]] size_t write_part(uint8_t *payload, size_t capacity);

 protected:
  void drop_();
  void stop_stream_();

  std::unique_ptr<camera::CameraImageReader> reader_;
  uint64_t stream_until_{0};
  uint32_t offset_{0};
  uint32_t total_{0};
  bool wanted_{false};
  bool sending_{false};
  bool streaming_{false};
};

}  // namespace esphome::oceanremote

#endif  // USE_CAMERA
