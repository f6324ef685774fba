/* A summary as text and as JSON. */
#include <stdlib.h>

#include "base/bits.h"
#include "debug/exit_reason.h"
#include "debug/summary_data.h"

#define PAGES_SHOWN 8
/* A page of RAM is faulted in once or twice; one that goes on faulting is a device, or the hypervisor's subject. */
#define PAGE_OFTEN 4

typedef unsigned long long ull;

static u64 cycles(u64 sixteenths)
{
	return sixteenths >> 4;
}

static ull vmid_of(const struct guest *g)
{
	return (ull)(g->vttbr >> 48);
}

static ull table_of(const struct guest *g)
{
	return (ull)(g->vttbr & 0xfffffffffffeull);
}

static int by_count(const void *a, const void *b)
{
	const struct reason *x = a, *y = b;

	if (x->count != y->count)
		return x->count < y->count ? 1 : -1;
	return x->key < y->key ? -1 : x->key > y->key;
}

static int by_page_count(const void *a, const void *b)
{
	const struct page *x = a, *y = b;

	if (x->count != y->count)
		return x->count < y->count ? 1 : -1;
	return x->ipa < y->ipa ? -1 : x->ipa > y->ipa;
}

/* The pages that faulted most, at most PAGES_SHOWN; how many. */
static unsigned frequent_pages(const struct pages *p, struct page out[PAGES_SHOWN + 1])
{
	unsigned n = 0;

	for (u64 i = 0; i < p->slots; i++) {
		if (p->slot[i].count < PAGE_OFTEN)
			continue;
		out[n++] = p->slot[i];
		qsort(out, n, sizeof(*out), by_page_count);
		if (n > PAGES_SHOWN)
			n = PAGES_SHOWN;
	}
	return n;
}

static struct spent total_of(const struct summary *s)
{
	struct spent all = { 0 };

	for (unsigned el = 0; el < 4; el++)
		for (unsigned secure = 0; secure < 2; secure++) {
			all.insns += s->el[el][secure].insns;
			all.cycles16 += s->el[el][secure].cycles16;
		}
	for (unsigned i = 0; i < s->guests; i++)
		for (unsigned el = 0; el < 2; el++) {
			all.insns += s->guest[i].el[el].insns;
			all.cycles16 += s->guest[i].el[el].cycles16;
		}
	return all;
}

/* ---- text ---- */

static void row(FILE *out, const char *world, unsigned el, bool secure, const struct spent *x, u64 all)
{
	if (!x->insns && !x->cycles16)
		return;
	fprintf(out, "  %-24s EL%u%c %16llu cycles %5.1f%% %16llu instructions\n", world, el, secure ? 's' : ' ',
		(ull)cycles(x->cycles16), all ? 100.0 * (double)x->cycles16 / (double)all : 0.0, (ull)x->insns);
}

static void guest_name(char name[64], const struct guest *g)
{
	snprintf(name, 64, "VMID %llu at 0x%llx", vmid_of(g), table_of(g));
}

static void time_text(FILE *out, const struct summary *s)
{
	struct spent all = total_of(s);
	u64 passed = s->cycles * s->cores, busy = cycles(all.cycles16);
	char name[64];

	fprintf(out, "time of %u core%s:\n", s->cores, s->cores == 1 ? "" : "s");
	for (unsigned el = 0; el < 4; el++)
		for (unsigned secure = 0; secure < 2; secure++)
			row(out, "no guest", el, secure, &s->el[el][secure], all.cycles16);
	for (unsigned i = 0; i < s->guests; i++)
		for (unsigned el = 0; el < 2; el++) {
			guest_name(name, &s->guest[i]);
			row(out, name, el, false, &s->guest[i].el[el], all.cycles16);
		}
	fprintf(out, "  %-24s     %16llu cycles\n", "waiting, or off", (ull)(passed > busy ? passed - busy : 0));
}

static void reasons_text(FILE *out, const struct reasons *r, bool with_cost)
{
	for (unsigned i = 0; i < r->count; i++) {
		fprintf(out, "  %12llu  ", (ull)r->of[i].count);
		if (with_cost)
			fprintf(out, "%8llu  ", (ull)(cycles(r->of[i].cycles16) / r->of[i].count));
		exit_reason_words(out, r->of[i].key);
		fputc('\n', out);
	}
}

static void guest_text(FILE *out, const struct guest *g)
{
	struct page page[PAGES_SHOWN + 1];
	unsigned n = frequent_pages(&g->pages, page);

	fprintf(out, "VMID %llu, stage-2 table 0x%llx: %llu entries, %llu exits", vmid_of(g), table_of(g),
		(ull)g->entries, (ull)g->exits);
	fputs(g->exits ? "; times, cycles until it went on, reason:\n" : "\n", out);
	reasons_text(out, &g->reasons, true);
	if (g->pages.used)
		fprintf(out, "  %llu IPA page%s aborted at stage 2", (ull)g->pages.used, g->pages.used == 1 ? "" : "s");
	for (unsigned i = 0; i < n; i++)
		fprintf(out, "%s 0x%llx (%llu)", i ? "," : "; most often", (ull)page[i].ipa, (ull)page[i].count);
	if (g->pages.used)
		fputc('\n', out);
}

