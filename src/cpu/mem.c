/*
 * The slow path of every memory access: alignment, translation, permissions, devices, page crossing, decoded pages,
 * events; and the filling of the host-pointer slots. AArch64.MemSingle, AArch64.CheckAlignment.
 */
#include "cpu/engine.h"

#include <string.h>

#include "cpu/debug.h"
#include "cpu/features.h"
#include "cpu/models.h"
#include "cpu/points.h"

/* ---- how the walker reaches memory ---- */

static bool walk_read64(void *ctx, pa_t at, u64 *value)
{
	struct cpu *c = ctx;
	const u8 *p = bus_host(c->bus, at, 8, false);

	if (!p)
		return bus_read(c->bus, at, 8, c->index, value) == BUS_OK;
	memcpy(value, p, 8);
	return true;
}

static bool walk_cas64(void *ctx, pa_t at, u64 expect, u64 wish, u64 *seen)
{
	struct cpu *c = ctx;
	u8 *p = bus_host(c->bus, at, 8, true);

	if (!p)
		return false;
	memcpy(seen, p, 8);
	if (*seen != expect)
		return true;
	if (code_is_marked(c, at.v))
		code_written(c, at.v, 8);
	memcpy(p, &wish, 8);
	return true;
}

void mem_init(struct cpu *c)
{
	c->memory = (struct mmu_memory){ .ctx = c,
					 .read64 = walk_read64,
					 .cas64 = walk_cas64,
					 .ram_base = c->bus->ram_base,
					 .ram_size = c->bus->ram_size,
					 .ram = c->bus->ram };
}

/* ---- alignment ---- */

static u64 sctlr_of_el(const struct cpu *c)
{
	switch (c->s.p.el) {
	case 3: return SYS(c, SCTLR_EL3);
	case 2: return SYS(c, SCTLR_EL2);
	case 0: return cpu_el_is_in_host(c, 0) ? SYS(c, SCTLR_EL2) : SYS(c, SCTLR_EL1);
	default: return SYS(c, SCTLR_EL1);
	}
}

/*
 * Whether an access that is not aligned to its size faults whatever the memory type is. AArch64.UnalignedAccessFaults:
 * with FEAT_LSE2 exclusives, atomics and ordered accesses may be anywhere within 16 aligned bytes; SCTLR_ELx.nAA lets
 * ordered ones be anywhere.
 */
static bool must_align(const struct cpu *c, u64 va, unsigned total, unsigned flags)
{
	u64 sctlr = sctlr_of_el(c);

	if (sctlr & 2) /* SCTLR_ELx.A */
		return true;
	if (!(flags & (MEM_EXCLUSIVE | MEM_ATOMIC | MEM_ORDERED)))
		return false;
	if (!c->feat.lse2)
		return true;
	return (va & 15) + total > 16 && !((flags & MEM_ORDERED) && GET(sctlr, SCTLR_EL1, nAA));
}

static void alignment_fault(struct cpu *c, u64 va, const struct mmu_access *a, u32 insn)
{
	struct fault f = { .kind = FAULT_ALIGNMENT, .va = va, .why = "the address is not aligned to the access size" };

	cpu_data_abort(c, &f, a, insn);
}

bool mem_unpriv_is_privileged(const struct cpu *c)
{
	if (c->s.p.el == 0)
		return false;
	if (c->s.p.uao && c->feat.uao)
		return true;
	if (c->s.p.el == 1)
		return false;
	if (c->s.p.el == 2)
		return !cpu_el_is_in_host(c, 0);
	return true;
}

static inline struct mmu_access access_of(const struct cpu *c, u64 va, enum access_kind kind, unsigned flags)
{
	return (struct mmu_access){
		.va = va,
		.kind = kind,
		.privileged = flags & MEM_UNPRIV ? mem_unpriv_is_privileged(c) : c->s.p.el != 0,
		.pan = c->s.p.pan,
		.also_write = flags & MEM_ATOMIC,
	};
}

static inline bool translate(struct cpu *c, const struct op *op, const struct mmu_access *a, struct translation *t)
{
	struct fault f;

	if (unlikely(c->context_stale))
		host_context(c);
	if (mmu_translate(c->tlb, c->regime, a, &c->memory, t, &f)) {
		engine_charge(c, (u64)t->walk_reads * c->model->cost[TIMING_walk_read]);
		return true;
	}
	cpu_data_abort(c, &f, a, op->insn);
	return false;
}

