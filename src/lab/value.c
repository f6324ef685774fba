/* What a value of a check is, now, and in words. */
#include <inttypes.h>

#include "base/bits.h"
#include "debug/regs.h"
#include "debug/symbols.h"
#include "lab/run.h"

static u64 operate(enum lab_op op, u64 a, u64 b)
{
	switch (op) {
	case OP_ADD: return a + b;
	case OP_SUB: return a - b;
	case OP_MUL: return a * b;
	case OP_AND: return a & b;
	case OP_OR: return a | b;
	case OP_SHL: return b < 64 ? a << b : 0;
	case OP_SHR: return b < 64 ? a >> b : 0;
	}
	return 0;
}

static u64 core_value(const struct lab_watch *w, u64 number)
{
	struct hyp_core core;

	hyp_core_view(w->m, 0, &core);
	switch (number) {
	case LAB_CORE_SP: return core.sp;
	case LAB_CORE_PC: return core.pc;
	case LAB_CORE_EL: return core.el;
	default: return core.x[number];
	}
}

static u64 exit_cycles(const struct lab_watch *w)
{
	return w->exits ? (w->exit_cycles16 / w->exits + w->shortest16) >> 4 : 0;
}

static bool none(const char **why, const char *text)
{
	if (why)
		*why = text;
	return false;
}

static bool memory(const struct lab_watch *w, const struct lab_node *n, u64 *value, const char **why)
{
	u64 at;

	*value = 0;
	if (!lab_value(w, n->a, &at, why))
		return false;
	return hyp_memory_read(w->m, 0, HYP_SPACE_PA, at, value, n->size) == n->size ||
	       none(why, "there is no memory at that address");
}

bool lab_value(const struct lab_watch *w, s16 node, u64 *value, const char **why)
{
	const struct lab_node *n = &w->c->node[node];
	u64 a, b;

	switch ((enum lab_node_kind)n->kind) {
	case NODE_NUMBER: *value = n->number; return true;
	case NODE_PARAM: *value = w->param[n->number]; return true;
	case NODE_SYMBOL: return lab_symbol(w, n->name, value) || none(why, "the program has no such symbol");
	case NODE_REG:
		if (!hyp_sysreg(w->m, 0, (unsigned)n->reg, value))
			return none(why, "this core has no such register");
		if (n->width)
			*value = bits(*value, n->lsb + n->width - 1u, n->lsb);
		return true;
	case NODE_CORE: *value = core_value(w, n->number); return true;
	case NODE_MEM: return memory(w, n, value, why);
	case NODE_COUNT: *value = w->count[n->number].total; return true;
	case NODE_NEW: *value = w->count[n->number].total - w->count[n->number].at_stop; return true;
	case NODE_COST: *value = exit_cycles(w); return true;
	case NODE_OP:
		if (!lab_value(w, n->a, &a, why) || !lab_value(w, n->b, &b, why))
			return false;
		*value = operate(n->op, a, b);
		return true;
	}
	return none(why, "it has no value");
}

/* ---- in words ---- */

static void register_words(FILE *out, const struct lab_watch *w, const struct lab_node *n, u64 value)
{
	int reg = reg_find(n->name);
	const char *meaning = n->width && reg >= 0 ? reg_meaning(reg, n->field, value) : NULL;
	u64 whole;

	fprintf(out, "%s", n->name);
	if (n->width)
		fprintf(out, ".%s", n->field);
	fprintf(out, " = 0x%" PRIx64, value);
	if (meaning)
		fprintf(out, " (%s)", meaning);
	if (n->width && n->width < 64 && hyp_sysreg(w->m, 0, (unsigned)n->reg, &whole))
		fprintf(out, ", the register is 0x%" PRIx64, whole);
}

static void count_words(FILE *out, const struct lab_watch *w, const struct lab_node *n, u64 value)
{
	const struct lab_counter *c = &w->c->counter[n->number];
	const struct lab_count *seen = &w->count[n->number];

	fprintf(out, "%" PRIu64 " of these %s events%s", value, lab_event_type(c->event)->name,
		n->kind == NODE_NEW ? " since the stop before" : "");
	for (unsigned i = 0; i < LAB_SEEN_MAX && i < seen->total; i++)
		fprintf(out, "%s%s", i ? "; " : ": ", seen->words[i]);
}

static void memory_words(FILE *out, const struct lab_watch *w, const struct lab_node *n, u64 value)
{
	char symbol[SYMBOL_TEXT_MAX];
	u64 at = 0;

	lab_value(w, n->a, &at, NULL);
	fprintf(out, "0x%" PRIx64 " at 0x%" PRIx64, value, at);
	if (symbol_at(w->elf, w->elf_size, at, symbol))
		fprintf(out, " (%s)", symbol);
}

/* What it comes to, and what it is made from: its first operand that is not itself an operation, unless that is a
 * number. */
static void operation_words(FILE *out, const struct lab_watch *w, const struct lab_node *n, u64 value)
{
	fprintf(out, "0x%" PRIx64, value);
	while (n->kind == NODE_OP && w->c->node[n->a].kind == NODE_OP)
		n = &w->c->node[n->a];
	if (w->c->node[n->a].kind == NODE_NUMBER)
		return;
	fputs(", from ", out);
	lab_value_words(out, w, n->a);
}

void lab_value_words(FILE *out, const struct lab_watch *w, s16 node)
{
	const struct lab_node *n = &w->c->node[node];
	const char *why = "";
	u64 value;

	if (!lab_value(w, node, &value, &why)) {
		fputs(why, out);
		return;
	}
	switch ((enum lab_node_kind)n->kind) {
	case NODE_REG: register_words(out, w, n, value); break;
	case NODE_COUNT:
	case NODE_NEW: count_words(out, w, n, value); break;
	case NODE_MEM: memory_words(out, w, n, value); break;
	case NODE_CORE: fprintf(out, "%s = 0x%" PRIx64, n->name, value); break;
	case NODE_SYMBOL: fprintf(out, "%s = 0x%" PRIx64, n->name, value); break;
	case NODE_PARAM: fprintf(out, "%s = 0x%" PRIx64, n->name, value); break;
	case NODE_COST: fprintf(out, "%" PRIu64 " cycles for an exit, on average", value); break;
	case NODE_NUMBER: fprintf(out, "0x%" PRIx64, value); break;
	case NODE_OP: operation_words(out, w, n, value); break;
	}
}
