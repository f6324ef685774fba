/* SMBIOS tables of the board (DMTF DSP0134 3.0): what an inventory shows of it. Firmware takes them from fw_cfg. */
#ifndef MACHINE_SMBIOS_H
#define MACHINE_SMBIOS_H

#include "machine/dt.h"

#define SMBIOS_TABLES_SIZE 1024u
#define SMBIOS_ANCHOR_SIZE 24u

#define SMBIOS_TABLES_FILE "etc/smbios/smbios-tables"
#define SMBIOS_ANCHOR_FILE "etc/smbios/smbios-anchor"

struct smbios {
	u8 tables[SMBIOS_TABLES_SIZE], anchor[SMBIOS_ANCHOR_SIZE];
	u32 tables_size;
};

/* A function of the same values as the device tree. The anchor's table address is 0: firmware fills it in. */
void smbios_build(const struct dt_config *c, struct smbios *s);

#endif
