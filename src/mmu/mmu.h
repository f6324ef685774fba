/*
 * Address translation: one walker, one kind of TLB, for cores, AT instructions, the SMMU, and `hypscope walk`.
 * Arm ARM D8 (AArch64.FullTranslate, AArch64.S1Translate, AArch64.S2Translate, AArch64.S1Walk, AArch64.S2Walk).
 *
 * A regime is a value: whoever translates builds a struct regime (a core from its system registers, the SMMU from
 * STE and CD), and gives a way to read physical memory. The result is a struct walk that keeps every step.
 *
 * Holds always: a walk that ends well has fault.kind == FAULT_NONE; one that does not names the step that failed.
 */
#ifndef MMU_MMU_H
#define MMU_MMU_H

#include "base/state.h"
#include "base/types.h"
#include "trace/event.h"

/* The tables of one stage, all fields checked: what the walker's loop needs. */
struct tables {
	u8 stage;
	u8 granule;	     /* enum granule */
	u8 ia_bits, oa_bits; /* input size; output size, which every address in a descriptor must respect */
	bool ds;	     /* LPA2 descriptors: OA[51:50] in bits [9:8], SH from TCR */
	bool lpa;	     /* 64K descriptors hold OA[51:48] in bits [15:12] */
	bool block_l1;	     /* 64K: level 1 blocks exist */
	bool ee;
	bool ns;	 /* address space of the first table */
	bool restricted; /* stage 1: `why`, E0PD or EPD have a say */
	s8 level;	 /* start */
	u64 base;
	u64 key; /* regime, VMID, ASID and space, for the walk cache; and where they send an input there */
	u32 place;
	const char *why; /* which field makes any translation a level 0 Translation fault; NULL: none does */
};

enum regime_id { REGIME_EL10, REGIME_EL20, REGIME_EL2, REGIME_EL3, REGIME_COUNT };
enum granule { GRANULE_4K, GRANULE_16K, GRANULE_64K };

/* One half of stage 1: what TTBR0 or TTBR1 and its TCR fields say. Raw field values; the walker checks them. */
struct s1_half {
	u64 ttb;    /* TTBRn_ELx as written (BADDR, CnP); the ASID is in struct regime */
	u8 tsz;	    /* TnSZ */
	u8 granule; /* enum granule, decoded from TGn (an unimplemented one decodes to an implemented choice) */
	u8 sh, orgn, irgn;
	bool epd, hpd, tbi, tbid, e0pd;
};

struct stage1 {
	bool enabled;	 /* SCTLR_ELx.M (and not overridden by HCR_EL2.DC / TGE) */
	bool two_halves; /* a TTBR1 half exists (EL1&0, EL2&0); else half[0] translates all, and a VA with any bit
			    above the input size set is a Translation fault */
	bool has_el0;	 /* the regime has unprivileged accesses: EL1&0, EL2&0 */
	struct s1_half half[2];
	u64 mair, mair2; /* mair2 reserved */
	u8 ips;		 /* TCR.IPS / PS: output size code 0..6 */
	bool ha, hd, wxn, ee, ds, nfd0, nfd1;
	bool affd;	 /* SMMU: AF=0 is no fault, and is not set, while ha is 0 */
	bool a1;	 /* ASID comes from TTBR1 */
	u16 asid;	 /* already reduced to 8 bits when TCR.AS = 0 */
	bool cacheable;	 /* SCTLR.C: data accesses may be cacheable */
	bool icacheable; /* SCTLR.I */
	bool nv1;	 /* HCR_EL2.{NV,NV1}: descriptor PXN/UXN meaning as in D8.4 */
	bool mtx0;	 /* reserved for MTE */
};

