/* Writing AML, the byte code of ACPI's definition blocks (ACPI 6.4, chapter 20): what the board's DSDT needs of it. */
#ifndef MACHINE_AML_H
#define MACHINE_AML_H

#include "machine/blob.h"

/* Operands that are one byte. */
enum aml_operand {
	AML_ZERO = 0x00,
	AML_ONE = 0x01,
	AML_LOCAL0 = 0x60,
	AML_ARG0 = 0x68,
	AML_ARG1 = 0x69,
	AML_ARG3 = 0x6b
};
enum aml_opcode { AML_STORE = 0x70, AML_AND = 0x7b, AML_OR = 0x7d, AML_NOTIFY = 0x86, AML_RETURN = 0xa4 };

/* What is open: end it with aml_end(). Names are one segment of four characters ("_SB_"), or "\\" and one. */
struct aml_mark {
	u32 at; /* of its length */
};
struct aml_mark aml_scope(struct blob *b, const char *name);
struct aml_mark aml_device(struct blob *b, const char *name);
struct aml_mark aml_method(struct blob *b, const char *name, unsigned args);
struct aml_mark aml_package(struct blob *b, unsigned count);
struct aml_mark aml_if(struct blob *b);
void aml_end(struct blob *b, struct aml_mark mark);

void aml_op(struct blob *b, u8 code);
void aml_seg(struct blob *b, const char *name);
void aml_integer(struct blob *b, u64 v);
void aml_buffer(struct blob *b, const void *bytes, u32 n);
void aml_uuid(struct blob *b, const char *text);
/* Name (NAME, value): an integer, a text. */
void aml_name(struct blob *b, const char *name);
void aml_name_integer(struct blob *b, const char *name, u64 v);
void aml_name_text(struct blob *b, const char *name, const char *text);
/* CreateDWordField (source, offset, NAME) */
void aml_create_dword(struct blob *b, u8 source, u64 offset, const char *name);
void aml_equal(struct blob *b); /* its two operands follow */
void aml_differ(struct blob *b);

/* Resource descriptors (6.4), collected and then written as Name (NAME, ResourceTemplate () { ... }). */
#define AML_RESOURCES 512
struct aml_resources {
	u8 bytes[AML_RESOURCES];
	struct blob b;
};
enum aml_space { AML_MEMORY, AML_IO };
void aml_resources(struct aml_resources *r);
void aml_memory32(struct aml_resources *r, u64 base, u64 size);
void aml_interrupt(struct aml_resources *r, u32 intid);
void aml_bus_numbers(struct aml_resources *r, u16 first, u16 last);
/* Windows that a bridge hands on: [first, first + size) on its far side is `offset` higher on the near one. */
void aml_window32(struct aml_resources *r, enum aml_space space, u64 first, u64 size, u64 offset);
void aml_window64(struct aml_resources *r, u64 first, u64 size);
/* An edge-triggered, active-high pin of the controller `source`. */
void aml_gpio_interrupt(struct aml_resources *r, const char *source, u16 pin);
void aml_name_resources(struct blob *b, const char *name, struct aml_resources *r);

#endif
