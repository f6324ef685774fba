#include "cli/term.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/time.h>
#include <termios.h>
#include <unistd.h>

/* A signal handler can be given nothing: this is the process's one terminal, and the only mutable global. */
static struct {
	struct termios saved, guests; /* as it was found; raw */
	volatile sig_atomic_t raw, interrupted;
	void (*tick)(void *ctx);
	void *tick_ctx;
} term;

void term_restore(void)
{
	if (term.raw)
		tcsetattr(STDIN_FILENO, TCSANOW, &term.saved);
	term.raw = 0;
}

/* Dying by a signal: leave the terminal as it was found, then die as if never caught (SA_RESETHAND). */
static void on_death(int number)
{
	term_restore();
	raise(number);
}

/* Stopped: the shell gets the terminal as it was. SIGTSTP's own effect would be none in an orphaned process group. */
static void on_stop(int number)
{
	int saved = errno;

	if (term.raw)
		tcsetattr(STDIN_FILENO, TCSANOW, &term.saved);
	raise(SIGSTOP);
	errno = saved;
}

/* Continued, after SIGSTOP too: raw again, unless in the background (then until the next SIGCONT). */
static void on_continue(int number)
{
	int saved = errno;
	pid_t foreground = tcgetpgrp(STDIN_FILENO);

	if (term.raw && (foreground < 0 || foreground == getpgrp()))
		tcsetattr(STDIN_FILENO, TCSANOW, &term.guests);
	errno = saved;
}

static void on_tick(int number)
{
	int saved = errno;

	if (number == SIGINT)
		term.interrupted = 1;
	if (term.tick)
		term.tick(term.tick_ctx);
	errno = saved;
}

static void catch (int number, void (*handler)(int), int flags)
{
	struct sigaction action = { .sa_handler = handler, .sa_flags = flags };

	sigemptyset(&action.sa_mask);
	sigaction(number, &action, NULL);
}

bool term_raw(void)
{
	static const int deadly[] = { SIGTERM, SIGHUP, SIGQUIT, SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT };
	struct termios t;

	if (!isatty(STDIN_FILENO) || tcgetattr(STDIN_FILENO, &term.saved))
		return false;
	for (unsigned i = 0; i < ARRAY_SIZE(deadly); i++)
		catch (deadly[i], on_death, (int)(SA_RESETHAND | SA_NODEFER));
	catch (SIGTSTP, on_stop, SA_RESTART);
	catch (SIGCONT, on_continue, SA_RESTART);
	t = term.saved;
	/* Output keeps its NL -> CRNL: guests that send bare line feeds stay readable. */
	t.c_iflag &= ~(tcflag_t)(IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR | IGNCR | ICRNL | IXON);
	t.c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
	t.c_cc[VMIN] = 1;
	t.c_cc[VTIME] = 0;
	term.guests = t;
	term.raw = 1;
	tcsetattr(STDIN_FILENO, TCSANOW, &t);
	return true;
}

enum term_input term_read(u8 *byte, int wait_ms)
{
	struct pollfd p = { .fd = STDIN_FILENO, .events = POLLIN };

	if (poll(&p, 1, wait_ms) <= 0)
		return INPUT_NONE;
	if (p.revents & POLLNVAL)
		return INPUT_END;
	return read(STDIN_FILENO, byte, 1) == 1 ? INPUT_BYTE : INPUT_END;
}

void term_wait(double seconds, bool look)
{
	struct pollfd p = { .fd = STDIN_FILENO, .events = POLLIN };
	struct timespec t = { (time_t)seconds, (long)((seconds - (double)(time_t)seconds) * 1e9) };

	ppoll(&p, look, &t, NULL);
}

void term_suspend(void)
{
	raise(SIGTSTP);
}

void term_ticks(void (*tick)(void *ctx), void *ctx, unsigned ms)
{
	struct itimerval interval = { { ms / 1000, (suseconds_t)(ms % 1000 * 1000) },
				      { ms / 1000, (suseconds_t)(ms % 1000 * 1000) } };

	term.tick = tick;
	term.tick_ctx = ctx;
	catch (SIGINT, on_tick, 0);
	catch (SIGALRM, on_tick, SA_RESTART);
	setitimer(ITIMER_REAL, &interval, NULL);
}

bool term_interrupted(void)
{
	return term.interrupted;
}
