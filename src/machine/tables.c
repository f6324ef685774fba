#include "machine/tables.h"

#include "dev/fw_cfg.h"

/* The directory has room for many more than these. */
static void offer(struct fw_cfg *f, const char *name, const void *data, u32 size)
{
	bool ok = fw_cfg_add_file(f, name, data, size);

	BUG_ON(!ok);
}

void tables_offer(const struct dt_config *c, bool acpi, struct firmware_tables *t, struct fw_cfg *f)
{
	static const u8 forever[4] = { 0xff, 0xff, 0xff, 0xff }; /* ms before another try, of whom it is asked */

	offer(f, "etc/boot-fail-wait", forever, sizeof(forever));
	smbios_build(c, &t->smbios);
	offer(f, SMBIOS_TABLES_FILE, t->smbios.tables, t->smbios.tables_size);
	offer(f, SMBIOS_ANCHOR_FILE, t->smbios.anchor, sizeof(t->smbios.anchor));
	if (!acpi)
		return;
	acpi_build(c, &t->acpi);
	offer(f, ACPI_RSDP_FILE, t->acpi.rsdp, sizeof(t->acpi.rsdp));
	offer(f, ACPI_TABLES_FILE, t->acpi.tables, t->acpi.tables_size);
	offer(f, ACPI_LOADER_FILE, t->acpi.loader, t->acpi.loader_size);
}
