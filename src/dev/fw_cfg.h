/*
 * fw_cfg: how firmware on this board reads what the host gives it (kernel, initial RAM disk, command line, named
 * files). The interface is QEMU's, MMIO form: data at 0, selector at 8, DMA address at 16. Items are read-only.
 */
#ifndef DEV_FW_CFG_H
#define DEV_FW_CFG_H

#include "base/types.h"
#include "bus/bus.h"

enum fw_cfg_key {
	FW_CFG_SIGNATURE = 0x00,
	FW_CFG_ID = 0x01,
	FW_CFG_UUID = 0x02,
	FW_CFG_RAM_SIZE = 0x03,
	FW_CFG_NOGRAPHIC = 0x04,
	FW_CFG_NB_CPUS = 0x05,
	FW_CFG_KERNEL_SIZE = 0x08,
	FW_CFG_INITRD_SIZE = 0x0b,
	FW_CFG_BOOT_MENU = 0x0e,
	FW_CFG_MAX_CPUS = 0x0f,
	FW_CFG_KERNEL_DATA = 0x11,
	FW_CFG_INITRD_DATA = 0x12,
	FW_CFG_CMDLINE_SIZE = 0x14,
	FW_CFG_CMDLINE_DATA = 0x15,
	FW_CFG_FILE_DIR = 0x19,
	FW_CFG_FILE_FIRST = 0x20,
};

#define FW_CFG_ITEMS 0x40 /* keys below this */
#define FW_CFG_FILES (FW_CFG_ITEMS - FW_CFG_FILE_FIRST)
#define FW_CFG_NAME 56
#define FW_CFG_DIR_ENTRY 64

struct fw_cfg_item {
	const u8 *data; /* belongs to the caller, or points into `small` */
	u32 size;
	u8 small[8];
};

struct fw_cfg_state {
	u16 key;
	u32 offset; /* in the selected item */
	u64 dma;    /* DMA address register */
};

struct fw_cfg {
	struct fw_cfg_state s;
	struct fw_cfg_item items[FW_CFG_ITEMS];
	u8 dir[4 + FW_CFG_FILES * FW_CFG_DIR_ENTRY]; /* FW_CFG_FILE_DIR as the guest reads it */
	unsigned file_count;
	struct bus *bus; /* for DMA */
};

void fw_cfg_reset(struct fw_cfg *f);
void fw_cfg_init(struct fw_cfg *f, struct bus *bus);
/* Give item `key` its bytes, which must outlive the device. */
void fw_cfg_add(struct fw_cfg *f, enum fw_cfg_key key, const void *data, u32 size);
/* A little-endian number of `size` bytes (1..8). */
void fw_cfg_add_number(struct fw_cfg *f, enum fw_cfg_key key, u64 value, u32 size);
/* A named file; false when the directory is full or the name too long. */
bool fw_cfg_add_file(struct fw_cfg *f, const char *name, const void *data, u32 size);

extern const struct bus_device_ops fw_cfg_ops;

#endif
