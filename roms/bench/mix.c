/* An integer mix of everyday work: sort a linked list, multiply matrices, recognise numbers by a state machine, and a
 * CRC over all results. */
#include "bench.h"

#define NODES 48
#define SIDE 10

struct node {
	struct node *next;
	int key;
	u32 tag;
};

static struct node nodes[NODES];
static int left[SIDE][SIDE], right[SIDE][SIDE], product[SIDE][SIDE];

static u32 random_next(u32 *state)
{
	*state = *state * 1664525 + 1013904223;
	return *state >> 8;
}

static u16 crc(u16 value, u32 data)
{
	data ^= value;
	for (u32 bit = 0; bit < 16; bit++)
		data = data & 1 ? data >> 1 ^ 0x8408 : data >> 1;
	return (u16)data;
}

/* Split in halves, sort each, merge. */
static struct node *sort(struct node *list, u32 count)
{
	struct node *half = list, *head, **tail = &head, *a, *b;

	if (count < 2) {
		list->next = 0;
		return list;
	}
	for (u32 i = 0; i < count / 2; i++)
		half = half->next;
	b = sort(half, count - count / 2);
	a = sort(list, count / 2);
	while (a && b) {
		struct node **least = a->key <= b->key ? &a : &b;

		*tail = *least;
		tail = &(*least)->next;
		*least = *tail;
	}
	*tail = a ? a : b;
	return head;
}

static u16 list_work(u32 *seed, u16 sum)
{
	struct node *list;

	for (u32 i = 0; i < NODES; i++)
		nodes[i] = (struct node){ i + 1 < NODES ? &nodes[i + 1] : 0, (int)(random_next(seed) & 0xffff), i };
	list = sort(nodes, NODES);
	for (u32 i = 0; list; list = list->next, i++)
		if ((i & 3) == 0)
			sum = crc(sum, (u32)list->key ^ list->tag);
	return sum;
}

static u16 matrix_work(u32 *seed, u16 sum)
{
	int trace = 0;

	for (u32 i = 0; i < SIDE * SIDE; i++) {
		left[i / SIDE][i % SIDE] = (int)(random_next(seed) & 0xff) - 128;
		right[i / SIDE][i % SIDE] = (int)(random_next(seed) & 0xff) - 128;
	}
	for (u32 i = 0; i < SIDE; i++)
		for (u32 j = 0; j < SIDE; j++) {
			int total = 0;

			for (u32 k = 0; k < SIDE; k++)
				total += left[i][k] * right[k][j];
			product[i][j] = total;
			trace += total > trace ? total >> 3 : 1;
		}
	return crc(sum, (u32)trace & 0xffff);
}

enum state { STARTED, SIGNED, DIGITS, FRACTION, EXPONENT, EXPONENT_SIGN, EXPONENT_DIGITS, WRONG, STATES };

static enum state state_next(enum state s, char c)
{
	if (c >= '0' && c <= '9')
		return s == STARTED || s == SIGNED ? DIGITS : s == EXPONENT || s == EXPONENT_SIGN ? EXPONENT_DIGITS : s;
	switch (c) {
	case '+':
	case '-': return s == STARTED ? SIGNED : s == EXPONENT ? EXPONENT_SIGN : WRONG;
	case '.': return s == STARTED || s == SIGNED || s == DIGITS ? FRACTION : WRONG;
	case 'e': return s == DIGITS || s == FRACTION ? EXPONENT : WRONG;
	default: return WRONG;
	}
}

static u16 state_work(u32 offset, u16 sum)
{
	static const char text[] =
		"128 -77 +3.25 6e10 .5e-3 0x1f 44..2 1e+9 9-9 -.e 31415.9265 2.71e0 e5 +-1 007 8e8e8 ";
	u32 seen[STATES] = { 0 };
	enum state s = STARTED;

	for (const char *c = text + offset; *c; c++) {
		if (*c == ' ') {
			seen[s]++;
			s = STARTED;
		} else if (s != WRONG) {
			s = state_next(s, *c);
		}
	}
	for (u32 i = 0; i < STATES; i++)
		sum = crc(sum, seen[i] << 4 | i);
	return sum;
}

u64 mix_run(u64 n)
{
	u32 seed = 20;
	u16 sum = 0xffff;

	while (n--) {
		sum = list_work(&seed, sum);
		sum = matrix_work(&seed, sum);
		sum = state_work((u32)n & 15, sum);
	}
	return sum;
}
