#include "ui/fonts.h"

#include <fontconfig/fontconfig.h>
#include <imgui_freetype.h>
#include <stdio.h>
#include <string.h>

/* Latin, general punctuation, arrows, mathematics, technical, box drawing to geometric shapes. */
static const ImWchar ranges[] = { 0x20,	  0xff,	  0x2010, 0x2027, 0x2080, 0x2089, 0x2190, 0x21ff,
				  0x2200, 0x22ff, 0x2300, 0x23ff, 0x2500, 0x25ff, 0 };

/* Those that read well at small sizes come first; the system's own choice of a monospaced font is last. */
static const char *const families[] = { "Hack",		  "DejaVu Sans Mono", "JetBrains Mono", "Liberation Mono",
					"Noto Sans Mono", "monospace" };

static bool find_family(const char *family, int weight, char *file, size_t size)
{
	FcPattern *wanted = FcPatternCreate(), *got;
	FcChar8 *name = NULL, *is = NULL;
	FcResult result;
	bool found;

	FcPatternAddString(wanted, FC_FAMILY, (const FcChar8 *)family);
	FcPatternAddInteger(wanted, FC_WEIGHT, weight);
	FcPatternAddInteger(wanted, FC_SLANT, FC_SLANT_ROMAN);
	FcPatternAddBool(wanted, FC_SCALABLE, FcTrue);
	FcConfigSubstitute(NULL, wanted, FcMatchPattern);
	FcDefaultSubstitute(wanted);
	got = FcFontMatch(NULL, wanted, &result);
	found = got && FcPatternGetString(got, FC_FILE, 0, &name) == FcResultMatch &&
		FcPatternGetString(got, FC_FAMILY, 0, &is) == FcResultMatch &&
		(!strcmp((const char *)is, family) || !strcmp(family, "monospace"));
	if (found)
		snprintf(file, size, "%s", (const char *)name);
	if (got)
		FcPatternDestroy(got);
	FcPatternDestroy(wanted);
	return found;
}

static ImFont *load(ImGuiIO &io, float pixels, int weight)
{
	char file[1024];
	ImFontConfig config;

	config.OversampleH = config.OversampleV = 1;
	config.PixelSnapH = true;
	config.GlyphRanges = ranges;
	for (const char *family : families)
		if (find_family(family, weight, file, sizeof(file)))
			return io.Fonts->AddFontFromFileTTF(file, pixels, &config);
	return NULL;
}

bool fonts_load(ImGuiIO &io, float pixels, ImFont **regular, ImFont **bold)
{
	io.Fonts->Clear();
	io.Fonts->FontBuilderIO = ImGuiFreeType::GetBuilderForFreeType();
	*regular = load(io, pixels, FC_WEIGHT_REGULAR);
	*bold = load(io, pixels, FC_WEIGHT_BOLD);
	if (!*regular)
		*regular = io.Fonts->AddFontDefault();
	if (!*bold)
		*bold = *regular;
	return io.Fonts->Build();
}

void fonts_end(void)
{
	FcFini();
}
