#include "cli/session.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/term.h"

/* Host input is looked at this often: by time on a terminal, by instructions for a pipe, whose runs repeat exactly. */
#define TICK_MS 10
#define NET_TICK_MS 2
#define INPUT_SLICE 1000000
#define EC_SVC 0x15
#define HISTORY_DEFAULT (256ull << 20)

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* ---- opening ---- */

static void console_out(void *ctx, unsigned uart, u8 byte)
{
	struct session *s = ctx;

	FILE *to = uart == HYP_VIRTIO_CONSOLE ? s->virtio_console : uart == 0 ? s->console : NULL;

	if (to && !s->muted)
		putc(byte, to);
	if (s->frontend.hears)
		s->frontend.hears(s->frontend.ctx, uart, byte);
}

/* The network may answer at once: stop soon, to hand over what it says. */
static void net_out(void *ctx, const u8 *frame, size_t size)
{
	struct session *s = ctx;

	if (!s->net)
		return;
	net_send(s->net, frame, size);
	hyp_stop(s->m);
}

static void semihost_out(void *ctx, const char *text, size_t n)
{
	struct session *s = ctx;

	if (s->console || !s->frontend.hears)
		fwrite(text, 1, n, s->console ? s->console : stdout);
	for (size_t i = 0; i < n && s->frontend.hears; i++)
		s->frontend.hears(s->frontend.ctx, 0, (u8)text[i]);
}

#define IDLE_STEP 0.05 /* how long a wait may be before the host looks around */

/* Wait for the network, or for a key. */
static void wait_for_host(struct session *s, double seconds)
{
	bool keys = s->uses_stdin && !s->input_ended && !s->has_byte;

	if (s->net)
		net_poll(s->net, (int)(seconds * 1e3), keys);
	else
		term_wait(seconds, keys);
}

/* On a terminal, with a network or before a window, a second of an idle machine takes a second; otherwise it takes no
 * time. */
static bool idle(void *ctx, u64 from_ns, u64 to_ns)
{
	struct session *s = ctx;
	double left;

	if (!s->is_terminal && !s->net && !s->frontend.real_time)
		return false;
	if (s->idle_to != to_ns)
		s->idle_until = now() + (double)(to_ns - from_ns) * 1e-9;
	s->idle_to = to_ns;
	left = s->idle_until - now();
	if (left <= 0)
		return false;
	/* A front end has a screen to look after, and waits there. */
	if (!s->frontend.hears)
		wait_for_host(s, left < IDLE_STEP ? left : IDLE_STEP);
	return true;
}

/* Where a console writes: "stdio", "file:FILE" or "null" of --OPTION. */
static bool open_target(const char *option, const char *word, FILE **to, struct error *e)
{
	if (!strcmp(word, "stdio")) {
		*to = stdout;
	} else if (!strncmp(word, "file:", 5)) {
		*to = fopen(word + 5, "wb");
		if (!*to)
			return error_set(e, ERROR_FILE, "%s: %s; --%s file: needs a file that can be written", word + 5,
					 strerror(errno), option);
	} else if (strcmp(word, "null")) {
		return error_set(e, ERROR_USAGE, "--%s does not know '%s': choose stdio, file:FILE or null", option,
				 word);
	}
	return true;
}

/* Both consoles may write to standard output; what is typed goes to the virtio console when it is there. */
static bool open_consoles(struct session *s, struct error *e)
{
	const struct options *o = s->o;

	if (!open_target("serial", o->serial ? o->serial : "stdio", &s->console, e) ||
	    (o->virtio_console && !open_target("virtio-console", o->virtio_console, &s->virtio_console, e)))
		return false;
	s->typed_at = s->virtio_console == stdout ? HYP_VIRTIO_CONSOLE : 0;
	s->uses_stdin = s->console == stdout || s->virtio_console == stdout;
	if (s->typed_at && o->serial && s->console == stdout)
		return error_set(e, ERROR_USAGE,
				 "--serial stdio and --virtio-console stdio would share what is typed; leave one out");
	return true;
}

static bool open_net(struct session *s, struct error *e)
{
	bool wanted = false;

	if (s->o->net && !net_check(s->o->net, &wanted, e))
		return false;
	s->has_net = wanted;
	if (!wanted || s->o->replay)
		return true;
	s->net = net_open(s->o->net, e);
	return s->net;
}

