#include "cli/net.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef HAVE_SLIRP
#include <slirp/libslirp.h>
#include <poll.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>
#endif

/* ---- the option: "none", or "user" with any number of "hostfwd=tcp|udp:[ADDRESS]:PORT-[ADDRESS]:PORT" ---- */

struct forward {
	bool udp;
	struct in_addr host, guest;
	int host_port, guest_port;
};

/* "[ADDRESS]:PORT" up to `end`; returns what is behind it, or NULL. */
static const char *take_end(const char *text, char end, struct in_addr *address, int *port)
{
	size_t n = strcspn(text, ":");
	char word[16], *rest;
	unsigned long v;

	if (n >= sizeof(word) || text[n] != ':')
		return NULL;
	snprintf(word, sizeof(word), "%.*s", (int)n, text);
	if (n && !inet_aton(word, address))
		return NULL;
	v = strtoul(text + n + 1, &rest, 10);
	if (rest == text + n + 1 || !v || v > 65535 || (*rest != end && !(end == ',' && !*rest)))
		return NULL;
	*port = (int)v;
	return *rest ? rest + 1 : rest;
}

/* One "hostfwd=…"; returns what is behind it, or NULL. Without an address the host's is 127.0.0.1, the guest's the
 * first. */
static const char *take_forward(const char *text, struct forward *f)
{
	static const char word[] = "hostfwd=";

	*f = (struct forward){ .udp = false };
	inet_aton("127.0.0.1", &f->host);
	inet_aton("10.0.2.15", &f->guest);
	if (strncmp(text, word, sizeof(word) - 1))
		return NULL;
	text += sizeof(word) - 1;
	if (strncmp(text, "tcp:", 4) && strncmp(text, "udp:", 4))
		return NULL;
	f->udp = *text == 'u';
	text = take_end(text + 4, '-', &f->host, &f->host_port);
	return text ? take_end(text, ',', &f->guest, &f->guest_port) : NULL;
}

static const char *forwards_of(const char *text)
{
	return text[4] ? text + 5 : text + 4; /* behind "user" or "user," */
}

bool net_check(const char *text, bool *wanted, struct error *e)
{
	struct forward f;

	*wanted = false;
	if (!strcmp(text, "none"))
		return true;
	if (strncmp(text, "user", 4) || (text[4] && text[4] != ','))
		return error_set(e, ERROR_USAGE, "--net does not know '%s': choose none or user", text);
	*wanted = true;
	for (const char *at = forwards_of(text); at && *at;) {
		const char *rest = take_forward(at, &f);

		if (!rest)
			return error_set(e, ERROR_USAGE,
					 "--net user does not know '%s': write for example "
					 "hostfwd=tcp::2222-:22",
					 at);
		at = rest;
	}
	return true;
}

#ifdef HAVE_SLIRP

#define FRAME_MAX 1518u
#define FRAMES 256u /* that wait for the guest; more are lost, as on any network */
#define POLLED 256u

struct net {
	Slirp *slirp;
	unsigned first, count;
	struct frame {
		size_t size;
		u8 bytes[FRAME_MAX];
	} frame[FRAMES];
	unsigned polled;
	struct pollfd poll[POLLED];
};

/* ---- what libslirp asks for ---- */

static ssize_t on_packet(const void *data, size_t size, void *opaque)
{
	struct net *n = opaque;
	struct frame *f = &n->frame[(n->first + n->count) % FRAMES];

	if (size > FRAME_MAX || n->count == FRAMES)
		return (ssize_t)size;
	memcpy(f->bytes, data, size);
	f->size = size;
	n->count++;
	return (ssize_t)size;
}

static int64_t on_clock(void *opaque)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void on_error(const char *message, void *opaque)
{
	/* The guest's malformed packet: it is dropped. */
}

/* Timers are for IPv6's advertisements, which are switched off; descriptors are asked for anew at each poll. */
static void *on_timer_new(SlirpTimerCb cb, void *cb_opaque, void *opaque)
{
	return NULL;
}

static void on_timer_free(void *timer, void *opaque)
{
}

static void on_timer_mod(void *timer, int64_t at, void *opaque)
{
}

static void on_descriptor(int fd, void *opaque)
{
}

static void on_notify(void *opaque)
{
}

static const SlirpCb callbacks = { .send_packet = on_packet,
				   .guest_error = on_error,
				   .clock_get_ns = on_clock,
				   .timer_new = on_timer_new,
				   .timer_free = on_timer_free,
				   .timer_mod = on_timer_mod,
				   .register_poll_fd = on_descriptor,
				   .unregister_poll_fd = on_descriptor,
				   .notify = on_notify };

