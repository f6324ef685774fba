/*
 * GICv4: virtual LPIs (IHI 0069 6). Commands and their errors; delivery to a vPE that is resident, and to one that is
 * not, with its doorbell; virtual LPIs among list registers; what a vPE takes along when it leaves a core.
 */

#include "its_rig.h"
#include "run_suite.h"

#define VPES_AT (RAM_AT + 0x28000)
#define VCONFIG_AT (RAM_AT + 0x60000)
#define VPENDING_AT (RAM_AT + 0x200000) /* 64 KiB a vPE */
#define VPT(vpe) (VPENDING_AT + (u64)(vpe)*0x10000)

enum { GICR_VPROPBASER = 0x20070, GICR_VPENDBASER = 0x20078 };
enum { VIRQ = 4, VFIQ = 8 };
#define PENDING_LAST (1ull << 61)

#define VPE(vpe) ((u64)(vpe) << 32)
#define VMAPP(vpe, core, table, bits) COMMAND(0x29, VPE(vpe), VALID | (u64)(core) << 16, (table) | ((bits)-1))
#define UNVMAPP(vpe) COMMAND(0x29, VPE(vpe), 0, 0)
#define VMAPTI(device, event, vpe, vintid, doorbell)                                                                   \
	COMMAND(ABOUT(0x2a, device), (event) | VPE(vpe), (vintid) | (u64)(doorbell) << 32, 0)
#define VMAPI(device, event, vpe, doorbell) COMMAND(ABOUT(0x2b, device), (event) | VPE(vpe), (u64)(doorbell) << 32, 0)
#define VMOVI(device, event, vpe) COMMAND(ABOUT(0x21, device), (event) | VPE(vpe), 0, 0)
#define VMOVI_DOORBELL(device, event, vpe, doorbell)                                                                   \
	COMMAND(ABOUT(0x21, device), (event) | VPE(vpe), 1 | (u64)(doorbell) << 32, 0)
#define VMOVP(vpe, core) COMMAND(0x22, VPE(vpe), (u64)(core) << 16, 0)
#define VSYNC(vpe) COMMAND(0x25, VPE(vpe), 0, 0)
#define VINVALL(vpe) COMMAND(0x2d, VPE(vpe), 0, 0)

/* A guest runs on every core: physical LPIs go to EL2, the guest takes virtual ones. */
static void enter_guest(unsigned core)
{
	rig.gic.view[core].el = 2;
	icc_write(core, GIC_ICH_HCR_EL2, 1);
	icc_write(core, GIC_ICH_VMCR_EL2, 0xf8000002); /* VENG1, all priorities */
	rig.gic.view[core].el = 1;
	rig.gic.view[core].hcr_el2 = 16; /* IMO */
	gic_view_changed(&rig.gic, core);
}

static void set_vconfig(unsigned intid, u8 byte)
{
	rig.ram[VCONFIG_AT - RAM_AT + intid - 8192] = byte;
}

static void make_resident(unsigned core, unsigned vpe)
{
	wr(gicr_at(core, GICR_VPROPBASER), 8, VCONFIG_AT | 15);
	wr(gicr_at(core, GICR_VPENDBASER), 8, VALID | VPT(vpe));
}

static u64 leave(unsigned core)
{
	wr(gicr_at(core, GICR_VPENDBASER), 8, 0);
	return rd(gicr_at(core, GICR_VPENDBASER), 8);
}

static void do_all(const struct command *c, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		ck_assert_msg(issue(&c[i]), "command %u", i);
	ck_assert_uint_eq(rig.errors, 0);
}
#define DO_ALL(...)                                                                                                    \
	do_all((const struct command[]){ __VA_ARGS__ }, ARRAY_SIZE(((const struct command[]){ __VA_ARGS__ })))

/* vPEs 1 and 2 on cores 1 and 2. Device 5: event 0 is LPI 8192, 1 is vLPI 9001 of vPE 1 with doorbell 8300, 2 is 9002
 * of vPE 2 without a doorbell. */
