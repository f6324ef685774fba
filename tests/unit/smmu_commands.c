/* Registers, the command queue, errors, interrupts by wire and by message. */
#include "smmu_rig.h"

enum { ILL = 1, ABT = 2, ATC = 3 };

/* ---- registers ---- */

static const struct locked {
	const char *name;
	u32 at;
	u8 size;
	u64 value, reads; /* what is written, what is kept when it may be */
	u32 on;		  /* in CR0, or 0x100 and more: in IRQ_CTRL, shifted: locked */
} lockeds[] = {
	{ "CR2", 0x2c, 4, ~0ull, 7, 1 },
	{ "STRTAB_BASE", 0x80, 8, ~0ull, 0x400fffffffffffc0, 1 },
	{ "STRTAB_BASE_CFG", 0x88, 4, ~0ull, 0x307ff, 1 },
	{ "CMDQ_BASE", 0x90, 8, ~0ull, 0x400fffffffffffff, 8 },
	{ "CMDQ_CONS", 0x9c, 4, 0xfffff, 0xfffff, 8 },
	{ "EVENTQ_BASE", 0xa0, 8, ~0ull, 0x400fffffffffffff, 4 },
	{ "EVENTQ_PROD", 0x100a8, 4, ~0ull, 0x800fffff, 4 },
	{ "PRIQ_BASE", 0xc0, 8, ~0ull, 0x400fffffffffffff, 2 },
	{ "PRIQ_PROD", 0x100c8, 4, ~0ull, 0x800fffff, 2 },
	{ "GERROR_IRQ_CFG0", 0x68, 8, ~0ull, 0xffffffffffffc, 0x100 },
	{ "GERROR_IRQ_CFG1", 0x70, 4, ~0ull, 0xffffffff, 0x100 },
	{ "GERROR_IRQ_CFG2", 0x74, 4, ~0ull, 0x3f, 0x100 },
	{ "PRIQ_IRQ_CFG0", 0xd0, 8, ~0ull, 0xffffffffffffc, 0x200 },
	{ "PRIQ_IRQ_CFG2", 0xdc, 4, ~0ull, 0x8000003f, 0x200 },
	{ "EVENTQ_IRQ_CFG0", 0xb0, 8, ~0ull, 0xffffffffffffc, 0x400 },
	{ "EVENTQ_IRQ_CFG1", 0xb8, 4, ~0ull, 0xffffffff, 0x400 },
};

/* Written while its function is off, ignored while it is on. */
START_TEST(guarded)
{
	const struct locked *l = &lockeds[_i];
	u32 cr0 = ALL_ON & ~l->on, irq = 7 & ~(l->on >> 8);
	u64 before = get(l->at, l->size);

	reg(l->at, l->size, l->value);
	ck_assert_msg(get(l->at, l->size) == before, "%s: written while on", l->name);
	reg(0x20, 4, l->on < 0x100 ? cr0 : ALL_ON);
	reg(0x50, 4, irq);
	reg(l->at, l->size, l->value);
	ck_assert_msg(get(l->at, l->size) == l->reads, "%s: %llx", l->name, (unsigned long long)get(l->at, l->size));
}
END_TEST

START_TEST(identification)
{
	u32 idr0 = (u32)get(0, 4), idr1 = (u32)get(4, 4);

	ck_assert_uint_eq(idr0 >> 2 & 3, 2);   /* VMSAv8-64 */
	ck_assert_uint_eq(idr0 >> 6 & 3, 2);   /* HTTU */
	ck_assert_uint_eq(idr0 & 0xf, 0xb);    /* both stages */
	ck_assert_uint_eq(idr1 & 0x3f, 16);    /* SIDSIZE */
	ck_assert_uint_eq(idr1 >> 6 & 31, 20); /* SSIDSIZE */
	ck_assert_uint_eq(get(0x1c, 4), 2);
	ck_assert_uint_eq(get(0x14, 4) & 7, 5);
	smmu_set_pa_bits(&rig->smmu, 52);
	ck_assert_uint_eq(get(0x14, 4) & 0xc07, 6 | 1 << 10);
	smmu_set_pa_bits(&rig->smmu, 44);
	ck_assert_uint_eq(get(0x14, 4) & 0xc07, 4);
	reg(0, 4, 0);
	ck_assert_uint_eq(get(0, 4), idr0);
	ck_assert_uint_eq(get(0, 8), idr0 | (u64)idr1 << 32);
	ck_assert_uint_eq(get(0x8000, 4), 0); /* S_IDR0: there is no Secure interface */
	reg(0x803c, 4, ~0u);
	ck_assert_uint_eq(get(0x803c, 4), 0);
}
END_TEST

