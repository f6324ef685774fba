/* The gdb server over a transport in memory: every packet, its answer, and what is wrong with it. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "debug/gdb.h"
#include "machine/machine.h"
#include "machine/map.h"
#include "run_suite.h"

#define PROGRAM (MAP_RAM_BASE + 0x1000) /* 0x40001000 */

/* X0 counts; each turn writes it to 0x40002000 and reads it back. Then power off. */
static const u32 loop[] = {
	0xd2a80001, /* mov x1, #0x40000000 */
	0x91400821, /* add x1, x1, #0x2, lsl #12 */
	0x91000400, /* 1: add x0, x0, #1 */
	0xf9000020, /* str x0, [x1] */
	0xf9400022, /* ldr x2, [x1] */
	0xf1000c1f, /* cmp x0, #3 */
	0x54ffff81, /* b.ne 1b */
	0x52800100, /* mov w0, #0x84000008 */
	0x72b08000, /* SYSTEM_OFF */
	0xd4000003, /* smc #0 */
};

static struct machine *m;
static struct gdb *g;
static char heard[65536];
static size_t heard_size;

static void hear(void *ctx, const void *bytes, size_t size)
{
	ck_assert_uint_lt(heard_size + size, sizeof(heard));
	memcpy(heard + heard_size, bytes, size);
	heard_size += size;
	heard[heard_size] = 0;
}

static void start_cores(unsigned smp)
{
	struct hyp_config c = { .cpu = "cortex-a72", .mem = 16 << 20, .el = 2, .smp = smp };
	struct gdb_host host = { .send = hear };
	struct boot boot = { .pc = PROGRAM };
	struct error e = { 0 };

	m = machine_create(&c, &e);
	ck_assert_msg(m != NULL, "%s", e.text);
	ck_assert(bus_copy_in(&m->bus, (pa_t){ PROGRAM, true }, loop, sizeof(loop)));
	machine_reset(m, &boot);
	g = gdb_open(m, &host);
	ck_assert(g != NULL);
	gdb_connect(g);
}

static void start(void)
{
	start_cores(2);
}

static void end(void)
{
	gdb_close(g);
	hyp_destroy(m);
}

static void send_body(const char *body, size_t size)
{
	u8 sum = 0;
	char check[4];

	heard_size = 0;
	heard[0] = 0;
	for (size_t i = 0; i < size; i++)
		sum = (u8)(sum + (u8)body[i]);
	snprintf(check, sizeof(check), "#%02x", sum);
	gdb_take(g, "$", 1);
	gdb_take(g, body, size);
	gdb_take(g, check, 3);
}

/* The body of the last packet that came back. */
static const char *answer(void)
{
	static char body[65536];
	char *at = strrchr(heard, '$');

	body[0] = 0;
	if (!at)
		return "nothing";
	strcpy(body, at + 1);
	*strrchr(body, '#') = 0;
	return body;
}

static const char *ask(const char *packet)
{
	send_body(packet, strlen(packet));
	return answer();
}

/* Run until the debugger is told something. */
static const char *go(const char *packet)
{
	send_body(packet, strlen(packet));
	for (unsigned i = 0; i < 1000 && gdb_runs(g); i++) {
		struct hyp_status s = gdb_run(g, 1000);

		if (s.end == HYP_POWER_OFF) {
			gdb_ended(g, 0);
			break;
		}
	}
	return answer();
}

#define ANSWERS(packet, wanted) ck_assert_str_eq(ask(packet), wanted)

/* What monitor said, decoded. */
static const char *monitor(const char *line)
{
	static char text[65536];
	char packet[2048] = "qRcmd,";
	const char *at;
	size_t n = 0;

	for (const char *p = line; *p; p++)
		sprintf(packet + strlen(packet), "%02x", (u8)*p);
	ANSWERS(packet, "OK");
	for (at = strstr(heard, "$O"); at && at[2] != 'K'; at = strstr(at, "$O"))
		for (at += 2; *at != '#'; at += 2) {
			char pair[3] = { at[0], at[1], 0 };

			text[n++] = (char)strtoul(pair, NULL, 16);
		}
	text[n] = 0;
	return text;
}

/* Inlined, it makes gcc 12 see a null string where none can be. */
static __attribute__((noinline)) void says(const char *line, const char *words)
{
	const char *text = monitor(line);

	ck_assert_msg(strstr(text, words) != NULL, "monitor %s: %s", line, text);
}

