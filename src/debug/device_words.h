/* What PCIe functions and the ITS do, in words: one line without its end, for the trace. */
#ifndef DEBUG_DEVICE_WORDS_H
#define DEBUG_DEVICE_WORDS_H

#include <stdio.h>

#include "trace/event.h"

void pci_words(FILE *out, const struct ev_pci *p);
void its_words(FILE *out, const struct ev_its *i);
/* "00:02.0": a requester ID. */
void function_words(FILE *out, u32 function);

#endif
