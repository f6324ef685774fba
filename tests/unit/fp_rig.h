/* A core with every feature on which single instructions are executed, for the tests with cases of fp_run.h. */
#ifndef FP_RIG_H
#define FP_RIG_H

#include <stdlib.h>
#include <string.h>

#include "cpu/cpu.h"

static struct cpu *cpu;

static void setup(void)
{
	cpu = calloc(1, sizeof(*cpu));
	memset(&cpu->feat, 1, sizeof(cpu->feat));
	cpu->fp_on = true;
}

static void teardown(void)
{
	free(cpu);
}

#endif
