"""The boards' SDKs in small: what ESPHome's headers ask of them, and no more.

Enough for a compiler to read the component's sources as for a board, whose own
compiler and SDK fill gigabytes. Names and types are the SDKs'; nothing is implemented.
"""

from pathlib import Path

from lab.paths import CACHE

from .component_sources import NEWLIB, machine_32_bit

# BearSSL's own, as `script/setup` unpacks them; an ESP8266's and an RP2's core have it.
TLS_HEADERS = CACHE / "tls/usr/include"

# Only whether the network is there is asked, and how well it is heard; its driver's
# headers would ask for more.
_NETWORK = {
    "esphome/components/wifi/wifi_component.h": """
        #include <cstdint>
        namespace esphome::wifi {
        constexpr int8_t WIFI_RSSI_DISCONNECTED = -127;
        class WiFiComponent {
         public:
          bool is_connected() const;
          int8_t wifi_rssi();
        };
        extern WiFiComponent *global_wifi_component;
        }
    """,
    "esphome/components/network/util.h": """
        namespace esphome::network { bool is_connected(); }
    """,
}

# lwIP's addresses and its look-up. With IPv6 an address is of one of two types.
_ADDRESSES = {
    "lwip/dns.h": """
        #include "lwip/ip_addr.h"
        using err_t = signed char;
        #define ERR_OK 0
        #define ERR_INPROGRESS (-5)
        #define LWIP_DNS_ADDRTYPE_IPV4 0
        #define LWIP_DNS_ADDRTYPE_IPV6 1
        using dns_found_callback = void (*)(const char *, const ip_addr_t *, void *);
        err_t dns_gethostbyname_addrtype(
            const char *, ip_addr_t *, dns_found_callback, void *, uint8_t);
    """,
    "lwip/ip_addr.h": """
        #include <cstdint>
        #include "esphome/core/defines.h"
        struct ip4_addr_t { uint32_t addr; };
        inline uint32_t ip4_addr_get_u32(const ip4_addr_t *ip) { return ip->addr; }
        #if USE_NETWORK_IPV6
        #define LWIP_IPV6 1
        struct ip6_addr_t { uint32_t addr[4]; };
        struct ip_addr_t {
          union { ip6_addr_t ip6; ip4_addr_t ip4; } u_addr;
          uint8_t type;
        };
        #define IP_IS_V4(ip) ((ip)->type == 0)
        #define IP_IS_V6(ip) ((ip)->type == 6)
        inline const ip4_addr_t *ip_2_ip4(const ip_addr_t *ip) {
          return &ip->u_addr.ip4;
        }
        inline const ip6_addr_t *ip_2_ip6(const ip_addr_t *ip) {
          return &ip->u_addr.ip6;
        }
        #else
        using ip_addr_t = ip4_addr_t;
        #define IP_IS_V4(ip) (1)
        inline const ip4_addr_t *ip_2_ip4(const ip_addr_t *ip) { return ip; }
        #endif
    """,
    "lwip/netif.h": """
        #include "lwip/ip_addr.h"
        #if LWIP_IPV6
        #define LWIP_IPV6_NUM_ADDRESSES 3
        struct netif { netif *next; };
        extern netif *netif_list;
        #define NETIF_FOREACH(netif) \\
          for ((netif) = netif_list; (netif) != nullptr; (netif) = (netif)->next)
        bool netif_is_up(netif *);
        bool netif_is_link_up(netif *);
        const ip4_addr_t *netif_ip4_addr(netif *);
        const ip6_addr_t *netif_ip6_addr(netif *, int8_t);
        uint8_t netif_ip6_addr_state(netif *, int8_t);
        bool ip6_addr_isvalid(uint8_t);
        #endif
    """,
}

# What lwIP has under its own names, in whichever of its headers ESPHome looks.
_LWIP = _ADDRESSES | {
    "lwip/inet.h": """
        #include "lwip/ip_addr.h"
        struct in_addr { uint32_t s_addr; };
        uint16_t htons(uint16_t value);
        #if LWIP_IPV6
        struct in6_addr { union { uint32_t u32_addr[4]; uint8_t u8_addr[16]; } un; };
        #endif
    """,
    "lwip/ip.h": '#include "lwip/ip_addr.h"',
    "lwip/opt.h": "",
    "lwip/tcp.h": """
        #include "lwip/ip_addr.h"
        using err_t = signed char;
        struct pbuf;
        struct tcp_pcb;
    """,
}

