/*
 * Differential test of the GIC: a bare-metal program for EL3 that makes random accesses to the distributor, a
 * redistributor and the system registers, from EL3, Secure EL1, Non-secure EL1 and EL2, and from EL1 with the virtual
 * interface, and prints the result of each and the state after it. Two machines must print the same (gic_diff.py).
 *
 * What it leaves out, as QEMU 7.2 differs from the architecture there: ICC_IGRPEN of a group while another group's
 * interrupt is pending (in QEMU the disabled group hides it), ICH_HCR_EL2.VGrp0DIE (never reported), EOIcount with
 * EOImode 1 (also counts ICV_EOIR), the Secure fields of ICC_CTLR_EL3 (read as the Non-secure ones), Non-secure writes
 * of ICC_AP1R0 (ignored), Non-secure EOI of a Secure INTID (deactivates it), unimplemented priority bits in the frames
 * (kept), RES0 bits of list registers. And 1-of-N routing, which is a choice.
 */
#include "guest.h"

typedef u64 access_fn(u64);

#define GICD ((volatile u8 *)0x08000000)
#define GICR ((volatile u8 *)0x080a0000)
#define GICR_SGI ((volatile u8 *)0x080b0000)

/* gic_diff.py writes other numbers over these, found by the mark */
volatile struct {
	char mark[8];
	u64 seed, count;
} cases __attribute__((aligned(8))) = { "GICCASE", 1, 4000 };

u64 excursion(access_fn *fn, u64 arg, u64 scr, u64 spsr);
void run(void);
void lost_at(u64 esr, u64 elr);

/* ---- output ---- */

static void number(u64 v)
{
	hex(v);
	put(' ');
}

void lost_at(u64 esr, u64 elr)
{
	text("lost ");
	number(esr);
	number(elr);
	put('\n');
}

/* ---- random numbers: xorshift* ---- */

static u64 state;

static u64 next(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state * 0x2545f4914f6cdd1dul >> 16;
}

/* ---- registers ---- */

