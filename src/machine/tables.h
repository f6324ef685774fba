/* The firmware tables of the machine: offered by fw_cfg, from where firmware takes them. */
#ifndef MACHINE_TABLES_H
#define MACHINE_TABLES_H

#include "machine/acpi.h"
#include "machine/smbios.h"

struct fw_cfg;

struct firmware_tables {
	struct acpi acpi;
	struct smbios smbios;
};

/* Build them into *t and name them in *f. Without ACPI, firmware passes the device tree on. */
void tables_offer(const struct dt_config *c, bool acpi, struct firmware_tables *t, struct fw_cfg *f);

#endif
