#pragma once

// The declarations of Arduino's Ethernet library that the sketch uses.

#include <Arduino.h>

class EthernetClient {
 public:
  explicit operator bool() const;
  uint8_t connected();
  int available();
  int read();
  size_t write(const uint8_t *data, size_t size);
  void stop();
};

class EthernetServer {
 public:
  explicit EthernetServer(uint16_t port);
  void begin();
  EthernetClient accept();
};

class EthernetClass {
 public:
  int begin(uint8_t *mac);
  int maintain();
};

extern EthernetClass Ethernet;