/* ---- framing ---- */

START_TEST(acknowledgements)
{
	gdb_take(g, "$qC#b4", 6);
	ck_assert_str_eq(heard, "+$QC1#c5");
	heard_size = 0;
	gdb_take(g, "-", 1); /* again, please */
	ck_assert_str_eq(heard, "$QC1#c5");
	heard_size = 0;
	heard[0] = 0;
	gdb_take(g, "+$qC#b5", 7); /* a wrong sum */
	ck_assert_str_eq(heard, "-");
	heard_size = 0;
	gdb_take(g, "x#$q", 4);	  /* not finished, ... */
	gdb_take(g, "$qC#b4", 6); /* ... and begun anew */
	ck_assert_str_eq(heard, "+$QC1#c5");
	ANSWERS("QStartNoAckMode", "OK");
	ck_assert_str_eq(heard, "+$OK#9a");
	heard_size = 0;
	gdb_take(g, "$qC#00", 6);
	ck_assert_str_eq(heard, "$QC1#c5");
}
END_TEST

START_TEST(too_long)
{
	static char packet[40000];

	memset(packet, 'm', sizeof(packet));
	send_body(packet, sizeof(packet));
	ck_assert_str_eq(answer(), "E22");
	ANSWERS("qC", "QC1");
}
END_TEST

/* ---- answers ---- */

static const struct {
	const char *packet, *answer;
} answers[] = {
	{ "?", "T05thread:1;" },
	{ "qC", "QC1" },
	{ "qfThreadInfo", "m1,2" },
	{ "qsThreadInfo", "l" },
	{ "qAttached", "1" },
	{ "qAttached:1", "1" },
	{ "qSymbol::", "OK" },
	{ "qOffsets", "" },
	{ "qTStatus", "" },
	{ "vCont?", "vCont;c;C;s;S;t;r" },
	{ "vMustReplyEmpty", "" },
	{ "!", "" },
	{ "", "" },
	{ "\x80", "" },
	{ "Hg2", "OK" },
	{ "Hc-1", "OK" },
	{ "Hg0", "OK" },
	{ "Hgp1.2", "OK" },
	{ "Hg3", "E22" },
	{ "Hgp2.1", "E22" },
	{ "Hg", "E22" },
	{ "Hx1", "E22" },
	{ "H", "E22" },
	{ "T1", "OK" },
	{ "T2", "OK" },
	{ "T3", "E01" },
	{ "T", "E01" },
	{ "m40001000,4", "0100a8d2" },
	{ "m40001000,0", "" },
	{ "m9000000,4", "E14" }, /* a device is left alone */
	{ "m0,", "E22" },
	{ "m", "E22" },
	{ "m11223344556677889,1", "E22" },
	{ "m40fffffe,4", "0000" }, /* up to the end of the RAM */
	{ "M40003000,2:abCD", "OK" },
	{ "M40003000,2:ab", "E22" },
	{ "M40003000,2:abcdef", "E22" },
	{ "M40003000,2:abcg", "E22" },
	{ "M40003000,2", "E22" },
	{ "M9000000,1:41", "E14" },
	{ "X40003000,0:", "OK" },
	{ "X40003000,2:a", "E22" },
	{ "p20", "0010004000000000" },
	{ "p21", "c9030000" },
	{ "p0", "0000000000000000" },
	{ "p42", "00000000" },
	{ "pffff", "E22" },
	{ "p", "E22" },
	{ "P0=1122334455667788", "OK" },
	{ "P0=11", "E22" },
	{ "P0", "E22" },
	{ "P21=10000000", "E01" }, /* AArch32 */
	{ "Pffff=00", "E22" },
	{ "G00", "E22" },
	{ "Z0,40001008,4", "OK" },
	{ "Z1,40001008,4", "OK" },
	{ "Z4,40002000,8", "OK" },
	{ "Z5,40001008,4", "E22" },
	{ "Z0,40001008", "E22" },
	{ "Z0", "E22" },
	{ "z0,40001008,4", "OK" },
	{ "z0,12345678,4", "OK" },
	{ "z9,0,0", "E22" },
	{ "vCont;x", "E22" },
	{ "vCont;", "E22" },
	{ "vCont;c:9", "E22" },
	{ "vCont;r1", "E22" },
	{ "vCont;cc", "E22" },
	{ "vCont;t", "T05thread:1;" },
	{ "Czz", "E22" },
	{ "c12x", "E22" },
	{ "qXfer:features:read:target.xml:0,10", "m<?xml version=\"1" },
	{ "qXfer:features:read:other.xml:0,10", "E00" },
	{ "qXfer:features:read:target.xml:fffffff,10", "E22" },
	{ "qXfer:features:read:target.xml:0", "E22" },
	{ "qXfer:memory-map:read::0,10", "" },
	{ "qThreadExtraInfo,9", "E22" },
	{ "qThreadExtraInfo", "" },
	{ "qRcmd,6", "E22" },
	{ "qRcmd,zz", "E22" },
	{ "qqemu.PhyMemMode", "0" },
};