static void start_guests(void)
{
	start_as(false, 4);
	wr(ITS_AT + GITS_CTLR, 4, 0);
	wr(ITS_AT + GITS_BASER + 16, 8, VALID | VPES_AT); /* 4 KiB: 512 vPEs */
	wr(ITS_AT + GITS_CTLR, 4, 1);
	memset(rig.ram + (VCONFIG_AT - RAM_AT), 0xa1, 65536 - 8192);
	DO_ALL(MAPC(0, 0), MAPC(1, 1), MAPD(5, 4, ITT_AT), MAPTI(5, 0, 8192, 0), VMAPP(1, 1, VPT(1), 16),
	       VMAPP(2, 2, VPT(2), 16), VMAPTI(5, 1, 1, 9001, 8300), VMAPTI(5, 2, 2, 9002, 1023), VSYNC(1));
	for (unsigned i = 0; i < CORES; i++)
		enter_guest(i);
}

static bool in_table(unsigned vpe, unsigned intid)
{
	return bit(rig.ram[VPT(vpe) - RAM_AT + intid / 8], intid % 8);
}

/* ---- registers ---- */

static const struct {
	const char *name;
	u64 at;
	unsigned size;
	u64 write, want;
} registers[] = {
	{ "GITS_TYPER: virtual LPIs, single VMOVP", ITS_AT + 8, 8, 0, 0x3f0001ef73ull },
	{ "GITS_BASER2: vPEs", ITS_AT + 0x110, 8, VALID | RAM_AT, VALID | 0x0207000000000000 | RAM_AT },
	{ "GITS_PIDR2: GICv4", ITS_AT + 0xffe8, 4, 0, 0x4b },
	{ "GICD_PIDR2: GICv4", GICD_AT + 0xffe8, 4, 0, 0x4b },
	{ "GICR_TYPER of core 3: VLPIs", GICR_AT + 3 * GICR_V4_SIZE + 8, 8, 0, 0x300000313 },
	{ "GICR_VPROPBASER", GICR_AT + GICR_VPROPBASER, 8, ~0ull, 0x070fffffffffff9full },
	{ "GICR_VPENDBASER, not valid", GICR_AT + GICR_VPENDBASER, 8, ~VALID, 0x270fffffffff0f80ull },
	{ "GICR_VPENDBASER, upper half", GICR_AT + GICR_VPENDBASER + 4, 4, 0x12, 0x12 },
	{ "the reserved frame", GICR_AT + 0x30070, 8, ~0ull, 0 },
};

START_TEST(register_values)
{
	build_as(false, 4);
	wr(registers[_i].at, registers[_i].size, registers[_i].write);
	ck_assert_msg(rd(registers[_i].at, registers[_i].size) == registers[_i].want, "%s: %#llx", registers[_i].name,
		      (unsigned long long)rd(registers[_i].at, registers[_i].size));
}
END_TEST

/* While a vPE is resident, only leaving is a change. */
START_TEST(locked_registers)
{
	start_guests();
	make_resident(1, 1);
	wr(gicr_at(1, GICR_VPROPBASER), 8, 0);
	ck_assert_uint_eq(rig.errors, 1);
	ck_assert_uint_eq(rd(gicr_at(1, GICR_VPROPBASER), 8), VCONFIG_AT | 15);
	wr(gicr_at(1, GICR_VPENDBASER), 8, VALID | VPT(2));
	ck_assert_uint_eq(rig.errors, 2);
	ck_assert_uint_eq(rd(gicr_at(1, GICR_VPENDBASER), 8), VALID | VPT(1));
	ck_assert_uint_eq(leave(1), VPT(1));
	rig.gic.view[0].el = 2;
	ck_assert_uint_eq(icc_read(0, GIC_ICH_VTR_EL2) >> 20 & 1, 0); /* nV4 */
}
END_TEST

/* ---- commands ---- */

