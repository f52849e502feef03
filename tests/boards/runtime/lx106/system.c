// Output, memory and the end of a program on qemu's xtensa `sim`, which has only its own system calls.

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { SYS_EXIT = 1, SYS_WRITE = 4, STANDARD_OUTPUT = 1, BUFFER_SIZE = 512 };
// Behind everything that is linked, below the stack.
#define HEAP ((uintptr_t) 0x62000000)
#define HEAP_ALIGNMENT ((uintptr_t) 16)

extern char __bss_start[], __bss_end[];
extern void (*__init_array_start[])(void);
extern void (*__init_array_end[])(void);
int main(void);
int sim_call(int number, int a, int b, int c);
void start_program(void);
void report_fault(unsigned program_counter, unsigned address);

static char buffer[BUFFER_SIZE];
static int buffered;

static int flush_buffer(FILE *file) {
  (void) file;
  sim_call(SYS_WRITE, STANDARD_OUTPUT, (int) buffer, buffered);
  buffered = 0;
  return 0;
}

static int put(char character, FILE *file) {
  buffer[buffered++] = character;
  if (character == '\n' || buffered == BUFFER_SIZE)
    flush_buffer(file);
  return 0;
}

static FILE output = FDEV_SETUP_STREAM(put, NULL, flush_buffer, _FDEV_SETUP_WRITE);
FILE *const stdout = &output;
FILE *const stderr = &output;
FILE *const stdin = &output;

void _exit(int code) {
  flush_buffer(&output);
  sim_call(SYS_EXIT, code, 0, 0);
  for (;;) {
  }
}
void exit(int code) { _exit(code); }
void abort(void) { _exit(134); }

// Nothing is given back: the emulator has memory enough for every test.
static uintptr_t heap_end = HEAP;
void *malloc(size_t size) {
  void *memory = (void *) heap_end;
  heap_end += (size + HEAP_ALIGNMENT - 1) & ~(HEAP_ALIGNMENT - 1);
  return memory;
}
void free(void *memory) { (void) memory; }

void report_fault(unsigned program_counter, unsigned address) {
  printf("fault at %x, address %x (flash must be read by pgm_read_…)\n", program_counter, address);
  _exit(99);
}

void start_program(void) {
  for (char *byte = __bss_start; byte < __bss_end; byte++)
    *byte = 0;
  for (void (**constructor)(void) = __init_array_start; constructor < __init_array_end; constructor++)
    (*constructor)();
  _exit(main());
}
