/*
 * fw_cfg, as QEMU's docs/specs/fw_cfg describes it. The selector and the DMA registers are big-endian; the data
 * register gives the item's bytes in memory order whatever the access size.
 */
#include "dev/fw_cfg.h"

#include <string.h>

#include "base/bits.h"
#include "base/error.h"

enum { DMA_ERROR = 1, DMA_READ = 2, DMA_SKIP = 4, DMA_SELECT = 8, DMA_WRITE = 16 };
#define DMA_SIGNATURE 0x51454d5520434647ull /* "QEMU CFG" */

void fw_cfg_add(struct fw_cfg *f, enum fw_cfg_key key, const void *data, u32 size)
{
	BUG_ON((unsigned)key >= FW_CFG_ITEMS);
	f->items[key].data = data;
	f->items[key].size = size;
}

void fw_cfg_add_number(struct fw_cfg *f, enum fw_cfg_key key, u64 value, u32 size)
{
	struct fw_cfg_item *item = &f->items[key];

	BUG_ON((unsigned)key >= FW_CFG_ITEMS || size > sizeof(item->small));
	memcpy(item->small, &value, sizeof(item->small));
	fw_cfg_add(f, key, item->small, size);
}

/* Directory: big-endian count, then entries of size, key, reserved and name. */
bool fw_cfg_add_file(struct fw_cfg *f, const char *name, const void *data, u32 size)
{
	unsigned n = f->file_count;
	u8 *entry = f->dir + 4 + n * FW_CFG_DIR_ENTRY;
	u32 be_size = __builtin_bswap32(size), be_count = __builtin_bswap32(n + 1);
	u16 be_key = __builtin_bswap16((u16)(FW_CFG_FILE_FIRST + n));

	if (n == FW_CFG_FILES || strlen(name) >= FW_CFG_NAME)
		return false;
	memcpy(entry, &be_size, 4);
	memcpy(entry + 4, &be_key, 2);
	memcpy(entry + 8, name, strlen(name) + 1);
	memcpy(f->dir, &be_count, 4);
	fw_cfg_add(f, (enum fw_cfg_key)(FW_CFG_FILE_FIRST + n), data, size);
	f->file_count = n + 1;
	f->items[FW_CFG_FILE_DIR].size = 4 + f->file_count * FW_CFG_DIR_ENTRY;
	return true;
}

void fw_cfg_reset(struct fw_cfg *f)
{
	f->s = (struct fw_cfg_state){ 0 };
}

void fw_cfg_init(struct fw_cfg *f, struct bus *bus)
{
	memset(f, 0, sizeof(*f));
	f->bus = bus;
	fw_cfg_add(f, FW_CFG_SIGNATURE, "QEMU", 4);
	fw_cfg_add_number(f, FW_CFG_ID, 3, 4); /* bit 0: this interface, bit 1: DMA */
	fw_cfg_add(f, FW_CFG_FILE_DIR, f->dir, 4);
}

static void select_key(struct fw_cfg *f, u16 key)
{
	f->s.key = key;
	f->s.offset = 0;
}

/* The next byte of the selected item; zero beyond its end and for keys that do not exist. */
static u8 next_byte(struct fw_cfg *f)
{
	const struct fw_cfg_item *item;

	if (f->s.key >= FW_CFG_ITEMS)
		return 0;
	item = &f->items[f->s.key];
	return f->s.offset < item->size ? item->data[f->s.offset++] : 0;
}

/* ---- DMA ---- */

static bool dma_word(struct fw_cfg *f, u64 at, bool ns, unsigned size, u64 *v)
{
	if (!bus_copy_out(f->bus, (pa_t){ at, ns }, v, size))
		return false;
	*v = __builtin_bswap64(*v) >> (64 - 8 * size);
	return true;
}