START_TEST(one_answer)
{
	ck_assert_msg(!strcmp(ask(answers[_i].packet), answers[_i].answer), "%s: %s, not %s", answers[_i].packet,
		      answer(), answers[_i].answer);
	ck_assert(!gdb_runs(g));
}
END_TEST

START_TEST(memory_is_written)
{
	ANSWERS("M40003000,4:01237d23", "OK");
	ANSWERS("m40003000,4", "01237d23");
	ANSWERS("x40003000,4", "b\x01}\x03}]}\x03"); /* # and } are escaped */
	send_body("X40003000,3:a}\x03}]", 17);
	ck_assert_str_eq(answer(), "OK");
	ANSWERS("m40003000,3", "61237d");
}
END_TEST

START_TEST(registers_go_round)
{
	char all[4096], set[4100] = "G";

	ANSWERS("P1=efcdab8967452301", "OK");
	ANSWERS("P41=00112233445566778899aabbccddeeff", "OK"); /* V31 */
	strcpy(all, ask("g"));
	ck_assert_uint_eq(strlen(all), 2 * (33 * 8 + 4 + 32 * 16 + 8));
	ck_assert(!strncmp(all + 16, "efcdab8967452301", 16));
	ANSWERS("P1=0000000000000000", "OK");
	ANSWERS("P41=00000000000000000000000000000000", "OK");
	strcat(set, all);
	ANSWERS(set, "OK");
	ANSWERS("p1", "efcdab8967452301");
	ANSWERS("p41", "00112233445566778899aabbccddeeff");
	ANSWERS("P21=c5030060", "OK"); /* EL1h, with Z and C */
	ANSWERS("p21", "c5030060");
}
END_TEST

/* The number that the description gives a register, as two or three digits. */
static unsigned number_of(const char *name)
{
	static char xml[1 << 20];
	char packet[64], tag[64], *at;
	size_t n = 0;

	do {
		snprintf(packet, sizeof(packet), "qXfer:features:read:target.xml:%zx,3000", n);
		at = (char *)ask(packet) + 1;
		ck_assert_uint_lt(n + strlen(at), sizeof(xml));
		strcpy(xml + n, at);
		n += strlen(at);
	} while (answer()[0] == 'm');
	ck_assert(strstr(xml, "</target>") != NULL);
	snprintf(tag, sizeof(tag), "name=\"%s\" bitsize", name);
	at = strstr(xml, tag);
	ck_assert_msg(at != NULL, "%s is not described", name);
	return (unsigned)strtoul(strstr(at, "regnum=\"") + 8, NULL, 10);
}

static const struct {
	const char *name, *write, *read;
} sysregs[] = {
	{ "HCR_EL2", "0000008000000000", "0000008000000000" },
	{ "VBAR_EL1", "ffffffffffffffff", "00f8ffffffffffff" }, /* RES0 */
	{ "ICH_LR3_EL2", "1b00000000000040", "1b00000000000040" },
	{ "ICC_PMR_EL1", "f000000000000000", "f000000000000000" },
	{ "MIDR_EL1", NULL, "83d00f4100000000" },
	{ "ICC_IAR1_EL1", NULL, "xxxxxxxxxxxxxxxx" },
	{ "ICC_EOIR1_EL1", "ff03000000000000", "xxxxxxxxxxxxxxxx" },
};

