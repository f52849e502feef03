// A relay on pin 7 of an Arduino Uno or Pro Mini with an Ethernet shield, commanded by
// Home Assistant's OceanRemote integration.
//
// In Home Assistant: add a challenge device with port 6064, mode strict, SHA-256, this id
// and this secret; commands 'O' (0x4F, on) and 'C' (0x43, off); responses 0x01 "now on"
// and 0x02 "now off".

#include <SPI.h>
#include <EEPROM.h>
#include <Ethernet.h>
#include <ChallengeReceiver.h>
#include <EepromStorage.h>
#include <EthernetTransport.h>

// One secret for one device: let Home Assistant make it, and paste it here.
static const char SECRET[] PROGMEM = "paste the secret that Home Assistant made";
static const char DEVICE_ID[] PROGMEM = "garage-relay";
static const uint8_t COMMANDS[] PROGMEM = {'O', 'C'};

static uint8_t mac_address[] = {0x02, 0x4F, 0x43, 0x00, 0x00, 0x01};
static const uint8_t RELAY_PIN = 7;

using Hash = challenge::Sha256;
using Transport = challenge::EthernetTransport<EthernetServer, EthernetClient>;
using Storage = challenge::EepromStorage<0>;
using Challenges = challenge::DerivedChallenges<Hash, Storage>;

static const challenge::Profile PROFILE = {challenge::Mode::STRICT, 16, 16, {COMMANDS, sizeof(COMMANDS)}, 2000};

static EthernetServer server(6064);
static Transport transport(server);
static Storage storage;
static Challenges challenges(storage);
static challenge::Receiver<Hash, Transport, Challenges> receiver(transport, challenges);

static uint8_t execute(uint8_t command) {
  const bool on = command == 'O';
  digitalWrite(RELAY_PIN, on ? HIGH : LOW);
  return on ? 0x01 : 0x02;
}

void setup() {
  pinMode(RELAY_PIN, OUTPUT);
  pinMode(LED_BUILTIN, OUTPUT);
  const challenge::FlashBytes secret = challenge::flash_text(SECRET);
  const challenge::FlashBytes device_id = challenge::flash_text(DEVICE_ID);
  // A board that cannot count its starts safely serves nobody, and shows it.
  if (!challenges.begin(secret) || !receiver.begin(PROFILE, secret, device_id, execute, true))
    digitalWrite(LED_BUILTIN, HIGH);
  Ethernet.begin(mac_address);
  server.begin();
}

void loop() {
  Ethernet.maintain();
  receiver.loop();
}
