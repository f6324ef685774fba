/*
 * GICv3 and v4.0: distributor, redistributors, ITS, physical and virtual CPU interfaces (Arm IHI 0069), affinity
 * routing only.
 *
 * Devices and timers drive input lines (gic_spi, gic_ppi) or write messages to the ITS, cores are driven through output
 * lines, software reaches the rest through the register frames and the ICC_*, ICV_* and ICH_* system registers.
 *
 * Left out: GICv4.1, extended SPI and PPI ranges, message-based SPIs, legacy operation without affinity routing,
 * non-maskable interrupts.
 */
#ifndef GIC_GIC_H
#define GIC_GIC_H

#include <stddef.h>

#include "base/state.h"
#include "base/types.h"
#include "bus/bus.h"
#include "bus/gic_view.h"
#include "bus/line.h"
#include "trace/event.h"

#define GIC_CORES_MAX 123 /* what the board's first redistributor region holds */
#define GIC_SPIS_MAX 960
#define GIC_LR_MAX 16
#define GIC_APR_MAX 4 /* 128 preemption levels, 32 a register */

#define GICD_SIZE 0x10000
#define GICR_SIZE 0x20000    /* each core: RD_base, then SGI_base */
#define GICR_V4_SIZE 0x40000 /* with GICv4: these, VLPI_base, and a reserved frame */
#define GITS_SIZE 0x10000    /* each of its two frames */

enum gic_group { GIC_G0, GIC_G1S, GIC_G1NS, GIC_GROUPS };
/* A core's inputs; the same order as the core's own lines. */
enum gic_output { GIC_IRQ, GIC_FIQ, GIC_VIRQ, GIC_VFIQ, GIC_OUTPUTS };
/* What becomes of a system register access; the traps have EC 0x18. */
enum gic_result { GIC_OK, GIC_UNDEF, GIC_TRAP_EL2, GIC_TRAP_EL3 };

struct gic_config {
	unsigned cores;		     /* 1..GIC_CORES_MAX */
	unsigned spis;		     /* a multiple of 32 */
	unsigned list_registers;     /* 1..16, or 0 without EL2 */
	u8 pri_bits;		     /* physical priority bits, 5..8 */
	u8 vpri_bits, vpre_bits;     /* virtual priority and preemption bits, 5..8 and 5..7 */
	bool security;		     /* two security states (EL3 exists); otherwise GICD_CTLR.DS is 1 for ever */
	unsigned maintenance;	     /* PPI of the maintenance interrupt */
	u32 affinity[GIC_CORES_MAX]; /* Aff3.Aff2.Aff1.Aff0, a byte each */
	struct line out[GIC_CORES_MAX][GIC_OUTPUTS];
	bool lpis;	      /* there are LPIs, and an ITS */
	bool v4;	      /* GICv4: virtual LPIs; with LPIs and list registers only */
	struct bus *bus;      /* where their tables are; may be NULL without */
	struct tracer *trace; /* may be NULL */
};

/* 32 interrupts, a bit each. */
struct gic_bank {
	u32 group, grpmod;
	u32 enable;
	u32 latch; /* pending by an edge or by software; the pending state of a level is latch | level */
	u32 level; /* the input lines */
	u32 active;
	u32 edge;  /* configuration: edge-triggered */
	u32 ready; /* derived: pending, enabled and not active */
	u64 nsacr; /* two bits each */
	u8 priority[32];
};

/* LPIs: INTIDs of 16 bits from 8192 on. */
#define GIC_LPI_ID_BITS 16
#define GIC_LPIS ((1u << GIC_LPI_ID_BITS) - 8192)

enum gic_lpi_kind { GIC_LPI, GIC_VLPI, GIC_LPI_KINDS };

/* A redistributor's LPIs, or those of the vPE that is resident there: registers, and what it holds of the tables in
 * memory (lpi.c). INTID 8192 comes first. */
struct gic_lpis {
	bool enabled; /* GICR_CTLR.EnableLPIs, GICR_VPENDBASER.Valid */
	u64 propbaser, pendbaser;
	u64 pending[GIC_LPIS / 64];
	u8 config[GIC_LPIS];	      /* the configuration table's bytes as last read; 0: not read */
	bool any_config;	      /* some are not 0 */
	u64 some[GIC_LPIS / 64 / 64]; /* derived: which words of `pending` are not zero */
};

/* The ITS's registers; its tables are in memory. */
struct gic_its {
	bool enabled; /* GITS_CTLR.Enabled */
	u64 cbaser, cwriter, creadr;
	u64 baser[8];
};

#define GIC_HPPVI_LPI GIC_LR_MAX

/* The highest-priority pending interrupt; intid is GIC_INTID_SPURIOUS when there is none. */
struct gic_hppi {
	u16 intid;
	u8 priority;
	u8 group;
};

struct gic_core {
	struct gic_bank bank; /* SGIs and PPIs */
	bool asleep;	      /* GICR_WAKER.ProcessorSleep */

	/* Physical CPU interface. [2] is indexed by the security state of the bank: 0 Secure, 1 Non-secure. */
	u8 pmr;
	u8 bpr[GIC_GROUPS];
	bool igrpen[GIC_GROUPS];
	bool cbpr[2], eoimode[2];
	bool eoimode_el3;
	bool sre_enable[4]; /* ICC_SRE_EL2 and _EL3.Enable */
	u32 apr[GIC_GROUPS][GIC_APR_MAX];

	/* Virtual CPU interface. */
	u32 ich_hcr, vmcr;
	u32 vapr[2][GIC_APR_MAX]; /* by group */
	u64 lr[GIC_LR_MAX];