bool mem_translate(struct cpu *c, const struct op *op, const struct mmu_access *a, struct translation *t)
{
	return translate(c, op, a, t);
}

/* ---- one access, inside one page ---- */

struct piece {
	struct translation t;
	u64 va;
	unsigned size;
	u8 *host; /* RAM or ROM bytes; NULL: a device */
};

static void external_abort(struct cpu *c, u64 va, const struct mmu_access *a, u32 insn)
{
	struct fault f = { .kind = FAULT_SYNC_EXTERNAL, .va = va, .why = "nothing answers at this physical address" };

	cpu_data_abort(c, &f, a, insn);
}

static void emit_mmio(struct cpu *c, u64 pa, unsigned size, bool is_write, bool is_error, u64 value)
{
	const struct bus_region *r = bus_find(c->bus, (pa_t){ pa, false });
	struct event e = { .kind = EV_MMIO };

	e.mmio = (struct ev_mmio){ .device = r ? r->name : "nothing",
				   .pa = pa,
				   .size = (u8)size,
				   .is_write = is_write,
				   .is_error = is_error,
				   .value = value };
	trace_emit(c->trace, &e);
}

/* A device access of up to 8 bytes; data in native order at *data. */
static bool device_access(struct cpu *c, const struct piece *p, void *data, bool is_write)
{
	u64 value = 0;
	enum bus_result r;

	engine_publish(c);
	if (is_write) {
		memcpy(&value, data, p->size);
		r = bus_write(c->bus, p->t.pa, p->size, c->index, value);
	} else {
		r = bus_read(c->bus, p->t.pa, p->size, c->index, &value);
		memcpy(data, &value, p->size);
	}
	if (trace_wants(c->trace, EV_MMIO))
		emit_mmio(c, p->t.pa.v, p->size, is_write, r != BUS_OK, value);
	return r == BUS_OK;
}

static struct ev_mem mem_event(const struct piece *p, bool is_write)
{
	return (struct ev_mem){ .va = p->va,
				.ipa = p->t.ipa.v,
				.pa = p->t.pa.v,
				.has_ipa = p->t.s2_used,
				.is_write = is_write,
				.is_device = !p->host,
				.size = (u8)p->size };
}

static __attribute__((noinline)) void emit_mem(struct cpu *c, const struct piece *p, const u8 *data, bool is_write)
{
	struct ev_mem *m = engine_access(c);

	*m = mem_event(p, is_write);
	memcpy(m->value, data, p->size < 16 ? p->size : 16);
	if (c->big_endian)
		c->trace->step.released = true; /* the value is not the register's */
	engine_accessed(c);
}

static bool translate_piece(struct cpu *c, const struct op *op, struct piece *p, struct mmu_access *a)
{
	bool is_write = a->kind == ACCESS_WRITE || a->also_write;

	a->va = p->va;
	if (!mem_translate(c, op, a, &p->t))
		return false;
	if (unlikely(c->debugging) && debug_watchpoint(c, p->va, p->size, a))
		return false;
	if (unlikely(c->points) && points_watch(c, p->va, p->size, a, &p->t))
		return false;
	p->host = bus_host(c->bus, p->t.pa, p->size, is_write);
	return true;
}

static bool move_piece(struct cpu *c, const struct op *op, struct piece *p, const struct mmu_access *a, u8 *data)
{
	bool is_write = a->kind == ACCESS_WRITE;

	if (p->host) {
		if (is_write) {
			if (code_is_marked(c, p->t.pa.v))
				code_written(c, p->t.pa.v, p->size);
			memcpy(p->host, data, p->size);
		} else {
			memcpy(data, p->host, p->size);
		}
	} else if (p->size <= 8 ? !device_access(c, p, data, is_write) : true) {
		external_abort(c, p->va, a, op->insn);
		return false;
	}
	if (trace_wants(c->trace, EV_MEM))
		emit_mem(c, p, data, is_write);
	return true;
}

