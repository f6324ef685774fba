/* QEMU's spelling of options: what each comes to, and that what is not known is never ignored. */
#include <check.h>
#include <string.h>

#include "cli/qemu.h"
#include "run_suite.h"

#define WORDS 24
#define M "-M", "virt,virtualization=on,gic-version=3", "-cpu", "cortex-a72"

static int words(char *const *word)
{
	int n = 0;

	while (n < WORDS && word[n])
		n++;
	return n;
}

static bool parse(struct options *o, char *const *word, struct error *e)
{
	*e = (struct error){ 0 };
	return qemu_parse(o, words(word), word, e);
}

static void parses(struct options *o, char *const *word)
{
	struct error e;

	ck_assert_msg(parse(o, word, &e), "%s", e.text);
}

/* The command of the acceptance scenarios. */
START_TEST(scenario)
{
	char *word[WORDS] = { M,	 "-m",	  "512",	"-display", "none", "-monitor", "none",
			      "-serial", "stdio", "-no-reboot", "-nic",	    "none", "-kernel",	"Image",
			      "-initrd", "cpio",  "-append",	"a=b,c d",  "-smp", "4" };
	struct options o;

	parses(&o, word);
	ck_assert_uint_eq(o.mem, 512ull << 20);
	ck_assert_uint_eq(o.smp, 4);
	ck_assert_str_eq(o.cpu_name, "cortex-a72");
	ck_assert_str_eq(o.kernel, "Image");
	ck_assert_str_eq(o.initrd, "cpio");
	ck_assert_str_eq(o.append, "a=b,c d");
	ck_assert_str_eq(o.serial, "stdio");
	ck_assert(!o.no_virtualization && !o.secure && !o.no_seeds && o.quiet && o.el == 0 && !o.dump_dtb);
	options_free(&o);
}
END_TEST

static const struct {
	char *word[WORDS];
	size_t field, size;
	u64 want;
} values[] = {
#define AT(f) offsetof(struct options, f), sizeof(((struct options *)0)->f)
	{ { "-machine", "virt", "-cpu", "max" }, AT(no_virtualization), 1 },
	{ { "-machine", "virt", "-cpu", "max" }, AT(mem), 128ull << 20 },
	{ { "-machine", "type=virt,virtualization=true", "-cpu", "max" }, AT(no_virtualization), 0 },
	{ { M, "-machine", "virtualization=off" }, AT(no_virtualization), 1 }, /* the last one counts */
	{ { M, "-M", "secure=on" }, AT(secure), 1 },
	{ { M, "-M", "iommu=smmuv3" }, AT(iommu), 1 },
	{ { M, "-M", "iommu=none" }, AT(iommu), 0 },
	{ { M, "-M", "gic-version=4" }, AT(gic_version), 1 },
	{ { M, "-M", "gic-version=max" }, AT(gic_version), 1 },
	{ { M, "-M", "virtualization=off,gic-version=max" }, AT(gic_version), 0 },
	{ { M, "-M", "its=off,gic-version=max" }, AT(gic_version), 0 },
	{ { M, "-M", "its=off" }, AT(no_its), 1 },
	{ { M, "-M", "dtb-randomness=off" }, AT(no_seeds), 1 },
	{ { M, "-M", "virt,dtb-randomness" }, AT(no_seeds), 0 },
	{ { M, "-M", "acpi=off" }, AT(no_acpi), 1 },
	{ { M, "-M", "acpi=on" }, AT(no_acpi), 0 },
	{ { M, "-bios", "f" }, AT(flash_mode[0]), HYP_FLASH_VOLATILE },
	{ { M, "-drive", "if=pflash,readonly=on,file=f" }, AT(flash_mode[0]), HYP_FLASH_READ_ONLY },
	{ { M, "-drive", "if=pflash,unit=1,file=f,readonly=off" }, AT(flash_mode[1]), HYP_FLASH_PERSISTENT },
	{ { M, "-smp", "cpus=4" }, AT(smp), 4 },
	{ { M, "-smp", "4,sockets=1,cores=4,threads=1,maxcpus=4" }, AT(smp), 4 },
	{ { M, "-smp", "cores=2" }, AT(smp), 2 },
	{ { M, "-m", "2G" }, AT(mem), 2ull << 30 },
	{ { M, "-m", "size=256M" }, AT(mem), 256ull << 20 },
	{ { M, "-m", "8192" }, AT(mem), 8192ull << 20 },
	{ { M, "-cpu", "max,pauth-impdef=on" }, AT(pauth_impdef), 1 },
	{ { M, "-cpu", "max,pauth-impdef=off" }, AT(pauth_impdef), 0 },
	{ { M, "-device", "virtio-rng-device" }, AT(rng), 1 },
	{ { M, "-object", "rng-random,filename=/dev/urandom,id=r", "-device", "virtio-rng-device,rng=r" }, AT(rng), 1 },
	{ { M, "-semihosting" }, AT(semihosting), 1 },
	{ { M, "-s", "-S" }, AT(gdb_port), 1235 }, /* 1 + the port */
	{ { M, "-gdb", "tcp::1250" }, AT(gdb_port), 1251 },
	{ { M, "-gdb", "tcp:localhost:1250,server=on" }, AT(gdb_port), 1251 },
	{ { M, "-semihosting-config", "enable=on,target=native" }, AT(semihosting), 1 },
	{ { M, "--timeout", "9" }, AT(timeout), 9 }, /* an option of hypscope's own */
	{ { M, "--max-insns=77", "-nographic" }, AT(max_insns), 77 },
	{ { "--help" }, AT(help), 1 },
	{ { "-version" }, AT(version), 1 },
};

