#include "machine/aml.h"

#include <stdio.h>

enum {
	OP_NAME = 0x08,
	OP_BYTE = 0x0a,
	OP_WORD = 0x0b,
	OP_DWORD = 0x0c,
	OP_TEXT = 0x0d,
	OP_QWORD = 0x0e,
	OP_SCOPE = 0x10,
	OP_BUFFER = 0x11,
	OP_PACKAGE = 0x12,
	OP_METHOD = 0x14,
	OP_EXT = 0x5b,
	OP_EXT_DEVICE = 0x82,
	OP_CREATE_DWORD = 0x8a,
	OP_NOT = 0x92,
	OP_EQUAL = 0x93,
	OP_IF = 0xa0,
};

/* ---- objects with a length: one byte is kept for it, more are made room for at the end ---- */

static struct aml_mark begin(struct blob *b)
{
	struct aml_mark mark = { b->size };

	BLOB8(b, 0);
	return mark;
}

struct aml_mark aml_scope(struct blob *b, const char *name)
{
	struct aml_mark mark;

	BLOB8(b, OP_SCOPE);
	mark = begin(b);
	aml_seg(b, name);
	return mark;
}

struct aml_mark aml_device(struct blob *b, const char *name)
{
	struct aml_mark mark;

	BLOB8(b, OP_EXT);
	BLOB8(b, OP_EXT_DEVICE);
	mark = begin(b);
	aml_seg(b, name);
	return mark;
}

struct aml_mark aml_method(struct blob *b, const char *name, unsigned args)
{
	struct aml_mark mark;

	BLOB8(b, OP_METHOD);
	mark = begin(b);
	aml_seg(b, name);
	BLOB8(b, args); /* not serialized */
	return mark;
}

struct aml_mark aml_package(struct blob *b, unsigned count)
{
	struct aml_mark mark;

	BLOB8(b, OP_PACKAGE);
	mark = begin(b);
	BLOB8(b, count);
	return mark;
}

struct aml_mark aml_if(struct blob *b)
{
	BLOB8(b, OP_IF);
	return begin(b);
}

/* PkgLength (20.2.4) counts its own bytes: up to 63 in one, else four bits in the first and eight in each other. */
void aml_end(struct blob *b, struct aml_mark mark)
{
	u32 rest = b->size - mark.at - 1, extra = 0;
	u8 *at = b->bytes + mark.at;

	if (rest + 1 > 63)
		for (extra = 1; rest + 1 + extra >= 16u << 8 * extra;)
			extra++;
	blob_zeros(b, extra);
	memmove(at + 1 + extra, at + 1, rest);
	rest += 1 + extra;
	at[0] = extra ? (u8)(extra << 6 | (rest & 15)) : (u8)rest;
	for (u32 i = 0; i < extra; i++)
		at[1 + i] = (u8)(rest >> (4 + 8 * i));
}

/* ---- terms ---- */

void aml_op(struct blob *b, u8 code)
{
	BLOB8(b, code);
}

void aml_seg(struct blob *b, const char *name)
{
	BUG_ON(strlen(name) != (name[0] == '\\' ? 5 : 4));
	blob_put(b, name, (u32)strlen(name));
}

void aml_integer(struct blob *b, u64 v)
{
	if (v <= 1) {
		BLOB8(b, v);
	} else if (v <= 0xff) {
		BLOB8(b, OP_BYTE);
		BLOB8(b, v);
	} else if (v <= 0xffff) {
		BLOB8(b, OP_WORD);
		BLOB16(b, v);
	} else if (v <= 0xffffffff) {
		BLOB8(b, OP_DWORD);
		BLOB32(b, v);
	} else {
		BLOB8(b, OP_QWORD);
		BLOB64(b, v);
	}
}

void aml_buffer(struct blob *b, const void *bytes, u32 n)
{
	struct aml_mark mark;

	BLOB8(b, OP_BUFFER);
	mark = begin(b);
	aml_integer(b, n);
	blob_put(b, bytes, n);
	aml_end(b, mark);
}

/* "33db4d5b-1ff7-401c-9657-7441c03dd766": its first three fields are little-endian (19.6.142, ToUUID). */
void aml_uuid(struct blob *b, const char *text)
{
	static const u8 order[16] = { 6, 4, 2, 0, 11, 9, 16, 14, 19, 21, 24, 26, 28, 30, 32, 34 };
	u8 bytes[16];

	for (unsigned i = 0; i < 16; i++)
		BUG_ON(sscanf(text + order[i], "%2hhx", &bytes[i]) != 1);
	aml_buffer(b, bytes, sizeof(bytes));
}

