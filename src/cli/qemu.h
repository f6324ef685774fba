/* hypscope-system-aarch64: the same program by QEMU's option names, so that scripts run with only its name changed. */
#ifndef CLI_QEMU_H
#define CLI_QEMU_H

#include "cli/options.h"

#define QEMU_DRIVES 16

#define QEMU_LIST 16

struct qemu_list {
	const char *item[QEMU_LIST];
	unsigned count;
};

struct qemu_number {
	bool given;
	u64 value;
};

/* The properties of the group that is being read, by the fields of qemu.def. */
struct qemu_values {
	const char *type, *gic_version, *iommu, *dumpdtb, *kernel, *initrd, *append, *dtb; /* machine */
	struct qemu_number virtualization, secure, its, acpi, seeds;
	const char *cpu;
	struct qemu_number pauth_impdef;
	struct qemu_number cpus, cores, maxcpus; /* smp */
	struct qemu_number mem;
	struct qemu_number semihosting;
	const char *file, *interface, *id; /* drive; devices */
	const char *backend;		   /* of a device: its drive, network… */
	const char *bus, *slot, *serial;   /* of a device on PCIe */
	struct qemu_number vectors, iommu_platform, queues, mdts, port, chassis, number;
	struct qemu_number unit, readonly, snapshot;
	struct qemu_number legacy;					/* global */
	const char *net, *model;					/* nic */
	struct qemu_list forward;					/* nic, netdev */
	struct qemu_number addr, raw, data, data_len, data_be, cpu_num; /* loader */
	struct qemu_number none;					/* of kinds that store nothing */
};

/* A drive without an interface of its own waits for the -device that names it. */
struct qemu_drive {
	const char *id; /* NULL when the drive brings its own device (if=virtio) */
	struct hyp_disk disk;
	bool used;
};

/* A -device that asked for a drive, which is found when all are known. */
struct qemu_disk {
	const char *drive, *serial;
	unsigned queues, mdts;
	bool on_pcie;
	unsigned pci; /* which, when on_pcie */
};

/* The command line as a whole, while it is read. */
struct qemu {
	struct options *o;
	struct qemu_values v;
	bool virtualization, gic_max, has_machine, has_cpu;
	size_t words_used; /* of o->words */
	unsigned serials;
	struct qemu_drive drive[QEMU_DRIVES];
	unsigned drives;
	struct qemu_disk disk[QEMU_DRIVES];
	unsigned disks;
	const char *driver;			    /* of the -device that is being read */
	bool nic_on_pcie, network_chosen;	    /* by -nic; by any option */
	const char *chardev, *chardev_id, *console; /* as --serial has it; its id; that which a console asked for */
	bool serial_device;
	const char *netdev, *net_device;  /* the network's id, and that which a -device asked for */
	const char *network;		  /* as --net has it; NULL: none */
	const char *entropy, *rng_device; /* the same for sources of entropy */
};

/* Parse all words after the program's name. The strings of *o are in argv, or in o->words: see options_free(). */
bool qemu_parse(struct options *o, int argc, char *const *argv, struct error *e);
/* The options, for --help. */
void qemu_help(FILE *out);

/* ---- qemu_map.c, qemu_devices.c: what a group comes to ---- */

bool qemu_machine(struct qemu *q, struct error *e);
bool qemu_cpu(struct qemu *q, struct error *e);
bool qemu_smp(struct qemu *q, struct error *e);
bool qemu_memory(struct qemu *q, struct error *e);
bool qemu_accel(struct qemu *q, struct error *e);
bool qemu_semihosting(struct qemu *q, struct error *e);
bool qemu_drive(struct qemu *q, struct error *e);
bool qemu_global(struct qemu *q, struct error *e);
bool qemu_netdev(struct qemu *q, struct error *e);
bool qemu_nic(struct qemu *q, struct error *e);
bool qemu_object(struct qemu *q, struct error *e);
bool qemu_virtio_net(struct qemu *q, struct error *e);
bool qemu_virtio_rng(struct qemu *q, struct error *e);
bool qemu_loader(struct qemu *q, struct error *e);
bool qemu_virtio_blk(struct qemu *q, struct error *e);
bool qemu_virtio_blk_pci(struct qemu *q, struct error *e);
bool qemu_virtio_net_pci(struct qemu *q, struct error *e);
bool qemu_virtio_rng_pci(struct qemu *q, struct error *e);
bool qemu_virtio_serial(struct qemu *q, struct error *e);
bool qemu_virtio_serial_pci(struct qemu *q, struct error *e);
bool qemu_virtconsole(struct qemu *q, struct error *e);
bool qemu_chardev(struct qemu *q, struct error *e);
bool qemu_nvme(struct qemu *q, struct error *e);
bool qemu_root_port(struct qemu *q, struct error *e);
bool qemu_net(struct qemu *q, const char *word, struct error *e);
bool qemu_serial(struct qemu *q, const char *word, struct error *e);
bool qemu_gdb(struct qemu *q, const char *word, struct error *e);
/* Drives, networks and consoles come to the devices that asked for them; each function to its slot. */
bool qemu_connect(struct qemu *q, struct error *e);
/* Everything was read: bring drives and devices together, and see that there is a machine. */
bool qemu_finish(struct qemu *q, struct error *e);

#endif