START_TEST(own)
{
	char *word[WORDS] = { M,       "-kernel", "Image", "-summary",	   "-hash",
			      "-json", "-events", "hyp",   "-events-file", "log" };
	struct options o;

	parses(&o, word);
	ck_assert(o.summary && o.hash && o.json);
	ck_assert_str_eq(o.trace, "hyp");
	ck_assert_str_eq(o.trace_file, "log");
	options_free(&o);
}
END_TEST

START_TEST(value)
{
	struct options o;
	u64 got = 0;

	parses(&o, values[_i].word);
	memcpy(&got, (char *)&o + values[_i].field, values[_i].size);
	ck_assert_uint_eq(got, values[_i].want);
	options_free(&o);
}
END_TEST

static const struct {
	char *word[WORDS];
	size_t field;
	const char *want;
} texts[] = {
#define TEXT(f) offsetof(struct options, f)
	{ { M, "-M", "dumpdtb=a,,b.dtb" }, TEXT(dump_dtb), "a,b.dtb" },
	{ { M, "-bios", "u-boot.bin" }, TEXT(flash), "u-boot.bin" },
	{ { M, "-dtb", "x.dtb" }, TEXT(dtb), "x.dtb" },
	{ { M, "-serial", "mon:stdio" }, TEXT(serial), "stdio" },
	{ { M, "-serial", "file:log" }, TEXT(serial), "file:log" },
	{ { M, "-serial", "none" }, TEXT(serial), "null" },
	{ { M, "-serial", "stdio", "-serial", "null" }, TEXT(serial), "stdio" },
	{ { M, "-nodefaults" }, TEXT(serial), "null" },
	{ { M, "-nodefaults", "-serial", "stdio" }, TEXT(serial), "stdio" },
	{ { M, "-drive", "if=pflash,unit=1,format=raw,file=vars" }, TEXT(flash1), "vars" },
	{ { M, "-drive", "if=pflash,format=raw,file=code", "-drive", "if=pflash,file=vars" }, TEXT(flash1), "vars" },
	{ { M, "-nic", "none" }, TEXT(net), NULL },
	{ { M, "-nic", "user,model=virtio" }, TEXT(net), "user" },
	{ { M, "-netdev", "user,id=n,hostfwd=tcp::2222-:22,hostfwd=tcp::8080-:80", "-device",
	    "virtio-net-device,netdev=n" },
	  TEXT(net),
	  "user,hostfwd=tcp::2222-:22,hostfwd=tcp::8080-:80" },
	{ { M, "-drive", "if=pflash,unit=0,readonly=on,file=code" }, TEXT(flash), "code" },
};

START_TEST(text)
{
	struct options o;

	parses(&o, texts[_i].word);
	ck_assert_pstr_eq(*(const char **)((char *)&o + texts[_i].field), texts[_i].want);
	options_free(&o);
}
END_TEST

/* Disks in the order of their devices, then those that bring their own. */
START_TEST(disks)
{
	char *word[WORDS] = { M,
			      "-drive",
			      "file=c,snapshot=on",
			      "-device",
			      "virtio-blk-device,drive=d1",
			      "-drive",
			      "if=none,id=d0,format=raw,readonly=on,file=a",
			      "-drive",
			      "if=none,id=d1,file=b,cache=none",
			      "-device",
			      "virtio-blk-device,drive=d0",
			      "-global",
			      "virtio-mmio.force-legacy=false" };
	struct options o;

	parses(&o, word);
	ck_assert_uint_eq(o.disks, 3);
	ck_assert_str_eq(o.disk[0].file, "b");
	ck_assert(!o.disk[0].ro && !o.disk[0].snapshot);
	ck_assert_str_eq(o.disk[1].file, "a");
	ck_assert(o.disk[1].ro && !o.disk[1].snapshot);
	ck_assert_str_eq(o.disk[2].file, "c");
	ck_assert(!o.disk[2].ro && o.disk[2].snapshot);
	ck_assert_uint_eq(o.virtio_mmio, VIRTIO_MMIO_MODERN);
	options_free(&o);
}
END_TEST

