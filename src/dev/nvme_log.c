/* Get Log Page (5.14). */
#include <string.h>

#include "base/bits.h"
#include "dev/nvme.h"

#define LOG_MAX 4096u

static void put(u8 *page, unsigned at, unsigned size, u64 v)
{
	memcpy(page + at, &v, size);
}

/* Figure 194; nothing is known of which field of a command was wrong. */
static u32 make_errors(const struct nvme *n, u8 *page)
{
	for (unsigned i = 0; i < NVME_ERRORS; i++) {
		const struct nvme_error *e = &n->s.error[i];
		u8 *entry = page + 64 * i;

		if (!e->count)
			continue;
		put(entry, 0, 8, e->count);
		put(entry, 8, 2, e->sq);
		put(entry, 10, 2, e->cid);
		put(entry, 12, 2, e->status);
		put(entry, 14, 2, 0xffff);
		put(entry, 16, 8, e->lba);
		put(entry, 24, 4, e->nsid);
	}
	return 64 * NVME_ERRORS;
}

/* Figure 195: data units are thousands of 512 bytes, rounded up. */
static u32 make_health(const struct nvme *n, u8 *page)
{
	const struct nvme_health *h = &n->s.health;

	put(page, 0, 1, (u64)nvme_is_too_warm(n) << 1);
	put(page, 1, 2, NVME_KELVIN);
	put(page, 3, 1, 100); /* available spare, and its threshold */
	put(page, 4, 1, 10);
	put(page, 32, 8, (h->sectors_read + 999) / 1000);
	put(page, 48, 8, (h->sectors_written + 999) / 1000);
	put(page, 64, 8, h->reads);
	put(page, 80, 8, h->writes);
	put(page, 112, 8, h->power_cycles);
	put(page, 144, 8, h->unsafe_shutdowns);
	put(page, 160, 8, h->media_errors);
	put(page, 176, 8, h->errors);
	return 512;
}

/* Slot 1 is active, and is what the controller says of its revision (Figure 196). */
static u32 make_firmware(u8 *page)
{
	put(page, 0, 1, 1);
	memcpy(page + 8, "1       ", 8);
	return 512;
}

static void put_effects(u8 *page, const struct nvme_command_entry *command, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		put(page, 4 * command[i].opcode, 4, 1 | (u64)command[i].writes << 1);
}

/* Figure 199 */
static u32 make_effects(u8 *page)
{
	put_effects(page, nvme_admin_commands, nvme_admin_count);
	put_effects(page + 1024, nvme_io_commands, nvme_io_count);
	return 4096;
}

/* Its size; 0: there is no such page. Namespaces never change here, so that list is empty. */
static u32 make(const struct nvme *n, u32 id, u8 *page)
{
	switch (id) {
	case NVME_L_ERROR: return make_errors(n, page);
	case NVME_L_HEALTH: return make_health(n, page);
	case NVME_L_FIRMWARE: return make_firmware(page);
	case NVME_L_CHANGED_NAMESPACES: return 4096;
	case NVME_L_EFFECTS: return make_effects(page);
	default: return 0;
	}
}

/* Reading the page of an event lets the next one come, unless the command says to keep it. */
static void clear_event(struct nvme *n, u32 id)
{
	if (id == NVME_L_ERROR)
		nvme_clear_event(n, NVME_E_ERROR);
	else if (id == NVME_L_HEALTH)
		nvme_clear_event(n, NVME_E_HEALTH);
	else if (id == NVME_L_CHANGED_NAMESPACES)
		nvme_clear_event(n, NVME_E_NOTICE);
}

u16 nvme_get_log_page(struct nvme *n, struct nvme_request *r)
{
	u8 page[LOG_MAX] = { 0 };
	u32 id = (u32)bits(r->dw[10], 7, 0), size = make(n, id, page);
	u64 asked = ((bits(r->dw[10], 31, 16) | bits(r->dw[11], 15, 0) << 16) + 1) * 4, from = nvme_qword(r, 12);
	u16 status;

	if (!size)
		return NVME_INVALID_LOG_PAGE | NVME_DNR;
	/* LPA: no page is a namespace's own */
	if (from % 4 || from >= size || (r->dw[1] && r->dw[1] != NVME_ALL_NAMESPACES))
		return NVME_INVALID_FIELD | NVME_DNR;
	status = nvme_reply(n, r, page + from, (u32)(asked < size - from ? asked : size - from));
	if (!status && !bit(r->dw[10], 15))
		clear_event(n, id);
	return status;
}
