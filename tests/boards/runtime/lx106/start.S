// qemu's `sim` ignores the entry of the program and starts at the reset vector.
  .section .reset.text, "ax"
  .global _reset
  j 1f
  .align 4
2:
  .long _start
1:
  l32r a2, 2b
  jx a2

// Every exception ends the program: of the kernel, of the user, within another.
  .section .vectors, "ax"
  .align 4
vector_base:
  .org vector_base + 0x30
  j fault
  .org vector_base + 0x50
  j fault
  .org vector_base + 0x70
  j fault

  .section .text.start, "ax"
  .literal_position
  .global _start
_start:
  movi a1, 0x67fffff0
  movi a2, vector_base
  wsr a2, vecbase
  movi a2, 0
  wsr a2, ps
  movi a2, start_program
  callx0 a2
fault:
  movi a1, 0x67fffff0
  movi a2, 0
  wsr a2, ps
  rsr a2, epc1
  rsr a3, excvaddr
  movi a4, report_fault
  callx0 a4

// int sim_call(int number, int a, int b, int c): a system call to the emulator.
  .text
  .literal_position
  .global sim_call
  .align 4
sim_call:
  simcall
  ret