/* On PCIe: the order, the drives, and the slots as QEMU would choose them. */
START_TEST(on_pcie)
{
	char *word[WORDS] = { M,
			      "-nic",
			      "user",
			      "-drive",
			      "file=c",
			      "-drive",
			      "if=none,id=d1,file=b",
			      "-drive",
			      "if=none,id=d0,file=a",
			      "-device",
			      "pcie-root-port,id=rp,slot=5,chassis=1,port=1,addr=2",
			      "-device",
			      "nvme,drive=d1,serial=emu0001,max_ioqpairs=4,mdts=5,bus=rp",
			      "-device",
			      "virtio-blk-pci,drive=d0,disable-legacy=on,iommu_platform=on,vectors=0,bus=pcie.0" };
	struct options o;

	parses(&o, word);
	ck_assert_uint_eq(o.pcis, 5);
	ck_assert(o.pci[0].kind == HYP_PCI_NET && o.pci[0].slot == 1 && o.pci[0].bypass);
	ck_assert(o.pci[1].kind == HYP_PCI_ROOT_PORT && o.pci[1].slot == 2 && o.pci[1].number == 5);
	ck_assert_str_eq(o.pci[1].name, "rp");
	ck_assert(o.pci[2].kind == HYP_PCI_NVME && o.pci[2].slot == HYP_PCI_ANY_SLOT);
	ck_assert_str_eq(o.pci[2].bus, "rp");
	ck_assert(o.pci[3].kind == HYP_PCI_BLK && o.pci[3].slot == 3 && !o.pci[3].vectors && !o.pci[3].bypass);
	ck_assert(!o.pci[3].bus);
	ck_assert(o.pci[4].kind == HYP_PCI_BLK && o.pci[4].slot == 4 && o.pci[4].bypass);
	ck_assert_uint_eq(o.pci[4].vectors, HYP_PCI_VECTORS_DEFAULT);
	ck_assert_uint_eq(o.disks, 3);
	ck_assert_str_eq(o.disk[o.pci[2].disk].file, "b");
	ck_assert_str_eq(o.disk[o.pci[2].disk].serial, "emu0001");
	ck_assert(o.disk[o.pci[2].disk].queues == 4 && o.disk[o.pci[2].disk].mdts == 5);
	ck_assert_str_eq(o.disk[o.pci[3].disk].file, "a");
	ck_assert_str_eq(o.disk[o.pci[4].disk].file, "c");
	options_free(&o);
}
END_TEST

/* Where QEMU has a network by default, its slot stays free. */
START_TEST(default_slots)
{
	char *with[WORDS] = { M,
			      "-device",
			      "virtio-rng-pci",
			      "-device",
			      "virtio-serial-pci,addr=0x3",
			      "-device",
			      "virtconsole,chardev=c",
			      "-chardev",
			      "file,id=c,path=out",
			      "-device",
			      "pcie-root-port" };
	char *without[WORDS] = { M, "-net", "none", "-device", "virtio-rng-pci" };
	struct options o;

	parses(&o, with);
	ck_assert(o.pcis == 3 && o.pci[0].kind == HYP_PCI_RNG && o.pci[0].slot == 2);
	ck_assert(o.pci[1].kind == HYP_PCI_CONSOLE && o.pci[1].slot == 3 && o.pci[2].slot == 4);
	ck_assert_str_eq(o.virtio_console, "file:out");
	options_free(&o);
	parses(&o, without);
	ck_assert(o.pcis == 1 && o.pci[0].slot == 1 && !o.net);
	options_free(&o);
}
END_TEST

