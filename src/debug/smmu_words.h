/* The SMMU's structures in words, without the line's end. */
#ifndef DEBUG_SMMU_WORDS_H
#define DEBUG_SMMU_WORDS_H

#include <stdio.h>

#include "base/types.h"

/* 2 words: a command's operands, a blank before each. */
void smmu_command_words(FILE *out, const u64 *command);
void ste_words(FILE *out, const u64 *ste);	     /* 8 words */
void cd_words(FILE *out, const u64 *cd);	     /* 8 words */
void smmu_event_words(FILE *out, const u64 *record); /* 4 words: F_TRANSLATION, F_ADDR_SIZE, F_ACCESS, F_PERMISSION */

#endif
