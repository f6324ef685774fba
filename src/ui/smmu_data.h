/* What the SMMU view shows: registers, queues and what is in them, streams, and one device's access with its walk. */
#ifndef UI_SMMU_DATA_H
#define UI_SMMU_DATA_H

#include "ui/walk_data.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Whose access. */
struct smmu_query {
	u32 stream, ssid;
	u64 iova;
	bool has_ssid, is_write, privileged, instruction;
};

struct smmu_data {
	struct smmu_query probe;
	const char *device; /* its name, or NULL */
	/* As the SMMU goes, with what it has cached; as memory says now. NULL: there is no SMMU, or no memory. */
	struct smmu_view *is, *would;
	bool has_walk; /* of the access itself, by the one of both that explains it */
	struct walk_data walk;
};

/* The first device, if no stream was chosen. */
void smmu_choose_device(struct smmu_data *d, const struct machine *m);
/* The next (or previous) device. */
void smmu_next_device(struct smmu_data *d, const struct machine *m, int by);
/* The access of the last event record in the queue; false: there is none. */
bool smmu_choose_event(struct smmu_data *d, const struct machine *m);
void smmu_data_update(struct smmu_data *d, struct machine *m);
void smmu_data_free(struct smmu_data *d);

struct smmu_probe smmu_query_probe(const struct smmu_query *q); /* smmu/inspect.h */

/* ---- what is shown ---- */
/* The value of a LINK_OWN: a step of the walk, or from here on a stream. */
#define SMMU_LINK_STREAM 0x10000u
void smmu_register_rows(struct model *to, const struct machine *m);
void smmu_queue_rows(struct model *to, const struct machine *m);
/* Devices and their configuration, then what else the SMMU has cached. */
void smmu_stream_rows(struct model *to, struct machine *m, const struct smmu_data *d);
/* The access: its walk, how it ends; the structures that rule it, field by field. */
void smmu_access_rows(struct model *to, const struct smmu_data *d);
void smmu_structure_rows(struct model *to, const struct smmu_data *d);
void smmu_all_rows(struct model *to, struct machine *m, const struct smmu_data *d);

#ifdef __cplusplus
}
#endif
#endif