/* ---- opening ---- */

/* QEMU's network: 10.0.2.0/24, the host at .2, a name server at .3, addresses from .15 on. */
static Slirp *start(struct net *n)
{
	SlirpConfig c = { .version = 1, .in_enabled = true };

	inet_aton("10.0.2.0", &c.vnetwork);
	inet_aton("255.255.255.0", &c.vnetmask);
	inet_aton("10.0.2.2", &c.vhost);
	inet_aton("10.0.2.3", &c.vnameserver);
	inet_aton("10.0.2.15", &c.vdhcp_start);
	return slirp_new(&c, &callbacks, n);
}

static bool forward_all(struct net *n, const char *text, struct error *e)
{
	struct forward f;

	for (const char *at = forwards_of(text); at && *at;) {
		at = take_forward(at, &f);
		if (slirp_add_hostfwd(n->slirp, f.udp, f.host, f.host_port, f.guest, f.guest_port) < 0)
			return error_set(
				e, ERROR_USAGE,
				"--net: the host's port %d cannot be had; give another one to hostfwd=", f.host_port);
	}
	return true;
}

struct net *net_open(const char *text, struct error *e)
{
	struct net *n = calloc(1, sizeof(*n));

	if (n)
		n->slirp = start(n);
	if (n && n->slirp && forward_all(n, text, e))
		return n;
	error_set(e, ERROR_USAGE, "--net user: the network cannot be started; leave it out");
	net_close(n);
	return NULL;
}

void net_close(struct net *n)
{
	if (n && n->slirp)
		slirp_cleanup(n->slirp);
	free(n);
}

/* ---- frames ---- */

/* libslirp may write to a connection that the other end has closed: that must not end the process, as a closed standard
 * output does. */
static void ignore_pipe(struct sigaction *old)
{
	static const struct sigaction ignore = { .sa_handler = SIG_IGN };

	sigaction(SIGPIPE, &ignore, old);
}

void net_send(struct net *n, const u8 *frame, size_t size)
{
	struct sigaction old;

	ignore_pipe(&old);
	slirp_input(n->slirp, frame, (int)size);
	sigaction(SIGPIPE, &old, NULL);
}

static int add_poll(int fd, int events, void *opaque)
{
	struct net *n = opaque;
	short want = 0;

	if (n->polled == POLLED)
		return -1;
	want |= events & SLIRP_POLL_IN ? POLLIN : 0;
	want |= events & SLIRP_POLL_OUT ? POLLOUT : 0;
	want |= events & SLIRP_POLL_PRI ? POLLPRI : 0;
	n->poll[n->polled] = (struct pollfd){ .fd = fd, .events = want };
	return (int)n->polled++;
}

static int got_events(int i, void *opaque)
{
	struct net *n = opaque;
	short got = i < 0 ? 0 : n->poll[i].revents;
	int events = 0;

	events |= got & POLLIN ? SLIRP_POLL_IN : 0;
	events |= got & POLLOUT ? SLIRP_POLL_OUT : 0;
	events |= got & POLLPRI ? SLIRP_POLL_PRI : 0;
	events |= got & POLLERR ? SLIRP_POLL_ERR : 0;
	events |= got & POLLHUP ? SLIRP_POLL_HUP : 0;
	return events;
}

void net_poll(struct net *n, int wait_ms, bool keys)
{
	u32 least = (u32)wait_ms;
	struct sigaction old;
	int ready;

	n->polled = 0;
	if (keys)
		n->poll[n->polled++] = (struct pollfd){ .fd = STDIN_FILENO, .events = POLLIN };
	slirp_pollfds_fill(n->slirp, &least, add_poll, n);
	ready = poll(n->poll, n->polled, (int)least);
	ignore_pipe(&old);
	slirp_pollfds_poll(n->slirp, ready < 0, got_events, n);
	sigaction(SIGPIPE, &old, NULL);
}

const u8 *net_next(struct net *n, size_t *size)
{
	*size = n->frame[n->first].size;
	return n->count ? n->frame[n->first].bytes : NULL;
}

void net_taken(struct net *n)
{
	n->first = (n->first + 1) % FRAMES;
	n->count--;
}

#else

struct net *net_open(const char *text, struct error *e)
{
	error_set(e, ERROR_USAGE, "--net user: this build has no network; install libslirp-dev and build again");
	return NULL;
}

void net_close(struct net *n)
{
}

void net_send(struct net *n, const u8 *frame, size_t size)
{
}

void net_poll(struct net *n, int wait_ms, bool keys)
{
}

const u8 *net_next(struct net *n, size_t *size)
{
	return NULL;
}

void net_taken(struct net *n)
{
}

#endif
