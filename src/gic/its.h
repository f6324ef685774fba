/* The ITS (IHI 0069 5.2 to 5.4) between its files: registers, tables in memory, commands. */
#ifndef GIC_ITS_H
#define GIC_ITS_H

#include "gic/internal.h"

/* GITS_TYPER: what the ITS has room for. */
#define ITS_EVENT_BITS 16
#define ITS_DEVICE_BITS 16
#define ITS_COLLECTION_BITS 16
#define ITS_VPE_BITS 16
#define ITS_ENTRY 8 /* bytes, of every table */

/* GITS_BASER<n>: one table each; the number of the type. */
enum its_table { ITS_DEVICES, ITS_COLLECTIONS, ITS_VPES, ITS_TABLES };

#define ITS_VALID (1ull << 63) /* GITS_CBASER, GITS_BASER<n>, commands, and the entries of all tables */
#define ITS_STALLED 1ull       /* GITS_CREADR */

/* What can be wrong with a command, or with a message's translation. */
enum its_error {
	ITS_OK,
	ITS_UNKNOWN_COMMAND,
	ITS_DEVICE_OOR, /* out of range of the device table */
	ITS_ITTSIZE_OOR,
	ITS_EVENT_OOR, /* out of range of the device's translation table */
	ITS_PHYSICALID_OOR,
	ITS_COLLECTION_OOR,
	ITS_PROCNUM_OOR,
	ITS_DEVICE_UNMAPPED,
	ITS_INTERRUPT_UNMAPPED,
	ITS_COLLECTION_UNMAPPED,
	ITS_ID_IS_VIRTUAL,
	ITS_ID_IS_PHYSICAL,
	ITS_VPE_OOR,
	ITS_VPE_UNMAPPED,
	ITS_VPTSIZE_OOR,
	ITS_VIRTUALID_OOR, /* out of range of the vPE's pending table */
	ITS_DOORBELL_OOR,
	ITS_NOT_IN_MEMORY, /* a table or the queue is not in memory */
	ITS_ERRORS
};
extern const char *const its_error_names[ITS_ERRORS];

/* ---- tables: its_table.c. `set` and `get` fail when the entry has no place, or its place is not in memory. ---- */

struct its_device {
	bool valid;
	u64 itt;       /* address of the interrupt translation table */
	unsigned bits; /* EventIDs */
};

#define ITS_NO_DOORBELL 1023

/* What an event is: an LPI in a collection, or with GICv4 a virtual LPI of a vPE. */
struct its_interrupt {
	bool valid, is_virtual;
	u16 intid;
	u16 owner;    /* collection or vPE */
	u16 doorbell; /* of a virtual one: the LPI that tells of it while the vPE is not resident */
};

struct its_collection {
	bool valid;
	unsigned core;
};

struct its_vpe {
	bool valid;
	unsigned core;
	u64 pending; /* address of the virtual pending table */
	unsigned bits;
};

enum its_error its_get_device(const struct gic *g, u32 id, struct its_device *d);
enum its_error its_set_device(struct gic *g, u32 id, const struct its_device *d);
enum its_error its_get_interrupt(const struct gic *g, const struct its_device *d, u32 event, struct its_interrupt *i);
enum its_error its_set_interrupt(struct gic *g, const struct its_device *d, u32 event, const struct its_interrupt *i);
enum its_error its_get_collection(const struct gic *g, u32 id, struct its_collection *c);
enum its_error its_set_collection(struct gic *g, u32 id, const struct its_collection *c);
enum its_error its_get_vpe(const struct gic *g, u32 id, struct its_vpe *v);
enum its_error its_set_vpe(struct gic *g, u32 id, const struct its_vpe *v);

/* ---- where an interrupt goes: its_target.c ---- */

struct its_target {
	struct its_device device;
	struct its_interrupt i;
	unsigned core;
	struct its_vpe vpe; /* when i.is_virtual */
};

/* The core, and the vPE, of t->i. */
enum its_error its_aim(const struct gic *g, struct its_target *t);
/* An event's whole way: each table must have it. */
enum its_error its_translate(const struct gic *g, u32 device, u32 event, struct its_target *t);
void its_deliver(struct gic *g, const struct its_target *t);
bool its_clear(struct gic *g, const struct its_target *t); /* whether it was pending */
void its_invalidate(struct gic *g, const struct its_target *t);
/* The vPE's virtual LPIs are held by its core's redistributor, rather than by its pending table. */
bool its_is_resident(const struct gic *g, const struct its_vpe *v);

/* ---- commands: its_command.c ---- */

struct its_command {
	u64 w[4];
};

static inline u32 its_device_id(const struct its_command *c)
{
	return (u32)(c->w[0] >> 32);
}

static inline u32 its_event_id(const struct its_command *c)
{
	return (u32)c->w[1];
}

static inline u16 its_collection_id(const struct its_command *c)
{
	return (u16)c->w[2];
}

/* RDbase is the number of the core: GITS_TYPER.PTA is 0. */
static inline enum its_error its_core_number(const struct gic *g, u64 word, unsigned *core)
{
	u64 n = bits(word, 51, 16);

	*core = (unsigned)n;
	return n < g->cfg.cores ? ITS_OK : ITS_PROCNUM_OOR;
}

static inline bool its_is_lpi(u64 intid)
{
	return intid >= GIC_INTID_LPI && !(intid >> GIC_LPI_ID_BITS);
}

/* Those of GICv4: its_vcommand.c. */
typedef enum its_error its_command_fn(struct gic *g, const struct its_command *c);
its_command_fn its_vmapp, its_vmapti, its_vmapi, its_vmovi, its_vmovp, its_vinvall, its_vsync;

/* Execute what is in the queue, until it is empty or a command is in error. */
void its_run_commands(struct gic *g);

#endif
