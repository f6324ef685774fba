/* The translation tables: 39-bit addresses, 4 KiB granule, both stages of equal shape. DATA and DEMAND are pages, the
 * rest blocks; the leaves of DEMAND are filled by stage-2 faults. EL2 maps 1 GiB blocks. */
#include "bench.h"

#define TABLES 0x41000000ull
#define MIB2 0x200000ull
#define ENTRIES 512
#define TABLE 3
#define BLOCK 1
#define PAGE 3
#define AF (1ull << 10)
#define SHAREABLE (3ull << 8)
#define NOT_GLOBAL (1ull << 11)
#define STAGE1_MEMORY (AF | SHAREABLE | 1 << 2) /* MAIR index 1 */
#define STAGE1_DEVICE AF			/* MAIR index 0 */
#define STAGE2_MEMORY (AF | SHAREABLE | 3 << 6 | 15 << 2)
#define STAGE2_DEVICE (AF | 3 << 6)
#define XN (1ull << 54)
#define MAIR_DEVICE_NORMAL 0xff00
#define TCR_39BIT (25ull | 1 << 8 | 1 << 10 | 3 << 12)

static u64 next_table = TABLES;
static u64 *stage2;
u64 stage1_root;

static u64 *new_table(void)
{
	u64 *t = (u64 *)next_table;

	next_table += 4096;
	for (u32 i = 0; i < ENTRIES; i++)
		t[i] = 0;
	return t;
}

static u64 *child(u64 *entry)
{
	if (!*entry)
		*entry = (u64)new_table() | TABLE;
	return (u64 *)(*entry & 0xfffffffff000);
}

/* The level-3 entry for an address; its table is made when missing. */
static u64 *leaf(u64 *root, u64 address)
{
	u64 *level2 = child(&root[address >> 30 & 511]);

	return &child(&level2[address >> 21 & 511])[address >> 12 & 511];
}

static u64 *build(u64 device, u64 memory, u64 page, u64 demand)
{
	u64 *root = new_table(), *level2;

	root[0] = device | BLOCK;
	level2 = child(&root[1]);
	for (u64 at = 0x40000000; at < DATA; at += MIB2)
		level2[at >> 21 & 511] = at | memory | BLOCK;
	for (u64 at = DATA; at < DATA + DATA_SIZE; at += 4096)
		*leaf(root, at) = at | page | PAGE;
	for (u64 at = DEMAND; at < DEMAND + DEMAND_SIZE; at += 4096)
		*leaf(root, at) = demand ? at | demand | PAGE : 0;
	return root;
}

u64 stage2_vttbr(void)
{
	return (u64)stage2;
}

void demand_map(u64 ipa)
{
	*leaf(stage2, ipa) = (ipa - DEMAND + DEMAND_PA) | STAGE2_MEMORY | PAGE;
	BARRIER();
}

void demand_unmap_all(void)
{
	for (u64 at = DEMAND; at < DEMAND + DEMAND_SIZE; at += 4096)
		*leaf(stage2, at) = 0;
	BARRIER();
	__asm__ volatile("tlbi vmalls12e1is" : : : "memory");
	BARRIER();
}

static void build_el2(void)
{
	u64 *root = new_table();

	root[0] = STAGE1_DEVICE | XN | BLOCK;
	root[1] = 0x40000000ull | STAGE1_MEMORY | BLOCK;
	WRITE("mair_el2", MAIR_DEVICE_NORMAL);
	WRITE("tcr_el2", TCR_39BIT | 2 << 16 | 1 << 23 | 1ull << 31);
	WRITE("ttbr0_el2", root);
	BARRIER();
	__asm__ volatile("tlbi alle2\n\ttlbi alle1" : : : "memory");
	BARRIER();
	WRITE("sctlr_el2", 0x30c51835 & ~0x30ull); /* M, C, I and the RES1 bits */
	BARRIER();
}

void tables_build(void)
{
	u64 vmid16 = (READ("id_aa64mmfr1_el1") >> 4 & 15) == 2;

	stage2 = build(STAGE2_DEVICE, STAGE2_MEMORY, STAGE2_MEMORY, 0);
	stage1_root =
		(u64)build(STAGE1_DEVICE | XN, STAGE1_MEMORY, STAGE1_MEMORY | NOT_GLOBAL, STAGE1_MEMORY | NOT_GLOBAL);
	build_el2();
	WRITE("vtcr_el2", 25ull | 1 << 6 | 1 << 8 | 1 << 10 | 3 << 12 | 2 << 16 | vmid16 << 19 | 1ull << 31);
	WRITE("mair_el1", MAIR_DEVICE_NORMAL);
	WRITE("tcr_el1", TCR_39BIT | 1 << 23 | 2ull << 32 | 1ull << 36);
	WRITE("ttbr0_el1", stage1_root | 1ull << 48);
}
