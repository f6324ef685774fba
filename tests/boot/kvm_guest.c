/*
 * The first process of a Linux that has KVM: runs small guests through /dev/kvm, says how each did, powers off.
 * One line a guest: "guest NAME: ok" or what was wrong.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <time.h>
#include <unistd.h>

enum { REPORT_TEXT = 0x00, REPORT_ECHO = 0x04, REPORT_VALUE = 0x08, REPORT_IRQ = 0x0c };
enum { EXITS = 2000, PAGES = 300, ROUNDS = 50, INTERRUPTS = 5, TIMER_INTID = 27 };
#define RAM 0x40000000ull
#define RAM_SIZE 0x400000ull
#define REPORT 0x09000000ull
#define GICD 0x08000000ull
#define GICR 0x080a0000ull

extern const char guest_code[], guest_code_end[];
extern const char guest_hello[], guest_exits[], guest_memory[], guest_vectors[], guest_timer[];

struct heard {
	char text[64];
	unsigned text_count, value_count, irqs, exits;
	uint32_t value[4]; /* the last ones */
	uint32_t irq;
};

struct vm {
	int vm, vcpu;
	char *ram;
	struct kvm_run *run;
	size_t run_size;
};

static void die(const char *what)
{
	printf("kvm_guest: %s: %s\n", what, strerror(errno));
	sync();
	reboot(RB_POWER_OFF);
	exit(1);
}

static int checked(int result, const char *what)
{
	if (result < 0)
		die(what);
	return result;
}

static void set_reg(struct vm *v, size_t offset, uint64_t value)
{
	struct kvm_one_reg r = {
		.id = KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM_CORE | offset / 4,
		.addr = (uintptr_t)&value,
	};

	checked(ioctl(v->vcpu, KVM_SET_ONE_REG, &r), "KVM_SET_ONE_REG");
}

static void set_attr(int device, uint32_t group, uint64_t attr, void *value)
{
	struct kvm_device_attr a = { .group = group, .attr = attr, .addr = (uintptr_t)value };

	checked(ioctl(device, KVM_SET_DEVICE_ATTR, &a), "KVM_SET_DEVICE_ATTR");
}

static int create_gic(struct vm *v)
{
	struct kvm_create_device d = { .type = KVM_DEV_TYPE_ARM_VGIC_V3 };

	checked(ioctl(v->vm, KVM_CREATE_DEVICE, &d), "KVM_CREATE_DEVICE");
	return d.fd;
}

static void place_gic(int gic)
{
	uint64_t dist = GICD, redist = GICR;
	uint32_t irqs = 64;

	set_attr(gic, KVM_DEV_ARM_VGIC_GRP_NR_IRQS, 0, &irqs);
	set_attr(gic, KVM_DEV_ARM_VGIC_GRP_ADDR, KVM_VGIC_V3_ADDR_TYPE_DIST, &dist);
	set_attr(gic, KVM_DEV_ARM_VGIC_GRP_ADDR, KVM_VGIC_V3_ADDR_TYPE_REDIST, &redist);
	set_attr(gic, KVM_DEV_ARM_VGIC_GRP_CTRL, KVM_DEV_ARM_VGIC_CTRL_INIT, NULL);
}

static void create(struct vm *v, int kvm, int has_gic)
{
	struct kvm_userspace_memory_region region = { .guest_phys_addr = RAM, .memory_size = RAM_SIZE };
	struct kvm_vcpu_init init = { 0 };
	int gic = -1;

	v->vm = checked(ioctl(kvm, KVM_CREATE_VM, 0ul), "KVM_CREATE_VM");
	v->ram = mmap(NULL, RAM_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (v->ram == MAP_FAILED)
		die("mmap");
	memcpy(v->ram, guest_code, guest_code_end - guest_code);
	region.userspace_addr = (uintptr_t)v->ram;
	checked(ioctl(v->vm, KVM_SET_USER_MEMORY_REGION, &region), "KVM_SET_USER_MEMORY_REGION");
	if (has_gic)
		gic = create_gic(v);
	v->vcpu = checked(ioctl(v->vm, KVM_CREATE_VCPU, 0ul), "KVM_CREATE_VCPU");
	checked(ioctl(v->vm, KVM_ARM_PREFERRED_TARGET, &init), "KVM_ARM_PREFERRED_TARGET");
	init.features[0] |= 1u << KVM_ARM_VCPU_PSCI_0_2;
	checked(ioctl(v->vcpu, KVM_ARM_VCPU_INIT, &init), "KVM_ARM_VCPU_INIT");
	if (has_gic)
		place_gic(gic);
	v->run_size = checked(ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0), "KVM_GET_VCPU_MMAP_SIZE");
	v->run = mmap(NULL, v->run_size, PROT_READ | PROT_WRITE, MAP_SHARED, v->vcpu, 0);
	if (v->run == MAP_FAILED)
		die("mmap of kvm_run");
	if (has_gic)
		close(gic);
}

