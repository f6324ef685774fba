/* Pointer authentication instructions, FEAT_PAuth. m = pointer, n = modifier, d = result. */
#include "cpu/exec.h"

#include "cpu/a64_rows.h"
#include "cpu/pauth.h"

#define PAUTH(name, result)                                                                                            \
	EXEC(name)                                                                                                     \
	{                                                                                                              \
		bool ok;                                                                                               \
		SLOW(ok = result);                                                                                     \
		if (unlikely(!ok))                                                                                     \
			FAULT;                                                                                         \
		X(d) = cpu->data[0];                                                                                   \
		NEXT;                                                                                                  \
	}

PAUTH(pacia, pauth_sign(cpu, X(m), X(n), PAUTH_IA, cpu->data))
PAUTH(pacib, pauth_sign(cpu, X(m), X(n), PAUTH_IB, cpu->data))
PAUTH(pacda, pauth_sign(cpu, X(m), X(n), PAUTH_DA, cpu->data))
PAUTH(pacdb, pauth_sign(cpu, X(m), X(n), PAUTH_DB, cpu->data))
PAUTH(autia, pauth_auth(cpu, X(m), X(n), PAUTH_IA, cpu->data))
PAUTH(autib, pauth_auth(cpu, X(m), X(n), PAUTH_IB, cpu->data))
PAUTH(autda, pauth_auth(cpu, X(m), X(n), PAUTH_DA, cpu->data))
PAUTH(autdb, pauth_auth(cpu, X(m), X(n), PAUTH_DB, cpu->data))
PAUTH(pacga, pauth_generic(cpu, X(n), X(m), cpu->data))

EXEC(xpaci)
{
	X(d) = pauth_strip(cpu, X(m), false);
	NEXT;
}

EXEC(xpacd)
{
	X(d) = pauth_strip(cpu, X(m), true);
	NEXT;
}