static const struct {
	const char *name;
	struct command c;
	const char *error;
} commands[] = {
	{ "VMAPP", VMAPP(3, 3, VPT(3), 14), NULL },
	{ "VMAPP, the last of the table", VMAPP(511, 3, VPT(3), 16), NULL },
	{ "VMAPP, vPE beyond the table", VMAPP(512, 3, VPT(3), 16), "vPE table's range" },
	{ "VMAPP, no such core", VMAPP(3, CORES, VPT(3), 16), "no core has this number" },
	{ "VMAPP, 17 INTID bits", VMAPP(3, 3, VPT(3), 17), "INTID bits" },
	{ "VMAPP, no room for an LPI", VMAPP(3, 3, VPT(3), 13), "INTID bits" },
	{ "VMAPP, unmap", UNVMAPP(1), NULL },
	{ "VMAPTI", VMAPTI(5, 15, 1, 65535, 1023), NULL },
	{ "VMAPTI, device beyond the table", VMAPTI(8192, 1, 1, 9000, 1023), "device table's range" },
	{ "VMAPTI, device not mapped", VMAPTI(6, 1, 1, 9000, 1023), "device is not mapped" },
	{ "VMAPTI, event beyond the device's", VMAPTI(5, 16, 1, 9000, 1023), "EventID is out of" },
	{ "VMAPTI, vPE not mapped", VMAPTI(5, 4, 9, 9000, 1023), "vPE is not mapped" },
	{ "VMAPTI, vPE beyond the table", VMAPTI(5, 4, 512, 9000, 1023), "vPE table's range" },
	{ "VMAPTI, INTID of an SPI", VMAPTI(5, 4, 1, 100, 1023), "virtual INTID is out" },
	{ "VMAPTI, INTID of 17 bits", VMAPTI(5, 4, 1, 0x12000, 1023), "virtual INTID is out" },
	{ "VMAPTI, doorbell an SPI", VMAPTI(5, 4, 1, 9000, 100), "doorbell" },
	{ "VMAPTI, doorbell of 17 bits", VMAPTI(5, 4, 1, 9000, 0x12000), "doorbell" },
	{ "VMAPI, event below the LPIs", VMAPI(5, 4, 1, 1023), "virtual INTID is out" },
	{ "VMAPI, device not mapped", VMAPI(6, 9000, 1, 1023), "device is not mapped" },
	{ "VMOVI", VMOVI(5, 1, 2), NULL },
	{ "VMOVI, with a doorbell", VMOVI_DOORBELL(5, 1, 2, 8301), NULL },
	{ "VMOVI, with a bad doorbell", VMOVI_DOORBELL(5, 1, 2, 33), "doorbell" },
	{ "VMOVI, of a physical one", VMOVI(5, 0, 2), "not a virtual one" },
	{ "VMOVI, interrupt not mapped", VMOVI(5, 7, 2), "interrupt is not mapped" },
	{ "VMOVI, vPE not mapped", VMOVI(5, 1, 9), "vPE is not mapped" },
	{ "VMOVI, event beyond the device's", VMOVI(5, 16, 2), "EventID is out of" },
	{ "VMOVP", VMOVP(1, 3), NULL },
	{ "VMOVP, vPE not mapped", VMOVP(9, 3), "vPE is not mapped" },
	{ "VMOVP, vPE beyond the table", VMOVP(512, 3), "vPE table's range" },
	{ "VMOVP, no such core", VMOVP(1, CORES), "no core has this number" },
	{ "VSYNC, vPE not mapped", VSYNC(9), NULL },
	{ "VSYNC, vPE beyond the table", VSYNC(512), "vPE table's range" },
	{ "VINVALL", VINVALL(1), NULL },
	{ "VINVALL, vPE not mapped", VINVALL(9), "vPE is not mapped" },
	{ "VINVALL, vPE beyond the table", VINVALL(512), "vPE table's range" },
	{ "MOVI of a virtual one", MOVI(5, 1, 0), "is a virtual one" },
	{ "INT of a virtual one", INT(5, 1), NULL },
	{ "CLEAR of a virtual one", CLEAR(5, 1), NULL },
	{ "INV of a virtual one", INV(5, 1), NULL },
	{ "DISCARD of a virtual one", DISCARD(5, 1), NULL },
	{ "a command of GICv4.1", COMMAND(0x2e, 0, 0, 0), "no such command" },
};

