/* The lines of a check. Each begins with a word that says what it is. */
#include <stdlib.h>
#include <string.h>

#include "hypscope.h"
#include "lab/check_lex.h"

/* ---- the head ---- */

static bool parse_machine(struct lab_parser *p)
{
	u64 value;

	for (lab_skip_space(p); *p->at; lab_skip_space(p)) {
		if (lab_take(p, "el=")) {
			if (!lab_take_number(p, &value, "an exception level"))
				return false;
			if (value < 1 || value > 3)
				return lab_wrong(p, "el= takes 1, 2 or 3");
			p->c->el = (unsigned)value;
		} else if (lab_take(p, "cpu=")) {
			size_t n = strcspn(p->at, " \t");

			p->c->cpu = lab_keep(p, p->at, n);
			p->at += n;
			if (!p->c->cpu)
				return false;
		} else if (lab_take(p, "smmu")) {
			p->c->smmu = true;
		} else {
			return lab_wrong(p, "machine takes el=N, cpu=NAME and smmu, not '%.40s'", p->at);
		}
	}
	return true;
}

static bool parse_param(struct lab_parser *p)
{
	struct lab_check *c = p->c;
	const char *name = lab_take_name(p, "a parameter's name");
	u64 value;

	if (!name || !lab_take_number(p, &value, "its value"))
		return false;
	if (c->params == LAB_PARAMS_MAX)
		return lab_wrong(p, "there are %u parameters at most", LAB_PARAMS_MAX);
	if (c->variants > 1 || c->stops)
		return lab_wrong(p, "parameters come before variants and stops");
	c->param[c->params].name = name;
	c->param[c->params].value = value;
	c->variant[0].param[c->params++] = value;
	return true;
}

static bool parse_variant_value(struct lab_parser *p, struct lab_variant *v)
{
	const char *name = lab_take_name(p, "NAME=VALUE");

	if (!name)
		return false;
	if (!lab_take(p, "="))
		return lab_wrong(p, "'=' and a value are wanted after %s", name);
	if (!strcmp(name, "cpu")) {
		size_t n = strcspn(p->at, " \t");

		v->cpu = lab_keep(p, p->at, n);
		p->at += n;
		return v->cpu != NULL;
	}
	for (unsigned i = 0; i < p->c->params; i++)
		if (!strcmp(p->c->param[i].name, name))
			return lab_take_number(p, &v->param[i], "a value");
	return lab_wrong(p, "there is no parameter %s: `param %s VALUE` makes one", name, name);
}

static bool parse_variant(struct lab_parser *p)
{
	struct lab_check *c = p->c;
	struct lab_variant *v = &c->variant[c->variants];

	if (c->variants == LAB_VARIANTS_MAX)
		return lab_wrong(p, "there are %u variants at most", LAB_VARIANTS_MAX - 1);
	*v = c->variant[0];
	v->title = lab_take_quoted(p, "the variant's title");
	if (!v->title)
		return false;
	for (lab_skip_space(p); *p->at; lab_skip_space(p))
		if (!parse_variant_value(p, v))
			return false;
	c->variants++;
	return true;
}

static bool parse_stop(struct lab_parser *p)
{
	struct lab_check *c = p->c;
	struct lab_stop *s = &c->stop[c->stops];
	u64 times = 1;

	if (c->stops == LAB_STOPS_MAX)
		return lab_wrong(p, "there are %u stops at most", LAB_STOPS_MAX);
	if (c->stops && !c->stop[c->stops - 1].symbol)
		return lab_wrong(p, "`at end` is the last stop");
	*s = (struct lab_stop){ .first = c->facts };
	if (!lab_take(p, "end")) {
		if (!lab_take(p, "@"))
			return lab_wrong(p, "at takes @symbol [times N], or end");
		s->symbol = lab_take_name(p, "a symbol's name");
		if (!s->symbol || (lab_take(p, "times") && !lab_take_number(p, &times, "how often")))
			return false;
	}
	if (!times || times > 1000000)
		return lab_wrong(p, "times takes 1 to 1000000");
	s->times = (unsigned)times;
	c->stops++;
	return lab_at_end(p);
}

