/*
 * The ITS and LPIs (IHI 0069 5, 12.18): every command and every error of each, tables of all shapes, messages,
 * configuration that is cached, pending state that moves and is kept in memory.
 */

#include "its_rig.h"
#include "run_suite.h"

/* ---- registers ---- */

static const struct {
	const char *name;
	u64 at;
	unsigned size;
	u64 write, want; /* what is read back, of a disabled ITS */
} registers[] = {
	{ "GITS_CTLR, disabled and quiescent", ITS_AT, 4, 0, 0x80000000 },
	{ "GITS_CTLR, enabled", ITS_AT, 4, ~0ull, 1 },
	{ "GITS_IIDR", ITS_AT + 4, 4, ~0ull, 0x43b },
	{ "GITS_TYPER: 16 bits of everything, entries of 8 bytes", ITS_AT + 8, 8, ~0ull, 0x1f0001ef71ull },
	{ "GITS_TYPER, upper half", ITS_AT + 12, 4, 0, 0x1f },
	{ "GITS_CBASER", ITS_AT + 0x80, 8, ~0ull, 0xb8effffffffffcffull },
	{ "GITS_CWRITER", ITS_AT + 0x88, 8, ~0ull, 0xfffe0 },
	{ "GITS_CREADR is read-only", ITS_AT + 0x90, 8, ~0ull, 0 },
	{ "GITS_BASER0: devices", ITS_AT + 0x100, 8, 0, 0x0107000000000000 },
	{ "GITS_BASER0, all ones: the reserved page size is 64 KiB", ITS_AT + 0x100, 8, ~0ull, 0xf9e7fffffffffeffull },
	{ "GITS_BASER1: collections", ITS_AT + 0x108, 8, VALID | RAM_AT, VALID | 0x0407000000000000 | RAM_AT },
	{ "GITS_BASER2 is not there", ITS_AT + 0x110, 8, ~0ull, 0 },
	{ "GITS_BASER7 is not there", ITS_AT + 0x138, 8, ~0ull, 0 },
	{ "GITS_PIDR0", ITS_AT + 0xffe0, 4, ~0ull, 0x94 },
	{ "GITS_PIDR2: GICv3", ITS_AT + 0xffe8, 4, ~0ull, 0x3b },
	{ "reserved", ITS_AT + 0x400, 4, ~0ull, 0 },
	{ "a byte of a register", ITS_AT + 0x88, 1, 0xff, 0 },
	{ "GITS_TRANSLATER is write-only", ITS_AT + GITS_TRANSLATER, 4, 1, 0 },
	{ "GICD_TYPER: LPIs, 16-bit INTIDs", GICD_AT + 4, 4, ~0ull, 0x17a0002 },
	{ "GICR_TYPER of core 3: LPIs, last", GICR_AT + 3 * GICR_SIZE + 8, 8, ~0ull, 0x300000311 },
	{ "GICR_CTLR: EnableLPIs can be cleared", GICR_AT, 4, ~0ull, 3 },
	{ "GICR_CTLR", GICR_AT, 4, 0, 2 },
	{ "GICR_PROPBASER", GICR_AT + 0x70, 8, ~0ull, 0x070fffffffffff9full },
	{ "GICR_PENDBASER: PTZ reads as zero", GICR_AT + 0x78, 8, ~0ull, 0x070fffffffff0f80ull },
};

START_TEST(register_values)
{
	build(false);
	wr(registers[_i].at, registers[_i].size, registers[_i].write);
	ck_assert_msg(rd(registers[_i].at, registers[_i].size) == registers[_i].want, "%s: %#llx", registers[_i].name,
		      (unsigned long long)rd(registers[_i].at, registers[_i].size));
}
END_TEST

/* What an enabled ITS and enabled LPIs are using does not change, and each attempt is told. */
START_TEST(locked_registers)
{
	static const u64 at[] = { ITS_AT + GITS_CBASER, ITS_AT + GITS_BASER, ITS_AT + GITS_BASER + 8,
				  GICR_AT + GICR_PROPBASER, GICR_AT + GICR_PENDBASER };

	start(false);
	for (unsigned i = 0; i < ARRAY_SIZE(at); i++) {
		u64 before = rd(at[i], 8);

		wr(at[i], 8, 0x0000000050000000);
		ck_assert_uint_eq(rd(at[i], 8), before);
		ck_assert_uint_eq(rig.errors, i + 1);
	}
}
END_TEST

/* Without LPIs there is nothing of them. */
START_TEST(no_lpis)
{
	struct gic_config c;

	build(false);
	c = rig.gic.cfg;
	c.lpis = false;
	gic_init(&rig.gic, &c);
	wr(gicr_at(0, GICR_CTLR), 4, 1);
	wr(gicr_at(0, GICR_PROPBASER), 8, ~0ull);
	ck_assert_uint_eq(rd(gicr_at(0, GICR_CTLR), 4), 0);
	ck_assert_uint_eq(rd(gicr_at(0, GICR_PROPBASER), 8), 0);
	ck_assert_uint_eq(rd(gicr_at(0, 8), 8), 0);
	ck_assert_uint_eq(rd(GICD_AT + 4, 4) >> 17 & 0x7f, 9 << 2);
}
END_TEST

/* ---- commands ---- */

/* Device 5 has 16 events, of which 1 is LPI 8193 in collection 0, 2 is LPI 8194 in collection 1, 3 is LPI 8195 in 9,
 * which is not mapped; collection n is core n. */