START_TEST(cr0_and_gbpa)
{
	reg(0x20, 4, ~0u);
	ck_assert_uint_eq(get(0x20, 4), 0x1df);
	ck_assert_uint_eq(get(0x24, 4), 0x1df); /* CR0ACK */
	reg(0x24, 4, 0);
	ck_assert_uint_eq(get(0x24, 4), 0x1df);
	reg(0x44, 4, 1 << 20); /* without Update */
	ck_assert_uint_eq(get(0x44, 4), 1 << 12);
	reg(0x44, 4, 1u << 31 | 1 << 20);
	ck_assert_uint_eq(get(0x44, 4), 1 << 20);
	reg(0x28, 4, 0xfff); /* CR1 is locked as the tables and the queues are on */
	ck_assert_uint_eq(get(0x28, 4), 0);
	reg(0x20, 4, 1);
	reg(0x28, 4, 0xfff);
	ck_assert_uint_eq(get(0x28, 4), 0x3f);
	reg(0x20, 4, 0);
	reg(0x28, 4, 0xfff);
	ck_assert_uint_eq(get(0x28, 4), 0xfff);
	ck_assert_int_eq(smmu_bus_ops.write(&rig->smmu, &(struct bus_access){ .offset = 0x20, .size = 2 }, 0),
			 BUS_SLVERR);
}
END_TEST

/* ---- commands in error ---- */

static const struct illegal {
	const char *name;
	u64 w0, w1;
	u8 error;
} illegals[] = {
	{ "opcode 0", 0, 0, ILL },
	{ "opcode 0x08", 0x08, 0, ILL },
	{ "opcode 0x7f", 0x7f, 0, ILL },
	{ "opcode 0xff", 0xff, 0, ILL },
	{ "CFGI_VMS_PIDM", 0x07, 0, ILL },
	{ "TLBI_EL3_ALL", 0x18, 0, ILL },
	{ "TLBI_EL3_VA", 0x1a, 0, ILL },
	{ "reserved TLBI", 0x14, 0, ILL },
	{ "reserved TLBI", 0x3f, 0, ILL },
	{ "TLBI_S_EL2_ALL", 0x50, 0, ILL },
	{ "TLBI_SNH_ALL", 0x60, 0, ILL },
	{ "DPTI_ALL", 0x70, 0, ILL },
	{ "PREFETCH_CONFIG, Secure", 0x01 | 1 << 10, 0, ILL },
	{ "PREFETCH_ADDR, Secure", 0x02 | 1 << 10, 0, ILL },
	{ "CFGI_STE, Secure", 0x03 | 1 << 10, 0, ILL },
	{ "CFGI_STE_RANGE, Secure", 0x04 | 1 << 10, 0, ILL },
	{ "CFGI_CD, Secure", 0x05 | 1 << 10, 0, ILL },
	{ "CFGI_CD_ALL, Secure", 0x06 | 1 << 10, 0, ILL },
	{ "RESUME, Secure", 0x44 | 1 << 10, 0, ILL },
	{ "STALL_TERM, Secure", 0x45 | 1 << 10, 0, ILL },
	{ "PRI_RESP, reserved response", 0x41, 3 << 12, ILL },
	{ "SYNC, reserved signal", 0x46 | 3 << 12, 0, ILL },
	{ "a range of nothing, 4 KiB", 0x12, 1 << 10, ILL },
	{ "a range of nothing, 16 KiB", 0x12, 2 << 10 | 1 << 8, ILL },
	{ "a range of nothing, 64 KiB", 0x2a, 3 << 10, ILL },
	{ "one page with a level", 0x12, 1 << 10 | 3 << 8, 0 },
	{ "PREFETCH_CONFIG", 0x01, 0, 0 },
	{ "PREFETCH_ADDR", 0x02, 0, 0 },
	{ "CFGI_STE", 0x03, 0, 0 },
	{ "CFGI_STE_RANGE", 0x04, 31, 0 },
	{ "CFGI_CD", 0x05, 0, 0 },
	{ "CFGI_CD_ALL", 0x06, 0, 0 },
	{ "TLBI_NH_ALL", 0x10, 0, 0 },
	{ "TLBI_NH_ASID", 0x11, 0, 0 },
	{ "TLBI_NH_VA", 0x12, 0, 0 },
	{ "TLBI_NH_VAA", 0x13, 0, 0 },
	{ "TLBI_EL2_ALL", 0x20, 0, 0 },
	{ "TLBI_EL2_ASID", 0x21, 0, 0 },
	{ "TLBI_EL2_VA", 0x22, 0, 0 },
	{ "TLBI_EL2_VAA", 0x23, 0, 0 },
	{ "TLBI_S12_VMALL", 0x28, 0, 0 },
	{ "TLBI_S2_IPA", 0x2a, 0, 0 },
	{ "TLBI_NSNH_ALL", 0x30, 0, 0 },
	{ "ATC_INV", 0x40, 52, 0 },
	{ "ATC_INV beyond 64 bits", 0x40, 63, 0 },
	{ "PRI_RESP", 0x41, 2 << 12, 0 },
	{ "RESUME of nothing", 0x44, 0xffff, 0 },
	{ "STALL_TERM of nothing", 0x45, 0, 0 },
	{ "SYNC", 0x46, 0, 0 },
};

