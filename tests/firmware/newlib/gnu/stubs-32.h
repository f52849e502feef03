// Only the 32-bit C library has it, and nothing is linked here.
