/* The command line: what was asked for, from one table (options.def). */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stdio.h>

#include "base/error.h"
#include "base/types.h"
#include "hypscope.h"

#define LOADS_MAX 16
#define DISKS_MAX HYP_DISKS
#define DISK_FILE_MAX 512
#define DISK_SERIAL_MAX 21 /* NVMe has room for 20 characters */
#define GDB_PORT 1234	   /* unless another one is asked for */

/* Which verbs an option belongs to, as a set. */
enum option_verbs {
	VERB_RUN = 1,
	VERB_WALK = 2,
	VERB_BENCH = 4,
	VERB_TRACE = 8,
	VERB_LAB = 16,
	VERB_GUI = 32,
	VERB_DECODE = 64
};

enum { VIRTIO_MMIO_NONE, VIRTIO_MMIO_LEGACY, VIRTIO_MMIO_MODERN }; /* of --virtio-mmio */
enum { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };			   /* of --color */
enum trace_format { TRACE_TEXT, TRACE_TARMAC, TRACE_PERFETTO, TRACE_BIN };

/* The interface of a disk: DISK_VIRTIO is on PCI Express, unless --virtio-mmio puts virtio devices elsewhere. */
enum disk_if { DISK_VIRTIO, DISK_VIRTIO_MMIO, DISK_NVME };

/* Choices are indexes into the option's list; texts point into argv; NULL or 0: not given. */
struct options {
	u64 cpu, smp, mem, el, iommu, trace_format, timing, max_insns, timeout, virtio_mmio, rng_seed, gic_version,
		access_el, core, reps, scale, vs, color;
	u64 gdb_port;				      /* 1 + port; 0: no gdb server */
	u64 history;				      /* 1 + bytes; 0: not given */
	bool no_virtualization, no_seeds, nodefaults; /* QEMU's spelling only */
	bool no_its;
	bool rng, no_reboot, pauth_impdef;
	bool wait, gdb /* QEMU's -s */, secure, no_acpi, semihosting, quiet, json, summary, hash, write, fetch,
		privileged, scaling, help, version;
	bool access_el_given, core_given;
	const char *kernel, *initrd, *append, *dtb, *dump_dtb, *flash, *flash1;
	const char *net, *virtio_console, *serial, *trace, *trace_file, *from, *at, *va, *ipa, *stream, *iova, *html,
		*rows, *traced, *junit, *lab, *labs, *lab_part;
	const char *keys, *screenshot, *dump_model, *size, *zoom; /* of the window */
	u64 theme;
	const char *save, *load_state, *record, *replay;
	const char *image;
	char cpu_name[32];
	enum hyp_flash_mode flash_mode[2]; /* QEMU's spelling only */
	struct hyp_load load[LOADS_MAX];   /* QEMU's spelling only */
	unsigned loads;
	struct hyp_disk disk[DISKS_MAX];
	unsigned disks;
	struct hyp_pci pci[HYP_PCI_MAX];
	unsigned pcis;
	u8 disk_if[DISKS_MAX];			  /* of --disk: enum disk_if */
	char disk_file[DISKS_MAX][DISK_FILE_MAX]; /* of --disk */
	char disk_serial[DISKS_MAX][DISK_SERIAL_MAX];
	char *words; /* QEMU's spelling: what texts point into besides argv */
};

/* Parse what follows the verb. */
bool options_parse(struct options *o, unsigned verbs, int argc, char *const *argv, struct error *e);
void options_free(struct options *o);
/* One option at argv[*i], as options_parse() takes it; whether there is one of that name. */
bool options_take(struct options *o, unsigned verbs, int argc, char *const *argv, int *i, struct error *e);
bool options_know(const char *word);
/* The core by its name. */
bool options_cpu(struct options *o, const char *name, struct error *e);
/* One --disk: "FILE[,if=virtio|virtio-mmio|nvme][,ro][,snapshot][,serial=TEXT]" (devices.c). */
bool options_disk(struct options *o, const char *text, struct error *e);
/* What of the devices asked for is on PCI Express. */
void options_plug(struct options *o);
/* What is still missing, and what does not go together. */
bool options_finish(struct options *o, struct error *e);
/* The options of these verbs, one a line, for --help. */
void options_help(FILE *out, unsigned verbs);
/* The same for the man page and for bash. */
void options_man(FILE *out);
void options_complete(FILE *out);
/* "0x40000000" or "512": a whole word as a number. */
bool parse_number(const char *text, u64 *value);
/* "512M", "4G", "0x20000000", "512" (MiB): bytes. */
bool parse_size(const char *text, u64 *value);

#endif