struct stage2 {
	bool enabled; /* HCR_EL2.VM or DC, and EL2 enabled in this state */
	u64 ttb;      /* VTTBR_EL2 / VSTTBR_EL2 / STE.S2TTB as written */
	u8 tsz;	      /* T0SZ */
	u8 sl0;	      /* SL0 */
	bool sl2;     /* SL2, with DS */
	u8 granule;   /* enum granule */
	u8 ps;	      /* output size code */
	u8 sh, orgn, irgn;
	bool ha, hd, ee, ds;
	bool affd;   /* as in struct stage1 */
	bool ptw;    /* HCR_EL2.PTW */
	bool fwb;    /* HCR_EL2.FWB */
	bool dc;     /* HCR_EL2.DC: stage 1 off yields Normal WB */
	bool cd, id; /* HCR_EL2.CD / ID */
	u16 vmid;    /* already reduced to 8 bits when VTCR.VS = 0 */
	/* Secure state only: the tables of the Non-secure IPA space (VTTBR_EL2, VTCR_EL2), the fields above being those
	 * of the Secure IPA space (VSTTBR_EL2, VSTCR_EL2). */
	struct {
		u64 ttb;
		u8 tsz, sl0, granule;
		bool sl2;
	} ns;
};

/* How entries of the TLB are called, but for their address and size, and where that sends them (mmu/tlb.h). */
struct tlb_name {
	u64 key;
	u32 place;
	u16 family, group;
};

struct regime {
	u8 id;	     /* enum regime_id */
	bool secure; /* security state: table walks start in the Secure PA space */
	bool is_smmu;
	bool aset; /* SMMU: its ASIDs are not the cores' (CD.ASET); a tag of stage-1 entries */
	struct stage1 s1;
	struct stage2 s2;
	u16 vmid; /* tag of EL1&0 entries, even when stage 2 is off (0 when EL2 is not enabled) */
	/* What is implemented (ID_AA64MMFR*): the walker's limits. */
	u8 pa_bits;	       /* 32..52: PARange */
	bool lva;	       /* FEAT_LVA: 52-bit VA with 64K granule */
	bool lpa;	       /* FEAT_LPA: 52-bit PA with 64K granule */
	bool lpa2_s1, lpa2_s2; /* for the granule in use (4K / 16K) */
	bool ttst, xnx, bbm2, hafdbs_af, hafdbs_dirty, pan3, hpds;
	bool ttl_small; /* FEAT_TTST present: smaller tables */
	bool epan;	/* SCTLR.EPAN in force */
	bool span_unused;
	bool no_s1_64k, no_s1_16k, no_s1_4k; /* granules not implemented */
	/* Secure EL2: where a Secure IPA's output goes */
	bool sw, sa, nsw, nsa;
	bool sif; /* SCR_EL3.SIF: Secure state does not execute from Non-secure memory */
	/* What mmu_prepare() makes of the above, for whoever walks often: stage 1 by half, stage 2 by IPA space. */
	bool prepared;
	struct tables s1_tables[2], s2_tables[2];
	struct tlb_name global, of_asid, of_stage2[2]; /* stage 2: by IPA space */
};

/* To call when all fields are filled, and again after any of them changed. Without it every translation does the
 * same. */
void mmu_prepare(struct regime *r);

enum access_kind { ACCESS_READ, ACCESS_WRITE, ACCESS_FETCH, ACCESS_CACHE, ACCESS_AT_READ, ACCESS_AT_WRITE };

struct mmu_access {
	u64 va;		       /* as the program gave it, tag byte included */
	enum access_kind kind; /* CACHE: DC/IC by VA (permission rules of D8; WnR=1) */
	bool privileged;       /* false: EL0 or LDTR/STTR without UAO */
	bool pan;	       /* PSTATE.PAN in force for this access */
	bool also_write;       /* atomics: needs read and write; CACHE: DC IVAC, which needs write permission */
	bool unaligned;	       /* not aligned to its size: an Alignment fault if the memory is Device */
	bool s1_only;	       /* AT S1E*: stage 1 result, though its table walks do use stage 2 */
	bool any_rights;       /* debugger: permissions are not checked */
	bool no_update;	       /* debugger, `walk`, speculation: no AF/dirty update, no TLB fill */
};

enum fault_kind {
	FAULT_NONE,
	FAULT_ADDRESS_SIZE,	  /* FSC 0b0000LL */
	FAULT_TRANSLATION,	  /* FSC 0b0001LL (level -1: 0b101011) */
	FAULT_ACCESS_FLAG,	  /* FSC 0b0010LL */
	FAULT_PERMISSION,	  /* FSC 0b0011LL */
	FAULT_SYNC_EXTERNAL,	  /* FSC 0b010000 */
	FAULT_SYNC_EXTERNAL_WALK, /* FSC 0b0101LL (level -1: 0b010011) */
	FAULT_ALIGNMENT,	  /* FSC 0b100001 */
	FAULT_TLB_CONFLICT,	  /* FSC 0b110000 */
	FAULT_UNSUPPORTED_ATOMIC, /* FSC 0b110101 exclusive/atomic to unsupported memory */
	FAULT_DEBUG,		  /* watchpoint: FSC 0b100010 */
};

