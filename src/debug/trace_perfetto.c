/*
 * Everything is written as it comes, so a trace of any length takes the same memory: what is open on each core, which
 * tracks have their names, and a table of the interrupts that wait to be acknowledged.
 */
#include "debug/trace_perfetto.h"

#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "bus/clock.h"
#include "cpu/cpu.h"
#include "debug/disasm.h"
#include "debug/event_words.h"
#include "debug/exit_reason.h"
#include "debug/json.h"
#include "debug/trace_text.h"

#define CORES_MAX 64
#define VMIDS 65536
#define IRQS 1024 /* that wait at the same time; of two in one slot the later one is shown */
#define IN_THE_VM "in the VM"
#define NS_PER_TICK (1000000000 / CLOCK_CNTFRQ)

/* Processes of the format: groups of tracks. */
enum { PID_CORES = 1, PID_IRQS, PID_VIRQS, PID_MACHINE, PID_VMS = 1000 };

typedef unsigned long long ull;

struct core {
	bool seen, in_vm;
	u8 el;
	bool secure;
	u16 vmid; /* of the VM that it is in */
};
struct irq {
	bool named, pending;
	u32 intid;
	s16 core; /* -1: not one core's own */
	bool is_virtual;
	u64 since, acked; /* cycles */
};

struct trace_perfetto {
	struct observer observer;
	const struct tracer *tracer;
	FILE *out;
	FILE *words;
	char *words_text;
	size_t words_size;
	bool begun; /* an event was written */
	u64 last;
	u64 flows;
	bool machine_named;
	struct core core[CORES_MAX];
	struct irq irq[IRQS];
	u64 named[VMIDS]; /* by VMID: the cores whose tracks have a name */
};

/* ---- JSON ---- */

static u64 nanoseconds(const struct trace_perfetto *t, u64 cycle)
{
	return (u64)((unsigned __int128)cycle * NS_PER_TICK / t->tracer->cycles_per_tick);
}

static void micros(FILE *out, const char *name, u64 ns)
{
	fprintf(out, ",\"%s\":%llu.%03llu", name, (ull)(ns / 1000), (ull)(ns % 1000));
}

static void text_arg(FILE *out, const char *name, const char *text)
{
	fprintf(out, "\"%s\":", name);
	json_string(out, text);
}

/* An event without its end: the caller adds members and a brace. */
static void begin(struct trace_perfetto *t, char phase, unsigned pid, unsigned tid, u64 cycle)
{
	fprintf(t->out, "%s{\"ph\":\"%c\",\"pid\":%u,\"tid\":%u", t->begun ? ",\n" : "", phase, pid, tid);
	micros(t->out, "ts", nanoseconds(t, cycle));
	t->begun = true;
}

static void named(struct trace_perfetto *t, const char *category, const char *name)
{
	fprintf(t->out, ",\"cat\":\"%s\",", category);
	text_arg(t->out, "name", name);
}

static void metadata(struct trace_perfetto *t, const char *what, unsigned pid, unsigned tid, const char *name)
{
	begin(t, 'M', pid, tid, 0);
	fprintf(t->out, ",\"name\":\"%s\",\"args\":{", what);
	text_arg(t->out, "name", name);
	fputs("}}", t->out);
}

/* The words of an event, on one line without the blanks of their layout. */
static void words_arg(struct trace_perfetto *t, const struct event *e)
{
	size_t size = 0;

	rewind(t->words);
	event_body_words(t->words, e);
	fflush(t->words);
	for (size_t i = 0, n = (size_t)ftell(t->words); i < n; i++) {
		char c = t->words_text[i] == '\n' ? ' ' : t->words_text[i];

		if (c != ' ' || (size && t->words_text[size - 1] != ' '))
			t->words_text[size++] = c;
	}
	while (size && t->words_text[size - 1] == ' ')
		size--;
	fputs("\"what\":", t->out);
	json_bytes(t->out, t->words_text, size);
}

/* ---- tracks ---- */

static unsigned tid_of(int core)
{
	return (unsigned)core + 1;
}

static void name_core(struct trace_perfetto *t, unsigned pid, int core)
{
	char name[16];

	snprintf(name, sizeof(name), "core %d", core);
	metadata(t, "thread_name", pid, tid_of(core), name);
}

