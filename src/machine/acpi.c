#include "machine/acpi.h"

#include "machine/map.h"

/* ---- what firmware is told to do: commands of 128 bytes ---- */

enum { ALLOCATE = 1, ADD_POINTER = 2, ADD_CHECKSUM = 3 };
enum { ZONE_HIGH = 1, ZONE_FSEG = 2 };
#define COMMAND 128u
#define FILE_NAME 56u

struct build {
	const struct dt_config *c;
	struct blob tables, rsdp, loader;
};

static void finish(struct blob *loader, u32 begun)
{
	blob_zeros(loader, begun + COMMAND - loader->size);
}

static void allocate(struct blob *loader, const char *file, u32 align, u8 zone)
{
	u32 begun = loader->size;

	BLOB32(loader, ALLOCATE);
	blob_text(loader, file, FILE_NAME, 0);
	BLOB32(loader, align);
	BLOB8(loader, zone);
	finish(loader, begun);
}

/* The field at `at` of `file` holds an offset into the tables: it becomes an address. */
static void add_pointer(struct blob *loader, const char *file, u32 at, u8 size)
{
	u32 begun = loader->size;

	BLOB32(loader, ADD_POINTER);
	blob_text(loader, file, FILE_NAME, 0);
	blob_text(loader, ACPI_TABLES_FILE, FILE_NAME, 0);
	BLOB32(loader, at);
	BLOB8(loader, size);
	finish(loader, begun);
}

static void add_checksum(struct blob *loader, const char *file, u32 at, u32 start, u32 size)
{
	u32 begun = loader->size;

	BLOB32(loader, ADD_CHECKSUM);
	blob_text(loader, file, FILE_NAME, 0);
	BLOB32(loader, at);
	BLOB32(loader, start);
	BLOB32(loader, size);
	finish(loader, begun);
}

/* ---- parts that tables share ---- */

enum { HEADER_LENGTH = 4, HEADER_CHECKSUM = 9 };

static u32 begin(struct blob *b, const char *signature, u8 revision)
{
	u32 at;

	blob_zeros(b, -b->size & 15);
	at = b->size;
	blob_text(b, signature, 4, 0);
	BLOB32(b, 0); /* length */
	BLOB8(b, revision);
	BLOB8(b, 0); /* checksum */
	blob_text(b, "HYPSC", 6, ' ');
	blob_text(b, "HYPSCOPE", 8, ' ');
	BLOB32(b, 1);
	blob_text(b, "HYPS", 4, ' ');
	BLOB32(b, 1);
	return at;
}

static void end(struct build *p, u32 at)
{
	u32 size = p->tables.size - at;

	blob_poke(&p->tables, at + HEADER_LENGTH, size, 4);
	add_checksum(&p->loader, ACPI_TABLES_FILE, at + HEADER_CHECKSUM, at, size);
}

/* Generic address structure: memory, `bits` wide, accessed in bytes of 2^(access - 1). */
static void memory_address(struct blob *b, u8 width, u8 access, u64 address)
{
	BLOB8(b, 0);
	BLOB8(b, width);
	BLOB8(b, 0);
	BLOB8(b, access);
	BLOB64(b, address);
}

/* ---- the tables ---- */

/* Fixed description: hardware-reduced, PSCI by the conduit that the board has; all fixed hardware is absent. */
static u32 fadt(struct build *p, u32 dsdt)
{
	enum { FLAGS = 112, ARM_BOOT = 129, X_DSDT = 140, HYPERVISOR = 268, SIZE = 276 };
	enum { HW_REDUCED = 1 << 20, PSCI = 1, PSCI_HVC = 2 };
	struct blob *b = &p->tables;
	u32 at = begin(b, "FACP", 6);

	blob_zeros(b, at + SIZE - b->size);
	blob_poke(b, at + FLAGS, HW_REDUCED, 4);
	if (p->c->conduit != CONDUIT_NONE)
		blob_poke(b, at + ARM_BOOT, p->c->conduit == CONDUIT_HVC ? PSCI | PSCI_HVC : PSCI, 2);
	blob_poke(b, at + X_DSDT, dsdt, 8);
	add_pointer(&p->loader, ACPI_TABLES_FILE, at + X_DSDT, 8);
	memcpy(b->bytes + at + HYPERVISOR, "HYPSCOPE", 8);
	end(p, at);
	return at;
}

