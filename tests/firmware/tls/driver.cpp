// Drives one TLS library of the firmware as Wire does, from lines on stdin, and says what came of it.
//
//   trust verify|none SIZE ANCHORS|- PINS|-    files; for the dials that follow
//   clock LOWER_BOUND HEARD                    Unix seconds; 0: unknown
//   wake                                       from deep sleep
//   dial HOST PORT LIMIT END                   END: open, stall or reset, once LIMIT bytes have come (-1: never)
//
// Each dial answers: RESULT|bytes received|passes|longest pass in us|peak heap of the handshake|heap of the open
// session|heap left|how often the watchdog was fed|reason

#include <algorithm>
#include <arpa/inet.h>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <iostream>
#include <iterator>
#include <malloc.h>
#include <memory>
#include <netinet/tcp.h>
#include <poll.h>
#include <sstream>
#include <string>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <vector>

#include "esphome/components/oceanremote/tls.h"
#include "esphome/core/hal.h"

using namespace esphome::oceanremote;
using esphome::LogString;

// Counts what is on the heap: every library allocates through these.
static size_t in_use = 0;
static size_t peak = 0;
extern "C" {
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void __libc_free(void *memory);
static void *count_up(void *memory) {
  if (memory != nullptr)
    peak = std::max<size_t>(peak, in_use += malloc_usable_size(memory));
  return memory;
}
static void count_down(void *memory) {
  if (memory != nullptr)
    in_use -= malloc_usable_size(memory);
}
void *malloc(size_t size) { return count_up(__libc_malloc(size)); }
void *calloc(size_t count, size_t size) { return count_up(__libc_calloc(count, size)); }
void *realloc(void *old, size_t size) {
  count_down(old);
  return count_up(__libc_realloc(old, size));
}
void free(void *memory) {
  count_down(memory);
  __libc_free(memory);
}
}

static int fed = 0;
void esphome::arch_feed_wdt() { fed++; }

namespace {

constexpr int IDLE_PASSES = 20;
constexpr int DEADLINE_MS = 15000;

bool draw(void * /*context*/, uint8_t *out, size_t size) {
  return ::getrandom(out, size, 0) == static_cast<ssize_t>(size);
}

/// A socket to this machine that stops to give bytes where it is told.
class LimitedSocket : public Stream {
 public:
  long limit{-1};
  bool resets{false};
  long received{0};

  void open(size_t /*index*/, const HubAddress &address) override {
    this->close();
    this->received = 0;
    this->fd_ = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(address.port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(this->fd_, reinterpret_cast<sockaddr *>(&to), sizeof(to)) != 0)
      std::abort();
    ::fcntl(this->fd_, F_SETFL, O_NONBLOCK);
    int yes = 1;
    ::setsockopt(this->fd_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
  }
  State poll() override { return State::OPEN; }
  bool at_limit() const { return this->limit >= 0 && this->received >= this->limit; }
  ssize_t read(uint8_t *out, size_t size) override {
    if (this->at_limit())
      return this->resets ? -1 : 0;
    if (this->limit >= 0)
      size = std::min<size_t>(size, static_cast<size_t>(this->limit - this->received));
    const ssize_t count = ::recv(this->fd_, out, size, 0);
    if (count > 0)
      this->received += count;
    if (count < 0 && errno == EAGAIN)
      return 0;
    return count > 0 ? count : -1;
  }
  ssize_t write(const uint8_t *data, size_t size) override {
    const ssize_t count = ::send(this->fd_, data, size, MSG_NOSIGNAL);
    return count < 0 && errno == EAGAIN ? 0 : count;
  }
  void close() override {
    if (this->fd_ >= 0)
      ::close(this->fd_);
    this->fd_ = -1;
  }
  const LogString *failure() const override { return reinterpret_cast<const LogString *>("connection lost"); }
  void wait() const {
    if (this->at_limit())
      return;
    pollfd one{this->fd_, POLLIN, 0};
    ::poll(&one, 1, 5);
  }

 private:
  int fd_{-1};
};

std::vector<uint8_t> read_file(const std::string &path) {
  if (path == "-")
    return {};
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// CPU time: what else this machine does is not the library's.
long cpu_us() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec * 1000000L + now.tv_nsec / 1000;
}

class Driver {
 public:
  Driver() = default;