static void name_vm(struct trace_perfetto *t, u16 vmid, int core)
{
	char name[24];

	if (bit(t->named[vmid], (unsigned)core))
		return;
	snprintf(name, sizeof(name), "VM, VMID %u", vmid);
	if (!t->named[vmid])
		metadata(t, "process_name", PID_VMS + vmid, tid_of(core), name);
	name_core(t, PID_VMS + vmid, core);
	t->named[vmid] |= 1ull << core;
}

/* ---- slices ---- */

/* The format can do without the name here, but viewers that sort by time tell slices by it. */
static void end_slice(struct trace_perfetto *t, unsigned pid, int core, u64 cycle, const char *name)
{
	begin(t, 'E', pid, tid_of(core), cycle);
	fputc(',', t->out);
	text_arg(t->out, "name", name);
	fputc('}', t->out);
}

static bool shows_in_vm(const struct core *c)
{
	return c->in_vm && c->el < 2;
}

/* What its slices are called: among the cores, and within the VM. */
struct el_names {
	char on_core[32], in_vm[8];
};

static struct el_names names_of(const struct core *c)
{
	struct el_names n;

	snprintf(n.in_vm, sizeof(n.in_vm), "%sEL%u", c->secure && c->el < 3 ? "S-" : "", c->el & 3u);
	if (shows_in_vm(c))
		snprintf(n.on_core, sizeof(n.on_core), "%s VMID %u", n.in_vm, c->vmid);
	else
		snprintf(n.on_core, sizeof(n.on_core), "%s", n.in_vm);
	return n;
}

static void leave_el(struct trace_perfetto *t, int core, u64 cycle)
{
	const struct core *c = &t->core[core];
	struct el_names names = names_of(c);

	end_slice(t, PID_CORES, core, cycle, names.on_core);
	if (shows_in_vm(c))
		end_slice(t, PID_VMS + c->vmid, core, cycle, names.in_vm);
}

/* `why`: the exception that led here, or NULL. */
static void enter_el(struct trace_perfetto *t, int core, u64 cycle, const struct event *why)
{
	const struct core *c = &t->core[core];
	struct el_names names = names_of(c);

	if (shows_in_vm(c)) {
		begin(t, 'B', PID_VMS + c->vmid, tid_of(core), cycle);
		named(t, "el", names.in_vm);
		fputc('}', t->out);
	}
	begin(t, 'B', PID_CORES, tid_of(core), cycle);
	named(t, "el", names.on_core);
	if (why) {
		fputs(",\"args\":{", t->out);
		words_arg(t, why);
		fputc('}', t->out);
	}
	fputc('}', t->out);
}

static void enter_vm(struct trace_perfetto *t, const struct event *e)
{
	struct core *c = &t->core[e->core];

	name_vm(t, e->vmid, e->core);
	c->in_vm = true;
	c->vmid = e->vmid;
	begin(t, 'B', PID_VMS + c->vmid, tid_of(e->core), e->cycle);
	named(t, "hyp", IN_THE_VM);
	fputs(",\"args\":{", t->out);
	words_arg(t, e);
	fputs("}}", t->out);
}

static unsigned kind_of(const struct event *e)
{
	if (e->kind == EV_HYP)
		return (unsigned)e->hyp.detail[0];
	return !strcmp(e->exc.vector, "irq") ? EXC_IRQ : !strcmp(e->exc.vector, "fiq") ? EXC_FIQ : EXC_SERROR;
}

/* Why a VM was left: the reason in words, and where. */
static void exit_args(struct trace_perfetto *t, const struct event *e)
{
	const struct ev_exc *x = &e->exc;
	const u64 *d = e->hyp.detail;
	bool is_exc = e->kind == EV_EXC;
	bool has_esr = is_exc ? x->has_esr : d[0] == EXC_SYNC;
	u64 esr = is_exc ? x->esr : d[1], pc = is_exc ? x->elr : d[2];
	u64 ipa = is_exc ? (x->has_hpfar ? bits(x->hpfar, 43, 4) << 12 : 0) : d[3];

	rewind(t->words);
	exit_reason_words(t->words, exit_reason(has_esr ? EXC_SYNC : kind_of(e), esr));
	fflush(t->words);
	fputs("\"reason\":", t->out);
	json_bytes(t->out, t->words_text, (size_t)ftell(t->words));
	fprintf(t->out, ",\"pc\":\"0x%llx\"", (ull)pc);
	if (has_esr)
		fprintf(t->out, ",\"esr\":\"0x%llx\"", (ull)esr);
	if (ipa)
		fprintf(t->out, ",\"ipa\":\"0x%llx\"", (ull)ipa);
}