/* ---- facts ---- */

static bool parse_compare(struct lab_parser *p, struct lab_fact *f)
{
	static const char *const sign[] = { "==", "!=", "<=", ">=", "<", ">" };
	u64 percent;
	unsigned i;

	if (!lab_parse_value(p, &f->a))
		return false;
	for (i = 0; i < ARRAY_SIZE(sign) && !lab_take(p, sign[i]); i++)
		;
	if (i == ARRAY_SIZE(sign))
		return lab_wrong(p, "one of == != <= >= < > is wanted where '%.40s' stands", p->at);
	f->kind = FACT_COMPARE;
	f->compare = (u8)i;
	if (!lab_parse_value(p, &f->b))
		return false;
	if (!lab_take(p, "within"))
		return true;
	if (!lab_take_number(p, &percent, "a percentage") || !lab_take(p, "%"))
		return lab_wrong(p, "within takes a percentage, as in within 10%%");
	if (percent > 100 || f->compare != CMP_EQ)
		return lab_wrong(p, "within belongs to ==, and takes 0%% to 100%%");
	f->percent = (u8)percent;
	return true;
}

static bool parse_faults(struct lab_parser *p, struct lab_fact *f)
{
	u64 level;

	f->faults = true;
	f->level = LAB_LEVEL_ANY;
	if (lab_take(p, "translation"))
		f->fault = FAULT_TRANSLATION;
	else if (lab_take(p, "permission"))
		f->fault = FAULT_PERMISSION;
	else if (lab_take(p, "access_flag"))
		f->fault = FAULT_ACCESS_FLAG;
	if (!lab_take(p, "level"))
		return true;
	if (!lab_take_number(p, &level, "a level"))
		return false;
	f->level = (s8)level;
	return level <= 3 || lab_wrong(p, "levels are 0 to 3");
}

static bool parse_mapping(struct lab_parser *p, struct lab_fact *f)
{
	size_t n;

	if (!lab_take(p, "->"))
		return lab_wrong(p, "-> and an address, or faults, is wanted where '%.40s' stands", p->at);
	if (!lab_parse_value(p, &f->to))
		return false;
	lab_skip_space(p);
	n = strspn(p->at, "rwx");
	if (n && (!p->at[n] || p->at[n] == ' ')) {
		f->rights = lab_keep(p, p->at, n);
		p->at += n;
		if (!f->rights)
			return false;
	}
	if (lab_take(p, "normal"))
		f->memory = LAB_MEM_NORMAL;
	else if (lab_take(p, "device"))
		f->memory = LAB_MEM_DEVICE;
	return !lab_take(p, "size") || lab_parse_value(p, &f->size);
}

static bool parse_walk(struct lab_parser *p, struct lab_fact *f, enum lab_fact_kind kind)
{
	f->kind = (u8)kind;
	if ((kind == FACT_DMA && !lab_parse_primary(p, &f->stream)) || !lab_parse_primary(p, &f->a))
		return false;
	if (kind == FACT_S2 && lab_take(p, "under") && !lab_parse_primary(p, &f->b))
		return false;
	f->access = ACCESS_READ;
	if (lab_take(p, "write"))
		f->access = ACCESS_WRITE;
	else if (lab_take(p, "fetch"))
		f->access = ACCESS_FETCH;
	else
		lab_take(p, "read");
	return lab_take(p, "faults") ? parse_faults(p, f) : parse_mapping(p, f);
}

