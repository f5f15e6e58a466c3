#include "nt_asm.inc"
#include "ki_switch.inc"
