/* The NVMe controller as a PCI Express function (NVM Express 1.4, 2): BAR 0 has its registers and the MSI-X table. */
#ifndef DEV_NVME_PCI_H
#define DEV_NVME_PCI_H

#include "dev/nvme.h"
#include "dev/pci.h"

struct nvme_pci {
	struct nvme nvme;
	struct pci_function function;
};

/* From zeroed memory but for what nvme_init() wants; the function is ready to be plugged in. */
void nvme_pci_init(struct nvme_pci *p);

#endif
