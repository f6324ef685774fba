/* The command queue (IHI 0070, chapter 4). A command in error stops the queue until software acknowledges GERROR. */
#include "smmu/internal.h"

enum cerror { CERROR_NONE, CERROR_ILL, CERROR_ABT, CERROR_ATC_INV_SYNC };

enum opcode {
	CMD_PREFETCH_CONFIG = 0x01,
	CMD_PREFETCH_ADDR = 0x02,
	CMD_CFGI_STE = 0x03,
	CMD_CFGI_STE_RANGE = 0x04,
	CMD_CFGI_CD = 0x05,
	CMD_CFGI_CD_ALL = 0x06,
	CMD_TLBI_FIRST = 0x10, /* tlbi.c knows which of these there are */
	CMD_TLBI_LAST = 0x3f,
	CMD_ATC_INV = 0x40,
	CMD_PRI_RESP = 0x41,
	CMD_RESUME = 0x44,
	CMD_STALL_TERM = 0x45,
	CMD_SYNC = 0x46,
};

/* ---- prefetch (4.2): silent whatever comes of it ---- */

static bool find_path(struct smmu *s, const u64 *w, struct smmu_path *p)
{
	*p = (struct smmu_path){ .stream = CMD_STREAM(w), .has_ssid = CMD_SSV(w), .ssid = CMD_SUBSTREAM(w) };
	return (s->r.cr0 & CR0_SMMUEN) && smmu_find_ste(s, p) && (STE_CONFIG(p->ste->word) & CONFIG_PASSES) &&
	       smmu_find_context(s, p);
}

static enum cerror prefetch_config(struct smmu *s, const u64 *w)
{
	struct smmu_path p;

	find_path(s, w, &p);
	return CERROR_NONE;
}

/* One translation is enough of a hint. */
static enum cerror prefetch_address(struct smmu *s, const u64 *w)
{
	struct mmu_access a = { .va = CMD_ADDRESS(w), .kind = ACCESS_READ, .privileged = true };
	struct translation t;
	struct smmu_path p;
	struct fault f;

	if (find_path(s, w, &p) && p.regime)
		mmu_translate(s->tlb, p.regime, &a, &s->memory, &t, &f);
	return CERROR_NONE;
}

/* ---- configuration (4.3) ---- */

static enum cerror cfgi_ste(struct smmu *s, const u64 *w)
{
	smmu_forget_streams(s, CMD_STREAM(w), 1);
	return CERROR_NONE;
}

static enum cerror cfgi_range(struct smmu *s, const u64 *w)
{
	unsigned log2 = CMD_RANGE(w) + 1;

	smmu_forget_streams(s, CMD_STREAM(w) & ~(u32)ones(log2), 1ull << log2);
	return CERROR_NONE;
}

static enum cerror cfgi_cd(struct smmu *s, const u64 *w)
{
	smmu_forget_cds(s, CMD_STREAM(w), CMD_OPCODE(w) == CMD_CFGI_CD_ALL, CMD_SUBSTREAM(w));
	return CERROR_NONE;
}

/* ---- ATS and PRI (4.5): nothing while the SMMU is off ---- */

static enum cerror atc_inv(struct smmu *s, const u64 *w)
{
	unsigned log2 = CMD_ATC_SIZE(w) + 12;
	u64 first = CMD_ADDRESS(w) & ~ones(log2);
	struct dma_invalidation what = { .has_ssid = CMD_SSV(w),
					 .ssid = CMD_SUBSTREAM(w),
					 .global = CMD_SSV(w) && CMD_GLOBAL(w),
					 .address = first,
					 .last = first | ones(log2) };
	const struct dma_client *client = smmu_client(s, CMD_STREAM(w));

	if (!(s->r.cr0 & CR0_SMMUEN) || !client || !client->invalidate)
		return CERROR_NONE;
	if (!client->invalidate(client->ctx, &what))
		s->r.atc_lost = 1;
	return CERROR_NONE;
}

static enum cerror pri_resp(struct smmu *s, const u64 *w)
{
	static const u8 codes[3] = { DMA_PAGE_FAILURE, DMA_PAGE_INVALID, DMA_PAGE_SUCCESS };
	const struct dma_client *client = smmu_client(s, CMD_STREAM(w));

	if (CMD_RESP(w) == 3)
		return CERROR_ILL;
	if ((s->r.cr0 & CR0_SMMUEN) && client && client->page_response)
		client->page_response(client->ctx, CMD_PRG_INDEX(w), (enum dma_page_response)codes[CMD_RESP(w)]);
	return CERROR_NONE;
}

/* ---- stalls and synchronisation (4.7) ---- */

/* A STAG that is not its stream's has no effect. */
static enum cerror resume(struct smmu *s, const u64 *w)
{
	unsigned stag = CMD_STAG(w);

	if (stag < SMMU_STALLS && s->stall[stag].used && s->stall[stag].stream == CMD_STREAM(w))
		smmu_end_stall(s, stag, CMD_RETRY(w) ? DMA_RETRY : CMD_ABORT(w) ? DMA_TERMINATED : DMA_IGNORED);
	return CERROR_NONE;
}