static bool parse_end(struct lab_parser *p, struct lab_fact *f)
{
	static const struct {
		const char *word;
		u8 end;
	} ends[] = { { "power_off", HYP_POWER_OFF },
		     { "reset", HYP_RESET },
		     { "deadlock", HYP_DEADLOCK },
		     { "lockup", HYP_LOCKUP },
		     { "limit", HYP_LIMIT } };

	f->kind = FACT_ENDS;
	for (unsigned i = 0; i < ARRAY_SIZE(ends); i++)
		if (lab_take(p, ends[i].word)) {
			f->end = ends[i].end;
			return true;
		}
	return lab_wrong(p, "ends takes power_off, reset, deadlock, lockup or limit, not '%.40s'", p->at);
}

static bool parse_one_register(struct lab_parser *p, u64 *n)
{
	lab_skip_space(p);
	if (*p->at == 'x')
		p->at++;
	return lab_take_number(p, n, "a register x0 to x30") &&
	       (*n <= 30 || lab_wrong(p, "there is no x%llu", (unsigned long long)*n));
}

/* "x0-x3,x7": as a set. */
static bool parse_registers(struct lab_parser *p, u32 *set)
{
	u64 first, last;

	do {
		if (!parse_one_register(p, &first))
			return false;
		last = first;
		if (lab_take(p, "-") && !parse_one_register(p, &last))
			return false;
		for (u64 i = first; i <= last; i++)
			*set |= 1u << i;
	} while (lab_take(p, ","));
	return true;
}

static bool parse_preserves(struct lab_parser *p, struct lab_fact *f)
{
	u32 except = 0;

	f->kind = FACT_PRESERVES;
	if (!parse_registers(p, &f->regs) || (lab_take(p, "except") && !parse_registers(p, &except)))
		return false;
	f->regs &= ~except;
	return true;
}

static bool parse_console(struct lab_parser *p, struct lab_fact *f)
{
	f->kind = FACT_CONSOLE;
	f->is_not = lab_take(p, "not");
	f->word = lab_take_quoted(p, "what the console says");
	return f->word && (*f->word || lab_wrong(p, "an empty text is always there"));
}

static bool parse_what(struct lab_parser *p, struct lab_fact *f)
{
	if (lab_take(p, "s2"))
		return parse_walk(p, f, FACT_S2);
	if (lab_take(p, "va"))
		return parse_walk(p, f, FACT_VA);
	if (lab_take(p, "dma"))
		return parse_walk(p, f, FACT_DMA);
	if (lab_take(p, "console"))
		return parse_console(p, f);
	if (lab_take(p, "ends"))
		return parse_end(p, f);
	if (lab_take(p, "preserves"))
		return parse_preserves(p, f);
	return parse_compare(p, f);
}

static bool parse_fact(struct lab_parser *p)
{
	struct lab_check *c = p->c;
	struct lab_fact *f = &c->fact[c->facts];

	if (!c->stops)
		return lab_wrong(p, "a fact belongs to a stop: `at @symbol` or `at end` comes first");
	if (c->facts == LAB_FACTS_MAX)
		return lab_wrong(p, "there are %u facts at most", LAB_FACTS_MAX);
	*f = (struct lab_fact){ .a = LAB_NONE, .b = LAB_NONE, .to = LAB_NONE, .size = LAB_NONE, .stream = LAB_NONE };
	f->line = p->line;
	f->name = lab_take_quoted(p, "the fact's title");
	if (!f->name)
		return false;
	if (!lab_take(p, ":"))
		return lab_wrong(p, "a ':' is wanted between a fact's title and what it says");
	lab_skip_space(p);
	f->text = lab_keep(p, p->at, strlen(p->at));
	if (!f->text || !parse_what(p, f) || !lab_at_end(p))
		return false;
	c->facts++;
	c->stop[c->stops - 1].count++;
	return true;
}

