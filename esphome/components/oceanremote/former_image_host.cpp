// A host program keeps the former one beside itself, and a mark for as long as the new one is on trial:
//
//   PROGRAM.former   the file that ran before
//   PROGRAM.trial    empty until the new one has been started

#include "former_image.h"

#if defined(USE_OCEANREMOTE_IMAGE_TRIAL) && defined(USE_HOST)

#include <cstdio>
#include <string>

#include <sys/stat.h>
#include <unistd.h>

#include "esphome/components/host/core.h"
#include "esphome/core/application.h"
#include "esphome/core/hal.h"
#include "esphome/core/log.h"

#include "host_file.h"

namespace esphome::oceanremote {

static const char *const TAG = "oceanremote";

static std::string former_path() { return host::get_exe_path() + ".former"; }
static std::string trial_path() { return host::get_exe_path() + ".trial"; }

/// Of no size until the new program has been started.
static constexpr uint8_t STARTED[] = {1};

/// Puts the former program into its place, to be started next.
static bool restore() {
  const std::string &program = host::get_exe_path();
  const bool is_back = std::rename(former_path().c_str(), program.c_str()) == 0;
  ::unlink(trial_path().c_str());
  if (is_back)
    host::arm_reexec(program);
  return is_back;
}

bool falls_back() { return !host::get_exe_path().empty(); }

bool is_new_image() {
  struct stat mark {};
  if (::stat(trial_path().c_str(), &mark) != 0)
    return false;
  if (mark.st_size != 0) {
    if (!restore())
      return false;
    ESP_LOGE(TAG, "This program has ended before it gave a session; returning to the one before");
    arch_restart();
  }
  // What cannot be marked is tried again after a restart.
  (void) write_host_file(trial_path(), ByteView{STARTED});
  return true;
}

void keep_former_image() {
  const std::string former = former_path();
  ::unlink(former.c_str());
  if (::link(host::get_exe_path().c_str(), former.c_str()) != 0 || write_host_file(trial_path(), {}) != Error::NONE) {
    ESP_LOGW(TAG, "The former program cannot be kept beside the new one");
    forget_former_image();
  }
}

void forget_former_image() {
  // The mark first: without it nobody looks for the program.
  ::unlink(trial_path().c_str());
  ::unlink(former_path().c_str());
}

void return_to_former_image() {
  if (restore())
    App.safe_reboot();
}

}  // namespace esphome::oceanremote

#endif  // USE_OCEANREMOTE_IMAGE_TRIAL && USE_HOST
