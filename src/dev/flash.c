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

/* ---- reading: each 16-bit lane is a device; `at` is the lane's byte offset in the bank ---- */

static u16 lane_read(const struct flash *f, u32 at)
{
	u32 word = at / 4; /* the device's own address */

	switch ((enum flash_mode)f->s.mode) {
	case FLASH_ID: word %= FLASH_BLOCK / 4; return word < ARRAY_SIZE(id_words) ? id_words[word] : 0;
	case FLASH_QUERY:
		word %= 0x100;
		return word >= 0x10 && word - 0x10 < ARRAY_SIZE(query) ? query[word - 0x10] : 0;
	case FLASH_ARRAY: /* the bus reads the array itself */
	case FLASH_STATUS:
	case FLASH_PROGRAM:
	case FLASH_ERASE:
	case FLASH_LOCK:
	case FLASH_BUFFER_COUNT:
	case FLASH_BUFFER_DATA:
	case FLASH_BUFFER_CONFIRM: break;
	}
	return f->s.status;
}

static enum bus_result flash_read(void *ctx, const struct bus_access *a, u64 *value)
{
	const struct flash *f = ctx;
	unsigned odd = a->offset % 2;
	u64 v = 0;

	/* Whole lanes, then the bytes asked for. */
	for (unsigned i = 0; i < a->size + odd; i += 2)
		v |= (u64)lane_read(f, (u32)a->offset - odd + i) << 8 * i;
	*value = v >> 8 * odd & ones(8 * a->size);
	return BUS_OK;
}

/* ---- the array ---- */

static void tell_code(const struct flash *f, u32 at, u32 size)
{
	if (f->bus->code_written)
		f->bus->code_written(f->bus->code_ctx, f->base + at, size);
}

static void keep(struct flash *f, u32 at, u32 size, u8 error)
{
	if (f->store && !f->store(f->store_ctx, at, size))
		f->s.status |= error;
}

/* Programming can only clear bits. */
static void clear_bits(struct flash *f, const struct flash_datum *d)
{
	tell_code(f, d->at, d->size);
	bus_will_write(f->bus, f->data + d->at, d->size);
	for (unsigned i = 0; i < d->size; i++)
		f->data[d->at + i] &= (u8)(d->value >> 8 * i);
}

/* Data come in any order; they are kept as one piece, with what lies between them. */
static void program(struct flash *f, const struct flash_datum *d, unsigned count)
{
	u32 lo = d[0].at, hi = lo;

	if (f->write_protected) {
		f->s.status |= SR_PROGRAM_ERROR;
		return;
	}
	for (unsigned i = 0; i < count; i++) {
		clear_bits(f, &d[i]);
		lo = d[i].at < lo ? d[i].at : lo;
		hi = d[i].at + d[i].size > hi ? d[i].at + d[i].size : hi;
	}
	keep(f, lo, hi - lo, SR_PROGRAM_ERROR);
}

static void erase(struct flash *f, u32 block)
{
	if (f->write_protected) {
		f->s.status |= SR_ERASE_ERROR;
		return;
	}
	for (u32 at = block; at < block + FLASH_BLOCK; at += 4096)
		tell_code(f, at, 4096);
	bus_will_write(f->bus, f->data + block, FLASH_BLOCK);
	memset(f->data + block, 0xff, FLASH_BLOCK);
	keep(f, block, FLASH_BLOCK, SR_ERASE_ERROR);
}

/* ---- commands ---- */

static void first_cycle(struct flash_state *s, u32 at, u8 command)
{
	switch (command) {
	case CMD_PROGRAM:
	case CMD_PROGRAM_ALT: s->mode = FLASH_PROGRAM; break;
	case CMD_ERASE: s->mode = FLASH_ERASE; break;
	case CMD_CLEAR_STATUS:
		s->status = SR_READY;
		s->mode = FLASH_ARRAY;
		break;
	case CMD_LOCK: s->mode = FLASH_LOCK; break;
	case CMD_STATUS: s->mode = FLASH_STATUS; break;
	case CMD_ID: s->mode = FLASH_ID; break;
	case CMD_QUERY: s->mode = FLASH_QUERY; break;
	case CMD_BUFFER:
		s->block = (u32)align_down(at, FLASH_BLOCK);
		s->filled = 0;
		s->mode = FLASH_BUFFER_COUNT;
		break;
	case CMD_ARRAY:
	default: s->mode = FLASH_ARRAY; break; /* what is no command, such as AMD's probes, leaves array mode on */
	}
}

static void sequence_error(struct flash_state *s)
{
	s->status |= SR_PROGRAM_ERROR | SR_ERASE_ERROR;
	s->mode = FLASH_STATUS;
}

static void buffer_count(struct flash_state *s, u16 v)
{
	if (v >= FLASH_BUFFER_WORDS) {
		sequence_error(s);
		return;
	}
	s->count = (u8)(v + 1);
	s->mode = FLASH_BUFFER_DATA;
}

static void buffer_data(struct flash_state *s, const struct flash_datum *d)
{
	if (align_down(d->at, FLASH_BLOCK) != s->block) {
		sequence_error(s);
		return;
	}
	s->buffer[s->filled++] = *d;
	if (s->filled == s->count)
		s->mode = FLASH_BUFFER_CONFIRM;
}

static void buffer_confirm(struct flash *f, u8 command)
{
	if (command != CMD_CONFIRM) {
		sequence_error(&f->s);
		return;
	}
	program(f, f->s.buffer, f->s.count);
	f->s.mode = FLASH_STATUS;
}

static void erase_confirm(struct flash *f, u32 at, u8 command)
{
	if (command != CMD_CONFIRM) {
		sequence_error(&f->s);
		return;
	}
	erase(f, (u32)align_down(at, FLASH_BLOCK));
	f->s.mode = FLASH_STATUS;
}

static void cycle(struct flash *f, const struct flash_datum *d)
{
	struct flash_state *s = &f->s;

	switch ((enum flash_mode)s->mode) {
	case FLASH_ARRAY:
	case FLASH_STATUS:
	case FLASH_ID:
	case FLASH_QUERY: first_cycle(s, d->at, (u8)d->value); break;
	case FLASH_PROGRAM:
		program(f, d, 1);
		s->mode = FLASH_STATUS;
		break;
	case FLASH_ERASE: erase_confirm(f, d->at, (u8)d->value); break;
	case FLASH_LOCK: s->mode = FLASH_STATUS; break;
	case FLASH_BUFFER_COUNT: buffer_count(s, (u16)d->value); break;
	case FLASH_BUFFER_DATA: buffer_data(s, d); break;
	case FLASH_BUFFER_CONFIRM: buffer_confirm(f, (u8)d->value); break;
	}
}

void flash_show(struct flash *f)
{
	bus_set_host(f->bus, f->base, f->s.mode == FLASH_ARRAY ? f->data : NULL);
}

static enum bus_result flash_write(void *ctx, const struct bus_access *a, u64 value)
{
	struct flash *f = ctx;

	cycle(f, &(struct flash_datum){ (u32)a->offset, a->size, value });
	flash_show(f);
	return BUS_OK;
}

const struct bus_device_ops flash_ops = { flash_read, flash_write };

void flash_reset(struct flash *f)
{
	f->s = (struct flash_state){ .status = SR_READY };
	bus_set_host(f->bus, f->base, f->data);
}

void flash_init(struct flash *f, struct bus *bus, u64 base, u8 *data)
{
	*f = (struct flash){ .s = { .status = SR_READY }, .bus = bus, .base = base, .data = data };
}
