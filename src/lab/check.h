/*
 * A lab's check as data: what machine to make, where to stop, what must hold there. check_parse.c makes it from the
 * text that teachers write (docs/labs.md describes it); nothing here runs anything.
 */
#ifndef LAB_CHECK_H
#define LAB_CHECK_H

#include "base/error.h"
#include "base/types.h"

#define LAB_NODES_MAX 1024
#define LAB_FACTS_MAX 96
#define LAB_STOPS_MAX 16
#define LAB_PARAMS_MAX 16
#define LAB_VARIANTS_MAX 8
#define LAB_COUNTERS_MAX 64
#define LAB_FILTERS_MAX 6
#define LAB_TEXT_MAX 65536
#define LAB_DEFAULT_LIMIT 20000000
#define LAB_NONE (-1)

/* ---- values ---- */

enum lab_node_kind {
	NODE_NUMBER,
	NODE_PARAM,  /* $NAME: number is its index */
	NODE_SYMBOL, /* @name of the hand-in or its frame */
	NODE_REG,    /* a system register, or its field */
	NODE_CORE,   /* X0-X30, SP, PC, EL: number is enum lab_core_value, or the register's number */
	NODE_MEM,    /* mem64(address): size bytes of physical memory */
	NODE_COUNT,  /* events so far: number is the counter's index */
	NODE_NEW,    /* events since the stop before */
	NODE_COST,   /* cycles that an exit costs, on average, exception and return included */
	NODE_OP,     /* a op b */
};
enum { LAB_CORE_SP = 31, LAB_CORE_PC, LAB_CORE_EL };
enum lab_op { OP_ADD, OP_SUB, OP_MUL, OP_AND, OP_OR, OP_SHL, OP_SHR };
enum lab_compare { CMP_EQ, CMP_NE, CMP_LE, CMP_GE, CMP_LT, CMP_GT };

struct lab_node {
	u8 kind, op, size;
	u8 lsb, width; /* of a field; width 0: the whole register */
	s16 a, b;      /* operands, or LAB_NONE */
	s16 reg;       /* enum sysreg */
	u64 number;
	const char *name, *field;
};

/* count(exception ec=0x16 from=1): which events. */
struct lab_filter {
	u8 key;		  /* index into the event's keys */
	s16 value;	  /* a node, or LAB_NONE: */
	const char *word; /* a text, in which * stands for anything */
};
struct lab_counter {
	u8 event; /* index into lab_events[] (watch.c) */
	u8 filters;
	struct lab_filter filter[LAB_FILTERS_MAX];
};

/* ---- facts ---- */

enum lab_fact_kind {
	FACT_COMPARE,	/* a <compare> b [within percent%] */
	FACT_S2,	/* s2 a [under b] [read|write|fetch] -> to [rights] [type] [size N] | faults */
	FACT_VA,	/* va a ...: both stages, as EL1 sees it */
	FACT_DMA,	/* dma stream a [write] -> to | faults */
	FACT_CONSOLE,	/* console [not] "text" */
	FACT_ENDS,	/* ends power-off */
	FACT_PRESERVES, /* preserves x0-x30 except x0 */
};
enum { LAB_MEM_ANY, LAB_MEM_NORMAL, LAB_MEM_DEVICE };

struct lab_fact {
	u8 kind, compare, percent;
	u8 access; /* enum access_kind */
	bool faults, is_not;
	u8 fault;  /* enum fault_kind, 0: any */
	s8 level;  /* LAB_LEVEL_ANY: any */
	u8 memory; /* LAB_MEM_* */
	u8 end;	   /* enum hyp_end */
	s16 a, b, to, size, stream;
	u32 regs; /* FACT_PRESERVES: bit n for Xn */
	unsigned line;
	const char *name, *text; /* its title; as written */
	const char *rights;	 /* "rw", "r", "rwx", "-": exactly these; NULL: any */
	const char *word;	 /* FACT_CONSOLE */
	const char *otherwise, *hint, *erratum;
};
#define LAB_LEVEL_ANY (-9) /* of lab_fact.level */

struct lab_stop {
	const char *symbol; /* NULL: the end of the run */
	unsigned times;
	unsigned first, count;			/* facts */
	const char *otherwise, *hint, *erratum; /* when it is not reached */
};

struct lab_variant {
	const char *title;
	const char *cpu; /* NULL: the check's */
	u64 param[LAB_PARAMS_MAX];
};

struct lab_check {
	const char *title, *article, *errata, *cpu;
	unsigned el;
	bool smmu;
	u64 limit;
	struct {
		const char *name;
		u64 value;
	} param[LAB_PARAMS_MAX];
	struct lab_variant variant[LAB_VARIANTS_MAX];
	struct lab_stop stop[LAB_STOPS_MAX];
	struct lab_fact fact[LAB_FACTS_MAX];
	struct lab_counter counter[LAB_COUNTERS_MAX];
	struct lab_node node[LAB_NODES_MAX];
	unsigned params, variants, stops, facts, counters, nodes;
	size_t texts; /* bytes of `text` in use: all strings are there */
	char text[LAB_TEXT_MAX];
};

/* `name` is the file's, for sentences. NULL: *e says which line is wrong, and why. The caller frees it. */
struct lab_check *lab_check_parse(const char *text, size_t size, const char *name, struct error *e);

#endif