	/* Derived. */
	u8 groups; /* that the distributor forwards and the CPU interface takes: a bit each, none while asleep */
	u8 running, vrunning;		    /* the highest active priorities */
	u8 running_group;		    /* enum gic_group of `running`; GIC_GROUPS when idle */
	struct gic_hppi lpi[GIC_LPI_KINDS]; /* the best of the LPIs */
	bool lpi_stale[GIC_LPI_KINDS];	    /* is to be found again: only within a command of the ITS */
	struct gic_hppi hppi;		    /* of all */
	bool signalled;			    /* hppi has the priority to be taken */
	u16 lr_valid, lr_pending, lr_ended; /* list registers: not invalid, exactly pending, in ICH_EISR; a bit each */
	s8 hppvi;  /* the highest-priority pending virtual interrupt: a list register, GIC_HPPVI_LPI, or -1 */
	u8 driven; /* output lines, a bit each */
};

/* Plain data: a snapshot is a copy, and gic_refresh() after a restore drives the lines. */
struct gic_state {
	u32 ctlr;				/* GICD_CTLR, the Secure view */
	struct gic_bank spi[GIC_SPIS_MAX / 32]; /* INTID 32 is spi[0] bit 0 */
	u64 router[GIC_SPIS_MAX];		/* GICD_IROUTER<n> */
	s16 target[GIC_SPIS_MAX];		/* derived: core, or GIC_TARGET_* */
	bool booted_nonsecure, booted_el1;	/* what firmware does for each core that starts, see below */
	u32 spi_ready;				/* derived: which spi[] have a ready interrupt */
	struct gic_its its;
	struct gic_core core[GIC_CORES_MAX];
	struct gic_lpis lpi[GIC_CORES_MAX][GIC_LPI_KINDS]; /* last, as it is large: see gic_state_size() */
};

enum { GIC_TARGET_NONE = -1, GIC_TARGET_ANY = -2 };

struct gic {
	struct gic_state s;
	struct gic_view view[GIC_CORES_MAX]; /* written by the cores */
	struct gic_config cfg;
};

/* What a core's redistributor takes of the address space. */
static inline u64 gic_redist_size(const struct gic_config *c)
{
	return c->v4 ? GICR_V4_SIZE : GICR_SIZE;
}

/* So many bytes of struct gic_state are used: a snapshot needs no more. */
static inline size_t gic_state_size(const struct gic_config *c)
{
	return offsetof(struct gic_state, lpi) + (c->lpis ? c->cores * sizeof(((struct gic_state *)NULL)->lpi[0]) : 0);
}

/* Take the configuration and enter the reset state. */
void gic_init(struct gic *g, const struct gic_config *cfg);
/* Cold reset. Input lines keep their level. */
void gic_reset(struct gic *g);
/* Reset of one core's CPU interface, as a core that is switched off and on goes through, and what firmware then does.
 */
void gic_reset_cpu_interface(struct gic *g, unsigned core);
/* What Secure firmware leaves for software that starts below EL3: every interrupt in Non-secure Group 1, the cores'
 * redistributors awake, ICC_SRE_EL3.Enable, all priorities. It holds for cores that start later, too. */
void gic_boot_nonsecure(struct gic *g);
/* As firmware does for software that starts at EL1: ICC_SRE_EL2.Enable, also for cores that start later. */
void gic_boot_el1(struct gic *g);
/* As firmware leaves it where there is one state: the redistributors are awake. EDK2 relies on it. */
void gic_boot_awake(struct gic *g);
/* Compute again all that is derived, and drive every line whose level differs from what was last driven. */
void gic_refresh(struct gic *g);

/* Its state, for a copy of the machine; no line is driven when it is restored (state.c). */
void gic_visit(struct gic *g, const struct state_visitor *v);

/* Input lines. The maintenance interrupt has none: the GIC drives it. */
struct line gic_spi(struct gic *g, unsigned intid);
struct line gic_ppi(struct gic *g, unsigned core, unsigned intid);

/* The core's EL, security state or routing changed. */
void gic_view_changed(struct gic *g, unsigned core);
enum gic_result gic_sysreg_read(struct gic *g, unsigned core, u16 key, u64 *value);
enum gic_result gic_sysreg_write(struct gic *g, unsigned core, u16 key, u64 value);
/* The register of that very name (never its virtual counterpart), whatever the core may: for debuggers. False: there is
 * none, or to read it would acknowledge an interrupt. */
bool gic_sysreg_peek(struct gic *g, unsigned core, u16 key, u64 *value);
bool gic_sysreg_poke(struct gic *g, unsigned core, u16 key, u64 value);

/* Register windows; the context is the struct gic. The redistributors' window is gic_redist_size() for each core. */
extern const struct bus_device_ops gic_dist_ops;
extern const struct bus_device_ops gic_redist_ops;
/* The ITS's control frame, and the frame that messages are written to (a region that is BUS_MSI). */
extern const struct bus_device_ops gic_its_ops;
extern const struct bus_device_ops gic_its_translation_ops;

/* For displays: which group an interrupt is in, and whether it is pending. `core` matters below INTID 32. */
enum gic_group gic_irq_group(const struct gic *g, unsigned core, unsigned intid);
bool gic_irq_is_pending(const struct gic *g, unsigned core, unsigned intid);
/* Why a pending interrupt is not signalled to the core; NULL: it is. */
const char *gic_irq_obstacle(const struct gic *g, unsigned core, unsigned intid);
bool gic_irq_is_active(const struct gic *g, unsigned core, unsigned intid);
/* Why list register n, which is not invalid, is not signalled as a virtual interrupt; NULL: it is. */
const char *gic_lr_obstacle(const struct gic *g, unsigned core, unsigned n);
/* ICH_MISR_EL2. */
u32 gic_misr(const struct gic *g, unsigned core);

#endif
