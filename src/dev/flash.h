/*
 * NOR flash bank of the board: two 16-bit devices with the Intel command set side by side on a 32-bit bus (device 0 in
 * bits [15:0]), CFI query (JEDEC JEP137 / Intel CFI 0001). The devices go in lock step: a command given by an access of
 * any width reaches both, as software for QEMU's `virt` expects (U-Boot finds 16-bit devices and uses halfwords), and
 * data are programmed in the width in which they come. Programming and erasing take no time: status is always ready.
 *
 * In array mode reads bypass the device: the bus reads `data` by its host pointer.
 * Left out: suspend and resume, block locking, OTP; lock commands are accepted and do nothing.
 */
#ifndef DEV_FLASH_H
#define DEV_FLASH_H

#include "base/types.h"
#include "bus/bus.h"

#define FLASH_BANK_SIZE 0x4000000u
#define FLASH_BLOCK 0x40000u   /* erase block of the bank: 128 KiB in each device */
#define FLASH_BUFFER_WORDS 32u /* words in each device's write buffer: 64 bytes */

enum flash_mode {
	FLASH_ARRAY,
	FLASH_STATUS,
	FLASH_ID,
	FLASH_QUERY,
	/* In the midst of a command; reads give status. */
	FLASH_PROGRAM,	    /* the word comes next */
	FLASH_ERASE,	    /* the confirmation comes next */
	FLASH_LOCK,	    /* the second cycle of a lock command comes next */
	FLASH_BUFFER_COUNT, /* number of words - 1 comes next */
	FLASH_BUFFER_DATA,  /* words come next */
	FLASH_BUFFER_CONFIRM,
};

/* One datum of the write buffer. */
struct flash_datum {
	u32 at; /* byte offset in the bank */
	u8 size;
	u64 value;
};

struct flash_state {
	u8 mode;	  /* enum flash_mode */
	u8 status;	  /* each device's status register; 0x80: ready */
	u8 count, filled; /* write buffer: data announced, and come */
	u32 block;	  /* where the buffer's command was given: byte offset of the block in the bank */
	struct flash_datum buffer[FLASH_BUFFER_WORDS];
};

struct flash {
	struct flash_state s;
	struct bus *bus;
	u64 base;
	u8 *data; /* FLASH_BANK_SIZE bytes; the caller's */
	/* Set after flash_init(). */
	bool write_protected; /* programming and erasing fail */
	bool (*store)(void *ctx, u32 at,
		      u32 size); /* these bytes of `data` changed: keep them; false: it failed. NULL: nobody */
	void *store_ctx;
};

/* Back to array mode; what is programmed stays. */
void flash_reset(struct flash *f);
/* The mode may be another: reads see the array, or go to the device. Also when the state was restored from a copy. */
void flash_show(struct flash *f);
void flash_init(struct flash *f, struct bus *bus, u64 base, u8 *data);

extern const struct bus_device_ops flash_ops;

#endif
