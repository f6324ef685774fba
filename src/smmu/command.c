/* The command queue (IHI 0070, chapter 4). A command in error stops the queue until software acknowledges GERROR. */
#include "smmu/smmu.h"

#include "base/bits.h"

enum { CR0_CMDQEN = 8, GERROR_CMDQ_ERR = 1 };
enum cerror { CERROR_NONE, CERROR_ILL, CERROR_ABT };

enum opcode {
	CMD_PREFETCH_CONFIG = 0x01,
	CMD_PREFETCH_ADDR = 0x02,
	CMD_CFGI_STE = 0x03,
	CMD_CFGI_STE_RANGE = 0x04,
	CMD_CFGI_CD = 0x05,
	CMD_CFGI_CD_ALL = 0x06,
	CMD_TLBI_NH_ALL = 0x10,
	CMD_TLBI_NH_ASID = 0x11,
	CMD_TLBI_NH_VA = 0x12,
	CMD_TLBI_NH_VAA = 0x13,
	CMD_TLBI_EL2_ALL = 0x20,
	CMD_TLBI_EL2_ASID = 0x21,
	CMD_TLBI_EL2_VA = 0x22,
	CMD_TLBI_EL2_VAA = 0x23,
	CMD_TLBI_S12_VMALL = 0x28,
	CMD_TLBI_S2_IPA = 0x2a,
	CMD_TLBI_NSNH_ALL = 0x30,
	CMD_RESUME = 0x44,
	CMD_STALL_TERM = 0x45,
	CMD_SYNC = 0x46,
};

struct command {
	u64 w[2];
};

/* ---- configuration ---- */

static enum cerror cfgi_stream(struct smmu *s, const struct command *c)
{
	smmu_forget_streams(s, (u32)(c->w[0] >> 32), 1);
	return CERROR_NONE;
}

static enum cerror cfgi_range(struct smmu *s, const struct command *c)
{
	unsigned range = (unsigned)bits(c->w[1], 4, 0);
	u32 first = (u32)(c->w[0] >> 32);

	smmu_forget_streams(s, (u32)(first & ~ones(range + 1)), 1ull << (range + 1));
	return CERROR_NONE;
}

/* ---- TLB ---- */

/* Range fields: TG = 0 means one address; else NUM, SCALE, TTL as for the CPU's range TLBI (4.4.1.1). */
static void address_range(const struct command *c, struct tlbi_scope *t)
{
	unsigned tg = (unsigned)bits(c->w[1], 11, 10), ttl = (unsigned)bits(c->w[1], 9, 8);
	u64 at = c->w[1] & ~0xfffull;
	u64 pages = (bits(c->w[0], 16, 12) + 1) << bits(c->w[0], 24, 20);
	unsigned log2 = tg == 3 ? 16 : tg == 2 ? 14 : 12;

	t->last_level = bit(c->w[1], 0);
	t->ttl_level = -1;
	if (tg == 0) {
		t->start = at;
		t->end = at + 4096;
		return;
	}
	t->start = at & ~ones(log2);
	t->end = t->start + (pages << log2);
	if (ttl && pages == 1) {
		t->ttl_level = (s8)ttl;
		t->ttl_granule = tg == 3 ? GRANULE_64K : tg == 2 ? GRANULE_16K : GRANULE_4K;
	}
}

static enum cerror invalidate(struct smmu *s, const struct command *c, enum tlbi_op op, enum regime_id regime,
			      const char *name)
{
	struct tlbi_scope t = { .op = op,
				.regime = (u8)regime,
				.vmid = (u16)bits(c->w[0], 47, 32),
				.asid = (u16)bits(c->w[0], 63, 48),
				.ttl_level = -1,
				.name = name };
	struct event e = { .kind = EV_TLBI };

	if (op == TLBI_VA || op == TLBI_VAA || op == TLBI_IPA)
		address_range(c, &t);
	e.tlbi = (struct ev_tlbi){ .name = name, .value = c->w[1], .dropped = tlb_invalidate(s->tlb, &t) };
	if (s->trace && trace_wants(s->trace, EV_TLBI))
		trace_emit(s->trace, &e);
	return CERROR_NONE;
}

/* ---- stalls and synchronisation ---- */

static void end_stall(struct smmu *s, unsigned stag, bool retry)
{
	struct dma_client client = s->client[stag];

	s->stall[stag].used = false;
	s->client[stag] = (struct dma_client){ 0 };
	if (client.resumed)
		client.resumed(client.ctx, retry);
}

/* A STAG that does not match its stream has no effect (4.6.1). Ac: retry, else the transaction is terminated. */
static enum cerror resume(struct smmu *s, const struct command *c)
{
	u64 stag = bits(c->w[1], 15, 0);

	if (stag < SMMU_STALLS && s->stall[stag].used && s->stall[stag].stream == (u32)(c->w[0] >> 32))
		end_stall(s, (unsigned)stag, bit(c->w[0], 12));
	return CERROR_NONE;
}

static enum cerror stall_term(struct smmu *s, const struct command *c)
{
	for (unsigned i = 0; i < SMMU_STALLS; i++)
		if (s->stall[i].used && s->stall[i].stream == (u32)(c->w[0] >> 32))
			end_stall(s, i, false);
	return CERROR_NONE;
}

/* Everything before it is complete already: only the signal is left. MSIs are not advertised. */
static enum cerror sync(struct smmu *s, const struct command *c)
{
	u64 cs = bits(c->w[0], 13, 12);

