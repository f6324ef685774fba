/*
 * The window without its pixels: the machine that is shown, what is selected, and what keys do. All of it is C and runs
 * without a display; window.cpp and the draw functions only show the models.
 *
 * A view is: model_NAME() (C), which fills a model from the machine whenever something may have changed; draw_NAME()
 * (C++), which draws it; and, when it has keys of its own, keys_NAME() (C). All are declared from views.def.
 * State of its own that a view keeps is a struct in its header, and a member of struct ui.
 */
#ifndef UI_UI_H
#define UI_UI_H

#include "base/types.h"
#include "ui/key.h"
#include "ui/line.h"
#include "ui/model.h"
#include "ui/view_state.h"

#ifdef __cplusplus
extern "C" {
#endif

struct machine;
struct session;
struct options;
struct record;
struct gdb_server;
struct symbol_table;
struct console;
struct hyp_status;
struct hyp_core;

enum view_id {
#define VIEW(ID, view, hotkey, place, words) VIEW_##ID,
#include "ui/views.def"
#undef VIEW
	VIEWS,
};
enum action_id {
#define ACTION(name, keys, argument, help) ACTION_##name,
#include "ui/actions.def"
#undef ACTION
	ACTIONS,
};
/* Places on the screen, each of which shows one of its views. In a narrow window those of the right column join
 * AREA_MAIN. */
enum ui_area { AREA_CODE, AREA_LOWER, AREA_MAIN, AREA_TOWER, AREA_REGS, AREAS };

struct view_info {
	const char *name, *title;
	int key;
	u8 area; /* enum ui_area */
};
struct action_info {
	const char *name, *keys, *argument, *help;
};
extern const struct view_info ui_views[VIEWS];
extern const struct action_info ui_actions[ACTIONS];

/* What every view has. */
struct view_state {
	struct model model;
	s32 selected;		     /* row; -1: none */
	u32 cell;		     /* which of the row's linked cells, from 0 */
	u32 top;		     /* first row shown */
	u32 rows;		     /* that fit; the renderer says */
	u32 columns;		     /* characters that fit; the renderer says */
	u32 left;		     /* characters scrolled out of sight at the left */
	u32 widest;		     /* characters of the longest row; the renderer says */
	bool reveal;		     /* bring the selected row into sight */
	char filter[LINE_MAX_BYTES]; /* "": all */
};

enum run_mode {
	RUN_PAUSED,
	RUN_FREE,     /* until something stops it, or `insns_left` are done */
	RUN_OVER,     /* until the temporary breakpoint */
	RUN_LEVEL,    /* until the EL changes: by single steps of the core */
	RUN_EXIT,     /* until a guest is left for EL2, in the same way */
	RUN_STEPS,    /* `insns_left` single steps */
	RUN_DEBUGGER, /* as the debugger of --gdb says */
};
struct run_state {
	u8 mode;	/* enum run_mode */
	bool over;	/* the run ended for good: power-off, death */
	bool idle;	/* running, every core waits for time to pass, or for a key */
	u64 insns_left; /* 0: no bound */
	s32 temporary;	/* breakpoint number; -1: none */
	u64 slice;	/* instructions that took about a frame */
	unsigned core;	/* that is being stepped */
	u8 el;		/* it was at this one after the last step */
	u64 newest; /* the present that was last seen, in instructions: a smaller one means that some was forgotten */
	u64 epoch;  /* grows whenever the machine moved: models and what they compare with are renewed */
};

/* --max-insns and --timeout: the machine pauses there. Somebody who looks may let it go on. */
struct bound {
	u64 insns;    /* the machine's count; 0: no bound */
	u64 seconds;  /* of running; 0: no bound, or no more */
	double ran;   /* seconds, until it stopped last */
	double since; /* when it began to run */
	bool reached;
	bool final; /* nobody looks */
};

/* --gdb: who is connected has the machine for himself; debugger.h. */
struct debugger {
	struct gdb_server *server; /* NULL: there is none (yet) */
	bool waits;		   /* --wait: nothing runs until somebody is connected */
	bool has;		   /* somebody is */
	u64 stops;		   /* how often what he ran came to a stop */
	u64 moves;		   /* gdb_moves() that were seen: a run that was over is not any more */
};

struct ui {
	struct session *session;
	struct machine *m;
	const struct options *options;
	struct symbol_table *symbols; /* NULL: the image has none */
	struct record *record;	      /* transitions and worlds: record.h */
	struct console *console;      /* what the guest wrote: console.h */
	unsigned core;		      /* that is shown */
	u8 focus;		      /* enum view_id */
	u8 shown[AREAS];	      /* enum view_id */
	bool zoomed, narrow, light, typing, quit;
	s32 text_step; /* of text size, from the default */
	struct view_state view[VIEWS];
	struct run_state run;
	struct bound bound;
	struct debugger debugger;
	struct line line;  /* the command line */
	char message[256]; /* the last thing said: why it stopped, what is wrong with a command */
	bool message_bad;
	struct compare compare; /* values at the stop before: what changed since is highlighted */
	struct disasm_state disasm;
	struct memory_state memory;
	struct sysregs_state sysregs;
	struct walk_state walk;
	struct tlb_state tlb;
	struct gic_view_state gic;
	struct smmu_state smmu;
};

/* ---- models, keys (C) and renderers (C++) of the views ---- */

#define VIEW(ID, view, hotkey, place, words)                                                                           \
	void model_##view(struct ui *ui, struct model *m);                                                             \
	bool keys_##view(struct ui *ui, struct key k); /* true: it was its own */
#include "ui/views.def"
#undef VIEW

void walk_state_free(struct walk_state *s);
void tlb_state_free(struct tlb_state *s);
void smmu_state_free(struct smmu_state *s);

/* ---- for whoever shows it ---- */

/* A machine's window; false: there is no memory. */
bool ui_init(struct ui *ui, struct session *s, const struct options *o);
void ui_free(struct ui *ui);
/* A key, or a character that was typed (its code is the character). */
void ui_key(struct ui *ui, struct key k);
/* Run the machine for about so long, if it is to run; whether it did. */
bool ui_run_slice(struct ui *ui, double seconds);
/* Bring the models of the views on the screen (or of all) up to date. */
void ui_refresh(struct ui *ui, bool all);
/* Is this view on the screen? */
bool ui_on_screen(const struct ui *ui, unsigned view);
/* The area that shows a view now; the views that an area can show, in order: returns how many. */
unsigned ui_area_of(const struct ui *ui, unsigned view);
unsigned ui_area_views(const struct ui *ui, unsigned area, u8 views[VIEWS]);
/* The models of all views as text, one after the other, with the state line first. */
void ui_dump(struct ui *ui, FILE *out);
/* "core 0  EL2 Non-secure  VMID 3  paused": the state line, as cells. */
void ui_status_model(struct ui *ui, struct model *m);
/* The command line's suggestions, as rows. */
void ui_palette_model(struct ui *ui, struct model *m);

/* ---- what views call ---- */

/* Show a view and give it the focus. */
void ui_show(struct ui *ui, unsigned view);
/* Explain the translation of an address, in enum hyp_space, on a core: the walk view. */
void ui_show_walk(struct ui *ui, u64 address, unsigned space, unsigned core);
void ui_show_memory(struct ui *ui, u64 address, unsigned space, unsigned core);
void ui_show_code(struct ui *ui, u64 address, unsigned core);
/* What Enter or a double click on a cell does. */
void ui_activate(struct ui *ui, const struct link *link);
/* The same of a LINK_OWN: the view knows what `value` is. */
void ui_choose(struct ui *ui, unsigned view, u64 value);
/* The link under the cursor of the view that has the focus, or NULL; the address there. */
const struct link *ui_link(const struct ui *ui, unsigned view);
bool ui_address(const struct ui *ui, struct link *address);
/* Try a TLBI, "VAE1IS va=0x1000 asid=5", or none: the TLB view. */
void tlb_try(struct ui *ui, const char *text);
/* Explain a device's access, "ADDRESS [STREAM] [ssid=N] [write|fetch]": the SMMU view. */
void smmu_try(struct ui *ui, const char *text);
/* Go to a step of the walk; of the device's access, or to another stream. */
void walk_choose(struct ui *ui, u64 value);
void smmu_choose(struct ui *ui, u64 value);
/* Do an action, with its argument or "". */
void ui_do(struct ui *ui, unsigned action, const char *argument);
/* Say something in the state line. */
void ui_say(struct ui *ui, bool bad, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* "0x40001000", "sym", "sym+0x10", "x3", "VBAR_EL2": a value; false: it is none of these. */
bool ui_value(struct ui *ui, const char *text, u64 *value);
/* "name+0x10"; "" when there is none near. */
const char *ui_symbol(struct ui *ui, u64 address, char text[128]);
/* "va", "el1", "el2", "ipa", "pa": enum hyp_space; false: none of these. And its name. */
bool ui_space(const char *text, unsigned *space);
const char *ui_space_name(unsigned space);
/* Does a row's text have the view's filter in it (any case)? */
bool ui_filtered(const struct ui *ui, unsigned view, const char *text);
/* A system register (enum sysreg) of the core shown, 0 when it cannot be read. */
u64 ui_sysreg(const struct ui *ui, unsigned reg);

#ifdef __cplusplus
}
#endif
#endif
