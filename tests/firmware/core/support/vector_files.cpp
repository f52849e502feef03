// The files of vectors on a machine that has files.

#include "support/vectors.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>

namespace esphome::oceanremote::testing {

[[noreturn]] static void die(const std::string &message) {
  std::fprintf(stderr, "%s\n", message.c_str());
  std::abort();
}

static std::string read_file(const char *folder, const std::string &name) {
  const char *path = std::getenv(folder);
  if (path == nullptr)
    die(std::string(folder) + " is not set; run the tests by pytest");
  std::ifstream stream(std::string(path) + "/" + name);
  if (!stream)
    die("cannot read " + name);
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::string_view text_of_file(const char *folder, const std::string &name) {
  static std::map<std::string, std::string> texts;
  auto found = texts.find(name);
  if (found == texts.end())
    found = texts.emplace(name, read_file(folder, name)).first;
  return found->second;
}

}  // namespace esphome::oceanremote::testing
