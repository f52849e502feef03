// What newlib's start-up asks for beyond itself, and an end for a program that faults.

#include <unistd.h>

void _init(void);
void _init(void) {}
void _fini(void);
void _fini(void) {}

void fault(void);
__attribute__((used)) void fault(void) { _exit(99); }