START_TEST(command_results)
{
	start_guests();
	ck_assert_msg(issue(&commands[_i].c) == !commands[_i].error, "%s", commands[_i].name);
	ck_assert_uint_eq(rig.errors, commands[_i].error != NULL);
	if (commands[_i].error)
		ck_assert_msg(strstr(rig.error, commands[_i].error) != NULL, "%s: %s", commands[_i].name, rig.error);
}
END_TEST

/* A vPE whose interrupts cannot be delivered: it is unmapped, or memory names a core that is not there. */
START_TEST(unmapped_vpe)
{
	const u64 garbage = ~0ull;

	start_guests();
	DO_ALL(UNVMAPP(1));
	message(5, 1);
	ck_assert_uint_eq(rig.errors, 1);
	memcpy(rig.ram + (VPES_AT - RAM_AT) + 8, &garbage, 8);
	message(5, 1);
	ck_assert_uint_eq(rig.errors, 2);
	ck_assert_ptr_nonnull(strstr(rig.error, "vPE is not mapped"));
}
END_TEST

/* ---- delivery ---- */

static void take(unsigned core, u64 intid)
{
	ck_assert_uint_eq(icc_read(core, GIC_ICC_HPPIR1_EL1), intid);
	ck_assert_uint_eq(icc_read(core, GIC_ICC_IAR1_EL1), intid);
	icc_write(core, GIC_ICC_EOIR1_EL1, intid);
	ck_assert_uint_eq(icc_read(core, GIC_ICC_RPR_EL1), 0xff);
}

START_TEST(resident)
{
	start_guests();
	make_resident(1, 1);
	ck_assert_int_eq(message(5, 1), DMA_OK);
	ck_assert_uint_eq(rig.out[1], VIRQ); /* and no doorbell */
	ck_assert(!in_table(1, 9001));
	take(1, 9001);
	ck_assert_uint_eq(rig.out[1], 0);
	ck_assert_uint_eq(icc_read(1, GIC_ICC_IAR1_EL1), 1023);
	ck_assert_uint_eq(leave(1), VPT(1)); /* PendingLast is 0 */
}
END_TEST

START_TEST(not_resident)
{
	start_guests();
	message(5, 1);
	ck_assert(in_table(1, 9001));
	ck_assert_uint_eq(rig.out[1], IRQ); /* the doorbell */
	rig.gic.view[1].el = 2;
	take(1, 8300);
	rig.gic.view[1].el = 1;
	message(5, 2); /* has none */
	ck_assert(in_table(2, 9002));
	ck_assert_uint_eq(rig.out[2], 0);
	make_resident(1, 1);
	ck_assert_uint_eq(rig.out[1], VIRQ);
	take(1, 9001);
	leave(1);
	ck_assert(!in_table(1, 9001));
	/* Resident elsewhere than where the vPE is: not where it is looked for. */
	make_resident(3, 2);
	ck_assert_uint_eq(rig.out[3], VIRQ);
	message(5, 2);
	ck_assert(in_table(2, 9002));
}
END_TEST

START_TEST(leaving)
{
	start_guests();
	make_resident(1, 1);
	message(5, 1);
	ck_assert_uint_eq(leave(1), VPT(1) | PENDING_LAST);
	ck_assert_uint_eq(rig.out[1], 0);
	ck_assert(in_table(1, 9001));
	/* On another core, by VMOVP. */
	DO_ALL(VMOVP(1, 3));
	make_resident(3, 1);
	ck_assert_uint_eq(rig.out[3], VIRQ);
	take(3, 9001);
	message(5, 1);
	ck_assert_uint_eq(rig.out[3], VIRQ);
	/* Pending, but not enabled: nothing to wake for. */
	set_vconfig(9001, 0xa0);
	DO_ALL(VINVALL(1));
	ck_assert_uint_eq(rig.out[3], 0);
	ck_assert_uint_eq(leave(3), VPT(1));
	ck_assert(in_table(1, 9001));
}
END_TEST

