/*
 * virtio over PCI Express (virtio 1.2, 4.1): the modern interface to one virtio device. Messages by MSI-X, a vector for
 * each queue and one for the configuration; or the INTx pin with the ISR.
 */
#ifndef DEV_VIRTIO_PCI_H
#define DEV_VIRTIO_PCI_H

#include "bus/bus.h"
#include "dev/pci.h"
#include "dev/virtio.h"

#define VIRTIO_PCI_VECTORS_MAX 32u
#define VIRTIO_PCI_VECTORS_DEFAULT ~0u /* as many as the device can use */

/* What the guest can observe beside the function's and the device's state. No padding: it is hashed as it is. */
struct virtio_pci_state {
	u32 device_features_sel, driver_features_sel;
	u16 queue_sel, config_vector;
	u16 queue_vector[VIRTIO_QUEUES_MAX];
};

struct virtio_pci {
	struct pci_function function;
	struct virtio_device *device;
	struct virtio_pci_state s;
	u8 window_cap; /* the capability by which configuration accesses reach the BAR (4.1.4.9) */
	struct bus *direct;
};

/*
 * Describe the function of an initialised device, from zeroed memory, ready to be plugged in. `vectors`: 0, for none,
 * to VIRTIO_PCI_VECTORS_MAX, or VIRTIO_PCI_VECTORS_DEFAULT. `direct`: the device's requests bypass whatever translates
 * the function's addresses, and go to this bus; NULL: they do not, and the driver is told (VIRTIO_F_ACCESS_PLATFORM).
 */
void virtio_pci_init(struct virtio_pci *v, struct virtio_device *d, unsigned vectors, struct bus *direct);

#endif