static void map_all(void)
{
	const struct command commands[] = { MAPC(0, 0),		  MAPC(1, 1),		MAPC(2, 2),
					    MAPC(3, 3),		  MAPD(5, 4, ITT_AT),	MAPTI(5, 1, 8193, 0),
					    MAPTI(5, 2, 8194, 1), MAPTI(5, 3, 8195, 9), SYNC(0) };

	for (unsigned i = 0; i < ARRAY_SIZE(commands); i++)
		ck_assert_msg(issue(&commands[i]), "command %u", i);
	ck_assert_uint_eq(rig.errors, 0);
}

#define DEVICE_OOR "out of the device table's range"
#define EVENT_OOR "EventID is out of"
#define COLLECTION_OOR "out of the collection table's range"
#define NO_DEVICE "device is not mapped"
#define NO_INTERRUPT "interrupt is not mapped"
#define NO_COLLECTION "collection is not mapped"
#define NO_CORE "no core has this number"

static const struct {
	const char *name;
	struct command c;
	const char *error; /* NULL: it is executed */
} commands[] = {
	{ "MAPD", MAPD(6, 16, ITT_AT + 0x1000), NULL },
	{ "MAPD, again", MAPD(5, 2, ITT_AT), NULL },
	{ "MAPD, the last device of the table", MAPD(8191, 1, ITT_AT), NULL },
	{ "MAPD, device beyond the table", MAPD(8192, 1, ITT_AT), DEVICE_OOR },
	{ "MAPD, device beyond DeviceIDs", MAPD(0x10005, 1, ITT_AT), DEVICE_OOR },
	{ "MAPD, 17 event bits", MAPD(6, 17, ITT_AT), "more EventID bits" },
	{ "MAPD, unmap", UNMAPD(5), NULL },
	{ "MAPD, unmap what is not mapped", UNMAPD(77), NULL },
	{ "MAPD, unmap beyond the table", UNMAPD(8192), DEVICE_OOR },
	{ "MAPC", MAPC(7, 2), NULL },
	{ "MAPC, the last of the table", MAPC(8191, 2), NULL },
	{ "MAPC, collection beyond the table", MAPC(8192, 2), COLLECTION_OOR },
	{ "MAPC, no such core", MAPC(7, CORES), NO_CORE },
	{ "MAPC, unmap", UNMAPC(0), NULL },
	{ "MAPC, unmap beyond the table", UNMAPC(8192), COLLECTION_OOR },
	{ "MAPTI", MAPTI(5, 15, 65535, 3), NULL },
	{ "MAPTI, to a collection that is not mapped", MAPTI(5, 15, 8200, 8191), NULL },
	{ "MAPTI, device beyond the table", MAPTI(8192, 1, 8200, 0), DEVICE_OOR },
	{ "MAPTI, device not mapped", MAPTI(6, 1, 8200, 0), NO_DEVICE },
	{ "MAPTI, event beyond the device's", MAPTI(5, 16, 8200, 0), EVENT_OOR },
	{ "MAPTI, INTID of an SPI", MAPTI(5, 1, 8191, 0), "not that of an LPI" },
	{ "MAPTI, INTID of 17 bits", MAPTI(5, 1, 65536, 0), "not that of an LPI" },
	{ "MAPTI, collection beyond the table", MAPTI(5, 1, 8200, 8192), COLLECTION_OOR },
	{ "MAPI, event below the LPIs", MAPI(5, 1, 0), "not that of an LPI" },
	{ "MAPI, device not mapped", MAPI(6, 8200, 0), NO_DEVICE },
	{ "MAPI, event beyond the device's", MAPI(5, 8200, 0), EVENT_OOR },
	{ "MOVI", MOVI(5, 1, 1), NULL },
	{ "MOVI, device beyond the table", MOVI(8192, 1, 1), DEVICE_OOR },
	{ "MOVI, device not mapped", MOVI(6, 1, 1), NO_DEVICE },
	{ "MOVI, event beyond the device's", MOVI(5, 16, 1), EVENT_OOR },
	{ "MOVI, interrupt not mapped", MOVI(5, 4, 1), NO_INTERRUPT },
	{ "MOVI, to a collection that is not mapped", MOVI(5, 1, 9), NO_COLLECTION },
	{ "MOVI, from a collection that is not mapped", MOVI(5, 3, 1), NO_COLLECTION },
	{ "MOVI, collection beyond the table", MOVI(5, 1, 8192), COLLECTION_OOR },
	{ "MOVALL", MOVALL(0, 3), NULL },
	{ "MOVALL, from no core", MOVALL(CORES, 0), NO_CORE },
	{ "MOVALL, to no core", MOVALL(0, CORES), NO_CORE },
	{ "INT", INT(5, 1), NULL },
	{ "INT, device beyond the table", INT(8192, 1), DEVICE_OOR },
	{ "INT, device not mapped", INT(6, 1), NO_DEVICE },
	{ "INT, event beyond the device's", INT(5, 16), EVENT_OOR },
	{ "INT, interrupt not mapped", INT(5, 4), NO_INTERRUPT },
	{ "INT, collection not mapped", INT(5, 3), NO_COLLECTION },
	{ "CLEAR", CLEAR(5, 1), NULL },
	{ "CLEAR, device beyond the table", CLEAR(8192, 1), DEVICE_OOR },
	{ "CLEAR, device not mapped", CLEAR(6, 1), NO_DEVICE },
	{ "CLEAR, event beyond the device's", CLEAR(5, 16), EVENT_OOR },
	{ "CLEAR, interrupt not mapped", CLEAR(5, 4), NO_INTERRUPT },
	{ "CLEAR, collection not mapped", CLEAR(5, 3), NO_COLLECTION },
	{ "DISCARD", DISCARD(5, 1), NULL },
	{ "DISCARD, device beyond the table", DISCARD(8192, 1), DEVICE_OOR },
	{ "DISCARD, device not mapped", DISCARD(6, 1), NO_DEVICE },
	{ "DISCARD, event beyond the device's", DISCARD(5, 16), EVENT_OOR },
	{ "DISCARD, interrupt not mapped", DISCARD(5, 4), NO_INTERRUPT },
	{ "DISCARD, collection not mapped", DISCARD(5, 3), NO_COLLECTION },
	{ "INV", INV(5, 1), NULL },
	{ "INV, device beyond the table", INV(8192, 1), DEVICE_OOR },
	{ "INV, device not mapped", INV(6, 1), NO_DEVICE },
	{ "INV, event beyond the device's", INV(5, 16), EVENT_OOR },
	{ "INV, interrupt not mapped", INV(5, 4), NO_INTERRUPT },
	{ "INV, collection not mapped", INV(5, 3), NO_COLLECTION },
	{ "INVALL", INVALL(1), NULL },
	{ "INVALL, collection not mapped", INVALL(9), NO_COLLECTION },
	{ "INVALL, collection beyond the table", INVALL(8192), COLLECTION_OOR },
	{ "SYNC", SYNC(1), NULL },
	{ "no command", COMMAND(0, 0, 0, 0), "no such command" },
	{ "a command of GICv4", COMMAND(0x29, 0, 0, 0), "no such command" },
};