static inline void remember_page(struct cpu *c, const struct piece *p, bool is_write, unsigned flags)
{
	u64 addend;

	if (p->t.entry < 0 || p->t.log2 < 12 || (unlikely(c->points) && points_watch_page(c, p->va, &p->t)))
		return;
	if (is_write)
		code_has_writer(c, p->t.pa.v);
	addend = (u64)(uintptr_t)p->host - p->va;
	if (flags & MEM_UNPRIV)
		host_fill_unpriv(c, is_write ? SLOT_WR : SLOT_RD, p->va, addend, p->t.entry);
	else
		host_fill(c, is_write ? SLOT_WR : SLOT_RD, p->va, addend, p->t.entry);
}

/* After a good access: remember the page, for LDTR and STTR in the context of theirs. Never for writes to pages with
 * decoded code. */
static void remember(struct cpu *c, const struct piece *p, bool is_write, unsigned flags)
{
	if (!p->host || (flags & MEM_CACHE_OP) || c->big_endian)
		return;
	if (is_write && code_is_marked(c, p->t.pa.v))
		return;
	remember_page(c, p, is_write, flags);
}

/* Swap each element of `size` bytes in place. */
static void swap_elements(u8 *data, unsigned size, unsigned total)
{
	for (unsigned e = 0; e < total; e += size)
		for (unsigned i = 0; i < size / 2; i++) {
			u8 t = data[e + i];

			data[e + i] = data[e + size - 1 - i];
			data[e + size - 1 - i] = t;
		}
}

/* How much of `left` bytes is in va's page */
static unsigned in_page(u64 va, unsigned left)
{
	unsigned room = 4096 - (unsigned)(va & 4095);

	return left < room ? left : room;
}

/* Devices are reached element by element; memory by as much as an event shows. */
static unsigned piece_size(u64 va, unsigned left, unsigned element, bool device)
{
	unsigned n = in_page(va, left);

	if (!device)
		return n < 16 ? n : 16;
	if (element > 8)
		element = 8;
	while (element > n || !is_aligned(va, element))
		element /= 2;
	return element;
}

/*
 * Move `total` bytes of elements of `size`. All pieces are translated before any byte moves, so that a fault on the
 * second page leaves memory as it was.
 */
static bool move(struct cpu *c, const struct op *op, struct mmu_access *a, unsigned size, unsigned total,
		 unsigned flags, u8 *data)
{
	u64 va = a->va;
	bool crossing = (va & 4095) + total > 4096;
	struct piece first = { .va = va, .size = in_page(va, total) }, second = { .size = 0 };

	if (!translate_piece(c, op, &first, a))
		return false;
	if (crossing) {
		second.va = va + first.size;
		second.size = total - first.size;
		if (!translate_piece(c, op, &second, a))
			return false;
	}
	for (struct piece *p = &first; p; p = p == &first && crossing ? &second : NULL) {
		unsigned left = p->size;
		struct piece part = *p;

		while (left) {
			part.size = piece_size(part.va, left, size, !part.host);
			if (!move_piece(c, op, &part, a, data))
				return false;
			data += part.size;
			part.va += part.size;
			part.t.pa.v += part.size;
			part.t.ipa.v += part.size;
			if (part.host)
				part.host += part.size;
			left -= part.size;
		}
	}
	if (!crossing)
		remember(c, &first, a->kind == ACCESS_WRITE, flags);
	return true;
}

/* The parts of an access to memory that events show, from or to who knows them. */
static bool feed(const struct cpu *c, u64 va, unsigned total, bool is_write, u8 *data)
{
	while (total) {
		unsigned n = piece_size(va, total, 0, false);

		if (!c->feed->access(c->feed->ctx, va, n, is_write, data))
			return false;
		va += n;
		data += n;
		total -= n;
	}
	return true;
}

static void *feed_atomic(struct cpu *c, u64 va, unsigned size, unsigned flags)
{
	u8 *bytes = (u8 *)c->feed->atomic;

	if ((flags & MEM_ATOMIC) && !c->feed->access(c->feed->ctx, va, size, false, bytes))
		return NULL;
	c->rmw.host = bytes;
	c->rmw.event = (struct ev_mem){ .va = va, .size = (u8)size };
	return bytes;
}