static void remember(void *ctx, const struct event *e)
{
	struct last_events *last = ctx;

	/* A system call says nothing about why a machine does not get on. */
	if (e->exc.crossing == CROSS_KERNEL && e->exc.esr >> 26 == EC_SVC)
		return;
	last->event[last->count++ % LAST_EVENTS] = *e;
}

static bool open_trace(struct session *s, const char *list, struct error *e)
{
	u32 mask;

	return trace_classes(list, &mask, e) && trace_out_start(&s->trace, s->o, hyp_tracer(s->m), stderr, mask, e);
}

/* "FILE,ro" or "FILE,rw": the mode, and the name without it. */
static enum hyp_flash_mode flash_mode(char *name)
{
	size_t n = strlen(name);
	bool ro = n > 3 && !strcmp(name + n - 3, ",ro"), rw = n > 3 && !strcmp(name + n - 3, ",rw");

	if (ro || rw)
		name[n - 3] = 0;
	return ro ? HYP_FLASH_READ_ONLY : rw ? HYP_FLASH_PERSISTENT : HYP_FLASH_VOLATILE;
}

static void put_flash(struct session *s, struct hyp_config *c)
{
	const char *const words[2] = { s->o->flash, s->o->flash1 };

	for (unsigned i = 0; i < 2; i++) {
		s->flash[i] = words[i] ? strdup(words[i]) : NULL;
		c->flash[i] = s->flash[i];
		if (s->o->words)
			c->flash_mode[i] = s->o->flash_mode[i];
		else if (s->flash[i])
			c->flash_mode[i] = flash_mode(s->flash[i]);
	}
}

static struct hyp_config config_of(struct session *s)
{
	const struct options *o = s->o;
	bool plain = o->image || o->kernel || o->flash || o->words;

	return (struct hyp_config){
		.cpu = o->cpu_name,
		.pauth_impdef = o->pauth_impdef,
		.smp = (unsigned)o->smp,
		.mem = o->mem,
		.el = (unsigned)o->el,
		.secure = o->secure || o->el == 3,
		.no_virtualization = o->no_virtualization || o->el == 1,
		.gic_version = o->gic_version ? 4 : 3,
		.no_its = o->no_its,
		.smmu = o->iommu != 0,
		.timing = o->timing ? HYP_TIMING_FUNCTIONAL : HYP_TIMING_APPROX,
		.image = plain ? o->image : "demo",
		.kernel = o->kernel,
		.initrd = o->initrd,
		.append = o->append,
		.dtb = o->dtb,
		.load = o->load,
		.loads = o->loads,
		.disk = o->disk,
		.disks = o->disks,
		.pci = o->pci,
		.pcis = o->pcis,
		.net = s->has_net,
		.rng = o->rng || o->rng_seed,
		.rng_seed = o->rng_seed,
		.virtio_console = o->virtio_console != NULL,
		.virtio_modern = o->virtio_mmio == VIRTIO_MMIO_MODERN,
		.no_seeds = o->no_seeds,
		.no_acpi = o->no_acpi,
		.no_reboot = o->no_reboot,
		.bare = o->words && o->dump_dtb,
		.semihosting = o->semihosting,
		.console_out = console_out,
		.semihost_out = semihost_out,
		.net_out = net_out,
		.idle = idle,
		.host_ctx = s,
	};
}

/* By default where somebody will want to go back. */
static bool open_history(struct session *s, struct error *e)
{
	u64 bytes = s->gdb || s->frontend.hears ? HISTORY_DEFAULT : 0;

	if (s->o->history)
		bytes = s->o->history - 1;
	if (!bytes || hyp_history_start(s->m, bytes, e))
		return true;
	if (s->o->history)
		return false;
	if (!s->o->quiet)
		fprintf(stderr, "hypscope: without --history: %s\n", e->text);
	*e = (struct error){ 0 };
	return true;
}

static bool open_gdb(struct session *s, struct error *e)
{
	if (!s->o->gdb_port)
		return true;
	/* A front end runs the machine itself while nobody is connected. */
	s->gdb = gdb_server_open(s->m, (unsigned)(s->o->gdb_port - 1), s->o->wait || s->frontend.hears, e);
	if (s->gdb && !s->o->quiet)
		fprintf(stderr, "hypscope: gdb server on 127.0.0.1:%u%s\n", gdb_server_port(s->gdb),
			s->o->wait ? "; the machine waits for a debugger" : "");
	return s->gdb;
}