/* GICv3's CPU interface is in system registers and its redistributors in a region of their own: no addresses here. */
static void madt_core(struct blob *b, const struct dt_config *c, unsigned i)
{
	BLOB8(b, 0xb);
	BLOB8(b, 80);
	BLOB16(b, 0);
	BLOB32(b, i); /* interface number */
	BLOB32(b, i); /* _UID in the DSDT */
	BLOB32(b, 1); /* enabled; interrupts are level-triggered */
	BLOB32(b, 0);
	BLOB32(b, PPI_PMU);
	blob_zeros(b, 32); /* parked address, GICC, GICV, GICH */
	BLOB32(b, c->virtualization ? PPI_GIC_MAINTENANCE : 0);
	BLOB64(b, 0);		    /* redistributor */
	BLOB64(b, map_affinity(i)); /* MPIDR */
	BLOB32(b, 0);		    /* efficiency class; no SPE */
}

static u32 madt(struct build *p)
{
	struct blob *b = &p->tables;
	u32 at = begin(b, "APIC", 4);

	BLOB64(b, 0);
	BLOB16(b, 0x180c); /* distributor: 24 bytes */
	BLOB16(b, 0);
	BLOB32(b, 0);
	BLOB64(b, MAP_GICD_BASE);
	BLOB32(b, 0);
	BLOB32(b, p->c->gic_version);
	for (unsigned i = 0; i < p->c->smp; i++)
		madt_core(b, p->c, i);
	BLOB16(b, 0x100e); /* redistributors: 16 bytes */
	BLOB16(b, 0);
	BLOB64(b, MAP_GICR_BASE);
	BLOB32(b, MAP_GICR_SIZE);
	if (p->c->its) {
		BLOB16(b, 0x140f); /* 20 bytes */
		BLOB16(b, 0);
		BLOB32(b, 0); /* number, to which the IORT refers */
		BLOB64(b, MAP_ITS_BASE);
		BLOB32(b, 0);
	}
	end(p, at);
	return at;
}

/* Generic timers: no memory-mapped counter, level-triggered interrupts; EL1's runs whatever the power state. */
static u32 gtdt(struct build *p)
{
	enum { LEVEL = 0, ALWAYS_ON = 4 };
	struct blob *b = &p->tables;
	u32 at = begin(b, "GTDT", 2);

	BLOB64(b, ~0ull);
	BLOB32(b, 0);
	BLOB64(b, (u64)LEVEL << 32 | PPI_CNTPS);
	BLOB64(b, (u64)(LEVEL | ALWAYS_ON) << 32 | PPI_CNTP);
	BLOB64(b, (u64)LEVEL << 32 | PPI_CNTV);
	BLOB64(b, (u64)LEVEL << 32 | PPI_CNTHP);
	BLOB64(b, ~0ull);
	BLOB64(b, 0); /* no platform timers */
	end(p, at);
	return at;
}

static u32 mcfg(struct build *p)
{
	struct blob *b = &p->tables;
	u32 at = begin(b, "MCFG", 1);

	BLOB64(b, 0);
	BLOB64(b, MAP_PCIE_ECAM_BASE);
	BLOB16(b, 0); /* segment */
	BLOB8(b, 0);
	BLOB8(b, 0xff); /* buses */
	BLOB32(b, 0);
	end(p, at);
	return at;
}

/* Serial console redirection. */
static u32 spcr(struct build *p)
{
	enum { ARM_PL011 = 3, GIC = 8, BAUD_115200 = 7, HARDWARE_FLOW = 2, VT100 = 0 };
	struct blob *b = &p->tables;
	u32 at = begin(b, "SPCR", 2);

	BLOB32(b, ARM_PL011);
	memory_address(b, 32, 3, MAP_UART_BASE);
	BLOB16(b, GIC);
	BLOB32(b, SPI(MAP_UART_SPI));
	BLOB8(b, BAUD_115200);
	BLOB8(b, 0); /* no parity */
	BLOB8(b, 1); /* one stop bit */
	BLOB8(b, HARDWARE_FLOW);
	BLOB8(b, VT100);
	BLOB8(b, 0);
	BLOB32(b, 0xffffffff); /* not a PCI device */
	blob_zeros(b, 12);
	end(p, at);
	return at;
}

