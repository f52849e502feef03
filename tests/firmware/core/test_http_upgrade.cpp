// The opening handshake: what is asked, and what counts as an answer.

#include <gtest/gtest.h>

#include "http_upgrade.h"
#include "messages.h"
#include "support/vectors.h"

namespace esphome::oceanremote::testing {

using Progress = HttpUpgrade::Progress;

// RFC 6455 section 1.3: this key is answered by this accept.
static const std::string KEY_TEXT = "the sample nonce";
static const std::string ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

static Error start(HttpUpgrade &upgrade, std::string_view host, std::string_view path, std::string &request,
                   ByteView ticket = {}) {
  uint8_t buffer[512];
  size_t size = 0;
  const Error error = upgrade.start(reinterpret_cast<const uint8_t *>(KEY_TEXT.data()), {host, path, ticket}, buffer,
                                    sizeof(buffer), size);
  request.assign(buffer, buffer + size);
  return error;
}

/// Feeds a response byte by byte; every byte but the last must ask for more.
static Progress answer(const std::string &response, HttpUpgrade &upgrade) {
  std::string request;
  EXPECT_EQ(start(upgrade, "hub:8123", "/p", request), Error::NONE);
  Progress progress = Progress::MORE;
  for (const char character : response) {
    if (progress != Progress::MORE)
      return progress;
    progress = upgrade.take(static_cast<uint8_t>(character));
  }
  return progress;
}

static Error refusal(const std::string &response) {
  HttpUpgrade upgrade;
  EXPECT_EQ(answer(response, upgrade), Progress::FAILED) << response;
  return upgrade.error();
}

static std::string response(const std::string &headers,
                            const std::string &status = "HTTP/1.1 101 Switching Protocols") {
  return status + "\r\n" + headers + "\r\n";
}

static const std::string GOOD = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " + ACCEPT + "\r\n";

TEST(HttpUpgrade, AsksAsTheStandardSays) {
  HttpUpgrade upgrade;
  std::string request;
  ASSERT_EQ(start(upgrade, "192.168.1.2:8123", "/api/oceanremote/connect", request), Error::NONE);
  EXPECT_EQ(request,
            "GET /api/oceanremote/connect HTTP/1.1\r\nHost: 192.168.1.2:8123\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            "User-Agent: OceanRemote/1\r\n\r\n");
}

TEST(HttpUpgrade, ShowsTheTicketOfTheLastSession) {
  const auto shown = [](ByteView ticket) {
    HttpUpgrade upgrade;
    std::string request;
    EXPECT_EQ(start(upgrade, "hub", "/p", request, ticket), Error::NONE);
    static const std::string NAME = "\r\nOceanRemote-Ticket: ";
    const size_t at = request.find(NAME);
    if (at == std::string::npos)
      return std::string();
    const size_t from = at + NAME.size();
    return request.substr(from, request.find("\r\n", from) - from);
  };
  // RFC 4648 section 10, and the two letters in which base64url differs.
  EXPECT_EQ(shown(bytes_of("f")), "Zg");
  EXPECT_EQ(shown(bytes_of("fo")), "Zm8");
  EXPECT_EQ(shown(bytes_of("foobar")), "Zm9vYmFy");
  const uint8_t letters[] = {0xfb, 0xff, 0xbf};
  EXPECT_EQ(shown(letters), "-_-_");
  const uint8_t longest[TICKET_MAX] = {};
  EXPECT_EQ(shown(longest), std::string(86, 'A'));
  EXPECT_EQ(shown({}), "");
}

TEST(HttpUpgrade, RefusesToSmuggleHeaders) {
  HttpUpgrade upgrade;
  std::string request;
  for (const char *host : {"", "a b", "a\r\nX: y", "a\tb", "h\x7f", "\xC3\xBC"})
    EXPECT_EQ(start(upgrade, host, "/", request), Error::HTTP_MALFORMED) << host;
  for (const char *path : {"", "p", "/a b", "/\r\n"})
    EXPECT_EQ(start(upgrade, "h", path, request), Error::HTTP_MALFORMED) << path;
}

TEST(HttpUpgrade, RefusesABufferThatIsTooSmall) {
  HttpUpgrade upgrade;
  uint8_t buffer[100];
  size_t size;
  EXPECT_EQ(
      upgrade.start(reinterpret_cast<const uint8_t *>(KEY_TEXT.data()), {"h", "/", {}}, buffer, sizeof(buffer), size),
      Error::BUFFER_TOO_SMALL);
}

TEST(HttpUpgrade, TakesTheAnswer) {
  HttpUpgrade upgrade;
  EXPECT_EQ(answer(response(GOOD), upgrade), Progress::DONE);
  EXPECT_EQ(upgrade.status(), 101);
}

TEST(HttpUpgrade, TakesItInAnyCaseAndAmongAnyHeaders) {
  std::string many;
  for (int i = 0; i < 100; i++)
    many += "X-Proxy-" + std::to_string(i) + ": " + std::string(static_cast<size_t>(i), 'v') + "\r\n";
  many += std::string(200, 'n') + ": 1\r\n";
  HttpUpgrade upgrade;
  EXPECT_EQ(
      answer(response(many + "UPGRADE:WebSocket\r\nconnection:\t keep-alive ,  UPGRADE \r\nsec-websocket-ACCEPT:" +
                      ACCEPT + "  \r\n" + many),
             upgrade),
      Progress::DONE);
  HttpUpgrade bare;
  EXPECT_EQ(
      answer("HTTP/1.1 101\nUpgrade: websocket\nConnection: Upgrade\nSec-WebSocket-Accept: " + ACCEPT + "\n\n", bare),
      Progress::DONE)
      << "lines may end in LF alone (RFC 9112 section 2.2)";
}

TEST(HttpUpgrade, RefusesEveryWrongAnswer) {
  const std::string upgrade = "Upgrade: websocket\r\n", connection = "Connection: Upgrade\r\n";
  const std::string accept = "Sec-WebSocket-Accept: " + ACCEPT + "\r\n";
  for (const std::string &headers :
       {connection + accept, upgrade + accept, upgrade + connection, std::string(),
        upgrade + "Connection: close\r\n" + accept, "Upgrade: h2c\r\n" + connection + accept,
        upgrade + connection + "Sec-WebSocket-Accept: AAAA\r\n", upgrade + connection + accept + accept,
        GOOD + "Sec-WebSocket-Extensions: permessage-deflate\r\n", GOOD + "Sec-WebSocket-Protocol: mqtt\r\n",
        upgrade + connection + "Sec-WebSocket-Accept: " + ACCEPT + std::string(60, 'x') + "\r\n"})
    EXPECT_EQ(refusal(response(headers)), Error::HTTP_NOT_WEBSOCKET) << headers;
}

TEST(HttpUpgrade, EveryOtherAcceptIsWrong) {
  for (size_t i = 0; i < ACCEPT.size(); i++) {
    std::string wrong = GOOD;
    const size_t at = wrong.find(ACCEPT) + i;
    wrong[at] = wrong[at] == 'A' ? 'B' : 'A';
    EXPECT_EQ(refusal(response(wrong)), Error::HTTP_NOT_WEBSOCKET) << i;
  }
}

TEST(HttpUpgrade, TellsTheStatusOfARefusal) {
  for (const int status : {200, 301, 401, 404, 429, 500, 503}) {
    HttpUpgrade upgrade;
    EXPECT_EQ(answer(response("Content-Length: 0\r\n", "HTTP/1.1 " + std::to_string(status) + " X"), upgrade),
              Progress::FAILED);
    EXPECT_EQ(upgrade.error(), Error::HTTP_STATUS);
    EXPECT_EQ(upgrade.status(), status);
  }
}

TEST(HttpUpgrade, TellsWhenToComeBack) {
  const auto after = [](const std::string &value) {
    HttpUpgrade upgrade;
    (void) answer(response("Retry-After: " + value + "\r\n", "HTTP/1.1 503 Busy"), upgrade);
    return upgrade.retry_after_s();
  };
  EXPECT_EQ(after("30"), 30);
  EXPECT_EQ(after("86400"), 300) << "clamped";
  EXPECT_EQ(after("99999999999999999999999999"), 300);
  EXPECT_EQ(after("Fri, 31 Dec 1999 23:59:59 GMT"), 0);
  EXPECT_EQ(after("-1"), 0);
}

TEST(HttpUpgrade, ReadsTheRefusalOfAnOlderServer) {
  HttpUpgrade upgrade;
  EXPECT_EQ(answer("HTTP/1.0 503 Service Unavailable\nRetry-After: 7\n\n", upgrade), Progress::FAILED);
  EXPECT_EQ(upgrade.error(), Error::HTTP_STATUS);
  EXPECT_EQ(upgrade.status(), 503);
  EXPECT_EQ(upgrade.retry_after_s(), 7);
  EXPECT_EQ(refusal(response(GOOD, "HTTP/1.0 101 X")), Error::HTTP_NOT_WEBSOCKET)
      << "which knows no upgrade (RFC 9110 section 7.8)";
}

TEST(HttpUpgrade, RefusesWhatIsNotHttp) {
  for (const char *line : {"HTTP/1.x 101 X", "HTTP/1.11 101 X", "HTTP/0.9 101 X", "HTTP/2 101", "HTTP/1.1 1o1 X",
                           "HTTP/1.1", "SSH-2.0-x", "", "HTTP/1.1 099 X"})
    EXPECT_EQ(refusal(response(GOOD, line)), Error::HTTP_MALFORMED) << line;
  EXPECT_EQ(refusal(response("no colon\r\n" + GOOD)), Error::HTTP_MALFORMED);
  EXPECT_EQ(refusal(response(": no name\r\n" + GOOD)), Error::HTTP_MALFORMED);
}

TEST(HttpUpgrade, RefusesAnEndlessAnswer) {
  EXPECT_EQ(refusal("HTTP/1.1 101 X\r\nX: " + std::string(HTTP_RESPONSE_MAX, 'y')), Error::HTTP_MALFORMED);
}

TEST(HttpUpgrade, EveryCutAsksForMore) {
  const std::string whole = response(GOOD);
  for (size_t size = 0; size < whole.size(); size++) {
    HttpUpgrade upgrade;
    EXPECT_EQ(answer(whole.substr(0, size), upgrade), Progress::MORE) << size;
  }
}

TEST(HttpUpgrade, TakesNothingAfterItsEnd) {
  HttpUpgrade upgrade;
  ASSERT_EQ(answer(response(GOOD), upgrade), Progress::DONE);
  EXPECT_EQ(upgrade.take('x'), Progress::FAILED);
}

}  // namespace esphome::oceanremote::testing
