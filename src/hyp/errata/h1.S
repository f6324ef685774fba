// errata-h1: H1, H2. Article: "EL2 Entry & HCR_EL2 Controls", l.139-140.
	.include "errata/experiment.inc"
	experiment "H1, H2", "l.139-140", "PTW=1 is written to bit 4, which is IMO; PTW is bit 2"
	run	"as printed: a stage-1 table in stage-2 Device memory is walked"
	with	guest_ptw, hcr=HCR_PRINTED, prepare=prepare_table_in_device, a=0x09001000
	run	"corrected: the walk is stopped, stage-2 permission fault with S1PTW"
	with	guest_ptw, prepare=prepare_table_in_device, a=0x09001000
	experiment_end