/* A command in error stalls the queue where it stands; what is put in its place is executed after a retry. */
START_TEST(command_results)
{
	const struct command sync = SYNC(0);
	u64 at;

	start(false);
	map_all();
	at = rd(ITS_AT + GITS_CREADR, 8);
	ck_assert_msg(issue(&commands[_i].c) == !commands[_i].error, "%s", commands[_i].name);
	if (!commands[_i].error) {
		ck_assert_uint_eq(rig.errors, 0);
		return;
	}
	ck_assert_msg(rig.errors == 1 && strstr(rig.error, commands[_i].error), "%s: %s", commands[_i].name, rig.error);
	ck_assert_uint_eq(rd(ITS_AT + GITS_CREADR, 8), at | 1);
	/* Nothing more is executed, and a retry meets the same error. */
	ck_assert(!issue(&sync));
	wr(ITS_AT + GITS_CWRITER, 8, rd(ITS_AT + GITS_CWRITER, 8) | 1);
	ck_assert_uint_eq(rd(ITS_AT + GITS_CREADR, 8), at | 1);
	ck_assert_uint_eq(rig.errors, 2);
	memcpy(rig.ram + at, &sync, sizeof(sync));
	wr(ITS_AT + GITS_CWRITER, 8, rd(ITS_AT + GITS_CWRITER, 8) | 1);
	ck_assert_uint_eq(rd(ITS_AT + GITS_CREADR, 8), rd(ITS_AT + GITS_CWRITER, 8));
	ck_assert_uint_eq(rig.errors, 2);
}
END_TEST

/* ---- interrupts: scripts ---- */

enum op { DONE, CMD, MSG, LOST, CONFIG, IAR, OUT, LPIS, ZERO, LINE, IN_TABLE, NOT_IN_TABLE, POKE_PENDING, ENABLE_SPI };
struct step {
	u8 op;
	u64 a, b; /* device and event; core and what */
	struct command command;
};
#define DO(...)                                                                                                        \
	{                                                                                                              \
		.op = CMD, .command = __VA_ARGS__                                                                      \
	}
#define STEP(what, first, second)                                                                                      \
	{                                                                                                              \
		.op = what, .a = first, .b = second                                                                    \
	}
#define FREE 1023