START_TEST(configuration)
{
	start_guests();
	make_resident(1, 1);
	set_vconfig(9001, 0xa0);
	message(5, 1);
	ck_assert_uint_eq(rig.out[1], 0);
	set_vconfig(9001, 0xa1);
	ck_assert_uint_eq(rig.out[1], 0);
	DO_ALL(INV(5, 1));
	ck_assert_uint_eq(rig.out[1], VIRQ);
	set_vconfig(9001, 0xa0);
	DO_ALL(VINVALL(2));
	ck_assert_uint_eq(rig.out[1], VIRQ);
	DO_ALL(VINVALL(1));
	ck_assert_uint_eq(rig.out[1], 0);
}
END_TEST

/* CLEAR, DISCARD and VMOVI act where the pending state is: in the redistributor, or in memory. */
START_TEST(pending_state)
{
	start_guests();
	message(5, 2);
	DO_ALL(CLEAR(5, 2));
	ck_assert(!in_table(2, 9002));
	make_resident(2, 2);
	DO_ALL(INT(5, 2));
	ck_assert_uint_eq(rig.out[2], VIRQ);
	DO_ALL(CLEAR(5, 2));
	ck_assert_uint_eq(rig.out[2], 0);
	/* From a resident vPE to one that is not, with its doorbell; and back. */
	DO_ALL(INT(5, 2), VMOVI_DOORBELL(5, 2, 1, 8301));
	ck_assert_uint_eq(rig.out[2], 0);
	ck_assert(in_table(1, 9002));
	ck_assert_uint_eq(rig.out[1], IRQ);
	rig.gic.view[1].el = 2;
	take(1, 8301);
	DO_ALL(VMOVI(5, 2, 2));
	ck_assert(!in_table(1, 9002));
	ck_assert_uint_eq(rig.out[2], VIRQ);
	DO_ALL(DISCARD(5, 2));
	ck_assert_uint_eq(rig.out[2], 0);
	message(5, 2);
	ck_assert_uint_eq(rig.errors, 1);
}
END_TEST

static void set_lr(unsigned core, unsigned n, unsigned intid, u8 priority)
{
	rig.gic.view[core].el = 2;
	icc_write(core, (u16)(GIC_ICH_LR0_EL2 + n),
		  ICH_LR_PENDING | ICH_LR_GROUP | (u64)priority << ICH_LR_PRIORITY_LSB | intid);
	rig.gic.view[core].el = 1;
}

/* The best of list registers and virtual LPIs is delivered; of equals the list register. */
START_TEST(among_list_registers)
{
	start_guests();
	make_resident(1, 1);
	set_lr(1, 0, 40, 0xa8);
	set_lr(1, 1, 41, 0xa0);
	set_lr(1, 2, 42, 0x98);
	message(5, 1); /* 0xa0 */
	take(1, 42);
	take(1, 41);
	take(1, 9001);
	take(1, 40);
	ck_assert_uint_eq(icc_read(1, GIC_ICC_IAR1_EL1), 1023);
	ck_assert_uint_eq(rig.gic.s.core[1].ich_hcr >> 27, 0); /* no EOIcount */
}
END_TEST