	if (cs == 1) {
		line_set(&s->line[SMMU_LINE_SYNC], true);
		line_set(&s->line[SMMU_LINE_SYNC], false);
	} else if (cs == 2 && s->send_event) {
		s->send_event(s->send_event_ctx);
	}
	return cs == 3 ? CERROR_ILL : CERROR_NONE;
}

/* ---- the queue ---- */

#define COMMANDS(F)                                                                                                    \
	F(CMD_PREFETCH_CONFIG, "PREFETCH_CONFIG", CERROR_NONE)                                                         \
	F(CMD_PREFETCH_ADDR, "PREFETCH_ADDR", CERROR_NONE)                                                             \
	F(CMD_CFGI_STE, "CFGI_STE", cfgi_stream(s, c))                                                                 \
	F(CMD_CFGI_STE_RANGE, "CFGI_STE_RANGE", cfgi_range(s, c))                                                      \
	F(CMD_CFGI_CD, "CFGI_CD", cfgi_stream(s, c))                                                                   \
	F(CMD_CFGI_CD_ALL, "CFGI_CD_ALL", cfgi_stream(s, c))                                                           \
	F(CMD_TLBI_NH_ALL, "TLBI_NH_ALL", invalidate(s, c, TLBI_VMALL, REGIME_EL10, "NH_ALL"))                         \
	F(CMD_TLBI_NH_ASID, "TLBI_NH_ASID", invalidate(s, c, TLBI_ASID, REGIME_EL10, "NH_ASID"))                       \
	F(CMD_TLBI_NH_VA, "TLBI_NH_VA", invalidate(s, c, TLBI_VA, REGIME_EL10, "NH_VA"))                               \
	F(CMD_TLBI_NH_VAA, "TLBI_NH_VAA", invalidate(s, c, TLBI_VAA, REGIME_EL10, "NH_VAA"))                           \
	F(CMD_TLBI_EL2_ALL, "TLBI_EL2_ALL", invalidate(s, c, TLBI_ALL, REGIME_EL2, "EL2_ALL"))                         \
	F(CMD_TLBI_EL2_ASID, "TLBI_EL2_ASID", invalidate(s, c, TLBI_ALL, REGIME_EL2, "EL2_ASID"))                      \
	F(CMD_TLBI_EL2_VA, "TLBI_EL2_VA", invalidate(s, c, TLBI_VAA, REGIME_EL2, "EL2_VA"))                            \
	F(CMD_TLBI_EL2_VAA, "TLBI_EL2_VAA", invalidate(s, c, TLBI_VAA, REGIME_EL2, "EL2_VAA"))                         \
	F(CMD_TLBI_S12_VMALL, "TLBI_S12_VMALL", invalidate(s, c, TLBI_VMALLS12, REGIME_EL10, "S12_VMALL"))             \
	F(CMD_TLBI_S2_IPA, "TLBI_S2_IPA", invalidate(s, c, TLBI_IPA, REGIME_EL10, "S2_IPA"))                           \
	F(CMD_TLBI_NSNH_ALL, "TLBI_NSNH_ALL", invalidate(s, c, TLBI_ALL, REGIME_EL10, "NSNH_ALL"))                     \
	F(CMD_RESUME, "RESUME", resume(s, c))                                                                          \
	F(CMD_STALL_TERM, "STALL_TERM", stall_term(s, c))                                                              \
	F(CMD_SYNC, "SYNC", sync(s, c))

static enum cerror execute(struct smmu *s, const struct command *c)
{
	switch (bits(c->w[0], 7, 0)) {
#define CASE(code, name, action)                                                                                       \
	case code: smmu_trace(s, SMMU_COMMAND, name, (u32)(c->w[0] >> 32), 0, 0, false, c->w, 2); return action;
		COMMANDS(CASE)
	default: return CERROR_ILL;
	}
}

static bool fetch_command(struct smmu *s, struct command *c)
{
	unsigned log2size = (unsigned)bits(s->r.cmdq_base, 4, 0);
	u64 base, at;

	log2size = log2size > 19 ? 19 : log2size;
	base = s->r.cmdq_base & ones(52) & ~ones(log2size + 4 > 5 ? log2size + 4 : 5);
	at = base + 16 * (s->r.cmdq_cons & ones(log2size));
	for (unsigned i = 0; i < 2; i++)
		if (bus_dma_read(s->bus, (pa_t){ at + 8 * i, true }, 8, 0, &c->w[i]) != BUS_OK)
			return false;
	return true;
}

static bool is_stopped(const struct smmu *s)
{
	return !(s->r.cr0 & CR0_CMDQEN) || ((s->r.gerror ^ s->r.gerrorn) & GERROR_CMDQ_ERR);
}

void smmu_run_commands(struct smmu *s)
{
	unsigned log2size = (unsigned)bits(s->r.cmdq_base, 4, 0);
	u32 mask = (u32)ones((log2size > 19 ? 19 : log2size) + 1);
	struct command c;
	enum cerror error;

	smmu_update_lines(s);
	/* A queue is at most its size long, whatever the indexes say: at most 2^(n+1) steps. */
	while (!is_stopped(s) && ((s->r.cmdq_prod ^ s->r.cmdq_cons) & mask)) {
		error = fetch_command(s, &c) ? execute(s, &c) : CERROR_ABT;
		if (error != CERROR_NONE) {
			s->r.cmdq_cons = (s->r.cmdq_cons & mask) | (u32)error << 24;
			smmu_raise_gerror(s, GERROR_CMDQ_ERR);
			return;
		}
		s->r.cmdq_cons = (s->r.cmdq_cons + 1) & mask;
	}
}
