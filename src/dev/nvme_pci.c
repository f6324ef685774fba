#include "dev/nvme_pci.h"

#define BAR_SIZE 0x4000u
#define MSIX_TABLE 0x2000u
#define MSIX_PENDING 0x3000u
_Static_assert(NVME_WINDOW <= MSIX_TABLE && NVME_QUEUES <= PCI_VECTORS_MAX,
	       "registers, table and pending bits are apart");

static u64 bar_read(struct pci_function *f, u64 offset, unsigned size)
{
	const struct nvme_pci *p = f->own;

	return nvme_read(&p->nvme, offset, size);
}

static void bar_write(struct pci_function *f, u64 offset, unsigned size, u64 value)
{
	struct nvme_pci *p = f->own;

	p->nvme.stream = pci_requester(f); /* the bus has its number from software */
	if (offset < MSIX_TABLE)
		nvme_write(&p->nvme, offset, size, value);
}

static void message(void *ctx, unsigned vector)
{
	struct nvme_pci *p = ctx;

	pci_message(&p->function, vector);
}

static void pin(void *ctx, bool level)
{
	struct nvme_pci *p = ctx;

	pci_pin(&p->function, level);
}

static unsigned vectors(const void *ctx)
{
	const struct nvme_pci *p = ctx;

	return pci_msix_enabled(&p->function) ? p->function.vectors : 1;
}

static void reset(struct pci_function *f)
{
	struct nvme_pci *p = f->own;

	nvme_reset(&p->nvme);
}

/* Drivers know the identity as an NVMe controller of this board's. */
void nvme_pci_init(struct nvme_pci *p)
{
	static const struct pci_identity identity = {
		.vendor = 0x1b36,
		.device = 0x0010,
		.subsystem_vendor = 0x1af4,
		.subsystem = 0x1100,
		.class = 0x010802, /* mass storage, non-volatile memory, NVM Express */
		.revision = 2,
	};
	struct pci_function *f = &p->function;

	p->nvme.port = (struct dma_port){ f, pci_dma };
	p->nvme.message = message;
	p->nvme.pin = pin;
	p->nvme.vectors = vectors;
	p->nvme.ctx = p;
	f->own = p;
	f->reset = reset;
	pci_describe(f, "nvme", &identity);
	pci_add_bar(f, 0, &(struct pci_bar){ .size = BAR_SIZE, .is_64 = true, .read = bar_read, .write = bar_write });
	pci_set(f, PCI_INTERRUPT_PIN, 1, 1, 0);
	pci_add_power(f);
	pci_add_express(f, PCI_ENDPOINT);
	pci_add_msix(f, 0, p->nvme.io_queues + 1, MSIX_TABLE, MSIX_PENDING);
	pci_seal(f);
	nvme_init(&p->nvme);
}
