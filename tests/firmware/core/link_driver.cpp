// A device without a board, driven line by line: the firmware's Link behind stdin and stdout, for tests that put the
// Python hub on the other side. Every command is answered by lines that end with a single dot.
//
//   boot MAC HUB_KEY TOKEN RX_LIMIT   cold boot; the record of the boot before is kept; TOKEN "-" for none
//   open NOW | close | tick NOW
//   frame NOW HEX                     a frame of the hub
//   act NOW                           one piece of work or one frame of Link's own
//   seal NOW HEX                      a message of the caller's
//   answer ID STATUS REASON | rotate | goodbye WHY SECONDS | describe HASH
//   state                             plan, epoch, wants
// Answers: frame HEX, event NAME DETAILS, state ..., error TEXT.

#include <cstdio>
#include <iostream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "link.h"
#include "support/log_text.h"

using namespace esphome::oceanremote;  // NOLINT(google-build-using-namespace)

static bool draw_urandom(void *context, uint8_t *out, size_t size) {
  return std::fread(out, 1, size, static_cast<std::FILE *>(context)) == size;
}

static std::vector<uint8_t> from_hex(const std::string &hex) {
  std::vector<uint8_t> bytes;
  for (size_t i = 0; i + 1 < hex.size(); i += 2)
    bytes.push_back(static_cast<uint8_t>(std::stoul(hex.substr(i, 2), nullptr, 16)));
  return bytes;
}

static std::string to_hex(const uint8_t *bytes, size_t size) {
  std::string hex;
  char digits[3];
  for (size_t i = 0; i < size; i++) {
    std::snprintf(digits, sizeof(digits), "%02x", bytes[i]);
    hex += digits;
  }
  return hex;
}

class RamStore : public CredentialStore {
 public:
  Error load(Record &record) override {
    if (!this->present_)
      return Error::RECORD_EMPTY;
    record.assign(this->durable_);
    return Error::NONE;
  }
  Error save(const Record &record) override {
    this->written_.assign(record);
    return Error::NONE;
  }
  Error sync() override {
    this->durable_.assign(this->written_);
    this->present_ = true;
    return Error::NONE;
  }
  Error read_back(Record &record) override { return this->load(record); }

 protected:
  Record written_;
  Record durable_;
  bool present_{false};
};

static const char *event_name(LinkEvent event) {
  switch (event) {
    case LinkEvent::NONE:
      return "none";
    case LinkEvent::WELCOME:
      return "welcome";
    case LinkEvent::COMMAND:
      return "command";
    case LinkEvent::SUBSCRIBE_LOGS:
      return "subscribe_logs";
    case LinkEvent::TIME:
      return "time";
    case LinkEvent::ANSWER:
      return "answer";
    case LinkEvent::IMPORTED:
      return "imported";
    case LinkEvent::ADDRESSES:
      return "addresses";
    case LinkEvent::READINGS_TAKEN:
      return "readings_taken";
    case LinkEvent::STAY_AWAKE:
      return "stay_awake";
    case LinkEvent::REPORT_HEALTH:
      return "report_health";
    case LinkEvent::TUNNEL:
      return "tunnel";
    case LinkEvent::UPDATE:
      return "update";
    case LinkEvent::REGISTERED:
      return "registered";
    case LinkEvent::REVOKED:
      return "revoked";
    case LinkEvent::REJECTED:
      return "rejected";
    case LinkEvent::CLOSED:
      return "closed";
  }
  return "unknown";
}

class Driver {
 public:
  Driver() : entropy_(std::fopen("/dev/urandom", "rb")), random_(draw_urandom, entropy_) {}
  ~Driver() { std::fclose(this->entropy_); }
  Driver(const Driver &) = delete;
  Driver &operator=(const Driver &) = delete;

  void handle(const std::string &line) {
    std::istringstream words(line);
    std::string command;
    words >> command;
    if (command == "boot") {
      this->boot_(words);
    } else if (this->link_ == nullptr) {
      std::cout << "error not booted\n";
    } else {
      this->run_(command, words);
    }
    std::cout << ".\n" << std::flush;
  }