/* `total` bytes, of elements of `size`, between memory and data, where each element is in the host's order. */
static bool transfer(struct cpu *c, const struct op *op, u64 va, unsigned size, unsigned total, unsigned flags,
		     bool is_write, u8 *data)
{
	unsigned alignment = flags & MEM_EXCLUSIVE ? total : size;
	struct mmu_access a;

	if (unlikely(c->feed))
		return feed(c, va, total, is_write, data);
	a = access_of(c, va, is_write ? ACCESS_WRITE : ACCESS_READ, flags);
	if (!is_aligned(va, alignment) && must_align(c, va, total, flags)) {
		alignment_fault(c, va, &a, op->insn);
		return false;
	}
	a.unaligned = !is_aligned(va, size);
	if (mem_by_slot(c, va, size, total, flags, is_write, data))
		return true;
	engine_keep(c);
	if (c->context_stale)
		host_context(c);
	if (is_write && c->big_endian)
		swap_elements(data, size, total);
	if (!move(c, op, &a, size, total, flags, data))
		return false;
	if (!is_write && c->big_endian)
		swap_elements(data, size, total);
	return true;
}

/* Between registers and memory, in one piece. */
static inline void move_elements(struct cpu *c, u8 *host, unsigned size, unsigned total, bool is_write)
{
	if (is_write) {
		memcpy(host, &c->data[0], size);
		if (total > size)
			memcpy(host + size, &c->data[1], size);
		return;
	}
	c->data[0] = c->data[1] = 0;
	memcpy(&c->data[0], host, size);
	if (total > size)
		memcpy(&c->data[1], host + size, size);
}

enum outcome { DONE, FAULTED, UNUSUAL };

/* The common case of an access without a slot: aligned, to plain memory. UNUSUAL: nothing was done. */
static inline enum outcome access_memory(struct cpu *c, const struct op *op, u64 va, unsigned size, unsigned total,
					 unsigned flags, bool is_write)
{
	struct mmu_access a = access_of(c, va, is_write ? ACCESS_WRITE : ACCESS_READ, flags);
	struct piece p;

	if (!translate(c, op, &a, &p.t))
		return FAULTED;
	p.va = va;
	p.size = total;
	p.host = bus_host(c->bus, p.t.pa, total, is_write);
	if (!p.host || c->big_endian || (is_write && code_is_marked(c, p.t.pa.v)))
		return UNUSUAL;
	move_elements(c, p.host, size, total, is_write);
	if (trace_wants(c->trace, EV_MEM))
		emit_mem(c, &p, p.host, is_write);
	remember_page(c, &p, is_write, flags);
	return DONE;
}

static inline bool is_common(const struct cpu *c, u64 va, unsigned size, unsigned total, unsigned flags)
{
	bool crosses = (flags & MEM_PAIR) && (va & 4095) + total > 4096; /* one that is aligned does not */

	return size <= 8 && is_aligned(va, size) && !crosses && !c->debugging && !c->points && !c->feed &&
	       !(flags & ~(unsigned)(MEM_PAIR | MEM_UNPRIV | MEM_ORDERED));
}

static __attribute__((noinline)) bool access_otherwise(struct cpu *c, const struct op *op, u64 va, unsigned size,
						       unsigned total, unsigned flags, bool is_write)
{
	unsigned low = size < 8 ? size : 8;
	u8 data[16] = { 0 };

	if (is_write) {
		memcpy(data, &c->data[0], low);
		memcpy(data + low, &c->data[1], total - low);
		return transfer(c, op, va, size, total, flags, true, data);
	}
	if (!transfer(c, op, va, size, total, flags, false, data))
		return false;
	c->data[0] = c->data[1] = 0;
	memcpy(&c->data[0], data, low);
	memcpy(&c->data[1], data + low, total - low);
	return true;
}

/* One element, or two of at most 8 bytes: in c->data[0] and, for the second or the upper half, c->data[1]. Compiled for
 * reading and for writing. */
static inline __attribute__((always_inline)) bool access(struct cpu *c, const struct op *op, u64 va, unsigned size,
							 unsigned flags, bool is_write)
{
	unsigned total = flags & MEM_PAIR ? 2 * size : size;

	engine_keep(c);
	if (likely(is_common(c, va, size, total, flags))) {
		enum outcome o = access_memory(c, op, va, size, total, flags, is_write);

		if (likely(o != UNUSUAL))
			return o == DONE;
	}
	return access_otherwise(c, op, va, size, total, flags, is_write);
}

