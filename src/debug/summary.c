#include "debug/summary.h"

#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "cpu/cpu.h"
#include "debug/exit_reason.h"
#include "debug/summary_data.h"

#define VTTBR_CNP 1ull
#define PAGES_FIRST 64

/* ---- containers ---- */

/* Room for one element more; false: no memory. */
static bool grow(struct summary *s, void **array, unsigned count, unsigned *room, size_t size)
{
	unsigned more = *room ? *room * 2 : 16;
	void *grown;

	if (count < *room)
		return true;
	grown = realloc(*array, more * size);
	if (!grown) {
		s->incomplete = true;
		return false;
	}
	*array = grown;
	*room = more;
	return true;
}

/* Count a reason; its index, or -1 without memory. */
static s32 count_reason(struct summary *s, struct reasons *r, u64 key)
{
	unsigned i = 0;

	while (i < r->count && r->of[i].key != key)
		i++;
	if (i == r->count) {
		if (!grow(s, (void **)&r->of, r->count, &r->room, sizeof(*r->of)))
			return -1;
		r->of[r->count++] = (struct reason){ .key = key };
	}
	r->of[i].count++;
	return (s32)i;
}

static struct page *page_slot(const struct pages *p, u64 ipa)
{
	u64 at = (ipa >> 12) * 0x9e3779b97f4a7c15ull >> 20;

	while (p->slot[at & (p->slots - 1)].count && p->slot[at & (p->slots - 1)].ipa != ipa)
		at++;
	return &p->slot[at & (p->slots - 1)];
}

static bool pages_grow(struct pages *p)
{
	struct pages more = { .used = p->used, .slots = p->slots ? p->slots * 2 : PAGES_FIRST };

	more.slot = calloc(more.slots, sizeof(*more.slot));
	if (!more.slot)
		return false;
	for (u64 i = 0; i < p->slots; i++)
		if (p->slot[i].count)
			*page_slot(&more, p->slot[i].ipa) = p->slot[i];
	free(p->slot);
	*p = more;
	return true;
}

static void count_page(struct summary *s, struct pages *p, u64 ipa)
{
	struct page *slot;

	if (p->used * 2 >= p->slots && !pages_grow(p)) {
		s->incomplete = true;
		return;
	}
	slot = page_slot(p, ipa);
	p->used += !slot->count;
	slot->ipa = ipa;
	slot->count++;
}

static s32 guest_of(struct summary *s, u64 vttbr)
{
	unsigned i = 0;

	while (i < s->guests && s->guest[i].vttbr != vttbr)
		i++;
	if (i == s->guests) {
		if (!grow(s, (void **)&s->guest, s->guests, &s->room, sizeof(*s->guest)))
			return NO_GUEST;
		s->guest[s->guests++] = (struct guest){ .vttbr = vttbr };
	}
	return (s32)i;
}

/* ---- where the time goes ---- */

/* What the core did since the last look, it did where it was. */
static void spend(struct summary *s, unsigned core)
{
	struct core_place *c = &s->core[core];
	struct hyp_work now = hyp_core_work(s->m, core);
	struct spent *to = &s->el[c->el][c->secure];

	if (c->guest != NO_GUEST && c->el < 2)
		to = &s->guest[c->guest].el[c->el];
	to->insns += now.insns - c->last.insns;
	to->cycles16 += now.cycles16 - c->last.cycles16;
	c->last = now;
}

static void move(struct summary *s, const struct event *e, unsigned from_el, unsigned to_el)
{
	struct core_place *c = &s->core[e->core];

	c->el = (u8)from_el; /* also right for a core that PSCI started */
	spend(s, (unsigned)e->core);
	c->el = (u8)to_el;
	c->secure = e->secure;
	if (to_el == 2)
		c->guest = NO_GUEST;
}

static unsigned kind_of(const struct ev_exc *x)
{
	static const char *const vectors[] = { [EXC_IRQ] = "irq", [EXC_FIQ] = "fiq", [EXC_SERROR] = "serror" };

	for (unsigned i = EXC_IRQ; i <= EXC_SERROR; i++)
		if (!strcmp(x->vector, vectors[i]))
			return i;
	return EXC_SYNC;
}

static void taken(struct summary *s, const struct event *e)
{
	const struct ev_exc *x = &e->exc;
	s32 guest = s->core[e->core].guest;

	move(s, e, x->from_el, x->to_el);
	if (x->crossing == CROSS_VM)
		s->core[e->core].guest = guest; /* until "vm-exit", which says why */
	if (x->crossing == CROSS_HOST)
		count_reason(s, &s->host_calls, exit_reason(kind_of(x), x->esr));
	if (x->crossing != CROSS_KERNEL)
		return;
	if (!x->has_esr)
		s->kernel_interrupts++;
	else if (bits(x->esr, 31, 26) == 0x15)
		s->kernel_calls++;
	else
		s->kernel_faults++;
}