struct fault {
	u8 kind;      /* enum fault_kind */
	s8 level;     /* -1..3 */
	bool s2;      /* stage 2 raised it: taken to EL2, HPFAR holds ipa */
	bool s1ptw;   /* … on a stage-1 table walk */
	bool s2_walk; /* external abort on a stage-2 descriptor */
	bool dirty;   /* ISS2.DirtyBit: only with FEAT_S1PIE / FEAT_S2PIE, so never set here */
	bool write;   /* WnR: false for an atomic when a plain read would have failed the same way */
	u64 va;
	bool walk_write; /* a stage-2 permission fault on a stage-1 walk: of the descriptor's update, not its read */
	u64 descriptor;	 /* external abort on a walk: where it was */
	ipa_t ipa;	 /* faulting IPA when s2 */
	bool ipa_ns;	 /* … in the Non-secure IPA space (HPFAR_EL2.NS) */
	bool ipa_valid;	 /* HPFAR_EL2 is valid for this fault (the architecture lets it be UNKNOWN for a stage-2
			    permission fault that is not on a walk; we report it always, and say so in docs) */
	const char *why; /* the field that caused it, in words: "S2AP=01 forbids writes" */
};

/* The DFSC/IFSC code of a fault (EncodeLDFSC); 6 bits. */
u8 fault_status_code(const struct fault *f);

/* Memory attributes after both stages. */
enum mem_type { MEM_DEVICE_nGnRnE, MEM_DEVICE_nGnRE, MEM_DEVICE_nGRE, MEM_DEVICE_GRE, MEM_NORMAL };
struct mem_attrs {
	u8 mair;	   /* the 8-bit attribute as PAR_EL1.ATTR reports it */
	u8 type : 3;	   /* enum mem_type */
	u8 sh : 2;	   /* 0 none, 2 outer, 3 inner */
	bool inner_wb : 1; /* write-back cacheable */
	bool outer_wb : 1;
	bool tagged : 1;
};

/* Permissions, by stage. Sets of privileges: bit 0 for unprivileged accesses, bit 1 for privileged ones. */
struct s1_perms {
	u8 r, w, x; /* before PAN */
	s8 level;   /* of the leaf: a permission fault reports it */
	/* The fields that the above follows from, to name the one that denies. */
	u8 xn;		    /* enum s1_xn_bits */
	u8 ap, ap_table;    /* AP[2:1] (after DBM), APTable[1:0] */
	bool device : 1;    /* the memory type that this stage gives: alignment */
	bool dbm_clean : 1; /* writable by DBM but not yet dirty: a write must walk to set it */
	bool guarded : 1;   /* GP: BTI applies */
	u8 unused : 5;	    /* named, so that it is set: equal ones are equal bytes */
};

struct s2_perms {
	u8 x;
	bool r, w;
	bool device, dbm_clean;
	s8 level;
	u8 ap, xn; /* S2AP[1:0] (after DBM), XN[1:0] */
};

struct perms {
	struct s1_perms s1;
	struct s2_perms s2;
};

/* What both stages allow together. */
static inline bool perms_read(const struct perms *p, bool privileged)
{
	return p->s1.r >> privileged & p->s2.r;
}

static inline bool perms_write(const struct perms *p, bool privileged)
{
	return p->s1.w >> privileged & p->s2.w;
}

static inline bool perms_execute(const struct perms *p, bool privileged)
{
	return (p->s1.x & p->s2.x) >> privileged & 1;
}

enum s1_xn_bits { S1_UXN = 1, S1_PXN = 2, S1_UXN_TABLE = 4, S1_PXN_TABLE = 8, S1_WXN = 16, S1_SIF = 32 };

/* One descriptor fetch of a walk; STEP_CACHED: a stage-2 translation that the TLB answered, or (with
 * index_hi and index_lo) a last-level table that the walk cache knew: nothing was read. */