static const struct script {
	const char *name;
	struct step steps[24];
} scripts[] = {
	{ "a message is an LPI of its collection's core",
	  { STEP(MSG, 5, 1), STEP(OUT, 0, IRQ), STEP(OUT, 1, 0), STEP(IAR, 0, 8193), STEP(IAR, 0, FREE),
	    STEP(OUT, 0, 0), STEP(MSG, 5, 2), STEP(OUT, 0, 0), STEP(OUT, 1, IRQ), STEP(IAR, 1, 8194) } },
	{ "INT does what a message does", { DO(INT(5, 2)), STEP(OUT, 1, IRQ), STEP(IAR, 1, 8194), STEP(OUT, 1, 0) } },
	{ "an LPI that is pending is pending once",
	  { STEP(MSG, 5, 1), STEP(MSG, 5, 1), STEP(IAR, 0, 8193), STEP(IAR, 0, FREE) } },
	{ "messages without a way are lost",
	  { STEP(LOST, 6, 1), STEP(LOST, 5, 4), STEP(LOST, 5, 3), STEP(LOST, 5, 16), STEP(LOST, 0x10005, 1),
	    STEP(OUT, 0, 0), STEP(OUT, 1, 0) } },
	{ "MAPI: the EventID is the INTID",
	  { DO(MAPD(6, 16, ITT_AT + 0x10000)), DO(MAPI(6, 8205, 3)), STEP(MSG, 6, 8205), STEP(IAR, 3, 8205) } },
	{ "CLEAR takes the pending state away",
	  { STEP(MSG, 5, 1), DO(CLEAR(5, 1)), STEP(OUT, 0, 0), STEP(IAR, 0, FREE), STEP(MSG, 5, 1),
	    STEP(IAR, 0, 8193) } },
	{ "DISCARD takes the pending state and the mapping away",
	  { STEP(MSG, 5, 1), DO(DISCARD(5, 1)), STEP(OUT, 0, 0), STEP(LOST, 5, 1), DO(MAPTI(5, 1, 8193, 0)),
	    STEP(IAR, 0, FREE) } },
	{ "MOVI takes the pending state along",
	  { STEP(MSG, 5, 1), DO(MOVI(5, 1, 3)), STEP(OUT, 0, 0), STEP(OUT, 3, IRQ), STEP(IAR, 3, 8193), STEP(MSG, 5, 1),
	    STEP(IAR, 3, 8193), STEP(IAR, 0, FREE) } },
	{ "MOVI within a core", { STEP(MSG, 5, 1), DO(MAPC(4, 0)), DO(MOVI(5, 1, 4)), STEP(IAR, 0, 8193) } },
	{ "MOVALL takes all pending state along, and no mapping",
	  { DO(MAPTI(5, 4, 9999, 0)), STEP(MSG, 5, 1), STEP(MSG, 5, 4), DO(MOVALL(0, 2)), STEP(OUT, 0, 0),
	    STEP(IAR, 2, 8193), STEP(IAR, 2, 9999), STEP(IAR, 2, FREE), STEP(MSG, 5, 1), STEP(IAR, 0, 8193) } },
	{ "MOVALL to itself", { STEP(MSG, 5, 1), DO(MOVALL(0, 0)), STEP(IAR, 0, 8193) } },
	{ "MAPC to another core takes nothing along",
	  { STEP(MSG, 5, 1), DO(MAPC(0, 3)), STEP(IAR, 0, 8193), STEP(MSG, 5, 1), STEP(IAR, 3, 8193) } },
	{ "a device that is unmapped is silent",
	  { DO(UNMAPD(5)), STEP(LOST, 5, 1), DO(MAPD(5, 4, ITT_AT)), STEP(MSG, 5, 1), STEP(IAR, 0, 8193) } },
	{ "an enable is not seen before INV",
	  { STEP(CONFIG, 8193, 0xa0), STEP(MSG, 5, 1), STEP(OUT, 0, 0), STEP(CONFIG, 8193, 0xa1), STEP(OUT, 0, 0),
	    STEP(MSG, 5, 1), STEP(OUT, 0, 0), DO(INV(5, 1)), STEP(OUT, 0, IRQ), STEP(IAR, 0, 8193) } },
	{ "a disable is not seen before INV",
	  { STEP(MSG, 5, 1), STEP(IAR, 0, 8193), STEP(CONFIG, 8193, 0xa0), STEP(MSG, 5, 1), STEP(OUT, 0, IRQ),
	    DO(INV(5, 1)), STEP(OUT, 0, 0), STEP(IAR, 0, FREE) } },
	{ "INV of another interrupt is not enough",
	  { STEP(CONFIG, 8193, 0xa0), STEP(MSG, 5, 1), STEP(CONFIG, 8193, 0xa1), DO(INV(5, 2)), STEP(OUT, 0, 0) } },
	{ "INVALL is for its collection's core",
	  { STEP(CONFIG, 8193, 0xa0), STEP(MSG, 5, 1), STEP(CONFIG, 8193, 0xa1), DO(INVALL(1)), STEP(OUT, 0, 0),
	    DO(INVALL(0)), STEP(OUT, 0, IRQ), STEP(IAR, 0, 8193) } },
	{ "priorities decide, then INTIDs",
	  { DO(MAPTI(5, 4, 8300, 0)), DO(MAPTI(5, 5, 8301, 0)), DO(MAPTI(5, 6, 8302, 0)), STEP(CONFIG, 8302, 0x41),
	    STEP(MSG, 5, 5), STEP(MSG, 5, 4), STEP(MSG, 5, 1), STEP(MSG, 5, 6), STEP(IAR, 0, 8302), STEP(IAR, 0, 8193),
	    STEP(IAR, 0, 8300), STEP(IAR, 0, 8301) } },
	{ "a priority changes by INV while pending",
	  { DO(MAPTI(5, 4, 8300, 0)), STEP(MSG, 5, 4), STEP(MSG, 5, 1), STEP(CONFIG, 8300, 0x41), STEP(OUT, 0, IRQ),
	    DO(INV(5, 4)), STEP(IAR, 0, 8300), STEP(IAR, 0, 8193) } },
	{ "LPIs among SPIs",
	  { STEP(ENABLE_SPI, 40, 0xa0), STEP(ENABLE_SPI, 41, 0x98), STEP(ENABLE_SPI, 42, 0xa8), STEP(LINE, 40, 1),
	    STEP(LINE, 41, 1), STEP(LINE, 42, 1), STEP(MSG, 5, 1), STEP(IAR, 0, 41), STEP(LINE, 41, 0),
	    STEP(IAR, 0, 40), STEP(LINE, 40, 0), STEP(IAR, 0, 8193), STEP(IAR, 0, 42) } },
	{ "disabling LPIs writes the pending table, enabling them reads it",
	  { STEP(MSG, 5, 1), STEP(NOT_IN_TABLE, 0, 8193), STEP(LPIS, 0, 0), STEP(OUT, 0, 0), STEP(IN_TABLE, 0, 8193),
	    STEP(NOT_IN_TABLE, 0, 8192), STEP(MSG, 5, 1), STEP(OUT, 0, 0), STEP(POKE_PENDING, 0, 65535),
	    STEP(CONFIG, 65535, 0x21), STEP(LPIS, 0, 1), STEP(OUT, 0, IRQ), STEP(IAR, 0, 65535), STEP(IAR, 0, 8193),
	    STEP(LPIS, 0, 0), STEP(NOT_IN_TABLE, 0, 8193) } },
	{ "a pending table said to be zero is not read",
	  { STEP(MSG, 5, 1), STEP(LPIS, 0, 0), STEP(IN_TABLE, 0, 8193), STEP(ZERO, 0, 0), STEP(LPIS, 0, 1),
	    STEP(OUT, 0, 0) } },
	{ "disabling LPIs forgets their configuration",
	  { STEP(MSG, 5, 1), STEP(IAR, 0, 8193), STEP(CONFIG, 8193, 0xa0), STEP(LPIS, 0, 0), STEP(LPIS, 0, 1),
	    STEP(MSG, 5, 1), STEP(OUT, 0, 0) } },
	{ "LPIs that are disabled take no message, and MOVALL loses what it brings them",
	  { STEP(LPIS, 2, 0), STEP(MSG, 5, 1), DO(MOVALL(0, 2)), STEP(IAR, 0, FREE), STEP(LPIS, 2, 1),
	    STEP(IAR, 2, FREE) } },
};