static void destroy(struct vm *v)
{
	munmap(v->run, v->run_size);
	close(v->vcpu);
	close(v->vm);
	munmap(v->ram, RAM_SIZE);
}

/* Vector registers that are not the guest's. */
static void use_vectors(void)
{
	__asm__ volatile("movi v0.16b, #0xff\n\tmovi v1.16b, #0xff\n\tmovi v31.16b, #0xff" ::: "v0", "v1", "v31");
}

static void hear(struct heard *h, struct kvm_run *run)
{
	uint32_t offset = run->mmio.phys_addr - REPORT, value = 0;
	const uint32_t echo = 0x1234;

	if (!run->mmio.is_write) {
		memcpy(run->mmio.data, &echo, sizeof(echo));
		return;
	}
	memcpy(&value, run->mmio.data, run->mmio.len < 4 ? run->mmio.len : 4);
	switch (offset) {
	case REPORT_TEXT:
		if (h->text_count < sizeof(h->text) - 1)
			h->text[h->text_count++] = value;
		break;
	case REPORT_VALUE: h->value[h->value_count++ % 4] = value; break;
	case REPORT_IRQ:
		h->irqs++;
		h->irq = value;
		break;
	default: break;
	}
}

/* Run a guest to its power-off; false: it ended otherwise. */
static int run(struct vm *v, struct heard *h)
{
	for (;;) {
		use_vectors();
		checked(ioctl(v->vcpu, KVM_RUN, 0), "KVM_RUN");
		h->exits++;
		if (v->run->exit_reason == KVM_EXIT_MMIO)
			hear(h, v->run);
		else
			return v->run->exit_reason == KVM_EXIT_SYSTEM_EVENT &&
			       v->run->system_event.type == KVM_SYSTEM_EVENT_SHUTDOWN;
	}
}

static int hello_ok(const struct heard *h)
{
	return !strcmp(h->text, "a guest speaks\n") && h->value[0] == 0x1235 && h->value[1] == 1 << 2 &&
	       h->value[2] >= 2;
}

static int exits_ok(const struct heard *h)
{
	return h->value_count == EXITS && h->exits == EXITS + 1 && h->value[(EXITS - 1) % 4] == 1;
}

static int memory_ok(const struct heard *h)
{
	return h->value[0] == PAGES * (PAGES + 1) / 2 && h->exits == 2;
}

static int vectors_ok(const struct heard *h)
{
	return h->value[0] == ROUNDS + 1 && h->value[1] == 0x5a;
}

static int timer_ok(const struct heard *h)
{
	return h->irqs == INTERRUPTS && h->irq == TIMER_INTID && h->value[0] == INTERRUPTS;
}

static const struct guest {
	const char *name, *entry;
	uint64_t x0;
	int has_gic;
	int (*ok)(const struct heard *h);
} guests[] = {
	{ "hello", guest_hello, 0, 0, hello_ok },	   { "exits", guest_exits, EXITS, 0, exits_ok },
	{ "memory", guest_memory, PAGES, 0, memory_ok },   { "vectors", guest_vectors, ROUNDS, 0, vectors_ok },
	{ "timer", guest_timer, INTERRUPTS, 1, timer_ok },
};

static void try(int kvm, const struct guest *g)
{
	struct heard h = { 0 };
	struct vm v;
	int ended;

	create(&v, kvm, g->has_gic);
	set_reg(&v, offsetof(struct kvm_regs, regs.pc), RAM + (g->entry - guest_code));
	set_reg(&v, offsetof(struct kvm_regs, regs.regs[0]), g->x0);
	ended = run(&v, &h);
	if (ended && g->ok(&h))
		printf("guest %s: ok\n", g->name);
	else
		printf("guest %s: WRONG: %s, exit reason %u after %u exits, text '%s', values %x %x %x %x, %u "
		       "interrupts\n",
		       g->name, ended ? "powered off" : "not powered off", v.run->exit_reason, h.exits, h.text,
		       h.value[0], h.value[1], h.value[2], h.value[3], h.irqs);
	destroy(&v);
}

int main(void)
{
	int kvm;

	mount("dev", "/dev", "devtmpfs", 0, NULL);
	kvm = checked(open("/dev/kvm", O_RDWR), "/dev/kvm");
	printf("KVM API %d\n", ioctl(kvm, KVM_GET_API_VERSION, 0));
	for (unsigned i = 0; i < sizeof(guests) / sizeof(*guests); i++)
		try(kvm, &guests[i]);
	fflush(stdout);
	sync();
	reboot(RB_POWER_OFF);
	return 1;
}
