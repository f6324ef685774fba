/*
 * States from files that somebody made: one in which a number means nothing is refused in words, and leaves the machine
 * as it was. What hyp_save() writes of a machine with such a number is such a file.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "machine/machine.h"
#include "run_suite.h"

static char path[] = "/tmp/hypscope-state-XXXXXX";
static struct machine *m, *other;

static struct machine *make(void)
{
	static const struct hyp_pci pci = { .kind = HYP_PCI_RNG, .slot = HYP_PCI_ANY_SLOT };
	struct hyp_config config = { .image = "demo",
				     .smp = 2,
				     .mem = 64 << 20,
				     .smmu = true,
				     .gic_version = 4,
				     .rng = true,
				     .pci = &pci,
				     .pcis = 1,
				     .virtio_console = true };
	struct error e = { 0 };
	struct machine *new = hyp_create(&config, &e);

	ck_assert_msg(new != NULL, "%s", e.text);
	return new;
}

static void begin(void)
{
	strcpy(path, "/tmp/hypscope-state-XXXXXX");
	close(mkstemp(path));
	m = make();
	hyp_run(m, 100000);
	other = make();
}

static void finish(void)
{
	hyp_destroy(m);
	hyp_destroy(other);
	unlink(path);
}

static bool pass_on(struct error *e)
{
	ck_assert(hyp_save(m, path, e));
	return hyp_load(other, path, e);
}

static void ck_assert_refused(const char *what, u8 *byte, u8 value)
{
	u64 hash = hyp_state_hash(other);
	struct error e = { 0 };
	u8 was = *byte;

	*byte = value;
	ck_assert_msg(!pass_on(&e), "%s = %u", what, value);
	ck_assert_msg(strstr(e.text, "holds a state that no machine can be in") != NULL, "%s: %s", what, e.text);
	ck_assert_msg(hyp_state_hash(other) == hash, "%s", what);
	*byte = was;
}

/* Members that are 0 or 1; all bytes of an array. */
struct flag {
	const char *name;
	void *at;
	size_t size;
};
#define FLAG(member)                                                                                                   \
	{                                                                                                              \
		.name = #member, .at = &(member), .size = sizeof(member)                                               \
	}

static void check_flags(const struct flag *flag, unsigned count)
{
	struct error e = { 0 };

	for (unsigned i = 0; i < count; i++) {
		u8 *last = (u8 *)flag[i].at + flag[i].size - 1;

		ck_assert_refused(flag[i].name, flag[i].at, 2);
		ck_assert_refused(flag[i].name, last, 0xff);
	}
	ck_assert_msg(pass_on(&e), "%s", e.text);
	ck_assert_uint_eq(hyp_state_hash(other), hyp_state_hash(m));
}

START_TEST(core)
{
	struct cpu *c = m->core[1];
	const struct flag flag[] = {
		FLAG(c->s.exc.far_valid),
		FLAG(c->s.exc.hpfar_valid),
		FLAG(c->s.exc.ipa_ns),
		FLAG(c->s.event),
		FLAG(c->s.line),
		FLAG(c->s.stepped),
		FLAG(c->s.stepped_exclusive),
		FLAG(c->s.excl_valid),
		FLAG(c->s.mid_run),
		FLAG(c->s.kicked),
		FLAG(c->debugging),
		FLAG(m->round.active),
		FLAG(c->tlb->s1_result.ipa_ns),
		FLAG(c->tlb->s1_result.ng),
		FLAG(c->tlb->table[1][7].ns),
	};

	check_flags(flag, ARRAY_SIZE(flag));
}
END_TEST

START_TEST(gic)
{
	struct gic_state *s = &m->gic.s;
	struct gic_core *k = &s->core[1];
	const struct flag flag[] = {
		FLAG(s->booted_nonsecure),
		FLAG(s->booted_el1),
		FLAG(s->its.enabled),
		FLAG(k->asleep),
		FLAG(k->igrpen),
		FLAG(k->cbpr),
		FLAG(k->eoimode),
		FLAG(k->eoimode_el3),
		FLAG(k->sre_enable),
		FLAG(k->lpi_stale),
		FLAG(k->signalled),
		FLAG(s->lpi[1][GIC_LPI].enabled),
		FLAG(s->lpi[1][GIC_LPI].any_config),
		FLAG(s->lpi[1][GIC_VLPI].enabled),
		FLAG(s->lpi[1][GIC_VLPI].any_config),
		FLAG(m->gic.view[1].secure),
		FLAG(m->gic.view[1].el2_enabled),
	};

	check_flags(flag, ARRAY_SIZE(flag));
}
END_TEST

START_TEST(devices)
{
	struct dma_engine *d = &m->dma_engine;
	const struct flag flag[] = {
		FLAG(m->uart[1].s.level),
		FLAG(m->rtc.s.imsc),
		FLAG(m->rtc.s.ris),
		FLAG(d->waits_write),
		FLAG(d->zeroes),
		FLAG(d->atc[3].valid),
		FLAG(d->atc[3].read),
		FLAG(d->atc[3].write),
		FLAG(m->iommu.stall[SMMU_STALLS - 1].used),
		FLAG(m->iommu.stall[SMMU_STALLS - 1].told),
		FLAG(m->console.device.s.broken),
		FLAG(m->console.device.s.q[1].ready),
		FLAG(m->rng.device.s.q[VIRTIO_QUEUES_MAX - 1].ready),
		FLAG(m->pcie.bridge.drives),
		FLAG(m->pcie.function[0]->drives),
	};

	check_flags(flag, ARRAY_SIZE(flag));
}
END_TEST

/* What an entry of a TLB holds of stage 2. */
START_TEST(tlb_entry)
{
	struct tlb *t = m->core[0]->tlb;
	unsigned i = 0;

	while (!t->tag[i].key)
		i++;
	ck_assert_uint_lt(i, (unsigned)t->sets * t->ways);
	check_flags(&(struct flag)FLAG(t->entry[i].perms.s2.r), 1);
	check_flags(&(struct flag)FLAG(t->entry[i].perms.s2.w), 1);
	check_flags(&(struct flag)FLAG(t->entry[i].perms.s2.device), 1);
	check_flags(&(struct flag)FLAG(t->entry[i].perms.s2.dbm_clean), 1);
}
END_TEST

/* One more than the last of an enumeration. */
START_TEST(choices)
{
	ck_assert_refused("halt", &m->core[0]->s.halt, CORE_LOCKUP + 1);
	ck_assert_refused("exception", &m->core[0]->s.exc.kind, EXC_SYNC);
	ck_assert_refused("EL", &m->core[0]->s.p.el, 4);
	ck_assert_refused("the GIC's EL", &m->gic.view[0].el, 4);
	ck_assert_refused("end", (u8 *)&m->end, HYP_POINT + 1);
	ck_assert_refused("flash", (u8 *)&m->flash[0].s.mode, FLASH_BUFFER_CONFIRM + 1);
	ck_assert_refused("page", &m->dma_engine.page, DMA_PAGE_REFUSED + 1);
	ck_assert_refused("group", &m->gic.s.core[0].hppi.group, GIC_GROUPS);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("machine_state_file");
	TCase *c = tcase_create("machine_state_file");

	tcase_set_timeout(c, 0);
	tcase_add_checked_fixture(c, begin, finish);
	tcase_add_test(c, core);
	tcase_add_test(c, gic);
	tcase_add_test(c, devices);
	tcase_add_test(c, tlb_entry);
	tcase_add_test(c, choices);
	suite_add_tcase(suite, c);
	return run_suite(suite);
}
