set pagination off
set confirm off
set width 0
set trace-commands on
target remote :@PORT@
# cores as threads
info threads
p $HCR_EL2
# an exit by HVC
break exit_hvc
continue
p/x $ESR_EL2
monitor reg ESR_EL2
p/x $ELR_EL2
info threads
delete
# one guest of two, at the address that both have
monitor break 0x40081bb8 el=1 vmid=2
monitor info points
continue
info threads
p $cpsr
p/x $VTTBR_EL2
x/2i $pc
monitor walk $pc fetch
# the same IPA, another PA than guest A's
monitor space ipa
x/1wx 0x40001000
monitor space pa
x/1wx 0x48001000
x/1wx 0x4a001000
monitor space va
monitor delete 0
# guest A writes a page that stage 2 does not map yet
tbreak exit_abort
continue
p/x $ESR_EL2
p/x $HPFAR_EL2
p/x $FAR_EL2
monitor walk $FAR_EL2 write el=1
monitor events 3
# who writes where guest A has its mark
monitor watch 0x48001000 4 pa
monitor watch 0x40001000 4 rw ipa vmid=2
tbreak tell_slices
continue
monitor info points
monitor delete 0
monitor delete 1
# a world switch
tbreak switch_to
continue
watch *(unsigned long *)&switch_count
continue
p/x $VTTBR_EL2
bt 1
delete
# guest A with a stage 1 of its own: an address of it, of EL2, and by ASID
monitor break 0x40081ce0 el=1 vmid=1 asid=6
monitor break 0x40081ce0 el=1 vmid=1 asid=5
monitor info points
continue
p/x $TTBR0_EL1
monitor space el1
x/1wx 0x80001000
monitor space el2
x/1wx 0x80001000
x/1wx 0x48001000
monitor space
monitor space va
monitor walk 0x80001000
rwatch *(unsigned *)0x80001000
info watchpoints
delete
monitor delete 0
monitor delete 1
# a virtual interrupt in a list register
monitor break 0x40081280 el=1
continue
monitor lr
p/x $ICH_LR0_EL2
p/x $ICH_ELRSR_EL2
monitor gic
p/x $ICC_IAR1_EL1
monitor events 5
monitor delete 0
# registers are written
p $x20 = 0x1234
p/x $x20
set $ICH_LR3_EL2 = 0x5000000000000021
monitor lr
set $ICH_LR3_EL2 = 0
p $v3.d.u
set $v3.d.u[1] = 7
p $v3.d.u
p/x $MIDR_EL1
set $MIDR_EL1 = 0
# DMA
p/x $MIDR_EL1
hbreak smmu_report_events
continue
monitor smmu
monitor tlb 0x60000000 vmid=1
monitor tlb vmid=3
delete
stepi
x/i $pc
nexti
monitor nonsense
monitor help
monitor reset
maintenance flush register-cache
x/i $pc
continue