_FLASH = {
    "pgmspace.h": """
        #include <cstddef>
        #include <cstdint>
        #include <cstdarg>
        #define PGM_P const char *
        #define PROGMEM
        #define PSTR(text) (text)
        class __FlashStringHelper;
        #define F(text) (reinterpret_cast<const __FlashStringHelper *>(PSTR(text)))
        uint8_t pgm_read_byte(const void *address);
        uint16_t pgm_read_word(const void *address);
        const void *pgm_read_ptr(const void *address);
        void *memcpy_P(void *to, const void *from, size_t size);
        int memcmp_P(const void *one, const void *other, size_t size);
        size_t strlen_P(PGM_P text);
        size_t strnlen_P(PGM_P text, size_t size);
        int strncasecmp_P(const char *one, PGM_P other, size_t size);
        char *strncpy_P(char *to, PGM_P from, size_t size);
        int strcmp_P(const char *one, PGM_P other);
        int snprintf_P(char *to, size_t size, PGM_P format, ...);
        int vsnprintf_P(char *to, size_t size, PGM_P format, va_list arguments);
    """
}

# Where the logger writes to.
_SERIAL = """
        #include <cstddef>
        #include <cstdint>
        class Stream {
         public:
          size_t write(const uint8_t *data, size_t size);
          size_t write(const char *data, size_t size);
          size_t println(const char *text);
        };
        class HardwareSerial : public Stream {};
    """

_ESP8266 = {
    # The C library of this machine asks for it where its 32-bit half is not there.
    "gnu/stubs-32.h": "",
    "HardwareSerial.h": _SERIAL,
    "Arduino.h": '#include "pgmspace.h"',
    "c_types.h": """
        #define ICACHE_RODATA_ATTR
        #define IRAM_ATTR
    """,
    "core_esp8266_features.h": """
        #include <cstdint>
        #define F_CPU 80000000L
        uint32_t esp_get_cycle_count();
    """,
    "coredecls.h": """
        #include <cstdint>
        void esp_schedule();
        void esp_delay(uint32_t milliseconds, bool (*blocked)());
    """,
    "Esp.h": """
        #include <cstdint>
        struct EspClass { uint32_t getFreeHeap(); uint32_t getMaxFreeBlockSize(); };
        extern EspClass ESP;
    """,
    "spi_flash.h": """
        #include <cstdint>
        enum SpiFlashOpResult { SPI_FLASH_RESULT_OK, SPI_FLASH_RESULT_ERR };
        uint32_t spi_flash_get_id();
        SpiFlashOpResult spi_flash_erase_sector(uint16_t sector);
        SpiFlashOpResult spi_flash_write(uint32_t to, uint32_t *data, uint32_t size);
        SpiFlashOpResult spi_flash_read(uint32_t from, uint32_t *out, uint32_t size);
    """,
    "user_interface.h": """
        #include <cstdint>
        enum rst_reason {
          REASON_DEFAULT_RST, REASON_WDT_RST, REASON_EXCEPTION_RST, REASON_SOFT_WDT_RST,
          REASON_SOFT_RESTART, REASON_DEEP_SLEEP_AWAKE, REASON_EXT_SYS_RST
        };
        struct rst_info { uint32_t reason; };
        rst_info *system_get_rst_info();
    """,
    "WString.h": '#include "pgmspace.h"',
    "md5.h": "struct md5_context_t { unsigned char room[88]; };",
    # BearSSL on a stack of its own.
    "StackThunk.h": """
        extern "C" void stack_thunk_add_ref();
        extern "C" void stack_thunk_del_ref();
    """,
    "BearSSLHelpers.h": """
        #include <bearssl/bearssl.h>
        #define ENGINE br_ssl_engine_context
        namespace BearSSL {
        extern "C" {
        unsigned char *thunk_br_ssl_engine_recvapp_buf(const ENGINE *, size_t *);
        void thunk_br_ssl_engine_recvapp_ack(ENGINE *, size_t);
        unsigned char *thunk_br_ssl_engine_recvrec_buf(const ENGINE *, size_t *);
        void thunk_br_ssl_engine_recvrec_ack(ENGINE *, size_t);
        unsigned char *thunk_br_ssl_engine_sendapp_buf(const ENGINE *, size_t *);
        void thunk_br_ssl_engine_sendapp_ack(ENGINE *, size_t);
        unsigned char *thunk_br_ssl_engine_sendrec_buf(const ENGINE *, size_t *);
        void thunk_br_ssl_engine_sendrec_ack(ENGINE *, size_t);
        }
        }
        #undef ENGINE
    """,
}