START_TEST(system_register)
{
	unsigned n = number_of(sysregs[_i].name);
	char packet[64];

	snprintf(packet, sizeof(packet), "P%x=%s", n, sysregs[_i].write ? sysregs[_i].write : "0000000000000000");
	ANSWERS(packet, sysregs[_i].write ? "OK" : "E01");
	snprintf(packet, sizeof(packet), "p%x", n);
	ANSWERS(packet, sysregs[_i].read);
}
END_TEST

START_TEST(threads)
{
	ck_assert(strstr(ask("qXfer:threads:read::0,1000"), "1 EL2 Non-secure [off]\"") != NULL);
	ck_assert(strstr(ask("qSupported:multiprocess+;swbreak+"), "PacketSize=4000") != NULL);
	ANSWERS("qfThreadInfo", "mp1.1,p1.2");
	ANSWERS("qC", "QCp1.1");
	ANSWERS("qThreadExtraInfo,p1.1", "435055233020454c32204e6f6e2d736563757265205b72756e6e696e675d");
	ck_assert(strstr(ask("qHostInfo"), "endian:little;") != NULL);
	ck_assert(strstr(ask("qProcessInfo"), "pid:1;") != NULL);
}
END_TEST

/* ---- running ---- */

static u64 pc(void)
{
	struct hyp_core c;

	hyp_core_view(m, 0, &c);
	return c.pc;
}

START_TEST(stops)
{
	ask("qSupported:swbreak+;hwbreak+");
	ANSWERS("Z0,40001008,4", "OK");
	ck_assert_str_eq(go("vCont;c"), "T05swbreak:;thread:1;");
	ck_assert_uint_eq(pc(), 0x40001008);
	ANSWERS("m40001008,4", "00040091"); /* memory is as it was */
	ANSWERS("z0,40001008,4", "OK");
	ANSWERS("Z1,4000100c,4", "OK");
	ck_assert_str_eq(go("c"), "T05hwbreak:;thread:1;");
	ANSWERS("z1,4000100c,4", "OK");
	ANSWERS("Z2,40002000,8", "OK");
	ck_assert_str_eq(go("c"), "T05watch:40002000;thread:1;");
	ck_assert_uint_eq(pc(), 0x4000100c); /* before the access */
	ANSWERS("z2,40002000,8", "OK");
	ANSWERS("Z3,40002004,1", "OK");
	ck_assert_str_eq(go("vCont;c:1"), "T05rwatch:40002004;thread:1;");
	ANSWERS("z3,40002004,1", "OK");
	ANSWERS("Z4,40002000,4", "OK");
	ck_assert_str_eq(go("C05"), "T05awatch:40002000;thread:1;");
	ANSWERS("?", "T05awatch:40002000;thread:1;");
	ANSWERS("z4,40002000,4", "OK");
	ck_assert_str_eq(go("c"), "W00");
}
END_TEST

START_TEST(steps)
{
	ck_assert_str_eq(go("s"), "T05thread:1;");
	ck_assert_uint_eq(pc(), 0x40001004);
	ck_assert_str_eq(go("vCont;s:1"), "T05thread:1;");
	ck_assert_uint_eq(pc(), 0x40001008);
	ck_assert_str_eq(go("vCont;s:1;c"), "T05thread:1;");
	ck_assert_uint_eq(pc(), 0x4000100c);
	/* The loop as a range: until it is left. */
	ck_assert_str_eq(go("vCont;r40001008,4000101c:1;c"), "T05thread:1;");
	ck_assert_uint_eq(pc(), 0x4000101c);
	ck_assert_uint_eq(m->core[0]->s.r.x[0], 3);
	ck_assert_str_eq(go("S05;40001008"), "T05thread:1;");
	ck_assert_uint_eq(pc(), 0x4000100c);
	/* A core that is off does not move, and nobody else does. */
	ck_assert_str_eq(go("vCont;s:2"), "T05thread:2;");
	ck_assert_uint_eq(pc(), 0x4000100c);
}
END_TEST

START_TEST(interrupted)
{
	send_body("vCont;c", 7);
	ck_assert(gdb_runs(g));
	gdb_run(g, 5);
	gdb_take(g, "\x03", 1);
	ck_assert_str_eq(answer(), "T02thread:1;");
	ck_assert(!gdb_runs(g));
	heard_size = 0;
	heard[0] = 0;
	gdb_take(g, "\x03", 1); /* it stands already */
	ck_assert_str_eq(heard, "");
}
END_TEST