START_TEST(loader)
{
	char *word[WORDS] = { M,
			      "-device",
			      "loader,file=F,addr=0x50000000,force-raw=on",
			      "-device",
			      "loader,addr=0x44000000,data=0x1234,data-len=4,data-be=on",
			      "-device",
			      "loader,addr=0x40080000,cpu-num=0" };
	struct options o;

	parses(&o, word);
	ck_assert_uint_eq(o.loads, 3);
	ck_assert_str_eq(o.load[0].file, "F");
	ck_assert(o.load[0].raw && o.load[0].at_given && !o.load[0].starts);
	ck_assert_uint_eq(o.load[0].at, 0x50000000);
	ck_assert_ptr_null(o.load[1].file);
	ck_assert_uint_eq(o.load[1].data, 0x34120000);
	ck_assert_uint_eq(o.load[1].data_size, 4);
	ck_assert(o.load[2].starts && o.load[2].at == 0x40080000 && o.load[2].core == 0 && !o.load[2].data_size);
	options_free(&o);
}
END_TEST

/* A command line that is refused, and a word that the sentence must contain. */
static const struct {
	char *word[WORDS];
	const char *names;
} wrong[] = {
	{ { NULL }, "-machine virt" },
	{ { "-M", "virt" }, "-cpu" },
	{ { "-cpu", "max" }, "-machine virt" },
	{ { M, "-frobnicate" }, "'-frobnicate'" },
	{ { M, "disk.img" }, "'disk.img'" },
	{ { M, "-" }, "'-'" },
	{ { M, "-kernel" }, "-kernel needs" },
	{ { "-M", "sbsa-ref" }, "sbsa-ref" },
	{ { M, "-M", "gic-version=2" }, "gic-version=3" },
	{ { M, "-M", "gic-version=host" }, "gic-version=3" },
	{ { M, "-M", "colour=red" }, "'colour=red'" },
	{ { M, "-M", "colour" }, "colour" },
	{ { M, "-M", "virtualization=maybe" }, "on or off" },
	{ { M, "-M", "iommu=vtd" }, "smmuv3" },
	{ { M, "-M", "highmem=off" }, "highmem=on" },
	{ { M, "-M", "mte=on" }, "mte=off" },
	{ { M, "-cpu", "cortex-a15" }, "cortex-a15" },
	{ { M, "-cpu", "max,sve=on" }, "sve=off" },
	{ { M, "-cpu", "max,frob=on" }, "'frob=on'" },
	{ { M, "-smp", "0" }, "-smp 4" },
	{ { M, "-smp", "2,threads=2" }, "threads=1" },
	{ { M, "-smp", "2,maxcpus=4" }, "-smp 2" },
	{ { M, "-smp", "many" }, "'cpus=many'" },
	{ { M, "-m", "lots" }, "'size=lots'" },
	{ { M, "-m", "0" }, "-m needs" },
	{ { M, "-m", "512,slots=2" }, "slots=2" },
	{ { M, "-accel", "kvm" }, "-accel tcg" },
	{ { M, "-display", "gtk" }, "-display none" },
	{ { M, "-monitor", "stdio" }, "-monitor none" },
	{ { M, "-serial", "pty" }, "pty" },
	{ { M, "-serial", "stdio", "-serial", "file:x" }, "-serial null" },
	{ { M, "-gdb", "unix:sock" }, "tcp::1234" },
	{ { M, "-gdb", "tcp::70000" }, "tcp::1234" },
	{ { M, "-S" }, "add -s" },
	{ { M, "-netdev", "user,id=n" }, "no -device has it" },
	{ { M, "-netdev", "user" }, "id=NAME" },
	{ { M, "-netdev", "tap,id=n" }, "write user" },
	{ { M, "-netdev", "user,id=n,ifname=x" }, "'ifname=x'" },
	{ { M, "-nic", "user", "-netdev", "user,id=n", "-device", "virtio-net-device,netdev=n" }, "already" },
	{ { M, "-nic", "tap" }, "-nic tap" },
	{ { M, "-nic", "user,model=e1000" }, "model=virtio-net-pci" },
	{ { M, "-device", "virtio-net-device,netdev=n" }, "no such network" },
	{ { M, "-device", "virtio-net-device" }, "netdev=NAME" },
	{ { M, "-device", "virtio-rng-device,rng=r" }, "no such object" },
	{ { M, "-device", "virtio-rng-device", "-device", "virtio-rng-device" }, "may be one" },
	{ { M, "-object", "rng-builtin,id=r" }, "no -device has it" },
	{ { M, "-object", "iothread,id=r" }, "entropy" },
	{ { M, "-semihosting-config", "arg=x" }, "SYS_GET_CMDLINE" },
	{ { M, "-device", "nvme,drive=d" }, "no such drive" },
	{ { M, "-device", "nvme" }, "nvme needs a drive" },
	{ { M, "-device", "nvme,drive=d,max_ioqpairs=65" }, "max_ioqpairs=65" },
	{ { M, "-device", "nvme,drive=d,mdts=0" }, "mdts=0" },
	{ { M, "-device", "nvme,drive=d,serial=123456789012345678901" }, "serial=" },
	{ { M, "-device", "nvme,drive=d,cmb_size_mb=1" }, "'cmb_size_mb=1'" },
	{ { M, "-device", "virtio-blk-pci,drive=d,disable-legacy=off" }, "disable-legacy=on" },
	{ { M, "-device", "virtio-blk-pci,drive=d,num-queues=17" }, "num-queues=17" },
	{ { M, "-device", "virtio-blk-pci,drive=d,frob=1" }, "'frob=1'" },
	{ { M, "-device", "virtio-rng-pci,addr=20" }, "addr=20" },
	{ { M, "-device", "virtio-rng-pci,addr=3.1" }, "addr=3.1" },
	{ { M, "-device", "virtio-rng-pci,addr=" }, "addr=" },
	{ { M, "-device", "virtio-rng-pci,vectors=33" }, "vectors=33" },
	{ { M, "-device", "virtio-rng-pci,bus=rp0" }, "bus=rp0" },
	{ { M, "-device", "virtio-rng-pci,bus=rp0", "-device", "pcie-root-port,id=rp0" }, "before it" },
	{ { M, "-device", "pcie-root-port,id=rp0,slot=256" }, "slot=256" },
	{ { M, "-device", "virtio-serial-pci" }, "virtconsole" },
	{ { M, "-device", "virtconsole,chardev=c" }, "virtio-serial-pci" },
	{ { M, "-device", "virtio-serial-pci", "-device", "virtconsole,chardev=c" }, "no such chardev" },
	{ { M, "-chardev", "stdio,id=c" }, "no -device has it" },
	{ { M, "-chardev", "pty,id=c" }, "pty" },
	{ { M, "-net", "tap" }, "-net tap" },
	{ { M, "-device", "e1000" }, "e1000" },
	{ { M, "-device", "loader" }, "loader" },
	{ { M, "-device", "loader,file=a,data=1" }, "leave one" },
	{ { M, "-device", "loader,data=1,addr=0x40000000" }, "data-len" },
	{ { M, "-device", "loader,data=0x100,data-len=1,addr=0x40000000" }, "data-len=1" },
	{ { M, "-device", "loader,file=a,frob=1" }, "'frob=1'" },
	{ { M, "-device", "virtio-blk-device" }, "drive=NAME" },
	{ { M, "-drive", "if=none,id=d,file=f" }, "no -device has it" },
	{ { M, "-drive", "if=none,id=d,file=f", "-device", "virtio-blk-device,drive=d", "-device",
	    "virtio-blk-device,drive=d" },
	  "another -device" },
	{ { M, "-drive", "if=virtio,index=1,file=f" }, "if=pflash" },
	{ { M, "-snapshot" }, "snapshot=on" },
	{ { M, "-global", "virtio-net.mac=1" }, "'virtio-net.mac=1'" },
	{ { M, "-device", "virtio-blk-device,drive=d0" }, "d0" },
	{ { M, "-drive", "if=none,id=d" }, "needs a file" },
	{ { M, "-drive", "if=none,file=f" }, "id=NAME" },
	{ { M, "-drive", "if=ide,file=f" }, "if=ide" },
	{ { M, "-drive", "if=none,id=d,file=f,format=qcow2" }, "format=raw" },
	{ { M, "-drive", "if=pflash,unit=2,file=f" }, "unit=2" },
	{ { M, "-bios", "a", "-drive", "if=pflash,unit=0,file=f" }, "bank 0 has a" },
	{ { M, "--va", "0x1000" }, "--va" },
};

START_TEST(mistake)
{
	struct options o;
	struct error e;

	ck_assert_msg(!parse(&o, wrong[_i].word, &e), "accepted: %s", wrong[_i].names);
	ck_assert_int_eq(e.kind, ERROR_USAGE);
	ck_assert_msg(strstr(e.text, wrong[_i].names), "no '%s' in: %s", wrong[_i].names, e.text);
	options_free(&o);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("cli_qemu");
	TCase *t = tcase_create("parse");

	tcase_add_test(t, scenario);
	tcase_add_test(t, own);
	tcase_add_loop_test(t, value, 0, ARRAY_SIZE(values));
	tcase_add_loop_test(t, text, 0, ARRAY_SIZE(texts));
	tcase_add_test(t, disks);
	tcase_add_test(t, on_pcie);
	tcase_add_test(t, default_slots);
	tcase_add_test(t, loader);
	tcase_add_loop_test(t, mistake, 0, ARRAY_SIZE(wrong));
	suite_add_tcase(suite, t);
	return run_suite(suite);
}
