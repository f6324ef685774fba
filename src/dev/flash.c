/* Intel command set NOR flash. Commands are Intel's "Basic/Extended Command Set" (CFI command set 0x0001). */
#include "dev/flash.h"

#include <string.h>

#include "base/bits.h"

enum { SR_READY = 0x80, SR_ERASE_ERROR = 0x20, SR_PROGRAM_ERROR = 0x10 };

enum {
	CMD_PROGRAM_ALT = 0x10,
	CMD_ERASE = 0x20,
	CMD_PROGRAM = 0x40,
	CMD_CLEAR_STATUS = 0x50,
	CMD_LOCK = 0x60,
	CMD_STATUS = 0x70,
	CMD_ID = 0x90,
	CMD_QUERY = 0x98,
	CMD_CONFIRM = 0xd0,
	CMD_BUFFER = 0xe8,
	CMD_ARRAY = 0xff,
};

/* Identification: manufacturer, device, at words 0 and 1 of a block; word 2 is the block's lock state. */
static const u16 id_words[] = { 0x89, 0x18, 0 };

#define DEVICE_SIZE_LOG2 25			      /* 32 MiB each */
#define DEVICE_BLOCKS (FLASH_BANK_SIZE / FLASH_BLOCK) /* 256 */
#define DEVICE_BLOCK_256 (FLASH_BLOCK / 2 / 256)      /* a block in units of 256 bytes */
#define BUFFER_LOG2 6				      /* 64 bytes */

/* The CFI query table from word 0x10 (Intel: CFI specification, tables 5-8). */
static const u8 query[] = {
	'Q',
	'R',
	'Y',
	0x01,
	0x00, /* 0x13: command set 0001 */
	0x31,
	0x00, /* 0x15: where the extended table is */
	0x00,
	0x00,
	0x00,
	0x00, /* 0x17: no alternative command set */
	0x45,
	0x55,
	0x00,
	0x00, /* 0x1b: Vcc 4.5-5.5 V, no Vpp */
	0x07,
	0x07,
	0x0a,
	0x00, /* 0x1f: typical times: word, buffer 2^7 us; erase 2^10 ms; no chip erase */
	0x04,
	0x04,
	0x04,
	0x00,		  /* 0x23: at most 2^4 times those */
	DEVICE_SIZE_LOG2, /* 0x27 */
	0x02,
	0x00, /* 0x28: x8 and x16 */
	BUFFER_LOG2,
	0x00, /* 0x2a */
	0x01, /* 0x2c: one erase region */
	(DEVICE_BLOCKS - 1) & 0xff,
	(DEVICE_BLOCKS - 1) >> 8, /* 0x2d */
	DEVICE_BLOCK_256 & 0xff,
	DEVICE_BLOCK_256 >> 8, /* 0x2f */
	'P',
	'R',
	'I',
	'1',
	'0', /* 0x31: extended table, version 1.0, no optional feature */
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x00,
	0x01, /* 0x3f: one protection field */
};

/* ---- one device; `at` is the byte offset in the bank of the 16-bit lane ---- */

static u16 array_word(const struct flash *f, u32 at)
{
	u16 v;

	memcpy(&v, f->data + at, 2);
	return v;
}

static u16 chip_read(const struct flash *f, unsigned n, u32 at)
{
	const struct flash_chip *c = &f->s.chip[n];
	u32 word = at / 4; /* the device's own address */

	switch ((enum flash_mode)c->mode) {
	case FLASH_ARRAY: return array_word(f, at);
	case FLASH_ID: return word % (FLASH_BLOCK / 4) < ARRAY_SIZE(id_words) ? id_words[word % (FLASH_BLOCK / 4)] : 0;
	case FLASH_QUERY:
		word %= 0x100;
		return word >= 0x10 && word - 0x10 < ARRAY_SIZE(query) ? query[word - 0x10] : 0;
	case FLASH_STATUS:
	case FLASH_PROGRAM:
	case FLASH_ERASE:
	case FLASH_LOCK:
	case FLASH_BUFFER_COUNT:
	case FLASH_BUFFER_DATA:
	case FLASH_BUFFER_CONFIRM: break;
	}
	return c->status;
}

/* Programming can only clear bits. */
static void program(struct flash *f, u32 at, u16 v)
{
	u16 now = array_word(f, at) & v;

	if (f->bus->code_written)
		f->bus->code_written(f->bus->code_ctx, f->base + at, 2);
	memcpy(f->data + at, &now, 2);
}

static void erase(struct flash *f, unsigned n, u32 block)
{
	for (u32 at = block + 2 * n; at < block + FLASH_BLOCK; at += 4)
		memset(f->data + at, 0xff, 2);
	for (u32 at = block; at < block + FLASH_BLOCK && f->bus->code_written; at += 4096)
		f->bus->code_written(f->bus->code_ctx, f->base + at, 4096);
}