/* ---- guests ---- */

static void entered(struct summary *s, unsigned core, u64 vttbr)
{
	struct core_place *c = &s->core[core];
	struct guest *g;

	c->guest = guest_of(s, vttbr & ~VTTBR_CNP);
	if (c->guest == NO_GUEST)
		return;
	g = &s->guest[c->guest];
	g->entries++;
	if (g->left[core].why)
		g->reasons.of[g->left[core].why - 1].cycles16 += c->last.cycles16 - g->left[core].at;
	g->left[core].why = 0;
}

static void left(struct summary *s, unsigned core, const struct ev_hyp *h)
{
	struct core_place *c = &s->core[core];
	struct guest *g = c->guest == NO_GUEST ? NULL : &s->guest[c->guest];

	c->guest = NO_GUEST;
	if (!g)
		return;
	g->exits++;
	if (h->detail[3])
		count_page(s, &g->pages, align_down(h->detail[3], 4096));
	g->left[core].why =
		(unsigned)(count_reason(s, &g->reasons, exit_reason((unsigned)h->detail[0], h->detail[1])) + 1);
	g->left[core].at = c->last.cycles16;
}

static void hypervisor(struct summary *s, const struct event *e)
{
	const struct ev_hyp *h = &e->hyp;

	if (!strcmp(h->what, "vm-entry"))
		entered(s, (unsigned)e->core, h->detail[2]);
	else if (!strcmp(h->what, "vm-exit"))
		left(s, (unsigned)e->core, h);
	else if (!strcmp(h->what, "world-switch"))
		s->world_switches++;
	else
		s->firmware_calls++;
}

static void walked(struct summary *s, const struct walk *w)
{
	s->walks++;
	s->stage2_walks += w->s2_used;
	s->walk_faults += w->fault.kind != FAULT_NONE;
}

static void on_event(void *ctx, const struct event *e)
{
	struct summary *s = ctx;

	if (e->kind == EV_SMMU) { /* a device needs no core */
		dma_summary_event(&s->dma, &e->smmu);
		return;
	}
	if (e->core < 0 || (unsigned)e->core >= s->cores)
		return;
	switch (e->kind) {
	case EV_EXC: taken(s, e); break;
	case EV_ERET: move(s, e, e->eret.from_el, e->eret.to_el); break;
	case EV_HYP: hypervisor(s, e); break;
	case EV_WALK: walked(s, e->walk); break;
	case EV_TLBI:
		s->tlbis++;
		s->tlb_dropped += e->tlbi.dropped;
		break;
	default: break;
	}
}

/* ---- beginning and end ---- */

struct summary *summary_start(struct machine *m)
{
	struct summary *s = calloc(1, sizeof(*s));
	struct hyp_core view;

	if (!s)
		return NULL;
	s->m = m;
	s->cores = hyp_core_count(m) < SUMMARY_CORES ? hyp_core_count(m) : SUMMARY_CORES;
	for (unsigned i = 0; i < s->cores; i++) {
		hyp_core_view(m, i, &view);
		s->core[i] = (struct core_place){
			.last = hyp_core_work(m, i), .el = view.el, .secure = view.secure, .guest = NO_GUEST
		};
	}
	s->observer = (struct observer){
		.mask = 1u << EV_EXC | 1u << EV_ERET | 1u << EV_HYP | 1u << EV_WALK | 1u << EV_TLBI | 1u << EV_SMMU,
		.event = on_event,
		.ctx = s,
	};
	trace_attach(hyp_tracer(m), &s->observer);
	return s;
}

void summary_end(struct summary *s, u64 cycles)
{
	trace_detach(hyp_tracer(s->m), &s->observer);
	for (unsigned i = 0; i < s->cores; i++)
		spend(s, i);
	dma_summary_end(&s->dma, s->m);
	s->incomplete |= s->dma.incomplete;
	s->cycles = cycles;
	s->m = NULL;
}

void summary_free(struct summary *s)
{
	for (unsigned i = 0; i < s->guests; i++) {
		free(s->guest[i].reasons.of);
		free(s->guest[i].pages.slot);
	}
	free(s->guest);
	free(s->host_calls.of);
	dma_summary_free(&s->dma);
	free(s);
}