bool mem_read_miss(struct cpu *c, const struct op *op, u64 va, unsigned size, unsigned flags)
{
	return access(c, op, va, size, flags, false);
}

bool mem_write_miss(struct cpu *c, const struct op *op, u64 va, unsigned size, unsigned flags)
{
	return access(c, op, va, size, flags, true);
}

bool mem_read(struct cpu *c, const struct op *op, u64 va, unsigned size, unsigned flags)
{
	return mem_elements_by_slot(c, va, size, flags, false) || mem_read_miss(c, op, va, size, flags);
}

bool mem_write(struct cpu *c, const struct op *op, u64 va, unsigned size, unsigned flags)
{
	return mem_elements_by_slot(c, va, size, flags, true) || mem_write_miss(c, op, va, size, flags);
}

bool mem_read_block(struct cpu *c, const struct op *op, u64 va, unsigned size, unsigned total)
{
	return transfer(c, op, va, size, total, 0, false, (u8 *)c->data);
}

bool mem_write_block(struct cpu *c, const struct op *op, u64 va, unsigned size, unsigned total)
{
	return transfer(c, op, va, size, total, 0, true, (u8 *)c->data);
}

/*
 * Any RAM supports atomics and exclusives here, whatever its memory type (IMPLEMENTATION DEFINED, B2.9); an address
 * that is not RAM does not: IMPLEMENTATION DEFINED fault "unsupported Exclusive or Atomic access".
 */
void *mem_atomic(struct cpu *c, const struct op *op, u64 va, unsigned size, unsigned flags)
{
	struct mmu_access a = access_of(c, va, ACCESS_WRITE, flags);
	struct piece p = { .va = va, .size = size };

	if (unlikely(c->feed))
		return feed_atomic(c, va, size, flags);
	if (!is_aligned(va, size) && (must_align(c, va, size, flags) || (va & 4095) + size > 4096)) {
		alignment_fault(c, va, &a, op->insn);
		return NULL;
	}
	a.unaligned = !is_aligned(va, size);
	if ((p.host = mem_atomic_by_slot(c, va, size, flags)))
		return p.host;
	engine_keep(c);
	if (!translate_piece(c, op, &p, &a))
		return NULL;
	if (!p.host) {
		struct fault f = { .kind = FAULT_UNSUPPORTED_ATOMIC, .va = va, .why = "the address is not memory" };

		cpu_data_abort(c, &f, &a, op->insn);
		return NULL;
	}
	if (code_is_marked(c, p.t.pa.v))
		code_written(c, p.t.pa.v, size);
	if (is_aligned(va, size)) {
		remember(c, &p, true, flags);
		if (perms_read(&p.t.perms, a.privileged))
			remember(c, &p, false, flags);
	}
	if (trace_wants(c->trace, EV_MEM)) {
		if (flags & MEM_ATOMIC)
			emit_mem(c, &p, p.host, false);
		c->rmw.host = p.host;
		c->rmw.event = mem_event(&p, true);
	}
	return p.host;
}

bool cpu_sp_check(struct cpu *c)
{
	u64 sctlr = sctlr_of_el(c);
	unsigned enable = c->s.p.el == 0 ? SCTLR_EL1_SA0_LSB : SCTLR_EL1_SA_LSB;

	if (!(sctlr >> enable & 1))
		return true;
	cpu_sp_alignment(c);
	return false;
}

bool cpu_peek(struct cpu *c, u64 va, void *out, size_t n)
{
	u8 *to = out;

	if (c->context_stale)
		host_context(c);
	while (n) {
		struct mmu_access a = {
			.va = va, .kind = ACCESS_READ, .privileged = true, .any_rights = true, .no_update = true
		};
		size_t part = 4096 - (va & 4095) < n ? 4096 - (va & 4095) : n;
		struct walk w;

		if (!mmu_walk(c->regime, &a, &c->memory, &w))
			return false;
		if (!bus_copy_out(c->bus, w.pa, to, part))
			return false;
		to += part;
		va += part;
		n -= part;
	}
	return true;
}

void cpu_flush_host(struct cpu *c)
{
	code_flush(c->code);
	host_flush(c);
	c->cur_gone = true;
	c->regimes_valid = 0;
	c->context_stale = true;
}