void aml_name(struct blob *b, const char *name)
{
	BLOB8(b, OP_NAME);
	aml_seg(b, name);
}

void aml_name_integer(struct blob *b, const char *name, u64 v)
{
	aml_name(b, name);
	aml_integer(b, v);
}

void aml_name_text(struct blob *b, const char *name, const char *text)
{
	aml_name(b, name);
	BLOB8(b, OP_TEXT);
	blob_put(b, text, (u32)strlen(text) + 1);
}

void aml_create_dword(struct blob *b, u8 source, u64 offset, const char *name)
{
	BLOB8(b, OP_CREATE_DWORD);
	BLOB8(b, source);
	aml_integer(b, offset);
	aml_seg(b, name);
}

void aml_equal(struct blob *b)
{
	BLOB8(b, OP_EQUAL);
}

void aml_differ(struct blob *b)
{
	BLOB8(b, OP_NOT);
	BLOB8(b, OP_EQUAL);
}

/* ---- resources ---- */

void aml_resources(struct aml_resources *r)
{
	r->b = (struct blob){ r->bytes, 0, sizeof(r->bytes) };
}

static void large(struct aml_resources *r, u8 kind, u16 length)
{
	BLOB8(&r->b, kind);
	BLOB16(&r->b, length);
}

void aml_memory32(struct aml_resources *r, u64 base, u64 size)
{
	large(r, 0x86, 9);
	BLOB8(&r->b, 1); /* can be written */
	BLOB32(&r->b, base);
	BLOB32(&r->b, size);
}

void aml_interrupt(struct aml_resources *r, u32 intid)
{
	large(r, 0x89, 6);
	BLOB8(&r->b, 1); /* consumer; level, active high, exclusive */
	BLOB8(&r->b, 1);
	BLOB32(&r->b, intid);
}

/* Address space descriptors (6.4.3.5): kind, flags "minimum and maximum are fixed", granularity 0, then the range. */
static void address_space(struct aml_resources *r, unsigned width, u8 space, u8 specific, const u64 range[4])
{
	static const u8 kinds[9] = { [2] = 0x88, [4] = 0x87, [8] = 0x8a };

	large(r, kinds[width], (u16)(3 + 5 * width));
	BLOB8(&r->b, space);
	BLOB8(&r->b, 0x0c);
	BLOB8(&r->b, specific);
	blob_zeros(&r->b, width);
	for (unsigned i = 0; i < 4; i++) /* first, last, offset, length */
		blob_number(&r->b, range[i], width);
}

void aml_bus_numbers(struct aml_resources *r, u16 first, u16 last)
{
	address_space(r, 2, 2, 0, (u64[]){ first, last, 0, (u64)last - first + 1 });
}

void aml_window32(struct aml_resources *r, enum aml_space space, u64 first, u64 size, u64 offset)
{
	/* Memory can be written and is not cacheable; I/O: the entire range. */
	address_space(r, 4, space, space == AML_IO ? 3 : 1, (u64[]){ first, first + size - 1, offset, size });
}

void aml_window64(struct aml_resources *r, u64 first, u64 size)
{
	address_space(r, 8, AML_MEMORY, 1, (u64[]){ first, first + size - 1, 0, size });
}

/* GPIO connection descriptor (6.4.3.8.1): offsets count from its start; pins, then the controller's name. */
void aml_gpio_interrupt(struct aml_resources *r, const char *source, u16 pin)
{
	u16 name = (u16)strlen(source) + 1, pins_at = 23, name_at = 25, end = name_at + name;

	large(r, 0x8c, end - 3);
	BLOB8(&r->b, 1);  /* revision */
	BLOB8(&r->b, 0);  /* an interrupt */
	BLOB16(&r->b, 1); /* consumer */
	BLOB16(&r->b, 1); /* edge, active high, exclusive */
	BLOB8(&r->b, 1);  /* pulled up */
	BLOB32(&r->b, 0); /* drive strength, debouncing: default */
	BLOB16(&r->b, pins_at);
	BLOB8(&r->b, 0);
	BLOB16(&r->b, name_at);
	BLOB16(&r->b, end); /* no vendor data */
	BLOB16(&r->b, 0);
	BLOB16(&r->b, pin);
	blob_put(&r->b, source, name);
}

void aml_name_resources(struct blob *b, const char *name, struct aml_resources *r)
{
	BLOB16(&r->b, 0x79); /* end tag; a checksum of 0 counts as right */
	aml_name(b, name);
	aml_buffer(b, r->bytes, r->b.size);
}
