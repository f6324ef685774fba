/*
 * A driver in user space for the NVMe controller that vfio-pci holds: what a guest is that has the device to itself. It
 * reads the controller's identity into memory that is mapped for it, then aims elsewhere: at the RAM's first page by
 * its physical address, and at memory that is mapped no longer. Prints a line for each: the completion's status, and
 * whether the serial number came.
 *
 * usage: vfio_nvme GROUP PCI-ADDRESS STAGE	by stage 1 or 2 of the SMMU
 */
#include <fcntl.h>
#include <linux/vfio.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

enum { CC = 0x14, CSTS = 0x1c, AQA = 0x24, ASQ = 0x28, ACQ = 0x30, SQ0_TAIL = 0x1000, CQ0_HEAD = 0x1004, DEPTH = 8 };
#define IOVA 0x100000ull
#define SIZE 0x10000u
#define RAM 0x40000000ull

static volatile uint8_t *bar;
static uint8_t *memory; /* at IOVA: submission queue, completion queue, data, a page each */
static int container;

static void need(int ok, const char *what)
{
	if (ok)
		return;
	perror(what);
	exit(1);
}

static void reg32(unsigned at, uint32_t v)
{
	*(volatile uint32_t *)(bar + at) = v;
}

static void reg64(unsigned at, uint64_t v)
{
	*(volatile uint64_t *)(bar + at) = v;
}

static void await_ready(uint32_t ready)
{
	for (unsigned i = 0; i < 1000 && (*(volatile uint32_t *)(bar + CSTS) & 1) != ready; i++)
		usleep(1000);
	need((*(volatile uint32_t *)(bar + CSTS) & 1) == ready, "CSTS.RDY");
}

static void open_device(const char *group_number, const char *address, int kind)
{
	struct vfio_region_info region = { .argsz = sizeof(region), .index = VFIO_PCI_BAR0_REGION_INDEX };
	struct vfio_region_info config = { .argsz = sizeof(config), .index = VFIO_PCI_CONFIG_REGION_INDEX };
	uint16_t master = 6;
	char path[64];
	int group, device;

	container = open("/dev/vfio/vfio", O_RDWR);
	snprintf(path, sizeof(path), "/dev/vfio/%s", group_number);
	group = open(path, O_RDWR);
	need(container >= 0 && group >= 0, path);
	need(!ioctl(group, VFIO_GROUP_SET_CONTAINER, &container), "the group's container");
	if (ioctl(container, VFIO_SET_IOMMU, kind)) { /* later kernels offer stage 2 otherwise */
		printf("not offered\n");
		exit(0);
	}
	device = ioctl(group, VFIO_GROUP_GET_DEVICE_FD, address);
	need(device >= 0, address);
	need(!ioctl(device, VFIO_DEVICE_GET_REGION_INFO, &region), "BAR 0");
	need(!ioctl(device, VFIO_DEVICE_GET_REGION_INFO, &config), "configuration space");
	need(pwrite(device, &master, 2, (off_t)config.offset + 4) == 2, "bus mastering");
	bar = mmap(NULL, region.size, PROT_READ | PROT_WRITE, MAP_SHARED, device, (off_t)region.offset);
	need(bar != MAP_FAILED, "mmap of BAR 0");
}

static void map_memory(void)
{
	struct vfio_iommu_type1_dma_map map = { .argsz = sizeof(map),
						.flags = VFIO_DMA_MAP_FLAG_READ | VFIO_DMA_MAP_FLAG_WRITE,
						.iova = IOVA,
						.size = SIZE };

	memory = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	need(memory != MAP_FAILED, "memory");
	map.vaddr = (uintptr_t)memory;
	need(!ioctl(container, VFIO_IOMMU_MAP_DMA, &map), "a mapping");
}

static void unmap_all(void)
{
	struct vfio_iommu_type1_dma_unmap unmap = { .argsz = sizeof(unmap), .iova = IOVA, .size = SIZE };

	need(!ioctl(container, VFIO_IOMMU_UNMAP_DMA, &unmap), "the end of a mapping");
}

static void start_controller(void)
{
	reg32(CC, 0);
	await_ready(0);
	reg32(AQA, (DEPTH - 1) << 16 | (DEPTH - 1));
	reg64(ASQ, IOVA);
	reg64(ACQ, IOVA + 0x1000);
	reg32(CC, 1 | 6 << 16 | 4 << 20);
	await_ready(1);
}

/* Identify Controller into `target`. */
static void identify(const char *name, unsigned n, uint64_t target)
{
	volatile uint32_t *entry = (volatile uint32_t *)(memory + 64 * n);
	volatile uint16_t *done = (volatile uint16_t *)(memory + 0x1000 + 16 * n);
	char *serial = (char *)memory + 0x2000 + 4;

	memset(memory + 0x2000, 0, 0x1000);
	entry[0] = 6 | n << 16;
	entry[6] = (uint32_t)target;
	entry[7] = (uint32_t)(target >> 32);
	entry[10] = 1;
	__sync_synchronize();
	reg32(SQ0_TAIL, n + 1);
	for (unsigned i = 0; i < 2000 && !(done[7] & 1); i++)
		usleep(1000);
	printf("%s: status %04x, serial %.5s\n", name, done[7] >> 1, *serial ? serial : "none ");
	reg32(CQ0_HEAD, n + 1);
}

int main(int argc, char **argv)
{
	need(argc == 4, "arguments");
	open_device(argv[1], argv[2], argv[3][0] == '2' ? VFIO_TYPE1_NESTING_IOMMU : VFIO_TYPE1v2_IOMMU);
	map_memory();
	start_controller();
	identify("mapped", 0, IOVA + 0x2000);
	identify("outside", 1, RAM);
	identify("mapped still", 2, IOVA + 0x2000);
	unmap_all();
	reg32(SQ0_TAIL, 4); /* its queues are gone as well: nothing can come of this */
	usleep(100000);
	printf("fatal %u\n", *(volatile uint32_t *)(bar + CSTS) >> 1 & 1);
	return 0;
}
