/*
 * The host's side of `--net user`: a network of its own for the machine, by libslirp, through which the guest reaches
 * the host's network, and the host the guest's forwarded ports. Frames from the network wait here until the machine has
 * stopped at an instruction boundary; when they come depends on the host, so a run with a network repeats only as a
 * replay of its recording.
 */
#ifndef CLI_NET_H
#define CLI_NET_H

#include "base/error.h"
#include "base/types.h"

struct net;

/* Is `text`, of --net, well formed? *wanted: there is to be a network. */
bool net_check(const char *text, bool *wanted, struct error *e);
/* NULL: *e says why not. `text` is well formed, and asks for a network. */
struct net *net_open(const char *text, struct error *e);
void net_close(struct net *n);
/* A frame of the guest's. */
void net_send(struct net *n, const u8 *frame, size_t size);
/* Let the host's side happen, waiting at most wait_ms for something (or for a key, with `keys`). */
void net_poll(struct net *n, int wait_ms, bool keys);
/* The next frame for the guest, or NULL. */
const u8 *net_next(struct net *n, size_t *size);
/* It was taken. */
void net_taken(struct net *n);

#endif
