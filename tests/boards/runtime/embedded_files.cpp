// The files of the tests on a target that has none: CMake links their texts in.

#include "support/vectors.h"

#include <cstdio>
#include <cstdlib>

#include "embedded_files.h"

namespace esphome::oceanremote::testing {

std::string_view text_of_file(const char *folder, const std::string &name) {
  (void) folder;
  for (const EmbeddedFile &file : EMBEDDED_FILES) {
    if (name == file.name)
      return {file.begin, static_cast<size_t>(file.end - file.begin)};
  }
  std::printf("no file %s\n", name.c_str());
  std::abort();
}

}  // namespace esphome::oceanremote::testing