/* Somebody beside the debugger has points of his own, and may stop the machine; the debugger hears of both. */
START_TEST(shared)
{
	struct point p = { .what = POINT_EXECUTE,
			   .at = 0x40001010,
			   .core = POINT_ANY,
			   .el = POINT_ANY,
			   .vmid = POINT_ANY,
			   .asid = POINT_ANY };

	ANSWERS("Z2,40002000,8", "OK"); /* number 0 was once a watchpoint of the debugger's */
	ck_assert(gdb_owns(g, 0));
	ANSWERS("z2,40002000,8", "OK");
	ck_assert(!gdb_owns(g, 0));
	ck_assert_int_eq(hyp_point_add(m, &p), 0);
	says("info points", "window's    0: break at 0x40001010");
	ck_assert_str_eq(go("c"), "T05thread:1;");
	ck_assert_uint_eq(pc(), 0x40001010);
	ck_assert(strstr(heard, "$O303a20627265616b20617420") != NULL); /* "0: break at " */
	ck_assert_uint_eq(gdb_core(g), 0);
	send_body("c", 1);
	gdb_stop(g, "why not");
	ck_assert(!gdb_runs(g));
	ck_assert(strstr(heard, "$O776879206e6f74#") != NULL); /* "why not" */
	ck_assert_str_eq(answer(), "T02thread:1;");
	heard_size = 0;
	heard[0] = 0;
	gdb_stop(g, "again");
	ck_assert_str_eq(heard, "");
	gdb_disconnect(g);
	ck_assert(hyp_point(m, 0) != NULL);
}
END_TEST

START_TEST(moves)
{
	ck_assert_uint_eq(gdb_moves(g), 0);
	says("load /nowhere/at/all", "");
	says("goto first", "no history");
	ck_assert_uint_eq(gdb_moves(g), 0);
	ck_assert(hyp_history_start(m, 64 << 20, &(struct error){ 0 }));
	says("goto first", "the present");
	ck_assert_uint_eq(gdb_moves(g), 1);
}
END_TEST

START_TEST(leaving)
{
	ANSWERS("Z0,40001008,4", "OK");
	says("break 0x4000100c", "break at 0x4000100c");
	ANSWERS("D", "OK");
	ck_assert(gdb_is_detached(g) && gdb_runs(g));
	gdb_disconnect(g);
	ck_assert_int_eq(gdb_run(g, 1000).end, HYP_POWER_OFF); /* no breakpoint was left */
	gdb_connect(g);
	ck_assert(!gdb_runs(g) && !gdb_is_detached(g));
	ask("vKill;1");
	ck_assert_str_eq(answer(), "OK");
	ck_assert(gdb_wants_end(g));
}
END_TEST

START_TEST(died)
{
	ck_assert(gdb_died(g, "every core waits"));
	ck_assert(strstr(heard, "$O") != NULL);
	ck_assert_str_eq(answer(), "T05thread:1;");
	gdb_disconnect(g);
	ck_assert(!gdb_died(g, "every core waits"));
}
END_TEST

/* ---- monitor ---- */