  void set_trust(std::istringstream &line) {
    std::string verify, anchors, pins;
    line >> verify >> this->trust_.record_size >> anchors >> pins;
    this->anchors_ = read_file(anchors);
    this->pins_ = read_file(pins);
    this->trust_.verify = verify != "none";
    this->trust_.anchors = Anchors(this->anchors_.data(), this->anchors_.size());
    this->trust_.pins = this->pins_.data();
    // What a stream has kept of those whom it believed before goes with it.
    this->trust_.build_s++;
    this->wake();
    this->trust_.pin_count = static_cast<uint8_t>(this->pins_.size() / PIN_SIZE);
  }
  /// As after deep sleep: of what a stream knew, there is what it has kept elsewhere.
  void wake() { this->tls_ = std::make_unique<PlatformTlsStream>(this->socket_, this->random_, this->judge_); }
  void set_clock(std::istringstream &line) {
    uint64_t lower = 0, heard = 0;
    line >> lower >> heard;
    this->clock_ = TlsClock();
    this->clock_.set_lower_bound(lower);
    if (heard != 0)
      this->clock_.set(heard, 0);
  }
  void dial(std::istringstream &line) {
    std::string end;
    line >> this->host_ >> this->address_.port >> this->socket_.limit >> end;
    this->address_.host = this->address_.authority = this->host_.c_str();
    this->socket_.resets = end == "reset";
    this->run_();
  }

 private:
  void run_() {
    const size_t before = in_use;
    peak = in_use;
    this->passes_ = this->longest_us_ = fed = 0;
    this->tls_->open(0, this->address_);
    const char *result = this->shake_hands_();
    const size_t at_handshake = peak - before;
    if (std::strcmp(result, "open") == 0)
      result = this->echo_();
    const long at_rest = static_cast<long>(in_use) - static_cast<long>(before);
    char reason[128] = "";
    if (this->tls_->failure() != nullptr)
      std::snprintf(reason, sizeof(reason), "%s", reinterpret_cast<const char *>(this->tls_->failure()));
    this->tls_->close();
    std::printf("%s|%ld|%d|%ld|%zu|%ld|%ld|%d|%s\n", result, this->socket_.received, this->passes_, this->longest_us_,
                at_handshake, at_rest, static_cast<long>(in_use) - static_cast<long>(before), fed, reason);
    std::fflush(stdout);
  }
  template<typename F> auto pass_(F &&work) {
    const long start = cpu_us();
    const auto result = work();
    this->passes_++;
    this->longest_us_ = std::max<long>(this->longest_us_, cpu_us() - start);
    return result;
  }
  bool over_() {
    this->idle_ = this->socket_.at_limit() && !this->socket_.resets ? this->idle_ + 1 : 0;
    const auto now = std::chrono::steady_clock::now();
    return this->idle_ > IDLE_PASSES || now - this->started_ > std::chrono::milliseconds(DEADLINE_MS);
  }
  const char *shake_hands_() {
    this->idle_ = 0;
    this->started_ = std::chrono::steady_clock::now();
    while (!this->over_()) {
      const long before = this->socket_.received;
      switch (this->pass_([this] { return this->tls_->poll(); })) {
        case Stream::State::OPEN:
          return "open";
        case Stream::State::OPENING:
          break;
        default:
          return "failed";
      }
      if (this->socket_.received == before && ++this->quiet_ % 8 == 0)
        this->socket_.wait();
    }
    return "stalled";
  }
  /// Sends a text longer than the small record, and wants it back.
  const char *echo_() {
    uint8_t text[1500];
    std::memset(text, 'x', sizeof(text));
    size_t sent = 0;
    size_t back = 0;
    while (back < sizeof(text)) {
      if (this->over_())
        return "stalled";
      if (sent < sizeof(text)) {
        const ssize_t count = this->pass_([&] { return this->tls_->write(text + sent, sizeof(text) - sent); });
        if (count < 0)
          return "lost";
        sent += static_cast<size_t>(count);
      }
      uint8_t in[256];
      const ssize_t count = this->pass_([&] { return this->tls_->read(in, sizeof(in)); });
      if (count < 0)
        return "lost";
      if (std::memcmp(in, text, static_cast<size_t>(count)) != 0)
        return "garbled";
      back += static_cast<size_t>(count);
      if (count == 0)
        this->socket_.wait();
    }
    return "echoed";
  }

  TlsTrust trust_;
  TlsClock clock_;
  TlsJudge judge_{trust_, clock_};
  Random random_{draw, nullptr};
  LimitedSocket socket_;
  std::unique_ptr<PlatformTlsStream> tls_;
  HubAddress address_;
  std::string host_;
  std::vector<uint8_t> anchors_;
  std::vector<uint8_t> pins_;
  std::chrono::steady_clock::time_point started_;
  int passes_{0};
  int idle_{0};
  int quiet_{0};
  long longest_us_{0};
};

}  // namespace

int main() {
  Driver driver;
  std::string text;
  while (std::getline(std::cin, text)) {
    std::istringstream line(text);
    std::string command;
    line >> command;
    if (command == "trust")
      driver.set_trust(line);
    if (command == "clock")
      driver.set_clock(line);
    if (command == "dial")
      driver.dial(line);
    if (command == "wake")
      driver.wake();
  }
  return 0;
}
