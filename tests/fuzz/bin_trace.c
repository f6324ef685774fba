/* The reader of binary traces on arbitrary chunks: it hands on events that the text trace can print, or refuses. */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "debug/bin_format.h"
#include "debug/trace_bin.h"
#include "debug/trace_text.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

/* The input is what a chunk holds; header, check and end mark are made to fit. */
static FILE *file_of(const u8 *data, size_t size)
{
	struct bin_header head = { .magic = BIN_MAGIC,
				   .version = BIN_VERSION,
				   .mask = (1u << EV_KINDS) - 1,
				   .v_words = EV_INSN_V_WORDS,
				   .cycles_per_tick = 16 };
	struct bin_chunk chunk = { .size = (u32)size, .check = bin_check(data, size) }, end = { 0 };
	FILE *f = tmpfile();

	if (!f)
		abort();
	fwrite(&head, 1, sizeof(head), f);
	fwrite(&chunk, 1, sizeof(chunk), f);
	fwrite(data, 1, size, f);
	fwrite(&end, 1, sizeof(end), f);
	rewind(f);
	return f;
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct tracer tracer = { 0 };
	struct trace_text text;
	struct error e = { 0 };
	struct bin_reader *r;
	FILE *in, *out;

	if (!size || size > 4096)
		return 0;
	in = file_of(data, size);
	out = fopen("/dev/null", "w");
	r = bin_reader_open(in, "fuzz", &e);
	if (!out || !r)
		abort();
	trace_text_start(&text, &tracer, out, bin_reader_mask(r));
	if (bin_reader_run(r, &tracer, &e) == (e.kind != ERROR_NONE))
		abort();
	trace_text_end(&text, &tracer);
	bin_reader_close(r);
	fclose(in);
	fclose(out);
	return 0;
}
