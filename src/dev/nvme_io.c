/* I/O commands (6): blocks of 512 bytes of the one namespace. */
#include <string.h>

#include "base/bits.h"
#include "dev/nvme.h"

#define BOUNCE 65536u

/* ---- which blocks ---- */

static u16 check_namespace(const struct nvme_request *r)
{
	return r->dw[1] == 1 ? NVME_OK : NVME_INVALID_NAMESPACE | NVME_DNR;
}

static u16 check_range(struct nvme *n, struct nvme_request *r, u64 lba, u64 count)
{
	u64 blocks = n->disk->size >> NVME_LBA_SHIFT;

	r->lba = lba;
	r->count = count;
	return lba <= blocks && count <= blocks - lba ? NVME_OK : NVME_LBA_OUT_OF_RANGE | NVME_DNR;
}

/* The namespace and blocks of a command that names them in dwords 10 to 12; *size in bytes. */
static u16 locate(struct nvme *n, struct nvme_request *r, u64 *at, u64 *size)
{
	u64 lba = nvme_qword(r, 10), count = bits(r->dw[12], 15, 0) + 1;
	u16 status = check_namespace(r);

	*at = lba << NVME_LBA_SHIFT;
	*size = count << NVME_LBA_SHIFT;
	return status ? status : check_range(n, r, lba, count);
}

/* The same, and its buffer, which MDTS bounds (5.15.2.2). */
static u16 locate_data(struct nvme *n, struct nvme_request *r, u64 *at, u64 *size, struct nvme_buffer *b)
{
	u16 status = locate(n, r, at, size);

	if (status)
		return status;
	if (*size > 4096ull << n->mdts)
		return NVME_INVALID_FIELD | NVME_DNR;
	return nvme_find_buffer(n, r, (u32)*size, b);
}

/* ---- errors of the host's ---- */

static u16 media_error(struct nvme *n, u16 status)
{
	n->s.health.media_errors++;
	return status;
}

static u16 check_writable(const struct nvme *n)
{
	return n->disk->ro ? NVME_WRITE_PROTECTED | NVME_DNR : NVME_OK;
}

static u16 flush_disk(struct nvme *n)
{
	return disk_flush(n->disk) ? NVME_OK : media_error(n, NVME_WRITE_FAULT);
}

/* What was written is on the medium if the command asks for it (FUA), or if the write cache is off. */
static u16 finish_write(struct nvme *n, const struct nvme_request *r)
{
	return bit(r->dw[12], 30) || !(n->s.feature[NVME_F_WRITE_CACHE] & 1) ? flush_disk(n) : NVME_OK;
}

/* ---- commands ---- */

static u16 flush(struct nvme *n, struct nvme_request *r)
{
	if (r->dw[1] != NVME_ALL_NAMESPACES && check_namespace(r))
		return check_namespace(r);
	return flush_disk(n);
}

static u16 read_blocks(struct nvme *n, struct nvme_request *r)
{
	u8 data[BOUNCE];
	struct nvme_buffer b;
	u64 at, size;
	u16 status = locate_data(n, r, &at, &size, &b);

	for (u64 done = 0, part; !status && done < size; done += part) {
		part = size - done < BOUNCE ? size - done : BOUNCE;
		if (!disk_read(n->disk, at + done, data, part))
			return media_error(n, NVME_UNRECOVERED_READ);
		status = nvme_copy(n, &b, data, (u32)part, true);
	}
	if (!status) {
		n->s.health.reads++;
		n->s.health.sectors_read += size / DISK_SECTOR;
	}
	return status;
}

static u16 write_blocks(struct nvme *n, struct nvme_request *r)
{
	u8 data[BOUNCE];
	struct nvme_buffer b;
	u64 at, size;
	u16 status = locate_data(n, r, &at, &size, &b);

	if (!status)
		status = check_writable(n);
	for (u64 done = 0, part; !status && done < size; done += part) {
		part = size - done < BOUNCE ? size - done : BOUNCE;
		status = nvme_copy(n, &b, data, (u32)part, false);
		if (!status && !disk_write(n->disk, at + done, data, part))
			return media_error(n, NVME_WRITE_FAULT);
	}
	if (status)
		return status;
	n->s.health.writes++;
	n->s.health.sectors_written += size / DISK_SECTOR;
	return finish_write(n, r);
}