/* Copy what is left of the item, then zeros. The whole destination must be memory. */
static bool dma_copy(struct fw_cfg *f, pa_t to, const u8 *from, u64 copied, u64 length)
{
	static const u8 zeros[4096];

	if (length && !bus_host(f->bus, to, length, true))
		return false;
	bus_copy_in(f->bus, to, from, copied);
	for (u64 done = copied, n; done < length; done += n) {
		n = length - done < sizeof(zeros) ? length - done : sizeof(zeros);
		bus_copy_in(f->bus, (pa_t){ to.v + done, to.ns }, zeros, n);
	}
	return true;
}

static bool dma_transfer(struct fw_cfg *f, pa_t to, u64 length, bool read)
{
	const struct fw_cfg_item *item = f->s.key < FW_CFG_ITEMS ? &f->items[f->s.key] : NULL;
	u64 left = item ? item->size - f->s.offset : 0;
	u64 copied = length < left ? length : left;

	if (read && !dma_copy(f, to, copied ? item->data + f->s.offset : NULL, copied, length))
		return false;
	f->s.offset += (u32)copied;
	return true;
}

/* What the command asks for; the result that overwrites its control word. Read wins over write, write over skip. */
static u32 dma_command(struct fw_cfg *f, u64 control, u64 length, pa_t address)
{
	if (control & DMA_SELECT)
		select_key(f, (u16)(control >> 16));
	if (control & DMA_READ)
		return dma_transfer(f, address, length, true) ? 0 : DMA_ERROR;
	if (control & DMA_WRITE)
		return DMA_ERROR; /* items are read-only */
	if (control & DMA_SKIP)
		dma_transfer(f, address, length, false);
	return 0;
}

/* The command in guest memory: control and length (32 bits each), address (64 bits), all big-endian. One that does not
 * lie in memory as a whole is an error, too; it is told where there is memory to tell it. */
static void dma_run(struct fw_cfg *f, bool ns)
{
	u64 at = f->s.dma, control = 0, length = 0, address = 0;
	u32 result = DMA_ERROR;

	f->s.dma = 0;
	if (dma_word(f, at, ns, 4, &control) && dma_word(f, at + 4, ns, 4, &length) &&
	    dma_word(f, at + 8, ns, 8, &address))
		result = dma_command(f, control, length, (pa_t){ address, ns });
	result = __builtin_bswap32(result);
	bus_copy_in(f->bus, (pa_t){ at, ns }, &result, 4);
}

/* ---- the bus side ---- */

static enum bus_result fw_cfg_read(void *ctx, const struct bus_access *a, u64 *value)
{
	struct fw_cfg *f = ctx;

	*value = 0;
	if (a->offset < 8) {
		for (unsigned i = 0; i < a->size; i++)
			*value |= (u64)next_byte(f) << 8 * i;
	} else if (a->offset >= 16) {
		/* Big-endian: the byte at the lowest address is the signature's first letter. */
		u64 le = __builtin_bswap64(DMA_SIGNATURE);

		*value = le >> 8 * (a->offset - 16) & ones(8 * a->size);
	}
	return BUS_OK;
}

static void write_dma(struct fw_cfg *f, const struct bus_access *a, u64 value)
{
	if (a->size == 8 && a->offset == 16) {
		f->s.dma = __builtin_bswap64(value);
		dma_run(f, a->ns);
	} else if (a->size == 4 && a->offset == 16) {
		f->s.dma = (u64)__builtin_bswap32((u32)value) << 32;
	} else if (a->size == 4 && a->offset == 20) {
		f->s.dma |= __builtin_bswap32((u32)value);
		dma_run(f, a->ns);
	}
}

static enum bus_result fw_cfg_write(void *ctx, const struct bus_access *a, u64 value)
{
	struct fw_cfg *f = ctx;

	if (a->offset == 8 && a->size == 2)
		select_key(f, __builtin_bswap16((u16)value));
	else if (a->offset >= 16)
		write_dma(f, a, value);
	return BUS_OK; /* the data register ignores writes */
}

const struct bus_device_ops fw_cfg_ops = { fw_cfg_read, fw_cfg_write };
