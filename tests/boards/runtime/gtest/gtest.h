#pragma once
// GoogleTest in small, for targets that have no C++ library to link: what tests/firmware/core uses of it, and no more.

#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>

namespace testing {

class Test {
 public:
  virtual ~Test() = default;
  virtual void SetUp() {}
  virtual void TearDown() {}
  virtual void TestBody() = 0;
};

/// One test of the program; all of them form a list in the order of their construction.
struct Entry {
  Entry(const char *suite, const char *name, Test *(*make)());

  const char *suite;
  const char *name;
  Test *(*make)();
  Entry *next;
};

extern int failures;

template<typename T> void show(const T &value) {
  if constexpr (std::is_enum_v<T> || std::is_integral_v<T>) {
    std::printf("%ld", static_cast<long>(value));
  } else if constexpr (std::is_convertible_v<T, std::string_view>) {
    const std::string_view text(value);
    std::printf("%.*s", static_cast<int>(text.size()), text.data());
  } else {
    std::printf("?");
  }
}

/// A failure is counted and printed as one line, together with what is streamed into it.
class Failure {
 public:
  Failure(const char *file, int line, const char *what) {
    failures++;
    std::printf("%s:%d: %s ", file, line, what);
  }
  ~Failure() { std::printf("\n"); }
  template<typename T> Failure &operator<<(const T &value) {
    show(value);
    return *this;
  }
};

/// Lets `return` stand before a failure that takes more text.
struct Return {
  void operator=(const Failure &failure) const { (void) failure; }
};

template<typename A, typename B> bool equal(const A &a, const B &b) { return a == b; }

}  // namespace testing

#define EXPECT_THAT_IT_IS(okay, text) \
  if (okay) \
    ; \
  else \
    ::testing::Failure(__FILE__, __LINE__, text)
#define ASSERT_THAT_IT_IS(okay, text) \
  if (okay) \
    ; \
  else \
    return ::testing::Return() = ::testing::Failure(__FILE__, __LINE__, text)
#define EXPECT_EQ(a, b) EXPECT_THAT_IT_IS(::testing::equal(a, b), #a " == " #b)
#define ASSERT_EQ(a, b) ASSERT_THAT_IT_IS(::testing::equal(a, b), #a " == " #b)
#define EXPECT_NE(a, b) EXPECT_THAT_IT_IS((a) != (b), #a " != " #b)
#define ASSERT_NE(a, b) ASSERT_THAT_IT_IS((a) != (b), #a " != " #b)
#define EXPECT_GT(a, b) EXPECT_THAT_IT_IS((a) > (b), #a " > " #b)
#define ASSERT_GT(a, b) ASSERT_THAT_IT_IS((a) > (b), #a " > " #b)
#define EXPECT_GE(a, b) EXPECT_THAT_IT_IS((a) >= (b), #a " >= " #b)
#define ASSERT_GE(a, b) ASSERT_THAT_IT_IS((a) >= (b), #a " >= " #b)
#define EXPECT_LT(a, b) EXPECT_THAT_IT_IS((a) < (b), #a " < " #b)
#define ASSERT_LT(a, b) ASSERT_THAT_IT_IS((a) < (b), #a " < " #b)
#define EXPECT_LE(a, b) EXPECT_THAT_IT_IS((a) <= (b), #a " <= " #b)
#define ASSERT_LE(a, b) ASSERT_THAT_IT_IS((a) <= (b), #a " <= " #b)
#define EXPECT_TRUE(a) EXPECT_THAT_IT_IS((a), #a)
#define ASSERT_TRUE(a) ASSERT_THAT_IT_IS((a), #a)
#define EXPECT_FALSE(a) EXPECT_THAT_IT_IS(!(a), "not " #a)
#define ASSERT_FALSE(a) ASSERT_THAT_IT_IS(!(a), "not " #a)
#define EXPECT_STREQ(a, b) EXPECT_THAT_IT_IS(std::strcmp(a, b) == 0, #a)
#define EXPECT_STRNE(a, b) EXPECT_THAT_IT_IS(std::strcmp(a, b) != 0, #a)
#define ADD_FAILURE() ::testing::Failure(__FILE__, __LINE__, "failure")

#define DEFINE_TEST(suite, name, base) \
  class suite##_##name##_Test : public base { \
    void TestBody() override; \
\
   public: \
    static ::testing::Test *make() { return new suite##_##name##_Test(); } \
  }; \
  static ::testing::Entry suite##_##name##_entry(#suite, #name, suite##_##name##_Test::make); \
  void suite##_##name##_Test::TestBody()
#define TEST(suite, name) DEFINE_TEST(suite, name, ::testing::Test)
#define TEST_F(suite, name) DEFINE_TEST(suite, name, suite)