/* `e`: the exception or "vm-exit", else NULL. */
static void leave_vm(struct trace_perfetto *t, int core, u64 cycle, const struct event *e)
{
	struct core *c = &t->core[core];

	if (e) {
		begin(t, 'i', PID_VMS + c->vmid, tid_of(core), cycle);
		named(t, "hyp", "VM exit");
		fputs(",\"s\":\"t\",\"args\":{", t->out);
		exit_args(t, e);
		fputs("}}", t->out);
	}
	end_slice(t, PID_VMS + c->vmid, core, cycle, IN_THE_VM);
	c->in_vm = false;
}

/* The first event of a core: what it was in until then; core 0 has run from the beginning. */
static void see(struct trace_perfetto *t, const struct event *e)
{
	struct core *c = &t->core[e->core];

	if (c->seen)
		return;
	name_core(t, PID_CORES, e->core);
	c->seen = true;
	c->secure = e->kind == EV_INSN ? e->insn.secure : e->secure;
	c->el = e->kind == EV_INSN   ? e->insn.el
		: e->kind == EV_EXC  ? e->exc.from_el
		: e->kind == EV_ERET ? e->eret.from_el
				     : e->el;
	if (c->el == 3)
		c->secure = true;
	enter_el(t, e->core, e->core ? e->cycle : 0, NULL);
}

enum vm_step { VM_STAYS, VM_ENTRY, VM_EXIT };

static enum vm_step vm_step(const struct event *e)
{
	if (e->kind == EV_EXC)
		return e->exc.crossing == CROSS_VM ? VM_EXIT : VM_STAYS;
	if (e->kind == EV_ERET)
		return e->eret.crossing == CROSS_VM ? VM_ENTRY : VM_STAYS;
	return !strcmp(e->hyp.what, "vm-exit") ? VM_EXIT : VM_ENTRY;
}

/* Another EL from here on. */
static void cross(struct trace_perfetto *t, const struct event *e)
{
	struct core *c = &t->core[e->core];
	enum vm_step step = vm_step(e);

	leave_el(t, e->core, e->cycle);
	c->el = e->el;
	c->secure = e->secure;
	/* A VM is also left by way of EL3. */
	if (c->in_vm && (step != VM_STAYS || c->el == 2))
		leave_vm(t, e->core, e->cycle, step == VM_EXIT ? e : NULL);
	if (step == VM_ENTRY)
		enter_vm(t, e);
	enter_el(t, e->core, e->cycle, e);
}

/* ---- interrupts ---- */

static bool is_private(u32 intid)
{
	return intid < 32;
}

static unsigned irq_pid(bool is_virtual)
{
	return is_virtual ? PID_VIRQS : PID_IRQS;
}

static unsigned irq_tid(const struct irq *i)
{
	return i->intid * 2 * CORES_MAX + tid_of(i->core);
}

static struct irq *irq_slot(struct trace_perfetto *t, u32 intid, s16 core, bool is_virtual)
{
	return &t->irq[(intid * 7 + (unsigned)(core + 1) * 37 + is_virtual * 512u) % IRQS];
}

static bool irq_is(const struct irq *i, u32 intid, s16 core, bool is_virtual)
{
	return i->named && i->intid == intid && i->core == core && i->is_virtual == is_virtual;
}

static s16 irq_core(u32 intid, s32 core, bool is_virtual)
{
	return is_virtual || is_private(intid) ? (s16)core : -1;
}

static void name_irq(struct trace_perfetto *t, const struct irq *i)
{
	char name[40];

	if (i->core >= 0)
		snprintf(name, sizeof(name), "INTID %u of core %d", i->intid, i->core);
	else
		snprintf(name, sizeof(name), "INTID %u", i->intid);
	metadata(t, "thread_name", irq_pid(i->is_virtual), irq_tid(i), name);
}