enum step_kind { STEP_TABLE, STEP_BLOCK, STEP_PAGE, STEP_INVALID, STEP_RESERVED, STEP_ABORT, STEP_CACHED };
struct walk_step {
	u8 stage;	       /* 1 or 2 */
	s8 level;	       /* -1..3 */
	u8 kind;	       /* enum step_kind */
	bool nested;	       /* stage-2 step on behalf of a stage-1 descriptor fetch */
	bool updated;	       /* AF or dirty state written back */
	u64 input;	       /* the address this stage translates (VA, or IPA) */
	u64 at_ipa;	       /* stage 1 under stage 2: the descriptor's IPA */
	u64 at;		       /* the descriptor's physical address */
	u64 desc;	       /* as read */
	u64 output;	       /* next table, or output address */
	u8 index_hi, index_lo; /* input bits that index this table: [hi:lo] */
};

/* Five levels of stage 1, each under five of stage 2, then five for the output and five for an update of the leaf. */
#define WALK_STEPS_MAX 48

struct walk {
	struct mmu_access access; /* with the steps only */
	unsigned count;
	unsigned reads; /* memory accesses made: descriptor reads and updates */
	struct walk_step step[WALK_STEPS_MAX];
	struct fault fault;
	bool s1_used, s2_used;
	u64 va;	     /* tag removed, as translated */
	ipa_t ipa;   /* stage-1 output */
	bool ipa_ns; /* its address space */
	u8 s2_attr;  /* stage-2 leaf: SH[1:0] << 4 | MemAttr[3:0] */
	pa_t pa;
	struct mem_attrs attrs, s1_attrs, s2_attrs;
	struct perms perms;
	bool ng; /* stage 1 entry is not global */
	s8 s1_level, s2_level;
	u8 s1_log2, s2_log2; /* size mapped by each stage's leaf (contiguous bit included), log2 bytes; 64 when flat */
	u8 s1_leaf_log2, s2_leaf_log2; /* without the contiguous bit */
};

/* How a walk reaches physical memory. Values are as stored (little-endian load); the walker swaps for EE. */
struct mmu_memory {
	void *ctx;
	bool (*read64)(void *ctx, pa_t at, u64 *value);			    /* false: external abort */
	bool (*cas64)(void *ctx, pa_t at, u64 expect, u64 wish, u64 *seen); /* false: external abort */
	/* Memory where a read is just that, without asking: may be empty. */
	u64 ram_base, ram_size;
	const u8 *ram;
};

/* Translate without looking at any TLB. Returns w->fault.kind == FAULT_NONE. */
bool mmu_walk(const struct regime *r, const struct mmu_access *a, const struct mmu_memory *m, struct walk *w);

/* ---- the TLB ---- */

/* What an entry holds: VA->PA (both stages combined, or stage 1 alone when stage 2 is off), or IPA->PA. */
enum tlb_kind { TLB_FREE, TLB_S1, TLB_S2 };

/* What else there is to say of an entry. A union of its own makes them one word in a register: put together in memory
 * and read back, they wait for the entry's other stores. */
#define TLB_TRAITS                                                                                                     \
	u8 kind : 2;	   /* enum tlb_kind */                                                                         \
	u8 regime : 2;	   /* enum regime_id */                                                                        \
	u8 s1_granule : 2; /* enum granule, TTL hints */                                                               \
	u8 unused : 2;	   /* named, so that it is set: equal entries are equal bytes */                               \
	bool ng : 1, secure : 1, out_ns : 1;                                                                           \
	bool in_ns : 1;	 /* TLB_S2: the IPA is in the Non-secure space */                                              \
	bool ipa_ns : 1; /* TLB_S1: space of `ipa` */                                                                  \
	bool s1_on : 1;	 /* TLB_S1: made with stage 1 enabled; SCTLR_ELx.M, HCR_EL2.VM are never cached here */        \
	bool s2_used : 1;                                                                                              \
	bool aset : 1; /* of the regime that made it */
union tlb_traits {
	struct {
		TLB_TRAITS
	};
	u16 word;
};