static void chip_command(struct flash_chip *c, u32 at, u8 command)
{
	switch (command) {
	case CMD_PROGRAM:
	case CMD_PROGRAM_ALT: c->mode = FLASH_PROGRAM; break;
	case CMD_ERASE: c->mode = FLASH_ERASE; break;
	case CMD_CLEAR_STATUS:
		c->status = SR_READY;
		c->mode = FLASH_ARRAY;
		break;
	case CMD_LOCK: c->mode = FLASH_LOCK; break;
	case CMD_STATUS: c->mode = FLASH_STATUS; break;
	case CMD_ID: c->mode = FLASH_ID; break;
	case CMD_QUERY: c->mode = FLASH_QUERY; break;
	case CMD_BUFFER:
		c->block = (u32)align_down(at, FLASH_BLOCK);
		c->filled = 0;
		c->mode = FLASH_BUFFER_COUNT;
		break;
	case CMD_ARRAY:
	default: /* what is no command, such as AMD's probes, leaves array mode */ c->mode = FLASH_ARRAY; break;
	}
}

static void sequence_error(struct flash_chip *c, u8 errors)
{
	c->status |= errors;
	c->mode = FLASH_STATUS;
}

static void buffer_count(struct flash_chip *c, u16 v)
{
	if (v >= FLASH_BUFFER_WORDS) {
		sequence_error(c, SR_PROGRAM_ERROR | SR_ERASE_ERROR);
		return;
	}
	c->count = (u8)(v + 1);
	c->mode = FLASH_BUFFER_DATA;
}

static void buffer_data(struct flash_chip *c, u32 at, u16 v)
{
	if (align_down(at, FLASH_BLOCK) != c->block) {
		sequence_error(c, SR_PROGRAM_ERROR | SR_ERASE_ERROR);
		return;
	}
	c->at[c->filled] = at;
	c->word[c->filled++] = v;
	if (c->filled == c->count)
		c->mode = FLASH_BUFFER_CONFIRM;
}

static void buffer_confirm(struct flash *f, struct flash_chip *c, u8 command)
{
	if (command != CMD_CONFIRM) {
		sequence_error(c, SR_PROGRAM_ERROR | SR_ERASE_ERROR);
		return;
	}
	for (unsigned i = 0; i < c->count; i++)
		program(f, c->at[i], c->word[i]);
	c->mode = FLASH_STATUS;
}

static void chip_write(struct flash *f, unsigned n, u32 at, u16 v)
{
	struct flash_chip *c = &f->s.chip[n];

	switch ((enum flash_mode)c->mode) {
	case FLASH_ARRAY:
	case FLASH_STATUS:
	case FLASH_ID:
	case FLASH_QUERY: chip_command(c, at, (u8)v); break;
	case FLASH_PROGRAM:
		program(f, at, v);
		c->mode = FLASH_STATUS;
		break;
	case FLASH_ERASE:
		if ((u8)v == CMD_CONFIRM)
			erase(f, n, (u32)align_down(at, FLASH_BLOCK));
		else
			c->status |= SR_ERASE_ERROR | SR_PROGRAM_ERROR;
		c->mode = FLASH_STATUS;
		break;
	case FLASH_LOCK: c->mode = FLASH_STATUS; break;
	case FLASH_BUFFER_COUNT: buffer_count(c, v); break;
	case FLASH_BUFFER_DATA: buffer_data(c, at, v); break;
	case FLASH_BUFFER_CONFIRM: buffer_confirm(f, c, (u8)v); break;
	}
}

/* ---- the bus side ---- */

static enum bus_result flash_read(void *ctx, const struct bus_access *a, u64 *value)
{
	const struct flash *f = ctx;
	u64 v = 0;

	/* Whole 16-bit lanes, then the bytes asked for. */
	for (unsigned i = 0; i < a->size + a->offset % 2; i += 2) {
		u32 at = (u32)align_down(a->offset, 2) + i;

		v |= (u64)chip_read(f, at / 2 % 2, at) << 8 * i;
	}
	*value = v >> 8 * (a->offset % 2) & ones(8 * a->size);
	return BUS_OK;
}

/* A byte reaches its device with the other half of the lane at zero. */
static enum bus_result flash_write(void *ctx, const struct bus_access *a, u64 value)
{
	struct flash *f = ctx;
	bool array;

	value = (value & ones(8 * a->size)) << 8 * (a->offset % 2);
	for (unsigned i = 0; i < a->size; i += 2) {
		u32 at = (u32)align_down(a->offset, 2) + i;

		chip_write(f, at / 2 % 2, at, (u16)(value >> 8 * i));
	}
	array = f->s.chip[0].mode == FLASH_ARRAY && f->s.chip[1].mode == FLASH_ARRAY;
	bus_set_host(f->bus, f->base, array ? f->data : NULL);
	return BUS_OK;
}

const struct bus_device_ops flash_ops = { flash_read, flash_write };

void flash_init(struct flash *f, struct bus *bus, u64 base, u8 *data)
{
	memset(&f->s, 0, sizeof(f->s));
	f->s.chip[0].status = f->s.chip[1].status = SR_READY;
	f->bus = bus;
	f->base = base;
	f->data = data;
}
