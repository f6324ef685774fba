/* Identify (5.15): what the controller and its namespace are. */
#include <string.h>

#include "base/bits.h"
#include "dev/nvme.h"

#define PAGE 4096u
enum cns { CNS_NAMESPACE, CNS_CONTROLLER, CNS_ACTIVE_LIST, CNS_DESCRIPTORS };

static void put(u8 *page, unsigned at, unsigned size, u64 v)
{
	memcpy(page + at, &v, size);
}

/* ASCII, padded by spaces (1.5). */
static void put_text(u8 *page, unsigned at, unsigned size, const char *text)
{
	size_t n = strlen(text);

	memset(page + at, ' ', size);
	memcpy(page + at, text, n < size ? n : size);
}

/*
 * Identifiers follow from the serial number and the controller's number, so that a run is like the last one: a UUID of
 * the custom kind (RFC 9562, 5.8) made of two FNV-1a hashes.
 */
static void make_uuid(const struct nvme *n, u8 uuid[16])
{
	u64 h = 0xcbf29ce484222325ull + n->number;

	for (unsigned half = 0; half < 2; half++) {
		for (const char *c = n->serial; *c; c++)
			h = (h ^ (u8)*c) * 0x100000001b3ull;
		for (unsigned i = 0; i < 8; i++)
			uuid[8 * half + i] = (u8)(h >> 8 * i);
		h = h * 0x100000001b3ull + 1;
	}
	uuid[6] = (u8)(0x80 | (uuid[6] & 0x0f));
	uuid[8] = (u8)(0x80 | (uuid[8] & 0x3f));
}

static void put_name(const struct nvme *n, u8 *page, unsigned at)
{
	static const char start[] = "nqn.2014-08.org.nvmexpress:uuid:", digits[] = "0123456789abcdef";
	u8 uuid[16];
	char *to = (char *)page + at + sizeof(start) - 1;

	make_uuid(n, uuid);
	memcpy(page + at, start, sizeof(start) - 1);
	for (unsigned i = 0; i < sizeof(uuid); i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			*to++ = '-';
		*to++ = digits[uuid[i] >> 4];
		*to++ = digits[uuid[i] & 15];
	}
}

/* Figure 247; what is not there is zero. */
static void put_controller(const struct nvme *n, u8 *page)
{
	put(page, 0, 2, 0x1b36); /* vendor and subsystem, as the PCI function says */
	put(page, 2, 2, 0x1af4);
	put_text(page, 4, NVME_SERIAL, n->serial);
	put_text(page, 24, 40, "hypscope NVMe");
	put_text(page, 64, 8, "1");
	put(page, 72, 1, 6);		     /* RAB: commands that are fetched well at once, as a power of two */
	put(page, 77, 1, n->mdts);	     /* MDTS */
	put(page, 80, 4, NVME_VERSION);	     /* VER */
	put(page, 92, 4, 1u << 8);	     /* OAES: changed namespaces */
	put(page, 111, 1, 1);		     /* CNTRLTYPE: an I/O controller */
	put(page, 258, 1, 3);		     /* ACL: four Abort commands at a time */
	put(page, 259, 1, NVME_AERS - 1);    /* AERL */
	put(page, 260, 1, 1 << 1 | 1);	     /* FRMW: one slot for firmware, which is read-only */
	put(page, 261, 1, 1 << 2 | 1 << 1);  /* LPA: long log pages by offset, and commands' effects */
	put(page, 262, 1, NVME_ERRORS - 1);  /* ELPE */
	put(page, 266, 2, NVME_KELVIN_WARM); /* WCTEMP */
	put(page, 268, 2, NVME_KELVIN_HOT);  /* CCTEMP */
	put(page, 512, 1, 0x66);	     /* SQES, CQES: entries of 64 and 16 bytes */
	put(page, 513, 1, 0x44);
	put(page, 516, 4, 1); /* NN */
	/* ONCS: Compare, Dataset Management, Write Zeroes, Select of features, Verify */
	put(page, 520, 2, 1 << 0 | 1 << 2 | 1 << 3 | 1 << 4 | 1 << 7);
	put(page, 525, 1, 3 << 1 | 1); /* VWC: there is a write cache; Flush can be for all namespaces */
	put_name(n, page, 768);	       /* SUBNQN */
	put(page, 2048, 2, 2500);      /* the one power state: 25 W */
}

/* Figure 245 */
static void put_namespace(const struct nvme *n, u8 *page)
{
	u64 blocks = n->disk->size >> NVME_LBA_SHIFT;

	put(page, 0, 8, blocks); /* NSZE, NCAP, NUSE */
	put(page, 8, 8, blocks);
	put(page, 16, 8, blocks);
	put(page, 33, 1, 1 << 3 | 1);	   /* DLFEAT: deallocated blocks are zero; Write Zeroes can deallocate */
	put(page, 99, 1, n->disk->ro);	   /* NSATTR: write protected */
	put(page, 130, 1, NVME_LBA_SHIFT); /* the one LBA format: LBADS */
}

static u16 identify_namespace(const struct nvme *n, const struct nvme_request *r, u8 *page)
{
	if (r->dw[1] != 1)
		return NVME_INVALID_NAMESPACE | NVME_DNR;
	put_namespace(n, page);
	return NVME_OK;
}

/* Those above the one that the command names; no number is above the last two. */
static u16 list_namespaces(const struct nvme_request *r, u8 *page)
{
	if (r->dw[1] >= NVME_ALL_NAMESPACES - 1)
		return NVME_INVALID_NAMESPACE | NVME_DNR;
	put(page, 0, 4, r->dw[1] == 0);
	return NVME_OK;
}

/* Figure 249: a UUID. */
static u16 describe_namespace(const struct nvme *n, const struct nvme_request *r, u8 *page)
{
	if (r->dw[1] != 1)
		return NVME_INVALID_NAMESPACE | NVME_DNR;
	put(page, 0, 1, 3);
	put(page, 1, 1, 16);
	make_uuid(n, page + 4);
	return NVME_OK;
}

u16 nvme_identify(struct nvme *n, struct nvme_request *r)
{
	u8 page[PAGE] = { 0 };
	u16 status = NVME_OK;

	switch (bits(r->dw[10], 7, 0)) {
	case CNS_NAMESPACE: status = identify_namespace(n, r, page); break;
	case CNS_CONTROLLER: put_controller(n, page); break;
	case CNS_ACTIVE_LIST: status = list_namespaces(r, page); break;
	case CNS_DESCRIPTORS: status = describe_namespace(n, r, page); break;
	default: status = NVME_INVALID_FIELD | NVME_DNR;
	}
	return status ? status : nvme_reply(n, r, page, sizeof(page));
}
