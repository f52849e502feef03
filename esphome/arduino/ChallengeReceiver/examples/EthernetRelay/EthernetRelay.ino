// A relay on pin 7 of an Arduino Uno or Pro Mini with an Ethernet shield, commanded by
// Home Assistant's OceanRemote integration.
//
// In Home Assistant: add a challenge device with a switch "Relay", bytes 0x4F (on) and 0x43
// (off), and two responses, 0x01 "Now on" and 0x02 "Now off"; its last page shows the block
// of constants below.

#include <SPI.h>
#include <EEPROM.h>
#include <Ethernet.h>
#include <ChallengeReceiver.h>
#include <EepromStorage.h>
#include <EthernetTransport.h>

// begin: constants. Home Assistant shows this block for your device: replace it as a whole.
using Hash = challenge::Sha256;
static const uint16_t PORT = 6064;
static const uint8_t CHALLENGE_SIZE = 16;
static const char SECRET[] PROGMEM = "the secret that Home Assistant showed once";
static const char DEVICE_ID[] PROGMEM = "garage-relay";
static const uint8_t COMMANDS[] PROGMEM = {0x4F, 0x43};
static const bool RESPONDS = true;
static const challenge::Profile PROFILE = {
    challenge::Mode::STRICT, 16, CHALLENGE_SIZE, {COMMANDS, sizeof(COMMANDS)}, 2000};

// The response to a command that was carried out.
static uint8_t response_to(uint8_t command) {
  switch (command) {
    case 0x4F:  // Relay: on
      return 0x01;
    case 0x43:  // Relay: off
      return 0x02;
    default:
      return 0;
  }
}
// end: constants

static uint8_t mac_address[] = {0x02, 0x4F, 0x43, 0x00, 0x00, 0x01};
static const uint8_t RELAY_PIN = 7;
static const uint8_t COMMAND_ON = 0x4F;

using Transport = challenge::EthernetTransport<EthernetServer, EthernetClient>;
using Storage = challenge::EepromStorage<0>;
using Challenges = challenge::DerivedChallenges<Hash, Storage>;

static EthernetServer server(PORT);
static Transport transport(server);
static Storage storage;
static Challenges challenges(storage);
static challenge::Receiver<Hash, Transport, Challenges, CHALLENGE_SIZE> receiver(transport, challenges);

// What takes seconds holds everything else up: start it here, and let "done" or "opening"
// be the response.
static uint8_t execute(uint8_t command) {
  digitalWrite(RELAY_PIN, command == COMMAND_ON ? HIGH : LOW);
  return response_to(command);
}

void setup() {
  pinMode(RELAY_PIN, OUTPUT);
  pinMode(LED_BUILTIN, OUTPUT);
  const challenge::FlashBytes secret = challenge::flash_text(SECRET);
  const challenge::FlashBytes device_id = challenge::flash_text(DEVICE_ID);
  // A board that cannot count its starts safely serves nobody, and shows it.
  if (!challenges.begin(secret) || !receiver.begin(PROFILE, secret, device_id, execute, RESPONDS))
    digitalWrite(LED_BUILTIN, HIGH);
  Ethernet.begin(mac_address);
  server.begin();
}

void loop() {
  Ethernet.maintain();
  receiver.loop();
}
