/* Verdicts as text, as JUnit's XML, as JSON. */
#include "lab/lab.h"

static void line(FILE *out, const char *what, const char *text)
{
	if (text && *text)
		fprintf(out, "          %-10s%s\n", what, text);
}

static void failed_fact(FILE *out, const struct lab_verdict *v)
{
	fprintf(out, "    FAIL  %s\n", v->name);
	line(out, "", v->otherwise);
	line(out, "expected", v->expected);
	line(out, "found", v->found);
	line(out, "where", v->where);
	line(out, "hint", v->hint);
	line(out, "erratum", v->erratum);
}

void lab_report_text(FILE *out, const struct lab_result *r)
{
	const char *variant = "";

	for (unsigned i = 0; i < r->count; i++) {
		const struct lab_verdict *v = &r->fact[i];

		if (v->skipped || v->ok)
			continue;
		if (v->variant != variant)
			fprintf(out, "  %s:\n", v->variant);
		variant = v->variant;
		failed_fact(out, v);
	}
	if (r->skipped)
		fprintf(out, "  %u facts were not looked at: the run did not come that far\n", r->skipped);
}

/* ---- XML ---- */

/* What XML 1.0 has no room for is shown as '?'; bytes above 0x7f, which need not be UTF-8, too. */
void lab_xml_text(FILE *out, const char *text)
{
	for (; text && *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == '&')
			fputs("&amp;", out);
		else if (c == '<')
			fputs("&lt;", out);
		else if (c == '>')
			fputs("&gt;", out);
		else if (c == '"')
			fputs("&quot;", out);
		else if (c == '\n')
			fputs("&#10;", out);
		else
			fputc((c < ' ' && c != '\t') || c > '~' ? '?' : c, out);
	}
}

static void attribute(FILE *out, const char *name, const char *text)
{
	fprintf(out, " %s=\"", name);
	lab_xml_text(out, text);
	fputc('"', out);
}

static void xml_line(FILE *out, const char *what, const char *text)
{
	if (!text || !*text)
		return;
	fprintf(out, "%s: ", what);
	lab_xml_text(out, text);
	fputc('\n', out);
}

static void xml_case(FILE *out, const struct lab_verdict *v, const char *lab)
{
	fputs("    <testcase", out);
	attribute(out, "classname", lab);
	fputs(" name=\"", out);
	lab_xml_text(out, v->variant);
	fputs(": ", out);
	lab_xml_text(out, v->name);
	fputs("\">", out);
	if (v->skipped) {
		fputs("<skipped message=\"the run did not come that far\"/>", out);
	} else if (!v->ok) {
		fputs("\n      <failure", out);
		attribute(out, "message", v->otherwise ? v->otherwise : v->expected);
		fputs(">\n", out);
		xml_line(out, "expected", v->expected);
		xml_line(out, "found", v->found);
		xml_line(out, "where", v->where);
		xml_line(out, "hint", v->hint);
		xml_line(out, "erratum", v->erratum);
		fputs("</failure>\n    ", out);
	}
	fputs("</testcase>\n", out);
}

void lab_report_junit(FILE *out, const struct lab_result *r, const char *lab, const char *name)
{
	fputs("  <testsuite", out);
	attribute(out, "name", name);
	fprintf(out, " tests=\"%u\" failures=\"%u\" errors=\"0\" skipped=\"%u\">\n", r->count, r->failed, r->skipped);
	for (unsigned i = 0; i < r->count; i++)
		xml_case(out, &r->fact[i], lab);
	fputs("  </testsuite>\n", out);
}

/* ---- JSON ---- */

void lab_json_text(FILE *out, const char *text)
{
	fputc('"', out);
	for (; text && *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == '"' || c == '\\')
			fprintf(out, "\\%c", c);
		else if (c < ' ')
			fprintf(out, "\\u%04x", c);
		else
			fputc(c > '~' ? '?' : c, out);
	}
	fputc('"', out);
}

static void member(FILE *out, const char *name, const char *text)
{
	if (!text)
		return;
	fprintf(out, ", \"%s\": ", name);
	lab_json_text(out, text);
}

void lab_report_json(FILE *out, const struct lab_result *r, const char *lab, const char *name)
{
	fputs("{\"lab\": ", out);
	lab_json_text(out, lab);
	member(out, "hand_in", name);
	fprintf(out, ", \"passed\": %s, \"facts_held\": %u, \"facts_failed\": %u, \"facts_skipped\": %u, \"facts\": [",
		r->failed || r->skipped ? "false" : "true", r->passed, r->failed, r->skipped);
	for (unsigned i = 0; i < r->count; i++) {
		const struct lab_verdict *v = &r->fact[i];

		fprintf(out, "%s\n  {\"verdict\": \"%s\"", i ? "," : "",
			v->ok	     ? "ok"
			: v->skipped ? "skipped"
				     : "failed");
		member(out, "variant", v->variant);
		member(out, "name", v->name);
		member(out, "expected", v->expected);
		if (!v->ok) {
			member(out, "sentence", v->otherwise);
			member(out, "found", v->found);
			member(out, "where", v->where);
			member(out, "hint", v->hint);
			member(out, "erratum", v->erratum);
		}
		fputc('}', out);
	}
	fputs("\n]}", out);
}