START_TEST(command_errors)
{
	const struct illegal *c = &illegals[_i];

	command(c->w0, c->w1);
	ck_assert_msg((get(0x60, 4) ^ get(0x64, 4)) == (c->error ? 1 : 0), "%s: GERROR", c->name);
	ck_assert_msg(rig->level[SMMU_LINE_GERROR] == (c->error != 0), "%s: interrupt", c->name);
	if (!c->error) {
		ck_assert_uint_eq(get(0x9c, 4), 1);
		return;
	}
	ck_assert_uint_eq(get(0x9c, 4), (u32)c->error << 24); /* RD stays */
	command(0x46 | 1 << 12, 0);
	ck_assert_uint_eq(rig->rises[SMMU_LINE_SYNC], 0);
	word(CMDQ)[0] = 0x46 | 1 << 12; /* repaired */
	word(CMDQ)[1] = 0;
	reg(0x64, 4, get(0x60, 4));
	ck_assert(!rig->level[SMMU_LINE_GERROR]);
	ck_assert_uint_eq(rig->rises[SMMU_LINE_SYNC], 2);
	ck_assert_uint_eq(get(0x9c, 4) & 0xfffff, 2);
}
END_TEST

/* An error anew toggles the bit anew. */
START_TEST(errors_toggle)
{
	for (unsigned i = 0; i < 4; i++) {
		command(0xff, 0);
		ck_assert_uint_eq(get(0x60, 4), (i + 1) & 1);
		word(CMDQ)[2 * i] = 0x46;
		reg(0x64, 4, get(0x60, 4));
		ck_assert_uint_eq(rig->rises[SMMU_LINE_GERROR], i + 1);
	}
}
END_TEST

/* 2^n entries, whatever n: the ring wraps, and its indexes have n + 1 bits. */
START_TEST(queue_sizes)
{
	static const unsigned sizes[] = { 0, 1, 4, 12, 19, 31 };
	unsigned log2 = sizes[_i] > 19 ? 19 : sizes[_i];
	u64 at = log2 > 12 ? RAM : CMDQ;

	reg(0x20, 4, 0);
	reg(0x90, 8, at | sizes[_i]);
	for (unsigned i = 0; i < 1u << log2; i++)
		word(at)[2 * i] = 0x46;
	word(at)[2 * (ones(log2) & 3)] = 0x46 | 1 << 12;
	reg(0x98, 4, 1u << log2); /* full */
	reg(0x9c, 4, 0);
	reg(0x20, 4, 8);
	ck_assert_uint_eq(get(0x9c, 4), 1u << log2);
	ck_assert_uint_eq(rig->rises[SMMU_LINE_SYNC], 1);
	reg(0x98, 4, 0); /* full once more: a second lap */
	ck_assert_uint_eq(get(0x9c, 4), 0);
	ck_assert_uint_eq(rig->rises[SMMU_LINE_SYNC], 2);
}
END_TEST

/* Addresses beyond OAS are cut off. */
START_TEST(queue_beyond_oas)
{
	smmu_set_pa_bits(&rig->smmu, 40);
	reg(0x20, 4, 0);
	reg(0x90, 8, 1ull << 45 | CMDQ | QLOG2);
	reg(0x20, 4, ALL_ON);
	command(0x46 | 1 << 12, 0);
	ck_assert_uint_eq(rig->rises[SMMU_LINE_SYNC], 1);
}
END_TEST