static void end(unsigned core, u64 intid)
{
	icc_write(core, GIC_ICC_EOIR1_EL1, intid);
	ck_assert_uint_eq(icc_read(core, GIC_ICC_RPR_EL1), 0xff);
}

static bool in_table(u64 core, u64 intid)
{
	return bit(rig.ram[PENDING_AT - RAM_AT + core * 0x10000 + intid / 8], intid % 8);
}

static void enable_spi(unsigned intid, u8 priority)
{
	wr(GICD_AT + 0x400 + intid, 1, priority);
	wr(GICD_AT + 0x080 + intid / 32 * 4, 4, ~0u);
	wr(GICD_AT + 0x100 + intid / 32 * 4, 4, 1u << intid % 32);
}

static u64 perform(const struct step *s)
{
	unsigned core = (unsigned)s->a & 3;
	struct line line;

	switch ((enum op)s->op) {
	case CMD: return !issue(&s->command);
	case MSG: return message((u32)s->a, (u32)s->b) != DMA_OK || rig.errors;
	case LOST: return message((u32)s->a, (u32)s->b) != DMA_OK || !rig.errors--;
	case CONFIG: set_config((unsigned)s->a, (u8)s->b); return 0;
	case OUT: return rig.out[core] ^ s->b;
	case LPIS: enable_lpis(core, s->b); return rig.errors;
	case ZERO: wr(gicr_at(core, GICR_PENDBASER), 8, (PENDING_AT + core * 0x10000) | PTZ); return rig.errors;
	case LINE:
		line = gic_spi(&rig.gic, (unsigned)s->a);
		line_set(&line, s->b);
		return 0;
	case ENABLE_SPI: enable_spi((unsigned)s->a, (u8)s->b); return 0;
	case IN_TABLE: return !in_table(s->a, s->b);
	case NOT_IN_TABLE: return in_table(s->a, s->b);
	case POKE_PENDING: rig.ram[PENDING_AT - RAM_AT + core * 0x10000 + s->b / 8] |= (u8)(1u << s->b % 8); return 0;
	case IAR:
		if (icc_read(core, GIC_ICC_HPPIR1_EL1) != s->b || icc_read(core, GIC_ICC_IAR1_EL1) != s->b)
			return 1;
		if (s->b != FREE)
			end(core, s->b);
		return 0;
	case DONE: break;
	}
	return 1;
}

START_TEST(script)
{
	start(false);
	map_all();
	for (const struct step *s = scripts[_i].steps; s->op; s++)
		ck_assert_msg(!perform(s), "%s: step %d", scripts[_i].name, (int)(s - scripts[_i].steps) + 1);
}
END_TEST

/* ---- tables ---- */

static const struct {
	const char *name;
	u64 devices, collections; /* GITS_BASER0 and 1 */
	u32 last;		  /* the last device and collection that have a place */
} shapes[] = {
	{ "flat, 4 KiB", VALID | DEVICES_AT, VALID | COLLECTIONS_AT, 511 },
	{ "flat, 2 pages of 16 KiB", VALID | DEVICES_AT | 1 << 8 | 1, VALID | COLLECTIONS_AT | 1 << 8 | 1, 4095 },
	{ "flat, 8 pages of 64 KiB", VALID | LEVEL2_AT | 2 << 8 | 7, VALID | (LEVEL2_AT + 0x100000) | 2 << 8 | 7,
	  65535 },
	{ "flat, 9 pages of 64 KiB: IDs have 16 bits", VALID | LEVEL2_AT | 2 << 8 | 8,
	  VALID | (LEVEL2_AT + 0x100000) | 2 << 8 | 8, 65535 },
};

static bool map_device(u32 device, u32 collection)
{
	const struct command c[] = { MAPC(collection, 2), MAPD(device, 5, ITT_AT + 0x800),
				     MAPTI(device, 31, 20000, collection) };

	return issue(&c[0]) && issue(&c[1]) && issue(&c[2]);
}

START_TEST(flat_tables)
{
	start(false);
	wr(ITS_AT + GITS_CTLR, 4, 0);
	start_its(shapes[_i].devices, shapes[_i].collections);
	ck_assert_msg(map_device(shapes[_i].last, shapes[_i].last), "%s", shapes[_i].name);
	ck_assert_int_eq(message(shapes[_i].last, 31), DMA_OK);
	ck_assert_uint_eq(icc_read(2, GIC_ICC_IAR1_EL1), 20000);
	ck_assert_msg(!map_device(shapes[_i].last + 1, 0), "%s", shapes[_i].name);
	ck_assert_ptr_nonnull(strstr(rig.error, DEVICE_OOR));
}
END_TEST

