/* Runs a program for the ATmega328P in simavr and, unless it is a benchmark, joins its UART
 * to a TCP port on the loopback interface: one connection at a time, the modem line PD2 says
 * that there is one, PD3 asks to hang up.
 *
 *   harness bench PROGRAM           prints "mark HEX CYCLE" for writes to GPIOR0
 *   harness serve PROGRAM EEPROM    prints "port N", "ready", "execute HEX"
 *
 * Both end with "stack BYTES". SIGTERM ends `serve` and saves the EEPROM.
 */

#define _GNU_SOURCE /* accept4 */

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <simavr/avr_eeprom.h>
#include <simavr/avr_ioport.h>
#include <simavr/avr_uart.h>
#include <simavr/sim_avr.h>
#include <simavr/sim_elf.h>
#include <simavr/sim_io.h>

enum {
  GPIOR0_ADDRESS = 0x3E,
  GPIOR1_ADDRESS = 0x4A,
  GPIOR2_ADDRESS = 0x4B,
  EEPROM_SIZE = 1024,
  BUFFER_SIZE = 512,
  FREQUENCY = 16000000,
  CYCLES_PER_POLL = FREQUENCY / 2000,
  RAM_START = 0x100,
  PAINT = 0xC5,
};

struct buffer {
  uint8_t data[BUFFER_SIZE];
  size_t size;
};

static avr_t *avr;
static int listener = -1;
static int peer = -1;
static int peer_ended;
static int hang_up;
static int uart_full;
static struct buffer to_chip;
static struct buffer to_peer;
static uint16_t free_ram;
static volatile sig_atomic_t stopping;

static void stop(int signal_number) {
  (void) signal_number;
  stopping = 1;
}

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static void on_register(struct avr_t *chip, avr_io_addr_t address, uint8_t value, void *parameter) {
  (void) parameter;
  chip->data[address] = value;
  if (address == GPIOR0_ADDRESS)
    printf("mark %02x %llu\n", value, (unsigned long long) chip->cycle);
  else if (address == GPIOR1_ADDRESS)
    printf("execute %02x\n", value);
  else
    printf(value == 1 ? "ready\n" : "refused %u\n", value);
}

static void on_uart_output(struct avr_irq_t *irq, uint32_t value, void *parameter) {
  (void) irq;
  (void) parameter;
  if (to_peer.size < BUFFER_SIZE)
    to_peer.data[to_peer.size++] = (uint8_t) value;
}

static void on_uart_xon(struct avr_irq_t *irq, uint32_t value, void *parameter) {
  (void) irq;
  (void) value;
  uart_full = parameter != NULL;
}

static void on_hang_up(struct avr_irq_t *irq, uint32_t value, void *parameter) {
  (void) irq;
  (void) parameter;
  hang_up = value != 0;
}

static void set_carrier(int on) { avr_raise_irq(avr_io_getirq(avr, AVR_IOCTL_IOPORT_GETIRQ('D'), 2), on); }

static void load_program(const char *path) {
  elf_firmware_t firmware = {0};
  if (elf_read_firmware(path, &firmware) != 0)
    fail(path);
  avr = avr_make_mcu_by_name("atmega328p");
  if (avr == NULL)
    fail("atmega328p");
  avr_init(avr);
  firmware.frequency = FREQUENCY;
  avr_load_firmware(avr, &firmware);
  avr->frequency = FREQUENCY;
  avr->log = LOG_ERROR;
  free_ram = (uint16_t) (RAM_START + firmware.datasize + firmware.bsssize);
  memset(avr->data + free_ram, PAINT, (size_t) (avr->ramend + 1 - free_ram));
  avr_register_io_write(avr, GPIOR0_ADDRESS, on_register, NULL);
  avr_register_io_write(avr, GPIOR1_ADDRESS, on_register, NULL);
  avr_register_io_write(avr, GPIOR2_ADDRESS, on_register, NULL);
}

static void join_uart(void) {
  const uint32_t uart = AVR_IOCTL_UART_GETIRQ('0');
  uint32_t flags = 0;
  avr_ioctl(avr, AVR_IOCTL_UART_SET_FLAGS('0'), &flags);
  avr_irq_register_notify(avr_io_getirq(avr, uart, UART_IRQ_OUTPUT), on_uart_output, NULL);
  avr_irq_register_notify(avr_io_getirq(avr, uart, UART_IRQ_OUT_XON), on_uart_xon, NULL);
  avr_irq_register_notify(avr_io_getirq(avr, uart, UART_IRQ_OUT_XOFF), on_uart_xon, &uart_full);
  avr_irq_register_notify(avr_io_getirq(avr, AVR_IOCTL_IOPORT_GETIRQ('D'), 3), on_hang_up, NULL);
}

static void open_listener(void) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof(address);
  listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  if (listener < 0 || bind(listener, (struct sockaddr *) &address, size) != 0 || listen(listener, 8) != 0)
    fail("listen");
  if (getsockname(listener, (struct sockaddr *) &address, &size) != 0)
    fail("getsockname");
  printf("port %u\n", ntohs(address.sin_port));
}