static void raise_irq(struct trace_perfetto *t, u64 cycle, u32 intid, s32 to, bool is_virtual)
{
	s16 core = irq_core(intid, to, is_virtual);
	struct irq *i = irq_slot(t, intid, core, is_virtual);

	if (to >= CORES_MAX)
		return;
	if (!irq_is(i, intid, core, is_virtual)) {
		*i = (struct irq){ .named = true, .intid = intid, .core = core, .is_virtual = is_virtual };
		name_irq(t, i);
	}
	if (i->pending)
		return;
	i->pending = true;
	/* The time of cores differs by some cycles; slices of a track must not overlap. */
	i->since = cycle > i->acked ? cycle : i->acked;
}

static void drop_irq(struct trace_perfetto *t, u32 intid, s32 to, bool is_virtual)
{
	s16 core = irq_core(intid, to, is_virtual);
	struct irq *i = irq_slot(t, intid, core, is_virtual);

	if (irq_is(i, intid, core, is_virtual))
		i->pending = false;
}

static void flow(struct trace_perfetto *t, char phase, unsigned pid, unsigned tid, u64 cycle, const char *name)
{
	begin(t, phase, pid, tid, cycle);
	named(t, "irq", name);
	fprintf(t->out, ",\"id\":%llu%s}", (ull)t->flows, phase == 'f' ? ",\"bp\":\"e\"" : "");
}

/* From pending to here: a slice, and an arrow from it to what the core does. */
static void ack_irq(struct trace_perfetto *t, const struct event *e, bool is_virtual)
{
	u32 intid = e->gic.intid;
	s16 core = irq_core(intid, e->core, is_virtual);
	struct irq *i = irq_slot(t, intid, core, is_virtual);
	u64 since = i->since < e->cycle ? i->since : e->cycle;
	char name[32];

	if (!irq_is(i, intid, core, is_virtual) || !i->pending)
		return;
	i->pending = false;
	if (since < i->acked)
		since = i->acked < e->cycle ? i->acked : e->cycle;
	i->acked = e->cycle;
	snprintf(name, sizeof(name), "%sINTID %u", is_virtual ? "v" : "", intid);
	begin(t, 'X', irq_pid(is_virtual), irq_tid(i), since);
	micros(t->out, "dur", nanoseconds(t, e->cycle) - nanoseconds(t, since));
	named(t, "irq", name);
	fprintf(t->out, ",\"args\":{\"core\":%d}}", e->core);
	t->flows++;
	flow(t, 's', irq_pid(is_virtual), irq_tid(i), since, name);
	flow(t, 'f', PID_CORES, tid_of(e->core), e->cycle, name);
}

static void gic(struct trace_perfetto *t, const struct event *e)
{
	const struct ev_gic *g = &e->gic;

	if (!strcmp(g->what, "line") && !g->detail)
		drop_irq(t, g->intid, g->target, false);
	else if (!strcmp(g->what, "line") || !strcmp(g->what, "sgi") || !strcmp(g->what, "pending"))
		raise_irq(t, e->cycle, g->intid, g->target, false);
	else if (!strcmp(g->what, "not pending"))
		drop_irq(t, g->intid, g->target, false);
	else if (!strcmp(g->what, "vpending"))
		raise_irq(t, e->cycle, g->intid, g->target, true);
	else if (!strcmp(g->what, "ack") && e->core >= 0)
		ack_irq(t, e, false);
	else if (!strcmp(g->what, "vack") && e->core >= 0)
		ack_irq(t, e, true);
}

/* A list register that says pending raises; one that is written over takes what it said along. */
static void lr(struct trace_perfetto *t, const struct event *e)
{
	if (e->core < 0 || strcmp(e->lr.why, "write"))
		return;
	if (bit(e->lr.old, 62))
		drop_irq(t, (u32)e->lr.old, e->core, true);
	if (bit(e->lr.value, 62))
		raise_irq(t, e->cycle, (u32)e->lr.value, e->core, true);
}

/* ---- all other events: marks ---- */

