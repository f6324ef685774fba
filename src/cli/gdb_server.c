#include "cli/gdb_server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "debug/gdb.h"

#define NONE (-1)

struct gdb_server {
	struct gdb *gdb;
	int listener, client; /* client: NONE when nobody is connected */
	bool gone;	      /* the client does not take what is sent */
};

static void send_bytes(void *ctx, const void *bytes, size_t size)
{
	struct gdb_server *s = ctx;
	const char *from = bytes;

	while (size && !s->gone) {
		ssize_t n = send(s->client, from, size, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		s->gone = n <= 0;
		from += n > 0 ? n : 0;
		size -= n > 0 ? (size_t)n : 0;
	}
}

/* ---- opening and closing ---- */

static bool listen_on(struct gdb_server *s, unsigned port, struct error *e)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
				  .sin_port = htons((u16)port),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int on = 1;

	s->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (s->listener >= 0)
		setsockopt(s->listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (s->listener >= 0 && !bind(s->listener, (struct sockaddr *)&at, sizeof(at)) && !listen(s->listener, 1))
		return true;
	return error_set(e, ERROR_FILE, "--gdb: port %u on 127.0.0.1 cannot be had: %s; choose another one", port,
			 strerror(errno));
}

struct gdb_server *gdb_server_open(struct machine *m, unsigned port, bool wait, struct error *e)
{
	struct gdb_server *s = calloc(1, sizeof(*s));
	struct gdb_host host = { .send = send_bytes, .ctx = s };

	if (!s) {
		error_set(e, ERROR_FILE, "--gdb: %s", strerror(ENOMEM));
		return NULL;
	}
	s->listener = s->client = NONE;
	if (!listen_on(s, port, e)) {
		gdb_server_close(s);
		return NULL;
	}
	s->gdb = gdb_open(m, &host);
	if (!s->gdb) {
		error_set(e, ERROR_FILE, "--gdb: %s", strerror(ENOMEM));
		gdb_server_close(s);
		return NULL;
	}
	if (wait)
		gdb_hold(s->gdb);
	return s;
}

static void hang_up(struct gdb_server *s)
{
	if (s->client == NONE)
		return;
	gdb_disconnect(s->gdb);
	close(s->client);
	s->client = NONE;
}

void gdb_server_close(struct gdb_server *s)
{
	hang_up(s);
	if (s->gdb)
		gdb_close(s->gdb);
	if (s->listener != NONE)
		close(s->listener);
	free(s);
}

unsigned gdb_server_port(const struct gdb_server *s)
{
	struct sockaddr_in at = { 0 };
	socklen_t size = sizeof(at);

	getsockname(s->listener, (struct sockaddr *)&at, &size);
	return ntohs(at.sin_port);
}

/* ---- hearing ---- */

static void answer_call(struct gdb_server *s)
{
	int on = 1;

	s->client = accept4(s->listener, NULL, NULL, SOCK_CLOEXEC);
	if (s->client < 0) {
		s->client = NONE;
		return;
	}
	setsockopt(s->client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	s->gone = false;
	gdb_connect(s->gdb);
}

static void hear(struct gdb_server *s)
{
	char bytes[4096];
	ssize_t n = recv(s->client, bytes, sizeof(bytes), MSG_DONTWAIT);

	if (n > 0)
		gdb_take(s->gdb, bytes, (size_t)n);
	else if (n == 0 || (errno != EAGAIN && errno != EINTR))
		s->gone = true;
	if (s->gone || gdb_is_detached(s->gdb))
		hang_up(s);
}

bool gdb_server_poll(struct gdb_server *s, int wait_ms)
{
	struct pollfd p = { .fd = s->client == NONE ? s->listener : s->client, .events = POLLIN };

	if (poll(&p, 1, gdb_runs(s->gdb) ? 0 : wait_ms) <= 0)
		return false;
	if (s->client == NONE)
		answer_call(s);
	else
		hear(s);
	return true;
}

bool gdb_server_runs(const struct gdb_server *s)
{
	return gdb_runs(s->gdb);
}

bool gdb_server_connected(const struct gdb_server *s)
{
	return s->client != NONE;
}

void gdb_server_hold(struct gdb_server *s)
{
	gdb_hold(s->gdb);
}

void gdb_server_stop(struct gdb_server *s, const char *why)
{
	gdb_stop(s->gdb, why);
}

unsigned gdb_server_core(const struct gdb_server *s)
{
	return gdb_core(s->gdb);
}

u64 gdb_server_moves(const struct gdb_server *s)
{
	return gdb_moves(s->gdb);
}

bool gdb_server_owns(const struct gdb_server *s, unsigned point)
{
	return gdb_owns(s->gdb, point);
}

bool gdb_server_wants_end(const struct gdb_server *s)
{
	return gdb_wants_end(s->gdb);
}

struct hyp_status gdb_server_run(struct gdb_server *s, u64 max_insns)
{
	return gdb_run(s->gdb, max_insns);
}

bool gdb_server_died(struct gdb_server *s, const char *why)
{
	return gdb_died(s->gdb, why);
}

void gdb_server_ended(struct gdb_server *s, int status)
{
	if (s->client != NONE)
		gdb_ended(s->gdb, status);
}