_RP2 = {
    "HardwareSerial.h": _SERIAL,
    "SerialUSB.h": "",
    "Arduino.h": """
        #include "pgmspace.h"
        struct RP2040 {
          int getFreeHeap();
          void idleOtherCore();
          void resumeOtherCore();
        };
        extern RP2040 rp2040;
    """,
    "MD5Builder.h": "struct br_md5_context { unsigned char room[88]; };",
    "hardware/flash.h": """
        #include <cstddef>
        #include <cstdint>
        #define XIP_BASE 0x10000000u
        #define FLASH_PAGE_SIZE (1u << 8)
        void flash_range_erase(uint32_t offset, size_t size);
        void flash_range_program(uint32_t offset, const uint8_t *data, size_t size);
    """,
    "hardware/sync.h": "void __sev();",
    "hardware/watchdog.h": 'extern "C" bool watchdog_caused_reboot();',
    "pico/time.h": "",
}

_FREERTOS = {
    "driver/uart.h": """
        #include <cstddef>
        using uart_port_t = int;
        int uart_write_bytes(uart_port_t port, const void *data, size_t size);
    """,
    "freertos/ringbuf.h": """
        #include "freertos/FreeRTOS.h"
        using RingbufHandle_t = void *;
        struct StaticRingbuffer_t {};
    """,
    "pthread.h": """
        #if __has_include_next(<pthread.h>)
        #include_next <pthread.h>
        #else
        using pthread_t = unsigned;
        using pthread_key_t = unsigned;
        int pthread_key_create(pthread_key_t *key, void (*destroy)(void *));
        void *pthread_getspecific(pthread_key_t key);
        int pthread_setspecific(pthread_key_t key, const void *value);
        #endif
    """,
    "freertos/FreeRTOS.h": """
        #include <cstdint>
        #define configTASK_NOTIFICATION_ARRAY_ENTRIES 2
        using BaseType_t = int;
        using UBaseType_t = unsigned int;
        using TickType_t = uint32_t;
        #define pdFALSE (static_cast<BaseType_t>(0))
        #define pdTRUE (static_cast<BaseType_t>(1))
        #define portMAX_DELAY (static_cast<TickType_t>(0xffffffffUL))
        #define portTICK_PERIOD_MS (static_cast<TickType_t>(1))
        #define pdMS_TO_TICKS(milliseconds) (static_cast<TickType_t>(milliseconds))
        BaseType_t xPortInIsrContext();
        void vPortYield();
    """,
    "freertos/semphr.h": """
        #include "freertos/FreeRTOS.h"
        struct QueueDefinition;
        using SemaphoreHandle_t = QueueDefinition *;
        SemaphoreHandle_t xSemaphoreCreateMutex();
        BaseType_t xSemaphoreTake(SemaphoreHandle_t mutex, TickType_t ticks);
        BaseType_t xSemaphoreGive(SemaphoreHandle_t mutex);
    """,
    "freertos/task.h": """
        #include "freertos/FreeRTOS.h"
        struct tskTaskControlBlock;
        using TaskHandle_t = tskTaskControlBlock *;
        void vTaskDelay(TickType_t ticks);
        TickType_t xTaskGetTickCount();
        TaskHandle_t xTaskGetCurrentTaskHandle();
        BaseType_t xTaskNotifyGiveIndexed(TaskHandle_t task, UBaseType_t index);
        void vTaskNotifyGiveIndexedFromISR(TaskHandle_t, UBaseType_t, BaseType_t *);
        uint32_t ulTaskNotifyTakeIndexed(UBaseType_t, BaseType_t, TickType_t);
        const char *pcTaskGetName(TaskHandle_t task);
    """,
}