/* One host cache line. */
struct tlb_entry {
	u64 in;	 /* VA (bits above the input size as translated: sign included) or IPA; aligned to log2 */
	u64 out; /* PA, aligned to log2 */
	u64 ipa; /* TLB_S1 under stage 2: IPA of `in` */
	u16 asid, vmid;
	s32 host_list;	/* head of the host-pointer slots derived from this entry (-1: none); the engine's */
	u32 next, prev; /* in the list of its group: indexes + 1; 0: none */
	u8 log2;	/* size this entry translates: the smaller of both stages' */
	u8 s1_log2;	/* size of the stage-1 leaf: TLBI by VA removes the entry if it hits that leaf */
	s8 level;	/* stage-1 (TLB_S1) or stage-2 (TLB_S2) leaf level: TTL hints */
	u8 s2_attr;	/* TLB_S2: SH[1:0] << 4 | MemAttr[3:0]: FWB needs stage 1's attributes to decode it */
	union {
		struct {
			TLB_TRAITS
		};
		u16 traits; /* all of these */
	};
	struct mem_attrs attrs;
	struct perms perms;
} __attribute__((aligned(64)));
_Static_assert(sizeof(struct tlb_entry) == 64, "one host cache line");

#define TLB_ENTRIES_MAX 65536
/* Beside them, and behind them in the arrays: IPA->PA, of whatever core. */
#define TLB_IPAS 1024

/* What lookups compare, apart from the entries so that the ways of a set share a host cache line: `in` and everything
 * else of an entry's name, packed by tlb.c. */
struct tlb_tag {
	u64 in, key;
};

/*
 * Groups: who goes together when a VMID or an ASID is invalidated. A VM's entries are in one family (VMs may share
 * one); within it those of an ASID, and those that are smaller than their leaf, have groups of their own. An entry is
 * in one group's list, so that an invalidation costs what it removes, not what the TLB holds.
 */
#define TLB_FAMILIES 1024
#define TLB_GROUPS 128 /* in a family: 64 by ASID, and the same for entries smaller than their leaf */

/*
 * The walk cache: where the last-level table of an input range is, so that the next walk begins there. Any invalidation
 * but the last-level forms empties it. Stage 1 under stage 2: the table's IPA.
 */
#define TLB_TABLES 512
struct tlb_table {
	u64 in, key; /* the range; regime, VMID, ASID, granule, input size, and when it was filled (walk_cache.c) */
	u64 root;    /* the first table, which the TTBR names */
	u64 table;
	bool ns; /* as of the walk: the space, and what higher tables restrict */
	u8 ap_table, xn_table;
	u8 unused[5]; /* named, so that they are set */
};

/*
 * What stage 1 came to when stage 2 then faulted: the hypervisor maps the page, and the guest tries again. One page;
 * any invalidation forgets it.
 */
struct tlb_s1_result {
	u64 key;     /* of the name, ASID included; 0: none */
	u64 va, ipa; /* of the 4 KiB page */
	bool ipa_ns, ng;
	s8 level;
	u8 log2, leaf_log2;
	struct mem_attrs attrs;
	struct s1_perms perms;
};

/* Geometry: sets * ways <= TLB_ENTRIES_MAX; sets a power of two. */
struct tlb {
	u16 sets, ways;
	u32 turn; /* which way of a full set is replaced next */
	u64 hits, misses;
	/* Told before an entry goes (evicted, invalidated), so that what was derived from it goes first; not for those
	 * of stage 2, from which nobody derives anything; may be NULL. */
	void (*dropped)(void *ctx, struct tlb *t, unsigned index);
	void *dropped_ctx;
	struct tracer *trace; /* may be NULL */
	/* Which log2 sizes there are, by regime and class (tlb_class()), and how many of each: bounds the probes. */
	u32 size_mask[REGIME_COUNT][3];
	u32 size_count[REGIME_COUNT][3][32];
	u16 ipa_split; /* how many entries of stage 2 are smaller than their leaf */
	struct tlb_s1_result s1_result;
	u16 tables_age;		       /* counts how often the walk cache was emptied */
	u8 size_hint[REGIME_COUNT][4]; /* the size that hit last, probed first; [3]: of stage 1's tables in stage 2 */
	u64 family_used[TLB_FAMILIES / 64]; /* a bit per family that has entries */
	u64 group_used[TLB_FAMILIES][TLB_GROUPS / 64];
	u32 group[TLB_FAMILIES][TLB_GROUPS];   /* first entry's index + 1 */
	struct tlb_table table[2][TLB_TABLES]; /* by stage */
	struct tlb_tag tag[TLB_ENTRIES_MAX + TLB_IPAS];
	struct tlb_entry entry[TLB_ENTRIES_MAX + TLB_IPAS];
};

