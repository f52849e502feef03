"""The board families that the firmware runs on."""

from enum import StrEnum


class Board(StrEnum):
    """The board families that the firmware runs on."""

    ESP32 = "esp32"
    ESP32_C3 = "esp32-c3"
    ESP32_S3 = "esp32-s3"
    ESP8266 = "esp8266"
    RP2 = "rp2"
    HOST = "host"