# Its sockets are BSD's, read and written under lwIP's own names.
_ESP_IDF = _ADDRESSES | {
    "bootloader_random.h": "",
    "esp_attr.h": """
        #define IRAM_ATTR
        #define RTC_NOINIT_ATTR
    """,
    "esp_cpu.h": """
        #include <cstdint>
        uint32_t esp_cpu_get_cycle_count();
    """,
    "esp_err.h": "using esp_err_t = int;",
    "esp_idf_version.h": """
        #define ESP_IDF_VERSION_VAL(major, minor, patch) \\
          (((major) << 16) | ((minor) << 8) | (patch))
        #define ESP_IDF_VERSION ESP_IDF_VERSION_VAL(5, 5, 0)
    """,
    "esp_ota_ops.h": """
        #include <cstdint>
        using esp_ota_handle_t = uint32_t;
        using esp_err_t = int;
        #define ESP_OK 0
        struct esp_partition_t { uint32_t size; };
        enum esp_ota_img_states_t : uint32_t {
          ESP_OTA_IMG_NEW = 0,
          ESP_OTA_IMG_PENDING_VERIFY = 1,
          ESP_OTA_IMG_VALID = 2,
          ESP_OTA_IMG_UNDEFINED = 0xFFFFFFFF
        };
        extern "C" {
        const esp_partition_t *esp_ota_get_running_partition();
        esp_err_t esp_ota_get_state_partition(
            const esp_partition_t *, esp_ota_img_states_t *);
        esp_err_t esp_ota_mark_app_invalid_rollback_and_reboot();
        }
    """,
    "esp_rom_md5.h": "struct md5_context_t { unsigned char room[88]; };",
    "esp_heap_caps.h": """
        #include <cstddef>
        #include <cstdint>
        #define MALLOC_CAP_8BIT (1 << 2)
        #define MALLOC_CAP_SPIRAM (1 << 10)
        #define MALLOC_CAP_INTERNAL (1 << 11)
        size_t heap_caps_get_free_size(uint32_t caps);
        size_t heap_caps_get_largest_free_block(uint32_t caps);
    """,
    "esp_log.h": "#include <cstdarg>",
    "esp_rtc_time.h": """
        #include <cstdint>
        extern "C" uint64_t esp_rtc_get_time_us(void);
    """,
    "esp_sleep.h": """
        enum esp_sleep_wakeup_cause_t { ESP_SLEEP_WAKEUP_UNDEFINED };
        enum esp_sleep_ext1_wakeup_mode_t {
          ESP_EXT1_WAKEUP_ANY_LOW,
          ESP_EXT1_WAKEUP_ANY_HIGH
        };
    """,
    "esp_system.h": """
        [[noreturn]] void esp_system_abort(const char *details);
        typedef enum {
          ESP_RST_UNKNOWN, ESP_RST_POWERON, ESP_RST_EXT, ESP_RST_SW, ESP_RST_PANIC,
          ESP_RST_INT_WDT, ESP_RST_TASK_WDT, ESP_RST_WDT, ESP_RST_DEEPSLEEP,
          ESP_RST_BROWNOUT, ESP_RST_SDIO, ESP_RST_USB, ESP_RST_JTAG, ESP_RST_EFUSE,
          ESP_RST_PWR_GLITCH, ESP_RST_CPU_LOCKUP
        } esp_reset_reason_t;
        esp_reset_reason_t esp_reset_reason();
    """,
    "esp_task_wdt.h": """
        #include "esp_err.h"
        esp_err_t esp_task_wdt_reset();
    """,
    "lwip/sockets.h": """
        #include <netinet/in.h>
        #include <netinet/tcp.h>
        #include <sys/socket.h>
        #include <sys/uio.h>
        ssize_t lwip_read(int fd, void *data, size_t size);
        ssize_t lwip_readv(int fd, const iovec *parts, int count);
        ssize_t lwip_write(int fd, const void *data, size_t size);
        ssize_t lwip_writev(int fd, const iovec *parts, int count);
    """,
    "sdkconfig.h": "#define CONFIG_ESP_TASK_WDT_TIMEOUT_S 5",
    "soc/soc_caps.h": """
        #define SOC_WIFI_SUPPORTED 1
        #define SOC_RTC_MEM_SUPPORTED 1
    """,
    # Debian's mbedTLS has locks; ESP-IDF's has none by default.
    "mbedtls_user_config.h": """
        #undef MBEDTLS_THREADING_C
        #undef MBEDTLS_THREADING_PTHREAD
    """,
}