#define READER(name, reg)                                                                                              \
	static u64 read_##name(u64 unused)                                                                             \
	{                                                                                                              \
		u64 v;                                                                                                 \
		(void)unused;                                                                                          \
		__asm__ volatile("mrs %0, " #reg : "=r"(v));                                                           \
		return v;                                                                                              \
	}
#define WRITER(name, reg)                                                                                              \
	static u64 write_##name(u64 v)                                                                                 \
	{                                                                                                              \
		__asm__ volatile("msr " #reg ", %0\n\tisb" ::"r"(v));                                                  \
		return 0;                                                                                              \
	}
#define BOTH(name, reg) READER(name, reg) WRITER(name, reg)

BOTH(pmr, S3_0_C4_C6_0)
READER(iar0, S3_0_C12_C8_0)
WRITER(eoir0, S3_0_C12_C8_1)
READER(hppir0, S3_0_C12_C8_2)
BOTH(bpr0, S3_0_C12_C8_3)
BOTH(ap0r0, S3_0_C12_C8_4)
BOTH(ap1r0, S3_0_C12_C9_0)
WRITER(dir, S3_0_C12_C11_1)
READER(rpr, S3_0_C12_C11_3)
WRITER(sgi1r, S3_0_C12_C11_5)
WRITER(asgi1r, S3_0_C12_C11_6)
WRITER(sgi0r, S3_0_C12_C11_7)
READER(iar1, S3_0_C12_C12_0)
WRITER(eoir1, S3_0_C12_C12_1)
READER(hppir1, S3_0_C12_C12_2)
BOTH(bpr1, S3_0_C12_C12_3)
BOTH(ctlr, S3_0_C12_C12_4)
BOTH(igrpen0, S3_0_C12_C12_6)
BOTH(igrpen1, S3_0_C12_C12_7)
BOTH(ctlr_el3, S3_6_C12_C12_4)
WRITER(igrpen1_el3, S3_6_C12_C12_7)
WRITER(sre_el2, S3_4_C12_C9_5)
WRITER(sre_el3, S3_6_C12_C12_5)
BOTH(ich_ap0r0, S3_4_C12_C8_0)
BOTH(ich_ap1r0, S3_4_C12_C9_0)
BOTH(ich_hcr, S3_4_C12_C11_0)
READER(misr, S3_4_C12_C11_2)
READER(eisr, S3_4_C12_C11_3)
READER(elrsr, S3_4_C12_C11_5)
BOTH(vmcr, S3_4_C12_C11_7)
BOTH(lr0, S3_4_C12_C12_0)
BOTH(lr1, S3_4_C12_C12_1)
BOTH(lr2, S3_4_C12_C12_2)
BOTH(lr3, S3_4_C12_C12_3)
READER(isr, isr_el1)
WRITER(hcr, hcr_el2)
WRITER(scr, scr_el3)

static access_fn *const lr_write[4] = { write_lr0, write_lr1, write_lr2, write_lr3 };
static access_fn *const lr_read[4] = { read_lr0, read_lr1, read_lr2, read_lr3 };

/* What an argument is, or what a result is good for. */
enum kind { PLAIN, ACK, PRIORITY, INTID, POINT, EOIMODE, ENABLE, LEVELS, SGI };

static const struct {
	const char *name;
	access_fn *fn;
	enum kind kind;
	u8 is_write;
} icc[] = {
	{ "pmr", read_pmr, PLAIN, 0 },
	{ "iar0", read_iar0, ACK, 0 },
	{ "iar1", read_iar1, ACK, 0 },
	{ "iar1", read_iar1, ACK, 0 },
	{ "hppir0", read_hppir0, PLAIN, 0 },
	{ "hppir1", read_hppir1, PLAIN, 0 },
	{ "bpr0", read_bpr0, PLAIN, 0 },
	{ "bpr1", read_bpr1, PLAIN, 0 },
	{ "ap0r0", read_ap0r0, PLAIN, 0 },
	{ "ap1r0", read_ap1r0, PLAIN, 0 },
	{ "rpr", read_rpr, PLAIN, 0 },
	{ "ctlr", read_ctlr, EOIMODE, 0 },
	{ "igrpen0", read_igrpen0, PLAIN, 0 },
	{ "igrpen1", read_igrpen1, PLAIN, 0 },
	{ "pmr=", write_pmr, PRIORITY, 1 },
	{ "eoir0=", write_eoir0, INTID, 1 },
	{ "eoir1=", write_eoir1, INTID, 1 },
	{ "eoir1=", write_eoir1, INTID, 1 },
	{ "dir=", write_dir, INTID, 1 },
	{ "bpr0=", write_bpr0, POINT, 1 },
	{ "bpr1=", write_bpr1, POINT, 1 },
	{ "ctlr=", write_ctlr, EOIMODE, 1 },
	{ "igrpen0=", write_igrpen0, ENABLE, 1 },
	{ "igrpen1=", write_igrpen1, ENABLE, 1 },
	{ "ap0r0=", write_ap0r0, LEVELS, 1 },
	{ "ap1r0=", write_ap1r0, LEVELS, 1 },
	{ "sgi1r=", write_sgi1r, SGI, 1 },
	{ "asgi1r=", write_asgi1r, SGI, 1 },
	{ "sgi0r=", write_sgi0r, SGI, 1 },
};

static u32 peek(volatile u8 *at)
{
	return *(volatile u32 *)at;
}

static void poke(volatile u8 *at, u32 v)
{
	*(volatile u32 *)at = v;
}

/* ---- places to act from ---- */

enum place { EL3, S_EL1, NS_EL1, NS_EL2, GUEST, PLACES };
static const char *const place_names[PLACES] = { "EL3 ", "S-EL1 ", "EL1 ", "EL2 ", "guest " };

enum { SCR_NS = 1, SCR_IRQ = 2, SCR_FIQ = 4, SCR_RW = 1 << 10, HCR_FMO = 8, HCR_IMO = 16 };
#define HCR_RW (1ul << 31)

/* Interrupts that would be taken to a higher level than that of the excursion are kept away by GICD_CTLR. */
static u64 at(enum place where, u32 scr, access_fn *fn, u64 arg)
{
	u32 ctlr = peek(GICD);
	u64 v;

	if (where == EL3)
		return fn(arg);
	if (scr || where == GUEST)
		poke(GICD, ctlr & ~7u);
	write_hcr(HCR_RW | (where == GUEST ? HCR_IMO | HCR_FMO : 0));
	v = excursion(fn, arg, SCR_RW | scr | (where == S_EL1 ? 0 : SCR_NS), where == NS_EL2 ? 0x3c9 : 0x3c5);
	write_scr(SCR_RW);
	poke(GICD, ctlr);
	return v;
}

/* ---- one access to a system register ---- */

static u64 acked[2][4]; /* by the physical and by the virtual interface */
static u32 acked_count[2];

static u64 argument(enum kind kind, int is_virtual)
{
	u64 r = next();

	switch (kind) {
	case PRIORITY: return r & 3 ? 0xf8 : r >> 8 & 0xf8;
	case INTID: return r & 7 ? acked[is_virtual][r >> 4 & 3] : r >> 8 & 63;
	case POINT: return r & 7;
	case EOIMODE: return r & 3 ? 0 : r >> 4 & 3;
	case ENABLE: return !is_virtual || (r & 7);
	case LEVELS: return r & 15 ? 0 : 1ul << (r >> 8 & 31);
	case SGI: return (r >> 8 & 15) << 24 | 1;
	case PLAIN:
	case ACK: break;
	}
	return 0;
}

static int is_secure_intid(u64 intid)
{
	u32 group = intid < 32 ? peek(GICR_SGI + 0x80) : peek(GICD + 0x84);

	return intid < 64 && !(group >> intid % 32 & 1);
}

static void sysreg(void)
{
	u64 r = next();
	u32 i = r % (sizeof(icc) / sizeof(icc[0]));
	enum place where = (r >> 8) % PLACES;
	u32 scr = r >> 16 & 3 || where == GUEST ? 0 : (u32)(r >> 20 & 3) << 1;
	u64 arg, v;

	if (icc[i].kind == ENABLE && where != GUEST)
		i = 0;
	arg = icc[i].is_write ? argument(icc[i].kind, where == GUEST) : 0;
	if (where != GUEST && where != EL3 &&
	    ((icc[i].kind == LEVELS && icc[i].fn == write_ap1r0) || (icc[i].kind == INTID && is_secure_intid(arg))))
		where = S_EL1;
	v = at(where, scr, icc[i].fn, arg);
	text(place_names[where]);
	number(scr);
	text(icc[i].name);
	number(arg);
	number(icc[i].kind == EOIMODE && v >> 16 == 0 ? v & 3 : v); /* the rest tells what is implemented */
	if (icc[i].kind == ACK && v < 1020)
		acked[where == GUEST][acked_count[where == GUEST]++ & 3] = v;
}

/* ---- one access to a frame ---- */

static volatile u8 *frame_at;

static u64 swap_word(u64 v)
{
	u32 before = peek(frame_at);

	poke(frame_at, (u32)v);
	return (u64)before << 32 | peek(frame_at);
}

static u64 swap_byte(u64 v)
{
	u8 before = *frame_at;

	*frame_at = (u8)v;
	return (u64)before << 8 | *frame_at;
}

/* Words with one bit an interrupt (few are set at a time), and words of which any bits may be. */
static const u32 dist_bits[] = { 0x104, 0x184, 0x204, 0x284, 0x304, 0x384, 0x104, 0x204, 0x204 };
static const u32 dist_words[] = { 0x84, 0xd04, 0xe08, 0xe0c, 0xc08, 0xc0c };
static const u32 sgi_bits[] = { 0x100, 0x180, 0x200, 0x280, 0x300, 0x380, 0x100, 0x200, 0x200 };
static const u32 sgi_words[] = { 0x80, 0xd00, 0xe00 };

#define PICK(table, r) table[(r) % (sizeof(table) / sizeof(table[0]))]

static void frame(void)
{
	u64 r = next(), v = next() & next();
	int dist = r & 1, words = (r >> 1 & 7) < 2;
	enum place where = (r >> 8) % GUEST;
	u32 offset;

	if (words)
		offset = dist ? PICK(dist_words, r >> 16) : PICK(sgi_words, r >> 16);
	else
		offset = dist ? PICK(dist_bits, r >> 16) : PICK(sgi_bits, r >> 16);
	v = words ? (u32)v : 1u << (r >> 24 & 31);
	if (!dist && !words)
		v &= 0xf000ffff; /* not the PPIs of timers, PMU and maintenance */
	frame_at = (dist ? GICD : GICR_SGI) + offset;
	text(place_names[where]);
	text(dist ? "gicd " : "gicr ");
	number(offset);
	number(v);
	number(at(where, 0, swap_word, v));
}

static void priority(void)
{
	u64 r = next();
	enum place where = (r >> 8) % GUEST;

	frame_at = (r & 1 ? GICD + 0x420 : GICR_SGI + 0x400) + (r >> 1 & 31);
	text(place_names[where]);
	text(r & 1 ? "spi priority " : "priority ");
	number(r >> 1 & 31);
	number(at(where, 0, swap_byte, r >> 16 & (where == EL3 || where == S_EL1 ? 0xf8 : 0xf0)));
}

static void route_or_enable(void)
{
	u64 r = next();

	if (r & 1) {
		poke(GICD, r >> 8 & 3 ? 7 : r >> 4 & 7);
		text("gicd_ctlr ");
		number(peek(GICD));
	} else {
		frame_at = GICD + 0x6100 + (r >> 4 & 31) * 8;
		text("route ");
		number(r >> 4 & 31);
		number(at((r >> 16) % GUEST, 0, swap_word, (r >> 24 & 7) == 0));
	}
}

/* ---- the hypervisor's registers, and EL3's ---- */

static void list_register(void)
{
	u64 r = next(), v;
	u32 n = r & 3;
	int hw = (r >> 6 & 3) == 0;

	v = (r >> 8 & 3 ? 1 : r >> 10 & 3) << 62 | (u64)hw << 61 | (u64)((r >> 12 & 3) != 0) << 60 |
	    (r >> 20 & 0x1f) << 51 | (r >> 32 & 63);
	v |= hw ? (32 + (r >> 40 & 31)) << 32 : (r >> 40 & 1) << 41;
	lr_write[n](v);
	text("lr");
	number(n);
	number(lr_read[n](0));
}

static void list_registers(void)
{
	text("lrs ");
	for (u32 i = 0; i < 4; i++)
		number(lr_read[i](0));
	number(read_eisr(0));
	number(read_elrsr(0) & 15);
}

static void hypervisor(void)
{
	u64 r = next(), v = next();

	switch (r & 7) {
	case 0:
		write_ich_hcr((v & v >> 16 & 0xde) | (v >> 30 & 7 ? 1 : 0) | (v >> 40 & 7 ? 0 : (v >> 43 & 31) << 27));
		text("ich_hcr ");
		break;
	case 1:
		write_vmcr((v & 3) | (u64)((v >> 10 & 3) == 0) << 9 | (u64)((v >> 12 & 3) == 0) << 4 |
			   (v >> 16 & 7) << 18 | (v >> 20 & 7) << 21 | (v >> 30 & 3 ? 0xf8ul : v >> 32 & 0xf8) << 24);
		text("vmcr ");
		number(read_vmcr(0));
		break;
	case 2: write_ich_ap0r0(v & 1 ? 0 : 1ul << (v >> 8 & 31)); break;
	case 3: write_ich_ap1r0(v & 1 ? 0 : 1ul << (v >> 8 & 31)); break;
	case 4: write_ctlr_el3(v & v >> 16 & 31); break;
	default: list_registers();
	}
}

/* ---- what everything amounts to ---- */

static void summary(void)
{
	u64 hcr = read_ich_hcr(0);

	if (read_vmcr(0) >> 9 & 1) { /* see the head: EOIcount */
		hcr &= 0x7ffffff;
		write_ich_hcr(hcr);
	}
	text("| ");
	number(read_isr(0));
	number(at(S_EL1, 0, read_isr, 0));
	number(at(NS_EL1, 0, read_isr, 0));
	number(at(GUEST, 0, read_isr, 0));
	number(read_hppir0(0));
	number(read_hppir1(0));
	number(read_pmr(0));
	number(read_rpr(0));
	number(read_ctlr_el3(0) & 0x16);
	number(hcr);
	number(read_misr(0));
	number(read_ich_ap0r0(0) | read_ich_ap1r0(0) << 32);
	number(peek(GICD + 0x204));
	number(peek(GICD + 0x304));
	number(peek(GICR_SGI + 0x200));
	number(peek(GICR_SGI + 0x300));
	put('\n');
}

static void set_up(void)
{
	write_sre_el3(0xf);
	write_scr(SCR_RW | SCR_NS);
	write_sre_el2(0xf);
	write_scr(SCR_RW);
	poke(GICR + 0x14, 0);
	poke(GICD, 0x37);
	for (u32 i = 0; i < 32; i++) {
		GICD[0x420 + i] = next() & 0xf8;
		GICR_SGI[0x400 + i] = next() & 0xf8;
	}
	poke(GICD + 0x84, 0xffff00f0);
	poke(GICD + 0xd04, 0xffff0f0f);
	poke(GICR_SGI + 0x80, 0xf0f0f0f0);
	poke(GICR_SGI + 0xd00, 0x0f00ff00);
	poke(GICD + 0x104, ~0u);
	poke(GICR_SGI + 0x100, 0xf000ffff);
	write_pmr(0xf8);
	write_igrpen0(1);
	write_igrpen1_el3(3);
	write_ich_hcr(1);
	write_vmcr(0xf8000003);
}

void run(void)
{
	static void (*const kinds[16])(void) = { sysreg,	  sysreg,	 sysreg,	sysreg,
						 sysreg,	  sysreg,	 sysreg,	frame,
						 frame,		  frame,	 priority,	priority,
						 route_or_enable, list_register, list_register, hypervisor };

	UART[0x30 / 4] = 0x301;
	state = cases.seed * 0x9e3779b97f4a7c15ul + 0x1234567;
	set_up();
	for (u64 i = 0; i < cases.count; i++) {
		number(i);
		kinds[next() & 15]();
		summary();
	}
	text("end\n");
}