static const struct {
	const char *line, *words;
} commands[] = {
	{ "help", "walk ADDRESS" },
	{ "", "unknown command: ''" },
	{ "frobnicate", "unknown command: 'frobnicate'" },
	{ "walk $pc", "VA 0x40001000 -> PA 0x40001000" },
	{ "walk 0x40002000 write el=1", "write at EL1, EL1&0 regime" },
	{ "walk 0x40002000 ipa", "EL1&0 regime" },
	{ "walk", "needs an address" },
	{ "walk nowhere", "'nowhere' is not a number" },
	{ "walk 0 el=7", "'el=7' is not known" },
	{ "tlb", "core 0: 0 entries" },
	{ "tlb 0x40000000 vmid=1 asid=2 core=1", "core 1: 0 entries" },
	{ "tlb core=9", "there are 0 to 1" },
	{ "gic", "ICC_PMR_EL1 0x0" },
	{ "lr", "ICH_LR0_EL2 0x0000000000000000: invalid" },
	{ "smmu", "no SMMU" },
	{ "events", "no event" },
	{ "events many", "is not a number" },
	{ "space", "va: virtual addresses" },
	{ "space pa", "physical addresses" },
	{ "space sideways", "choose va, el1, el2, ipa or pa" },
	{ "break", "needs an address" },
	{ "break $pc el=1 vmid=2 asid=3 core=1", "0: break at 0x40001000, core 1, EL 1, VMID 2, ASID 3" },
	{ "break 0 el=4", "there are 0 to 3" },
	{ "break 0 colour=1", "is not known here" },
	{ "watch", "needs an address" },
	{ "watch 0x40002000 4 rw ipa", "watch reads and writes of IPA 0x40002000, 4 bytes" },
	{ "watch 0x40002000 0", "at least one byte" },
	{ "watch 0x40002000 8 x", "is not known here" },
	{ "delete", "needs a number" },
	{ "delete 0", "no such point" },
	{ "delete 999", "no such point" },
	{ "walk $pc core=1", "VA 0x40001000" },
	{ "lr core=1", "core 1: ICH_HCR_EL2" },
	{ "gic core=2", "there are 0 to 1" },
	{ "lr core=x", "is not a number" },
	{ "info", "core 0 runs at 0x40001000 in EL2" },
	{ "info points", "no breakpoints" },
	{ "info registers", "PC=0000000040001000" },
	{ "info weather", "not 'weather'" },
	{ "reg HCR_EL2 1", "VM" },
	{ "reg $vttbr_el2", "VMID" },
	{ "reg", "is no system register" },
	{ "reg ICC_IAR1_EL1", "no value that can be read" },
	{ "reset", "cannot be loaded again" },
	{ "quit", "the run ends" },
};

START_TEST(monitor_says)
{
	says(commands[_i].line, commands[_i].words);
}
END_TEST

/* Points that only the monitor can say, and who is told of them. */
START_TEST(monitor_points)
{
	says("break 0x40001010 el=1", "0: break");
	says("break 0x40001014 el=2", "1: break");
	says("watch 0x40002000 pa", "2: watch");
	says("info points", "monitor's   2: watch writes of PA");
	ck_assert_str_eq(go("c"), "T05thread:1;");
	ck_assert_uint_eq(pc(), 0x4000100c);
	ck_assert(strstr(heard, "$O") != NULL);
	says("delete 2", "");
	ck_assert_str_eq(go("c"), "T05thread:1;");
	ck_assert_uint_eq(pc(), 0x40001014);
	says("delete 1", "");
	ck_assert_str_eq(go("c"), "W00");
}
END_TEST

START_TEST(spaces)
{
	says("space pa", "physical");
	ANSWERS("m40001000,4", "0100a8d2");
	ANSWERS("qqemu.PhyMemMode", "1");
	ANSWERS("Qqemu.PhyMemMode:0", "OK");
	says("space", "va:");
	says("space ipa", "intermediate");
	ANSWERS("m40001000,4", "0100a8d2");
}
END_TEST

START_TEST(list_registers)
{
	char packet[64];

	snprintf(packet, sizeof(packet), "P%x=1b0000000000b050", number_of("ICH_LR1_EL2"));
	ANSWERS(packet, "OK");
	says("lr", "ICH_LR1_EL2 0x50b000000000001b: pending, vINTID 27, group 1, priority 0xb0");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("debug_gdb");
	TCase *t = tcase_create("protocol");

	tcase_add_checked_fixture(t, start, end);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, acknowledgements);
	tcase_add_test(t, too_long);
	tcase_add_loop_test(t, one_answer, 0, (int)ARRAY_SIZE(answers));
	tcase_add_test(t, memory_is_written);
	tcase_add_test(t, registers_go_round);
	tcase_add_loop_test(t, system_register, 0, (int)ARRAY_SIZE(sysregs));
	tcase_add_test(t, threads);
	tcase_add_test(t, stops);
	tcase_add_test(t, steps);
	tcase_add_test(t, interrupted);
	tcase_add_test(t, leaving);
	tcase_add_test(t, died);
	tcase_add_test(t, shared);
	tcase_add_test(t, moves);
	tcase_add_loop_test(t, monitor_says, 0, (int)ARRAY_SIZE(commands));
	tcase_add_test(t, monitor_points);
	tcase_add_test(t, spaces);
	tcase_add_test(t, list_registers);
	suite_add_tcase(s, t);
	return run_suite(s);
}
