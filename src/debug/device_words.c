#include "debug/device_words.h"

#include "base/bits.h"

typedef unsigned long long ull;

void function_words(FILE *out, u32 function)
{
	fprintf(out, "%02x:%02x.%x", function >> 8 & 0xff, function >> 3 & 31, function & 7);
}

/* ---- PCIe ---- */

static void config(FILE *out, const struct ev_pci *p)
{
	fprintf(out, "config %s %u ", p->is_write ? "write" : "read", p->size);
	if (p->name)
		fprintf(out, "%s ", p->name);
	fprintf(out, "(0x%03x) = 0x%llx", p->offset, (ull)p->value);
}

static void window(FILE *out, const struct ev_pci *p)
{
	fprintf(out, "%s ", p->name ? p->name : "BAR");
	if (p->value == ~0ull)
		fputs("unmapped", out);
	else
		fprintf(out, "at 0x%llx, 0x%llx bytes", (ull)p->value, (ull)p->detail);
	if (p->old != ~0ull)
		fprintf(out, " (was at 0x%llx)", (ull)p->old);
}

static void completion(FILE *out, const struct ev_pci *p)
{
	fprintf(out, "%s, queue %u", p->name ? p->name : "unknown command", p->offset);
	if (p->old)
		fprintf(out, ", blocks 0x%llx + 0x%llx", (ull)p->detail, (ull)p->old);
	if (p->value)
		fprintf(out, ": status 0x%03llx", (ull)p->value);
}

void pci_words(FILE *out, const struct ev_pci *p)
{
	const char *name = p->name ? p->name : "?";

	fputs("pci ", out);
	function_words(out, p->function);
	fputc(' ', out);
	switch (p->what) {
	case PCI_CONFIG: config(out, p); break;
	case PCI_BAR: window(out, p); break;
	case PCI_MSI:
		fprintf(out, "%s vector %u: 0x%llx to 0x%llx", name, p->offset, (ull)p->value, (ull)p->detail);
		break;
	case PCI_INTX:
		fprintf(out, "%s %s (INTID %llu)", name, p->value ? "asserted" : "deasserted", (ull)p->detail);
		break;
	case PCI_COMPLETION: completion(out, p); break;
	default: fputs(name, out);
	}
}

/* ---- ITS: commands with their operands, IHI 0069 5.3 ---- */

enum operand_kind { NUMBER, HEX, ADDRESS, FLAG, SIZE };
struct operand {
	const char *name; /* NULL: the end */
	u8 word, hi, lo, kind;
};
#define DEVICE                                                                                                         \
	{                                                                                                              \
		"device", 0, 63, 32, HEX                                                                               \
	}
#define EVENT                                                                                                          \
	{                                                                                                              \
		"event", 1, 31, 0, NUMBER                                                                              \
	}
#define VPE                                                                                                            \
	{                                                                                                              \
		"vPE", 1, 47, 32, NUMBER                                                                               \
	}
#define COLLECTION                                                                                                     \
	{                                                                                                              \
		"collection", 2, 15, 0, NUMBER                                                                         \
	}
#define CORE                                                                                                           \
	{                                                                                                              \
		"RDbase", 2, 51, 16, NUMBER                                                                            \
	}
#define VALID                                                                                                          \
	{                                                                                                              \
		"V", 2, 63, 63, FLAG                                                                                   \
	}
#define DOORBELL                                                                                                       \
	{                                                                                                              \
		"doorbell", 2, 63, 32, NUMBER                                                                          \
	}