/* The guest's own controls: group enable, priority mask, a virtual interrupt that it handles; and ICH_HCR_EL2.En. */
START_TEST(guest_controls)
{
	start_guests();
	make_resident(1, 1);
	icc_write(1, GIC_ICC_PMR_EL1, 0xa0);
	message(5, 1);
	ck_assert_uint_eq(rig.out[1], 0);
	ck_assert_uint_eq(icc_read(1, GIC_ICC_HPPIR1_EL1), 9001);
	ck_assert_uint_eq(icc_read(1, GIC_ICC_IAR1_EL1), 1023);
	icc_write(1, GIC_ICC_PMR_EL1, 0xf8);
	ck_assert_uint_eq(rig.out[1], VIRQ);
	icc_write(1, GIC_ICC_IGRPEN1_EL1, 0);
	ck_assert_uint_eq(rig.out[1], 0);
	ck_assert_uint_eq(icc_read(1, GIC_ICC_HPPIR1_EL1), 1023);
	icc_write(1, GIC_ICC_IGRPEN1_EL1, 1);
	rig.gic.view[1].el = 2;
	icc_write(1, GIC_ICH_HCR_EL2, 0);
	ck_assert_uint_eq(rig.out[1], 0);
	icc_write(1, GIC_ICH_HCR_EL2, 1);
	rig.gic.view[1].el = 1;
	ck_assert_uint_eq(icc_read(1, GIC_ICC_IAR1_EL1), 9001);
	message(5, 1); /* the same priority does not preempt */
	ck_assert_uint_eq(rig.out[1], 0);
	icc_write(1, GIC_ICC_EOIR1_EL1, 9001);
	ck_assert_uint_eq(rig.out[1], VIRQ);
	ck_assert_uint_eq(icc_read(1, GIC_ICC_IAR0_EL1), 1023); /* Group 1 */
}
END_TEST

/* VPROPBASER bounds what a resident vPE has, VMAPP what its table has. */
START_TEST(bounds)
{
	start_guests();
	DO_ALL(VMAPTI(5, 3, 1, 40000, 1023));
	wr(gicr_at(1, GICR_VPROPBASER), 8, VCONFIG_AT | 13);
	wr(gicr_at(1, GICR_VPENDBASER), 8, VALID | VPT(1));
	message(5, 3);
	ck_assert_uint_eq(rig.out[1], 0);
	leave(1);
	DO_ALL(VMAPP(1, 1, VPT(1), 14));
	message(5, 3);
	ck_assert_uint_eq(rig.errors, 1);
	ck_assert(!in_table(1, 40000));
}
END_TEST
#undef DO_ALL

START_TEST(tables_nowhere)
{
	const struct command c = VMAPP(1, 1, NOWHERE, 16);

	start_guests();
	ck_assert(issue(&c));
	message(5, 1);
	ck_assert_uint_eq(rig.errors, 1);
	wr(gicr_at(1, GICR_VPROPBASER), 8, NOWHERE | 15);
	wr(gicr_at(1, GICR_VPENDBASER), 8, VALID | NOWHERE);
	ck_assert_uint_eq(rig.errors, 2);
	wr(gicr_at(1, GICR_VPENDBASER), 8, 0);
	ck_assert_uint_eq(rig.errors, 3);
}
END_TEST

START_TEST(refresh)
{
	static struct gic_state saved;

	start_guests();
	make_resident(1, 1);
	message(5, 1);
	saved = rig.gic.s;
	leave(1);
	rig.gic.s = saved;
	gic_refresh(&rig.gic);
	ck_assert_uint_eq(rig.out[1], VIRQ);
	take(1, 9001);
	gic_reset(&rig.gic);
	ck_assert_uint_eq(rd(gicr_at(1, GICR_VPENDBASER), 8), 0);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("vlpi");
	TCase *t = tcase_create("vlpi");

	tcase_add_loop_test(t, register_values, 0, (int)ARRAY_SIZE(registers));
	tcase_add_test(t, locked_registers);
	tcase_add_loop_test(t, command_results, 0, (int)ARRAY_SIZE(commands));
	tcase_add_test(t, unmapped_vpe);
	tcase_add_test(t, resident);
	tcase_add_test(t, not_resident);
	tcase_add_test(t, leaving);
	tcase_add_test(t, configuration);
	tcase_add_test(t, pending_state);
	tcase_add_test(t, among_list_registers);
	tcase_add_test(t, guest_controls);
	tcase_add_test(t, bounds);
	tcase_add_test(t, tables_nowhere);
	tcase_add_test(t, refresh);
	suite_add_tcase(s, t);
	return run_suite(s);
}