/* Two levels, by the size of a page. Entry 1 of the first level points to a page, the others are not valid. */
START_TEST(two_levels)
{
	u64 page = 4096ull << 2 * _i, each = page / 8, entry = VALID | LEVEL2_AT;

	start(false);
	wr(ITS_AT + GITS_CTLR, 4, 0);
	memcpy(rig.ram + (DEVICES_AT - RAM_AT) + 8, &entry, 8);
	start_its(VALID | INDIRECT | DEVICES_AT | (u64)_i << 8, VALID | COLLECTIONS_AT);
	ck_assert(map_device((u32)each, 3));
	ck_assert(map_device((u32)(2 * each - 1), 3));
	ck_assert_int_eq(message((u32)each, 31), DMA_OK);
	ck_assert_uint_eq(icc_read(2, GIC_ICC_IAR1_EL1), 20000);
	ck_assert(rig.ram[LEVEL2_AT - RAM_AT + 7] & 0x80);
	ck_assert(rig.ram[LEVEL2_AT - RAM_AT + page - 1] & 0x80);
	ck_assert_uint_eq(rig.errors, 0);
	ck_assert(!map_device((u32)(2 * each), 3));
	ck_assert_ptr_nonnull(strstr(rig.error, DEVICE_OOR));
}
END_TEST

/* Bits [51:48] of a table's address, with pages of 64 KiB, stand below: then it is not in memory here. */
START_TEST(high_address)
{
	start(false);
	wr(ITS_AT + GITS_CTLR, 4, 0);
	start_its(VALID | DEVICES_AT | 2 << 8 | 1 << 12, VALID | COLLECTIONS_AT);
	ck_assert(!map_device(1, 1));
	ck_assert_ptr_nonnull(strstr(rig.error, "not in memory"));
}
END_TEST

/* Software's memory says nothing that can be trusted. */
START_TEST(broken_tables)
{
	const u64 garbage = ~0ull;

	start(false);
	map_all();
	memcpy(rig.ram + (ITT_AT - RAM_AT) + 8, &garbage, 8); /* INTID 0xffffffff, collection 65535 */
	message(5, 1);
	ck_assert_uint_eq(rig.errors, 1);
	memcpy(rig.ram + (COLLECTIONS_AT - RAM_AT) + 8, &garbage, 8); /* core 65535 */
	message(5, 2);
	ck_assert_uint_eq(rig.errors, 2);
	ck_assert_ptr_nonnull(strstr(rig.error, NO_COLLECTION));
	memcpy(rig.ram + (DEVICES_AT - RAM_AT) + 5 * 8, &garbage, 8); /* a table nowhere, 2^32 events */
	message(5, 2);
	ck_assert_uint_eq(rig.errors, 3);
	for (unsigned i = 0; i < CORES; i++)
		ck_assert_uint_eq(rig.out[i], 0);
}
END_TEST

static const struct {
	const char *name;
	u64 devices, collections, itt;
} nowhere[] = {
	{ "devices", VALID | NOWHERE, VALID | COLLECTIONS_AT, ITT_AT },
	{ "devices, of registers", VALID | ITS_AT, VALID | COLLECTIONS_AT, ITT_AT },
	{ "collections", VALID | DEVICES_AT, VALID | NOWHERE, ITT_AT },
	{ "interrupts", VALID | DEVICES_AT, VALID | COLLECTIONS_AT, NOWHERE },
	{ "interrupts, across the end of memory", VALID | DEVICES_AT, VALID | COLLECTIONS_AT,
	  RAM_AT + RAM_SIZE - 0x800 },
};

START_TEST(tables_nowhere)
{
	const struct command c[] = { MAPC(1, 1), MAPD(1, 12, nowhere[_i].itt), MAPTI(1, 4095, 9000, 1) };

	start(false);
	wr(ITS_AT + GITS_CTLR, 4, 0);
	start_its(nowhere[_i].devices, nowhere[_i].collections);
	ck_assert_msg(!(issue(&c[0]) && issue(&c[1]) && issue(&c[2])), "%s", nowhere[_i].name);
	ck_assert_msg(strstr(rig.error, "not in memory") != NULL, "%s", nowhere[_i].name);
}
END_TEST

/* ---- the queue ---- */

START_TEST(queue)
{
	const struct command sync = SYNC(0);

	start(false);
	for (unsigned i = 0; i < 300; i++) /* round and round */
		ck_assert(issue(&sync));
	ck_assert_uint_eq(rd(ITS_AT + GITS_CREADR, 8), 300 % 128 * 32);
	/* Disabled, commands wait. */
	wr(ITS_AT + GITS_CTLR, 4, 0);
	ck_assert(!issue(&sync));
	wr(ITS_AT + GITS_CTLR, 4, 1);
	ck_assert_uint_eq(rd(ITS_AT + GITS_CREADR, 8), 301 % 128 * 32);
	/* A write pointer beyond the queue executes nothing. */
	wr(ITS_AT + GITS_CWRITER, 8, 4096);
	ck_assert_uint_eq(rd(ITS_AT + GITS_CREADR, 8), 301 % 128 * 32);
	ck_assert_ptr_nonnull(strstr(rig.error, "beyond the command queue"));
	/* Setting up a queue begins at its start. */
	wr(ITS_AT + GITS_CTLR, 4, 0);
	wr(ITS_AT + GITS_CBASER, 8, VALID | NOWHERE);
	ck_assert_uint_eq(rd(ITS_AT + GITS_CREADR, 8), 0);
	wr(ITS_AT + GITS_CWRITER, 8, 32);
	wr(ITS_AT + GITS_CTLR, 4, 1);
	ck_assert_uint_eq(rd(ITS_AT + GITS_CREADR, 8), 1);
	ck_assert_ptr_nonnull(strstr(rig.error, "not in memory"));
	/* Without a valid queue nothing happens. */
	wr(ITS_AT + GITS_CTLR, 4, 0);
	wr(ITS_AT + GITS_CBASER, 8, QUEUE_AT);
	wr(ITS_AT + GITS_CTLR, 4, 1);
	ck_assert_uint_eq(rd(ITS_AT + GITS_CREADR, 8), 0);
}
END_TEST