/* Debug ports: the same UART. Offsets count from the start of the device's structure. */
static u32 dbg2(struct build *p)
{
	enum { SERIAL = 0x8000, ARM_PL011 = 3, ADDRESS_AT = 22, SIZE_AT = 34, NAME_AT = 38, SIZE = 43 };
	struct blob *b = &p->tables;
	u32 at = begin(b, "DBG2", 0);

	BLOB32(b, 44); /* where the devices are */
	BLOB32(b, 1);
	BLOB8(b, 0);
	BLOB16(b, SIZE);
	BLOB8(b, 1); /* one address */
	BLOB16(b, 5);
	BLOB16(b, NAME_AT);
	BLOB32(b, 0); /* no OEM data */
	BLOB16(b, SERIAL);
	BLOB16(b, ARM_PL011);
	BLOB16(b, 0);
	BLOB16(b, ADDRESS_AT);
	BLOB16(b, SIZE_AT);
	memory_address(b, 32, 3, MAP_UART_BASE);
	BLOB32(b, MAP_UART_SIZE);
	blob_put(b, "COM0", 5);
	end(p, at);
	return at;
}

/* Topology: the cores of one package. */
static u32 pptt(struct build *p)
{
	enum { PACKAGE = 1, ID_VALID = 2, LEAF = 8 };
	struct blob *b = &p->tables;
	u32 at = begin(b, "PPTT", 2), package = b->size - at;

	BLOB32(b, 20 << 8);
	BLOB32(b, PACKAGE);
	blob_zeros(b, 12);
	for (unsigned i = 0; i < p->c->smp; i++) {
		BLOB32(b, 20 << 8);
		BLOB32(b, ID_VALID | LEAF);
		BLOB32(b, package);
		BLOB32(b, i);
		BLOB32(b, 0);
	}
	end(p, at);
	return at;
}

/* ---- IORT (Arm DEN 0049): how PCIe requester IDs become stream IDs and device IDs ---- */

enum { NODE_ITS = 0, NODE_ROOT = 2, NODE_SMMUV3 = 4, MAPPING = 20 };

static void node(struct blob *b, u8 type, u16 size, u8 revision, u32 id, u32 mappings)
{
	BLOB8(b, type);
	BLOB16(b, size);
	BLOB8(b, revision);
	BLOB32(b, id);
	BLOB32(b, mappings);
	BLOB32(b, mappings ? size - mappings * MAPPING : 0);
}

/* All 65536 requester IDs as they are, to the node at `to`. */
static void identity(struct blob *b, u32 to)
{
	BLOB32(b, 0);
	BLOB32(b, 0xffff); /* how many, less one */
	BLOB32(b, 0);
	BLOB32(b, to);
	BLOB32(b, 0);
}

static void smmu_node(struct blob *b, u32 its)
{
	enum { COHERENT = 1 };

	node(b, NODE_SMMUV3, 68 + (its ? MAPPING : 0), 4, 1, its != 0);
	BLOB64(b, MAP_SMMU_BASE);
	BLOB32(b, COHERENT);
	BLOB32(b, 0);
	BLOB64(b, 0); /* VATOS */
	BLOB32(b, 0); /* generic model */
	BLOB32(b, SPI(MAP_SMMU_SPI));
	BLOB32(b, SPI(MAP_SMMU_SPI + 1)); /* PRI queue */
	BLOB32(b, SPI(MAP_SMMU_SPI + 3)); /* global errors */
	BLOB32(b, SPI(MAP_SMMU_SPI + 2)); /* command sync */
	BLOB64(b, 0);			  /* proximity domain; no mapping for the SMMU's own interrupts */
	if (its)
		identity(b, its);
}

