/* The target's description: every register of this machine's cores, the system registers with their fields. */
#include <stdlib.h>

#include "debug/gdb_internal.h"

static const char head[] = "<?xml version=\"1.0\"?>\n<!DOCTYPE target SYSTEM \"gdb-target.dtd\">\n<target "
			   "version=\"1.0\">\n<architecture>aarch64</architecture>\n";

static const struct {
	const char *name;
	unsigned low, high;
} pstate[] = {
	{ "SP", 0, 0 },	  { "EL", 2, 3 },    { "nRW", 4, 4 },	  { "F", 6, 6 },      { "I", 7, 7 },
	{ "A", 8, 8 },	  { "D", 9, 9 },     { "BTYPE", 10, 11 }, { "SSBS", 12, 12 }, { "IL", 20, 20 },
	{ "SS", 21, 21 }, { "PAN", 22, 22 }, { "UAO", 23, 23 },	  { "DIT", 24, 24 },  { "TCO", 25, 25 },
	{ "V", 28, 28 },  { "C", 29, 29 },   { "Z", 30, 30 },	  { "N", 31, 31 },
};

static void field(FILE *out, const char *name, unsigned low, unsigned high)
{
	fprintf(out, "<field name=\"%s\" start=\"%u\" end=\"%u\"/>", name, low, high);
}

static void core_feature(FILE *out)
{
	fputs("<feature name=\"org.gnu.gdb.aarch64.core\">\n<flags id=\"cpsr_flags\" size=\"4\">", out);
	for (unsigned i = 0; i < ARRAY_SIZE(pstate); i++)
		field(out, pstate[i].name, pstate[i].low, pstate[i].high);
	fputs("</flags>\n", out);
	for (unsigned n = 0; n < GDB_SP; n++)
		fprintf(out, "<reg name=\"x%u\" bitsize=\"64\" regnum=\"%u\"/>\n", n, n);
	fprintf(out, "<reg name=\"sp\" bitsize=\"64\" type=\"data_ptr\" regnum=\"%u\"/>\n", GDB_SP);
	fprintf(out, "<reg name=\"pc\" bitsize=\"64\" type=\"code_ptr\" regnum=\"%u\"/>\n", GDB_PC);
	fprintf(out, "<reg name=\"cpsr\" bitsize=\"32\" type=\"cpsr_flags\" regnum=\"%u\"/>\n</feature>\n", GDB_CPSR);
}

static const struct {
	const char *id, *type;
	unsigned count;
} vectors[] = {
	{ "v2d", "ieee_double", 2 }, { "v2u", "uint64", 2 },  { "v2i", "int64", 2 },	 { "v4f", "ieee_single", 4 },
	{ "v4u", "uint32", 4 },	     { "v4i", "int32", 4 },   { "v8f", "ieee_half", 8 }, { "v8u", "uint16", 8 },
	{ "v8i", "int16", 8 },	     { "v16u", "uint8", 16 }, { "v16i", "int8", 16 },	 { "v1u", "uint128", 1 },
	{ "v1i", "int128", 1 },
};

static const char unions[] =
	"<union id=\"vnd\"><field name=\"f\" type=\"v2d\"/><field name=\"u\" type=\"v2u\"/><field name=\"s\" "
	"type=\"v2i\"/>"
	"</union>\n<union id=\"vns\"><field name=\"f\" type=\"v4f\"/><field name=\"u\" type=\"v4u\"/><field name=\"s\" "
	"type=\"v4i\"/></union>\n<union id=\"vnh\"><field name=\"f\" type=\"v8f\"/><field name=\"u\" "
	"type=\"v8u\"/><field "
	"name=\"s\" type=\"v8i\"/></union>\n<union id=\"vnb\"><field name=\"u\" type=\"v16u\"/><field name=\"s\" "
	"type=\"v16i\"/></union>\n<union id=\"vnq\"><field name=\"u\" type=\"v1u\"/><field name=\"s\" "
	"type=\"v1i\"/></union>\n"
	"<union id=\"aarch64v\"><field name=\"d\" type=\"vnd\"/><field name=\"s\" type=\"vns\"/><field name=\"h\" "
	"type=\"vnh\"/><field name=\"b\" type=\"vnb\"/><field name=\"q\" type=\"vnq\"/></union>\n";

static void fpu_feature(FILE *out)
{
	fputs("<feature name=\"org.gnu.gdb.aarch64.fpu\">\n", out);
	for (unsigned i = 0; i < ARRAY_SIZE(vectors); i++)
		fprintf(out, "<vector id=\"%s\" type=\"%s\" count=\"%u\"/>\n", vectors[i].id, vectors[i].type,
			vectors[i].count);
	fputs(unions, out);
	for (unsigned n = 0; n < 32; n++)
		fprintf(out, "<reg name=\"v%u\" bitsize=\"128\" type=\"aarch64v\" regnum=\"%u\"/>\n", n, GDB_V0 + n);
	fprintf(out,
		"<reg name=\"fpsr\" bitsize=\"32\" regnum=\"%u\"/>\n<reg name=\"fpcr\" bitsize=\"32\" "
		"regnum=\"%u\"/>\n</feature>\n",
		GDB_FPSR, GDB_FPCR);
}

/* Plain numbers, as gdb assigns nothing else to a register of flags; `monitor reg` has the fields. No function that is
 * called by the debugger is to save and restore them: writing has effects. */
static void sysreg_feature(FILE *out, const struct gdb *g)
{
	fputs("<feature name=\"org.hypscope.aarch64.sysregs\">\n", out);
	for (unsigned i = 0; i < g->sysregs; i++)
		fprintf(out,
			"<reg name=\"%s\" bitsize=\"64\" type=\"uint64\" regnum=\"%u\" group=\"system\" "
			"save-restore=\"no\"/>\n",
			sysreg_name(g->sysreg[i]), GDB_SYSREGS + i);
	fputs("</feature>\n", out);
}

bool gdb_describe(struct gdb *g)
{
	FILE *out = open_memstream(&g->xml, &g->xml_size);

	if (!out)
		return false;
	for (unsigned r = 0; r < SR_COUNT; r++)
		if (hyp_sysreg_exists(g->m, 0, r))
			g->sysreg[g->sysregs++] = (u16)r;
	fputs(head, out);
	core_feature(out);
	fpu_feature(out);
	sysreg_feature(out, g);
	fputs("</target>\n", out);
	return fclose(out) == 0 && g->xml;
}
