/* Values of a check: numbers, parameters, symbols, registers and their fields, memory, counts of events, operators. */
#include <stdlib.h>
#include <string.h>

#include "cpu/sysreg.h"
#include "lab/check_lex.h"
#include "lab/events.h"

static bool add(struct lab_parser *p, const struct lab_node *n, s16 *node)
{
	struct lab_check *c = p->c;

	if (c->nodes == LAB_NODES_MAX)
		return lab_wrong(p, "the check has more than %u values: make it shorter", LAB_NODES_MAX);
	c->node[c->nodes] = *n;
	*node = (s16)c->nodes++;
	return true;
}

/* ---- registers ---- */

static bool core_value(const char *name, u64 *number)
{
	char *end;

	*number = !strcmp(name, "SP") ? LAB_CORE_SP : !strcmp(name, "PC") ? LAB_CORE_PC : LAB_CORE_EL;
	if (*number != LAB_CORE_EL || !strcmp(name, "EL"))
		return true;
	if (name[0] != 'X' || name[1] < '0' || name[1] > '9')
		return false;
	*number = strtoul(name + 1, &end, 10);
	return !*end && *number < LAB_CORE_SP;
}

static bool find_field(struct lab_parser *p, struct lab_node *n)
{
	unsigned count;
	const struct sysreg_field *f = sysreg_fields((enum sysreg)n->reg, &count);

	for (unsigned i = 0; i < count; i++)
		if (f[i].name && !strcmp(f[i].name, n->field)) {
			n->lsb = f[i].lsb;
			n->width = f[i].width;
			return true;
		}
	return lab_wrong(p, "%s has no field %s: `hypscope decode %s=0` lists them", n->name, n->field, n->name);
}

static bool parse_register(struct lab_parser *p, s16 *node)
{
	struct lab_node n = { .kind = NODE_CORE, .a = LAB_NONE, .b = LAB_NONE };

	n.name = lab_take_name(p, "a value");
	if (!n.name)
		return false;
	if (core_value(n.name, &n.number))
		return add(p, &n, node);
	n.kind = NODE_REG;
	n.reg = (s16)sysreg_find(n.name);
	if (n.reg == SR_COUNT)
		return lab_wrong(p, "'%s' is no register; a symbol is written @%s, a parameter $%s", n.name, n.name,
				 n.name);
	if (*p->at == '.') {
		p->at++;
		n.field = lab_take_name(p, "a field's name");
		if (!n.field || !find_field(p, &n))
			return false;
	}
	return add(p, &n, node);
}

/* ---- events ---- */

static bool find_event(struct lab_parser *p, struct lab_counter *counter)
{
	const char *name = lab_take_name(p, "an event's name");
	const struct lab_event_type *t;

	for (unsigned i = 0; name && (t = lab_event_type(i)); i++)
		if (!strcmp(t->name, name)) {
			counter->event = (u8)i;
			return true;
		}
	return name && lab_wrong(p,
				 "'%s' is no event; exception, eret, tlbi, msr, lr, gic, dma, smmu_event, "
				 "smmu_command, mmio and hyp are",
				 name);
}

static bool parse_filter(struct lab_parser *p, struct lab_counter *counter)
{
	const struct lab_event_type *t = lab_event_type(counter->event);
	struct lab_filter *f = &counter->filter[counter->filters];
	const char *name = lab_take_name(p, "a key such as ec=0x16");

	if (!name)
		return false;
	if (counter->filters == LAB_FILTERS_MAX)
		return lab_wrong(p, "an event is told by %u keys at most", LAB_FILTERS_MAX);
	f->key = LAB_KEYS_MAX;
	for (unsigned i = 0; i < LAB_KEYS_MAX && t->key[i]; i++)
		if (!strcmp(t->key[i], name))
			f->key = (u8)i;
	if (f->key == LAB_KEYS_MAX)
		return lab_wrong(p, "%s has no key '%s'", t->name, name);
	if (!lab_take(p, "="))
		return lab_wrong(p, "'=' and a value are wanted after %s", name);
	counter->filters++;
	lab_skip_space(p);
	f->value = LAB_NONE;
	if (*p->at == '"')
		return (f->word = lab_take_quoted(p, "a name")) != NULL;
	return lab_parse_primary(p, &f->value);
}