/* A TLB for tlb_init(): zeroed, large, and mostly never touched; its entries fill cache lines of the host. NULL: no
 * memory. */
struct tlb *tlb_create(void);
void tlb_destroy(struct tlb *t);
/* *t comes from tlb_create(), or is a variable that was zeroed or initialised before. */
void tlb_init(struct tlb *t, unsigned sets, unsigned ways, struct tracer *trace);
/* Its state, as the part `name`, for a copy of the machine; and whether one that was restored can be: that no index
 * leads astray (tlb_state.c). */
void tlb_visit(struct tlb *t, const struct state_visitor *v, const char *name, unsigned index);
bool tlb_is_sound(const struct tlb *t);

/* The entry that translates va in this regime, or NULL. Does not check permissions. */
struct tlb_entry *tlb_lookup(struct tlb *t, const struct regime *r, u64 va);

/* What a translation gives to whoever makes an access. */
struct translation {
	pa_t pa;
	ipa_t ipa;
	bool s2_used;
	u8 log2; /* bytes (log2) for which the same entry answers, 12..30 */
	struct mem_attrs attrs;
	struct perms perms;
	s32 entry;	     /* index in the TLB of the entry that answered, or -1 (nothing cached) */
	unsigned walk_reads; /* descriptor reads made (0: TLB hit): for timing */
};

/*
 * Translate through the TLB: look up, else walk and fill; check permissions for this access; set AF and dirty state in
 * memory as configured. On a fault fills *f and returns false. When the tracer wants EV_WALK, every walk is emitted.
 * Stage 1 off and stage 2 off (flat map) also works and is cached like the rest.
 */
bool mmu_translate(struct tlb *t, const struct regime *r, const struct mmu_access *a, const struct mmu_memory *m,
		   struct translation *out, struct fault *f);

/* Check one access against permissions already known; on failure fills kind/level/why of *f. */
bool perms_allow(const struct perms *p, const struct mmu_access *a, const struct regime *r, struct fault *f);

/* ---- invalidation: TLBI instructions, SMMU commands ---- */

enum tlbi_op {
	TLBI_VA,       /* by VA and ASID (globals too): VAE1, VALE1, VAE2, VAE3, RVA… */
	TLBI_VAA,      /* by VA, all ASIDs: VAAE1, VAALE1 */
	TLBI_ASID,     /* by ASID: ASIDE1 (non-global entries only) */
	TLBI_VMALL,    /* VMALLE1: all stage-1 entries of the regime and current VMID */
	TLBI_VMALLS12, /* VMALLS12E1: stage 1 and stage 2 entries of the current VMID */
	TLBI_ALL,      /* ALLE1 (EL1&0, both stages, all VMIDs), ALLE2, ALLE3 */
	TLBI_IPA,      /* IPAS2E1, IPAS2LE1: stage-2 entries by IPA and current VMID */
};

struct tlbi_scope {
	enum tlbi_op op;
	u8 regime; /* enum regime_id */
	bool secure;
	u16 vmid; /* EL1&0 only */
	bool any_vmid;
	u16 asid;
	/* [start, end) of VA or IPA, bytes; ops by address only. One page is [a, a + 4096), whatever the granule. A VA
	 * is sign-extended from bit 55 when the regime has two halves, else zero-extended. end 0: to the top. */
	u64 start, end;
	bool last_level; /* ops by address only: …LE1, the walk cache stays */
	s8 ttl_level;	 /* TTL hint: 1..3, or -1 for any */
	u8 ttl_granule;	 /* enum granule, when ttl_level >= 0 */
	bool ns_ipa;
	bool s1_off_only; /* SMMU, TLB_S1: entries made without stage 1 */
	bool shared_only; /* SMMU: entries whose ASIDs are the cores' */
	const char *name; /* "VAE1IS", for the trace */
};

/* Remove exactly what the scope names; returns how many entries went. */
unsigned tlb_invalidate(struct tlb *t, const struct tlbi_scope *s);
/* Whether that would remove an entry of this TLB; nothing changes. */
bool tlb_would_remove(const struct tlb *t, const struct tlb_entry *e, const struct tlbi_scope *s);

#endif
