/*
 * The ACPI tables of the board (ACPI 6.4; Arm DEN 0048, server base boot requirements, says which an Arm machine has),
 * in the form in which firmware takes them from fw_cfg: a block of tables whose pointers are offsets into it, the root
 * pointer, and the commands (QEMU's table loader) by which firmware places them, fills in addresses and checksums.
 */
#ifndef MACHINE_ACPI_H
#define MACHINE_ACPI_H

#include "machine/blob.h"
#include "machine/dt.h"

#define ACPI_TABLES_SIZE 0x8000u
#define ACPI_RSDP_SIZE 36u
#define ACPI_LOADER_SIZE 0x1000u

#define ACPI_TABLES_FILE "etc/acpi/tables"
#define ACPI_RSDP_FILE "etc/acpi/rsdp"
#define ACPI_LOADER_FILE "etc/table-loader"

struct acpi {
	u8 tables[ACPI_TABLES_SIZE], rsdp[ACPI_RSDP_SIZE], loader[ACPI_LOADER_SIZE];
	u32 tables_size, loader_size;
};

/* A function of the same values as the device tree. */
void acpi_build(const struct dt_config *c, struct acpi *a);

/* Between acpi.c and acpi_dsdt.c: the DSDT's AML behind its header. */
void acpi_dsdt(const struct dt_config *c, struct blob *b);

#endif