static enum cerror stall_term(struct smmu *s, const u64 *w)
{
	smmu_end_stalls(s, CMD_STREAM(w), false);
	return CERROR_NONE;
}

/* The wire pulses whether or not there is a message. */
static void signal_sync(struct smmu *s, const u64 *w)
{
	u64 address = CMD_MSI_ADDRESS(w);

	if (address && !smmu_send_msi(s, address, CMD_MSI_DATA(w)))
		smmu_raise_gerror(s, GERROR_MSI_CMDQ_ABT);
	line_set(&s->line[SMMU_LINE_SYNC], true);
	line_set(&s->line[SMMU_LINE_SYNC], false);
}

/* Everything before it is complete already, but for ATC invalidations that were never answered. */
static enum cerror sync(struct smmu *s, const u64 *w)
{
	if (CMD_CS(w) == 3)
		return CERROR_ILL;
	if (s->r.atc_lost) {
		s->r.atc_lost = 0;
		return CERROR_ATC_INV_SYNC;
	}
	return CERROR_NONE;
}

/* ---- the queue ---- */

static const struct command {
	u8 opcode;
	bool has_ssec; /* names a stream, which must be a Non-secure one */
	const char *name;
	enum cerror (*run)(struct smmu *s, const u64 *w);
} commands[] = {
	{ CMD_PREFETCH_CONFIG, true, "PREFETCH_CONFIG", prefetch_config },
	{ CMD_PREFETCH_ADDR, true, "PREFETCH_ADDR", prefetch_address },
	{ CMD_CFGI_STE, true, "CFGI_STE", cfgi_ste },
	{ CMD_CFGI_STE_RANGE, true, "CFGI_STE_RANGE", cfgi_range },
	{ CMD_CFGI_CD, true, "CFGI_CD", cfgi_cd },
	{ CMD_CFGI_CD_ALL, true, "CFGI_CD_ALL", cfgi_cd },
	{ CMD_ATC_INV, false, "ATC_INV", atc_inv },
	{ CMD_PRI_RESP, false, "PRI_RESP", pri_resp },
	{ CMD_RESUME, true, "RESUME", resume },
	{ CMD_STALL_TERM, true, "STALL_TERM", stall_term },
	{ CMD_SYNC, false, "SYNC", sync },
};

static const struct command *find_command(unsigned opcode)
{
	for (unsigned i = 0; i < ARRAY_SIZE(commands); i++)
		if (commands[i].opcode == opcode)
			return &commands[i];
	return NULL;
}

const char *smmu_command_name(unsigned opcode)
{
	const struct command *c = find_command(opcode);

	if (opcode >= CMD_TLBI_FIRST && opcode <= CMD_TLBI_LAST)
		return smmu_tlbi_name(opcode);
	return c ? c->name : "illegal";
}

static enum cerror execute(struct smmu *s, const u64 *w)
{
	unsigned opcode = CMD_OPCODE(w);
	const struct command *c = find_command(opcode);

	if (opcode >= CMD_TLBI_FIRST && opcode <= CMD_TLBI_LAST)
		return smmu_tlbi(s, w) ? CERROR_NONE : CERROR_ILL;
	smmu_trace(s, SMMU_COMMAND, smmu_command_name(opcode), CMD_STREAM(w), 0, 0, false, w, 2);
	if (!c)
		return CERROR_ILL;
	return c->has_ssec && CMD_SSEC(w) ? CERROR_ILL : c->run(s, w);
}

static bool is_stopped(const struct smmu *s)
{
	return !(s->r.cr0 & CR0_CMDQEN) || smmu_gerror_is_active(s, GERROR_CMDQ);
}

/* One command; false: it is in error. Signals of CMD_SYNC come when it has been consumed. */
static bool consume(struct smmu *s, const struct smmu_queue *q)
{
	u32 mask = (u32)ones(smmu_queue_log2(q->base) + 1);
	enum cerror error;
	u64 w[2];

	error = bus_copy_out(s->bus, (pa_t){ smmu_queue_entry(s, q, *q->cons), true }, w, 16) ? execute(s, w)
											      : CERROR_ABT;
	if (error != CERROR_NONE) {
		*q->cons = (*q->cons & mask) | (u32)error << 24;
		smmu_raise_gerror(s, GERROR_CMDQ);
		return false;
	}
	*q->cons = (*q->cons + 1) & mask;
	if (CMD_OPCODE(w) == CMD_SYNC && CMD_CS(w) == 1)
		signal_sync(s, w);
	else if (CMD_OPCODE(w) == CMD_SYNC && CMD_CS(w) == 2 && s->send_event)
		s->send_event(s->send_event_ctx);
	return true;
}

/* A queue is at most its size long, whatever the indexes say: at most 2^(n+1) steps. */
void smmu_run_commands(struct smmu *s)
{
	struct smmu_queue q = { s->r.cmdq_base, &s->r.cmdq_prod, &s->r.cmdq_cons, 4 };

	while (!is_stopped(s) && !smmu_queue_is_empty(&q) && consume(s, &q))
		;
}