/* Nothing is left of what was. */
START_TEST(reset)
{
	u64 v;

	use_bypass();
	dma_as((struct dma_request){ .stream = 9 }, &v); /* C_BAD_STE */
	command(0xff, 0);
	ck_assert(rig->level[SMMU_LINE_EVENT] && rig->level[SMMU_LINE_GERROR]);
	smmu_reset(&rig->smmu);
	ck_assert(!rig->level[SMMU_LINE_EVENT] && !rig->level[SMMU_LINE_GERROR]);
	ck_assert_uint_eq(get(0x20, 4), 0);
	ck_assert_uint_eq(get(0x2c, 4), 4); /* PTM */
	ck_assert_uint_eq(get(0x60, 4), 0);
	ck_assert_uint_eq(get(0x100a8, 4), 0);
}
END_TEST

/* Indexes that no software leaves behind: the queue ends all the same. */
START_TEST(wild_indexes)
{
	reg(0x20, 4, 0);
	reg(0x9c, 4, 0xabcde);
	reg(0x98, 4, 0x12345);
	for (unsigned i = 0; i < 1u << QLOG2; i++)
		word(CMDQ)[2 * i] = 0x46;
	reg(0x20, 4, 8);
	ck_assert_uint_eq(get(0x9c, 4) & ones(QLOG2 + 1), 0x12345 & ones(QLOG2 + 1));
}
END_TEST

static void on_event(void *ctx)
{
	rig->resumed++;
}

START_TEST(sync_sends_an_event)
{
	rig->smmu.send_event = on_event;
	command(0x46 | 2 << 12, 0);
	ck_assert_uint_eq(rig->resumed, 1);
	ck_assert_uint_eq(rig->rises[SMMU_LINE_SYNC], 0);
}
END_TEST

/* ---- messages ---- */

static u64 message; /* the last: stream << 32 | data */

static enum bus_result doorbell(void *ctx, const struct bus_access *a, u64 value)
{
	message = (u64)a->stream << 32 | value;
	return a->offset == 0x40 ? BUS_OK : BUS_SLVERR;
}

static const struct bus_device_ops doorbell_ops = { .write = doorbell };
#define DOORBELL 0x8080040ull

static void add_doorbell(void)
{
	message = 0;
	rig->smmu.device_id = 0xffff;
	bus_add(&rig->bus,
		&(struct bus_region){
			.name = "doorbell", .base = 0x8080000, .size = 0x1000, .kind = BUS_MSI, .ops = &doorbell_ops });
}

START_TEST(sync_message)
{
	command(0x46 | 1 << 12 | 77ull << 32, MSI_AT);
	ck_assert_uint_eq(*word(MSI_AT), 77);
	ck_assert_uint_eq(rig->rises[SMMU_LINE_SYNC], 1); /* the wire as well */
	add_doorbell();
	command(0x46 | 1 << 12 | 78ull << 32, DOORBELL);
	ck_assert_uint_eq(message, 0xffffull << 32 | 78);
	command(0x46 | 79ull << 32, MSI_AT); /* no signal */
	ck_assert_uint_eq(*word(MSI_AT), 77);
	command(0x46 | 1 << 12 | 80ull << 32, 0x1000000);
	ck_assert_uint_eq(get(0x60, 4), 1 << 4); /* MSI_CMDQ_ABT_ERR; the command is consumed */
	ck_assert_uint_eq(get(0x9c, 4), 4);
}
END_TEST

static const struct source {
	const char *name;
	u32 cfg, enable, abort;
} sources[] = {
	{ "event queue", 0xb0, 4, 1 << 5 },
	{ "global errors", 0x68, 1, 1 << 7 },
};

static void cause(unsigned which)
{
	u64 v;

	if (which == 0)
		dma(BUFFER, false, &v); /* C_BAD_STE */
	else
		command(0xff, 0);
}

START_TEST(message_of_source)
{
	const struct source *s = &sources[_i];

	add_doorbell();
	reg(0x50, 4, 0);
	reg(s->cfg, 8, DOORBELL);
	reg(s->cfg + 8, 4, 0x1234);
	cause(_i);
	ck_assert_uint_eq(message, 0); /* not enabled */
	event();
	word(CMDQ)[0] = 0x46;
	reg(0x64, 4, get(0x60, 4));
	reg(0x50, 4, s->enable);
	message = 0;
	cause(_i);
	ck_assert_msg(message == (0xffffull << 32 | 0x1234), "%s: %llx", s->name, (unsigned long long)message);
}
END_TEST

START_TEST(message_aborts)
{
	const struct source *s = &sources[_i];

	reg(0x50, 4, 0);
	reg(s->cfg, 8, 0x1000000);
	reg(0x50, 4, s->enable | 1);
	cause(_i);
	ck_assert_msg(get(0x60, 4) & s->abort, "%s: GERROR %llx", s->name, (unsigned long long)get(0x60, 4));
}
END_TEST