static void root_node(struct blob *b, u32 to)
{
	enum { COHERENT = 1, NO_HINTS = 0, CACHEABLE_SHAREABLE = 3 };

	node(b, NODE_ROOT, 36 + MAPPING, 3, 2, 1);
	BLOB32(b, COHERENT);
	BLOB8(b, NO_HINTS);
	BLOB16(b, 0);
	BLOB8(b, CACHEABLE_SHAREABLE);
	BLOB32(b, 0);  /* no ATS */
	BLOB32(b, 0);  /* segment */
	BLOB32(b, 64); /* address bits; and reserved */
	identity(b, to);
}

static u32 iort(struct build *p)
{
	const struct dt_config *c = p->c;
	struct blob *b = &p->tables;
	u32 at = begin(b, "IORT", 3), its = 0, smmu = 0;

	BLOB32(b, 1u + c->its + c->smmu);
	BLOB32(b, 48);
	BLOB32(b, 0);
	if (c->its) {
		its = b->size - at;
		node(b, NODE_ITS, 24, 1, 0, 0);
		BLOB32(b, 1);
		BLOB32(b, 0); /* its number in the MADT */
	}
	if (c->smmu) {
		smmu = b->size - at;
		smmu_node(b, its);
	}
	root_node(b, smmu ? smmu : its);
	end(p, at);
	return at;
}

/* ---- the roots ---- */

static u32 dsdt(struct build *p)
{
	u32 at = begin(&p->tables, "DSDT", 2);

	acpi_dsdt(p->c, &p->tables);
	end(p, at);
	return at;
}

static u32 xsdt(struct build *p, const u32 *table, unsigned count)
{
	struct blob *b = &p->tables;
	u32 at = begin(b, "XSDT", 1);

	for (unsigned i = 0; i < count; i++) {
		add_pointer(&p->loader, ACPI_TABLES_FILE, b->size, 8);
		BLOB64(b, table[i]);
	}
	end(p, at);
	return at;
}

static void rsdp(struct build *p, u32 root)
{
	enum { CHECKSUM_AT = 8, OLD_SIZE = 20, XSDT_AT = 24, EXTENDED_CHECKSUM_AT = 32 };
	struct blob *b = &p->rsdp;

	blob_put(b, "RSD PTR ", 8);
	BLOB8(b, 0);
	blob_text(b, "HYPSC", 6, ' ');
	BLOB8(b, 2);
	BLOB32(b, 0); /* no RSDT */
	BLOB32(b, ACPI_RSDP_SIZE);
	BLOB64(b, root);
	BLOB32(b, 0);
	add_pointer(&p->loader, ACPI_RSDP_FILE, XSDT_AT, 8);
	add_checksum(&p->loader, ACPI_RSDP_FILE, CHECKSUM_AT, 0, OLD_SIZE);
	add_checksum(&p->loader, ACPI_RSDP_FILE, EXTENDED_CHECKSUM_AT, 0, ACPI_RSDP_SIZE);
}

void acpi_build(const struct dt_config *c, struct acpi *a)
{
	struct build p = { .c = c,
			   .tables = { a->tables, 0, sizeof(a->tables) },
			   .rsdp = { a->rsdp, 0, sizeof(a->rsdp) },
			   .loader = { a->loader, 0, sizeof(a->loader) } };
	u32 table[8];
	unsigned n = 0;

	allocate(&p.loader, ACPI_RSDP_FILE, 16, ZONE_FSEG);
	allocate(&p.loader, ACPI_TABLES_FILE, 64, ZONE_HIGH);
	table[n++] = fadt(&p, dsdt(&p));
	table[n++] = madt(&p);
	table[n++] = pptt(&p);
	table[n++] = gtdt(&p);
	table[n++] = mcfg(&p);
	table[n++] = spcr(&p);
	table[n++] = dbg2(&p);
	if (c->its || c->smmu)
		table[n++] = iort(&p);
	rsdp(&p, xsdt(&p, table, n));
	a->tables_size = p.tables.size;
	a->loader_size = p.loader.size;
}