static const char *mark_name(const struct event *e)
{
	static const char *const names[EV_KINDS] = {
		[EV_WALK] = "walk",	   [EV_TLB_FILL] = "tlb fill", [EV_TLB_DROP] = "tlb drop",
		[EV_LR] = "list register", [EV_MMIO] = "mmio",	       [EV_GUEST_ERROR] = "guest error",
		[EV_PCI] = "pci",
	};

	switch (e->kind) {
	case EV_MEM: return e->mem.is_write ? "write" : "read";
	case EV_TLBI: return e->tlbi.name;
	case EV_SYSREG: return e->sysreg.name;
	case EV_GIC: return e->gic.what;
	case EV_SMMU: return e->smmu.name;
	case EV_HYP: return e->hyp.what;
	case EV_ITS: return e->its.name;
	default: return names[e->kind];
	}
}

static void mark(struct trace_perfetto *t, const struct event *e)
{
	bool on_core = e->core >= 0;
	char text[DISASM_MAX];

	if (!on_core && !t->machine_named) {
		metadata(t, "process_name", PID_MACHINE, 1, "machine");
		metadata(t, "thread_name", PID_MACHINE, 1, "of no core");
		t->machine_named = true;
	}
	begin(t, 'i', on_core ? PID_CORES : PID_MACHINE, on_core ? tid_of(e->core) : 1, e->cycle);
	if (e->kind == EV_INSN) {
		disasm(text, e->insn.pc, e->insn.word);
		named(t, "insn", text);
		fprintf(t->out, ",\"s\":\"t\",\"args\":{\"pc\":\"0x%llx\"}}", (ull)e->insn.pc);
		return;
	}
	named(t, "event", mark_name(e));
	fputs(",\"s\":\"t\",\"args\":{", t->out);
	words_arg(t, e);
	fputs("}}", t->out);
}

static bool is_crossing(const struct event *e)
{
	return e->kind == EV_EXC || e->kind == EV_ERET ||
	       (e->kind == EV_HYP && (!strcmp(e->hyp.what, "vm-exit") || !strcmp(e->hyp.what, "vm-entry")));
}

static void on_event(void *ctx, const struct event *e)
{
	struct trace_perfetto *t = ctx;

	if (trace_is_redundant(t->observer.mask, e) || e->core >= CORES_MAX)
		return;
	if (e->cycle > t->last)
		t->last = e->cycle;
	if (e->core >= 0)
		see(t, e);
	if (e->core >= 0 && is_crossing(e)) {
		cross(t, e);
		return;
	}
	mark(t, e);
	if (e->kind == EV_GIC)
		gic(t, e);
	else if (e->kind == EV_LR)
		lr(t, e);
}

/* ---- beginning and end ---- */

struct trace_perfetto *trace_perfetto_start(struct tracer *tracer, FILE *out, u32 mask)
{
	struct trace_perfetto *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->words = open_memstream(&t->words_text, &t->words_size);
	if (!t->words) {
		free(t);
		return NULL;
	}
	t->out = out;
	t->tracer = tracer;
	t->observer = (struct observer){ .mask = mask, .event = on_event, .ctx = t };
	fputs("{\"displayTimeUnit\":\"ns\",\"traceEvents\":[\n", out);
	metadata(t, "process_name", PID_CORES, 1, "cores");
	metadata(t, "process_name", PID_IRQS, 1, "interrupts");
	metadata(t, "process_name", PID_VIRQS, 1, "virtual interrupts");
	trace_attach(tracer, &t->observer);
	return t;
}

void trace_perfetto_end(struct trace_perfetto *t, struct tracer *tracer)
{
	/* What the last event began lasts a nanosecond at least: an end must come after its beginning. */
	u64 end = t->last + tracer->cycles_per_tick / NS_PER_TICK + 1;

	trace_detach(tracer, &t->observer);
	for (int core = 0; core < CORES_MAX; core++) {
		if (!t->core[core].seen)
			continue;
		leave_el(t, core, end);
		if (t->core[core].in_vm)
			leave_vm(t, core, end, NULL);
	}
	fputs("\n]}\n", t->out);
	fflush(t->out);
	fclose(t->words);
	free(t->words_text);
	free(t);
}
