/* The ITS (IHI 0069 5.2 to 5.4) between its files: registers, tables in memory, commands. */
#ifndef GIC_ITS_H
#define GIC_ITS_H

#include "gic/internal.h"

/* GITS_TYPER: what the ITS has room for. */
#define ITS_EVENT_BITS 16
#define ITS_DEVICE_BITS 16
#define ITS_COLLECTION_BITS 16
#define ITS_ENTRY 8 /* bytes, of every table */

/* GITS_BASER<n>: one table each; the number of the type. */
enum its_table { ITS_DEVICES, ITS_COLLECTIONS, ITS_TABLES };

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

struct its_interrupt {
	bool valid;
	u32 intid;
	u16 collection;
};

struct its_collection {
	bool valid;
	unsigned core;
};

enum its_error its_get_device(const struct gic *g, u32 id, struct its_device *d);
enum its_error its_set_device(struct gic *g, u32 id, const struct its_device *d);
enum its_error its_get_interrupt(const struct gic *g, const struct its_device *d, u32 event, struct its_interrupt *i);
enum its_error its_set_interrupt(struct gic *g, const struct its_device *d, u32 event, const struct its_interrupt *i);
enum its_error its_get_collection(const struct gic *g, u32 id, struct its_collection *c);
enum its_error its_set_collection(struct gic *g, u32 id, const struct its_collection *c);
/* An event's whole way: device, interrupt, collection; each must be mapped. */
enum its_error its_translate(const struct gic *g, u32 device, u32 event, struct its_interrupt *i,
			     struct its_collection *c);

/* ---- commands: its_command.c ---- */

/* Execute what is in the queue, until it is empty or a command is in error. */
void its_run_commands(struct gic *g);

#endif