static u16 compare(struct nvme *n, struct nvme_request *r)
{
	u8 data[BOUNCE / 2], found[BOUNCE / 2];
	struct nvme_buffer b;
	u64 at, size;
	u16 status = locate_data(n, r, &at, &size, &b);

	for (u64 done = 0, part; !status && done < size; done += part) {
		part = size - done < sizeof(data) ? size - done : sizeof(data);
		if (!disk_read(n->disk, at + done, found, part))
			return media_error(n, NVME_UNRECOVERED_READ);
		status = nvme_copy(n, &b, data, (u32)part, false);
		if (!status && memcmp(data, found, part) != 0)
			return NVME_COMPARE_FAILURE | NVME_DNR;
	}
	return status;
}

/* Read, and tell only whether that can be done. */
static u16 verify(struct nvme *n, struct nvme_request *r)
{
	u8 data[BOUNCE];
	u64 at, size;
	u16 status = locate(n, r, &at, &size);

	for (u64 done = 0, part; !status && done < size; done += part) {
		part = size - done < BOUNCE ? size - done : BOUNCE;
		if (!disk_read(n->disk, at + done, data, part))
			return media_error(n, NVME_UNRECOVERED_READ);
	}
	return status;
}

static u16 write_zeroes(struct nvme *n, struct nvme_request *r)
{
	u64 at, size;
	u16 status = locate(n, r, &at, &size);

	if (!status)
		status = check_writable(n);
	if (status)
		return status;
	if (!disk_zero(n->disk, at, size, bit(r->dw[12], 25)))
		return media_error(n, NVME_WRITE_FAULT);
	return finish_write(n, r);
}

struct range {
	u32 attributes, count;
	u64 lba;
};

/* 6.7: of what it says, deallocating has an effect; deallocated blocks are zero from then on. */
static u16 dataset_management(struct nvme *n, struct nvme_request *r)
{
	unsigned count = (unsigned)bits(r->dw[10], 7, 0) + 1;
	bool deallocates = bit(r->dw[11], 2);
	struct range range[256];
	u32 size = (u32)(count * sizeof(range[0]));
	struct nvme_buffer b;
	u16 status = check_namespace(r);

	if (!status)
		status = nvme_find_buffer(n, r, size, &b);
	if (!status)
		status = nvme_copy(n, &b, range, size, false);
	if (!status && deallocates)
		status = check_writable(n);
	for (unsigned i = 0; !status && i < count; i++)
		status = check_range(n, r, range[i].lba, range[i].count);
	for (unsigned i = 0; !status && deallocates && i < count; i++)
		if (!disk_zero(n->disk, range[i].lba << NVME_LBA_SHIFT, (u64)range[i].count << NVME_LBA_SHIFT, true))
			status = media_error(n, NVME_WRITE_FAULT);
	return !status && deallocates && !(n->s.feature[NVME_F_WRITE_CACHE] & 1) ? flush_disk(n) : status;
}

const struct nvme_command_entry nvme_io_commands[] = {
	{ NVME_FLUSH, false, "Flush", flush },
	{ NVME_WRITE, true, "Write", write_blocks },
	{ NVME_READ, false, "Read", read_blocks },
	{ NVME_COMPARE, false, "Compare", compare },
	{ NVME_WRITE_ZEROES, true, "Write Zeroes", write_zeroes },
	{ NVME_DATASET_MANAGEMENT, true, "Dataset Management", dataset_management },
	{ NVME_VERIFY, false, "Verify", verify },
};
const unsigned nvme_io_count = ARRAY_SIZE(nvme_io_commands);