/* else, hint, erratum: of the fact before, or of the stop, while that has no fact. */
static bool parse_remark(struct lab_parser *p, unsigned which)
{
	struct lab_check *c = p->c;
	struct lab_stop *s = c->stops ? &c->stop[c->stops - 1] : NULL;
	struct lab_fact *f = s && s->count ? &c->fact[c->facts - 1] : NULL;
	const char **at[2][3] = { { s ? &s->otherwise : NULL, s ? &s->hint : NULL, s ? &s->erratum : NULL },
				  { f ? &f->otherwise : NULL, f ? &f->hint : NULL, f ? &f->erratum : NULL } };
	const char **to = at[f != NULL][which];

	if (!to)
		return lab_wrong(p, "this belongs to a fact or a stop, and there is none before it");
	*to = lab_take_rest(p, "its text");
	return *to != NULL;
}

/* ---- all of it ---- */

static bool parse_text(struct lab_parser *p, const char **to)
{
	*to = lab_take_rest(p, "its text");
	return *to != NULL;
}

static bool parse_limit(struct lab_parser *p)
{
	return lab_take_number(p, &p->c->limit, "how many instructions") && lab_at_end(p) &&
	       ((p->c->limit && p->c->limit <= 1000000000) || lab_wrong(p, "limit takes 1 to 1000000000 instructions"));
}

static bool parse_line(struct lab_parser *p)
{
	if (!*p->at || *p->at == '#')
		return true;
	if (lab_take(p, "fact"))
		return parse_fact(p);
	if (lab_take(p, "else"))
		return parse_remark(p, 0);
	if (lab_take(p, "hint"))
		return parse_remark(p, 1);
	if (lab_take(p, "erratum"))
		return parse_remark(p, 2);
	if (lab_take(p, "at"))
		return parse_stop(p);
	if (lab_take(p, "title"))
		return parse_text(p, &p->c->title);
	if (lab_take(p, "article"))
		return parse_text(p, &p->c->article);
	if (lab_take(p, "errata"))
		return parse_text(p, &p->c->errata);
	if (lab_take(p, "machine"))
		return parse_machine(p);
	if (lab_take(p, "limit"))
		return parse_limit(p);
	if (lab_take(p, "param"))
		return parse_param(p) && lab_at_end(p);
	if (lab_take(p, "variant"))
		return parse_variant(p);
	return lab_wrong(p, "'%.*s' is no word that a line begins with", (int)strcspn(p->at, " \t"), p->at);
}

static bool take_line(struct lab_parser *p, const char **text, size_t *left)
{
	const char *end = memchr(*text, '\n', *left);
	size_t n = end ? (size_t)(end - *text) : *left, used = n + (end != NULL);

	p->line++;
	if (n >= sizeof(p->text) || memchr(*text, 0, n))
		return lab_wrong(p, "a line has at most %u characters, none of them zero", LAB_LINE_MAX - 1);
	memcpy(p->text, *text, n);
	while (n && strchr(" \t\r", p->text[n - 1]))
		n--;
	p->text[n] = 0;
	p->at = p->text;
	lab_skip_space(p);
	*text += used;
	*left -= used;
	return true;
}

static bool parse_all(struct lab_parser *p, const char *text, size_t left)
{
	while (left)
		if (!take_line(p, &text, &left) || !parse_line(p))
			return false;
	if (!p->c->title)
		return lab_wrong(p, "the check has no title");
	return p->c->facts || lab_wrong(p, "the check has no facts");
}

struct lab_check *lab_check_parse(const char *text, size_t size, const char *name, struct error *e)
{
	struct lab_check *c = calloc(1, sizeof(*c));
	struct lab_parser p = { .c = c, .file = name, .e = e };

	if (!c) {
		error_set(e, ERROR_FILE, "%s: there is no memory for it", name);
		return NULL;
	}
	c->el = 2;
	c->limit = LAB_DEFAULT_LIMIT;
	c->variants = 1;
	c->variant[0].title = "as given";
	if (!parse_all(&p, text, size)) {
		free(c);
		return NULL;
	}
	return c;
}