 protected:
  void boot_(std::istringstream &words) {
    std::string mac, hub, token;
    unsigned rx_limit;
    words >> mac >> hub >> token >> rx_limit;
    LinkSettings settings;
    std::memcpy(settings.mac, from_hex(mac).data(), MAC_SIZE);
    std::memcpy(settings.hub_public_key, from_hex(hub).data(), KEY_SIZE);
    const std::vector<uint8_t> secret = token == "-" ? std::vector<uint8_t>() : from_hex(token);
    settings.registration_token = secret.empty() ? nullptr : secret.data();
    settings.rx_limit = static_cast<uint16_t>(rx_limit);
    settings.facts.name = "driver";
    settings.facts.friendly_name = "Driver";
    settings.facts.esphome_version = "2026.10.0";
    settings.facts.board = "host";
    settings.facts.platform = "host";
    this->link_ = std::make_unique<Link>(this->store_, this->random_);
    const Error error = this->link_->setup(settings);
    if (error != Error::NONE)
      std::cout << "error " << testing::text_of(error) << "\n";
  }

  void run_(const std::string &command, std::istringstream &words) {
    uint64_t now = 0;
    if (command == "open" || command == "tick" || command == "frame" || command == "act" || command == "seal")
      words >> now;
    std::string text;
    if (command == "open") {
      this->link_->open(now);
    } else if (command == "close") {
      this->link_->close();
    } else if (command == "tick") {
      this->report_(this->link_->tick(now));
    } else if (command == "frame") {
      words >> text;
      this->received_ = from_hex(text);
      this->report_(this->link_->receive(this->received_.data(), this->received_.size(), now));
    } else if (command == "act") {
      this->act_(now);
    } else if (command == "seal") {
      words >> text;
      this->seal_(from_hex(text), now);
    } else if (command == "answer") {
      this->answer_(words);
    } else if (command == "rotate") {
      this->link_->request_rotation();
    } else if (command == "goodbye") {
      unsigned why;
      uint32_t seconds;
      words >> why >> seconds;
      this->link_->goodbye(static_cast<GoodbyeReason>(why), seconds);
    } else if (command == "describe") {
      words >> text;
      this->link_->set_description_hash(from_hex(text).data());
    } else if (command == "state") {
      this->state_();
    } else {
      std::cout << "error unknown command\n";
    }
  }

  void act_(uint64_t now) {
    if (this->link_->want() == LinkWant::STEP) {
      this->report_(this->link_->step(now));
    } else if (this->link_->want() == LinkWant::SEND) {
      uint8_t frame[RX_LIMIT_LARGE];
      const size_t size = this->link_->write(frame, sizeof(frame), now);
      if (size != 0)
        std::cout << "frame " << to_hex(frame, size) << "\n";
    }
  }

  void seal_(const std::vector<uint8_t> &message, uint64_t now) {
    uint8_t frame[8192];
    size_t size = 0;
    std::memcpy(frame + DATA_HEADER_SIZE, message.data(), message.size());
    const Error error = this->link_->seal(frame, message.size(), now, size);
    if (error == Error::NONE)
      std::cout << "frame " << to_hex(frame, size) << "\n";
    else
      std::cout << "error " << testing::text_of(error) << "\n";
  }

  void answer_(std::istringstream &words) {
    uint32_t id;
    unsigned status;
    words >> id >> status;
    const Error error = this->link_->answer(id, static_cast<CommandStatus>(status), status == 1 ? "refused" : "");
    if (error != Error::NONE)
      std::cout << "error " << testing::text_of(error) << "\n";
  }

  void state_() {
    static const char *const PLANS[] = {"nothing", "register", "resume"};
    static const char *const WANTS[] = {"nothing", "step", "send"};
    std::cout << "state " << PLANS[static_cast<size_t>(this->link_->plan())] << " "
              << WANTS[static_cast<size_t>(this->link_->want())] << " " << this->link_->session().epoch() << " "
              << this->link_->can_receive() << " " << this->link_->handshake_counter() << "\n";
  }

  void report_(LinkEvent event) {
    if (event == LinkEvent::NONE)
      return;
    const HubMessage &message = this->link_->message();
    std::cout << "event " << event_name(event);
    if (event == LinkEvent::COMMAND) {
      std::cout << " " << message.command.id << " " << static_cast<int>(message.command.address.domain) << " "
                << message.command.address.key << " " << to_hex(message.command.args.data, message.command.args.size);
    } else if (event == LinkEvent::WELCOME) {
      std::cout << " " << message.welcome.want_description;
    } else if (event == LinkEvent::REJECTED) {
      std::cout << " " << this->link_->retry_after_s();
    } else if (event == LinkEvent::CLOSED) {
      std::cout << " " << testing::text_of(this->link_->error());
    }
    std::cout << "\n";
  }

  std::FILE *entropy_;
  Random random_;
  RamStore store_;
  std::unique_ptr<Link> link_;
  std::vector<uint8_t> received_;
};

int main() {
  Driver driver;
  std::string line;
  while (std::getline(std::cin, line))
    driver.handle(line);
  return 0;
}