/* Several commands at once, written by halves of the register. */
START_TEST(batch)
{
	const struct command c[] = { MAPC(0, 3), MAPD(1, 1, ITT_AT), MAPTI(1, 0, 8192, 0),
				     INT(1, 0),	 CLEAR(1, 0),	     INT(1, 0) };

	start(false);
	memcpy(rig.ram, c, sizeof(c));
	wr(ITS_AT + GITS_CWRITER, 4, sizeof(c));
	ck_assert_uint_eq(rd(ITS_AT + GITS_CREADR, 4), sizeof(c));
	ck_assert_uint_eq(icc_read(3, GIC_ICC_IAR1_EL1), 8192);
	ck_assert_uint_eq(icc_read(3, GIC_ICC_IAR1_EL1), 1023);
}
END_TEST

/* Everything pending, and a whole queue of the commands that cost the most: it ends, and soon. */
START_TEST(costly_queue)
{
	static const struct command c[] = { INVALL(0), MOVALL(0, 1), INVALL(1), MOVALL(1, 0) };
	u64 at = RAM_AT + 0x300000;

	start(false);
	map_all();
	wr(ITS_AT + GITS_CTLR, 4, 0);
	enable_lpis(0, false);
	memset(rig.ram + (PENDING_AT - RAM_AT), 0xff, 8192);
	wr(gicr_at(0, GICR_PENDBASER), 8, PENDING_AT);
	enable_lpis(0, true);
	for (unsigned i = 0; i < 32768; i++)
		memcpy(rig.ram + (at - RAM_AT) + i * 32, &c[i % 4], 32);
	wr(ITS_AT + GITS_CBASER, 8, VALID | at | 0xff);
	wr(ITS_AT + GITS_CWRITER, 8, 32767 * 32);
	wr(ITS_AT + GITS_CTLR, 4, 1);
	ck_assert_uint_eq(rd(ITS_AT + GITS_CREADR, 8), 32767 * 32);
	ck_assert_uint_eq(icc_read(1, GIC_ICC_HPPIR1_EL1), 8192);
	ck_assert_uint_eq(icc_read(0, GIC_ICC_HPPIR1_EL1), 1023);
}
END_TEST

/* ---- redistributors ---- */

/* PROPBASER.IDbits bounds the LPIs that exist; below 14 bits there is none. */
START_TEST(id_bits)
{
	static const struct {
		unsigned bits, intid;
		bool exists;
	} cases[] = { { 16, 65535, true },  { 20, 65535, true }, { 14, 16383, true },
		      { 14, 16384, false }, { 13, 8192, false }, { 1, 8192, false } };
	struct command c = MAPTI(5, 7, cases[_i].intid, 0);

	start(false);
	map_all();
	ck_assert(issue(&c));
	enable_lpis(0, false);
	wr(gicr_at(0, GICR_PROPBASER), 8, CONFIG_AT | (cases[_i].bits - 1));
	enable_lpis(0, true);
	message(5, 7);
	ck_assert_uint_eq(rig.out[0], cases[_i].exists ? IRQ : 0);
}
END_TEST

/* With two security states, LPIs have the Non-secure half of the priorities. */
START_TEST(secure_state)
{
	start(true);
	map_all();
	set_config(8193, 0x21);
	message(5, 1);
	ck_assert_uint_eq(rig.out[0], IRQ);
	icc_write(0, GIC_ICC_PMR_EL1, 0x90);
	ck_assert_uint_eq(rig.out[0], 0);
	icc_write(0, GIC_ICC_PMR_EL1, 0x98);
	ck_assert_uint_eq(icc_read(0, GIC_ICC_IAR1_EL1), 8193);
	ck_assert_uint_eq(icc_read(0, GIC_ICC_RPR_EL1), 0x90);
}
END_TEST

/* Tables that are not in memory: no LPI is enabled, none is pending. */
START_TEST(redistributor_tables_nowhere)
{
	start(false);
	map_all();
	enable_lpis(0, false);
	wr(gicr_at(0, GICR_PROPBASER), 8, NOWHERE | 15);
	wr(gicr_at(0, GICR_PENDBASER), 8, NOWHERE);
	enable_lpis(0, true);
	ck_assert_uint_eq(rig.errors, 1);
	message(5, 1);
	ck_assert_uint_eq(rig.errors, 2);
	ck_assert_uint_eq(rig.out[0], 0);
	enable_lpis(0, false);
	ck_assert_uint_eq(rig.errors, 3);
}
END_TEST

/* No active state: EOI drops the priority whatever the mode, and DIR has no say. */
START_TEST(ends)
{
	start(false);
	map_all();
	icc_write(0, GIC_ICC_CTLR_EL1, 2); /* EOImode */
	message(5, 1);
	ck_assert_uint_eq(icc_read(0, GIC_ICC_IAR1_EL1), 8193);
	ck_assert(!gic_irq_is_active(&rig.gic, 0, 8193) && !gic_irq_is_pending(&rig.gic, 0, 8193));
	message(5, 1); /* pending again, while the first is handled */
	ck_assert(gic_irq_is_pending(&rig.gic, 0, 8193));
	ck_assert_uint_eq(rig.out[0], 0);
	ck_assert_str_eq(gic_irq_obstacle(&rig.gic, 0, 8193), "its priority does not preempt the active one");
	icc_write(0, GIC_ICC_EOIR1_EL1, 8193);
	ck_assert_uint_eq(rig.out[0], IRQ);
	icc_write(0, GIC_ICC_DIR_EL1, 8193);
	ck_assert_uint_eq(icc_read(0, GIC_ICC_IAR1_EL1), 8193);
	icc_write(0, GIC_ICC_EOIR1_EL1, 8193);
	ck_assert_uint_eq(rig.errors, 0);
	icc_write(0, GIC_ICC_EOIR1_EL1, 65536);
	ck_assert_uint_eq(rig.errors, 1);
}
END_TEST

