/* Stopping for a debugger outside of the machine (trace/point.h). */
#ifndef CPU_POINTS_H
#define CPU_POINTS_H

#include "cpu/cpu.h"
#include "trace/point.h"

/* A breakpoint stops the core before the instruction at s.pc: noted in points->hit. Once: the instruction at which a
 * core stopped is not stopped at again. c->left is what it is at that instruction. */
bool points_break(struct cpu *c);
/* A watchpoint stops it before this access, the same way; EXC_STOP is recorded. */
bool points_watch(struct cpu *c, u64 va, unsigned size, const struct mmu_access *a, const struct translation *t);
/* Whether accesses to the page of va must be looked at, so that it may not have a slot. */
bool points_watch_page(const struct cpu *c, u64 va, const struct translation *t);
/* Whether op `index` of every decoded page must be looked at. */
bool points_break_index(const struct cpu *c, unsigned index);
/* The core stands at an instruction where its debugger knows it to be. */
void points_pass(struct cpu *c);
/* A point came or went: decoded ops and slots follow. */
void points_changed(struct cpu *c, const struct point *p);
/* code.c: ops of this index are to be decoded again, in every page. */
void code_forget_index(struct code_cache *k, unsigned index);

#endif