static void drop_peer(void) {
  close(peer);
  peer = -1;
  to_chip.size = 0;
  to_peer.size = 0;
  set_carrier(0);
}

/* Whether another one waits to be accepted: PD4 tells the chip. */
static void show_waiting(void) {
  struct pollfd waiting = {.fd = listener, .events = POLLIN};
  const int another = poll(&waiting, 1, 0) == 1;
  avr_raise_irq(avr_io_getirq(avr, AVR_IOCTL_IOPORT_GETIRQ('D'), 4), another);
}

/* One exchange with the network; called every half millisecond of the chip's time. */
static void poll_network(void) {
  show_waiting();
  if (peer < 0) {
    if (hang_up || (peer = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) < 0)
      return;
    peer_ended = 0;
    set_carrier(1);
    return;
  }
  if (to_peer.size > 0) {
    const ssize_t sent = send(peer, to_peer.data, to_peer.size, MSG_NOSIGNAL);
    if (sent > 0) {
      memmove(to_peer.data, to_peer.data + sent, to_peer.size - (size_t) sent);
      to_peer.size -= (size_t) sent;
    } else if (errno != EAGAIN) {
      drop_peer();
      return;
    }
  }
  if (hang_up) {
    drop_peer();
    return;
  }
  if (!peer_ended && to_chip.size < BUFFER_SIZE) {
    const ssize_t got = recv(peer, to_chip.data + to_chip.size, BUFFER_SIZE - to_chip.size, 0);
    if (got > 0)
      to_chip.size += (size_t) got;
    else if (got == 0)
      peer_ended = 1;
    else if (errno != EAGAIN) {
      drop_peer();
      return;
    }
  }
  if (to_chip.size > 0 && !uart_full) {
    avr_raise_irq(avr_io_getirq(avr, AVR_IOCTL_UART_GETIRQ('0'), UART_IRQ_INPUT), to_chip.data[0]);
    memmove(to_chip.data, to_chip.data + 1, --to_chip.size);
  } else if (to_chip.size == 0 && peer_ended == 1) {
    peer_ended = 2; /* the chip gets one more turn to read what is in its UART */
  } else if (to_chip.size == 0 && peer_ended >= 2 && ++peer_ended > 400) {
    drop_peer();
  }
}

/* The chip's clock never runs ahead of the wall's: its timeouts stay true. */
static void keep_pace(struct timespec start) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  const int64_t passed = (int64_t) (now.tv_sec - start.tv_sec) * 1000000 + (now.tv_nsec - start.tv_nsec) / 1000;
  const int64_t simulated = (int64_t) (avr->cycle / (FREQUENCY / 1000000));
  if (simulated > passed + 1000)
    usleep((useconds_t) (simulated - passed));
}

static int step(void) {
  const int state = avr_run(avr);
  return state != cpu_Done && state != cpu_Crashed;
}

/* How far down from the end of RAM anything was ever written. */
static unsigned deepest_stack(void) {
  unsigned address = free_ram;
  while (address <= avr->ramend && avr->data[address] == PAINT)
    address++;
  return avr->ramend + 1 - address;
}

static void serve(const char *eeprom_path) {
  uint8_t content[EEPROM_SIZE];
  avr_eeprom_desc_t eeprom = {.ee = content, .offset = 0, .size = EEPROM_SIZE};
  FILE *file = fopen(eeprom_path, "rb");
  if (file != NULL) {
    if (fread(content, 1, EEPROM_SIZE, file) == EEPROM_SIZE)
      avr_ioctl(avr, AVR_IOCTL_EEPROM_SET, &eeprom);
    fclose(file);
  }
  join_uart();
  open_listener();
  struct timespec start;
  clock_gettime(CLOCK_MONOTONIC, &start);
  avr_cycle_count_t next = 0;
  while (!stopping && step()) {
    if (avr->cycle < next)
      continue;
    next = avr->cycle + CYCLES_PER_POLL;
    poll_network();
    keep_pace(start);
  }
  eeprom.ee = NULL;
  avr_ioctl(avr, AVR_IOCTL_EEPROM_GET, &eeprom);
  file = fopen(eeprom_path, "wb");
  if (file == NULL || eeprom.ee == NULL || fwrite(eeprom.ee, 1, EEPROM_SIZE, file) != EEPROM_SIZE)
    fail(eeprom_path);
  fclose(file);
}

int main(int argc, char **argv) {
  const int benchmark = argc == 3 && strcmp(argv[1], "bench") == 0;
  if (!benchmark && (argc != 4 || strcmp(argv[1], "serve") != 0)) {
    fprintf(stderr, "usage: harness bench PROGRAM | serve PROGRAM EEPROM\n");
    return 64;
  }
  setvbuf(stdout, NULL, _IOLBF, 0);
  signal(SIGTERM, stop);
  load_program(argv[2]);
  if (benchmark) {
    while (step()) {
    }
  } else {
    serve(argv[3]);
  }
  printf("stack %u\n", deepest_stack());
  return 0;
}