static const struct its_operands {
	u8 opcode;
	struct operand of[7];
} commands[] = {
	{ 0x01, { DEVICE, EVENT, COLLECTION } },							/* MOVI */
	{ 0x03, { DEVICE, EVENT } },									/* INT */
	{ 0x04, { DEVICE, EVENT } },									/* CLEAR */
	{ 0x05, { CORE } },										/* SYNC */
	{ 0x08, { DEVICE, { "EventID bits", 1, 4, 0, SIZE }, { "ITT", 2, 51, 8, ADDRESS }, VALID } },	/* MAPD */
	{ 0x09, { COLLECTION, CORE, VALID } },								/* MAPC */
	{ 0x0a, { DEVICE, EVENT, { "pINTID", 1, 63, 32, NUMBER }, COLLECTION } },			/* MAPTI */
	{ 0x0b, { DEVICE, EVENT, COLLECTION } },							/* MAPI */
	{ 0x0c, { DEVICE, EVENT } },									/* INV */
	{ 0x0d, { COLLECTION } },									/* INVALL */
	{ 0x0e, { { "from RDbase", 2, 51, 16, NUMBER }, { "to RDbase", 3, 51, 16, NUMBER } } },		/* MOVALL */
	{ 0x0f, { DEVICE, EVENT } },									/* DISCARD */
	{ 0x21, { DEVICE, EVENT, VPE, { "D", 2, 0, 0, FLAG }, DOORBELL } },				/* VMOVI */
	{ 0x22, { VPE, CORE, { "sequence", 0, 47, 32, NUMBER }, { "ITS list", 1, 15, 0, HEX } } },	/* VMOVP */
	{ 0x25, { VPE } },										/* VSYNC */
	{ 0x29, { VPE, CORE, { "VPT", 3, 51, 16, ADDRESS }, { "INTID bits", 3, 4, 0, SIZE }, VALID } }, /* VMAPP */
	{ 0x2a, { DEVICE, EVENT, VPE, { "vINTID", 2, 31, 0, NUMBER }, DOORBELL } },			/* VMAPTI */
	{ 0x2b, { DEVICE, EVENT, VPE, DOORBELL } },							/* VMAPI */
	{ 0x2d, { VPE } },										/* VINVALL */
};

static void operand_words(FILE *out, const struct operand *o, const u64 *words)
{
	u64 v = bits(words[o->word], o->hi, o->lo);

	switch (o->kind) {
	case NUMBER: fprintf(out, " %s %llu", o->name, (ull)v); break;
	case HEX: fprintf(out, " %s 0x%llx", o->name, (ull)v); break;
	case ADDRESS: fprintf(out, " %s 0x%llx", o->name, (ull)v << o->lo); break;
	case FLAG: fprintf(out, " %s=%llu", o->name, (ull)v); break;
	case SIZE: fprintf(out, " %s %llu", o->name, (ull)v + 1); break;
	}
}

static void command(FILE *out, const struct ev_its *i)
{
	const struct its_operands *c = commands;

	while (c < commands + ARRAY_SIZE(commands) && c->opcode != (u8)i->words[0])
		c++;
	fprintf(out, "its %s", i->name);
	if (c == commands + ARRAY_SIZE(commands)) {
		for (unsigned w = 0; w < ARRAY_SIZE(i->words); w++)
			fprintf(out, " %016llx", (ull)i->words[w]);
		return;
	}
	for (const struct operand *o = c->of; o < c->of + ARRAY_SIZE(c->of) && o->name; o++)
		operand_words(out, o, i->words);
}

static void message(FILE *out, const struct ev_its *i)
{
	fprintf(out, "its %s device 0x%x event %u", i->name, i->device, i->event);
	if (i->intid)
		fprintf(out, " -> %s %u", i->vpe >= 0 ? "vLPI" : "LPI", i->intid);
	if (i->vpe >= 0)
		fprintf(out, ", vPE %d", i->vpe);
	if (i->collection >= 0)
		fprintf(out, ", collection %d", i->collection);
	if (i->core >= 0)
		fprintf(out, ", core %d", i->core);
}

void its_words(FILE *out, const struct ev_its *i)
{
	if (i->what == ITS_COMMAND)
		command(out, i);
	else if (i->what == ITS_STALL)
		fprintf(out, "its %s at GITS_CREADR 0x%llx", i->name, (ull)i->words[0]);
	else
		message(out, i);
	if (i->error)
		fprintf(out, ": %s", i->error);
}