static void sort(const struct summary *s)
{
	for (unsigned i = 0; i < s->guests; i++)
		if (s->guest[i].reasons.count)
			qsort(s->guest[i].reasons.of, s->guest[i].reasons.count, sizeof(struct reason), by_count);
	if (s->host_calls.count)
		qsort(s->host_calls.of, s->host_calls.count, sizeof(struct reason), by_count);
}

void summary_text(FILE *out, const struct summary *s)
{
	sort(s);
	time_text(out, s);
	for (unsigned i = 0; i < s->guests; i++)
		guest_text(out, &s->guest[i]);
	if (s->host_calls.count) {
		fputs("to EL2 from EL1 and EL0 without stage 2:\n", out);
		reasons_text(out, &s->host_calls, false);
	}
	fprintf(out, "EL0 to its kernel: %llu system calls, %llu faults and traps, %llu interrupts\n",
		(ull)s->kernel_calls, (ull)s->kernel_faults, (ull)s->kernel_interrupts);
	fprintf(out, "%llu world switches (VTTBR_EL2), %llu firmware calls\n", (ull)s->world_switches,
		(ull)s->firmware_calls);
	fprintf(out,
		"TLB: %llu walks, of which %llu through stage 2, %llu ended in a fault; %llu TLBI dropped %llu "
		"entries\n",
		(ull)s->walks, (ull)s->stage2_walks, (ull)s->walk_faults, (ull)s->tlbis, (ull)s->tlb_dropped);
	dma_summary_text(out, &s->dma);
	if (s->incomplete)
		fputs("memory ran out: some counts are too low\n", out);
}

/* ---- JSON ---- */

static void row_json(FILE *out, bool *first, const struct guest *g, unsigned el, bool secure, const struct spent *x)
{
	if (!x->insns && !x->cycles16)
		return;
	fprintf(out, "%s{\"el\":%u,\"secure\":%s,", *first ? "" : ",", el, secure ? "true" : "false");
	if (g)
		fprintf(out, "\"vmid\":%llu,\"table\":\"0x%llx\",", vmid_of(g), table_of(g));
	fprintf(out, "\"cycles\":%llu,\"insns\":%llu}", (ull)cycles(x->cycles16), (ull)x->insns);
	*first = false;
}

static void time_json(FILE *out, const struct summary *s)
{
	bool first = true;

	fputs("\"time\":[", out);
	for (unsigned el = 0; el < 4; el++)
		for (unsigned secure = 0; secure < 2; secure++)
			row_json(out, &first, NULL, el, secure, &s->el[el][secure]);
	for (unsigned i = 0; i < s->guests; i++)
		for (unsigned el = 0; el < 2; el++)
			row_json(out, &first, &s->guest[i], el, false, &s->guest[i].el[el]);
	fputs("]", out);
}

static void reasons_json(FILE *out, const struct reasons *r)
{
	fputc('[', out);
	for (unsigned i = 0; i < r->count; i++) {
		fprintf(out, "%s{\"reason\":\"", i ? "," : "");
		exit_reason_words(out, r->of[i].key);
		fprintf(out, "\",\"count\":%llu,\"cycles\":%llu}", (ull)r->of[i].count, (ull)cycles(r->of[i].cycles16));
	}
	fputc(']', out);
}

static void guest_json(FILE *out, const struct guest *g)
{
	struct page page[PAGES_SHOWN + 1];
	unsigned n = frequent_pages(&g->pages, page);

	fprintf(out, "{\"vmid\":%llu,\"table\":\"0x%llx\",\"entries\":%llu,\"exits\":%llu,\"reasons\":", vmid_of(g),
		table_of(g), (ull)g->entries, (ull)g->exits);
	reasons_json(out, &g->reasons);
	fprintf(out, ",\"stage2_abort_pages\":%llu,\"pages\":[", (ull)g->pages.used);
	for (unsigned i = 0; i < n; i++)
		fprintf(out, "%s{\"ipa\":\"0x%llx\",\"count\":%llu}", i ? "," : "", (ull)page[i].ipa,
			(ull)page[i].count);
	fputs("]}", out);
}

void summary_json(FILE *out, const struct summary *s)
{
	sort(s);
	fputc('{', out);
	time_json(out, s);
	fputs(",\"guests\":[", out);
	for (unsigned i = 0; i < s->guests; i++) {
		if (i)
			fputc(',', out);
		guest_json(out, &s->guest[i]);
	}
	fputs("],\"host_calls\":", out);
	reasons_json(out, &s->host_calls);
	fprintf(out,
		",\"system_calls\":%llu,\"el0_faults\":%llu,\"el0_interrupts\":%llu,\"world_switches\":%llu,"
		"\"firmware_calls\":%llu",
		(ull)s->kernel_calls, (ull)s->kernel_faults, (ull)s->kernel_interrupts, (ull)s->world_switches,
		(ull)s->firmware_calls);
	fputs(",\"dma\":", out);
	dma_summary_json(out, &s->dma);
	fprintf(out,
		",\"walks\":%llu,\"stage2_walks\":%llu,\"walk_faults\":%llu,\"tlbis\":%llu,\"tlb_dropped\":%llu,"
		"\"complete\":%s}",
		(ull)s->walks, (ull)s->stage2_walks, (ull)s->walk_faults, (ull)s->tlbis, (ull)s->tlb_dropped,
		s->incomplete ? "false" : "true");
}