static bool parse_count(struct lab_parser *p, u8 kind, s16 *node)
{
	struct lab_counter counter = { 0 };
	struct lab_node n = { .kind = kind, .a = LAB_NONE, .b = LAB_NONE };

	if (!lab_take(p, "("))
		return lab_wrong(p, "count and new are followed by an event in parentheses");
	if (!find_event(p, &counter))
		return false;
	while (!lab_take(p, ")"))
		if (!parse_filter(p, &counter))
			return false;
	if (p->c->counters == LAB_COUNTERS_MAX)
		return lab_wrong(p, "the check counts more than %u kinds of event", LAB_COUNTERS_MAX);
	n.number = p->c->counters;
	p->c->counter[p->c->counters++] = counter;
	return add(p, &n, node);
}

/* ---- the rest ---- */

static bool parse_memory(struct lab_parser *p, u8 size, s16 *node)
{
	struct lab_node n = { .kind = NODE_MEM, .size = size, .b = LAB_NONE };

	if (!lab_take(p, "(") || !lab_parse_value(p, &n.a) || !lab_take(p, ")"))
		return lab_wrong(p, "an address in parentheses is wanted, as in mem64(@table)");
	return add(p, &n, node);
}

static bool parse_parameter(struct lab_parser *p, s16 *node)
{
	struct lab_node n = { .kind = NODE_PARAM, .a = LAB_NONE, .b = LAB_NONE };

	n.name = lab_take_name(p, "a parameter's name");
	for (; n.name && n.number < p->c->params; n.number++)
		if (!strcmp(p->c->param[n.number].name, n.name))
			return add(p, &n, node);
	return n.name && lab_wrong(p, "there is no parameter %s: `param %s VALUE` makes one", n.name, n.name);
}

static bool parse_nested(struct lab_parser *p, s16 *node)
{
	bool ok;

	if (p->depth == LAB_DEPTH_MAX)
		return lab_wrong(p, "parentheses are nested too deeply");
	p->depth++;
	ok = lab_parse_value(p, node) && (lab_take(p, ")") || lab_wrong(p, "a ')' is missing"));
	p->depth--;
	return ok;
}

bool lab_parse_primary(struct lab_parser *p, s16 *node)
{
	static const char *const memory[] = { "mem8", "mem16", "mem32", "mem64" };
	struct lab_node n = { .kind = NODE_NUMBER, .a = LAB_NONE, .b = LAB_NONE };

	for (unsigned i = 0; i < ARRAY_SIZE(memory); i++)
		if (lab_take(p, memory[i])) {
			bool deep = ++p->depth > LAB_DEPTH_MAX;
			bool ok = deep ? lab_wrong(p, "parentheses are nested too deeply")
				       : parse_memory(p, (u8)(1 << i), node);

			p->depth--;
			return ok;
		}
	if (lab_take(p, "("))
		return parse_nested(p, node);
	if (lab_take(p, "$"))
		return parse_parameter(p, node);
	if (lab_take(p, "@")) {
		n.kind = NODE_SYMBOL;
		n.name = lab_take_name(p, "a symbol's name");
		return n.name && add(p, &n, node);
	}
	if (lab_take(p, "count"))
		return parse_count(p, NODE_COUNT, node);
	if (lab_take(p, "new"))
		return parse_count(p, NODE_NEW, node);
	n.kind = NODE_COST;
	if (lab_take(p, "exit_cycles"))
		return add(p, &n, node);
	n.kind = NODE_NUMBER;
	lab_skip_space(p);
	if (*p->at >= '0' && *p->at <= '9')
		return lab_take_number(p, &n.number, "a value") && add(p, &n, node);
	return parse_register(p, node);
}

/* Operators from left to right, all alike: parentheses say what else is meant. */
bool lab_parse_value(struct lab_parser *p, s16 *node)
{
	static const char *const sign[] = { "+", "-", "*", "&", "|", "<<", ">>" };
	unsigned op;

	if (!lab_parse_primary(p, node))
		return false;
	for (;;) {
		struct lab_node n = { .kind = NODE_OP, .a = *node };

		lab_skip_space(p);
		if (p->at[0] == '-' && p->at[1] == '>')
			return true;
		for (op = 0; op < ARRAY_SIZE(sign) && !lab_take(p, sign[op]); op++)
			;
		if (op == ARRAY_SIZE(sign))
			return true;
		n.op = (u8)op;
		if (!lab_parse_primary(p, &n.b) || !add(p, &n, node))
			return false;
	}
}