static bool open_inputs(struct session *s, struct error *e)
{
	const struct options *o = s->o;

	if (o->record && (o->replay || o->gdb_port || o->history))
		return error_set(
			e, ERROR_USAGE,
			"--record cannot be combined with --%s, as only what comes from outside is recorded; leave "
			"one out",
			o->replay     ? "replay"
			: o->gdb_port ? "gdb"
				      : "history");
	if (o->replay)
		s->uses_stdin = false;
	return (!o->record || hyp_record(s->m, e)) && (!o->replay || hyp_replay(s->m, o->replay, e));
}

bool session_open(struct session *s, const struct options *o, bool traces, struct error *e)
{
	return session_open_for(s, o, traces, NULL, e);
}

bool session_open_for(struct session *s, const struct options *o, bool traces, const struct frontend *f,
		      struct error *e)
{
	const char *list = o->trace ? o->trace : trace_out_default(o);
	struct hyp_config config;

	memset(s, 0, sizeof(*s));
	s->o = o;
	if (f)
		s->frontend = *f;
	if (!open_consoles(s, e) || !open_net(s, e))
		return false;
	config = config_of(s);
	put_flash(s, &config);
	s->m = hyp_create(&config, e);
	if (!s->m || (o->load_state && !hyp_load(s->m, o->load_state, e)) ||
	    ((traces || o->trace || o->trace_format) && !open_trace(s, list, e)))
		return false;
	if (o->summary && !(s->summary = summary_start(s->m)))
		return error_set(e, ERROR_FILE, "--summary: %s", strerror(ENOMEM));
	s->first_insns = hyp_insns(s->m);
	s->last.observer = (struct observer){ .mask = 1u << EV_EXC, .event = remember, .ctx = &s->last };
	trace_attach(hyp_tracer(s->m), &s->last.observer);
	return open_inputs(s, e) && open_gdb(s, e) && open_history(s, e);
}

bool session_close(struct session *s, struct error *e)
{
	bool ok = !s->m || trace_out_end(&s->trace, hyp_tracer(s->m), e);

	if (s->console && s->console != stdout)
		fclose(s->console);
	if (s->virtio_console && s->virtio_console != stdout)
		fclose(s->virtio_console);
	net_close(s->net);
	if (s->gdb)
		gdb_server_close(s->gdb);
	if (s->summary)
		summary_free(s->summary);
	if (s->m && !hyp_sync(s->m, e))
		ok = false;
	if (s->m)
		hyp_destroy(s->m);
	free(s->flash[0]);
	free(s->flash[1]);
	return ok;
}

/* ---- input ---- */

static const char key_help[] =
	"\r\nhypscope: after Ctrl-A: x ends the run, p presses the power key, z stops (fg goes on), "
	"Ctrl-A or a types Ctrl-A, h says this\r\n";

/* The key after Ctrl-A; what is none of ours is dropped. */
static void escape_key(struct session *s, u8 key)
{
	switch (key) {
	case 'x':
	case 'X': s->quit = QUIT_KEY; break;
	case 'p': hyp_power_key(s->m); break;
	case 'z': term_suspend(); break;
	case 'h':
	case '?': fputs(key_help, stderr); break;
	default: break;
	}
}

/* False: nothing for the guest. */
static bool filter_escape(struct session *s, u8 *byte)
{
	if (!s->is_terminal)
		return true;
	if (!s->escape) {
		s->escape = *byte == ESCAPE_KEY;
		return !s->escape;
	}
	s->escape = false;
	if (*byte != ESCAPE_KEY && *byte != 'a') {
		escape_key(s, *byte);
		return false;
	}
	*byte = ESCAPE_KEY;
	return true;
}

/* Offer what was typed until the UART's FIFO is full; waits up to wait_ms for the first byte. */
static void feed(struct session *s, int wait_ms)
{
	while (s->uses_stdin && !s->input_ended && s->quit == QUIT_NONE) {
		if (!s->has_byte) {
			enum term_input got = term_read(&s->byte, wait_ms);

			if (got == INPUT_NONE)
				return;
			s->input_ended = got == INPUT_END;
			if (s->input_ended || !filter_escape(s, &s->byte))
				continue;
			s->has_byte = true;
		}
		if (!hyp_console_in(s->m, s->typed_at, s->byte))
			return;
		s->has_byte = false;
		wait_ms = 0;
	}
}

void session_net(struct session *s)
{
	const u8 *frame;
	size_t size;

	if (!s->net)
		return;
	net_poll(s->net, 0, false);
	while ((frame = net_next(s->net, &size)) && hyp_net_in(s->m, frame, size))
		net_taken(s->net);
}

static bool input_pending(const struct session *s)
{
	return s->uses_stdin && (!s->input_ended || s->has_byte);
}