# Debian's liblwip-dev, and what a board's port says to it.
LWIP_HEADERS = Path("/usr/include/lwip")
_LWIP_PORT = {
    "arch/cc.h": """
        #include <stdint.h>
        #define LWIP_TIMEVAL_PRIVATE 0
        #include <sys/time.h>
        #define LWIP_ERRNO_STDINCLUDE 1
    """,
    "arch/sys_arch.h": "typedef int sys_prot_t;",
    "lwipopts.h": "",
    "sys/ioctl.h": "",
    "sys/socket.h": """
        #include "lwip/sockets.h"
        int socket(int domain, int type, int protocol);
        int accept(int fd, sockaddr *address, socklen_t *size);
        int bind(int fd, const sockaddr *address, socklen_t size);
        int connect(int fd, const sockaddr *address, socklen_t size);
        int getpeername(int fd, sockaddr *address, socklen_t *size);
        int getsockname(int fd, sockaddr *address, socklen_t *size);
        int getsockopt(int fd, int level, int name, void *value, socklen_t *size);
        int setsockopt(int fd, int level, int name, const void *value, socklen_t size);
        int listen(int fd, int backlog);
        int shutdown(int fd, int how);
        ssize_t recv(int fd, void *data, size_t size, int flags);
        ssize_t send(int fd, const void *data, size_t size, int flags);
        ssize_t recvfrom(int, void *, size_t, int, sockaddr *, socklen_t *);
        ssize_t sendto(int, const void *, size_t, int, const sockaddr *, socklen_t);
    """,
    **dict.fromkeys(
        ("netinet/in.h", "netinet/tcp.h", "sys/uio.h"), '#include "sys/socket.h"'
    ),
}
_LWIP_OPTIONS = {
    "raw": ["NO_SYS=1", "LWIP_SOCKET=0", "LWIP_NETCONN=0"],
    "esp32": ["NO_SYS=0", "LWIP_SOCKET=1", "LWIP_COMPAT_SOCKETS=0"],
}

_SDKS = {
    "esp32": _NETWORK | _FREERTOS | _ESP_IDF,
    "esp8266": _NETWORK | _LWIP | _FLASH | _ESP8266,
    "rp2": _NETWORK | _LWIP | _FLASH | _RP2,
}
# lwIP's raw interface has a type that this machine's C library declares elsewhere.
_RAW_LWIP = ["-DUSE_ARDUINO", "-D__socklen_t_defined"]
_FLAGS = {
    "esp32": [
        "-DUSE_ESP32",
        "-DUSE_ESP32_FRAMEWORK_ESP_IDF",
        "-DUSE_LWIP_FAST_SELECT",
        '-DMBEDTLS_USER_CONFIG_FILE="mbedtls_user_config.h"',
    ],
    "esp8266": ["-DUSE_ESP8266", *_RAW_LWIP],
    "rp2": ["-DUSE_RP2", "-DUSE_RP2040", *_RAW_LWIP],
}


def board_flags(platform: str, folder: Path) -> list[str]:
    """Write a platform's SDK into a folder; return the flags to compile with it.

    `uint32_t` is `unsigned long` for the compilers of all but the ESP8266.
    """
    _write(_SDKS[platform], folder)
    types = [] if platform == "esp8266" else ["-isystem", str(NEWLIB)]
    flags = [*_FLAGS[platform], "-isystem", str(folder), *types]
    return [*flags, *machine_32_bit(), "-isystem", str(TLS_HEADERS)]


def own_compiler_flags(platform: str, folder: Path, *, ipv6: bool = False) -> list[str]:
    """As `board_flags`, for the board's own compiler, with lwIP's true headers.

    `ipv6`: whether lwIP has it. An ESP32's always has here, as it has with Arduino.
    """
    headers = {
        name: content
        for name, content in _SDKS[platform].items()
        if not name.startswith(("lwip/", "gnu/"))
    }
    _write(headers | _LWIP_PORT, folder)
    options = _LWIP_OPTIONS["esp32" if platform == "esp32" else "raw"]
    flags = [flag for flag in _FLAGS[platform] if "socklen" not in flag]
    has_ipv6 = ipv6 or platform == "esp32"
    flags += [f"-D{option}" for option in options]
    flags += ["-DLWIP_DNS=1", f"-DLWIP_IPV6={int(has_ipv6)}"]
    return [*flags, "-isystem", str(folder), "-isystem", str(LWIP_HEADERS)]


def _write(headers: dict[str, str], folder: Path) -> None:
    for name, content in headers.items():
        header = folder / name
        header.parent.mkdir(parents=True, exist_ok=True)
        header.write_text(f"#pragma once\n{content}\n")