START_TEST(obstacles)
{
	start(false);
	map_all();
	set_config(8193, 0xa0);
	message(5, 1);
	ck_assert_ptr_nonnull(strstr(gic_irq_obstacle(&rig.gic, 0, 8193), "INV"));
	set_config(8193, 0xa1);
	ck_assert(issue(&(struct command)INV(5, 1)));
	ck_assert_ptr_null(gic_irq_obstacle(&rig.gic, 0, 8193));
	icc_write(0, GIC_ICC_PMR_EL1, 0xa0);
	ck_assert_ptr_nonnull(strstr(gic_irq_obstacle(&rig.gic, 0, 8193), "ICC_PMR"));
}
END_TEST

/* An LPI in a list register: no active state either. */
START_TEST(list_register)
{
	start(false);
	rig.gic.view[0].el = 2;
	icc_write(0, GIC_ICH_HCR_EL2, 1);
	icc_write(0, GIC_ICH_VMCR_EL2, 0xf8000002);
	icc_write(0, GIC_ICH_LR0_EL2, ICH_LR_PENDING | ICH_LR_GROUP | 0xa0ull << 48 | 54321);
	rig.gic.view[0].el = 1;
	rig.gic.view[0].hcr_el2 = 16; /* IMO */
	gic_view_changed(&rig.gic, 0);
	ck_assert_uint_eq(icc_read(0, GIC_ICC_IAR1_EL1), 54321);
	icc_write(0, GIC_ICC_EOIR1_EL1, 54321);
	rig.gic.view[0].el = 2;
	ck_assert_uint_eq(icc_read(0, GIC_ICH_LR0_EL2), ICH_LR_GROUP | 0xa0ull << 48 | 54321);
	ck_assert_uint_eq(icc_read(0, GIC_ICH_HCR_EL2) >> 27, 0);
	ck_assert_uint_eq(icc_read(0, GIC_ICH_VTR_EL2) >> 23 & 7, 1);
}
END_TEST

/* A core's own write is device 0's; other widths and places do nothing. */
START_TEST(translater)
{
	const struct command c[] = { MAPD(0, 4, ITT_AT + 0x400), MAPTI(0, 9, 8999, 0) };

	start(false);
	map_all();
	ck_assert(issue(&c[0]) && issue(&c[1]));
	wr(ITS_AT + GITS_TRANSLATER, 4, 9);
	ck_assert_uint_eq(icc_read(0, GIC_ICC_IAR1_EL1), 8999);
	wr(ITS_AT + GITS_TRANSLATER, 2, 9);
	ck_assert(gic_irq_is_pending(&rig.gic, 0, 8999));
	ck_assert_uint_eq(rig.errors, 0);
	wr(ITS_AT + GITS_TRANSLATER, 8, 9);
	wr(ITS_AT + GITS_TRANSLATER + 4, 4, 9);
	ck_assert_uint_eq(rig.errors, 2);
	wr(ITS_AT + GITS_CTLR, 4, 0);
	wr(ITS_AT + GITS_TRANSLATER, 4, 9);
	ck_assert_uint_eq(rig.errors, 3);
}
END_TEST

/* A snapshot is a copy: what is derived comes back. */
START_TEST(refresh)
{
	static struct gic_state saved;

	start(false);
	map_all();
	message(5, 1);
	saved = rig.gic.s;
	icc_read(0, GIC_ICC_IAR1_EL1);
	enable_lpis(0, false);
	rig.gic.s = saved;
	gic_refresh(&rig.gic);
	ck_assert_uint_eq(rig.out[0], IRQ);
	ck_assert_uint_eq(icc_read(0, GIC_ICC_IAR1_EL1), 8193);
	gic_reset(&rig.gic);
	ck_assert_uint_eq(rd(ITS_AT + GITS_BASER, 8), 0x0107000000000000);
	ck_assert_uint_eq(rd(gicr_at(0, GICR_CTLR), 4), 2);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("its");
	TCase *t = tcase_create("its");

	tcase_add_loop_test(t, register_values, 0, (int)ARRAY_SIZE(registers));
	tcase_add_test(t, locked_registers);
	tcase_add_test(t, no_lpis);
	tcase_add_loop_test(t, command_results, 0, (int)ARRAY_SIZE(commands));
	tcase_add_loop_test(t, script, 0, (int)ARRAY_SIZE(scripts));
	tcase_add_loop_test(t, flat_tables, 0, (int)ARRAY_SIZE(shapes));
	tcase_add_loop_test(t, two_levels, 0, 3);
	tcase_add_test(t, high_address);
	tcase_add_test(t, broken_tables);
	tcase_add_loop_test(t, tables_nowhere, 0, (int)ARRAY_SIZE(nowhere));
	tcase_add_test(t, queue);
	tcase_add_test(t, batch);
	tcase_add_test(t, costly_queue);
	tcase_add_loop_test(t, id_bits, 0, 6);
	tcase_add_test(t, secure_state);
	tcase_add_test(t, redistributor_tables_nowhere);
	tcase_add_test(t, ends);
	tcase_add_test(t, obstacles);
	tcase_add_test(t, list_register);
	tcase_add_test(t, translater);
	tcase_add_test(t, refresh);
	suite_add_tcase(s, t);
	return run_suite(s);
}