/* ---- running ---- */

static void on_tick(void *ctx)
{
	struct session *s = ctx;

	hyp_stop(s->m);
}

static void check_quit(struct session *s)
{
	if (term_interrupted())
		s->quit = QUIT_INTERRUPT;
	else if (s->o->timeout && now() - s->start >= (double)s->o->timeout)
		s->quit = QUIT_TIMEOUT;
}

/* The bound for the next slice; 0: none. */
static u64 slice_of(const struct session *s, u64 done)
{
	u64 left = s->o->max_insns ? s->o->max_insns - done : 0;
	bool by_count = input_pending(s) && !s->is_terminal;

	if (by_count && (!left || left > INPUT_SLICE))
		return INPUT_SLICE;
	return left;
}

/* Hear the debugger. False: the machine is not to run now. */
static bool serve_debugger(struct session *s)
{
	bool runs;

	if (!s->gdb)
		return true;
	gdb_server_poll(s->gdb, TICK_MS);
	if (gdb_server_wants_end(s->gdb))
		s->quit = QUIT_DEBUGGER;
	runs = s->quit == QUIT_NONE && gdb_server_runs(s->gdb);
	/* What is typed meanwhile waits in the terminal, but for the keys that are not the guest's. */
	if (!runs && s->is_terminal && !s->has_byte)
		feed(s, 0);
	return runs;
}

static struct hyp_status run_slice(struct session *s, u64 max_insns)
{
	struct hyp_status status = s->gdb ? gdb_server_run(s->gdb, max_insns) : hyp_run(s->m, max_insns);

	if (status.end == HYP_STOPPED && s->o->max_insns && status.insns - s->first_insns >= s->o->max_insns)
		status.end = HYP_LIMIT;
	return status;
}

/* The host's clock ticks so often, to look after what is not the machine's; 0: there is nothing to look after. */
static unsigned tick_ms(const struct session *s)
{
	if (s->net)
		return NET_TICK_MS;
	return s->is_terminal || s->o->timeout || s->gdb ? TICK_MS : 0;
}

/* Should the machine go on? Everything but a slice's end and a wait for the keyboard is final. */
static bool goes_on(struct session *s, const struct hyp_status *status)
{
	if (s->quit != QUIT_NONE || (s->stop_asked && s->stop_asked(s->stop_ctx)))
		return false;
	switch (status->end) {
	case HYP_RUNNING:
	case HYP_STOPPED: return true;
	case HYP_LIMIT: return !s->o->max_insns || status->insns - s->first_insns < s->o->max_insns;
	case HYP_DEADLOCK:
		if (s->net) {
			wait_for_host(s, TICK_MS * 1e-3);
			return true;
		}
		if (!input_pending(s) || !hyp_console_listens(s->m, s->typed_at))
			return s->gdb && gdb_server_died(s->gdb, status->why);
		feed(s, s->has_byte ? 0 : TICK_MS);
		return true;
	case HYP_REPLAYED:
	case HYP_DIVERGED:
	case HYP_LOCKUP: return s->gdb && gdb_server_died(s->gdb, status->why);
	default: return false;
	}
}

struct hyp_status session_run(struct session *s)
{
	struct hyp_status status = { .end = HYP_RUNNING, .insns = s->first_insns };

	s->start = now();
	s->is_terminal = s->uses_stdin && term_raw();
	term_ticks(on_tick, s, tick_ms(s));
	do {
		if (!serve_debugger(s)) {
			check_quit(s);
			status.end = HYP_STOPPED;
			continue;
		}
		feed(s, 0);
		session_net(s);
		status = run_slice(s, slice_of(s, status.insns - s->first_insns));
		if (s->console)
			fflush(s->console);
		if (s->virtio_console)
			fflush(s->virtio_console);
		check_quit(s);
	} while (goes_on(s, &status));
	term_ticks(NULL, NULL, 0);
	term_restore();
	s->end = now();
	if (s->summary)
		summary_end(s->summary, status.cycles);
	return status;
}

bool session_dump_dtb(struct session *s, struct error *e)
{
	size_t size;
	const void *blob = hyp_device_tree(s->m, &size);
	FILE *f = fopen(s->o->dump_dtb, "wb");
	bool ok = f && fwrite(blob, 1, size, f) == size;

	if (f && fclose(f))
		ok = false;
	return ok || error_set(e, ERROR_FILE, "%s: %s; --dump-dtb needs a file that can be written", s->o->dump_dtb,
			       strerror(errno));
}
