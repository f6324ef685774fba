#include "ui/debugger.h"

#include "cli/session.h"
#include "ui/clock.h"
#include "ui/drive.h"

void debugger_start(struct ui *ui)
{
	ui->debugger.server = ui->session->gdb;
	ui->debugger.waits = ui->session->gdb && ui->options->wait;
}

bool debugger_refuses(struct ui *ui)
{
	if (ui->debugger.has)
		ui_say(ui, true, "a debugger is connected: running is up to it; F5 only pauses");
	else if (ui->debugger.waits)
		ui_say(ui, true, "--wait: nothing runs until a debugger is connected");
	return ui->debugger.has || ui->debugger.waits;
}

void debugger_stop(struct ui *ui, const char *why)
{
	gdb_server_stop(ui->debugger.server, why);
}

bool debugger_keeps(struct ui *ui, const struct hyp_status *s)
{
	struct gdb_server *server = ui->debugger.server;

	switch (s->end) {
	case HYP_POWER_OFF:
	case HYP_RESET:
	case HYP_EXIT: gdb_server_ended(server, s->end == HYP_EXIT ? s->exit_code : 0); return false;
	default: return gdb_server_died(server, s->why);
	}
}

bool debugger_owns(const struct ui *ui, unsigned point)
{
	return ui->debugger.server && gdb_server_owns(ui->debugger.server, point);
}

/* ---- who comes and goes ---- */

static void came(struct ui *ui)
{
	ui->debugger.has = true;
	ui->debugger.waits = false;
	drive_stop(ui);
	ui_say(ui, false, "a debugger has come");
}

/* As with `run`: what it left running runs on, what it left stopped stays so. */
static void gone(struct ui *ui)
{
	bool runs = gdb_server_runs(ui->debugger.server);

	ui->debugger.has = false;
	gdb_server_hold(ui->debugger.server);
	drive_stop(ui);
	if (runs)
		drive_run(ui, 0);
	if (!ui->message[0])
		ui_say(ui, false, "the debugger has gone");
}

/* What it wants of the machine. */
static void follow(struct ui *ui)
{
	bool runs = gdb_server_runs(ui->debugger.server);

	if (!runs && ui->run.mode == RUN_DEBUGGER)
		drive_stop(ui);
	else if (runs && ui->run.mode == RUN_PAUSED && !drive_debugged(ui))
		gdb_server_died(ui->debugger.server, ui->message);
}

static void settle(struct ui *ui)
{
	bool connected = gdb_server_connected(ui->debugger.server);
	u64 moves = gdb_server_moves(ui->debugger.server);

	/* It may have changed anything. */
	ui->run.epoch++;
	if (moves != ui->debugger.moves)
		ui->run.over = false;
	ui->debugger.moves = moves;
	ui->quit |= gdb_server_wants_end(ui->debugger.server);
	if (connected && !ui->debugger.has)
		came(ui);
	else if (!connected && ui->debugger.has)
		gone(ui);
	else if (connected)
		follow(ui);
}

void debugger_hear(struct ui *ui, double seconds)
{
	double until = clock_now() + seconds, left = seconds;

	if (!ui->debugger.server)
		return;
	do {
		bool waits = ui->run.mode == RUN_PAUSED && left > 0;

		if (!gdb_server_poll(ui->debugger.server, waits ? (int)(left * 1e3) : 0))
			return;
		settle(ui);
		left = until - clock_now();
	} while (ui->debugger.has && ui->run.mode == RUN_PAUSED && left > 0 && !ui->quit);
}