/* One message, and one edge, as the queue fills: not one a record. */
START_TEST(event_interrupt_comes_once)
{
	u64 v;

	for (unsigned i = 0; i < 3; i++)
		dma(BUFFER, false, &v);
	ck_assert_uint_eq(rig->rises[SMMU_LINE_EVENT], 1);
	while (event())
		;
	ck_assert(!rig->level[SMMU_LINE_EVENT]);
	dma(BUFFER, false, &v);
	ck_assert_uint_eq(rig->rises[SMMU_LINE_EVENT], 2);
}
END_TEST

/* A second error while the first waits is an edge of its own. */
START_TEST(each_error_has_an_edge)
{
	command(0xff, 0);
	command(0, 0); /* stands still */
	ck_assert_uint_eq(rig->rises[SMMU_LINE_GERROR], 1);
	reg(0x50, 4, 3);
	reg(0xb0, 8, 0x1000000);
	reg(0x50, 4, 7);
	cause(0); /* its message aborts */
	ck_assert_uint_eq(get(0x60, 4), 1 | 1 << 5);
	ck_assert_uint_eq(rig->rises[SMMU_LINE_GERROR], 2);
	reg(0x64, 4, 1);
	ck_assert(rig->level[SMMU_LINE_GERROR]);
}
END_TEST

/* ---- stalls ---- */

/* As many stalls as IDR5 says; what comes then is terminated, and told so. */
START_TEST(stalls_are_counted)
{
	unsigned max = (unsigned)(get(0x14, 4) >> 16);
	u64 v;

	reg(0x20, 4, 0);
	reg(0xa0, 8, (RAM + 0x900000) | 8);
	reg(0x20, 4, ALL_ON);
	smmu_attach(&rig->smmu, SID, &(struct dma_client){ .resumed = on_resumed });
	use_stage2(1ull << 57);
	for (unsigned i = 0; i < max; i++) {
		ck_assert_int_eq(dma(0x5000, false, &v), DMA_STALL);
		ck_assert_uint_eq(word(RAM + 0x900000)[4 * i + 1] & 0xffffffff, 1u << 31 | i);
	}
	ck_assert_int_eq(dma(0x5000, false, &v), DMA_ABORT);
	ck_assert_uint_eq(word(RAM + 0x900000)[4 * max + 1] >> 31 & 1, 0);
	command(0x45 | (u64)(SID + 1) << 32, 0); /* STALL_TERM of another */
	ck_assert_uint_eq(rig->resumed, 0);
	command(0x44 | 1 << 13 | (u64)SID << 32, 3);
	ck_assert_int_eq(rig->how, DMA_TERMINATED);
	command(0x45 | (u64)SID << 32, 0);
	ck_assert_uint_eq(rig->resumed, max);
	ck_assert_int_eq(rig->how, DMA_TERMINATED);
}
END_TEST

START_TEST(switching_off_ends_stalls)
{
	u64 v;

	smmu_attach(&rig->smmu, SID, &(struct dma_client){ .resumed = on_resumed });
	use_stage1(5, 1ull << 44); /* CD.S */
	ck_assert_int_eq(dma(0x5000, false, &v), DMA_STALL);
	reg(0x20, 4, ALL_ON & ~1u);
	ck_assert_uint_eq(rig->resumed, 1);
	ck_assert_int_eq(rig->how, DMA_TERMINATED);
}
END_TEST

static void add(TCase *t)
{
	tcase_add_loop_test(t, guarded, 0, ARRAY_SIZE(lockeds));
	tcase_add_test(t, identification);
	tcase_add_test(t, cr0_and_gbpa);
	tcase_add_loop_test(t, command_errors, 0, ARRAY_SIZE(illegals));
	tcase_add_test(t, errors_toggle);
	tcase_add_loop_test(t, queue_sizes, 0, 6);
	tcase_add_test(t, queue_beyond_oas);
	tcase_add_test(t, reset);
	tcase_add_test(t, wild_indexes);
	tcase_add_test(t, sync_sends_an_event);
	tcase_add_test(t, sync_message);
	tcase_add_loop_test(t, message_of_source, 0, ARRAY_SIZE(sources));
	tcase_add_loop_test(t, message_aborts, 0, ARRAY_SIZE(sources));
	tcase_add_test(t, event_interrupt_comes_once);
	tcase_add_test(t, each_error_has_an_edge);
	tcase_add_test(t, stalls_are_counted);
	tcase_add_test(t, switching_off_ends_stalls);
}

int main(void)
{
	return run_smmu_suite("smmu_commands", add);
}
