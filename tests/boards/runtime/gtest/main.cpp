// Runs every test of the program, prints those that fail, and ends with a line that counts.

#include <gtest/gtest.h>

#include <cstdlib>

namespace testing {

int failures = 0;
static Entry *first = nullptr;
static Entry **end_of_list = &first;

Entry::Entry(const char *suite_in, const char *name_in, Test *(*make_in)())
    : suite(suite_in), name(name_in), make(make_in), next(nullptr) {
  *end_of_list = this;
  end_of_list = &this->next;
}

static bool passes(const Entry &entry) {
  const int before = failures;
  const std::unique_ptr<Test> test(entry.make());
  test->SetUp();
  test->TestBody();
  test->TearDown();
  return failures == before;
}

}  // namespace testing

int main() {
  int passed = 0;
  int failed = 0;
  for (const ::testing::Entry *entry = ::testing::first; entry != nullptr; entry = entry->next) {
    const bool okay = ::testing::passes(*entry);
    (okay ? passed : failed)++;
    if (!okay)
      std::printf("[  FAILED  ] %s.%s\n", entry->suite, entry->name);
  }
  std::printf("%d passed, %d failed\n", passed, failed);
  std::fflush(stdout);
  std::exit(failed == 0 ? 0 : 1);
}
